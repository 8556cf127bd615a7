package audit

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
)

// recordName is the name of a record, in little memory: an audit has those of
// all records.
type recordName struct {
	at       int64 // Unix seconds
	kind, by int32 // positions in recordNames.words
	id       [handoff.IDLength]byte
}

// compare orders names, by time first.
func (n recordName) compare(m recordName) int {
	return cmp.Or(cmp.Compare(n.at, m.at), bytes.Compare(n.id[:], m.id[:]), cmp.Compare(n.kind, m.kind), cmp.Compare(n.by, m.by))
}

// recordNames makes names small, and paths of them again. The path of a record
// is made of the parts of its name and nothing else.
type recordNames struct {
	dir       string
	words     []string
	positions map[string]int32
}

func newRecordNames(dir string) *recordNames {
	return &recordNames{dir: dir, positions: map[string]int32{}}
}

// intern makes a name small.
func (n *recordNames) intern(name handoff.FileName) recordName {
	small := recordName{at: name.At.Unix(), kind: n.word(string(name.Kind)), by: n.word(name.By)}
	copy(small.id[:], name.ID)
	return small
}

// word returns the position of a kind or a handle among the words.
func (n *recordNames) word(s string) int32 {
	pos, ok := n.positions[s]
	if !ok {
		pos = int32(len(n.words))
		s = strings.Clone(s) // not the path that it is part of
		n.positions[s] = pos
		n.words = append(n.words, s)
	}
	return pos
}

func (n *recordNames) kind(name recordName) handoff.Kind { return handoff.Kind(n.words[name.kind]) }

// path returns the path of a record.
func (n *recordNames) path(name recordName) string {
	r := handoff.Record{
		ID: string(name.id[:]), Kind: n.kind(name), By: n.words[name.by],
		At: handoff.Time{Time: time.Unix(name.at, 0)},
	}
	return n.dir + "/" + r.Name()
}

// recordUnion is the records that all tips hold together, each path with each
// of its contents once.
type recordUnion struct {
	names   *recordNames
	partial bool // something could not be read
	files   []unionFile
	byID    []int32 // positions in files; those of one id in the order of files
}

// unionFile is a record and the tip by which it was found. It has no pointers:
// there are as many as there are records.
type unionFile struct {
	recordName
	hash plumbing.Hash
	mode filemode.FileMode
	ref  int32 // position among the tips
}

// readUnion lists the records in the trees of refs. expected is about how many
// there are.
func readUnion(o *odb.Objects, refs []git.Ref, names *recordNames, expected int) (*recordUnion, error) {
	u := &recordUnion{names: names, files: make([]unionFile, 0, expected)}
	walk := odb.NewTreeWalk(o, names.dir)
	for i, ref := range refs {
		if ref.Err != nil || ref.Only != nil {
			continue // the report says so; or nobody reads it
		}
		err := walk.Each(plumbing.NewHash(ref.Hash), func(f odb.TreeFile) {
			if name, ok := store.ParseRecordName(names.dir, f.Path); ok {
				u.files = append(u.files, unionFile{names.intern(name), f.Hash, f.Mode, int32(i)})
			}
		})
		if odb.IsMissing(err) {
			return nil, err // the rest is for [LookAtRecords] to say
		}
		u.partial = u.partial || err != nil
	}
	u.byID = make([]int32, len(u.files))
	for i := range u.byID {
		u.byID[i] = int32(i)
	}
	slices.SortFunc(u.byID, func(a, b int32) int {
		return cmp.Or(bytes.Compare(u.files[a].id[:], u.files[b].id[:]), cmp.Compare(a, b))
	})
	return u, nil
}

// withID returns the positions of the records that have an id.
func (u *recordUnion) withID(id string) []int32 {
	begin, _ := slices.BinarySearchFunc(u.byID, id, func(pos int32, id string) int {
		return strings.Compare(string(u.files[pos].id[:]), id)
	})
	end := begin
	for end < len(u.byID) && string(u.files[u.byID[end]].id[:]) == id {
		end++
	}
	return u.byID[begin:end]
}

// sharedIDs yields the positions of the records of each id that stands for several,
// in the order of the ids.
func (u *recordUnion) sharedIDs() iter.Seq[[]int32] {
	return func(yield func([]int32) bool) {
		for begin, end := 0, 0; begin < len(u.byID); begin = end {
			for end < len(u.byID) && u.files[u.byID[end]].id == u.files[u.byID[begin]].id {
				end++
			}
			if end-begin > 1 && !yield(u.byID[begin:end]) {
				return
			}
		}
	}
}

// judgeUnion looks at the records that the tips hold together.
func (a *audit) judgeUnion(ctx context.Context) error {
	objects, err := a.NewObjects()
	if err != nil {
		return err
	}
	defer objects.Close()
	objects.ReadThrough(a.blocks)
	if a.union, err = readUnion(objects, a.refs, a.names, a.mark.Records); err != nil {
		return err
	}
	a.mark.drop(KindDuplicated)
	for positions := range a.union.sharedIDs() {
		a.judgeDuplicates(positions)
	}
	return a.judgeDigests(ctx)
}

// judgeDuplicates reports records with one id that are not the same.
func (a *audit) judgeDuplicates(positions []int32) {
	first := a.union.files[positions[0]]
	refOf := func(f unionFile) string { return a.refs[f.ref].Name }
	for _, pos := range positions[1:] {
		switch f := a.union.files[pos]; {
		case f.recordName != first.recordName:
			a.found(nil, KindDuplicated, "HO903", a.names.path(f.recordName),
				"its id stands for another record as well: "+a.names.path(first.recordName)+" in "+refOf(first))
		case f.hash != first.hash:
			a.found(nil, KindDuplicated, "HO903", a.names.path(f.recordName),
				"has other content in "+refOf(f)+" than in "+refOf(first))
		}
	}
}

// judgeDigests compares the records that were acked with what was acked: for
// new acks only, unless a record was changed.
func (a *audit) judgeDigests(ctx context.Context) error {
	if a.changed {
		a.mark.drop(KindDigest)
	}
	slices.SortFunc(a.acks, recordName.compare)
	isNew := func(name recordName) bool {
		_, found := slices.BinarySearchFunc(a.acks, name, recordName.compare)
		return found
	}
	var acks []int32 // positions in the union
	for i, f := range a.union.files {
		if a.names.kind(f.recordName) == handoff.KindAck && (a.changed || isNew(f.recordName)) {
			acks = append(acks, int32(i))
		}
	}
	wrong := make([]bool, len(acks))
	all, err := a.LoadObjects()
	if err != nil {
		return err
	}
	if err := all.InChunks(ctx, a.blocks, auditProcessors(), len(acks), auditChunk, func(o *odb.Objects) func(begin, end int) error {
		return func(begin, end int) (err error) {
			for i := begin; i < end && err == nil; i++ {
				wrong[i], err = a.acksOtherBytes(o, a.union.files[acks[i]].hash)
			}
			return err
		}
	}); err != nil {
		return err
	}
	for i, pos := range acks {
		if wrong[i] {
			a.found(nil, KindDigest, "HO902", a.names.path(a.union.files[pos].recordName), "acknowledges other bytes than its subject has")
		}
	}
	return nil
}

// acksOtherBytes reports whether the digest in an ack fits none of the records
// that have the id of its subject. Where no tip has the subject nothing can be
// compared.
func (a *audit) acksOtherBytes(o *odb.Objects, ack plumbing.Hash) (bool, error) {
	data, err := o.Blob(ack, handoff.MaxSize)
	if err != nil {
		return false, unlessUnreadable(err)
	}
	subject, digest := ackedDigest(data)
	positions := a.union.withID(subject)
	for _, pos := range positions {
		data, err := o.Blob(a.union.files[pos].hash, handoff.MaxSize)
		if err := unlessUnreadable(err); err != nil {
			return false, err
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) == digest {
			return false, nil
		}
	}
	return digest != "" && len(positions) > 0, nil
}

// unlessUnreadable drops the error of a record that cannot be read, which is a
// finding of its own, but for one that a partial clone has left with its remote.
func unlessUnreadable(err error) error {
	if odb.IsMissing(err) {
		return err
	}
	return nil
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
