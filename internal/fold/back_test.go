package fold

import (
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// What came back at the end of a story, all of it.
func TestFoldBacks(t *testing.T) {
	two := items(work("api", handoff.StatusReady, "ben"), work("web", handoff.StatusReady, "ben"))
	toBoth := items(work("api", handoff.StatusReady, "ben"))
	toBoth.To = handoff.List[string]{"ben", "cleo"}
	stuck := func() *handoff.Handoff {
		h := blocked("tls", "api")
		h.To, h.Items = handoff.List[string]{"ben"}, handoff.List[handoff.Item]{work("api", handoff.StatusBlocked, "ben")}
		return h
	}
	resolved := &handoff.Resolution{Blocker: "tls", Outcome: "resolved"}
	ask := &handoff.Question{Ask: "Which zone?", To: "ben", About: "item:api"}
	open := false
	lacking := accepted("h1", "api", "web")
	lacking.Gaps = []handoff.GapNote{{Item: "web", Class: "stale"}}
	for _, c := range []struct {
		name  string
		steps []step
		want  []string
	}{
		{"declined, then accepted after a talk", []step{
			{"h1", "ana", two, 0}, {"a1", "ben", verdict("h1", handoff.OutcomeDeclined), 0}, {"a2", "ben", accepted("h1"), 0},
		}, []string{"ana: h1 untaken by a2, items [api web]"}},
		{"declined by one, taken by the other", []step{
			{"h1", "ana", toBoth, 0}, {"a1", "ben", verdict("h1", handoff.OutcomeDeclined), 0}, {"s1", "lee", &handoff.Assignment{Item: "api", To: "cleo"}, 0}, {"a2", "cleo", accepted("s1", "api"), 0},
		}, nil},
		{"of two items one is declared again", []step{
			{"h1", "ana", two, 0}, {"a1", "ben", verdict("h1", handoff.OutcomeDeclined), 0}, {"h2", "ana", items(work("api", handoff.StatusReady, "ben")), 0},
		}, []string{"ana: h1 declined by a1, items [web]"}},
		{"taken in part, and then the rest", []step{
			{"h1", "ana", two, 0}, {"a1", "ben", accepted("h1", "api"), 0}, {"a2", "ben", accepted("h1", "web"), 0},
		}, nil},
		{"gaps stay though the item is taken", []step{{"h1", "ana", two, 0}, {"a1", "ben", lacking, 0}},
			[]string{"ana: h1 gaps by a1, items [web]"}},
		{"an amendment ends all of it", []step{
			{"h1", "ana", two, 0}, {"a1", "ben", lacking, 0}, {"g1", "ben", &handoff.Gap{Subject: pad("h1")}, 0}, {"h2", "ana", amending("h1", items()), 0},
		}, nil},
		{"a gap in an item that was taken is for whoever handed it over", []step{
			{"h1", "ana", two, 0}, {"a1", "ben", accepted("h1", "api", "web"), 0},
			{"h2", "ben", items(work("api", handoff.StatusReady)), 0}, {"g1", "ben", &handoff.Gap{Subject: "item:api"}, 0},
		}, []string{"ana: item:api gap by g1, items []"}},
		{"an item that is free goes with who takes it", []step{
			{"h1", "ana", stuck(), 0}, {"r1", "sarah", resolved, 0}, {"a1", "ben", accepted("h1", "api"), 0},
		}, []string{"ben: item:api unblocked by r1, items []"}},
		{"whoever has it may have resolved it", []step{{"h1", "ana", stuck(), 0}, {"r1", "ana", resolved, 0}},
			[]string{"ana: item:api unblocked by r1, items []"}},
		{"the latest answer counts, and no act that is not allowed", []step{
			{"h1", "ana", two, 0}, {"q1", "ana", ask, 0}, {"n1", "ben", &handoff.Answer{Question: pad("q1"), Closes: &open}, 0}, {"n2", "ben", &handoff.Answer{Question: pad("q1")}, 0},
			{"n3", "ana", &handoff.Answer{Question: pad("q1")}, 0},
		}, []string{"ana: q:q1 answered by n2, items [api]"}},
		{"an answer to oneself, and a decision on what was asked about", []step{
			{"h1", "ana", two, 0}, {"q1", "ana", ask, 0}, {"n1", "ana", &handoff.Answer{Question: pad("q1"), Closes: &open}, 0}, {"n2", "ben", &handoff.Answer{Question: pad("q1")}, 0},
			{"d1", "ana", &handoff.DecisionRecord{Topic: "tz", DecisionFields: handoff.DecisionFields{Decision: "UTC", Items: []string{"api"}}}, 0},
		}, nil},
		{"a receipt is of one thing, and for whom it came back to", []step{
			{"h1", "ana", toBoth, 0}, {"a1", "ben", verdict("h1", handoff.OutcomeDeclined), 0}, {"a2", "cleo", verdict("h1", handoff.OutcomeChangesRequested), 0},
			{"a3", "ana", verdict("a1", handoff.OutcomeSeen), 0}, {"a4", "ben", verdict("a2", handoff.OutcomeSeen), 0},
		}, []string{"ana: h1 changes_requested by a2, items [api]"}},
		{"nothing is asked of who refuses", []step{
			{"h1", "ana", stuck(), 0}, {"s1", "lee", &handoff.Assignment{Item: "api", To: "cleo"}, 0}, {"a1", "cleo", verdict("s1", handoff.OutcomeDeclined), 0},
			{"a2", "sarah", &handoff.Ack{Subject: "blk:tls", Outcome: handoff.OutcomeDeclined}, 0}, {"e1", "ana", raise("blk:tls"), 0}, {"a3", "lee", verdict("e1", handoff.OutcomeDeclined), 0},
		}, []string{"ana: blk:tls declined by a3, items []", "lee: s1 declined by a1, items [api]"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, line := range dump(Of(story(c.steps...), "")) {
				if back, ok := strings.CutPrefix(line, "back to "); ok {
					got = append(got, back)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}
