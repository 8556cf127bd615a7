package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// Day is a directory of one day's records, as at least one tip has it. As long
// as nobody writes to a day its tree stays the same, so that the hash tells
// whether anything in it is new.
type Day struct {
	Path string // from the root of the tree: ".handoffs/2026/11/20"
	Tree string // the hash of the directory, 40 hex digits
	Ref  int    // the first of the refs that has it so
}

// Days returns the directories "year/month/day" below dir, a slash-separated
// path, in the trees of refs, each path and tree once. They come in the order
// of refs and, of one ref, in that of their paths.
//
// Directories that cannot be read are named in the error, which comes with all
// that can. Those at more paths of one commit than [Repo.Records] lists them are
// passed over.
func (r *Repo) Days(ctx context.Context, refs []Ref, dir string) ([]Day, error) {
	objects, err := r.loadObjects()
	if err != nil {
		return nil, err
	}
	w := dayList{objects: objects, seen: make(map[treeFile]bool), paths: make(map[plumbing.Hash]int)}
	for i, ref := range refs {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if ref.Err != nil {
			continue // the caller has seen it
		}
		if err := w.tip(i, plumbing.NewHash(ref.Hash), strings.Trim(dir, "/")); err != nil {
			w.errs = append(w.errs, fmt.Errorf("%s: %w", ref.Name, err))
		}
	}
	return w.days, joinMissing(w.errs)
}

// dayList lists the days of one commit after the other and goes into no
// directory twice.
type dayList struct {
	objects *objects
	seen    map[treeFile]bool
	paths   map[plumbing.Hash]int // at how many paths of this commit a directory was met
	days    []Day
	errs    []error
}

// tip lists the days below dir in the commit of the ref at a place.
func (w *dayList) tip(ref int, commit plumbing.Hash, dir string) error {
	root, err := w.objects.commitTree(commit)
	if err != nil {
		return err
	}
	top, ok, err := w.objects.treeEntryAt(root, dir)
	if !ok || err != nil || !isDirMode(top.Mode) {
		return err
	}
	top.Path = dir
	clear(w.paths)
	w.list(ref, top, []int{len("2006"), len("01"), len("02")})
	return nil
}

// list goes down the levels of directories, whose names are numbers of so many
// digits.
func (w *dayList) list(ref int, f treeFile, digits []int) {
	if w.seen[f] {
		return
	}
	w.seen[f] = true
	if w.paths[f.Hash]++; w.paths[f.Hash] > maxTreePaths {
		return
	}
	if len(digits) == 0 {
		w.days = append(w.days, Day{Path: f.Path, Tree: f.Hash.String(), Ref: ref})
		return
	}
	for e, err := range w.objects.entries(f.Path, f.Hash) {
		if err != nil {
			w.errs = append(w.errs, err)
			return
		}
		if e.isDir() && len(e.name) == digits[0] && strings.Trim(string(e.name), "0123456789") == "" {
			w.list(ref, treeFile{Path: joinTreePath(f.Path, string(e.name)), Mode: filemode.Dir, Hash: e.hash}, digits[1:])
		}
	}
}

// DayFiles returns the files of a day in the order of their names.
func (r *Repo) DayFiles(day Day) ([]File, error) {
	objects, err := r.loadObjects()
	if err != nil {
		return nil, err
	}
	var files []File
	for e, err := range objects.entries(day.Path, plumbing.NewHash(day.Tree)) {
		if err != nil {
			return nil, err
		}
		files = append(files, File{Path: joinTreePath(day.Path, string(e.name)), Mode: uint32(e.mode), Blob: e.hash.String()})
	}
	return files, nil
}
