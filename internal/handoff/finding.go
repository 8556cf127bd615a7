package handoff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/handoff-cli/handoff/internal/sorting"
	"github.com/handoff-cli/handoff/internal/text"
)

// Level is how much a finding weighs.
type Level string

// The levels of a finding. An error refuses to publish and fails a check.
const (
	LevelError   Level = "error"
	LevelWarning Level = "warning"
)

// Finding is one thing that is wrong with a record, or worth a look.
type Finding struct {
	Code    string `json:"code"` // HO101 and so on: stable
	Level   Level  `json:"level"`
	Record  string `json:"record,omitempty"` // id
	Path    string `json:"path,omitempty"`   // file, as the user or the repository names it
	Field   string `json:"field,omitempty"`  // as in items[0].next[1].do
	Line    int    `json:"line,omitempty"`   // from 1; 0 when there is no file
	Col     int    `json:"col,omitempty"`    // from 1, in code points
	Entry   string `json:"entry,omitempty"`  // the name of what it belongs to, as the message has it: refund-flow
	Message string `json:"message"`
	Fix     string `json:"fix,omitempty"` // what to do
}

// CutKey splits what is to be done about a finding into that and the key of a file
// which it ends with in parentheses, "" for none.
func (f Finding) CutKey() (what, key string) {
	what, rest, found := strings.Cut(f.Fix, " (")
	key, last := strings.CutSuffix(rest, ")")
	if !found || !last || strings.ContainsFunc(key, func(r rune) bool { return r != '_' && !unicode.IsLower(r) }) {
		return f.Fix, ""
	}
	return what, key
}

// SortFindings orders findings by file, line, column, code, field and message.
func SortFindings(findings []Finding) {
	sorting.By(findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Message, b.Message),
		)
	})
}

// HasErrors reports whether any finding refuses to publish.
func HasErrors(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Level == LevelError })
}

// Problem is a record that the fold could not use, or could use only in part.
type Problem struct {
	Record  string `json:"record"` // id, or "" when the bytes gave none
	Path    string `json:"path,omitempty"`
	Ref     string `json:"ref,omitempty"` // in which it was found, where that is known
	Code    string `json:"code"`
	Message string `json:"message"`
	Fix     string `json:"fix,omitempty"` // what to do
	Lost    bool   `json:"-"`             // something is lost, or cannot be opened: a fault of this clone
}

// CountFindings is "2 errors, 1 warning".
func CountFindings(findings []Finding) string {
	count := make(map[Level]int)
	for _, f := range findings {
		count[f.Level]++
	}
	var parts []string
	for _, level := range []Level{LevelError, LevelWarning} {
		if n := count[level]; n > 0 {
			parts = append(parts, text.Count(n, string(level)))
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "no findings")
}

// Together makes one finding of those of a file that say the same of several things,
// in the place of the first: "the state of a is copied from k3f9q2m7; 2 items: a, b".
func Together(findings []Finding) []Finding {
	type kind struct{ code, level, path, list, message, fix string }
	apart := func(f Finding) kind {
		list, _, _ := strings.Cut(f.Field, "[")
		return kind{f.Code, string(f.Level), f.Path, list, withoutName(f.Message, f.Entry), withoutName(f.Fix, f.Entry)}
	}
	same := make(map[kind][]Finding)
	for _, f := range findings {
		if f.Entry != "" {
			same[apart(f)] = append(same[apart(f)], f)
		}
	}
	var together []Finding
	for _, f := range findings {
		switch k := apart(f); {
		case f.Entry == "" || len(same[k]) == 1:
			together = append(together, f)
		case len(same[k]) > 1:
			f.Message, f.Fix = fmt.Sprintf("%s; %d %s: %s", f.Message, len(same[k]), k.list, listedEntries(same[k])), k.fix
			together, same[k] = append(together, f), nil
		}
	}
	return together
}

// withoutName is a text with NAME for the first time that a name stands in it as a
// word.
func withoutName(s, name string) string {
	inWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	for from := 0; name != ""; {
		i := strings.Index(s[from:], name)
		if i < 0 {
			break
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		after, _ := utf8.DecodeRuneInString(s[i+len(name):])
		if !inWord(before) && !inWord(after) {
			return s[:i] + "NAME" + s[i+len(name):]
		}
		from = i + len(name)
	}
	return s
}

// listedEntries names the entries of findings, with their lines where they have some.
func listedEntries(findings []Finding) string {
	names := make([]string, len(findings))
	for i, f := range findings {
		names[i] = f.Entry
		if i > 0 && f.Line > 0 && f.Line != findings[0].Line {
			names[i] += fmt.Sprintf(" (line %d)", f.Line)
		}
	}
	return strings.Join(names, ", ")
}
