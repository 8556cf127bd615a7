package outbox

import (
	"errors"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// Overdue is a deadline that has passed.
type Overdue struct {
	Subject fold.Target // what waits
	At      time.Time
	Who     []string                 // whom it waits for now: handles, and addresses of groups
	Say     func(when string) string // what was wanted, in a sentence with the time written in its way
}

// MayRemind refuses where nobody else would know what is reminded of: the records are
// pushed before anything is sent, so there has to be a branch that can be.
func (b *Box) MayRemind(o Options) error {
	remotes, err := b.Remotes()
	if err != nil || len(remotes) == 0 {
		return err // no other clone can send the same
	}
	if how, err := b.Pushing(); err != nil || how == workspace.PushNever && !o.Push {
		return errors.Join(err, workspace.Usagef("--push pushes them all the same", "reminders are pushed before they are sent, and handoff.push is never"))
	}
	_, ok, err := b.Upstream()
	if err == nil && !ok {
		err = workspace.Usagef("store.branch in "+b.ConfigFile()+" names a branch for the records; or git switch BRANCH first", "reminders are pushed before they are sent, and there is no branch to push")
	}
	return err
}

// Reminders are the deliveries that remind of deadlines which have passed, each once: an
// answer to what was told of the thing, wherever it was told before the deadline. Where
// it was not told yet, it is now, at the team's target for its kind. With a name, only
// what goes to that target. Nobody is reminded of what has passed for a week and more.
func (b *Box) Reminders(passed []Overdue, only string) (due []*Delivery, skipped []Skipped, err error) {
	g := gathering{Box: b, only: only, unknown: make(map[string]bool)}
	for _, o := range passed {
		t, err := b.thing(o.Subject)
		if err != nil {
			g.skipped = append(g.skipped, Skipped{Ref: o.Subject.Ref(), Why: err.Error()})
			continue
		}
		if !t.trusted() || !b.isNew(o.At) {
			continue
		}
		t.waits = true
		names := b.targetsOf(t)
		if len(names) == 0 {
			g.skipped = append(g.skipped, Skipped{Ref: t.Ref(), Why: "the team has no target for a " + string(t.Kind)})
		}
		err = g.add(t, names, func(d *Delivery) bool {
			if told := d.told(); told != nil && told.Sent != nil {
				if !told.First.Before(o.At) {
					return false // they were told when it was overdue
				}
				d.overdue = &o
			}
			return !slices.ContainsFunc(g.due, d.IsSame)
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return g.due, g.skipped, nil
}

// IsSame reports whether another delivery is of the same message to the same place.
func (d *Delivery) IsSame(other *Delivery) bool {
	return other.Ref() == d.Ref() && other.Place == d.Place && (d.overdue == nil) == (other.overdue == nil) && (d.overdue == nil || d.overdue.At.Equal(other.overdue.At))
}

// reminder makes a message that tells of a thing one that reminds of it: an answer there,
// or else all of it anew.
func (b *Box) reminder(d *Delivery, m deliver.Message) deliver.Message {
	say := "Overdue: " + d.overdue.Say(when(d.overdue.At, b.zoneOf(d.overdue.Who)))
	m.To, m.Done, m.Title = b.persons(d.overdue.Who, d.Place), false, "Overdue: "+m.Title
	if told := d.told(); told.Receipt != "" && d.Place.Can().Reply {
		m.Thread, m.Kind = &deliver.Receipt{URL: told.URL, ID: told.Receipt}, deliver.KindReply
		m.Text, m.Facts, m.Lists = []string{say}, nil, nil
		return m
	}
	m.Text = append([]string{say}, m.Text...)
	return m
}
