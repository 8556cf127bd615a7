package store

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// File is a file in the tree of a commit. Whoever can push chose its path and
// mode: neither is to be trusted.
type File struct {
	Path   string // from the root of the tree, with slashes
	Mode   uint32 // as stored: 0o100644 a file, 0o120000 a symbolic link, 0o160000 a submodule, 0o40000 a directory that is not listed
	Blob   string // the hash of the content, 40 hex digits
	Ref    string // the tip through which it was found
	Commit string // the commit of that tip
}

// Records returns the union of the files below dir, a slash-separated path, in
// the trees of refs. A file that several tips have, with the same path, content
// and mode, is returned once, with the first of them. The result is sorted by
// path, and files of one path are in the order of refs.
//
// Of a foreign ref that nobody asked for, only the records that the user committed
// are returned.
//
// Only the trees of the tips are read, no history and no work tree. What cannot
// be read comes beside all that can. The error, which comes with the rest as
// well, is a [odb.MissingError] when a partial clone has left directories with a
// remote.
func (r *Repo) Records(ctx context.Context, refs []git.Ref, dir string) ([]File, []Unreadable, error) {
	objects, err := r.LoadObjects()
	if err != nil {
		return nil, nil, err
	}
	walk := odb.NewTreeWalk(objects, strings.Trim(dir, "/"))
	var files []File
	var faults []Unreadable
	var missing []error
	foreign := false
	for _, ref := range refs {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		foreign = foreign || ref.Only != nil
		if ref.Err != nil || ref.Only != nil {
			continue // the caller has seen it, or it comes below
		}
		found, err := walk.Files(plumbing.NewHash(ref.Hash))
		faults = append(faults, unreadable(ref, err, &missing)...)
		files = slices.Grow(files, len(found))
		digits := hexOf(found)
		for i, f := range found {
			blob := digits[2*odb.HashSize*i:][:2*odb.HashSize]
			files = append(files, File{Path: f.Path, Mode: uint32(f.Mode), Blob: blob, Ref: ref.Name, Commit: ref.Hash})
		}
	}
	if foreign {
		days, _, err := r.Days(ctx, refs, dir) // what is wrong with the others was found above
		if err != nil && !odb.IsMissing(err) {
			return nil, nil, err
		}
		for _, day := range days {
			for _, f := range day.files {
				f.Ref, f.Commit = refs[day.Ref].Name, refs[day.Ref].Hash
				files = append(files, f)
			}
		}
	}
	if byPath := func(a, b File) int { return strings.Compare(a.Path, b.Path) }; !slices.IsSortedFunc(files, byPath) {
		slices.SortStableFunc(files, byPath)
	}
	return files, faults, joinMissing(missing)
}

// hexOf returns the hashes of files in hex digits, one after the other: one
// string for all takes less time and memory than one for each.
func hexOf(files []odb.TreeFile) string {
	var digits strings.Builder
	digits.Grow(2 * odb.HashSize * len(files))
	var one [2 * odb.HashSize]byte
	for _, f := range files {
		hex.Encode(one[:], f.Hash[:])
		digits.Write(one[:])
	}
	return digits.String()
}

// ParseRecordName reads the path of a record below dir. The name decides who
// wrote a record and when: one whose content says something else is believed by
// nobody.
func ParseRecordName(dir, path string) (handoff.FileName, bool) {
	name, ok := strings.CutPrefix(path, dir+"/")
	if !ok {
		return handoff.FileName{}, false
	}
	return handoff.ParseFileName(name)
}
