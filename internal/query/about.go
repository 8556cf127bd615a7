package query

import (
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/story"
)

// What is known of one thing, or of one person.

// about are the things that the argument of the question names, as they stand.
func (r *runner) about() []citable {
	var found []citable
	for _, it := range itemsNamed(r.state, r.query.Arg) {
		found = append(found, itemThread{it})
	}
	if b := r.state.Blocker(r.query.Arg); b != nil {
		found = append(found, blockerThread{b})
	}
	if q := r.state.Question(r.query.Arg); q != nil {
		found = append(found, questionThread{q})
	}
	if d := r.state.Decision(r.query.Arg); d != nil {
		found = append(found, decisionThread{d})
	}
	if h := r.handoffNamed(); h != nil {
		found = append(found, r.handoffThread(h))
	}
	return found
}

// handoffNamed is the handoff of the argument, nil when that is no record.
func (r *runner) handoffNamed() *fold.Handoff {
	target, err := r.state.Resolve(r.query.Arg, r.query.Me)
	if err != nil || target.Type != fold.TargetRecord {
		return nil
	}
	return r.state.Handoffs[target.Name]
}

// status is a thing as it stands.
func (r *runner) status() []candidate {
	var found []candidate
	for _, t := range r.about() {
		found = append(found, r.latest(t))
	}
	if len(found) == 0 {
		return r.finished()
	}
	return found
}

// finished is what was shipped under the name without ever being a live item.
func (r *runner) finished() []candidate {
	_, name := handoff.SplitRef(r.query.Arg)
	return filter(r.shippedOnly(), func(c candidate) bool {
		return slices.Contains(c.facets[InItem], name) || slices.Contains(c.facets[HasRef], foldRef(r.query.Arg))
	})
}

// owns is who is accountable for a thing, or what a person is accountable for.
func (r *runner) owns() []candidate {
	var found []candidate
	for _, t := range r.about() {
		if _, isHandoff := t.(handoffThread); !isHandoff {
			found = append(found, r.latest(t))
		}
	}
	found = append(found, r.onPath()...)
	name := r.query.Arg
	for _, area := range r.env.Config.Authorities {
		if FoldCase(area.Area) == strings.TrimPrefix(name, areaPrefix) {
			found = append(found, r.area(area))
		}
	}
	if t, ok := r.env.Config.Teams[strings.TrimPrefix(name, "team:")]; ok {
		found = append(found, r.team(strings.TrimPrefix(name, "team:"), t))
	}
	if len(found) > 0 {
		return found
	}
	return r.ownedBy(name)
}

// onPath are the live items that name a file or a folder above or below a path.
func (r *runner) onPath() []candidate {
	if !strings.Contains(r.query.Arg, "/") || len(itemsNamed(r.state, r.query.Arg)) > 0 {
		return nil
	}
	return filter(r.items(), func(c candidate) bool { return hasFile(c.thread.(itemThread).Refs, r.query.Arg) })
}

// ownedBy are the live items that somebody is accountable for, and the areas in
// which they decide.
func (r *runner) ownedBy(who string) []candidate {
	people := r.expand(who)
	found := filter(r.items(), func(c candidate) bool { return slices.Contains(people, c.thread.(itemThread).Owner) })
	for _, area := range r.env.Config.Authorities {
		if slices.Contains(people, area.Primary) {
			found = append(found, r.area(area))
		}
	}
	return found
}

// awaits is what somebody waits for: what is in the way of their items, their open
// questions, the verdicts on their handoffs, what they offered, and reviews.
func (r *runner) awaits() []candidate {
	concerns := r.concerns()
	found := filter(r.blocked(), func(c candidate) bool {
		return slices.ContainsFunc(c.facets[Holder], func(holder string) bool { return concerns("", holder) })
	})
	found = append(found, filter(r.questions(), func(c candidate) bool {
		q := c.thread.(questionThread)
		return q.Open() && concerns("", q.By)
	})...)
	found = append(found, filter(r.unacked(), func(c candidate) bool { return concerns("", c.thread.(handoffThread).Record.By) })...)
	found = append(found, filter(r.offered(), func(c candidate) bool { return concerns("", c.thread.(itemThread).Offer.From) })...)
	return append(found, filter(r.pulls(), func(c candidate) bool {
		return len(c.row.(*row.Review).WaitingOn) > 0 && slices.ContainsFunc(c.facets[Holder], func(holder string) bool { return concerns("", holder) })
	})...)
}

// current are the handoffs that still speak, or those of the time that is asked
// for.
func (r *runner) current() []candidate {
	handoffs := r.state.Current()
	if !r.query.Since.IsZero() || !r.query.Until.IsZero() {
		handoffs = r.allHandoffs()
	}
	var found []candidate
	for _, h := range handoffs {
		found = append(found, r.latest(r.handoffThread(h)))
	}
	return found
}

// history is what the records that name a thing say of it, from the first to the
// last. That of a decision is what was decided on its topic.
func (r *runner) history() []candidate {
	var found []candidate
	add := func(c candidate) { // of one time, in the order of the fold
		c.since = c.since.Add(time.Duration(len(found)))
		found = append(found, c)
	}
	for _, t := range r.about() {
		line := r.latest(t).row
		if _, isDecision := t.(decisionThread); isDecision {
			for _, d := range r.state.Decision(r.query.Arg).Story() {
				if record := r.state.Records[d.Record]; record != nil {
					add(r.event(line.Key(), record, d.Decision.Decision))
				}
			}
			continue
		}
		story, err := story.Of(targetOf(line), func(fold.Part) (*fold.View, error) { return r.state, nil })
		if err != nil {
			continue // there is none of a handoff, and the state is at hand
		}
		own := t.records() // others are about these, or name them
		for _, told := range story {
			if !slices.Contains(own, told.Record.ID) {
				continue
			}
			add(r.event(line.Key(), told.Record, say(told)))
		}
	}
	return found
}

// targetOf is what a row is about.
func targetOf(line row.Row) fold.Target {
	types := map[row.Type]string{row.TypeItem: fold.TargetItem, row.TypeBlocker: fold.TargetBlocker, row.TypeQuestion: fold.TargetQuestion}
	return fold.Target{Type: types[line.RowType()], Name: line.Key()}
}

// say is what the record says, in one line.
func say(t story.Told) string {
	var parts []string
	for _, line := range t.Says {
		parts = append(parts, line.Label+": "+line.Text)
	}
	if len(parts) == 0 {
		return story.Says(t.Record)
	}
	return strings.Join(parts, "; ")
}

func (r *runner) event(subject string, record *handoff.Record, say string) candidate {
	line := &row.Event{
		Typed: row.Typed{Type: row.TypeEvent}, ID: record.ID, Subject: subject, Kind: record.Kind, By: record.By, Says: say,
		Citation: row.Citation{Source: r.source(record.ID)},
	}
	f := r.recordFacets(record.ID)
	f.put(Is, string(row.TypeEvent))
	return candidate{row: line, facets: f, thread: remark{record.ID, record.Body}, since: record.At.Time}
}
