// Package yaml is the YAML library of this program, under names of its own: it alone
// imports gopkg.in/yaml.v3, so that another one that reads and writes the same takes
// its place here. What nobody vouches for is given to it by ParseTree of
// package handoff alone, which bounds it.
package yaml

import (
	"io"

	"gopkg.in/yaml.v3"
)

// Node is a value as it stands in a text, with its place there.
type Node = yaml.Node

// Style is how a node is written.
type Style = yaml.Style

// TypeError says which values are of another type than the Go value.
type TypeError = yaml.TypeError

// Encoder writes documents.
type Encoder = yaml.Encoder

// Decoder reads documents.
type Decoder = yaml.Decoder

// The kinds of nodes.
const (
	MappingNode  = yaml.MappingNode
	SequenceNode = yaml.SequenceNode
	ScalarNode   = yaml.ScalarNode
	AliasNode    = yaml.AliasNode
)

// How a node is written.
const (
	TaggedStyle       = yaml.TaggedStyle
	DoubleQuotedStyle = yaml.DoubleQuotedStyle
	SingleQuotedStyle = yaml.SingleQuotedStyle
	LiteralStyle      = yaml.LiteralStyle
	FoldedStyle       = yaml.FoldedStyle
	FlowStyle         = yaml.FlowStyle
)

// NewEncoder writes documents to w.
func NewEncoder(w io.Writer) *Encoder { return yaml.NewEncoder(w) }

// NewDecoder reads documents from r.
func NewDecoder(r io.Reader) *Decoder { return yaml.NewDecoder(r) }

// Marshal is the document of a value.
func Marshal(value any) ([]byte, error) { return yaml.Marshal(value) }

// Unmarshal decodes the first document of data into a value. What does not fit is a
// [*TypeError], and the rest is decoded.
func Unmarshal(data []byte, value any) error { return yaml.Unmarshal(data, value) }
