package query

import (
	"slices"
	"strings"
)

// threads are all things that the records speak of.
func (r *runner) threads() []citable {
	var all []citable
	for _, it := range r.state.Items {
		all = append(all, itemThread{it})
	}
	for _, b := range r.state.Blockers {
		all = append(all, blockerThread{b})
	}
	for _, q := range r.state.Questions {
		all = append(all, questionThread{q})
	}
	for _, d := range r.allDecisions() {
		all = append(all, decisionThread{d})
	}
	for _, h := range r.state.Handoffs {
		all = append(all, r.handoffThread(h))
	}
	return all
}

// search lists everything that says the words, each thing cited from the
// latest record that says them. Things are cited as they stand when there is
// no word to find.
func (r *runner) search() []candidate {
	var found []candidate
	for _, t := range r.threads() {
		if r.says(t, r.query.Words) {
			found = append(found, t.cite(r, r.sayer(t)))
		}
	}
	return found
}

// sayer is the latest record of a thread that says the most of the words. A
// rollup repeats what others said, so it comes after them.
func (r *runner) sayer(t thread) string {
	best, most := t.latest(), 0
	for _, id := range t.records() {
		text, said := r.textOf(t, id), 0
		for _, w := range r.query.Words {
			if !w.Not && strings.Contains(text, w.Text) {
				said++
			}
		}
		if said > most || said > 0 && said == most && !isRollup(r.state.Records[id]) {
			best, most = id, said
		}
	}
	return best
}

// says reports whether the records of a thread hold every word, and none of the
// negated ones. They need not hold all words in one record.
func (r *runner) says(t thread, words []Word) bool {
	if len(words) == 0 {
		return true
	}
	var said []string
	for _, id := range t.records() {
		said = append(said, r.textOf(t, id))
	}
	return !slices.ContainsFunc(words, func(w Word) bool {
		found := slices.ContainsFunc(said, func(text string) bool { return strings.Contains(text, w.Text) })
		return found == w.Not
	})
}

// textOf is what a record says about a thread, folded, one line for each text
// so that a phrase does not run from one into the next.
func (r *runner) textOf(t thread, id string) string {
	record := r.state.Records[id]
	if record == nil {
		return ""
	}
	var lines []string
	for _, text := range texts(t.entry(record)) {
		lines = append(lines, fold(text))
	}
	return strings.Join(lines, "\n")
}
