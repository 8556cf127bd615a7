//go:build unix

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestNewcomer lets two people who share a repository get from its clone to a handoff
// that one of them has taken. They have read the five minutes of the README, and
// what the program says: each command comes from there or was printed before, on a form
// they press the key that its last line names, and write where something is required.
func TestNewcomer(t *testing.T) {
	t.Parallel()
	first, theirs := firstMinutes(t)
	ana := newRepository(t)
	ana.run("git", "commit", "-q", "--allow-empty", "--author", "Ben <ben@example.com>", "-m", "Cache what was built")
	remote := ana.withRemote()
	ana.run("git", "push", "-q", "-u", "origin", "main")
	ben := &repository{t: t, dir: filepath.Join(t.TempDir(), "clone"), env: ana.env}
	ben.become("ben")
	ana.run("git", "clone", "-q", remote, ben.dir)

	n := newcomers{t: t, answers: map[string]string{
		"Items":                             "Build cache",
		"Why is it done, and why this way?": "A build of the whole tree takes 40 minutes",
		"State":                             "Every new compiler empties the cache, key.go has no version",
		"Next step":                         "Put the version of gcc into key.go",
		"Summary":                           "The build cache is emptied by every new compiler",
	}}
	said := n.run(ana, first[0])
	if next := printed(t, said, `next: (handoff \w+)`); next != first[1] {
		t.Errorf("the README goes on with %s, and init says %s", first[1], next)
	}
	said = n.run(ana, first[1])
	if !strings.Contains(said, "ana → ben: offers build-cache") {
		t.Errorf("what is offered is not said:\n%s", said)
	}
	n.run(ben, theirs[0])
	said = n.run(ben, theirs[1])
	if take := printed(t, said, `do: (handoff ack \w+)`); strings.HasPrefix(theirs[2], "handoff ack ") {
		n.run(ben, take)
	}
	n.run(ben, theirs[3])

	n.run(ana, theirs[0])
	if holds := ana.run("handoff", "query", "holds", "ben"); !strings.Contains(holds, "build-cache is in progress, held by ben") {
		t.Errorf("ana does not see that ben has it:\n%s", holds)
	}
	if len(n.answers) > 0 {
		t.Errorf("nobody asked for %v", n.answers)
	}
	t.Logf("%d commands, %d keys beside the text", n.commands, n.keys)
	if n.commands > 7 || n.keys > 25 {
		t.Errorf("that is no matter of five minutes")
	}
	if status := ana.run("git", "status", "--porcelain"); status != "" {
		t.Errorf("it leaves %s", status)
	}
}

// firstMinutes are the commands of the README's five minutes: of who begins, and
// of whom the handoff is for.
func firstMinutes(t *testing.T) (first, theirs []string) {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "## A team in five minutes")
	section, _, _ = strings.Cut(section, "\n## ")
	var blocks [][]string
	for paragraph := range strings.SplitSeq(section, "\n\n") {
		_, paragraph, _ = strings.Cut(paragraph, "<!-- run by TestNewcomer -->\n")
		if paragraph == "" {
			continue
		}
		var block []string
		for line := range strings.SplitSeq(strings.TrimSpace(paragraph), "\n") {
			command, _, _ := strings.Cut(line, "#")
			block = append(block, strings.TrimSpace(command))
		}
		blocks = append(blocks, block)
	}
	if len(blocks) != 2 || len(blocks[0]) != 2 || len(blocks[1]) != 4 {
		t.Fatalf("the five minutes are %q", blocks)
	}
	return blocks[0], blocks[1]
}

// printed is what the program printed in the place of the group of a pattern.
func printed(t *testing.T, said, pattern string) string {
	t.Helper()
	match := regexp.MustCompile(pattern).FindStringSubmatch(said)
	if match == nil {
		t.Fatalf("nothing like %s in\n%s", pattern, said)
	}
	return match[1]
}

// newcomers run commands, and count what they do.
type newcomers struct {
	t              *testing.T
	answers        map[string]string // by what stands above the field; taken when written
	commands, keys int
}

// run runs a command line on a terminal, answers what it asks, and returns what it
// printed, the forms among it.
func (n *newcomers) run(r *repository, line string) string {
	n.t.Helper()
	n.commands++
	words := strings.Fields(line)
	x := r.start(80, 24, words[0], words[1:]...)
	answered := ""
	for n.next(x, answered) {
		if label, value := focused(x.screen.String()); value == "" {
			n.write(x, label)
		}
		answered = x.screen.String()
		x.send(offered(n.t, answered))
		n.keys++
	}
	if status := x.status(); status != 0 {
		n.t.Fatalf("%s: status %d; the screen is:\n%s", line, status, x.screen)
	}
	x.all()
	x.screen.mu.Lock()
	defer x.screen.mu.Unlock()
	return escapes.ReplaceAllString(string(x.screen.printed), "")
}

// escapes are what a terminal is told beside text.
var escapes = regexp.MustCompile(`\x1b\[[0-9;?]*[a-zA-Z]`)

// next waits for a form that is not as it was when it was answered, or for the end.
func (n *newcomers) next(x *terminal, answered string) (asks bool) {
	n.t.Helper()
	x.until("a form that goes on, or the end", func(screen string) bool {
		select {
		case <-x.ended:
			return true
		default:
			asks = screen != answered && strings.Contains(screen, "^c stop")
			return asks
		}
	})
	return asks
}

// write types what belongs into a field, else the example that the screen gives for
// what it requires.
func (n *newcomers) write(x *terminal, label string) {
	n.t.Helper()
	screen := x.screen.String()
	label, required := strings.CutSuffix(label, " (required)")
	text, known := n.answers[label]
	if example := regexp.MustCompile(`as in "([^"]+)"`).FindStringSubmatch(screen); !known && required && example != nil {
		text = example[1]
	}
	if text == "" {
		return
	}
	delete(n.answers, label)
	x.send(text)
	x.until(text, func(screen string) bool {
		_, value := focused(screen)
		return strings.Contains(value, text[max(0, len(text)-12):])
	})
}

// focused is what stands above the field in which one is, and what is in it.
func focused(screen string) (label, value string) {
	for line := range strings.SplitSeq(screen, "\n") {
		if rest, inside := strings.CutPrefix(strings.TrimSpace(line), "┃"); inside {
			if rest = strings.TrimSpace(rest); label == "" {
				label = rest
			} else {
				value += rest
			}
		}
	}
	return label, value
}

// keyNames are keys as the last line of a form calls them.
var keyNames = map[string]string{"enter": enter, "tab": tab, "^s": ctrlS}

// offered is the first key on the last line of a form with which one goes on.
func offered(t *testing.T, screen string) string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(screen), "\n")
	for offer := range strings.SplitSeq(lines[len(lines)-1], " · ") {
		name, does, _ := strings.Cut(strings.TrimSpace(offer), " ")
		if key, known := keyNames[name]; known && does != "new line" {
			return key
		}
	}
	t.Fatalf("no key goes on:\n%s", screen)
	return ""
}
