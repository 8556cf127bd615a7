package query

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// tells says how one thing stands.
func (r *runner) tells(c candidate) string {
	switch line := c.row.(type) {
	case *row.Item:
		return r.tellsItem(c, line)
	case *row.Blocker:
		return r.tellsBlocker(line)
	case *row.Question:
		return r.tellsQuestion(line)
	case *row.Decision:
		return tellsDecision(line)
	case *row.Handoff:
		return r.tellsHandoff(line)
	case *row.Watch:
		if line.Expired {
			return "to watch until it ended: " + text.OneLine(line.What)
		}
		return "to watch: " + text.OneLine(line.What)
	case *row.Escalation:
		return r.tellsEscalation(line)
	case *row.Gap:
		return text.JoinNonEmpty(": ", fmt.Sprintf("%s had a gap, %s, by %s", line.Subject, row.Spoken(line.Class), line.By), text.OneLine(line.Recovery))
	case *row.Record:
		return fmt.Sprintf("%s by %s on %s: %s", line.Kind, line.By, line.Subject, text.OneLine(line.Say))
	case *row.Contract:
		return text.JoinNonEmpty(": ", "contract "+line.Key(), text.OneLine(line.Trigger))
	case *row.Area:
		return text.JoinNonEmpty(", else ", line.Primary+" decides about "+line.ID, row.ListCell(line.Alternates))
	case *row.Team:
		return text.JoinNonEmpty("; it is ", cmp.Or(line.Lead, "nobody")+" leads the team "+line.ID, row.ListCell(line.People))
	case *row.Person:
		return r.tellsPerson(line)
	case *row.Ack:
		return r.tellsAck(line)
	case *row.Review:
		return tellsReview(line)
	case *row.Deadline:
		return r.tellsDeadline(line)
	case *row.Event:
		return fmt.Sprintf("%s: %s by %s %s, %s", line.Subject, line.Kind, line.By, r.clock(*line.Source.At), text.OneLine(line.Say))
	}
	return string(c.row.RowType()) + " " + c.row.Key()
}

func (r *runner) tellsItem(c candidate, line *row.Item) string {
	name := cmp.Or(line.ID, text.OneLine(line.State))
	t, ok := c.thread.(itemThread)
	if !ok {
		return fmt.Sprintf("%s was shipped by %s %s", name, line.Source.By, r.clock(*line.Source.At))
	}
	if !t.Live() {
		closed := r.source(t.ClosedBy)
		say := fmt.Sprintf("%s was %s by %s", line.ID, t.Closed, closed.By)
		if closed.At != nil {
			say += " " + r.clock(*closed.At)
		}
		return text.JoinNonEmpty(": ", say, text.OneLine(line.State))
	}
	say := fmt.Sprintf("%s is %s, held by %s", line.ID, inStatus(line.Status), line.Holder)
	if held := r.source(t.HeldBy); held.At != nil {
		say += " since " + r.clock(*held.At)
	}
	if line.Owner != line.Holder {
		say += ", owned by " + line.Owner
	}
	if t.Offer != nil {
		say += ", offered to " + row.ListCell(t.Offer.To)
	}
	if waits := r.waitsFor(t); waits != "" {
		say += "; it waits for " + waits
	}
	return say
}

// tellsSteps says what is next on an item, and what that waits for.
func (r *runner) tellsSteps(c candidate) string {
	line := c.row.(*row.Item)
	var steps []string
	for _, n := range line.Next {
		steps = append(steps, fmt.Sprintf("%s (%s)", text.OneLine(n.Do), n.Owner))
	}
	say := "next on " + line.ID + ": " + strings.Join(steps, "; ")
	if waits := r.waitsFor(c.thread.(itemThread)); waits != "" {
		return say + "; it waits for " + waits
	}
	return say
}

// inStatus is a status after "is".
func inStatus(status string) string {
	if status == handoff.StatusInProgress || status == handoff.StatusInReview {
		return row.Spoken(status)
	}
	return status
}

// waitsFor is what stops an item: open blockers with who is to remove them, and
// reviews.
func (r *runner) waitsFor(t itemThread) string {
	var waits []string
	for _, id := range r.openBlockers(t.Item) {
		if b := r.state.Blockers[id]; b != nil {
			waits = append(waits, cmp.Or(blockerThread{b}.asks(r).To, b.Resolver)+" on "+id)
		} else {
			waits = append(waits, id)
		}
	}
	for _, ref := range t.Refs {
		if ref.Type == "pr" && len(ref.WaitingOn) > 0 {
			waits = append(waits, strings.ToLower(strings.ReplaceAll(row.ListCell(ref.WaitingOn), "@", ""))+" on "+pullName(ref.ID))
		}
	}
	return strings.Join(waits, " and for ")
}

// pullName is a pull request in a sentence.
func pullName(id string) string {
	if id != "" && strings.Trim(id, "0123456789") == "" {
		id = "#" + id
	}
	return "PR " + id
}

func (r *runner) tellsBlocker(line *row.Blocker) string {
	open := time.Duration(line.Age) * time.Second
	if !slices.Contains(fold.Resolutions, line.State) {
		say := fmt.Sprintf("%s blocks %s for %s", line.ID, cmp.Or(row.ListCell(line.Blocks), "nothing"), calendar.Span(open))
		if line.State != fold.BlockerDeclared && line.State != fold.BlockerRouted {
			say += ", " + line.State
		}
		return say + "; " + cmp.Or(line.Asked, line.Resolver) + " is to resolve it: " + text.OneLine(line.Needs)
	}
	say := fmt.Sprintf("%s is no longer open: %s by %s", line.ID, row.Spoken(line.State), line.Source.By)
	if line.Source.At != nil {
		say += " " + r.clock(*line.Source.At)
	}
	return text.JoinNonEmpty(", ", say+" after "+calendar.Span(open), text.OneLine(line.How))
}

func (r *runner) tellsEscalation(line *row.Escalation) string {
	say := fmt.Sprintf("%s raised %s to %s, level %d, %s", line.By, line.Subject, cmp.Or(line.Asked, line.To), line.Level, row.Spoken(line.State))
	if line.Deadline != nil {
		say += ", due " + r.clock(*line.Deadline)
	}
	return say + ": " + text.OneLine(line.Ask)
}

func (r *runner) tellsQuestion(row *row.Question) string {
	say := fmt.Sprintf("%s asks %s: %s", row.By, row.To, text.OneLine(row.Ask))
	switch row.State {
	case fold.QuestionOpen:
		return say + " (no answer yet)"
	case fold.QuestionWithdrawn:
		return say + " (withdrawn)"
	}
	return say + " (" + cmp.Or(text.OneLine(row.Answer), row.State) + ")"
}

func tellsDecision(row *row.Decision) string {
	say := row.ID + ": " + text.OneLine(row.Decision)
	if row.Rationale != "" {
		say += ", because " + text.OneLine(row.Rationale)
	}
	switch row.Status {
	case fold.DecisionAccepted:
		return say + "; decided by " + row.By
	case fold.DecisionProposed:
		return say + "; only proposed, by " + row.By
	}
	return say + "; " + row.Status
}

func (r *runner) tellsHandoff(line *row.Handoff) string {
	say := fmt.Sprintf("%s handed over to %s %s", line.By, row.ListCell(line.To), r.clock(*line.At))
	state := row.Spoken(line.State)
	if line.State == fold.HandoffPublished {
		state = "no verdict yet"
	}
	return say + " (" + strings.Join(append([]string{line.ID, state}, line.Flags...), ", ") + "): " + text.OneLine(line.Summary)
}

func (r *runner) tellsPerson(line *row.Person) string {
	if r.query.Topic == Declared {
		switch {
		case line.Declared != nil:
			return line.ID + " has handed over at " + r.clock(*line.Declared)
		case line.Expected:
			return line.ID + " has not handed over today"
		case line.State == row.PersonAway:
			return line.ID + " is away and not expected"
		}
		return line.ID + " has not handed over today and is not expected to"
	}
	say := line.ID + " is " + line.State
	switch line.State {
	case row.PersonHere:
		say = line.ID + " is back"
	case row.PersonUnknown:
		return "nothing says where " + line.ID + " is"
	}
	if line.Back != nil {
		say += ", back " + r.clock(*line.Back)
	}
	if line.Cover != "" {
		return say + "; " + line.Cover + " covers"
	}
	if line.State == row.PersonAway {
		return say + "; nobody covers"
	}
	return say
}

func (r *runner) tellsAck(line *row.Ack) string {
	if line.Outcome == "" {
		return line.Who + " has not acked " + line.ID
	}
	say := fmt.Sprintf("%s has %s %s", line.Who, row.Spoken(line.Outcome), line.ID)
	if line.Outcome == handoff.OutcomeChangesRequested {
		say = line.Who + " has asked for changes of " + line.ID
	}
	if line.At != nil {
		say += " at " + r.clock(*line.At)
	}
	if len(line.Taken) > 0 {
		say += ", and took " + row.ListCell(line.Taken)
	}
	return say
}

func tellsReview(line *row.Review) string {
	name := pullName(line.ID)
	if line.State == "" && line.Approvals == "" && len(line.WaitingOn) == 0 {
		return "nobody has recorded the state of " + name + " (" + line.Item + ")"
	}
	say := name + " (" + line.Item + ") is " + cmp.Or(line.State, "in a state that nobody recorded")
	if line.Approvals != "" {
		say += ", with " + line.Approvals + " approvals"
	}
	if len(line.WaitingOn) > 0 {
		say += "; it waits for " + row.ListCell(line.WaitingOn)
	}
	return say
}

func (r *runner) tellsDeadline(row *row.Deadline) string {
	verb := map[string]string{"ack": "ack", "answer": "answer", "acknowledge": "acknowledge", "resolve": "resolve", "take up": "take up", "item": "finish", "step": "do a step of"}[row.What]
	say := fmt.Sprintf("%s is to %s %s by %s", row.Who, verb, row.ID, r.clock(*row.Due))
	if row.Late {
		say += ", which is past"
	}
	return say
}
