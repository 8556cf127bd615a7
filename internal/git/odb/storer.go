package odb

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
	"github.com/handoff-cli/handoff/internal/plainfile"
)

// Objects is an object storage of go-git's: go-git encodes commits into it, and
// reads through it what we wrote. Its hashes are of SHA-1 at build time; a
// repository of SHA-256 objects was refused when it was opened.
var _ storer.EncodedObjectStorer = (*Objects)(nil)

// NewEncodedObject returns an empty object in memory.
func (o *Objects) NewEncodedObject() plumbing.EncodedObject { return new(plumbing.MemoryObject) }

// SetEncodedObject adds an object and returns its hash. It is on the disk then.
func (o *Objects) SetEncodedObject(obj plumbing.EncodedObject) (plumbing.Hash, error) {
	raw, err := rawOf(obj)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	return obj.Hash(), o.WriteAll(raw)
}

// EncodedObject returns the object h of a kind, or of any for
// plumbing.AnyObject, else plumbing.ErrObjectNotFound itself. It is whole, and
// the caller's own.
func (o *Objects) EncodedObject(kind plumbing.ObjectType, h plumbing.Hash) (plumbing.EncodedObject, error) {
	raw, err := o.load(h, MaxObject)
	if err != nil {
		return nil, err
	}
	if kind != plumbing.AnyObject && kind != raw.Kind {
		return nil, plumbing.ErrObjectNotFound
	}
	return raw.encoded()
}

// HasEncodedObject returns nil where there is an object h, which is not read.
func (o *Objects) HasEncodedObject(h plumbing.Hash) error { return o.CheckPresent(h) }

// EncodedObjectSize returns how many bytes the object h has.
func (o *Objects) EncodedObjectSize(h plumbing.Hash) (int64, error) {
	raw, err := o.load(h, MaxObject)
	return int64(len(raw.Data)), err
}

// AddAlternate is not supported: which directories are borrowed from is known
// when the database is opened.
func (o *Objects) AddAlternate(remote string) error {
	return fmt.Errorf("borrow objects from %s: %w", remote, errors.ErrUnsupported)
}

// IterEncodedObjects returns every object of a kind, or of any, in the order of
// their hashes. To know what is of a kind takes reading all of them.
func (o *Objects) IterEncodedObjects(kind plumbing.ObjectType) (storer.EncodedObjectIter, error) {
	names, err := o.names()
	if kind != plumbing.AnyObject {
		names = slices.DeleteFunc(names, func(h plumbing.Hash) bool {
			raw, loadErr := o.load(h, MaxObject)
			err = errors.Join(err, loadErr)
			return raw.Kind != kind
		})
	}
	return storer.NewEncodedObjectLookupIter(o, kind, names), err
}

// names returns the hashes of all objects, sorted, each once.
func (o *Objects) names() ([]plumbing.Hash, error) {
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
func (o *Objects) eachPacked(d *objectDir, f func(plumbing.Hash) error) error {
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
		if err != nil && !plainfile.IsAbsent(dir, err) {
			return err
		}
		for _, entry := range entries {
			raw, err := hex.DecodeString(filepath.Base(dir) + entry.Name())
			if err != nil || len(raw) != HashSize {
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
func rawOf(obj plumbing.EncodedObject) (raw RawObject, err error) {
	r, err := obj.Reader()
	if err != nil {
		return raw, err
	}
	raw = RawObject{Kind: obj.Type()}
	raw.Data, err = io.ReadAll(r)
	return raw, errors.Join(err, r.Close())
}

// encoded returns the object as one of go-git's, with bytes of its own.
func (raw RawObject) encoded() (plumbing.EncodedObject, error) {
	obj := new(plumbing.MemoryObject)
	obj.SetType(raw.Kind)
	_, err := obj.Write(raw.Data)
	return obj, err
}

// Encode returns a commit as git hashes it, with the signature that it has.
func (o *Objects) Encode(c *object.Commit) (RawObject, error) {
	obj := o.NewEncodedObject()
	if err := c.Encode(obj); err != nil {
		return RawObject{}, err
	}
	return rawOf(obj)
}
