package workspace

import (
	"context"
	"errors"
	"fmt"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/handoff-cli/handoff/internal/text"
)

// unpushedError says that records are committed here and did not reach the
// remote.
type unpushedError struct {
	commit string
	err    error
}

func (e *unpushedError) Error() string {
	return fmt.Sprintf("committed here as %s, but not pushed: %v", e.commit[:7], e.err)
}
func (e *unpushedError) Unwrap() error { return e.err }

// Committed reports whether the records are in a commit, pushed or not.
func Committed(err error) bool {
	_, unpushed := errors.AsType[*unpushedError](err)
	return err == nil || unpushed
}

// MustBeOnBranch says what a detached HEAD means to those who push.
func MustBeOnBranch(err error) error {
	if _, detached := errors.AsType[*git.DetachedError](err); detached {
		return Usagef("git switch BRANCH first", "%v, so there is no branch to push", err)
	}
	return err
}

// PushCommit pushes the branch that got a commit and returns where the commit is
// afterwards: it was made anew if others had pushed first.
func (ws *Workspace) PushCommit(ctx context.Context, branch string, commit git.Commit) (git.Commit, error) {
	pushed, err := ws.Push(ctx, branch, ws.RecordDir)
	if _, err := AfterCommit(err); err != nil {
		return commit, &unpushedError{commit.Hash, err}
	}
	ws.Note("%s", PushedWords(pushed))
	found, findErr := ws.Find(ctx, commit)
	if findErr == nil {
		commit = found
	}
	return commit, errors.Join(err, Unfinished(findErr))
}

// PushedWords is what a push did.
func PushedWords(p store.Pushed) string {
	s := "pushed to " + p.Remote + "/" + ShortRef(p.Ref)
	if p.Sent > 0 {
		s = "pushed " + text.Count(p.Sent, "commit") + " to " + p.Remote + "/" + ShortRef(p.Ref)
	}
	if p.Carried > 0 {
		s += fmt.Sprintf(", %d of them more than records", p.Carried)
	}
	if p.Replayed > 0 {
		s += fmt.Sprintf("; %s put on top of what others had pushed", text.Count(p.Replayed, "commit"))
	}
	return s
}
