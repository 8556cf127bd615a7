package rules

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// vagueNext is rule HO201.
func vagueNext(s *subject, field string, next *handoff.Next) {
	do := wordsOf(next.Do)
	const fix = "say what to do, and to which thing: a file, a pull request, a number"
	switch words, where := wordCount(next.Do), field+".do"; {
	case next.Do == "":
	case s.words.isFiller(next.Do) || words == 0:
		s.fail(where, fix, "%s says nothing that can be done", s.the(where))
	case words > 1 && s.isWeak(field, next):
		s.warn(where, fix, "%s names nothing after %q", s.the(where), do[0])
	case words > 2 || !s.words.weak[do[0]] && !openActs[do[0]] || anchors(next.Do) != 0:
		// A short step is done to its item: merge, bisect, load TEST.
	case words < 2:
		s.fail(where, fix, "%s says nothing that can be done", s.the(where))
	default:
		s.warn(where, fix, "%s has %s", s.the(where), inWords(words))
	}
}

// isWeak reports whether a step begins with a verb that names no action, and
// nothing else in it does. What is to be looked at may stand in the state of its item.
func (s *subject) isWeak(field string, next *handoff.Next) bool {
	do := wordsOf(next.Do)
	if !s.words.weak[do[0]] || !next.Due.IsZero() || anchors(next.Do+" "+next.When) != 0 {
		return false
	}
	state, _ := s.raw(entryOf(field) + ".state").(string)
	return len(do) < 3 || !looks[do[0]] || !anchors(state).has(concrete)
}

// softNext is rule HO202. It leaves what HO201 reports.
func softNext(s *subject, field string, next *handoff.Next) {
	do := wordsOf(next.Do)
	if wordCount(next.Do) < 3 || s.words.isFiller(next.Do) || s.isWeak(field, next) {
		return
	}
	if s.words.soft[do[0]] || ongoing[do[0]] {
		s.report(field+".do", "write what is to be done: a verb, and what it is done to", "%s is no order: %q", s.the(field), do[0]+" …")
	}
}

// statusForState is rule HO203.
func statusForState(s *subject, field string, item *handoff.Item) {
	field += ".state"
	const fix = "say what is true now: what works, what is missing, where to see it"
	state := normal(item.State)
	switch {
	case item.State == "":
	case s.words.isFiller(item.State):
		s.fail(field, fix, "%s says nothing", s.the(field))
	case spaced(item.State) == spaced(item.Status):
		s.fail(field, fix, "%s only repeats the status", s.the(field))
	case anchors(item.State) == 0 && statePrefix().MatchString(state):
		s.warn(field, fix, "%s tells the status, not where it stands", s.the(field))
	case anchors(item.State) == 0 && saysLittle(item):
		s.warn(field, fix, "%s has %s", s.the(field), inWords(wordCount(item.State)))
	case state == normal(item.Title):
		s.warn(field, fix, "%s only repeats the title", s.the(field))
	}
}

// saysLittle reports whether a state has too few words to say where an item stands.
// Of what nobody has begun there is little to say, and two words with a result in
// them, as in "build green", are enough.
func saysLittle(item *handoff.Item) bool {
	words := wordCount(item.State)
	return words < 4 && item.Status != handoff.StatusReady && (words < 2 || !hasWord(item.State, results))
}

// spaced is a status, or a text that may be one, as words: in_progress,
// in-progress and In progress are the same.
func spaced(s string) string { return normal(strings.NewReplacer("_", " ", "-", " ").Replace(s)) }

// relativeTime is rule HO204. A date, a time with its zone, or a field such as
// due in the same entry makes it clear.
func relativeTime(s *subject) {
	clear := make(map[string]bool) // entries with an absolute time
	for _, t := range s.texts {
		if timeFields[t.key] || prose[t.key] && absTime().MatchString(t.value) {
			clear[entryOf(t.field)] = true
		}
	}
	oneZone := s.inOneZone()
	for _, t := range s.texts {
		if !prose[t.key] || clear[entryOf(t.field)] {
			continue
		}
		if word := s.words.relativeTime(t.value, plans[t.key], oneZone); word != "" && !s.isDayOfReturn(word) {
			s.report(t.field, "write the date, or the time with its zone", "%s says %s: when is that?", s.the(t.field), quote(word))
		}
	}
}

// inOneZone reports whether a handoff surely stays in the zone of its sender.
func (s *subject) inOneZone() bool {
	h, ok := s.body().(*handoff.Handoff)
	zone := s.Config.People[s.by()].TZ
	return ok && !zone.IsZero() && len(h.To) > 0 && !slices.ContainsFunc(slices.Concat(h.To, h.CC), func(to string) bool {
		theirs := s.Config.People[to].TZ
		return theirs.IsZero() || theirs.String() != zone.String()
	})
}

// isDayOfReturn reports whether a word is the day of the week on which the sender is
// back: the handoff says which one that is.
func (s *subject) isDayOfReturn(word string) bool {
	h, ok := s.body().(*handoff.Handoff)
	day := word[strings.LastIndexByte(word, ' ')+1:]
	return ok && !h.ReturnsAt.IsZero() && strings.EqualFold(day, h.ReturnsAt.Weekday().String())
}

// plans are the keys whose values say what somebody is to do. The other texts are
// reports.
var plans = set("do", "when", "then", "needs", "default_if_silent", "first_action")

// timeFields are the keys that give an entry an absolute time.
var timeFields = set("due", "needed_by", "until", "deadline")

// entryOf is the entry of a list at the top in which a field lies, or the field
// itself outside of one.
func entryOf(field string) string {
	if end := strings.IndexByte(field, ']'); end >= 0 {
		return field[:end+1]
	}
	return field
}

// waitForNeed is rule HO205.
func waitForNeed(s *subject, field string, blocker *handoff.Blocker) {
	field += ".needs"
	const fix = "say what would remove it: who decides, approves or grants what"
	switch {
	case blocker.Needs == "":
	case s.words.isFiller(blocker.Needs):
		s.fail(field, fix, "%s says nothing", s.the(field))
	case anchors(blocker.Needs).has(concrete):
	case bareWait().MatchString(normal(blocker.Needs)):
		s.warn(field, fix, "%s is a wait, and not what would end it", s.the(field))
	case wordCount(blocker.Needs) < 3:
		s.warn(field, fix, "%s has %s", s.the(field), inWords(wordCount(blocker.Needs)))
	}
}

// emptyRationale is rule HO206.
func emptyRationale(s *subject, field, _ string, d *handoff.DecisionFields) {
	const fix = "give the reason that would change the decision if it went away"
	field = handoff.JoinField(field, "rationale")
	switch words := wordCount(d.Rationale); {
	case strings.TrimSpace(d.Rationale) == "":
		s.fail(field, fix, "%s is missing", s.the(field))
	case s.words.isFiller(d.Rationale):
		s.fail(field, fix, "%s says nothing", s.the(field))
	case noReason().MatchString(normal(d.Rationale)):
		s.warn(field, fix, "%s is no reason", s.the(field))
	case words < 4 && !anchors(d.Rationale).has(concrete):
		s.warn(field, fix, "%s has %s", s.the(field), inWords(words))
	case contain(d.Rationale, d.Decision) >= 0.8:
		s.warn(field, fix, "%s repeats the decision", s.the(field))
	}
}

// The sizes above which a handoff is a novel (rule HO208), and below which it
// is too thin (rule HO209).
const (
	manyWords, tooManyWords = 600, 1000
	manyItems, tooManyItems = 7, 12
	manyNoteWords           = 120
	fewWords                = 15
)

// novel is rule HO208. The sources of a rollup were each within the limits, and
// twenty people have more to say than one: only what the lead adds counts.
func novel(s *subject, h *handoff.Handoff) {
	const fix = "keep what must be known first; the rest goes into a file (details)"
	if words := wordCount(h.Notes); words > manyNoteWords {
		s.warn("notes", fix, "the notes have %d words, more than %d", words, manyNoteWords)
	}
	if h.Rollup != nil {
		return
	}
	switch words := proseWords(s.texts); {
	case words > tooManyWords:
		s.fail("", fix, "the handoff has %d words, at most %d", words, tooManyWords)
	case words > manyWords:
		s.warn("", fix, "the handoff has %d words, more than %d", words, manyWords)
	}
	const fewer = "hand over what can be taken on, and drop or ship the rest"
	switch items := len(h.Items); {
	case items > tooManyItems:
		s.fail("items", fewer, "the handoff has %d items, at most %d", items, tooManyItems)
	case items > manyItems:
		s.warn("items", fewer, "the handoff has %d items, more than %d", items, manyItems)
	}
}

// tooThin is rule HO209.
func tooThin(s *subject, h *handoff.Handoff) {
	if words := proseWords(s.texts); len(h.Items) > 0 && words < fewWords {
		s.report("items", "say where each item stands, what comes next, and why", "the whole handoff has %s", inWords(words))
	}
}

// noAcceptance is rule HO212. What a team wants of every item that comes to it
// stands in its contract, which is HO407's.
func noAcceptance(s *subject, field string, item *handoff.Item) {
	routine := item.Severity == "" || item.Severity == handoff.SeverityRoutine
	if len(item.Accept) > 0 || s.by() == "" || routine || slices.ContainsFunc(item.Next, isItsOwnCheck) {
		return
	}
	if receiver := receiverOf(*item, s.by()); receiver != s.by() {
		s.report(field+".accept", "say how one can tell that it is done", "%s goes to %s, and nothing says when it is done", named(item.ID), receiver)
	}
}

// isItsOwnCheck reports whether anybody can see that a step is done: it begins with
// an act that leaves something behind, and names what.
func isItsOwnCheck(next handoff.Next) bool {
	do := wordsOf(next.Do)
	return len(do) > 1 && visibleActs[do[0]]
}

// unmeasurable is rule HO213.
func unmeasurable(s *subject, field string, item *handoff.Item) {
	for i, criterion := range item.Accept {
		check := criterion.Check
		if criterion.Cmd != "" || check == "" || anchors(check).has(concrete) || hasWord(check, observable) || !hasWord(check, opinions) {
			continue
		}
		field := indexField(field+".accept", i) + ".check"
		s.report(field, "name a number, a command, or something that can be seen", "%s is a matter of opinion", s.the(field))
	}
}

func hasWord(text string, words map[string]bool) bool {
	return slices.ContainsFunc(wordsOf(text), func(word string) bool { return words[word] })
}

// noContingency is rule HO214.
func noContingency(s *subject, field string, item *handoff.Item) {
	if len(item.IfThen) > 0 {
		return
	}
	const fix = "say what may happen, and what to do then"
	switch item.Severity {
	case handoff.SeverityCritical:
		s.fail(field+".if_then", fix, "%s is critical, and nothing says what may happen", named(item.ID))
	case handoff.SeverityWatch:
		s.warn(field+".if_then", fix, "%s is to be watched, and nothing says what may happen", named(item.ID))
	}
}

// unsafeStep is rule HO215.
func unsafeStep(s *subject, field string, next *handoff.Next) {
	if next.Risk == "irreversible" && next.ConfirmWith == "" {
		s.report(field+".confirm_with", "name who must agree first (confirm_with)", "%s cannot be undone: nobody confirms it", s.the(field+".do"))
	}
}

// opaqueBlocker is rule HO216.
func opaqueBlocker(s *subject, field string, blocker *handoff.Blocker) {
	const fix = "say why the work cannot go on without it"
	switch words := wordCount(blocker.Because); {
	case blocker.Because == "" || s.words.isFiller(blocker.Because):
	case words < 3 && !anchors(blocker.Because).has(concrete):
		s.report(field+".because", fix, "%s has %s", s.the(field+".because"), inWords(words))
	case contain(blocker.Because, blocker.Needs) >= 0.8:
		s.report(field+".because", fix, "%s repeats what is needed", s.the(field+".because"))
	}
}

// noQuestion is rule HO217, for the questions of a handoff and for those by
// themselves. One beside items is read with what they say.
func noQuestion(s *subject) {
	switch body := s.body().(type) {
	case *handoff.Question:
		s.checkQuestion("", body.Ask, body.To, body.Context+body.About+strings.Join(body.Blocks, " "))
	case *handoff.Handoff:
		for i, q := range body.Questions {
			context := q.Context + strings.Join(q.Blocks, " ")
			for _, item := range body.Items {
				context += item.State
			}
			s.checkQuestion(indexField("questions", i), q.Ask, q.To, context)
		}
	}
}

// checkQuestion judges a question with what else there is to understand it by.
func (s *subject) checkQuestion(field, ask, to, context string) {
	if ask != "" && !strings.HasSuffix(strings.TrimSpace(ask), "?") {
		s.fail(handoff.JoinField(field, "ask"), "ask one question, and end it with ?", "%s is no question", s.the(handoff.JoinField(field, "ask")))
	}
	if to == "" && s.raw(handoff.JoinField(field, "to")) == nil {
		s.fail(handoff.JoinField(field, "to"), "name who can answer", "%s is put to nobody", s.the(handoff.JoinField(field, "ask")))
	}
	if strings.TrimSpace(context) == "" && wordCount(ask) < fewAskWords && !anchors(ask).has(concrete) {
		s.warn(handoff.JoinField(field, "context"), "say what one must know to answer it", "%s has no context", s.the(handoff.JoinField(field, "ask")))
	}
}

// fewAskWords are too few for a question that is to be understood by itself.
const fewAskWords = 6

// maxSummary is the longest summary, in code points.
const maxSummary = 140

// novelHeadline is rule HO207. An absent summary is HO102's.
func novelHeadline(s *subject, h *handoff.Handoff) {
	text, isText := s.raw("summary").(string)
	if !isText {
		return
	}
	length := utf8.RuneCountInString(text)
	switch {
	case strings.TrimSpace(text) == "":
		s.fail("summary", declarations["summary"], "the summary is empty")
	case strings.Contains(text, "\n"):
		s.fail("summary", "keep the first line, and move the rest to the notes", "the summary has a line break")
	case length > maxSummary:
		s.fail("summary", "shorten it, and move the rest to the notes", "the summary is %d characters long, at most %d", length, maxSummary)
	case s.foreign():
	case wordCount(text) < 3 && !anchors(text).has(concrete) && !saysNone(h):
		s.warn("summary", declarations["summary"], "the summary has %s", inWords(wordCount(text)))
	case len(sentences().FindAllString(abbrevs().ReplaceAllString(text, ""), -1)) > 1:
		s.warn("summary", "keep one, and move the rest to the notes", "the summary has more than two sentences")
	}
}

// saysNone reports whether a handoff says that there is nothing to hand over.
func saysNone(h *handoff.Handoff) bool {
	return len(h.Shipped)+len(h.Items)+len(h.Blockers)+len(h.Decisions) == 0
}

// minIntent is the fewest words that can say why something is done.
const minIntent = 3

// intentLoss is rule HO210.
func intentLoss(s *subject, field string, item *handoff.Item) {
	if s.State == nil {
		return
	}
	if before := s.State.Items[item.ID]; before != nil && (before.Live() || s.amended(before.ClosedBy)) {
		return
	}
	if from := s.State.Items[item.Continues]; from != nil && item.Intent == "" {
		return // it goes on for the same reason
	}
	const fix = "say why it is done, and why this way"
	switch words := wordCount(item.Intent); {
	case words == 0:
		s.fail(field+".intent", fix, "%s is new, and nothing says why it is done", named(item.ID))
	case words < minIntent && !s.foreign() && !anchors(item.Intent).has(concrete) && !addsTwo(item):
		s.warn(field+".intent", fix, "%s is new, and why it is done is said in %s", named(item.ID), inWords(words))
	}
}

// addsTwo reports whether an intent has two words that the name of its item has not:
// "security fixes" is a reason, and "dark mode" of dark-icons the thing once more.
func addsTwo(item *handoff.Item) bool {
	named := wordsOf(spaced(item.ID + " " + item.Title))
	added := slices.DeleteFunc(wordsOf(spaced(item.Intent)), func(word string) bool {
		return slices.ContainsFunc(named, func(other string) bool { return stem(word) == stem(other) })
	})
	return len(added) >= 2
}

// nothingStartable is rule HO211.
func nothingStartable(s *subject, field string, item *handoff.Item) {
	if item.Status == handoff.StatusBlocked || slices.ContainsFunc(item.Next, handoff.Next.StartsNow) {
		return
	}
	const fix = "add a step that can start now, or set it to blocked and say by what"
	if len(item.Next) == 0 {
		s.report(field+".next", fix, "%s has no next step", named(item.ID))
		return
	}
	s.report(field+".next", fix, "no next step of %s can start now", named(item.ID))
}

// cloneAnswers is rule HO805.
func cloneAnswers(s *subject, h *handoff.Handoff) {
	const fix = "say what is different"
	states, steps := make(map[string]string), make(map[string]string)
	for i, item := range h.Items {
		field := indexField("items", i)
		if state := normal(item.State); state != "" {
			if first, ok := states[state]; ok {
				s.report(field+".state", fix, "%s and %s have the same state", named(first), named(item.ID))
			} else {
				states[state] = item.ID
			}
		}
		for j, next := range item.Next {
			do := normal(next.Do)
			if first, ok := steps[do]; ok && do != "" && first != item.ID {
				s.report(indexField(field+".next", j)+".do", fix, "%s and %s have the same next step", named(first), named(item.ID))
			} else if !ok {
				steps[do] = item.ID
			}
		}
	}
}

// templateLeft is rule HO803.
func templateLeft(s *subject) {
	for _, t := range s.texts {
		if !t.authored() {
			continue
		}
		if left := placeholderIn(t.value); left != "" {
			s.report(t.field, "replace it by what you mean; code goes into back-ticks", "%s still holds %s", s.the(t.field), quote(left))
		}
	}
}

// filler is rule HO806.
func filler(s *subject) {
	for _, t := range s.texts {
		if t.required() && s.words.isFiller(t.value) {
			s.report(t.field, "say it in a sentence", "%s is %s, which says nothing", s.the(t.field), quote(t.value))
		}
	}
}
