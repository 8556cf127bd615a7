package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/schema"
)

// configPage writes the page of the two files of configuration.
func configPage(r *roff) {
	r.section("description")
	r.text(configHelp)
	r.section("keys")
	r.text(keysHelp)
	r.section("the user's own configuration")
	r.text(targetsHelp)
}

// rulesPage writes the page of the rules.
func rulesPage(r *roff) {
	r.section("description")
	r.text("An error refuses to publish and fails a check; a warning is printed.")
	for _, rule := range rules.Table() {
		why, cure := rules.Reasons(rule.Code)
		r.sub(rule.Code + ": " + rule.Title)
		r.paragraph("When: " + rule.When + ".")
		r.paragraph(why + " " + cure)
		r.paragraph(ruleLevel(rule))
	}
}

// recordPage writes the page of the records: what all of them have, and the fields of
// each kind, as the schema says.
func recordPage(r *roff) {
	var doc struct {
		Defs properties `json:"$defs"`
	}
	if err := json.Unmarshal(schema.All(), &doc); err != nil {
		panic(err) // the document is embedded, and a test reads it
	}
	r.section("description")
	r.paragraph("A record is a file of YAML below .handoffs/, in a folder of its day. It is written once and never changed. handoff schema prints what follows for programs.")
	bodies, parts := make(map[string]properties), properties(nil)
	for _, def := range doc.Defs {
		if kind, isBody := strings.CutSuffix(def.name, "Body"); isBody {
			bodies[kind] = def.Properties
		} else if !slices.Contains(notParts, def.name) && !slices.Contains(kindNames(), def.name) {
			parts = append(parts, def)
		}
	}
	r.section("all records")
	r.fields(bodies["gap"][:len(headKeys)], headKeys)
	for _, def := range doc.Defs {
		if body := bodies[def.name]; body != nil {
			r.section(def.name)
			r.paragraph(def.Description)
			r.fields(body[len(headKeys):], doc.Defs.required(def.name+"Body"))
		}
	}
	r.section("values")
	r.fields(parts.having(false), nil)
	for _, part := range parts.having(true) {
		r.section("fields of " + part.name)
		r.fields(part.Properties, part.Required)
	}
}

// headKeys are the first keys of every record, in the order of the schema, and notParts
// the definitions of it that are no value of a field.
var (
	headKeys = []string{"schema", "kind", "id", "at", "by", "agent", "said"}
	notParts = []string{"head", "schema", "kind", "extension", "complete"}
)

// property is a definition of the schema, or a field, as far as its page shows it.
type property struct {
	name        string
	Description string
	Type        string
	Const       string
	Ref         string `json:"$ref"`
	Enum        []string
	Items       *property
	MaxLength   int
	MaxItems    int
	Required    []string
	Properties  properties
}

// properties are in the order of the schema.
type properties []property

// UnmarshalJSON reads an object with its order.
func (p *properties) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var one property
		if err := d.Decode(&one); err != nil {
			return err
		}
		one.name = name.(string) // the key of an object
		*p = append(*p, one)
	}
	return nil
}

// having are those that have fields of their own, or those that have none.
func (p properties) having(fields bool) properties {
	return slices.DeleteFunc(slices.Clone(p), func(one property) bool { return (len(one.Properties) > 0) != fields })
}

// required are the keys that a definition must have.
func (p properties) required(name string) []string {
	i := slices.IndexFunc(p, func(one property) bool { return one.name == name })
	return p[i].Required
}

// fields writes fields with their types.
func (r *roff) fields(list properties, required []string) {
	for _, f := range list {
		typ := f.typed()
		if slices.Contains(required, f.name) {
			typ += ", always there"
		}
		r.item(inBold(f.name), strings.TrimSuffix(typ+". "+f.Description, " "))
	}
}

// typed says what a value is.
func (p *property) typed() string {
	limit := func(n int, of string) string {
		if n == 0 {
			return ""
		}
		return ", at most " + strconv.Itoa(n) + of
	}
	switch {
	case p.Items != nil:
		return "list: " + p.Items.typed() + limit(p.MaxItems, "")
	case len(p.Enum) > 0:
		return strings.Join(p.Enum, ", ")
	case p.Const != "":
		return p.Const
	case p.Ref != "":
		return strings.TrimPrefix(p.Ref, "#/$defs/")
	case p.Type == "string":
		return "text" + limit(p.MaxLength, " characters")
	case p.Type == "integer":
		return "number"
	}
	return cmp.Or(p.Type, "value")
}
