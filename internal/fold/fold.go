package fold

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/sorting"
)

// Of computes what a set of records means. It is a function of the set: the
// order of the slice and repeated records do not matter, and neither the clock
// nor anything else outside of it is asked.
//
// Records are applied in causal order, then by time, then by id. One that is
// not allowed where it stands changes nothing and becomes a [handoff.Problem]; of a
// handoff or an ack only the part that is not allowed is left out. Fold never
// fails and never panics, whatever the records say.
//
// The empty policy, and one that is not known, is [PolicyPerItem].
func Of(records []*handoff.Record, policy AckPolicy) *State {
	return Follow(records, policy, func(*handoff.Record, *State) {})
}

// Follow is [Of], and shows the state after each record that it folds. It is the
// state in the making: with the next record it is another one.
func Follow(records []*handoff.Record, policy AckPolicy, after func(*handoff.Record, *State)) *State {
	f := newFold(policy)
	f.order = causalOrder(f.admit(records))
	for _, r := range f.order {
		f.apply(r)
		after(r, f.State)
	}
	return f.State
}

// fold is a state in the making, with the books that only the making needs.
type fold struct {
	*State
	policy   AckPolicy
	snapshot *memory                    // what was folded before, nil for a fold that starts from nothing
	cited    map[string]*handoff.Record // records that entries of the snapshot name, by id
	absent   map[entryID]bool           // entries that the snapshot does not have
	count    int                        // how many records have been folded

	idle map[series][]string // ids of handoffs of which the sender holds nothing, waiting for the next of the series
}

// entryID names an entry.
type entryID struct {
	kind EntryKind
	key  string
}

// A series are the handoffs of one sender that replace one another: the
// ordinary ones, and apart from them the rollups of each scope.
type series struct{ by, level, scope string }

func newFold(policy AckPolicy) *fold {
	return &fold{
		State: &State{View: &View{
			Records:   make(map[string]*handoff.Record),
			Handoffs:  make(map[string]*Handoff),
			Items:     make(map[string]*Item),
			Blockers:  make(map[string]*Blocker),
			Questions: make(map[string]*Question),
			Decisions: make(map[string]*Decision),
			Backs:     make(map[string][]Back),
			Watched:   make(map[string][]Watched),
			Teams:     make(map[string]string),
			rounds:    make(map[string]string),
			names:     make(map[EntryKind][]string),
			alike:     make(map[alikeID][]string),
		}},
		policy: policy,
		cited:  make(map[string]*handoff.Record),
		absent: make(map[entryID]bool),
		idle:   make(map[series][]string),
	}
}

// admit puts the records into the state, one for each id, and returns them. What
// it finds wrong depends on no order, so it is sorted, and repeated records are
// reported once.
func (f *fold) admit(records []*handoff.Record) []*handoff.Record {
	f.Records = make(map[string]*handoff.Record, len(records))
	admitted := make([]*handoff.Record, 0, len(records))
	copies := make(map[string][]*handoff.Record) // only of the ids that come more than once
	for _, r := range records {
		if r == nil {
			continue
		}
		if p, ok := unusable(r); ok {
			f.Problems = append(f.Problems, p)
			continue
		}
		first, found := f.Records[r.ID]
		switch {
		case !found:
			f.Records[r.ID] = r
			admitted = append(admitted, r)
		case first != r:
			if len(copies[r.ID]) == 0 {
				copies[r.ID] = []*handoff.Record{first}
			}
			copies[r.ID] = append(copies[r.ID], r)
		}
	}
	for id, all := range copies {
		chosen, problems := choose(all)
		f.Records[id] = chosen
		f.Problems = append(f.Problems, problems...)
	}
	if len(copies) > 0 {
		for i, r := range admitted {
			admitted[i] = f.Records[r.ID]
		}
	}
	sorting.By(f.Problems, compareProblems)
	f.Problems = slices.Compact(f.Problems)
	return admitted
}

// unusable says why a record cannot take part at all.
func unusable(r *handoff.Record) (handoff.Problem, bool) {
	p := handoff.Problem{Record: r.ID, Path: r.Source.Path, Code: "HO101"}
	switch {
	case r.Body == nil || reflect.ValueOf(r.Body).IsNil():
		p.Code = "HO320"
		p.Message = fmt.Sprintf("kind %q is not known: a newer program wrote it", r.Kind)
	case !handoff.ValidID(r.ID):
		p.Message = fmt.Sprintf("%q is not the id of a record", r.ID)
	case !handoff.ValidHandle(r.By):
		p.Message = fmt.Sprintf("%q is not the handle of an author", r.By)
	case r.At.IsZero():
		p.Message = "the record does not say when it was written"
	default:
		return handoff.Problem{}, false
	}
	return p, true
}

// choose decides between the records of one id. Which one is arbitrary, but the
// same wherever the records arrive in another order.
func choose(copies []*handoff.Record) (*handoff.Record, []handoff.Problem) {
	digests := make(map[*handoff.Record]string, len(copies))
	for _, r := range copies {
		digests[r] = contentDigest(r)
	}
	sorting.By(copies, func(a, b *handoff.Record) int {
		return cmp.Or(
			cmp.Compare(digests[a], digests[b]), cmp.Compare(a.Source.Path, b.Source.Path),
			cmp.Compare(a.Source.Ref, b.Source.Ref), cmp.Compare(a.Source.Commit, b.Source.Commit),
		)
	})
	chosen := copies[0]
	var problems []handoff.Problem
	for i, r := range copies[1:] {
		if digests[r] == digests[copies[i]] {
			continue // the same bytes, read from another place
		}
		problems = append(problems, handoff.Problem{Record: r.ID, Path: r.Source.Path, Code: "HO903",
			Message: fmt.Sprintf("%s stands for two contents: %s counts, %s does not", r.ID, whereRead(chosen), whereRead(r))})
	}
	return chosen, problems
}

// contentDigest is the digest of the file, or of the canonical form of a
// record that comes from no file.
func contentDigest(r *handoff.Record) string {
	if r.Source.Digest != "" {
		return r.Source.Digest
	}
	text, err := handoff.Format(r)
	if err != nil {
		text = fmt.Appendf(nil, "%+v", r.Ext) // the only part that can lack a canonical form
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// whereRead names where a record was read.
func whereRead(r *handoff.Record) string {
	return cmp.Or(r.Source.Path, "a record without a file")
}

func compareProblems(a, b handoff.Problem) int {
	return cmp.Or(
		cmp.Compare(a.Record, b.Record), cmp.Compare(a.Path, b.Path),
		cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message),
	)
}

// apply folds one record into the state. Every record that it names and that
// exists has been folded before, unless they name each other in a circle.
func (f *fold) apply(r *handoff.Record) {
	f.count++
	f.meet(r)
	problems := len(f.Problems)
	switch body := r.Body.(type) {
	case *handoff.Handoff:
		f.handoff(r, body)
	case *handoff.Ack:
		f.ack(r, body)
	case *handoff.Question:
		f.question(r, body)
	case *handoff.Answer:
		f.answer(r, body)
	case *handoff.Resolution:
		f.resolution(r, body)
	case *handoff.DecisionRecord:
		f.decide(r, 0, handoff.Decision{ID: body.Topic, DecisionFields: body.DecisionFields})
	case *handoff.Escalation:
		f.escalation(r, body)
	case *handoff.Assignment:
		f.assignment(r, body)
	case *handoff.Route:
		f.route(r, body)
	case *handoff.Withdrawal:
		f.withdrawal(r, body)
	case *handoff.Gap:
		f.gap(r, body)
	}
	if r.Kind == handoff.KindHandoff || len(f.Problems) == problems {
		f.actOn(r)
	}
}

// meet notes the author of a record and the team that they are in.
func (f *fold) meet(r *handoff.Record) {
	team := f.findTeam(r.By)
	if h, ok := r.Body.(*handoff.Handoff); ok && h.Team != "" {
		team = h.Team
	}
	f.Teams[r.By] = team
}

// problem notes that r, or a part of it, was not allowed where it stands.
func (f *fold) problem(r *handoff.Record, code, format string, args ...any) {
	f.Problems = append(f.Problems, handoff.Problem{
		Record: r.ID, Path: r.Source.Path, Code: code, Message: fmt.Sprintf(format, args...),
	})
}

// mention adds a record to a history, once.
func mention(history *[]string, r *handoff.Record) {
	if n := len(*history); n == 0 || (*history)[n-1] != r.ID {
		*history = append(*history, r.ID)
	}
}

// mentionSubject adds r to the history of everything that ref may mean. It
// reports whether there is any such entry, or an other record of that id.
func (f *fold) mentionSubject(r *handoff.Record, ref string) bool {
	known := ref != r.ID && f.findRecord(ref) != nil
	if it := f.itemRef(ref); it != nil {
		mention(&it.History, r)
		known = true
	}
	if b := f.blockerRef(ref); b != nil {
		mention(&b.History, r)
		known = true
	}
	if q := f.questionRef(ref); q != nil {
		mention(&q.History, r)
		known = true
	}
	return known || f.decisionRef(ref) != nil
}

// gap keeps a report on how the handoff of something failed.
func (f *fold) gap(r *handoff.Record, g *handoff.Gap) {
	if !f.mentionSubject(r, g.Subject) {
		f.problem(r, "HO320", "reports a gap in %q, of which no record speaks", g.Subject)
		return
	}
	f.Gaps = append(f.Gaps, r)
	f.gapBack(r, g)
}
