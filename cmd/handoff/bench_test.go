package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The benchmarks run the whole program and git in turns, and report the ratio
// of neighbours: these machines are too noisy for absolute times.
//
//	go test -run '^$' -bench . -benchtime 1x ./cmd/handoff

const rounds = 15

// bench is a repository and the two programs.
type bench struct {
	b       *testing.B
	dir     string
	bare    bool // nothing is checked out
	handoff string
	env     []string
}

func newBench(b *testing.B) *bench {
	dir := b.TempDir()
	x := &bench{b: b, dir: filepath.Join(dir, "repo"), handoff: filepath.Join(dir, "handoff")}
	x.env = append(os.Environ(), "HOME="+dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_AUTHOR_NAME=Ana", "GIT_AUTHOR_EMAIL=ana@example.com", "GIT_COMMITTER_NAME=Ana", "GIT_COMMITTER_EMAIL=ana@example.com")
	if err := os.Mkdir(x.dir, 0o755); err != nil {
		b.Fatal(err)
	}
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w -X github.com/handoff-cli/handoff/internal/cli.version=1.0.0", "-o", x.handoff, ".") // as it is released
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	x.git("init", "-q", "-b", "main")
	return x
}

// run returns how long a command took and its peak memory in bytes, 0 when that is
// not known.
func (x *bench) run(name string, args ...string) (time.Duration, int64) {
	cmd := exec.CommandContext(context.Background(), name, args...)
	cmd.Dir, cmd.Env = x.dir, x.env
	start := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(start)
	if err != nil {
		x.b.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return took, peakMemory(cmd.ProcessState)
}

func (x *bench) git(args ...string) time.Duration {
	took, _ := x.run("git", args...)
	return took
}

// files fills the repository with packed history of n files.
func (x *bench) files(n int) {
	var b strings.Builder
	for i := range n {
		text := fmt.Sprintf("package p%d\n", i)
		fmt.Fprintf(&b, "blob\nmark :%d\ndata %d\n%s\n", i+1, len(text), text)
	}
	fmt.Fprint(&b, "commit refs/heads/main\ncommitter Ana <ana@example.com> 1790000000 +0000\ndata 5\nstart\n")
	for i := range n {
		fmt.Fprintf(&b, "M 100644 :%d src/a%d/b%d/f%d.go\n", i+1, i%30, i/30%100, i)
	}
	cmd := exec.Command("git", "fast-import", "--quiet")
	cmd.Dir, cmd.Env, cmd.Stdin = x.dir, x.env, strings.NewReader(b.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		x.b.Fatalf("%v\n%s", err, out)
	}
	x.git("reset", "-q", "--hard")
	x.git("repack", "-adq")
	x.git("commit-graph", "write", "--reachable")
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// ratio is the median of how many times as long each of ours took as the one of
// theirs beside it: what else the machine did was the same for both.
func ratio(ours, theirs []time.Duration) float64 {
	ratios := make([]float64, len(ours))
	for i := range ours {
		ratios[i] = float64(ours[i]) / float64(theirs[i])
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}

// report prints how two programs compare, and the memory of ours.
func (x *bench) report(ours, theirs []time.Duration, memory int64) {
	x.b.ReportMetric(ratio(ours, theirs), "×git")
	if memory > 0 {
		x.b.ReportMetric(float64(memory)/1e6, "MB")
	}
	x.b.ReportMetric(0, "ns/op")
}

// BenchmarkVersion is the cost of starting at all, against git --version.
func BenchmarkVersion(b *testing.B) {
	x := newBench(b)
	var ours, theirs []time.Duration
	var peak int64
	for range 20 * rounds {
		took, memory := x.run(x.handoff, "version")
		ours, theirs, peak = append(ours, took), append(theirs, x.git("--version")), max(peak, memory)
	}
	x.report(ours, theirs, peak)
}

// BenchmarkDeclare is declare -f against git add and git commit of a file of
// the same size, in repositories of several sizes.
func BenchmarkDeclare(b *testing.B) {
	for _, files := range []int{100, 90_000} {
		b.Run(fmt.Sprintf("files=%d", files), func(b *testing.B) {
			x := newBench(b)
			x.files(files)
			ours, theirs, peak := x.declareAgainstCommit(time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC))
			x.report(ours, theirs, peak)
		})
	}
}

// BenchmarkPrePush is the hook at a push of three commits, and the check of a
// pull request of them, against git --version, among records of several numbers.
func BenchmarkPrePush(b *testing.B) {
	for _, records := range []int{1_000, 10_000} {
		x := newBench(b)
		x.names(records)
		x.git("branch", "base")
		for range 3 {
			x.git("commit", "-q", "--allow-empty", "-m", "work")
		}
		for name, args := range map[string][]string{
			"hook":  {"hook", "run", "pre-push", "--no-stdin", "--", "origin"},
			"check": {"check", "--pr", "--base", "base"},
		} {
			b.Run(fmt.Sprintf("%s/records=%d", name, records), func(b *testing.B) {
				x.b = b
				var ours, theirs []time.Duration
				var peak int64
				for range 3 * rounds {
					took, memory := x.run(x.handoff, args...)
					ours, theirs, peak = append(ours, took), append(theirs, x.git("--version")), max(peak, memory)
				}
				x.report(ours, theirs, peak)
			})
		}
	}
}

// names commits the files of n records of ten people, one every ten minutes
// up to now. Neither command opens them.
func (x *bench) names(n int) {
	var b strings.Builder
	fmt.Fprintf(&b, "blob\nmark :1\ndata 2\nx\n\ncommit refs/heads/main\ncommitter Ana <ana@example.com> %d +0000\ndata 7\nrecords\n", time.Now().Unix())
	for i := range n {
		at := time.Now().UTC().Add(-time.Duration(i+1) * 10 * time.Minute)
		fmt.Fprintf(&b, "M 100644 :1 .handoffs/%s-ack-p%d-%08d.yaml\n", at.Format("2006/01/02/150405Z"), i%10, i)
	}
	cmd := exec.Command("git", "fast-import", "--quiet")
	cmd.Dir, cmd.Env, cmd.Stdin = x.dir, x.env, strings.NewReader(b.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		x.b.Fatalf("%v\n%s", err, out)
	}
	x.git("reset", "-q", "--hard")
}

// declareAgainstCommit measures declare -f, and git add with git commit of a
// file of the same size, in turns, and the peak memory of the former. No record
// is younger than after.
func (x *bench) declareAgainstCommit(after time.Time) (ours, theirs []time.Duration, peak int64) {
	for i := range rounds {
		x.env = append(x.env, "GIT_AUTHOR_DATE="+after.Add(time.Duration(i+1)*time.Minute).Format(time.RFC3339))
		took, memory := x.run(x.handoff, "declare", "-q", "-f", x.draft())
		ours, theirs, peak = append(ours, took), append(theirs, x.commitFile(fmt.Sprint(i))), max(peak, memory)
	}
	return ours, theirs, peak
}

// draft is the path of a handoff that can be declared.
func (x *bench) draft() string {
	path, err := filepath.Abs("../../examples/two-sites/today.yaml")
	if err != nil {
		x.b.Fatal(err)
	}
	return path
}

// commitFile returns how long git takes to add a file of the size of the draft
// in a new directory, and to commit it as durably as we do.
func (x *bench) commitFile(dir string) time.Duration {
	content, err := os.ReadFile(x.draft())
	if err != nil {
		x.b.Fatal(err)
	}
	name := filepath.Join("notes", dir, "today.yaml")
	if err := os.MkdirAll(filepath.Join(x.dir, filepath.Dir(name)), 0o755); err != nil {
		x.b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(x.dir, name), fmt.Appendf(content, "# %s\n", dir), 0o644); err != nil {
		x.b.Fatal(err)
	}
	return x.git("add", "--", name) + x.git("-c", "core.fsync=all", "commit", "-q", "-m", "notes")
}

// BenchmarkWriters is many people who declare at once, against git committing as
// many files one after the other, as it cannot do so at once. Each must succeed.
func BenchmarkWriters(b *testing.B) {
	for _, writers := range []int{10, 20} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			x := newBench(b)
			x.git("commit", "-q", "--allow-empty", "-m", "start")
			var ours, theirs []time.Duration
			for round := range rounds {
				ours = append(ours, x.declareAtOnce(writers, round))
				var git time.Duration
				for i := range writers {
					git += x.commitFile(fmt.Sprintf("%d-%d", round, i))
				}
				theirs = append(theirs, git)
			}
			b.ReportMetric(float64(median(ours).Milliseconds()), "ms")
			b.ReportMetric(ratio(ours, theirs), "×git-in-turn")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// declareAtOnce returns how long it takes until all of some writers, each with a
// handoff of its own, are done.
func (x *bench) declareAtOnce(writers, round int) time.Duration {
	text, err := os.ReadFile(x.draft())
	if err != nil {
		x.b.Fatal(err)
	}
	running := make([]*exec.Cmd, writers)
	said := make([]bytes.Buffer, writers)
	for i := range running {
		running[i] = exec.Command(x.handoff, "declare", "-q", "-f", "-", "--as", fmt.Sprint("p", i))
		running[i].Dir = x.dir
		running[i].Env = append(slices.Clone(x.env), fmt.Sprintf("GIT_AUTHOR_DATE=2026-11-20T%02d:%02d:00Z", round, i))
		own := strings.NewReplacer("payments-refund-flow", fmt.Sprint("refund-flow-", i), "session-policy", fmt.Sprint("policy-", i),
			"session-timeout", fmt.Sprint("timeout-", i), "ana", fmt.Sprint("p", i)).Replace(string(text))
		running[i].Stdin, running[i].Stdout, running[i].Stderr = strings.NewReader(own), &said[i], &said[i]
	}
	start := time.Now()
	for _, cmd := range running {
		if err := cmd.Start(); err != nil {
			x.b.Fatal(err)
		}
	}
	for i, cmd := range running {
		if err := cmd.Wait(); err != nil {
			x.b.Fatalf("%v\n%s", err, said[i].String())
		}
	}
	return time.Since(start)
}
