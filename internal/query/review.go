package query

import (
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// ReviewRow is a pull request that an item names, as its record knows it.
type ReviewRow struct {
	typed
	ID        string     `json:"id"` // as the item writes it
	Item      string     `json:"item"`
	State     string     `json:"state"`      // as the forge calls it, "" when nobody asked
	Approvals string     `json:"approvals"`  // as "2/3"
	WaitingOn []string   `json:"waiting_on"` // handles
	ProbedAt  *time.Time `json:"probed_at"`
	cited
}

// Cells is the row under [Header].
func (r *ReviewRow) Cells() []string {
	return append([]string{r.ID, r.Item, r.State, r.Approvals, listCell(r.WaitingOn), dateCell(r.ProbedAt)}, r.Source.cells()...)
}

func (r *ReviewRow) key() string { return r.Item + " " + r.ID }

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
	c.facets.put(To, r.expandFrom(t.Holder, c.row.(*ReviewRow).WaitingOn...)...)
	c.facets.putItems(r, []string{t.ID})
	c.severity, c.since = t.Severity, t.At
	return c
}

// pullRow is the row of a pull request as a record says it.
func (r *runner) pullRow(item string, ref handoff.Ref, record string, of thread) candidate {
	row := &ReviewRow{
		typed: typed{Type: TypeReview}, ID: ref.ID, Item: item, State: strings.ToLower(ref.State), Approvals: ref.Approvals, WaitingOn: []string{},
		ProbedAt: stamp(ref.ProbedAt.Time), cited: cited{Source: r.source(record)},
	}
	for _, who := range ref.WaitingOn {
		row.WaitingOn = append(row.WaitingOn, strings.ToLower(strings.TrimPrefix(who, "@")))
	}
	f := r.recordFacets(record)
	f.put(Is, string(TypeReview), row.State)
	if row.State == isMerged {
		f.put(Is, isClosed)
	}
	if row.approved() {
		f.put(Is, isApproved)
	}
	f.put(HasRef, refs([]handoff.Ref{ref})...)
	return candidate{row: row, facets: f, thread: of}
}

// approved reports whether everybody approves who has to.
func (r *ReviewRow) approved() bool {
	given, needed, ok := strings.Cut(r.Approvals, "/")
	return ok && given == needed && needed != "0" && needed != ""
}

// reviews are the pull requests that the argument names, by themselves or by their
// item, or that wait for the person that it names; without one those of all live
// items that are not known to be over.
func (r *runner) reviews() []candidate {
	if r.query.Arg == "" {
		return filter(r.pulls(), func(c candidate) bool {
			state := c.row.(*ReviewRow).State
			return state != isMerged && state != isClosed
		})
	}
	var found []candidate
	for _, it := range itemsNamed(r.state, r.query.Arg) {
		all := r.pullsOf(it)
		named := filter(all, func(c candidate) bool { return slices.Contains(c.facets[HasRef], foldRef(r.query.Arg)) })
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
			row := c.row.(*ItemRow)
			found = append(found, r.pullRow(row.ID, ref, row.Source.Record, c.thread))
		}
	}
	return found
}
