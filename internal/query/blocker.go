package query

import (
	"cmp"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
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
	cited
}

// Cells is the row under [Header].
func (r *BlockerRow) Cells() []string {
	return append([]string{
		r.ID, r.Severity, r.State, r.Resolver, r.Needs, r.Because, listCell(r.Blocks), calendar.Age(time.Duration(r.Age) * time.Second),
	}, r.Source.cells()...)
}

func (r *BlockerRow) key() string { return r.ID }

// blockerThread is the thread of a blocker through the records.
type blockerThread struct{ *handoff.BlockerState }

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

// asked are those who are to do something about the blocker: its resolver, and
// whoever it was routed or escalated to last.
func (t blockerThread) asked() []string {
	asked := []string{t.Resolver}
	if n := len(t.Routes); n > 0 {
		if route, ok := t.Routes[n-1].Body.(*handoff.Route); ok {
			asked = append(asked, route.To)
		}
	}
	if escalation := t.Escalation(); escalation != nil && escalation.Declined == nil {
		asked = append(asked, escalation.To)
	}
	return asked
}

func (t blockerThread) cite(r *runner, id string) candidate {
	row := &BlockerRow{
		typed: typed{TypeBlocker}, ID: t.ID, Needs: t.Needs, Because: t.Because, Resolver: t.Resolver,
		Blocks: list(t.Blocks), State: t.State, Since: stamp(t.Since.Time), Age: seconds(r.env.Now, t.Since.Time),
		Workaround: t.Workaround, Severity: cmp.Or(t.Severity, handoff.SeverityRoutine), cited: cited{r.source(id)},
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
	f.put(To, r.expandFrom(t.DeclaredBy, t.asked()...)...)
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
