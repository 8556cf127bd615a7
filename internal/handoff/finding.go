package handoff

import (
	"cmp"
	"slices"
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
	Message string `json:"message"`
	Fix     string `json:"fix,omitempty"` // what to do
}

// SortFindings orders findings by file, line, column, code, field and message.
func SortFindings(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
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
