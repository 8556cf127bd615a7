package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/index"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/story"
	"github.com/handoff-cli/handoff/internal/text"
)

// Row is a row of a table as its format has it.
type Row struct {
	table  string
	line   []byte // of NDJSON and CSV, with its end
	values []any  // of SQLite
}

// RecordsTable and repoTable are the tables beside those of the states.
const (
	RecordsTable = "records"
	repoTable    = "repo"
)

var (
	repoColumns   = []string{"name", "directory", "ref", "head", "read_at"}
	recordColumns = []string{"repo", "id", "kind", "at", "by", "to", "about", "says", "path", "commit", "digest", "record", "only_on", "disputed", "unproven", "on_word_of"}
)

// stateTable is a table with the rows of one type of things. Its columns are the
// fields of those rows, under their names in JSON.
type stateTable struct {
	Name    string
	kind    fold.EntryKind
	columns []stateColumn
}

// stateColumn is a field of a row, or one of its source.
type stateColumn struct {
	name  string
	field []int
	kind  reflect.Kind
}

// StateTables are the tables of all types. They are made when they are needed:
// other commands are to start without them.
var StateTables = sync.OnceValue(func() []*stateTable {
	return []*stateTable{
		newStateTable[row.Item]("items", fold.EntryItem),
		newStateTable[row.Blocker]("blockers", fold.EntryBlocker),
		newStateTable[row.Question]("questions", fold.EntryQuestion),
		newStateTable[row.Decision]("decisions", fold.EntryDecision),
		newStateTable[row.Handoff]("handoffs", fold.EntryHandoff),
	}
})

func newStateTable[Row any](name string, kind fold.EntryKind) *stateTable {
	return &stateTable{name, kind, columnsOf(reflect.TypeFor[Row](), "", nil)}
}

func columnsOf(t reflect.Type, prefix string, path []int) []stateColumn {
	var columns []stateColumn
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		field := append(slices.Clone(path), i)
		switch {
		case f.Anonymous:
			columns = append(columns, columnsOf(f.Type, prefix, field)...)
		case f.Type == reflect.TypeFor[row.Source]():
			columns = append(columns, columnsOf(f.Type, "source_", field)...)
		default:
			columns = append(columns, stateColumn{prefix + name, field, f.Type.Kind()})
		}
	}
	return columns
}

// csvStates names the columns of all types of states together: those of the
// rows, then those of their sources.
var csvStates = sync.OnceValue(func() []string {
	var header, sources []string
	for _, t := range StateTables() {
		for _, c := range t.columns {
			list := &header
			if strings.HasPrefix(c.name, "source_") {
				list = &sources
			}
			if !slices.Contains(*list, c.name) {
				*list = append(*list, c.name)
			}
		}
	}
	return slices.Concat([]string{"repo"}, header, sources)
})

// sqliteTables are the tables of a SQLite export.
func sqliteTables(withRecords bool) []index.Table {
	text := func(names []string) []index.Column {
		columns := make([]index.Column, len(names))
		for i, name := range names {
			columns[i] = index.Column{Name: name, Type: "TEXT"}
		}
		return columns
	}
	tables := []index.Table{
		{Name: "schema_version", Columns: []index.Column{{Name: "version", Type: "INTEGER"}}},
		{Name: repoTable, Columns: text(repoColumns)},
	}
	if withRecords {
		columns := text(recordColumns)
		for i := range columns[len(columns)-2:] { // disputed and unproven
			columns[len(columns)-2+i].Type = "INTEGER"
		}
		tables = append(tables, index.Table{Name: RecordsTable, Columns: columns, Key: []string{"repo", "id"}})
	}
	for _, t := range StateTables() {
		columns := text([]string{"repo"})
		for _, c := range t.columns[1:] { // but for the type
			column := index.Column{Name: c.name, Type: "TEXT"}
			if c.kind == reflect.Int || c.kind == reflect.Int64 || c.kind == reflect.Bool {
				column.Type = "INTEGER"
			}
			columns = append(columns, column)
		}
		tables = append(tables, index.Table{Name: t.Name, Columns: columns, Key: []string{"repo", "id"}})
	}
	return tables
}

// recordSource cites a record. Whether a later one says something else is a
// question of the states.
type recordSource struct {
	Record    string        `json:"record"`
	Kind      handoff.Kind  `json:"kind"`
	By        string        `json:"by"`
	At        *time.Time    `json:"at"`
	Age       int64         `json:"age_s"`
	Freshness row.Freshness `json:"freshness"`
	Path      string        `json:"path"`
	Commit    string        `json:"commit"`
	Digest    string        `json:"digest"`
	OnlyOn    string        `json:"only_on"`
	Disputed  bool          `json:"disputed"`
	Unproven  bool          `json:"unproven"`
	OnWordOf  string        `json:"on_word_of"`
}

type recordDocument struct {
	SchemaVersion int             `json:"schema_version"`
	Repo          string          `json:"repo"`
	Record        json.RawMessage `json:"record"`
	Source        recordSource    `json:"source"`
}

func (e *Exporter) record(r *handoff.Record) (Row, error) {
	record, err := r.MarshalJSON()
	if err != nil {
		return Row{}, err
	}
	s := row.SourceOf(r, e.Env.Now)
	if e.Format == FormatNDJSON {
		data, err := json.Marshal(recordDocument{1, e.Repo, record,
			recordSource{s.Record, s.Kind, s.By, s.At, s.Age, s.Freshness, s.Path, s.Commit, r.Source.Digest, s.OnlyOn, s.Disputed, s.Unproven, s.OnWordOf}})
		return documentLine(RecordsTable, data), err
	}
	return e.cells(RecordsTable, []any{
		e.Repo, r.ID, string(r.Kind), &r.At.Time, r.By, handoff.AddresseesOf(r.Body), aboutOf(r.Body), story.Says(r),
		r.Source.Path, r.Source.Commit, r.Source.Digest, json.RawMessage(record), s.OnlyOn, s.Disputed, s.Unproven, s.OnWordOf,
	})
}

// aboutOf is what a record says that it is about, whatever its kind calls it.
func aboutOf(body handoff.Body) string {
	switch body := body.(type) {
	case *handoff.Handoff:
		return body.Amends
	case *handoff.Question:
		return body.About
	case *handoff.Answer:
		return body.Question
	case *handoff.Resolution:
		return body.Blocker
	case *handoff.DecisionRecord:
		return body.Topic
	case *handoff.Assignment:
		return body.Item
	}
	return handoff.SubjectOf(body)
}

func (e *Exporter) state(t *stateTable, line row.Row) (Row, error) {
	if e.Format == FormatNDJSON {
		data, err := json.Marshal(row.InRepo{Repo: e.Repo, Row: line})
		if err != nil {
			return Row{}, err
		}
		return documentLine(t.Name, append([]byte(`{"schema_version":1,`), data[1:]...)), nil
	}
	v := reflect.ValueOf(line).Elem()
	if e.Format == FormatSQLite {
		values := []any{e.Repo}
		for _, c := range t.columns[1:] {
			values = append(values, v.FieldByIndex(c.field).Interface())
		}
		return e.cells(t.Name, values)
	}
	values := make([]any, len(csvStates()))
	values[0] = e.Repo
	for _, c := range t.columns {
		values[slices.Index(csvStates(), c.name)] = v.FieldByIndex(c.field).Interface()
	}
	return e.cells(t.Name, values)
}

func documentLine(table string, data []byte) Row {
	return Row{table: table, line: append(text.EscapeJSON(data), '\n')}
}

func (e *Exporter) cells(table string, values []any) (Row, error) {
	if e.Format == FormatSQLite {
		for i, v := range values {
			values[i] = sqliteValue(v)
		}
		return Row{table: table, values: values}, nil
	}
	cells := make([]string, len(values))
	for i, v := range values {
		cells[i] = csvCell(v)
	}
	line, err := csvLine(cells)
	return Row{table: table, line: line}, err
}

func csvLine(cells []string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	err := w.Write(cells)
	w.Flush()
	return b.Bytes(), err
}

// csvCell is a value as text. Numbers and times cannot be taken for formulas.
func csvCell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case bool:
		return strconv.FormatBool(v)
	case *time.Time:
		return utc(v)
	case []string:
		return textCell(strings.Join(v, ", "))
	case []row.NextStep:
		steps := make([]string, len(v))
		for i, n := range v {
			steps[i] = n.Owner + ": " + n.Do
		}
		return textCell(strings.Join(steps, "; "))
	case json.RawMessage:
		return string(text.EscapeJSON(v)) // begins with a brace
	}
	return textCell(reflect.ValueOf(v).String())
}

// utc writes a time so that times of a second, if they are to the millisecond,
// sort as text.
func utc(t *time.Time) string {
	switch {
	case t == nil:
		return ""
	case t.Nanosecond() != 0:
		return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
	}
	return t.UTC().Format(time.RFC3339)
}

// formulaSigns begin what a spreadsheet takes for a formula; the wide forms do
// in some languages.
const formulaSigns = "=+-@\t\r＝＋－＠"

// textCell is text that a spreadsheet takes for text. One that skips white space
// before a formula is told as well.
func textCell(s string) string {
	text := text.Neutralise(s)
	begins := strings.TrimLeft(s, " \n\v\f\u00a0\u3000")
	if begins != "" && strings.ContainsRune(formulaSigns, []rune(begins)[0]) {
		return "'" + text
	}
	return text
}

// sqliteValue is a value as a column holds it. Lists are JSON.
func sqliteValue(v any) any {
	switch v := v.(type) {
	case nil, int, int64:
		return v
	case bool:
		if v {
			return 1
		}
		return 0
	case *time.Time:
		if v == nil {
			return nil
		}
		return utc(v)
	case []string, []row.NextStep:
		list := reflect.ValueOf(v)
		if list.IsNil() {
			return "[]"
		}
		data, err := json.Marshal(v)
		if err != nil {
			panic(err) // strings always have a JSON form
		}
		return string(text.EscapeJSON(data))
	case json.RawMessage:
		return string(text.EscapeJSON(v))
	}
	return text.Neutralise(reflect.ValueOf(v).String())
}
