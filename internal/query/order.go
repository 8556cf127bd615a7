package query

import (
	"cmp"
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/sorting"
)

// order compares candidates as sorting.By wants it.
type order func(a, b candidate) int

// typeOrder is the order of types in an answer of several.
var typeOrder = []row.Type{
	row.TypeEscalation, row.TypeBlocker, row.TypeQuestion, row.TypeHandoff, row.TypeItem, row.TypeDecision, row.TypeWatch, row.TypeArea, row.TypeGap, row.TypeRecord, row.TypeContract,
	row.TypeTeam, row.TypePerson, row.TypeAck, row.TypeReview, row.TypeDeadline, row.TypeEvent,
}

// sortCandidates sorts by an order, and what is equal in it by type, id and
// record, so that no map decides.
func sortCandidates(list []candidate, by order) {
	sorting.By(list, func(a, b candidate) int {
		return cmp.Or(
			by(a, b), compareTypes(a, b), cmp.Compare(a.row.Key(), b.row.Key()), cmp.Compare(repoOf(a.row), repoOf(b.row)),
			cmp.Compare(a.row.Cited().Record, b.row.Cited().Record),
		)
	})
}

// repoOf is the repository of a row that has one.
func repoOf(line row.Row) string {
	of, _ := line.(row.InRepo)
	return of.Repo
}

func compareTypes(a, b candidate) int {
	return cmp.Compare(slices.Index(typeOrder, a.row.RowType()), slices.Index(typeOrder, b.row.RowType()))
}

// oldestFirst puts first what has been so the longest.
func oldestFirst(a, b candidate) int { return a.since.Compare(b.since) }

// byKey leaves the order to the keys.
func byKey(_, _ candidate) int { return 0 }

// newestFirst puts first what was said last.
func newestFirst(a, b candidate) int {
	return cmp.Compare(a.row.Cited().Age, b.row.Cited().Age)
}

func bySeverity(a, b candidate) int {
	return cmp.Or(handoff.CompareSeverity(a.severity, b.severity), oldestFirst(a, b))
}

func byType(a, b candidate) int { return cmp.Or(compareTypes(a, b), bySeverity(a, b)) }

func byTypeOldest(a, b candidate) int { return cmp.Or(compareTypes(a, b), oldestFirst(a, b)) }

func byTypeNewest(a, b candidate) int { return cmp.Or(compareTypes(a, b), newestFirst(a, b)) }

// byStory tells what is done, what was decided about it, and what stood in its
// way.
func byStory(a, b candidate) int {
	story := []row.Type{row.TypeItem, row.TypeDecision, row.TypeBlocker}
	return cmp.Or(
		cmp.Compare(slices.Index(story, a.row.RowType()), slices.Index(story, b.row.RowType())), newestFirst(a, b),
	)
}

// byReadiness puts first what can start now.
func byReadiness(a, b candidate) int {
	return cmp.Or(compareFlags(a.idle, b.idle), bySeverity(a, b))
}

// bySilence puts first who has said nothing, then what was said first.
func bySilence(a, b candidate) int {
	return cmp.Or(compareFlags(!a.idle, !b.idle), oldestFirst(a, b))
}

// currentFirst puts superseded records last.
func currentFirst(a, b candidate) int {
	return cmp.Or(compareFlags(a.row.Cited().Superseded, b.row.Cited().Superseded), byTypeNewest(a, b))
}

// compareFlags puts false before true.
func compareFlags(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
