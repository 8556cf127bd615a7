package outbox

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// Delivery is one thing for one place.
type Delivery struct {
	*Thing
	Place *Place

	overdue *Overdue // what it reminds of, nil where it tells of the thing itself
}

// Step is what a delivery takes now.
type Step string

// The steps.
const (
	StepNone   Step = ""       // it is there as it stands
	StepSend   Step = "send"   // nothing of it is there
	StepEdit   Step = "edit"   // what is there says something else
	StepReply  Step = "reply"  // likewise, and cannot be edited
	StepSettle Step = "settle" // a try was interrupted
	StepStale  Step = "stale"  // what is there says something else, and can be neither edited nor answered
)

// known is what the records say of the thing at the place, nil for nothing.
func (d *Delivery) known() *fold.Delivery {
	if d.overdue != nil {
		return d.Delivered.Reminder(d.Place.Service, d.Place.Name, d.overdue.At)
	}
	return d.told()
}

// told is what the records say of the thing itself at the place, nil for nothing.
func (d *Delivery) told() *fold.Delivery { return d.Delivered.Delivery(d.Place.Service, d.Place.Name) }

// try is the last one of which nobody has said how it ended, nil without one.
func (d *Delivery) try() *handoff.Record {
	if k := d.known(); k != nil && len(k.Sending) > 0 {
		return k.Sending[len(k.Sending)-1]
	}
	return nil
}

// Step is what the delivery takes now.
func (d *Delivery) Step() Step {
	next := d.next()
	switch {
	case d.try() != nil && next != StepEdit:
		return StepSettle
	case d.overdue != nil && d.known() != nil && d.known().Sent != nil:
		return StepNone // once for each deadline
	case d.try() == nil && d.known().Digest() == d.digest():
		return StepNone
	}
	return next
}

// next is the step if nothing was interrupted, and something is to be said.
func (d *Delivery) next() Step {
	can := d.Place.Can()
	switch k := d.known(); {
	case k == nil || k.Sent == nil || d.overdue != nil:
		return StepSend
	case k.Receipt == "":
		return StepStale
	case can.Edit:
		return StepEdit
	case can.Reply:
		return StepReply
	}
	return StepStale
}

// part is what has to be known of a thing to deliver it.
func (d *Delivery) part() fold.Part { return fold.Part{Refs: []string{d.Ref()}} }

// changedTime is how far back what is delivered is looked at for changes.
const changedTime = 14 * 24 * time.Hour

// Part is what has to be known to tell what is due.
func Part(now time.Time) fold.Part { return fold.Part{Recent: now.Add(-changedTime)} }

// Skipped is something that is due and cannot be delivered from here.
type Skipped struct {
	Target string
	Ref    string // "" for everything that goes there
	Why    string
}

// Due is everything that is to be delivered and is not: what waits for somebody where
// the team names a target for it, and what was delivered anywhere and has changed
// since, as far as its last change is no older than two weeks. With a name, only what
// goes there. What a target cannot take is skipped, and one that the user has not
// configured.
func (b *Box) Due(only string) ([]*Delivery, []Skipped, error) {
	return b.dueOf(b.things(), only)
}

// DueOf is what is due of the things that records which were just committed say
// something new of. It makes them known.
func (b *Box) DueOf(ctx context.Context, records []*handoff.Record) ([]*Delivery, []Skipped, error) {
	refs := subjects(records)
	if err := b.loadAnew(ctx, fold.Part{Refs: refs}); err != nil {
		return nil, nil, err
	}
	var things []*Thing
	for _, ref := range refs {
		t, err := b.ThingOf(ref)
		if err != nil {
			return nil, nil, err
		}
		things = append(things, t)
	}
	return b.dueOf(things, "")
}

func (b *Box) dueOf(things []*Thing, only string) (due []*Delivery, skipped []Skipped, err error) {
	g := gathering{Box: b, only: only, unknown: make(map[string]bool)}
	for _, t := range things {
		if err := g.add(t, b.targetsOf(t), func(*Delivery) bool { return true }); err != nil {
			return nil, nil, err
		}
	}
	return g.due, g.skipped, nil
}

// gathering is what is due, with what cannot be delivered from here.
type gathering struct {
	*Box
	only    string          // the one target that is meant, "" for all
	unknown map[string]bool // targets that the user has not configured
	due     []*Delivery
	skipped []Skipped
}

// add adds the deliveries of a thing to some targets that are due. wanted may make more
// of a delivery, and says whether it is one at all.
func (g *gathering) add(t *Thing, names []string, wanted func(*Delivery) bool) error {
	for _, name := range names {
		if !t.trusted() || g.only != "" && name != g.only || g.unknown[name] {
			continue
		}
		place, err := g.Place(name)
		if missing := new(NoTargetError); errors.As(err, &missing) {
			g.unknown[name] = true
			g.skipped = append(g.skipped, Skipped{Target: name, Why: "you have not configured it"})
			continue
		}
		if err != nil {
			return err
		}
		d := &Delivery{Thing: t, Place: place}
		if !wanted(d) {
			continue
		}
		if why := g.unfit(d); why != "" {
			g.skipped = append(g.skipped, Skipped{name, t.Ref(), why})
		} else if d.isDue() {
			g.due = append(g.due, d)
		}
	}
	return nil
}

// isDue reports whether a delivery takes a step that can be made.
func (d *Delivery) isDue() bool {
	step := d.Step()
	return step != StepNone && step != StepStale
}

// unfit says why a target cannot take a delivery that is due, "" where it can.
func (b *Box) unfit(d *Delivery) string {
	if !d.isDue() {
		return ""
	}
	if _, err := d.Place.Plan(b.compose(d, placeholderKey)); isFault(err, deliver.FaultPlace) {
		return err.Error()
	}
	return ""
}

// targetsOf are the names of the targets that a thing goes to: those where something
// of it is, and the team's for its kind where it waits for somebody.
func (b *Box) targetsOf(t *Thing) []string {
	var names []string
	for _, d := range t.Deliveries {
		if !slices.Contains(names, d.To) {
			names = append(names, d.To)
		}
	}
	if name := b.Default(t.Kind); name != "" && t.waits && !slices.Contains(names, name) && !b.submittedAt(t, name) {
		names = append(names, name)
	}
	return names
}

// submittedAt reports whether a handoff is at a target since it was submitted there.
func (b *Box) submittedAt(t *Thing, name string) bool {
	began := b.State.Records[t.began]
	return t.Kind == deliver.KindHandoff && began != nil && began.Said != nil && began.Said.Via == b.targets[name].Type
}

// Of is the delivery of a thing to a target, "" for the team's target of its kind.
func (b *Box) Of(t *Thing, name string) (*Delivery, error) {
	if name == "" {
		if name = b.Default(t.Kind); name == "" {
			return nil, workspace.Usagef("--via NAME says where to; the configuration may have a target for each kind, under `deliver`", "%s: the team has no target for a %s", t.Ref(), t.Kind)
		}
	}
	place, err := b.Place(name)
	if err != nil {
		return nil, err
	}
	return &Delivery{Thing: t, Place: place}, nil
}
