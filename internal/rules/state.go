package rules

import (
	"cmp"
	"maps"
	"slices"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// CheckState judges what the records mean together: what the fold could not
// use, work that is done twice, and items that each of two people takes to be
// the other's. The findings name the record, and have no position.
func CheckState(state *fold.State, ctx Context) []handoff.Finding {
	c := stateChecker{state: state}
	c.problems()
	c.duplicateWork()
	c.bothThink()
	set := cmp.Or(ctx.Config, new(config.Config)).Rules
	var findings []handoff.Finding
	for _, f := range c.found {
		level, on := weight(set, f.Code, f.Level)
		if !on {
			continue
		}
		f.Level = level
		f.Field, f.Message, f.Fix = Mask(f.Field), Mask(f.Message), Mask(f.Fix)
		findings = append(findings, f)
	}
	handoff.SortFindings(findings)
	return findings
}

type stateChecker struct {
	state *fold.State
	found []handoff.Finding
}

// add notes a finding in a record.
func (c *stateChecker) add(code, record, field, message, fix string) {
	rule, _ := Lookup(code)
	f := handoff.Finding{Code: code, Level: cmp.Or(rule.Level, handoff.LevelError), Record: record, Field: field, Message: message, Fix: fix}
	if r := c.state.Records[record]; r != nil {
		f.Path = r.Source.Path
	}
	c.found = append(c.found, f)
}

// problems is rule HO320, and others that the fold finds by itself.
func (c *stateChecker) problems() {
	for _, p := range c.state.Problems {
		c.add(cmp.Or(p.Code, "HO320"), p.Record, "", text.OneLine(p.Message), "write a new record that says what holds; this one changes nothing")
		c.found[len(c.found)-1].Path = p.Path
	}
}

// duplicateWork is rule HO310.
func (c *stateChecker) duplicateWork() {
	for _, d := range c.state.Duplicates() {
		for _, item := range d.Items[1:] {
			if first := d.Items[0]; item.Holder != first.Holder {
				c.add("HO310", item.Declared, "items", sameWork(d.Ref, item, first), apart)
			}
		}
	}
}

// apart is the fix for rule HO310.
const apart = "make them one item, or say how they differ"

// sameWork is what rule HO310 says of two items.
func sameWork(ref string, item, other *fold.Item) string {
	return named(item.ID) + " (" + item.Holder + ") and " + named(other.ID) + " (" + other.Holder + ") are both about " + quote(ref)
}

// duplicateInRollup is rule HO310 for what a lead is about to distribute.
func duplicateInRollup(s *subject, h *handoff.Handoff) {
	if h.Rollup == nil || s.State == nil {
		return
	}
	for _, d := range s.State.Duplicates() {
		for _, item := range d.Items {
			i := slices.IndexFunc(h.Items, func(listed handoff.Item) bool { return listed.ID == item.ID })
			other := slices.IndexFunc(d.Items, func(other *fold.Item) bool { return other.Holder != item.Holder })
			if i >= 0 {
				s.report(indexField("items", i), apart, "%s", sameWork(d.Ref, item, d.Items[other]))
				break
			}
		}
	}
}

// bothThink is rule HO405.
func (c *stateChecker) bothThink() {
	latest := make(map[string]*fold.Handoff) // by sender
	for _, hs := range c.state.Handoffs {
		if last := latest[hs.Record.By]; hs.Current() && hs.Rollup == nil && (last == nil || fold.CompareRecords(hs.Record, last.Record) > 0) {
			latest[hs.Record.By] = hs
		}
	}
	for _, a := range slices.Sorted(maps.Keys(latest)) {
		for _, item := range latest[a].Items {
			b := receiverOf(item, a)
			if a >= b || latest[b] == nil || latest[a].Taken[item.ID] != "" || latest[b].Taken[item.ID] != "" {
				continue
			}
			if back := latest[b].Item(item.ID); back != nil && receiverOf(*back, b) == a {
				c.add("HO405", latest[a].Record.ID, "items", a+" and "+b+" each offer "+named(item.ID)+" to the other", "agree who takes it, and ack that handoff")
			}
		}
	}
}
