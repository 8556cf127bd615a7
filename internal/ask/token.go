package ask

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/text"
)

// token is a word of a question, or a phrase that stands for one thing.
type token struct {
	text  string // folded
	words []word // what it may be by the lexicon
	names []Name // what it may be by the records
	known bool   // looked up among the names of the records
	loose bool   // named by some words of a title, which may be a part of another name
	all   bool   // what is said is said of all that begins here
}

// is returns the reading of a token as a kind of word.
func (t token) is(k kind) (word, bool) {
	i := slices.IndexFunc(t.words, func(w word) bool { return w.kind == k })
	if i < 0 {
		return word{}, false
	}
	return t.words[i], true
}

func (t token) can(k kind) bool { _, ok := t.is(k); return ok }

// possessor is the token that "'s" becomes where it is not short for a verb.
const possessor = "'s"

// contractions are short forms and what they stand for, those included that
// people type without the apostrophe.
var contractions = map[string]string{
	"can't": "can not", "cannot": "can not", "won't": "will not", "i'm": "i am", "im": "i am", "ain't": "is not",
	"whats": "what is", "whos": "who is", "wheres": "where is", "whens": "when is", "hows": "how is", "whys": "why is", "whatre": "what are",
	"isnt": "is not", "arent": "are not", "wasnt": "was not", "doesnt": "does not", "dont": "do not", "didnt": "did not", "hasnt": "has not", "havent": "have not",
	"cant": "can not", "ive": "i have", "theres": "there is", "y'all": "team",
}

// shortened are words after which "'s" is a verb, and endings that are.
var (
	shortened = []string{"what", "who", "where", "when", "how", "why", "which", "it", "that", "there", "here", "anything", "something", "everything", "nobody", "anyone", "someone", "everyone"}
	endings   = [][2]string{{"n't", "not"}, {"'ve", "have"}, {"'re", "are"}, {"'ll", "will"}, {"'d", "would"}}
)

// split makes words of plain text: of one case, without the marks around them,
// short forms in full.
func split(pieces []string) []string {
	var words []string
	for _, piece := range pieces {
		for part := range strings.FieldsSeq(query.FoldCase(piece)) {
			words = append(words, whole(trimMarks(part))...)
		}
	}
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

// trimMarks takes off what punctuation puts around a word. A slash, a dot in front
// and the sign of a number are part of names.
func trimMarks(part string) string {
	part = strings.TrimLeft(part, "([{'`<¿¡-–—")
	part = strings.TrimRight(part, "?!.,;:)]}`>-–—…")
	if !strings.HasSuffix(part, "s'") { // whose it is: "james' items"
		part = strings.TrimRight(part, "'")
	}
	return part
}

// whole is a word without short forms.
func whole(w string) []string {
	if long, ok := contractions[w]; ok {
		return strings.Fields(long)
	}
	for _, ending := range endings {
		if stem, ok := strings.CutSuffix(w, ending[0]); ok && stem != "" {
			return []string{stem, ending[1]}
		}
	}
	if stem, ok := strings.CutSuffix(w, "s'"); ok && stem != "" {
		return []string{stem + "s", possessor}
	}
	if stem, ok := strings.CutSuffix(w, "'s"); ok && stem != "" {
		if slices.Contains(shortened, stem) {
			return []string{stem, "is"}
		}
		return []string{stem, possessor}
	}
	return []string{w}
}

// polite is what people say before they ask: that they are sorry, and that they want
// to be told.
var polite = text.Pattern(`^(?:` +
	`(?:please|kindly|pls|hey|hi|hello|ok|okay|so|and|but|well|sorry|thanks|thank you|excuse me|good morning|quick question|just|then|list) ` +
	`|(?:can|could|would|will|may|might) (?:you|i|we|anyone|anybody|someone|somebody) (?:please |kindly |maybe |just )?(?:(?:tell|say|show|give|remind)(?: to)? (?:me|us) |(?:tell|say|explain|ask|know|see|check|find out|look up) )` +
	`|(?:do|does) (?:you|anyone|anybody|someone|somebody)(?: happen to)? (?:know|remember) ` +
	`|i (?:am|was) (?:just )?wondering |i wonder |(?:i|we) (?:would like|want|need|have|would love) (?:to )?(?:know|see|ask) ` +
	`|(?:tell|show|give|remind|say)(?: to)? (?:me|us) |show |get |any idea )`)

// opened takes polite words off the beginning.
func opened(words []string) []string {
	for {
		n := len(strings.Fields(polite().FindString(strings.Join(words, " ") + " ")))
		if n == 0 || n >= len(words) {
			return fronted(words)
		}
		words = words[n:]
	}
}

// fronted puts a question word in front that somebody typed behind: "dev back when".
func fronted(words []string) []string {
	last := words[len(words)-1]
	if _, asks := (token{words: lexicon()[last]}).is(asking); !asks || len(words) < 2 || slices.ContainsFunc(words[:len(words)-1], isAsking) {
		return words
	}
	return append([]string{last}, words[:len(words)-1]...)
}

func isAsking(word string) bool { return token{words: lexicon()[word]}.can(asking) }

// tag finds what the words are: names as long as can be, phrases of the lexicon,
// words.
func tag(words []string, names *directory, how reading) ([]token, error) {
	var tokens []token
	for i := 0; i < len(words); {
		t, n := longest(words[i:], names, how.from(i))
		tokens, i = append(tokens, t), i+n
	}
	return names.lookUp(tokens)
}

// reading is how words are taken that are both names and English.
type reading struct {
	long bool // a name that holds English words is one
	name int  // where a single word is a name though it is English, -1 for nowhere
}

// readings are the ways to take some words, in the order in which they are tried.
func readings(words []string, names *directory) []reading {
	all := []reading{{long: true, name: -1}, {long: false, name: -1}}
	for i, w := range words {
		if len(lexicon()[w]) > 0 && len(names.exact[spelled(w)]) > 0 {
			all = append(all, reading{long: true, name: i})
		}
	}
	return all
}

// from is the reading of the words from a place on.
func (r reading) from(at int) reading { return reading{r.long, r.name - at} }

// longest is the token that begins here, and of how many words it is.
func longest(words []string, names *directory, how reading) (token, int) {
	for n := min(len(words), longestName); n > 0; n-- {
		if found, loose := names.find(words[:n], how); len(found) > 0 {
			return token{text: strings.Join(words[:n], " "), names: found, known: true, loose: loose}, n
		}
		if n <= longestPhrase {
			if t, ok := inLexicon(words[:n]); ok {
				return t, n
			}
		}
	}
	return token{text: words[0]}, 1
}

// inLexicon is a word or a phrase of the lexicon. Who types a hyphen in it means
// the same.
func inLexicon(words []string) (token, bool) {
	text := strings.Join(words, " ")
	if text == possessor {
		return token{text: text, words: []word{{kind: possessive}}}, true
	}
	known := lexicon()[strings.ReplaceAll(text, "-", " ")]
	return token{text: text, words: known}, known != nil
}
