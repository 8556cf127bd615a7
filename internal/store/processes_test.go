package store

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/gittest"
)

// TestMain is also the program that appends one record, so that tests can run
// writers as processes: HANDOFF_TEST_APPEND names the record.
func TestMain(m *testing.M) {
	if name := os.Getenv("HANDOFF_TEST_APPEND"); name != "" {
		appendAndExit(name)
	}
	if name := os.Getenv("HANDOFF_TEST_PUSH"); name != "" {
		records, err := strconv.Atoi(os.Getenv("HANDOFF_TEST_RECORDS"))
		if err != nil {
			panic(err)
		}
		pushAndExit(name, records)
	}
	os.Exit(m.Run())
}

// appendAndExit appends a record to the repository in the current directory and
// prints the hash of the commit.
func appendAndExit(name string) {
	ctx := context.Background()
	repo, err := Open(ctx, ".", os.Environ())
	if err == nil {
		var commit git.Commit
		if commit, err = repo.Append(ctx, change(name)); err == nil {
			fmt.Println(commit.Hash)
			os.Exit(0)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// writer returns the process that appends the record called name.
func writer(r *gittest.Repo, name string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Dir = r.Dir
	cmd.Env = append(r.Env[:len(r.Env):len(r.Env)], "HANDOFF_TEST_APPEND="+name)
	return cmd
}

func TestTenWritersAtOnce(t *testing.T) {
	const writers = 10
	r := gittest.Seeded(t)
	seed := r.Git("rev-parse", "HEAD")
	r.Write("src/a.txt", "staged\n")
	r.Git("add", "src/a.txt")
	before := r.UserWork()

	var running []*exec.Cmd
	var outputs [writers]strings.Builder
	for i := range writers {
		cmd := writer(r, fmt.Sprintf("writer%02d", i))
		cmd.Stdout, cmd.Stderr = &outputs[i], os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		running = append(running, cmd)
	}
	for i, cmd := range running {
		if err := cmd.Wait(); err != nil {
			t.Errorf("writer %d: %v", i, err)
		}
	}
	for i := range writers {
		hash := strings.TrimSpace(outputs[i].String())
		if _, err := r.TryGit("merge-base", "--is-ancestor", hash, "main"); err != nil {
			t.Errorf("commit %q of writer %d is not on main", hash, i)
		}
		if got, want := r.FilesOf(hash), fmt.Sprintf("A\t%s", recordPath(fmt.Sprintf("writer%02d", i))); got != want {
			t.Errorf("writer %d committed %q, want %q", i, got, want)
		}
	}
	if got, want := r.Git("rev-list", "--count", seed+"..main"), fmt.Sprint(writers); got != want {
		t.Errorf("%s commits on top of the seed, want %s", got, want)
	}
	if r.UserWork() != before {
		t.Error("the user's work changed")
	}
	if status := r.Git("status", "--porcelain", "--", ".handoffs"); status != "" {
		t.Errorf("status: %s", status)
	}
	mustBeSound(r)
}

func TestWritersAndGitAtOnce(t *testing.T) {
	r := gittest.Seeded(t)
	var running []*exec.Cmd
	for i := range 4 {
		cmd := writer(r, fmt.Sprintf("writer%02d", i))
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		running = append(running, cmd)
		r.Write("README", fmt.Sprintln("version", i))
		r.TryGit("commit", "-qam", "by git") // may lose against a lock, must not break one
		r.TryGit("pack-refs", "--all")
	}
	for i, cmd := range running {
		if err := cmd.Wait(); err != nil {
			t.Errorf("writer %d: %v", i, err)
		}
		if _, err := r.TryGit("cat-file", "-e", "main:"+recordPath(fmt.Sprintf("writer%02d", i))); err != nil {
			t.Errorf("the record of writer %d is not on main", i)
		}
	}
	r.Git("commit", "-qam", "rest", "--allow-empty")
	if status := r.Git("status", "--porcelain"); status != "" {
		t.Errorf("status: %s", status)
	}
	mustBeSound(r)
}
