package fold

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// day is when the stories of the tests begin.
var day = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// step is a record of a story. Its id is padded to a whole one, its time is a
// minute after the step before, plus skew.
type step struct {
	id, by string
	body   handoff.Body
	skew   time.Duration
}

func story(steps ...step) []*handoff.Record {
	var records []*handoff.Record
	for i, s := range steps {
		records = append(records, handoff.New(pad(s.id), day.Add(time.Duration(i)*time.Minute+s.skew), s.by, s.body))
	}
	return records
}

func pad(id string) string { return (id + "00000000")[:handoff.IDLength] }

// work is an item whose next steps are for the given people.
func work(id, status string, next ...string) handoff.Item {
	item := handoff.Item{ID: id, Status: status, Owner: "ana", State: "the state of " + id}
	for _, who := range next {
		item.Next = append(item.Next, handoff.Next{Do: "go on with " + id, Owner: who})
	}
	return item
}

func items(list ...handoff.Item) *handoff.Handoff {
	return &handoff.Handoff{To: handoff.List[string]{"ben"}, Items: list}
}

func accepted(subject string, take ...string) *handoff.Ack {
	return &handoff.Ack{Subject: pad(subject), Outcome: handoff.OutcomeAccepted, Take: take}
}

func verdict(subject, outcome string) *handoff.Ack {
	return &handoff.Ack{Subject: pad(subject), Outcome: outcome}
}

func blocked(id string, blocks ...string) *handoff.Handoff {
	return &handoff.Handoff{Blockers: handoff.List[handoff.Blocker]{{ID: id, Needs: "a reply", Resolver: "sarah", Blocks: blocks}}}
}

func decided(topic, what, supersedes string) *handoff.DecisionRecord {
	return &handoff.DecisionRecord{Topic: topic, DecisionFields: handoff.DecisionFields{Decision: what, Rationale: "it is cheap", Supersedes: supersedes}}
}

func amending(id string, h *handoff.Handoff) *handoff.Handoff {
	h.Amends = pad(id)
	return h
}

func rollup(h *handoff.Handoff) *handoff.Handoff {
	h.Rollup = &handoff.Rollup{Level: "team", Scope: "payments"}
	return h
}

// dump writes all that a state says, a line for each entry, in a fixed order.
func dump(s *State) []string {
	var lines []string
	add := func(format string, args ...any) {
		lines = append(lines, strings.ReplaceAll(fmt.Sprintf(format, args...), "000000", ""))
	}
	for _, id := range slices.Sorted(maps.Keys(s.Handoffs)) {
		add("handoff %s", describeHandoff(s.Handoffs[id]))
	}
	for _, id := range slices.Sorted(maps.Keys(s.Items)) {
		add("item %s", describeItem(s.Items[id]))
	}
	for _, id := range slices.Sorted(maps.Keys(s.Blockers)) {
		add("blocker %s", describeBlocker(s.Blockers[id]))
	}
	for _, id := range slices.Sorted(maps.Keys(s.Questions)) {
		q := s.Questions[id]
		add("question %s %s: round %d by %s, %d answers", id, q.State, q.Rounds, q.By, len(q.Answers))
	}
	for _, id := range slices.Sorted(maps.Keys(s.Decisions)) {
		add("decision %s", describeDecision(s.Decisions[id]))
	}
	for _, kind := range []EntryKind{EntryHandoff, EntryItem, EntryBlocker, EntryQuestion} {
		for _, key := range slices.Sorted(shelves[kind].keys(s.View)) {
			for _, e := range escalationsOf(s.View, kind, key) {
				add("escalation %s of %s", describeEscalation(e), key)
			}
		}
	}
	for _, who := range slices.Sorted(maps.Keys(s.Backs)) {
		for _, b := range s.Backs[who] {
			add("back to %s: %s %s by %s, items %v", who, b.Subject, b.Kind, b.Cause.ID, b.Items)
		}
	}
	for _, who := range slices.Sorted(maps.Keys(s.Watched)) {
		for _, w := range s.Watched[who] {
			add("watched %s by %s, declared in %s, theirs since %s", w.What, who, w.Declared, w.HeldBy)
		}
	}
	for _, r := range s.Gaps {
		add("gap %s", r.ID)
	}
	for _, p := range s.Problems {
		add("problem %s %s %s", p.Record, p.Code, p.Message)
	}
	return lines
}

func describeHandoff(h *Handoff) string {
	text := h.Record.ID + " " + h.State
	if h.SupersededBy != "" {
		text += " by " + h.SupersededBy
	}
	if h.Verdict != nil {
		text += ", verdict " + h.Verdict.ID
	}
	for _, item := range slices.Sorted(maps.Keys(h.Taken)) {
		text += ", " + item + " taken by " + h.Taken[item]
	}
	if h.First != h.Record.ID {
		text += ", chain of " + h.First
	}
	if len(h.Questions) > 0 {
		text += ", asked " + strings.Join(h.Questions, " ")
	}
	return text
}

func describeItem(i *Item) string {
	text := fmt.Sprintf("%s %s x%d: %s since %s", i.ID, i.Status, i.Carried, i.Holder, i.HeldBy)
	if i.Offer != nil {
		text += fmt.Sprintf(", offered to %s by %s", strings.Join(i.Offer.To, " "), i.Offer.Record)
	}
	if !i.Live() {
		text += fmt.Sprintf(", %s by %s", i.Closed, i.ClosedBy)
	}
	if i.Owner != "ana" {
		text += ", owner " + i.Owner
	}
	if i.ProposedOwner != "" {
		text += ", owner to be " + i.ProposedOwner
	}
	if len(i.Was)+len(i.Became) > 0 {
		text += fmt.Sprintf(", was %v, became %v: %v", i.Was, i.Became, i.History)
	}
	return text
}

func describeBlocker(b *Blocker) string {
	text := fmt.Sprintf("%s %s", b.ID, b.State)
	if b.Level() > 0 {
		text += fmt.Sprintf(" level %d", b.Level())
	}
	if b.Reopened > 0 {
		text += fmt.Sprintf(", reopened %d", b.Reopened)
	}
	if b.AnsweredBy != "" {
		text += ", answered by " + b.AnsweredBy
	}
	for _, span := range b.Spans {
		text += ", " + span.From.Sub(day).String() + " to "
		if span.To.IsZero() {
			text += "now"
		} else {
			text += span.To.Sub(day).String()
		}
	}
	return text
}

func describeDecision(d *Decision) string {
	text := fmt.Sprintf("%s %s in %s: %s", d.ID, d.State, d.Record, d.Decision.Decision)
	if d.SupersededBy != "" {
		text += ", superseded by " + d.SupersededBy
	}
	if p := d.Proposal; p != nil {
		text += ", " + p.State + " " + p.Record
		for _, earlier := range p.Earlier() {
			text += ", after " + earlier.State + " " + earlier.Record + " by " + earlier.By + ": " + earlier.Decision.Decision
		}
	}
	for _, earlier := range d.Earlier() {
		text += fmt.Sprintf(", before %s in %s by %s: %s", earlier.State, earlier.Record, earlier.By, earlier.Decision.Decision)
	}
	return text
}

func escalationsOf(v *View, kind EntryKind, key string) []*Escalation {
	switch kind {
	case EntryHandoff:
		return v.Handoffs[key].Escalations
	case EntryItem:
		return v.Items[key].Escalations
	case EntryBlocker:
		return v.Blockers[key].Escalations
	}
	return v.Questions[key].Escalations
}

func describeEscalation(e *Escalation) string {
	text := fmt.Sprintf("%s to %s level %d %s", e.Record.ID, e.To, e.Level, e.State())
	for _, r := range []*handoff.Record{e.TakenUp, e.Declined, e.Over} {
		if r != nil {
			text += " " + r.ID
		}
	}
	if len(e.Seen) > 0 {
		text += " seen by " + strings.Join(e.Seen, " ")
	}
	return text
}

// foldCase is a story, lines that the dump of its state must hold, and the
// problems, which must be exactly these.
type foldCase struct {
	name     string
	steps    []step
	policy   AckPolicy
	want     []string
	problems []string
}

func runFoldCases(t *testing.T, cases []foldCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			lines := dump(Of(story(c.steps...), c.policy))
			var problems []string
			for _, line := range lines {
				if text, ok := strings.CutPrefix(line, "problem "); ok {
					problems = append(problems, text)
				}
			}
			for _, want := range c.want {
				if !slices.Contains(lines, want) {
					t.Errorf("no line %q", want)
				}
			}
			if !slices.Equal(problems, c.problems) {
				t.Errorf("problems %q, want %q", problems, c.problems)
			}
			if t.Failed() {
				t.Logf("the state is\n%s", strings.Join(lines, "\n"))
			}
		})
	}
}

func TestFoldCustody(t *testing.T) {
	runFoldCases(t, []foldCase{
		{
			name:  "publishing is not transfer",
			steps: []step{{"h1", "ana", items(work("api", "ready", "ana", "ben", "team", "ben")), 0}},
			want:  []string{"handoff h1 published", "item api ready x1: ana since h1, offered to ben team by h1"},
		}, {
			name: "an ack takes",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"a1", "ben", accepted("h1", "item:api"), 0},
			},
			want: []string{"handoff h1 accepted, verdict a1, api taken by ben", "item api ready x1: ben since a1"},
		}, {
			name: "an ack whose clock runs behind takes too",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"a1", "ben", accepted("h1", "api"), -time.Hour},
			},
			want: []string{"item api ready x1: ben since a1"},
		}, {
			name: "somebody else steps in",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"a1", "cleo", accepted("h1", "api"), 0},
			},
			want: []string{"item api ready x1: cleo since a1"},
		}, {
			name: "the first of two takes holds",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "team"), work("web", "ready", "team")), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
				{"a2", "cleo", accepted("h1", "api", "web"), 0},
			},
			want: []string{
				"item api ready x1: ben since a1", "item web ready x1: cleo since a2",
				"handoff h1 accepted, verdict a2, api taken by ben, web taken by cleo",
			},
			problems: []string{"a2 HO320 api is held by ben since a1"},
		}, {
			name: "an item that was not offered stays",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ana"), work("web", "ready", "ben")), 0},
				{"a1", "ben", accepted("h1", "api", "web", "nothing"), 0},
			},
			want: []string{"item api ready x1: ana since h1", "item web ready x1: ben since a1"},
			problems: []string{
				"a1 HO320 takes api, which ana offers to nobody", `a1 HO103 takes "nothing", which h1 does not list`,
			},
		}, {
			name: "taking twice is once",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"a1", "ben", accepted("h1", "api", "api"), 0},
				{"a2", "ben", accepted("h1", "api"), 0},
			},
			want: []string{"item api ready x1: ben since a1"},
		}, {
			name: "only the holder declares",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"h2", "cleo", items(work("api", "blocked"), work("web", "ready")), 0},
			},
			want: []string{
				"item api ready x1: ana since h1, offered to ben by h1", "item web ready x1: cleo since h2",
			},
			problems: []string{"h2 HO320 api is held by ana since h1"},
		}, {
			name: "only the holder ships",
			steps: []step{
				{"h1", "ana", items(work("api", "ready"), work("web", "ready")), 0},
				{"h2", "ben", &handoff.Handoff{
					Shipped: handoff.List[handoff.Shipped]{{ID: "api", What: "x"}, {ID: "unheard-of", What: "y"}, {What: "z"}},
					Dropped: []handoff.Reasoned{{ID: "web", Why: "x"}},
				}, 0},
			},
			want: []string{"item api ready x1: ana since h1", "item web ready x1: ana since h1"},
			problems: []string{
				"h2 HO320 api is held by ana since h1", "h2 HO320 web is held by ana since h1",
			},
		}, {
			name: "a declaration without receivers ends the offer",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"h2", "ana", items(work("api", "in_progress", "ana")), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
			},
			want:     []string{"handoff h1 superseded by h2", "item api in_progress x1: ana since h1"},
			problems: []string{"a1 HO320 takes api, which ana offers to nobody"},
		}, {
			name: "the receiver hands on",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
				{"h2", "ben", items(work("api", "ready", "cleo")), 0},
				{"a2", "cleo", accepted("h2", "api"), 0},
			},
			want: []string{
				"item api ready x2: cleo since a2",
				"handoff h1 closed, verdict a1, api taken by ben", "handoff h2 accepted, verdict a2, api taken by cleo",
			},
		}, {
			name: "one handoff lists an item twice",
			steps: []step{
				{"h1", "ana", items(work("api", "ready"), work("api", "blocked"), work("", "ready")), 0},
			},
			want:     []string{"item api ready x1: ana since h1"},
			problems: []string{"h1 HO320 api is listed twice", "h1 HO320 an item has no id"},
		},
	})
}

func TestFoldItemLife(t *testing.T) {
	reopened := work("api", "ready")
	reopened.Reopened = "it broke again"
	bensNow, bensLater := work("api", "ready", "ben"), work("api", "in_progress", "ben")
	bensLater.Owner = "ben"
	runFoldCases(t, []foldCase{
		{
			name: "carried is counted",
			steps: []step{
				{"h1", "ana", items(work("api", "ready")), 0},
				{"h2", "ana", items(work("api", "ready")), 0},
				{"h3", "ana", amending("h2", items(work("api", "ready"))), 0},
				{"h4", "ana", items(work("api", "ready")), 0},
				{"h5", "ana", items(work("web", "ready"), work("api", "blocked")), 0},
			},
			want: []string{"item api blocked x1: ana since h1"},
		}, {
			name: "an amendment is not carried once more",
			steps: []step{
				{"h1", "ana", items(work("api", "ready")), 0},
				{"h2", "ana", items(work("api", "ready")), 0},
				{"h3", "ana", amending("h2", items(work("api", "ready"))), 0},
			},
			want: []string{"item api ready x2: ana since h1"},
		}, {
			name: "shipped items do not come back by themselves",
			steps: []step{
				{"h1", "ana", items(work("api", "ready")), 0},
				{"h2", "ana", &handoff.Handoff{Shipped: handoff.List[handoff.Shipped]{{ID: "api"}}}, 0},
				{"h3", "ana", items(work("api", "ready")), 0},
			},
			want:     []string{"item api ready x1: ana since h1, shipped by h2", "handoff h1 superseded by h2"},
			problems: []string{"h3 HO305 api was shipped in h2: say in `reopened` why it is back"},
		}, {
			name: "reopened by anybody",
			steps: []step{
				{"h1", "ana", items(work("api", "ready")), 0},
				{"h2", "ana", &handoff.Handoff{Dropped: []handoff.Reasoned{{ID: "api"}}}, 0},
				{"h3", "ben", items(reopened), 0},
			},
			want: []string{"item api ready x1: ben since h3"},
		}, {
			name: "an amendment takes a slip back",
			steps: []step{
				{"h1", "ana", items(work("api", "ready")), 0},
				{"h2", "ana", &handoff.Handoff{Shipped: handoff.List[handoff.Shipped]{{ID: "api"}}}, 0},
				{"h3", "ana", amending("h2", items(work("api", "ready"))), 0},
			},
			want: []string{"item api ready x1: ana since h3"},
		}, {
			name: "shipping twice",
			steps: []step{
				{"h1", "ana", items(work("api", "ready")), 0},
				{"h2", "ana", &handoff.Handoff{Shipped: handoff.List[handoff.Shipped]{{ID: "api"}}}, 0},
				{"h3", "ana", &handoff.Handoff{Shipped: handoff.List[handoff.Shipped]{{ID: "api"}}}, 0},
				{"h4", "ben", &handoff.Handoff{Dropped: []handoff.Reasoned{{ID: "api"}}}, 0},
			},
			want:     []string{"item api ready x1: ana since h1, shipped by h2"},
			problems: []string{"h4 HO320 api was shipped by ana in h2"},
		}, {
			name: "a new owner must agree",
			steps: []step{
				{"h1", "ana", items(bensNow), 0},
				{"h2", "ana", items(bensLater), 0},
				{"a1", "cleo", accepted("h2"), 0},
			},
			want: []string{"item api in_progress x1: ana since h1, offered to ben by h2, owner to be ben"},
		}, {
			name: "a new owner agrees with an ack",
			steps: []step{
				{"h1", "ana", items(bensNow), 0},
				{"h2", "ana", items(bensLater), 0},
				{"a1", "ben", accepted("h2", "api"), 0},
			},
			want: []string{"item api in_progress x1: ben since a1, owner ben"},
		}, {
			name: "the holder may make themselves the owner",
			steps: []step{
				{"h1", "ana", items(bensNow), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
				{"h2", "ben", items(bensLater), 0},
			},
			want: []string{"item api in_progress x1: ben since a1, owner ben"},
		},
	})
}

func TestFoldInheritsIntent(t *testing.T) {
	first, second := work("api", "ready"), work("api", "ready")
	first.Intent = "so that refunds are paid in a day"
	s := Of(story(step{"h1", "ana", items(first), 0}, step{"h2", "ana", items(second), 0}), "")
	if got := s.Items["api"].Intent; got != first.Intent {
		t.Errorf("intent %q", got)
	}
	if second.Intent != "" || s.Handoffs[pad("h2")].Items[0].Intent != "" {
		t.Error("the fold wrote into a record")
	}
}

func TestFoldHandoffStates(t *testing.T) {
	two := func() *handoff.Handoff {
		return &handoff.Handoff{To: handoff.List[string]{"ben", "team:qa"}, Items: handoff.List[handoff.Item]{work("api", "ready", "ben"), work("web", "ready", "team:qa")}}
	}
	runFoldCases(t, []foldCase{
		{
			name: "seen moves nothing",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"a1", "ben", verdict("h1", handoff.OutcomeSeen), 0},
			},
			want: []string{"handoff h1 published", "item api ready x1: ana since h1, offered to ben by h1"},
		}, {
			name: "accepting without taking is reading",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"a1", "ben", accepted("h1"), 0},
			},
			want: []string{"handoff h1 published"},
		}, {
			name: "per item: all that is offered",
			steps: []step{
				{"h1", "ana", two(), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
			},
			want: []string{"handoff h1 published, api taken by ben"},
		}, {
			name: "per item: nothing offered", policy: "unheard of",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ana")), 0},
				{"a1", "ben", accepted("h1"), 0},
			},
			want: []string{"handoff h1 accepted, verdict a1", "item api ready x1: ana since h1"},
		}, {
			name: "any: the first", policy: PolicyAny,
			steps: []step{
				{"h1", "ana", two(), 0},
				{"a1", "ben", accepted("h1"), 0},
			},
			want: []string{"handoff h1 accepted, verdict a1"},
		}, {
			name: "all: a name is not a group", policy: PolicyAll,
			steps: []step{
				{"h1", "ana", two(), 0},
				{"a1", "ben", accepted("h1", "api", "web"), 0},
			},
			want: []string{"handoff h1 published, api taken by ben, web taken by ben"},
		}, {
			name: "all: everybody", policy: PolicyAll,
			steps: []step{
				{"h1", "ana", two(), 0},
				{"a1", "ben", accepted("h1"), 0},
				{"a2", "quinn", accepted("h1"), 0},
			},
			want: []string{"handoff h1 accepted, verdict a2"},
		}, {
			name: "changes requested, then amended",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"a1", "ben", verdict("h1", handoff.OutcomeChangesRequested), 0},
				{"h2", "ana", amending("h1", items(work("api", "ready", "ben"))), 0},
			},
			want: []string{
				"handoff h1 superseded by h2, verdict a1", "handoff h2 published, chain of h1",
				"item api ready x1: ana since h1, offered to ben by h2",
			},
		}, {
			name: "changes requested, taken all the same",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"a1", "ben", verdict("h1", handoff.OutcomeChangesRequested), 0},
				{"a2", "ben", accepted("h1", "api"), 0},
			},
			want: []string{"handoff h1 accepted, verdict a2, api taken by ben"},
		}, {
			name: "declined by the only addressee",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben"), work("web", "ready", "ben", "cleo")), 0},
				{"a1", "ben", verdict("h1", handoff.OutcomeDeclined), 0},
				{"a2", "ben", accepted("h1", "api"), 0},
			},
			want: []string{
				"handoff h1 declined, verdict a1", "item api ready x1: ana since h1",
				"item web ready x1: ana since h1, offered to ben cleo by h1",
			},
			problems: []string{"a2 HO320 takes api, which ana offers to nobody"},
		}, {
			name: "a declined item is not taken",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben"), work("web", "ready", "cleo")), 0},
				{"a1", "cleo", verdict("h1", handoff.OutcomeDeclined), 0},
				{"a2", "ben", accepted("h1", "api"), 0},
			},
			want: []string{"handoff h1 declined, verdict a1, api taken by ben"},
		}, {
			name: "acceptance is not undone",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
				{"a2", "cleo", verdict("h1", handoff.OutcomeDeclined), 0},
			},
			want: []string{"handoff h1 accepted, verdict a1, api taken by ben"},
		}, {
			name: "superseded when all that the sender kept is said anew",
			steps: []step{
				{"h1", "ana", two(), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
				{"h2", "ana", items(work("web", "in_progress")), 0},
			},
			want: []string{"handoff h1 superseded by h2, api taken by ben"},
		}, {
			name: "not superseded while an item is left",
			steps: []step{
				{"h1", "ana", two(), 0},
				{"h2", "ana", items(work("web", "in_progress")), 0},
			},
			want: []string{"handoff h1 published", "handoff h2 published"},
		}, {
			name: "superseded in two steps",
			steps: []step{
				{"h1", "ana", two(), 0},
				{"h2", "ana", items(work("web", "in_progress")), 0},
				{"h3", "ana", &handoff.Handoff{Dropped: []handoff.Reasoned{{ID: "api"}}}, 0},
			},
			want: []string{"handoff h1 superseded by h3", "handoff h2 published"},
		}, {
			name: "an empty one is superseded by the next",
			steps: []step{
				{"h1", "ana", items(), 0},
				{"h2", "ben", items(), 0},
				{"h3", "ana", rollup(items()), 0},
				{"h4", "ana", items(), 0},
			},
			want: []string{"handoff h1 superseded by h4", "handoff h2 published", "handoff h3 published"},
		}, {
			name: "an empty one that is accepted is closed by the next",
			steps: []step{
				{"h1", "ana", items(), 0},
				{"a1", "ben", accepted("h1"), 0},
				{"h2", "ana", items(), 0},
			},
			want: []string{"handoff h1 closed, verdict a1"},
		}, {
			name: "accepted stays until everything is said anew",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben"), work("web", "ready")), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
				{"h2", "ana", items(work("web", "ready")), 0},
			},
			want: []string{"handoff h1 accepted, verdict a1, api taken by ben"},
		},
	})
}

func TestFoldAckTargets(t *testing.T) {
	withDigest := verdict("h1", handoff.OutcomeAccepted)
	withDigest.Digest = "beef"
	digested := story(step{"h1", "ana", items(), 0}, step{"a1", "ben", withDigest, 0})
	digested[0].Source.Digest = "cafe"
	if got := dump(Of(digested, "")); !slices.Contains(got, "problem a1 HO702 acks h1 with other bytes: its digest is cafe, not beef") {
		t.Errorf("another digest: %q", got)
	}

	selfish := &handoff.Handoff{To: handoff.List[string]{"ana"}}
	runFoldCases(t, []foldCase{
		{
			name:  "unknown",
			steps: []step{{"a1", "ben", accepted("h1"), 0}},
			problems: []string{
				`a1 HO702 acks "h1": no handoff, assignment, escalation, blocker or question of that name is known`,
			},
		}, {
			name: "amended",
			steps: []step{
				{"h1", "ana", items(), 0},
				{"h2", "ana", amending("h1", items()), 0},
				{"a1", "ben", accepted("h1"), 0},
			},
			problems: []string{"a1 HO702 acks h1, which is amended: the latest version is h2"},
		}, {
			name: "withdrawn",
			steps: []step{
				{"h1", "ana", items(), 0},
				{"w1", "ana", &handoff.Withdrawal{Subject: pad("h1")}, 0},
				{"a1", "ben", accepted("h1"), 0},
			},
			problems: []string{"a1 HO702 acks h1, which is withdrawn"},
		}, {
			name:     "own",
			steps:    []step{{"h1", "ana", items(), 0}, {"a1", "ana", accepted("h1"), 0}},
			problems: []string{"a1 HO701 acks h1, which is by ana too"},
		}, {
			name:     "own, to self, on the same day",
			steps:    []step{{"h1", "ana", selfish, 0}, {"a1", "ana", accepted("h1"), 0}},
			problems: []string{"a1 HO701 acks h1, which is by ana too"},
		}, {
			name:  "own, to self, on another day",
			steps: []step{{"h1", "ana", selfish, 0}, {"a1", "ana", accepted("h1"), 24 * time.Hour}},
			want:  []string{"handoff h1 accepted, verdict a1"},
		}, {
			name:     "unknown outcome",
			steps:    []step{{"h1", "ana", items(), 0}, {"a1", "ben", verdict("h1", "fine"), 0}},
			problems: []string{`a1 HO320 outcome "fine" is not known`},
		}, {
			name: "a rollup moves nothing",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"h2", "lee", rollup(items(work("api", "blocked", "ben"))), 0},
				{"a1", "ben", accepted("h2", "api"), 0},
			},
			want:     []string{"handoff h2 accepted, verdict a1", "item api ready x1: ana since h1, offered to ben by h1"},
			problems: []string{"a1 HO320 takes api from h2, which is a rollup: its items are assigned"},
		}, {
			name: "one's own blocker",
			steps: []step{
				{"h1", "ana", blocked("tls"), 0},
				{"a1", "ana", &handoff.Ack{Subject: "blk:tls", Outcome: handoff.OutcomeAccepted}, 0},
			},
			problems: []string{"a1 HO701 acks the blocker tls, which ana declared"},
		},
	})
}

func TestFoldAmendments(t *testing.T) {
	runFoldCases(t, []foldCase{
		{
			name: "what a receiver took stays theirs, without a word",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben"), work("web", "ready", "ben")), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
				{"h2", "ana", amending("h1", items(work("api", "ready", "ben"), work("web", "blocked"))), 0},
			},
			want: []string{"item api ready x1: ben since a1", "item web blocked x1: ana since h1"},
		}, {
			name: "what a receiver took and shipped, too",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
				{"h2", "ben", &handoff.Handoff{Shipped: handoff.List[handoff.Shipped]{{ID: "api"}}}, 0},
				{"h3", "ana", amending("h1", items(work("api", "ready", "ben"))), 0},
				{"h4", "ana", amending("h3", &handoff.Handoff{Shipped: handoff.List[handoff.Shipped]{{ID: "api"}}}), 0},
			},
			want: []string{"item api ready x1: ben since a1, shipped by h2"},
		}, {
			name: "an item that is left out is offered no more",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"h2", "ana", amending("h1", items()), 0},
			},
			want: []string{"item api ready x1: ana since h1"},
		}, {
			name: "not allowed: it stands by itself",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"h2", "ben", amending("h1", items(work("web", "ready"))), 0},
				{"h3", "ana", amending("h1", items(work("api", "ready", "ben"))), 0},
				{"h4", "ana", amending("h1", items()), 0},
				{"h5", "ana", amending("nn", items()), 0},
			},
			want: []string{"handoff h2 published", "handoff h4 superseded by h5", "handoff h3 published, chain of h1"},
			problems: []string{
				"h2 HO320 amends h1, which is a handoff by ana",
				"h4 HO320 amends h1, which h3 has amended already",
				"h5 HO320 amends nn, which is no handoff that is known",
			},
		}, {
			name: "questions stay with the chain",
			steps: []step{
				{"h1", "ana", items(), 0},
				{"q1", "ben", &handoff.Question{About: pad("h1"), Ask: "which one?", To: "ana"}, 0},
				{"h2", "ana", amending("h1", items()), 0},
				{"q2", "ben", &handoff.Question{About: pad("h1"), Ask: "since when?", To: "ana"}, 0},
			},
			want: []string{"handoff h2 published, chain of h1, asked q1 q2"},
		}, {
			name: "a circle is entered at its earliest record",
			steps: []step{
				{"h1", "ana", amending("h2", items()), 0},
				{"h2", "ana", amending("h1", items()), 0},
				{"h3", "ana", amending("h3", items()), 0},
			},
			want: []string{"handoff h1 superseded by h2", "handoff h2 published, chain of h1"},
			problems: []string{
				"h3 HO320 amends h3, which is no handoff that is known",
				"h1 HO320 amends h2, which is no handoff that is known",
			},
		},
	})
}

func TestFoldAssignments(t *testing.T) {
	runFoldCases(t, []foldCase{
		{
			name: "offers, and the assignee takes",
			steps: []step{
				{"h1", "ana", items(work("api", "ready")), 0},
				{"s1", "lee", &handoff.Assignment{Item: "api", To: "ben", From: "ana"}, 0},
				{"a1", "ben", verdict("s1", handoff.OutcomeAccepted), 0},
			},
			want: []string{"item api ready x1: ben since a1", "handoff h1 published, api taken by ben"},
		}, {
			name: "the last item of a handoff",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben"), work("web", "ready", "cleo")), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
				{"s1", "lee", &handoff.Assignment{Item: "web", To: "dan"}, 0},
				{"a2", "dan", verdict("s1", handoff.OutcomeAccepted), 0},
			},
			want: []string{"handoff h1 accepted, verdict a2, api taken by ben, web taken by dan"},
		}, {
			name: "all items of a handoff that nobody acked",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "team:web"), work("web", "ready", "team:web"), work("own", "ready", "ana")), 0},
				{"s1", "lee", &handoff.Assignment{Item: "api", To: "ben"}, 0},
				{"s2", "lee", &handoff.Assignment{Item: "web", To: "dan"}, 0},
				{"a1", "ben", verdict("s1", handoff.OutcomeAccepted), 0},
				{"a2", "dan", verdict("s2", handoff.OutcomeAccepted), 0},
			},
			want: []string{"handoff h1 accepted, verdict a2, api taken by ben, web taken by dan"},
		}, {
			name: "declined",
			steps: []step{
				{"h1", "ana", items(work("api", "ready")), 0},
				{"s1", "lee", &handoff.Assignment{Item: "api", To: "ben"}, 0},
				{"a1", "ben", verdict("s1", handoff.OutcomeSeen), 0},
				{"a2", "ben", verdict("s1", handoff.OutcomeDeclined), 0},
				{"a3", "ben", verdict("s1", handoff.OutcomeAccepted), 0},
			},
			want:     []string{"item api ready x1: ana since h1"},
			problems: []string{"a3 HO320 acks s1, but its offer has ended: api is held by ana since h1"},
		}, {
			name: "for another",
			steps: []step{
				{"h1", "ana", items(work("api", "ready")), 0},
				{"s1", "lee", &handoff.Assignment{Item: "api", To: "ben"}, 0},
				{"a1", "lee", accepted("s1", "api"), 0},
				{"a2", "cleo", accepted("s1"), 0},
				{"a3", "cleo", accepted("s1", "api"), 0},
			},
			want: []string{"item api ready x1: cleo since a3"},
			problems: []string{
				"a1 HO701 acks s1, which is by lee too", "a2 HO702 acks s1, which assigns api to ben",
			},
		}, {
			name: "not allowed",
			steps: []step{
				{"h1", "ana", &handoff.Handoff{Items: handoff.List[handoff.Item]{work("api", "ready"), work("web", "ready")}, Dropped: []handoff.Reasoned{{ID: "web"}}}, 0},
				{"s1", "lee", &handoff.Assignment{Item: "app", To: "ben"}, 0},
				{"s2", "lee", &handoff.Assignment{Item: "web", To: "ben"}, 0},
				{"s3", "lee", &handoff.Assignment{Item: "api"}, 0},
				{"s4", "lee", &handoff.Assignment{Item: "api", To: "ana"}, 0},
				{"s5", "lee", &handoff.Assignment{Item: "api", To: "ben", From: "cleo"}, 0},
				{"a1", "ben", verdict("s1", handoff.OutcomeAccepted), 0},
				{"a2", "ben", verdict("s2", handoff.OutcomeAccepted), 0},
			},
			problems: []string{
				`s1 HO320 assigns "app", which is no item that is known`,
				"s2 HO320 web was dropped by ana in h1",
				"s3 HO320 assigns api to nobody",
				"s4 HO320 api is held by ana since h1",
				"s5 HO320 api is held by ana since h1",
				"a1 HO702 acks s1, which assigns nothing that is known",
				"a2 HO320 web was dropped by ana in h1",
			},
		},
	})
}

// What was taken by mistake goes back, as if it had not been taken, as long as nobody
// can rely on it.
func TestFoldTakesBack(t *testing.T) {
	back := func(item string) *handoff.Assignment {
		return &handoff.Assignment{Item: item, To: "ana", From: "ben", Via: pad("a1")}
	}
	runFoldCases(t, []foldCase{
		{
			name: "the only item",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben", "team")), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
				{"s1", "ben", back("api"), 0},
			},
			want: []string{"handoff h1 published", "item api ready x1: ana since h1, offered to ben team by h1"},
		}, {
			name: "one of two",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben"), work("web", "ready", "ben")), 0},
				{"a1", "ben", accepted("h1", "api", "web"), 0},
				{"s1", "ben", back("web"), 0},
			},
			want: []string{
				"handoff h1 published, api taken by ben", "item api ready x1: ben since a1",
				"item web ready x1: ana since h1, offered to ben by h1",
			},
		}, {
			name: "taken again",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
				{"s1", "ben", back("api"), 0},
				{"a2", "ben", accepted("h1", "api"), 0},
			},
			want: []string{"handoff h1 accepted, verdict a2, api taken by ben", "item api ready x1: ben since a2"},
		}, {
			name: "from an assignment",
			steps: []step{
				{"h1", "ana", items(work("api", "ready")), 0},
				{"s1", "lee", &handoff.Assignment{Item: "api", To: "ben", From: "ana"}, 0},
				{"a1", "ben", verdict("s1", handoff.OutcomeAccepted), 0},
				{"s2", "ben", back("api"), 0},
			},
			want: []string{"handoff h1 published", "item api ready x1: ana since h1, offered to ben by s1"},
		}, {
			name: "too late, it is offered back",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
				{"s1", "ben", back("api"), time.Hour},
			},
			want: []string{"handoff h1 accepted, verdict a1, api taken by ben", "item api ready x1: ben since a1, offered to ana by s1"},
		}, {
			name: "declared since, it is offered back",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
				{"h2", "ben", items(work("api", "in_progress", "ben")), 0},
				{"s1", "ben", back("api"), 0},
			},
			want: []string{"item api in_progress x1: ben since a1, offered to ana by s1"},
		}, {
			name: "its handoff is superseded, it is offered back",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben"), work("db", "ready", "lee")), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
				{"h2", "ana", items(work("db", "ready", "lee")), 0},
				{"s1", "ben", back("api"), 0},
				{"a2", "ana", verdict("s1", handoff.OutcomeAccepted), 0},
			},
			want: []string{"handoff h1 superseded by h2, api taken by ana", "item api ready x1: ana since a2"},
		}, {
			name: "by somebody else, it is offered back",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
				{"s1", "lee", back("api"), 0},
			},
			want: []string{"item api ready x1: ben since a1, offered to ana by s1"},
		}, {
			name: "what is next is for the holder to say",
			steps: []step{
				{"h1", "ana", items(work("api", "ready")), 0},
				{"s1", "lee", &handoff.Assignment{Item: "api", To: "ben", Next: "merge it"}, 0},
				{"s2", "ana", &handoff.Assignment{Item: "api", To: "ben", Next: "merge it"}, 0},
			},
			want:     []string{"item api ready x1: ana since h1, offered to ben by s2"},
			problems: []string{"s1 HO320 says what is next for api, which is for ana to say"},
		},
	})
}

func TestFoldBlockers(t *testing.T) {
	resolved := &handoff.Resolution{Blocker: "tls", Outcome: "resolved", How: "renewed"}
	weeks := 20 * 24 * time.Hour
	runFoldCases(t, []foldCase{
		{
			name: "routed, acknowledged, resolved",
			steps: []step{
				{"h1", "ana", blocked("tls", "api"), 0},
				{"r1", "ana", &handoff.Route{Subject: "tls", To: "sarah"}, 0},
				{"a1", "sarah", &handoff.Ack{Subject: "tls", Outcome: handoff.OutcomeAccepted}, 0},
				{"r2", "ana", &handoff.Route{Subject: "blk:tls", To: "sarah"}, 0},
				{"s1", "sarah", resolved, 0},
			},
			want: []string{"blocker tls resolved, 0s to 4m0s"},
		}, {
			name:  "routed",
			steps: []step{{"h1", "ana", blocked("tls"), 0}, {"r1", "ana", &handoff.Route{Subject: "tls"}, 0}},
			want:  []string{"blocker tls routed, 0s to now"},
		}, {
			name: "a refusal does not acknowledge",
			steps: []step{
				{"h1", "ana", blocked("tls"), 0},
				{"a1", "sarah", &handoff.Ack{Subject: "tls", Outcome: handoff.OutcomeDeclined}, 0},
			},
			want: []string{"blocker tls declared, 0s to now"},
		}, {
			name: "escalated, and acknowledged at that level",
			steps: []step{
				{"h1", "ana", blocked("tls"), 0},
				{"e1", "ana", &handoff.Escalation{Subject: "tls", To: "lee", Level: 2}, 0},
				{"e2", "ana", &handoff.Escalation{Subject: "tls", To: "lee", Level: -7}, 0},
				{"a1", "lee", verdict("e1", handoff.OutcomeAccepted), 0},
			},
			want: []string{"blocker tls acknowledged level 2, 0s to now"},
		}, {
			name: "an escalation is taken back",
			steps: []step{
				{"h1", "ana", blocked("tls"), 0},
				{"e1", "ana", &handoff.Escalation{Subject: "tls", To: "lee", Level: 1}, 0},
				{"e2", "ana", &handoff.Escalation{Subject: "tls", To: "lee", Level: 99}, 0},
				{"w1", "ana", &handoff.Withdrawal{Subject: pad("e2")}, 0},
			},
			want: []string{"blocker tls escalated level 1, 0s to now"},
		}, {
			name: "all escalations are taken back",
			steps: []step{
				{"h1", "ana", blocked("tls"), 0},
				{"r1", "ana", &handoff.Route{Subject: "tls"}, 0},
				{"e1", "ana", &handoff.Escalation{Subject: "tls", To: "lee", Level: 1}, 0},
				{"w1", "ana", &handoff.Withdrawal{Subject: pad("e1")}, 0},
				{"w2", "ana", &handoff.Withdrawal{Subject: pad("e1")}, 0},
				{"a1", "lee", verdict("e1", handoff.OutcomeAccepted), 0},
			},
			want: []string{"blocker tls routed, 0s to now"},
			problems: []string{
				"w2 HO320 withdraws e1, which does not escalate tls any more",
				"a1 HO702 acks e1, which does not escalate tls any more",
			},
		}, {
			name: "a second resolution",
			steps: []step{
				{"h1", "ana", blocked("tls"), 0},
				{"s1", "sarah", resolved, 0},
				{"s2", "ben", &handoff.Resolution{Blocker: "blk:tls", Outcome: "obsolete"}, 0},
				{"e1", "ana", &handoff.Escalation{Subject: "tls", Level: 1}, 0},
				{"a1", "sarah", &handoff.Ack{Subject: "tls", Outcome: handoff.OutcomeAccepted}, 0},
			},
			want: []string{"blocker tls resolved, 0s to 1m0s"},
			problems: []string{
				"s2 HO320 the blocker tls is closed: resolved by sarah in s1",
				"e1 HO320 the blocker tls is closed: resolved by sarah in s1",
				"a1 HO320 the blocker tls is closed: resolved by sarah in s1",
			},
		}, {
			name: "a clock that runs behind does not lose a resolution",
			steps: []step{
				{"h1", "ana", blocked("tls"), 0},
				{"s1", "sarah", resolved, -time.Hour},
			},
			want: []string{"blocker tls resolved, 0s to 0s"},
		}, {
			name: "reopened within two weeks",
			steps: []step{
				{"h1", "ana", blocked("tls"), 0},
				{"s1", "sarah", resolved, 0},
				{"h2", "ana", blocked("tls"), time.Hour},
			},
			want: []string{"blocker tls declared, reopened 1, 0s to 1m0s, 1h2m0s to now"},
		}, {
			name: "a new one after two weeks",
			steps: []step{
				{"h1", "ana", blocked("tls"), 0},
				{"s1", "sarah", resolved, 0},
				{"h2", "ana", blocked("tls"), weeks},
			},
			want: []string{"blocker tls declared, 0s to 1m0s, 480h2m0s to now"},
		}, {
			name: "answered by a decision, and still open",
			steps: []step{
				{"h1", "ana", blocked("tls"), 0},
				{"d1", "sarah", &handoff.DecisionRecord{Topic: "certs", DecisionFields: handoff.DecisionFields{Decision: "renew", Answers: "blk:tls"}}, -time.Hour},
			},
			want: []string{"blocker tls declared, answered by certs, 0s to now", "decision certs accepted in d1: renew"},
		}, {
			name: "nothing that is known",
			steps: []step{
				{"s1", "sarah", resolved, 0},
				{"s2", "sarah", &handoff.Resolution{Blocker: "tls", Outcome: "fixed"}, 0},
				{"e1", "sarah", &handoff.Escalation{Subject: "tls"}, 0},
				{"r1", "sarah", &handoff.Route{Subject: "tls"}, 0},
				{"g1", "sarah", &handoff.Gap{Subject: "tls"}, 0},
				{"g2", "sarah", &handoff.Gap{Subject: pad("g2")}, 0},
				{"g3", "sarah", &handoff.Gap{Subject: pad("g2")}, 0},
			},
			want: []string{"gap g3"},
			problems: []string{
				`s1 HO320 resolves "tls", which is no blocker that is known`,
				`s2 HO320 outcome "fixed" is not known`,
				`e1 HO320 escalates "tls", of which no record speaks`,
				`r1 HO320 routes "tls", of which no record speaks`,
				`g1 HO320 reports a gap in "tls", of which no record speaks`,
				`g2 HO320 reports a gap in "g2", of which no record speaks`,
			},
		},
	})
}

func TestFoldBlockerSince(t *testing.T) {
	early := blocked("tls")
	early.Blockers[0].Since = handoff.Time{Time: day.Add(-time.Hour)}
	late := blocked("dns")
	late.Blockers[0].Since = handoff.Time{Time: day.Add(time.Hour)}
	s := Of(story(step{"h1", "ana", blocked("tls"), 0}, step{"h2", "ben", early, 0}, step{"h3", "ben", late, 0}), "")
	if got := s.Blockers["tls"]; !got.Since.Equal(day.Add(-time.Hour)) || got.DeclaredBy != "ben" || !got.Opened.Equal(day) {
		t.Errorf("since %s, declared by %s, opened %s", got.Since, got.DeclaredBy, got.Opened)
	}
	if got := s.Blockers["dns"].Since; !got.Equal(day.Add(2 * time.Minute)) {
		t.Errorf("a blocker began after its record: %s", got)
	}
}

func TestFoldQuestions(t *testing.T) {
	open := func(ask string) *handoff.Handoff {
		return &handoff.Handoff{Questions: []handoff.OpenQuestion{{ID: "which-tz", Ask: ask, To: "sarah"}}}
	}
	no := false
	notYet := &handoff.Answer{Question: "q:which-tz", Text: "let me see", Closes: &no}
	answer := &handoff.Answer{Question: "which-tz", Text: "UTC"}
	runFoldCases(t, []foldCase{
		{
			name: "carried, answered, closed",
			steps: []step{
				{"h1", "ana", open("which?"), 0},
				{"h2", "ana", open("which?"), 0},
				{"n1", "sarah", notYet, 0},
				{"n2", "sarah", answer, 0},
				{"n3", "sarah", answer, 0},
				{"h3", "ana", open("which?"), 0},
			},
			want:     []string{"question which-tz closed: round 1 by ana, 2 answers"},
			problems: []string{"n3 HO320 answers the question which-tz, which is closed"},
		}, {
			name: "asked again in other words",
			steps: []step{
				{"h1", "ana", open("which?"), 0},
				{"n2", "sarah", answer, 0},
				{"h3", "ben", open("which in winter?"), 0},
			},
			want: []string{"question which-tz open: round 2 by ben, 1 answers"},
		}, {
			name: "asked again after half an answer, but not by an amendment",
			steps: []step{
				{"h1", "ana", open("which?"), 0},
				{"n1", "sarah", notYet, 0},
				{"h2", "ana", amending("h1", open("which?")), 0},
				{"h3", "ana", open("which?"), 0},
			},
			want: []string{"question which-tz open: round 2 by ana, 1 answers"},
		}, {
			name: "a question about a question",
			steps: []step{
				{"q1", "ana", &handoff.Question{Ask: "which?", To: "sarah"}, 0},
				{"n1", "sarah", &handoff.Answer{Question: pad("q1"), Text: "UTC"}, 0},
				{"q2", "ben", &handoff.Question{About: pad("q1"), Ask: "in winter?", To: "sarah"}, 0},
				{"n2", "sarah", &handoff.Answer{Question: pad("q2"), Text: "UTC", Closes: &no}, 0},
				{"q3", "ben", &handoff.Question{About: pad("q2"), Ask: "sure?", To: "sarah"}, 0},
			},
			want: []string{"question q1 open: round 3 by ben, 2 answers"},
		}, {
			name: "a rollup cites",
			steps: []step{
				{"h1", "ana", open("which?"), 0},
				{"h2", "lee", rollup(open("which one?")), 0},
			},
			want: []string{"question which-tz open: round 1 by ana, 0 answers"},
		}, {
			name: "withdrawn",
			steps: []step{
				{"h1", "ana", open("which?"), 0},
				{"w1", "ben", &handoff.Withdrawal{Subject: "which-tz"}, 0},
				{"w2", "ana", &handoff.Withdrawal{Subject: "q:which-tz"}, 0},
				{"w3", "ana", &handoff.Withdrawal{Subject: "q:which-tz"}, 0},
				{"n1", "sarah", answer, 0},
			},
			want: []string{"question which-tz withdrawn: round 1 by ana, 0 answers"},
			problems: []string{
				"w1 HO320 withdraws the question which-tz, which ana asked",
				"w3 HO320 withdraws the question which-tz, which is withdrawn",
				"n1 HO320 answers the question which-tz, which is withdrawn",
			},
		}, {
			name: "not a question",
			steps: []step{
				{"h1", "ana", &handoff.Handoff{Questions: []handoff.OpenQuestion{{ID: pad("h1")}, {Ask: "what?"}}}, 0},
				{"n1", "sarah", &handoff.Answer{Question: "blk:which-tz"}, 0},
			},
			problems: []string{
				"h1 HO320 the question h1 has the id of a record", "h1 HO320 a question has no id",
				`n1 HO320 answers "blk:which-tz", which is no question that is known`,
			},
		},
	})
}

func TestFoldDecisions(t *testing.T) {
	carried := func(what string) *handoff.Handoff {
		return &handoff.Handoff{Decisions: handoff.List[handoff.Decision]{{ID: "db", DecisionFields: handoff.DecisionFields{Decision: what}}}}
	}
	withStatus := func(what, status string) *handoff.DecisionRecord {
		d := decided("db", what, "")
		d.Status = status
		return d
	}
	runFoldCases(t, []foldCase{
		{
			name: "carried along, which is no conflict",
			steps: []step{
				{"d1", "ana", decided("db", "sqlite", ""), 0},
				{"h1", "ben", carried("sqlite"), 0},
			},
			want: []string{"decision db accepted in d1: sqlite"},
		}, {
			name: "decided otherwise without a word",
			steps: []step{
				{"d1", "ana", decided("db", "sqlite", ""), 0},
				{"h1", "ben", carried("postgres"), 0},
				{"d2", "ben", decided("db", "postgres", "cache"), 0},
			},
			want: []string{"decision db accepted in d1: sqlite"},
			problems: []string{
				`h1 HO313 db is decided already in d1: "sqlite", because "it is cheap"; a new decision says ` + "`supersedes: db`",
				`d2 HO313 db is decided already in d1: "sqlite", because "it is cheap"; a new decision says ` + "`supersedes: db`",
			},
		}, {
			name: "superseded on the same topic, twice",
			steps: []step{
				{"d1", "ana", decided("db", "sqlite", ""), 0},
				{"d2", "ben", decided("db", "postgres", "db"), 0},
				{"d3", "ben", decided("db", "sqlite", "dec:db"), 0},
			},
			want: []string{"decision db accepted in d3: sqlite, before superseded in d2 by ben: postgres, before superseded in d1 by ana: sqlite"},
		}, {
			name: "superseded by another topic, whatever the clock says",
			steps: []step{
				{"d1", "ana", decided("db", "sqlite", ""), 0},
				{"d2", "ben", decided("store", "files", "db"), -time.Hour},
			},
			want: []string{"decision db superseded in d1: sqlite, superseded by store", "decision store accepted in d2: files"},
		}, {
			name:     "superseding nothing",
			steps:    []step{{"d1", "ana", decided("db", "sqlite", "store"), 0}},
			want:     []string{"decision db accepted in d1: sqlite"},
			problems: []string{"d1 HO320 db supersedes store, on which nothing is decided"},
		}, {
			name: "proposed, then accepted",
			steps: []step{
				{"d1", "ana", withStatus("sqlite", DecisionProposed), 0},
				{"d2", "ben", withStatus("sqlite", DecisionAccepted), 0},
			},
			want: []string{"decision db accepted in d2: sqlite, before superseded in d1 by ana: sqlite"},
		}, {
			name: "a proposal beside what holds",
			steps: []step{
				{"d1", "ana", decided("db", "sqlite", ""), 0},
				{"d2", "ben", withStatus("postgres", DecisionProposed), 0},
			},
			want: []string{"decision db accepted in d1: sqlite, proposed d2"},
		}, {
			name: "proposed, then rejected, and not by an old copy back again",
			steps: []step{
				{"d1", "ana", withStatus("sqlite", DecisionProposed), 0},
				{"d2", "ben", withStatus("sqlite", DecisionRejected), 0},
				{"h1", "cleo", carried("sqlite"), 0},
				{"d3", "lee", withStatus("sqlite", DecisionRejected), 0},
			},
			want:     []string{"decision db rejected in d2: sqlite, before rejected in d1 by ana: sqlite"},
			problems: []string{`d3 HO320 rejects "sqlite" on db, which is not proposed there`},
		}, {
			name: "a proposal beside what holds, rejected, and another one accepted",
			steps: []step{
				{"d1", "ana", decided("db", "sqlite", ""), 0},
				{"d2", "ben", withStatus("postgres", DecisionProposed), 0},
				{"h1", "ben", &handoff.Handoff{Decisions: handoff.List[handoff.Decision]{{ID: "db", DecisionFields: handoff.DecisionFields{Decision: "postgres", Status: DecisionProposed}}}}, 0},
				{"d3", "cleo", withStatus("files", DecisionRejected), 0},
				{"d4", "cleo", withStatus("postgres", DecisionRejected), 0},
				{"d5", "ben", withStatus("files", DecisionProposed), 0},
				{"d6", "cleo", decided("db", "files", "db"), 0},
			},
			want: []string{"decision db accepted in d6: files, before superseded in d5 by ben: files, before rejected in d4 by cleo: postgres, " +
				"before rejected in d2 by ben: postgres, before superseded in d1 by ana: sqlite"},
			problems: []string{`d3 HO320 rejects "files" on db, which is not proposed there`},
		}, {
			name: "rejected whatever the clock says",
			steps: []step{
				{"d1", "ana", withStatus("sqlite", DecisionProposed), 0},
				{"d2", "ben", withStatus("sqlite", DecisionRejected), -time.Hour},
			},
			want: []string{"decision db rejected in d2: sqlite, before rejected in d1 by ana: sqlite"},
		}, {
			name:     "rejecting nothing",
			steps:    []step{{"d1", "ana", withStatus("sqlite", DecisionRejected), 0}},
			problems: []string{`d1 HO320 rejects "sqlite" on db, which is not proposed there`},
		}, {
			name: "a proposal after another one",
			steps: []step{
				{"d1", "ana", decided("db", "sqlite", ""), 0},
				{"d2", "ben", withStatus("postgres", DecisionProposed), 0},
				{"d3", "cleo", withStatus("files", DecisionProposed), 0},
			},
			want: []string{"decision db accepted in d1: sqlite, proposed d3, after superseded d2 by ben: postgres"},
		}, {
			name: "reversed, and not by an old copy back again",
			steps: []step{
				{"d1", "ana", decided("db", "sqlite", ""), 0},
				{"d2", "ben", withStatus("sqlite", DecisionReversed), 0},
				{"h1", "cleo", carried("sqlite"), 0},
			},
			want: []string{"decision db reversed in d2: sqlite, before reversed in d1 by ana: sqlite"},
		}, {
			name: "an amendment puts it in other words",
			steps: []step{
				{"h1", "ana", carried("sqlte"), 0},
				{"h2", "ana", amending("h1", carried("sqlite")), 0},
			},
			want: []string{"decision db accepted in h2: sqlite"},
		}, {
			name: "a rollup cites",
			steps: []step{
				{"d1", "ana", decided("db", "sqlite", ""), 0},
				{"h1", "lee", rollup(carried("they use sqlite")), 0},
			},
			want: []string{"decision db accepted in d1: sqlite"},
		}, {
			name: "not a decision",
			steps: []step{{"h1", "ana", &handoff.Handoff{Decisions: handoff.List[handoff.Decision]{
				{ID: "db", DecisionFields: handoff.DecisionFields{Decision: "sqlite"}},
				{ID: "db", DecisionFields: handoff.DecisionFields{Decision: "postgres"}}, {},
			}}, 0}},
			want:     []string{"decision db accepted in h1: sqlite"},
			problems: []string{"h1 HO320 the decision on db is listed twice", "h1 HO320 a decision has no topic"},
		},
	})
}

func TestFoldWithdrawals(t *testing.T) {
	runFoldCases(t, []foldCase{
		{
			name: "a handoff",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"w1", "ana", &handoff.Withdrawal{Subject: pad("h1")}, 0},
				{"w2", "ana", &handoff.Withdrawal{Subject: pad("h1")}, 0},
				{"h2", "ana", amending("h1", items()), 0},
			},
			want: []string{"handoff h1 withdrawn", "item api ready x1: ana since h1", "handoff h2 published"},
			problems: []string{
				"w2 HO320 withdraws h1, which is withdrawn", "h2 HO320 amends h1, which is withdrawn",
			},
		}, {
			name: "not after a part was accepted",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben"), work("web", "ready", "ben")), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
				{"w1", "ana", &handoff.Withdrawal{Subject: pad("h1")}, 0},
				{"h2", "ana", amending("h1", items(work("web", "ready", "ben"))), 0},
				{"w2", "ana", &handoff.Withdrawal{Subject: pad("h2")}, 0},
			},
			want: []string{"item web ready x1: ana since h1, offered to ben by h2"},
			problems: []string{
				"w1 HO320 withdraws h1, of which a part is accepted", "w2 HO320 withdraws h2, of which a part is accepted",
			},
		}, {
			name: "of others, and of what is not there",
			steps: []step{
				{"h1", "ana", blocked("tls"), 0},
				{"e1", "ana", &handoff.Escalation{Subject: "tls", Level: 1}, 0},
				{"w1", "ben", &handoff.Withdrawal{Subject: pad("h1")}, 0},
				{"w2", "ben", &handoff.Withdrawal{Subject: pad("e1")}, 0},
				{"w3", "ben", &handoff.Withdrawal{Subject: "tls"}, 0},
			},
			want: []string{"handoff h1 published", "blocker tls escalated level 1, 0s to now"},
			problems: []string{
				"w1 HO320 withdraws h1, which is by ana", "w2 HO320 withdraws e1, which is by ana",
				`w3 HO320 withdraws "tls", which is no handoff, question or escalation that is known`,
			},
		},
	})
}

func TestFoldAdmission(t *testing.T) {
	copyOf := func(path, digest, summary string) *handoff.Record {
		r := handoff.New(pad("h1"), day, "ana", &handoff.Handoff{Summary: summary})
		r.Source = handoff.Source{Path: path, Digest: digest}
		return r
	}
	nobody := handoff.New(pad("h2"), day, "", items())
	nameless := handoff.New("h3", day, "ana", items())
	timeless := handoff.New(pad("h4"), time.Time{}, "ana", items())
	newer := handoff.New(pad("h5"), day, "ana", items())
	newer.Kind, newer.Body = "poem", nil
	empty := handoff.New(pad("h6"), day, "ana", (*handoff.Handoff)(nil))

	s := Of([]*handoff.Record{
		copyOf("b.yaml", "02", "b"), nil, copyOf("a.yaml", "01", "a"), copyOf("c.yaml", "01", "a"), copyOf("b.yaml", "02", "b"),
		timeless, nobody, nameless, nameless, newer, empty,
	}, "")
	want := []string{
		"handoff h1 published",
		"problem h1 HO903 h1 stands for two contents: a.yaml counts, b.yaml does not",
		`problem h2 HO101 "" is not the handle of an author`,
		`problem h3 HO101 "h3" is not the id of a record`,
		"problem h4 HO101 the record does not say when it was written",
		`problem h5 HO320 kind "poem" is not known: a newer program wrote it`,
		`problem h6 HO320 kind "handoff" is not known: a newer program wrote it`,
	}
	if got := dump(s); !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	if got := s.Records[pad("h1")].Source.Path; got != "a.yaml" {
		t.Errorf("%s counts", got)
	}

	// Without files, the canonical form tells.
	s = Of([]*handoff.Record{copyOf("", "", "a"), copyOf("", "", "a"), copyOf("", "", "b")}, "")
	if len(s.Records) != 1 || len(s.Problems) != 1 {
		t.Errorf("%d records, problems %v", len(s.Records), s.Problems)
	}
}
