package cli

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// fields prints what the fields of a struct of a record say, under the names that
// the record has for them: whatever a record holds can be seen here, also what
// nobody thought of when the rest of this was written. Those of skip are printed
// elsewhere.
func (s storyPrinter) fields(indent string, of any, skip ...string) {
	for name, v := range recordFields(reflect.Indirect(reflect.ValueOf(of))) {
		if slices.Contains(skip, name) {
			continue
		}
		label := indent + words(name)
		if refs, ok := v.Interface().(handoff.List[handoff.Ref]); ok {
			s.refs(indent, refs)
			continue
		}
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct {
			for i := range v.Len() {
				s.field(label, s.valueText(v.Index(i)))
			}
			continue
		}
		s.field(label, s.valueText(v))
	}
}

// recordFields yields the fields of a struct that say something, by their names in
// a record and in their order. What is inlined there is here.
func recordFields(v reflect.Value) func(yield func(string, reflect.Value) bool) {
	return func(yield func(string, reflect.Value) bool) {
		for i := range v.NumField() {
			name, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
			switch {
			case options == "inline":
				for name, inner := range recordFields(v.Field(i)) {
					if !yield(name, inner) {
						return
					}
				}
			case !v.Field(i).IsZero() || v.Field(i).Kind() == reflect.Bool:
				if !yield(name, v.Field(i)) {
					return
				}
			}
		}
	}
}

// valueText is a value of a record in one line. Of a struct the first text stands
// by itself, and what follows has its name.
func (s storyPrinter) valueText(v reflect.Value) string {
	switch value := v.Interface().(type) {
	case handoff.Time:
		return s.clock(value.Time)
	case bool:
		return map[bool]string{true: "yes", false: "no"}[value]
	}
	switch v.Kind() {
	case reflect.Pointer:
		return s.valueText(v.Elem())
	case reflect.Slice:
		var parts []string
		for i := range v.Len() {
			parts = append(parts, s.valueText(v.Index(i)))
		}
		return strings.Join(parts, ", ")
	case reflect.Struct:
		var parts []string
		for name, field := range recordFields(v) {
			part := s.valueText(field)
			if len(parts) > 0 || v.Field(0).Kind() != reflect.String {
				part = words(name) + " " + part
			}
			parts = append(parts, part)
		}
		return text.JoinNonEmpty(", ", parts...)
	}
	return fmt.Sprint(v.Interface())
}

// words is a key of a record as text.
func words(key string) string { return strings.ReplaceAll(key, "_", " ") }

// refs prints what something refers to, each with how it stands and for whom it
// waits. One whose type has a link in the configuration is that link.
func (s storyPrinter) refs(indent string, refs []handoff.Ref) {
	for _, ref := range refs {
		standing := row.Standing(ref)
		if !ref.ProbedAt.IsZero() {
			standing = append(standing, "asked "+s.teller.when(ref.ProbedAt.Time))
		}
		s.linkField(indent+ref.Type, ref.ID, s.ws.TeamConfig.Link(ref), standing...)
	}
}
