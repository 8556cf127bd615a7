package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// isCarried reports whether a finding is about a text that was published before and
// is repeated word for word, or about what an item lacked then as well: it was judged
// then, and who repeats it may not be who wrote it.
func (s *subject) isCarried(f handoff.Finding) bool {
	if s.record == nil || !judgesEntry(f.Code) {
		return false
	}
	if s.State != nil && s.State.Records[s.record.ID] != nil {
		return false // it would be compared with itself
	}
	return slices.ContainsFunc(s.before(f.Field), func(before *handoff.Handoff) bool { return s.repeats(f, before) })
}

// repeats reports whether what a finding is about stood in an entry as it was before.
func (s *subject) repeats(f handoff.Finding, before *handoff.Handoff) bool {
	field, name := f.Field, s.nameAt(f.Field)
	switch f.Code {
	case "HO212", "HO214":
		severity, _ := s.raw(entryOf(field) + ".severity").(string)
		old := before.Item(name)
		lacked := old != nil && old.Severity == severity && (f.Code == "HO212" && len(old.Accept) == 0 || f.Code == "HO214" && len(old.IfThen) == 0)
		return lacked && f.Level == handoff.LevelWarning
	case "HO403":
		return slices.ContainsFunc(before.Blockers, func(b handoff.Blocker) bool { return b.Resolver == s.by() })
	}
	if question, about := strings.CutSuffix(field, ".context"); about {
		field = question + ".ask" // the context may be what is missing
	}
	text, ok := s.raw(field).(string)
	return ok && text != "" && slices.ContainsFunc(textsOfRecord(handoff.New("", time.Time{}, "", before)), func(t sentence) bool { return t.value == text })
}

// judgesEntry reports whether a rule is about how something is said in an entry, or
// about who is named in it, and not about what it means together with the rest.
func judgesEntry(code string) bool {
	return inSeries(code, '2', '2') || slices.Contains([]string{"HO403", "HO601", "HO602", "HO605", "HO803", "HO805", "HO806"}, code)
}

// nameAt is the id of the entry in which a field lies.
func (s *subject) nameAt(field string) string {
	name, _ := s.raw(entryOf(field) + ".id").(string)
	return name
}

// before is the entry in which a field lies as it was declared until then, each in a
// handoff of its own; none for a new one. Of a draft the state says how it was
// declared last.
func (s *subject) before(field string) []*handoff.Handoff {
	list, _, _ := strings.Cut(entryOf(field), "[")
	name := s.nameAt(field)
	var before []*handoff.Handoff
	if s.Earlier != nil {
		for _, h := range s.Earlier(list, name) {
			before = append(before, entryAlone(h, list, name))
		}
	}
	if s.State != nil {
		before = append(before, s.declaredLast(list, name))
	}
	return before
}

// entryAlone is a handoff with one entry of another.
func entryAlone(h *handoff.Handoff, list, name string) *handoff.Handoff {
	alone := new(handoff.Handoff)
	switch list {
	case "items":
		alone.Items = called(h.Items, name, func(e handoff.Item) string { return e.ID })
	case "blockers":
		alone.Blockers = called(h.Blockers, name, func(e handoff.Blocker) string { return e.ID })
	case "decisions":
		alone.Decisions = called(h.Decisions, name, func(e handoff.Decision) string { return e.ID })
	case "questions":
		alone.Questions = called(h.Questions, name, func(e handoff.OpenQuestion) string { return e.ID })
	case "watch", "standing":
		alone.Watch, alone.Standing = h.Watch, h.Standing
	}
	return alone
}

// declaredLast is a handoff with one entry as it stands.
func (s *subject) declaredLast(list, name string) *handoff.Handoff {
	before := new(handoff.Handoff)
	switch list {
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
	return before
}

// called are the entries of a list that have an id.
func called[E any](list []E, name string, id func(E) string) (found []E) {
	for _, entry := range list {
		if id(entry) == name {
			found = append(found, entry)
		}
	}
	return found
}
