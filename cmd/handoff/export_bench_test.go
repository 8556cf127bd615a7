package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// BenchmarkExport writes out all records of a repository in each format, against
// git log -p, which prints all of them as well. The index is there: its first
// making is measured by BenchmarkScale.
//
//	go test -run '^$' -bench 'Export/records=10000$' -benchtime 1x ./cmd/handoff
func BenchmarkExport(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("records=%d", n), func(b *testing.B) {
			x := newBench(b)
			x.records(newTeam(n), n)
			x.run(x.handoff, "query", "blocked")
			out := filepath.Join(b.TempDir(), "out")
			var git []time.Duration
			var peak int64
			ours := make(map[string][]time.Duration)
			for range 3 {
				git = append(git, x.git("log", "-p", "--output="+out, "main", "--", ".handoffs"))
				for name, args := range exports {
					took, memory := x.run(x.handoff, append([]string{"export", "-q", "--force", "-o", out}, args...)...)
					ours[name], peak = append(ours[name], took), max(peak, memory)
				}
			}
			b.ReportMetric(median(git).Seconds(), "log-p-s")
			for name, took := range ours {
				b.ReportMetric(float64(median(took))/float64(median(git)), name+"×log-p")
			}
			b.ReportMetric(float64(peak)/1e6, "MB")
			b.ReportMetric(0, "ns/op")
		})
	}
}

var exports = map[string][]string{
	"ndjson":        {"--format", "ndjson"},
	"csv":           {"--format", "csv"},
	"sqlite":        {"--format", "sqlite"},
	"states-ndjson": {"--format", "ndjson", "--states"},
	"states-csv":    {"--format", "csv", "--states"},
}

// BenchmarkOrganisation puts one question to many bare repositories, such as a
// host of mirrors has, and exports all of them, against git log -p in each, one
// after the other. ORG_REPOS and ORG_RECORDS say how many there are, and how many
// records each has.
//
//	ORG_REPOS=1000 ORG_RECORDS=1000 go test -timeout 0 -run '^$' -bench Organisation -benchtime 1x ./cmd/handoff
func BenchmarkOrganisation(b *testing.B) {
	repos, records := numberFrom(b, "ORG_REPOS", 20), numberFrom(b, "ORG_RECORDS", 100)
	x := newBench(b)
	out := filepath.Join(b.TempDir(), "out")
	dirs := x.organisation(repos, records)
	ask := func(args ...string) (time.Duration, int64) {
		return x.run(x.handoff, append(args, "--all-repos", "org")...)
	}
	took, peak := ask("query", "blocked")
	b.ReportMetric(took.Seconds(), "first-s")
	b.ReportMetric(float64(peak)/1e6, "first-MB")
	ours := make(map[string][]time.Duration)
	var git []time.Duration
	peak = 0
	turns := 3
	if repos > 100 {
		turns = 1 // so many processes are a median already
	}
	for range turns {
		for name, args := range map[string][]string{
			"query":       {"query", "blocked", "-q"},
			"stats-2d":    {"stats", "-q", "--since", "2026-11-18"},
			"export-2d":   {"export", "-q", "--since", "2026-11-18", "--force", "-o", out},
			"export-full": {"export", "-q", "--format", "sqlite", "--force", "-o", out},
		} {
			took, memory := ask(args...)
			ours[name], peak = append(ours[name], took), max(peak, memory)
		}
		var all time.Duration
		for _, dir := range dirs {
			all += x.git("-C", dir, "log", "-p", "--output="+out, "main", "--", ".handoffs")
		}
		git = append(git, all)
	}
	b.ReportMetric(median(git).Seconds(), "log-p-s")
	for name, took := range ours {
		b.ReportMetric(float64(median(took).Milliseconds())/float64(repos), name+"-ms/repo")
		b.ReportMetric(float64(median(took))/float64(median(git)), name+"×log-p")
	}
	b.ReportMetric(float64(peak)/1e6, "MB")
	b.ReportMetric(0, "ns/op")
}

// organisation makes bare repositories, each with so many records, in the directory
// org beside the repository of x, and stands there: it returns where they are.
func (x *bench) organisation(repos, records int) (dirs []string) {
	x.bare = true
	top := filepath.Dir(x.dir)
	for i := range repos {
		x.dir = filepath.Join(top, "org", fmt.Sprintf("team-%d", i%10), fmt.Sprintf("service-%d", i))
		if err := os.MkdirAll(x.dir, 0o755); err != nil {
			x.b.Fatal(err)
		}
		x.git("init", "-q", "--bare", "-b", "main")
		x.records(newTeam(records), records)
		dirs = append(dirs, x.dir)
	}
	x.dir = top
	return dirs
}

// numberFrom is a size that the environment sets.
func numberFrom(b *testing.B, key string, otherwise int) int {
	text := os.Getenv(key)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.Fatalf("%s=%s: not a number of one or more", key, text)
	}
	return n
}
