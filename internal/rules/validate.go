package rules

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/schema"
)

// node is a JSON Schema, as far as ours goes: the keywords that the embedded
// document uses and no others. A test compares it with a whole implementation.
//
// That implementation is not used here because of its price. Importing it costs
// every process 3 ms, and compiling the document 9 ms, which is what git needs
// for a commit; reading it into this type takes less than one.
type node struct {
	Schema      string `json:"$schema"`
	ID          string `json:"$id"`
	Title       string `json:"title"`
	Description string `json:"description"`

	Defs map[string]*node `json:"$defs"`
	Ref  string           `json:"$ref"`

	Type   string   `json:"type"`
	Const  string   `json:"const"`
	Enum   []string `json:"enum"`
	Format string   `json:"format"` // date-time

	Properties           map[string]*node `json:"properties"`
	PatternProperties    map[string]*node `json:"patternProperties"`
	AdditionalProperties *bool            `json:"additionalProperties"`
	Required             []string         `json:"required"`

	Items       *node `json:"items"`
	MinItems    *int  `json:"minItems"`
	MaxItems    *int  `json:"maxItems"`
	UniqueItems bool  `json:"uniqueItems"`

	MinLength *int   `json:"minLength"`
	MaxLength *int   `json:"maxLength"`
	Pattern   string `json:"pattern"`

	Minimum *float64 `json:"minimum"`
	Maximum *float64 `json:"maximum"`

	AllOf []*node `json:"allOf"`
	If    *node   `json:"if"`
	Then  *node   `json:"then"`
	Not   *node   `json:"not"`
}

// loadSchema reads the embedded document, once.
var loadSchema = sync.OnceValue(func() *node {
	root := new(node)
	if err := json.Unmarshal(schema.All(), root); err != nil {
		panic(fmt.Sprintf("rules: the embedded schema: %v", err)) // a test reads it
	}
	return root
})

// Prepare reads the schema, so that the first record is judged without waiting for
// that. It may be called while something else is waited for.
func Prepare() { loadSchema() }

// pattern compiles the patterns of the schema when they are first needed.
var patterns sync.Map

func pattern(expr string) *regexp.Regexp {
	if compiled, ok := patterns.Load(expr); ok {
		return compiled.(*regexp.Regexp)
	}
	compiled := regexp.MustCompile(expr) // a test compiles them all
	patterns.Store(expr, compiled)
	return compiled
}

// violation is one thing in a value that its schema does not allow.
type violation struct {
	field   string // as in items[0].owner; for a missing or an unknown key, that key
	keyword string // of the schema, such as "required" or "maxLength"
	schema  *node  // the schema that has the keyword
	got     any    // the value of the field; for an unknown key, the key
}

// validate returns everything in value that the definition called name does
// not allow, in the order of the keys.
func validate(name string, value any) []violation {
	v := validator{defs: loadSchema().Defs}
	v.check(v.defs[name], value, "")
	return v.found
}

// Choices returns the words that the schema lets a field of a record say, nil
// for a field that may say something else.
func Choices(kind handoff.Kind, field string) []string {
	defs := loadSchema().Defs
	n := defs[string(kind)+"Body"].Properties[field]
	for n != nil && n.Ref != "" {
		n = defs[strings.TrimPrefix(n.Ref, "#/$defs/")]
	}
	if n == nil {
		return nil
	}
	return n.Enum
}

type validator struct {
	defs  map[string]*node
	found []violation
}

func (v *validator) refuse(n *node, keyword, field string, got any) {
	v.found = append(v.found, violation{field: field, keyword: keyword, schema: n, got: got})
}

// allows reports whether n allows the value.
func (v *validator) allows(n *node, value any) bool {
	trial := validator{defs: v.defs}
	trial.check(n, value, "")
	return len(trial.found) == 0
}

func (v *validator) check(n *node, value any, field string) {
	if n.Ref != "" {
		v.check(v.defs[strings.TrimPrefix(n.Ref, "#/$defs/")], value, field)
	}
	if n.Type != "" && !isType(n.Type, value) {
		v.refuse(n, "type", field, value)
		return
	}
	if n.Const != "" && value != n.Const {
		v.refuse(n, "const", field, value)
	}
	if text, ok := value.(string); n.Enum != nil && !(ok && slices.Contains(n.Enum, text)) {
		v.refuse(n, "enum", field, value)
	}
	switch value := value.(type) {
	case map[string]any:
		v.checkMapping(n, value, field)
	case []any:
		v.checkList(n, value, field)
	case string:
		v.checkText(n, value, field)
	default:
		v.checkNumber(n, value, field)
	}
	for _, part := range n.AllOf {
		v.check(part, value, field)
	}
	if n.If != nil && v.allows(n.If, value) {
		v.check(n.Then, value, field)
	}
	if n.Not != nil && v.allows(n.Not, value) {
		v.refuse(n, "not", field, value)
	}
}

func (v *validator) checkMapping(n *node, value map[string]any, field string) {
	for _, key := range n.Required {
		if _, ok := value[key]; !ok {
			v.refuse(n, "required", handoff.JoinField(field, key), nil)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(value)) {
		known := false
		if property, ok := n.Properties[key]; ok {
			known = true
			v.check(property, value[key], handoff.JoinField(field, key))
		}
		for expr, property := range n.PatternProperties {
			if pattern(expr).MatchString(key) {
				known = true
				v.check(property, value[key], handoff.JoinField(field, key))
			}
		}
		if !known && n.AdditionalProperties != nil && !*n.AdditionalProperties {
			v.refuse(n, "additionalProperties", handoff.JoinField(field, key), key)
		}
	}
}

func (v *validator) checkList(n *node, value []any, field string) {
	if n.MinItems != nil && len(value) < *n.MinItems {
		v.refuse(n, "minItems", field, value)
	}
	if n.MaxItems != nil && len(value) > *n.MaxItems {
		v.refuse(n, "maxItems", field, value)
	}
	for i, entry := range value {
		if n.UniqueItems && slices.ContainsFunc(value[:i], func(earlier any) bool { return reflect.DeepEqual(earlier, entry) }) {
			v.refuse(n, "uniqueItems", indexField(field, i), entry)
		}
		if n.Items != nil {
			v.check(n.Items, entry, indexField(field, i))
		}
	}
}

func (v *validator) checkText(n *node, value, field string) {
	length := utf8.RuneCountInString(value)
	switch {
	case n.MinLength != nil && length < *n.MinLength:
		v.refuse(n, "minLength", field, value)
	case n.MaxLength != nil && length > *n.MaxLength:
		v.refuse(n, "maxLength", field, value)
	}
	if n.Pattern != "" && !pattern(n.Pattern).MatchString(value) {
		v.refuse(n, "pattern", field, value)
	}
	if n.Format == "date-time" {
		// Package time reads a comma before the fraction as well, RFC 3339 does not.
		if _, err := time.Parse(time.RFC3339, value); err != nil || strings.Contains(value, ",") {
			v.refuse(n, "format", field, value)
		}
	}
}

func (v *validator) checkNumber(n *node, value any, field string) {
	number, ok := asNumber(value)
	if !ok {
		return
	}
	if n.Minimum != nil && number < *n.Minimum {
		v.refuse(n, "minimum", field, value)
	}
	if n.Maximum != nil && number > *n.Maximum {
		v.refuse(n, "maximum", field, value)
	}
}

func isType(name string, value any) bool {
	switch value.(type) {
	case map[string]any:
		return name == "object"
	case []any:
		return name == "array"
	case string:
		return name == "string"
	case bool:
		return name == "boolean"
	}
	number, ok := asNumber(value)
	return name == "integer" && ok && number == math.Trunc(number) && !math.IsInf(number, 0)
}

// asNumber returns the number that a YAML scalar holds.
func asNumber(value any) (float64, bool) {
	switch n := value.(type) {
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	case uint64:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}

func indexField(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }
