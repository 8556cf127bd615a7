//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// many is how many records the first question is put to: more than are read at
// once, so that a terminal shows how many there are so far.
const many = 10_000

// decideOften commits many decisions, as a team does in years.
func (r *repository) decideOften() {
	r.t.Helper()
	var in bytes.Buffer
	fmt.Fprintf(&in, "commit refs/heads/main\ncommitter Ana <ana@example.com> %d +0000\ndata 7\nrecords\nfrom refs/heads/main^0\n", moment().Unix())
	for n := range many {
		record := handoff.New(fmt.Sprintf("%08d", n), moment().Add(time.Duration(n-many)*time.Minute), "ana", &handoff.DecisionRecord{
			Topic:          fmt.Sprint("rule-", n),
			DecisionFields: handoff.DecisionFields{Decision: fmt.Sprintf("Rule %d holds for all payments", n), Rationale: "The audit of this year asks for it"},
		})
		data, err := handoff.Format(record)
		if err != nil {
			r.t.Fatal(err)
		}
		fmt.Fprintf(&in, "M 100644 inline .handoffs/%s\ndata %d\n%s\n", filepath.ToSlash(record.Name()), len(data), data)
	}
	cmd := r.command("git", "fast-import", "--quiet")
	cmd.Stdin = &in
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("git fast-import: %v\n%s", err, out)
	}
}

// TestFirstQuestion asks for the first time where there are many records. The
// question fills the index and says how far it is, once: also when one before it
// was stopped, which others do not wait for, and killed. Where nothing can be
// written it is the same every time.
func TestFirstQuestion(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.decideOften()
	question := []string{"log", "--limit", "0", "--json", "--jq", ".results[0].id, (.results | length)"}
	answer := fmt.Sprintf("%08d\n%d\n", many-1, many)
	place := filepath.Join(r.dir, ".git", "handoff")

	ask := func(when string, fills bool) {
		t.Helper()
		x := r.start(80, 24, "handoff", question...)
		if status := x.status(); status != 0 {
			t.Fatalf("%s: status %d\n%s", when, status, x.screen)
		}
		x.until(when+", the answer and nothing else", func(screen string) bool { return strings.TrimSpace(screen) == strings.TrimSpace(answer) })
		if x.screen.said("records indexed") != fills {
			t.Errorf("%s, it says how far it is: %t", when, !fills)
		}
	}

	first := r.start(80, 24, "handoff", question...)
	first.until("a number of records", func(string) bool { return first.screen.said("records indexed") })
	if err := first.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if out := r.run("handoff", question...); out != answer {
		t.Errorf("while another one holds the index:\n%s", out)
	}
	if err := first.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if status := first.status(); status != -1 {
		t.Fatalf("it was not killed: status %d", status)
	}

	stopped := r.start(80, 24, "handoff", question...)
	stopped.until("a number of records", func(string) bool { return stopped.screen.said("records indexed") })
	stopped.send(ctrlC)
	if status := stopped.status(); status != 130 || strings.Contains(stopped.all(), "indexed") {
		t.Errorf("stopped: status %d\n%s", status, stopped.all())
	}

	ask("after one that was killed, and one that was stopped", true)
	full, err := os.Stat(filepath.Join(place, "index.db"))
	if err != nil || full.Size() < 100*many {
		t.Fatalf("the index is not filled: %v, %v", full, err)
	}
	ask("the second time", false)

	if err := os.RemoveAll(place); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(place, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		ask("where nothing can be written", true)
	}
	if out := r.run("handoff", question...); out != answer {
		t.Errorf("not on a terminal:\n%s", out)
	}
}
