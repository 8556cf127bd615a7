package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var full = flag.Bool("full", false, "run the tests of the store under fire in full: every call, every round")

// howOften returns the first number, and with -full the second.
func howOften(usual, inFull int) int {
	if *full {
		return inFull
	}
	return usual
}

const writers = 20

// started is a process and what it prints.
type started struct {
	*exec.Cmd
	output bytes.Buffer
}

// startWriters lets processes declare today's draft, all at once.
func (s *site) startWriters() []*started {
	s.t.Helper()
	var running []*started
	for range writers {
		w := &started{Cmd: s.declare()}
		w.Stdout, w.Stderr = &w.output, &w.output
		if err := w.Start(); err != nil {
			s.t.Fatal(err)
		}
		running = append(running, w)
	}
	return running
}

// successes waits for writers, and returns the commits that they reported. A
// writer that found the repository busy has written nothing and said so.
func (s *site) successes(running []*started) []string {
	s.t.Helper()
	var commits []string
	for _, w := range running {
		err := w.Wait()
		match := reported.FindStringSubmatch(w.output.String())
		switch status := s.status(err); {
		case status == 0 && match != nil:
			commits = append(commits, match[1])
		case status != 5 || match != nil:
			s.t.Errorf("a writer ended with status %d:\n%s", status, w.output.String())
		}
	}
	return commits
}

// reported finds the commit that declare says is on the branch.
var reported = regexp.MustCompile(`\(main, commit ([0-9a-f]{7,40})\)`)

// handoffs counts the handoffs in a commit.
func (s *site) handoffs(rev string) int {
	s.t.Helper()
	return strings.Count(strings.Join(s.records(rev), "\n"), "-handoff-")
}

// mustReach checks that every commit is in the history of main.
func (s *site) mustReach(commits []string) {
	s.t.Helper()
	history := s.git("rev-list", "main")
	for _, commit := range commits {
		if !strings.Contains("\n"+history, "\n"+commit) {
			s.t.Errorf("commit %s was reported and is not on main", commit)
		}
	}
}

func TestTwentyWritersAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	work := s.work()
	for range howOften(2, 10) {
		earlier, before := s.git("rev-parse", "main"), s.handoffs("main")
		commits := s.successes(s.startWriters())
		if len(commits) == 0 {
			t.Error("no writer succeeded")
		}
		s.mustReach(append(commits, earlier))
		if got, want := s.handoffs("main"), before+len(commits); got != want {
			t.Errorf("%d handoffs on main, want %d", got, want)
		}
	}
	if s.work() != work {
		t.Error("the user's work changed")
	}
	if left := s.residue(); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	s.mustBeSound()
}

// TestWritersAgainstGitCommit has git commit to the same branch meanwhile. Git
// gives up when it finds a lock; what it reports as committed must stay.
func TestWritersAgainstGitCommit(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	running := s.startWriters()
	var byGit []string
	for range 100 {
		// Empty even though something is staged: --only without paths.
		out, status := s.try("git", "commit", "-q", "--allow-empty", "--only", "-m", "by git")
		switch {
		case status == 0:
			byGit = append(byGit, s.git("rev-list", "-1", "--grep=^by git$", "main"))
		case !strings.Contains(out, ".lock") && !strings.Contains(out, "cannot lock ref"):
			t.Errorf("git commit: %s", out)
		}
	}
	commits := s.successes(running)
	if len(byGit) == 0 || len(commits) == 0 {
		t.Errorf("%d commits by git, %d by handoff: no race", len(byGit), len(commits))
	}
	s.mustReach(slices.Concat(byGit, commits))
	if got, want := s.git("rev-list", "--count", "--grep=^by git$", "main"), fmt.Sprint(len(byGit)); got != want {
		t.Errorf("%s commits of git on main, want %s", got, want)
	}
	if got := s.handoffs("main"); got != len(commits) {
		t.Errorf("%d handoffs on main, want %d", got, len(commits))
	}
	s.mustBeSound()
}

// TestMaintenanceMeanwhile runs what moves and removes the files of objects and
// references, over and over, while handoff reads and writes.
func TestMaintenanceMeanwhile(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.mustDeclare()
	remote := s.copy(t)
	s.git("remote", "add", "origin", remote.dir)
	stop, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- s.maintain(stop) }()
	for i := range howOften(30, 100) {
		if i%10 == 0 {
			remote.git("commit", "-q", "--allow-empty", "--only", "-m", "to fetch")
		}
		for _, args := range [][]string{{"inbox", "--as", "ben"}, {"declare", "-q", "-f", today(t)}} {
			if out, status := s.try("handoff", args...); status != 0 {
				t.Errorf("handoff %s: status %d\n%s", args[0], status, out)
			}
		}
	}
	close(stop)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if got, want := s.handoffs("main"), 1+howOften(30, 100); got != want {
		t.Errorf("%d handoffs on main, want %d", got, want)
	}
	s.mustBeSound()
}

// maintain runs git gc, repack and fetch in turns until stop is closed. With
// --prune=now git would break its own commits as well: it may be run only where
// nobody writes.
func (s *site) maintain(stop <-chan struct{}) error {
	for turns := 0; ; turns++ {
		for _, args := range [][]string{{"gc", "-q"}, {"repack", "-adq"}, {"fetch", "-q", "origin"}} {
			out, err := s.command("git", args...).CombinedOutput()
			if err != nil && !bytes.Contains(out, []byte(".lock")) {
				return fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
			}
		}
		select {
		case <-stop:
			if turns == 0 {
				return errors.New("git was too slow to get in the way")
			}
			return nil
		default:
		}
	}
}

func TestIndexLockThatStays(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write(".git/index.lock", "somebody's")
	before := s.git("rev-parse", "HEAD")
	start := time.Now()
	out, status := s.try("handoff", "declare", "-f", today(t))
	// Five seconds, and some for a machine that does other things as well.
	if took := time.Since(start); took < 4*time.Second || took > 15*time.Second {
		t.Errorf("it waited %v", took)
	}
	if status != 5 || !strings.Contains(out, "index.lock") || !strings.Contains(out, "\nhint: ") {
		t.Errorf("status %d\n%s", status, out)
	}
	if data, err := os.ReadFile(s.path(".git/index.lock")); err != nil || string(data) != "somebody's" {
		t.Errorf("the lock is now %q, error %v", data, err)
	}
	if s.git("rev-parse", "HEAD") != before {
		t.Error("HEAD moved")
	}
	if err := os.Remove(s.path(".git/index.lock")); err != nil {
		t.Fatal(err)
	}
	s.mustDeclare()
	if left := s.residue(); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}
