package index_test

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// shape is a way in which records build on one another.
type shape struct {
	name   string
	record func(n int) (by string, body handoff.Body) // record n of it
}

// recordID is the id of record n of a shape.
func recordID(n int) string { return fmt.Sprintf("%08d", n) }

// workOn is a handoff of some items.
func workOn(items ...string) *handoff.Handoff {
	h := &handoff.Handoff{To: []string{"ben"}, Summary: "Refunds work up to the callback"}
	for _, id := range items {
		h.Items = append(h.Items, handoff.Item{
			ID: id, Status: "in_progress", Owner: "ana", State: "The callback answers 200 on all four paths", Intent: "Refunds must not wait for a person",
			Next: []handoff.Next{{Do: "Run the contract tests against staging", Owner: "ben"}},
		})
	}
	return h
}

// shapes are all of which a repository can hold thousands.
var shapes = []shape{
	{"independent", func(n int) (string, handoff.Body) {
		return "ana", workOn(fmt.Sprintf("item-%d", n))
	}},
	{"amendments", func(n int) (string, handoff.Body) {
		h := workOn("api")
		if n > 0 {
			h.Amends = recordID(n - 1)
		}
		return "ana", h
	}},
	{"amendments of what was taken", func(n int) (string, handoff.Body) {
		switch n {
		case 0:
			return "ana", workOn("api", "web")
		case 1:
			return "ben", &handoff.Ack{Subject: recordID(0), Outcome: handoff.OutcomeAccepted, Take: []string{"web"}}
		}
		h := workOn("api", "web")
		h.Amends = recordID(n - 1)
		if n == 2 {
			h.Amends = recordID(0)
		}
		return "ana", h
	}},
	{"amendments with questions", func(n int) (string, handoff.Body) {
		if n%2 == 1 {
			return "ben", &handoff.Question{About: recordID(n - 1), Ask: "Which of the four paths is it?", To: "ana"}
		}
		h := workOn("api")
		if n > 0 {
			h.Amends = recordID(n - 2)
		}
		return "ana", h
	}},
	{"questions on a handoff", func(n int) (string, handoff.Body) {
		if n == 0 {
			return "ana", workOn("api")
		}
		return "ben", &handoff.Question{About: recordID(0), Ask: "Which of the four paths is it?", To: "ana"}
	}},
	{"rounds of a question", func(n int) (string, handoff.Body) {
		switch {
		case n == 0:
			return "ben", &handoff.Question{Ask: "Which of the four paths is it?", To: "ana"}
		case n%2 == 1:
			return "ana", &handoff.Answer{Question: recordID(0), Text: "The third one, since the callback moved"}
		}
		return "ben", &handoff.Question{About: recordID(0), Ask: "And since when is that so?", To: "ana"}
	}},
	{"acks of a handoff", func(n int) (string, handoff.Body) {
		if n == 0 {
			return "ana", workOn("api")
		}
		return fmt.Sprintf("ben-%d", n%50), &handoff.Ack{Subject: recordID(0), Outcome: handoff.OutcomeSeen}
	}},
	{"accepting acks of a handoff", func(n int) (string, handoff.Body) {
		if n == 0 {
			return "ana", workOn("api")
		}
		return fmt.Sprintf("ben-%d", n), &handoff.Ack{Subject: recordID(0), Outcome: handoff.OutcomeAccepted}
	}},
	{"escalations of a blocker", func(n int) (string, handoff.Body) {
		if n == 0 {
			return "ana", blocked("api", "tls")
		}
		return "ana", &handoff.Escalation{Subject: "blk:tls", To: "lee", Level: 1, Reason: "stalled", Ask: "Decide who renews it"}
	}},
	{"escalations withdrawn", func(n int) (string, handoff.Body) {
		switch {
		case n == 0:
			return "ana", blocked("api", "tls")
		case n%4 == 3:
			return "ana", &handoff.Withdrawal{Subject: recordID(n - 1), Why: "It moves again"}
		}
		return "ana", &handoff.Escalation{Subject: "blk:tls", To: "lee", Level: 1, Reason: "stalled", Ask: "Decide who renews it"}
	}},
	{"escalations of an item", func(n int) (string, handoff.Body) {
		if n == 0 {
			return "ana", workOn("api")
		}
		return "ana", &handoff.Escalation{Subject: "api", To: "lee", Level: 1, Reason: "stalled", Ask: "Decide who takes it"}
	}},
	{"escalations of a handoff", func(n int) (string, handoff.Body) {
		if n == 0 {
			return "ana", workOn("api")
		}
		return "ana", &handoff.Escalation{Subject: recordID(0), To: "lee", Level: 1, Reason: "no_response", Ask: "Decide who takes it"}
	}},
	{"routes of a blocker", func(n int) (string, handoff.Body) {
		if n == 0 {
			return "ana", blocked("api", "tls")
		}
		return "ana", &handoff.Route{Subject: "blk:tls", To: "lee", Via: "git"}
	}},
	{"deliveries of a blocker", func(n int) (string, handoff.Body) {
		if n == 0 {
			return "ana", blocked("api", "tls")
		}
		r := &handoff.Route{Subject: "blk:tls", To: "chat", Via: "slack", State: handoff.RouteSending, Key: recordID(n)}
		if n%2 == 0 {
			r.State, r.Key, r.Ends = handoff.RouteSent, recordID(n-1), recordID(n-1)
		}
		return "ana", r
	}},
	{"reminders of a blocker", func(n int) (string, handoff.Body) {
		if n == 0 {
			return "ana", blocked("api", "tls")
		}
		deadline := handoff.Time{Time: time.Date(2026, 11, 20, 10, 0, n, 0, time.UTC)}
		return "ana", &handoff.Route{Subject: "blk:tls", To: "chat", Via: "slack", State: handoff.RouteSent, Key: recordID(n), Deadline: deadline}
	}},
	{"amendments that are delivered", func(n int) (string, handoff.Body) {
		if n%2 == 1 {
			return "ana", &handoff.Route{Subject: recordID(n - 1), To: "chat", Via: "slack", State: handoff.RouteSent}
		}
		h := workOn("api")
		if n > 0 {
			h.Amends = recordID(n - 2)
		}
		return "ana", h
	}},
	{"a blocker resolved and reopened", func(n int) (string, handoff.Body) {
		if n%2 == 0 {
			return "ana", blocked("api", "tls")
		}
		return "lee", &handoff.Resolution{Blocker: "tls", Outcome: "resolved", How: "The certificate is renewed"}
	}},
	{"a blocker declared again", func(n int) (string, handoff.Body) { return "ana", blocked("api", "tls") }},
	{"decisions on a topic", func(n int) (string, handoff.Body) {
		d := handoff.DecisionFields{Decision: fmt.Sprintf("Sessions last %d minutes", n), Rationale: "The audit asks for it, and the callers agree"}
		if n > 0 {
			d.Supersedes = "sessions"
		}
		return "ana", &handoff.DecisionRecord{Topic: "sessions", DecisionFields: d}
	}},
	{"decisions that replace other topics", func(n int) (string, handoff.Body) {
		d := handoff.DecisionFields{Decision: fmt.Sprintf("Sessions last %d minutes", n), Rationale: "The audit asks for it, and the callers agree"}
		if n > 0 {
			d.Supersedes = fmt.Sprintf("sessions-%d", n-1)
		}
		return "ana", &handoff.DecisionRecord{Topic: fmt.Sprintf("sessions-%d", n), DecisionFields: d}
	}},
	{"proposals", func(n int) (string, handoff.Body) {
		d := handoff.DecisionFields{Decision: fmt.Sprintf("Sessions last %d minutes", n), Rationale: "The audit asks for it, and the callers agree", Status: "proposed"}
		return "ana", &handoff.DecisionRecord{Topic: "sessions", DecisionFields: d}
	}},
	{"an item declared again", func(n int) (string, handoff.Body) { return "ana", workOn("api") }},
	{"an item shipped and reopened", func(n int) (string, handoff.Body) {
		if n%2 == 1 {
			h := workOn()
			h.Shipped = handoff.List[handoff.Shipped]{{ID: "api", What: "The callback"}}
			return "ana", h
		}
		h := workOn("api")
		h.Items[0].Reopened = "It fails on the third path"
		return "ana", h
	}},
	{"an item passed to and fro", func(n int) (string, handoff.Body) {
		from, to := "ana", "ben"
		if n%4 > 1 {
			from, to = to, from
		}
		if n%2 == 1 {
			return to, &handoff.Ack{Subject: recordID(n - 1), Outcome: handoff.OutcomeAccepted, Take: []string{"api"}}
		}
		h := workOn("api")
		h.To, h.Items[0].Next[0].Owner = []string{to}, to
		return from, h
	}},
	{"an item assigned to and fro", func(n int) (string, handoff.Body) {
		if n == 0 {
			return "ana", workOn("api")
		}
		from, to := "ana", "ben"
		if n%4 > 2 || n%4 == 0 {
			from, to = to, from
		}
		if n%2 == 1 {
			return "lee", &handoff.Assignment{Item: "api", To: to, From: from}
		}
		return from, &handoff.Ack{Subject: recordID(n - 1), Outcome: handoff.OutcomeAccepted, Take: []string{"api"}}
	}},
	{"items that continue others", func(n int) (string, handoff.Body) {
		h := workOn(fmt.Sprintf("api-%d", n))
		if n > 0 {
			h.Dropped = []handoff.Reasoned{{ID: fmt.Sprintf("api-%d", n-1), Why: "It goes on under another name"}}
		}
		return "ana", h
	}},
	{"rollups of all sources", func(n int) (string, handoff.Body) {
		if n%2 == 0 {
			return fmt.Sprintf("ana-%d", n), workOn("api")
		}
		h := workOn()
		h.Rollup = &handoff.Rollup{Level: "team", Scope: "payments", Sources: []handoff.RollupSource{{ID: recordID(n - 1)}}}
		return "lee", h
	}},
	{"gaps of a handoff", func(n int) (string, handoff.Body) {
		if n == 0 {
			return "ana", workOn("api")
		}
		return "ben", &handoff.Gap{Subject: recordID(0), Class: "stale", Impact: "delay", Recovery: "Asked in the chat"}
	}},
	{"records that are not allowed", func(n int) (string, handoff.Body) {
		return "ana", &handoff.Resolution{Blocker: "nothing", Outcome: "resolved", How: "The certificate is renewed"}
	}},
}

// blocked is a handoff of an item that a blocker holds up.
func blocked(item, blocker string) *handoff.Handoff {
	h := workOn(item)
	h.Items[0].Status, h.Items[0].BlockedBy = "blocked", []string{blocker}
	h.Blockers = handoff.List[handoff.Blocker]{{ID: blocker, Needs: "The certificate renewed on both hosts", Because: "staging refuses the old one", Resolver: "lee", Blocks: []string{item}}}
	return h
}

// putShape puts the records from..to of a shape.
func (w *world) putShape(s shape, from, to int) {
	for n := from; n < to; n++ {
		by, body := s.record(n)
		w.put("main", handoff.New(recordID(n), day.Add(time.Duration(n)*40*time.Minute), by, body))
	}
}

// cost is what the index of some records takes.
type cost struct {
	file int64  // bytes of the file
	fill uint64 // bytes allocated while it is made
	step uint64 // bytes allocated when one more record is added
}

// costOf measures the index of n records of a shape.
func costOf(t *testing.T, s shape, n int) cost {
	w := newWorldWith(t, t.TempDir(), 1)
	w.putShape(s, 0, n)
	w.write()
	var c cost
	c.fill = allocated(func() { w.open().Close() })
	info, err := os.Stat(w.file())
	if err != nil {
		t.Fatal(err)
	}
	c.file = info.Size()
	w.putShape(s, n, n+1)
	w.write()
	c.step = allocated(func() {
		ix := w.open()
		defer ix.Close()
		if !ix.FromFile() {
			t.Fatal("not from the file")
		}
	})
	return c
}

// allocated is how many bytes a function allocates: unlike the time that it
// takes it does not depend on what else the machine does.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

var full = flag.Bool("full", false, "measure the growth of the index with twelve thousand records, compare a hundred worlds")

// Records cost what they say, however they build on one another: four times as
// many take four times the room and the work. One more takes hardly more work
// where there are a thousand, or a thousand in a loop would cost a million. With
// twelve thousand it is the ids of a thread that weigh, which nobody has.
func TestCostIsLinear(t *testing.T) {
	const times, slack = 4, 1.25
	n, most := 250, 3.0
	if *full {
		n, most = 3000, times*slack
	}
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			few, many := costOf(t, s, n), costOf(t, s, times*n)
			for _, m := range []struct {
				what      string
				few, many float64
				most      float64
			}{
				{"bytes of the file", float64(few.file), float64(many.file), times * slack},
				{"bytes allocated to make it", float64(few.fill), float64(many.fill), times * slack},
				{"bytes allocated for one more record", float64(few.step), float64(many.step), most},
			} {
				if m.many > m.most*m.few {
					t.Errorf("%s: %.0f for %d records, %.0f for %d", m.what, m.few, n, m.many, times*n)
				}
			}
		})
	}
}
