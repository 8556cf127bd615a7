package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// isCarried reports whether a finding is about a text that was published before and
// is repeated word for word: it was judged then, and who repeats it may not be who
// wrote it. A record that is published already is judged as if it were new.
func (s *subject) isCarried(f handoff.Finding) bool {
	if s.State == nil || s.record == nil || s.State.Records[s.record.ID] != nil || !judgesWords(f.Code) {
		return false
	}
	field := f.Field
	if question, about := strings.CutSuffix(field, ".context"); about {
		field = question + ".ask" // the context may be what is missing
	}
	text, ok := s.raw(field).(string)
	return ok && text != "" && slices.Contains(s.textsBefore(field), text)
}

// judgesWords reports whether a rule is about how something is said, and not about
// what it means together with the rest.
func judgesWords(code string) bool {
	return inSeries(code, '2', '2') || code == "HO605" || code == "HO803" || code == "HO805" || code == "HO806"
}

// textsBefore are the texts of the entry in which a field lies as it was declared
// last, none for a new one.
func (s *subject) textsBefore(field string) []string {
	entry := entryOf(field)
	name, _ := s.raw(entry + ".id").(string)
	before := new(handoff.Handoff)
	switch list, _, _ := strings.Cut(entry, "["); list {
	case "items":
		if it := s.State.Items[name]; it != nil && it.Live() {
			before.Items = []handoff.Item{it.Item}
		}
	case "blockers":
		if b := s.State.Blockers[name]; b != nil && b.Open() {
			before.Blockers = []handoff.Blocker{b.Blocker}
		}
	case "questions":
		if q := s.State.Questions[name]; q != nil && q.Open() {
			before.Questions = []handoff.OpenQuestion{{ID: name, Ask: q.Ask, Context: q.Context, DefaultIfSilent: q.Default}}
		}
	}
	var texts []string
	for _, t := range textsOfRecord(handoff.New("", time.Time{}, "", before)) {
		texts = append(texts, t.value)
	}
	return texts
}
