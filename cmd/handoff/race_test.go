package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// otherGits names directories with a git of another version each, separated as in
// PATH, the newest last. Servers and clients of these meet those of the git that
// the tests run with, which alone is enough for them.
const otherGits = "HANDOFF_TEST_GITS"

// gitDirs returns where the gits to try are: first the one on the PATH.
func gitDirs(t *testing.T) []string {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	return append([]string{filepath.Dir(git)}, filepath.SplitList(os.Getenv(otherGits))...)
}

// gitVersion is "2.39.5".
func gitVersion(t *testing.T, dir string) string {
	t.Helper()
	out, err := exec.Command(filepath.Join(dir, "git"), "version").Output()
	fields := strings.Fields(string(out))
	if err != nil || len(fields) < 3 {
		t.Fatalf("%s: git version: %v, %q", dir, err, out)
	}
	return fields[2]
}

// newRemote returns a bare repository that has main as s has it, in which s
// pushes.
func (s *site) newRemote() *site {
	s.t.Helper()
	remote := &site{t: s.t, dir: filepath.Join(s.t.TempDir(), "remote.git"), env: s.env}
	s.git("init", "-q", "--bare", "-b", "main", remote.dir)
	s.git("remote", "add", "origin", remote.dir)
	s.git("push", "-q", "-u", "origin", "main")
	return remote
}

// cloneFor returns a clone for the git in client, in which the git in server is
// the other side.
func (s *site) cloneFor(client, server string) *site {
	s.t.Helper()
	c := &site{t: s.t, dir: filepath.Join(s.t.TempDir(), "clone"), env: append(slices.Clip(s.env), "PATH="+client+string(os.PathListSeparator)+os.Getenv("PATH"))}
	s.git("clone", "-q", s.dir, c.dir)
	for _, program := range []string{"receive-pack", "upload-pack"} {
		path := filepath.Join(server, "git-"+program)
		c.git("config", "remote.origin."+strings.ReplaceAll(program, "-", ""), "env -u GIT_EXEC_PATH '"+path+"'")
	}
	return c
}

// startAll starts processes at once.
func startAll(t *testing.T, commands []*exec.Cmd) []*started {
	t.Helper()
	var running []*started
	for _, cmd := range commands {
		w := &started{Cmd: cmd}
		w.Stdout, w.Stderr = &w.output, &w.output
		if err := w.Start(); err != nil {
			t.Fatal(err)
		}
		running = append(running, w)
	}
	return running
}

// mustEndWell waits for processes that push and fetch at once: each has done it,
// or was told to try again, and nobody that a rule was in the way.
func (s *site) mustEndWell(running []*started) {
	s.t.Helper()
	for _, w := range running {
		status, said := s.status(w.Wait()), w.output.String()
		if status != 0 && status != 5 || strings.Contains(said, "protected") {
			s.t.Errorf("%s ended with status %d:\n%s", strings.Join(w.Args, " "), status, said)
		}
	}
}

// TestPushesMeet has three clones publish and push from two processes each. Old
// and new gits are on either side: they differ in how they say that two pushes
// met. No record may be lost, or be there twice.
func TestPushesMeet(t *testing.T) {
	t.Parallel()
	dirs := gitDirs(t)
	for _, server := range dirs {
		for _, client := range slices.Compact([]string{dirs[0], dirs[len(dirs)-1]}) {
			t.Run(gitVersion(t, client)+" to "+gitVersion(t, server), func(t *testing.T) {
				t.Parallel()
				pushesMeet(t, client, server)
			})
		}
	}
}

func pushesMeet(t *testing.T, client, server string) {
	const clones, processes = 3, 2
	remote := newSite(t).newRemote()
	var all []*site
	var commands []*exec.Cmd
	for i := range clones {
		c := remote.cloneFor(client, server)
		all = append(all, c)
		for p := range processes {
			commands = append(commands, c.command("handoff", "decide", "--push", fmt.Sprintf("Bank %d of site %d is paid daily -- it asks for that", p, i)))
		}
		commands = append(commands, c.command("handoff", "sync"))
	}
	remote.mustEndWell(startAll(t, commands))
	for _, c := range all { // what gave up is still there
		if out, status := c.try("handoff", "sync"); status != 0 {
			t.Errorf("sync ended with status %d:\n%s", status, out)
		}
		if left := c.git("status", "--porcelain"); left != "" {
			t.Errorf("status: %s", left)
		}
		c.mustBeSound()
	}
	added := strings.Fields(remote.git("log", "--format=", "--name-only", "--diff-filter=A", "main", "--", ".handoffs"))
	if want := clones * processes; len(added) != want || len(remote.records("main")) != want {
		t.Errorf("%d records were added and %d are there, want each of %d once", len(added), len(remote.records("main")), want)
	}
	remote.mustBeSound()
}

// TestSyncsAtOnce runs sync several times at once in one clone that has records
// to push, while the remote gets branches and commits that each of them fetches.
func TestSyncsAtOnce(t *testing.T) {
	t.Parallel()
	dirs := gitDirs(t)
	for _, git := range slices.Compact([]string{dirs[0], dirs[len(dirs)-1]}) {
		t.Run(gitVersion(t, git), func(t *testing.T) {
			t.Parallel()
			remote := newSite(t).newRemote()
			here, other := remote.cloneFor(git, git), remote.cloneFor(git, git)
			for round := range 2 {
				for i := range 8 {
					other.git("commit", "-q", "--allow-empty", "-m", "work")
					other.git("push", "-q", "origin", "main", fmt.Sprintf("main:topic-%d-%d", round, i))
				}
				if out, status := here.try("handoff", "decide", fmt.Sprintf("Bank %d is paid daily -- it asks for that", round)); status != 0 {
					t.Fatal(out)
				}
				var commands []*exec.Cmd
				for range 6 {
					commands = append(commands, here.command("handoff", "sync"))
				}
				here.mustEndWell(startAll(t, commands))
				if out, status := here.try("handoff", "sync"); status != 0 {
					t.Errorf("sync ended with status %d:\n%s", status, out)
				}
				other.git("pull", "-q")
			}
			if got := len(remote.records("main")); got != 2 {
				t.Errorf("%d records, want 2", got)
			}
			here.mustBeSound()
			remote.mustBeSound()
		})
	}
}
