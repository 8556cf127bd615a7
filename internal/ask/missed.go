package ask

import (
	"errors"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/query"
)

// Missed is the refusal of words that no record has, where they are rather a question
// that is not understood: "summarize today". Words that are no grammar, such as
// "loader tables", are a search that found nothing, and nil. The query is what the
// words were read as.
//
// Only what the records do not have is judged: who looks for "blocked by the bank" in
// them is given what says so.
func Missed(args []string, q query.Query) error {
	if q.Topic != query.Search || len(q.Terms) > 0 || !q.Since.IsZero() || !q.Until.IsZero() {
		return nil
	}
	pieces, err := query.Pieces(args)
	if err != nil || slices.ContainsFunc(pieces, func(p query.Piece) bool { return !p.Plain() }) || !asksRather(split(plainWords(pieces))) {
		return nil
	}
	refused := refusal(pieces)
	if unknown := new(query.UnknownQuestionError); errors.As(refused, &unknown) {
		unknown.Sought = true
	}
	return refused
}

// asksRather reports whether words are such as people ask with: one that says what the
// grammar is about in a form that only sentences and lists have, a wish for an answer,
// or how another language asks. The word for one thing may be in any text.
func asksRather(words []string) bool {
	for i, w := range words {
		if len(wordsNear()[w]) > 0 || slices.Contains(foreign(), w) {
			return true
		}
		for n := min(longestPhrase, len(words)-i); n > 0; n-- {
			if t, ok := inLexicon(words[i : i+n]); ok && slices.ContainsFunc(t.words, word.asks) {
				return true
			}
		}
	}
	return false
}

// asks reports whether a word of the lexicon is one that people ask with.
func (w word) asks() bool {
	switch w.kind {
	case action:
		return w.form != base
	case noun:
		return w.value == "many"
	}
	return slices.Contains([]kind{asking, auxiliary, negation, pronoun, possessive, indefinite}, w.kind)
}

// foreign are the words with which the languages ask that colleagues have: who types one
// learns that questions are English.
func foreign() []string {
	return strings.Fields("qué quién quiénes cuándo cuál cuáles dónde cómo wer wen wem wann wo warum wieso wie welche " +
		"qui quoi quand où pourquoi quel quelle qu'est-ce quem quando quais onde chi che cosa perché dove wat waarom hoe " +
		"что кто когда где почему как co kto kiedy gdzie dlaczego")
}
