package query

import (
	"fmt"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// Parse reads a question in the language of topics: a topic with its argument,
// terms, words. The arguments may be one quoted string or many words; both mean
// the same. It never guesses, and the error is one of [*UnknownQuestionError],
// [*TermError] and [*ArgumentError]. A plain question is an unknown one here.
func Parse(args []string, env ParseEnv) (Query, error) {
	text := strings.Join(args, " ")
	tokens, err := Pieces(args)
	if err != nil {
		return Query{}, err
	}
	if len(tokens) == 0 {
		return Query{}, &UnknownQuestionError{}
	}
	p := parser{env: env, text: strings.TrimSpace(text), q: Query{Topic: Search, Me: env.Me}}
	rest, err := p.subject(tokens)
	if err != nil {
		return Query{}, err
	}
	for _, t := range rest {
		if err := p.q.Narrow(t, env); err != nil {
			return Query{}, err
		}
	}
	return p.q, nil
}

// Piece is a piece of a question between white space.
type Piece struct {
	Text      string // without the sign and the quotes; of a term, its value
	Qualifier Qualifier
	Not       bool
	Quoted    bool
}

// Plain reports whether the piece is a word that may be part of a topic or of a
// plain question.
func (t Piece) Plain() bool { return t.Qualifier == "" && !t.Not && !t.Quoted }

// Name is the piece as the word that it is where it names a thing with its type, as
// item:refunds and pr:1842 do; false for words and other terms.
func (t Piece) Name() (string, bool) { return t.raw(), t.Qualifier != "" && t.isName() }

// raw is the piece as one word, for an argument that looks like a term.
func (t Piece) raw() string {
	if t.Qualifier == "" {
		return t.Text
	}
	return string(t.Qualifier) + ":" + t.Text
}

// qualified matches the start of a term. What follows the colon tells it from
// a URL and from a name such as std::vector.
var qualified = text.Pattern(`(?s)^([A-Za-z_-]+):([^:/].*|/[^/].*|/?)$`)

// mostBytes is how long a question is at most: what is longer was pasted.
const mostBytes = 8192

// Pieces cuts a question at white space outside of double quotes. The error is a
// [*TermError].
func Pieces(args []string) ([]Piece, error) {
	var tokens []Piece
	if text := strings.Join(args, " "); len(text) > mostBytes {
		return nil, &TermError{Term: Term{Value: shortName(text)}, Problem: fmt.Sprintf("is longer than %d bytes", mostBytes), Hint: "ask in a few words"}
	}
	for rest := strings.TrimSpace(straighten(strings.Join(args, " "))); rest != ""; rest = strings.TrimSpace(rest) {
		piece, after, closed := cut(rest)
		if !closed {
			return nil, &TermError{Term: Term{Value: piece}, Problem: "has no closing quote", Hint: `write "two words"`}
		}
		t := readPiece(piece)
		if t.Text == "" && t.Qualifier == "" {
			return nil, &TermError{Term: Term{Value: piece}, Problem: "is empty", Hint: "leave it out, or say a word"}
		}
		tokens, rest = append(tokens, t), after
	}
	return tokens, nil
}

// straighten replaces the quotes that a phone or a chat types, and the question
// marks of other scripts.
func straighten(text string) string {
	return strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "’", "'", "？", "?", "؟", "?").Replace(text)
}

// cut splits text after its first piece. closed is false when a quote in the
// piece does not end.
func cut(text string) (piece, after string, closed bool) {
	quoted := false
	end := strings.IndexFunc(text, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return !quoted && isSpace(r)
	})
	if end < 0 {
		return text, "", !quoted
	}
	return text[:end], text[end:], true
}

// isSpace must agree with strings.TrimSpace, or a piece would be empty.
func isSpace(r rune) bool { return strings.TrimSpace(string(r)) == "" }

func readPiece(piece string) Piece {
	t := Piece{Text: piece}
	t.Text, t.Not = strings.CutPrefix(t.Text, "-")
	if m := qualified().FindStringSubmatch(t.Text); m != nil {
		t.Qualifier, t.Text = Qualifier(strings.ToLower(m[1])), m[2]
	}
	t.Quoted = strings.Contains(t.Text, `"`)
	t.Text = strings.TrimSpace(strings.ReplaceAll(t.Text, `"`, ""))
	return t
}

// parser fills a query from tokens.
type parser struct {
	env  ParseEnv
	text string // the whole question, for errors
	q    Query
}

// subject finds what the question is about, and returns the tokens that only
// narrow it.
func (p *parser) subject(tokens []Piece) ([]Piece, error) {
	first := slices.IndexFunc(tokens, Piece.Plain)
	if first < 0 {
		return tokens, nil
	}
	words, _ := splitPlain(tokens)
	word := strings.ToLower(strings.TrimRight(words[0], "?"))
	if spec, found := findTopic(Topic(word)); found {
		after, err := p.topic(spec, tokens[first+1:])
		return slices.Concat(tokens[:first], after), err
	}
	if isQuestion(words) {
		return nil, &UnknownQuestionError{Question: p.text}
	}
	if near := text.Slip(word, topicNames()); near != "" {
		return nil, &UnknownQuestionError{Question: p.text, Suggest: []Topic{Topic(near)}, Slip: true}
	}
	return tokens, nil
}

// topic takes the argument of a topic out of the tokens after it.
func (p *parser) topic(spec *TopicSpec, tokens []Piece) ([]Piece, error) {
	p.q.Topic = spec.Name
	tokens = sinceWords(tokens)
	if spec.arg.read != nil && len(tokens) > 0 && tokens[0].isName() {
		if err := p.argument(spec, tokens[0].raw()); err != nil {
			return nil, err
		}
		tokens = tokens[1:]
	}
	if p.q.Arg == "" && spec.arg.required {
		return nil, &ArgumentError{Topic: spec.Name, Hint: "as in: " + spec.Example}
	}
	if words, _ := splitPlain(tokens); len(words) > 0 && (spec.Name == Why || isQuestion(words)) {
		return nil, &UnknownQuestionError{Question: p.text} // a plain question, but none of those that are known
	}
	return tokens, nil
}

// argument checks and sets the argument of the topic.
func (p *parser) argument(spec *TopicSpec, text string) error {
	return p.q.About(spec.Name, strings.TrimRight(text, "?"), p.env)
}

// Narrow takes in a term or a word. The error is a [*TermError].
func (q *Query) Narrow(t Piece, env ParseEnv) error {
	if t.Qualifier != "" {
		return q.add(Term{Qualifier: t.Qualifier, Value: t.Text, Not: t.Not}, env)
	}
	word := FoldCase(t.Text)
	if isDay(word) && q.Topic != Search && !t.Quoted {
		return &TermError{Term: Term{Value: t.Text}, Problem: "is a day", Hint: "write since:" + word + ", or put it in double quotes to search for it"}
	}
	if said := (Word{Text: word, Not: t.Not}); !slices.Contains(q.Words, said) {
		q.Words = append(q.Words, said)
	}
	return nil
}

// splitPlain parts the words of a plain question from what narrows it.
func splitPlain(tokens []Piece) (words []string, rest []Piece) {
	for _, t := range tokens {
		if t.Plain() {
			words = append(words, t.Text)
		} else {
			rest = append(rest, t)
		}
	}
	return words, rest
}

// sinceWords turns "since yesterday" and "until monday" after a topic into the
// terms that they say.
func sinceWords(tokens []Piece) []Piece {
	tokens = slices.Clone(tokens)
	for i := 0; i+1 < len(tokens); i++ {
		word := Qualifier(strings.ToLower(tokens[i].Text))
		if (word == Since || word == Until) && tokens[i].Plain() && tokens[i+1].Plain() {
			value := strings.TrimRight(tokens[i+1].Text, "?")
			tokens = slices.Replace(tokens, i, i+2, Piece{Qualifier: word, Text: value})
		}
	}
	return tokens
}

// isQuestion reports whether somebody asks rather than searches.
func isQuestion(words []string) bool {
	first, last := strings.ToLower(words[0]), words[len(words)-1]
	return strings.HasSuffix(last, "?") ||
		slices.Contains([]string{"what", "what's", "who", "who's", "why", "when", "is", "are"}, first)
}

// refTypes are the types of references, with which a name may begin.
var refTypes = []string{"pr", "ticket", "branch", "commit", "file", "url", "doc", "session"}

// isName reports whether the token can be the argument of a topic: a word, a
// phrase, or an address or a reference that looks like a term, such as team:qa
// and item:refunds.
func (t Piece) isName() bool {
	if t.Not {
		return false
	}
	raw := strings.ToLower(t.raw())
	typ, _ := handoff.SplitRef(raw)
	return t.Qualifier == "" || handoff.IsScope(raw) || slices.Contains(refTypes, string(t.Qualifier)) || strings.HasPrefix(raw, areaPrefix) || typ != handoff.RefAny
}
