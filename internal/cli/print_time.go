package cli

import (
	"time"

	"github.com/handoff-cli/handoff/internal/workspace"
)

// readBy lets the printer say times on the clock of the user.
func (g *globals) readBy(ws *workspace.Workspace) { g.printer.now = ws.Moment.In(ws.Location()) }

// when is a time on the clock of who reads, with the clock on which it was written
// beside it where that differs: "Mon 23 Nov 01:00 (09:00 +08:00)".
func (p *printer) when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	here := t.In(p.now.Location())
	say := dayOf(here, p.now) + here.Format(" 15:04")
	if t.Format("-0700") == here.Format("-0700") {
		return say
	}
	form := "15:04"
	if t.Day() != here.Day() {
		form = "Mon 15:04"
	}
	if _, offset := t.Zone(); offset == 0 {
		return say + t.Format(" ("+form+" UTC)")
	}
	return say + t.Format(" ("+form+" -07:00)")
}

// dayOf is a day as people write it who know which day it is.
func dayOf(t, now time.Time) string {
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return "today"
	case t.Year() == now.Year():
		return t.Format("Mon 2 Jan")
	}
	return t.Format("Mon 2 Jan 2006")
}

// stamped is when for what a row holds.
func (p *printer) stamped(t *time.Time) string {
	if t == nil {
		return ""
	}
	return p.when(*t)
}
