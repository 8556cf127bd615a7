// Package schema holds the JSON Schema of records: the same file that editors
// fetch, that `handoff schema` prints, and against which drafts and records are
// validated.
//
// Its $defs have a pair of schemas for each kind: "ack" for a record, and
// "ackBody" for a draft, which may lack what the program captures (id, at, by
// and the like).
package schema

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

//go:embed handoff-v1.json
var document []byte

// All returns the schema of every kind of record, in JSON. Treat it as
// read-only.
func All() []byte { return document }

// Kind returns a schema that stands by itself for the records of one kind, in
// JSON, with the definitions that it needs and no others. It is false for a kind
// that does not exist.
func Kind(kind string) ([]byte, bool) {
	if !slices.Contains(handoff.Kinds, handoff.Kind(kind)) {
		return nil, false
	}
	var all struct {
		Defs map[string]json.RawMessage `json:"$defs"`
	}
	if err := json.Unmarshal(document, &all); err != nil {
		panic(fmt.Sprintf("schema: the embedded document: %v", err)) // a test parses it
	}
	needed := make(map[string]json.RawMessage)
	need(kind, all.Defs, needed)
	one, err := json.MarshalIndent(struct {
		Schema string                     `json:"$schema"`
		Title  string                     `json:"title"`
		Ref    string                     `json:"$ref"`
		Defs   map[string]json.RawMessage `json:"$defs"`
	}{
		Schema: "https://json-schema.org/draft/2020-12/schema",
		Title:  "Handoff record, version 1: " + kind,
		Ref:    "#/$defs/" + kind,
		Defs:   needed,
	}, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("schema: kind %s: %v", kind, err))
	}
	return append(one, '\n'), true
}

// reference matches where a definition refers to another.
var reference = text.Pattern(`"\$ref": *"#/\$defs/(\w+)"`)

// need adds a definition to those that are needed, with all that it refers to.
func need(name string, all, needed map[string]json.RawMessage) {
	if _, known := needed[name]; known {
		return
	}
	needed[name] = all[name]
	for _, m := range reference().FindAllSubmatch(all[name], -1) {
		need(string(m[1]), all, needed)
	}
}
