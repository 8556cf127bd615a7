package query

import (
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
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
	Holder  string     `json:"holder"` // who sees to it
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
	return append([]string{state, r.Kind, r.What, r.Signal, dateCell(r.Until), r.Holder}, r.Source.cells()...)
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
	for holder, list := range r.state.Watched {
		for _, w := range list {
			found = append(found, r.watch(holder, w))
		}
	}
	return found
}

// watch is the row of something that somebody keeps an eye on.
func (r *runner) watch(holder string, w fold.Watched) candidate {
	row := &WatchRow{
		typed: typed{Type: TypeWatch}, Kind: kindWatch, What: w.What, Signal: w.Signal, Link: w.Link, Until: stamp(w.Until.Time),
		Expired: w.Over(r.env.Now), Holder: holder, cited: cited{Source: r.source(w.Declared)},
	}
	if w.Standing {
		row.Kind = kindStanding
	}
	f := r.recordFacets(w.Declared)
	f.put(Is, string(TypeWatch), openOrClosed(!row.Expired))
	if row.Expired {
		f.put(Is, isExpired)
	}
	f.put(Holder, holder)
	record := r.state.Records[w.Declared]
	f.put(To, r.expandFrom(w.By, handoff.AddresseesOf(record.Body)...)...)
	return candidate{row: row, facets: f, thread: remark{w.Declared, w.Watch}, since: record.At.Time}
}
