package store

import (
	"context"
	"errors"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
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
// What cannot be read comes beside all that can. The error is a [odb.MissingError]
// when a partial clone has left directories with a remote.
func (r *Repo) Days(ctx context.Context, refs []git.Ref, dir string) ([]Day, []Unreadable, error) {
	objects, err := r.LoadObjects()
	if err != nil {
		return nil, nil, err
	}
	dir = strings.Trim(dir, "/")
	w := &dayList{objects: objects, seen: make(map[odb.TreeFile]bool), paths: make(map[plumbing.Hash]int)}
	var faults []Unreadable
	var missing []error
	for i, ref := range refs {
		if err := context.Cause(ctx); err != nil {
			return nil, nil, err
		}
		if ref.Err != nil || ref.Only != nil {
			continue // the caller has seen it, or it comes below
		}
		w.found = func(day odb.TreeFile) { w.days = append(w.days, Day{Path: day.Path, Tree: day.Hash.String(), Ref: i}) }
		faults = append(faults, unreadable(ref, w.tip(plumbing.NewHash(ref.Hash), dir), &missing)...)
	}
	days, err := r.userDays(ctx, w, refs, dir)
	if err != nil {
		return nil, nil, err
	}
	return append(w.days, days...), faults, joinMissing(missing)
}

// userDays returns what the user committed to foreign refs.
func (r *Repo) userDays(ctx context.Context, others *dayList, refs []git.Ref, dir string) ([]Day, error) {
	var days []Day
	u := userRecords{list: others, introducing: r.newIntroducing(others.objects, dir),
		held: make(map[string]map[odb.TreeFile]bool), found: make(map[plumbing.Hash][]odb.TreeFile)}
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
	objects *odb.Objects
	seen    map[odb.TreeFile]bool // directories of which all days were found
	peek    bool                  // nothing is added to seen
	paths   map[plumbing.Hash]int // at how many paths of this commit a directory was met
	found   func(day odb.TreeFile)
	days    []Day
	errs    []error
}

// tip lists the days below dir in a commit.
func (w *dayList) tip(commit plumbing.Hash, dir string) error {
	root, err := w.objects.CommitTree(commit)
	if err != nil {
		return err
	}
	top, ok, err := w.objects.TreeEntryAt(root, dir)
	if !ok || err != nil || !odb.IsDirMode(top.Mode) {
		return err
	}
	clear(w.paths)
	w.errs = nil
	w.list(odb.TreeFile{Path: dir, Mode: odb.DirMode, Hash: top.Hash}, odb.DayDigits)
	return errors.Join(w.errs...)
}

// list goes down the levels of directories, whose names are numbers of so many
// digits. It reports whether it has found all there is: what it passes over here
// because another commit has it too often is not to be missed in the next one.
func (w *dayList) list(f odb.TreeFile, digits []int) (all bool) {
	if w.seen[f] {
		return true
	}
	if w.paths[f.Hash]++; w.paths[f.Hash] > odb.MaxTreePaths {
		w.errs = append(w.errs, &odb.TreeError{Path: f.Path, Hash: f.Hash, Err: errPaths})
		return false
	}
	if all = true; len(digits) == 0 {
		w.found(f)
	} else {
		for e, err := range w.objects.Entries(f.Path, f.Hash) {
			if err != nil {
				w.errs = append(w.errs, err)
				break
			}
			if e.IsDir() && odb.IsDayPart(e.Name, digits[0]) {
				all = w.list(odb.TreeFile{Path: odb.JoinTreePath(f.Path, string(e.Name)), Mode: odb.DirMode, Hash: e.Hash}, digits[1:]) && all
			}
		}
	}
	if all && !w.peek {
		w.seen[f] = true
	}
	return all
}

// DayFiles returns the files of a day in the order of their names, each once.
// Those before something that cannot be read come with the error.
func (r *Repo) DayFiles(day Day) ([]File, error) {
	if day.files != nil {
		return day.files, nil
	}
	objects, err := r.LoadObjects()
	if err != nil {
		return nil, err
	}
	var files []File
	seen := make(map[File]bool)
	for e, err := range objects.Entries(day.Path, plumbing.NewHash(day.Tree)) {
		if err != nil {
			return files, err
		}
		file := File{Path: odb.JoinTreePath(day.Path, string(e.Name)), Mode: uint32(e.Mode), Blob: e.Hash.String()}
		if !seen[file] {
			seen[file] = true
			files = append(files, file)
		}
	}
	return files, nil
}
