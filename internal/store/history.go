package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// revision is a commit as an audit needs it.
type revision struct {
	hash    plumbing.Hash
	tree    plumbing.Hash
	parents []int32 // places in history.revisions; none at the edge of a shallow clone
	author  int32   // place in history.authors
	when    int64   // author date, Unix seconds

	known bool // looked at by an earlier audit: its history is not walked
	edge  bool // its parents are missing from a shallow clone
}

// history is the commits that some tips reach, parents before their children.
type history struct {
	revisions []revision
	places    map[plumbing.Hash]int32
	authors   []author
}

// author is whom a commit names as its author.
type author struct{ name, email string }

// String writes an author as git shows one.
func (a author) String() string { return a.name + " <" + a.email + ">" }

// historyWalk gathers a history.
type historyWalk struct {
	history
	objects *objects
	shallow map[plumbing.Hash]bool
	known   func(plumbing.Hash) bool // commits where the walk ends
	byName  map[author]int32
	stack   []step
}

// step is a commit on the way from a tip down.
type step struct {
	revision
	hashes []plumbing.Hash // of the parents
	next   int             // of these, the one to go to
}

// walkHistory gathers the commits that tips reach, down to those that are
// known, which are included themselves. Replace refs and grafts have no effect;
// at the edge of a shallow clone history ends.
func (r *Repo) walkHistory(ctx context.Context, blocks *blockCache, tips []plumbing.Hash, known func(plumbing.Hash) bool) (*history, error) {
	objects, err := r.newObjects()
	if err != nil {
		return nil, err
	}
	defer objects.Close()
	objects.blocks = blocks
	shallow, err := r.shallowEdge()
	if err != nil {
		return nil, err
	}
	w := &historyWalk{
		history: history{places: map[plumbing.Hash]int32{}}, objects: objects,
		shallow: shallow, known: known, byName: map[author]int32{},
	}
	for _, tip := range tips {
		if err := w.from(ctx, tip); err != nil {
			return nil, err
		}
	}
	return &w.history, nil
}

// from walks down from one tip: depth first, and a commit gets its place when
// all its parents have theirs.
func (w *historyWalk) from(ctx context.Context, tip plumbing.Hash) error {
	if err := w.enter(tip); err != nil {
		return err
	}
	for len(w.stack) > 0 {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		top := &w.stack[len(w.stack)-1]
		if top.next < len(top.hashes) {
			parent := top.hashes[top.next]
			top.next++
			if err := w.enter(parent); err != nil {
				return err
			}
			continue
		}
		w.leave(*top)
		w.stack = w.stack[:len(w.stack)-1]
	}
	return nil
}

// enter reads a commit that is met for the first time.
func (w *historyWalk) enter(hash plumbing.Hash) error {
	if _, met := w.places[hash]; met {
		return nil
	}
	w.places[hash] = -1 // on the stack
	data, err := w.objects.commit(hash)
	if err != nil {
		return fmt.Errorf("commit %s: %w", hash, err)
	}
	s, err := w.parse(hash, data)
	if err != nil {
		return err
	}
	switch {
	case w.known(hash):
		s.known, s.hashes = true, nil
	case w.shallow[hash]:
		s.edge, s.hashes = len(s.hashes) > 0, nil
	}
	w.stack = append(w.stack, s)
	return nil
}

// leave gives a commit its place.
func (w *historyWalk) leave(s step) {
	for _, parent := range s.hashes {
		s.parents = append(s.parents, w.places[parent])
	}
	w.places[s.hash] = int32(len(w.revisions))
	w.revisions = append(w.revisions, s.revision)
}

// parse reads the head of a commit object.
func (w *historyWalk) parse(hash plumbing.Hash, data []byte) (step, error) {
	s := step{revision: revision{hash: hash}}
	for line := range bytes.Lines(data) {
		key, value, _ := bytes.Cut(bytes.TrimSuffix(line, []byte{'\n'}), []byte{' '})
		switch string(key) {
		case "tree":
			s.tree = plumbing.NewHash(string(value))
		case "parent":
			s.hashes = append(s.hashes, plumbing.NewHash(string(value)))
		case "author":
			// Old imports have authors that git would not write; they are
			// nobody, at no time.
			who, _ := parseIdent(string(value))
			s.author, s.when = w.intern(author{who.Name, who.Email}), who.When.Unix()
			return s, s.check()
		}
	}
	return step{}, fmt.Errorf("commit %s: no author", hash)
}

// check refuses a commit without a tree, which git refuses as well.
func (s *step) check() error {
	if s.tree.IsZero() {
		return fmt.Errorf("commit %s: no tree", s.hash)
	}
	return nil
}

// intern returns the place of an author.
func (w *historyWalk) intern(who author) int32 {
	place, ok := w.byName[who]
	if !ok {
		place = int32(len(w.authors))
		w.byName[who] = place
		w.authors = append(w.authors, who)
	}
	return place
}

// shallowEdge returns the commits whose parents a shallow clone does not have.
func (r *Repo) shallowEdge() (map[plumbing.Hash]bool, error) {
	data, err := os.ReadFile(filepath.Join(r.common, "shallow"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	edge := map[plumbing.Hash]bool{}
	for line := range strings.FieldsSeq(string(data)) {
		edge[plumbing.NewHash(line)] = true
	}
	return edge, nil
}
