package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// everyItem is the name under which --give and --keep mean all items.
const everyItem = "all"

// typedStep is the step that a flag gives to an item, in place of those before. It
// is for whom it names, else for whom the first of those was.
func typedStep(ws *workspace.Workspace, h *handoff.Handoff, item *handoff.Item, typed string) handoff.Next {
	who, do, nearly := ws.ReadStep(typed, h.To)
	if who == "" && nearly == "" && len(item.Next) > 0 {
		who = item.Next[0].Owner
	}
	return handoff.Next{Do: do, Owner: who}
}

// readdress addresses a handoff to others, and says what went on to them.
func readdress(ws *workspace.Workspace, h *handoff.Handoff, to []string) {
	moved := ws.Readdress(h, to)
	switch items := strings.Join(moved, ", "); {
	case len(moved) == 0:
	case len(to) == 1:
		ws.Note("now for %s: %s", to[0], items)
	default:
		ws.Note("not for anybody else any more: %s; --give ITEM=WHO offers it", items)
	}
}

// applyOwners makes the receiver the owner of the next steps that are given, and
// the sender that of those that are kept. A name comes before "all".
func applyOwners(ws *workspace.Workspace, h *handoff.Handoff, o declareOptions) error {
	for _, kept := range o.keep {
		if slices.ContainsFunc(o.give, func(given string) bool { id, _, _ := strings.Cut(given, "="); return id == kept }) {
			return workspace.Usagef("", "--give %s and --keep %s say two things", kept, kept)
		}
	}
	for _, all := range []bool{true, false} {
		for _, value := range o.give {
			if id, who, named := strings.Cut(value, "="); (id == everyItem) == all {
				if err := applyGive(ws, h, value, id, who, named); err != nil {
					return err
				}
			}
		}
		for _, id := range o.keep {
			if (id == everyItem) == all {
				if err := setOwner(h, "--keep "+id, id, ws.Me); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func applyGive(ws *workspace.Workspace, h *handoff.Handoff, value, id, who string, named bool) error {
	who = handles(ws, []string{who})[0]
	switch {
	case named && isBlank(who):
		return workspace.Usagef("", "--give %s: to whom?", value)
	case who == "" && len(h.To) != 1:
		return workspace.Usagef("say "+id+"=WHO", "--give %s: to whom? the handoff has %s", value, text.Count(len(h.To), "receiver"))
	case who == "":
		who = h.To[0]
	}
	return setOwner(h, "--give "+value, id, who)
}

// setOwner makes somebody the owner of all next steps of an item, or of every item.
func setOwner(h *handoff.Handoff, flag, id, who string) error {
	found := id == everyItem
	for i := range h.Items {
		if id != everyItem && h.Items[i].ID != id {
			continue
		}
		found = true
		for n := range h.Items[i].Next {
			h.Items[i].Next[n].Owner = who
		}
	}
	if !found {
		return workspace.Usagef(didYouMean(id, itemNames(h)), "%s: no item %q in this handoff", flag, id)
	}
	return nil
}

// didYouMean asks for the name that was probably meant, "" where none is near.
func didYouMean(name string, names []string) string {
	if near := text.Nearest(name, names); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}

// nameSteps settles whether steps that begin with what is nearly the name of a
// person name that person: it asks on a terminal, and refuses elsewhere.
func nameSteps(ctx context.Context, g *globals, ws *workspace.Workspace, d *workspace.Draft) error {
	if d.Handoff == nil {
		return nil
	}
	for _, step := range ws.UnclearSteps(d.Handoff) {
		if !g.Interactive {
			return workspace.Usagef("write "+text.ShellWord(step.Nearly+": "+step.Rest)+", or put a space before the colon if it is no person",
				"next step %q: nobody is called %s; did you mean %s?", step.Do, step.Word, step.Nearly)
		}
		var named bool
		err := g.ask(func(asker form.Asker) (err error) {
			named, err = form.IsPerson(ctx, asker, step.Do, step.Word, step.Nearly)
			return err
		})
		if err != nil {
			return err
		}
		d.Changed = true
		if step.Owner = ws.OwnerOfOpen(d.Handoff.To); named {
			step.Owner, step.Do = step.Nearly, step.Rest
		}
	}
	return nil
}
