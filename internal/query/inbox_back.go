package query

import (
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// cameBack is what came back as a candidate, cited from what brought it back,
// with what happened and what settles it. The row is nil where it is moot: an
// item that another blocker still stops.
func (r *runner) cameBack(b fold.Back) (candidate, InboxRow) {
	subject := r.subject(b.Subject)
	item, isItem := subject.(itemThread)
	if subject == nil || b.Kind == fold.BackUnblocked && (!isItem || !r.isFree(item)) {
		return candidate{}, InboxRow{}
	}
	c := subject.cite(r, b.Cause.ID)
	by := b.Cause.By
	ref := b.Subject
	if isHandoff := r.state.Handoffs[ref] != nil; !isHandoff {
		ref = c.row.Key()
	}
	switch body := b.Cause.Body.(type) {
	case *handoff.Ack:
		return c, r.verdictCame(b, c, by, body)
	case *handoff.Answer:
		return c, InboxRow{Say: by + " answered: " + body.Text, Do: seen(ref)}
	case *handoff.Resolution:
		who := by
		if by == r.query.Me {
			who = "you"
		}
		_, blocker := handoff.SplitRef(body.Blocker)
		how := "resolved " + blocker
		if body.Outcome != "resolved" {
			how = "closed " + blocker + " (" + row.Spoken(body.Outcome) + ")"
		}
		return c, InboxRow{Say: text.JoinNonEmpty(": ", who+" "+how, body.How) + "; it is not blocked any more", Do: "handoff declare --carry"}
	case *handoff.Gap:
		say := by + " recorded a gap: " + text.JoinNonEmpty(", ", row.Spoken(body.Class), "impact "+body.Impact)
		return c, InboxRow{Say: text.JoinNonEmpty("; recovery: ", say, body.Recovery), Do: seen(ref)}
	}
	return candidate{}, InboxRow{}
}

// isFree reports whether an item is still declared as blocked, and nothing blocks
// it.
func (r *runner) isFree(t itemThread) bool {
	return t.Live() && t.Status == handoff.StatusBlocked && len(r.openBlockers(t.Item)) == 0
}

// subject is what a reference to a subject means: a handoff, the item of an
// assignment, a blocker, an item or a question. It is nil for what is not there.
func (r *runner) subject(ref string) citable {
	if h := r.state.Handoffs[ref]; h != nil {
		return r.handoffThread(h)
	}
	if record := r.state.Records[ref]; record != nil {
		if as, ok := record.Body.(*handoff.Assignment); ok {
			_, item := handoff.SplitRef(as.Item)
			ref = string(handoff.RefItem) + ":" + item
		}
	}
	if b := r.state.Blocker(ref); b != nil {
		return blockerThread{b}
	}
	if it := r.state.Item(ref); it != nil {
		return itemThread{it}
	}
	if q := r.state.Question(ref); q != nil {
		return questionThread{q}
	}
	return nil
}

// verdictCame says what an ack brought back.
func (r *runner) verdictCame(b fold.Back, c candidate, by string, a *handoff.Ack) InboxRow {
	left := strings.Join(b.Items, ", ")
	id := c.row.Key()
	_, isHandoff := c.thread.(handoffThread)
	switch b.Kind {
	case fold.BackGaps:
		return InboxRow{Say: by + " accepted it with gaps: " + gapsInWords(a), Do: "handoff declare --amend " + id}
	case fold.BackUntaken:
		return InboxRow{Say: by + " accepted it, and left with you: " + left, Do: "handoff declare --carry"}
	case fold.BackChangesRequested:
		say := text.JoinNonEmpty(": ", by+" asks for changes", verdictReason(a))
		if isHandoff {
			return InboxRow{Say: text.JoinNonEmpty("; with you until then: ", say, left), Do: "handoff declare --amend " + id}
		}
		return InboxRow{Say: say, Do: seen(id)}
	}
	say := text.JoinNonEmpty(": ", by+" declined it", verdictReason(a))
	if subject := r.state.Records[a.Subject]; subject != nil && subject.Kind == handoff.KindEscalation {
		say = text.JoinNonEmpty(": ", by+" declined what you escalated", verdictReason(a))
		return InboxRow{Say: say, Do: command("escalate", id)}
	}
	switch c.thread.(type) {
	case handoffThread:
		do := "handoff declare --carry"
		if left == "" {
			do = seen(id)
		}
		return InboxRow{Say: text.JoinNonEmpty("; yours again: ", say, left), Do: do}
	case itemThread:
		return InboxRow{Say: say, Do: command("assign", id)}
	}
	return InboxRow{Say: say, Do: command("escalate", id)}
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
