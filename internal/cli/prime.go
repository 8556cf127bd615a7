package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/agent"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/spf13/cobra"
)

func newPrimeCmd(g *globals) *cobra.Command {
	var paths []string
	cmd := &cobra.Command{
		Use:   "prime",
		Short: "Print what somebody who starts now needs to know",
		Long: `Print what somebody who starts now needs to know, a person or a coding agent, in
at most 600 words: what waits, what is held and what must not be done with it,
open blockers, and the decisions that hold on it. It asks for nothing and says
what nobody has to do: facts, and what records say between quotation marks.

With --for, the decisions are those about these files or folders.`,
		Example: "  handoff prime\n  handoff prime --for internal/refund --json",
		GroupID: groupRead,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runPrime(cmd.Context(), g, paths) },
	}
	listVar(cmd.Flags(), &paths, "for", "the decisions about a file or a folder, by its `PATH` in the repository")
	return cmd
}

func runPrime(ctx context.Context, g *globals, paths []string) error {
	ws, err := g.open(ctx)
	if err != nil {
		return err
	}
	if err := ws.Load(ctx, fold.Part{}); err != nil {
		return err
	}
	if ws.Me == "" {
		return ws.MustBeKnown(ctx)
	}
	prime, err := agent.NewPrime(ws, paths)
	if err != nil {
		return err
	}
	return g.printer.print(prime, func() {
		for _, line := range prime.Lines() {
			g.printer.line("%s", line)
		}
	})
}
