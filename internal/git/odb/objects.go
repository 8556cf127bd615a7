package odb

import (
	"crypto/sha1"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"iter"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
)

const (
	// MaxObject is the most bytes of one object that are held in memory. It
	// is git's default for core.bigFileThreshold, over which git itself makes
	// no deltas.
	MaxObject = 512 << 20

	// maxTree is the same for commits, trees and tags: a directory of a
	// million files has about 40 MiB.
	maxTree = 64 << 20

	maxOpenFiles = 64
	maxRescans   = 5

	// MaxCachedBase is how many bytes of objects are kept as bases of deltas.
	MaxCachedBase = 8 << 20

	// MaxWalkedBase is MaxCachedBase for each of several workers that read most
	// objects of a repository, neighbours one after the other.
	MaxWalkedBase = 1 << 20
)

// Objects reads and adds objects of a repository, in place of go-git's own
// object storage, which loads the index of every pack whole before it returns
// the first object. It is safe for concurrent use; readers take turns.
//
// Every object that is read is checked against its hash. Nothing is ever
// fetched: what a partial clone does not have is not found. Replace refs and
// grafts have no effect.
type Objects struct {
	Shared Sharing // permissions of what is made

	// blocks, unless nil, is between us and the packs.
	blocks *BlockCache

	// Promisor is the remote with which a partial clone has left what is not
	// here, "" for a repository that should have everything.
	Promisor string

	// Token tells the temporary files of one writer from those of others.
	Token string

	mu       sync.Mutex // guards all that follows
	dirs     []*objectDir
	files    *lruCache[string, *openFile]
	bases    *lruCache[packedAt, RawObject]
	inflater inflater
	hasher   hash.Hash // of objects that are read
	header   []byte    // of the object that is hashed
	exact    bool      // no offsetTable is asked: it may have said something wrong
	delta    []byte    // where a short one is decompressed
}

// RawObject is an object as it is hashed, without its header. The bytes may be
// shared with the cache: nobody changes them.
type RawObject struct {
	Kind plumbing.ObjectType
	Data []byte
}

// TooLargeError says that an object, or one that it is stored as a difference
// to, has more bytes than the reader wants or than handoff keeps in memory.
type TooLargeError struct {
	Hash      string // the object asked for, 40 hex digits
	Size, Max int64  // bytes
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("object %s: %d bytes, over the limit of %d", e.Hash, e.Size, e.Max)
}

// tooLarge returns a *TooLargeError if size is over limit.
func tooLarge(h plumbing.Hash, size, limit int64) error {
	if size > limit {
		return &TooLargeError{Hash: h.String(), Size: size, Max: limit}
	}
	return nil
}

// baseLimit is the limit for what an object of at most limit bytes is built
// from. Bases may be larger than what is made of them, but pack-objects never
// takes one of 32 times the size; this keeps a contrived pack from filling the
// memory on the way to a small object.
func baseLimit(limit int64) int64 { return max(limit, maxTree) }

// KindError says that an object is of another kind than whoever names it says:
// a tree that another tree calls a file. Git lets that be pushed.
type KindError struct {
	Hash string // the object asked for, 40 hex digits
	Kind string // what it is: "tree"
}

func (e *KindError) Error() string { return fmt.Sprintf("object %s: is a %s", e.Hash, e.Kind) }
func (e *KindError) Unwrap() error { return plumbing.ErrObjectNotFound }

// IsUnreadable reports whether what is there can be no record: nobody reads it,
// and it is nothing that went wrong here.
func IsUnreadable(err error) bool { return IsError[*TooLargeError](err) || IsError[*KindError](err) }

// DamagedError says that a file of the object database is not what it should
// be. `git fsck` has more to say about it.
type DamagedError struct {
	Path string
	Err  error
}

func (e *DamagedError) Error() string { return fmt.Sprintf("%s: damaged: %v", e.Path, e.Err) }
func (e *DamagedError) Unwrap() error { return e.Err }

// damaged wraps what went wrong with the bytes of the file at path. Errors
// that say their path, or that are no damage, stay as they are.
func damaged(path string, err error) error {
	if err == nil || IsError[*DamagedError](err) || IsError[*TooLargeError](err) || IsError[*fs.PathError](err) {
		return err
	}
	return &DamagedError{Path: path, Err: err}
}

// IsError reports whether err is, or wraps, an error of a type.
func IsError[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

// Open opens the object database in dir, a repository's objects
// directory, and those that it borrows from: extra (the directories of
// GIT_ALTERNATE_OBJECT_DIRECTORIES) and objects/info/alternates. Packs are
// looked at when the first object is.
func Open(dir string, extra ...string) (*Objects, error) {
	paths, err := objectDirs(dir, extra)
	if err != nil {
		return nil, err
	}
	o := &Objects{
		files: newLRU[string](maxOpenFiles,
			func(*openFile) int64 { return 1 },
			func(f *openFile) { f.closed = true; f.Close() }),
		bases: newLRU[packedAt](MaxCachedBase,
			func(obj RawObject) int64 { return int64(cap(obj.Data)) + lruItemSize },
			func(RawObject) {}),
	}
	for _, path := range paths {
		o.dirs = append(o.dirs, &objectDir{path: path})
	}
	return o, nil
}

// ReadThrough reads packs through a cache that others read through as well, one
// on each processor at most. It pays where most of the objects are read.
func (o *Objects) ReadThrough(blocks *BlockCache) {
	o.blocks, o.bases.budget = blocks, blocks.bases
	o.files.budget = int64(min(maxOpenFiles, max(8, 4*maxOpenFiles/runtime.GOMAXPROCS(0))))
}

// Close closes the files that are open. Reading again lists the packs anew and
// opens what it needs.
func (o *Objects) Close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rescan(true)
}

// dir is where new objects go.
func (o *Objects) dir() string { return o.dirs[0].path }

// Blob returns the content of the blob h. A blob of more than max bytes is a
// *TooLargeError and is not decompressed; an object that is no blob is a
// *KindError, and one that a partial clone does not have is a *MissingError. The
// bytes are not to be changed.
func (o *Objects) Blob(h plumbing.Hash, max int64) ([]byte, error) {
	return o.typed(plumbing.BlobObject, h, max)
}

// Tree returns the bytes of the tree h, as [Objects.Blob] does. The tree without
// entries need not be stored.
func (o *Objects) Tree(h plumbing.Hash) ([]byte, error) {
	if h == plumbing.NewHash(EmptyTree) {
		return nil, nil
	}
	return o.typed(plumbing.TreeObject, h, maxTree)
}

// Commit returns the bytes of the commit h, as [Objects.Blob] does.
func (o *Objects) Commit(h plumbing.Hash) ([]byte, error) {
	return o.typed(plumbing.CommitObject, h, maxTree)
}

// typed returns the bytes of the object h of type t, as [Objects.Blob] does.
func (o *Objects) typed(t plumbing.ObjectType, h plumbing.Hash, limit int64) ([]byte, error) {
	obj, err := o.load(h, limit)
	switch {
	case err != nil:
		return nil, o.promised(h, err)
	case obj.Kind != t:
		return nil, &KindError{Hash: h.String(), Kind: obj.Kind.String()}
	}
	return obj.Data, nil
}

// promised makes the absence of an object that a partial clone has left with a
// remote a *MissingError.
func (o *Objects) promised(h plumbing.Hash, err error) error {
	if o.Promisor != "" && errors.Is(err, plumbing.ErrObjectNotFound) {
		return &MissingError{Remote: o.Promisor, What: "object " + h.String() + " is"}
	}
	return err
}

// load returns the object h, which has been compared with its hash. Errors are
// plumbing.ErrObjectNotFound itself, *TooLargeError, *DamagedError, and those
// of the file system.
func (o *Objects) load(h plumbing.Hash, limit int64) (obj RawObject, err error) {
	err = o.withCopy(h, func(c objectCopy) error {
		obj, err = o.readCopy(c, h, min(limit, MaxObject))
		return err
	})
	return obj, err
}

// objectCopy is a place where an object is said to be: an entry of a pack, or
// a loose file.
type objectCopy struct {
	pack  *packFile // nil if loose
	at    int64
	loose string
}

// path is the file that holds the copy.
func (c objectCopy) path() string {
	if c.pack == nil {
		return c.loose
	}
	return c.pack.packPath
}

// readCopy returns the object h from one place, after comparing it with h.
func (o *Objects) readCopy(c objectCopy, h plumbing.Hash, limit int64) (obj RawObject, err error) {
	if c.pack == nil {
		obj, err = o.readLoose(c.loose, h, limit)
	} else {
		obj, err = o.readPacked(c.pack, c.at, h, limit)
	}
	if err == nil {
		if got := o.hash(obj); got != h {
			err = fmt.Errorf("object %s has the content of %s", h, got)
		}
	}
	return obj, damaged(c.path(), err)
}

// hash computes the hash of an object.
func (o *Objects) hash(obj RawObject) (hash plumbing.Hash) {
	if o.hasher == nil {
		o.hasher = sha1.New()
	}
	o.hasher.Reset()
	o.header = append(append(o.header[:0], obj.Kind.String()...), ' ')
	o.header = append(strconv.AppendInt(o.header, int64(len(obj.Data)), 10), 0)
	o.hasher.Write(o.header)
	o.hasher.Write(obj.Data)
	o.hasher.Sum(hash[:0])
	return hash
}

// checkCopy only sees that there is a file, or a pack that the index fits.
func (o *Objects) checkCopy(c objectCopy) error {
	if c.pack == nil {
		_, err := os.Stat(c.loose)
		return err
	}
	_, err := o.packData(c.pack)
	return damaged(c.path(), err)
}

// withCopy calls use with the places of h until one serves. If none does, the
// packs are listed anew: a `git gc` may have moved objects into a pack that is
// younger than the list, and removed the file just read.
func (o *Objects) withCopy(h plumbing.Hash, use func(objectCopy) error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	err := o.tryCopies(h, use)
	defer func() { o.exact = false }()
	for n := 0; n < maxRescans && worthRescan(err, n); n++ {
		o.exact = true
		o.rescan(!errors.Is(err, plumbing.ErrObjectNotFound))
		err = o.tryCopies(h, use)
	}
	return err
}

// worthRescan tells whether looking again may help, after n rescans. Once is
// enough but for a file that vanishes between a look and its use.
func worthRescan(err error, n int) bool {
	if err == nil || IsError[*TooLargeError](err) {
		return false
	}
	return n == 0 || errors.Is(err, fs.ErrNotExist)
}

// tryCopies calls use with the places of h until one serves or h is found to
// be too large. A damaged copy is passed over for a sound one; if there is
// none, the first error is the one returned.
func (o *Objects) tryCopies(h plumbing.Hash, use func(objectCopy) error) error {
	var first error
	for c, err := range o.copies(h) {
		if err == nil {
			err = use(c)
		}
		switch {
		case err == nil, IsError[*TooLargeError](err):
			return err
		case c.loose != "" && errors.Is(err, fs.ErrNotExist):
			// Not loose in this directory, as most objects.
		case first == nil:
			first = err
		}
	}
	if first != nil {
		return first
	}
	return plumbing.ErrObjectNotFound
}

// copies yields the places where h may be, and the errors of indexes that
// cannot be read. A loose copy is yielded without looking.
func (o *Objects) copies(h plumbing.Hash) iter.Seq2[objectCopy, error] {
	return func(yield func(objectCopy, error) bool) {
		for _, d := range o.dirs {
			if !o.packedCopies(d, h, yield) {
				return
			}
			if !yield(objectCopy{loose: loosePath(d.path, h)}, nil) {
				return
			}
		}
	}
}

// rescan forgets which packs there are. With all, it also closes the files and
// forgets what is known of the packs, for old versions of git may replace a
// pack under its name.
func (o *Objects) rescan(all bool) {
	for _, d := range o.dirs {
		d.scanned = false
		d.closeMulti()
		if all {
			d.known, d.single = nil, nil
		}
	}
	if all {
		o.files.clear()
		o.bases.clear()
	}
}

// openFile is a file that stays open while it is in use again and again.
type openFile struct {
	io.ReaderAt
	io.Closer
	size   int64
	closed bool
}

// open returns the file at path. It stays open at least until maxOpenFiles
// others were opened.
func (o *Objects) open(path string) (*openFile, error) {
	if f, ok := o.files.get(path); ok {
		return f, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, err
	}
	f := &openFile{ReaderAt: file, Closer: file, size: info.Size()}
	if o.blocks != nil && strings.HasSuffix(path, ".pack") {
		f.ReaderAt = o.blocks.reader(path, file, f.size)
	}
	o.files.put(path, f)
	return f, nil
}

// CheckPresent returns nil if h is there, else what load would. It does not
// read the object.
func (o *Objects) CheckPresent(h plumbing.Hash) error {
	return o.withCopy(h, o.checkCopy)
}
