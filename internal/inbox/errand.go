package inbox

import (
	"cmp"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/sorting"
)

// Errand is what one record asks of somebody: a handoff with what it gives them, or
// one thing alone. To who reads it is one thing to do.
type Errand struct {
	Lead Row
	Rest []Row // the most severe first
}

// Errands are the errands of rows of a part. What waits is grouped under the handoff
// that says it, and the most severe comes first; what came back and the news are as
// many, in their order.
func Errands(rows []Row) []Errand {
	var errands []Errand
	of := make(map[string]int) // by id of the handoff
	for _, r := range rows {
		if r.Part == Act && r.RowType() == row.TypeHandoff {
			of[r.Key()] = len(errands)
			errands = append(errands, Errand{Lead: r})
		}
	}
	for _, r := range rows {
		i, ok := of[r.Cited().Record]
		switch {
		case !ok || r.Part != Act:
			errands = append(errands, Errand{Lead: r})
		case r.RowType() != row.TypeHandoff:
			errands[i].Rest = append(errands[i].Rest, r)
		}
	}
	for _, e := range errands {
		sorting.By(e.Rest, func(a, b Row) int { return handoff.CompareSeverity(row.SeverityOf(a.Row), row.SeverityOf(b.Row)) })
	}
	if len(rows) > 0 && rows[0].Part == Act {
		sorting.By(errands, func(a, b Errand) int {
			return cmp.Or(compareRaised(a.Lead, b.Lead), handoff.CompareSeverity(a.Severity(), b.Severity()), cmp.Compare(b.Lead.Cited().Age, a.Lead.Cited().Age))
		})
	}
	return errands
}

// compareRaised puts first what somebody escalated.
func compareRaised(a, b Row) int {
	rank := map[row.Type]int{row.TypeEscalation: -1}
	return cmp.Compare(rank[a.RowType()], rank[b.RowType()])
}

// Severity is that of its most severe part.
func (e Errand) Severity() string {
	if len(e.Rest) > 0 {
		return row.SeverityOf(e.Rest[0].Row)
	}
	return row.SeverityOf(e.Lead.Row)
}
