package query

import (
	"strings"
	"time"
)

// String is the query in the language of topics and terms, with a question mark
// behind what a question of yes or no asks.
func (q Query) String() string {
	var parts []string
	if q.Topic != Search {
		parts = append(parts, string(q.Topic))
	}
	if q.Arg != "" {
		parts = append(parts, quoted(q.Arg))
	}
	for _, t := range q.Terms {
		parts = append(parts, t.String())
	}
	if !q.Since.IsZero() {
		parts = append(parts, string(Since)+":"+q.Since.Format(time.RFC3339Nano))
	}
	if !q.Until.IsZero() {
		parts = append(parts, string(Until)+":"+q.Until.Format(time.RFC3339Nano))
	}
	for _, w := range q.Words {
		parts = append(parts, sign(w.Not)+`"`+w.Text+`"`)
	}
	if q.Unknown != "" {
		parts = append(parts, quoted(q.Unknown))
	}
	if q.Test != nil {
		for _, t := range q.Test.Terms {
			parts = append(parts, t.String())
		}
		if q.Test.All {
			parts = append(parts, "(all)")
		}
		parts = append(parts, "?")
	}
	return strings.Join(parts, " ")
}

// String is the term as it is typed.
func (t Term) String() string { return sign(t.Not) + string(t.Qualifier) + ":" + quoted(t.Value) }

func sign(not bool) string {
	if not {
		return "-"
	}
	return ""
}

// quoted puts a value with a space in double quotes.
func quoted(value string) string {
	if strings.Contains(value, " ") {
		return `"` + value + `"`
	}
	return value
}
