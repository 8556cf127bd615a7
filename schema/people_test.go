package schema

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// personal are the definitions whose values name somebody.
var personal = []string{"handle", "address", "resolver", "party"}

// capturedPeople are the fields in which the program itself writes who it is.
var capturedPeople = []string{"by", "from"}

// freePeople are those that name somebody and that the schema leaves to be any text.
var freePeople = []string{"approved_by", "decided_by", "decisions.approved_by", "decisions.decided_by"}

// Wherever a record names somebody the name is read and judged: no field is forgotten
// that the schema gives to a person.
func TestEveryPersonIsVisited(t *testing.T) {
	d := load(t)
	for _, kind := range handoff.Kinds {
		var want []string
		d.people(d.Defs[string(kind)+"Body"], "", &want)
		body := reflect.New(reflect.TypeOf(bodies[kind]).Elem())
		fill(body.Elem())
		var got []string
		handoff.EachPerson(body.Interface().(handoff.Body), func(field, who string) {
			if who != "x" {
				t.Errorf("%s: %s is %q", kind, field, who)
			}
			got = append(got, strings.ReplaceAll(field, "[0]", ""))
		})
		got = slices.DeleteFunc(got, func(field string) bool { return slices.Contains(freePeople, field) })
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: visited %q, and the schema names %q", kind, got, want)
		}
	}
}

// A name is mapped where it stands, and what shares a list with it stays.
func TestMapPeopleCopies(t *testing.T) {
	h := &handoff.Handoff{To: []string{"a"}, Items: []handoff.Item{{Owner: "b", Next: []handoff.Next{{Owner: "c"}}, Consult: []string{"d"}}}}
	m := handoff.MapPeople(h, func(_, who string) string { return who + who }).(*handoff.Handoff)
	item := m.Items[0]
	if got := []string{m.To[0], item.Owner, item.Next[0].Owner, item.Consult[0]}; !slices.Equal(got, []string{"aa", "bb", "cc", "dd"}) {
		t.Errorf("mapped to %q", got)
	}
	item = h.Items[0]
	if got := []string{h.To[0], item.Owner, item.Next[0].Owner, item.Consult[0]}; !slices.Equal(got, []string{"a", "b", "c", "d"}) {
		t.Errorf("what was mapped is now %q", got)
	}
	if m.CC != nil || m.Blockers != nil {
		t.Error("a list that says nothing became an empty one")
	}
}

// people adds the fields below one that name somebody.
func (d doc) people(o object, field string, fields *[]string) {
	if slices.Contains(personal, strings.TrimPrefix(o.Ref, "#/$defs/")) {
		if !slices.Contains(capturedPeople, field) {
			*fields = append(*fields, field)
		}
		return
	}
	o = d.resolve(o)
	for name, property := range o.Properties {
		d.people(property, strings.TrimPrefix(field+"."+name, "."), fields)
	}
	if o.Items != nil {
		d.people(*o.Items, field, fields)
	}
}

// fill puts an "x" into every text of a value, and one entry into every list.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type() != reflect.TypeFor[handoff.Time]() {
				fill(v.Field(i))
			}
		}
	}
}
