package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

// Commands that are about one thing and say a text of it are of one mould: handoff
// resolve REF 'text'. The flag that says the text stays. Without a reference, on a
// terminal, they list what the user may mean; without the text they ask for it.

// about is what such a command is about, and what it says.
type about struct {
	command string // as in resolve
	ref     string // "" for none
	flag    string // that says the text as well
	says    string // the text, "" for none
	word    string // with which it begins, all of it where it was quoted
	asked   bool   // on a terminal, for what was missing
}

// aboutArgs reads the arguments of a command. The first one is the reference, always: a
// slip in it must not become what is said of whatever waits.
func aboutArgs(cmd *cobra.Command, args []string, flag string, says *string) (about, error) {
	a := about{command: cmd.Name(), flag: flag}
	switch {
	case len(args) == 0:
	case len(args) > 2 && slices.ContainsFunc(args[1:], hasSpace): // one of them was a text already
		return a, maxArgs(2, "what it is about and a text in quotes")(cmd, args)
	case len(args) > 1 && *says != "":
		return a, workspace.Usagef("leave one of them out", "%s: %s and %q both say it", a.command, flag, args[1])
	case len(args) > 1:
		*says = strings.Join(args[1:], " ")
		a.word = args[1]
		fallthrough
	default:
		a.ref = args[0]
	}
	a.says = *says
	return a, nil
}

// need are pairs of what is missing and of its value, with the reference before them.
func (a about) need(pairs ...string) []string {
	return slices.Concat([]string{choosers[a.command].what, a.ref}, pairs)
}

// looksLikeRef reports whether a text may be meant for a reference: one word with
// something in it that words have not.
func looksLikeRef(typed string) bool {
	return typed != "" && !hasSpace(typed) && strings.ContainsAny(typed, "0123456789-:@")
}

// open opens the repository with a function, for a record about what the command names.
// Where the text is a reference as well it is refused: two things were meant then, and
// the command takes one.
func (a *about) open(ctx context.Context, open func(context.Context, fold.Part) (*workspace.Workspace, error)) (*workspace.Workspace, error) {
	refs := workspace.Given(a.ref)
	if looksLikeRef(a.word) {
		refs = append(refs, a.word)
	}
	ws, err := open(ctx, fold.Part{Refs: refs})
	if err != nil || !looksLikeRef(a.word) {
		return ws, err
	}
	target, err := ws.State.Resolve(a.word, ws.Me)
	if err != nil && (a.says != a.word || a.word[0] != '@') {
		return ws, nil
	}
	hint := "put a text in quotes"
	if a.flag != "" {
		hint = "say a text with " + a.flag
	}
	also := a.word
	if err == nil && target.Ref() != a.word {
		also += " (" + target.Ref() + ")"
	}
	return ws, workspace.Usagef(hint, "%s takes one reference, and %s is another", a.command, also)
}

// openOne is [about.open], and asks what is meant where no reference was given.
func (a *about) openOne(ctx context.Context, g *globals, open func(context.Context, fold.Part) (*workspace.Workspace, error)) (*workspace.Workspace, error) {
	ws, err := a.open(ctx, open)
	if err == nil && a.ref == "" {
		err = a.choose(ctx, g, ws)
	}
	return ws, err
}

// choose asks which of the things that the command may be about is meant.
func (a *about) choose(ctx context.Context, g *globals, ws *workspace.Workspace) (err error) {
	if a.ref, err = g.choose(ctx, ws, a.command); err != nil {
		return err
	}
	return ws.Need(fold.Part{Refs: []string{a.ref}})
}

// chooseWaiting is choose where several things wait; the only one is meant without being
// asked for.
func (a *about) chooseWaiting(ctx context.Context, g *globals, ws *workspace.Workspace) error {
	switch waiting := choosers[a.command].list(&cursor{ctx: ctx, g: g, ws: ws}); len(waiting) {
	case 0:
		return nil // and that is said in its own words
	case 1:
		a.ref = waiting[0].word
		return ws.Need(fold.Part{Refs: []string{a.ref}})
	}
	return a.choose(ctx, g, ws)
}

// resolve is [about.openOne] for what may be anything that records know.
func (a *about) resolve(ctx context.Context, g *globals) (*workspace.Workspace, fold.Target, error) {
	ws, err := a.openOne(ctx, g, g.openForWriting)
	if err != nil {
		return nil, fold.Target{}, err
	}
	target, err := ws.Resolve(a.ref)
	return ws, target, err
}

// want is what a command needs to be told beside its reference.
type want struct {
	flag, label string
	choices     []string
	value       *string
}

// given refuses a command without what it needs where nobody can be asked for it.
func (a about) given(g *globals, wants ...want) error {
	if g.Interactive {
		return nil
	}
	var pairs []string
	for _, w := range wants {
		pairs = append(pairs, w.flag, *w.value)
	}
	err := required(a.command, a.need(pairs...)...)
	if usage, ok := errors.AsType[*workspace.UsageError](err); ok && hasSpace(a.ref) {
		usage.Hint = textGoesBehind + "; " + usage.Hint
	}
	return err
}

// textGoesBehind is for who gave a text alone.
const textGoesBehind = "a text goes behind what it is about: REF 'text'"

func hasSpace(s string) bool { return strings.ContainsFunc(s, unicode.IsSpace) }

// ask asks, on a terminal, for what is still missing.
func (a *about) ask(ctx context.Context, g *globals, title string, body []string, wants ...want) error {
	var missing []form.Want
	for _, w := range wants {
		if *w.value == "" {
			missing = append(missing, form.Want{Label: w.label, Choices: w.choices, Value: w.value})
		}
	}
	if len(missing) == 0 {
		return nil
	}
	a.asked = true
	return g.ask(func(asker form.Asker) error { return form.AskFor(ctx, asker, title, body, missing) })
}

// lost adds to an error what was typed, where something was asked for.
func (a *about) lost(err error, wants ...want) error {
	if !a.asked {
		return err
	}
	said := false
	var flags [][2]string
	for _, w := range wants {
		flags = append(flags, [2]string{strings.TrimPrefix(w.flag, "--"), *w.value})
		said = said || w.choices == nil && *w.value != ""
	}
	if !said {
		return err
	}
	return typed(err, "handoff "+a.command+" "+text.ShellArgument(a.ref), flags)
}

// aboutTarget says in a line what a target is, for who is asked something of it.
func aboutTarget(ws *workspace.Workspace, target fold.Target) []string {
	switch target.Type {
	case fold.TargetItem:
		return []string{ws.State.Items[target.Name].State}
	case fold.TargetBlocker:
		return []string{"needs: " + ws.State.Blockers[target.Name].Needs}
	case fold.TargetQuestion:
		return []string{ws.State.Questions[target.Name].Ask}
	}
	if h, ok := ws.State.Records[target.Name].Body.(*handoff.Handoff); ok {
		return []string{h.Summary}
	}
	return nil
}
