// Package metrics measures how handoffs work, from a state and a roster. Numbers
// belong to boundaries, from team to team and from zone to zone; nothing here is
// counted for a person. [Measure] reads from top to bottom; what follows from the
// numbers is their advice.
package metrics

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Survey is what the metrics depend on beside the records. Nothing in it is
// required but Now: without people every handoff belongs to one group without
// a name, and what runs on somebody's clock is not measured.
type Survey struct {
	Repo         string // names the items of this state in advice; "" for the only one
	Now          time.Time
	Since, Until time.Time // what counts began at Since or later, and before Until; zero is no bound

	People    map[string]Worker                  // by handle
	Receivers func(*fold.Handoff) []string       // whom a handoff is for, sorted; nil takes `to` as it is
	AckLimit  func(*fold.Handoff) calendar.Limit // nil is none
	Grace     time.Duration                      // after the end of a shift, for a handoff to be on time
	Findings  map[string][]handoff.Finding       // what the rules say, by id of the handoff; nil when nobody asked them
	Commits   []Commit                           // in any order; empty when nobody looked
}

// Worker is what the metrics know of a person.
type Worker struct {
	Team, Zone string
	Calendar   *calendar.Calendar // nil without hours
}

// Commit is a commit by somebody whom the records know.
type Commit struct {
	By    string    // handle
	At    time.Time // with the author's offset
	Items []string  // that it names, or on whose branches it is
}

// Boundary is where work passes from one side to another.
type Boundary struct {
	By   string `json:"by"` // ByTeam, ByZone, ByNone
	From string `json:"from"`
	To   string `json:"to"`
}

// What the sides of a boundary are.
const (
	ByTeam = "team" // two teams
	ByZone = "zone" // two zones, within a team
	ByNone = "none" // the same team on both sides, "" where it is not known
)

// Stats are the metrics of protocol section 7. They are about boundaries, never
// about a person.
type Stats struct {
	Since  *time.Time `json:"since"` // nil without a bound
	Until  *time.Time `json:"until"`
	Groups []Group    `json:"groups"` // by kind of boundary and name
	Total  Totals     `json:"total"`  // each thing once, however many groups it is in
	Advice []string   `json:"advice"`
}

// Group is what was measured at one boundary.
type Group struct {
	Boundary
	Totals
}

// Totals are the metrics of a set of handoffs.
type Totals struct {
	N       int     `json:"n"` // handoffs, with their amendments counted as one
	Metrics Metrics `json:"metrics"`
}

// Metrics are the values of one group. What could not be measured has n or den
// zero.
type Metrics struct {
	Publication       Share  `json:"publication"`        // expected shifts with a handoff
	Completeness      Share  `json:"completeness"`       // of those: on time, without errors or waivers
	FirstTry          Share  `json:"first_try"`          // handoffs without an error at the first try
	OnTime            Share  `json:"on_time"`            // handoffs before the end of the shift
	LeadTime          Share  `json:"lead_time"`          // handoffs that leave too little time for something due (HO503)
	CycleTime         Timing `json:"cycle_time"`         // first version → the ack that satisfies the policy
	FirstPass         Share  `json:"first_pass"`         // first verdict accepted, nothing asked or amended before
	Clarifications    Events `json:"clarifications"`     // handoffs that others asked about; sum counts the questions
	BlockingIncidents Events `json:"blocking_incidents"` // handoffs with gaps that stalled work or items in limbo; sum counts those
	TimeToContext     Timing `json:"time_to_context"`    // shift with the ack → first action on a taken item; open: none in that shift
	QueryUsage        Events `json:"query_usage"`        // shifts with queries, of those whose handoff shares them; sum counts queries
	BlockerAck        Timing `json:"blocker_ack"`
	BlockerResolve    Timing `json:"blocker_resolve"`
	Overdue           Share  `json:"overdue"`
	Limbo             Share  `json:"limbo"`
	Readback          Share  `json:"readback"`  // watch and critical items taken with a read-back
	CarryAge          Carry  `json:"carry_age"` // of live items
	SideChannel       Share  `json:"side_channel"`
	Drift             Counts `json:"drift"` // commits between anchor and ack
	Clean             Share  `json:"clean"`
}

// Share is a part of a whole.
type Share struct {
	Num     int `json:"num"`
	Den     int `json:"den"`
	Pending int `json:"pending"` // may still come to count in Den
}

// count adds one to the whole, and to the part if it is one of it.
func (s *Share) count(part bool) {
	s.Den++
	if part {
		s.Num++
	}
}

// Events is a part of a whole to which something happened, and how often it did.
type Events struct {
	Share
	Sum int `json:"sum"`
}

// count adds one to the whole, and to the part if anything happened to it.
func (e *Events) count(times int) {
	e.Share.count(times > 0)
	e.Sum += times
}

// Timing is how long something took, on one or both clocks.
type Timing struct {
	N     int     `json:"n"`
	Open  int     `json:"open"` // of those: not over
	WallS Spread  `json:"wall_s"`
	RCS   *Spread `json:"rc_s"` // on the receiver's clock; nil where that is no measure
}

// Counts is a distribution of numbers.
type Counts struct {
	N      int    `json:"n"`
	Values Spread `json:"counts"`
}

// Carry is how often items were declared in a row with the same status.
type Carry struct {
	Counts
	Thrice int `json:"thrice"` // items carried three times or more
}

// Measure computes the metrics.
func Measure(s *fold.State, survey Survey) *Stats {
	var p Pool
	p.Add(s, survey)
	return p.Stats()
}

// Pool computes the metrics of several states that were folded apart, those of
// repositories that the same people share. Every value is one of a sum or of a
// spread of all of them: the median of a pool is none of medians. Teams, zones
// and people of one name are the same. An empty Pool is ready.
type Pool struct {
	since, until time.Time
	groups       map[Boundary]*tally
	total        tally
	shifts       map[workedShift]*shiftTally
}

// workedShift is a shift of somebody, by its start.
type workedShift struct {
	who  string
	from int64
}

// shiftTally is what is known of an expected shift: it has a handoff where one
// of the repositories has one.
type shiftTally struct {
	boundary            Boundary
	published, complete bool
	shared              bool // the queries are known
	queries             int
}

// Add measures a state. Of the surveys, the last one says what the window is.
func (p *Pool) Add(s *fold.State, survey Survey) {
	if p.groups == nil {
		p.groups, p.shifts = make(map[Boundary]*tally), make(map[workedShift]*shiftTally)
	}
	p.since, p.until = survey.Since, survey.Until
	m := newMeter(s, survey, p)
	for _, c := range m.chains {
		if m.in(c.first().Record.At.Time) {
			m.measureChain(c)
		}
	}
	m.measureAssigned()
	m.measureShifts()
	m.measureBlockers()
	m.measureItems()
	m.measureSources()
}

// meter collects what is measured, for each group and in total.
type meter struct {
	*fold.State
	Survey
	*Pool
	chains  []*chain
	chainOf map[string]*chain   // by id of each version
	lists   map[string]listing  // which chains list an item or a blocker, by its reference
	actions map[string]deeds    // by handle
	own     map[string]timeline // by handle, without rollups
	written map[string]timeline // by handle
}

func newMeter(s *fold.State, survey Survey, pool *Pool) *meter {
	m := &meter{
		State: s, Survey: survey, Pool: pool,
		chainOf: make(map[string]*chain), own: make(map[string]timeline), written: make(map[string]timeline),
	}
	byFirst := make(map[string]*chain)
	for _, r := range s.Known() {
		h := s.Handoffs[r.ID]
		if h == nil {
			continue
		}
		m.written[r.By] = append(m.written[r.By], h)
		if h.Rollup == nil {
			m.own[r.By] = append(m.own[r.By], h)
		}
		c := byFirst[h.First]
		if c == nil {
			c = new(chain)
			byFirst[h.First] = c
			m.chains = append(m.chains, c)
		}
		c.versions = append(c.versions, h)
	}
	for _, list := range []map[string]timeline{m.own, m.written} {
		for _, of := range list {
			of.sort()
		}
	}
	m.chains = slices.DeleteFunc(m.chains, func(c *chain) bool {
		return c.latest().State == fold.HandoffWithdrawn || !m.complete(c)
	})
	for _, c := range m.chains {
		for _, v := range c.versions {
			m.chainOf[v.Record.ID] = c
		}
	}
	m.lists = listings(m.chains)
	m.assignQuestions()
	m.assignGaps()
	m.actions = m.collectActions()
	return m
}

// in reports whether a time lies in the window.
func (m *meter) in(t time.Time) bool {
	return !t.Before(m.Since) && (m.Until.IsZero() || t.Before(m.Until))
}

// add counts something in the groups of its boundaries and once in total.
func (p *Pool) add(boundaries []Boundary, count func(*tally)) {
	for _, b := range boundaries {
		t := p.groups[b]
		if t == nil {
			t = new(tally)
			p.groups[b] = t
		}
		count(t)
	}
	count(&p.total)
}

// side is one side of a boundary.
type side struct{ team, zone string }

// sideOf returns the side on which somebody stands, or a group that stands for
// nobody in the roster.
func (m *meter) sideOf(address string) side {
	if team, ok := strings.CutPrefix(address, "team:"); ok {
		return side{team: team}
	}
	if zone, ok := strings.CutPrefix(address, "shift:"); ok {
		return side{zone: zone}
	}
	p := m.People[address]
	return side{p.Team, p.Zone}
}

// between returns the boundary of two sides: of teams where both are known and
// differ, else of zones, else none.
func between(from, to side) Boundary {
	switch {
	case from.team != "" && to.team != "" && from.team != to.team:
		return Boundary{ByTeam, from.team, to.team}
	case from.zone != "" && to.zone != "" && from.zone != to.zone:
		return Boundary{ByZone, from.zone, to.zone}
	}
	return within(from)
}

func within(s side) Boundary { return Boundary{ByNone, s.team, s.team} }

// Stats draws the sums of all that was added.
func (p *Pool) Stats() *Stats {
	for _, s := range p.shifts {
		p.add([]Boundary{s.boundary}, func(t *tally) {
			t.Publication.count(s.published)
			t.Completeness.count(s.complete)
			if s.shared {
				t.QueryUsage.count(s.queries)
			}
		})
	}
	clear(p.shifts)
	st := &Stats{Groups: []Group{}, Total: p.total.totals(), Advice: []string{}}
	if !p.since.IsZero() {
		st.Since = &p.since
	}
	if !p.until.IsZero() {
		st.Until = &p.until
	}
	kinds := []string{ByTeam, ByZone, ByNone}
	boundaries := slices.SortedFunc(maps.Keys(p.groups), func(a, b Boundary) int {
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.By), slices.Index(kinds, b.By)),
			cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	for _, b := range boundaries {
		t := p.groups[b]
		st.Groups = append(st.Groups, Group{b, t.totals()})
		name := b.String()
		if b == (Boundary{By: ByNone}) && len(boundaries) > 1 { // the others are somebody as well
			name = "people of no team"
		}
		st.Advice = append(st.Advice, t.advice(name)...)
	}
	return st
}
