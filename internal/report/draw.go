package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/board"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/metrics"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/sorting"
)

// Request is what a page is to be of.
type Request struct {
	Repository   string
	Team, Person string
	Only         []string  // the people of those, nil for everybody
	Since        time.Time // the zero time for [span] before now
	Zone         *time.Location
	Records      Records
	People       map[string]metrics.Worker
	Delivered    []Delivered // of all that is known
}

// span is how far back a page looks at what is over, and week is that of handoffs.
const (
	span = 30 * 24 * time.Hour
	week = 7 * 24 * time.Hour
)

// Of draws a page from a state and what questions depend on beside it.
func Of(s *fold.State, env query.Env, q Request) (*Page, error) {
	env.Location, env.Config = q.Zone, cmp.Or(env.Config, new(config.Config))
	p := &Page{
		Repository: q.Repository, AsOf: env.Now, Since: cmp.Or(q.Since, env.Now.Add(-span)), Zone: q.Zone.String(), Team: q.Team, Person: q.Person,
		Decisions: []query.DecisionStory{}, Delivered: []Delivered{},
		empty: len(s.Records) == 0, config: env.Config, state: s.View, records: q.Records, location: q.Zone, ids: make(map[string]bool),
	}
	var err error
	if p.Board, err = board.Of(func(fold.Part) (*fold.View, error) { return s.View, nil }, env, q.Only); err != nil {
		return nil, err
	}
	ask := func(topic query.Topic, arg string) []row.Row {
		return query.Rows(query.Query{Topic: topic, Arg: arg}, s.View, env)
	}
	p.Blockers = only[*row.Blocker](ask(query.Blocked, ""), p.Board.Concerns)
	p.Questions = only[*row.Question](ask(query.Questions, ""), p.Board.Concerns)
	p.Contracts = only[*row.Contract](ask(query.Contracts, cmp.Or(q.Person, q.Team)), anything)
	if q.Person != "" {
		p.Next = only[*row.Item](ask(query.NextSteps, q.Person), anything)
	}
	p.Handoffs = only[*row.Handoff](query.Rows(query.Query{Topic: query.Handoffs, Since: env.Now.Add(-week)}, s.View, env), p.Board.Concerns)
	if p.older = max(len(p.Handoffs)-most, 0); p.older > 0 {
		p.Handoffs = p.Handoffs[:most]
	}
	for _, h := range only[*row.Handoff](ask(query.Unacked, ""), p.Board.Concerns) {
		if !slices.ContainsFunc(p.Handoffs, func(other *row.Handoff) bool { return other.ID == h.ID }) {
			p.Handoffs = append(p.Handoffs, h)
		}
	}
	sorting.By(p.Handoffs, func(a, b *row.Handoff) int { return b.At.Compare(*a.At) })
	for _, story := range query.DecisionLog(query.Query{Since: p.Since}, s, env) {
		if slices.ContainsFunc(slices.Concat([]*row.Decision{story.Decision}, story.Proposed, story.Chain), func(d *row.Decision) bool { return p.Board.Concerns(d) }) {
			p.Decisions = append(p.Decisions, story)
		}
	}
	p.Stats = p.measured(s, q.People)
	p.deliver(q.Delivered)
	p.deadlines = make(map[string]time.Time)
	for _, d := range only[*row.Deadline](ask(query.SLAs, ""), anything) {
		if d.What == "resolve" || d.What == "answer" {
			p.deadlines[d.ID] = *d.Due
		}
	}
	return p, nil
}

// only are the rows of one type that meet a test; never nil.
func only[R row.Row](rows []row.Row, keep func(row.Row) bool) []R {
	kept := []R{}
	for _, r := range rows {
		if keep(r) {
			kept = append(kept, r.(R))
		}
	}
	return kept
}

func anything(row.Row) bool { return true }

// measured are the metrics of the boundaries of those whose page it is. What the rules
// say and what was committed is no part of them: that stands in no record.
func (p *Page) measured(s *fold.State, people map[string]metrics.Worker) *metrics.Stats {
	stats := metrics.Measure(s, metrics.Survey{
		Now: p.AsOf, Since: p.Since, People: people, Receivers: p.config.Receivers, AckLimit: p.config.AckLimit, Grace: p.config.Timing.PublishGrace.Wall(),
	})
	sides := []string{p.Team, p.config.Teams[p.Team].Zone}
	if p.Person != "" {
		sides = []string{people[p.Person].Team, people[p.Person].Zone}
	}
	if p.Team != "" || p.Person != "" {
		stats.Groups = slices.DeleteFunc(stats.Groups, func(g metrics.Group) bool {
			return g.From == "" || !slices.Contains(sides, g.From) && !slices.Contains(sides, g.To)
		})
		stats.Advice = slices.DeleteFunc(stats.Advice, func(line string) bool {
			return !slices.ContainsFunc(stats.Groups, func(g metrics.Group) bool { return strings.HasPrefix(line, g.Boundary.String()+": ") })
		})
	}
	return stats
}

// deliver notes what is known of the deliveries of what is on the page.
func (p *Page) deliver(all []Delivered) {
	onPage := make(map[string]bool)
	note := func(typ, name string) { onPage[fold.Target{Type: typ, Name: name}.Ref()] = true }
	for _, b := range p.Blockers {
		note(fold.TargetBlocker, b.ID)
	}
	for _, q := range p.Questions {
		note(fold.TargetQuestion, q.ID)
	}
	for _, d := range p.Decisions {
		note(fold.TargetDecision, d.ID)
	}
	for _, h := range p.Handoffs {
		note(fold.TargetRecord, h.ID)
	}
	for _, d := range all {
		if onPage[d.Ref] {
			p.Delivered = append(p.Delivered, d)
		}
	}
	sorting.By(p.Delivered, func(a, b Delivered) int { return cmp.Compare(a.rank(), b.rank()) })
}

// rank puts first what is in doubt, then what nobody was told.
func (d Delivered) rank() int {
	switch {
	case d.InDoubt:
		return 0
	case d.At == nil:
		return 1
	}
	return 2
}
