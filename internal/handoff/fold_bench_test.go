package handoff

import (
	"fmt"
	"testing"
	"time"
)

// quarter is n records of a team that works: everybody hands two items on,
// mostly acked, with a blocker now and then.
func quarter(n int) []*Record {
	var records []*Record
	add := func(by string, body Body) {
		id := fmt.Sprintf("%08d", len(records))
		records = append(records, New(id, day.Add(time.Duration(len(records))*10*time.Minute), by, body))
	}
	for day := 0; len(records) < n; day++ {
		sender, receiver := people[day%len(people)], people[(day+1)%len(people)]
		thread := day / len(people) / 5 // a new one every few turns
		h := items(work(fmt.Sprintf("api-%d", thread), states[day%4], receiver), work(fmt.Sprintf("web-%d-%s", thread, sender), "ready", sender))
		h.Decisions = List[Decision]{{ID: fmt.Sprintf("db-%d", thread), DecisionFields: DecisionFields{Decision: "sqlite"}}}
		blocker := fmt.Sprintf("tls-%d", day)
		h.Blockers = List[Blocker]{{ID: blocker, Blocks: []string{h.Items[0].ID}}}
		add(sender, h)
		add(receiver, &Ack{Subject: records[len(records)-1].ID, Outcome: OutcomeAccepted, Take: []string{h.Items[0].ID}})
		add(sender, &Route{Subject: "blk:" + blocker, To: receiver})
		add(receiver, &Resolution{Blocker: blocker, Outcome: "resolved"})
	}
	return records[:n]
}

func BenchmarkFold(b *testing.B) {
	records := quarter(10_000)
	b.ReportAllocs()
	for b.Loop() {
		if s := Fold(records, PolicyPerItem); len(s.Order()) != len(records) {
			b.Fatal("records are missing")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(records)), "ns/record")
}
