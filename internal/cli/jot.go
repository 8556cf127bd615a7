package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/agent"
	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type jotOptions struct {
	item           string
	tried, decided []string
	drop           []string
}

func newJotCmd(g *globals) *cobra.Command {
	var o jotOptions
	cmd := &cobra.Command{
		Use:   "jot [text]",
		Short: "Note something down for the next handoff",
		Long: `Note something down for the next handoff, during the work. A note stays in the
git directory, and nobody else sees it; the next declare is made of the notes:
what was said of an item last becomes its state. Without a text the notes are
listed.`,
		Example: `  handoff jot "PR #1842 is approved, CI is red on Mac" --item refund-flow
  handoff jot --item refund-flow --tried "a bigger batch -> it timed out"
  handoff jot --decided "Windows is tested nightly -- it takes 40 minutes"
  handoff declare --from-notes`,
		GroupID: groupRecord,
		Args:    maxArgs(1, "one text in quotes"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runJot(cmd.Context(), g, o, strings.Join(args, ""))
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.item, "item", "", "it is about an `ITEM`")
	listVar(f, &o.tried, "tried", "what was tried with the item and what came of it: `'what -> result'`")
	listVar(f, &o.decided, "decided", "what was decided: `'what -- why'`")
	commaListVar(f, &o.drop, "drop", "take the note `ID` away, or all")
	return cmd
}

func runJot(ctx context.Context, g *globals, o jotOptions, says string) error {
	ws, err := g.openHere(ctx)
	if err != nil {
		return err
	}
	if ws.Me == "" {
		return ws.MustBeKnown(ctx)
	}
	notes := agent.Notes{CommonDir: ws.CommonDir()}
	switch nothing := says == "" && len(o.tried)+len(o.decided) == 0; {
	case len(o.drop) > 0 && (!nothing || o.item != ""):
		return workspace.Usagef("", "--drop goes alone")
	case len(o.drop) > 0:
		return g.dropNotes(ws, notes, o.drop)
	case nothing && o.item != "":
		return workspace.Usagef("handoff jot --help shows an example", "missing: what there is to say of %s", o.item)
	case nothing:
		return g.listNotes(ws, notes)
	}
	note := agent.Note{ID: ws.DrawID(), By: ws.Me, At: handoff.Time{Time: ws.Author.When.Truncate(handoff.Precision)}, Agent: ws.Agent,
		Item: handoff.ParseName(o.item), Text: strings.TrimSpace(says), Tried: o.tried, Decided: o.decided}
	if err := checkNote(note); err != nil {
		return err
	}
	if err := notes.Add(note); err != nil {
		return err
	}
	return g.printer.print(note, func() {
		g.printer.line("noted %s", note.ID)
		g.note("the next handoff is made of it: handoff declare")
	})
}

// checkNote refuses what no handoff could be made of, while it can still be said better.
func checkNote(n agent.Note) error {
	if n.Item != "" && !handoff.ValidSlug(n.Item) {
		return workspace.Usagef("as in --item refund-flow", "--item %s: not a name for an item", n.Item)
	}
	if len(n.Tried) > 0 && n.Item == "" {
		return workspace.Usagef("--item says with which", "--tried is about an item")
	}
	if length := len([]rune(n.Text)); length > maxNote {
		return workspace.Usagef("say it in several notes", "the text has %d characters, of %d", length, maxNote)
	}
	for _, tried := range n.Tried {
		if a := handoff.ParseAttempt(tried); a.What == "" || a.Result == "" {
			return workspace.Usagef("as in 'a bigger batch -> it times out after 30 s'", "--tried %q: write what was tried, ->, and what came of it", tried)
		}
	}
	for _, decided := range n.Decided {
		if _, err := parseDecision(decided, ""); err != nil {
			return err
		}
	}
	return nil
}

// maxNote is how many characters a note may have: as many as the state of an item.
const maxNote = 200

func (g *globals) listNotes(ws *workspace.Workspace, notes agent.Notes) error {
	list := g.notesOf(ws, notes)
	return g.printer.print(results[agent.Note]{text.NonNil(list)}, func() {
		if len(list) == 0 {
			g.note("no note waits; handoff jot 'text' adds one")
		}
		for _, n := range list {
			g.printer.line("%s  %s", n.ID, noteLine(ws, n))
		}
	})
}

// notesOf are the notes of the user that wait; what is damaged is said.
func (g *globals) notesOf(ws *workspace.Workspace, notes agent.Notes) []agent.Note {
	list, err := notes.List(ws.Me)
	if err != nil {
		g.say("handoff: warning: %v", err)
	}
	return list
}

// noteLine is a note in one line.
func noteLine(ws *workspace.Workspace, n agent.Note) string {
	says := []string{n.Text}
	for _, t := range n.Tried {
		says = append(says, "tried "+t)
	}
	for _, d := range n.Decided {
		says = append(says, "decided "+d)
	}
	by := ""
	if n.Agent != nil {
		by = ", " + n.Agent.Name
	}
	return text.OneLine(text.JoinNonEmpty(": ", n.Item, text.JoinNonEmpty("; ", says...))) + " (" + calendar.Ago(ws.Since(n.At.Time)) + by + ")"
}

func (g *globals) dropNotes(ws *workspace.Workspace, notes agent.Notes, ids []string) error {
	var waiting []string
	for _, n := range g.notesOf(ws, notes) {
		waiting = append(waiting, n.ID)
	}
	if slices.Equal(ids, []string{"all"}) {
		ids = waiting
	}
	for _, id := range ids {
		if !slices.Contains(waiting, id) {
			return &workspace.NoError{Message: id + " is no note of yours that waits", Hint: "handoff jot lists them"}
		}
	}
	return notes.Remove(ids...)
}

// layNotes makes flags of notes: what was said of an item last is its state, what was said
// before, and of no item, goes into the notes of the handoff.
func (o *declareOptions) layNotes(ws *workspace.Workspace, notes []agent.Note) {
	var ids, items, lines, tried []string
	states := make(map[string]agent.Note)
	for _, n := range notes {
		if n.Item != "" && !slices.Contains(ids, n.Item) {
			ids = append(ids, n.Item)
		}
		if n.Item != "" && n.Text != "" {
			states[n.Item] = n
		}
	}
	for _, id := range ids {
		items = append(items, noted(ws, id, states[id].Text))
	}
	for _, n := range notes {
		if n.Text != "" && states[n.Item].ID != n.ID {
			lines = append(lines, text.JoinNonEmpty(": ", n.Item, n.Text))
		}
		for _, t := range n.Tried {
			tried = append(tried, n.Item+";"+t)
		}
		for _, decided := range n.Decided {
			o.layDecision(decided, n.Item)
		}
		o.noted = append(o.noted, n.ID)
	}
	o.items, o.tried = slices.Concat(items, o.items), slices.Concat(tried, o.tried)
	if o.notes == "" {
		o.notes = strings.Join(lines, "\n")
	}
}

// layDecision makes a flag of a decision that was noted, once, and says which items it is
// about: whoever takes one is bound by it.
func (o *declareOptions) layDecision(decided, item string) {
	if !slices.Contains(o.decisions, decided) {
		o.decisions = append(o.decisions, decided)
	}
	if item == "" || slices.Contains(o.about[decided], item) {
		return
	}
	if o.about == nil {
		o.about = make(map[string][]string)
	}
	o.about[decided] = append(o.about[decided], item)
}

// layTicked lays the notes that the user left ticked over what the form starts from: it
// shows them as its answers.
func (w *writing) layTicked(notes declareOptions) error {
	held := w.prefill.Carried
	if err := errors.Join(applyItems(w.ws, held, notes), applyItemDetails(w.ws, held, notes), applyDecisions(w.draft.Handoff, notes)); err != nil {
		return err
	}
	w.draft.Handoff.Notes = notes.notes
	return nil
}

// noted is the flag that says a state of an item. A new one is in progress: somebody
// works on it.
func noted(ws *workspace.Workspace, id, state string) string {
	status := ""
	if it, err := ws.Item("item:" + id); err != nil || !it.Live() {
		status = handoff.StatusInProgress
	}
	return strings.Join([]string{id, status, strings.ReplaceAll(state, ";", ","), ""}, ";")
}

// takeNotes lays the notes that wait over what a handoff starts from: all of them where
// that is asked for, and on a terminal those that the user leaves ticked.
func (o *declareOptions) takeNotes(ctx context.Context, g *globals, ws *workspace.Workspace) error {
	notes := g.notesOf(ws, agent.Notes{CommonDir: ws.CommonDir()})
	if o.fromNotes && len(notes) == 0 {
		return workspace.Usagef("handoff jot 'text' adds one", "--from-notes: no note waits")
	}
	if asks := g.Interactive && !o.fromNotes && !o.flagged() && o.file == "" && !o.editor && !o.resume && len(notes) > 0; asks {
		lines := make([]string, len(notes))
		for i, n := range notes {
			lines[i] = noteLine(ws, n)
		}
		var chosen []int
		err := g.ask(func(asker form.Asker) (err error) {
			chosen, err = form.ChooseMany(ctx, asker, "What you noted down", "What goes into the handoff", lines)
			return err
		})
		if err != nil {
			return err
		}
		var left []agent.Note
		for _, i := range chosen {
			left = append(left, notes[i])
		}
		notes = left
		o.ticked = new(declareOptions)
		o.ticked.layNotes(ws, notes)
		o.noted = o.ticked.noted
	} else if o.fromNotes {
		o.layNotes(ws, notes)
	}
	o.after = append(o.after, func() error { return agent.Notes{CommonDir: ws.CommonDir()}.Remove(o.noted...) })
	return nil
}
