package outbox

import (
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// Standing is how a thing stands at a target, as far as records say.
type Standing struct {
	*Thing
	Target string
	Known  *fold.Delivery // nil where nothing was sent
}

// Standings are what was delivered of all that is known, and what the team names a
// target for and was delivered nowhere. Nobody's own configuration has a say in it: it
// is the same for everybody.
func Standings(ws *workspace.Workspace) []Standing {
	b := &Box{Workspace: ws}
	var all []Standing
	for _, t := range b.things() {
		for _, name := range b.targetsOf(t) {
			if t.trusted() {
				all = append(all, Standing{t, name, t.at(name)})
			}
		}
	}
	return all
}

// at is what is known of the thing at a target of that name.
func (t *Thing) at(name string) *fold.Delivery {
	for _, d := range t.Deliveries {
		if d.To == name {
			return d
		}
	}
	return nil
}
