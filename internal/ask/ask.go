// Package ask reads plain questions: "is the refund flow done?", "what did ana
// ship yesterday", "who hasn't declared". It makes a [query.Query] of one, which
// is all that comes of it.
//
// There is no model in it and no list of sentences, but a grammar, and one road:
//
//  1. words: short forms in full, polite words and the time cut out (token.go,
//     times.go);
//  2. names: runs of words that the records know, and words of the lexicon
//     (names.go, lexicon.go);
//  3. a clause: the question word, who acts, what is done, to what, found by their
//     order (phrase.go, clause.go, and verbless.go where there is no verb);
//  4. a meaning: the class of the verb says which query that is, and takes in the
//     parts that it understands (meaning.go; stand.go, have.go, happen.go,
//     people.go and state.go by what is asked about).
//
// Words that may be names and English are read in several ways, one after the other.
// A word that nobody knows, and a part that no class took in, make the question one
// that is not understood, which has topics that are near (suggest.go): nothing is
// guessed.
package ask

import (
	"errors"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/query"
)

// Env is what the meaning of a question depends on.
type Env struct {
	query.ParseEnv
	Known  *fold.View     // what is known already, the present; nil to recall it
	Recall query.Recall   // what the records know: their names are those of the present, and others when a word may be one
	Config *config.Config // people, teams and areas
}

// Read makes a query of what somebody typed: a topic with its argument, terms and
// words, as [query.Parse] reads them, or a plain question. The error is one of
// those of [query.Parse], a [*handoff.AmbiguousError] for a name that several
// things have, or comes from Recall.
func Read(args []string, env Env) (query.Query, error) {
	formal, parseErr := query.Parse(args, env.ParseEnv)
	pieces, err := query.Pieces(args)
	if err != nil || parseErr == nil && settled(formal, pieces) && !silent(pieces) {
		return formal, parseErr
	}
	q, understood, err := read(pieces, env)
	if err == nil && !understood {
		q, understood, err = read(plain(pieces), env) // a name in quotes, or with its type
	}
	if err != nil || understood {
		return q, err
	}
	if isQuestion(pieces) || silent(pieces) || parseErr == nil && formal.Topic != query.Search && sentence(pieces) {
		return query.Query{}, refusal(pieces)
	}
	if unknown := new(query.UnknownQuestionError); errors.As(parseErr, &unknown) && unknown.Question != "" && len(unknown.Suggest) == 0 {
		return query.Query{}, refusal(pieces)
	}
	return formal, parseErr
}

// Check reads what can be read before the records are at hand, and returns the
// error that no record can change.
func Check(args []string, env query.ParseEnv) error {
	_, err := query.Parse(args, env)
	if err == nil {
		return nil
	}
	pieces, cutErr := query.Pieces(args)
	if cutErr != nil {
		return err
	}
	words := split(plainWords(pieces))
	if len(words) > 1 || len(words) == 1 && len(lexicon()[words[0]]) > 0 {
		return nil
	}
	return err
}

// settled reports whether a query in the language of topics and terms is all
// that the words can mean.
func settled(q query.Query, pieces []query.Piece) bool {
	words := plainWords(pieces)
	return len(words) == 0 || q.Topic != query.Search && len(q.Words) == 0 && !slices.Contains(words, "?") || q.Topic == query.Search && len(words) == 1
}

// silent reports whether there are words and none says anything: "!!!".
func silent(pieces []query.Piece) bool {
	words := plainWords(pieces)
	return len(words) == len(pieces) && len(split(words)) == 0
}

// plain are the pieces with those in quotes, and those that name a thing with its
// type, as words of the question; none where there are no such.
func plain(pieces []query.Piece) []query.Piece {
	found := false
	pieces = slices.Clone(pieces)
	for i, p := range pieces {
		name, typed := p.Name()
		if p.Not || p.Plain() || p.Qualifier != "" && !typed {
			continue
		}
		pieces[i], found = query.Piece{Text: name}, true
	}
	if !found {
		return nil
	}
	return pieces
}

// torn reports whether a word that is no part of the question stands in its midst,
// where one is missing then: "is -x done" does not ask what is done.
func torn(pieces []query.Piece) bool {
	first := slices.IndexFunc(pieces, query.Piece.Plain)
	last := len(pieces) - 1
	for last >= 0 && !pieces[last].Plain() {
		last--
	}
	return first >= 0 && slices.ContainsFunc(pieces[first:last+1], func(p query.Piece) bool { return !p.Plain() && p.Qualifier == "" })
}

func plainWords(pieces []query.Piece) []string {
	var words []string
	for _, p := range pieces {
		if p.Plain() {
			words = append(words, p.Text)
		}
	}
	return words
}

// mostWords is how many words a question has at most: each that is no English may be
// looked up.
const mostWords = 40

// read reads a plain question. What narrows it stands beside its words: terms,
// and words in double quotes.
func read(pieces []query.Piece, env Env) (q query.Query, understood bool, err error) {
	words := split(plainWords(pieces))
	if len(words) == 0 || len(words) > mostWords || torn(pieces) {
		return q, false, nil
	}
	words, at, err := cutTime(opened(words), env.ParseEnv)
	if err != nil || len(words) == 0 {
		return q, err != nil, err
	}
	names, err := newDirectory(env)
	if err != nil {
		return q, true, err
	}
	for _, how := range readings(words, names) {
		tokens, err := tag(words, names, how)
		if err != nil {
			return q, true, err
		}
		c, ok := parse(tokens, at)
		if !ok {
			continue
		}
		q, understood, err = understand(c, env.ParseEnv, names)
		if understood && err == nil && q.Test != nil && slices.ContainsFunc(pieces, excludes) {
			return query.Query{}, false, nil
		}
		if err != nil || understood && saysUnknown(q, tokens) {
			return beside(q, pieces, env.ParseEnv, err)
		}
	}
	return query.Query{}, false, nil
}

// saysUnknown reports whether the words that nobody knows are in what is asked for:
// none of them was passed over. Of several it is enough that one is said not to be
// known.
func saysUnknown(q query.Query, tokens []token) bool {
	said := spelled(q.String())
	return q.Unknown != "" || !slices.ContainsFunc(tokens, func(t token) bool {
		return t.known && len(t.names) == 0 && !t.can(filler) && !slices.Contains(structural, t.text) && !strings.Contains(said, spelled(t.text))
	})
}

// structural are words that the lexicon does not have, and that the grammar reads where
// they stand: "last handed over".
var structural = []string{"last"}

// excludes reports whether a piece is a word that is not to be there: of a question of
// yes or no, it would be the answer to another one.
func excludes(p query.Piece) bool { return p.Not && p.Qualifier == "" }

// beside lays what stands beside the words over the query.
func beside(q query.Query, pieces []query.Piece, env query.ParseEnv, err error) (query.Query, bool, error) {
	for _, p := range pieces {
		if !p.Plain() && err == nil {
			err = q.Narrow(p, env)
		}
	}
	if err != nil {
		return query.Query{}, true, err
	}
	return q, true, nil
}

// sentence reports whether some of the words are such as only sentences have: who
// types "gaps in my handoff" does not look for these words.
func sentence(pieces []query.Piece) bool {
	words := plainWords(pieces)
	compares := func(w string) bool { return strings.Trim(w, "<>=") == "" } // "blocked > 3 days"
	return slices.ContainsFunc(words, compares) || slices.ContainsFunc(split(words), func(w string) bool {
		return slices.ContainsFunc(lexicon()[w], func(w word) bool {
			participle := w.kind == action && w.form >= past
			return participle || w.kind == preposition || w.kind == possessive || w.kind == pronoun || w.kind == auxiliary || w.kind == negation
		})
	})
}

// isParticiple reports whether a word says what is done to something.
func isParticiple(w string) bool {
	return slices.ContainsFunc(lexicon()[w], func(w word) bool { return w.kind == action && (w.form == past || w.form == partial) })
}

// isQuestion reports whether somebody asks rather than searches.
func isQuestion(pieces []query.Piece) bool {
	words := plainWords(pieces)
	if len(words) == 0 {
		return false
	}
	if strings.HasSuffix(words[len(words)-1], "?") {
		return true
	}
	cut := split(words)
	if len(cut) == 0 {
		return false
	}
	if slices.ContainsFunc(cut, isParticiple) && (slices.Contains(cut, "by") || !slices.ContainsFunc(cut, func(w string) bool { return len(lexicon()[w]) == 0 })) {
		return true // "PRs reviewed by james", "not done items"
	}
	first := opened(cut)
	if len(first) < len(cut) && len(lexicon()[first[0]]) > 0 { // "list all items"
		return true
	}
	return slices.ContainsFunc(first, isAsking) || slices.ContainsFunc(lexicon()[first[0]], func(w word) bool {
		return w.kind == auxiliary || w.kind == indefinite || w.kind == pronoun || w.kind == possessive
	})
}
