package outbox

import (
	"context"
	"errors"

	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// AtWorkError says that another process of this clone delivers.
type AtWorkError struct{ err error }

func (e *AtWorkError) Error() string { return "another handoff delivers from this clone right now" }

// Unwrap returns which lock it holds.
func (e *AtWorkError) Unwrap() error { return e.err }

// Turn waits until no other process of this clone delivers: a try of theirs would look
// as if it had been interrupted. What is known must be loaded after it.
func Turn(ctx context.Context, ws *workspace.Workspace) (end func(), err error) {
	end, err = ws.Turn(ctx, "route")
	if errors.As(err, new(*git.BusyError)) {
		err = &AtWorkError{err}
	}
	return end, err
}

// unpushed says that a record is committed here, and not pushed.
type unpushed struct{ error }

func (e *unpushed) Unwrap() error { return e.error }

// newRecord is a record of now, after every one before it.
func (b *Box) newRecord(body handoff.Body) *handoff.Record {
	if b.wrote {
		at := b.Clock().In(b.Author.When.Location()).Truncate(handoff.Precision)
		if after := b.Author.When.Add(handoff.Precision); b.Dated || at.Before(after) {
			at = after
		}
		b.Author.When = at
	}
	b.wrote = true
	return b.NewRecord(body)
}

// write judges a record and commits it, and pushes it where that is asked for. A
// commit that stands and was not pushed is an *unpushed.
func (b *Box) write(ctx context.Context, push bool, o Options, r *handoff.Record) (git.Commit, error) {
	sealed := handoff.SealAll(r)
	if findings := b.Judge(sealed); handoff.HasErrors(findings) {
		return git.Commit{}, &workspace.FindingsError{What: "nothing was written", Findings: findings}
	}
	commit, pushed, err := b.Commit(ctx, b.ChangeOf(sealed, o.DetachOK), push)
	warnings, err := workspace.AfterCommit(err)
	for _, w := range warnings {
		b.Warn("warning: %s", w.Message)
	}
	if workspace.Committed(err) {
		b.here = !pushed // a push takes what was there before along
		if err != nil {
			err = &unpushed{err}
		}
	}
	return commit, err
}

// pushes reports whether what is written is pushed; first says that others must know
// it.
func (b *Box) pushes(o Options, first bool) (bool, error) {
	how, err := b.Pushing()
	if err != nil || o.Push {
		return o.Push, err
	}
	_, ok, err := b.Upstream()
	return ok && (how == workspace.PushAlways || first && how == workspace.PushAsk), err
}

// mustPush is pushes for what is about to be sent. Where nobody can find out later
// whether it arrived, it is pushed unless the user never pushes; but not with work of
// theirs, which is theirs to push.
func (b *Box) mustPush(ctx context.Context, d *Delivery, o Options) (bool, error) {
	switch once := d.Place.Can().Once; {
	case o.First:
	case d.next() == StepEdit || once == deliver.ByKey:
		return false, nil // doing it twice does it once
	case once == deliver.ByListing:
		return b.pushes(o, false) // it can be found out, but two at the same time do not find each other
	}
	push, err := b.pushes(o, true)
	how, howErr := b.Pushing()
	if err = errors.Join(err, howErr); err != nil || !push || o.Push || how == workspace.PushAlways || b.Branch() != "" {
		return push, err
	}
	work, err := b.Unpushed(ctx, b.Branch(), b.RecordDir)
	if err == nil && work {
		err = workspace.Usagef("--push pushes them as well; or push them first", "%s → %s: that it is being sent has to be pushed first, and commits of yours that are no records would go along", d.Ref(), d.Place.Name)
	}
	return push, err
}

// Here reports whether something was written that is on no remote.
func (b *Box) Here() bool { return b.here }
