package metrics

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/text"
)

// fewest is the number of values from which on a median says something.
const fewest = 5

// Spread is how values lie: by median and nearest-rank 90th percentile, or one
// by one when there are fewer than five. What is still open counts as longer
// than anything: a median or percentile that falls on it is nil.
type Spread struct {
	N      int     `json:"n"`
	Open   int     `json:"open"`
	Median *int64  `json:"median"`
	P90    *int64  `json:"p90"`
	Values []int64 `json:"values"` // sorted, without open ones; empty from five on
}

// Words say durations: each value where they are few, else by when half of them and nine
// of ten were done.
func (s Spread) Words() string {
	lasting := func(seconds int64) string { return calendar.Lasting(time.Duration(seconds) * time.Second) }
	switch {
	case len(s.Values) > 0:
		values := make([]string, len(s.Values))
		for i, v := range s.Values {
			values[i] = lasting(v)
		}
		return "after " + text.And(values)
	case s.Median == nil:
		return "fewer than half"
	case s.P90 == nil:
		return "half within " + lasting(*s.Median)
	case lasting(*s.Median) == lasting(*s.P90):
		return "nine of ten within " + lasting(*s.P90)
	}
	return "half within " + lasting(*s.Median) + ", nine of ten within " + lasting(*s.P90)
}

// samples are values in the making.
type samples struct {
	values []int64
	open   int
}

func (s *samples) add(v int64) { s.values = append(s.values, v) }

// took adds a duration, which is open when done is false.
func (s *samples) took(d time.Duration, done bool) {
	if !done {
		s.open++
		return
	}
	s.add(int64(d / time.Second))
}

func (s samples) n() int { return len(s.values) + s.open }

// spread sums the samples up.
func (s samples) spread() Spread {
	sorted := slices.Sorted(slices.Values(s.values))
	n := s.n()
	out := Spread{N: n, Open: s.open, Values: []int64{}}
	if n < fewest {
		out.Values = append(out.Values, sorted...)
		return out
	}
	low, high := (n-1)/2, n/2
	if high < len(sorted) {
		median := (sorted[low] + sorted[high]) / 2
		out.Median = &median
	}
	if rank := (9*n + 9) / 10; rank <= len(sorted) {
		out.P90 = &sorted[rank-1]
	}
	return out
}

// tally is what was counted for one group.
type tally struct {
	n                  int
	Metrics            // the shares
	cycle, cycleRC     samples
	context            samples
	ack, ackRC         samples
	resolve, resolveRC samples
	carried, drift     samples
	limited, slow      int            // handoffs with a limit; those that took twice as long
	stalled            int            // handoffs with gaps that held work up
	complaints         map[string]int // classes of gaps and reasons of verdicts
	repeated           []string       // items carried three times or more
}

// totals sums the tally up.
func (t *tally) totals() Totals {
	m := t.Metrics
	m.CycleTime = timing(t.cycle, &t.cycleRC)
	m.TimeToContext = timing(t.context, nil)
	m.BlockerAck = timing(t.ack, &t.ackRC)
	m.BlockerResolve = timing(t.resolve, &t.resolveRC)
	m.CarryAge.Counts = Counts{t.carried.n(), t.carried.spread()}
	m.Drift = Counts{t.drift.n(), t.drift.spread()}
	return Totals{t.n, m}
}

func timing(wall samples, rc *samples) Timing {
	out := Timing{N: wall.n(), Open: wall.open, WallS: wall.spread()}
	if rc != nil {
		spread := rc.spread()
		out.RCS = &spread
	}
	return out
}

func (t *tally) complain(class string) {
	if class == "" {
		return
	}
	if t.complaints == nil {
		t.complaints = make(map[string]int)
	}
	t.complaints[class]++
}

// advice says what follows from the numbers at a boundary, by its name: always the
// same from the same numbers. It does not wait until they are many, but says when they are
// few.
func (t *tally) advice(name string) []string {
	var lines []string
	say := func(format string, args ...any) {
		lines = append(lines, name+": "+fmt.Sprintf(format, args...))
	}
	switch l := t.Limbo; {
	case 2*l.Num > l.Den:
		say("%s had no verdict in a whole shift of the receivers: name one person in `to`, or a lead who assigns%s", ofHandoffs(l.Num, l.Den), few(l.Den))
	case 2*t.slow > t.limited:
		say("%s took more than twice the time that the SLA gives: check the roster%s", ofHandoffs(t.slow, t.limited), few(t.limited))
	}
	if c := t.Clarifications; c.Den > 0 && c.Sum >= c.Den {
		say("%s about %s%s: require what is asked about, in `interfaces`%s", text.Count(c.Sum, "question"), text.Count(c.Den, "handoff"), t.mostly(), few(c.Den))
	}
	if of := t.BlockingIncidents.Den; 2*t.stalled > of {
		say("%s held work up%s: require what was missing, in `interfaces`%s", ofHandoffs(t.stalled, of), t.mostly(), few(of))
	}
	if p := t.Publication; 2*p.Num < p.Den {
		say("%d of %s had a handoff: handoff hook install reminds whoever pushes%s", p.Num, text.Count(p.Den, "expected shift"), few(p.Den))
	}
	slices.Sort(t.repeated)
	for _, item := range slices.Compact(t.repeated) {
		say("%s was carried three times or more: drop it, split it or escalate", item)
	}
	complete := t.Completeness
	if complete.Den > 0 && 10*complete.Num >= 9*complete.Den && t.QueryUsage.Den > 0 && t.QueryUsage.Num == 0 {
		say("handoffs are complete, and nobody queries them: ask the receivers what they need%s", few(min(complete.Den, t.QueryUsage.Den)))
	}
	return lines
}

// ofHandoffs is "3 of 5 handoffs".
func ofHandoffs(n, of int) string { return fmt.Sprintf("%d of %s", n, text.Count(of, "handoff")) }

// few says that a number is too small to build on.
func few(n int) string {
	if n >= fewest {
		return ""
	}
	return fmt.Sprintf(" (of only %d: look before you change anything)", n)
}

// mostly names the complaint that came most often.
func (t *tally) mostly() string {
	best := ""
	for _, class := range slices.Sorted(maps.Keys(t.complaints)) {
		if t.complaints[class] > t.complaints[best] {
			best = class
		}
	}
	if best == "" {
		return ""
	}
	return " (receivers name " + strings.ReplaceAll(best, "_", " ") + " most)"
}

// String is the boundary as people read it.
func (b Boundary) String() string {
	if b.By == ByNone {
		return cmp.Or(b.From, "everybody")
	}
	return b.From + " → " + b.To
}
