package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// chooser lists what a command may be about, for who gives no reference.
type chooser struct {
	what  string // as in "a blocker"
	title string
	none  string // what is said of the user where there is nothing to choose
	hint  string
	list  offers
}

// choosers are those of the commands that are about one thing.
var choosers = map[string]chooser{
	"resolve":  {"a blocker", "Which blocker is gone?", "no blocker waits for %s", "handoff query blocked lists all of them", waitsFor("resolve")},
	"answer":   {"a question", "Which question do you answer?", "no question waits for %s", "handoff query questions lists all of them", waitsFor("answer")},
	"ack":      {"a reference", "What do you answer?", "nothing waits for %s", "handoff inbox shows what else does", waitsFor("ack")},
	"give":     {"an item", "Which item do you give?", "%s holds no item", "handoff query items lists who holds what", (*cursor).held},
	"assign":   {"an item, or --all-of", "Which item do you offer?", "no item is known here, %s", "handoff log lists what there is", (*cursor).items},
	"escalate": {"a reference", "What do you raise?", "nothing is open here that %s could raise", "handoff log lists what there is", (*cursor).unsettled},
	"withdraw": {"a reference", "What do you take back?", "%s has nothing to take back", "handoff log lists what there is", (*cursor).own},
	"gap":      {"a reference", "Which handoff failed?", "no handoff went to %s", "handoff log lists all of them", (*cursor).received},
}

// choose asks which of the things that a command may be about is meant. The asker stays
// for the form that may follow, until [globals.letGo].
func (g *globals) choose(ctx context.Context, ws *workspace.Workspace, command string) (ref string, err error) {
	c := choosers[command]
	list := c.list(&cursor{ctx: ctx, g: g, ws: ws})
	if len(list) == 0 {
		return "", &workspace.NoError{Message: strings.ReplaceAll(c.none, "%s", ws.Me), Hint: c.hint}
	}
	names := make([]string, len(list))
	for i, o := range list {
		names[i] = text.JoinNonEmpty(": ", o.word, text.OneLine(o.about))
	}
	g.listed = g.asker()
	i, err := form.Choose(ctx, g.listed, c.title, names)
	if err != nil {
		g.letGo()
	}
	return list[i].word, err
}

// waitsFor offers what the inbox of the user says that a command settles.
func waitsFor(command string) offers {
	return func(c *cursor) []offer {
		rows, _, err := c.open().Inbox()
		if err != nil {
			return nil
		}
		var list []offer
		for _, row := range rows {
			words := strings.Fields(row.Do)
			if len(words) == 3 && words[1] == command {
				list = append(list, offer{words[2], row.Say})
			}
		}
		return list
	}
}

// held are the items that the user holds.
func (c *cursor) held() []offer {
	var list []offer
	for _, it := range c.open().State.Holds(c.open().Me).Items {
		list = append(list, offer{it.ID, it.State})
	}
	return list
}

// received are the current handoffs that went to the user, the newest first.
func (c *cursor) received() []offer {
	return c.handoffs(func(h *fold.Handoff) bool {
		return h.Record.By != c.open().Me && c.open().Addresses(slices.Concat(h.To, h.CC), h.Record.By)
	})
}
