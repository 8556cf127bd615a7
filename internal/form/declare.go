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
	// Wanted is Check for a draft that nobody has said is ready: what the rules want
	// of it in particular is asked for then. Nil asks for nothing more.
	Wanted func(*Draft) []handoff.Finding
	// Push says to whom a handoff gets that is pushed, "" where that is not to be
	// asked.
	Push func(*handoff.Handoff) string
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

	open    map[string]bool   // pages that are there only because somebody asked for them
	visited map[string]bool   // of those, the ones that were answered
	wants   map[string][]want // what the rules want of items in particular
	trail   []string          // the pages behind the one that is shown, as the person came
	jumped  bool              // the preview was there, which comes next
	fixes   *place            // where a finding in the preview leads
	slow    bool              // judging takes longer than typing waits for
	told    []handoff.Finding // what the last preview showed
	unread  bool              // what was written in the editor last cannot be read
}

// Outcome is how a person left a form.
type Outcome int

// The outcomes.
const (
	Keep           Outcome = iota + 1 // the draft is kept, nothing is published
	Publish                           // it is to be published as Final returns it
	PublishAndPush                    // and pushed, too
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

// place is where a part of the draft is asked for: a page, and one of its fields.
type place struct {
	page  string
	field string // "" for the page as a whole
}

const pagePreview = "preview"

// Run asks until the person publishes or gives up. The error is that of the
// Asker, of Save, or of Edit; the draft holds everything that was typed, and is
// saved, in every case.
func (d *Declaration) Run(ctx context.Context) (Outcome, error) {
	d.open, d.visited = make(map[string]bool), make(map[string]bool)
	d.begin()
	here := place{page: d.firstOpen()}
	for {
		pages := d.pages()
		at := max(0, slices.IndexFunc(pages, func(p page) bool { return p.id == here.page }))
		p := pages[at]
		screen := d.screen(p, here.field)
		d.fixes, d.jumped = nil, d.jumped || p.id == pagePreview
		screen.First = at == 0 && len(d.trail) == 0
		reply, err := d.Asker.Ask(ctx, screen)
		p.take(d.Draft, screen, err == nil && reply == Next)
		if err = errors.Join(err, d.Save(d.Draft)); err != nil {
			return Keep, err
		}
		var outcome Outcome
		switch {
		case reply == Back:
			here = d.back(at)
		case reply == Editor:
			here = d.leave(at, place{page: pagePreview})
			err = d.edit(ctx)
		case p.id == pagePreview:
			here, outcome, err = d.choose(ctx, screen.Text("do"))
			here = d.leave(at, here)
		default:
			d.visited[p.id] = true
			if p.id == pageClosing {
				d.askWanted()
			}
			here = d.leave(at, place{page: d.following(p.id, at)})
		}
		if err != nil || outcome != 0 {
			return outcome, err
		}
	}
}

// leave goes on from a page to another one, which may be where the person came
// from: the preview.
func (d *Declaration) leave(at int, to place) place {
	pages := d.pages() // the page may have another name by what was typed on it
	from := pages[min(at, len(pages)-1)].id
	if from != to.page {
		d.trail = append(d.trail, from)
	}
	if i := slices.Index(d.trail, pagePreview); i >= 0 && to.page == pagePreview {
		d.trail = d.trail[:i]
	}
	return to
}

// back is where the person came from, as far as that is still there, or else the
// page before.
func (d *Declaration) back(at int) place {
	pages := d.pages()
	for len(d.trail) > 0 {
		last := d.trail[len(d.trail)-1]
		d.trail = d.trail[:len(d.trail)-1]
		if slices.ContainsFunc(pages, func(p page) bool { return p.id == last }) {
			return place{page: last}
		}
	}
	return place{page: pages[max(0, min(at, len(pages))-1)].id}
}

// screen builds the screen of a page, which saves the draft as the person types.
// Where a finding has led to one of its fields, that is the first, and the screen
// says what is wrong with it as long as it is.
func (d *Declaration) screen(p page, field string) *Screen {
	s := p.build()
	s.ID, s.Focus = p.id, field
	fixes := d.fixes
	if fixes != nil {
		s.Problems = d.problemsAt(*fixes)
	}
	s.Changed = func() {
		unfinished := *d
		unfinished.Draft = d.Draft.Clone()
		p.take(unfinished.Draft, s, false)
		_ = d.Save(unfinished.Draft) // the next screen saves again, and reports it
		switch {
		case fixes != nil && d.slow:
			s.Problems = nil // it was about what stood there before
		case fixes != nil:
			s.Problems = unfinished.problemsAt(*fixes)
		}
	}
	return s
}

// following is the page after the one that was left. That one may have changed
// its name by what was typed on it. Who came from the preview goes back there,
// by way of what is still open.
func (d *Declaration) following(id string, at int) string {
	pages := d.pages()
	if d.jumped {
		for _, open := range d.openPages() {
			if !d.visited[open] {
				return open
			}
		}
		return pagePreview // what is open was left so
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
	for i, item := range d.Draft.Handoff.Items {
		if wants := d.wants[item.ID]; len(wants) > 0 {
			ending = slices.Insert(ending, len(ending)-1, page{
				id:    wantedPage(item.ID),
				build: func() *Screen { return d.wantedScreen(d.Draft.Handoff.Items[i], wants) },
				take:  func(draft *Draft, s *Screen, _ bool) { d.takeMore(draft, i, s) },
			})
		}
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
				build: func() *Screen { return d.moreScreen(d.Draft.Handoff.Items[i]) },
				take:  func(draft *Draft, s *Screen, _ bool) { d.takeMore(draft, i, s) },
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
func (d *Declaration) firstOpen() string { return append(d.openPages(), pagePreview)[0] }

// openPages are the pages that nobody has answered, as far as the draft tells, and
// those that were asked for and not visited yet.
func (d *Declaration) openPages() (ids []string) {
	h := d.Draft.Handoff
	if h.Items == nil {
		ids = append(ids, pageItems)
	}
	for _, item := range h.Items {
		if item.ID == "" || item.State == "" {
			ids = append(ids, itemPage(item.ID))
		}
	}
	if h.Blockers == nil {
		ids = append(ids, pageBlockers)
	}
	for _, b := range h.Blockers {
		if id := blockerPage(b.ID); b.Because == "" || b.Resolver == "" {
			d.open[id] = true
			ids = append(ids, id)
		}
	}
	for _, r := range d.Draft.Resolutions {
		if r.How == "" {
			ids = append(ids, resolvedPage(r.Blocker))
		}
	}
	if h.Shipped == nil || h.Decisions == nil {
		ids = append(ids, pageOutcomes)
	}
	if h.Summary == "" || h.ReturnsAt.IsZero() || len(h.To) == 0 {
		ids = append(ids, pageClosing)
	}
	for _, p := range d.pages() {
		if d.open[p.id] && !d.visited[p.id] && !slices.Contains(ids, p.id) {
			ids = append(ids, p.id)
		}
	}
	return ids
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
