// Package row has what an answer consists of: one type for each kind of thing, with
// its fields in JSON, its cells in a table, and the record that it cites. Scripts
// read them: what may change is only what is added.
package row

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Type is the type of a row.
type Type string

// The types of rows, in the order in which answers of several types hold them.
const (
	TypeEscalation Type = "escalation"
	TypeBlocker    Type = "blocker"
	TypeQuestion   Type = "question"
	TypeHandoff    Type = "handoff"
	TypeItem       Type = "item"
	TypeDecision   Type = "decision"
	TypeWatch      Type = "watch"
	TypeArea       Type = "area"
	TypeGap        Type = "gap"
	TypeRecord     Type = "record"
	TypeContract   Type = "contract"
	TypeTeam       Type = "team"
	TypePerson     Type = "person"
	TypeAck        Type = "ack"
	TypeReview     Type = "review"
	TypeDeadline   Type = "deadline"
	TypeEvent      Type = "event"
)

// Noun is what people call a thing of the type.
func (t Type) Noun() string { return nouns[t] }

var nouns = map[Type]string{
	TypeEscalation: "escalation", TypeBlocker: "blocker", TypeQuestion: "question", TypeHandoff: "handoff", TypeItem: "item",
	TypeDecision: "decision", TypeWatch: "thing to watch", TypeArea: "area",
	TypeGap: "gap", TypeRecord: "record", TypeContract: "contract",
	TypeTeam: "team", TypePerson: "person", TypeAck: "ack", TypeReview: "pull request", TypeDeadline: "deadline", TypeEvent: "record",
}

// Row is one line of an answer: a pointer to one of the row types of this
// package. All of them encode as JSON objects with the same fields always
// there, lists never null, and times in RFC 3339 or null.
type Row interface {
	// RowType is the type of the row.
	RowType() Type

	// Cited is the record that the row comes from.
	Cited() Source

	// Cells is the row as plain text for a table: what each type says of its
	// own, then those of its [Source]. The text is as it stands in the record:
	// not neutralised and not cut.
	Cells() []string

	// Key is the id of what the row is about.
	Key() string

	// Sentence says how it stands, in one line without a full stop, and Short what
	// it is in a list of several, with who it is with.
	Sentence(Clock) string
	Short(Clock) string
}

// Typed is the first field of every row.
type Typed struct {
	Type Type `json:"type"`
}

// RowType is the type of the row.
func (t Typed) RowType() Type { return t.Type }

// Citation is the last field of every row.
type Citation struct {
	Source Source `json:"source"` // of an area, the configuration
}

// Cited is the record that the row comes from.
func (c Citation) Cited() Source { return c.Source }

// Source cites the record that a row comes from.
type Source struct {
	Record     string       `json:"record"` // id; "" for a row of the configuration
	Kind       handoff.Kind `json:"kind"`
	By         string       `json:"by"`
	At         *time.Time   `json:"at"`
	Age        int64        `json:"age_s"` // seconds
	Freshness  Freshness    `json:"freshness"`
	Path       string       `json:"path"`
	Commit     string       `json:"commit"`
	Superseded bool         `json:"superseded"`  // a later record says something else instead
	OnlyOn     string       `json:"only_on"`     // the foreign branch that alone has the record, or a verdict on it; "" where the team has all
	Disputed   bool         `json:"disputed"`    // another file has the same id and other content
	Agent      string       `json:"prepared_by"` // the coding agent that prepared the record for its author
	Unproven   bool         `json:"unproven"`    // a verdict that only a squash merge has, which nobody here saw given
	OnWordOf   string       `json:"on_word_of"`  // the service on whose word alone its author has said it; "" for none
}

// SourceOf cites a record itself.
func SourceOf(record *handoff.Record, now time.Time) Source {
	age := Seconds(now, record.At.Time)
	return Source{
		Record: record.ID, Kind: record.Kind, By: record.By, At: Stamp(record.At.Time), Age: age,
		Freshness: FreshnessOf(time.Duration(age) * time.Second), Path: record.Source.Path, Commit: record.Source.Commit,
		OnlyOn: record.Source.OnlyOn(), Disputed: record.Source.Disputed,
		Agent: record.AgentName(), Unproven: record.Source.Unproven, OnWordOf: record.Source.OnWordOf,
	}
}

// Doubt takes over the doubts of another record that the row comes from.
func (s *Source) Doubt(of handoff.Source) {
	s.OnlyOn = cmp.Or(s.OnlyOn, of.OnlyOn())
	s.Disputed = s.Disputed || of.Disputed
	s.OnWordOf = cmp.Or(s.OnWordOf, of.OnWordOf)
}

// Remarks are what has to be said beside the row: see [handoff.Record.Remarks].
func (s Source) Remarks() []string {
	doubts := s.doubts()
	if s.Agent == "" {
		return doubts
	}
	return append([]string{handoff.PreparedBy(s.Agent)}, doubts...)
}

func (s Source) doubts() []string {
	return handoff.Source{Ref: s.OnlyOn, Foreign: s.OnlyOn != "", Disputed: s.Disputed, Unproven: s.Unproven, OnWordOf: s.OnWordOf}.Doubts()
}

// Cells say where a row comes from: author, age, freshness and doubts, and record.
func (s Source) Cells() []string {
	if s.Record == "" {
		return []string{"", "", "", s.Path}
	}
	freshness := string(s.Freshness)
	if s.Superseded {
		freshness = "superseded"
	}
	return []string{s.By, calendar.Age(time.Duration(s.Age) * time.Second), strings.Join(append([]string{freshness}, s.Remarks()...), ", "), s.Record}
}

// Freshness labels the age of a record. Age never invalidates one.
type Freshness string

// The labels.
const (
	FreshnessFresh Freshness = "fresh" // less than a day
	FreshnessAging Freshness = "aging" // less than three days
	FreshnessStale Freshness = "stale" // less than a week
	FreshnessOld   Freshness = "old"
)

// StaleAfter is the age at which an item or a record is called stale.
const StaleAfter = 3 * 24 * time.Hour

// FreshnessOf labels an age.
func FreshnessOf(age time.Duration) Freshness {
	switch {
	case age < 24*time.Hour:
		return FreshnessFresh
	case age < StaleAfter:
		return FreshnessAging
	case age < 7*24*time.Hour:
		return FreshnessStale
	}
	return FreshnessOld
}

// Stamp is a time as JSON holds it: nil, so null, when absent.
func Stamp(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// dateCell is a time in a table.
func dateCell(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format("2006-01-02 15:04Z07:00")
}

// ListCell joins a list in a table.
func ListCell(list []string) string { return strings.Join(list, ", ") }

// List makes a copy of a list that is never nil.
func List[T any](from []T) []T { return append([]T{}, from...) }

// Seconds is the age of t in whole seconds, never negative: clocks differ.
func Seconds(now, t time.Time) int64 { return max(0, int64(now.Sub(t)/time.Second)) }

// InRepo is a row of one of several repositories: in JSON the field "repo", then
// those of the row.
type InRepo struct {
	Repo string // a name that is safe to print
	Row
}

// MarshalJSON encodes the row with its repository in front.
func (r InRepo) MarshalJSON() ([]byte, error) {
	name, err := json.Marshal(r.Repo)
	if err != nil {
		return nil, err
	}
	row, err := json.Marshal(r.Row)
	if err != nil {
		return nil, err
	}
	return slices.Concat([]byte(`{"repo":`), name, []byte(","), row[1:]), nil
}

// Cells are those of the row behind the name of the repository.
func (r InRepo) Cells() []string { return append([]string{r.Repo}, r.Row.Cells()...) }

// Changed is a row of something that is not as it was: in JSON the field "changed", then
// those of the row.
type Changed struct {
	Changes []Change
	Row
}

// Change is one respect in which it is not: see [story.Change].
type Change struct {
	What string `json:"what"`
	From string `json:"from"`
	To   string `json:"to"`
}

// MarshalJSON encodes the row with its changes in front.
func (r Changed) MarshalJSON() ([]byte, error) {
	changes, err := json.Marshal(List(r.Changes))
	if err != nil {
		return nil, err
	}
	row, err := json.Marshal(r.Row)
	if err != nil {
		return nil, err
	}
	return slices.Concat([]byte(`{"changed":`), changes, []byte(","), row[1:]), nil
}

// Spoken is a value of a fixed list as people write it.
func Spoken(value string) string { return strings.ReplaceAll(value, "_", " ") }
