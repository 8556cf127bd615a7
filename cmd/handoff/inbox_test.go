//go:build unix

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// by is the repository as somebody else works in it.
func (r *repository) by(before, who string) *repository {
	other := *r
	other.env = slices.Clone(r.env)
	for i := range other.env {
		other.env[i] = strings.ReplaceAll(other.env[i], "="+before, "="+who)
	}
	return &other
}

// TestBareInParts runs the program without a command on a terminal: a draft that
// waits comes first, then the parts of the inbox in short, then what is held.
func TestBareInParts(t *testing.T) {
	t.Parallel()
	ben := inTheMorning(t, "ben")
	ben.run("handoff", "ack", "@ana", "--outcome", "declined", "--reason", "capacity", "--note", "two incidents are open, and the third begins")
	ana := ben.by("ben", "ana")
	x := ana.start(80, 60, "handoff", "--no-pager")
	x.see("Came back to you", " — ben declined it: capacity: two incidents are open, and the third",
		"  begins; yours again: login-audit", "  do: handoff declare --carry", "You hold", "--outcome seen settles it")
	x.status()
	if strings.Contains(x.screen.String(), "A draft waits") {
		t.Errorf("there is no draft:\n%s", x.screen)
	}

	if err := os.WriteFile(filepath.Join(ana.dir, ".git/handoff/draft.yaml"), []byte("summary: \"\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	x = ana.start(80, 60, "handoff", "--no-pager")
	x.see("A draft waits", "handoff declare --resume", "Came back to you", "You hold")
	x.status()
	screen := x.screen.String()
	if strings.Index(screen, "A draft waits") > strings.Index(screen, "Came back to you") {
		t.Errorf("the draft is not first:\n%s", screen)
	}

	if pipe := ana.run("handoff"); !strings.HasPrefix(pipe, "a draft waits: handoff declare --resume\n") {
		t.Errorf("in a pipe:\n%s", pipe)
	}

	// The act that settles it ends it on this road, too.
	ana.run("handoff", "ack", "@", "--outcome", "seen")
	x = ana.start(80, 60, "handoff", "--no-pager")
	x.see("You hold", "nothing waits for you; handoff declare hands over what you hold")
	x.status()
	if strings.Contains(x.screen.String(), "Came back") {
		t.Errorf("it is settled:\n%s", x.screen)
	}
}
