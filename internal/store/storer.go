package store

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
)

// objects is an object storage of go-git's: go-git encodes commits into it, and
// reads through it what we wrote. Its hashes are of SHA-1 at build time; a
// repository of SHA-256 objects was refused when it was opened.
var _ storer.EncodedObjectStorer = (*objects)(nil)

// NewEncodedObject returns an empty object in memory.
func (o *objects) NewEncodedObject() plumbing.EncodedObject { return new(plumbing.MemoryObject) }

// SetEncodedObject adds an object and returns its hash. It is on the disk then.
func (o *objects) SetEncodedObject(obj plumbing.EncodedObject) (plumbing.Hash, error) {
	raw, err := rawOf(obj)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	return obj.Hash(), o.writeAll(raw)
}

// EncodedObject returns the object h of a kind, or of any for
// plumbing.AnyObject, else plumbing.ErrObjectNotFound itself. It is whole, and
// the caller's own.
func (o *objects) EncodedObject(kind plumbing.ObjectType, h plumbing.Hash) (plumbing.EncodedObject, error) {
	raw, err := o.load(h, maxObject)
	if err != nil {
		return nil, err
	}
	if kind != plumbing.AnyObject && kind != raw.kind {
		return nil, plumbing.ErrObjectNotFound
	}
	return raw.encoded()
}

// HasEncodedObject returns nil where there is an object h, which is not read.
func (o *objects) HasEncodedObject(h plumbing.Hash) error { return o.checkPresent(h) }

// EncodedObjectSize returns how many bytes the object h has.
func (o *objects) EncodedObjectSize(h plumbing.Hash) (int64, error) {
	raw, err := o.load(h, maxObject)
	return int64(len(raw.data)), err
}

// AddAlternate is not supported: which directories are borrowed from is known
// when the database is opened.
func (o *objects) AddAlternate(remote string) error {
	return fmt.Errorf("borrow objects from %s: %w", remote, errors.ErrUnsupported)
}

// IterEncodedObjects returns every object of a kind, or of any, in the order of
// their hashes. Each is read when it is its turn.
func (o *objects) IterEncodedObjects(kind plumbing.ObjectType) (storer.EncodedObjectIter, error) {
	names, err := o.names()
	return &objectIter{objects: o, kind: kind, names: names}, err
}

// objectIter reads one object after the other.
type objectIter struct {
	objects *objects
	kind    plumbing.ObjectType
	names   []plumbing.Hash // of those that have not been read
}

// Next returns the next object, at the end io.EOF.
func (i *objectIter) Next() (plumbing.EncodedObject, error) {
	for len(i.names) > 0 {
		raw, err := i.objects.load(i.names[0], maxObject)
		i.names = i.names[1:]
		if err != nil {
			return nil, err
		}
		if i.kind == plumbing.AnyObject || i.kind == raw.kind {
			return raw.encoded()
		}
	}
	return nil, io.EOF
}

// ForEach calls use with all that is left, until it returns an error;
// storer.ErrStop is none.
func (i *objectIter) ForEach(use func(plumbing.EncodedObject) error) error {
	return storer.ForEachIterator(i, use)
}

// Close forgets what has not been read.
func (i *objectIter) Close() { i.names = nil }

// names returns the hashes of all objects, sorted, each once.
func (o *objects) names() ([]plumbing.Hash, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var names []plumbing.Hash
	add := func(h plumbing.Hash) error { names = append(names, h); return nil }
	for _, d := range o.dirs {
		if err := errors.Join(o.eachPacked(d, add), d.eachLoose(add)); err != nil {
			return nil, err
		}
	}
	plumbing.HashesSort(names)
	return slices.Compact(names), nil
}

// eachPacked calls f with the hashes of the objects in the packs of d.
func (o *objects) eachPacked(d *objectDir, f func(plumbing.Hash) error) error {
	if err := o.scan(d); err != nil {
		return err
	}
	for _, p := range d.known {
		file, err := o.openIndex(p)
		if err == nil {
			err = p.index.names.each(file, f)
		}
		if err != nil {
			return damaged(p.indexPath, err)
		}
	}
	return nil
}

// eachLoose calls f with the hashes of the loose objects of d.
func (d *objectDir) eachLoose(f func(plumbing.Hash) error) error {
	for first := range 256 {
		dir := filepath.Join(d.path, fmt.Sprintf("%02x", first))
		entries, err := os.ReadDir(dir)
		if err != nil && !isAbsent(dir, err) {
			return err
		}
		for _, entry := range entries {
			raw, err := hex.DecodeString(filepath.Base(dir) + entry.Name())
			if err != nil || len(raw) != hashSize {
				continue // a temporary file
			}
			if err := f(plumbing.Hash(raw)); err != nil {
				return err
			}
		}
	}
	return nil
}

// rawOf returns the bytes of an object of go-git's.
func rawOf(obj plumbing.EncodedObject) (raw rawObject, err error) {
	r, err := obj.Reader()
	if err != nil {
		return raw, err
	}
	raw = rawObject{kind: obj.Type()}
	raw.data, err = io.ReadAll(r)
	return raw, errors.Join(err, r.Close())
}

// encoded returns the object as one of go-git's, with bytes of its own.
func (raw rawObject) encoded() (plumbing.EncodedObject, error) {
	obj := new(plumbing.MemoryObject)
	obj.SetType(raw.kind)
	_, err := obj.Write(raw.data)
	return obj, err
}

// encode returns a commit as git hashes it, with the signature that it has.
func (o *objects) encode(c *object.Commit) (rawObject, error) {
	obj := o.NewEncodedObject()
	if err := c.Encode(obj); err != nil {
		return rawObject{}, err
	}
	return rawOf(obj)
}
