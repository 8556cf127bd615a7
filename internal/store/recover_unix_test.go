//go:build unix

package store

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/handoff-cli/handoff/internal/git/gittest"
)

// TestRecoverWaitsForGitOfAKilledWriter kills a writer while git edits the copy
// of the index for it. Tidying up under that git would let it leave the copy
// for ever.
func TestRecoverWaitsForGitOfAKilledWriter(t *testing.T) {
	r := gittest.Seeded(t)
	r.Git("update-index", "--index-version", "4") // which only git can edit
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	began, goOn := filepath.Join(bin, "began"), filepath.Join(bin, "go-on")
	for _, fifo := range []string{began, goOn} {
		if err := syscall.Mkfifo(fifo, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	script := fmt.Sprintf("#!/bin/sh\ncase \"$*\" in *update-index*) echo >%s; cat %s;; esac\n%s \"$@\"\n", began, goOn, git)
	if err := os.WriteFile(filepath.Join(bin, "git"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	writer := writer(r, "k3f9q2m7")
	writer.Env = append(writer.Env, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadFile(began); err != nil { // git runs
		t.Fatal(err)
	}
	if err := writer.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = writer.Wait() // it was killed

	if err := mustOpen(r).Recover(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !r.Exists(".git/index.lock") {
		t.Error("the lock was removed while git was at work")
	}
	if err := os.WriteFile(goOn, nil, 0); err != nil { // git goes on
		t.Fatal(err)
	}
	mustAppend(r, change("m7k3f9q2"))
	left, err := filepath.Glob(r.Path(".git/handoff/*-*"))
	if err != nil || len(left) > 0 || r.Exists(".git/index.lock") {
		t.Errorf("left: %q, error %v", left, err)
	}
	mustBeSound(r)
}
