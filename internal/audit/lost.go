package audit

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/handoff-cli/handoff/internal/text"
)

// allHistory returns the commits that the tips reach, known or not.
func (a *audit) allHistory(ctx context.Context) (*git.History, error) {
	if a.all != nil {
		return a.all, nil
	}
	all, err := a.WalkHistory(ctx, a.blocks, a.tipHashes(), func(plumbing.Hash) bool { return false })
	if err != nil {
		return nil, err
	}
	a.all = all
	return all, nil
}

// endCommits notes whether references have moved to where they do not reach what
// they reached. After that, of all new history only the hashes are remembered.
func (a *audit) endCommits(context.Context) error {
	for _, tips := range []map[string]string{a.mark.Tips, a.mark.Main} {
		for _, hash := range tips {
			a.missing = a.missing || !a.history.Has(plumbing.NewHash(hash))
		}
	}
	a.mark.add(a.history)
	a.mark.addSeen(a.seen)
	a.mark.MainConfigs = sortedHashes(a.mainConfigs)
	a.history, a.seen = nil, nil // the memory is wanted
	return nil
}

// forgetGone looks which findings are about commits that are no longer part of
// history: a branch that was deleted or made anew takes what was wrong with it
// along. They are kept, as it may come back.
func (a *audit) forgetGone(ctx context.Context) error {
	marks := a.mark.goneMarks()
	if !a.missing && !slices.ContainsFunc(marks, func(m goneMark) bool { return *m.gone }) {
		return nil
	}
	all, err := a.allHistory(ctx)
	if err != nil {
		return err
	}
	for _, m := range marks {
		*m.gone = m.commit != "" && !all.Has(plumbing.NewHash(m.commit))
	}
	touched := map[string]bool{}
	for _, f := range a.mark.Findings {
		touched[f.Path] = touched[f.Path] || !f.Gone
	}
	maps.DeleteFunc(a.mark.Touched, func(path, _ string) bool { return !touched[path] })
	return nil
}

// lostRecord is a record that some ref had, and that none has now.
type lostRecord struct {
	Path   string `json:"path"`
	Blob   string `json:"blob"` // the beginning of its hash
	Ref    string `json:"ref"`  // that had it
	Commit string `json:"commit"`
	Main   bool   `json:"main,omitempty"` // the ref was the mainline
}

// tipRecord is how a mark remembers a record that a ref has: as little as it
// takes to say what is lost when nothing else remembers it.
type tipRecord struct {
	recordName
	blob [tipHashSize]byte // the beginning of its hash
	ref  uint32            // position in auditMark.Refs
}

const (
	tipHashSize   = 12
	tipRecordSize = 8 + handoff.IDLength + 4 + 4 + tipHashSize + 4
)

// append adds the record to data.
func (k tipRecord) append(data []byte) []byte {
	data = binary.BigEndian.AppendUint64(data, uint64(k.at))
	data = append(data, k.id[:]...)
	data = binary.BigEndian.AppendUint32(data, uint32(k.kind))
	data = binary.BigEndian.AppendUint32(data, uint32(k.by))
	data = append(data, k.blob[:]...)
	return binary.BigEndian.AppendUint32(data, k.ref)
}

// readTipRecord reads what append wrote.
func readTipRecord(data []byte) (k tipRecord) {
	k.at = int64(binary.BigEndian.Uint64(data))
	copy(k.id[:], data[8:])
	data = data[8+handoff.IDLength:]
	k.kind, k.by = int32(binary.BigEndian.Uint32(data)), int32(binary.BigEndian.Uint32(data[4:]))
	copy(k.blob[:], data[8:])
	k.ref = binary.BigEndian.Uint32(data[8+tipHashSize:])
	return k
}

// holds reports whether some tip has a record: its path, with content whose hash
// begins like that.
func (u *recordUnion) holds(name recordName, blob []byte) bool {
	return slices.ContainsFunc(u.withID(string(name.id[:])), func(pos int32) bool {
		f := &u.files[pos]
		return f.recordName == name && bytes.HasPrefix(f.hash[:], blob)
	})
}

// judgeLost notes which records refs had that none has any more. That a ref is
// gone, or was made anew, is nobody's loss while others have its records; and
// what a commit did to a record has been said of the commit.
func (a *audit) judgeLost(ctx context.Context) error {
	if a.union.partial {
		return nil // what cannot be read is not what is not there
	}
	lost := a.mark.Lost
	for k := range a.mark.tipRecords(a.names) {
		if !a.union.holds(k.recordName, k.blob[:]) {
			ref := a.mark.Refs[k.ref]
			_, main := a.mark.Main[ref]
			lost = append(lost, lostRecord{
				Path: a.names.path(k.recordName), Blob: hex.EncodeToString(k.blob[:]), Ref: ref, Commit: a.mark.Tips[ref], Main: main,
			})
		}
	}
	a.mark.Lost = slices.DeleteFunc(lost, func(r lostRecord) bool {
		_, touched := a.mark.Touched[r.Path]
		return touched || a.isIn(a.union, r)
	})
	if len(a.mark.Lost) > 0 {
		if err := a.findElsewhere(); err != nil {
			return err
		}
	}
	a.mark.keep(a.union, a.refs)
	return nil
}

// isIn reports whether a union has a record.
func (a *audit) isIn(u *recordUnion, r lostRecord) bool {
	name, ok := store.ParseRecordName(a.opts.Dir, r.Path)
	blob, err := hex.DecodeString(r.Blob)
	return ok && err == nil && u.holds(a.names.intern(name), blob)
}

// findElsewhere takes back what any ref has, be it read or not: another branch
// is checked out now, or another configuration says which of them count.
func (a *audit) findElsewhere() error {
	refs, err := a.ListRefs("refs/")
	if err != nil {
		return err
	}
	objects, err := a.NewObjects()
	if err != nil {
		return err
	}
	defer objects.Close()
	refs = slices.DeleteFunc(refs, func(ref git.Ref) bool { return ref.Err != nil || !a.HasCommit(ref.Hash) })
	everywhere, err := readUnion(objects, refs, a.names, len(a.union.files))
	if err != nil {
		return err
	}
	a.mark.Lost = slices.DeleteFunc(a.mark.Lost, func(r lostRecord) bool { return a.isIn(everywhere, r) })
	return nil
}

// lostFinding is what is reported of a record that is lost.
func (a *audit) lostFinding(r lostRecord) Finding {
	f := a.finding(nil, KindLost, "HO902", handoff.LevelWarning, r.Path, "no branch has it any more: it was on "+r.Ref)
	if r.Main {
		f.Level, f.Main = handoff.LevelError, true
		f.Message = "gone with the history that was rewritten: it was on " + r.Ref
	}
	f.Fix = "the commit that had it is gone from this clone; somebody else's may still have it"
	if a.HasCommit(r.Commit) {
		f.Fix = "git branch " + text.ShellArgument(a.freeBranch(r.Ref)) + " " + r.Commit + " brings it back"
	}
	return f
}

// freeBranch is a name for a branch that brings back what a ref had: that of the
// ref, or like it where there is a branch of that name.
func (a *audit) freeBranch(ref string) string {
	name, _ := strings.CutPrefix(ref, "refs/heads/")
	if remote, ok := strings.CutPrefix(ref, "refs/remotes/"); ok {
		_, name, _ = strings.Cut(remote, "/")
	}
	if name == "" || name == "HEAD" || plumbing.ReferenceName("refs/heads/"+name).Validate() != nil {
		name = "brought-back"
	}
	for free := name; ; free += "-again" {
		if _, hash, err := a.ResolveRef("refs/heads/" + free); err != nil || hash == "" && a.CheckNameFree("refs/heads/"+free) == nil {
			return free
		}
	}
}

// judgeMainline reports that history of the mainline was rewritten. A branch
// that was never published may be as long as its records are there: rebasing is
// everyday work.
func (a *audit) judgeMainline(ctx context.Context) error {
	if !a.missing {
		return nil
	}
	all, err := a.allHistory(ctx)
	if err != nil {
		return err
	}
	missing := map[string][]string{} // commit → the refs that had it
	for _, ref := range slices.Sorted(maps.Keys(a.mark.Main)) {
		if hash := a.mark.Main[ref]; !all.Has(plumbing.NewHash(hash)) {
			missing[hash] = append(missing[hash], ref)
		}
	}
	for _, hash := range slices.SortedFunc(maps.Keys(missing), func(x, y string) int { return slices.Compare(missing[x], missing[y]) }) {
		if err := a.judgeRewritten(ctx, all, hash, missing[hash]); err != nil {
			return err
		}
	}
	return nil
}

// judgeRewritten judges that the mainline does not reach a commit any more which
// was the tip of some of its refs.
func (a *audit) judgeRewritten(ctx context.Context, all *git.History, tip string, refs []string) error {
	lost, err := a.WalkHistory(ctx, a.blocks, []plumbing.Hash{plumbing.NewHash(tip)}, all.Has)
	var what string
	var published bool
	switch {
	case err == nil:
		what, published = text.Count(lost.CountNew(), "verified commit")+" no longer part of it", a.wasPublished(lost)
		for _, m := range a.mark.goneMarks() {
			if m.main != nil {
				*m.main = *m.main || *m.gone && lost.Has(plumbing.NewHash(m.commit))
			}
		}
	case errors.Is(err, plumbing.ErrObjectNotFound):
		what = "and the commits that were verified are gone from this clone"
		published = a.Bare || slices.ContainsFunc(refs, func(ref string) bool { return strings.HasPrefix(ref, "refs/remotes/") })
	default:
		return err
	}
	var ids []string
	for _, r := range a.mark.Lost {
		if name, ok := store.ParseRecordName(a.opts.Dir, r.Path); ok && slices.Contains(refs, r.Ref) {
			ids = append(ids, name.ID)
		}
	}
	if len(ids) == 0 && !published {
		return nil
	}
	f := a.finding(nil, KindRewritten, "HO902", handoff.LevelWarning, "", "the history of "+strings.Join(refs, ", ")+" was rewritten, "+what)
	f.Commit, f.Lost, f.Main = tip, ids, true
	f.Fix = "find out who did it, in the reflogs and on the server; `verify: {settled: …}` in the configuration records what that came to: handoff help config"
	a.mark.Findings = append(a.mark.Findings, f)
	return nil
}

// wasPublished reports whether any commit of h was on a remote when it was
// audited. Of a repository that has none, others may have fetched when it is
// bare.
func (a *audit) wasPublished(h *git.History) bool {
	if len(a.mark.Remotes) == 0 {
		return a.Bare
	}
	return slices.ContainsFunc(a.mark.Remotes, func(hash string) bool {
		pos, lost := h.Find(plumbing.NewHash(hash))
		return lost && !h.At(pos).Known
	})
}
