package outbox

import "github.com/handoff-cli/handoff/internal/handoff"

// Twice is a question that was made of the same comment as another one, which counts: two
// clones have read it at once.
type Twice struct {
	*handoff.Record
	Before *handoff.Record
}

// AskedTwice are the questions of the last two weeks that wait although the same was
// recorded before. Answers, verdicts and resolutions change nothing the second time, and
// of two handoffs the second replaces the first, whose words it has.
func (b *Box) AskedTwice() []Twice {
	var list []Twice
	first := make(map[handoff.Said]*handoff.Record)
	for _, r := range b.State.Known() {
		if r.Said == nil || r.Kind != handoff.KindQuestion || r.Source.Foreign {
			continue
		}
		before := first[*r.Said]
		if before == nil {
			first[*r.Said] = r
		} else if q := b.State.Question(r.ID); before.By == r.By && q != nil && q.Record == r.ID && q.Pending() {
			list = append(list, Twice{r, before})
		}
	}
	return list
}
