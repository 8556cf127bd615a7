package metrics

import (
	"slices"
	"sort"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/sorting"
)

// What is looked up again and again is kept in order of time, so that the cost
// of a state grows with its records and not with their square.

// timeline is what somebody wrote, in order of time.
type timeline []*fold.Handoff

func (l timeline) sort() {
	sorting.By(l, func(a, b *fold.Handoff) int { return a.Record.At.Compare(b.Record.At.Time) })
}

// from returns what was written at a time or later.
func (l timeline) from(t time.Time) timeline {
	return l[sort.Search(len(l), func(i int) bool { return !l[i].Record.At.Before(t) }):]
}

// listing is the chains that list something, in order of time.
type listing struct {
	chains []*chain
	other  []int // for each, which one before it is the last by somebody else; -1 for none
}

// listings finds for every item and blocker the chains that list it, by the
// reference to it. Rollups are none of them: they show what their sources list.
func listings(chains []*chain) map[string]listing {
	lists := make(map[string]listing)
	add := func(c *chain, typ, name string) {
		ref := fold.Target{Type: typ, Name: name}.Ref()
		list := lists[ref]
		if n := len(list.chains); n == 0 || list.chains[n-1] != c {
			list.chains = append(list.chains, c)
			lists[ref] = list
		}
	}
	ordered := slices.Clone(chains)
	sorting.By(ordered, func(a, b *chain) int { return a.first().Record.At.Compare(b.first().Record.At.Time) })
	for _, c := range ordered {
		if c.isRollup() {
			continue
		}
		for _, v := range c.versions {
			for _, item := range v.Items {
				add(c, fold.TargetItem, item.ID)
			}
			for _, b := range v.Blockers {
				add(c, fold.TargetBlocker, b.ID)
			}
		}
	}
	for ref, list := range lists {
		list.other = make([]int, len(list.chains))
		for i := range list.chains {
			switch {
			case i == 0:
				list.other[i] = -1
			case list.chains[i-1].by() == list.chains[i].by():
				list.other[i] = list.other[i-1]
			default:
				list.other[i] = i - 1
			}
		}
		lists[ref] = list
	}
	return lists
}

func (c *chain) by() string { return c.first().Record.By }

// last returns the last chain that began until a time and is not by a certain
// person, nil without one.
func (l listing) last(at time.Time, notBy string) *chain {
	i := sort.Search(len(l.chains), func(i int) bool { return l.chains[i].first().Record.At.After(at) }) - 1
	if i >= 0 && l.chains[i].by() == notBy {
		i = l.other[i]
	}
	if i < 0 {
		return nil
	}
	return l.chains[i]
}

// deeds is when somebody acted on items, by item, in order of time.
type deeds map[string][]time.Time

func (d deeds) add(at time.Time, items []string) {
	for _, item := range items {
		d[item] = append(d[item], at)
	}
}

func (d deeds) sort() {
	for _, times := range d {
		sorting.By(times, time.Time.Compare)
	}
}

// first returns when the first of some items was acted on at a time or later,
// false when none was.
func (d deeds) first(items []string, from time.Time) (at time.Time, found bool) {
	for _, item := range items {
		times := d[item]
		i := sort.Search(len(times), func(i int) bool { return !times[i].Before(from) })
		if i < len(times) && (!found || times[i].Before(at)) {
			at, found = times[i], true
		}
	}
	return at, found
}
