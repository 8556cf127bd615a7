package index

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
)

// candidate is a record that shares its id with another one of other content.
type candidate struct {
	*handoff.Record
	ref int // the first that has it
}

// elect returns of each group of candidates the one that counts: that of the ref with
// the lowest rank, the default branch before the branch of records before all
// others, and among equals the one that was committed first. Whoever can push can
// have any number of records share their ids: all of them are decided at once.
func elect(ctx context.Context, repo *store.Repo, refs []git.Ref, dir string, candidates map[string][]candidate) (map[string]*handoff.Record, error) {
	elected := make(map[string]*handoff.Record, len(candidates))
	open := make(map[bool][][]candidate) // those that are equal, by whether they are foreign
	for _, id := range slices.Sorted(maps.Keys(candidates)) {
		best := foremost(candidates[id], refs)
		if elected[id] = best[0].Record; len(best) > 1 {
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
		among := slices.DeleteFunc(slices.Clone(refs), func(ref git.Ref) bool { return ref.Foreign != foreign })
		oldest, err := repo.Oldest(ctx, among, dir, files)
		if err != nil {
			return nil, err
		}
		for i, group := range groups {
			elected[group[0].ID] = group[oldest[i]].Record
		}
	}
	return elected, nil
}

// foremost returns the candidates of the lowest rank, in an order that does not depend
// on that of the refs.
func foremost(candidates []candidate, refs []git.Ref) []candidate {
	rank := func(t candidate) int { return refs[t.ref].Rank }
	lowest := rank(slices.MinFunc(candidates, func(a, b candidate) int { return cmp.Compare(rank(a), rank(b)) }))
	best := slices.DeleteFunc(slices.Clone(candidates), func(t candidate) bool { return rank(t) != lowest })
	slices.SortFunc(best, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.Source.Path, b.Source.Path), cmp.Compare(a.Source.Blob, b.Source.Blob))
	})
	return best
}

// holdElections sees to it that of several records with one id the right one
// counts, as in Load.
func (r *refresh) holdElections() error {
	list, err := stored(r.ctx, r.conn, "SELECT n, data FROM record WHERE id IN (SELECT id FROM record WHERE position = ?)", notElected)
	if err != nil || len(list) == 0 {
		return err
	}
	first, err := firstRefs(r.ctx, r.conn, daysOf(list))
	if err != nil {
		return err
	}
	candidates, numbers := make(map[string][]candidate), make(map[*handoff.Record]int64, len(list))
	for _, a := range list {
		ref, ok := first[a.n]
		if !ok || ref >= len(r.ix.options.Refs) {
			return errDamaged
		}
		candidates[a.ID], numbers[a.Record] = append(candidates[a.ID], candidate{a.Record, ref}), a.n
	}
	elected, err := elect(r.ctx, r.ix.repo, r.ix.options.Refs, r.ix.options.Dir, candidates)
	if err != nil {
		return &readError{err}
	}
	var elections []election
	for _, id := range slices.Sorted(maps.Keys(elected)) {
		e := election{winner: arrival{n: numbers[elected[id]], stored: true, Record: elected[id]}}
		if err := r.conn.QueryRowContext(r.ctx, "SELECT max(n) FROM record WHERE id = ? AND position >= 0", id).Scan(&e.folded); err != nil {
			return err
		}
		if !e.folded.Valid || e.folded.Int64 != e.winner.n {
			elections = append(elections, e)
		}
	}
	if len(elections) == 0 {
		return nil
	}
	return r.makeCount(elections)
}

// election is the record that is to count of those with one id, and the one that
// does so far, if any does.
type election struct {
	winner arrival
	folded sql.NullInt64
}

// makeCount makes records count in place of those that are folded. All of them at
// once: what was folded since the first of those is folded again, and whoever
// can push can have any number of records share their ids.
func (r *refresh) makeCount(elections []election) error {
	var pending []arrival
	var winners, losers []int64
	lost := make(map[int64]bool)
	for _, e := range elections {
		pending, winners = append(pending, e.winner), append(winners, e.winner.n)
		if e.folded.Valid {
			losers = append(losers, e.folded.Int64)
			lost[e.folded.Int64] = true
		}
	}
	back, ok, err := r.rewindTo(jsonList(losers))
	if err != nil {
		return err
	}
	if _, err := r.conn.ExecContext(r.ctx, "UPDATE record SET position = ? WHERE n IN (SELECT value FROM json_each(?))", notElected, jsonList(losers)); err != nil {
		return err
	}
	if _, err := r.conn.ExecContext(r.ctx, "UPDATE record SET position = NULL WHERE n IN (SELECT value FROM json_each(?))", jsonList(winners)); err != nil {
		return err
	}
	if !ok {
		return r.fold.foldAll(r.fold.storedSource())
	}
	back = slices.DeleteFunc(back, func(a arrival) bool { return lost[a.n] })
	return r.fold.foldAll(listSource(append(pending, back...)))
}
