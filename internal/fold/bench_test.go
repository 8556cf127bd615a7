package fold

import (
	"fmt"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// quarter is n records of a team that works: everybody hands two items on,
// mostly acked, with a blocker now and then.
func quarter(n int) []*handoff.Record {
	var records []*handoff.Record
	add := func(by string, body handoff.Body) {
		id := fmt.Sprintf("%08d", len(records))
		records = append(records, handoff.New(id, day.Add(time.Duration(len(records))*10*time.Minute), by, body))
	}
	for day := 0; len(records) < n; day++ {
		sender, receiver := people[day%len(people)], people[(day+1)%len(people)]
		thread := day / len(people) / 5 // a new one every few turns
		h := items(work(fmt.Sprintf("api-%d", thread), states[day%4], receiver), work(fmt.Sprintf("web-%d-%s", thread, sender), "ready", sender))
		h.Decisions = handoff.List[handoff.Decision]{{ID: fmt.Sprintf("db-%d", thread), DecisionFields: handoff.DecisionFields{Decision: "sqlite"}}}
		blocker := fmt.Sprintf("tls-%d", day)
		h.Blockers = handoff.List[handoff.Blocker]{{ID: blocker, Blocks: []string{h.Items[0].ID}}}
		add(sender, h)
		add(receiver, &handoff.Ack{Subject: records[len(records)-1].ID, Outcome: handoff.OutcomeAccepted, Take: []string{h.Items[0].ID}})
		add(sender, &handoff.Route{Subject: "blk:" + blocker, To: receiver})
		add(receiver, &handoff.Resolution{Blocker: blocker, Outcome: "resolved"})
	}
	return records[:n]
}

func BenchmarkFold(b *testing.B) {
	records := quarter(10_000)
	b.ReportAllocs()
	for b.Loop() {
		if s := Of(records, PolicyPerItem); len(s.Order()) != len(records) {
			b.Fatal("records are missing")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(records)), "ns/record")
}
