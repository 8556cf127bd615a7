package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

func newRedactCmd(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "redact <record>",
		Short: "Print the steps for a record that must not stay, and run none",
		Long: `Print the steps for a record with a secret or with personal data that was
committed: what to rotate, whom to tell, what to filter out of history, what to
push, and what to remove in every clone. Nothing is run and nothing is written.

The last step is to write the loss down in the configuration, where handoff
verify reads that it is settled.`,
		Example: `  handoff doctor redact k3f9q2m7
  handoff doctor redact k3f9q2m7 --json --jq '.steps[].commands[]'`,
		Args: exactArgs(1, "the id of a record"),
		RunE: func(cmd *cobra.Command, args []string) error { return runRedact(cmd.Context(), g, args[0]) },
	}
}

// redactStep is a step, as --json prints it.
type redactStep struct {
	Do       string   `json:"do"`
	Commands []string `json:"commands"` // for a shell; or the lines of a file
}

// redactDocument is what --json prints.
type redactDocument struct {
	Record string       `json:"record"`
	Path   string       `json:"path"`
	Steps  []redactStep `json:"steps"`
}

func runRedact(ctx context.Context, g *globals, ref string) error {
	ws, err := g.openFor(ctx, workspace.SourceOptions{}, fold.Part{Refs: []string{ref}})
	if err != nil {
		return err
	}
	target, err := ws.Resolve(ref)
	if err != nil {
		return err
	}
	r, ok := ws.State.Records[target.Name]
	if !ok || target.Type != fold.TargetRecord {
		return workspace.Usagef("handoff log lists the records with their ids", "%s is not a record", ref)
	}
	remotes, err := ws.Remotes()
	if err != nil {
		return err
	}
	doc := redactDocument{Record: r.ID, Path: r.Source.Path, Steps: redactSteps(ws, r, remotes)}
	return g.printer.print(doc, func() {
		g.printer.line("%s %s by %s: %s", r.Kind, r.ID, r.By, text.OneLine(doc.Path))
		for i, step := range doc.Steps {
			g.printer.line("")
			g.printer.line("%d. %s", i+1, text.OneLine(step.Do))
			for _, line := range step.Commands {
				g.printer.line("     %s", text.OneLine(line))
			}
		}
		g.note("nothing was run")
	})
}

// redactSteps are the steps for one record, in their order: a secret is dead
// before anybody is told where it was.
func redactSteps(ws *workspace.Workspace, r *handoff.Record, remotes []string) []redactStep {
	file := text.ShellArgument(r.Source.Path)
	steps := []redactStep{
		{Do: "Rotate every secret in it: revoke the key, the token or the password where it was issued. Whoever has fetched it has read it. Personal data: tell whom your rules on such incidents name.", Commands: []string{}},
		{Do: "Tell everybody who has a clone or a fork: nobody pushes until this is done, and what is not pushed yet is pushed first. See which branches have it:",
			Commands: []string{"git log --all --source --oneline -- " + file}},
		{Do: "Filter it out of all history, in a clone made for that (git-filter-repo is a program of its own):", Commands: []string{
			"git clone --mirror " + originCommand(ws, remotes) + " redact.git",
			"cd redact.git",
			"git filter-repo --invert-paths --path " + file,
		}},
	}
	if len(remotes) > 0 {
		steps = append(steps, redactStep{
			Do: "Push what it came to, to every remote. A protected branch has to be opened for that and closed again; a forge keeps the commits of pull requests and forks until its support removes them.",
			Commands: []string{
				"git push --force --mirror " + originCommand(ws, remotes),
			}})
	}
	return append(steps, redactStep{
		Do: "In every other clone take the new history over, then remove the old one, with the index of records, which holds its text:",
		Commands: []string{
			"git fetch --prune --all",
			"git reset --hard @{upstream}   # on every branch; or clone anew",
			"git reflog expire --expire=now --all",
			"git gc --prune=now",
			`rm -f "$(git rev-parse --git-common-dir)"/handoff/index.db*`,
		},
	}, redactStep{
		Do: fmt.Sprintf("Write it down in %s, by review, so that handoff verify takes the loss as settled:", ws.ConfigFile()),
		Commands: []string{
			"verify:",
			"  settled:",
			fmt.Sprintf("    - {finding: HO902, record: %q, why: \"what it held, and when it was removed, without the thing itself\"}", r.ID),
		},
	}, redactStep{
		Do:       "Publish again what the others need of it, without what had to go. Records that name it stay as they are.",
		Commands: []string{},
	})
}

// originCommand is the URL of origin, or of the first remote, as a shell finds it
// out: it may hold a password, and is not printed. Without a remote it is this
// repository.
func originCommand(ws *workspace.Workspace, remotes []string) string {
	if len(remotes) == 0 {
		return text.ShellArgument(ws.CommonDir())
	}
	remote := remotes[0]
	if slices.Contains(remotes, "origin") {
		remote = "origin"
	}
	return `"$(git --git-dir ` + text.ShellArgument(ws.CommonDir()) + ` remote get-url ` + text.ShellArgument(remote) + `)"`
}
