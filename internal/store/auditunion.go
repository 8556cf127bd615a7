package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// recordUnion is the records that all tips hold together, each path with each
// of its contents once.
type recordUnion struct {
	files []unionFile
	first map[string]int32   // id → place in files
	more  map[string][]int32 // id → the other places, for ids that stand for several
}

// unionFile is a record and the tip by which it was found.
type unionFile struct {
	treeFile
	ref string
}

// readUnion lists the records below dir in the trees of refs.
func (o *objects) readUnion(refs []Ref, dir string) (*recordUnion, error) {
	u := &recordUnion{first: map[string]int32{}, more: map[string][]int32{}}
	walk := o.newTreeWalk(dir)
	for _, ref := range refs {
		if ref.Err != nil {
			continue // the report says so
		}
		found, err := walk.files(plumbing.NewHash(ref.Hash))
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			u.add(dir, unionFile{f, ref.Name})
		}
	}
	return u, nil
}

func (u *recordUnion) add(dir string, f unionFile) {
	name, ok := parseRecordName(dir, f.Path)
	if !ok {
		return
	}
	place := int32(len(u.files))
	u.files = append(u.files, f)
	if _, taken := u.first[name.ID]; taken {
		u.more[name.ID] = append(u.more[name.ID], place)
	} else {
		u.first[name.ID] = place
	}
}

// withID returns the records that have an id.
func (u *recordUnion) withID(id string) []unionFile {
	place, ok := u.first[id]
	if !ok {
		return nil
	}
	files := []unionFile{u.files[place]}
	for _, place := range u.more[id] {
		files = append(files, u.files[place])
	}
	return files
}

// has reports whether some tip has the record of an id as a commit has made it.
func (u *recordUnion) has(id string, c treeChange) bool {
	made := treeFile{Path: c.path, Mode: c.new.mode, Hash: c.new.hash}
	return slices.ContainsFunc(u.withID(id), func(f unionFile) bool { return f.treeFile == made })
}

// judgeUnion looks at the records that the tips hold together.
func (a *audit) judgeUnion(ctx context.Context) error {
	a.changes = nil // the memory is wanted
	objects, err := a.loadObjects()
	if err != nil {
		return err
	}
	if a.union, err = objects.readUnion(a.opts.Refs, a.opts.Dir); err != nil {
		return err
	}
	a.mark.drop(AuditDuplicated)
	for _, id := range slices.Sorted(maps.Keys(a.union.more)) {
		a.judgeDuplicates(a.union.withID(id))
	}
	return a.judgeDigests(ctx)
}

// judgeDuplicates reports records with one id that are not the same.
func (a *audit) judgeDuplicates(files []unionFile) {
	first := files[0]
	for _, f := range files[1:] {
		switch {
		case f.Path != first.Path:
			a.found(nil, AuditDuplicated, "HO903", handoff.LevelError, f.Path, "its id stands for another record as well: "+first.Path+" in "+first.ref)
		case f.Hash != first.Hash:
			a.found(nil, AuditDuplicated, "HO903", handoff.LevelError, f.Path, "has other content in "+f.ref+" than in "+first.ref)
		}
	}
}

// judgeDigests compares the records that were acked with what was acked: for
// new acks only, unless a record was changed.
func (a *audit) judgeDigests(ctx context.Context) error {
	var acks []unionFile
	isNew := map[string]bool{}
	for _, path := range a.acks {
		isNew[path] = true
	}
	if a.changed {
		a.mark.drop(AuditDigest)
	}
	for _, f := range a.union.files {
		if name, _ := parseRecordName(a.opts.Dir, f.Path); name.Kind == handoff.KindAck && (a.changed || isNew[f.Path]) {
			acks = append(acks, f)
		}
	}
	wrong := make([]bool, len(acks))
	if err := a.inChunks(ctx, a.blocks, len(acks), auditChunk, func(o *objects) func(begin, end int) error {
		return func(begin, end int) (err error) {
			for i := begin; i < end && err == nil; i++ {
				wrong[i], err = a.acksOtherBytes(o, acks[i])
			}
			return err
		}
	}); err != nil {
		return err
	}
	for i, ack := range acks {
		if wrong[i] {
			a.found(nil, AuditDigest, "HO902", handoff.LevelError, ack.Path, "acknowledges other bytes than its subject has")
		}
	}
	return nil
}

// acksOtherBytes reports whether the digest in an ack fits none of the records
// that have the id of its subject. Where no tip has the subject nothing can be
// compared.
func (a *audit) acksOtherBytes(o *objects, ack unionFile) (bool, error) {
	data, err := o.blob(ack.Hash, handoff.MaxSize)
	if err != nil {
		return false, unlessTooLarge(err)
	}
	subject, digest := ackedDigest(data)
	files := a.union.withID(subject)
	for _, f := range files {
		data, err := o.blob(f.Hash, handoff.MaxSize)
		if err := unlessTooLarge(err); err != nil {
			return false, err
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) == digest {
			return false, nil
		}
	}
	return digest != "" && len(files) > 0, nil
}

// unlessTooLarge drops the error of a record that is too large for one: nobody
// reads it.
func unlessTooLarge(err error) error {
	if isError[*TooLargeError](err) {
		return nil
	}
	return err
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
