package query

import (
	"cmp"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/story"
)

// decisionThread is one decision on a topic.
type decisionThread struct{ *fold.Decision }

func (t decisionThread) records() []string { return []string{t.Record} }

func (t decisionThread) latest() string { return t.Record }

func (t decisionThread) entry(record *handoff.Record) any {
	if body, ok := record.Body.(*handoff.Handoff); ok {
		return some(filter(body.Decisions, func(d handoff.Decision) bool { return d.ID == t.ID }))
	}
	return record.Body
}

func (t decisionThread) cite(r *runner, id string) candidate {
	line := &row.Decision{
		Typed: row.Typed{Type: row.TypeDecision}, ID: t.ID, Decision: t.Decision.Decision.Decision, Rationale: t.Rationale, By: cmp.Or(t.DecidedBy, t.By),
		At: row.Stamp(t.At), Status: t.State, Supersedes: t.Supersedes, SupersededBy: t.SupersededBy, Delivered: row.Deliveries(&t.Delivered), Citation: row.Citation{Source: r.source(id)},
	}
	line.Source.Superseded = !t.Stands()

	f := r.recordFacets(id)
	f.put(Is, string(row.TypeDecision), t.State, openOrClosed(t.Stands()))
	f.put(Decider, line.By)
	f.putItems(r, t.Items)
	return candidate{row: line, facets: f, thread: t, since: t.At}
}

// allDecisions are the decisions on every topic, with the earlier ones and what
// is proposed in their place.
func (r *runner) allDecisions() []*fold.Decision {
	var all []*fold.Decision
	for _, d := range r.state.Decisions {
		all = append(all, d.Story()...)
	}
	return all
}

func (r *runner) decisions() []candidate {
	var found []candidate
	for _, d := range r.allDecisions() {
		t := decisionThread{d}
		if t.isOn(r.query.Arg) || t.Stands() && t.touches(r, r.query.Arg) {
			found = append(found, r.latest(t))
		}
	}
	return found
}

// concerns reports whether the decision is on a topic or touches a subject, as
// [Query.Arg] holds them. Without one, every decision is meant.
func (t decisionThread) concerns(r *runner, arg string) bool { return t.isOn(arg) || t.touches(r, arg) }

func (t decisionThread) isOn(arg string) bool {
	typ, topic := handoff.SplitRef(arg)
	return t.ID == topic && (typ == handoff.RefAny || typ == handoff.RefDecision)
}

// touches reports whether the decision concerns a subject as [Query.Arg] holds
// it: an item, a file, or words that it says.
func (t decisionThread) touches(r *runner, subject string) bool {
	typ, name := handoff.SplitRef(subject)
	if typ == handoff.RefDecision {
		return false // that one is meant, and no other that says its name
	}
	if slices.Contains(t.Items, name) {
		return true
	}
	for _, id := range t.Items {
		if it := r.state.Items[id]; it != nil && hasFile(it.Refs, subject) {
			return true
		}
	}
	said := story.Written(t.Decision.Decision)
	return !slices.ContainsFunc(strings.Fields(subject), func(word string) bool { return !strings.Contains(said, word) })
}

// hasFile reports whether one of the references is the file, or a folder above
// or below it.
func hasFile(refs []handoff.Ref, path string) bool {
	return slices.ContainsFunc(refs, func(ref handoff.Ref) bool { return OnPath(ref, path) })
}

// OnPath reports whether a reference is a file, or a folder above or below it. The
// path is folded.
func OnPath(ref handoff.Ref, path string) bool {
	path = strings.Trim(strings.TrimPrefix(path, "./"), "/")
	id := strings.Trim(FoldCase(ref.ID), "/")
	return (ref.Type == "file" || ref.Type == "doc") &&
		(id == path || strings.HasPrefix(id, path+"/") || strings.HasPrefix(path, id+"/"))
}
