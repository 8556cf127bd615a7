package store

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/text"
)

// joinMissing is errors.Join, but for trees that a partial clone does not have:
// there is one for each ref at worst, and one message says it of all.
func joinMissing(errs []error) error {
	if len(errs) == 0 || slices.ContainsFunc(errs, func(err error) bool { return !odb.IsMissing(err) }) {
		return errors.Join(errs...)
	}
	missing, _ := errors.AsType[*odb.MissingError](errs[0])
	return &odb.MissingError{Remote: missing.Remote, What: text.Count(len(errs), "directory tree") + " with records " + isOrAre(len(errs))}
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// FetchMissing brings what a partial clone does not have of the files below dir,
// a slash-separated path, in the trees of refs: trees level by level, then all
// that is below the directory at once. It returns how many objects it asked
// for, and moves no reference.
func (r *Repo) FetchMissing(ctx context.Context, refs []git.Ref, dir string) (asked int, err error) {
	remote := r.Promisor()
	var before absent
	for remote != "" {
		now, err := r.findAbsent(ctx, refs, strings.Trim(dir, "/"))
		if err != nil || now.count() == 0 {
			return asked, err
		}
		if slices.Equal(now.above, before.above) && slices.Equal(now.below, before.below) {
			return asked, &git.RemoteError{Remote: remote, Fault: git.RemoteFailed,
				Why: "it does not send " + text.Count(now.count(), "object") + " that this partial clone has left with it"}
		}
		// Of a tree on the way to the records nothing but itself is wanted.
		if err := r.fetchObjects(ctx, remote, "--filter=tree:0", now.above); err != nil {
			return asked, err
		}
		if err := r.fetchObjects(ctx, remote, "--no-filter", now.below); err != nil {
			return asked, err
		}
		asked, before = asked+now.count(), now
	}
	return asked, nil
}

// absent is what is not here, each object once.
type absent struct {
	above []string // trees on the way to the directory of records
	below []string // that directory, and what is below it
}

func (a *absent) count() int { return len(a.above) + len(a.below) }

// findAbsent looks for what can be seen to be missing.
func (r *Repo) findAbsent(ctx context.Context, refs []git.Ref, dir string) (absent, error) {
	var a absent
	objects, err := r.NewObjects()
	if err != nil {
		return a, err
	}
	defer objects.Close()
	walk := odb.NewTreeWalk(objects, dir)
	var blobs []string
	for _, ref := range refs {
		if err := context.Cause(ctx); err != nil {
			return a, err
		}
		if ref.Err != nil {
			continue // the caller has seen it
		}
		found, err := walk.Files(plumbing.NewHash(ref.Hash))
		a.addTrees(dir, err)
		for _, f := range found {
			if odb.IsFileMode(f.Mode) {
				blobs = append(blobs, f.Hash.String())
			}
		}
	}
	if err := a.addBlobs(ctx, objects, blobs); err != nil {
		return a, err
	}
	for _, list := range []*[]string{&a.above, &a.below} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return a, nil
}

// addTrees adds the trees of the error of a walk. What else is wrong no fetch of
// single objects would help, and check names it.
func (a *absent) addTrees(dir string, err error) {
	eachError(err, func(err error) {
		tree, isTree := errors.AsType[*odb.TreeError](err)
		switch {
		case !isTree || !odb.IsMissing(err):
		case tree.Path == dir || strings.HasPrefix(tree.Path, dir+"/"):
			a.below = append(a.below, tree.Hash.String())
		default:
			a.above = append(a.above, tree.Hash.String())
		}
	})
}

// addBlobs adds the blobs that are not here.
func (a *absent) addBlobs(ctx context.Context, objects *odb.Objects, blobs []string) error {
	order, err := objects.InPackOrder(ctx, odb.NewBlockCache(odb.MaxCachedBase), blobs)
	for _, w := range order {
		if w.Pack != "" {
			break // the others are in packs
		}
		if err := objects.CheckPresent(w.Hash); errors.Is(err, plumbing.ErrObjectNotFound) {
			a.below = append(a.below, blobs[w.Pos])
		}
	}
	return err
}

// fetchObjects fetches objects by their names, all at once, as git itself does
// it for a partial clone.
func (r *Repo) fetchObjects(ctx context.Context, remote, filter string, names []string) error {
	if len(names) == 0 {
		return nil
	}
	_, err := r.NetworkInput(ctx, remote, strings.NewReader(strings.Join(names, "\n")+"\n"),
		"-c", "fetch.negotiationAlgorithm=noop", "fetch", "--progress", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
		"--no-auto-maintenance", filter, "--stdin", "--end-of-options", remote)
	return err
}
