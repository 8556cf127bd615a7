package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// isCarried reports whether a finding is about a text that was published before and
// is repeated word for word, or about what an item lacked then as well: it was judged
// then, and who repeats it may not be who wrote it. A record that is published already
// is judged as if it were new.
func (s *subject) isCarried(f handoff.Finding) bool {
	if s.State == nil || s.record == nil || s.State.Records[s.record.ID] != nil {
		return false
	}
	if f.Code == "HO212" || f.Code == "HO214" {
		return f.Level == handoff.LevelWarning && s.lackedBefore(f)
	}
	if f.Code == "HO403" {
		old := s.State.Blockers[s.nameAt(f.Field)]
		return old != nil && old.Open() && old.Resolver == s.by()
	}
	if !judgesWords(f.Code) {
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
	return inSeries(code, '2', '2') || slices.Contains([]string{"HO601", "HO602", "HO605", "HO803", "HO805", "HO806"}, code)
}

// lackedBefore reports whether an item was as severe before, and lacked the same.
func (s *subject) lackedBefore(f handoff.Finding) bool {
	name := s.nameAt(f.Field)
	severity, _ := s.raw(entryOf(f.Field) + ".severity").(string)
	old := s.State.Items[name]
	if old == nil || !old.Live() || old.Severity != severity {
		return false
	}
	if f.Code == "HO214" {
		return len(old.IfThen) == 0
	}
	return len(old.Accept) == 0
}

// nameAt is the id of the entry in which a field lies.
func (s *subject) nameAt(field string) string {
	name, _ := s.raw(entryOf(field) + ".id").(string)
	return name
}

// textsBefore are the texts of the entry in which a field lies as it was declared
// last, none for a new one.
func (s *subject) textsBefore(field string) []string {
	entry, name := entryOf(field), s.nameAt(field)
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
	case "decisions":
		if d := s.State.Decisions[name]; d != nil {
			before.Decisions = []handoff.Decision{d.Decision}
		}
	case "watch", "standing":
		for _, w := range s.State.Watched[s.by()] {
			before.Watch = append(before.Watch, w.Watch)
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
