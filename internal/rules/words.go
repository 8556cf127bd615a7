package rules

import (
	"maps"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/text"
	"golang.org/x/text/unicode/norm"
)

// strip is what wordsOf removes from both ends of a piece: punctuation, straight
// and typographic quotes, and dashes.
const strip = ".,;:!?()[]{}\"'`\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb\u2014\u2013"

// wordsOf splits text into its words: composed, lower-case, without the
// punctuation around them. Pieces without a letter or digit are no words. Where a
// script puts no spaces between words, each character stands for one.
func wordsOf(s string) []string {
	var words []string
	for piece := range strings.FieldsSeq(strings.ToLower(norm.NFC.String(s))) {
		for _, piece := range unspaced(piece) {
			piece = strings.Trim(piece, strip)
			if strings.IndexFunc(piece, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) >= 0 {
				words = append(words, piece)
			}
		}
	}
	return words
}

// isUnspaced reports whether a character is of a script that writes its words
// without spaces.
func isUnspaced(r rune) bool {
	return r > unicode.MaxLatin1 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// unspaced parts what was written without spaces into such characters and the rest
// between them.
func unspaced(piece string) []string {
	if strings.IndexFunc(piece, isUnspaced) < 0 {
		return []string{piece}
	}
	var parts []string
	rest := 0 // where what stands between them begins
	for i, r := range piece {
		if isUnspaced(r) {
			parts = append(parts, piece[rest:i], string(r))
			rest = i + utf8.RuneLen(r)
		}
	}
	return append(parts, piece[rest:])
}

// normal is the text as its words, with one space between them.
func normal(s string) string { return strings.Join(wordsOf(s), " ") }

// wordCount is the number of words, two characters for one where there are no
// spaces between them.
func wordCount(s string) int {
	n, characters := 0, 0
	for _, word := range wordsOf(s) {
		if first, _ := utf8.DecodeRuneInString(word); isUnspaced(first) {
			characters++
		} else {
			n++
		}
	}
	return n + (characters+1)/2
}

// inWords is a number of words in a message.
func inWords(n int) string {
	return text.Count(n, "word")
}

// grams is the set of three words in a row. A shorter text is one gram.
func grams(s string) map[string]bool {
	words := wordsOf(s)
	set := make(map[string]bool)
	switch {
	case len(words) == 0:
	case len(words) < 3:
		set[strings.Join(words, " ")] = true
	default:
		for i := range len(words) - 2 {
			set[strings.Join(words[i:i+3], " ")] = true
		}
	}
	return set
}

// contain is the share of a's grams that b has too, 0 for an empty a.
func contain(a, b string) float64 {
	of, in := grams(a), grams(b)
	if len(of) == 0 {
		return 0
	}
	return float64(common(of, in)) / float64(len(of))
}

// similarity is how alike two texts are: grams that both have out of all grams, 0
// for two empty texts.
func similarity(a, b string) float64 {
	of, in := grams(a), grams(b)
	both := common(of, in)
	all := len(of) + len(in) - both
	if all == 0 {
		return 0
	}
	return float64(both) / float64(all)
}

// common is how many members two sets share.
func common(a, b map[string]bool) int {
	n := 0
	for gram := range a {
		if b[gram] {
			n++
		}
	}
	return n
}

// contentWords is the set of words that carry meaning, roughly: those of four
// letters and more.
func contentWords(s string) map[string]bool {
	set := make(map[string]bool)
	for _, word := range wordsOf(s) {
		if len([]rune(word)) >= 4 {
			set[word] = true
		}
	}
	return set
}

// stems are the content words without most of their endings: "defrag" and
// "defragged" are one.
func stems(s string) map[string]bool {
	set := make(map[string]bool)
	for word := range contentWords(s) {
		set[stem(word)] = true
	}
	return set
}

// stem is how a word begins.
func stem(word string) string {
	runes := []rune(word)
	return string(runes[:min(5, len(runes))])
}

// anchorSet says which classes of anchors a text has: the things in it that
// can be looked up, counted or clicked on.
type anchorSet uint16

const (
	anchorRef anchorSet = 1 << iota
	anchorSHA
	anchorURL
	anchorPath
	anchorFile
	anchorCode
	anchorHandle
	anchorQty
	anchorCount
	anchorDate
	anchorTime
	anchorIdent
	anchorCond
	anchorVersion
	anchorNumber
)

// concrete are the classes that name a thing or a size, be it only a number. A person
// and a condition are neither.
const concrete = ^(anchorHandle | anchorCond)

// has reports whether the set holds any of the classes.
func (a anchorSet) has(classes anchorSet) bool { return a&classes != 0 }

// anchorPatterns are matched against the raw text.
var anchorPatterns = []struct {
	class anchorSet
	// marks are characters of which every match has one, "" if that cannot be
	// said: looking for them first costs a tenth of the pattern.
	marks   string
	pattern func() *regexp.Regexp
}{
	{anchorRef, digits, text.Pattern(`(?:^|[\s(])[#!]\d+\b|\b[A-Z][A-Z0-9]{1,9}-\d+\b`)},
	{anchorSHA, digits, text.Pattern(`\b[0-9a-f]{7,40}\b`)},
	{anchorURL, "/", text.Pattern(`https?://\S+`)},
	{anchorPath, "/", text.Pattern("(?:^|[\\s`(])[\\w.@-]+(?:/[\\w.@-]+)+")},
	{anchorFile, ".", text.Pattern(`\b[\w-]+\.(?:go|ts|tsx|js|jsx|py|rs|java|kt|rb|php|cs|c|h|cpp|sql|ya?ml|json|toml|md|sh|tf|proto|css|html|swift|dart|vue|xml|csv|txt|ini|conf|lock|gradle|ipynb|lua|ps1)\b`)},
	{anchorFile, "", text.Pattern(`\b(?:Makefile|Dockerfile|Jenkinsfile|README|CHANGELOG|LICENSE|CODEOWNERS)\b`)},
	{anchorCode, "`", text.Pattern("`[^`]+`")},
	{anchorHandle, "@", text.Pattern(`(?:^|[\s(])@[A-Za-z0-9][\w.-]*`)},
	{anchorQty, digits, text.Pattern(`(?:^|[\s(~<>=])\d+(?:\.\d+)?\s?(?:%|(?:ms|s|m|h|d|min|mins|minutes?|hours?|days?|x|k|rps|qps|kb|mb|gb|rows?|tests?|errors?)\b)`)},
	{anchorCount, digits, text.Pattern(`\b\d+\s?(?:/|of)\s?\d+\b`)},
	{anchorDate, digits, text.Pattern(`\b\d{4}-\d{2}-\d{2}\b`)},
	{anchorTime, digits, text.Pattern(`\b\d{1,2}:\d{2}\b`)},
	{anchorIdent, "", text.Pattern(`\b\w+_\w+\b|\b[a-z]+[A-Z]\w*\b|\b[A-Z][a-z]+[A-Z]\w*\b|\w\(\)|(?:^|\s)--[a-z][\w-]*|\b[a-z]\w*:[a-z]\w*\b`)},
	{anchorCond, "", text.Pattern(`\b(?i:if|when|after|once|until|unless|before)\b(?:\s+\S+){2,}`)},
	{anchorVersion, digits, text.Pattern(`\bv?\d+(?:\.\d+){2,}(?:-[\w.]+)?\b|\bv\d+(?:\.\d+)?\b`)},
}

const digits = "0123456789"

// anchors returns the classes that the text has.
func anchors(s string) anchorSet {
	var set anchorSet
	for _, a := range anchorPatterns {
		if a.marks != "" && !strings.ContainsAny(s, a.marks) {
			continue
		}
		if len(anchorMatches(a.class, a.pattern(), s)) > 0 {
			set |= a.class
		}
	}
	if !set.has(concrete) && strings.ContainsFunc(s, unicode.IsDigit) {
		set |= anchorNumber // the last resort: any number says more than none
	}
	return set
}

// anchorTexts returns the anchors themselves, of the classes that name
// something in particular.
func anchorTexts(s string) []string {
	const particular = anchorRef | anchorSHA | anchorURL | anchorPath | anchorFile | anchorCode | anchorHandle | anchorQty | anchorCount | anchorIdent | anchorVersion
	var texts []string
	for _, a := range anchorPatterns {
		if particular.has(a.class) {
			texts = append(texts, anchorMatches(a.class, a.pattern(), s)...)
		}
	}
	return texts
}

// anchorMatches returns the matches of a pattern, less the digits and the
// words that look like a hash.
func anchorMatches(class anchorSet, pattern *regexp.Regexp, s string) []string {
	var matches []string
	for _, match := range pattern.FindAllString(s, -1) {
		if class == anchorSHA && !(strings.ContainsAny(match, digits) && strings.ContainsAny(match, "abcdef")) {
			continue
		}
		matches = append(matches, strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(match), "(")))
	}
	return matches
}

// The fixed word lists are English. The first three can be extended.
var (
	fillers = set("n/a", "na", "none", "nil", "same", "same as above", "see above", "as above", "ditto", "tbd", "todo", "wip",
		"as discussed", "see slack", "see ticket", "see pr", "ok", "done", "misc", "etc", "various", "stuff")
	weakVerbs = set("continue", "keep", "carry", "look", "check", "investigate", "handle", "deal", "work", "try", "help", "see",
		"monitor", "watch", "follow", "finish", "progress", "explore", "think", "proceed", "resume", "sort", "wrap")
	softWords = set("we", "it", "they", "there", "some", "maybe", "perhaps", "should", "could", "might", "need", "needs", "probably",
		"hopefully")
	// ongoing are first words that tell what somebody does, and no order.
	ongoing = set("waiting", "working", "looking", "checking", "trying", "testing", "fixing", "finishing", "investigating", "continuing",
		"monitoring", "watching", "reviewing", "merging", "writing", "adding", "hoping", "thinking", "getting", "making", "doing",
		"planning", "preparing", "debugging", "chasing", "helping", "discussing", "pending")
	notPeople = set("someone", "anyone", "everyone", "whoever", "us", "we", "all", "tbd", "na", "unassigned")
	// looks are those of the weak verbs after which a thing stands.
	looks = set("check", "look", "investigate", "see", "try")
	// visibleActs leave something behind that anybody can look at.
	visibleActs = set("merge", "tag", "release", "publish", "deploy", "close", "approve", "revert", "delete", "remove", "bump",
		"upgrade", "rename", "ship", "push", "announce", "sign", "land", "enable", "disable", "start", "stop", "restart", "reboot",
		"roll", "submit", "file", "send", "ask", "tell", "ping", "notify")
	// openActs say by themselves as little as weak verbs, and are steps with some words
	// more.
	openActs = set("fix", "do", "more", "improve", "change", "complete", "address", "debug", "research", "discuss", "go", "clean",
		"cleanup", "get", "make", "retry")
	observable = set("returns", "equals", "passes", "fails", "merged", "approved", "deployed", "visible", "green", "zero", "none",
		"exists", "responds", "renders", "rejects", "accepts", "shows", "matches", "agrees", "signed", "published", "released")
	// results are words of states that say how something came out.
	results = set("green", "red", "passed", "passes", "failed", "fails", "failing", "broken", "merged", "deployed", "approved",
		"rejected", "reverted", "released", "published", "signed", "down", "up")
	// placed are assertions after which a place may stand.
	placed = set("deployed", "merged")
	// changed are first words of a commit's subject, after which stands what changed.
	changed = set("fixed", "merged", "deployed", "verified", "tested")
	// joints are words after which no thing stands.
	joints = set("and", "by", "now", "as", "too", "again", "everywhere", "it", "this", "them", "yesterday", "today")
	// opinions are words of checks on which two people may differ.
	opinions = set("good", "fine", "nice", "ok", "okay", "happy", "satisfied", "clean", "better", "properly", "correctly", "well",
		"looks", "feels", "seems", "reasonable", "nicely", "smooth", "smoothly", "stable", "works", "work", "working", "done", "ready",
		"complete", "finished", "usable", "acceptable", "expected")
)

// The patterns of the spec's lists. Those that say so are applied to the normal form.
var (
	statePrefix = text.Pattern(`^(?:still |just |mostly |currently )?(?:(?:working|worked) on|in progress|in review|wip|ongoing|almost (?:done|there|finished)|nearly (?:done|there|finished)|mostly done|needs? (?:some )?(?:polish|cleanup|work|more time)|same as (?:yesterday|before|last)|(?:ready|waiting|out|up) for (?:review|merging)$)(?:\b|$)`) // on the normal form
	bareWait    = text.Pattern(`^(?:still |currently )?(?:waiting|blocked|pending|stuck|on hold|hold|needs?|depends?)(?: (?:on|for|by|with|more))?(?: @?\S+){0,2}$`)                                                                                                                                                                                       // on the normal form
	noReason    = text.Pattern(`^(?:it )?(?:is |was |seems |feels |looks )?(?:better|best|best practice|simpler|easier|cleaner|faster|makes sense|made sense|obvious|standard|as discussed|per discussion|team decision|consensus|agreed)$`)                                                                                                               // on the normal form
	// relTime is what depends on when it is read, in what somebody is to do; relSoon
	// is what of it does so in a report, which has a date of its own: only what it
	// looks ahead to. A day that is past is clear in both.
	relTime     = text.Pattern(`(?i)\b(?:today|tomorrow|tonight|this (?:morning|afternoon|evening)|eod|cob|end of (?:the )?day|next week|(?:next )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|asap|soon|shortly|later|eventually|at some point|when possible|when you can|when you get a chance)\b`) // on the text without code
	relSoon     = text.Pattern(`(?i)\b(?:tomorrow|eod|cob|end of (?:the )?day|next week|(?:by|before|until|till|due|next) (?:next )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day))\b`)                                                                                                              // on the text without code
	relVague    = text.Pattern(`(?i)\b(?:asap|soon|shortly|later|eventually|at some point|when possible|when you can|when you get a chance)\b`)                                                                                                                                                      // of relTime what is vague in any zone
	pastDay     = text.Pattern(`(?i)\b(?:from|since|of|last) (?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day['\x{2019}]s\b`)
	absTime     = text.Pattern(`\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}:\d{2}\s?(?:Z|UTC|GMT|[+-]\d{2})`)
	placeholder = text.Pattern(`\b(?:TODO|TBD|FIXME|XXX)\b|(?i:\blorem ipsum\b)|(?:^|[\s"(])<[a-zA-Z][^<>\n]{0,60}>|\[(?:describe|insert|add|your|name|date|todo|what|who|why)\b[^\]\n]*\]`) // on the text without code
	address     = text.Pattern(`^[\s"(]?<(?:https?://|mailto:|[^\s<>@]+@[^\s<>@]+\.)`)
	codeSpan    = text.Pattern("`[^`]*`")
	assertion   = text.Pattern(`(?i)\b(?:done|works|working|fixed|passing|passes|deployed|merged|verified|tested|complete)\b`)
	// hedge before an assertion turns it into something else: "not merged",
	// "once it is deployed".
	hedge      = text.Pattern(`(?i)(?:\b(?:not|no|nothing|none|never|cannot|can|could|should|would|will|must|until|unless|once|when|if|after|before|to|be|being|half|partly|almost|nearly|mostly)|n't)(?:\s+\S+){0,2}\s*$`)
	attributes = text.Pattern(`^ [a-z]`)                                                                    // what "complete" stands before, as in "complete the list"
	copula     = text.Pattern(`(?i)(?:^|\b(?:is|are|was|were|been|be|has|have|all|everything|and)|'s)\s*$`) // what stands before "done" of a whole
	whereTo    = text.Pattern(`^ (?:to|on|into|in) \S`)                                                     // what "deployed" stands before, where one can look
	// admission says what is not done: who reads it is not told too much.
	admission = text.Pattern(`(?i)\b(?:not|missing|fails|failing|failed|red|broken|except|but)\b|n't\b`)
	sentences = text.Pattern(`[.!?]\s+\S`)
	abbrevs   = text.Pattern(`(?i)\b(?:e\.g\.|i\.e\.|vs\.|approx\.|no\.)`)
)

// withoutCode removes the spans in back-ticks, which are quoted and not said.
func withoutCode(s string) string {
	if !strings.Contains(s, "`") {
		return s
	}
	return codeSpan().ReplaceAllString(s, " ")
}

// placeholderIn returns the part of a template that was left in the text, or
// "". What stands in angle brackets as a URL or an email address does is none.
func placeholderIn(s string) string {
	for _, match := range placeholder().FindAllString(withoutCode(s), -1) {
		if !address().MatchString(match) {
			return strings.TrimLeft(match, " \t\n\"(")
		}
	}
	return ""
}

// hedgeReach is how many bytes before an assertion a hedge is looked for.
const hedgeReach = 60

// assertionIn returns the word by which the text asserts that something is
// done, or "". A hedged one asserts nothing, and "working on" the contrary; nor does
// one that says where, or beside what is not done.
func assertionIn(s string) string {
	if admission().MatchString(s) {
		return ""
	}
	for _, span := range assertion().FindAllStringIndex(s, -1) {
		word, rest := s[span[0]:span[1]], s[span[1]:]
		ongoing := strings.EqualFold(word, "working") && strings.HasPrefix(rest, " on ")
		attribute := strings.EqualFold(word, "complete") && attributes().MatchString(rest) || placed[strings.ToLower(word)] && whereTo().MatchString(rest)
		before := s[max(0, span[0]-hedgeReach):span[0]]
		if strings.EqualFold(word, "done") && !copula().MatchString(before) && strings.HasPrefix(rest, ", ") {
			continue // one of several parts
		}
		if !ongoing && !attribute && !hedge().MatchString(before) {
			return word
		}
	}
	return ""
}

// namesChange reports whether what was shipped is said as a commit says it: "docs:
// fixed the page of releases" names a change, and asserts no more than that it was
// made.
func namesChange(what string) bool {
	if _, after, prefixed := strings.Cut(what, ": "); prefixed {
		what = after
	}
	words := wordsOf(what)
	return len(words) > 2 && changed[words[0]] && !joints[words[1]] && !strings.ContainsAny(strings.Fields(what)[0], ",;.")
}

// lexicon is the word lists with the team's own words, which are compared
// without case and punctuation.
type lexicon struct {
	filler   map[string]bool // texts that say nothing
	weak     map[string]bool // first verbs that name no step
	soft     map[string]bool // first words that do not begin a step
	relative []string        // normal forms of the team's own; the others are relTime
}

func newLexicon(own config.Words) *lexicon {
	l := &lexicon{filler: extended(fillers, own.Filler), weak: extended(weakVerbs, own.Weak), soft: extended(softWords, own.Soft)}
	for _, phrase := range own.RelTime {
		l.relative = append(l.relative, normal(phrase))
	}
	return l
}

func (l *lexicon) isFiller(s string) bool { return l.filler[normal(s)] }

// relativeTime returns the time in the text that depends on who reads it, or "":
// any in a plan, and in a report one that lies ahead. Among people of one zone only
// what is vague in a plan is unclear.
func (l *lexicon) relativeTime(s string, plan, oneZone bool) string {
	s = pastDay().ReplaceAllString(withoutCode(s), " ")
	pattern := relSoon
	switch {
	case plan && oneZone:
		pattern = relVague
	case plan:
		pattern = relTime
	}
	if match := pattern().FindString(s); match != "" && (plan || !oneZone) {
		return match
	}
	text := " " + normal(s) + " "
	for _, phrase := range l.relative {
		if strings.Contains(text, " "+phrase+" ") {
			return phrase
		}
	}
	return ""
}

func extended(base map[string]bool, own []string) map[string]bool {
	if len(own) == 0 {
		return base
	}
	all := maps.Clone(base)
	for _, phrase := range own {
		all[normal(phrase)] = true
	}
	return all
}

func set(members ...string) map[string]bool {
	m := make(map[string]bool, len(members))
	for _, member := range members {
		m[member] = true
	}
	return m
}
