package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// Pushed is what a push or a sync has done.
type Pushed struct {
	Remote   string // "origin"
	Ref      string // the reference of the remote: "refs/heads/main"
	Hash     string // the commit that it has now; that of our branch
	Replayed int    // commits of ours that were put on top of what others had pushed
	Carried  int    // commits that went along and do more than add files below the directory of records
	Done     bool   // there was something to push
	Sent     int    // commits that the branch of the remote did not have, these included; 0 when the branch is new
}

// Push pushes a branch, "" for the one that is checked out, with what its
// upstream does not have. When others were faster, our commits that do nothing
// but add files below dir are put on top of theirs, and the push is tried again,
// up to five times.
//
// Whatever the error, everything that was committed here still is.
// [git.NoRemoteError], [git.RemoteError] and [DivergedError] say what the user can do.
func (r *Repo) Push(ctx context.Context, branch, dir string) (Pushed, error) {
	up, err := r.UpstreamOfBranch(branch)
	if err != nil {
		return Pushed{}, err
	}
	return r.push(ctx, up, dir)
}

// Find returns where a commit is on its reference: as it was, or made anew by a
// push, with the same author, dates and message.
func (r *Repo) Find(ctx context.Context, c git.Commit) (git.Commit, error) {
	old, err := r.ReadCommit(c.Hash)
	if err != nil {
		return c, err
	}
	_, at, err := r.ResolveRef(c.Ref)
	for err == nil && at != "" && at != c.Parent {
		var found git.CommitInfo
		if found, err = r.ReadCommit(at); err != nil {
			break
		}
		if alike(found, old) {
			return git.Commit{Hash: at, Ref: c.Ref, Parent: cmp.Or(found.Parents...)}, nil
		}
		at, err = cmp.Or(found.Parents...), context.Cause(ctx)
	}
	return c, err
}

// alike reports whether two commits say the same of themselves, but for their
// parents.
func alike(a, b git.CommitInfo) bool {
	return a.Message == b.Message && a.Author.String() == b.Author.String() && a.Committer.String() == b.Committer.String()
}

// Sync brings everything that the remote of a branch has, and then pushes the
// branch as [Repo.Push] does. A branch without anything to push stays where it
// is while it is checked out: records are read from remote-tracking branches as
// well.
func (r *Repo) Sync(ctx context.Context, branch, dir string) (Pushed, error) {
	up, err := r.UpstreamOfBranch(branch)
	if err != nil {
		return Pushed{}, err
	}
	if err := r.FetchRefs(ctx, up.Remote, "--end-of-options", up.Remote); err != nil {
		return Pushed{}, err
	}
	if err := r.NoteFetch(up.Remote); err != nil {
		return Pushed{}, err
	}
	tip, err := r.FetchBranch(ctx, up)
	if err != nil {
		return Pushed{}, err
	}
	ours, err := r.Ahead(ctx, up, tip)
	switch {
	case err != nil:
		return Pushed{}, err
	case ours:
		return r.push(ctx, up, dir)
	case tip == "": // neither side has the branch
		return Pushed{Remote: up.Remote, Ref: up.Ref}, nil
	}
	return Pushed{Remote: up.Remote, Ref: up.Ref, Hash: tip}, r.follow(ctx, up, tip, dir)
}

// Begin makes sure that a branch which is to hold records exists here if it
// exists anywhere, so that two clones do not begin it twice. It reports whether
// the first commit is to be pushed at once, because the remote does not have
// the branch either. A branch that is known here costs one look at a file.
func (r *Repo) Begin(ctx context.Context, branch string) (push bool, err error) {
	local := "refs/heads/" + branch
	if _, tip, err := r.ResolveRef(local); err != nil || tip != "" {
		return false, err
	}
	up, err := r.UpstreamOf(local)
	if odb.IsError[*git.NoRemoteError](err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, tip, err := r.ResolveRef(up.Tracking)
	if err != nil {
		return false, err
	}
	if tip == "" {
		if tip, err = r.FetchBranch(ctx, up); err != nil {
			return false, err
		}
	}
	if tip == "" {
		return true, nil
	}
	_, err = r.Git.Output(ctx, "update-ref", "--create-reflog", "-m", "handoff: begin at "+up.Tracking, local, tip, git.NoHash)
	if odb.IsError[*git.Error](err) {
		if _, begun, readErr := r.ResolveRef(local); readErr == nil && begun != "" {
			return false, nil // by another process, meanwhile
		}
	}
	return false, err
}

// push pushes, and replays what the remote does not take, until one of the two
// ends it.
func (r *Repo) push(ctx context.Context, up git.Upstream, dir string) (Pushed, error) {
	done := Pushed{Remote: up.Remote, Ref: up.Ref}
	_, known, err := r.ResolveRef(up.Tracking)
	if err != nil {
		return done, err
	}
	var late error // of replays that stand
	moved := false
	var refused *git.RemoteError
	for try := range git.MaxTries {
		var race bool
		if refused, race, err = r.PushBranch(ctx, up); err != nil {
			return done, err
		}
		if refused == nil {
			if err := r.countSent(ctx, up, known, dir, &done); err != nil {
				late = errors.Join(late, &UnfinishedError{Err: err})
			}
			return done, late
		}
		if err := r.StepAside(ctx, try); err != nil {
			return done, err
		}
		tip, err := r.FetchBranch(ctx, up)
		if err != nil {
			return done, err
		}
		if ours, err := r.Ahead(ctx, up, tip); err != nil || !ours {
			done.Hash = tip // another process of ours has pushed it meanwhile
			return done, err
		}
		n, err := r.replay(ctx, up, tip, dir)
		done.Replayed = max(done.Replayed, n)
		if odb.IsError[*UnfinishedError](err) {
			late = errors.Join(late, err)
		} else if err != nil {
			return done, err
		}
		if tip == known && n == 0 && !race {
			return done, refused // there was nothing that it could have met
		}
		moved = moved || tip != known
		known = tip
	}
	if moved {
		refused = &git.RemoteError{Remote: up.Remote, Fault: git.RemoteMoving, Why: "others pushed each time", Said: refused.Said}
	}
	return done, refused
}

// countSent fills in which commits a push has brought to the remote, which had
// the commit known before, "" for none.
func (r *Repo) countSent(ctx context.Context, up git.Upstream, known, dir string, done *Pushed) error {
	_, tip, err := r.ResolveRef(up.Local)
	if err != nil {
		return err
	}
	done.Hash, done.Done = tip, true
	if known == "" {
		return nil // a branch that is new there: what of it is new nobody knows
	}
	sent, err := r.Range(ctx, tip, known)
	done.Sent = len(sent)
	for _, c := range sent {
		more, err := r.isMore(ctx, c, dir)
		if err != nil {
			return err
		}
		if more {
			done.Carried++
		}
	}
	return err
}

// isMore reports whether a commit does more than add files below dir.
func (r *Repo) isMore(ctx context.Context, c git.CommitInfo, dir string) (bool, error) {
	changes, err := r.Changes(ctx, cmp.Or(c.Parents...), c.Hash)
	return slices.ContainsFunc(changes, func(change PathChange) bool { return !strings.HasPrefix(change.Path, dir+"/") }), err
}

// Unpushed reports whether a push of a branch, "" for the one that is checked out,
// would bring commits along that do more than add files below dir. A branch that the
// remote is not known to have does.
func (r *Repo) Unpushed(ctx context.Context, branch, dir string) (bool, error) {
	up, err := r.UpstreamOfBranch(branch)
	if err != nil {
		return false, err
	}
	_, known, err := r.ResolveRef(up.Tracking)
	if err != nil {
		return false, err
	}
	_, tip, err := r.ResolveRef(up.Local)
	if err != nil || known == "" {
		return tip != "", err
	}
	commits, err := r.Range(ctx, tip, known)
	for _, c := range commits {
		more, moreErr := r.isMore(ctx, c, dir)
		if err = moreErr; err != nil || more {
			return more, err
		}
	}
	return false, err
}

// follow moves a branch that is not checked out forward to its upstream.
func (r *Repo) follow(ctx context.Context, up git.Upstream, tip, dir string) error {
	head, err := r.Head()
	if err != nil || head.Ref == up.Local {
		return err
	}
	_, err = r.replay(ctx, up, tip, dir)
	return err
}
