//go:build unix

package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/examples"
	"github.com/handoff-cli/handoff/internal/cli"
)

// The commands of the documents are run, and what a document shows is what they print.
//
// A block that has commands of handoff or git in it says before it, in a comment of HTML,
// where they are run and by whom:
//
//	<!-- run: evening as ana at 18:02 -->
//	<!-- run by TestNewcomer -->
//	<!-- not run: installs something -->
//
// The first counts for the blocks behind it as well, up to the next one. The start states
// are functions in startStates; what a document has made in one stays there for the
// blocks behind, and "evening 2" is another one that begins alike. Who is left out stays who it was; the time is one of Friday 20 November
// 2026, in UTC, and a minute before its offset where one is given.
//
// In a block of ```console a line that begins with "$ " is a command, and up to the next
// one stands what it prints, and a status that is not 0, as "(status 3)"; a line "…"
// stands for any lines. Of other blocks, ```sh and
// indented ones, the lines are commands that must succeed: what stands behind two spaces
// and does not go on the command, or behind #, is said of it.
//
// go test ./cmd/handoff -run Documents -update writes what is printed into the documents.

// documentNames are where documents lie.
var documentNames = []string{"README.md", ".github/*.md", ".github/docs/*.md", "examples/*/README.md", "schema/*.md"}

func TestDocuments(t *testing.T) {
	for _, pattern := range documentNames {
		paths, err := filepath.Glob(filepath.Join("../..", filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			name := strings.TrimPrefix(filepath.ToSlash(path), "../../")
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d := &page{t: t, name: name, states: make(map[string]*scratch)}
				if name == "examples/setup/README.md" { // what init leaves in a repository has no comments
					d.play(setUpFor.Replace(string(data)))
					return
				}
				if lines := bytes.Count(data, []byte("\n")); name == "README.md" && lines > 200 {
					t.Errorf("who is new reads 200 lines, and not %d", lines)
				}
				now := d.play(string(data))
				if now != string(data) && *update {
					if err := os.WriteFile(path, []byte(now), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			})
		}
	}
}

// setUpFor makes a README of a team out of that of the setup, and says where its commands
// are run.
var setUpFor = strings.NewReplacer(
	"@NAME", "@ana", "next NAME", "next ana",
	"## Somebody left you a handoff\n", "<!-- run: evening as ben -->\n",
	"## You stop for the day\n", "<!-- run by TestNewcomer -->\n",
)

// page is a document that is played.
type page struct {
	t      *testing.T
	name   string
	states map[string]*scratch
	run    *scratch // where the next block runs, nil for nowhere
	excuse string   // why the next block does not run
	line   int
}

var (
	runMarker = regexp.MustCompile(`^<!-- run: ([a-z]+)( \d)?(?: as ([a-z]+))?(?: at (\S+))? -->$`)
	byMarker  = regexp.MustCompile(`^<!-- run by (Test\w+)(: [^>]+)? -->$`)
	notMarker = regexp.MustCompile(`^<!-- not run: ([^>]{10,}) -->$`)
	inLine    = regexp.MustCompile(`(^|[|&;(]\s*|\bdo\s+)(handoff|git)\s`)
	aMarker   = regexp.MustCompile(`^<!-- (not )?run\b`)
	ours      = regexp.MustCompile(`^(\$ )?(handoff|git)( |$)`)
	comment   = regexp.MustCompile(`\s+#\s.*$|^#.*$`)
	told      = regexp.MustCompile(`\S(\s{2,}[A-Za-z(].*)$`)
)

// play runs the commands of a text and returns it with what they print.
func (d *page) play(text string) string {
	lines := strings.SplitAfter(text, "\n")
	var out strings.Builder
	for i := 0; i < len(lines); {
		line := strings.TrimSuffix(lines[i], "\n")
		d.line = i + 1
		switch {
		case aMarker.MatchString(line):
			d.marked(line)
		case strings.HasPrefix(line, "```"):
			end := i + 1
			for end < len(lines) && !strings.HasPrefix(lines[end], "```") {
				end++
			}
			out.WriteString(lines[i])
			d.line++
			switch block := lines[i+1 : min(end, len(lines))]; line {
			case "```console":
				out.WriteString(d.console(block))
			case "```sh", "```":
				d.commands(block, "")
				out.WriteString(strings.Join(block, ""))
			default:
				out.WriteString(strings.Join(block, ""))
			}
			i = end
		case strings.HasPrefix(line, "    ") && (i == 0 || strings.TrimSpace(lines[i-1]) == "" || aMarker.MatchString(lines[i-1])):
			end := i
			for end < len(lines) && (strings.HasPrefix(lines[end], "    ") || strings.TrimSpace(lines[end]) == "" && end+1 < len(lines) && strings.HasPrefix(lines[end+1], "    ")) {
				end++
			}
			d.commands(lines[i:end], "    ")
			out.WriteString(strings.Join(lines[i:end], ""))
			i = end
			continue
		}
		if i < len(lines) {
			out.WriteString(lines[i])
			i++
		}
	}
	return out.String()
}

// marked takes in what a comment says of the blocks behind it.
func (d *page) marked(line string) {
	if m := runMarker.FindStringSubmatch(line); m != nil {
		s := d.states[m[1]+m[2]]
		if s == nil {
			start := startStates[m[1]]
			if start == nil {
				d.t.Fatalf("%s:%d: there is no start state %s", d.name, d.line, m[1])
			}
			s = newScratch(d.t)
			start(s)
			d.states[m[1]+m[2]] = s
		}
		s.who = cmp.Or(m[3], s.who)
		if m[4] != "" {
			s.now = clockOf(d.t, m[4])
		}
		d.run, d.excuse = s, ""
		return
	}
	if m := byMarker.FindStringSubmatch(line); m != nil {
		if !isTest(d.t, m[1]) {
			d.t.Errorf("%s:%d: no test is called %s", d.name, d.line, m[1])
		}
		d.excuse = m[1]
		return
	}
	m := notMarker.FindStringSubmatch(line)
	if m == nil {
		d.t.Errorf("%s:%d: that says neither where to run nor why not: %s", d.name, d.line, line)
		return
	}
	d.excuse = m[1]
}

// clockOf is a time of the Friday of the documents, as 18:02 or 18:02+08:00.
func clockOf(t *testing.T, clock string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04Z07:00", "2026-11-20 "+clock)
	if err != nil {
		if at, err = time.Parse("2006-01-02 15:04", "2026-11-20 "+clock); err != nil {
			t.Fatal(err)
		}
	}
	return at
}

// mayRun reports whether a block with commands is to be run, and complains where nothing
// says how.
func (d *page) mayRun() bool {
	if d.excuse != "" {
		d.excuse = ""
		return false
	}
	if d.run == nil {
		d.t.Errorf("%s:%d: commands that no test runs; say where, as in <!-- run: team as ana -->, or <!-- not run: WHY -->", d.name, d.line)
		return false
	}
	return true
}

// console runs a block with commands and what they print, and returns it as it is now.
func (d *page) console(block []string) string {
	if !d.mayRun() {
		return strings.Join(block, "")
	}
	var now strings.Builder
	for i := 0; i < len(block); {
		first, line := i, block[i]
		if !strings.HasPrefix(line, "$ ") {
			d.t.Fatalf("%s:%d: what prints that? %s", d.name, d.line+i, line)
		}
		for strings.HasSuffix(block[i], "\\\n") {
			i++
		}
		i++
		command := strings.TrimPrefix(strings.Join(block[first:i], ""), "$ ")
		shown := i
		for i < len(block) && !strings.HasPrefix(block[i], "$ ") {
			i++
		}
		// An empty line parts two commands.
		want := strings.Join(block[shown:i], "")
		gap := ""
		if i < len(block) && strings.HasSuffix(want, "\n\n") || want == "\n" {
			want, gap = strings.TrimSuffix(want, "\n"), "\n"
		}
		got, status := d.run.shell(comment.ReplaceAllString(strings.TrimSuffix(command, "\n"), ""))
		if status != cli.StatusDone {
			got += fmt.Sprintf("(status %d)\n", status)
		}
		if !shows(want, got) && !*update {
			d.t.Errorf("%s:%d: %sprints something else (go test ./cmd/handoff -run Documents -update writes it):\n%s", d.name, d.line+first, command, got)
		}
		if !shows(want, got) {
			want = got
		}
		now.WriteString(strings.Join(block[first:shown], "") + want + gap)
	}
	return now.String()
}

// shows reports whether a text is what was printed, with a line "…" for any lines.
func shows(want, got string) bool {
	pattern := regexp.QuoteMeta(want)
	return regexp.MustCompile(`\A` + strings.ReplaceAll(pattern, "…\n", `(?:.*\n)*`) + `\z`).MatchString(got)
}

// commands runs a block of commands whose output is not shown.
func (d *page) commands(block []string, indent string) {
	var commands []string
	has := false
	for i := 0; i < len(block); i++ {
		line := strings.TrimPrefix(block[i], indent)
		for strings.HasSuffix(line, "\\\n") && i+1 < len(block) {
			i++
			line += block[i]
		}
		line = strings.TrimSpace(line)
		has = has || inLine.MatchString(line)
		if line = comment.ReplaceAllString(line, ""); ours.MatchString(line) {
			if m := told.FindStringSubmatchIndex(line); m != nil {
				line = line[:m[2]]
			}
		}
		commands = append(commands, line)
	}
	if !has || !d.mayRun() {
		return
	}
	for _, command := range commands {
		if command == "" {
			continue
		}
		if got, status := d.run.shell(command); status != 0 {
			d.t.Errorf("%s:%d: %s: status %d\n%s", d.name, d.line, command, status, got)
		}
	}
}

// isTest reports whether a test of the project has a name.
func isTest(t *testing.T, name string) bool {
	t.Helper()
	found := false
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || found || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		found = bytes.Contains(data, []byte("\nfunc "+name+"("))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// scratch is where the commands of a document run: folders of people below one that is
// theirs, with ids that come one after the other.
type scratch struct {
	t    *testing.T
	root string
	dir  map[string]string // by who; where they are
	who  string
	now  time.Time
	ids  int
}

func newScratch(t *testing.T) *scratch {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"home", "tmp"} {
		if err := os.Mkdir(filepath.Join(root, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return &scratch{t: t, root: root, dir: make(map[string]string), who: "ana", now: clockOf(t, "12:00")}
}

func (s *scratch) environ() []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Join(s.root, "home"), "TMPDIR=" + filepath.Join(s.root, "tmp"), "LC_ALL=C.UTF-8",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=" + s.who, "GIT_AUTHOR_EMAIL=" + s.who + "@example.com",
		"GIT_COMMITTER_NAME=" + s.who, "GIT_COMMITTER_EMAIL=" + s.who + "@example.com",
	}, clockSettings(s.now)...)
}

// shell runs a command where its author is, and returns what it prints, with its paths
// and hashes as the documents have them.
func (s *scratch) shell(command string) (printed string, status int) {
	s.t.Helper()
	var out bytes.Buffer
	dir := cmp.Or(s.dir[s.who], s.root)
	words, plain := plainWords(command)
	switch {
	case plain && words[0] == "cd":
		s.dir[s.who] = filepath.Join(dir, words[1])
	case plain && words[0] == "handoff":
		status = cli.Main(words[1:], cli.Env{
			In: strings.NewReader(""), Out: &out, Err: &out, Dir: dir, Environ: s.environ(), Width: 80,
			Now: func() time.Time { return s.now },
			NewID: func() string {
				s.ids++
				return fmt.Sprintf("k%c%dq0xf8", "37acehmr"[s.ids/10], s.ids%10)
			},
		})
	default:
		cmd := exec.Command("sh", "-c", command)
		cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, s.environ(), &out, &out
		if err := cmd.Run(); err != nil {
			if exit := new(exec.ExitError); !errors.As(err, &exit) {
				s.t.Fatal(err)
			}
			status = cmd.ProcessState.ExitCode()
		}
	}
	return s.asShown(out.String()), status
}

// madeAnew matches hashes, which depend on the version of the program, as its records
// name that, and the folders of a demo.
var madeAnew = regexp.MustCompile(`\b(?:commit |as |main at |[0-9a-f]{7}\.\.|source: )[0-9a-f]{7,40}\b|/\S*/handoff-demo-[^/\s]*`)

func (s *scratch) asShown(text string) string {
	text = madeAnew.ReplaceAllStringFunc(text, func(found string) string {
		if found[0] == '/' {
			return "/tmp/handoff-demo"
		}
		at := strings.LastIndexAny(found, " .") + 1
		return found[:at] + "0123abc4567890abcdef0123abc4567890abcdef"[:len(found)-at]
	})
	return strings.ReplaceAll(text, s.root, "/home/you")
}

// plainWords are the words of a command, where a shell would do no more than take
// quotation marks away.
func plainWords(command string) (words []string, plain bool) {
	command = strings.ReplaceAll(command, "\\\n", " ")
	var word strings.Builder
	var quote rune
	inWord := false
	for _, c := range command {
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == '"' && strings.ContainsRune("$`\\", c), quote == 0 && strings.ContainsRune("|&;<>$`\\*?()~{}", c):
			return nil, false
		case quote == 0 && (c == '"' || c == '\''):
			quote, inWord = c, true
		case quote == 0 && (c == ' ' || c == '\n'):
			if inWord {
				words, inWord = append(words, word.String()), false
				word.Reset()
			}
		default:
			inWord = true
			word.WriteRune(c)
		}
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, quote == 0 && len(words) > 0
}

// must runs commands that make a start state.
func (s *scratch) must(commands ...string) {
	s.t.Helper()
	for _, command := range commands {
		if out, status := s.shell(command); status != 0 {
			s.t.Fatalf("%s: status %d\n%s", command, status, out)
		}
	}
}

func (s *scratch) write(name string, data []byte) {
	s.t.Helper()
	path := filepath.Join(s.root, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, data, 0o644)); err != nil {
		s.t.Fatal(err)
	}
}

// startStates are what the commands of documents begin with.
var startStates = map[string]func(*scratch){
	// A folder, and nothing in it.
	"nothing": func(*scratch) {},
	// Three people share a repository, in which each has committed: each has a clone of
	// it, origin is theirs. Beside the clones lies what ana types in handoff demo.
	"team": func(s *scratch) { s.team() },
	// The same, and ana has handed over to ben; ben has got it.
	"evening": func(s *scratch) {
		s.team()
		s.who, s.now = "ana", clockOf(s.t, "10:02")
		s.must(`handoff declare -f ../today.yaml --returns "mon 09:00" --none shipped --push`)
		s.who, s.now = "ben", clockOf(s.t, "10:30")
		s.must("handoff sync")
	},
	// The same as team, and origin is at GitHub.
	"forge": func(s *scratch) {
		s.team()
		s.must("git remote set-url origin https://github.com/acme/payments.git")
	},
	// Ana has handed over to ben, and is beside a folder mirrors with two repositories
	// like that.
	"mirrors": func(s *scratch) {
		s.team()
		s.who, s.now = "ana", clockOf(s.t, "10:02")
		s.must(`handoff declare -f ../today.yaml --returns "mon 09:00" --none shipped --push`)
		s.dir["ana"] = s.root
		s.must("mkdir mirrors", "git clone -q --mirror shared.git mirrors/payments.git", "git clone -q --mirror shared.git mirrors/accounts.git")
	},
}

func (s *scratch) team() {
	s.t.Helper()
	people := []string{"sarah", "ben", "ana"}
	s.write("today.yaml", examples.Demo)
	s.must("git init -q --bare -b main shared.git")
	for _, s.who = range people {
		s.dir[s.who] = s.root
		s.must("git clone -q shared.git "+s.who+" 2>/dev/null", "cd "+s.who, "git commit -q --allow-empty -m 'Work of the day'", "git push -q origin HEAD:main")
	}
	for _, s.who = range people {
		s.must("git pull -q")
	}
	slices.Sort(people)
}
