package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/metrics"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// The measures of a chart: how wide it is, how high a line of it and how high a bar.
const (
	chartWide = 340
	lineHigh  = 24
	barHigh   = 12
)

// layout is where a line of a chart has its words and its bar.
type layout struct {
	barAt, barLong, barDown int // where a bar begins, how long the longest is, how far down
	high                    int // of a line
}

// The layouts: words beside the bar where they are short, else above and below it.
var (
	beside = layout{barAt: 148, barLong: 104, barDown: 6, high: lineHigh}
	above  = layout{barAt: 0, barLong: chartWide, barDown: 22, high: 60}
)

// boundaries are the contracts, with how they work: what was measured at the boundaries
// since, in charts, each with its table.
func (p *Page) boundaries() section {
	s := section{id: "boundaries", title: "Boundaries"}
	contracts := make(map[string]*row.Contract)
	var keys []string
	for _, c := range p.Contracts {
		contracts[c.Key()] = c
		keys = append(keys, c.Key())
	}
	cards := el(tagDiv, class("people"))
	n := 0
	for _, g := range p.Stats.Groups {
		name := g.Boundary.String()
		if g.By == metrics.ByNone {
			name = "within " + g.From
			if g.From == "" {
				name = "people of no team"
			}
		}
		if c := contracts[name]; c != nil || g.N > 0 {
			cards.with(p.boundary(name, c, &g, n))
			delete(contracts, name)
			n++
		}
	}
	for _, key := range keys {
		if c := contracts[key]; c != nil {
			cards.with(p.boundary(key, c, nil, n))
			n++
		}
	}
	if n == 0 {
		s.what = several{nothing("No contract is agreed, and nobody has handed over since ", p.at(p.Since, "2 Jan 2006"), say("."))}
		return s
	}
	s.count = number(n)
	s.what = several{el(tagP, class("src"), say("What was agreed, and how it worked for what began since "), p.at(p.Since, "2 Jan 2006"), say(". Numbers belong to boundaries, never to a person.")), cards}
	if len(p.Stats.Advice) > 0 {
		advice := el(tagUL)
		for _, line := range p.Stats.Advice {
			advice.with(el(tagLI, say(line)))
		}
		s.what = append(s.what, el(tagH3, say("Advice")), advice)
	}
	return s
}

// boundary is the contract of one, and what was measured there; either may be missing.
func (p *Page) boundary(name string, c *row.Contract, g *metrics.Group, n int) element {
	id := fmt.Sprintf("at-%d", n)
	card := el(tagArticle, labelledBy(id))
	heading := el(tagH3, named(id), say(name))
	card.with(heading)
	if c != nil {
		card.with(contract(c))
	}
	if g == nil {
		return card.with(nothing("No handoff has crossed it."))
	}
	heading.with(count(text.Count(g.N, "handoff")))
	return card.with(
		chart(id+"-s", name+": shares", beside, sharesOf(g.Metrics)), chart(id+"-t", name+": how long it took", above, timesOf(g.Metrics)),
	)
}

// contract is what two sides agreed on.
func contract(c *row.Contract) part {
	list := el(tagDL, class("agreed"))
	for _, field := range [][2]string{
		{"trigger", c.Trigger}, {"done when", strings.Join(c.DoneWhen, "; ")}, {"conditions", strings.Join(c.Conditions, "; ")},
		{"requires", row.ListCell(c.Requires)}, {"on missing", c.OnMissing}, {"ack within", c.Ack},
	} {
		if field[1] != "" {
			list.with(el(tagDT, say(field[0])), el(tagDD, say(field[1])))
		}
	}
	return list
}

// bar is a line of a chart: a part of the whole length, with what it says in words.
type bar struct {
	label, value string
	open         string    // how much of it is not over, "" for nothing
	to           float64   // how long it is, of 0 to 1
	marks        []float64 // single values on it
	good         bool      // more of it is better
}

// sharesOf are the shares of a boundary that were measured, in the order of a handoff's
// life.
func sharesOf(m metrics.Metrics) (bars []bar) {
	add := func(label string, s metrics.Share, good bool) {
		if s.Den > 0 {
			bars = append(bars, bar{label: label, value: fmt.Sprintf("%d of %d", s.Num, s.Den), to: float64(s.Num) / float64(s.Den), good: good})
		}
	}
	add("shifts with one", m.Publication, true)
	add("on time", m.OnTime, true)
	add("first pass", m.FirstPass, true)
	add("read back", m.Readback, true)
	add("clean", m.Clean, true)
	add("overdue", m.Overdue, false)
	add("unanswered a shift", m.Limbo, false)
	add("asked about", m.Clarifications.Share, false)
	add("held up", m.BlockingIncidents.Share, false)
	add("decided elsewhere", m.SideChannel, false)
	return bars
}

// timesOf are how long things took at a boundary, on the clock of the wall: from nothing
// to nine of ten, with a mark at the median, or a mark for each where they are few.
func timesOf(m metrics.Metrics) (bars []bar) {
	timings := []struct {
		label string
		metrics.Timing
	}{{"until accepted", m.CycleTime}, {"blocker answered", m.BlockerAck}, {"blocker resolved", m.BlockerResolve}}
	var longest int64
	for _, t := range timings {
		for _, v := range append([]*int64{t.WallS.Median, t.WallS.P90}, pointers(t.WallS.Values)...) {
			if v != nil {
				longest = max(longest, *v)
			}
		}
	}
	part := func(seconds int64) float64 { return float64(seconds) / float64(max(longest, 1)) }
	for _, t := range timings {
		if t.N == 0 {
			continue
		}
		b := bar{label: t.label, value: t.WallS.Words(), good: true}
		for _, v := range t.WallS.Values {
			b.marks = append(b.marks, part(v))
		}
		if t.WallS.Median != nil {
			b.to, b.marks = part(*t.WallS.Median), []float64{part(*t.WallS.Median)}
			if t.WallS.P90 != nil {
				b.to = part(*t.WallS.P90)
			}
		}
		switch {
		case t.Open == t.N:
			b.value = fmt.Sprintf("%d open", t.Open)
		case t.Open > 0:
			b.open = fmt.Sprintf("%d open", t.Open)
		}
		bars = append(bars, b)
	}
	return bars
}

func pointers(values []int64) []*int64 {
	list := make([]*int64, len(values))
	for i := range values {
		list[i] = &values[i]
	}
	return list
}

// chart is a chart of bars, with its table behind it; nothing without bars.
func chart(id, title string, l layout, bars []bar) part {
	if len(bars) == 0 {
		return several(nil)
	}
	high := len(bars)*l.high + 4
	svg := el(tagSVG, attribute{"viewBox", fmt.Sprintf("0 0 %d %d", chartWide, high)}, size("width", chartWide), size("height", high),
		attribute{"role", "img"}, labelledBy(id), el(tagTitle, named(id), say(title)))
	rows := el(tagTBody)
	for i, b := range bars {
		svg.with(b.drawn(l, i*l.high))
		rows.with(el(tagTR, el(tagTH, attribute{"scope", "row"}, say(b.label)), el(tagTD, say(text.JoinNonEmpty(", ", b.value, b.open)))))
	}
	return several{svg, el(tagDetails, el(tagSummary, say("As a table")), table("numbers", title, rows, "Measure", "Value"))}
}

// drawn is the line at a height of a chart.
func (b bar) drawn(l layout, y int) part {
	kind := "bar bad"
	if b.good {
		kind = "bar"
	}
	label, value := el(tagText, size("x", 0), size("y", y+16), class("soft"), say(b.label)), el(tagText, size("x", 0), size("y", y+49), say(b.value))
	if l == beside {
		label = el(tagText, size("x", l.barAt-8), size("y", y+16), class("soft end"), say(b.label))
		value = el(tagText, size("x", l.barAt+l.barLong+8), size("y", y+16), say(b.value))
	}
	x := func(of float64) int { return l.barAt + int(of*float64(l.barLong)+0.5) }
	g := el(tagG, label, value)
	if b.open != "" {
		g.with(el(tagText, size("x", chartWide), size("y", y+16), class("soft end"), say(b.open)))
	}
	g.with(rect("track", l.barAt, y+l.barDown, l.barLong, barHigh), rect(kind, l.barAt, y+l.barDown, x(b.to)-l.barAt, barHigh))
	for _, m := range b.marks {
		g.with(rect("mark", min(x(m), l.barAt+l.barLong-3), y+l.barDown-2, 3, barHigh+4))
	}
	return g
}

func rect(kind string, x, y, width, height int) part {
	if width <= 0 {
		return several(nil)
	}
	return el(tagRect, class(kind), size("x", x), size("y", y), size("width", width), size("height", height), size("rx", 2))
}

// meter shows how much of its time something has used up. The words beside it say the
// same.
func meter(open, limit time.Duration) part {
	const long = 120
	kind, part := "bar", 1.0
	if open < limit {
		part = float64(max(open, 0)) / float64(limit)
	} else {
		kind = "bar over"
	}
	svg := el(tagSVG, class("meter"), attribute{"viewBox", "0 0 120 8"}, size("width", long), size("height", 8), attribute{"aria-hidden", "true"},
		rect("track", 0, 0, long, 8), rect(kind, 0, 0, int(part*long+0.5), 8))
	if open >= limit && open > 0 {
		svg.with(rect("mark", int(float64(max(limit, 0))/float64(open)*long), 0, 3, 8)) // where it was due
	}
	return svg
}
