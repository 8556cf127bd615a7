package story

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Transfer is what a handoff offers of what its sender holds, and what it keeps.
type Transfer struct {
	Offers []Offered `json:"offers"`
	Keeps  []string  `json:"keeps"` // item ids

	by string
	to []string
}

// Offered is an item with those who are asked to take it.
type Offered struct {
	Item string   `json:"item"`
	To   []string `json:"to"` // handles and addresses, in the order of the steps
}

// TransferOf is what a handoff does that is sealed and not published yet, in the
// state before it. What somebody else has taken from an earlier version, it neither
// offers nor keeps. It is nil for a rollup, which shows what others offer.
func TransferOf(by string, h *handoff.Handoff, before *fold.View) *Transfer {
	if h.Rollup != nil {
		return nil
	}
	t := &Transfer{Offers: []Offered{}, Keeps: []string{}, by: by, to: h.To}
	for _, item := range h.Items {
		if it := before.Items[item.ID]; it != nil && it.Live() && it.Holder != by {
			continue
		}
		if to := receiversOf(by, item); len(to) > 0 {
			t.Offers = append(t.Offers, Offered{item.ID, to})
		} else {
			t.Keeps = append(t.Keeps, item.ID)
		}
	}
	return t
}

// receiversOf are those whom a handoff by somebody asks to take an item.
func receiversOf(by string, item handoff.Item) []string {
	var to []string
	for _, step := range item.Next {
		if step.Owner != "" && step.Owner != by && !slices.Contains(to, step.Owner) {
			to = append(to, step.Owner)
		}
	}
	return to
}

// Words are "ana → ben: offers refund-flow; keeps fee-table", and "" where there is
// nothing of either kind.
func (t *Transfer) Words() string {
	if t == nil || len(t.Offers)+len(t.Keeps) == 0 {
		return ""
	}
	var receivers []string
	items := make(map[string][]string) // by receivers
	for _, offered := range t.Offers {
		to := strings.Join(offered.To, ", ")
		if items[to] == nil {
			receivers = append(receivers, to)
		}
		items[to] = append(items[to], offered.Item)
	}
	var parts []string
	for _, to := range receivers {
		parts = append(parts, "→ "+to+": offers "+strings.Join(items[to], ", "))
	}
	if len(parts) == 0 {
		parts = []string{"→ " + strings.Join(t.to, ", ") + ": offers nothing"}
	}
	if len(t.Keeps) > 0 {
		parts = append(parts, "keeps "+strings.Join(t.Keeps, ", "))
	}
	return t.by + " " + strings.Join(parts, "; ")
}

// Give is the value of --give that offers what is kept, where nothing is offered to
// the others whom the handoff is for; "" elsewhere.
func (t *Transfer) Give() string {
	if t == nil {
		return ""
	}
	toSelf := !slices.ContainsFunc(t.to, func(who string) bool { return who != t.by })
	switch {
	case len(t.Offers) > 0 || len(t.Keeps) == 0 || toSelf:
		return ""
	case len(t.to) == 1:
		return "all"
	}
	return "ITEM=WHO"
}
