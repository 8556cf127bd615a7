package form

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// Declaration is the form in which a person writes a handoff. It changes Draft.
type Declaration struct {
	Asker   Asker
	Draft   *Draft
	Prefill Prefill
	// Check says what is wrong with a draft. Fields of its findings name parts
	// of the draft as [Declaration.Final] returns it.
	Check func(*Draft) []handoff.Finding
	// When reads a time that a person wrote.
	When func(string) (time.Time, error)
	// Owned returns a handoff with the owners that its steps would be published
	// with, and says what it then offers and keeps.
	Owned func(*handoff.Handoff) (owned *handoff.Handoff, offers string)
	// Step reads a step as it is typed: whom it names, what is to be done, and
	// whom it nearly names; to is whom the handoff is for.
	Step func(typed string, to []string) (who, do, nearly string)
	// Save keeps the draft.
	Save func(*Draft) error
	// About is what the lead who writes a rollup is to read first.
	About []string
	// Edit lets the person write the draft in their editor. It returns the
	// draft as they left it, right or not, and nil where it cannot be read: then
	// the text is set aside.
	Edit func(context.Context, *Draft) (*Draft, error)

	open    map[string]bool // pages that are there only because somebody asked for them
	visited map[string]bool // of those, the ones that were answered
	jumped  bool            // the page was chosen in the preview, which comes next
	unread  bool            // what was written in the editor last cannot be read
}

// Outcome is how a person left a form.
type Outcome int

// The outcomes.
const (
	Keep    Outcome = iota + 1 // the draft is kept, nothing is published
	Publish                    // it is to be published as Final returns it
)

// page is one screen of a form, and what becomes of the answers.
type page struct {
	id    string
	build func() *Screen
	// take puts the answers into a draft, which may be a copy that is saved
	// while the person types. done says that the person went on from the
	// screen; otherwise what they did not touch is left open.
	take func(d *Draft, s *Screen, done bool)
}

// jump is where the preview leads.
type jump struct {
	page    string
	field   string // the field to begin with
	problem string // what is to be corrected there
}

const pagePreview = "preview"

// Run asks until the person publishes or gives up. The error is that of the
// Asker, of Save, or of Edit; the draft holds everything that was typed, and is
// saved, in every case.
func (d *Declaration) Run(ctx context.Context) (Outcome, error) {
	d.open, d.visited = make(map[string]bool), make(map[string]bool)
	d.begin()
	here := jump{page: d.firstOpen()}
	for {
		pages := d.pages()
		at := max(0, slices.IndexFunc(pages, func(p page) bool { return p.id == here.page }))
		p := pages[at]
		screen := d.screen(p, at == 0)
		if screen.Focus = here.field; here.problem != "" {
			screen.Body = append([]string{here.problem}, screen.Body...)
		}
		reply, err := d.Asker.Ask(ctx, screen)
		p.take(d.Draft, screen, err == nil && reply == Next)
		if err = errors.Join(err, d.Save(d.Draft)); err != nil {
			return Keep, err
		}
		var outcome Outcome
		switch {
		case reply == Back:
			here = jump{page: pages[max(0, at-1)].id}
		case reply == Editor:
			here = jump{page: pagePreview}
			err = d.edit(ctx)
		case p.id == pagePreview:
			here, outcome, err = d.choose(ctx, screen.Text("do"))
			d.jumped = true
		default:
			d.visited[p.id] = true
			here = jump{page: d.following(p.id, at)}
		}
		if err != nil || outcome != 0 {
			return outcome, err
		}
	}
}

// screen builds the screen of a page, which saves the draft as the person
// types.
func (d *Declaration) screen(p page, first bool) *Screen {
	s := p.build()
	s.ID, s.First = p.id, first
	s.Changed = func() {
		unfinished := d.Draft.Clone()
		p.take(unfinished, s, false)
		_ = d.Save(unfinished) // the next screen saves again, and reports it
	}
	return s
}

// following is the page after the one that was left. That one may have changed
// its name by what was typed on it. Who came from the preview goes back there,
// by way of what is still open.
func (d *Declaration) following(id string, at int) string {
	pages := d.pages()
	if d.jumped {
		for _, p := range pages {
			if d.open[p.id] && !d.visited[p.id] {
				return p.id
			}
		}
		if open := d.firstOpen(); open != id {
			return open
		}
		return pagePreview // they left it open on purpose
	}
	if i := slices.IndexFunc(pages, func(p page) bool { return p.id == id }); i >= 0 {
		at = i
	}
	return pages[min(at+1, len(pages)-1)].id
}

// ask opens a page that is not there by itself, or closes it.
func (d *Declaration) ask(id string, open bool) {
	if d.open[id] = open; open {
		d.visited[id] = false
	}
}

func (d *Declaration) edit(ctx context.Context) error {
	return d.Asker.Release(func() error {
		edited, err := d.Edit(ctx, d.Final())
		if d.unread = edited == nil && err == nil; edited != nil {
			d.Draft = edited
			d.begin()
		}
		return err
	})
}

// pages lists the screens that the draft calls for, in their order. What a rollup
// lists is what others said: a lead says whom it is for, and changes the rest, if
// at all, in the editor.
func (d *Declaration) pages() []page {
	ending := []page{
		{pageClosing, d.closingScreen, d.takeClosing},
		{pagePreview, d.previewScreen, func(*Draft, *Screen, bool) {}},
	}
	if d.isRollup() {
		return ending
	}
	pages := []page{{pageItems, d.itemsScreen, d.takeItems}}
	for i, item := range d.Draft.Handoff.Items {
		pages = append(pages, page{
			id:    itemPage(item.ID),
			build: func() *Screen { return d.itemScreen(d.Draft.Handoff.Items[i]) },
			take:  func(draft *Draft, s *Screen, _ bool) { d.takeItem(draft, i, s) },
		})
		if id := morePage(item.ID); d.open[id] {
			pages = append(pages, page{
				id:    id,
				build: func() *Screen { return moreScreen(d.Draft.Handoff.Items[i]) },
				take:  func(draft *Draft, s *Screen, _ bool) { takeMore(&draft.Handoff.Items[i], s) },
			})
		}
	}
	pages = append(pages, page{pageBlockers, d.blockersScreen, d.takeBlockers})
	for i, b := range d.Draft.Handoff.Blockers {
		if id := blockerPage(b.ID); d.open[id] {
			pages = append(pages, page{
				id:    id,
				build: func() *Screen { return d.blockerScreen(d.Draft.Handoff.Blockers[i]) },
				take:  func(draft *Draft, s *Screen, _ bool) { takeBlocker(&draft.Handoff.Blockers[i], s) },
			})
		}
	}
	for i, r := range d.Draft.Resolutions {
		pages = append(pages, page{
			id:    resolvedPage(r.Blocker),
			build: func() *Screen { return resolvedScreen(d.Draft.Resolutions[i]) },
			take:  func(draft *Draft, s *Screen, _ bool) { draft.Resolutions[i].How = s.Text("how") },
		})
	}
	if len(fold.Watches(d.Prefill.Carried)) > 0 {
		pages = append(pages, page{pageWatch, d.watchScreen, d.takeWatch})
	}
	if d.open[pageQuestions] {
		ending = slices.Concat([]page{{pageQuestions, d.questionsScreen, takeQuestions}}, ending)
	}
	return slices.Concat(pages, []page{{pageOutcomes, d.outcomesScreen, takeOutcomes}}, ending)
}

func (d *Declaration) isRollup() bool { return d.Draft.Handoff.Rollup != nil }

// firstOpen is the page with which a draft goes on: the first that nobody has
// answered.
func (d *Declaration) firstOpen() string {
	h := d.Draft.Handoff
	if h.Items == nil {
		return pageItems
	}
	for _, item := range h.Items {
		if item.ID == "" || item.State == "" {
			return itemPage(item.ID)
		}
	}
	if h.Blockers == nil {
		return pageBlockers
	}
	for _, b := range h.Blockers {
		if b.Because == "" || b.Resolver == "" {
			d.ask(blockerPage(b.ID), true)
			return blockerPage(b.ID)
		}
	}
	for _, r := range d.Draft.Resolutions {
		if r.How == "" {
			return resolvedPage(r.Blocker)
		}
	}
	switch {
	case h.Shipped == nil || h.Decisions == nil:
		return pageOutcomes
	case h.Summary == "" || h.ReturnsAt.IsZero() || len(h.To) == 0:
		return pageClosing
	}
	return pagePreview
}

// Final returns the draft as it would be published: what is on its way out is
// among shipped and dropped, or goes on under other names, and items and blockers
// name each other. A rollup stays as it was drawn.
func (d *Declaration) Final() *Draft {
	s := d.Draft.Clone()
	if d.isRollup() {
		return s
	}
	h := s.Handoff
	var items handoff.List[handoff.Item]
	if h.Items != nil {
		items = []handoff.Item{}
	}
	for _, item := range slices.Clone(h.Items) {
		if item.Status == fold.ItemContinued {
			d.goesOn(s, item)
		}
	}
	for _, item := range h.Items {
		switch item.Status {
		case fold.ItemShipped:
			h.Shipped = append(h.Shipped, handoff.Shipped{ID: item.ID, What: item.State, Refs: item.Refs})
		case fold.ItemDropped:
			h.Dropped = append(slices.Clone(h.Dropped), handoff.Reasoned{ID: item.ID, Why: item.State})
		case fold.ItemContinued: // it is among the items, under its new names
		default:
			item.BlockedBy = s.blockersOf(item)
			items = append(items, item)
		}
	}
	h.Items = items
	for _, item := range d.Draft.Handoff.Items {
		if item.Status == fold.ItemContinued {
			workspace.GoesOn(h, item.ID)
		}
	}
	return s
}

// blockersOf lists the blockers in front of a blocked item: those that it named
// before and that are not resolved here, and those that name it.
func (d *Draft) blockersOf(item handoff.Item) []string {
	if item.Status != handoff.StatusBlocked {
		return nil
	}
	by := slices.DeleteFunc(slices.Clone(item.BlockedBy), func(ref string) bool {
		_, name := handoff.SplitRef(ref)
		return d.resolution(name) >= 0
	})
	for _, b := range d.Handoff.Blockers {
		if slices.Contains(b.Blocks, item.ID) && !slices.Contains(by, b.ID) && !slices.Contains(by, "blk:"+b.ID) {
			by = append(by, b.ID)
		}
	}
	return by
}

// resolution is the index of the resolution of a blocker, or -1.
func (d *Draft) resolution(blocker string) int {
	return slices.IndexFunc(d.Resolutions, func(r handoff.Resolution) bool { return r.Blocker == blocker })
}
