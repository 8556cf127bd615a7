//go:build unix

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
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

// TestInboxIsShort: a handoff that gives two items is one thing to do, on ten lines
// at most, and the severe comes first. In a pipe each row stands for itself.
func TestInboxIsShort(t *testing.T) {
	t.Parallel()
	ana := newRepository(t)
	ana.run("handoff", "declare", "--to", "ben", "--new-person", "ben", "--returns", moment().Add(72*time.Hour).Format(time.RFC3339), "--summary", "Refunds lack one approval, the export of invoices stands still",
		"--item", "refund-flow;in_review;PR #1842 has 1 of 2 approvals;Get the second approval on PR #1842", "--intent", "refund-flow;Customers wait for refunds that the old job lost", "--accept", "refund-flow;PR #1842 is merged",
		"--item", "invoice-export;in_progress;export.go stops at invoice 4711;Find out in export.go why it stops at invoice 4711", "--intent", "invoice-export;The auditors wait for the invoices of this year", "--accept", "invoice-export;export.go reads 9000 of 9000 invoices",
		"--none", "shipped,blockers,decisions")
	ben := ana.by("ana", "ben")
	x := ben.start(80, 24, "handoff", "inbox")
	x.see("Waits for you", " — ana hands over to you: ", "(just now)", "  refund-flow ", "  invoice-export ", "  do: handoff ack ")
	x.status()
	screen := strings.TrimSpace(x.all())
	if lines := strings.Count(screen, "\n") + 1; lines > 10 {
		t.Errorf("%d lines:\n%s", lines, screen)
	}
	if strings.Count(screen, "just now") != 1 || strings.Count(screen, "handoff ack ") != 2 { // a command, and the hint
		t.Errorf("one thing is shown twice:\n%s", screen)
	}
	if pipe := ben.run("handoff", "inbox", "-q"); strings.Count(pipe, "\n") != 3 || strings.Count(pipe, "\t") != 3*9 {
		t.Errorf("in a pipe:\n%s", pipe)
	}
}
