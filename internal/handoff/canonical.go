package handoff

import (
	"bytes"

	"github.com/handoff-cli/handoff/internal/canonical"
)

// canonicalMax is the size up to which a canonical file is within every bound
// of [Parse]: each of its values takes seven bytes or more.
const canonicalMax = 7 * MaxNodes

// schemaLine is the first line of every canonical file.
const schemaLine = "# yaml-language-server: $schema=" + SchemaURL + "\n"

// ParseCanonical reads a record that is exactly as [Format] writes it, many
// times faster than [Parse], which finds nothing wrong with such a file. It
// returns nil for anything else, and Parse says what that is: a reader of many
// records tries this first.
func ParseCanonical(data []byte) *Record {
	text, ok := bytes.CutPrefix(data, []byte(schemaLine))
	if !ok || len(text) > canonicalMax {
		return nil
	}
	r := canonical.NewReader(text)
	var h head
	r.Read(&h)
	body := newBody(h.Kind)
	if body == nil || h.Schema != Schema {
		return nil
	}
	if r.Read(body); !r.Done() {
		return nil
	}
	return &Record{Schema: h.Schema, Kind: h.Kind, ID: h.ID, At: h.At, By: h.By, Agent: h.Agent, Said: h.Said, Body: body}
}
