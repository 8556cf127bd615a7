package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkInboxWithoutIndex is inbox in a repository of 50,000 packed refs and
// 100,000 records where there is no index: because it is not there yet, and
// because the repository cannot be written. Decisions are small records of a
// topic each; a team writes handoffs of three items, acks, blockers and what
// becomes of them.
func BenchmarkInboxWithoutIndex(b *testing.B) {
	const records = 100_000
	fill := map[string]func(*bench){
		"decisions": func(x *bench) { x.copies(records) },
		"team": func(x *bench) {
			x.records(newTeam(records), records)
			x.git("repack", "-adq")
		},
	}
	for name, fill := range fill {
		x := newBench(b)
		fill(x)
		x.packRefs(50_000)
		b.Run(name+"/first", func(b *testing.B) { x.inbox(b, func(dir string) error { return os.RemoveAll(dir) }) })
		b.Run(name+"/read-only", func(b *testing.B) {
			x.inbox(b, func(dir string) error { return errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o444)) })
		})
	}
}

// inbox measures inbox, each time after prepare was given the directory in which
// the index is, against git listing the same records.
func (x *bench) inbox(b *testing.B, prepare func(dir string) error) {
	x.b = b
	var ours, theirs []time.Duration
	var peak int64
	for range 5 {
		if err := prepare(filepath.Join(x.dir, ".git", "handoff")); err != nil {
			b.Fatal(err)
		}
		took, memory := x.run(x.handoff, "inbox", "--as", "ben")
		ours, theirs, peak = append(ours, took), append(theirs, x.git("ls-tree", "-r", "HEAD", ".handoffs")), max(peak, memory)
	}
	x.report(ours, theirs, peak)
	b.ReportMetric(median(ours).Seconds(), "s")
}

// copies fills the repository with packed history of n records: copies of one
// decision under ids, topics and days of their own.
func (x *bench) copies(n int) {
	x.git("commit", "-q", "--allow-empty", "-m", "start")
	x.run(x.handoff, "decide", "Refunds are paid daily -- the bank batches them at 18:00 anyway")
	name, content := x.onlyRecord()
	id := strings.TrimSuffix(name[strings.LastIndexByte(name, '-')+1:], ".yaml")
	_, at, _ := strings.Cut(content, "at: \"")
	at, _, _ = strings.Cut(at, "\"")
	var b strings.Builder
	fmt.Fprint(&b, "commit refs/heads/main\ncommitter Ana <ana@example.com> 1790000000 +0000\ndata 5\nstart\nfrom refs/heads/main^0\n")
	for i := range n {
		own := fmt.Sprintf("a%07d", i)
		day := time.Date(2024, 1, 1+i%700, 0, 0, i/700, 0, time.UTC)
		text := strings.NewReplacer(id, own, at, day.Format(time.RFC3339), "refunds-are-paid-daily", "topic-"+own).Replace(content)
		fmt.Fprintf(&b, "M 100644 inline .handoffs/%s-decision-ana-%s.yaml\ndata %d\n%s\n", day.Format("2006/01/02/150405Z"), own, len(text), text)
	}
	cmd := exec.Command("git", "fast-import", "--quiet")
	cmd.Dir, cmd.Env, cmd.Stdin = x.dir, x.env, strings.NewReader(b.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		x.b.Fatalf("%v\n%s", err, out)
	}
	x.git("reset", "-q", "--hard")
	x.git("repack", "-adq")
}

// onlyRecord returns the path and the content of the only record in HEAD.
func (x *bench) onlyRecord() (name, content string) {
	out := func(args ...string) string {
		cmd := exec.Command("git", args...)
		cmd.Dir, cmd.Env = x.dir, x.env
		out, err := cmd.Output()
		if err != nil {
			x.b.Fatal(err)
		}
		return string(out)
	}
	name = strings.TrimSpace(out("ls-tree", "-r", "--name-only", "HEAD", ".handoffs"))
	return name, out("cat-file", "blob", "HEAD:"+name)
}

// packRefs gives the repository n packed remote-tracking branches at HEAD.
func (x *bench) packRefs(n int) {
	commit := exec.Command("git", "rev-parse", "HEAD")
	commit.Dir, commit.Env = x.dir, x.env
	out, err := commit.Output()
	if err != nil {
		x.b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(x.dir, ".git", "packed-refs"), packedRefs(n, strings.TrimSpace(string(out))), 0o644); err != nil {
		x.b.Fatal(err)
	}
	x.git("pack-refs", "--all")
}
