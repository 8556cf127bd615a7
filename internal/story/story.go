// Package story says in words what records say and do: one line for each record, the
// story of a thing from record to record, and what becomes of the items that a
// handoff or an ack is about. The words are plain text, as it stands in the
// records: not neutralised.
package story

import (
	"fmt"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// Told is a record as a part of a story.
type Told struct {
	Record *handoff.Record
	Says   []Line
}

// Line is one thing that a record says in a story.
type Line struct{ Label, Text string }

// Of is all that the records say of an item, a blocker or a question, in fold
// order: how it was declared, who took it and who would not, what stopped it and
// how that was removed, what was decided and asked about it, where it was raised
// and where its handoff failed. That of an item tells those that it goes on from
// as well. Of anything else there is none.
func Of(target fold.Target, recall func(fold.Part) (*fold.View, error)) ([]Told, error) {
	s, err := recall(fold.Part{Refs: []string{target.Ref()}})
	if err != nil {
		return nil, err
	}
	t := tale{things: make(map[declared]bool), records: make(map[string]bool)}
	for _, id := range t.begin(target, s) {
		t.records[id] = true
	}
	// What answers a record, or what it names, need not name the thing itself.
	if s, err = recall(fold.Part{Refs: t.refs(s)}); err != nil {
		return nil, err
	}
	var story []Told
	for _, r := range s.Known() {
		if says, ok := t.tell(r); ok {
			story = append(story, Told{r, says})
		}
	}
	return story, nil
}

// declared is the name of a thing of one type.
type declared struct {
	typ  handoff.RefType
	name string
}

// tale is a story as it is told.
type tale struct {
	things  map[declared]bool
	records map[string]bool // ids of those that tell it, or that others answer
}

// begin returns the records that name what the story is of.
func (t *tale) begin(target fold.Target, s *fold.View) (history []string) {
	switch target.Type {
	case fold.TargetItem:
		it := s.Items[target.Name]
		for _, id := range append(slices.Clone(it.Was), it.ID) {
			t.things[declared{handoff.RefItem, id}] = true
		}
		return it.History
	case fold.TargetBlocker:
		t.things[declared{handoff.RefBlocker, target.Name}] = true
		return s.Blockers[target.Name].History
	case fold.TargetQuestion:
		t.things[declared{handoff.RefQuestion, target.Name}] = true
		return s.Questions[target.Name].History
	}
	return nil
}

// refs are references to the records that tell the story, and to what these say
// about its items: their blockers, and the questions that stop them.
func (t *tale) refs(s *fold.View) []string {
	var refs []string
	for id := range t.records {
		switch body := s.Records[id].Body.(type) {
		case *handoff.Handoff:
			if body.Rollup != nil {
				continue
			}
			t.meet(body)
		case *handoff.Question:
			t.things[declared{handoff.RefQuestion, id}] = true
		}
		refs = append(refs, id)
	}
	for d := range t.things {
		refs = append(refs, string(d.typ)+":"+d.name)
	}
	slices.Sort(refs)
	return refs
}

// meet notes what a handoff names in front of the items of the story.
func (t *tale) meet(h *handoff.Handoff) {
	for _, item := range h.Items {
		if t.things[declared{handoff.RefItem, item.ID}] {
			for _, ref := range item.BlockedBy {
				_, name := handoff.SplitRef(ref)
				t.things[declared{handoff.RefBlocker, name}] = true
			}
		}
	}
	for _, b := range h.Blockers {
		if t.stops(b.Blocks) {
			t.things[declared{handoff.RefBlocker, b.ID}] = true
		}
	}
	for _, q := range h.Questions {
		if t.stops(q.Blocks) {
			t.things[declared{handoff.RefQuestion, q.ID}] = true
		}
	}
}

func (t *tale) items() []string {
	var ids []string
	for d := range t.things {
		if d.typ == handoff.RefItem {
			ids = append(ids, d.name)
		}
	}
	return ids
}

// stops reports whether an item of the story is among those of a list.
func (t *tale) stops(items []string) bool {
	return slices.ContainsFunc(items, func(ref string) bool {
		_, id := handoff.SplitRef(ref)
		return t.things[declared{handoff.RefItem, id}]
	})
}

// about reports whether a reference means something of the story.
func (t *tale) about(ref string) bool {
	typ, name := handoff.SplitRef(ref)
	if typ != handoff.RefAny {
		return t.things[declared{typ, name}]
	}
	for _, typ := range []handoff.RefType{handoff.RefItem, handoff.RefBlocker, handoff.RefQuestion} {
		if t.things[declared{typ, name}] {
			return true
		}
	}
	return t.records[name]
}

// tell returns what a record says in the story, and whether it is a part of it.
func (t *tale) tell(r *handoff.Record) (says []Line, ok bool) {
	switch body := r.Body.(type) {
	case *handoff.Handoff:
		if body.Rollup == nil {
			says = t.handoff(body)
		}
		return says, t.records[r.ID]
	case *handoff.Ack:
		says = t.verdict(body)
	case *handoff.Resolution:
		says = pairs("how", body.How, "decision", body.Decision)
	case *handoff.DecisionRecord:
		ok = t.records[r.ID] || t.about(body.Answers)
		return t.decision(body.Topic, &body.DecisionFields), ok
	case *handoff.Question:
		says = pairs("ask", body.Ask, "context", body.Context)
	case *handoff.Answer:
		says = pairs("answer", body.Text)
	case *handoff.Assignment:
		says = pairs("why", text.JoinNonEmpty(", via ", body.Why, body.Via))
	case *handoff.Escalation:
		says = pairs("because", body.Reason, "ask", body.Ask)
	case *handoff.Withdrawal:
		says = pairs("why", body.Why)
	case *handoff.Gap:
		says = pairs("gap", text.JoinNonEmpty(", ", body.Class, body.Impact), "recovery", body.Recovery)
	case *handoff.Route:
		return pairs("note", body.Note), t.records[r.ID]
	}
	for _, subject := range subjects(r.Body) {
		ok = ok || t.about(subject)
	}
	if ok = ok || t.records[r.ID]; ok {
		t.records[r.ID] = true // others may be about it
	}
	return says, ok
}

// subjects are what a record that is no handoff is about.
func subjects(body handoff.Body) []string {
	switch body := body.(type) {
	case *handoff.Question:
		return append([]string{body.About}, body.Blocks...)
	case *handoff.Answer:
		return []string{body.Question}
	case *handoff.Resolution:
		return []string{body.Blocker}
	case *handoff.Assignment:
		return []string{body.Item}
	}
	return []string{handoff.SubjectOf(body)}
}

// pairs are labels, each with its text, without those that have none.
func pairs(labelled ...string) []Line {
	var says []Line
	for pair := range slices.Chunk(labelled, 2) {
		if pair[1] != "" {
			says = append(says, Line{pair[0], pair[1]})
		}
	}
	return says
}

// handoff is what a handoff says of the things of the story.
func (t *tale) handoff(h *handoff.Handoff) []Line {
	var says []Line
	for _, item := range h.Items {
		if !t.things[declared{handoff.RefItem, item.ID}] {
			if t.things[declared{handoff.RefItem, item.Continues}] {
				says = append(says, Line{"goes on as", item.ID})
			}
			continue
		}
		says = append(says, pairs("continues", item.Continues, "reopened", item.Reopened,
			strings.ReplaceAll(item.Status, "_", " "), item.State)...)
		for _, next := range item.Next {
			says = append(says, Line{"next", text.JoinNonEmpty(": ", next.Owner, next.Do)})
		}
	}
	for _, s := range h.Shipped {
		if t.things[declared{handoff.RefItem, s.ID}] {
			says = append(says, Line{fold.ItemShipped, s.What})
		}
	}
	for _, d := range h.Dropped {
		if t.things[declared{handoff.RefItem, d.ID}] {
			says = append(says, Line{fold.ItemDropped, d.Why})
		}
	}
	for _, b := range h.Blockers {
		if t.things[declared{handoff.RefBlocker, b.ID}] {
			says = append(says, Line{"blocker", fmt.Sprintf("%s needs %s: %s", b.ID, b.Resolver, b.Needs)})
		}
	}
	for _, q := range h.Questions {
		if t.things[declared{handoff.RefQuestion, q.ID}] {
			says = append(says, Line{"question", fmt.Sprintf("%s to %s: %s", q.ID, q.To, q.Ask)})
		}
	}
	for i := range h.Decisions {
		if d := &h.Decisions[i]; t.stops(d.Items) || t.about(d.Answers) {
			says = append(says, t.decision(d.ID, &d.DecisionFields)...)
		}
	}
	return says
}

func (t *tale) decision(topic string, d *handoff.DecisionFields) []Line {
	return pairs("decided", text.JoinNonEmpty(", ", topic+": "+d.Decision, strings.TrimPrefix(d.Status, fold.DecisionAccepted)), "because", d.Rationale)
}

// verdict is what an ack says of the items of the story.
func (t *tale) verdict(a *handoff.Ack) []Line {
	var says []Line
	if items := t.items(); a.Accepts() && len(items) > 0 && len(a.Take) > 0 {
		says = append(says, Line{"takes", "it"})
		if !t.stops(a.Take) {
			says[0].Text = "not this one"
		}
	}
	for _, b := range a.Readback {
		if t.stops([]string{b.Item}) {
			says = append(says, Line{"read back", text.JoinNonEmpty(", first ", b.Understood, b.FirstAction)})
		}
	}
	for _, g := range a.Gaps {
		if g.Item == "" || t.stops([]string{g.Item}) {
			says = append(says, Line{"gap", text.JoinNonEmpty(", ", g.Class, g.Note)})
		}
	}
	return append(says, pairs("reason", text.JoinNonEmpty(", ", a.Reason, a.Exception), "note", a.Note)...)
}
