package git

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/plainfile"
)

// InProgressError says that git is in the middle of something into which a
// commit of ours would fall.
type InProgressError struct {
	What   string // "a rebase"
	WayOut string // what the user can do
}

func (e *InProgressError) Error() string { return e.What + " is in progress" }

// operations are the files in a git directory that tell what git is in the
// middle of, as wt_status_get_state in git reads them.
var operations = []struct{ file, what, wayOut string }{
	{"rebase-merge", "a rebase", "git rebase --continue or --abort"},
	{"rebase-apply/applying", "git am", "git am --continue or --abort"},
	{"rebase-apply", "a rebase", "git rebase --continue or --abort"},
	{"MERGE_HEAD", "a merge", "git merge --continue or --abort"},
	{"CHERRY_PICK_HEAD", "a cherry-pick", "git cherry-pick --continue or --abort"},
	{"REVERT_HEAD", "a revert", "git revert --continue or --abort"},
	{"sequencer", "a cherry-pick or revert of several commits", "git cherry-pick --continue or --abort"},
	{"BISECT_LOG", "a bisect", "git bisect reset"},
}

// CheckHook refuses to write while a git command runs us in the middle of its
// own work.
//
// GIT_INDEX_FILE is the test because git sets it for exactly those hooks during
// which it holds or replaces the index (pre-commit to post-commit), and because
// an index that the user chose with it would hide the one that has to get our
// entry. Other hooks either hold the locks that we wait for, or leave one of
// the files in operations, or run when everything is done. GIT_QUARANTINE_PATH
// is set while a push is received, when objects may yet be thrown away.
func (r *Repo) CheckHook() error {
	for _, name := range []string{"GIT_INDEX_FILE", "GIT_QUARANTINE_PATH"} {
		if r.Env.Get(name) != "" {
			return &InProgressError{What: "a git hook or another index (" + name + " is set)", WayOut: "run it when the git command has ended"}
		}
	}
	return nil
}

// CheckNoOperation refuses to write to the branch that is checked out while
// git is in the middle of a merge or its like.
func (r *Repo) CheckNoOperation() error {
	for _, op := range operations {
		path := filepath.Join(r.dir, filepath.FromSlash(op.file))
		_, err := os.Lstat(path)
		found := err == nil
		if !found && slices.Contains(operationRefs, op.file) {
			value, err := r.References.Read(op.file)
			found = err != nil || value != ""
		}
		switch {
		case found:
			return &InProgressError{What: op.what, WayOut: op.wayOut}
		case !plainfile.IsAbsent(path, err) && !IsNotDirectory(err):
			return err
		}
	}
	return nil
}

// operationRefs are the operations that are told by a reference, which need not
// be a file.
var operationRefs = []string{"CHERRY_PICK_HEAD", "REVERT_HEAD"}

// CheckElsewhere refuses to move a branch under a work tree that has it checked
// out, or is rebasing or bisecting it: its index would not get the new files,
// and the next commit there would delete them.
func (r *Repo) CheckElsewhere(ctx context.Context, ref string) error {
	place, err := r.References.CheckedOut(ctx, ref)
	if err != nil {
		return err
	}
	if place != "" {
		return &InProgressError{What: "a checkout of " + ref + " (" + place + ")", WayOut: "run it in that work tree"}
	}
	dirs, err := r.workTreeDirs()
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		for _, file := range []string{"rebase-merge/head-name", "rebase-apply/head-name", "BISECT_START"} {
			name, err := ReadLine(filepath.Join(dir, filepath.FromSlash(file)))
			if err != nil {
				return err
			}
			if name != "" && strings.TrimPrefix(ref, "refs/heads/") == strings.TrimPrefix(name, "refs/heads/") {
				return &InProgressError{What: "a rebase or bisect of " + ref + " (" + dir + ")", WayOut: "finish it first"}
			}
		}
	}
	return nil
}

// workTreeDirs returns the git directories of all work trees.
func (r *Repo) workTreeDirs() ([]string, error) {
	dirs, err := r.linkedDirs()
	if err != nil {
		return nil, err
	}
	c, err := r.LoadConfig()
	if err == nil && !c.IsTrue("core.bare") {
		dirs = append(dirs, r.common)
	}
	return dirs, err
}

// linkedDirs returns the git directories of the linked worktrees.
func (r *Repo) linkedDirs() ([]string, error) {
	path := filepath.Join(r.common, "worktrees")
	entries, err := os.ReadDir(path)
	if plainfile.IsAbsent(path, err) {
		return nil, nil
	}
	var dirs []string
	for _, entry := range entries {
		dirs = append(dirs, filepath.Join(path, entry.Name()))
	}
	return dirs, err
}

// EscapeGlob makes every character of a path stand for itself in a pattern.
func EscapeGlob(path string) string {
	if filepath.Separator == '\\' {
		return path // filepath.Match has no escapes on Windows
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
