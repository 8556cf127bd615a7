package cli

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

// TestCardsSayWhatCellsSay: a terminal shows of every type of row all that a pipe
// gets, whatever the row holds.
func TestCardsSayWhatCellsSay(t *testing.T) {
	for _, r := range []row.Row{
		new(row.Escalation), new(row.Item), new(row.Blocker), new(row.Question), new(row.Decision), new(row.Handoff), new(row.Watch),
		new(row.Area), new(row.Gap), new(row.Record), new(row.Contract), new(row.Team), new(row.Person), new(row.Ack), new(row.Review),
		new(row.Deadline), new(row.Event),
	} {
		v := reflect.ValueOf(r).Elem()
		name := v.Type().Name()
		fill(v, strings.ToLower(name))
		var b bytes.Buffer
		p := printer{w: &b, width: 4000}
		p.card(row.InRepo{Repo: "payments", Row: r})
		said := words(b.String())
		cells := r.Cells()
		for i, cell := range cells[:len(cells)-len(r.Cited().Cells())] {
			if !strings.Contains(said, words(cell)) && !implied[cell] {
				t.Errorf("%s: cell %d, %q, is not on the card:\n%s", name, i, cell, &b)
			}
		}
		if !strings.Contains(said, "in payments") {
			t.Errorf("%s: the repository is not on the card:\n%s", name, &b)
		}
	}
}

// implied are cells that a card says in other words: no time at all, and that
// something still holds.
var implied = map[string]bool{"now": true, "current": true}

// fill writes a text into every field that takes one, each its own.
func fill(v reflect.Value, name string) {
	for i := range v.NumField() {
		field, name := v.Field(i), name+"-"+strings.ToLower(v.Type().Field(i).Name)
		switch {
		case slices.Contains([]string{"Type", "Source", "AskedNow"}, v.Type().Field(i).Name):
		case v.Type().Field(i).Name == "Severity":
			field.SetString(handoff.SeverityCritical)
		case field.Kind() == reflect.String:
			field.SetString(name)
		case field.Kind() == reflect.Struct:
			fill(field, name)
		case field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.String:
			field.Set(reflect.ValueOf([]string{name}))
		case field.Kind() == reflect.Slice:
			field.Set(reflect.MakeSlice(field.Type(), 1, 1))
			fill(field.Index(0), name)
		}
	}
}
