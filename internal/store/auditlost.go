package store

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// findMissing notes which commits that references had no tip reaches any more.
// After that, of all new history only the hashes are remembered.
func (a *audit) findMissing(context.Context) error {
	a.missing = map[plumbing.Hash][]string{}
	for _, name := range slices.Sorted(maps.Keys(a.mark.Tips)) {
		hash := plumbing.NewHash(a.mark.Tips[name])
		if !a.history.has(hash) {
			a.missing[hash] = append(a.missing[hash], name)
		}
	}
	a.mark.add(a.history)
	a.history = nil // the memory is wanted
	return nil
}

// judgeLost looks for commits that were audited and are no longer part of
// history.
func (a *audit) judgeLost(ctx context.Context) error {
	missing := a.missing
	if len(missing) == 0 {
		return nil
	}
	// A tip of then may lie below another commit that is known, where the walk
	// did not go: only all of history can tell.
	all, err := a.walkHistory(ctx, a.blocks, slices.Collect(maps.Values(a.tips)), func(plumbing.Hash) bool { return false })
	if err != nil {
		return err
	}
	maps.DeleteFunc(missing, func(hash plumbing.Hash, _ []string) bool {
		return all.has(hash)
	})
	return a.judgeRewritten(ctx, missing, all)
}

// judgeRewritten reports that commits which references had are no longer part
// of history, and which records went with them. A branch that was never pushed
// may be rewritten as long as its records are there: rebasing is everyday work.
func (a *audit) judgeRewritten(ctx context.Context, missing map[plumbing.Hash][]string, all *history) error {
	var tips []plumbing.Hash
	var names []string
	byNames := func(a, b plumbing.Hash) int { return slices.Compare(missing[a], missing[b]) }
	for _, tip := range slices.SortedFunc(maps.Keys(missing), byNames) {
		had := missing[tip]
		_, err := a.walkHistory(ctx, a.blocks, []plumbing.Hash{tip}, all.has)
		switch {
		case err == nil:
			tips, names = append(tips, tip), append(names, had...)
		case errors.Is(err, plumbing.ErrObjectNotFound):
			a.foundRewritten(had, handoff.LevelError, "and the commits that were verified are gone from this clone: what they held cannot be compared")
		default:
			return err
		}
	}
	if len(tips) == 0 {
		return nil
	}
	lost, err := a.walkHistory(ctx, a.blocks, tips, all.has)
	if err != nil {
		return err
	}
	return a.judgeLostCommits(ctx, lost, names)
}

// judgeLostCommits looks at what the commits held that are no longer part of
// history.
func (a *audit) judgeLostCommits(ctx context.Context, lost *history, names []string) error {
	records, err := a.lostRecords(ctx, lost)
	if err != nil {
		return err
	}
	level := handoff.LevelWarning
	if len(records) > 0 {
		level = handoff.LevelError
	}
	for _, path := range records {
		a.found(nil, AuditLost, "HO902", handoff.LevelError, path, "gone with the history that was rewritten")
	}
	if len(records) > 0 || a.wasPublished(lost) {
		a.foundRewritten(names, level, handoff.Count(lost.countNew(), "verified commit")+" no longer part of it")
	}
	return nil
}

// foundRewritten notes that the history of references was rewritten, and what that
// means.
func (a *audit) foundRewritten(names []string, level handoff.Level, what string) {
	slices.Sort(names)
	a.found(nil, AuditRewritten, "HO902", level, "", "the history of "+strings.Join(names, ", ")+" was rewritten, "+what)
	last := &a.mark.Findings[len(a.mark.Findings)-1]
	last.Fix = "find out who did it, in the reflogs and on the server; once it is settled, remove " + a.auditPath() + " to begin anew"
}

// wasPublished reports whether any commit of h was on a remote when it was
// audited. Without a remote nobody can tell.
func (a *audit) wasPublished(h *history) bool {
	return len(a.mark.Remotes) == 0 || slices.ContainsFunc(a.mark.Remotes, func(hash string) bool {
		place, lost := h.find(plumbing.NewHash(hash))
		return lost && !h.at(place).known
	})
}

// lostRecords returns the records that commits added and that no tip has now as
// they were, sorted.
func (a *audit) lostRecords(ctx context.Context, lost *history) ([]string, error) {
	var paths []string
	err := a.eachChange(ctx, a.blocks, lost, a.opts.Dir, nil, func(_ int32, commit *revisionChanges) error {
		for _, changes := range commit.parents {
			for _, c := range changes {
				if name, ok := parseRecordName(a.opts.Dir, c.path); ok && c.old.isNone() && !a.union.has(name.ID, c) {
					paths = append(paths, c.path)
				}
			}
		}
		return nil
	})
	slices.Sort(paths)
	return slices.Compact(paths), err
}
