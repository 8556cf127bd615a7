package audit

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
)

// doubt is a record whose commit does not bear out who wrote it, or when. What
// comes of it depends on more than the commit: a squash merge on the mainline
// has one author and one date for the records of several, and what was seen on
// the branch counts for them. On any other ref the commit is all there is.
type doubt struct {
	Finding         // what it is when nothing speaks for it; Main as below
	Blob     string `json:"blob"`               // of the record
	Squash   bool   `json:"squash,omitempty"`   // the commit looks like a squash merge
	ByRoster bool   `json:"byRoster,omitempty"` // only the branch's own roster speaks for the author
	Seen     bool   `json:"seen,omitempty"`     // another commit bears the record out

	// Main is set once the mainline has the commit: for a squash merge as one of
	// its own commits, for a roster in any way.
}

// stands reports whether a doubt is a finding.
func (d *doubt) stands() bool {
	return !d.Gone && !d.Seen && (!d.Main || !d.Squash && !d.ByRoster)
}

// isUnproven reports whether a doubt is about a verdict that a squash merge
// brought, and of which nobody here saw who gave it.
func (d *doubt) isUnproven() bool {
	return d.Squash && d.Main && !d.Seen && !d.Gone && d.Kind == KindIdentity && d.Level == handoff.LevelError
}

// note says that a verdict is unverified.
func (d *doubt) note() Finding {
	note := d.Finding
	note.Kind, note.Level = KindUnproven, LevelNote
	note.Message = handoff.NotProven + ": " + note.Message + ", and nobody here saw it on its branch"
	return note
}

// doubt notes a doubt about a record that a commit added.
func (a *audit) doubt(rev *git.Revision, c odb.TreeChange, kind Kind, code string, level handoff.Level, message string) *doubt {
	a.mark.Doubts = append(a.mark.Doubts, doubt{
		Finding: a.finding(rev, kind, code, level, c.Path, message), Blob: c.New.Hash.String(),
	})
	return &a.mark.Doubts[len(a.mark.Doubts)-1]
}

// judgeSquash looks whether a commit about whose records there are doubts may
// be a squash merge: it holds records of several people. Its date says nothing
// either when it holds those of several times, or other work beside them.
func (a *audit) judgeSquash(rev *git.Revision, changes []odb.TreeChange, doubts []doubt) error {
	if len(doubts) == 0 {
		return nil
	}
	people, times := map[string]bool{}, map[int64]bool{}
	for _, c := range changes {
		if name, ok := store.ParseRecordName(a.opts.Dir, c.Path); ok && c.Old.IsNone() {
			people[name.By], times[name.At.Unix()] = true, true
		}
	}
	other, err := a.hasOtherWork(rev)
	if err != nil {
		return err
	}
	for i := range doubts {
		d := &doubts[i]
		d.Squash = len(people) > 1 || d.Kind == KindBackdated && (len(times) > 1 || other)
		d.Main = d.Squash && rev.Mainline
	}
	return nil
}

// hasOtherWork reports whether a commit changes anything outside of the
// top directory of the records, compared with its first parent.
func (a *audit) hasOtherWork(rev *git.Revision) (bool, error) {
	objects, err := a.LoadObjects()
	if err != nil {
		return false, err
	}
	top, _, _ := strings.Cut(a.opts.Dir, "/")
	entries := func(tree plumbing.Hash) ([]byte, error) {
		var list []byte
		for e, err := range objects.Entries("", tree) {
			if err != nil {
				return nil, err
			}
			if string(e.Name) != top {
				list = append(list, e.Raw...)
			}
		}
		return list, nil
	}
	mine, err := entries(rev.Tree)
	if err != nil || rev.Count == 0 {
		return len(mine) > 0, err
	}
	theirs, err := entries(a.history.At(a.history.ParentsOf(rev)[0]).Tree)
	return !bytes.Equal(mine, theirs), err
}

// resolveDoubts finds out what comes of the doubts: whether the mainline has the
// commits by now, and whether others bear the records out.
func (a *audit) resolveDoubts(ctx context.Context) error {
	if err := a.findMerged(ctx); err != nil {
		return err
	}
	wanted := map[plumbing.Hash]bool{}
	for i := range a.mark.Doubts {
		d := &a.mark.Doubts[i]
		if hash := plumbing.NewHash(d.Blob); a.hasSeen(hash) {
			d.Seen = true
		} else if !d.Seen && (i >= a.doubts || d.isUnproven()) {
			wanted[hash] = true
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	found, err := a.searchOriginals(ctx, wanted)
	for i := range a.mark.Doubts {
		d := &a.mark.Doubts[i]
		d.Seen = d.Seen || found[plumbing.NewHash(d.Blob)]
	}
	return err
}

// hasSeen reports whether some commit off the mainline was seen that bears a
// record out: by this audit, or by one that looked at other refs.
func (a *audit) hasSeen(blob plumbing.Hash) bool {
	return hasHash(a.mark.proven, blob) || a.verified != nil && hasHash(a.verified.proven, blob)
}

// findMerged looks which doubts are about commits that the mainline has got
// since they were found.
func (a *audit) findMerged(ctx context.Context) error {
	open := func(d *doubt) bool { return !d.Main && (d.Squash || d.ByRoster) }
	if !slices.ContainsFunc(a.mark.Doubts, func(d doubt) bool { return open(&d) }) {
		return nil
	}
	main := slices.Collect(maps.Values(a.main))
	h, err := a.WalkHistory(ctx, a.blocks, main, func(plumbing.Hash) bool { return false })
	if err != nil {
		return err
	}
	h.MarkMainline(main)
	for i := range a.mark.Doubts {
		d := &a.mark.Doubts[i]
		if pos, merged := h.Find(plumbing.NewHash(d.Commit)); open(d) && merged {
			d.Main = d.ByRoster || h.At(pos).Mainline
		}
	}
	return nil
}

// searchOriginals looks for commits that bear records out where an audit does
// not look: on refs that are not read, and in reflogs. The records are named by
// their blobs.
func (a *audit) searchOriginals(ctx context.Context, wanted map[plumbing.Hash]bool) (found map[plumbing.Hash]bool, err error) {
	tips, err := a.LoggedCommits(ctx)
	if err != nil {
		return nil, err
	}
	refs, err := a.ListRefs("refs/")
	if err != nil {
		return nil, err
	}
	for _, ref := range refs {
		if ref.Err == nil {
			tips[plumbing.NewHash(ref.Hash)] = true
		}
	}
	all, err := a.allHistory(ctx)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(tips, func(hash plumbing.Hash, _ bool) bool { return all.Has(hash) || !a.HasCommit(hash.String()) })
	sorted := slices.SortedFunc(maps.Keys(tips), func(x, y plumbing.Hash) int { return bytes.Compare(x[:], y[:]) })
	elsewhere, err := a.WalkHistory(ctx, a.blocks, sorted, all.Has)
	if err != nil {
		return nil, unlessUnreadable(err)
	}
	found = map[plumbing.Hash]bool{}
	err = a.eachChange(ctx, elsewhere, nil, func(pos int32, commit *revisionChanges) error {
		rev := elsewhere.At(pos)
		for _, c := range slices.Concat(commit.parents...) {
			name, ok := store.ParseRecordName(a.opts.Dir, c.Path)
			if !ok || !c.Old.IsNone() || !wanted[c.New.Hash] {
				continue
			}
			roster, err := a.configOf(commit.config)
			if err != nil {
				return err
			}
			ok, err = a.mayWrite(ctx, name.By, whoseCommit{commit.config, elsewhere.Authors[rev.Author]}, roster)
			if err != nil {
				return err
			}
			found[c.New.Hash] = found[c.New.Hash] || ok && a.judgeDate(rev, name, roster) == ""
		}
		return nil
	})
	return found, err
}
