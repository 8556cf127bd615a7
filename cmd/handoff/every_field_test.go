package main

import (
	"fmt"
	"os"
	"path"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// What is stored is shown: whatever a record of any kind says, handoff show prints.
// The fields are those that the types have, so a new one is missed here until it is
// printed.
func TestShowPrintsEveryField(t *testing.T) {
	s := newSite(t)
	bodies := []handoff.Body{
		new(handoff.Handoff), new(handoff.Handoff), new(handoff.Ack), new(handoff.Question), new(handoff.Answer), new(handoff.Resolution),
		new(handoff.DecisionRecord), new(handoff.Escalation), new(handoff.Assignment), new(handoff.Route), new(handoff.Withdrawal), new(handoff.Gap),
	}
	if kinds := len(handoff.Kinds); len(bodies) != kinds+1 {
		t.Fatalf("%d kinds are shown, there are %d", len(bodies)-1, kinds)
	}
	marked := make(map[string]map[string]string) // id → field → marker
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	for i, body := range bodies {
		m := marker{marks: make(map[string]string), n: 100 * i}
		m.fill(string(handoff.Kinds[max(0, i-1)]), reflect.ValueOf(body).Elem())
		if i == 1 {
			body.(*handoff.Handoff).Rollup = nil // which would only show what others hold
		}
		r := handoff.New(fmt.Sprintf("mark%04d", i), at.Add(time.Duration(i)*time.Hour), "ana", body)
		r.Ext = map[string]any{"x-own": "own-key"}
		m.marks["x-own"] = "own-key"
		data, err := handoff.Format(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(s.path(path.Dir(path.Join(".handoffs", r.Name()))), 0o755); err != nil {
			t.Fatal(err)
		}
		s.write(path.Join(".handoffs", r.Name()), string(data))
		marked[r.ID] = m.marks
	}
	s.git("add", ".handoffs")
	s.git("commit", "-q", "-m", "records")

	for id, marks := range marked {
		out, status := s.try("handoff", "show", id)
		if status != 0 {
			t.Fatalf("show %s: status %d\n%s", id, status, out)
		}
		for field, mark := range marks {
			if strings.Contains(field, "rollup") && id != "mark0000" {
				continue
			}
			if strings.HasSuffix(field, ".probed_at") { // as when somebody was told: on the reader's clock
				mark = strings.Replace(mark[:len("2031-01-01T01:39")], "T", " ", 1)
			}
			if !strings.Contains(out, mark) {
				t.Errorf("show %s says nothing of %s (%s)\n%s", id, field, mark, out)
			}
		}
	}
}

// marker fills bodies with values that can be told from each other.
type marker struct {
	marks map[string]string // field → what is to be seen of it
	n     int
}

// unseen are the fields of which nothing is to be seen by itself.
var unseen = map[string]bool{
	"handoff.rollup.sources.digest": true, // of a file that is named: --json has it
	"handoff.blockers.recommend":    true, // names one of the options, which is marked
}

func (m *marker) fill(field string, v reflect.Value) {
	m.n++
	mark := fmt.Sprintf("m%05d", m.n)
	switch value := v.Addr().Interface().(type) {
	case *handoff.Time:
		value.Time = time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(m.n) * time.Minute)
		m.mark(field, value.String())
		return
	case *string:
		*value = mark
		m.mark(field, mark)
		return
	}
	switch v.Kind() {
	case reflect.Int:
		v.SetInt(int64(700000 + m.n))
		m.mark(field, fmt.Sprint(v.Int()))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		m.fill(field, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		m.fill(field, v.Index(0))
	case reflect.Struct:
		for i := range v.NumField() {
			name, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
			below := field + "." + name
			if options == "inline" {
				below = field
			}
			m.fill(below, v.Field(i))
		}
	}
}

func (m *marker) mark(field, text string) {
	if !unseen[field] {
		m.marks[field] = text
	}
}
