package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// gitRefs are references in a format that is left to git: a stack of tables
// (git's "reftable"), which work trees share but for a stack of their own with
// HEAD and its like. All of them are read with one process, and again when a
// stack has changed.
type gitRefs struct {
	*Repo
	state string         // of the stacks, when all was read
	all   map[string]Ref // by name; a symbolic one has no hash
	leads map[string]string
	names []string // of all, sorted
}

// gitRefsRead are the references that are read. HEAD is among them unless its
// branch is unborn.
var gitRefsRead = append([]string{"HEAD", "refs/heads", "refs/remotes", "refs/stash"}, operationRefs...)

// stackDirs returns the directories of the stacks of this work tree.
func (r *gitRefs) stackDirs() []string {
	return slices.Compact([]string{filepath.Join(r.common, "reftable"), filepath.Join(r.dir, "reftable")})
}

func (r *gitRefs) Where(string) string { return r.stackDirs()[0] }

// stacks returns what tells the state of the stacks from every other: the names
// of their tables, in which a random number is.
func (r *gitRefs) stacks() (string, error) {
	var state strings.Builder
	for _, dir := range r.stackDirs() {
		tables, err := os.ReadFile(filepath.Join(dir, "tables.list"))
		if err != nil {
			return "", &odb.DamagedError{Path: dir, Err: err}
		}
		state.Write(tables)
		state.WriteByte('\n')
	}
	return state.String(), nil
}

// load reads all references, unless they are as they were.
func (r *gitRefs) load() error {
	// The state comes first: what happens meanwhile is noticed next time.
	state, err := r.stacks()
	if err != nil {
		return err
	}
	if r.all != nil && state == r.state {
		return nil
	}
	args := append([]string{"for-each-ref", "--include-root-refs", "--format=%(refname)%00%(objectname)%00%(symref)"}, gitRefsRead...)
	lines, err := r.Git.Lines(context.Background(), args...)
	if err != nil {
		return &odb.DamagedError{Path: r.Where(""), Err: err}
	}
	all, leads := map[string]Ref{}, map[string]string{}
	var names []string
	for line := range lines {
		if len(line) != 3 || !plumbing.IsHash(line[1]) {
			return &odb.DamagedError{Path: r.Where(""), Err: fmt.Errorf("git for-each-ref: %q", line)}
		}
		ref := Ref{Name: line[0], Hash: line[1]}
		if line[2] != "" {
			ref.Hash, leads[ref.Name] = "", line[2]
		}
		all[ref.Name] = ref
		names = append(names, ref.Name)
	}
	slices.Sort(names)
	r.state, r.all, r.leads, r.names = state, all, leads, names
	return nil
}

func (r *gitRefs) Read(name string) (string, error) {
	if err := r.load(); err != nil {
		return "", err
	}
	switch {
	case r.leads[name] != "":
		return "ref: " + r.leads[name], nil
	case r.all[name].Hash != "":
		return r.all[name].Hash, nil
	case !hasAnyPrefix(name, gitRefsRead):
		return r.readOther(name)
	case name != "HEAD":
		return "", nil
	}
	// What leads nowhere is not listed.
	out, err := r.Git.Output(context.Background(), "symbolic-ref", "HEAD")
	target := strings.TrimSpace(string(out))
	if err == nil && !strings.HasPrefix(target, "refs/") {
		err = errors.New("HEAD points at no valid name")
	}
	if err != nil {
		return "", &odb.DamagedError{Path: r.Where(name), Err: err}
	}
	return "ref: " + target, nil
}

// readOther asks for a reference that is not among those that are read, a tag
// for one. What it leads to is followed.
func (r *gitRefs) readOther(name string) (string, error) {
	out, err := r.Git.Output(context.Background(), "rev-parse", "--verify", "--quiet", "--end-of-options", name)
	if failed, ok := errors.AsType[*Error](err); ok && failed.Status == 1 {
		return "", nil
	}
	return strings.TrimSpace(string(out)), err
}

func (r *gitRefs) List(prefixes []string) ([]Ref, error) {
	if err := r.load(); err != nil {
		return nil, err
	}
	var refs []Ref
	for _, name := range r.names {
		if ref := r.all[name]; ref.Hash != "" && hasAnyPrefix(name, prefixes) {
			refs = append(refs, ref)
		}
	}
	return refs, nil
}

// hasAnyPrefix reports whether s begins with one of some prefixes.
func hasAnyPrefix(s string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(s, prefix) })
}

func (r *gitRefs) Logged(name string) (int, error) {
	ctx := context.Background()
	_, err := r.Git.Output(ctx, "reflog", "exists", name)
	if failed, ok := errors.AsType[*Error](err); ok && failed.Status == 1 {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if value, err := r.Read(name); err != nil || value == "" {
		return 1, err // at least: git counts only where the reference is
	}
	out, err := r.Git.Output(ctx, "reflog", "show", "--format=%H", name)
	return bytes.Count(out, []byte("\n")), err
}

func (r *gitRefs) CheckedOut(ctx context.Context, ref string) (string, error) {
	out, err := r.Git.Output(ctx, "worktree", "list", "--porcelain", "-z")
	if err != nil {
		return "", err
	}
	dir := ""
	for line := range strings.SplitSeq(string(out), "\x00") {
		key, value, _ := strings.Cut(line, " ")
		switch {
		case key == "worktree":
			dir = value
		case key == "branch" && value == ref:
			return dir, nil
		}
	}
	return "", nil
}

func (r *gitRefs) Begin(_ context.Context, base string, m *Marker) (ReferenceMove, Commit, error) {
	chain, tip, err := r.ResolveRef(base)
	if err != nil {
		return nil, Commit{}, err
	}
	return &gitMove{refs: r, marker: m, base: base, chain: chain, tip: tip}, Commit{Ref: chain[len(chain)-1], Parent: tip}, nil
}
