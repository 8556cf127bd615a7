//go:build unix

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What a pager does not show is printed without it, whatever the reason; what
// somebody has left is not.
func TestPagerThatShowsNothing(t *testing.T) {
	w := newWorld(t)
	for _, what := range []string{"first", "second", "third"} {
		w.run(StatusDone, "decide", "The "+what+" of three decisions is made -- so that the log is long")
		w.as("ana", w.now.Add(time.Minute))
	}
	want, _ := w.run(StatusDone, "log")
	notExecutable := filepath.Join(t.TempDir(), "pager")
	if err := os.WriteFile(notExecutable, []byte("#!/bin/sh\ncat\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.env.Width, w.env.Height = 300, 2
	environ := w.env.Environ
	for _, test := range []struct {
		pager string
		want  string
	}{
		{"cat -", "all"},
		{"no-such-pager -R", "all"},
		{notExecutable, "all"},
		{filepath.Dir(notExecutable), "all"}, // a directory
		{"false", "all"},
		{"true", "all"},
		{"kill -9 $$", "all"},
		{"head -c 1 >/dev/null; exit 3", "all"},
		{"cat; exit 1", "all"},
		{"head -c 1 >/dev/null", ""},
		{"cat >/dev/null; exit 1", ""}, // a filter that found nothing
	} {
		w.env.Environ = append(environ, "PAGER="+test.pager)
		out, stderr := w.run(StatusDone, "log")
		switch got := strings.Count(out, " of three decisions is made"); {
		case test.want == "all" && got != 3, test.want == "" && out != "":
			t.Errorf("PAGER=%q: %d lines\n%s\n%s", test.pager, got, out, stderr)
		}
	}
	if !strings.Contains(want, "three decisions") {
		t.Errorf("the log:\n%s", want)
	}

	// Without a shell, and without less, nothing is paged either.
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	onlyGit := t.TempDir()
	if err := os.Symlink(git, filepath.Join(onlyGit, "git")); err != nil {
		t.Fatal(err)
	}
	w.env.Environ = append(environ, "PATH="+onlyGit, "PAGER=less")
	t.Setenv("PATH", onlyGit)
	if out, stderr := w.run(StatusDone, "log"); strings.Count(out, " of three decisions is made") != 3 {
		t.Errorf("without a shell:\n%s%s", out, stderr)
	}
}

// The pager is the user's, and so are the options that they have for less.
func TestPager(t *testing.T) {
	const say = "echo $LESS"
	for _, test := range []struct {
		env  []string
		want string // what the pager says
	}{
		{[]string{"PAGER=" + say}, "FRX\n"},
		{[]string{"PAGER=" + say, "LESS=R"}, "R\n"},
		{[]string{"PAGER=cat", "GIT_PAGER=false", "HANDOFF_PAGER=" + say}, "FRX\n"},
	} {
		out, err := newGlobals(Env{Environ: test.env}).pager().Output()
		if err != nil || string(out) != test.want {
			t.Errorf("%q: %q, %v", test.env, out, err)
		}
	}
	if cmd := newGlobals(Env{Environ: []string{"PAGER=cat"}}).pager(); cmd != nil {
		t.Errorf("cat is started: %s", cmd)
	}
}
