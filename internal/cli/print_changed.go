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
	words := make([]string, len(changed.Changes))
	for i, change := range changed.Changes {
		words[i] = story.Change(change).String()
	}
	return changed.Row, words
}
