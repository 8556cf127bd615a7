package workspace

import (
	"slices"
	"strconv"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
)

// CheckDraft seals a draft and judges what would be published. Findings carry
// positions in the text that the draft was read from, also when flags changed the
// draft.
func (ws *Workspace) CheckDraft(d *Draft, letThrough []string) []handoff.Finding {
	var findings []handoff.Finding
	if ambiguous := ws.nameDraft(d); d.Handoff == nil {
		findings = rules.Check(d.Doc, ws.draftContext(letThrough))
	} else {
		part := rules.Part(handoff.New("", ws.Author.When, ws.Me, d.Handoff))
		if d.id == "" {
			d.id = ws.DrawID() // whether a record has it is asked with all else
			part.Refs = append(part.Refs, d.id)
		}
		findings = ws.checkOn(part, func() []handoff.Finding {
			ws.seal(d)
			return ws.placed(d.Sealed, append(ws.judgeDraft(d, letThrough), ws.Unclear(d.Handoff)...))
		})
		findings = Explained(findings, ambiguous)
	}
	for i := range findings {
		f := &findings[i]
		f.Path = d.Path
		if d.Doc != nil && f.Line == 0 {
			f.Line, f.Col = d.Doc.Locate(f.Field)
		}
	}
	handoff.SortFindings(findings)
	return findings
}

// draftContext is what a draft is judged against.
func (ws *Workspace) draftContext(letThrough []string) rules.Context {
	ctx := ws.RuleContext()
	ctx.Draft, ctx.LetThrough = true, letThrough
	return ctx
}

// judgeDraft runs the rules on a draft that is sealed: on the handoff as if what
// it closes were closed, and on the records that go with it.
func (ws *Workspace) judgeDraft(d *Draft, letThrough []string) []handoff.Finding {
	own, more := ws.draftContext(letThrough), ws.RuleContext()
	closing, routes := d.Sealed[1:1+len(d.closes)], d.Sealed[1+len(d.closes):]
	var findings []handoff.Finding
	for i, s := range closing {
		findings = append(findings, below(d.closes[i], rules.CheckSealed(s, more))...)
	}
	if len(closing) > 0 {
		state, err := ws.Whole()
		if err != nil {
			return []handoff.Finding{notFolded(err)}
		}
		own.State = fold.Of(slices.Concat(state.Order(), handoff.Records(closing)), ws.TeamConfig.AckPolicy).View
	}
	if d.Doc != nil && !d.Changed {
		findings = append(findings, rules.CheckTyped(d.Doc, d.Sealed[0], own)...)
	} else {
		findings = append(findings, rules.CheckSealed(d.Sealed[0], own)...)
		if d.Doc != nil {
			findings = append(findings, d.Doc.Findings...)
		}
	}
	for i := range findings {
		findings[i].Record = "" // nobody has seen the ids yet
	}
	findings = append(findings, d.returned...)
	if handoff.HasErrors(findings) {
		return findings // a route would only repeat what is wrong
	}
	for _, s := range routes {
		findings = append(findings, below("routes.", rules.CheckSealed(s, more))...)
	}
	return findings
}

// below puts the fields of findings below that of a draft from which their record
// was made.
func below(field string, findings []handoff.Finding) []handoff.Finding {
	for i := range findings {
		findings[i].Field = field + findings[i].Field
	}
	return findings
}

// seal makes of a draft what is published in one commit: the handoff, complete
// with owners of its steps and the facts that the program knows, a resolution for
// each carried blocker that is gone, what closes that which its decisions answer,
// and a route for every blocker and question that is new. The draft stays what the
// person wrote.
func (ws *Workspace) seal(d *Draft) {
	if ws.State.Records[d.id] != nil {
		d.id = ws.NewID()
	}
	h := *d.Handoff
	if h.Rollup == nil {
		h = *handoff.Link(ws.Owned(&h))
	}
	h.Anchor = ws.anchor(d.Work)
	h.Team, h.Pod, h.Zone = ws.TeamConfig.TeamOf(ws.Me), ws.TeamConfig.PodOf(ws.Me), ws.TeamConfig.ZoneOf(ws.Me)
	h.Shift, h.Meta = ws.currentShift(), &d.Noticed
	h.Blockers, h.Items, h.Shipped = slices.Clone(h.Blockers), slices.Clone(h.Items), slices.Clone(h.Shipped)
	for i := range h.Blockers {
		ws.fillSince(&h.Blockers[i])
	}
	if h.Rollup == nil {
		ws.complete(&h, d.Resolutions)
		d.Reviewed = ws.review(&h, d.Reviews)
	}
	at := ws.Author.When
	records, unsettled := ws.closing(d, &h)
	if len(records) > 0 {
		at = at.Add(handoff.Precision) // the handoff comes after what it says is gone
	}
	own := handoff.New(d.id, at, ws.Me, &h)
	own.Ext = d.Ext
	d.returned = ws.returned(own, &h)
	routes, unrouted := ws.routes(&h)
	d.Sealed, d.Unsettled = handoff.SealAll(slices.Concat([]*handoff.Record{own}, records, routes)...), append(unsettled, unrouted...)
}

// closing are the records that go before a handoff: they close what its draft says
// is gone, and what its decisions answer. What closes nothing is said.
func (ws *Workspace) closing(d *Draft, h *handoff.Handoff) (records []*handoff.Record, unsettled []string) {
	add := func(body handoff.Body, field string) {
		records = append(records, handoff.New(ws.NewID(), ws.Author.When, ws.Me, body))
		d.closes = append(d.closes, field)
	}
	d.closes = nil
	for i, r := range d.Resolutions {
		add(&r, handoff.ExtResolved+"["+strconv.Itoa(i)+"].")
	}
	bodies, fields, unsettled := ws.settled(h, d.Resolutions)
	for i, body := range bodies {
		add(body, fields[i])
	}
	return records, unsettled
}

// Meta is what a handoff says of how it was written.
func (ws *Workspace) Meta(version string) (handoff.Meta, error) {
	queries, err := ws.sharedQueries()
	return handoff.Meta{Tool: "handoff " + version, Queries: queries}, err
}

// currentShift is the shift that the user is handing over: the one that
// contains now, else the last one that ended, nil when no hours are known.
func (ws *Workspace) currentShift() *handoff.Shift {
	shift, ok := ws.LastShift(ws.Me, ws.Author.When)
	if !ok {
		return nil
	}
	return &handoff.Shift{Start: handoff.Time{Time: shift.From}, End: handoff.Time{Time: shift.To}, TZ: ws.TeamConfig.People[ws.Me].TZ.String()}
}

// anchor is where the sender's branch stands, with what lies around there where
// that is known.
func (ws *Workspace) anchor(work *Facts) *handoff.Anchor {
	a := &handoff.Anchor{Head: ws.HEAD.Hash}
	if work != nil {
		a.Stashes = &work.Stashes
		if !slices.Contains(work.Missing, "status") {
			a.Dirty = &work.Changed
		}
		if work.Remote && !slices.Contains(work.Missing, "unpushed") {
			a.Unpushed = &work.Unpushed
		}
	}
	if !ws.HEAD.Detached {
		a.Branch = ShortRef(ws.HEAD.Ref)
	}
	if last := ws.State.Latest(ws.Me); last != nil && last.Anchor != nil {
		a.Since = last.Anchor.Head
	}
	return a
}

// fillSince dates a blocker: from when it was first declared, if it is open.
func (ws *Workspace) fillSince(b *handoff.Blocker) {
	known, ok := ws.State.Blockers[b.ID]
	switch {
	case ok && known.Open() && !known.Since.IsZero():
		b.Since = known.Since
	case b.Since.IsZero():
		b.Since = handoff.Time{Time: ws.Author.When.Truncate(time.Second)}
	}
}

// Draft is a handoff that is being written.
type Draft struct {
	id      string   // of the record to come; "" until it is checked
	closes  []string // of the records behind the handoff in Sealed that close something: the fields they come from
	Handoff *handoff.Handoff
	Ext     map[string]any
	Doc     *handoff.Document // the text it was read from, nil if there is none
	Path    string            // how the user names that text
	Changed bool              // the flags changed what the text says

	Resolutions []handoff.Resolution // of carried blockers, published in the same commit
	Work        *Facts               // nil where nobody asked git
	Noticed     handoff.Meta         // about the writing
	Reviews     []handoff.Ref        // what forges say of the pull requests of its items

	Freed []Freed // what was carried and is not blocked any more

	Sealed    []*handoff.Sealed // as it was last checked: the handoff, then what goes with it
	Unsettled []string          // what of it goes to nobody or closes nothing, and why
	Reviewed  []string          // what forges said of it that the records, or its writer, do not

	returned []handoff.Finding // what makes it go to somebody else than its receiver
}

// RefusedHint is the way out of what the rules have against the draft.
func (d *Draft) RefusedHint(findings []handoff.Finding) string {
	unbounded := slices.ContainsFunc(findings, func(f handoff.Finding) bool { return f.Code == "HO910" })
	if d.Handoff != nil && d.Handoff.Rollup != nil && unbounded {
		return "a record cannot hold as much: draw one for each team, with --team, or each pod, with --pod"
	}
	if d.Path != "" {
		return "correct " + d.Path + " and try again"
	}
	return "correct the flags, or add --editor to go on in your editor"
}
