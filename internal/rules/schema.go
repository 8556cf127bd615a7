package rules

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// declarations are the fields of a handoff that may be empty but not absent
// (rule HO102), and what to write.
var declarations = map[string]string{
	"to":         "name who takes over, as in to: [ben]",
	"summary":    "say in one sentence what the receiver must know first",
	"shipped":    "list what was finished, or write shipped: [] where nothing was",
	"items":      "list the work that goes on, or write items: [] where there is none",
	"blockers":   "list what blocks the work, or write blockers: [] where nothing does",
	"decisions":  "list what was decided, or write decisions: [] where nothing was",
	"returns_at": "say when you are back, as in returns_at: mon 09:00",
}

// conform validates the document against the schema of its kind and reports
// what that does not allow, as HO101, HO102 or HO104.
func (s *subject) conform() {
	top, ok := s.value.(map[string]any)
	if !ok {
		return
	}
	name, ok := s.definition(top)
	if !ok {
		return
	}
	violations := validate(name, s.value)
	if s.Draft {
		violations = append(violations, s.resolved(top)...)
	}
	for _, v := range violations {
		s.noteMeant(v)
	}
	for _, v := range s.unsaid(violations) {
		s.translate(v)
		s.found[len(s.found)-1].yields = noValue(v)
		s.noteUndecoded(v)
	}
}

// unsaid takes the lists out of what a text violates of which it says nothing at all,
// where there are several: they are reported at once. In a form each has a page of its
// own.
func (s *subject) unsaid(violations []violation) []violation {
	var lists []string
	unsaid := func(v violation) bool {
		return s.Draft && v.keyword == "required" && !s.meant[v.field] && strings.Contains(declarations[v.field], "[]")
	}
	for _, v := range violations {
		if unsaid(v) {
			lists = append(lists, v.field)
		}
	}
	if typed := s.record != nil && s.record.ID == ""; !typed || len(lists) < 2 {
		return violations
	}
	s.add("HO102", handoff.LevelError, lists[0], "list what there is, or say that there is none: `"+strings.Join(lists, ": []`, `")+": []`",
		"%s are missing", text.And(lists))
	return slices.DeleteFunc(violations, unsaid)
}

// resolved validates the resolutions that go with a draft.
func (s *subject) resolved(top map[string]any) (violations []violation) {
	list, _ := top[handoff.ExtResolved].([]any)
	for i, entry := range list {
		for _, v := range validate(string(handoff.KindResolution)+"Body", entry) {
			v.field = handoff.JoinField(indexField(handoff.ExtResolved, i), v.field)
			violations = append(violations, v)
		}
	}
	return violations
}

// noteMeant remembers which field an unknown key was meant to be.
func (s *subject) noteMeant(v violation) {
	if v.keyword != "additionalProperties" {
		return
	}
	parent, _ := strings.CutSuffix(v.field, v.got.(string))
	if meant := parent + meantKey(v); meant != parent && s.raw(meant) == nil {
		if s.meant == nil {
			s.meant = make(map[string]bool)
		}
		s.meant[meant] = true
	}
}

// definition returns the name of the definition that the document has to
// fulfil. It reports a kind or a schema that this program does not know.
func (s *subject) definition(top map[string]any) (string, bool) {
	if s.record != nil {
		name := string(s.record.Kind)
		if s.Draft {
			name += "Body"
		}
		return name, true
	}
	if version, ok := top["schema"]; ok && version != handoff.Schema {
		s.malformed("schema", "write `schema: "+handoff.Schema+"`, or use the version of handoff that wrote it",
			"schema is %s, and this program knows %s", describe(version), handoff.Schema)
		return "", false
	}
	kinds := make([]string, len(handoff.Kinds))
	for i, kind := range handoff.Kinds {
		kinds[i] = string(kind)
	}
	kind, ok := top["kind"]
	switch {
	case !ok:
		s.malformed("kind", "write one of "+strings.Join(kinds, ", "), "kind is missing")
	default:
		s.malformed("kind", choose(kind, kinds), "kind is %s, which is none", describe(kind))
	}
	return "", false
}

func (s *subject) malformed(field, fix, format string, args ...any) {
	s.add("HO101", handoff.LevelError, field, fix, format, args...)
}

// translate turns a violation of the schema into a finding.
func (s *subject) translate(v violation) {
	switch {
	case v.keyword == "required" || v.got == nil && v.keyword != "additionalProperties":
		s.translateMissing(v)
	case v.schema.Format == "date-time":
		problem, fix := "not a time with its offset", `write it like "2026-11-20T18:00:00+08:00"`
		if s.Draft {
			problem, fix = "which is no time", "write it like mon 09:00, tomorrow 17:00, 2d, or "+`"2026-11-20T18:00:00+08:00"`
		}
		s.add("HO104", handoff.LevelError, v.field, fix, "%s is %s, %s", s.the(v.field), describe(v.got), problem)
	default:
		message, fix := explain(v, s.the(v.field))
		s.malformed(v.field, fix, "%s", message)
	}
}

// noValue reports whether a violation leaves nothing that a rule could judge
// by itself. The length of a summary is a rule's as well.
func noValue(v violation) bool {
	switch v.keyword {
	case "required", "type", "minLength", "minItems", "pattern":
		return true
	case "maxLength":
		return v.field == "summary"
	}
	return false
}

func (s *subject) translateMissing(v violation) {
	fix, declared := declarations[v.field]
	switch _, isHandoff := s.body().(*handoff.Handoff); {
	case declared && isHandoff && v.keyword == "required":
		s.add("HO102", handoff.LevelError, v.field, fix, "%s is missing", s.the(v.field))
	case declared && isHandoff:
		s.add("HO102", handoff.LevelError, v.field, fix, "%s has no value", s.the(v.field))
	case v.keyword == "required":
		s.malformed(v.field, "say it, under "+lastKey(v.field)+" in a file", "%s is missing", s.the(v.field))
	default:
		s.malformed(v.field, "give it a value, or leave it out", "%s has no value", s.the(v.field))
	}
}

// explain says what a violation of a field is about and what to do, in the words of
// the person who wrote it.
func explain(v violation, field string) (message, fix string) {
	is := field + " is " + describe(v.got)
	n := v.schema
	switch v.keyword {
	case "additionalProperties":
		return unknownKey(v)
	case "type":
		return is + ", not " + typeNames[n.Type], typeFix(v)
	case "const":
		return is + ", not " + n.Const, "write " + n.Const
	case "enum":
		return field + " cannot be " + describe(v.got), choose(v.got, n.Enum)
	case "minLength":
		return field + " is empty", "fill it in"
	case "maxLength":
		return fmt.Sprintf("%s is %d characters long, at most %d", field, utf8.RuneCountInString(v.got.(string)), *n.MaxLength), "shorten it"
	case "pattern":
		if v.got == "" {
			return field + " is empty", "write " + form(n)
		}
		return is + ", which does not have the form wanted", "write " + form(n)
	case "not":
		return is + ", a name that Windows keeps for itself", "choose another name"
	case "minItems":
		if len(v.got.([]any)) == 0 {
			return v.field + " is empty", fmt.Sprintf("list at least %d", *n.MinItems)
		}
		return fmt.Sprintf("%s has %d entries, at least %d", v.field, len(v.got.([]any)), *n.MinItems), "add to it"
	case "maxItems":
		return fmt.Sprintf("%s has %d entries, at most %d", v.field, len(v.got.([]any)), *n.MaxItems), "keep the most important ones"
	case "uniqueItems":
		return is + ", which the list has already", "remove it"
	case "minimum":
		return fmt.Sprintf("%s, at least %v", is, *n.Minimum), "correct the number"
	case "maximum":
		return fmt.Sprintf("%s, at most %v", is, *n.Maximum), "correct the number"
	}
	return is + ", which is not allowed", "correct it"
}

func unknownKey(v violation) (message, fix string) {
	key := v.got.(string)
	message = "unknown key " + quote(key)
	if meant := meantKey(v); meant != "" {
		return message, "did you mean `" + meant + "`?"
	}
	if len(v.schema.PatternProperties) > 0 {
		return message, "remove it, or begin its name with x-"
	}
	return message, "remove it"
}

// meantKey is the key that an unknown one was probably meant to be, "" for none.
func meantKey(v violation) string {
	return handoff.MeantKey(v.got.(string), slices.Sorted(maps.Keys(v.schema.Properties)))
}

var typeNames = map[string]string{
	"object": "a mapping of keys to values", "array": "a list", "string": "text", "boolean": "true or false", "integer": "a whole number",
}

func typeFix(v violation) string {
	switch v.schema.Type {
	case "string":
		switch v.got.(type) {
		case map[string]any, []any:
			return "write text"
		}
		return "put it in quotes"
	case "array":
		return "begin each entry with `- `, or write [a, b]"
	case "object":
		return "write keys and values below it"
	case "boolean":
		return "write true or false"
	}
	return "write a whole number, without quotes"
}

// choose names the values there are, the likely one first.
func choose(got any, values []string) string {
	if s, ok := got.(string); ok {
		if meant := text.Nearest(s, values); meant != "" {
			return "write " + meant
		}
	}
	return "write one of " + strings.Join(values, ", ")
}

// form is what a value has to look like, as the description in the schema says
// it.
func form(n *node) string {
	first, size := utf8.DecodeRuneInString(n.Description)
	return string(unicode.ToLower(first)) + strings.TrimSuffix(n.Description[size:], ".")
}

// describe names a value as it may stand in a message.
func describe(value any) string {
	switch value := value.(type) {
	case nil:
		return "absent"
	case string:
		return quote(value)
	case bool:
		return strconv.FormatBool(value)
	case map[string]any:
		return "a mapping of keys to values"
	case []any:
		return "a list"
	}
	return "the number " + fmt.Sprint(value)
}

// longestQuote is how much of a text is quoted: a message fits a line.
const longestQuote = 32

// quote is text from a record as it may stand in a message: neutralised, on
// one line, in quotes, without secrets, and not longer than longestQuote.
func quote(s string) string { return shortened(s, longestQuote) }

// shortened is quote of at most so many characters.
func shortened(s string, most int) string {
	runes := []rune(text.OneLine(Mask(s)))
	if len(runes) > most {
		runes = append(runes[:most-1], '…')
	}
	return `"` + string(runes) + `"`
}

// lastKey is the key at the end of a field.
func lastKey(field string) string {
	key := field[strings.LastIndexByte(field, '.')+1:]
	name, _, _ := strings.Cut(key, "[")
	return name
}
