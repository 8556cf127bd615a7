package inbox

import (
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// cameBack is the row of what came back, cited from what brought it back, with
// what happened and what settles it. Its Row is nil where it is moot: an item that
// another blocker still stops.
func (in *reader) cameBack(b fold.Back) Row {
	subject, ok := in.subject(b.Subject)
	if !ok {
		return Row{}
	}
	cited := in.Cited(subject, b.Cause.ID)
	if b.Kind == fold.BackUnblocked && !isFree(cited) {
		return Row{}
	}
	by := b.Cause.By
	switch body := b.Cause.Body.(type) {
	case *handoff.Ack:
		return in.verdictCame(b, subject, cited, body)
	case *handoff.Answer:
		return Row{Row: cited, Say: by + " answered: " + body.Text, Do: seen(cited.Key())}
	case *handoff.Resolution:
		who := by
		if by == in.me {
			who = in.you
		}
		_, name := handoff.SplitRef(body.Blocker)
		how := "resolved " + name
		if body.Outcome != "resolved" {
			how = "closed " + name + " (" + row.Spoken(body.Outcome) + ")"
		}
		return Row{Row: cited, Say: text.JoinNonEmpty(": ", who+" "+how, body.How) + "; it is not blocked any more", Do: "handoff declare --carry"}
	case *handoff.Gap:
		say := by + " recorded a gap: " + text.JoinNonEmpty(", ", row.Spoken(body.Class), "impact "+body.Impact)
		return Row{Row: cited, Say: text.JoinNonEmpty("; recovery: ", say, body.Recovery), Do: seen(cited.Key())}
	}
	return Row{}
}

// isFree reports whether a row is of an item that is still declared as blocked,
// and nothing blocks it.
func isFree(line row.Row) bool {
	item, ok := line.(*row.Item)
	return ok && item.Status == handoff.StatusBlocked && len(item.BlockedBy) == 0
}

// subject is what a reference to a subject means: a handoff, the item of an
// assignment, a blocker, an item or a question.
func (in *reader) subject(ref string) (target fold.Target, ok bool) {
	s := in.state
	if h := s.Handoffs[ref]; h != nil {
		return handoffOf(h), true
	}
	if record := s.Records[ref]; record != nil {
		if as, ok := record.Body.(*handoff.Assignment); ok {
			_, name := handoff.SplitRef(as.Item)
			ref = item(name).Ref()
		}
	}
	if b := s.Blocker(ref); b != nil {
		return blocker(b.ID), true
	}
	if it := s.Item(ref); it != nil {
		return item(it.ID), true
	}
	if q := s.Question(ref); q != nil {
		return question(q.Key), true
	}
	return fold.Target{}, false
}

// verdictCame says what an ack brought back.
func (in *reader) verdictCame(b fold.Back, subject fold.Target, cited row.Row, a *handoff.Ack) Row {
	by, id, left := b.Cause.By, cited.Key(), strings.Join(b.Items, ", ")
	isHandoff := subject.Type == fold.TargetRecord
	line := Row{Row: cited}
	switch b.Kind {
	case fold.BackGaps:
		line.Say, line.Do = by+" accepted it with gaps: "+gapsInWords(a), "handoff declare --amend "+id
		return line
	case fold.BackUntaken:
		line.Say, line.Do = by+" accepted it, and left with "+in.you+": "+left, "handoff declare --carry"
		return line
	case fold.BackChangesRequested:
		line.Say, line.Do = text.JoinNonEmpty(": ", by+" asks for changes", verdictReason(a)), seen(id)
		if isHandoff {
			line.Say, line.Do = text.JoinNonEmpty("; with "+in.you+" until then: ", line.Say, left), "handoff declare --amend "+id
		}
		return line
	}
	line.Say = text.JoinNonEmpty(": ", by+" declined it", verdictReason(a))
	raised := in.state.Records[a.Subject]
	switch {
	case raised != nil && raised.Kind == handoff.KindEscalation:
		line.Say = text.JoinNonEmpty(": ", by+" declined what "+in.you+" escalated", verdictReason(a))
		line.Do = command("escalate", id)
	case isHandoff && left == "":
		line.Do = seen(id)
	case isHandoff:
		line.Say, line.Do = line.Say+"; "+in.again()+": "+left, "handoff declare --carry"
	case subject.Type == fold.TargetItem:
		line.Do = command("assign", id)
	default:
		line.Do = command("escalate", id)
	}
	return line
}

// again says that something is the reader's again.
func (in *reader) again() string {
	if in.you == in.me {
		return "with " + in.me + " again"
	}
	return "yours again"
}

// verdictReason is why an ack is no plain acceptance: the reason, the class of an
// exception, the note and the gaps.
func verdictReason(a *handoff.Ack) string {
	reason := text.JoinNonEmpty(", ", row.Spoken(a.Reason), row.Spoken(a.Exception))
	return text.JoinNonEmpty("; gaps: ", text.JoinNonEmpty(": ", reason, a.Note), gapsInWords(a))
}

func gapsInWords(a *handoff.Ack) string {
	var gaps []string
	for _, g := range a.Gaps {
		gaps = append(gaps, text.JoinNonEmpty(": ", text.JoinNonEmpty(" ", g.Item, row.Spoken(g.Class)), g.Note))
	}
	return strings.Join(gaps, "; ")
}
