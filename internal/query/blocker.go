package query

import (
	"cmp"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

// blockerThread is the thread of a blocker through the records.
type blockerThread struct{ *fold.Blocker }

func (t blockerThread) records() []string { return t.History }

func (t blockerThread) latest() string {
	if t.Open() {
		return t.Declared
	}
	return t.Resolution.ID
}

func (t blockerThread) entry(record *handoff.Record) any {
	switch body := record.Body.(type) {
	case *handoff.Handoff:
		return some(filter(body.Blockers, func(b handoff.Blocker) bool { return b.ID == t.ID }))
	case *handoff.Question:
		return nil
	case *handoff.Route:
		if body.Via == handoff.ViaGit {
			return nil // the program's own note that it was published
		}
	}
	return record.Body
}

// asks is whom the blocker asks now.
func (t blockerThread) asks(r *runner) config.Asked {
	if !t.Open() {
		return config.Asked{}
	}
	return r.env.Config.BlockerAsks(t.Blocker, r.env.Now)
}

func (t blockerThread) cite(r *runner, id string) candidate {
	asks := t.asks(r)
	line := &row.Blocker{
		Typed: row.Typed{Type: row.TypeBlocker}, ID: t.ID, Needs: t.Needs, Because: t.Because, Resolver: t.Resolver,
		Blocks: row.List(t.Blocks), State: t.State, Since: row.Stamp(t.Since.Time), Age: row.Seconds(r.env.Now, t.Since.Time),
		Workaround: t.Workaround, Severity: cmp.Or(t.Severity, handoff.SeverityRoutine),
		AskedNow: newAsked(asks), Escalation: noteOf(&t.Escalated), Delivered: row.Deliveries(&t.Delivered), Citation: row.Citation{Source: r.source(id)},
	}
	if !t.Open() {
		line.Age = row.Seconds(t.Resolution.At.Time, t.Since.Time)
		if body, ok := t.Resolution.Body.(*handoff.Resolution); ok {
			line.How = body.How
		}
	}
	line.Source.Superseded = r.outdated(t, id, t.Declared)

	f := r.recordFacets(id)
	f.put(Is, string(row.TypeBlocker), t.State, openOrClosed(t.Open()))
	if t.Reopened > 0 {
		f.put(Is, row.IsReopened)
	}
	f.put(To, r.expandFrom(t.DeclaredBy, t.Resolver, asks.To)...)
	f.put(Resolver, r.expandFrom(t.DeclaredBy, t.Resolver)...)
	f.put(Severity, line.Severity)
	f.putItems(r, t.Blocks)
	return candidate{row: line, facets: f, thread: t, severity: line.Severity, since: t.Since.Time}
}

func openOrClosed(open bool) string {
	if open {
		return row.IsOpen
	}
	return row.IsClosed
}
