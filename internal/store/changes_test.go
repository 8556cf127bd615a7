package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/git/gittest"
)

func TestChanges(t *testing.T) {
	r := gittest.New(t)
	steps := []func(){
		func() { r.Write("a", "1"); r.Write("dir/b", "2"); r.Write("dir/sub/c", "3") },
		func() { r.Write("a", "changed"); r.Write(".handoffs/2026/11/20/x.yaml", "x") },
		func() { r.Git("rm", "-q", "dir/sub/c"); r.Write("dir/sub/c/d", "now a directory") },
		func() { r.Git("rm", "-rq", "dir/sub"); r.Write("dir/sub", "now a file") },
		func() { r.Git("mv", "a", "z") },
		func() { r.Git("update-index", "--chmod=+x", "z") },
		func() { r.Git("rm", "-rq", ".handoffs", "dir") },
	}
	before := ""
	for i, step := range steps {
		step()
		r.Git("add", "-A", "--chmod=-x", ".")
		if i == 5 {
			r.Git("update-index", "--chmod=+x", "z")
		}
		r.Git("commit", "-qm", "step")
		after := r.Git("rev-parse", "HEAD")
		args := []string{"diff-tree", "-r", "--no-renames", "--name-status", "--no-commit-id", "--root"}
		if before != "" {
			args = append(args, before)
		}
		want := strings.Split(r.Git(append(args, after)...), "\n")
		slices.SortFunc(want, func(a, b string) int { return cmp.Compare(a[2:], b[2:]) })
		changes, err := mustOpen(r).Changes(context.Background(), before, after)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range changes {
			got = append(got, string(c.Status)+"\t"+c.Path)
			if (c.Status == PathRemoved) != (c.File == File{}) {
				t.Errorf("%+v", c)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("step %d: %q, want %q", i, got, want)
		}
		before = after
	}
}

func TestStaged(t *testing.T) {
	for _, unborn := range []bool{true, false} {
		r := gittest.New(t)
		if !unborn {
			r.Write(".handoffs/edited", "1")
			r.Write(".handoffs/removed", "1")
			r.CommitAt(1, "first")
			r.Git("rm", "-q", ".handoffs/removed")
		}
		r.Write(".handoffs/edited", "2")
		r.Write(".handoffs/new \n\"name", "3")
		r.Write("outside", "4")
		r.Git("add", "-A")
		r.Write(".handoffs/edited", "not staged")
		r.Write("sub/x", "")
		changes, err := mustOpen(r.In(r.Dir+"/sub")).Staged(context.Background(), ".handoffs")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range changes {
			got = append(got, string(c.Status)+c.Path)
			if data, err := mustOpen(r).Read(c.File.Blob, 100); c.Status != PathRemoved && (err != nil || c.File.Mode != 0o100644 || len(data) != 1) {
				t.Errorf("%+v: %q, %v", c, data, err)
			}
		}
		want := []string{"M.handoffs/edited", "A.handoffs/new \n\"name", "D.handoffs/removed"}
		if unborn {
			want = []string{"A.handoffs/edited", "A.handoffs/new \n\"name"}
		}
		if !slices.Equal(got, want) {
			t.Errorf("unborn %v: %q, want %q", unborn, got, want)
		}
	}
}
