package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// What is committed is here only, until it is pushed; and what others have pushed is not
// here until it is fetched. This file says both where it matters.

// reach is how far records get that are about to be committed.
type reach struct {
	push   bool   // once they are committed
	offer  bool   // asks whether to
	remote string // where they would get, "" for none
}

// reach settles whether what is written is pushed, as the flags and the user's
// configuration say.
func (o *publishOptions) reach(g *globals, ws *workspace.Workspace) (reach, error) {
	how, err := ws.Pushing()
	if err != nil {
		return reach{}, err
	}
	up, ok, err := ws.Upstream()
	if err != nil || !ok {
		return reach{push: o.push}, err // where that is asked for, Commit says why it cannot be
	}
	r := reach{push: o.push || how == workspace.PushAlways, remote: up.Remote}
	r.offer = o.offersPush && !r.push && how == workspace.PushAsk && g.Interactive
	return r, nil
}

// offerPush asks whether to push what was just committed, and does. Whoever stops there
// has committed all the same, so that is a no.
func (r *reach) offerPush(ctx context.Context, g *globals, ws *workspace.Workspace, branch string, commit git.Commit, readers string) (git.Commit, bool, error) {
	yes := false
	err := g.ask(func(asker form.Asker) (err error) {
		yes, err = form.AskPush(ctx, asker, r.remote, readers)
		return err
	})
	switch {
	case errors.Is(err, errStopped), err == nil && !yes:
		return commit, false, nil
	case err != nil:
		return commit, false, workspace.Unpushed(commit, err)
	}
	commit, err = ws.PushCommit(ctx, branch, commit)
	_, failed := workspace.AfterCommit(err)
	return commit, failed == nil, err
}

// onlyHere says that what was committed is not pushed, and how those get it who are to
// see it.
func onlyHere(readers string) string { return "only here so far; " + readers + " after: handoff sync" }

// mostNamed is how many readers a line names.
const mostNamed = 3

// readersOf says who is to see records, as the subject of a sentence with its verb.
func readersOf(ws *workspace.Workspace, records []*handoff.Record) string {
	who := ws.AwaitedBy(records)
	switch {
	case len(who) == 0:
		return "others see it"
	case len(who) == 1:
		return who[0] + " sees it"
	case len(who) > mostNamed:
		who = append(who[:mostNamed-1], fmt.Sprintf("%d others", len(who)-mostNamed+1))
	}
	return text.And(who) + " see it"
}

// oldFetch is how old what was fetched may be before readers are told.
const oldFetch = time.Hour

// noteFetched says when what others published was last fetched, if that is long ago.
// Nothing that waits, and a list without the latest, look the same.
func (g *globals) noteFetched(ctx context.Context, ws *workspace.Workspace) {
	if g.printer.structured() {
		return
	}
	at, remote, err := ws.LastFetch(ctx)
	if err != nil {
		g.say("warning: when others' records were last fetched is not known: %v", err)
		return
	}
	now := g.Now().In(at.Location())
	switch {
	case remote == "":
	case at.IsZero():
		if refs, err := ws.ListRefs("refs/remotes/" + remote + "/"); err == nil && len(refs) == 0 {
			g.note("nothing of %s was fetched yet; handoff sync", remote)
		}
	case now.Sub(at) <= oldFetch:
	case now.YearDay() == at.YearDay() && now.Year() == at.Year():
		g.note("last fetched %s; handoff sync", at.Format("15:04"))
	default:
		g.note("last fetched %s; handoff sync", at.Format("2006-01-02 15:04"))
	}
}
