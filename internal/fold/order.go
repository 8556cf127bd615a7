package fold

import (
	"container/heap"
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/sorting"
)

// causalOrder sorts records of different ids so that each comes after every
// record that it names, then by time, then by id. A slug stands for the earliest
// record that declares it, so that a clock that runs ahead cannot move a
// resolution before its blocker. Where a slug may be of several types, those that
// were declared before are meant, and later ones only if there is none. A circle
// is entered at its earliest record.
func causalOrder(records []*handoff.Record) []*handoff.Record {
	g := newGraph(records, nil)
	g.linkAll()
	return g.sort()
}

// graph is the records by time and id, and which of them wait for which. A
// record is known by its rank, its place in the slice.
type graph struct {
	records []*handoff.Record
	rank    map[string]int      // by id of a record
	first   map[declaration]int // the earliest record that declares a slug
	edges   []edge              // which records wait for which
	late    bool                // one of them waits for a later one

	snapshot *Resumed      // what was folded before, nil for nothing
	wants    []declaration // what is named and nowhere to be found
	circular bool          // records name each other in a circle
}

// edge says that one record waits for another.
type edge struct{ from, to int }

// declaration is a slug of one type of entry.
type declaration struct {
	typ  handoff.RefType
	slug string
}

func newGraph(records []*handoff.Record, snapshot *Resumed) *graph {
	g := &graph{
		records:  slices.Clone(records),
		rank:     make(map[string]int, len(records)),
		first:    make(map[declaration]int, len(records)/4),
		snapshot: snapshot,
	}
	sorting.By(g.records, CompareRecords)
	for i, r := range g.records {
		g.rank[r.ID] = i
		g.declare(i, r)
	}
	return g
}

// declare notes the slugs that a record declares and that none before it does.
func (g *graph) declare(i int, r *handoff.Record) {
	declarations(r, func(d declaration) {
		if d.typ == handoff.RefQuestion {
			g.want(declaration{handoff.RefAny, d.slug}) // a question cannot have the id of a record
		}
		if _, found := g.first[d]; !found && (g.snapshot == nil || !g.snapshot.declared(d)) {
			g.first[d] = i
		}
	})
}

// declarations calls note for every slug that a record declares.
func declarations(r *handoff.Record, note func(declaration)) {
	switch body := r.Body.(type) {
	case *handoff.Handoff:
		for _, item := range body.Items {
			note(declaration{handoff.RefItem, item.ID})
		}
		for _, b := range body.Blockers {
			note(declaration{handoff.RefBlocker, b.ID})
		}
		for _, q := range body.Questions {
			note(declaration{handoff.RefQuestion, q.ID})
		}
		for _, d := range body.Decisions {
			note(declaration{handoff.RefDecision, d.ID})
		}
	case *handoff.DecisionRecord:
		if body.Status != DecisionRejected { // which names what was proposed
			note(declaration{handoff.RefDecision, body.Topic})
		}
	}
}

// anyRef is what a subject may be when its kind does not say.
var anyRef = []handoff.RefType{handoff.RefItem, handoff.RefBlocker, handoff.RefQuestion, handoff.RefDecision}

// linkAll makes every record wait for everything that it names.
func (g *graph) linkAll() {
	for i, r := range g.records {
		references(r, func(ref string, types ...handoff.RefType) { g.after(i, ref, types...) })
	}
}

// references calls name for everything that a record names and that must come
// before it, with the types of entries that are expected there.
func references(r *handoff.Record, name func(ref string, types ...handoff.RefType)) {
	switch body := r.Body.(type) {
	case *handoff.Handoff:
		handoffReferences(body, name)
	case *handoff.Ack:
		name(body.Subject, handoff.RefBlocker, handoff.RefQuestion)
	case *handoff.Question:
		name(body.About, anyRef...)
	case *handoff.Answer:
		name(body.Question, handoff.RefQuestion)
	case *handoff.Resolution:
		name(body.Blocker, handoff.RefBlocker)
	case *handoff.DecisionRecord:
		decisionReferences(body.DecisionFields, name)
		if body.Status == DecisionRejected {
			name(declaration{handoff.RefDecision, body.Topic}.key(), handoff.RefDecision)
		}
	case *handoff.Escalation:
		name(body.Subject, anyRef...)
	case *handoff.Assignment:
		name(body.Item, handoff.RefItem)
		name(body.Via)
	case *handoff.Route:
		name(body.Subject, anyRef...)
		name(body.Ends)
	case *handoff.Withdrawal:
		name(body.Subject, handoff.RefQuestion)
	case *handoff.Gap:
		name(body.Subject, anyRef...)
	}
}

func handoffReferences(h *handoff.Handoff, name func(ref string, types ...handoff.RefType)) {
	name(h.Amends)
	for _, item := range h.Items {
		name(item.Continues, handoff.RefItem)
	}
	if h.Rollup != nil {
		for _, source := range h.Rollup.Sources {
			name(source.ID)
		}
	}
	for _, d := range h.Decisions {
		decisionReferences(d.DecisionFields, name)
	}
}

func decisionReferences(d handoff.DecisionFields, name func(ref string, types ...handoff.RefType)) {
	name(d.Answers, handoff.RefBlocker, handoff.RefQuestion)
	name(d.Supersedes, handoff.RefDecision)
	for _, topic := range d.Beside {
		name(topic, handoff.RefDecision)
	}
}

// after makes record i wait for what ref names: a record, else the first
// declaration of a slug as each of types.
func (g *graph) after(i int, ref string, types ...handoff.RefType) {
	if ref == "" {
		return
	}
	typ, name := handoff.SplitRef(ref)
	if typ == handoff.RefAny || typ == handoff.RefQuestion {
		if j, found := g.rank[name]; found {
			g.edge(j, i)
			return
		}
		if g.snapshot != nil && g.snapshot.f.findRecord(name) != nil {
			return
		}
		g.want(declaration{handoff.RefAny, name})
	}
	if typ != handoff.RefAny && len(types) > 0 {
		if !slices.Contains(types, typ) {
			return
		}
		types = []handoff.RefType{typ}
	}
	if !g.afterEarlier(i, name, types) {
		g.afterLater(i, name, types)
	}
}

// afterEarlier makes record i wait for the declarations before it, and reports
// whether there are any.
func (g *graph) afterEarlier(i int, name string, types []handoff.RefType) (any bool) {
	for _, t := range types {
		d := declaration{t, name}
		if j, found := g.first[d]; found && j <= i {
			g.edge(j, i)
			any = true
		}
		any = any || g.snapshot != nil && g.snapshot.declared(d)
	}
	return any
}

// afterLater makes record i wait for the declarations after it.
func (g *graph) afterLater(i int, name string, types []handoff.RefType) {
	for _, t := range types {
		if j, found := g.first[declaration{t, name}]; found {
			g.edge(j, i)
		} else {
			g.want(declaration{t, name})
		}
	}
}

// want notes that a name is nowhere to be found. It matters to a fold that goes
// on later.
func (g *graph) want(d declaration) {
	if g.snapshot != nil && (d.typ != handoff.RefAny || handoff.ValidID(d.slug)) {
		g.wants = append(g.wants, d)
	}
}

func (g *graph) edge(from, to int) {
	if from != to {
		g.edges = append(g.edges, edge{from, to})
		g.late = g.late || from > to
	}
}

// sort is Kahn's algorithm with the earliest ready record first. When none is
// ready, what is left holds a circle, and its earliest record goes on. Records
// that name only earlier ones, as nearly all do, are in order.
func (g *graph) sort() []*handoff.Record {
	if !g.late {
		return g.records
	}
	ordered := make([]*handoff.Record, 0, len(g.records))
	done := make([]bool, len(g.records))
	waits := make([]int, len(g.records))     // for how many records a record still waits
	waiting := make([][]int, len(g.records)) // who waits for a record
	for _, e := range g.edges {
		waits[e.to]++
		waiting[e.from] = append(waiting[e.from], e.to)
	}
	ready := make(ranks, 0, len(g.records))
	for i, n := range waits {
		if n == 0 {
			ready = append(ready, i) // ascending, so it is a heap
		}
	}
	for earliest := 0; len(ordered) < len(g.records); {
		if len(ready) == 0 {
			for done[earliest] {
				earliest++
			}
			ready = append(ready, earliest)
			g.circular = true
		}
		i := heap.Pop(&ready).(int)
		done[i] = true
		ordered = append(ordered, g.records[i])
		for _, j := range waiting[i] {
			if waits[j]--; waits[j] == 0 && !done[j] {
				heap.Push(&ready, j)
			}
		}
	}
	return ordered
}

// ranks is a heap with the smallest rank on top.
type ranks []int

func (r ranks) Len() int           { return len(r) }
func (r ranks) Less(i, j int) bool { return r[i] < r[j] }
func (r ranks) Swap(i, j int)      { r[i], r[j] = r[j], r[i] }
func (r *ranks) Push(x any)        { *r = append(*r, x.(int)) }

func (r *ranks) Pop() any {
	last := (*r)[len(*r)-1]
	*r = (*r)[:len(*r)-1]
	return last
}
