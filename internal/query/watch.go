package query

import (
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// WatchRow is something to keep an eye on, or a temporary condition.
type WatchRow struct {
	typed
	Kind    string     `json:"kind"` // watch, standing
	What    string     `json:"what"`
	Signal  string     `json:"signal"`
	Link    string     `json:"link"`
	Until   *time.Time `json:"until"`
	Expired bool       `json:"expired"`
	cited
}

// The kinds of [WatchRow].
const (
	kindWatch    = "watch"
	kindStanding = "standing"
)

// Cells is the row under [Header].
func (r *WatchRow) Cells() []string {
	state := "current"
	if r.Expired {
		state = isExpired
	}
	return append([]string{state, r.Kind, r.What, r.Signal, dateCell(r.Until)}, r.Source.cells()...)
}

func (r *WatchRow) key() string { return r.Kind + " " + r.What }

// AreaRow is a row of the authority table. It cites no record.
type AreaRow struct {
	typed
	ID         string     `json:"id"`
	Primary    string     `json:"primary"`
	Alternates []string   `json:"alternates"`
	Expires    *time.Time `json:"expires"`
	Expired    bool       `json:"expired"`
	cited
}

// Cells is the row under [Header].
func (r *AreaRow) Cells() []string {
	return append([]string{r.ID, r.Primary, listCell(r.Alternates), dateCell(r.Expires)}, r.Source.cells()...)
}

func (r *AreaRow) key() string { return r.ID }

// remark is a thread of one record only, such as something to watch.
type remark struct {
	record string // id
	said   any
}

func (m remark) records() []string { return []string{m.record} }

func (m remark) latest() string { return m.record }

func (m remark) entry(*handoff.Record) any { return m.said }

func (r *runner) watched() []candidate {
	var found []candidate
	for _, h := range r.state.Current() {
		for _, w := range h.Watch {
			found = append(found, r.watch(h, w, &WatchRow{
				Kind: kindWatch, What: w.What, Signal: w.Signal, Link: w.Link, Until: stamp(w.Until.Time),
			}))
		}
		for _, s := range h.Standing {
			found = append(found, r.watch(h, s, &WatchRow{Kind: kindStanding, What: s.What, Until: stamp(s.Until.Time)}))
		}
	}
	return found
}

// watch finishes a row of something that a handoff asks to watch.
func (r *runner) watch(h *handoff.HandoffState, said any, row *WatchRow) candidate {
	row.typed, row.cited = typed{TypeWatch}, cited{r.source(h.Record.ID)}
	row.Expired = row.Until != nil && row.Until.Before(r.env.Now)
	f := r.recordFacets(h.Record.ID)
	f.put(Is, string(TypeWatch), openOrClosed(!row.Expired))
	if row.Expired {
		f.put(Is, isExpired)
	}
	f.put(To, r.expandFrom(h.Record.By, h.To...)...)
	return candidate{row: row, facets: f, thread: remark{h.Record.ID, said}, since: h.Record.At.Time}
}
