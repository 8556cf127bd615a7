package query

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// Parse reads a question: a topic with its argument, terms, words, or a plain
// question. The arguments may be one quoted string or many words; both mean
// the same. It never guesses, and the error is one of [*UnknownQuestionError],
// [*TermError] and [*ArgumentError].
func Parse(args []string, env ParseEnv) (Query, error) {
	text := strings.Join(args, " ")
	tokens, err := tokenise(text)
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
		if err := p.narrow(t); err != nil {
			return Query{}, err
		}
	}
	return p.q, nil
}

// token is a piece of a question between white space.
type token struct {
	text      string // without the sign and the quotes; of a term, its value
	qualifier Qualifier
	not       bool
	quoted    bool
}

// plain reports whether the token is a word that may be part of a topic or of a
// plain question.
func (t token) plain() bool { return t.qualifier == "" && !t.not && !t.quoted }

// raw is the token as one word, for an argument that looks like a term.
func (t token) raw() string {
	if t.qualifier == "" {
		return t.text
	}
	return string(t.qualifier) + ":" + t.text
}

// qualified matches the start of a term. What follows the colon tells it from
// a URL and from a name such as std::vector.
var qualified = text.Pattern(`(?s)^([A-Za-z_-]+):([^:/].*|/[^/].*|/?)$`)

// tokenise cuts a question at white space outside of double quotes.
func tokenise(text string) ([]token, error) {
	var tokens []token
	for rest := strings.TrimSpace(straighten(text)); rest != ""; rest = strings.TrimSpace(rest) {
		piece, after, closed := cut(rest)
		if !closed {
			return nil, &TermError{Term: Term{Value: piece}, Problem: "has no closing quote", Hint: `write "two words"`}
		}
		t := readToken(piece)
		if t.text == "" && t.qualifier == "" {
			return nil, &TermError{Term: Term{Value: piece}, Problem: "is empty", Hint: "leave it out, or say a word"}
		}
		tokens, rest = append(tokens, t), after
	}
	return tokens, nil
}

// straighten replaces the quotes that a phone or a chat types.
func straighten(text string) string {
	return strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "’", "'").Replace(text)
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

func readToken(piece string) token {
	t := token{text: piece}
	t.text, t.not = strings.CutPrefix(t.text, "-")
	if m := qualified().FindStringSubmatch(t.text); m != nil {
		t.qualifier, t.text = Qualifier(strings.ToLower(m[1])), m[2]
	}
	t.quoted = strings.Contains(t.text, `"`)
	t.text = strings.TrimSpace(strings.ReplaceAll(t.text, `"`, ""))
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
func (p *parser) subject(tokens []token) ([]token, error) {
	first := slices.IndexFunc(tokens, token.plain)
	if first < 0 {
		return tokens, nil
	}
	words, rest := splitPlain(tokens)
	if match, slots, found := matchPhrase(words); found {
		return rest, p.phrase(match, slots)
	}
	word := strings.ToLower(strings.TrimRight(words[0], "?"))
	if spec, found := findTopic(Topic(word)); found {
		after, err := p.topic(spec, tokens[first+1:])
		return slices.Concat(tokens[:first], after), err
	}
	if isQuestion(words) {
		return nil, &UnknownQuestionError{Question: p.text}
	}
	if near := closest(word, topicNames()); near != "" {
		return nil, &UnknownQuestionError{Question: p.text, Suggest: Topic(near)}
	}
	return tokens, nil
}

// topic takes the argument of a topic out of the tokens after it.
func (p *parser) topic(spec *TopicSpec, tokens []token) ([]token, error) {
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

// phrase fills the query from a plain question.
func (p *parser) phrase(match phraseSpec, slots []slot) error {
	spec, _ := findTopic(match.topic)
	p.q.Topic = spec.Name
	for _, s := range slots {
		var err error
		if s.name == spec.arg.name || s.name == slotText {
			err = p.argument(spec, s.value)
		} else {
			err = p.q.Add(Qualifier(s.name), s.value, p.env)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// narrow takes in a term or a word.
func (p *parser) narrow(t token) error {
	if t.qualifier != "" {
		return p.q.add(Term{Qualifier: t.qualifier, Value: t.text, Not: t.not}, p.env)
	}
	word := fold(t.text)
	if isDay(word) && p.q.Topic != Search && !t.quoted {
		return &TermError{Term: Term{Value: t.text}, Problem: "is a day", Hint: "write since:" + word + ", or put it in double quotes to search for it"}
	}
	p.q.Words = append(p.q.Words, Word{Text: word, Not: t.not})
	return nil
}

// splitPlain parts the words of a plain question from what narrows it.
func splitPlain(tokens []token) (words []string, rest []token) {
	for _, t := range tokens {
		if t.plain() {
			words = append(words, t.text)
		} else {
			rest = append(rest, t)
		}
	}
	return words, rest
}

// sinceWords turns "since yesterday" and "until monday" after a topic into the
// terms that they say.
func sinceWords(tokens []token) []token {
	tokens = slices.Clone(tokens)
	for i := 0; i+1 < len(tokens); i++ {
		word := Qualifier(strings.ToLower(tokens[i].text))
		if (word == Since || word == Until) && tokens[i].plain() && tokens[i+1].plain() {
			value := strings.TrimRight(tokens[i+1].text, "?")
			tokens = slices.Replace(tokens, i, i+2, token{qualifier: word, text: value})
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

// isName reports whether the token can be the argument of a topic: a word, a
// phrase, or an address or a reference that looks like a term, such as team:qa
// and item:refunds.
func (t token) isName() bool {
	if t.not {
		return false
	}
	raw := strings.ToLower(t.raw())
	typ, _ := handoff.SplitRef(raw)
	return t.qualifier == "" || handoff.IsScope(raw) || strings.HasPrefix(raw, areaPrefix) || typ != handoff.RefAny
}
