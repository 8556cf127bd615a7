package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
)

func TestChanges(t *testing.T) {
	r := newRepo(t)
	steps := []func(){
		func() { r.write("a", "1"); r.write("dir/b", "2"); r.write("dir/sub/c", "3") },
		func() { r.write("a", "changed"); r.write(".handoffs/2026/11/20/x.yaml", "x") },
		func() { r.git("rm", "-q", "dir/sub/c"); r.write("dir/sub/c/d", "now a directory") },
		func() { r.git("rm", "-rq", "dir/sub"); r.write("dir/sub", "now a file") },
		func() { r.git("mv", "a", "z") },
		func() { r.git("update-index", "--chmod=+x", "z") },
		func() { r.git("rm", "-rq", ".handoffs", "dir") },
	}
	before := ""
	for i, step := range steps {
		step()
		r.git("add", "-A", "--chmod=-x", ".")
		if i == 5 {
			r.git("update-index", "--chmod=+x", "z")
		}
		r.git("commit", "-qm", "step")
		after := r.git("rev-parse", "HEAD")
		args := []string{"diff-tree", "-r", "--no-renames", "--name-status", "--no-commit-id", "--root"}
		if before != "" {
			args = append(args, before)
		}
		want := strings.Split(r.git(append(args, after)...), "\n")
		slices.SortFunc(want, func(a, b string) int { return cmp.Compare(a[2:], b[2:]) })
		changes, err := r.open().Changes(context.Background(), before, after)
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
		r := newRepo(t)
		if !unborn {
			r.write(".handoffs/edited", "1")
			r.write(".handoffs/removed", "1")
			r.commitAt(1, "first")
			r.git("rm", "-q", ".handoffs/removed")
		}
		r.write(".handoffs/edited", "2")
		r.write(".handoffs/new \n\"name", "3")
		r.write("outside", "4")
		r.git("add", "-A")
		r.write(".handoffs/edited", "not staged")
		r.write("sub/x", "")
		changes, err := r.in(r.dir+"/sub").open().Staged(context.Background(), ".handoffs")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range changes {
			got = append(got, string(c.Status)+c.Path)
			if data, err := r.open().Read(c.File.Blob, 100); c.Status != PathRemoved && (err != nil || c.File.Mode != 0o100644 || len(data) != 1) {
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
