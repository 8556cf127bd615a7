package cli

import (
	"slices"
	"strconv"
	"time"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
)

// checkDraft seals a draft and judges what would be published. Findings carry
// positions in the text that the draft was read from, also when flags changed the
// draft.
func (ws *workspace) checkDraft(d *draft, letThrough []string) []handoff.Finding {
	var findings []handoff.Finding
	if d.handoff == nil {
		findings = rules.Check(d.doc, ws.draftContext(letThrough))
	} else {
		part := rules.Part(handoff.New("", ws.author.When, ws.me, d.handoff))
		if d.id == "" {
			d.id = ws.drawID() // whether a record has it is asked with all else
			part.Refs = append(part.Refs, d.id)
		}
		findings = ws.checkOn(part, func() []handoff.Finding {
			ws.seal(d)
			return ws.placed(d.sealed, ws.judgeDraft(d, letThrough))
		})
	}
	for i := range findings {
		f := &findings[i]
		f.Path = d.path
		if d.doc != nil && f.Line == 0 {
			f.Line, f.Col = d.doc.Locate(f.Field)
		}
	}
	handoff.SortFindings(findings)
	return findings
}

// draftContext is what a draft is judged against.
func (ws *workspace) draftContext(letThrough []string) rules.Context {
	ctx := ws.ruleContext()
	ctx.Draft, ctx.LetThrough = true, letThrough
	return ctx
}

// judgeDraft runs the rules on a draft that is sealed: on the handoff as if what
// it closes were closed, and on the records that go with it.
func (ws *workspace) judgeDraft(d *draft, letThrough []string) []handoff.Finding {
	own, more := ws.draftContext(letThrough), ws.ruleContext()
	closing, routes := d.sealed[1:1+len(d.resolutions)], d.sealed[1+len(d.resolutions):]
	var findings []handoff.Finding
	for i, s := range closing {
		findings = append(findings, below("x-resolved["+strconv.Itoa(i)+"].", rules.CheckSealed(s, more))...)
	}
	if len(closing) > 0 {
		state, err := ws.whole()
		if err != nil {
			return []handoff.Finding{notFolded(err)}
		}
		own.State = handoff.Fold(slices.Concat(state.Order(), handoff.Records(closing)), ws.config.AckPolicy).View
	}
	if d.doc != nil && !d.changed {
		findings = append(findings, rules.CheckTyped(d.doc, d.sealed[0], own)...)
	} else {
		findings = append(findings, rules.CheckSealed(d.sealed[0], own)...)
		if d.doc != nil {
			findings = append(findings, d.doc.Findings...)
		}
	}
	for i := range findings {
		findings[i].Record = "" // nobody has seen the ids yet
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
// with the facts that the program knows, a resolution for each carried blocker
// that is gone, and a route for every blocker and question that is new. The draft
// stays what the person wrote.
func (ws *workspace) seal(d *draft) {
	if ws.state.Records[d.id] != nil {
		d.id = ws.newID()
	}
	h := *d.handoff
	h.Anchor = ws.anchor(d.work)
	h.Team, h.Pod, h.Zone = ws.config.TeamOf(ws.me), ws.config.PodOf(ws.me), ws.config.ZoneOf(ws.me)
	h.Shift, h.Meta = ws.currentShift(), &d.noticed
	h.Blockers = slices.Clone(h.Blockers)
	for i := range h.Blockers {
		ws.fillSince(&h.Blockers[i])
	}
	at := ws.author.When
	var records []*handoff.Record
	for _, r := range d.resolutions {
		records = append(records, handoff.New(ws.newID(), at, ws.me, &r))
	}
	if len(records) > 0 {
		at = at.Add(handoff.Precision) // the handoff comes after what it says is gone
	}
	own := handoff.New(d.id, at, ws.me, &h)
	own.Ext = d.ext
	routes, unrouted := ws.routes(&h)
	d.sealed, d.unrouted = handoff.SealAll(slices.Concat([]*handoff.Record{own}, records, routes)...), unrouted
}

// meta is what a handoff says of how it was written.
func (ws *workspace) meta(version string) (handoff.Meta, error) {
	queries, err := ws.sharedQueries()
	return handoff.Meta{Tool: "handoff " + version, Queries: queries}, err
}

// currentShift is the shift that the user is handing over: the one that
// contains now, else the last one that ended, nil when no hours are known.
func (ws *workspace) currentShift() *handoff.Shift {
	shift, ok := ws.lastShift(ws.me, ws.author.When)
	if !ok {
		return nil
	}
	return &handoff.Shift{Start: handoff.Time{Time: shift.From}, End: handoff.Time{Time: shift.To}, TZ: ws.config.People[ws.me].TZ.String()}
}

// anchor is where the sender's branch stands, with what lies around there where
// that is known.
func (ws *workspace) anchor(work *git.Facts) *handoff.Anchor {
	a := &handoff.Anchor{Head: ws.head.Hash}
	if work != nil {
		a.Stashes = &work.Stashes
		if !slices.Contains(work.Missing, "status") {
			a.Dirty = &work.Changed
		}
		if work.Remote && !slices.Contains(work.Missing, "unpushed") {
			a.Unpushed = &work.Unpushed
		}
	}
	if !ws.head.Detached {
		a.Branch = shortRef(ws.head.Ref)
	}
	if last := ws.state.Latest(ws.me); last != nil && last.Anchor != nil {
		a.Since = last.Anchor.Head
	}
	return a
}

// fillSince dates a blocker: from when it was first declared, if it is open.
func (ws *workspace) fillSince(b *handoff.Blocker) {
	known, ok := ws.state.Blockers[b.ID]
	switch {
	case ok && known.Open() && !known.Since.IsZero():
		b.Since = known.Since
	case b.Since.IsZero():
		b.Since = handoff.Time{Time: ws.author.When.Truncate(time.Second)}
	}
}

// draft is a handoff that is being written.
type draft struct {
	id      string // of the record to come; "" until it is checked
	handoff *handoff.Handoff
	ext     map[string]any
	doc     *handoff.Document // the text it was read from, nil if there is none
	path    string            // how the user names that text
	changed bool              // the flags changed what the text says

	resolutions []handoff.Resolution // of carried blockers, published in the same commit
	work        *git.Facts           // nil where nobody asked git
	noticed     handoff.Meta         // about the writing

	sealed   []*handoff.Sealed // as it was last checked: the handoff, then what goes with it
	unrouted []string          // what of it goes to nobody, and why
}

// refusedHint is the way out of what the rules have against the draft.
func (d *draft) refusedHint(findings []handoff.Finding) string {
	unbounded := slices.ContainsFunc(findings, func(f handoff.Finding) bool { return f.Code == "HO910" })
	if d.handoff != nil && d.handoff.Rollup != nil && unbounded {
		return "a record cannot hold as much: draw one for each team, with --team, or each pod, with --pod"
	}
	if d.path != "" {
		return "correct " + d.path + " and try again"
	}
	return "correct the flags, or add --editor to go on in your editor"
}
