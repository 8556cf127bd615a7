package form

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// What is said is shown in the line in which people type it.

// inLine is a text in one line.
func inLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// inShort is what was typed as a message repeats it.
func inShort(typed string) string { return ansi.Truncate(text.OneLine(typed), 24, "…") }

// typedDecision is the line that [handoff.ParseDecision] reads.
func typedDecision(d handoff.Decision) string {
	if d.Rationale == "" {
		return inLine(d.Decision)
	}
	return inLine(d.Decision + handoff.Because + d.Rationale)
}

// typedShipped is the line that [handoff.ParseShipped] reads.
func typedShipped(s handoff.Shipped) string {
	if s.ID == "" {
		return inLine(s.What)
	}
	return inLine(s.ID + "; " + s.What)
}

// typedQuestion is the line that [handoff.ParseQuestion] reads.
func typedQuestion(q handoff.OpenQuestion) string {
	if q.To == "" {
		return inLine(q.Ask)
	}
	return inLine(q.Ask + "; " + q.To)
}

// typedRef is the line that [handoff.ParseRef] reads.
func typedRef(r handoff.Ref) string {
	if r.Type == "url" {
		return inLine(r.ID)
	}
	return inLine(r.Type + ":" + r.ID)
}

// typedAttempt is the line that [handoff.ParseAttempt] reads.
func typedAttempt(a handoff.Attempt) string { return inLine(a.What + " -> " + a.Result) }

// typedPercent is the number that [handoff.ParsePercent] reads, "" for none.
func typedPercent(percent *int) string {
	if percent == nil {
		return ""
	}
	return strconv.Itoa(*percent)
}

// typedContingency is the line that [handoff.ParseContingency] reads.
func typedContingency(c handoff.Contingency) string { return inLine(c.If + " -> " + c.Then) }
