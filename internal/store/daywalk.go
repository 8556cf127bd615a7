package store

import (
	"bytes"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// DayWalk finds record files by the day directories that hold them, without
// opening a record. Its cost grows with the days asked for, not with the number
// of records.
type DayWalk struct {
	repo *Repo
	dir  string
	seen map[plumbing.Hash]bool // trees of dir that were walked
}

// WalkDays returns a walk through the records below dir, a slash-separated
// path. A tree of records that several commits share is walked once, for the
// first of them.
func (r *Repo) WalkDays(dir string) *DayWalk {
	return &DayWalk{repo: r, dir: strings.Trim(dir, "/"), seen: make(map[plumbing.Hash]bool)}
}

// Newest yields the files in the day directories of a commit from the day of since
// to the day of until, UTC, the last path first. What is not a directory of
// digits is passed over. A tree that cannot be read comes as an error, and the rest
// after it, when the caller goes on.
func (w *DayWalk) Newest(commit string, since, until time.Time) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		objects, top, ok, err := w.repo.FindPath(commit, w.dir)
		if err != nil {
			yield(File{}, err)
			return
		}
		if ok && odb.IsDirMode(top.Mode) && !w.seen[top.Hash] {
			w.seen[top.Hash] = true
			d := dayDescent{
				objects: objects, commit: commit, root: top.Path, yield: yield,
				first: since.UTC().Format(dayLayout), last: until.UTC().Format(dayLayout),
			}
			d.walk(top, 0)
		}
	}
}

// Has reports whether a commit has the directory of the walk.
func (w *DayWalk) Has(commit string) (bool, error) {
	_, top, ok, err := w.repo.FindPath(commit, w.dir)
	return ok && odb.IsDirMode(top.Mode), err
}

// dayLayout is the path of a day directory below the records' directory.
const dayLayout = "2006/01/02"

// dayDescent goes down year, month and day.
type dayDescent struct {
	objects     *odb.Objects
	commit      string
	root        string // path of the records' directory
	first, last string // in dayLayout; both days belong to the walk
	yield       func(File, error) bool
}

// walk visits what is in one tree, depth levels below the top, the last name
// first. It reports whether to go on.
func (d *dayDescent) walk(f odb.TreeFile, depth int) bool {
	var entries []odb.TreeEntry
	for e, err := range d.objects.Entries(f.Path, f.Hash) {
		if err != nil {
			if !d.yield(File{}, err) {
				return false
			}
			break // the entries before it count
		}
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b odb.TreeEntry) int { return bytes.Compare(b.Name, a.Name) })
	for _, e := range entries {
		below := odb.TreeFile{Path: odb.JoinTreePath(f.Path, string(e.Name)), Mode: e.Mode, Hash: e.Hash}
		switch {
		case depth == 3 && !e.IsDir():
			if !d.yield(File{Path: below.Path, Mode: uint32(e.Mode), Blob: e.Hash.String(), Commit: d.commit}, nil) {
				return false
			}
		case depth < 3 && e.IsDir() && d.wanted(below.Path):
			if !d.walk(below, depth+1) {
				return false
			}
		}
	}
	return true
}

// wanted reports whether a directory of a year, month or day has a part in the
// days of the walk.
func (d *dayDescent) wanted(path string) bool {
	part := strings.TrimPrefix(path, d.root+"/")
	if len(part) > len(dayLayout) {
		return false
	}
	for i := range part {
		digit := part[i] >= '0' && part[i] <= '9'
		if dayLayout[i] == '/' && part[i] != '/' || dayLayout[i] != '/' && !digit {
			return false
		}
	}
	return d.first[:len(part)] <= part && part <= d.last[:len(part)]
}
