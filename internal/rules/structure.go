package rules

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// badTime is what rule HO104 says beyond the schema: the order of times.
func badTime(s *subject) {
	at := handoff.Time{Time: s.at()}
	if !s.Now.IsZero() && at.After(s.Now.Add(s.Config.Timing.ClockSkew.Wall())) {
		s.report("at", "correct the clock; it is "+handoff.Time{Time: s.Now}.String(), "it is dated %s, which lies in the future", at)
	}
	h, ok := s.body().(*handoff.Handoff)
	if !ok || at.IsZero() {
		return
	}
	if !h.ReturnsAt.IsZero() && !h.ReturnsAt.After(at.Time) {
		s.report("returns_at", "say when you are back", "back at %s, which is over already", h.ReturnsAt)
	}
	if !h.ReachableUntil.IsZero() && h.ReachableUntil.Before(at.Time) {
		s.report("reachable_until", "correct it, or leave it out", "reachable until %s, which is over already", h.ReachableUntil)
	}
}

// names is what a reference can mean: the ids in a record, besides those of
// the state before it.
type names struct {
	own   map[handoff.RefType]map[string]bool
	state *fold.View
}

// refNames are the words for what a reference means.
var refNames = map[handoff.RefType]string{
	handoff.RefItem: "item", handoff.RefBlocker: "blocker", handoff.RefQuestion: "question", handoff.RefDecision: "decision",
}

// namesIn collects the ids of h, which may be empty.
func (s *subject) namesIn(h *handoff.Handoff) names {
	own := map[handoff.RefType]map[string]bool{handoff.RefItem: {}, handoff.RefBlocker: {}, handoff.RefQuestion: {}, handoff.RefDecision: {}}
	for _, item := range h.Items {
		own[handoff.RefItem][item.ID] = true
	}
	for _, blocker := range h.Blockers {
		own[handoff.RefBlocker][blocker.ID] = true
	}
	for _, question := range h.Questions {
		own[handoff.RefQuestion][question.ID] = true
	}
	for _, decision := range h.Decisions {
		own[handoff.RefDecision][decision.ID] = true
	}
	return names{own: own, state: s.State}
}

// has reports whether something of the type has the name.
func (n names) has(t handoff.RefType, name string) bool {
	return n.own[t][name] || n.state.HasName(t, name)
}

// all returns every name of the type.
func (n names) all(t handoff.RefType) []string {
	return slices.Concat(slices.Sorted(maps.Keys(n.own[t])), n.state.Names(t))
}

// badReference is rule HO103.
func badReference(s *subject) {
	handoff.EachPerson(s.body(), s.checkPerson)
	switch body := s.body().(type) {
	case *handoff.Handoff:
		s.checkUnchanged(body)
		s.checkSources(body)
		if s.State != nil {
			s.checkNames(body)
			s.checkEnded(body)
		}
	case *handoff.Question:
		if s.State != nil {
			s.checkRefs(s.namesIn(new(handoff.Handoff)), "blocks", body.Blocks, handoff.RefItem)
		}
	case *handoff.DecisionRecord:
		if s.State != nil {
			known := s.namesIn(new(handoff.Handoff))
			s.checkRefs(known, "items", body.Items, handoff.RefItem)
			s.checkRefs(known, "beside", body.Beside, handoff.RefDecision)
			if body.Answers != "" {
				s.checkRef(known, "answers", body.Answers, handoff.RefBlocker, handoff.RefQuestion)
			}
		}
	case *handoff.Ack:
		s.checkTake(body)
	}
}

// checkNames reports what names an item, blocker, question or decision that
// does not exist.
func (s *subject) checkNames(h *handoff.Handoff) {
	known := s.namesIn(h)
	for i, item := range h.Items {
		field := indexField("items", i)
		s.checkRefs(known, field+".blocked_by", item.BlockedBy, handoff.RefBlocker)
		s.checkRefs(known, field+".depends_on", item.DependsOn, handoff.RefItem)
		if item.Continues != "" {
			s.checkRef(known, field+".continues", item.Continues, handoff.RefItem)
		}
		for j, next := range item.Next {
			if after, ok := strings.CutPrefix(next.Start, "after:"); ok {
				s.checkRef(known, indexField(field+".next", j)+".start", after,
					handoff.RefItem, handoff.RefBlocker, handoff.RefQuestion, handoff.RefDecision)
			}
		}
	}
	for i, blocker := range h.Blockers {
		s.checkRefs(known, indexField("blockers", i)+".blocks", blocker.Blocks, handoff.RefItem)
	}
	for i, question := range h.Questions {
		s.checkRefs(known, indexField("questions", i)+".blocks", question.Blocks, handoff.RefItem)
	}
	for i, decision := range h.Decisions {
		s.checkRefs(known, indexField("decisions", i)+".beside", decision.Beside, handoff.RefDecision)
	}
}

func (s *subject) checkRefs(known names, field string, refs []string, types ...handoff.RefType) {
	for i, ref := range refs {
		s.checkRef(known, indexField(field, i), ref, types...)
	}
}

// checkRef reports a reference that means none of the types. What is no slug,
// such as pr:1842 or a URL, refers to something outside the records and is not
// judged; neither is the id of a record.
func (s *subject) checkRef(known names, field, ref string, types ...handoff.RefType) {
	prefix, name := handoff.SplitRef(ref)
	if !handoff.ValidSlug(name) || s.State.Records[name] != nil {
		return
	}
	var words, candidates []string
	for _, t := range types {
		if (prefix == handoff.RefAny || prefix == t) && known.has(t, name) {
			return
		}
		words = append(words, refNames[t])
		candidates = append(candidates, known.all(t)...)
	}
	s.report(field, orNearest(name, candidates, "correct the name, or declare it"), "%s: there is no %s called %s", s.the(field), strings.Join(words, " or "), quote(ref))
}

// orNearest is the fix for a name that nobody knows.
func orNearest(name string, candidates []string, otherwise string) string {
	if meant := text.Nearest(name, candidates); meant != "" {
		return "write " + meant
	}
	return otherwise
}

// drawn are the keys of a rollup whose values are those of its sources.
var drawn = set("items", "blockers", "decisions", "questions", "rollup")

// checkPerson reports somebody who is not in the roster. It leaves groups and areas to
// other rules, and what is no handle to the schema, but where that takes any text.
func (s *subject) checkPerson(field, handle string) {
	people := s.Config.People
	if _, known := people[handle]; known || len(people) == 0 || config.IsGroup(handle) {
		return
	}
	if fold.IsRollup(s.record) && drawn[topKey(field)] {
		return // a member said it, and its lead cannot say otherwise
	}
	if notPeople[handle] && (strings.HasSuffix(field, ".owner") || strings.HasSuffix(field, ".resolver")) {
		return // HO401 says it
	}
	if !handoff.ValidHandle(handle) && !strings.HasSuffix(field, "_by") {
		return
	}
	fix := "correct it, or add the person to people in the configuration"
	if near := s.Config.Nearest(handle); near != "" {
		fix = "write " + near
	}
	s.report(field, fix, "%s is %s, who is not in the roster", s.the(field), quote(handle))
}

// checkUnchanged reports entries of unchanged that are no items of the handoff.
func (s *subject) checkUnchanged(h *handoff.Handoff) {
	for i, same := range h.Unchanged {
		if same.ID != "" && h.Item(same.ID) == nil {
			s.report(indexField("unchanged", i)+".id", "name an item of this handoff, or remove the entry",
				"%s is said to be unchanged, and is not among the items", named(same.ID))
		}
	}
}

// checkEnded reports entries of ended that name nothing that the sender keeps an
// eye on: the names are texts, and a slip would end nothing.
func (s *subject) checkEnded(h *handoff.Handoff) {
	kept := s.State.Watched[s.by()]
	if amended := s.State.Handoffs[h.Amends]; amended != nil {
		kept = slices.Concat(kept, fold.Watches(amended.Handoff), endedOf(amended.Handoff))
	}
	for i, ended := range h.Ended {
		if slices.ContainsFunc(kept, func(w fold.Watched) bool { return fold.SameWhat(w.What, ended.What) }) {
			continue
		}
		var names []string
		for _, w := range kept {
			names = append(names, w.What)
		}
		s.report(indexField("ended", i)+".what", orNearest(ended.What, names, "write it as it was declared: handoff query watch"),
			"ended names %s, which is nothing that %s watches", quote(ended.What), s.by())
	}
}

// checkSources reports what a rollup draws from a handoff that it does not
// name or that does not say so, and what claims a source without a rollup.
func (s *subject) checkSources(h *handoff.Handoff) {
	if h.Rollup != nil && s.State != nil {
		for i, source := range h.Rollup.Sources {
			s.checkDrawn(indexField("rollup.sources", i), source)
		}
	}
	for i, item := range h.Items {
		s.checkSource(h.Rollup, indexField("items", i)+".source", item.Source, func(drawn *fold.Handoff) bool {
			return drawn.Item(item.ID) != nil
		})
	}
	for i, blocker := range h.Blockers {
		s.checkSource(h.Rollup, indexField("blockers", i)+".source", blocker.Source, func(drawn *fold.Handoff) bool {
			return drawn.Blocker(blocker.ID) != nil
		})
	}
}

// checkDrawn reports a source of a rollup that is no handoff of a member as it
// was read.
func (s *subject) checkDrawn(field string, source handoff.RollupSource) {
	const fix = "draw it again: handoff rollup"
	switch drawn := s.State.Handoffs[source.ID]; {
	case drawn == nil:
		s.report(field+".id", fix, "%s is no handoff that is known", quote(source.ID))
	case drawn.Rollup != nil:
		s.report(field+".id", fix, "%s is a rollup itself", quote(source.ID))
	case drawn.Record.Source.Digest != "" && drawn.Record.Source.Digest != source.Digest:
		s.report(field+".digest", fix, "the digest is not that of %s", source.ID)
	}
}

// checkSource reports what a rollup lists without the handoff that lists it;
// lists tells whether one does.
func (s *subject) checkSource(rollup *handoff.Rollup, field, source string, lists func(*fold.Handoff) bool) {
	switch {
	case rollup == nil && source != "":
		s.report(field, "remove it", "%s is set, and this is no rollup", field)
	case rollup == nil:
	case source == "":
		s.report(field, "name the handoff that it was drawn from", "%s is missing in a rollup", field)
	case !slices.ContainsFunc(rollup.Sources, func(r handoff.RollupSource) bool { return r.ID == source }):
		s.report(field, "name one of rollup.sources", "%s is %s, which is no source of the rollup", field, quote(source))
	case s.State != nil && s.State.Handoffs[source] != nil && !lists(s.State.Handoffs[source]):
		s.report(field, "name the handoff that does; what is new goes into one of its own", "%s does not hold %s", quote(source), s.entryName(field))
	}
}

// checkTake reports items that an ack takes and that were not offered with its
// subject.
func (s *subject) checkTake(ack *handoff.Ack) {
	offered, ok := s.offeredBy(ack.Subject)
	if !ok {
		return
	}
	for i, ref := range ack.Take {
		_, name := handoff.SplitRef(ref)
		if !slices.Contains(offered, name) {
			s.report(indexField("take", i), orNearest(name, offered, "take an item that is offered there"),
				"%s is taken, and %s does not offer it", named(ref), ack.Subject)
		}
	}
}

// offeredBy returns the items of a handoff or an assignment.
func (s *subject) offeredBy(id string) ([]string, bool) {
	if s.State == nil || s.State.Records[id] == nil {
		return nil, false
	}
	switch body := s.State.Records[id].Body.(type) {
	case *handoff.Handoff:
		items := make([]string, len(body.Items))
		for i, item := range body.Items {
			items[i] = item.ID
		}
		return items, true
	case *handoff.Assignment:
		_, item := handoff.SplitRef(body.Item)
		return []string{item}, true
	}
	return nil, false
}

// wrongName is the part of rule HO903 that one record shows.
func wrongName(s *subject) {
	if s.Draft || s.Path == "" || s.record == nil {
		return
	}
	for _, f := range CheckName(s.Path, s.record) {
		s.report("", f.Fix, "%s", f.Message)
	}
}

// CheckName reports a record whose file name or folder does not say what the
// record says (rule HO903). The path may begin anywhere above the day folders.
// A record without a usable head is left to the schema.
func CheckName(file string, record *handoff.Record) []handoff.Finding {
	if !handoff.ValidID(record.ID) || !handoff.ValidHandle(record.By) || record.At.IsZero() {
		return nil
	}
	want := record.Name()
	file = path.Clean(strings.ReplaceAll(file, `\`, "/"))
	if file == want || strings.HasSuffix(file, "/"+want) {
		return nil
	}
	return []handoff.Finding{{
		Code: "HO903", Level: handoff.LevelError, Record: record.ID, Path: file, Line: 1, Col: 1,
		Message: "the record belongs at " + want,
		Fix:     "move it there, or let handoff write it",
	}}
}
