package story

import (
	"fmt"
	"strings"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// Records in words: for lists, for the messages of commits, for exports.

// Headline says what a record does, in handles, counts and fixed words.
func Headline(r *handoff.Record) string {
	switch body := r.Body.(type) {
	case *handoff.Handoff:
		return handoffHeadline(r.By, body)
	case *handoff.Ack:
		return r.By + ", " + VerdictWords(body)
	case *handoff.Resolution:
		return r.By + ", " + strings.ReplaceAll(body.Outcome, "_", " ")
	case *handoff.Question:
		return r.By + " → " + body.To
	case *handoff.Escalation:
		return fmt.Sprintf("%s → %s, level %d", r.By, body.To, body.Level)
	case *handoff.Assignment:
		return r.By + " → " + body.To
	case *handoff.Route:
		if body.Delivers() {
			return body.State + " → " + body.To
		}
		return text.JoinNonEmpty(", ", "asks "+body.To+" about "+subjectName(body.Subject), whyAsked(body))
	case *handoff.DecisionRecord:
		return text.JoinNonEmpty(", ", r.By, body.Status)
	}
	return r.By
}

func handoffHeadline(by string, h *handoff.Handoff) string {
	text := by + " → " + strings.Join(h.To, ", ") + ", " + HandoffCounts(h)
	if h.Rollup != nil {
		text += ", rollup of " + RollupName(h.Rollup)
	}
	if h.Amends != "" {
		text += ", amended"
	}
	return text
}

// HandoffCounts is "2 items, 1 blocker".
func HandoffCounts(h *handoff.Handoff) string {
	if len(h.Blockers) == 0 {
		return text.Count(len(h.Items), "item")
	}
	return text.Count(len(h.Items), "item") + ", " + text.Count(len(h.Blockers), "blocker")
}

// VerdictWords is "accepted, takes 2 items".
func VerdictWords(a *handoff.Ack) string {
	s := strings.ReplaceAll(a.Outcome, "_", " ")
	if len(a.Take) > 0 {
		s += ", takes " + text.Count(len(a.Take), "item")
	}
	return s
}

func subjectName(ref string) string {
	_, name := handoff.SplitRef(ref)
	return name
}

// whyAsked says why it is this person who is asked, "" where it is who decides.
func whyAsked(route *handoff.Route) string {
	switch route.Because {
	case config.BecausePrimary:
		return ""
	case config.BecauseAlternate:
		return "who stands in"
	case config.BecauseLadder:
		return "who is next"
	}
	return strings.ReplaceAll(route.Because, "_", " ")
}

func noteInWords(note string) string {
	if note == config.NoteNobody {
		return "nobody is there in time"
	}
	return strings.ReplaceAll(note, "_", " ")
}

// Says is the main text of a record, for a list.
func Says(r *handoff.Record) string {
	switch body := r.Body.(type) {
	case *handoff.Handoff:
		return body.Summary
	case *handoff.Ack:
		return text.JoinNonEmpty(": ", body.Subject+" "+VerdictWords(body), body.Note)
	case *handoff.Question:
		return body.Ask
	case *handoff.Answer:
		return body.Text
	case *handoff.Resolution:
		return text.JoinNonEmpty(": ", body.Blocker, body.How)
	case *handoff.DecisionRecord:
		return text.JoinNonEmpty(": ", body.Topic, body.Decision)
	case *handoff.Escalation:
		return fmt.Sprintf("%s → %s: %s", body.Subject, body.To, body.Ask)
	case *handoff.Assignment:
		return text.JoinNonEmpty(": ", body.Item+" → "+body.To, body.Next)
	case *handoff.Route:
		if body.Delivers() {
			state := body.State
			if !body.Deadline.IsZero() {
				state = "reminder " + state
			}
			return text.JoinNonEmpty(": ", fmt.Sprintf("%s → %s, %s", body.Subject, body.To, state), text.JoinNonEmpty(", ", body.URL, body.Note))
		}
		return text.JoinNonEmpty(", ", body.To+" is asked about "+subjectName(body.Subject), whyAsked(body), noteInWords(body.Note))
	case *handoff.Withdrawal:
		return text.JoinNonEmpty(": ", body.Subject, body.Why)
	case *handoff.Gap:
		return text.JoinNonEmpty(": ", body.Subject, body.Class, body.Recovery)
	}
	return ""
}

// RollupName says for whom a rollup speaks: team payments, org.
func RollupName(r *handoff.Rollup) string {
	if r.Level == handoff.LevelOrg {
		return r.Scope
	}
	return r.Level + " " + r.Scope
}
