package cli

import (
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

func newDraftCmd(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "draft",
		Short: "Look after the handoff that you have begun to write",
		Long: `Look after the handoff that you have begun to write. It is a file in the git
directory of this work tree, kept until it is published. The last five that were
set aside are kept as well.`,
		Example: "  handoff draft show\n  handoff draft restore",
		GroupID: groupRecord,
		Args:    oneOf("show", "path", "drop", "restore"),
		RunE:    func(*cobra.Command, []string) error { return nil },
	}
	sub := func(use, short, example string, args cobra.PositionalArgs, run func(*form.Drafts, []string) error) {
		cmd.AddCommand(&cobra.Command{
			Use: use, Short: short, Example: example, Args: args,
			RunE: func(cmd *cobra.Command, args []string) error {
				ws, err := g.open(cmd.Context())
				if err != nil {
					return err
				}
				return run(&form.Drafts{Dir: ws.Dir()}, args)
			},
		})
	}
	sub("show", "Print the draft", "  handoff draft show", noArgs, g.draftShow)
	sub("path", "Print where the draft is", "  handoff draft path", noArgs, g.draftPath)
	sub("drop", "Set the draft aside", "  handoff draft drop", noArgs, g.draftDrop)
	sub("restore [n]", "Bring back the last draft that was set aside, or the n-th last", "  handoff draft restore 2",
		maxArgs(1, "one number"), g.draftRestore)
	return cmd
}

// loadDraft returns the draft that waits; without one the error is errNoDraft.
func loadDraft(drafts *form.Drafts) ([]byte, error) {
	data, err := drafts.Load()
	if err == nil && data == nil {
		err = errNoDraft
	}
	return data, err
}

func (g *globals) draftShow(drafts *form.Drafts, _ []string) error {
	data, err := loadDraft(drafts)
	if err != nil {
		return err
	}
	g.printer.line("%s", strings.TrimSuffix(string(data), "\n"))
	return nil
}

func (g *globals) draftPath(drafts *form.Drafts, _ []string) error {
	g.printer.line("%s", drafts.Path())
	return nil
}

func (g *globals) draftDrop(drafts *form.Drafts, _ []string) error {
	if _, err := loadDraft(drafts); err != nil {
		return err
	}
	if err := drafts.SetAside(); err != nil {
		return err
	}
	g.note("set aside; handoff draft restore brings it back")
	return nil
}

func (g *globals) draftRestore(drafts *form.Drafts, args []string) error {
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
