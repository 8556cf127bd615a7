package outbox

import (
	"cmp"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/sorting"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// Thing is something that can be delivered.
type Thing struct {
	Subject fold.Target
	Kind    deliver.Kind
	*fold.Delivered

	began   string          // id of the record that began it: a name may stand for something else in another repository
	record  *handoff.Record // that says how it stands
	asks    []string        // whom it asks: handles, and addresses of groups
	because string          // why them, as route records say it
	about   []handoff.Ref   // what it refers to, the most important first
	waits   bool            // it is for somebody to act on, or to know

	// describe says what it is in words of the records alone, with times in a zone.
	describe func(*time.Location) deliver.Message
}

// Ref is how records name the thing.
func (t *Thing) Ref() string { return t.Subject.Ref() }

// ThingOf finds what a reference means, which must have been among those of the part
// that was loaded.
func (b *Box) ThingOf(ref string) (*Thing, error) {
	target, err := b.Resolve(ref)
	if err != nil {
		return nil, err
	}
	if target.Type == fold.TargetRecord {
		if h := b.State.Handoffs[target.Name]; h != nil {
			if newest := b.newest(h); newest != h {
				target.Name = newest.Record.ID
			}
		} else if q := b.State.Question(target.Name); q != nil {
			target = fold.Target{Type: fold.TargetQuestion, Name: q.Key}
		} else if d, ok := b.State.Records[target.Name].Body.(*handoff.DecisionRecord); ok {
			target = fold.Target{Type: fold.TargetDecision, Name: d.Topic}
		}
	}
	t, err := b.thing(target)
	if err != nil {
		return nil, workspace.Usagef("name a handoff, a blocker, a question or a decision", "%s: %v", ref, err)
	}
	return t, nil
}

// newest is the latest version of a handoff that is known.
func (b *Box) newest(h *fold.Handoff) *fold.Handoff {
	for range b.State.Handoffs {
		next := b.State.Handoffs[h.SupersededBy]
		if next == nil || next.First != h.First {
			break
		}
		h = next
	}
	return h
}

// errNoThing says that a reference means what is not delivered.
var errNoThing = workspace.Usagef("", "that is delivered with the handoff that names it")

func (b *Box) thing(target fold.Target) (*Thing, error) {
	s := b.State
	switch target.Type {
	case fold.TargetBlocker:
		if blocker := s.Blockers[target.Name]; blocker != nil {
			return b.blocker(blocker), nil
		}
	case fold.TargetQuestion:
		if q := s.Questions[target.Name]; q != nil {
			return b.question(q), nil
		}
	case fold.TargetDecision:
		if d := s.Decisions[target.Name]; d != nil {
			return b.decision(d), nil
		}
	case fold.TargetRecord:
		if h := s.Handoffs[target.Name]; h != nil {
			return b.handoff(h), nil
		}
	}
	return nil, errNoThing
}

func (b *Box) blocker(of *fold.Blocker) *Thing {
	asked := b.TeamConfig.BlockerAsks(of, b.Moment)
	return &Thing{
		Subject: fold.Target{Type: fold.TargetBlocker, Name: of.ID}, Kind: deliver.KindBlocker, Delivered: &of.Delivered,
		began: of.First, record: b.State.Records[of.Declared], asks: []string{cmp.Or(asked.To, of.Resolver)}, because: reason(asked.Because),
		about: b.refsOf(of.Blocks), waits: of.Open(),
		describe: func(zone *time.Location) deliver.Message { return describeBlocker(of, zone) },
	}
}

func (b *Box) question(of *fold.Question) *Thing {
	asked := b.TeamConfig.QuestionAsks(of, b.Moment)
	return &Thing{
		Subject: fold.Target{Type: fold.TargetQuestion, Name: of.Key}, Kind: deliver.KindQuestion, Delivered: &of.Delivered,
		began: cmp.Or(cmp.Or(of.History...), of.Record), record: b.State.Records[of.Record], asks: []string{cmp.Or(asked.To, of.To)}, because: reason(asked.Because),
		about: b.refsOf(append([]string{of.About}, of.Blocks...)), waits: of.Open(),
		describe: func(zone *time.Location) deliver.Message { return describeQuestion(of, zone) },
	}
}

func (b *Box) decision(of *fold.Decision) *Thing {
	return &Thing{
		Subject: fold.Target{Type: fold.TargetDecision, Name: of.ID}, Kind: deliver.KindDecision, Delivered: &of.Delivered,
		began: of.Record, record: b.State.Records[of.Record], because: config.BecausePrimary,
		about: b.refsOf(of.Items), waits: of.Stands() && b.isNew(of.At),
		describe: func(zone *time.Location) deliver.Message { return describeDecision(of, zone) },
	}
}

func (b *Box) handoff(of *fold.Handoff) *Thing {
	var items []string
	for _, item := range of.Items {
		items = append(items, item.ID)
	}
	return &Thing{
		Subject: fold.Target{Type: fold.TargetRecord, Name: of.Record.ID}, Kind: deliver.KindHandoff, Delivered: &of.Delivered,
		began: of.First, record: of.Record, asks: of.To, because: config.BecausePrimary,
		about: b.refsOf(items), waits: of.State == fold.HandoffPublished && b.isNew(of.Record.At.Time),
		describe: func(zone *time.Location) deliver.Message { return describeHandoff(of, zone) },
	}
}

// newsTime is how old a handoff and a decision may be to be told unasked: a team that
// names its first target is not told its history.
const newsTime = 7 * 24 * time.Hour

func (b *Box) isNew(at time.Time) bool { return b.Moment.Sub(at) <= newsTime }

// reason is why somebody is asked, as a route record says it.
func reason(because string) string {
	switch because {
	case config.BecauseLadder:
		return because
	case config.BecauseAlternate, config.BecauseCover:
		return config.BecauseAlternate
	}
	return config.BecausePrimary
}

// refsOf are the references of items, pull requests first, then tickets, each once.
func (b *Box) refsOf(items []string) []handoff.Ref {
	var refs []handoff.Ref
	for _, id := range items {
		item := b.State.Item(id)
		if item == nil {
			continue
		}
		for _, ref := range item.Refs {
			if !slices.ContainsFunc(refs, func(other handoff.Ref) bool { return other.Type == ref.Type && other.ID == ref.ID }) {
				refs = append(refs, ref)
			}
		}
	}
	rank := func(r handoff.Ref) int {
		return map[string]int{"pr": -2, "ticket": -1}[r.Type]
	}
	sorting.By(refs, func(a, b handoff.Ref) int { return cmp.Compare(rank(a), rank(b)) })
	return refs
}

// things are all that are known, in a fixed order.
func (b *Box) things() []*Thing {
	s := b.State
	var all []*Thing
	for _, name := range s.Keys(fold.EntryBlocker) {
		all = append(all, b.blocker(s.Blockers[name]))
	}
	for _, name := range s.Keys(fold.EntryQuestion) {
		all = append(all, b.question(s.Questions[name]))
	}
	for _, name := range s.Keys(fold.EntryDecision) {
		all = append(all, b.decision(s.Decisions[name]))
	}
	for _, name := range s.Keys(fold.EntryHandoff) {
		if h := s.Handoffs[name]; b.newest(h) == h {
			all = append(all, b.handoff(h))
		}
	}
	return all
}

// trusted reports whether a branch of the team says what the thing is: what strangers
// wrote is sent to nobody unasked.
func (t *Thing) trusted() bool {
	return t.record != nil && !t.record.Source.Foreign && !t.record.Source.Disputed
}
