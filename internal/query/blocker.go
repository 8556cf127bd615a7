package query

import (
	"cmp"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// BlockerRow is a blocker.
type BlockerRow struct {
	typed
	ID         string     `json:"id"`
	Needs      string     `json:"needs"`
	Because    string     `json:"because"`
	Resolver   string     `json:"resolver"`
	Blocks     []string   `json:"blocks"`
	State      string     `json:"state"`
	Since      *time.Time `json:"since"`
	Age        int64      `json:"age_s"` // seconds that it has been open, or was
	Workaround string     `json:"workaround"`
	Severity   string     `json:"severity"`
	How        string     `json:"how"` // how it was resolved, "" while it is open
	askedNow              // nobody once it is closed

	Escalation *escalationNote `json:"escalation"` // null without one that stands or was declined
	cited
}

// Cells is the row under [Header].
func (r *BlockerRow) Cells() []string {
	return append([]string{
		r.ID, r.Severity, r.State, r.Resolver, r.Needs, r.Because, listCell(r.Blocks), calendar.Age(time.Duration(r.Age) * time.Second), r.cell(r.Resolver), dateCell(r.Deadline),
	}, r.Source.cells()...)
}

func (r *BlockerRow) key() string { return r.ID }

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
		if body.Via == "git" {
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
	row := &BlockerRow{
		typed: typed{Type: TypeBlocker}, ID: t.ID, Needs: t.Needs, Because: t.Because, Resolver: t.Resolver,
		Blocks: list(t.Blocks), State: t.State, Since: stamp(t.Since.Time), Age: seconds(r.env.Now, t.Since.Time),
		Workaround: t.Workaround, Severity: cmp.Or(t.Severity, handoff.SeverityRoutine),
		askedNow: newAsked(asks), Escalation: noteOf(&t.Escalated), cited: cited{Source: r.source(id)},
	}
	if !t.Open() {
		row.Age = seconds(t.Resolution.At.Time, t.Since.Time)
		if body, ok := t.Resolution.Body.(*handoff.Resolution); ok {
			row.How = body.How
		}
	}
	row.Source.Superseded = r.outdated(t, id, t.Declared)

	f := r.recordFacets(id)
	f.put(Is, string(TypeBlocker), t.State, openOrClosed(t.Open()))
	if t.Reopened > 0 {
		f.put(Is, isReopened)
	}
	f.put(To, r.expandFrom(t.DeclaredBy, t.Resolver, asks.To)...)
	f.put(Resolver, r.expandFrom(t.DeclaredBy, t.Resolver)...)
	f.put(Severity, row.Severity)
	f.putItems(r, t.Blocks)
	return candidate{row: row, facets: f, thread: t, severity: row.Severity, since: t.Since.Time}
}

func openOrClosed(open bool) string {
	if open {
		return isOpen
	}
	return isClosed
}
