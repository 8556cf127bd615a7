package main

import (
	"fmt"
	"testing"
)

// BenchmarkStats measures all handoffs of a team with long records, once they are in
// the index, against git log reading the same commits. Ten times the records take
// about ten times as long:
//
//	go test -run '^$' -bench Stats -benchtime 1x ./cmd/handoff
func BenchmarkStats(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 97_686} {
		b.Run(fmt.Sprintf("records=%d", n), func(b *testing.B) {
			x := newBench(b)
			team := newTeam(n)
			team.words, team.items = 20, 6
			x.records(team, n)
			x.git("repack", "-adq")
			x.run(x.handoff, "query", "blocked")
			took, memory := x.run(x.handoff, "stats")
			b.ReportMetric(took.Seconds(), "stats-s")
			b.ReportMetric(float64(took.Microseconds())/float64(n), "µs/record")
			b.ReportMetric(float64(took)/float64(x.git("log", "--oneline")), "stats×log")
			b.ReportMetric(float64(memory)/1e6, "stats-MB")
			b.ReportMetric(0, "ns/op")
		})
	}
}
