package cli

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// bearsOut reports whether a form says what a record does: a handoff, or the resolution of
// a blocker that was submitted with one. The form is read on the clock of the author, at
// the time of the record. What a form cannot say and sealing adds, such as an anchor, is
// not compared.
func bearsOut(ws *workspace.Workspace, body string, r *handoff.Record) bool {
	then := *ws
	then.Me, then.Author.When, then.Moment = r.By, r.At.Time, r.At.Time
	meanAccounts(&then, r.Said.Via)
	issue := form.ReadIssue(body, then.Reading())
	if issue.Draft == nil || issue.Draft.Handoff == nil {
		return false
	}
	switch recorded := r.Body.(type) {
	case *handoff.Handoff:
		named, _ := then.Named(issue.Draft.Handoff)
		return sameTyped(then.Owned(named.(*handoff.Handoff)), recorded)
	case *handoff.Resolution:
		return slices.ContainsFunc(issue.Draft.Resolutions, func(typed handoff.Resolution) bool {
			return typed.Blocker == recorded.Blocker && typed.How == recorded.How && typed.Outcome == recorded.Outcome
		})
	}
	return false
}

// sameTyped reports whether a handoff says what was typed.
func sameTyped(typed, recorded *handoff.Handoff) bool {
	return typed.Summary == recorded.Summary && slices.Equal(typed.To, recorded.To) && typed.ReturnsAt.Equal(recorded.ReturnsAt.Time) &&
		slices.EqualFunc(typed.Items, recorded.Items, sameItem) &&
		slices.EqualFunc(typed.Blockers, recorded.Blockers, func(a, b handoff.Blocker) bool {
			return a.ID == b.ID && a.Needs == b.Needs && a.Because == b.Because && a.Resolver == b.Resolver
		}) &&
		slices.EqualFunc(typed.Decisions, recorded.Decisions, func(a, b handoff.Decision) bool {
			return a.ID == b.ID && a.Decision == b.Decision && a.Rationale == b.Rationale
		}) &&
		slices.EqualFunc(typed.Questions, recorded.Questions, func(a, b handoff.OpenQuestion) bool {
			return a.ID == b.ID && a.Ask == b.Ask && a.To == b.To
		}) &&
		slices.EqualFunc(typed.Shipped, recorded.Shipped, func(a, b handoff.Shipped) bool { return a.ID == b.ID && a.What == b.What }) &&
		slices.Equal(typed.Dropped, recorded.Dropped) &&
		slices.EqualFunc(typed.Watch, recorded.Watch, func(a, b handoff.Watch) bool {
			return a.What == b.What && a.Signal == b.Signal && a.Until.Equal(b.Until.Time)
		})
}

// sameItem reports whether an item says what was typed. Checks that it has from before
// are none of what was typed.
func sameItem(typed, recorded handoff.Item) bool {
	steps := slices.EqualFunc(typed.Next, recorded.Next, func(a, b handoff.Next) bool { return a.Do == b.Do && a.Owner == b.Owner })
	checks := typed.Accept == nil || slices.EqualFunc(typed.Accept, recorded.Accept, func(a, b handoff.Criterion) bool { return a.Check == b.Check })
	return typed.ID == recorded.ID && typed.Status == recorded.Status && strings.TrimSpace(typed.State) == recorded.State && typed.Intent == recorded.Intent && steps && checks
}
