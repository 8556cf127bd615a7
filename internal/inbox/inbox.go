// Package inbox draws together what somebody has to know: what waits for them,
// what came back to them, and the news since their last handoff. It is made of the
// rows that questions find, each with what happened and the command that settles
// it. Pure as the questions are.
package inbox

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/sorting"
	"github.com/handoff-cli/handoff/internal/text"
)

// Part is one of the three parts of an inbox.
type Part string

// The parts. No event is in two of them.
const (
	Act  Part = "act"  // what waits for its reader
	Back Part = "back" // what came back to them, until they act on it
	News Part = "news" // what happened since their last handoff
)

// newsSpan is how far back news go at most.
const newsSpan = 7 * 24 * time.Hour

// Row is a row of an inbox, which says why it is there: in JSON the fields
// "part", "event", "say" and "do", then those of the row.
type Row struct {
	Part  Part
	Event string // a word for what happened: offered, declined, shipped …
	Say   string // what happened, in a sentence without a full stop
	Do    string // the command that settles it; "" for news, which the next handoff settles
	row.Row
}

// MarshalJSON encodes the row behind what says why it is there.
func (r Row) MarshalJSON() ([]byte, error) {
	why, err := json.Marshal(struct {
		Part  Part   `json:"part"`
		Event string `json:"event"`
		Say   string `json:"say"`
		Do    string `json:"do"`
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
func (r Row) Cells() []string {
	return append([]string{string(r.Part), string(r.RowType()), r.Key(), r.Event, r.Say, r.Do}, r.Cited().Cells()...)
}

// Since is from when on somebody's news are: from their last handoff, or for the
// last seven days where that is later or there is none.
func Since(who string, s *fold.View, now time.Time) time.Time {
	since := now.Add(-newsSpan)
	if last := s.Latest(who); last != nil && last.Record.At.After(since) {
		return last.Record.At.Add(1) // what that handoff says is known to who wrote it
	}
	return since
}

// Span says how far news go back, in words.
func Span(since, now time.Time) string {
	if now.Sub(since) >= newsSpan {
		return "of the last 7 days"
	}
	return "since your last handoff (" + calendar.Ago(now.Sub(since)) + ")"
}

// StatePart is the part of a state of which [Of] and the whole state make the
// same.
func StatePart(who string, since time.Time) fold.Part { return fold.Part{Back: who, Recent: since} }

// Of is what somebody has to know, part by part: what waits for them by type,
// then the most severe; what came back, the oldest first; news from a time on, the
// newest first.
func Of(who string, since time.Time, s *fold.View, env query.Env) []Row {
	in := newReader(who, "you", s, env)
	back, causes := in.back()
	return slices.Concat(in.act(), back, in.news(since, causes))
}

// Waiting is what waits for somebody and what came back to them, as others read it:
// who is asked goes by their handle. Of what is known, [StatePart] with now says what is
// needed.
func Waiting(who string, s *fold.View, env query.Env) []Row {
	in := newReader(who, who, s, env)
	back, _ := in.back()
	return append(in.act(), back...)
}

// reader reads a state for the person whose inbox it is.
type reader struct {
	*query.Reader
	me    string
	you   string // what they are called
	state *fold.View
	env   query.Env
}

func newReader(who, you string, s *fold.View, env query.Env) *reader {
	return &reader{Reader: query.NewReader(who, s, env), me: who, you: you, state: s, env: env}
}

// act are the rows of what waits for the reader, and of what they wait for too long
// themselves: verdicts on their handoffs, and whoever they raised something to.
func (in *reader) act() []Row {
	waiting := slices.DeleteFunc(query.Rows(query.Query{Topic: query.WaitingOn, Arg: in.me, Me: in.me}, in.state, in.env), in.isBack)
	overdue := slices.DeleteFunc(query.Rows(query.Query{Topic: query.Overdue, Me: in.me}, in.state, in.env), func(line row.Row) bool {
		return line.Cited().By != in.me
	})
	sorting.By(overdue, func(a, b row.Row) int { return a.Cited().At.Compare(*b.Cited().At) })
	rows := []Row{}
	for _, found := range append(waiting, overdue...) {
		line := in.waits(found)
		line.Part, line.Row = Act, found
		rows = append(rows, line)
	}
	return rows
}

// back are the rows of what came back to the reader, the oldest first, and the ids of
// the records that brought it.
func (in *reader) back() (rows []Row, causes map[string]bool) {
	causes = make(map[string]bool)
	for _, b := range in.state.Backs[in.me] {
		if line := in.cameBack(b); line.Row != nil {
			causes[b.Cause.ID] = true
			line.Part, line.Event = Back, b.Kind
			rows = append(rows, line)
		}
	}
	return rows, causes
}

// isBack reports whether something waits for the reader because it came back to
// them.
func (in *reader) isBack(line row.Row) bool {
	switch line := line.(type) {
	case *row.Handoff:
		return line.By == in.me
	case *row.Question:
		return line.State != fold.QuestionOpen
	}
	return false
}

// waits says why something waits for the reader, and what settles it.
func (in *reader) waits(line row.Row) Row {
	switch line := line.(type) {
	case *row.Handoff:
		return in.waitsForVerdict(in.state.Handoffs[line.ID])
	case *row.Blocker:
		by := in.state.Blockers[line.ID].DeclaredBy
		return Row{Event: "blocked", Say: by + " needs: " + line.Needs + in.standsIn(line.AskedNow, line.Resolver), Do: command("resolve", line.ID)}
	case *row.Question:
		return Row{Event: "asked", Say: line.By + " asks: " + line.Ask + in.standsIn(line.AskedNow, line.To), Do: command("answer", line.ID)}
	case *row.Escalation:
		if line.By == in.me {
			return Row{Event: "overdue", Say: line.To + " has not taken up in time that you escalate " + line.Subject + ": " + line.Ask, Do: command("escalate", line.Subject)}
		}
		return Row{Event: "escalated", Say: line.By + " escalates " + line.About() + " to " + in.youOr([]string{line.To}) + ": " + line.Ask, Do: command("ack", line.ID)}
	case *row.Item:
		offered := in.state.Items[line.ID].Offer
		offer := in.state.Records[offered.Record]
		if as, ok := offer.Body.(*handoff.Assignment); ok {
			say := text.JoinNonEmpty(": ", offer.By+" assigns it to "+in.you, as.Why)
			return Row{Event: "assigned", Say: say, Do: command("ack", offer.ID)}
		}
		return Row{Event: "offered", Say: offer.By + " offers it to " + in.youOr(offered.To), Do: command("ack", offer.ID) + " --take " + text.ShellArgument(line.ID)}
	case *row.Review:
		return Row{Event: "review", Say: in.waitsForReview(line), Do: command("show", line.Item)}
	}
	return Row{}
}

// waitsForReview says which review the reader is to give. Giving it is no act in the
// records: whoever holds the item says next how it stands.
func (in *reader) waitsForReview(line *row.Review) string {
	say := in.state.Items[line.Item].Holder + " waits for your review of " + row.PullName(line.ID)
	standing := row.Standing(handoff.Ref{State: line.State, Approvals: line.Approvals})
	if line.ProbedAt != nil {
		standing = append(standing, "asked "+in.clock().At(*line.ProbedAt))
	}
	return text.JoinNonEmpty(": ", say, strings.Join(standing, ", "))
}

func (in *reader) clock() row.Clock { return row.Clock{Now: in.env.Now, Location: in.env.Location} }

// waitsForVerdict says what a handoff wants of the reader.
func (in *reader) waitsForVerdict(h *fold.Handoff) Row {
	id, by := h.Record.ID, h.Record.By
	if by == in.me {
		return Row{Event: "overdue", Say: "nobody has given a verdict on it in time: " + h.Summary, Do: command("escalate", id)}
	}
	event, say := "handed_over", by+" hands over to "+in.youOr(h.To)
	if old := in.judged(h); old != nil {
		event, say = "amended", by+" has amended it since "+in.you+" "+verdictPast(old.Body.(*handoff.Ack))
	}
	say = text.JoinNonEmpty(", and ", say, taken(h))
	return Row{Event: event, Say: say + ": " + h.Summary, Do: command("ack", id)}
}

// standsIn says that the reader is asked in the place of another.
func (in *reader) standsIn(a row.AskedNow, first string) string {
	switch a.Because {
	case config.BecauseCover, config.BecauseAlternate, config.BecauseLadder:
		if a.Asked == in.me {
			stands := " stand in for "
			if in.you == in.me {
				stands = " stands in for "
			}
			return "; " + in.you + stands + first + " (" + a.Because + ")"
		}
	}
	return ""
}

// youOr is the reader, or the groups and people for whom they stand in.
func (in *reader) youOr(to []string) string {
	if slices.Contains(to, in.me) {
		return in.you
	}
	return strings.Join(to, ", ")
}

// judged is the last verdict of the reader on the version before, nil without one.
func (in *reader) judged(h *fold.Handoff) *handoff.Record {
	if old := in.state.Handoffs[h.Amends]; old != nil {
		return old.VerdictBy(in.me)
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

// taken says who took which items of a handoff, "" when nobody took any.
func taken(h *fold.Handoff) string {
	by := make(map[string][]string)
	for _, item := range h.Items {
		if who := h.Taken[item.ID]; who != "" {
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

// sortedKeys makes the order of what is read from a map the same every time.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
