package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// quarter writes what fifteen engineers at two sites leave in thirteen weeks, the same in
// every run: seven pairs hand two items each to one another, morning and evening, one
// person works alone. It ends on a Friday afternoon in Warsaw.
type quarter struct {
	*rand.Rand
	records []*handoff.Record
	ids     int
	pairs   []*pair
	topics  int
}

// pair are two people, one at each site, with what they hand to and fro.
type pair struct {
	people   [2]string
	items    [2]work
	last     *handoff.Record // the handoff that nobody has answered yet
	asked    string          // the question that nobody has answered yet, "" for none
	asker    int             // who of the two asks it
	blockers map[string]time.Time
}

// work is an item in its course.
type work struct {
	id, title string
	age       int
	since     string // the blocker that stops it, "" for none
}

// quarterEnd is when the quarter is over: 20 November 2026, 15:30 in Warsaw.
var quarterEnd = time.Date(2026, 11, 20, 14, 30, 0, 0, time.UTC)

// quarterConfig is the team of examples/fifteen, with contracts, targets and links.
const quarterConfig = `format: 1
people:
  lena: {name: Lena, emails: [lena@example.com], team: build-waw, tz: Europe/Warsaw, hours: "09:00-17:00"}
  adam: {name: Adam, emails: [adam@example.com], team: build-waw, tz: Europe/Warsaw, hours: "09:00-17:00"}
  bea: {name: Bea, emails: [bea@example.com], team: build-waw, tz: Europe/Warsaw, hours: "09:00-17:00"}
  celina: {name: Celina, emails: [celina@example.com], team: build-waw, tz: Europe/Warsaw, hours: "09:00-17:00"}
  daria: {name: Daria, emails: [daria@example.com], team: build-waw, tz: Europe/Warsaw, hours: "09:00-17:00"}
  emil: {name: Emil, emails: [emil@example.com], team: build-waw, tz: Europe/Warsaw, hours: "09:00-17:00"}
  filip: {name: Filip, emails: [filip@example.com], team: build-waw, tz: Europe/Warsaw, hours: "09:00-17:00", away: [{from: 2026-11-16, to: 2026-11-27, cover: adam}]}
  gosia: {name: Gosia, emails: [gosia@example.com], team: build-waw, tz: Europe/Warsaw, hours: "09:00-17:00"}
  max: {name: Max, emails: [max@example.com], team: build-den, tz: America/Denver, hours: "08:00-16:30"}
  hugo: {name: Hugo, emails: [hugo@example.com], team: build-den, tz: America/Denver, hours: "08:00-16:30"}
  iris: {name: Iris, emails: [iris@example.com], team: build-den, tz: America/Denver, hours: "08:00-16:30"}
  jon: {name: Jon, emails: [jon@example.com], team: build-den, tz: America/Denver, hours: "08:00-16:30"}
  kate: {name: Kate, emails: [kate@example.com], team: build-den, tz: America/Denver, hours: "08:00-16:30"}
  liam: {name: Liam, emails: [liam@example.com], team: build-den, tz: America/Denver, hours: "08:00-16:30"}
  mona: {name: Mona, emails: [mona@example.com], team: build-den, tz: America/Denver, hours: "08:00-16:30"}
teams:
  build-waw: {lead: lena, zone: emea}
  build-den: {lead: max, zone: amer}
zones: [emea, amer]
timing: {publish_grace: 30m}
sla:
  ack: {routine: 2h, watch: 1h, critical: 15m}
  answer: 8h
  blocker_ack: 4h
  blocker_resolve: 2d
interfaces:
  - {from: build-waw, to: build-den, trigger: "16:30 in Warsaw, each working day", done_when: ["every open item has its next step", "the build of main is green or has an owner"], requires: [accept], on_missing: warn, ack: 2h}
deliver: {blockers: build-chat}
refs: {pr: "https://github.com/acme/build/pull/{id}", ticket: "https://acme.example/browse/{id}"}
`

func newQuarter() *quarter {
	q := &quarter{Rand: rand.New(rand.NewPCG(2026, 11))}
	waw, den := []string{"lena", "adam", "bea", "celina", "daria", "emil", "gosia"}, []string{"max", "hugo", "iris", "jon", "kate", "liam", "mona"}
	for i := range waw {
		p := &pair{people: [2]string{waw[i], den[i]}, blockers: make(map[string]time.Time)}
		for j := range p.items {
			p.items[j] = q.work()
		}
		q.pairs = append(q.pairs, p)
	}
	for day := quarterEnd.AddDate(0, 0, -7*13).Truncate(24 * time.Hour); day.Before(quarterEnd); day = day.AddDate(0, 0, 1) {
		if day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			q.day(day)
		}
	}
	q.records = slices.DeleteFunc(q.records, func(r *handoff.Record) bool { return r.At.After(quarterEnd) })
	slices.SortStableFunc(q.records, func(a, b *handoff.Record) int { return a.At.Compare(b.At.Time) })
	return q
}

// day is a working day of everybody.
func (q *quarter) day(day time.Time) {
	at := func(hour, spread int) time.Time {
		return day.Add(time.Duration(hour)*time.Hour + time.Duration(q.IntN(spread*60))*time.Second)
	}
	for _, p := range q.pairs {
		q.ack(p, 0, at(8, 110))
		q.talk(p, 0, at(10, 200))
		q.declare(p, 0, at(14, 80))
		q.ack(p, 1, at(15, 100))
		q.talk(p, 1, at(18, 200))
		q.declare(p, 1, at(22, 60))
	}
}

func (q *quarter) add(by string, at time.Time, body handoff.Body) *handoff.Record {
	q.ids++
	r := handoff.New(drawnID(q.ids), at, by, body)
	q.records = append(q.records, r)
	return r
}

// drawnID is the nth of ids that look like drawn ones, and are the same in every run.
func drawnID(n int) string {
	id := make([]byte, handoff.IDLength)
	for i, bits := 0, uint64(n)*0x9e3779b97f4a7c15; i < len(id); i++ {
		id[i] = handoff.IDAlphabet[bits>>59]
		bits <<= 5
	}
	return string(id)
}

// The words of which what people write is made.
var (
	parts   = []string{"remote cache", "linker", "test runner", "release signing", "lint report", "container image", "dependency graph", "flaky suite", "artifact store", "symbol upload"}
	aims    = []string{"split uploads over 64 MB", "halve the cold start", "retry what timed out", "rotate the key without a freeze", "drop the old format", "measure the hit rate", "shard it by package"}
	reasons = []string{"A clean build takes 40 minutes because nothing is shared between runners", "Reviewers read 2,000 lines of log to find one warning", "Every tenth object is lost and built again", "The audit wants a signature on each artifact by December"}
)

func pick(q *quarter, from []string) string { return from[q.IntN(len(from))] }

// work begins an item.
func (q *quarter) work() work {
	q.topics++
	part := pick(q, parts)
	return work{id: fmt.Sprintf("%s-%d", strings.ReplaceAll(part, " ", "-"), q.topics), title: strings.ToUpper(part[:1]) + part[1:] + ": " + pick(q, aims)}
}

// declare is the handoff of one of a pair to the other.
func (q *quarter) declare(p *pair, from int, at time.Time) {
	by, to := p.people[from], p.people[1-from]
	h := &handoff.Handoff{
		To: []string{to}, ReturnsAt: handoff.Time{Time: at.Add(16 * time.Hour)}, Shipped: handoff.List[handoff.Shipped]{},
		Items: handoff.List[handoff.Item]{}, Blockers: handoff.List[handoff.Blocker]{}, Decisions: handoff.List[handoff.Decision]{},
	}
	for i := range p.items {
		w := &p.items[i]
		if w.age > 3+q.IntN(12) && w.since == "" {
			h.Shipped = append(h.Shipped, handoff.Shipped{ID: w.id, What: w.title + ", merged and measured"})
			*w = q.work()
		}
		h.Items = append(h.Items, q.item(p, w, by, to, h, at))
		w.age++
	}
	h.Summary = fmt.Sprintf("%s is in review, %s goes on", p.items[0].title, p.items[1].id)
	if len([]rune(h.Summary)) > 140 {
		h.Summary = h.Summary[:140]
	}
	if q.IntN(9) == 0 {
		q.topics++
		topic := fmt.Sprintf("%s-policy", strings.ReplaceAll(pick(q, parts), " ", "-"))
		h.Decisions = append(h.Decisions, handoff.Decision{ID: topic, DecisionFields: handoff.DecisionFields{
			Decision: fmt.Sprintf("Objects live for %d days in the %s, and no longer", 3+q.IntN(30), pick(q, parts)), Rationale: "After that fewer than 1% of them are ever read again",
			Items: []string{p.items[0].id}, Supersedes: topic,
		}})
	}
	if p.asked == "" && q.IntN(8) == 0 {
		q.topics++
		p.asked, p.asker = fmt.Sprintf("which-%d", q.topics), from
		h.Questions = append(h.Questions, handoff.OpenQuestion{ID: p.asked, Ask: "Does the " + pick(q, parts) + " have to answer while it is rebuilt?", To: to, Context: "The plan in docs/cache.md says both"})
	}
	p.last = q.add(by, at, h)
	for _, b := range h.Blockers {
		q.add(by, at.Add(time.Second), &handoff.Route{Subject: "blk:" + b.ID, To: b.Resolver, Because: "primary", Via: "git"})
		if q.IntN(3) > 0 {
			q.add(by, at.Add(2*time.Minute), &handoff.Route{Subject: "blk:" + b.ID, To: "build-chat", Because: "primary", Via: "slack", State: handoff.RouteSent, Told: []string{b.Resolver},
				URL: "https://acme.slack.com/archives/C0BUILD/p1" + b.ID[len(b.ID)-3:], Receipt: "1.1", Digest: strings.Repeat("ab", 32)})
		}
	}
}

// item is how an item stands, with the blocker that may stop it.
func (q *quarter) item(p *pair, w *work, by, to string, h *handoff.Handoff, at time.Time) handoff.Item {
	it := handoff.Item{
		ID: w.id, Title: w.title, Status: []string{"in_progress", "in_review"}[w.age%2], Owner: p.people[0], Severity: []string{"", "", "", "", "", "watch"}[q.topics%6],
		State:  fmt.Sprintf("PR #%d has %d of 2 approvals, %d of 214 tests pass on the new path", 300+q.topics, w.age%2, 150+q.IntN(64)),
		Intent: pick(q, reasons), Next: []handoff.Next{{Do: "Get the second approval of PR and " + pick(q, aims), Owner: to, When: "once the night build is through"}},
		Accept: []handoff.Criterion{{Check: "500 of 500 objects over 64 MB are found again"}}, Refs: []handoff.Ref{{Type: "pr", ID: fmt.Sprint(300 + q.topics)}, {Type: "ticket", ID: fmt.Sprintf("BLD-%d", 40+q.topics)}},
	}
	if q.topics%23 == 0 {
		it.Severity, it.IfThen = "critical", []handoff.Contingency{{If: "the night build is red", Then: "Switch the cache off in ci.toml", Who: to}}
	}
	if w.since == "" && q.IntN(14) == 0 {
		q.topics++
		w.since = fmt.Sprintf("decide-%d", q.topics)
		p.blockers[w.since] = at
	}
	if w.since != "" {
		it.Status, it.BlockedBy = "blocked", []string{w.since}
		h.Blockers = append(h.Blockers, handoff.Blocker{
			ID: w.since, Needs: "Decide whether the " + pick(q, parts) + " may be rebuilt during the day", Because: "Two teams wait for its answer, and a rebuild takes 25 minutes",
			Resolver: []string{"kate", "gosia", "max", "lena"}[len(w.since)%4], Blocks: []string{w.id}, Type: "decision", Since: handoff.Time{Time: p.blockers[w.since]},
		})
	}
	return it
}

// ack is the verdict on what the other one of a pair has left.
func (q *quarter) ack(p *pair, by int, at time.Time) {
	r := p.last
	if r == nil || r.By == p.people[by] {
		return
	}
	var take []string
	for _, it := range r.Body.(*handoff.Handoff).Items {
		take = append(take, it.ID)
	}
	a := &handoff.Ack{Subject: r.ID, Outcome: handoff.OutcomeAccepted, Take: take}
	if q.IntN(12) == 0 {
		a.Outcome, a.Gaps = handoff.OutcomeAcceptedWithGaps, []handoff.GapNote{{Item: take[0], Class: "missing_info", Note: "no word on which runner was used"}}
	}
	q.add(p.people[by], at, a)
	p.last = nil
}

// talk resolves blockers and answers questions in between.
func (q *quarter) talk(p *pair, by int, at time.Time) {
	for i := range p.items {
		w := &p.items[i]
		if w.since == "" || q.IntN(4) > 0 {
			continue
		}
		q.add([]string{"kate", "gosia", "max", "lena"}[len(w.since)%4], at, &handoff.Resolution{Blocker: w.since, Outcome: "resolved", How: "Decided in the call of the week, the runbook says so now", Source: "call"})
		delete(p.blockers, w.since)
		w.since = ""
	}
	if p.asked == "" || p.asker == by || q.IntN(5) == 0 {
		return
	}
	answer := q.add(p.people[by], at.Add(time.Minute), &handoff.Answer{Question: "q:" + p.asked, Text: "Yes: it answers from the copy until the new one is there"})
	q.add(p.people[1-by], at.Add(time.Hour), &handoff.Ack{Subject: answer.ID, Outcome: handoff.OutcomeSeen})
	p.asked = ""
}

// commit puts the records of a quarter into a repository, a commit for each day. The work
// tree gets none of them: that takes longer than all else.
func (q *quarter) commit(s *site) {
	if err := os.Mkdir(s.path(".handoffs"), 0o755); err != nil {
		s.t.Fatal(err)
	}
	s.write(".handoffs/config.yaml", quarterConfig)
	s.git("add", ".handoffs")
	s.git("commit", "-q", "-m", "Who works when")
	var stream bytes.Buffer
	from := "from refs/heads/main^0\n"
	for len(q.records) > 0 {
		n := slices.IndexFunc(q.records, func(r *handoff.Record) bool { return r.At.YearDay() != q.records[0].At.YearDay() })
		if n < 0 {
			n = len(q.records)
		}
		fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter Ana <ana@example.com> %d +0000\ndata 7\nrecords\n%s", q.records[n-1].At.Unix(), from)
		from = ""
		for _, r := range q.records[:n] {
			data, err := handoff.Format(r)
			if err != nil {
				s.t.Fatal(err)
			}
			fmt.Fprintf(&stream, "M 100644 inline %s\ndata %d\n%s\n", filepath.ToSlash(filepath.Join(".handoffs", r.Name())), len(data), data)
		}
		q.records = q.records[n:]
	}
	cmd := s.command("git", "fast-import", "--quiet", "--force")
	cmd.Stdin = &stream
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("%v\n%s", err, out)
	}
}

// newQuarterSite is a repository with a quarter.
func newQuarterSite(t testing.TB) *site {
	t.Helper()
	s := newSite(t)
	newQuarter().commit(s)
	return s
}
