//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// What starting at all, and prime, may cost.
const (
	versionBudget = 4.0  // × git --version
	primeBudget   = 30.0 // ms of processor time
	primeWords    = 600
)

// BenchmarkPrime measures prime, warm, in repositories of a hundred and of a hundred
// thousand records, against git rev-parse in the same repository: its processor time, and
// its words.
//
//	go test -run '^$' -bench 'Prime/records=100000$' -benchtime 1x ./cmd/handoff
func BenchmarkPrime(b *testing.B) {
	for _, n := range []int{100, 100_000} {
		b.Run(fmt.Sprintf("records=%d", n), func(b *testing.B) { benchPrime(b, n) })
	}
}

func benchPrime(b *testing.B, n int) {
	x := newBench(b)
	x.records(newTeam(n), n)
	x.run(x.handoff, "query", "blocked") // fills the index
	var git []time.Duration
	words := 0
	ours, processor := bestMedian(func() (took, processor time.Duration) {
		cmd, took := x.timed(x.handoff, "prime", "--as", "p3")
		words = max(words, len(strings.Fields(cmd.Stdout.(*bytes.Buffer).String())))
		git = append(git, x.git("rev-parse", "HEAD"))
		return took, processorTime(cmd)
	})
	b.ReportMetric(float64(ours)/float64(median(git)), "×rev-parse")
	b.ReportMetric(float64(processor.Microseconds())/1e3, "processor-ms")
	b.ReportMetric(float64(words), "words")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkStart is the processor time of version against that of git --version.
func BenchmarkStart(b *testing.B) {
	x := newBench(b)
	_, ours := bestMedian(func() (took, processor time.Duration) {
		cmd, took := x.timed(x.handoff, "version")
		return took, processorTime(cmd)
	})
	_, theirs := bestMedian(func() (took, processor time.Duration) {
		cmd, took := x.timed("git", "--version")
		return took, processorTime(cmd)
	})
	b.ReportMetric(float64(ours)/float64(theirs), "×git")
	b.ReportMetric(0, "ns/op")
}

// timed runs a command, and says how long it took.
func (x *bench) timed(name string, args ...string) (*exec.Cmd, time.Duration) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env, cmd.Stdout = x.dir, x.env, new(bytes.Buffer)
	start := time.Now()
	if err := cmd.Run(); err != nil {
		x.b.Fatalf("%s %q: %v", name, args, err)
	}
	return cmd, time.Since(start)
}

func processorTime(cmd *exec.Cmd) time.Duration {
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// bestMedian is the smallest of some medians of what is measured: what else the machine
// does makes each of them longer, and none shorter.
func bestMedian(measure func() (took, processor time.Duration)) (took, processor time.Duration) {
	const medians = 5
	for i := range medians {
		var all, used []time.Duration
		for range rounds {
			t, p := measure()
			all, used = append(all, t), append(used, p)
		}
		if t, p := median(all), median(used); i == 0 {
			took, processor = t, p
		} else {
			took, processor = min(took, t), min(processor, p)
		}
	}
	return took, processor
}

// TestBudgets: what is run before everything else, and by everybody who starts, costs no
// more than was agreed.
func TestBudgets(t *testing.T) {
	if !*full {
		t.Skip("the budgets take a minute to measure: -full")
	}
	within := func(name string, budgets map[string]float64, measure func(*testing.B)) {
		t.Helper()
		result := testing.Benchmark(measure)
		for metric, budget := range budgets {
			switch got, ok := result.Extra[metric]; {
			case !ok:
				t.Errorf("%s: %s was not measured", name, metric)
			case got > budget:
				t.Errorf("%s: %.1f %s, and at most %.1f are allowed", name, got, metric, budget)
			default:
				t.Logf("%s: %.1f of %.1f %s", name, got, budget, metric)
			}
		}
	}
	within("version", map[string]float64{"×git": versionBudget}, BenchmarkStart)
	for _, n := range []int{100, 100_000} {
		within(fmt.Sprintf("prime of %d records", n), map[string]float64{"processor-ms": primeBudget, "words": primeWords}, func(b *testing.B) { benchPrime(b, n) })
	}
}
