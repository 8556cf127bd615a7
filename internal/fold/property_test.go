package fold

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
	"pgregory.net/rapid"
)

// The worlds of the generators are small, so that records meet.
var (
	people = []string{"ana", "ben", "cleo", "lee"}
	slugs  = []string{"api", "web", "tls", "db"}
	states = []string{handoff.StatusReady, handoff.StatusInProgress, handoff.StatusInReview, handoff.StatusBlocked}
)

// history draws records of which most refer to each other as people would, and
// some as nobody should: to themselves, to what is not there, in circles, with
// clocks that are off, under an id that is taken.
type history struct {
	t       *rapid.T
	records []*handoff.Record
}

func drawHistory(t *rapid.T) []*handoff.Record {
	h := &history{t: t}
	for n := rapid.IntRange(0, 40).Draw(t, "records"); len(h.records) < n; {
		h.add()
	}
	return h.records
}

func (h *history) add() {
	n := len(h.records)
	if n > 0 && h.rarely() {
		n = h.below(n) // an id that is taken
	}
	at := day.Add(time.Duration(len(h.records)) * time.Hour)
	switch {
	case h.rarely():
		at = at.Add(time.Duration(h.below(100)-50) * time.Hour)
	case len(h.records) > 0 && h.below(3) == 0:
		at = h.records[len(h.records)-1].At.Add(time.Duration(h.below(3)) * handoff.Precision)
	}
	by := h.pick(people)
	h.records = append(h.records, handoff.New(recordID(n), at, by, h.body(by)))
	h.undo(h.records[len(h.records)-1])
}

// recordID is the id of the nth record of a history.
func recordID(n int) string { return fmt.Sprintf("%08d", n) }

func (h *history) below(n int) int             { return rapid.IntRange(0, n-1).Draw(h.t, "n") }
func (h *history) rarely() bool                { return h.below(12) == 0 }
func (h *history) pick(list []string) string   { return list[h.below(len(list))] }
func (h *history) some(list []string) []string { return list[:h.below(len(list)+1)] }

func (h *history) body(by string) handoff.Body {
	switch h.below(16) {
	default:
		return h.handoff(by)
	case 4, 5, 6:
		return &handoff.Ack{Subject: h.earlier(handoff.KindHandoff, ""), Outcome: handoff.OutcomeAccepted, Take: h.some(slugs)}
	case 7:
		ack := &handoff.Ack{Subject: h.earlier(handoff.KindHandoff, ""), Outcome: h.pick(outcomes), Take: h.some(slugs)}
		for _, item := range h.some(slugs) {
			ack.Gaps = append(ack.Gaps, handoff.GapNote{Item: item})
		}
		return ack
	case 8:
		kind := h.pick([]string{string(handoff.KindEscalation), string(handoff.KindAssignment)})
		return &handoff.Ack{Subject: h.earlier(handoff.Kind(kind), ""), Outcome: h.pick(outcomes), Take: h.some(slugs)}
	case 9:
		return &handoff.Question{About: h.ref(), Ask: h.pick(slugs), To: h.pick(people)}
	case 10:
		closes := h.below(2) == 0
		return &handoff.Answer{Question: h.earlier(handoff.KindQuestion, ""), Closes: &closes}
	case 11:
		return &handoff.Resolution{Blocker: h.pick(slugs), Outcome: h.pick(Resolutions)}
	case 12:
		return &handoff.DecisionRecord{Topic: h.pick(slugs), DecisionFields: h.decision()}
	case 13:
		return h.withdrawal(by)
	case 14:
		return h.assignment(by)
	case 15:
		return h.note()
	}
}

// assignment offers an item.
func (h *history) assignment(by string) handoff.Body {
	a := &handoff.Assignment{Item: h.pick(slugs), To: h.pick(people)}
	if h.below(3) == 0 {
		a.Next = h.pick(slugs)
	}
	return a
}

// undo gives back at once what an ack may have taken.
func (h *history) undo(taken *handoff.Record) {
	ack, ok := taken.Body.(*handoff.Ack)
	of := slices.IndexFunc(h.records, func(r *handoff.Record) bool { return ok && r.ID == ack.Subject })
	if of < 0 || len(ack.Take) == 0 || h.below(2) == 0 {
		return
	}
	back := &handoff.Assignment{Item: h.pick(ack.Take), To: h.records[of].By, Via: taken.ID}
	h.records = append(h.records, handoff.New(recordID(len(h.records)), taken.At.Add(handoff.Precision), taken.By, back))
}

func (h *history) withdrawal(by string) handoff.Body {
	kind := h.pick([]string{string(handoff.KindHandoff), string(handoff.KindEscalation), string(handoff.KindQuestion)})
	return &handoff.Withdrawal{Subject: h.earlier(handoff.Kind(kind), by)}
}

func (h *history) note() handoff.Body {
	switch h.below(5) {
	case 0:
		return h.route()
	case 1:
		return &handoff.Gap{Subject: h.ref()}
	case 2:
		kind := h.pick([]string{string(handoff.KindAck), string(handoff.KindAnswer), string(handoff.KindResolution), string(handoff.KindGap)})
		return &handoff.Ack{Subject: h.earlier(handoff.Kind(kind), ""), Outcome: handoff.OutcomeSeen}
	}
	subject := h.pick([]string{h.pick(slugs), h.ref(), h.earlier(handoff.KindHandoff, ""), h.earlier(handoff.KindQuestion, "")})
	return &handoff.Escalation{Subject: subject, To: h.pick(append([]string{"", "team:qa"}, people...)), Level: h.below(5)}
}

// route tells somebody, or a target.
func (h *history) route() handoff.Body {
	r := &handoff.Route{Subject: h.ref(), To: h.pick(slugs)}
	if h.below(3) > 0 {
		r.State = h.pick([]string{handoff.RouteSending, handoff.RouteSent, handoff.RouteFailed})
		r.Key, r.Told, r.Ends = h.pick(slugs), h.some(people), h.earlier(handoff.KindRoute, "")
		r.Deadline = handoff.Time{Time: day.Add(time.Duration(h.below(9)) * time.Hour)}
		if h.below(2) == 0 {
			r.Deadline = handoff.Time{}
		}
	}
	return r
}

// earlier names one of the last few records of a kind, by somebody if by is
// not empty; else anything.
func (h *history) earlier(kind handoff.Kind, by string) string {
	var ids []string
	for _, r := range slices.Backward(h.records) {
		if r.Kind == kind && (by == "" || r.By == by) && len(ids) < 4 {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 || h.rarely() {
		return h.ref()
	}
	return h.pick(ids)
}

func (h *history) handoff(by string) *handoff.Handoff {
	body := &handoff.Handoff{To: h.some(append([]string{"team:qa"}, people...))}
	for range h.below(4) {
		item := work(h.pick(slugs), h.pick(states), h.some(people)...)
		item.Owner = h.pick(people)
		if h.rarely() {
			item.Reopened = "again"
		}
		if h.below(6) == 0 {
			item.Continues = h.pick(slugs)
		}
		body.Items = append(body.Items, item)
	}
	for range h.below(2) {
		body.Blockers = append(body.Blockers, handoff.Blocker{ID: h.pick(slugs), Resolver: h.pick(people), Blocks: h.some(slugs)})
		body.Shipped = append(body.Shipped, handoff.Shipped{ID: h.pick(slugs)})
		body.Questions = append(body.Questions, handoff.OpenQuestion{ID: h.pick(slugs), Ask: h.pick(slugs)})
	}
	if h.below(4) == 0 {
		body.Decisions = append(body.Decisions, handoff.Decision{ID: h.pick(slugs), DecisionFields: h.decision()})
		body.Dropped = append(body.Dropped, handoff.Reasoned{ID: h.pick(slugs)})
	}
	if h.below(3) == 0 {
		body.Amends = h.earlier(handoff.KindHandoff, by)
	}
	for range h.below(3) {
		body.Watch = append(body.Watch, handoff.Watch{What: h.pick(slugs)})
		body.Standing = append(body.Standing, handoff.Standing{What: h.pick(states), Until: handoff.Time{Time: day.Add(time.Duration(h.below(60)) * time.Hour)}})
		body.Ended = append(body.Ended, handoff.Ended{What: h.pick(slugs)})
	}
	if h.rarely() {
		body.Rollup = &handoff.Rollup{Level: "team", Sources: []handoff.RollupSource{{ID: h.ref()}}}
	}
	return body
}

func (h *history) decision() handoff.DecisionFields {
	return handoff.DecisionFields{
		Decision: h.pick(slugs), Items: h.some(slugs), Answers: h.ref(), Supersedes: h.pick(append([]string{""}, slugs...)), Beside: h.some(slugs),
		Status: h.pick([]string{"", DecisionProposed, DecisionAccepted, DecisionSuperseded, DecisionReversed, DecisionRejected, "?"}),
	}
}

// ref names a record, past or to come, or a slug, or nothing.
func (h *history) ref() string {
	switch h.below(8) {
	case 0:
		return h.pick(slugs)
	case 1:
		return h.pick([]string{"item:", "blk:", "q:", "dec:", "", "x:"}) + h.pick(append([]string{""}, slugs...))
	case 2:
		return recordID(h.below(len(h.records) + 3))
	}
	return recordID(max(0, len(h.records)-1-h.below(4)))
}

func TestFoldIgnoresArrival(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := drawHistory(t)
		policy := rapid.SampledFrom([]AckPolicy{"", PolicyPerItem, PolicyAny, PolicyAll}).Draw(t, "policy")
		want := Of(records, policy)

		shuffled := rapid.Permutation(records).Draw(t, "arrival")
		sameState(t, "another order", Of(shuffled, policy), want)

		// Two clones that share a part, merged.
		left := shuffled[:rapid.IntRange(0, len(records)).Draw(t, "left")]
		right := shuffled[rapid.IntRange(0, len(left)).Draw(t, "right"):]
		sameState(t, "two parts", Of(slices.Concat(right, left), policy), want)
	})
}

func sameState(t *rapid.T, what string, got, want *State) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s gives another state\ngot  %q\nwant %q", what, dump(got), dump(want))
	}
}

func TestFoldLeavesRecordsAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := drawHistory(t)
		var before []string
		for _, r := range records {
			before = append(before, contentDigest(r))
		}
		Of(records, "")
		for i, r := range records {
			if contentDigest(r) != before[i] {
				t.Fatalf("%s has changed", r.ID)
			}
		}
	})
}

// At every step, each item has one custodian, by the right of a record of
// theirs, and moves only by an ack of the new one, or back to whom it was taken from
// by who took it. What the books count is what a look at everything would.
func TestFoldKeepsCustody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := newFold(rapid.SampledFrom([]AckPolicy{PolicyPerItem, PolicyAny, PolicyAll}).Draw(t, "policy"))
		f.order = causalOrder(f.admit(drawHistory(t)))
		for _, r := range f.order {
			before := snapshot(f.State)
			f.apply(r)
			for id, it := range f.Items {
				checkItem(t, f, it)
				checkMove(t, r, before[id], it)
			}
			checkBooks(t, f)
		}
		checkHolds(t, f.State)
	})
}

func snapshot(s *State) map[string]Item {
	items := make(map[string]Item)
	for id, it := range s.Items {
		items[id] = *it
	}
	return items
}

func checkItem(t *rapid.T, f *fold, it *Item) {
	given := f.Records[it.HeldBy]
	if it.Holder == "" || given == nil || given.By != it.Holder {
		t.Fatalf("%s is held by %q since %q", it.ID, it.Holder, it.HeldBy)
	}
	if given.Kind != handoff.KindHandoff && given.Kind != handoff.KindAck {
		t.Fatalf("%s was given by a record of kind %s", it.ID, given.Kind)
	}
	if it.Offer != nil && (!it.Live() || it.Offer.From != it.Holder || slices.Contains(it.Offer.To, it.Holder)) {
		t.Fatalf("%s is offered: %+v", describeItem(it), *it.Offer)
	}
}

func checkMove(t *rapid.T, r *handoff.Record, before Item, it *Item) {
	if before.Holder == "" || before.Holder == it.Holder {
		return
	}
	if a, ok := r.Body.(*handoff.Assignment); ok && r.By == before.Holder && a.Via == before.HeldBy && a.To == it.Holder {
		return
	}
	if r.By != it.Holder || r.Kind != handoff.KindAck && before.Live() {
		t.Fatalf("%s moved from %s to %s by the %s %s of %s", it.ID, before.Holder, it.Holder, r.Kind, r.ID, r.By)
	}
}

func checkBooks(t *rapid.T, f *fold) {
	for id, hs := range f.Handoffs {
		standing, kept, back := 0, 0, 0
		for _, it := range f.Items {
			if it.Declared == id && it.Live() {
				standing++
				if it.Holder == hs.Record.By {
					kept++
					if f.Records[it.HeldBy].Kind == handoff.KindAck {
						back++
					}
				}
			}
		}
		if hs.standing != standing || hs.stillHeld != kept {
			t.Fatalf("%s: books %d %d, in truth %d %d", id, hs.standing, hs.stillHeld, standing, kept)
		}
		// What its sender has taken back since is for their next handoff to say.
		if hs.State == HandoffClosed && standing > 0 || hs.State == HandoffSuperseded && f.latest(hs) == hs && kept > back {
			t.Fatalf("%s is %s with %d items, %d of them kept and %d taken back", id, hs.State, standing, kept, back)
		}
	}
}

// checkHolds checks that nothing alive is nobody's.
func checkHolds(t *rapid.T, s *State) {
	held := make(map[string]bool)
	for _, who := range people {
		c := s.Holds(who)
		for _, it := range c.Items {
			held[it.ID] = true
		}
		if !slices.IsSortedFunc(c.Items, CompareItems) || !slices.IsSortedFunc(c.Blockers, CompareBlockers) {
			t.Fatalf("what %s holds is not in order", who)
		}
	}
	for id, it := range s.Items {
		if held[id] != it.Live() {
			t.Fatalf("%s: live %t, held %t", id, it.Live(), held[id])
		}
	}
}

// Every record comes after those that it names, unless there is a circle.
func TestFoldOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := drawHistory(t)
		s := Of(records, "")
		if len(s.Order()) != len(s.Records) {
			t.Fatalf("%d of %d records are in the order", len(s.Order()), len(s.Records))
		}
		g := newGraph(slices.Collect(maps.Values(s.Records)), nil)
		g.linkAll()
		place := make(map[string]int)
		for i, r := range s.Order() {
			place[r.ID] = i
		}
		circular := circularRanks(g)
		for _, e := range g.edges {
			before, after := g.records[e.from].ID, g.records[e.to].ID
			if place[before] > place[after] && !circular[e.to] {
				t.Fatalf("%s comes after %s, which names it", before, after)
			}
		}
	})
}

// circularRanks returns what is left when everything that waits for no circle
// is taken away.
func circularRanks(g *graph) map[int]bool {
	left := make(map[int]bool)
	for i := range g.records {
		left[i] = true
	}
	for changed := true; changed; {
		changed = false
		for i := range g.records {
			waits := slices.ContainsFunc(g.edges, func(e edge) bool { return e.to == i && left[e.from] })
			if left[i] && !waits {
				delete(left, i)
				changed = true
			}
		}
	}
	return left
}

// FuzzFold folds whatever parses. Documents are separated by a line of dashes.
func FuzzFold(f *testing.F) {
	f.Add([]byte("schema: handoff/v1\nkind: handoff\nid: k3f9q2m7\nat: 2026-11-20T10:02:11Z\nby: ana\nto: [ben]\n" +
		"items: [{id: api, status: ready, next: [{do: go, owner: ben}]}]\n---\n" +
		"kind: ack\nid: k3f9q2m8\nat: 2026-11-20T10:02:11Z\nby: ben\nsubject: k3f9q2m7\noutcome: accepted\ntake: [api]\n"))
	f.Add([]byte("kind: handoff\nid: k3f9q2m7\nat: 0000-01-01T00:00:00Z\nby: ana\namends: k3f9q2m7\nblockers: [{id: a, blocks: [a]}]\n" +
		"rollup: {sources: [{id: k3f9q2m7}]}\n---\nkind: resolution\nid: k3f9q2m9\nat: 9999-12-31T23:59:59Z\nby: ana\nblocker: a\noutcome: resolved\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var records []*handoff.Record
		for _, document := range bytes.Split(data, []byte("---\n")) {
			records = append(records, handoff.Parse(document, "").Record)
		}
		s := Of(records, "")
		slices.Reverse(records)
		if again := Of(records, ""); !reflect.DeepEqual(s, again) {
			t.Errorf("backwards it is another state\n%q\n%q", dump(s), dump(again))
		}
		for _, r := range records {
			if r != nil {
				_, _ = s.Resolve(r.ID, r.By)
				s.Holds(r.By)
			}
		}
		s.Current()
	})
}

// What is drawn here is read alike by both readers.
func TestCanonicalRecordsAreReadAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, r := range drawHistory(t) {
			data, err := handoff.Format(r)
			if err != nil {
				t.Fatal(err)
			}
			fast, doc := handoff.ParseCanonical(data), handoff.Parse(data, "")
			if fast == nil || len(doc.Findings) > 0 || !reflect.DeepEqual(fast, doc.Record) {
				t.Fatalf("read as %+v\nand as %+v\nfindings %v\n%s", fast, doc.Record, doc.Findings, data)
			}
		}
	})
}
