package index

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
)

// twin is a record that shares its id with another one of other content.
type twin struct {
	*handoff.Record
	ref int // the first that has it
}

// elect returns of each group of twins the one that counts: that of the ref with
// the lowest rank, the default branch before the branch of records before all
// others, and among equals the one that was committed first. Whoever can push can
// have any number of records share their ids: all of them are decided at once.
func elect(ctx context.Context, repo *store.Repo, refs []store.Ref, dir string, twins map[string][]twin) (map[string]*handoff.Record, error) {
	kept := make(map[string]*handoff.Record, len(twins))
	open := make(map[bool][][]twin) // those that are equal, by whether they are foreign
	for _, id := range slices.Sorted(maps.Keys(twins)) {
		best := foremost(twins[id], refs)
		if kept[id] = best[0].Record; len(best) > 1 {
			foreign := refs[best[0].ref].Foreign
			open[foreign] = append(open[foreign], best)
		}
	}
	for foreign, groups := range open {
		files := make([][]store.File, len(groups))
		for i, group := range groups {
			for _, t := range group {
				files[i] = append(files[i], store.File{Path: t.Source.Path, Blob: t.Source.Blob})
			}
		}
		// What strangers have, and other clones have not, decides nothing.
		among := slices.DeleteFunc(slices.Clone(refs), func(ref store.Ref) bool { return ref.Foreign != foreign })
		oldest, err := repo.Oldest(ctx, among, dir, files)
		if err != nil {
			return nil, err
		}
		for i, group := range groups {
			kept[group[0].ID] = group[oldest[i]].Record
		}
	}
	return kept, nil
}

// foremost returns the twins of the lowest rank, in an order that does not depend
// on that of the refs.
func foremost(twins []twin, refs []store.Ref) []twin {
	rank := func(t twin) int { return refs[t.ref].Rank }
	lowest := rank(slices.MinFunc(twins, func(a, b twin) int { return cmp.Compare(rank(a), rank(b)) }))
	best := slices.DeleteFunc(slices.Clone(twins), func(t twin) bool { return rank(t) != lowest })
	slices.SortFunc(best, func(a, b twin) int {
		return cmp.Or(cmp.Compare(a.Source.Path, b.Source.Path), cmp.Compare(a.Source.Blob, b.Source.Blob))
	})
	return best
}
