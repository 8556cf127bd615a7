package schema

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// notValid are the vectors with a record that no writer may write.
var notValid = []string{
	"unknown-kind", "newer-schema", "unknown-key", "no-author", "key-twice", "alias", "wrong-type", "unknown-outcome",
}

// record is one of the records in testdata.
type record struct {
	vector string
	data   []byte
	*handoff.Document
}

// records are those of testdata that are valid.
func records(t *testing.T) []record {
	t.Helper()
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	var all []record
	for _, file := range files {
		vector := filepath.Base(file)
		if slices.ContainsFunc(notValid, func(name string) bool { return strings.HasSuffix(vector, "-"+name+".yaml") }) {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range bytes.Split(data, []byte("---\n"))[1:] {
			r := record{vector, one, handoff.Parse(one, "")}
			if r.Record == nil || len(r.Findings) > 0 {
				t.Fatalf("%s: %v\n%s", vector, r.Findings, one)
			}
			all = append(all, r)
		}
	}
	return all
}

// The schema of a kind accepts the records of testdata of that kind, and no others.
// That of all accepts all of them.
func TestKindsAcceptTheirRecords(t *testing.T) {
	every := compile(t, All())
	kinds := make(map[handoff.Kind]*jsonschema.Schema)
	accepted := make(map[handoff.Kind]int)
	for _, kind := range handoff.Kinds {
		document, ok := Kind(string(kind))
		if !ok {
			t.Fatalf("no schema for %s", kind)
		}
		kinds[kind] = compile(t, document)
	}
	for _, r := range records(t) {
		value := r.Value()
		if err := every.Validate(value); err != nil {
			t.Errorf("%s: %v\n%s", r.vector, err, r.data)
		}
		for kind, schema := range kinds {
			err := schema.Validate(value)
			if (err == nil) != (kind == r.Record.Kind) {
				t.Errorf("%s: a record of kind %s, by the schema of %s: %v\n%s", r.vector, r.Record.Kind, kind, err, r.data)
			}
		}
		accepted[r.Record.Kind]++
	}
	for _, kind := range handoff.Kinds {
		if accepted[kind] == 0 {
			t.Errorf("testdata has no record of kind %s", kind)
		}
	}
}

// The records of testdata are as the program writes them: FORMAT.md, section 5.
func TestRecordsAreCanonical(t *testing.T) {
	for _, r := range records(t) {
		if strings.HasSuffix(r.vector, "-any-yaml.yaml") && bytes.HasPrefix(r.data, []byte("{")) {
			continue
		}
		formatted, err := handoff.Format(r.Record)
		if err != nil || !bytes.Equal(formatted, r.data) {
			t.Errorf("%s: %v\n%s\nis written as\n%s", r.vector, err, r.data, formatted)
		}
		if handoff.ParseCanonical(r.data) == nil && len(r.Record.Ext) == 0 {
			t.Errorf("%s: not canonical\n%s", r.vector, r.data)
		}
	}
}

// The schema of a kind has all that it refers to, and nothing else.
func TestKindsStandAlone(t *testing.T) {
	refers := regexp.MustCompile(`"\$ref": "#/\$defs/(\w+)"`)
	for _, kind := range handoff.Kinds {
		document, _ := Kind(string(kind))
		var d doc
		if err := json.Unmarshal(document, &d); err != nil {
			t.Fatal(err)
		}
		named := make(map[string]bool)
		for _, m := range refers.FindAllSubmatch(document, -1) {
			named[string(m[1])] = true
		}
		for name := range d.Defs {
			if !named[name] {
				t.Errorf("%s: nothing refers to %s", kind, name)
			}
			delete(named, name)
		}
		if len(named) > 0 {
			t.Errorf("%s: without %v", kind, named)
		}
		for _, other := range handoff.Kinds {
			if _, has := d.Defs[string(other)+"Body"]; has != (other == kind) {
				t.Errorf("%s: has the body of %s: %v", kind, other, has)
			}
		}
	}
}
