package form

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

const pageBlockers = "blockers"

func blockerPage(id string) string  { return "blocker " + id }
func resolvedPage(id string) string { return "resolved " + id }

// What became of a blocker.
const (
	still    = "still"
	changed  = "changed"
	resolved = "resolved"
	mistaken = "remove" // of one that is new in this draft
)

// blockersBefore are the blockers that the page asks about: those that I carry,
// then those that are new in the draft.
func (d *Declaration) blockersBefore(draft *Draft) []handoff.Blocker {
	all := slices.DeleteFunc(slices.Clone(d.Prefill.Carried.Blockers), func(b handoff.Blocker) bool {
		return draft.blocker(b.ID) < 0 && draft.answers(b.ID) // a decision of the draft closes it
	})
	for _, b := range draft.Handoff.Blockers {
		if d.Prefill.Carried.Blocker(b.ID) == nil {
			all = append(all, b)
		}
	}
	return all
}

// blocker is the index of the blocker of that id, or -1.
func (d *Draft) blocker(id string) int {
	return slices.IndexFunc(d.Handoff.Blockers, func(b handoff.Blocker) bool { return b.ID == id })
}

func (d *Declaration) blockersScreen() *Screen {
	s := &Screen{Title: "What blocks?"}
	for _, freed := range d.Prefill.Freed {
		if freed.Item == "" {
			s.Facts = append(s.Facts, freed.String())
		}
	}
	for _, b := range d.blockersBefore(d.Draft) {
		f := choice(b.ID, b.Needs, still, still, changed, resolved)
		if d.Prefill.Carried.Blocker(b.ID) == nil {
			f = choice(b.ID, b.Needs, still, still, changed, mistaken)
		}
		f.Help, f.Passed = b.ID+", waits for "+b.Resolver, true
		switch {
		case d.Draft.resolution(b.ID) >= 0:
			f.Value = resolved
		case d.open[blockerPage(b.ID)]:
			f.Value = changed
		}
		s.Fields = append(s.Fields, f)
	}
	add := line("new", "Blocker", "what is needed from somebody; empty: nothing blocks", "", "").most(mostNeeds)
	if len(s.Fields) > 0 {
		add.Label, add.Help = "Another blocker", "what is needed from somebody; empty: no other"
	}
	if stuck := d.Draft.stuck(); len(stuck) > 0 {
		add.Label, add.Help = "What does "+text.And(stuck)+" wait for?", "what is needed from somebody"
		add.require()
	}
	s.Fields = append(s.Fields, add)
	return s
}

func (d *Declaration) takeBlockers(draft *Draft, s *Screen, done bool) {
	needs := s.Field("new").Typed()
	if !done && draft.Handoff.Blockers == nil && needs == "" {
		return
	}
	blockers := handoff.List[handoff.Blocker]{}
	var resolutions []handoff.Resolution
	for _, b := range d.blockersBefore(draft) {
		if i := draft.blocker(b.ID); i >= 0 {
			b = draft.Handoff.Blockers[i]
		}
		answer := s.Text(b.ID)
		switch answer {
		case resolved:
			r := handoff.Resolution{Blocker: b.ID, Outcome: "resolved"}
			if i := draft.resolution(b.ID); i >= 0 {
				r = draft.Resolutions[i]
			}
			resolutions = append(resolutions, r)
		case still, changed:
			blockers = append(blockers, b)
		}
		if done {
			d.ask(blockerPage(b.ID), answer == changed)
		}
	}
	if needs != "" {
		b := d.newBlocker(draft, needs)
		blockers = append(blockers, b)
		if done {
			d.ask(blockerPage(b.ID), true)
		}
	}
	draft.Handoff.Blockers, draft.Resolutions = blockers, resolutions
}

// newBlocker names a blocker by what is needed, and lets it block the items that
// are blocked by nothing else, if there are any.
func (d *Declaration) newBlocker(draft *Draft, needs string) handoff.Blocker {
	return handoff.Blocker{ID: slugOrText(needs), Needs: needs, Blocks: draft.stuck()}
}

// stuck are the items that are blocked by nothing that was said.
func (d *Draft) stuck() (ids []string) {
	for _, item := range d.Handoff.Items {
		if item.Status == handoff.StatusBlocked && len(d.blockersOf(item)) == 0 {
			ids = append(ids, item.ID)
		}
	}
	return ids
}

func (d *Declaration) blockerScreen(b handoff.Blocker) *Screen {
	carried := d.Prefill.Carried.Blocker(b.ID)
	if carried == nil {
		carried = &handoff.Blocker{}
	}
	needs := line("needs", "What is needed?", "", b.Needs, carried.Needs).require().most(mostNeeds)
	needs.Passed = needs.Default == "" // it was typed on the screen before
	blocks := line("blocks", "Which items does it block?", "their names, with commas between", strings.Join(b.Blocks, ", "), strings.Join(carried.Blocks, ", ")).require().pass()
	return &Screen{Title: "Blocker: " + b.ID, Fields: []*Field{
		needs,
		line("because", "Because", "what stands in the way", b.Because, carried.Because).require().most(mostBecause),
		line("resolver", "Who can remove it?", "one person, or area:name", b.Resolver, carried.Resolver).require(),
		blocks,
		line("workaround", "Workaround", "only if a blocked item goes on all the same", b.Workaround, carried.Workaround).pass(),
	}}
}

func takeBlocker(b *handoff.Blocker, s *Screen) {
	b.Needs, b.Because, b.Workaround = s.Text("needs"), s.Text("because"), s.Text("workaround")
	b.Resolver = strings.TrimPrefix(s.Text("resolver"), "@")
	b.Blocks = splitNames(s.Text("blocks"))
}

// resolvedScreen asks how a carried blocker went away.
func resolvedScreen(r handoff.Resolution) *Screen {
	return &Screen{Title: "Resolved: " + r.Blocker, Fields: []*Field{line("how", "What removed it?", "", r.How, "").require()}}
}
