package store

import (
	"context"
	"errors"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// Day is a directory of one day's records, as at least one tip has it. As long
// as nobody writes to a day its tree stays the same, so that the hash tells
// whether anything in it is new.
type Day struct {
	Path string // from the root of the tree: ".handoffs/2026/11/20"
	Tree string // the hash of the directory, 40 hex digits, or another text that stands for what is in it
	Ref  int    // the first of the refs that has it so

	files []File // of a foreign ref, those that the user committed; nil for all
}

// Days returns the directories "year/month/day" below dir, a slash-separated
// path, in the trees of refs, each path and tree once. They come in the order
// of refs and, of one ref, in that of their paths.
//
// What cannot be read comes beside all that can. The error is a [MissingError]
// when a partial clone has left directories with a remote.
func (r *Repo) Days(ctx context.Context, refs []Ref, dir string) ([]Day, []Unreadable, error) {
	objects, err := r.loadObjects()
	if err != nil {
		return nil, nil, err
	}
	dir = strings.Trim(dir, "/")
	w := &dayList{objects: objects, seen: make(map[treeFile]bool), paths: make(map[plumbing.Hash]int)}
	var faults []Unreadable
	var missing []error
	for i, ref := range refs {
		if err := context.Cause(ctx); err != nil {
			return nil, nil, err
		}
		if ref.Err != nil || ref.Only != nil {
			continue // the caller has seen it, or it comes below
		}
		w.found = func(day treeFile) { w.days = append(w.days, Day{Path: day.Path, Tree: day.Hash.String(), Ref: i}) }
		faults = append(faults, unreadable(ref, w.tip(plumbing.NewHash(ref.Hash), dir), &missing)...)
	}
	days, err := r.userDays(ctx, w, refs, dir)
	if err != nil {
		return nil, nil, err
	}
	return append(w.days, days...), faults, joinMissing(missing)
}

// userDays returns what the user committed to foreign refs.
func (r *Repo) userDays(ctx context.Context, others *dayList, refs []Ref, dir string) ([]Day, error) {
	var days []Day
	u := userRecords{list: others, introducing: r.newIntroducing(others.objects, dir),
		held: make(map[string]map[treeFile]bool), found: make(map[plumbing.Hash][]treeFile)}
	for i, ref := range refs {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if ref.Err == nil && ref.Only != nil {
			days = append(days, u.days(i, ref)...)
		}
	}
	return days, nil
}

// dayList lists the days of one commit after the other and goes into no
// directory twice.
type dayList struct {
	objects *objects
	seen    map[treeFile]bool     // directories of which all days were found
	peek    bool                  // nothing is added to seen
	paths   map[plumbing.Hash]int // at how many paths of this commit a directory was met
	found   func(day treeFile)
	days    []Day
	errs    []error
}

// tip lists the days below dir in a commit.
func (w *dayList) tip(commit plumbing.Hash, dir string) error {
	root, err := w.objects.commitTree(commit)
	if err != nil {
		return err
	}
	top, ok, err := w.objects.treeEntryAt(root, dir)
	if !ok || err != nil || !isDirMode(top.Mode) {
		return err
	}
	clear(w.paths)
	w.errs = nil
	w.list(treeFile{Path: dir, Mode: dirMode, Hash: top.Hash}, dayDigits)
	return errors.Join(w.errs...)
}

// dayDigits is how many digits the names of a year, a month and a day have.
var dayDigits = []int{len("2006"), len("01"), len("02")}

// list goes down the levels of directories, whose names are numbers of so many
// digits. It reports whether it has found all there is: what it passes over here
// because another commit has it too often is not to be missed in the next one.
func (w *dayList) list(f treeFile, digits []int) (all bool) {
	if w.seen[f] {
		return true
	}
	if w.paths[f.Hash]++; w.paths[f.Hash] > maxTreePaths {
		w.errs = append(w.errs, &treeError{Path: f.Path, Hash: f.Hash, Err: errPaths})
		return false
	}
	if all = true; len(digits) == 0 {
		w.found(f)
	} else {
		for e, err := range w.objects.entries(f.Path, f.Hash) {
			if err != nil {
				w.errs = append(w.errs, err)
				break
			}
			if e.isDir() && isDayPart(e.name, digits[0]) {
				all = w.list(treeFile{Path: joinTreePath(f.Path, string(e.name)), Mode: dirMode, Hash: e.hash}, digits[1:]) && all
			}
		}
	}
	if all && !w.peek {
		w.seen[f] = true
	}
	return all
}

// isDayPart reports whether a name is a number of so many digits.
func isDayPart[T string | []byte](name T, digits int) bool {
	return len(name) == digits && strings.Trim(string(name), "0123456789") == ""
}

// DayFiles returns the files of a day in the order of their names, each once.
// Those before something that cannot be read come with the error.
func (r *Repo) DayFiles(day Day) ([]File, error) {
	if day.files != nil {
		return day.files, nil
	}
	objects, err := r.loadObjects()
	if err != nil {
		return nil, err
	}
	var files []File
	seen := make(map[File]bool)
	for e, err := range objects.entries(day.Path, plumbing.NewHash(day.Tree)) {
		if err != nil {
			return files, err
		}
		file := File{Path: joinTreePath(day.Path, string(e.name)), Mode: uint32(e.mode), Blob: e.hash.String()}
		if !seen[file] {
			seen[file] = true
			files = append(files, file)
		}
	}
	return files, nil
}
