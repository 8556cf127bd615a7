package git

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/plainfile"
)

// Revision is a commit as an audit needs it. There is one for every commit of
// history, all in memory: it is small and has no pointers.
type Revision struct {
	Hash    plumbing.Hash
	Tree    plumbing.Hash
	When    int64 // author date, Unix seconds
	Author  int32 // position in history.authors
	parents int32 // the first position in history.parents that is its own
	Count   int32 // of parents; none at the edge of a shallow clone

	Known    bool // looked at by an earlier audit: its history is not walked
	Edge     bool // its parents are missing from a shallow clone
	sorted   bool // has its position in history.order
	Mainline bool // a mainline led here by first parents alone; after markMainline
}

// Date is the author date in RFC 3339.
func (rev *Revision) Date() string { return time.Unix(rev.When, 0).UTC().Format(time.RFC3339) }

// History is the commits that some tips reach. Each has a position, a number by
// which the others name it.
type History struct {
	Slabs   [][]Revision // of slabSize each: a slice that grows is there twice meanwhile
	parents []int32      // positions
	Order   []int32      // all positions, parents before their children
	table   hashTable
	Authors []Author
}

// slabSize is how many revisions are allocated together.
const slabSize = 1024

// At returns the commit at a position.
func (h *History) At(pos int32) *Revision { return &h.Slabs[pos/slabSize][pos%slabSize] }

// ParentsOf returns the positions of a commit's parents.
func (h *History) ParentsOf(rev *Revision) []int32 {
	return h.parents[rev.parents : rev.parents+rev.Count]
}

// Size is the number of commits.
func (h *History) Size() int {
	if len(h.Slabs) == 0 {
		return 0
	}
	return (len(h.Slabs)-1)*slabSize + len(h.Slabs[len(h.Slabs)-1])
}

// CountNew is the number of commits that no earlier audit has looked at.
func (h *History) CountNew() int {
	n := 0
	for _, slab := range h.Slabs {
		for i := range slab {
			if !slab[i].Known {
				n++
			}
		}
	}
	return n
}

// Find returns the position of a commit.
func (h *History) Find(hash plumbing.Hash) (pos int32, ok bool) {
	slot := h.slot(hash)
	if slot == nil || *slot == 0 {
		return 0, false
	}
	return *slot - 1, true
}

// Has reports whether a commit is part of the history.
func (h *History) Has(hash plumbing.Hash) bool {
	_, ok := h.Find(hash)
	return ok
}

// MarkMainline marks the commits to which first parents lead from some tips.
func (h *History) MarkMainline(tips []plumbing.Hash) {
	for _, tip := range tips {
		pos, ok := h.Find(tip)
		for ok && !h.At(pos).Mainline {
			rev := h.At(pos)
			rev.Mainline = true
			if ok = rev.Count > 0; ok {
				pos = h.ParentsOf(rev)[0]
			}
		}
	}
}

// ReachedFrom reports of each position whether some tips reach it.
func (h *History) ReachedFrom(tips []plumbing.Hash) []bool {
	reached := make([]bool, h.Size())
	var pending []int32
	visit := func(pos int32) {
		if !reached[pos] {
			reached[pos] = true
			pending = append(pending, pos)
		}
	}
	for _, tip := range tips {
		if pos, ok := h.Find(tip); ok {
			visit(pos)
		}
	}
	for len(pending) > 0 {
		pos := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		for _, parent := range h.ParentsOf(h.At(pos)) {
			visit(parent)
		}
	}
	return reached
}

// hashTable finds commits by their hash, with open addressing: a map of hashes
// takes eight times the memory. A slot has a position and one, 0 is empty.
type hashTable []int32

// slot returns the slot of a commit, an empty one when it has none.
func (h *History) slot(hash plumbing.Hash) *int32 {
	if len(h.table) == 0 {
		return nil
	}
	mask := uint32(len(h.table) - 1)
	for i := binary.LittleEndian.Uint32(hash[:]) & mask; ; i = (i + 1) & mask {
		if at := h.table[i]; at == 0 || h.At(at-1).Hash == hash {
			return &h.table[i]
		}
	}
}

// add gives a commit that is not there a position.
func (h *History) add(hash plumbing.Hash) int32 {
	pos := int32(h.Size())
	if pos%slabSize == 0 {
		h.Slabs = append(h.Slabs, make([]Revision, 0, slabSize))
	}
	last := &h.Slabs[len(h.Slabs)-1]
	*last = append(*last, Revision{Hash: hash})
	if 2*h.Size() > len(h.table) {
		h.table = make(hashTable, max(2*len(h.table), slabSize))
		for i := range pos {
			*h.slot(h.At(i).Hash) = i + 1
		}
	}
	*h.slot(hash) = pos + 1
	return pos
}

// Author is whom a commit names as its author.
type Author struct{ Name, Email string }

// String writes an author as git shows one.
func (a Author) String() string { return a.Name + " <" + a.Email + ">" }

// historyWalk gathers a history.
type historyWalk struct {
	History
	objects *odb.Objects
	shallow map[plumbing.Hash]bool
	known   func(plumbing.Hash) bool // commits where the walk ends
	byIdent map[string]int32         // "name <email>" → position in authors
	pending []int32                  // commits to be read
	hashes  []plumbing.Hash          // of the parents of the commit that is read
}

// WalkHistory gathers the commits that tips reach, down to those that are
// known, which are included themselves. Replace refs and grafts have no effect;
// at the edge of a shallow clone history ends.
func (r *Repo) WalkHistory(ctx context.Context, blocks *odb.BlockCache, tips []plumbing.Hash, known func(plumbing.Hash) bool) (*History, error) {
	objects, err := r.NewObjects()
	if err != nil {
		return nil, err
	}
	defer objects.Close()
	objects.ReadThrough(blocks)
	shallow, err := r.ShallowEdge()
	if err != nil {
		return nil, err
	}
	w := &historyWalk{objects: objects, shallow: shallow, known: known, byIdent: map[string]int32{}}
	for _, tip := range tips {
		if err := w.from(ctx, tip); err != nil {
			return nil, err
		}
	}
	return &w.History, nil
}

// from reads what one tip reaches, then sorts it.
func (w *historyWalk) from(ctx context.Context, tip plumbing.Hash) error {
	if w.Has(tip) {
		return nil
	}
	w.pending = append(w.pending, w.add(tip))
	top := w.pending[0]
	for len(w.pending) > 0 {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		pos := w.pending[len(w.pending)-1]
		w.pending = w.pending[:len(w.pending)-1]
		if err := w.read(pos); err != nil {
			return err
		}
	}
	w.sort(top)
	return nil
}

// sort gives a commit and what it reaches positions in the order: depth first, each
// when all its parents have theirs.
func (h *History) sort(top int32) {
	type step struct{ pos, next int32 }
	h.At(top).sorted = true
	stack := []step{{top, 0}}
	for len(stack) > 0 {
		s := &stack[len(stack)-1]
		parents := h.ParentsOf(h.At(s.pos))
		if int(s.next) == len(parents) {
			h.Order = append(h.Order, s.pos)
			stack = stack[:len(stack)-1]
			continue
		}
		parent := parents[s.next]
		s.next++
		if rev := h.At(parent); !rev.sorted {
			rev.sorted = true
			stack = append(stack, step{parent, 0})
		}
	}
}

// read reads a commit. Parents that were not met before are pending, the first
// one as the next: in a pack it follows, as a rule.
func (w *historyWalk) read(pos int32) error {
	rev := w.At(pos)
	data, err := w.objects.Commit(rev.Hash)
	if err != nil {
		return fmt.Errorf("commit %s: %w", rev.Hash, err)
	}
	hashes, err := w.parse(rev, data)
	if err != nil {
		return err
	}
	switch {
	case w.known(rev.Hash):
		rev.Known = true
		return nil
	case w.shallow[rev.Hash]:
		rev.Edge = len(hashes) > 0
		return nil
	}
	rev.parents, rev.Count = int32(len(w.parents)), int32(len(hashes))
	first := len(w.pending)
	for _, hash := range hashes {
		parent, met := w.Find(hash)
		if !met {
			parent = w.add(hash)
			w.pending = append(w.pending, parent)
		}
		w.parents = append(w.parents, parent)
	}
	slices.Reverse(w.pending[first:])
	return nil
}

// parse reads the head of a commit object. The parents are valid until the next
// call.
func (w *historyWalk) parse(rev *Revision, data []byte) (parents []plumbing.Hash, err error) {
	w.hashes = w.hashes[:0]
	for line := range bytes.Lines(data) {
		key, value, _ := bytes.Cut(bytes.TrimSuffix(line, []byte{'\n'}), []byte{' '})
		switch string(key) {
		case "tree":
			rev.Tree = odb.ParseHash(value)
		case "parent":
			w.hashes = append(w.hashes, odb.ParseHash(value))
		case "author":
			if rev.Tree.IsZero() { // git refuses it as well
				return nil, fmt.Errorf("commit %s: no tree", rev.Hash)
			}
			rev.Author, rev.When = w.ident(value)
			return w.hashes, nil
		}
	}
	return nil, fmt.Errorf("commit %s: no author", rev.Hash)
}

// ident reads the author of a commit and when that was. Old imports have authors
// that git would not write; they are nobody, at no time.
func (w *historyWalk) ident(value []byte) (pos int32, when int64) {
	end := bytes.LastIndexByte(value, '>') + 1
	pos, met := w.byIdent[string(value[:end])]
	if when, ok := unixDate(value[end:]); ok && met {
		return pos, when
	}
	who, err := parseIdent(string(value))
	if !met {
		pos = int32(len(w.Authors))
		w.Authors = append(w.Authors, Author{who.Name, who.Email})
	}
	if err == nil {
		w.byIdent[string(value[:end])] = pos
	}
	return pos, who.When.Unix()
}

// unixDate reads the date of a commit as git writes it, " 1700000000 +0100".
// [parseDate] knows the others, and takes its time.
func unixDate(date []byte) (unix int64, ok bool) {
	seconds, zone, _ := bytes.Cut(bytes.TrimPrefix(date, []byte{' '}), []byte{' '})
	if len(zone) != len("+0100") || zone[0] != '+' && zone[0] != '-' {
		return 0, false
	}
	offset, err := strconv.ParseUint(string(zone[1:]), 10, 16)
	if err != nil || offset > 1400 || offset%100 >= 60 {
		return 0, false
	}
	unix, err = strconv.ParseInt(string(seconds), 10, 64)
	return unix, err == nil
}

// ShallowEdge returns the commits whose parents a shallow clone does not have.
func (r *Repo) ShallowEdge() (map[plumbing.Hash]bool, error) {
	path := filepath.Join(r.common, "shallow")
	data, err := os.ReadFile(path)
	if err != nil && !plainfile.IsAbsent(path, err) {
		return nil, err
	}
	edge := map[plumbing.Hash]bool{}
	for line := range strings.FieldsSeq(string(data)) {
		edge[plumbing.NewHash(line)] = true
	}
	return edge, nil
}
