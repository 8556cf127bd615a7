package form

import (
	"context"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// The answers to a decision that says nearly what another one says that stands.
const (
	againSupersedes = "it takes the place of that one"
	againBeside     = "both hold"
	againStop       = "neither, I keep the one that stands"
)

// Again asks what a decision that is about to be published is to one that stands
// on another topic and says nearly the same, and notes the answer in it. Whoever
// keeps the one that stands stops: that is ErrStopped.
func Again(ctx context.Context, asker Asker, topic string, d *handoff.DecisionFields, old *fold.Decision, since string) error {
	answers := []string{againSupersedes, againBeside, againStop}
	if _, other := handoff.SplitRef(d.Supersedes); other != "" && other != old.ID {
		answers = answers[1:] // a decision takes the place of one other
	}
	menu := &Field{Kind: Menu, Key: "do", Label: "What is it to that one?", Value: answers[0]}
	for _, a := range answers {
		menu.Options = append(menu.Options, Option{a, a})
	}
	s := &Screen{
		ID: "again", Title: "Decided before? " + old.ID + " says nearly the same", First: true, Short: true, Fields: []*Field{menu},
		Body: []string{topic + ": " + d.Decision, old.ID + ": " + old.Decision.Decision, "    by " + strings.Join([]string{old.By, since, old.Rationale}, ", ")},
	}
	if _, err := asker.Ask(ctx, s); err != nil {
		return err
	}
	switch s.Text("do") {
	case againSupersedes:
		d.Supersedes = old.ID
	case againBeside:
		d.Beside = append(d.Beside, old.ID)
	default:
		return ErrStopped
	}
	return nil
}
