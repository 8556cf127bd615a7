package rules

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/schema"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The embedded document uses the keywords that node has, and no others.
func TestSchemaUsesKnownKeywords(t *testing.T) {
	decoder := json.NewDecoder(bytes.NewReader(schema.All()))
	decoder.DisallowUnknownFields()
	root := new(node)
	if err := decoder.Decode(root); err != nil {
		t.Fatal(err)
	}
	var walk func(path string, n *node)
	walk = func(path string, n *node) {
		if n == nil {
			return
		}
		if n.Pattern != "" || n.Format != "" {
			if _, err := regexp.Compile(n.Pattern); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			if n.Description == "" && !strings.HasSuffix(path, "/not") {
				t.Errorf("%s has a pattern and no description, which messages need", path)
			}
		}
		if name, ok := strings.CutPrefix(n.Ref, "#/$defs/"); n.Ref != "" && (!ok || root.Defs[name] == nil) {
			t.Errorf("%s refers to %s, which does not exist", path, n.Ref)
		}
		for _, children := range []map[string]*node{n.Defs, n.Properties, n.PatternProperties} {
			for name, child := range children {
				walk(path+"/"+name, child)
			}
		}
		for _, child := range n.AllOf {
			walk(path, child)
		}
		walk(path+"/items", n.Items)
		walk(path+"/if", n.If)
		walk(path+"/then", n.Then)
		walk(path+"/not", n.Not)
	}
	walk("", root)
}

// other is one record of each kind but handoff.
var other = []string{
	"kind: ack\nsubject: k3f9q2m7\noutcome: accepted\ntake: [session-mw]\nreadback: [{item: session-mw, understood: a, first_action: b}]\ngaps: [{class: stale, note: a}]\nreason: capacity\nexception: policy\ndrift: {commits: 2, files: [a]}\n",
	"kind: question\nabout: k3f9q2m7\nask: Which one?\nto: area:sessions\nblocks: [session-mw]\n",
	"kind: answer\nquestion: q:which\ntext: That one\ncloses: false\nsource: chat\n",
	"kind: resolution\nblocker: blk:session-timeout\noutcome: resolved\nhow: decided\nevidence: [a]\n",
	"kind: decision\ntopic: cookie-store\ndecision: a\nrationale: b\ndoor: one_way\napproved_by: sarah\nalternatives: [{option: a, why_not: b}]\n",
	"kind: escalation\nsubject: blk:session-timeout\nreason: sla_breach\nto: ines\nask: Decide\nlevel: 2\ndeadline: \"2026-11-20T18:02:11+08:00\"\n",
	"kind: assignment\nitem: session-mw\nto: ben\nfrom: ana\n",
	"kind: route\nsubject: k3f9q2m7\nto: \"#payments\"\nbecause: primary\nvia: slack\ndigest: " + strings.Repeat("ab", 32) + "\n",
	"kind: route\nsubject: blk:tls\nto: payments-chat\nbecause: primary\nvia: a-service-of-next-year\nstate: sent\nkey: 0123456789abcdef\nends: k3f9q2m7\ntold: [ben]\nurl: https://chat.example.com/1\nreceipt: C01:17.5\n",
	"kind: withdrawal\nsubject: k3f9q2m7\nwhy: a\n",
	"kind: gap\nsubject: k3f9q2m7\nclass: stale\nimpact: delay\nrecovery: a\nanticipated: true\n",
}

const rich = `
    progress: 50
    due: "2026-11-21T09:00:00+08:00"
    effort: 2h
    if_then: [{if: a, then: b, who: team}]
    tried: [{what: a, result: b}]
    do_not: [a]
    refs: [{type: pr, id: "1842", approvals: 2/3, waiting_on: [james], probed_at: "2026-11-21T09:00:00+08:00"}]
    claims: [{claim: a, status: verified, probe: b, commit: 4f2a9c1}]
`

// Every record that the whole implementation accepts is accepted by ours, and
// the other way round, for each way of spoiling one value of a good record.
func TestValidateAgreesWithJSONSchema(t *testing.T) {
	head := "schema: handoff/v1\nid: k3f9q2m7\nat: \"2026-11-20T18:02:11+08:00\"\nby: ana\n"
	records := []string{edit(t, good, "    blocked_by: [session-timeout]\n", "    blocked_by: [session-timeout]"+rich)}
	for _, record := range other {
		records = append(records, head+record)
	}
	for _, record := range records {
		doc := handoff.Parse([]byte(record), "")
		if len(doc.Findings) > 0 {
			t.Fatalf("%+v in\n%s", doc.Findings, record)
		}
		kind := string(doc.Record.Kind)
		for _, name := range []string{kind, kind + "Body"} {
			whole := compileDefinition(t, name)
			compare := func(what string, value any) {
				t.Helper()
				want := whole.Validate(value)
				if got := validate(name, value); (want == nil) != (len(got) == 0) {
					t.Errorf("%s, %s: we say %+v, the whole implementation %v", name, what, got, want)
				}
			}
			value := doc.Value()
			if violations := validate(name, value); len(violations) > 0 {
				t.Fatalf("%s: %+v", name, violations)
			}
			compare("as it is", value)
			spoil(value, func(what string) { compare(what, value) })
		}
	}
}

// spoil changes the value in every place, one after the other, calls try, and
// takes the change back.
func spoil(value any, try func(what string)) {
	values := []any{nil, "", "a", "UPPER case", "con", "team", "a\nb", strings.Repeat("x", 700), 42, 3.5, -1, true, []any{}, []any{"a", "a"}, map[string]any{}, "2026-11-20"}
	var walk func(value any, path string)
	walk = func(value any, path string) {
		switch value := value.(type) {
		case map[string]any:
			for _, key := range []string{"unknown", "x-own"} {
				value[key] = 1
				try(path + " with " + key)
				delete(value, key)
			}
			for key, old := range value {
				for _, other := range values {
					value[key] = other
					try(path + "." + key)
				}
				delete(value, key)
				try(path + " without " + key)
				value[key] = old
				walk(old, path+"."+key)
			}
		case []any:
			for i, old := range value {
				for _, other := range values {
					value[i] = other
					try(path)
				}
				value[i] = old
				walk(old, path)
			}
		}
	}
	walk(value, "")
}

func compileDefinition(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.All()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("test:schema.json", value); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("test:schema.json#/$defs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func BenchmarkLoadSchema(b *testing.B) {
	for b.Loop() {
		if err := json.Unmarshal(schema.All(), new(node)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	ctx := before()
	for b.Loop() {
		doc := handoff.Parse([]byte(good), "")
		if findings := Check(doc, ctx); len(findings) > 0 {
			b.Fatal(findings)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		handoff.Parse([]byte(good), "")
	}
}

func TestChoices(t *testing.T) {
	for _, test := range []struct {
		kind  handoff.Kind
		field string
		want  []string
	}{
		{handoff.KindResolution, "outcome", fold.Resolutions},
		{handoff.KindGap, "class", []string{"missing_info", "wrong_info", "stale", "no_owner", "late", "misrouted", "unanticipated", "side_channel"}}, // by reference
		{handoff.KindGap, "recovery", nil},
		{handoff.KindGap, "colour", nil},
	} {
		if got := Choices(test.kind, test.field); !slices.Equal(got, test.want) {
			t.Errorf("%s %s: %q", test.kind, test.field, got)
		}
	}
}
