package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// BenchmarkScale measures what is asked every day in repositories of a hundred
// to a million records, against git status in the same repository. The larger
// ones take minutes to make.
//
//	go test -run '^$' -bench 'Scale/records=100000$' -benchtime 1x ./cmd/handoff
func BenchmarkScale(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("records=%d", n), func(b *testing.B) { benchScale(b, n) })
	}
}

func benchScale(b *testing.B, n int) {
	x := newBench(b)
	team := newTeam(n)
	x.records(team, n)

	took, memory := x.run(x.handoff, "query", "blocked")
	b.ReportMetric(took.Seconds(), "first-s")
	b.ReportMetric(float64(memory)/1e6, "first-MB")
	var peak int64
	warm := func(name string, args ...string) {
		var ours, git []time.Duration
		for range rounds {
			took, memory := x.run(x.handoff, args...)
			ours, git, peak = append(ours, took), append(git, x.git("rev-parse", "HEAD")), max(peak, memory)
		}
		b.ReportMetric(float64(median(ours).Microseconds())/1e3, name+"-ms")
		b.ReportMetric(ratio(ours, git), name+"×rev-parse")
	}
	warm("blocked", "query", "blocked")
	warm("next", "query", "next", "p3")
	warm("asked", "query", "what is blocking p3?")
	warm("asked-yes", "query", fmt.Sprintf("is item-3-0-%d done?", (team.turn-4)/pairs/10))
	warm("asked-old", "query", "is item-3-0-0 done?")
	warm("status-old", "query", "status", "item-3-0-0")
	warm("show", "show", team.last)
	warm("complete", "__complete", "show", "")
	took, _ = x.run(x.handoff, "query", "marker-word")
	b.ReportMetric(took.Seconds(), "first-search-s")
	warm("search", "query", "marker-word")
	warm("changed", "query", "changed", "since:2026-11-20T06:00:00Z")

	if n < checkedOut {
		ours, theirs, memory := x.declareAgainstCommit(team.now)
		b.ReportMetric(ratio(ours, theirs), "declare×git")
		peak = max(peak, memory)
		team.now = team.now.Add(time.Hour) // what follows is younger
	}

	var after []time.Duration
	for range 5 {
		x.records(team, 100)
		took, memory := x.run(x.handoff, "query", "blocked")
		after, peak = append(after, took), max(peak, memory)
	}
	b.ReportMetric(float64(median(after).Microseconds())/1e3, "after-100-ms")

	b.ReportMetric(float64(peak)/1e6, "warm-MB")
	b.ReportMetric(0, "ns/op")
}

// records commits the next n records of a team, all on main but the last few,
// which are on branches.
func (x *bench) records(team *team, n int) {
	team.stream++
	x.fastImport(func(w io.Writer) {
		const together = 50 // records in a commit
		for done := 0; done < n; done += together {
			branch := "main"
			if left := n - done; n > 1000 && left <= 3*together {
				branch = fmt.Sprintf("feature-%d", left/together)
			}
			team.commit(w, branch, min(together, n-done))
		}
	})
	if team.serial < checkedOut && !x.bare {
		x.git("reset", "-q", "--hard")
	}
	forgetPeak()
}

// fastImport runs git fast-import on what write writes.
func (x *bench) fastImport(write func(io.Writer)) {
	cmd := exec.Command("git", "fast-import", "--quiet", "--force")
	cmd.Dir, cmd.Env, cmd.Stderr = x.dir, x.env, os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		x.b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		x.b.Fatal(err)
	}
	w := bufio.NewWriterSize(in, 1<<20)
	write(w)
	if err := errors.Join(w.Flush(), in.Close(), cmd.Wait()); err != nil {
		x.b.Fatal(err)
	}
}

// forgetPeak makes this process small again. On Linux the peak memory of a
// child begins with that of the process that started it; 5 resets it (proc(5)).
func forgetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // elsewhere there is no such file, and no need
}

// checkedOut is the number of records up to which there is a work tree. A
// million files in one take git longer than the disk of a test machine bears.
const checkedOut = 500_000

// team writes the records of twelve pairs on two sites, who hand three items
// each to one another every twelve hours. What is live stays the same over the
// years; what is done piles up.
type team struct {
	now      time.Time
	serial   int
	turn     int               // of the pairs, one after the other
	stream   int               // how often git fast-import was started
	branches map[string]int    // branch → the last stream that wrote to it
	waiting  []*handoff.Record // made and not committed
	last     string            // the id of the last handoff
	items    int               // of a handoff
	words    int               // that are added to what an item says
}

const pairs = 12

// newTeam begins so long ago that n records end on a day of November 2026.
func newTeam(n int) *team {
	end := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	return &team{now: end.Add(-time.Duration(n) * step), branches: make(map[string]int), items: 3}
}

// step is the time from one record to the next.
const step = 10 * time.Minute

func (t *team) add(by string, body handoff.Body) *handoff.Record {
	const alphabet = handoff.IDAlphabet
	t.serial++
	id := make([]byte, handoff.IDLength)
	for i, n := 0, uint64(t.serial)*0x9e3779b97f4a7c15; i < len(id); i++ {
		id[i] = alphabet[n>>59]
		n <<= 5
	}
	t.now = t.now.Add(step)
	r := handoff.New(string(id), t.now, by, body)
	t.waiting = append(t.waiting, r)
	return r
}

// next makes the records of one handoff: it, its ack, and for every third a
// blocker that goes with the next but one.
func (t *team) next() {
	pair, round := t.turn%pairs, t.turn/pairs
	t.turn++
	from, to := fmt.Sprintf("p%d", pair), fmt.Sprintf("q%d", pair)
	if round%2 == 1 {
		from, to = to, from
	}
	h := &handoff.Handoff{
		To: []string{to}, Team: fmt.Sprintf("team-%d", pair%3), ReturnsAt: handoff.Time{Time: t.now.Add(24 * time.Hour)},
		Summary: fmt.Sprintf("Round %d of the import: two items move, one waits for a decision", round),
		Shipped: handoff.List[handoff.Shipped]{}, Blockers: handoff.List[handoff.Blocker]{}, Decisions: handoff.List[handoff.Decision]{},
	}
	var take []string
	for i := range t.items {
		age := (round + 3*i) % 10
		id := fmt.Sprintf("item-%d-%d-%d", pair, i, (round+3*i)/10)
		if age == 0 && round > 0 {
			done := fmt.Sprintf("item-%d-%d-%d", pair, i, (round+3*i)/10-1)
			h.Shipped = append(h.Shipped, handoff.Shipped{ID: done, What: "The import of the older rows is merged and deployed"})
		}
		h.Items = append(h.Items, handoff.Item{
			ID: id, Title: "Import of the rows that the old job left", Status: []string{"in_progress", "in_review"}[age%2], Owner: from,
			State:  fmt.Sprintf("PR #%d has %d of 2 approvals, all 214 tests pass", 1000+round, age%2) + t.more(),
			Intent: "Customers wait up to nine days because the old job skips partial refunds" + t.more(),
			Next:   []handoff.Next{{Do: "Get the second approval and merge it" + t.more(), Owner: to, When: "once the reviewer is online"}},
			Accept: []handoff.Criterion{{Check: "The pull request is merged and the refund shows as paid"}},
			Refs:   []handoff.Ref{{Type: "pr", ID: fmt.Sprint(1000 + round)}},
		})
		take = append(take, id)
	}
	blocker := fmt.Sprintf("policy-%d", t.turn)
	blocked := t.turn%3 == 0
	if blocked {
		h.Items[0].Status, h.Items[0].BlockedBy = "blocked", []string{blocker}
		h.Blockers = append(h.Blockers, handoff.Blocker{
			ID: blocker, Needs: "Decide the timeout of sessions", Because: "login and refund disagree about it",
			Resolver: "sarah", Blocks: []string{h.Items[0].ID}, Type: "decision",
		})
	}
	if t.turn%10 == 0 {
		h.Decisions = append(h.Decisions, handoff.Decision{ID: fmt.Sprintf("topic-%d", t.turn), DecisionFields: handoff.DecisionFields{
			Decision: "Sessions last 15 minutes", Rationale: "The audit of last year asks for it",
		}})
	}
	if t.turn%5000 == 7 {
		h.Notes = "here is the marker-word to be found"
	}
	r := t.add(from, h)
	t.last = r.ID
	if blocked {
		t.add(from, &handoff.Route{Subject: "blk:" + blocker, To: "sarah", Because: "primary", Via: "git"})
	}
	t.add(to, &handoff.Ack{Subject: r.ID, Outcome: handoff.OutcomeAccepted, Take: take})
	if old := t.turn - 2*pairs; old > 0 && old%3 == 0 {
		t.add("sarah", &handoff.Resolution{Blocker: fmt.Sprintf("policy-%d", old), Outcome: "resolved", How: "Decided in the review of the week"})
	}
}

// more is some words that nobody said before: nothing like the texts of a template,
// of which git stores the differences.
func (t *team) more() string {
	var b strings.Builder
	for i := range t.words {
		fmt.Fprintf(&b, " %x", uint16((t.serial*t.words+i)*40503))
	}
	return b.String()
}

// BenchmarkFirstQuestion is the first question in a clone, and one where nothing
// can be written, against git grep reading the same records: with the short handoffs
// of the other benchmarks, and with six items that say three times as much.
//
//	go test -run '^$' -bench 'FirstQuestion/long/records=97686' -benchtime 1x ./cmd/handoff
func BenchmarkFirstQuestion(b *testing.B) {
	for name, words := range map[string]int{"short": 0, "long": 20} {
		for _, n := range []int{10_000, 97_686} {
			b.Run(fmt.Sprintf("%s/records=%d", name, n), func(b *testing.B) {
				x := newBench(b)
				team := newTeam(n)
				if team.words = words; words > 0 {
					team.items = 6
				}
				x.records(team, n)
				x.git("repack", "-adq")
				forgetPeak()
				x.firstQuestion("file", os.RemoveAll)
				x.firstQuestion("memory", func(dir string) error { return errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o444)) })
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// firstQuestion measures a question, each time after prepare was given the
// directory in which the index is.
func (x *bench) firstQuestion(name string, prepare func(dir string) error) {
	var ours, theirs []time.Duration
	var peak int64
	for range 5 {
		if err := prepare(filepath.Join(x.dir, ".git", "handoff")); err != nil {
			x.b.Fatal(err)
		}
		took, memory := x.run(x.handoff, "query", "blocked")
		ours, peak = append(ours, took), max(peak, memory)
		theirs = append(theirs, x.git("grep", "-l", "marker-word", "HEAD", "--", ".handoffs"))
	}
	x.b.ReportMetric(median(ours).Seconds(), name+"-s")
	x.b.ReportMetric(float64(median(ours))/float64(median(theirs)), name+"×grep")
	x.b.ReportMetric(float64(peak)/1e6, name+"-MB")
}

// commit writes a commit with the next n records for git fast-import.
func (t *team) commit(w io.Writer, branch string, n int) {
	for len(t.waiting) < n {
		t.next()
	}
	fmt.Fprintf(w, "commit refs/heads/%s\ncommitter Ana <ana@example.com> %d +0000\ndata 7\nrecords\n", branch, t.now.Unix())
	stream, known := t.branches[branch]
	switch {
	case known && stream != t.stream:
		fmt.Fprintf(w, "from refs/heads/%s^0\n", branch)
	case !known && branch != "main":
		fmt.Fprint(w, "from refs/heads/main\n")
	}
	t.branches[branch] = t.stream
	for _, r := range t.waiting[:n] {
		data, err := handoff.Format(r)
		if err != nil {
			panic(err) // every record of this generator has a form
		}
		fmt.Fprintf(w, "M 100644 inline %s\ndata %d\n%s\n", filepath.ToSlash(filepath.Join(".handoffs", r.Name())), len(data), data)
	}
	t.waiting = t.waiting[n:]
}
