package schema

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// object is the part of a definition that the tests look at.
type object struct {
	Ref        string            `json:"$ref"`
	Type       string            `json:"type"`
	Const      string            `json:"const"`
	Enum       []string          `json:"enum"`
	Required   []string          `json:"required"`
	Properties map[string]object `json:"properties"`
	Items      *object           `json:"items"`
	Additional *bool             `json:"additionalProperties"`
}

// doc is the document as the tests look at it.
type doc struct {
	ID    string            `json:"$id"`
	AllOf []json.RawMessage `json:"allOf"`
	Defs  map[string]object `json:"$defs"`
}

func load(t *testing.T) doc {
	t.Helper()
	var d doc
	if err := json.Unmarshal(All(), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// resolve follows references.
func (d doc) resolve(o object) object {
	for o.Ref != "" && o.Properties == nil {
		o = d.Defs[strings.TrimPrefix(o.Ref, "#/$defs/")]
	}
	return o
}

var bodies = map[handoff.Kind]handoff.Body{
	handoff.KindHandoff: new(handoff.Handoff), handoff.KindAck: new(handoff.Ack), handoff.KindQuestion: new(handoff.Question),
	handoff.KindAnswer: new(handoff.Answer), handoff.KindResolution: new(handoff.Resolution), handoff.KindDecision: new(handoff.DecisionRecord),
	handoff.KindEscalation: new(handoff.Escalation), handoff.KindAssignment: new(handoff.Assignment), handoff.KindRoute: new(handoff.Route),
	handoff.KindWithdrawal: new(handoff.Withdrawal), handoff.KindGap: new(handoff.Gap),
}

// mayBeLeftOut are the fields that Go always writes and a draft may lack: a
// number or a truth value has no absent form there, and some are filled in.
var mayBeLeftOut = []string{"gap.anticipated", "ack.drift.commits", "handoff.anchor.dirty", "handoff.anchor.unpushed", "handoff.anchor.stashes",
	"handoff.items.owner", "handoff.blockers.blocks"}

// declared are the fields that Go may leave out, to tell absent from empty,
// and that a record must have.
var declared = []string{"handoff.to", "handoff.summary", "handoff.shipped", "handoff.items", "handoff.blockers", "handoff.decisions",
	"handoff.returns_at", "handoff.items.next"}

// The types and the schema have the same fields, and agree on which are
// required.
func TestTypesAndSchemaAgree(t *testing.T) {
	d := load(t)
	for _, kind := range handoff.Kinds {
		body := d.Defs[string(kind)+"Body"]
		if body.Properties["kind"].Const != string(kind) {
			t.Errorf("%sBody is for kind %q", kind, body.Properties["kind"].Const)
		}
		for _, head := range []string{"schema", "kind", "id", "at", "by", "agent", "said"} {
			if _, ok := body.Properties[head]; !ok {
				t.Errorf("%sBody has no %s", kind, head)
			}
			delete(body.Properties, head)
		}
		compare(t, d, string(kind), reflect.TypeOf(bodies[kind]).Elem(), body)
	}
	compare(t, d, "agent", reflect.TypeFor[handoff.Agent](), d.Defs["agent"])
	compare(t, d, "said", reflect.TypeFor[handoff.Said](), d.Defs["said"])
}

func compare(t *testing.T, d doc, path string, goType reflect.Type, o object) {
	t.Helper()
	if o.Additional == nil || *o.Additional {
		t.Errorf("%s allows unknown keys", path)
	}
	keys := yamlKeys(goType)
	for key := range o.Properties {
		if _, ok := keys[key]; !ok {
			t.Errorf("%s.%s is in the schema and not in %s", path, key, goType)
		}
	}
	for key, field := range keys {
		name := path + "." + key
		property, ok := o.Properties[key]
		if !ok {
			t.Errorf("%s is in %s and not in the schema", name, goType)
			continue
		}
		want := slices.Contains(declared, name) || !field.optional && !slices.Contains(mayBeLeftOut, name)
		if got := slices.Contains(o.Required, key); got != want {
			t.Errorf("%s: required %v, want %v", name, got, want)
		}
		compareType(t, d, name, field.goType, d.resolve(property))
	}
}

func compareType(t *testing.T, d doc, name string, goType reflect.Type, o object) {
	t.Helper()
	for goType.Kind() == reflect.Pointer {
		goType = goType.Elem()
	}
	want := map[reflect.Kind]string{reflect.String: "string", reflect.Int: "integer", reflect.Bool: "boolean", reflect.Slice: "array", reflect.Struct: "object"}[goType.Kind()]
	if goType == reflect.TypeOf(handoff.Time{}) {
		want = "string"
	}
	got := o.Type
	if o.Enum != nil || o.Const != "" {
		got = "string"
	}
	if got != want {
		t.Errorf("%s is of type %q in the schema and %s in Go", name, got, goType)
		return
	}
	switch want {
	case "object":
		compare(t, d, name, goType, o)
	case "array":
		compareType(t, d, name, goType.Elem(), d.resolve(*o.Items))
	}
}

type yamlField struct {
	goType   reflect.Type
	optional bool
}

func yamlKeys(goType reflect.Type) map[string]yamlField {
	keys := make(map[string]yamlField)
	for i := range goType.NumField() {
		field := goType.Field(i)
		name, option, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if option == "inline" {
			for key, inner := range yamlKeys(field.Type) {
				keys[key] = inner
			}
			continue
		}
		keys[name] = yamlField{goType: field.Type, optional: option == "omitempty"}
	}
	return keys
}

// The values that Go has constants for are those of the schema.
func TestConstantsAndSchemaAgree(t *testing.T) {
	d := load(t)
	kinds := make([]string, len(handoff.Kinds))
	for i, kind := range handoff.Kinds {
		kinds[i] = string(kind)
	}
	item := d.Defs["item"].Properties
	for name, test := range map[string]struct{ got, want []string }{
		"kind":           {d.Defs["kind"].Enum, kinds},
		"status":         {item["status"].Enum, []string{handoff.StatusReady, handoff.StatusInProgress, handoff.StatusInReview, handoff.StatusBlocked}},
		"severity":       {d.Defs["severity"].Enum, []string{handoff.SeverityRoutine, handoff.SeverityWatch, handoff.SeverityCritical}},
		"outcome":        {d.Defs["ackBody"].Properties["outcome"].Enum, []string{handoff.OutcomeAccepted, handoff.OutcomeAcceptedWithGaps, handoff.OutcomeChangesRequested, handoff.OutcomeDeclined, handoff.OutcomeSeen}},
		"decisionStatus": {d.Defs["decisionStatus"].Enum, []string{fold.DecisionProposed, fold.DecisionAccepted, fold.DecisionSuperseded, fold.DecisionReversed, fold.DecisionRejected}},
	} {
		if !slices.Equal(test.got, test.want) {
			t.Errorf("%s: the schema has %q, Go has %q", name, test.got, test.want)
		}
	}
	if got := d.Defs["schema"].Const; got != handoff.Schema {
		t.Errorf("the schema is for %q, Go writes %q", got, handoff.Schema)
	}
	if d.ID != handoff.SchemaURL {
		t.Errorf("$id is %q, and records point to %q", d.ID, handoff.SchemaURL)
	}
	if len(d.AllOf) != len(handoff.Kinds) {
		t.Errorf("the top selects among %d kinds of %d", len(d.AllOf), len(handoff.Kinds))
	}
}

// Both documents are valid schemas, and accept and refuse the same record.
func TestDocumentsCompile(t *testing.T) {
	good := map[string]any{"schema": "handoff/v1", "kind": "withdrawal", "id": "k3f9q2m7", "at": "2026-11-20T18:02:11+08:00", "by": "ana",
		"subject": "a1b2c3d4", "why": "wrong receiver", "x-ours": 1}
	bad := map[string]any{"schema": "handoff/v1", "kind": "withdrawal", "subject": "a1b2c3d4", "why": "wrong receiver"}
	one, ok := Kind("withdrawal")
	if !ok {
		t.Fatal("no schema for withdrawal")
	}
	for name, document := range map[string][]byte{"all": All(), "one": one} {
		compiled := compile(t, document)
		if err := compiled.Validate(good); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := compiled.Validate(bad); err == nil {
			t.Errorf("%s: a record without head is valid", name)
		}
	}
	if _, ok := Kind("handoffBody"); ok {
		t.Error("a definition is no kind")
	}
}

func compile(t *testing.T, document []byte) *jsonschema.Schema {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("test:schema.json", value); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("test:schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}
