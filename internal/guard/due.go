package guard

import (
	"fmt"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/config"
)

// Work is what somebody has done since their last handoff.
type Work struct {
	Now      time.Time
	Last     time.Time // their last handoff; zero when none is known
	Pushed   int       // their commits in this push that are younger than Last
	Since    int       // their commits younger than Last, pushed before or now
	First    time.Time // the oldest of those
	ShiftEnd time.Time // the end of the shift nearest to Now; zero when unknown
}

// Due returns why a push is the moment for a handoff, in a few words, "" when it
// is not. Without work of theirs in the push nothing is due. The end of a shift
// counts as long after it as before it. A limit of zero is off.
func Due(w Work, limits config.Hook) (why string) {
	left, margin := w.ShiftEnd.Sub(w.Now), limits.BeforeShiftEnd.Wall()
	switch {
	case w.Pushed == 0:
		return ""
	case margin > 0 && !w.ShiftEnd.IsZero() && left.Abs() <= margin:
		if left < 0 {
			return fmt.Sprintf("your shift ended %s ago and %s", calendar.Span(-left), w.unhanded())
		}
		return fmt.Sprintf("your shift ends in %s and %s", calendar.Span(left), w.unhanded())
	case limits.Commits > 0 && w.Since >= limits.Commits:
		return w.unhanded()
	case limits.Hours > 0 && w.Now.Sub(w.First) >= time.Duration(limits.Hours)*time.Hour:
		return fmt.Sprintf("%s, the first %s old", w.unhanded(), calendar.Span(w.Now.Sub(w.First)))
	}
	return ""
}

// unhanded says how much work is in no handoff.
func (w Work) unhanded() string {
	commits := fmt.Sprintf("%d of your commits are", w.Since)
	if w.Since == 1 {
		commits = "1 of your commits is"
	}
	if w.Last.IsZero() {
		return commits + " in no handoff"
	}
	return fmt.Sprintf("%s younger than your last handoff (%s)", commits, w.Last.In(w.Now.Location()).Format("2006-01-02 15:04"))
}

// declareCommand is what answers a reminder.
const declareCommand = "handoff declare --carry --editor"

// Reminder is the three lines that a push prints when a handoff is due.
func Reminder(why string) []string {
	return []string{
		"handoff: " + why,
		"  " + declareCommand + "    begins with what you hold",
		"  the push goes on; handoff hook uninstall ends these reminders",
	}
}

// Refusal is what a strict hook says in place of a [Reminder]: why the push
// stops, and the command after which it goes through.
func Refusal(why string) (message, command string) {
	return "push stopped: " + why, declareCommand
}
