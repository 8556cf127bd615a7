package story

import (
	"slices"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// records makes records of bodies, one hour after the other.
func records(by string, bodies ...handoff.Body) (list []*handoff.Record) {
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	for i, body := range bodies {
		list = append(list, handoff.New("0000000"+string(rune('a'+i)), at.Add(time.Duration(i)*time.Hour), by, body))
	}
	return list
}

func declares(item handoff.Item) *handoff.Handoff {
	item.ID = "api"
	return &handoff.Handoff{Items: []handoff.Item{item}}
}

func TestChanged(t *testing.T) {
	review := declares(handoff.Item{Status: "in_review", Owner: "ana", State: "1 of 2 approvals", Intent: "Faster refunds", Next: []handoff.Next{{Do: "Merge it", Owner: "ben"}}})
	progress := declares(handoff.Item{Status: "in_progress", Owner: "ana", State: "1 of 2 approvals", Next: []handoff.Next{{Do: "Merge it", Owner: "ben"}}})
	due := declares(handoff.Item{Status: "in_review", Owner: "ana", State: "1 of 2 approvals", Next: []handoff.Next{{Do: "Merge it", Owner: "ben"}}, Due: handoff.Time{Time: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}})
	blocker := func(resolver string) *handoff.Handoff {
		return &handoff.Handoff{Blockers: []handoff.Blocker{{ID: "api", Needs: "a decision", Resolver: resolver, Blocks: []string{"web", "app"}}}}
	}
	question := func(to string) *handoff.Handoff {
		return &handoff.Handoff{Questions: []handoff.OpenQuestion{{ID: "api", Ask: "Which one is meant?", To: to}}}
	}
	for _, c := range []struct {
		name          string
		kind          fold.EntryKind
		before, since []handoff.Body
		want          []string
	}{
		{"new", fold.EntryItem, nil, []handoff.Body{review}, []string{"new"}},
		{"status; an intent that is left out stays", fold.EntryItem, []handoff.Body{review}, []handoff.Body{progress}, []string{"status: in_review → in_progress"}},
		{"what came and went is told of the last record", fold.EntryItem, []handoff.Body{review}, []handoff.Body{progress, review}, []string{"status: in_progress → in_review"}},
		{"there and back is left out beside what stayed", fold.EntryItem, []handoff.Body{review}, []handoff.Body{progress, due}, []string{"due: 2026-11-23 12:00Z"}},
		{"gone", fold.EntryItem, []handoff.Body{due}, []handoff.Body{progress}, []string{"status: in_review → in_progress", "due: 2026-11-23 12:00Z → none"}},
		{"taken", fold.EntryItem, []handoff.Body{review}, []handoff.Body{&handoff.Ack{Subject: "00000000", Outcome: handoff.OutcomeAccepted, Take: []string{"item:api"}}}, []string{"holder: ana → ben"}},
		{"another one taken", fold.EntryItem, []handoff.Body{review}, []handoff.Body{&handoff.Ack{Subject: "00000000", Outcome: handoff.OutcomeAccepted, Take: []string{"web"}}}, nil},
		{"declined", fold.EntryItem, []handoff.Body{review}, []handoff.Body{&handoff.Ack{Subject: "00000000", Outcome: handoff.OutcomeDeclined, Reason: "capacity"}}, []string{"verdict: declined by ben: capacity"}},
		{"offered", fold.EntryItem, []handoff.Body{review}, []handoff.Body{&handoff.Assignment{Item: "api", To: "kim"}}, []string{"offered to: kim"}},
		{"dropped", fold.EntryItem, []handoff.Body{review}, []handoff.Body{&handoff.Handoff{Dropped: []handoff.Reasoned{{ID: "api", Why: "nobody asks for it"}}}}, []string{"status: in_review → dropped", "state: 1 of 2 approvals → nobody asks for it"}},
		{"another resolver", fold.EntryBlocker, []handoff.Body{blocker("sarah")}, []handoff.Body{blocker("kim")}, []string{"resolver: sarah → kim"}},
		{"escalated", fold.EntryBlocker, []handoff.Body{blocker("sarah")}, []handoff.Body{&handoff.Escalation{Subject: "blk:api", To: "lee"}}, []string{"state: declared → escalated", "escalated to: lee"}},
		{"resolved and back", fold.EntryBlocker, []handoff.Body{blocker("sarah"), &handoff.Resolution{Blocker: "api", Outcome: "resolved", How: "decided"}}, []handoff.Body{blocker("sarah")}, []string{"state: resolved → declared"}},
		{"answered", fold.EntryQuestion, []handoff.Body{question("ben")}, []handoff.Body{&handoff.Answer{Question: "api", Text: "The second one"}}, []string{"answer: The second one"}},
		{"asked somebody else", fold.EntryQuestion, []handoff.Body{question("ben")}, []handoff.Body{question("kim")}, []string{"to: ben → kim"}},
		{"decided anew", fold.EntryDecision, []handoff.Body{&handoff.Handoff{Decisions: []handoff.Decision{{ID: "api", DecisionFields: handoff.DecisionFields{Decision: "15 minutes", Rationale: "the audit"}}}}},
			[]handoff.Body{&handoff.DecisionRecord{Topic: "api", DecisionFields: handoff.DecisionFields{Decision: "30 minutes", Rationale: "the audit", Supersedes: "api"}}}, []string{"decision: 15 minutes → 30 minutes"}},
		{"another summary; the anchor is no news", fold.EntryHandoff, []handoff.Body{&handoff.Handoff{Summary: "one", To: []string{"ben"}}},
			[]handoff.Body{&handoff.Handoff{Summary: "two", To: []string{"ben", "kim"}, Anchor: &handoff.Anchor{Branch: "main"}}}, []string{"to: ben → ben; kim", "summary: one → two"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			before, since := records("ana", c.before...), records("ben", c.since...)
			for _, change := range Changed(c.kind, "api", before, since) {
				got = append(got, change.String())
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// A version that is amended within the time has said nothing.
func TestChangedSkipsAmended(t *testing.T) {
	all := records("ana", declares(handoff.Item{Status: "ready", Owner: "ana"}), declares(handoff.Item{Status: "blocked", Owner: "ana", Due: handoff.Time{Time: time.Unix(0, 0)}}),
		declares(handoff.Item{Status: "in_review", Owner: "ana"}))
	all[2].Body.(*handoff.Handoff).Amends = all[1].ID
	got := Changed(fold.EntryItem, "api", all[:1], all[1:])
	if want := []Change{{"status", "ready", "in_review"}}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
