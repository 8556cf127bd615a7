package query

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

// pulls are the pull requests of live items.
func (r *runner) pulls() []candidate {
	var found []candidate
	for _, it := range r.state.Items {
		if it.Live() {
			found = append(found, r.pullsOf(it)...)
		}
	}
	return found
}

// openPulls are those that are not known to be over.
func (r *runner) openPulls() []candidate {
	return filter(r.pulls(), func(c candidate) bool {
		state := c.row.(*row.Review).State
		return state != row.IsMerged && state != row.IsClosed
	})
}

// pullsOf are the pull requests of an item, and of what closed it.
func (r *runner) pullsOf(it *fold.Item) []candidate {
	var found []candidate
	t := itemThread{it}
	refs := it.Refs
	_, last := t.closing(r)
	for _, ref := range last {
		i := slices.IndexFunc(refs, func(old handoff.Ref) bool { return old.Type == ref.Type && foldRef(old.ID) == foldRef(ref.ID) })
		if i < 0 {
			refs = append(slices.Clone(refs), ref)
		} else if ref.State != "" {
			refs = slices.Clone(refs)
			refs[i] = ref
		}
	}
	for _, ref := range refs {
		if ref.Type == "pr" {
			found = append(found, r.pull(t, ref))
		}
	}
	return found
}

func (r *runner) pull(t itemThread, ref handoff.Ref) candidate {
	c := r.pullRow(t.ID, ref, t.latest(), t)
	c.facets.put(To, r.expandFrom(t.Holder, c.row.(*row.Review).WaitingOn...)...)
	c.facets.putItems(r, []string{t.ID})
	c.severity, c.since = t.Severity, t.At
	return c
}

// pullRow is the row of a pull request as a record says it.
func (r *runner) pullRow(item string, ref handoff.Ref, record string, of thread) candidate {
	line := &row.Review{
		Typed: row.Typed{Type: row.TypeReview}, ID: ref.ID, Item: item, State: strings.ToLower(ref.State), Approvals: ref.Approvals, WaitingOn: reviewers(ref),
		ProbedAt: row.Stamp(ref.ProbedAt.Time), Citation: row.Citation{Source: r.source(record)},
	}
	f := r.recordFacets(record)
	f.put(Is, string(row.TypeReview), line.State)
	if line.State == row.IsMerged {
		f.put(Is, row.IsClosed)
	}
	if line.Approved() {
		f.put(Is, row.IsApproved)
	}
	f.put(HasRef, refs([]handoff.Ref{ref})...)
	return candidate{row: line, facets: f, thread: of}
}

// reviewers are the handles of those whom a pull request waits for.
func reviewers(ref handoff.Ref) []string {
	who := []string{}
	for _, name := range ref.WaitingOn {
		who = append(who, strings.ToLower(strings.TrimPrefix(name, "@")))
	}
	return who
}

// reviews are the pull requests that the argument names, by themselves or by their
// item, or that wait for the person that it names; without one those of all live
// items that are not known to be over.
func (r *runner) reviews() []candidate {
	if r.query.Arg == "" {
		return r.openPulls()
	}
	var found []candidate
	for _, it := range itemsNamed(r.state, r.query.Arg) {
		all := r.pullsOf(it)
		named := filter(all, func(c candidate) bool { // by itself, not by another reference of its item
			return slices.Contains(refs([]handoff.Ref{{Type: "pr", ID: c.row.(*row.Review).ID}}), foldRef(r.query.Arg))
		})
		if len(named) == 0 && !strings.HasPrefix(r.query.Arg, "pr:") { // an item, or its ticket
			named = all
		}
		found = append(found, named...)
	}
	if len(found) == 0 {
		found = r.pullsShipped()
	}
	if len(found) > 0 || strings.Contains(r.query.Arg, ":") && !handoff.IsScope(r.query.Arg) {
		return found
	}
	people := r.expand(r.query.Arg)
	return filter(r.pulls(), func(c candidate) bool {
		return slices.ContainsFunc(c.facets[To], func(who string) bool { return slices.Contains(people, who) })
	})
}

// pullsShipped are the pull requests of the argument that were shipped without a
// live item.
func (r *runner) pullsShipped() []candidate {
	var found []candidate
	for _, c := range r.shippedOnly() {
		said := c.thread.(remark).said.(handoff.Shipped)
		for _, ref := range said.Refs {
			if ref.Type != "pr" || !slices.Contains(refs([]handoff.Ref{ref}), foldRef(r.query.Arg)) {
				continue
			}
			line := c.row.(*row.Item)
			found = append(found, r.pullRow(line.ID, ref, line.Source.Record, c.thread))
		}
	}
	return found
}
