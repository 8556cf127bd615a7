package cli

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/agent"
	"github.com/handoff-cli/handoff/internal/check"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/metrics"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/report"
	"github.com/handoff-cli/handoff/internal/row"
)

// inJSON are the types that --json prints, by what the schema of the output calls them.
// What they hold is found from them.
var inJSON = map[string]any{
	"answer": query.Answer{}, "awaited": awaited{}, "board": boardDocument{}, "check": check.Result{}, "decisions": results[query.DecisionStory]{},
	"doctor": doctorDocument{}, "drafts": results[agent.Draft]{}, "dryRun": dryRun{}, "error": errorDocument{}, "export": exportDocument{},
	"fetched": missingDocument{}, "heard": heardDocument{}, "hook": hookDocument{}, "inbox": inboxDocument{}, "init": initDocument{},
	"log": results[logEntry]{}, "note": agent.Note{}, "notes": results[agent.Note]{}, "page": report.Page{}, "prepared": preparedDraft{},
	"preparedDraft": agent.Draft{}, "prime": agent.Prime{}, "publication": publication{}, "redact": redactDocument{}, "reportFile": reportDocument{},
	"reposRollup": reposRollup{}, "route": results[deliveryRow]{}, "show": showDocument{}, "stats": metrics.Stats{}, "sync": syncDocument{},
	"unfinishedRollup": draftDocument{}, "verify": verifyDocument{}, "version": versionDocument{}, "planRow": planRow{},

	"ackRow": row.Ack{}, "areaRow": row.Area{}, "blockerRow": row.Blocker{}, "contractRow": row.Contract{}, "deadlineRow": row.Deadline{},
	"decisionRow": row.Decision{}, "escalationRow": row.Escalation{}, "eventRow": row.Event{}, "gapRow": row.Gap{}, "handoffRow": row.Handoff{},
	"itemRow": row.Item{}, "personRow": row.Person{}, "questionRow": row.Question{}, "recordRow": row.Record{}, "reviewRow": row.Review{},
	"teamRow": row.Team{}, "watchRow": row.Watch{}, "change": row.Change{},
}

// outputNode is the part of a definition that the test looks at.
type outputNode struct {
	Ref        string                `json:"$ref"`
	Properties map[string]outputNode `json:"properties"`
	Required   []string              `json:"required"`
	Items      *outputNode           `json:"items"`
	AnyOf      []outputNode          `json:"anyOf"`
}

// outputSchema is the schema of the output. A type is compared once.
type outputSchema struct {
	t    *testing.T
	defs map[string]outputNode
	done map[reflect.Type]bool
}

// TestOutputSchemaHasEveryField: a field that is added to what --json prints is one of the
// contract, whether a test prints it or not.
func TestOutputSchemaHasEveryField(t *testing.T) {
	data, err := os.ReadFile("../../schema/output-v1.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Defs map[string]outputNode `json:"$defs"`
	}
	if err := json.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	for name, value := range inJSON {
		if _, ok := document.Defs[name]; !ok {
			t.Errorf("the schema has no %s", name)
		}
		s := outputSchema{t, document.Defs, make(map[reflect.Type]bool)}
		s.compare(name, reflect.TypeOf(value), document.Defs[name])
	}
}

// compare compares a type with what stands for it. What encodes itself the scripts show.
func (s outputSchema) compare(path string, in reflect.Type, node outputNode) {
	for in.Kind() == reflect.Pointer {
		in = in.Elem()
	}
	if in.Kind() == reflect.Slice {
		if node = s.resolve(node); node.Items == nil {
			s.t.Errorf("%s: a list in Go, and none in the schema", path)
			return
		}
		s.compare(path+"[]", in.Elem(), *node.Items)
		return
	}
	own := in.Implements(reflect.TypeFor[json.Marshaler]()) || reflect.PointerTo(in).Implements(reflect.TypeFor[json.Marshaler]())
	if in.Kind() != reflect.Struct || own || s.done[in] {
		return
	}
	s.done[in] = true
	node = s.resolve(node)
	fields := make(map[string]reflect.StructField)
	optional := make(map[string]bool)
	jsonFields(in, false, fields, optional)
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		property, ok := node.Properties[key]
		switch required := slices.Contains(node.Required, key); {
		case !ok:
			s.t.Errorf("%s.%s is in Go and not in the schema", path, key)
			continue
		case required == optional[key]:
			s.t.Errorf("%s.%s: required %v in the schema, and not so in Go", path, key, required)
		}
		s.compare(path+"."+key, fields[key].Type, property)
	}
	for key := range node.Properties {
		if _, ok := fields[key]; !ok && key != "schema_version" && key != "dry_run" {
			s.t.Errorf("%s.%s is in the schema and not in Go", path, key)
		}
	}
}

// resolve follows references, to what is not null. What stands beside one is added.
func (s outputSchema) resolve(node outputNode) outputNode {
	for node.Properties == nil && node.Items == nil && (node.Ref != "" || len(node.AnyOf) > 0) {
		if node.Ref == "" {
			node = node.AnyOf[0]
			continue
		}
		node = s.defs[strings.TrimPrefix(node.Ref, "#/$defs/")]
	}
	if node.Ref == "" || node.Properties == nil {
		return node
	}
	of := s.resolve(outputNode{Ref: node.Ref})
	all := maps.Clone(of.Properties)
	maps.Copy(all, node.Properties)
	return outputNode{Properties: all, Required: slices.Concat(node.Required, of.Required)}
}

// jsonFields are the fields of a type as JSON has them, and which may be left out: those of
// what only some records do as well.
func jsonFields(in reflect.Type, leftOut bool, fields map[string]reflect.StructField, optional map[string]bool) {
	for i := range in.NumField() {
		field := in.Field(i)
		key, option, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case key == "-" || !field.IsExported() && !field.Anonymous:
		case key == "" && field.Type.Kind() == reflect.Pointer:
			jsonFields(field.Type.Elem(), in == reflect.TypeFor[custodyChange](), fields, optional)
		case key == "" && field.Type.Kind() == reflect.Struct && field.Type != reflect.TypeFor[time.Time]() && field.Type != reflect.TypeFor[handoff.Time]():
			jsonFields(field.Type, leftOut, fields, optional)
		default:
			fields[key] = field
			optional[key] = leftOut || option == "omitempty"
		}
	}
}

// printNoDocument are the commands without one, and those of which every form says so in
// the line of their parent.
var printNoDocument = []string{"completion", "demo", "draft drop", "draft path", "draft restore", "git", "hook run", "mcp", "schema"}

// The page about what --json prints has every command that prints a document.
func TestPageHasEveryCommand(t *testing.T) {
	page := readAll(t, "../../.github/docs/json.md")
	for _, cmd := range commands(newRootCmd(new(globals))) {
		name := commandName(cmd)
		none := slices.ContainsFunc(printNoDocument, func(p string) bool { return name == p || strings.HasPrefix(name, p+" ") })
		if shown := strings.Contains(page, "`"+name+"`"); !cmd.IsAdditionalHelpTopicCommand() && !none && !shown {
			t.Errorf("the page does not say what %s prints", name)
		}
	}
}
