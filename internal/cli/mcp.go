package cli

import (
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/handoff-cli/handoff/internal/agent"
	"github.com/spf13/cobra"
)

func newMCPCmd(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "mcp",
		Short: "Serve coding agents over the Model Context Protocol",
		Long: `Serve coding agents over the Model Context Protocol, on standard input and
output. Its tools are commands of this program, for the person whose git
identity the clone has, under the policy of the team: what gives or takes work
becomes a draft, which the person publishes (handoff help agents). No tool takes
an identity. Calls are answered one after the other.`,
		Example: `  claude mcp add handoff -- handoff mcp
  handoff -C /src/app mcp`,
		GroupID: groupSetup,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runMCP(cmd.Context(), g) },
	}
}

func runMCP(ctx context.Context, g *globals) error {
	if _, err := g.openHere(ctx); err != nil {
		return err // before a client waits for an answer
	}
	return agent.Serve(ctx, io.NopCloser(g.In), nopCloser{g.commands}, programVersion(), g.asAgent)
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// asAgent runs a command as the agent that a client is, wherever this was started.
func (g *globals) asAgent(ctx context.Context, client, stdin string, args ...string) agent.Outcome {
	var out, talk bytes.Buffer
	env := g.Env
	env.In, env.Out, env.Err, env.Signals = strings.NewReader(stdin), &out, &talk, nil
	env.Interactive, env.Color, env.Width = false, false, 0
	if g.agent == nil {
		env.Environ = append(env.Environ[:len(env.Environ):len(env.Environ)], agent.EnvName+"="+client)
	}
	before := []string{"--json", "--no-input"}
	if g.agentName != "" {
		before = append(before, "--agent="+g.agentName)
	}
	if g.as != "" {
		before = append(before, "--as="+g.as)
	}
	status := newGlobals(env).run(ctx, append(before, args...))
	return agent.Outcome{Out: out.String(), Talk: talk.String(), Status: status}
}
