package cli

import (
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/story"
)

// changesOf are the words for what has changed of a row, and the row without them;
// none where that was not asked.
func changesOf(r row.Row) (row.Row, []string) {
	changed, ok := r.(row.Changed)
	if !ok {
		return r, nil
	}
	var words []string
	_, isBlocker := changed.Row.(*row.Blocker)
	for _, c := range changed.Changes {
		change := story.Change(c)
		if isBlocker && change.What == "state" {
			if change.From, change.To = openState(change.From), openState(change.To); change.From == change.To {
				continue // who is asked knows now
			}
		}
		words = append(words, change.String())
	}
	return changed.Row, words
}
