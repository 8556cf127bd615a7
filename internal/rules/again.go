package rules

import (
	"maps"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// decidedAgain is rule HO315. It asks, and where it is in doubt it stays silent: a
// decision that stands on the topic itself is for HO313.
func decidedAgain(s *subject, field, topic string, d *handoff.DecisionFields) {
	for _, old := range s.alike(topic, d) {
		s.report(handoff.JoinField(field, "decision"),
			"supersede "+named(old.ID)+", or say that both hold", "%s says nearly what %s says, by %s", named(topic), named(old.ID), old.By)
	}
}

// alike are the decisions on other topics that stand, are about an item or a file
// of this one, and say nearly the same, in the order of their topics.
func (s *subject) alike(topic string, d *handoff.DecisionFields) []*fold.Decision {
	if s.State == nil || fold.IsRollup(s.record) || d.Status != "" && d.Status != fold.DecisionAccepted && d.Status != fold.DecisionProposed {
		return nil
	}
	known := s.State.Decisions[topic]
	if known != nil && known.Stands() && known.Decision.Decision == d.Decision {
		return nil // carried along
	}
	_, superseded := handoff.SplitRef(d.Supersedes)
	var found []*fold.Decision
	for _, id := range slices.Sorted(maps.Keys(s.State.Decisions)) {
		old := s.State.Decisions[id]
		settled := id == topic || id == superseded || refersTo(d.Beside, id) || refersTo(old.Beside, topic)
		if settled || !old.Stands() || s.later(old) || s.amended(old.Record) {
			continue
		}
		if nearlySame(d.Decision, old.Decision.Decision) && s.touchSame(about(d.Items, s.record), about(old.Items, s.State.Records[old.Record])) {
			found = append(found, old)
		}
	}
	return found
}

// about are the items that a decision in a record is on: those that it names, else
// those of the handoff that it stands in.
func about(items []string, r *handoff.Record) []string {
	if len(items) > 0 || r == nil {
		return items
	}
	if h, ok := r.Body.(*handoff.Handoff); ok {
		for _, item := range h.Items {
			items = append(items, item.ID)
		}
		for _, shipped := range h.Shipped {
			items = append(items, shipped.ID)
		}
	}
	return slices.DeleteFunc(items, func(id string) bool { return id == "" })
}

// later reports whether a decision is of the record that is judged, or came after
// it.
func (s *subject) later(d *fold.Decision) bool {
	return s.record.ID == d.Record || d.At.After(s.at())
}

// What two decisions must have in common to say nearly the same: grams of the
// whole, or words of the two together.
const (
	sameGrams    = 0.5
	sameWords    = 0.7
	sameWordsMin = 3
)

// nearlySame reports whether two decisions say nearly the same, or the same but
// for a word or a number.
func nearlySame(a, b string) bool {
	if similarity(a, b) >= sameGrams {
		return true
	}
	of, in := contentWords(a), contentWords(b)
	both := common(of, in)
	return both >= sameWordsMin && float64(both) >= sameWords*float64(len(of)+len(in)-both)
}

// touchSame reports whether two lists of items have one in common, or items that
// name the same file.
func (s *subject) touchSame(items, others []string) bool {
	if slices.ContainsFunc(items, func(ref string) bool { _, id := handoff.SplitRef(ref); return refersTo(others, id) }) {
		return true
	}
	theirs := s.filesOf(others)
	return slices.ContainsFunc(s.filesOf(items), func(file string) bool { return slices.Contains(theirs, file) })
}

// filesOf are the files that items name, in this handoff or as they stand.
func (s *subject) filesOf(items []string) []string {
	var files []string
	add := func(refs []handoff.Ref) {
		for _, ref := range refs {
			if ref.Type == "file" {
				files = append(files, strings.TrimPrefix(ref.ID, "./"))
			}
		}
	}
	h, _ := s.body().(*handoff.Handoff)
	for _, ref := range items {
		_, id := handoff.SplitRef(ref)
		if it := s.State.Items[id]; it != nil {
			add(it.Refs)
		}
		if h != nil {
			if item := h.Item(id); item != nil {
				add(item.Refs)
			}
		}
	}
	return files
}

// refersTo reports whether one of the references is to a name.
func refersTo(refs []string, name string) bool {
	return slices.ContainsFunc(refs, func(ref string) bool { _, id := handoff.SplitRef(ref); return id == name })
}

// Again is a decision that says nearly what another one says that stands.
type Again struct {
	Index int // of the decision in its handoff
	Topic string
	Old   *fold.Decision
}

// DecidedAgain returns what rule HO315 asks about, where the team and the sender
// let it stand.
func DecidedAgain(sealed *handoff.Sealed, ctx Context) []Again {
	s := newSubject(sealed.Document, ctx)
	const rule = "HO315"
	if _, on := weight(s.Config.Rules, rule, handoff.LevelWarning); !on || s.waived()[rule] {
		return nil
	}
	var again []Again
	index := -1
	eachDecision(func(s *subject, _, topic string, d *handoff.DecisionFields) {
		index++
		for _, old := range s.alike(topic, d) {
			again = append(again, Again{index, topic, old})
		}
	})(s)
	return again
}
