package query

import (
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

// The kinds of [row.Watch].
const (
	kindWatch    = "watch"
	kindStanding = "standing"
)

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
	line := &row.Watch{
		Typed: row.Typed{Type: row.TypeWatch}, Kind: kindWatch, What: w.What, Signal: w.Signal, Link: w.Link, Until: row.Stamp(w.Until.Time),
		Expired: w.Over(r.env.Now), Holder: holder, Citation: row.Citation{Source: r.source(w.Declared)},
	}
	if w.Standing {
		line.Kind = kindStanding
	}
	f := r.recordFacets(w.Declared)
	f.put(Is, string(row.TypeWatch), openOrClosed(!line.Expired))
	if line.Expired {
		f.put(Is, row.IsExpired)
	}
	f.put(Holder, holder)
	record := r.state.Records[w.Declared]
	f.put(To, r.expandFrom(w.By, handoff.AddresseesOf(record.Body)...)...)
	return candidate{row: line, facets: f, thread: remark{w.Declared, w.Watch}, since: record.At.Time}
}
