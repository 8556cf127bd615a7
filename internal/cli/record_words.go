package cli

import (
	"fmt"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// Records in words: for lists, for the messages of commits, for exports.

// headline says what a record does, in handles, counts and fixed words.
func headline(r *handoff.Record) string {
	switch body := r.Body.(type) {
	case *handoff.Handoff:
		return handoffHeadline(r.By, body)
	case *handoff.Ack:
		return r.By + ", " + verdict(body)
	case *handoff.Resolution:
		return r.By + ", " + strings.ReplaceAll(body.Outcome, "_", " ")
	case *handoff.Question:
		return r.By + " → " + body.To
	case *handoff.Escalation:
		return fmt.Sprintf("%s → %s, level %d", r.By, body.To, body.Level)
	case *handoff.Assignment:
		return r.By + " → " + body.To
	case *handoff.Route:
		return "→ " + body.To + ", " + body.Because
	}
	return r.By
}

func handoffHeadline(by string, h *handoff.Handoff) string {
	text := by + " → " + strings.Join(h.To, ", ") + ", " + handoffCounts(h)
	if h.Rollup != nil {
		text += ", rollup of " + rollupName(h.Rollup)
	}
	if h.Amends != "" {
		text += ", amended"
	}
	return text
}

// handoffCounts is "2 items, 1 blocker".
func handoffCounts(h *handoff.Handoff) string {
	if len(h.Blockers) == 0 {
		return text.Count(len(h.Items), "item")
	}
	return text.Count(len(h.Items), "item") + ", " + text.Count(len(h.Blockers), "blocker")
}

// verdict is "accepted, takes 2 items".
func verdict(a *handoff.Ack) string {
	s := strings.ReplaceAll(a.Outcome, "_", " ")
	if len(a.Take) > 0 {
		s += ", takes " + text.Count(len(a.Take), "item")
	}
	return s
}

// says is the main text of a record, for a list.
func says(r *handoff.Record) string {
	switch body := r.Body.(type) {
	case *handoff.Handoff:
		return body.Summary
	case *handoff.Ack:
		return joinNonEmpty(": ", body.Subject+" "+verdict(body), body.Note)
	case *handoff.Question:
		return body.Ask
	case *handoff.Answer:
		return body.Text
	case *handoff.Resolution:
		return joinNonEmpty(": ", body.Blocker, body.How)
	case *handoff.DecisionRecord:
		return joinNonEmpty(": ", body.Topic, body.Decision)
	case *handoff.Escalation:
		return fmt.Sprintf("%s → %s: %s", body.Subject, body.To, body.Ask)
	case *handoff.Assignment:
		return fmt.Sprintf("%s → %s", body.Item, body.To)
	case *handoff.Route:
		return fmt.Sprintf("%s → %s (%s)", body.Subject, body.To, joinNonEmpty(", ", body.Because, body.Note))
	case *handoff.Withdrawal:
		return joinNonEmpty(": ", body.Subject, body.Why)
	case *handoff.Gap:
		return joinNonEmpty(": ", body.Subject, body.Class, body.Recovery)
	}
	return ""
}

// rollupName says for whom a rollup speaks: team payments, org.
func rollupName(r *handoff.Rollup) string {
	if r.Level == handoff.LevelOrg {
		return r.Scope
	}
	return r.Level + " " + r.Scope
}
