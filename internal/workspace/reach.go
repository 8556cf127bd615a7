package workspace

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Pushing says what becomes of records once they are committed here.
type Pushing string

// The values of the git configuration handoff.push.
const (
	PushAsk    Pushing = "ask" // declare asks on a terminal; the others wait for handoff sync
	PushAlways Pushing = "always"
	PushNever  Pushing = "never"
)

// Pushing is what the user has configured.
func (ws *Workspace) Pushing() (Pushing, error) {
	values, err := ws.Config("handoff.push")
	if err != nil || len(values) == 0 {
		return PushAsk, err
	}
	value := Pushing(values[len(values)-1])
	if !slices.Contains([]Pushing{PushAsk, PushAlways, PushNever}, value) {
		return "", Usagef("git config handoff.push ask, always or never; or git config --unset-all handoff.push", "handoff.push %s: says neither whether to push nor to ask", value)
	}
	return value, nil
}

// Upstream is where the records are pushed to. ok is false where there is no remote, or
// no branch to push.
func (ws *Workspace) Upstream() (up git.Upstream, ok bool, err error) {
	up, err = ws.UpstreamOfBranch(ws.Branch())
	if errors.As(err, new(*git.NoRemoteError)) || errors.As(err, new(*git.DetachedError)) {
		return up, false, nil
	}
	return up, err == nil, err
}

// AwaitedBy lists who is to see records: whom they are to, and whose words they answer,
// but for the user. They are handles and addresses of groups, as the records name them.
func (ws *Workspace) AwaitedBy(records []*handoff.Record) []string {
	var who []string
	add := func(names ...string) {
		for _, name := range names {
			if name != "" && name != ws.Me && !slices.Contains(who, name) {
				who = append(who, name)
			}
		}
	}
	for _, r := range records {
		add(handoff.AddresseesOf(r.Body)...)
		switch body := r.Body.(type) {
		case *handoff.Ack:
			add(ws.waitsFor(body.Subject)...)
		case *handoff.Answer:
			add(ws.waitsFor(body.Question)...)
		case *handoff.Resolution:
			add(ws.waitsFor(typedRef(handoff.RefBlocker, body.Blocker))...)
		case *handoff.DecisionRecord:
			add(ws.waitsFor(body.Answers)...)
			for _, item := range body.Items {
				add(ws.waitsFor(typedRef(handoff.RefItem, item))...)
			}
		case *handoff.Assignment:
			add(body.From)
		case *handoff.Gap:
			add(ws.waitsFor(body.Subject)...)
		case *handoff.Withdrawal:
			if target, err := ws.State.Resolve(body.Subject, ws.Me); err == nil && ws.State.Records[target.Name] != nil {
				add(handoff.AddresseesOf(ws.State.Records[target.Name].Body)...)
			}
		}
	}
	return who
}

// typedRef is a reference that can mean nothing but the type.
func typedRef(t handoff.RefType, ref string) string {
	_, name := handoff.SplitRef(ref)
	return string(t) + ":" + name
}

// waitsFor lists whose word a reference is about: who wrote it and, of a blocker, who
// holds what it blocks.
func (ws *Workspace) waitsFor(ref string) []string {
	target, err := ws.State.Resolve(ref, ws.Me)
	if err != nil {
		return nil // a record may be about what is not known here
	}
	switch target.Type {
	case fold.TargetQuestion:
		return []string{ws.State.Questions[target.Name].By}
	case fold.TargetBlocker:
		b := ws.State.Blockers[target.Name]
		who := []string{b.DeclaredBy}
		for _, item := range b.Blocks {
			who = append(who, ws.waitsFor(typedRef(handoff.RefItem, item))...)
		}
		return who
	}
	return []string{ws.AuthorOf(target)}
}

// LastFetch returns when what others published was last fetched, in the user's time zone,
// and from which remote. The time is zero where nothing tells, and the remote "" where
// there is none.
func (ws *Workspace) LastFetch(ctx context.Context) (at time.Time, remote string, err error) {
	up, ok, err := ws.Upstream()
	if err != nil || !ok {
		return at, "", err
	}
	at, err = ws.Repo.LastFetch(ctx, up)
	if !at.IsZero() {
		at = at.In(ws.Location())
	}
	return at, up.Remote, err
}
