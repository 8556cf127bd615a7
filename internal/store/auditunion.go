package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// judgeUnion looks at the records that the tips hold together.
func (a *audit) judgeUnion(ctx context.Context) (err error) {
	if a.files, err = a.Records(ctx, a.opts.Refs, a.opts.Dir); err != nil {
		return err
	}
	a.mark.drop(AuditDuplicated)
	byID := make(map[string][]File, len(a.files))
	for _, f := range a.files {
		if name, ok := parseRecordName(a.opts.Dir, f.Path); ok {
			a.judgeDuplicate(byID[name.id], f)
			byID[name.id] = append(byID[name.id], f)
		}
	}
	return a.judgeDigests(ctx, byID)
}

// judgeDuplicate compares a record with those before that have its id.
func (a *audit) judgeDuplicate(others []File, f File) {
	for _, other := range others {
		switch {
		case other.Path != f.Path:
			a.found(nil, AuditDuplicated, "HO903", handoff.LevelError, f.Path, "its id stands for another record as well: "+other.Path+" in "+other.Ref)
			return
		case other.Blob != f.Blob:
			a.found(nil, AuditDuplicated, "HO903", handoff.LevelError, f.Path, "has other content in "+other.Ref+" than in "+f.Ref)
			return
		}
	}
}

// judgeDigests compares the records that were acked with what was acked: for
// new acks only, unless a record was changed.
func (a *audit) judgeDigests(ctx context.Context, byID map[string][]File) error {
	acks := a.acks
	if a.changed {
		a.mark.drop(AuditDigest)
		acks = nil
		for _, f := range a.files {
			if name, ok := parseRecordName(a.opts.Dir, f.Path); ok && name.kind == handoff.KindAck {
				acks = append(acks, f.Path)
			}
		}
	}
	slices.Sort(acks)
	acks = slices.Compact(acks)
	wrong := make([]bool, len(acks))
	if err := a.inChunks(ctx, len(acks), func(o *objects) func(begin, end int) error {
		return func(begin, end int) (err error) {
			for i := begin; i < end && err == nil; i++ {
				wrong[i], err = a.isMisplaced(o, acks[i], byID)
			}
			return err
		}
	}); err != nil {
		return err
	}
	for i, ack := range acks {
		if wrong[i] {
			a.found(nil, AuditDigest, "HO902", handoff.LevelError, ack, "acknowledges other bytes than its subject has")
		}
	}
	return nil
}

// isMisplaced reports whether the digest in the ack at path fits none of the
// records with the id of its subject.
func (a *audit) isMisplaced(o *objects, path string, byID map[string][]File) (bool, error) {
	name, _ := parseRecordName(a.opts.Dir, path)
	for _, f := range byID[name.id] {
		if f.Path != path {
			continue
		}
		data, err := o.blob(plumbing.NewHash(f.Blob), handoff.MaxSize)
		if err != nil {
			return false, err
		}
		subject, digest := ackedDigest(data)
		return a.digestMissing(o, byID[subject], digest)
	}
	return false, nil // on no tip any more: that it was removed has been reported
}

// digestMissing reports whether there are records and none has the digest.
func (a *audit) digestMissing(o *objects, subjects []File, digest string) (bool, error) {
	for _, f := range subjects {
		data, err := o.blob(plumbing.NewHash(f.Blob), handoff.MaxSize)
		if err != nil {
			return false, err
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) == digest {
			return false, nil
		}
	}
	return digest != "" && len(subjects) > 0, nil
}

// ackedDigest returns the subject of an ack and its digest, "" without one. An
// ack as this program writes it need not be parsed: each key begins a line.
func ackedDigest(data []byte) (subject, digest string) {
	subject, written := quotedField(data, "subject")
	digest, hasDigest := quotedField(data, "digest")
	if written && (hasDigest || !bytes.Contains(data, []byte("digest"))) {
		return subject, digest
	}
	if doc := handoff.Parse(data, handoff.KindAck); doc.Record != nil {
		if ack, ok := doc.Record.Body.(*handoff.Ack); ok {
			return ack.Subject, ack.Digest
		}
	}
	return "", ""
}

// quotedField returns the value in the line `key: "value"`.
func quotedField(data []byte, key string) (string, bool) {
	_, rest, ok := bytes.Cut(data, []byte("\n"+key+`: "`))
	if !ok {
		return "", false
	}
	value, _, ok := bytes.Cut(rest, []byte("\"\n"))
	return string(value), ok && !strings.ContainsAny(string(value), "\\\"\n")
}
