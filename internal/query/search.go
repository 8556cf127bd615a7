package query

import (
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/story"
)

// threads are all things that the records speak of.
func (r *runner) threads() []citable {
	var all []citable
	for _, kind := range Kinds {
		for _, key := range r.state.Keys(kind) {
			all = append(all, r.threadsOf(kind, key)...)
		}
	}
	return all
}

// search lists everything that says the words, each thing cited from the
// latest record that says most of them. Things are cited as they stand when
// there is no word to find.
func (r *runner) search() []candidate {
	var found []candidate
	for _, t := range r.threads() {
		if id, ok := r.sayer(t); ok {
			found = append(found, t.cite(r, id))
		}
	}
	return append(found, r.remarks()...)
}

// says reports whether the records of a thread hold every word, and none of the
// negated ones.
func (r *runner) says(t thread) bool {
	_, ok := r.sayer(t)
	return ok
}

// sayer is the record of a thread that says the most of the words, the latest
// of several; ok is false when the thread does not meet the words. Its records
// need not hold all words in one of them. A rollup repeats what others said, so
// it comes after them.
func (r *runner) sayer(t thread) (record string, ok bool) {
	words := r.query.Words
	record = t.latest()
	if len(words) == 0 {
		return record, true
	}
	found := make([]bool, len(words))
	most := 0
	for _, id := range t.records() {
		text, said := r.textOf(t, id), 0
		for i, w := range words {
			if strings.Contains(text, w.Text) {
				found[i] = true
				said++
			}
		}
		if said > most || said > 0 && said == most && !fold.IsRollup(r.state.Records[id]) {
			record, most = id, said
		}
	}
	for i, w := range words {
		if found[i] == w.Not {
			return "", false
		}
	}
	return record, true
}

// textOf is what a record says about a thread, as words are looked for in it.
func (r *runner) textOf(t thread, id string) string {
	if m, ok := t.(remark); ok && id == "" { // of the configuration
		return story.Written(m.said)
	}
	record := r.state.Records[id]
	if record == nil {
		return ""
	}
	return story.Written(t.entry(record))
}
