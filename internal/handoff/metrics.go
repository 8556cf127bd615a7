package handoff

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// Survey is what the metrics depend on beside the records. Nothing in it is
// required but Now: without people every handoff belongs to one group without
// a name, and what runs on somebody's clock is not measured.
type Survey struct {
	Now          time.Time
	Since, Until time.Time // what counts began at Since or later, and before Until; zero is no bound

	People    map[string]Worker            // by handle
	Receivers func(*HandoffState) []string // whom a handoff is for, sorted; nil takes `to` as it is
	AckLimit  func(*HandoffState) Limit    // nil is none
	Grace     time.Duration                // after the end of a shift, for a handoff to be on time
	Findings  map[string][]Finding         // what the rules say, by id of the handoff; nil when nobody asked them
	Commits   []Commit                     // in any order; empty when nobody looked
}

// Worker is what the metrics know of a person.
type Worker struct {
	Team, Zone string
	Calendar   *Calendar // nil without hours
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
	Publication       Share     `json:"publication"`        // expected shifts with a handoff
	Completeness      Share     `json:"completeness"`       // of those: on time, without errors or waivers
	FirstTry          Share     `json:"first_try"`          // handoffs without an error at the first try
	OnTime            Share     `json:"on_time"`            // handoffs before the end of the shift
	LeadTime          Share     `json:"lead_time"`          // handoffs that leave too little time for something due (HO503)
	CycleTime         Timing    `json:"cycle_time"`         // first version → the ack that satisfies the policy
	FirstPass         Share     `json:"first_pass"`         // first verdict accepted, nothing asked or amended before
	Clarifications    Questions `json:"clarifications"`     // handoffs that others asked about
	BlockingIncidents Share     `json:"blocking_incidents"` // num counts gaps that stalled work and items in limbo, den handoffs
	TimeToContext     Timing    `json:"time_to_context"`    // shift with the ack → first action on a taken item; open: none in that shift
	QueryUsage        Share     `json:"query_usage"`        // num counts queries, den shifts whose handoff shares them
	BlockerAck        Timing    `json:"blocker_ack"`
	BlockerResolve    Timing    `json:"blocker_resolve"`
	Overdue           Share     `json:"overdue"`
	Limbo             Share     `json:"limbo"`
	Readback          Share     `json:"readback"`  // watch and critical items taken with a read-back
	CarryAge          Carry     `json:"carry_age"` // of live items
	SideChannel       Share     `json:"side_channel"`
	Drift             Counts    `json:"drift"` // commits between anchor and ack
	Clean             Share     `json:"clean"`
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

// Questions are the handoffs that were asked about, and how often.
type Questions struct {
	Share
	Sum int `json:"sum"` // questions
}

// Timing is how long something took, on one or both clocks.
type Timing struct {
	N     int     `json:"n"`
	Open  int     `json:"open"` // of those: not over
	WallS Spread  `json:"wall_s"`
	RCS   *Spread `json:"rc_s,omitempty"` // on the receiver's clock; nil where that is no measure
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
func Measure(s *State, survey Survey) *Stats {
	m := newMeter(s, survey)
	for _, c := range m.chains {
		if m.in(c.first().Record.At.Time) {
			m.measureChain(c)
		}
	}
	m.measureGaps()
	m.measureShifts()
	m.measureBlockers()
	m.measureItems()
	m.measureSources()
	return m.stats()
}

// meter collects what is measured, for each group and in total.
type meter struct {
	*State
	Survey
	chains  []*chain
	groups  map[Boundary]*tally
	total   *tally
	actions map[string][]action // by handle, in order of time
	written map[string][]*HandoffState
}

func newMeter(s *State, survey Survey) *meter {
	m := &meter{
		State: s, Survey: survey, groups: make(map[Boundary]*tally), total: new(tally),
		written: make(map[string][]*HandoffState),
	}
	byFirst := make(map[string]*chain)
	for _, r := range s.order {
		h := s.Handoffs[r.ID]
		if h == nil || h.Rollup != nil {
			continue // a rollup repeats what the members' handoffs say
		}
		m.written[r.By] = append(m.written[r.By], h)
		c := byFirst[h.Chain[0]]
		if c == nil {
			c = new(chain)
			byFirst[h.Chain[0]] = c
			m.chains = append(m.chains, c)
		}
		c.versions = append(c.versions, h)
	}
	m.chains = slices.DeleteFunc(m.chains, func(c *chain) bool { return c.latest().State == HandoffWithdrawn })
	for _, c := range m.chains {
		m.complete(c)
	}
	m.assignGaps()
	m.actions = m.collectActions()
	return m
}

// in reports whether a time lies in the window.
func (m *meter) in(t time.Time) bool {
	return !t.Before(m.Since) && (m.Until.IsZero() || t.Before(m.Until))
}

// add counts something in the groups of its boundaries and once in total.
func (m *meter) add(boundaries []Boundary, count func(*tally)) {
	for _, b := range boundaries {
		t := m.groups[b]
		if t == nil {
			t = new(tally)
			m.groups[b] = t
		}
		count(t)
	}
	count(m.total)
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

// stats draws the sums.
func (m *meter) stats() *Stats {
	st := &Stats{Groups: []Group{}, Total: m.total.totals(), Advice: []string{}}
	if !m.Since.IsZero() {
		st.Since = &m.Since
	}
	if !m.Until.IsZero() {
		st.Until = &m.Until
	}
	kinds := []string{ByTeam, ByZone, ByNone}
	boundaries := slices.SortedFunc(maps.Keys(m.groups), func(a, b Boundary) int {
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.By), slices.Index(kinds, b.By)),
			cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	for _, b := range boundaries {
		t := m.groups[b]
		st.Groups = append(st.Groups, Group{b, t.totals()})
		st.Advice = append(st.Advice, t.advice(b)...)
	}
	return st
}
