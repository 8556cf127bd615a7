package rules

import (
	"strings"
	"unicode/utf8"

	"github.com/handoff-cli/handoff/internal/handoff"
)

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
		s.fail("summary", declarations["summary"], "summary is empty")
	case strings.Contains(text, "\n"):
		s.fail("summary", "keep the first line and move the rest to `notes`", "summary has a line break")
	case length > maxSummary:
		s.fail("summary", "shorten it, and move the rest to `notes`", "summary is %d characters long, at most %d", length, maxSummary)
	case s.foreign():
	case wordCount(text) < 4:
		s.warn("summary", declarations["summary"], "summary has %d words", wordCount(text))
	case sentences().MatchString(abbrevs().ReplaceAllString(text, "")):
		s.warn("summary", "keep one sentence, and move the rest to `notes`", "summary has more than one sentence")
	}
}

// minIntent is the fewest words that can say why something is done.
const minIntent = 6

// intentLoss is rule HO210.
func intentLoss(s *subject, field string, item *handoff.Item) {
	if s.State == nil {
		return
	}
	if before := s.State.Items[item.ID]; before != nil && before.Live() {
		return
	}
	const fix = "say why it is done and why this way"
	switch words := wordCount(item.Intent); {
	case words == 0:
		s.report(field+".intent", fix, "item %s is new and has no intent", quote(item.ID))
	case words < minIntent && !s.foreign():
		s.report(field+".intent", fix, "item %s is new, and its intent has %d words, at least %d", quote(item.ID), words, minIntent)
	}
}

// nothingStartable is rule HO211.
func nothingStartable(s *subject, field string, item *handoff.Item) {
	if item.Status == handoff.StatusBlocked {
		return
	}
	for _, next := range item.Next {
		if next.StartsNow() {
			return
		}
	}
	const fix = "add a step that can start now, or set status: blocked and name the blocker"
	if len(item.Next) == 0 {
		s.report(field+".next", fix, "item %s has no next step", quote(item.ID))
		return
	}
	s.report(field+".next", fix, "no next step of item %s can start now", quote(item.ID))
}

// templateLeft is rule HO803.
func templateLeft(s *subject) {
	for _, t := range s.texts {
		if !t.authored() {
			continue
		}
		if left := placeholderIn(t.value); left != "" {
			s.report(t.field, "replace it by what you mean; put code in back-ticks", "%s still holds %s", t.field, quote(left))
		}
	}
}

// filler is rule HO806.
func filler(s *subject) {
	for _, t := range s.texts {
		if t.required() && s.words.isFiller(t.value) {
			s.report(t.field, "say it in a sentence", "%s is %s, which says nothing", t.field, quote(t.value))
		}
	}
}
