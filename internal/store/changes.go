package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// PathChange is a file that two trees do not have alike. Whoever can push chose
// its path.
type PathChange struct {
	Path   string
	Status PathStatus
	File   File // as the newer tree has it; zero when it was removed
}

// PathStatus says how a file differs. A rename is a removal and an addition.
type PathStatus byte

// The ways in which a file differs.
const (
	PathAdded    PathStatus = 'A'
	PathModified PathStatus = 'M' // content, mode or type
	PathRemoved  PathStatus = 'D'
)

// Changes returns how the files of commit to differ from those of commit from,
// sorted by path. An empty from stands for no files at all.
func (r *Repo) Changes(ctx context.Context, from, to string) ([]PathChange, error) {
	var older plumbing.Hash
	if from != "" {
		var err error
		if _, older, err = r.TreeOf(from); err != nil {
			return nil, err
		}
	}
	objects, newer, err := r.TreeOf(to)
	if err != nil {
		return nil, err
	}
	differences, err := odb.NewTreeComparer(ctx, objects).Compare("", older, newer)
	if err != nil {
		return nil, err
	}
	changes := make([]PathChange, len(differences))
	for i, c := range differences {
		changes[i] = PathChange{c.Path, PathModified, File{Path: c.Path, Mode: uint32(c.New.Mode), Blob: c.New.Hash.String(), Commit: to}}
		switch {
		case c.Old.IsNone():
			changes[i].Status = PathAdded
		case c.New.IsNone():
			changes[i].Status, changes[i].File = PathRemoved, File{}
		}
	}
	slices.SortFunc(changes, func(a, b PathChange) int { return cmp.Compare(a.Path, b.Path) })
	return changes, nil
}

// Staged returns how the files in the index below dir differ from those of
// HEAD, sorted by path.
func (r *Repo) Staged(ctx context.Context, dir string) ([]PathChange, error) {
	head, err := r.Head()
	if err != nil {
		return nil, err
	}
	base := head.Hash
	if head.Unborn {
		base = odb.EmptyTree
	}
	out, err := r.Git.Output(ctx, "diff-index", "--cached", "--raw", "-z", "--abbrev=40", "--no-renames", base, "--", ":(top,literal)"+dir)
	if err != nil {
		return nil, err
	}
	return parseRawDiff(string(out))
}

// parseRawDiff reads "git diff-index --raw -z": pairs of ":MODE MODE HASH HASH
// STATUS" and a path.
func parseRawDiff(out string) ([]PathChange, error) {
	fields := strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
	var changes []PathChange
	for i := 0; i+1 < len(fields); i += 2 {
		f := strings.Fields(fields[i])
		if len(f) != 5 {
			return nil, fmt.Errorf("git diff-index: %q", fields[i])
		}
		mode, err := strconv.ParseUint(f[1], 8, 32)
		if err != nil {
			return nil, fmt.Errorf("git diff-index: %w", err)
		}
		c := PathChange{Path: fields[i+1], Status: PathModified, File: File{Path: fields[i+1], Mode: uint32(mode), Blob: f[3]}}
		switch f[4][0] {
		case 'A':
			c.Status = PathAdded
		case 'D':
			c.Status, c.File = PathRemoved, File{}
		}
		changes = append(changes, c)
	}
	return changes, nil
}
