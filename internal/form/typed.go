package form

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// What people type in one line, in flags and in forms.

// because stands between what was decided and why.
const because = " -- "

// inShort is what was typed as a message repeats it.
func inShort(typed string) string { return ansi.Truncate(text.OneLine(typed), 24, "…") }

// ParseDecision reads "what -- why". The id is made of the what, and empty where
// no name can be made of it: a slug is of Latin letters. What is not said is
// empty.
func ParseDecision(text string) handoff.Decision {
	what, why, _ := strings.Cut(text, because)
	what, why = strings.TrimSpace(what), strings.TrimSpace(why)
	return handoff.Decision{ID: handoff.Slug(what), DecisionFields: handoff.DecisionFields{Decision: what, Rationale: why}}
}

// typedDecision is the line that [ParseDecision] reads.
func typedDecision(d handoff.Decision) string {
	if d.Rationale == "" {
		return d.Decision
	}
	return d.Decision + because + d.Rationale
}

// ParseShipped reads "item;what", and "what" alone where no item is named.
func ParseShipped(text string) handoff.Shipped {
	if id, what, ok := strings.Cut(text, ";"); ok && handoff.ValidSlug(strings.TrimSpace(id)) {
		return handoff.Shipped{ID: strings.TrimSpace(id), What: strings.TrimSpace(what)}
	}
	return handoff.Shipped{What: strings.TrimSpace(text)}
}

// typedShipped is the line that [ParseShipped] reads.
func typedShipped(s handoff.Shipped) string {
	if s.ID == "" {
		return s.What
	}
	return s.ID + "; " + s.What
}

// ParseQuestion reads "ask;who". The id is made of the question, and empty where
// no name can be made of it. What is not said is empty.
func ParseQuestion(text string) handoff.OpenQuestion {
	ask, to := strings.TrimSpace(text), ""
	if i := strings.LastIndexByte(text, ';'); i >= 0 {
		ask, to = strings.TrimSpace(text[:i]), strings.TrimPrefix(strings.TrimSpace(text[i+1:]), "@")
	}
	return handoff.OpenQuestion{ID: handoff.Slug(ask), Ask: ask, To: to}
}

// typedQuestion is the line that [ParseQuestion] reads.
func typedQuestion(q handoff.OpenQuestion) string {
	if q.To == "" {
		return q.Ask
	}
	return q.Ask + "; " + q.To
}
