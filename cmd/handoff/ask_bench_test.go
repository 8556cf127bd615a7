package main

import (
	"errors"
	"fmt"
	"os/exec"
	"testing"
	"time"
)

// BenchmarkAsk measures plain questions of every kind, warm, in repositories of a
// hundred to a million records, against git rev-parse in the same repository: what is
// live and what is old, what nobody knows, and what there is nothing of. The largest
// one takes minutes to make.
//
//	go test -run '^$' -bench 'Ask/records=100000$' -benchtime 1x ./cmd/handoff
func BenchmarkAsk(b *testing.B) {
	for _, n := range []int{100, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("records=%d", n), func(b *testing.B) { benchAsk(b, n) })
	}
}

func benchAsk(b *testing.B, n int) {
	x := newBench(b)
	team := newTeam(n)
	x.records(team, n)
	x.env = append(x.env, "GIT_AUTHOR_NAME=p3", "GIT_AUTHOR_EMAIL=p3@example.com", "GIT_COMMITTER_NAME=p3", "GIT_COMMITTER_EMAIL=p3@example.com") // one of the team
	x.run(x.handoff, "query", "blocked")
	x.run(x.handoff, "query", "marker-word") // the first search reads all texts, once
	live := fmt.Sprintf("item-3-0-%d", (team.turn-4)/pairs/10)
	for _, q := range []struct{ name, question string }{
		{"topic", "blocked"}, {"blocking", "what is blocking p3?"}, {"done", "is " + live + " done?"}, {"done-old", "is item-3-0-0 done?"}, {"who", "who has " + live},
		{"holds", "what does p3 hold"}, {"holds-nobody", "holds nobody-knows"}, {"unknown", "who has nobody-knows"}, {"shipped", "what shipped in the last hour"},
		{"shipped-by", "what did p3 ship yesterday"}, {"why", "why did we decide on topic-10"}, {"decided", "what was decided today"}, {"back", "when is p3 back"},
		{"acked", "has q3 acked my handoff"}, {"unblock", "who can unblock " + live}, {"history", "history of " + live}, {"refused", "what is love"},
		{"away", "what changed while I was away"}, {"all", "are all handoffs acked"}, {"mine", "are any of my items blocked"}, {"history-old", "history of item-3-0-0"},
		{"why-old", "why are we doing item-3-0-0"}, {"reviewing-old", "who is reviewing PR 1001"}, {"has-old", "who has PR 1001"},
	} {
		var ours, git []time.Duration
		for range rounds {
			ours, git = append(ours, x.answered(q.question)), append(git, x.git("rev-parse", "HEAD"))
		}
		b.ReportMetric(ratio(ours, git), q.name+"×rev-parse")
	}
	b.ReportMetric(0, "ns/op")
}

// answered is how long a question takes that is answered, refused or not on record.
func (x *bench) answered(question string) time.Duration {
	cmd := exec.Command(x.handoff, "query", question)
	cmd.Dir, cmd.Env = x.dir, x.env
	start := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(start)
	if exit := new(exec.ExitError); err != nil && !(errors.As(err, &exit) && (exit.ExitCode() == 2 || exit.ExitCode() == 3)) {
		x.b.Fatalf("%s: %v\n%s", question, err, out)
	}
	return took
}
