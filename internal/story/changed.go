package story

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// Change is one respect in which a thing is no longer as it was.
type Change struct {
	What string // as records spell it, such as status; "new" where nothing was known of the thing
	From string // "" where nothing was said of it
	To   string // "" where nothing is said of it any more
}

// String is the change in a line: status: in_progress → in_review.
func (c Change) String() string {
	what := strings.ReplaceAll(c.What, "_", " ")
	switch {
	case c.From == "":
		return text.JoinNonEmpty(": ", what, c.To)
	case c.To == "":
		return what + ": " + c.From + " → none"
	}
	return what + ": " + c.From + " → " + c.To
}

// ChangedSince is [Changed] from a time on, for records the last of which says something
// of the thing; a nil one is unknown. What it took the place of, prior by its id, is before all of that; what
// a rollup says of it is told elsewhere.
func ChangedSince(since time.Time, kind fold.EntryKind, name, prior string, records []*handoff.Record) []Change {
	var before, after []*handoff.Record
	for i, r := range records {
		switch {
		case r == nil || fold.IsRollup(r) && i < len(records)-1:
		case r.At.Before(since) || r.ID == prior:
			before = append(before, r)
		default:
			after = append(after, r)
		}
	}
	return Changed(kind, name, before, after)
}

// Changed says in which respects a thing is no longer as it was once some records say
// more, the last of which says something of it. Both lists are of records that name the
// thing, in fold order. What has come and gone in between is no change, unless the last
// record did it.
func Changed(kind fold.EntryKind, name string, before, since []*handoff.Record) []Change {
	was := standing{kind: kind, name: name}
	was.tell(before)
	is := was.clone()
	is.tell(since)
	changes := was.changes(is)
	if last := len(since) - 1; len(changes) == 0 && last > 0 {
		return Changed(kind, name, slices.Concat(before, since[:last]), since[last:])
	}
	return changes
}

// standing is how a thing stands, in the words of the records.
type standing struct {
	kind fold.EntryKind
	name string
	keys []string // in the order in which they were first said
	said map[string]string
}

func (s *standing) clone() standing {
	c := standing{kind: s.kind, name: s.name, keys: slices.Clone(s.keys), said: make(map[string]string)}
	for key, value := range s.said {
		c.said[key] = value
	}
	return c
}

func (s *standing) set(key, value string) {
	if s.said == nil {
		s.said = make(map[string]string)
	}
	if !slices.Contains(s.keys, key) {
		s.keys = append(s.keys, key)
	}
	s.said[key] = value
}

// changes are what is not as it was in another standing of the thing, a later one.
func (s *standing) changes(is standing) []Change {
	changes := []Change{}
	if len(s.keys) == 0 && len(is.keys) > 0 {
		return append(changes, Change{What: "new"})
	}
	closed := slices.Contains([]string{fold.ItemShipped, fold.ItemDropped}, is.said["status"])
	for _, key := range is.keys {
		if closed && key != "status" && key != "state" {
			continue // nobody is to go on with it
		}
		if from, to := s.said[key], is.said[key]; from != to {
			changes = append(changes, Change{key, from, to})
		}
	}
	return changes
}

// tell takes in what records say of the thing. A handoff that another one of them
// amends says nothing any more.
func (s *standing) tell(records []*handoff.Record) {
	amended := make(map[string]bool)
	for _, r := range records {
		if h, ok := r.Body.(*handoff.Handoff); ok {
			amended[h.Amends] = true
		}
	}
	for _, r := range records {
		if amended[r.ID] {
			continue
		}
		switch body := r.Body.(type) {
		case *handoff.Handoff:
			s.handoff(r.By, body)
		case *handoff.Ack:
			s.ack(r.By, body)
		case *handoff.DecisionRecord:
			if s.kind == fold.EntryDecision {
				s.fields(body.DecisionFields)
			}
		case *handoff.Resolution:
			s.set("state", body.Outcome)
			s.set("how", body.How)
		case *handoff.Question:
			if s.kind == fold.EntryQuestion {
				s.fields(*body)
			}
		case *handoff.Answer:
			s.set("answer", body.Text)
		case *handoff.Assignment:
			s.set("offered_to", body.To)
		case *handoff.Escalation:
			s.set("escalated_to", body.To)
			s.blocker(fold.BlockerEscalated)
		case *handoff.Withdrawal:
			s.set("withdrawn", body.Why)
		case *handoff.Route:
			s.set("told", body.To)
			s.blocker(fold.BlockerRouted)
		case *handoff.Gap:
			s.set("gap", text.JoinNonEmpty(", ", body.Class, body.Impact))
		}
	}
}

// handoff takes in what a handoff says of the thing.
func (s *standing) handoff(by string, h *handoff.Handoff) {
	switch s.kind {
	case fold.EntryHandoff:
		own := *h
		own.Items, own.Blockers, own.Decisions, own.Questions, own.Anchor, own.Meta = nil, nil, nil, nil, nil, nil
		own.Amends, own.Unchanged, own.Shift = "", nil, nil
		s.fields(own)
	case fold.EntryItem:
		if item := h.Item(s.name); item != nil {
			s.fields(*item)
			s.set("holder", cmp.Or(s.said["holder"], by))
		}
		for _, shipped := range h.Shipped {
			if shipped.ID == s.name {
				s.set("status", fold.ItemShipped)
				s.set("state", shipped.What)
			}
		}
		for _, dropped := range h.Dropped {
			if dropped.ID == s.name {
				s.set("status", fold.ItemDropped)
				s.set("state", dropped.Why)
			}
		}
	case fold.EntryBlocker:
		if b := h.Blocker(s.name); b != nil {
			s.fields(*b)
			if at := s.said["state"]; at == "" || slices.Contains(fold.Resolutions, at) {
				s.set("state", fold.BlockerDeclared)
			}
		}
	case fold.EntryQuestion:
		for _, q := range h.Questions {
			if q.ID == s.name {
				s.fields(q)
			}
		}
	case fold.EntryDecision:
		for _, d := range h.Decisions {
			if d.ID == s.name {
				s.fields(d.DecisionFields)
			}
		}
	}
}

// blocker takes in a state of the thing, where that is a blocker.
func (s *standing) blocker(state string) {
	if s.kind == fold.EntryBlocker {
		s.set("state", state)
	}
}

func (s *standing) ack(by string, a *handoff.Ack) {
	takes := slices.ContainsFunc(a.Take, func(ref string) bool {
		_, item := handoff.SplitRef(ref)
		return item == s.name
	})
	switch typ, _ := handoff.SplitRef(a.Subject); {
	case s.kind == fold.EntryItem && a.Accepts() && len(a.Take) > 0:
		if takes {
			s.set("holder", by)
		}
	case typ == handoff.RefBlocker:
		s.blocker(fold.BlockerAcknowledged)
	case typ == handoff.RefAny:
		s.set("verdict", text.JoinNonEmpty(": ", strings.ReplaceAll(a.Outcome, "_", " ")+" by "+by, text.JoinNonEmpty(", ", a.Reason, a.Note)))
	}
}

// inherited are the fields of which a declaration that leaves them out says nothing.
var inherited = []string{"intent", "accept", "known_issues", "refs", "title"}

// unsaid are the fields that say nothing of a thing: what it is called, what it is about
// or in the place of, and where a rollup has it from.
var unsaid = []string{"id", "about", "supersedes", "source", "claims"}

// fields takes in the fields of a declaration.
func (s *standing) fields(declaration any) {
	v := reflect.ValueOf(declaration)
	for i := range v.NumField() {
		key, option, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		value := said(v.Field(i))
		switch {
		case option == "inline":
			s.fields(v.Field(i).Interface())
		case slices.Contains(unsaid, key), value == "" && slices.Contains(inherited, key):
		case value != "" || slices.Contains(s.keys, key):
			s.set(key, value)
		}
	}
}

// said is the value of a field in one line.
func said(v reflect.Value) string {
	switch value := v.Interface().(type) {
	case handoff.Time:
		if value.IsZero() {
			return ""
		}
		return value.Format("2006-01-02 15:04Z07:00")
	case handoff.Next:
		return text.JoinNonEmpty(": ", value.Owner, value.Do)
	case handoff.Ref:
		return text.JoinNonEmpty(" ", value.Type+":"+value.ID, value.State, value.Approvals)
	}
	var parts []string
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Int:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Pointer:
		if v.IsNil() {
			return ""
		}
		return said(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			parts = append(parts, said(v.Index(i)))
		}
		return text.JoinNonEmpty("; ", parts...)
	case reflect.Struct:
		for i := range v.NumField() {
			parts = append(parts, said(v.Field(i)))
		}
	}
	return text.JoinNonEmpty(", ", parts...)
}
