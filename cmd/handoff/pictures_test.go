//go:build unix

package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// Where the pictures are that documents show, and what names the program freeze, which
// draws those of the terminal. .ci/pictures has what it takes, and draws them anew.
const (
	pictures       = "../../.github/docs/images"
	freezeVariable = "HANDOFF_TEST_FREEZE"
)

// pictured is what happens before a picture is taken: Wednesday evening and Thursday
// morning of the story of two sites, told by its files.
var pictured = []struct {
	who, at string
	args    []string
}{
	{"ana", "2025-03-05T17:40:00+08:00", []string{"declare", "-f", "ana-wed.yaml"}},
	{"cleo", "2025-03-05T17:50:00+08:00", []string{"declare", "-f", "cleo-wed.yaml"}},
	{"raj", "2025-03-05T17:55:00+08:00", []string{"declare", "-f", "raj-wed.yaml"}},
	{"ben", "2025-03-05T10:05:00Z", []string{"ack", "@ana"}},
	{"james", "2025-03-05T10:20:00Z", []string{"ack", "@cleo", "--outcome", "changes_requested", "--reason", "vague_next", "--note", "which of the three ledgers is imported first?"}},
	{"cleo", "2025-03-06T09:10:00+08:00", []string{"declare", "--amend", "@", "-f", "cleo-thu.yaml"}},
	{"ana", "2025-03-06T17:30:00+08:00", []string{"declare", "-f", "ana-thu.yaml"}},
	{"ana", "2025-03-06T17:32:00+08:00", []string{"escalate", "session-policy", "--reason", "no_response", "--ask", "Choose 15 or 30 minutes, or name who can"}},
	{"raj", "2025-03-06T17:45:00+08:00", []string{"declare", "-f", "raj-thu.yaml"}},
}

// studio is a repository in which that happens, as far as it is asked for.
type studio struct {
	*repository
	files string
	ids   int
}

func newStudio(t *testing.T) *studio {
	t.Helper()
	s := &studio{repository: newRepository(t), files: t.TempDir()}
	archive, err := txtar.ParseFile("testdata/script/story-two-sites.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		if err := os.WriteFile(filepath.Join(s.files, f.Name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config, err := os.ReadFile("../../examples/two-sites/.handoffs/config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(s.dir, ".handoffs"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, ".handoffs/config.yaml"), config, 0o644); err != nil {
		t.Fatal(err)
	}
	s.as("cleo", "2025-03-05T09:00:00+08:00")
	s.run("git", "add", ".handoffs")
	s.run("git", "commit", "-q", "-m", "Who works when")
	return s
}

// until plays what happens up to a moment, and then is somebody at that moment.
func (s *studio) until(who, at string) {
	s.t.Helper()
	for _, turn := range pictured {
		now := s.as(turn.who, turn.at)
		if now.After(instant(s.t, at)) {
			break
		}
		args := append([]string(nil), turn.args...)
		for i, arg := range args {
			if strings.HasSuffix(arg, ".yaml") {
				args[i] = filepath.Join(s.files, arg)
			}
		}
		s.do(now, func() string { s.ids++; return drawnID(s.ids) }, args)
	}
	s.as(who, at)
}

func (s *studio) as(who, at string) time.Time {
	s.t.Helper()
	now := instant(s.t, at)
	s.clock(now)
	s.author(who)
	return now
}

// instant is a time in the zone that is written.
func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	_, seconds := at.Zone()
	return at.In(time.FixedZone("", seconds)) // and not in the machine's, where that has the same offset
}

// session is what a terminal of that width shows after some commands.
func (s *studio) session(width int, commands ...[]string) string {
	s.t.Helper()
	var b strings.Builder
	for i, args := range commands {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "\x1b[36m$ handoff %s\x1b[0m\n", quoted(args))
		x := s.start(width, 100, "handoff", args...)
		if status := x.status(); status != 0 {
			s.t.Fatalf("handoff %q: status %d\n%s", args, status, x.screen)
		}
		_ = x.all() // waits for the end of it
		b.WriteString(trimmed(x.screen.painted()))
	}
	return b.String()
}

// trimmed is a screen without the empty lines at its end.
func trimmed(painted string) string {
	return regexp.MustCompile(`(\x1b\[0m\n)+$`).ReplaceAllString(painted, "\x1b[0m\n")
}

func quoted(args []string) string {
	var words []string
	for _, arg := range args {
		if strings.Contains(arg, " ") {
			arg = `"` + arg + `"`
		}
		words = append(words, arg)
	}
	return strings.Join(words, " ")
}

// The pictures of the terminal show what the program prints now. Where freeze is, it
// draws them again, and not a byte differs.
func TestPicturesOfTheTerminal(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(*studio) string{
		"terminal.svg": func(s *studio) string {
			s.until("ben", "2025-03-05T10:00:00Z")
			return s.session(96, []string{"inbox"}, []string{"query", "what is blocked"})
		},
		"terminal-board.svg": func(s *studio) string {
			s.until("ben", "2025-03-06T10:05:00Z")
			return s.session(100, []string{"board"})
		},
		"terminal-form.svg": func(s *studio) string {
			s.until("ana", "2025-03-06T17:25:00+08:00")
			x := s.start(96, 30, "handoff", "declare")
			x.key("What do you hand over?", enter)
			x.ready("Item 1 of 1: session-timeout")
			x.write("Almost done, the rest is easy")
			x.key("Item 1 of 1: session-timeout", enter)
			x.key("What blocks?", enter)
			x.key("What came of it?", ctrlS)
			x.ready("┃ Summary")
			x.write("The session timeout still lacks a decision")
			x.key("Hand over", enter)
			x.key("The receiver does the next step of", space)
			x.key("[x] session-timeout", enter)
			x.ready("Ready to publish")
			return "\x1b[36m$ handoff declare\x1b[0m\n" + trimmed(x.screen.painted())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			screen := take(newStudio(t))
			file := filepath.Join(pictures, name)
			if *update {
				if err := os.WriteFile(file, frozen(t, screen), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			svg, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if shown := textOf(t, svg); shown != unpainted(screen) {
				t.Fatalf("%s shows what is not so any more (.ci/pictures draws it anew):\n%s\nand now it is:\n%s", name, shown, unpainted(screen))
			}
			if len(svg) > 40<<10 {
				t.Errorf("%s has %d bytes", name, len(svg))
			}
			t.Run("drawn again", func(t *testing.T) {
				if !bytes.Equal(svg, frozen(t, screen)) {
					t.Errorf("%s looks different now: .ci/pictures draws it anew", name)
				}
			})
		})
	}
}

// leftOut of what freeze draws is where its format is described, empty stretches, a mask
// that is not there, what the whole says of spaces, and a font of 366 KB.
var leftOut = regexp.MustCompile(`(?s)<!DOCTYPE[^>]*>\n|<style>.*?</style>|<tspan xml:space="preserve"/>| clip-path="[^"]*"`)

// frozen is what freeze draws of a screen. What it cannot show, it shows in another way:
// it knows nothing of bold and dim, so that they are bright and grey. The font that it
// puts in is left out, for one that whoever looks at it has.
func frozen(t *testing.T, screen string) []byte {
	t.Helper()
	freeze := os.Getenv(freezeVariable)
	if freeze == "" {
		t.Skipf("NOTHING DRAWS TERMINALS: go install github.com/charmbracelet/freeze@v0.2.2, and %s names the program", freezeVariable)
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "screen.ansi"), filepath.Join(dir, "screen.svg")
	screen = strings.NewReplacer("\x1b[1m", "\x1b[97m", "\x1b[2m", "\x1b[38;5;247m").Replace(screen)
	if err := os.WriteFile(in, []byte(screen), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(freeze, "--language", "ansi", "--window", "--border.radius", "8", "--padding", "20", "--background", "#14171a",
		"--font.family", "ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace", "--font.size", "14", "--output", out, in)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	svg, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return leftOut.ReplaceAll(svg, nil)
}

// textOf is the text in a picture, a line for each element text. It has nothing that runs,
// and nothing that is fetched from elsewhere.
func textOf(t *testing.T, svg []byte) string {
	t.Helper()
	var b strings.Builder
	inside := false
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if !slices.Contains([]string{"svg", "rect", "g", "text", "tspan", "circle"}, e.Name.Local) {
				t.Errorf("there is an element %s", e.Name.Local)
			}
			for _, a := range e.Attr {
				if a.Name.Local != "xmlns" && (strings.Contains(a.Value, ":") || strings.Contains(a.Value, "url(") || strings.HasPrefix(a.Name.Local, "on")) {
					t.Errorf("there is an attribute %s=%q", a.Name.Local, a.Value)
				}
			}
			inside = inside || e.Name.Local == "text"
		case xml.EndElement:
			if e.Name.Local == "text" {
				b.WriteString("\n")
				inside = false
			}
		case xml.CharData:
			if inside {
				b.Write(e)
			}
		case xml.Directive:
			t.Errorf("there is <!%s>", e)
		}
	}
}

// unpainted is a screen without what makes it look as it does.
func unpainted(screen string) string {
	return regexp.MustCompile(`\x1b\[[0-9;]*m`).ReplaceAllString(screen, "")
}
