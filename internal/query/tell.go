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
	"github.com/handoff-cli/handoff/internal/text"
)

// tells says how one thing stands.
func (r *runner) tells(c candidate) string {
	switch row := c.row.(type) {
	case *ItemRow:
		return r.tellsItem(c, row)
	case *BlockerRow:
		return r.tellsBlocker(row)
	case *QuestionRow:
		return r.tellsQuestion(row)
	case *DecisionRow:
		return tellsDecision(row)
	case *HandoffRow:
		return r.tellsHandoff(row)
	case *WatchRow:
		if row.Expired {
			return "to watch until it ended: " + text.OneLine(row.What)
		}
		return "to watch: " + text.OneLine(row.What)
	case *EscalationRow:
		return r.tellsEscalation(row)
	case *GapRow:
		return text.JoinNonEmpty(": ", fmt.Sprintf("%s had a gap, %s, by %s", row.Subject, spoken(row.Class), row.By), text.OneLine(row.Recovery))
	case *RecordRow:
		return fmt.Sprintf("%s by %s on %s: %s", row.Kind, row.By, row.Subject, text.OneLine(row.Say))
	case *ContractRow:
		return text.JoinNonEmpty(": ", "contract "+row.key(), text.OneLine(row.Trigger))
	case *AreaRow:
		return text.JoinNonEmpty(", else ", row.Primary+" decides about "+row.ID, listCell(row.Alternates))
	case *TeamRow:
		return text.JoinNonEmpty("; it is ", cmp.Or(row.Lead, "nobody")+" leads the team "+row.ID, listCell(row.People))
	case *PersonRow:
		return r.tellsPerson(row)
	case *AckRow:
		return r.tellsAck(row)
	case *ReviewRow:
		return tellsReview(row)
	case *DeadlineRow:
		return r.tellsDeadline(row)
	case *EventRow:
		return fmt.Sprintf("%s: %s by %s %s, %s", row.Subject, row.Kind, row.By, r.clock(*row.Source.At), text.OneLine(row.Say))
	}
	return string(c.row.RowType()) + " " + c.row.key()
}

func (r *runner) tellsItem(c candidate, row *ItemRow) string {
	name := cmp.Or(row.ID, text.OneLine(row.State))
	t, ok := c.thread.(itemThread)
	if !ok {
		return fmt.Sprintf("%s was shipped by %s %s", name, row.Source.By, r.clock(*row.Source.At))
	}
	if !t.Live() {
		closed := r.source(t.ClosedBy)
		say := fmt.Sprintf("%s was %s by %s", row.ID, t.Closed, closed.By)
		if closed.At != nil {
			say += " " + r.clock(*closed.At)
		}
		return text.JoinNonEmpty(": ", say, text.OneLine(row.State))
	}
	say := fmt.Sprintf("%s is %s, held by %s", row.ID, inStatus(row.Status), row.Holder)
	if held := r.source(t.HeldBy); held.At != nil {
		say += " since " + r.clock(*held.At)
	}
	if row.Owner != row.Holder {
		say += ", owned by " + row.Owner
	}
	if t.Offer != nil {
		say += ", offered to " + listCell(t.Offer.To)
	}
	if waits := r.waitsFor(t); waits != "" {
		say += "; it waits for " + waits
	}
	return say
}

// tellsSteps says what is next on an item, and what that waits for.
func (r *runner) tellsSteps(c candidate) string {
	row := c.row.(*ItemRow)
	var steps []string
	for _, n := range row.Next {
		steps = append(steps, fmt.Sprintf("%s (%s)", text.OneLine(n.Do), n.Owner))
	}
	say := "next on " + row.ID + ": " + strings.Join(steps, "; ")
	if waits := r.waitsFor(c.thread.(itemThread)); waits != "" {
		return say + "; it waits for " + waits
	}
	return say
}

// inStatus is a status after "is".
func inStatus(status string) string {
	if status == handoff.StatusInProgress || status == handoff.StatusInReview {
		return spoken(status)
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
			waits = append(waits, strings.ToLower(strings.ReplaceAll(listCell(ref.WaitingOn), "@", ""))+" on "+pullName(ref.ID))
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

func (r *runner) tellsBlocker(row *BlockerRow) string {
	open := time.Duration(row.Age) * time.Second
	if !slices.Contains(fold.Resolutions, row.State) {
		say := fmt.Sprintf("%s blocks %s for %s", row.ID, cmp.Or(listCell(row.Blocks), "nothing"), calendar.Span(open))
		if row.State != fold.BlockerDeclared && row.State != fold.BlockerRouted {
			say += ", " + row.State
		}
		return say + "; " + cmp.Or(row.Asked, row.Resolver) + " is to resolve it: " + text.OneLine(row.Needs)
	}
	say := fmt.Sprintf("%s is no longer open: %s by %s", row.ID, spoken(row.State), row.Source.By)
	if row.Source.At != nil {
		say += " " + r.clock(*row.Source.At)
	}
	return text.JoinNonEmpty(", ", say+" after "+calendar.Span(open), text.OneLine(row.How))
}

func (r *runner) tellsEscalation(row *EscalationRow) string {
	say := fmt.Sprintf("%s raised %s to %s, level %d, %s", row.By, row.Subject, cmp.Or(row.Asked, row.To), row.Level, spoken(row.State))
	if row.Deadline != nil {
		say += ", due " + r.clock(*row.Deadline)
	}
	return say + ": " + text.OneLine(row.Ask)
}

func (r *runner) tellsQuestion(row *QuestionRow) string {
	say := fmt.Sprintf("%s asks %s: %s", row.By, row.To, text.OneLine(row.Ask))
	switch row.State {
	case fold.QuestionOpen:
		return say + " (no answer yet)"
	case fold.QuestionWithdrawn:
		return say + " (withdrawn)"
	}
	return say + " (" + cmp.Or(text.OneLine(row.Answer), row.State) + ")"
}

func tellsDecision(row *DecisionRow) string {
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

func (r *runner) tellsHandoff(row *HandoffRow) string {
	say := fmt.Sprintf("%s handed over to %s %s", row.By, listCell(row.To), r.clock(*row.At))
	state := spoken(row.State)
	if row.State == fold.HandoffPublished {
		state = "no verdict yet"
	}
	return say + " (" + strings.Join(append([]string{row.ID, state}, row.Flags...), ", ") + "): " + text.OneLine(row.Summary)
}

func (r *runner) tellsPerson(row *PersonRow) string {
	if r.query.Topic == Declared {
		switch {
		case row.Declared != nil:
			return row.ID + " has handed over at " + r.clock(*row.Declared)
		case row.Expected:
			return row.ID + " has not handed over today"
		case row.State == personAway:
			return row.ID + " is away and not expected"
		}
		return row.ID + " has not handed over today and is not expected to"
	}
	say := row.ID + " is " + row.State
	switch row.State {
	case personHere:
		say = row.ID + " is back"
	case personUnknown:
		return "nothing says where " + row.ID + " is"
	}
	if row.Back != nil {
		say += ", back " + r.clock(*row.Back)
	}
	if row.Cover != "" {
		return say + "; " + row.Cover + " covers"
	}
	if row.State == personAway {
		return say + "; nobody covers"
	}
	return say
}

func (r *runner) tellsAck(row *AckRow) string {
	if row.Outcome == "" {
		return row.Who + " has not acked " + row.ID
	}
	say := fmt.Sprintf("%s has %s %s", row.Who, spoken(row.Outcome), row.ID)
	if row.Outcome == handoff.OutcomeChangesRequested {
		say = row.Who + " has asked for changes of " + row.ID
	}
	if row.At != nil {
		say += " at " + r.clock(*row.At)
	}
	if len(row.Taken) > 0 {
		say += ", and took " + listCell(row.Taken)
	}
	return say
}

func tellsReview(row *ReviewRow) string {
	name := pullName(row.ID)
	if row.State == "" && row.Approvals == "" && len(row.WaitingOn) == 0 {
		return "nobody has recorded the state of " + name + " (" + row.Item + ")"
	}
	say := name + " (" + row.Item + ") is " + cmp.Or(row.State, "in a state that nobody recorded")
	if row.Approvals != "" {
		say += ", with " + row.Approvals + " approvals"
	}
	if len(row.WaitingOn) > 0 {
		say += "; it waits for " + listCell(row.WaitingOn)
	}
	return say
}

func (r *runner) tellsDeadline(row *DeadlineRow) string {
	verb := map[string]string{"ack": "ack", "answer": "answer", "acknowledge": "acknowledge", "resolve": "resolve", "take up": "take up", "item": "finish", "step": "do a step of"}[row.What]
	say := fmt.Sprintf("%s is to %s %s by %s", row.Who, verb, row.ID, r.clock(*row.Due))
	if row.Late {
		say += ", which is past"
	}
	return say
}
