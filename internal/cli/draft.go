package cli

import (
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/agent"
	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

func newDraftCmd(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "draft",
		Short: "Look after what you have begun to write, or an agent has prepared",
		Long: `Look after the handoff that you have begun to write. It is a file in the git
directory of this work tree, kept until it is published. The last five that were
set aside are kept as well.

What a coding agent has prepared for you waits under a number, in every work
tree: handoff draft list. publish brings it up to what is known by now, shows it
and asks.`,
		Example: "  handoff draft show\n  handoff draft restore\n  handoff draft list\n  handoff draft publish 3",
		GroupID: groupRecord,
		Args:    oneOf("show", "path", "drop", "restore", "list", "publish"),
		RunE:    func(*cobra.Command, []string) error { return nil },
	}
	sub := func(use, short, example string, args cobra.PositionalArgs, run func(*workspace.Workspace, *form.Drafts, []string) error) {
		cmd.AddCommand(&cobra.Command{
			Use: use, Short: short, Example: example, Args: args,
			RunE: func(cmd *cobra.Command, args []string) error {
				ws, err := g.open(cmd.Context())
				if err != nil {
					return err
				}
				return run(ws, &form.Drafts{Dir: ws.Dir()}, args)
			},
		})
	}
	sub("show [n]", "Print the draft, or the n-th that was prepared for you", "  handoff draft show", maxArgs(1, "one number"), g.draftShow)
	sub("path", "Print where the draft is", "  handoff draft path", noArgs, g.draftPath)
	sub("drop [n]", "Set the draft aside, or give up the n-th that was prepared for you", "  handoff draft drop", maxArgs(1, "one number"), g.draftDrop)
	sub("restore [n]", "Bring back the last draft that was set aside, or the n-th last", "  handoff draft restore 2",
		maxArgs(1, "one number"), g.draftRestore)
	sub("list", "List what agents have prepared", "  handoff draft list", noArgs, g.draftList)
	cmd.AddCommand(newDraftPublishCmd(g))
	return cmd
}

func newDraftPublishCmd(g *globals) *cobra.Command {
	var o publishOptions
	cmd := &cobra.Command{
		Use: "publish N", Short: "Read what an agent has prepared for you, and publish it",
		Example: "  handoff draft publish 3", Args: exactArgs(1, "the number of the draft"),
		RunE: func(cmd *cobra.Command, args []string) error {
			number, err := draftNumber(args[0])
			if err != nil {
				return err
			}
			return draftPublish(cmd.Context(), g, o, number)
		},
	}
	o.addFlags(cmd.Flags())
	return cmd
}

// draftNumber is the number of a draft that was prepared.
func draftNumber(typed string) (int, error) {
	n, err := strconv.Atoi(typed)
	if err != nil || n < 1 {
		return 0, workspace.Usagef("handoff draft list shows them", "%s: say the number of a draft", typed)
	}
	return n, nil
}

// loadDraft returns the draft that waits; without one the error is errNoDraft.
func loadDraft(drafts *form.Drafts) ([]byte, error) {
	data, err := drafts.Load()
	if err == nil && data == nil {
		err = errNoDraft
	}
	return data, err
}

func (g *globals) draftShow(ws *workspace.Workspace, drafts *form.Drafts, args []string) error {
	if len(args) > 0 {
		return g.draftShowPrepared(ws, args[0])
	}
	data, err := loadDraft(drafts)
	if err != nil {
		return err
	}
	g.printer.line("%s", strings.TrimSuffix(string(data), "\n"))
	return nil
}

func (g *globals) draftShowPrepared(ws *workspace.Workspace, typed string) error {
	number, err := draftNumber(typed)
	if err != nil {
		return err
	}
	draft, err := prepared(ws, number)
	if err != nil {
		return err
	}
	return g.printer.print(draft, func() {
		g.printer.line("# %s", whoPrepared(ws, draft))
		for _, record := range draft.Texts {
			g.printer.line("%s", strings.TrimSuffix(record, "\n"))
		}
	})
}

// whoPrepared says in one line what was prepared, by whom and for whom.
func whoPrepared(ws *workspace.Workspace, d agent.Draft) string {
	return text.JoinNonEmpty(", ", "for "+d.For, "prepared by "+d.Agent.Name, calendar.Ago(ws.Since(d.At.Time)))
}

func (g *globals) draftList(ws *workspace.Workspace, _ *form.Drafts, _ []string) error {
	drafts, err := agent.Prepared{CommonDir: ws.CommonDir()}.List()
	if err != nil {
		g.say("handoff: warning: %v", err)
	}
	return g.printer.print(results[agent.Draft]{text.NonNil(drafts)}, func() {
		if len(drafts) == 0 {
			g.printer.line("no agent has prepared anything; handoff draft show prints what you have begun yourself")
			return
		}
		for _, d := range drafts {
			g.printer.line("%d  %s (%s)", d.Number, text.OneLine(d.Says), whoPrepared(ws, d))
		}
	})
}

func (g *globals) draftPath(_ *workspace.Workspace, drafts *form.Drafts, _ []string) error {
	g.printer.line("%s", drafts.Path())
	return nil
}

func (g *globals) draftDrop(ws *workspace.Workspace, drafts *form.Drafts, args []string) error {
	if len(args) > 0 {
		number, err := draftNumber(args[0])
		if err != nil {
			return err
		}
		if _, err := prepared(ws, number); err != nil {
			return err
		}
		return agent.Prepared{CommonDir: ws.CommonDir()}.Remove(number)
	}
	if _, err := loadDraft(drafts); err != nil {
		return err
	}
	if err := drafts.SetAside(); err != nil {
		return err
	}
	g.note("set aside; handoff draft restore brings it back")
	return nil
}

func (g *globals) draftRestore(_ *workspace.Workspace, drafts *form.Drafts, args []string) error {
	n := 1
	if len(args) > 0 {
		var err error
		if n, err = strconv.Atoi(args[0]); err != nil || n < 1 || n > form.KeptDrafts {
			return workspace.Usagef("", "%s: say a number from 1, the last one, to %d", args[0], form.KeptDrafts)
		}
	}
	found, err := drafts.Restore(n)
	if err != nil {
		return err
	}
	if !found {
		if n == 1 {
			return workspace.Usagef("handoff declare begins one", "no draft was set aside")
		}
		return workspace.Usagef("handoff draft restore brings the last one back", "no %d drafts were set aside", n)
	}
	g.note("restored; handoff declare --resume goes on with it")
	return nil
}
