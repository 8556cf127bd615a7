package query

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// InboxPart is one of the three parts of an inbox.
type InboxPart string

// The parts. No event is in two of them.
const (
	PartAct  InboxPart = "act"  // what waits for its reader
	PartBack InboxPart = "back" // what came back to them, until they act on it
	PartNews InboxPart = "news" // what happened since their last handoff
)

// newsSpan is how far back news go at most.
const newsSpan = 7 * day

// InboxRow is a row of an inbox, which says why it is there: in JSON the fields
// "part", "event", "say" and "do", then those of the row.
type InboxRow struct {
	Part  InboxPart
	Event string // a word for what happened: offered, declined, shipped …
	Say   string // what happened, in a sentence without a full stop
	Do    string // the command that settles it; "" for news, which the next handoff settles
	row.Row
}

// MarshalJSON encodes the row behind what says why it is there.
func (r InboxRow) MarshalJSON() ([]byte, error) {
	why, err := json.Marshal(struct {
		Part  InboxPart `json:"part"`
		Event string    `json:"event"`
		Say   string    `json:"say"`
		Do    string    `json:"do"`
	}{r.Part, r.Event, r.Say, r.Do})
	if err != nil {
		return nil, err
	}
	row, err := json.Marshal(r.Row)
	if err != nil {
		return nil, err
	}
	return slices.Concat(why[:len(why)-1], []byte(","), row[1:]), nil
}

// Cells are the same columns whatever the type: part, type, id, event, sentence,
// command, and where it comes from.
func (r InboxRow) Cells() []string {
	return append([]string{string(r.Part), string(r.RowType()), r.ID(), r.Event, r.Say, r.Do}, r.Cited().Cells()...)
}

// ID is the id of what the row is about.
func (r InboxRow) ID() string { return r.Key() }

// NewsSince is from when on somebody's news are: from their last handoff, or for
// the last seven days where that is later or there is none.
func NewsSince(who string, s *fold.View, now time.Time) time.Time {
	since := now.Add(-newsSpan)
	if last := s.Latest(who); last != nil && last.Record.At.After(since) {
		return last.Record.At.Add(1) // what that handoff says is known to who wrote it
	}
	return since
}

// InboxOf is the part of a state of which [Inbox] and the whole state make the
// same.
func InboxOf(who string, since time.Time) fold.Part { return fold.Part{Back: who, Recent: since} }

// Inbox is what somebody has to know, part by part: what waits for them by type,
// then the most severe; what came back, the oldest first; news from a time on, the
// newest first.
func Inbox(who string, since time.Time, s *fold.View, env Env) []InboxRow {
	r := newRunner(Query{Topic: WaitingOn, Arg: who, Me: who}, s, env)
	rows := r.act()
	back := make(map[string]bool)
	for _, b := range s.Backs[who] {
		if c, why := r.cameBack(b); c.row != nil {
			back[b.Cause.ID] = true
			why.Part, why.Event, why.Row = PartBack, b.Kind, c.row
			rows = append(rows, why)
		}
	}
	return append(rows, r.news(since, back)...)
}

// act are the rows of what waits for who asks, and of what they wait for too long
// themselves: verdicts on their handoffs, and whoever they raised something to.
func (r *runner) act() []InboxRow {
	found := filter(r.waitingOn(), func(c candidate) bool { return !r.isBack(c) })
	sortCandidates(found, byType)
	overdue := filter(r.waitingLong(), func(c candidate) bool { return c.is(row.IsOverdue) && r.isOwn(c) })
	sortCandidates(overdue, oldestFirst)
	rows := []InboxRow{}
	for _, c := range append(found, overdue...) {
		line := r.waits(c)
		line.Part, line.Row = PartAct, c.row
		rows = append(rows, line)
	}
	return rows
}

// isBack reports whether something waits for who asks because it came back to
// them.
func (r *runner) isBack(c candidate) bool {
	switch t := c.thread.(type) {
	case handoffThread:
		return t.Record.By == r.query.Me
	case questionThread:
		return !t.Open()
	}
	return false
}

// isOwn reports whether who asks wrote a handoff or an escalation.
func (r *runner) isOwn(c candidate) bool {
	return r.state.Records[c.thread.latest()].By == r.query.Me
}

// waits says why something waits for who asks, and what settles it.
func (r *runner) waits(c candidate) InboxRow {
	switch t := c.thread.(type) {
	case handoffThread:
		return r.waitsForVerdict(t)
	case blockerThread:
		return InboxRow{Event: "blocked", Say: t.DeclaredBy + " needs " + t.Needs + r.standsIn(c.row.(*row.Blocker).AskedNow, t.Resolver), Do: command("resolve", t.ID)}
	case questionThread:
		return InboxRow{Event: "asked", Say: t.By + " asks: " + t.Ask + r.standsIn(c.row.(*row.Question).AskedNow, t.To), Do: command("answer", t.Key)}
	case escalationThread:
		body := escalationBody(t.Escalation)
		if t.By == r.query.Me {
			return InboxRow{Event: "overdue", Say: t.To + " has not taken up in time that you escalate " + body.Subject + ": " + body.Ask, Do: command("escalate", body.Subject)}
		}
		return InboxRow{Event: "escalated", Say: t.By + " escalates " + body.Subject + " to " + r.youOr([]string{t.To}) + ": " + body.Ask, Do: command("ack", t.Record.ID)}
	case itemThread:
		offer := r.state.Records[t.Offer.Record]
		if as, ok := offer.Body.(*handoff.Assignment); ok {
			say := text.JoinNonEmpty(": ", offer.By+" assigns it to you", as.Why)
			return InboxRow{Event: "assigned", Say: say, Do: command("ack", offer.ID)}
		}
		return InboxRow{Event: "offered", Say: offer.By + " offers it to " + r.youOr(t.Offer.To), Do: command("ack", offer.ID) + " --take " + text.ShellArgument(t.ID)}
	}
	return InboxRow{}
}

// waitsForVerdict says what a handoff wants of who asks.
func (r *runner) waitsForVerdict(t handoffThread) InboxRow {
	id, by := t.Record.ID, t.Record.By
	if by == r.query.Me {
		return InboxRow{Event: "overdue", Say: "nobody has given a verdict on it in time: " + t.Summary, Do: command("escalate", id)}
	}
	event, say := "handed_over", by+" hands over to "+r.youOr(t.To)
	if old := r.judged(t); old != nil {
		event, say = "amended", by+" has amended it since you "+verdictPast(old.Body.(*handoff.Ack))
	}
	say = text.JoinNonEmpty(", and ", say, t.takenInWords())
	return InboxRow{Event: event, Say: say + ": " + t.Summary, Do: command("ack", id)}
}

// standsIn says that who asks is asked in the place of another.
func (r *runner) standsIn(a row.AskedNow, first string) string {
	switch a.Because {
	case config.BecauseCover, config.BecauseAlternate, config.BecauseLadder:
		if a.Asked == r.query.Me {
			return "; you stand in for " + first + " (" + a.Because + ")"
		}
	}
	return ""
}

// youOr is "you", or the groups and people for whom somebody stands in.
func (r *runner) youOr(to []string) string {
	if slices.Contains(to, r.query.Me) {
		return "you"
	}
	return strings.Join(to, ", ")
}

// judged is the last verdict of who asks on the version before, nil without one.
func (r *runner) judged(t handoffThread) *handoff.Record {
	if old := r.state.Handoffs[t.Amends]; old != nil {
		return old.VerdictBy(r.query.Me)
	}
	return nil
}

// verdictPast is "accepted", "asked for changes" and so on.
func verdictPast(a *handoff.Ack) string {
	switch a.Outcome {
	case handoff.OutcomeChangesRequested:
		return "asked for changes"
	case handoff.OutcomeAcceptedWithGaps:
		return "accepted it with gaps"
	}
	return a.Outcome + " it"
}

// takenInWords says who took which items of a handoff, "" when nobody took any.
func (t handoffThread) takenInWords() string {
	by := make(map[string][]string)
	for _, item := range t.Items {
		if who := t.Taken[item.ID]; who != "" {
			by[who] = append(by[who], item.ID)
		}
	}
	var parts []string
	for _, who := range sortedKeys(by) {
		parts = append(parts, who+" took "+strings.Join(by[who], ", "))
	}
	return strings.Join(parts, " and ")
}

// command is a command about one thing.
func command(name, ref string) string { return "handoff " + name + " " + text.ShellArgument(ref) }

// seen is the command that says that nothing more is needed.
func seen(ref string) string { return command("ack", ref) + " --outcome " + handoff.OutcomeSeen }

// InboxSpan says how far news go back, in words.
func InboxSpan(since, now time.Time) string {
	if now.Sub(since) >= newsSpan {
		return "of the last 7 days"
	}
	return "since your last handoff (" + calendar.Ago(now.Sub(since)) + ")"
}
