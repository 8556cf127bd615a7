package store

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/gittest"
)

// mustOpen opens the repository at r.dir.
func mustOpen(r *gittest.Repo) *Repo {
	r.T.Helper()
	repo, err := Open(context.Background(), r.Dir, r.Env)
	if err != nil {
		r.T.Fatal(err)
	}
	return repo
}

// ana is who the tests commit as.
func ana() git.Ident {
	return git.Ident{Name: "Ana", Email: "ana@example.com", When: time.Date(2026, 11, 20, 10, 2, 11, 0, time.FixedZone("", 3600))}
}

// change adds one record file of that name.
func change(name string) Change {
	return Change{
		Files:   []NewFile{{Path: recordPath(name), Data: []byte("schema: \"handoff/v1\"\nid: \"" + name + "\"\n")}},
		Message: "handoff: ana → ben, 1 item\n\nHandoff-Id: " + name + "\n",
		Author:  ana(), Committer: ana(),
	}
}

func recordPath(name string) string { return ".handoffs/2026/11/20/" + name + ".yaml" }

// mustAppend appends one record and fails the test on any error.
func mustAppend(r *gittest.Repo, c Change) git.Commit {
	r.T.Helper()
	commit, err := mustOpen(r).Append(context.Background(), c)
	if err != nil {
		r.T.Fatal(err)
	}
	return commit
}

// mustBeSound checks what must hold after every append, done or refused: git
// finds no fault, go-git reads it through our objects, and no file of ours is left
// over.
func mustBeSound(r *gittest.Repo) {
	r.T.Helper()
	if out, err := r.TryGit("fsck", "--strict", "--no-dangling"); err != nil || strings.Contains(out, "error") || strings.Contains(out, "warning") {
		r.T.Errorf("git fsck: %v\n%s", err, out)
	}
	mustBeReadByGoGit(r)
	common := r.Git("rev-parse", "--path-format=absolute", "--git-common-dir")
	filepath.WalkDir(common, func(path string, _ os.DirEntry, err error) error {
		base := filepath.Base(path)
		if err == nil && (strings.HasSuffix(base, ".lock") || strings.HasPrefix(base, "tmp_") || strings.HasPrefix(base, ".tmp-")) {
			r.T.Errorf("left over: %s", path)
		}
		return nil
	})
}
