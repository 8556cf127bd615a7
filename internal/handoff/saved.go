package handoff

import (
	"encoding/hex"

	"github.com/handoff-cli/handoff/internal/compact"
)

// Codec writes the form in which a derived store keeps records, and what is folded
// of them: a pointer to a record becomes its id.
var Codec = compact.Codec[Record]{Name: func(r *Record) string { return r.ID }}

// savedRecord is a record without what its body type says. Hashes are raw.
type savedRecord struct {
	Schema string
	Kind   Kind
	ID     string
	At     Time
	By     string
	Agent  *Agent
	Said   *Said
	Ext    map[string]any
	Path   string
	Blob   string
	Digest string
}

// EncodeRecord returns the compact form of a record. Where it was found, the
// ref and the commit, is not part of it.
func EncodeRecord(r *Record) []byte {
	return Codec.Encode(savedRecord{
		Schema: r.Schema, Kind: r.Kind, ID: r.ID, At: r.At, By: r.By, Agent: r.Agent, Said: r.Said, Ext: r.Ext,
		Path: r.Source.Path, Blob: rawHash(r.Source.Blob), Digest: rawHash(r.Source.Digest),
	}, r.Body)
}

// DecodeRecord reads what [EncodeRecord] returned.
func DecodeRecord(data []byte) (*Record, error) {
	r, body, err := DecodeHead(data)
	if err != nil {
		return nil, err
	}
	if r.Body = newBody(r.Kind); r.Body == nil {
		return nil, compact.ErrDamaged
	}
	if err := Codec.Decode(body, r.Body, nil); err != nil {
		return nil, err
	}
	return r, nil
}

// DecodeHead reads all of a record but its body, which is in the rest.
func DecodeHead(data []byte) (r *Record, rest string, err error) {
	var s savedRecord
	rest, err = Codec.DecodeFirst(string(data), &s, nil)
	return &Record{
		Schema: s.Schema, Kind: s.Kind, ID: s.ID, At: s.At, By: s.By, Agent: s.Agent, Said: s.Said, Ext: s.Ext,
		Source: Source{Path: s.Path, Blob: hex.EncodeToString([]byte(s.Blob)), Digest: hex.EncodeToString([]byte(s.Digest))},
	}, rest, err
}

// rawHash is a hash in half of the bytes that its hex digits take.
func rawHash(digits string) string {
	raw, err := hex.DecodeString(digits)
	if err != nil {
		panic("handoff: a hash of a record's source is not in hex digits")
	}
	return string(raw)
}

// SavedLayout is a text that changes whenever the form does in which records, and
// more, are kept.
func SavedLayout(more ...any) string {
	kept := append([]any{savedRecord{}}, more...)
	for _, kind := range Kinds {
		kept = append(kept, newBody(kind))
	}
	return Codec.Layout(kept...)
}
