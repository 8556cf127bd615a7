package query

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/sorting"
)

// DecisionStory is what is decided on a topic and how it came to that: the row
// of the decision that nothing replaces, and the rows around it. No list is
// ever nil.
type DecisionStory struct {
	*row.Decision
	Proposed  []*row.Decision `json:"proposed"`  // in its place, and not accepted yet
	Contested []*row.Decision `json:"contested"` // what says otherwise: see DecisionLog
	Chain     []*row.Decision `json:"chain"`     // what it replaced, the newest first
	Notes     []string        `json:"notes"`     // what is wrong with what they say they supersede
}

// decisionContested is the status of a decision that never held: another one
// stood on the topic, and it did not say that it replaces it.
const decisionContested = "contested"

// DecisionLog lists the decisions that stand, the newest first, then those that
// were reversed, each with the chain of what it replaced: the earlier ones on
// its topic, and on the topic that one of them says it supersedes. A decision
// replaces only what came before it, so that no chain runs in a circle.
//
// Contested are the decisions that replace the same one as this does, and those
// that say something else on its topic without saying that they supersede it.
//
// A story is in the log when one of its decisions is about the argument of the
// query, as the topic decisions has it, and meets its terms and words.
func DecisionLog(q Query, s *fold.State, env Env) []DecisionStory {
	l := newDecisionLog(newRunner(q, s.View, env), s.Problems)
	stories := []DecisionStory{}
	for _, head := range l.heads() {
		if q.Limit > 0 && len(stories) == q.Limit {
			break
		}
		if story, fits := l.story(head); fits {
			stories = append(stories, story)
		}
	}
	return stories
}

// decisionLog knows which decision replaced which.
type decisionLog struct {
	*runner
	topics map[string][]*fold.Decision // those that held at some time, the oldest first
	places map[string]int              // of records, by id
	chains map[*fold.Decision][]*fold.Decision
	rivals map[*fold.Decision][]*fold.Decision // of a decision, those that replace what it replaced
	voided map[*fold.Decision][]*fold.Decision // of a decision, those that failed to replace it
}

func newDecisionLog(r *runner, problems []handoff.Problem) *decisionLog {
	l := &decisionLog{
		runner: r, topics: make(map[string][]*fold.Decision), places: make(map[string]int),
		chains: make(map[*fold.Decision][]*fold.Decision),
		rivals: make(map[*fold.Decision][]*fold.Decision),
		voided: make(map[*fold.Decision][]*fold.Decision),
	}
	for i, record := range r.state.Known() {
		l.places[record.ID] = i
	}
	for id, d := range r.state.Decisions {
		l.topics[id] = append(d.Earlier(), d)
		sorting.By(l.topics[id], l.byPlace)
	}
	l.findVoided(problems)
	return l
}

// byPlace puts first what was decided first, also inside of a record.
func (l *decisionLog) byPlace(a, b *fold.Decision) int {
	return cmp.Or(
		cmp.Compare(l.places[a.Record], l.places[b.Record]), cmp.Compare(l.line(a), l.line(b)), cmp.Compare(a.ID, b.ID),
	)
}

// line is the place of a decision in its record.
func (l *decisionLog) line(d *fold.Decision) int {
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
func (l *decisionLog) before(topic string, d *fold.Decision) *fold.Decision {
	list := l.topics[topic]
	if i, _ := slices.BinarySearchFunc(list, d, l.byPlace); i > 0 {
		return list[i-1]
	}
	return nil
}

// superseded is the other topic that a decision replaces, "" for none.
func superseded(d *fold.Decision) string {
	typ, topic := handoff.SplitRef(d.Supersedes)
	accepted := d.Status == "" || d.Status == fold.DecisionAccepted
	if !accepted || topic == d.ID || typ != handoff.RefAny && typ != handoff.RefDecision {
		return ""
	}
	return topic
}

// chain is all that a decision replaced, in any order.
func (l *decisionLog) chain(d *fold.Decision) []*fold.Decision {
	if known, ok := l.chains[d]; ok {
		return known
	}
	found := make(map[*fold.Decision]bool)
	todo := []*fold.Decision{d}
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
	chain := slices.SortedFunc(maps.Keys(found), func(a, b *fold.Decision) int { return l.byPlace(b, a) })
	l.chains[d] = chain
	return chain
}

// heads are the decisions that no other one replaced, in the order of the log.
// It finds the rivals on the way.
func (l *decisionLog) heads() []*fold.Decision {
	replaced := make(map[*fold.Decision]bool)
	for _, d := range l.state.Decisions {
		for _, older := range l.chain(d) {
			replaced[older] = true
		}
	}
	heads := slices.DeleteFunc(slices.Collect(maps.Values(l.state.Decisions)), func(d *fold.Decision) bool { return replaced[d] })
	sorting.By(heads, func(a, b *fold.Decision) int {
		return cmp.Or(compareFlags(!a.Stands(), !b.Stands()), l.byPlace(b, a))
	})
	l.findRivals(heads)
	return heads
}

// findRivals finds the heads that replace one and the same decision.
func (l *decisionLog) findRivals(heads []*fold.Decision) {
	replacedBy := make(map[*fold.Decision][]*fold.Decision)
	for _, head := range heads {
		for _, older := range l.chain(head) {
			replacedBy[older] = append(replacedBy[older], head)
		}
	}
	for _, head := range heads {
		known := map[*fold.Decision]bool{head: true}
		for _, older := range l.chain(head) {
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
func (l *decisionLog) findVoided(problems []handoff.Problem) {
	for _, p := range problems {
		record := l.state.Records[p.Record]
		if p.Code != "HO313" || record == nil {
			continue
		}
		for _, d := range decisionsIn(record) {
			void := &fold.Decision{Decision: d, State: decisionContested, By: record.By, At: record.At.Time, Record: record.ID}
			stood := l.before(d.ID, void)
			held := slices.ContainsFunc(l.topics[d.ID], func(o *fold.Decision) bool { return o.Record == record.ID })
			if held || stood == nil || stood.Decision.Decision == d.Decision {
				continue
			}
			if !slices.ContainsFunc(l.voided[stood], func(v *fold.Decision) bool { return v.Record == record.ID }) {
				l.voided[stood] = append(l.voided[stood], void)
			}
		}
	}
}

// story tells of a decision that nothing replaced, and whether it belongs into
// the log.
func (l *decisionLog) story(head *fold.Decision) (story DecisionStory, fits bool) {
	line := func(d *fold.Decision) *row.Decision {
		t := decisionThread{d}
		c := l.latest(t)
		fits = fits || t.concerns(l.runner, l.query.Arg) && l.meets(c) && l.says(t)
		return c.row.(*row.Decision)
	}
	rows := func(list []*fold.Decision) []*row.Decision {
		all := make([]*row.Decision, len(list))
		for i, d := range list {
			all[i] = line(d)
		}
		return all
	}
	// What failed to replace an earlier one is settled since.
	chain := slices.Clone(l.chain(head))
	for _, older := range l.chain(head) {
		chain = append(chain, l.voided[older]...)
	}
	var proposed []*fold.Decision
	for _, d := range head.Story()[1+len(head.Earlier()):] {
		if d.State == fold.DecisionProposed {
			proposed = append(proposed, d)
		} else {
			chain = append(chain, d)
		}
	}
	sorting.By(chain, func(a, b *fold.Decision) int { return l.byPlace(b, a) })
	story = DecisionStory{
		Decision: line(head), Proposed: rows(proposed), Contested: rows(slices.Concat(l.voided[head], l.rivals[head])),
		Chain: rows(chain), Notes: []string{},
	}
	for _, d := range append([]*fold.Decision{head}, l.chain(head)...) {
		if topic := superseded(d); topic != "" && l.before(topic, d) == nil {
			story.Notes = append(story.Notes, l.dangling(d, topic))
		}
	}
	return story, fits
}

// dangling says what is wrong with a decision that supersedes what was not
// there.
func (l *decisionLog) dangling(d *fold.Decision, topic string) string {
	if len(l.topics[topic]) == 0 {
		return fmt.Sprintf("%s (%s) supersedes %s, on which nothing is decided", d.ID, d.Record, topic)
	}
	return fmt.Sprintf("%s (%s) supersedes %s, which was decided after it", d.ID, d.Record, topic)
}
