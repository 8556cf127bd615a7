package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/pflag"
)

// addPeopleFlags adds what the commands need that name somebody.
func (o *publishOptions) addPeopleFlags(f *pflag.FlagSet) {
	commaListVar(f, &o.newPeople, "new-person", "`NAME` is somebody new, and no slip for one who is known")
}

// meet looks at the people whom records to come name and whom nothing knows yet. One
// who is nearly called as somebody known is probably that one: who writes is asked,
// and where nobody can be, it is refused unless --new-person says that they are
// meant. Any other is taken, and said once it is published.
func (o *publishOptions) meet(ctx context.Context, g *globals, ws *workspace.Workspace, bodies ...handoff.Body) error {
	var meant []string
	for _, name := range o.newPeople {
		handle, err := ws.Person(name)
		if err != nil {
			return err
		}
		if !handoff.ValidHandle(handle) {
			return workspace.Usagef("a handle is lower-case letters, digits, dots, dashes", "--new-person %s: not a handle", name)
		}
		meant = append(meant, handle)
	}
	strangers, err := ws.Strangers(bodies...)
	if err != nil {
		return err
	}
	var slips []workspace.Stranger
	for _, s := range strangers {
		switch {
		case slices.Contains(meant, s.Handle):
		case s.Near == "":
			o.strangers = append(o.strangers, s.Handle)
		default:
			slips = append(slips, s)
		}
	}
	if len(slips) > 0 && g.Interactive {
		return askWho(ctx, g, ws, slips)
	}
	return refuseSlips(slips)
}

// refuseSlips names all slips at once, and what says that one is none.
func refuseSlips(slips []workspace.Stranger) error {
	if len(slips) == 0 {
		return nil
	}
	var problems, slipped []string
	for _, s := range slips {
		problems = append(problems, s.Handle+" is not known here, and "+s.Near+" is")
		slipped = append(slipped, s.Handle)
	}
	return workspace.Usagef("for somebody new: --new-person "+strings.Join(slipped, ","), "%s", strings.Join(problems, "; "))
}

// askWho asks for each slip whether it is one.
func askWho(ctx context.Context, g *globals, ws *workspace.Workspace, slips []workspace.Stranger) error {
	return g.ask(func(asker form.Asker) error {
		for _, s := range slips {
			handle, err := form.AskPerson(ctx, asker, s.Handle, s.Near)
			if err != nil {
				return err
			}
			ws.Mean(s.Handle, handle)
		}
		return nil
	})
}

// strangersWords says in a line who was taken without being known, if anybody was.
func strangersWords(handles []string) []string {
	switch len(handles) {
	case 0:
		return nil
	case 1:
		return []string{handles[0] + " has not committed here yet"}
	}
	return []string{text.And(handles) + " have not committed here yet"}
}
