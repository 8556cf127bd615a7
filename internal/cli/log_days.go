package cli

import (
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/text"
)

// tableWidth is the narrowest window in which a list of records is a table.
const tableWidth = 100

// logDays prints records under the days on which they were written, on the clock of who
// reads. In a narrow window each has two lines.
func (p *printer) logDays(entries []logEntry) {
	lines := make([][]string, len(entries))
	if p.width >= tableWidth {
		rows := make([][]string, len(entries))
		for i, e := range entries {
			rows[i] = []string{e.ID, p.hour(e), string(e.Kind), e.By, e.Says + e.doubts}
		}
		for i, line := range p.columns(rows, p.width-2) {
			lines[i] = []string{line}
		}
	} else {
		for i, e := range entries {
			lines[i] = []string{
				text.OneLine(e.ID + "  " + p.hour(e) + "  " + string(e.Kind) + " by " + e.By),
				"  " + truncate(text.OneLine(e.Says+e.doubts), p.width-4),
			}
		}
	}
	day := ""
	for i, e := range entries {
		if next := p.dayHeading(e.At.Time); next != day {
			day = next
			p.section(day)
		}
		for _, line := range lines[i] {
			p.line("  %s", line)
		}
	}
}

// hour is when on its day something was written, on the clock of who reads, with the
// clock of who wrote it in brackets where that shows another time, or how far it is
// ahead.
func (p *printer) hour(e logEntry) string {
	here, there := e.At.In(p.now.Location()).Format("15:04"), e.At.Format("15:04")
	switch {
	case e.since <= -time.Minute:
		return here + " (" + calendar.Ago(e.since) + ")"
	case here == there:
		return here
	}
	return here + " (" + there + ")"
}

// dayHeading is a day as people call it.
func (p *printer) dayHeading(t time.Time) string {
	here := t.In(p.now.Location())
	form := "Mon 2 Jan"
	if here.Year() != p.now.Year() {
		form = "Mon 2 Jan 2006"
	}
	day := here.Format(form)
	switch here.Format(time.DateOnly) {
	case p.now.Format(time.DateOnly):
		day = "today, " + day
	case p.now.AddDate(0, 0, -1).Format(time.DateOnly):
		day = "yesterday, " + day
	}
	return day
}
