package rules

import (
	"maps"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// sentence is a string of a document.
type sentence struct {
	field string
	key   string // the last key of the field
	value string
}

// prose are the keys whose values people write as sentences. The others are
// names, references, commands and what the program captures.
var prose = set(
	"summary", "what", "why", "title", "state", "intent", "ready", "do", "when", "check", "if", "then",
	"assumptions", "known_issues", "result", "do_not", "claim", "reopened", "needs", "because", "workaround", "label",
	"decision", "rationale", "context", "tradeoffs", "option", "why_not", "revisit_when", "ask", "default_if_silent",
	"signal", "notes", "understood", "first_action", "note", "text", "how", "recovery",
)

// code are the keys whose values are for machines, so that `<` and the like
// mean what they mean there.
var code = set("cmd", "expect", "probe")

// required are the texts that must say something and have no rule of their own
// about it: fields without their indexes.
var required = set(
	"summary", "shipped.what", "dropped.why", "ended.what", "ended.why", "unchanged.why", "waivers.why", "watch.what", "standing.what", "questions.ask",
	"items.accept.check", "items.if_then.if", "items.if_then.then", "items.tried.what", "items.tried.result", "items.claims.claim",
	"blockers.because", "blockers.options.label",
	"decisions.decision", "decisions.alternatives.option", "decisions.alternatives.why_not",
	"decision", "alternatives.option", "alternatives.why_not", // of a decision record
	"gaps.note", "readback.first_action", "ask", "text", "how", "why", "recovery",
)

// captured are the keys at the top whose values come from tools.
var captured = set("schema", "kind", "id", "at", "by", "agent", "said", "team", "pod", "zone", "shift", "rollup", "anchor", "meta", "digest", "drift", "opened_at")

// textsOf returns every string in a value, in the order of the keys.
func textsOf(value any) []sentence {
	var texts []sentence
	var walk func(value any, field, key string)
	walk = func(value any, field, key string) {
		switch value := value.(type) {
		case string:
			texts = append(texts, sentence{field: field, key: key, value: value})
		case []any:
			for i, entry := range value {
				walk(entry, indexField(field, i), key)
			}
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(value)) {
				walk(value[k], handoff.JoinField(field, k), k)
			}
		}
	}
	walk(value, "", "")
	return texts
}

// authored reports whether a person wrote the text, for people.
func (t sentence) authored() bool { return !captured[topKey(t.field)] && !code[t.key] }

// required reports whether the text must say something, and no rule of its own
// sees to that.
func (t sentence) required() bool { return required[WithoutIndexes(t.field)] }

// proseWords is how many words of prose there are.
func proseWords(texts []sentence) int {
	n := 0
	for _, t := range texts {
		if prose[t.key] {
			n += wordCount(t.value)
		}
	}
	return n
}

// topKey is the first key of a field.
func topKey(field string) string {
	if end := strings.IndexAny(field, ".["); end >= 0 {
		return field[:end]
	}
	return field
}

// WithoutIndexes turns items[0].next[1].do into items.next.do.
func WithoutIndexes(field string) string {
	for {
		open := strings.IndexByte(field, '[')
		if open < 0 {
			return field
		}
		end := strings.IndexByte(field[open:], ']')
		if end < 0 {
			return field
		}
		field = field[:open] + field[open+end+1:]
	}
}

// textsOfRecord returns every text of a record that was read before.
func textsOfRecord(record *handoff.Record) []sentence {
	data, err := handoff.Format(record)
	if err != nil {
		return nil // only an extension that YAML cannot say
	}
	return textsOf(handoff.Parse(data, record.Kind).Value())
}
