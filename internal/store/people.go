package store

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// errNoGit says that something is wanted which only git does right.
var errNoGit = &UnsupportedError{What: "git", Why: "the git program is not on the PATH", WayOut: "install git"}

// Authors returns who has committed to HEAD since a time, each email once, as
// .mailmap spells them, the most recent first. When is the time of the newest
// commit.
func (r *Repo) Authors(ctx context.Context, since time.Time) ([]Ident, error) {
	if !r.git.installed() {
		return nil, errNoGit
	}
	head, err := r.Head()
	if err != nil || head.Unborn {
		return nil, err
	}
	out, err := r.git.output(ctx, "log", "--use-mailmap", "--format=%aN%x00%aE%x00%aI",
		"--since="+since.Format(time.RFC3339), "--end-of-options", head.Hash)
	if err != nil {
		return nil, err
	}
	seen := make(map[string]bool)
	var authors []Ident
	for line := range bytes.Lines(out) {
		fields := strings.Split(strings.TrimSuffix(string(line), "\n"), "\x00")
		if len(fields) != 3 || seen[strings.ToLower(fields[1])] {
			continue
		}
		when, err := time.Parse(time.RFC3339, fields[2])
		if err != nil {
			continue // a commit with a broken date still has an author
		}
		seen[strings.ToLower(fields[1])] = true
		authors = append(authors, Ident{Name: fields[0], Email: fields[1], When: when})
	}
	return authors, nil
}

// Editor returns the command with which git would open an editor: GIT_EDITOR,
// core.editor, VISUAL, EDITOR, or the one that git was built with.
func (r *Repo) Editor(ctx context.Context) (string, error) {
	if r.git.installed() {
		out, err := r.git.output(ctx, "var", "GIT_EDITOR")
		return strings.TrimSpace(string(out)), err
	}
	for _, key := range []string{"GIT_EDITOR", "VISUAL", "EDITOR"} {
		if command := r.env.get(key); command != "" {
			return command, nil
		}
	}
	return "", &UnsupportedError{What: "editor", Why: "none is set", WayOut: "set EDITOR"}
}

// Init makes a repository with the branch main in dir, which must not exist,
// and sets settings in its own configuration.
func Init(ctx context.Context, dir string, env []string, settings map[string]string) error {
	git := gitProgram{path: environ(env).findProgram("git"), dir: filepath.Dir(dir), env: env}
	if !git.installed() {
		return errNoGit
	}
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	if _, err := git.output(ctx, "init", "--quiet", "--initial-branch=main", dir); err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	git.dir = dir
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		if _, err := git.output(ctx, "config", key, settings[key]); err != nil {
			return errors.Join(err, os.RemoveAll(dir))
		}
	}
	return nil
}

// WorkSince visits the commits that any branch reaches and that were committed
// after a time, with their authors as .mailmap spells them. branch is one of the
// branches that reach the commit, by its short name.
func (r *Repo) WorkSince(ctx context.Context, since time.Time, visit func(author Ident, branch, subject string)) error {
	if !r.git.installed() {
		return nil
	}
	args := []string{"log", "--use-mailmap", "--source", "--no-merges", "--branches", "--remotes",
		"--format=%aN%x00%aE%x00%aI%x00%S%x00%s"}
	if !since.IsZero() {
		args = append(args, "--since="+since.Format(time.RFC3339))
	}
	out, err := r.git.output(ctx, args...)
	if err != nil {
		return err
	}
	for line := range bytes.Lines(out) {
		fields := strings.SplitN(strings.TrimSuffix(string(line), "\n"), "\x00", 5)
		if len(fields) != 5 {
			continue
		}
		when, err := time.Parse(time.RFC3339, fields[2])
		if err != nil {
			continue
		}
		branch := strings.TrimPrefix(strings.TrimPrefix(fields[3], "refs/heads/"), "refs/remotes/")
		visit(Ident{Name: fields[0], Email: fields[1], When: when}, branch, fields[4])
	}
	return nil
}
