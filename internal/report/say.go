package report

import (
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// at is an element for a time, written in some form.
func (p *Page) at(t time.Time, form string) element {
	return el(tagTime, attribute{"datetime", t.UTC().Format(time.RFC3339)}, say(t.In(p.location).Format(form)))
}

// full is a time with all that tells which it is.
func (p *Page) full(t time.Time) element { return p.at(t, "Mon 2 Jan 2006, 15:04 MST") }

// when is a time as people write it who know which day it is.
func (p *Page) when(t time.Time) element {
	here, now := t.In(p.location), p.AsOf.In(p.location)
	switch {
	case here.Format(time.DateOnly) == now.Format(time.DateOnly):
		return p.at(t, "15:04")
	case here.Year() == now.Year():
		return p.at(t, "Mon 2 Jan 15:04")
	}
	return p.at(t, "2 Jan 2006 15:04")
}

// whenOf is when for what a row holds, nothing where there is none.
func (p *Page) whenOf(before string, t *time.Time) part {
	if t == nil {
		return several(nil)
	}
	return several{say(before), p.when(*t)}
}

// wanted says until when something is wanted, or since when it is overdue.
func (p *Page) wanted(due *time.Time) part {
	switch {
	case due == nil:
		return several(nil)
	case due.Before(p.AsOf):
		return several{say("since "), p.when(*due)}
	}
	return several{say("by "), p.when(*due)}
}

// ago is how old a record is.
func ago(s row.Source) string { return calendar.Ago(time.Duration(s.Age) * time.Second) }

func number(n int) string { return strconv.Itoa(n) }

// prose is what a record says, with links for the tickets and pull requests that it
// names.
func (p *Page) prose(s string) part {
	var parts several
	note := func(to link, s string) string {
		parts = append(parts, anchor(to, say(s)))
		return ""
	}
	p.config.LinkNames(s, func(s string) string { return note(link{}, s) }, func(name, to string) string { return note(outside(to), name) })
	return parts
}

// tagged is a word that stands out, which says by itself what its colour says.
func tagged(kind, word string) part {
	if word == "" {
		return several(nil)
	}
	return several{el(tagStrong, class("tag "+kind), say(word)), say(" ")}
}

// severity is that of something, where it is not the usual one.
func severity(s string) part {
	switch s {
	case handoff.SeverityCritical:
		return tagged("red", s)
	case handoff.SeverityWatch:
		return tagged("amber", s)
	}
	return several(nil)
}

// status is that of an item.
func status(s string) part {
	kind := ""
	if s == handoff.StatusBlocked {
		kind = "amber"
	}
	return tagged(kind, row.Spoken(s))
}

// thing is the name of something: a link to what is known of it on the page, else to
// where it can be read.
func (p *Page) thing(prefix, name string, s row.Source) part {
	if id := prefix + name; p.ids[id] {
		return anchor(inPage(id), say(name))
	}
	return anchor(p.file(s), say(name))
}

// file leads to the file of a record.
func (p *Page) file(s row.Source) link {
	if p.records == nil || s.Path == "" {
		return link{}
	}
	return outside(p.records(s))
}

// source cites a record: who wrote it and how long ago, with a link to its file, or else
// its path, and what there is to doubt.
func (p *Page) source(s row.Source) part {
	if s.Record == "" {
		return el(tagP, class("src"), say(s.Path))
	}
	at := several(nil)
	if s.At != nil {
		at = several{say(", "), p.at(*s.At, "2 Jan 15:04")}
	}
	cited := el(tagP, class("src"), anchor(p.file(s), say(s.Record)), say(" by "+s.By), at, say(", "+ago(s)))
	if doubts := s.Remarks(); len(doubts) > 0 {
		cited.with(say("; "), el(tagStrong, say(text.And(doubts))))
	}
	if p.file(s) == (link{}) {
		cited.with(say("; "), el(tagSpan, class("path"), say(s.Path)))
	}
	return cited
}

// refs are what an item refers to, with links where pages are known.
func (p *Page) refs(refs []handoff.Ref) part {
	var parts several
	for _, ref := range refs {
		name := ref.ID
		if ref.Type == "pr" {
			name = "PR " + strings.TrimLeft(name, "#!")
		}
		if ref.Type == "pr" || ref.Type == "ticket" || strings.Contains(ref.ID, "://") {
			parts = append(parts, say(" "), anchor(outside(p.config.Link(ref)), say(name)))
		}
	}
	return parts
}

// asks says whom something asks now, and why it is not who was asked first.
func asks(a row.AskedNow, first string) string {
	if a.Asked == "" && a.Because != config.NoteNobody {
		return first
	}
	why := ""
	if a.Because == config.NoteNobody || a.Asked != first {
		why = row.AskedBecause(a.Because, first)
	}
	return text.JoinNonEmpty(", ", a.Asked, why)
}

// typed are the type and the name of a reference, the type "" of a bare name.
func typed(ref string) (kind, name string) {
	if kind, name, ok := strings.Cut(ref, ":"); ok {
		return kind, name
	}
	return "", ref
}
