package handoff

import "strings"

// What people type in one line, in flags, in forms and in the lists of a draft.

// Because stands between what was decided and why.
const Because = " -- "

// ParseDecision reads "what -- why". The id is made of the what, and empty where
// no name can be made of it: a slug is of Latin letters. What is not said is
// empty.
func ParseDecision(text string) Decision {
	what, why, _ := strings.Cut(text, Because)
	what, why = strings.TrimSpace(what), strings.TrimSpace(why)
	return Decision{ID: Slug(what), DecisionFields: DecisionFields{Decision: what, Rationale: why}}
}

// ParseShipped reads "item;what", and "what" alone where no item is named.
func ParseShipped(text string) Shipped {
	if id, what, ok := strings.Cut(text, ";"); ok && ValidSlug(strings.TrimSpace(id)) {
		return Shipped{ID: strings.TrimSpace(id), What: strings.TrimSpace(what)}
	}
	return Shipped{What: strings.TrimSpace(text)}
}

// ParseQuestion reads "ask;who". The id is made of the question, and empty where
// no name can be made of it. What is not said is empty.
func ParseQuestion(text string) OpenQuestion {
	ask, to := strings.TrimSpace(text), ""
	if i := strings.LastIndexByte(text, ';'); i >= 0 {
		ask, to = strings.TrimSpace(text[:i]), strings.TrimPrefix(strings.TrimSpace(text[i+1:]), "@")
	}
	return OpenQuestion{ID: Slug(ask), Ask: ask, To: to}
}

// ParseRef reads "pr:1842", and an address of the web. The id is empty where the
// text has neither form.
func ParseRef(text string) Ref {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://") {
		return Ref{Type: "url", ID: text}
	}
	kind, id, _ := strings.Cut(text, ":")
	return Ref{Type: strings.TrimSpace(kind), ID: strings.TrimSpace(id)}
}

// ParseContingency reads "if -> then".
func ParseContingency(text string) Contingency {
	condition, then, _ := strings.Cut(text, "->")
	return Contingency{If: strings.TrimSpace(condition), Then: strings.TrimSpace(then)}
}

// ParseAttempt reads "what -> result".
func ParseAttempt(text string) Attempt {
	what, result, _ := strings.Cut(text, "->")
	return Attempt{What: strings.TrimSpace(what), Result: strings.TrimSpace(result)}
}

// ParseName reads what an item is called: a slug, or a few words of which one can be
// made. What makes none is returned as it is, for the rules to explain.
func ParseName(text string) string {
	text = strings.TrimSpace(text)
	if slug := Slug(text); slug != "" && !ValidSlug(text) {
		return slug
	}
	return text
}

// ParseChoice reads one of the words that a field may say, such as a status or a
// severity, as people write it: "In review" is in_review.
func ParseChoice(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" _-\t", r) }), "_")
}
