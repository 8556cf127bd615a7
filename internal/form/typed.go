package form

import "github.com/handoff-cli/handoff/internal/handoff"

// What is said is shown in the line in which people type it.

// typedDecision is the line that [handoff.ParseDecision] reads.
func typedDecision(d handoff.Decision) string {
	if d.Rationale == "" {
		return d.Decision
	}
	return d.Decision + handoff.Because + d.Rationale
}

// typedShipped is the line that [handoff.ParseShipped] reads.
func typedShipped(s handoff.Shipped) string {
	if s.ID == "" {
		return s.What
	}
	return s.ID + "; " + s.What
}

// typedQuestion is the line that [handoff.ParseQuestion] reads.
func typedQuestion(q handoff.OpenQuestion) string {
	if q.To == "" {
		return q.Ask
	}
	return q.Ask + "; " + q.To
}
