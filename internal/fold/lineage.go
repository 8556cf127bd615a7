package fold

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/sorting"
)

// DecisionContested is the status of a decision that never held: another one
// stood on the topic, and it did not say that it replaces it.
const DecisionContested = "contested"

// Lineage knows which decision replaced which. A decision replaces only what came
// before it, so that no chain runs in a circle.
type Lineage struct {
	state  *State
	topics map[string][]*Decision // those that held at some time, the oldest first
	places map[string]int         // of records, by id
	chains map[*Decision][]*Decision
	rivals map[*Decision][]*Decision // of a decision, those that replace what it replaced
	voided map[*Decision][]*Decision // of a decision, those that failed to replace it
	heads  []*Decision
}

// Lineage finds out which decisions replaced which.
func (s *State) Lineage() *Lineage {
	l := &Lineage{
		state: s, topics: make(map[string][]*Decision), places: make(map[string]int), chains: make(map[*Decision][]*Decision),
		rivals: make(map[*Decision][]*Decision), voided: make(map[*Decision][]*Decision),
	}
	for i, record := range s.Known() {
		l.places[record.ID] = i
	}
	for id, d := range s.Decisions {
		l.topics[id] = append(d.Earlier(), d)
		sorting.By(l.topics[id], l.Compare)
	}
	l.findHeads()
	l.findRivals()
	l.findVoided()
	return l
}

// Heads are the decisions that no other one replaced: those that stand, the newest
// first, then the others.
func (l *Lineage) Heads() []*Decision { return l.heads }

// Rivals are the heads that replace a decision which this head replaces as well.
func (l *Lineage) Rivals(head *Decision) []*Decision { return l.rivals[head] }

// Voided are those that failed to replace a decision, as they did not say that they do.
func (l *Lineage) Voided(d *Decision) []*Decision { return l.voided[d] }

// Compare puts first what was decided first, also inside of a record.
func (l *Lineage) Compare(a, b *Decision) int {
	return cmp.Or(
		cmp.Compare(l.places[a.Record], l.places[b.Record]), cmp.Compare(l.line(a), l.line(b)), cmp.Compare(a.ID, b.ID),
	)
}

// line is the place of a decision in its record.
func (l *Lineage) line(d *Decision) int {
	record := l.state.Records[d.Record]
	if record == nil {
		return 0
	}
	return slices.IndexFunc(decisionsIn(record), func(in handoff.Decision) bool { return in.ID == d.ID })
}

func decisionsIn(record *handoff.Record) []handoff.Decision {
	switch body := record.Body.(type) {
	case *handoff.Handoff:
		return body.Decisions
	case *handoff.DecisionRecord:
		return []handoff.Decision{{ID: body.Topic, DecisionFields: body.DecisionFields}}
	}
	return nil
}

// before is the last decision on a topic that came before another one, nil when
// there is none.
func (l *Lineage) before(topic string, d *Decision) *Decision {
	list := l.topics[topic]
	if i, _ := slices.BinarySearchFunc(list, d, l.Compare); i > 0 {
		return list[i-1]
	}
	return nil
}

// superseded is the other topic that a decision replaces, "" for none.
func superseded(d *Decision) string {
	typ, topic := handoff.SplitRef(d.Supersedes)
	accepted := d.Status == "" || d.Status == DecisionAccepted
	if !accepted || topic == d.ID || typ != handoff.RefAny && typ != handoff.RefDecision {
		return ""
	}
	return topic
}

// Chain is all that a decision replaced: the earlier ones on its topic, and on the topic
// that one of them says it supersedes, the newest first.
func (l *Lineage) Chain(d *Decision) []*Decision {
	if known, ok := l.chains[d]; ok {
		return known
	}
	found := make(map[*Decision]bool)
	todo := []*Decision{d}
	for len(todo) > 0 {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, topic := range []string{next.ID, superseded(next)} {
			if older := l.before(topic, next); older != nil && !found[older] {
				found[older] = true
				todo = append(todo, older)
			}
		}
	}
	chain := slices.SortedFunc(maps.Keys(found), func(a, b *Decision) int { return l.Compare(b, a) })
	l.chains[d] = chain
	return chain
}

// findHeads finds the decisions that no other one replaced.
func (l *Lineage) findHeads() {
	replaced := make(map[*Decision]bool)
	for _, d := range l.state.Decisions {
		for _, older := range l.Chain(d) {
			replaced[older] = true
		}
	}
	for _, d := range l.state.Decisions {
		if !replaced[d] {
			l.heads = append(l.heads, d)
		}
	}
	sorting.By(l.heads, func(a, b *Decision) int {
		switch {
		case a.Stands() == b.Stands():
			return l.Compare(b, a)
		case a.Stands():
			return -1
		}
		return 1
	})
}

// findRivals finds the heads that replace one and the same decision.
func (l *Lineage) findRivals() {
	replacedBy := make(map[*Decision][]*Decision)
	for _, head := range l.heads {
		for _, older := range l.Chain(head) {
			replacedBy[older] = append(replacedBy[older], head)
		}
	}
	for _, head := range l.heads {
		known := map[*Decision]bool{head: true}
		for _, older := range l.Chain(head) {
			for _, rival := range replacedBy[older] {
				if !known[rival] {
					known[rival] = true
					l.rivals[head] = append(l.rivals[head], rival)
				}
			}
		}
	}
}

// findVoided finds the decisions that the fold refused because another one
// stood. What only carries that one along decides nothing.
func (l *Lineage) findVoided() {
	for _, p := range l.state.Problems {
		record := l.state.Records[p.Record]
		if p.Code != "HO313" || record == nil {
			continue
		}
		for _, d := range decisionsIn(record) {
			void := &Decision{Decision: d, State: DecisionContested, By: record.By, At: record.At.Time, Record: record.ID}
			stood := l.before(d.ID, void)
			held := slices.ContainsFunc(l.topics[d.ID], func(o *Decision) bool { return o.Record == record.ID })
			if held || stood == nil || stood.Decision.Decision == d.Decision {
				continue
			}
			if !slices.ContainsFunc(l.voided[stood], func(v *Decision) bool { return v.Record == record.ID }) {
				l.voided[stood] = append(l.voided[stood], void)
			}
		}
	}
}

// Dangling says what is wrong with what a decision says it supersedes: that was not
// there. It is "" where nothing is.
func (l *Lineage) Dangling(d *Decision) string {
	topic := superseded(d)
	switch {
	case topic == "" || l.before(topic, d) != nil:
		return ""
	case len(l.topics[topic]) == 0:
		return fmt.Sprintf("%s (%s) supersedes %s, on which nothing is decided", d.ID, d.Record, topic)
	}
	return fmt.Sprintf("%s (%s) supersedes %s, which was decided after it", d.ID, d.Record, topic)
}
