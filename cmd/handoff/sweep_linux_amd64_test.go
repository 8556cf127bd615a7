package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestDeclareKilledAtEveryCall and its neighbours interfere with each call by
// which declare changes a file or tells git something: it never happens because
// the process is killed, alone or with all that it has started, or it fails as
// on a full disk.
func TestDeclareKilledAtEveryCall(t *testing.T) { sweep(t, fault{kill: true}) }

func TestDeclareKilledWithItsGitAtEveryCall(t *testing.T) { sweep(t, fault{kill: true, all: true}) }

func TestDeclareOnAFullDisk(t *testing.T) { sweep(t, fault{}) }

func sweep(t *testing.T, f fault) {
	template := newSite(t)
	template.mustDeclare() // that the directories and earlier records are there
	undisturbed := template.copy(t).declareUnder(fault{at: -1})
	move := "renameat .git/refs/heads/main.lock"
	if template.hasReftable() {
		move = toPipe
	}
	if !undisturbed.done() || !undisturbed.has(move) || !undisturbed.has("fsync .git/index.lock") {
		t.Fatalf("nothing to interfere with: %s, calls\n%s", undisturbed.output, strings.Join(undisturbed.calls, "\n"))
	}
	for _, at := range f.points(undisturbed.calls) {
		call := undisturbed.calls[at]
		if call == toPipe && !f.kill {
			continue // no disk is full there
		}
		if f.all && !*full && call != toPipe && !strings.HasPrefix(call, "rename") && call != "write .git/handoff/append" {
			continue // what git does goes on through these
		}
		t.Run(strconv.Itoa(at), func(t *testing.T) {
			t.Parallel()
			template.copy(t).survives(fault{at: at, kill: f.kill, all: f.all})
		})
	}
}

// points returns the numbers of the calls to interfere with: with -full every one, else
// all by which something is said to git, and of kinds of calls, which differ in the names
// of objects and temporary files only: the first and the last of each kind of rename, and
// the first of every third other kind.
func (f fault) points(calls []string) []int {
	kindOf := func(call string) string { return drawn.ReplaceAllString(call, "*") }
	last := map[string]int{}
	for at, call := range calls {
		last[kindOf(call)] = at
	}
	var chosen []int
	known := map[string]bool{}
	for at, call := range calls {
		kind := kindOf(call)
		isFirst, isRename := !known[kind], strings.HasPrefix(call, "rename")
		known[kind] = true
		switch {
		case *full, call == toPipe, call == "write .git/handoff/append",
			isRename && (isFirst || at == last[kind]),
			isFirst && f.matters(call) && len(known)%3 == 0:
			chosen = append(chosen, at)
		}
	}
	return chosen
}

// matters reports whether a fault at the call can show what none at another does. Who
// is killed before a file is closed or synced leaves what they leave at the call after
// it, and closing or removing a file asks for no space.
func (f fault) matters(call string) bool {
	name, _, _ := strings.Cut(call, " ")
	if f.kill {
		return name != "close" && name != "fsync"
	}
	return name != "close" && name != "unlinkat"
}

// drawn matches the parts of a file name that are hashes or random.
var drawn = regexp.MustCompile(`objects/[0-9a-f]{2}\b|[0-9a-f]{38,40}|tmp_obj_\w+`)

// disturbed is how one declare ended.
type disturbed struct {
	calls  []string
	status syscall.WaitStatus
	output string
}

func (d disturbed) has(call string) bool {
	for _, c := range d.calls {
		if c == call {
			return true
		}
	}
	return false
}

// done reports whether declare said that it has published.
func (d disturbed) done() bool { return d.status.Exited() && d.status.ExitStatus() == 0 }

// declareUnder runs declare with a fault.
func (s *site) declareUnder(f fault) disturbed {
	s.t.Helper()
	cmd := s.declare()
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	tracer := &tracer{dir: s.dir, fault: f}
	status, err := tracer.run(cmd)
	if err != nil {
		s.t.Fatal(err)
	}
	return disturbed{tracer.calls, status, output.String()}
}

// survives checks that the repository is as before or as after a declare with a
// fault, and that the next declare finds nothing in its way and leaves nothing
// of it.
func (s *site) survives(f fault) {
	t := s.t
	before, work, records := s.git("rev-parse", "HEAD"), s.work(), len(s.records("HEAD"))
	d := s.declareUnder(f)
	if len(d.calls) <= f.at {
		t.Log("it took fewer calls this time, so nothing failed")
		if d.status != 0 {
			t.Errorf("status %v without a fault\n%s", d.status, d.output)
		}
		return
	}
	if !f.kill && d.calls[f.at] == toPipe {
		t.Log("its calls came in another order this time, and no disk is full in a pipe")
		return
	}
	defer func() {
		if t.Failed() {
			t.Logf("at %s: status %v\n%s", d.calls[f.at], d.status, d.output)
		}
	}()
	if f.kill != d.status.Signaled() {
		t.Error("not what was asked for")
	}
	s.mustBeSound()
	landed := s.landed(before, records)
	if match := reported.FindStringSubmatch(d.output); match != nil {
		if s.git("rev-parse", match[1]) != s.git("rev-parse", "HEAD") {
			t.Errorf("commit %s was reported and is not on the branch", match[1])
		}
	}
	if d.done() && !landed {
		t.Error("success was reported, and the branch has not moved")
	}
	if !f.kill && landed && !d.done() {
		t.Error("the record is published, and the status says that it is not")
	}
	if !f.kill && !landed {
		if left := s.residue(); len(left) > 0 {
			t.Errorf("it failed and left %q", left)
		}
		if strings.Contains(s.git("status", "--porcelain", "-uall"), ".handoffs") {
			t.Error("it failed and left a record in the work tree")
		}
	}

	after := s.git("rev-parse", "HEAD")
	count := len(s.records("HEAD"))
	s.mustDeclare()
	if !s.landed(after, count) {
		t.Error("the next declare has not landed")
	}
	if got := s.work(); got != work {
		t.Errorf("the user's work was\n%s\nand is\n%s", work, got)
	}
	if status := s.git("status", "--porcelain", "-uall", "--", ".handoffs"); status != "" {
		t.Errorf("the records are not as committed:\n%s", status)
	}
	if left := s.residue(); len(left) > 0 {
		t.Errorf("left after the next command: %q", left)
	}
	s.mustBeSound()
}

// landed reports whether HEAD has moved from the commit before, which had so
// many records, and checks that it moved by one commit that adds a record.
func (s *site) landed(before string, records int) bool {
	s.t.Helper()
	if s.git("rev-parse", "HEAD") == before {
		return false
	}
	if s.git("rev-parse", "HEAD~1") != before {
		s.t.Error("HEAD is neither the old commit nor one on top of it")
	}
	changes := s.git("diff", "--name-status", before, "HEAD")
	if !strings.HasPrefix(changes, "A\t.handoffs/") || strings.Contains(changes, "\n") || len(s.records("HEAD")) != records+1 {
		s.t.Errorf("the commit is more than one new record:\n%s", changes)
	}
	return true
}

// TestDeclareKilledWithoutIndex kills declare at each call where nothing is
// checked out: no index may appear, and no lock stay.
func TestDeclareKilledWithoutIndex(t *testing.T) {
	template := newSite(t)
	template.mustDeclare()
	if err := os.Remove(template.path(".git/index")); err != nil {
		t.Fatal(err)
	}
	undisturbed := template.copy(t).declareUnder(fault{at: -1})
	if !undisturbed.done() || undisturbed.has("fsync .git/index.lock") {
		t.Fatalf("nothing to interfere with: %s, calls\n%s", undisturbed.output, strings.Join(undisturbed.calls, "\n"))
	}
	for _, at := range (fault{kill: true}).points(undisturbed.calls) {
		t.Run(strconv.Itoa(at), func(t *testing.T) {
			t.Parallel()
			s := template.copy(t)
			before, records := s.git("rev-parse", "HEAD"), len(s.records("HEAD"))
			d := s.declareUnder(fault{at: at, kill: true})
			landed := s.landed(before, records)
			if match := reported.FindStringSubmatch(d.output); match != nil && !landed {
				t.Error("success was reported, and the branch has not moved")
			}
			s.mustDeclare()
			if left := s.residue(); len(left) > 0 {
				t.Errorf("left after the next command: %q", left)
			}
			if _, err := os.Lstat(s.path(".git/index")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("an index of our entries alone: %v", err)
			}
			s.mustBeSound()
		})
	}
}
