package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// BenchmarkVerify is the first verification of a history of one record a commit
// and the one after it, against git log of the same directory. The processor's
// time is compared as well: several workers share the work, git is one.
//
//	go test -run '^$' -bench Verify/commits=10000$ -benchtime 1x ./cmd/handoff
func BenchmarkVerify(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("commits=%d", n), func(b *testing.B) { benchVerify(b, n) })
	}
}

func benchVerify(b *testing.B, n int) {
	const rounds = 5
	x := newBench(b)
	x.honestRecords(newTeam(n), n)
	var first, again, git, firstCPU, gitCPU []time.Duration
	var peak, peakAgain int64
	for range rounds {
		took, used, _ := x.measure("git", "log", "--name-status", "--", ".handoffs")
		git, gitCPU = append(git, took), append(gitCPU, used)
		if err := os.RemoveAll(filepath.Join(x.dir, ".git", "handoff")); err != nil {
			b.Fatal(err)
		}
		took, used, memory := x.measure(x.handoff, "verify")
		first, firstCPU, peak = append(first, took), append(firstCPU, used), max(peak, memory)
		took, _, memory = x.measure(x.handoff, "verify")
		again, peakAgain = append(again, took), max(peakAgain, memory)
	}
	b.ReportMetric(float64(median(first))/float64(median(git)), "×git-log")
	b.ReportMetric(float64(median(firstCPU))/float64(median(gitCPU)), "cpu×git-log")
	b.ReportMetric(float64(peak)/1e6, "MB")
	b.ReportMetric(float64(median(again).Microseconds())/1e3, "again-ms")
	b.ReportMetric(float64(peakAgain)/1e6, "again-MB")
	b.ReportMetric(0, "ns/op")
}

// measure is run, which also returns how long processors were used. The output
// goes nowhere: that of git log is too much to keep.
func (x *bench) measure(name string, args ...string) (took, used time.Duration, memory int64) {
	cmd := exec.CommandContext(x.b.Context(), name, args...)
	cmd.Dir, cmd.Env = x.dir, x.env
	start := time.Now()
	if err := cmd.Run(); err != nil {
		x.b.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	took = time.Since(start)
	state := cmd.ProcessState
	return took, state.UserTime() + state.SystemTime(), peakMemory(state)
}

// honestRecords commits a roster and the next n records of a team, each alone,
// by its author and at its time.
func (x *bench) honestRecords(team *team, n int) {
	roster := "format: 1\npeople:\n  sarah: {emails: [sarah@example.com]}\n"
	for i := range pairs {
		roster += fmt.Sprintf("  p%d: {emails: [p%[1]d@example.com]}\n  q%[1]d: {emails: [q%[1]d@example.com]}\n", i)
	}
	x.fastImport(func(w io.Writer) {
		commitFile(w, "sarah", team.now, ".handoffs/config.yaml", []byte(roster))
		for range n {
			if len(team.waiting) == 0 {
				team.next()
			}
			r := team.waiting[0]
			team.waiting = team.waiting[1:]
			data, err := handoff.Format(r)
			if err != nil {
				x.b.Fatal(err)
			}
			commitFile(w, r.By, r.At.Time, ".handoffs/"+r.Name(), data)
		}
	})
	x.git("repack", "-adq")
	forgetPeak()
}

// commitFile writes a commit of one file for git fast-import.
func commitFile(w io.Writer, by string, at time.Time, path string, data []byte) {
	fmt.Fprintf(w, "commit refs/heads/main\nauthor %s <%[1]s@example.com> %d +0000\ncommitter %[1]s <%[1]s@example.com> %[2]d +0000\ndata 7\nrecord\n\n", by, at.Unix())
	fmt.Fprintf(w, "M 100644 inline %s\ndata %d\n%s\n", path, len(data), data)
}
