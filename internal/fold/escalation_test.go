package fold

import (
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
	"pgregory.net/rapid"
)

// raise escalates something to lee.
func raise(subject string) *handoff.Escalation {
	return &handoff.Escalation{Subject: subject, To: "lee", Level: 1}
}

func TestFoldEscalation(t *testing.T) {
	offered := items(work("api", "ready", "ben"), work("web", "ready", "cleo"))
	asked := &handoff.Question{Ask: "Which zone?", To: "ben"}
	open := false
	runFoldCases(t, []foldCase{
		{
			name: "of a handoff, over with its acceptance",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"e1", "ana", raise(pad("h1")), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
			},
			want: []string{"escalation e1 to lee level 1 over a1 of h1"},
		}, {
			name: "of a handoff, taken up by an assignment and by a decision on its items",
			steps: []step{
				{"h1", "ana", offered, 0},
				{"e1", "ana", raise(pad("h1")), 0},
				{"e2", "ana", &handoff.Escalation{Subject: pad("h1"), To: "sarah", Level: 2}, 0},
				{"s1", "lee", &handoff.Assignment{Item: "api", To: "cleo"}, 0},
				{"d1", "sarah", &handoff.DecisionRecord{Topic: "tz", DecisionFields: handoff.DecisionFields{Decision: "UTC", Items: []string{"web"}}}, 0},
			},
			want: []string{"escalation e1 to lee level 1 taken_up s1 of h1", "escalation e2 to sarah level 2 taken_up d1 of h1"},
		}, {
			name: "of a handoff that is declined stands until it is amended",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"a1", "ben", verdict("h1", handoff.OutcomeDeclined), 0},
				{"e1", "ben", raise(pad("h1")), 0},
				{"h2", "ana", amending("h1", items(work("api", "ready", "ben"))), 0},
				{"e2", "ben", raise(pad("h1")), 0},
			},
			want: []string{"escalation e1 to lee level 1 over h2 of h1", "escalation e2 to lee level 1 open of h2"},
		}, {
			name: "of a handoff that is withdrawn, and too late",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"e1", "ana", raise(pad("h1")), 0},
				{"w1", "ana", &handoff.Withdrawal{Subject: pad("h1")}, 0},
				{"e2", "ben", raise(pad("h1")), 0},
			},
			want:     []string{"escalation e1 to lee level 1 over w1 of h1"},
			problems: []string{"e2 HO320 escalates h1, which is withdrawn"},
		}, {
			name: "of an item, seen, declined, taken up all the same",
			steps: []step{
				{"h1", "ana", offered, 0},
				{"e1", "ana", raise("item:api"), 0},
				{"a1", "lee", verdict("e1", handoff.OutcomeSeen), 0},
				{"a2", "cleo", verdict("e1", handoff.OutcomeDeclined), 0}, // nobody asked cleo
				{"a3", "lee", verdict("e1", handoff.OutcomeDeclined), 0},
				{"e2", "ana", raise("item:web"), 0},
				{"a4", "lee", verdict("e2", handoff.OutcomeDeclined), 0},
				{"a5", "lee", verdict("e2", handoff.OutcomeAccepted), 0},
			},
			want: []string{"escalation e1 to lee level 1 declined a3 seen by lee of api", "escalation e2 to lee level 1 taken_up a5 of web"},
		}, {
			name: "of an item, over when somebody takes it, and raised again",
			steps: []step{
				{"h1", "ana", offered, 0},
				{"e1", "ana", raise("item:api"), 0},
				{"e2", "ana", raise("item:web"), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
				{"a2", "lee", accepted("h1", "web"), 0},
				{"e3", "ben", &handoff.Escalation{Subject: "item:api", To: "cleo", Level: 1}, 0},
				{"a3", "lee", verdict("e1", handoff.OutcomeAccepted), 0},
			},
			want:     []string{"escalation e2 to lee level 1 over a2 a2 of web", "escalation e3 to cleo level 1 open of api"},
			problems: []string{"a3 HO702 acks e1, which does not escalate api any more"},
		}, {
			name: "of an item that is shipped, dropped, back",
			steps: []step{
				{"h1", "ana", items(work("api", "ready"), work("web", "ready")), 0},
				{"e1", "ben", raise("item:api"), 0},
				{"e2", "ben", raise("item:web"), 0},
				{"h2", "ana", &handoff.Handoff{Shipped: handoff.List[handoff.Shipped]{{ID: "api"}}, Dropped: []handoff.Reasoned{{ID: "web"}}}, 0},
				{"h3", "ana", items(handoff.Item{ID: "web", Status: "ready", Reopened: "again"}), 0},
				{"e3", "ben", raise("item:api"), 0},
			},
			want:     []string{"escalation e1 to lee level 1 over h2 of api"},
			problems: []string{"e3 HO320 api was shipped by ana in h2"},
		}, {
			name: "of a question, taken up by an answer, over with the last",
			steps: []step{
				{"q1", "ana", asked, 0},
				{"e1", "ana", raise(pad("q1")), 0},
				{"n1", "lee", &handoff.Answer{Question: pad("q1"), Text: "Soon", Closes: &open}, 0},
				{"q2", "ana", asked, 0},
				{"e2", "ana", raise(pad("q2")), 0},
				{"n2", "ben", &handoff.Answer{Question: pad("q2"), Text: "UTC"}, 0},
				{"q3", "ana", asked, 0},
				{"e3", "ana", raise(pad("q3")), 0},
				{"w3", "ana", &handoff.Withdrawal{Subject: pad("q3")}, 0},
				{"e4", "ana", raise(pad("q3")), 0},
			},
			want: []string{
				"escalation e1 to lee level 1 taken_up n1 of q1", "escalation e2 to lee level 1 over n2 of q2",
				"escalation e3 to lee level 1 over w3 of q3",
			},
			problems: []string{"e4 HO320 escalates the question q3, which is withdrawn"},
		}, {
			name: "of a blocker: declined, it is what it was",
			steps: []step{
				{"h1", "ana", blocked("tls"), 0},
				{"r1", "ana", &handoff.Route{Subject: "tls"}, 0},
				{"e1", "ana", raise("tls"), 0},
				{"a1", "lee", verdict("e1", handoff.OutcomeDeclined), 0},
			},
			want: []string{"blocker tls routed level 1, 0s to now", "escalation e1 to lee level 1 declined a1 of tls"},
		}, {
			name: "of a blocker, raised further and resolved",
			steps: []step{
				{"h1", "ana", blocked("tls"), 0},
				{"e1", "ana", raise("tls"), 0},
				{"e2", "lee", &handoff.Escalation{Subject: "blk:tls", To: "team:qa", Level: 2}, 0},
				{"a1", "ben", &handoff.Ack{Subject: "blk:tls", Outcome: handoff.OutcomeAccepted}, 0},
				{"s1", "sarah", &handoff.Resolution{Blocker: "tls", Outcome: "resolved"}, 0},
			},
			want: []string{
				"blocker tls resolved level 2, 0s to 4m0s",
				"escalation e1 to lee level 1 over e2 s1 of tls", "escalation e2 to team:qa level 2 over a1 s1 of tls",
			},
		}, {
			name: "nobody takes up what they raise to somebody else",
			steps: []step{
				{"h1", "ana", offered, 0},
				{"e1", "ana", raise("item:api"), 0},
				{"a1", "ana", verdict("e1", handoff.OutcomeAccepted), 0},
				{"a2", "ana", verdict("e1", handoff.OutcomeSeen), 0},
				{"h2", "ana", items(work("api", "blocked", "ben")), time.Hour},
			},
			want:     []string{"escalation e1 to lee level 1 open seen by ana of api"},
			problems: []string{"a1 HO701 acks e1, which is by ana too"},
		}, {
			name: "withdrawn",
			steps: []step{
				{"h1", "ana", offered, 0},
				{"e1", "ana", raise("item:api"), 0},
				{"e2", "ana", raise(pad("h1")), 0},
				{"w1", "ana", &handoff.Withdrawal{Subject: pad("e1")}, 0},
				{"w2", "ben", &handoff.Withdrawal{Subject: pad("e2")}, 0},
				{"w3", "ana", &handoff.Withdrawal{Subject: pad("e1")}, 0},
			},
			want: []string{"escalation e2 to lee level 1 open of h1"},
			problems: []string{
				"w2 HO320 withdraws e2, which is by ana", "w3 HO320 withdraws e1, which does not escalate api any more",
			},
		},
	})
}

// Nothing that is settled asks anybody, and nobody takes up what they raised to
// somebody else.
func TestFoldEndsEscalations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Of(drawHistory(t), rapid.SampledFrom([]AckPolicy{PolicyPerItem, PolicyAny, PolicyAll}).Draw(t, "policy"))
		check := func(key string, settled bool, of *Escalated) {
			for _, e := range of.Escalations {
				if settled && e.Over == nil {
					t.Fatalf("%s is settled, and %s asks %q", key, e.Record.ID, e.To)
				}
				if e.TakenUp != nil && e.TakenUp.By == e.By && e.By != e.To {
					t.Fatalf("%s is taken up by %s, who raised it to %q", e.Record.ID, e.By, e.To)
				}
			}
		}
		for key, hs := range s.Handoffs {
			check(key, !hs.pending() && hs.State != HandoffAccepted, &hs.Escalated)
		}
		for key, it := range s.Items {
			check(key, !it.Live(), &it.Escalated)
		}
		for key, b := range s.Blockers {
			check(key, !b.Open(), &b.Escalated)
			if (b.State == BlockerEscalated) != b.Escalation().Stands() && b.State != BlockerAcknowledged && b.Open() {
				t.Fatalf("%s is %s with %+v", key, b.State, b.Escalation())
			}
		}
		for key, q := range s.Questions {
			check(key, !q.Pending(), &q.Escalated)
		}
	})
}
