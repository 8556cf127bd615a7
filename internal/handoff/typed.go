package handoff

import "strings"

// What people type in one line, in flags and in forms.

// because stands between what was decided and why.
const because = " -- "

// ParseDecision reads "what -- why". The id is made of the what, and empty where
// no name can be made of it: a slug is of Latin letters. What is not said is
// empty.
func ParseDecision(text string) Decision {
	what, why, _ := strings.Cut(text, because)
	what, why = strings.TrimSpace(what), strings.TrimSpace(why)
	return Decision{ID: Slug(what), DecisionFields: DecisionFields{Decision: what, Rationale: why}}
}

// Typed is the line that [ParseDecision] reads.
func (d Decision) Typed() string {
	if d.Rationale == "" {
		return d.Decision
	}
	return d.Decision + because + d.Rationale
}

// ParseShipped reads "item;what", and "what" alone where no item is named.
func ParseShipped(text string) Shipped {
	if id, what, ok := strings.Cut(text, ";"); ok && ValidSlug(strings.TrimSpace(id)) {
		return Shipped{ID: strings.TrimSpace(id), What: strings.TrimSpace(what)}
	}
	return Shipped{What: strings.TrimSpace(text)}
}

// Typed is the line that [ParseShipped] reads.
func (s Shipped) Typed() string {
	if s.ID == "" {
		return s.What
	}
	return s.ID + "; " + s.What
}
