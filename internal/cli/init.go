package cli

import (
	"context"
	"path"
	"strings"

	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type initOptions struct {
	publishOptions
	hook bool
	ci   string
}

func newInitCmd(g *globals) *cobra.Command {
	var o initOptions
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Set the repository up for handoffs",
		Long: `Set the repository up for handoffs: commit .handoffs/config.yaml with what git
knows of the team (the authors of the last 90 days, if there are two or more), a
README, and the attributes that keep records byte for byte.

Nothing of it is needed to declare a handoff; it adds people, time zones and
response times. Edit the configuration like any other file, by review.`,
		Example: "  handoff init\n  handoff init --dry-run\n  handoff init --hook --ci github",
		GroupID: groupSetup,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runInit(cmd.Context(), g, o) },
	}
	o.addFlags(cmd.Flags())
	cmd.Flags().BoolVar(&o.hook, "hook", false, "install the reminder before a push as well")
	cmd.Flags().StringVar(&o.ci, "ci", "", "write the check of pull requests for `SERVICE`: github, gitlab, gitea")
	return cmd
}

// initDocument is what --json prints.
type initDocument struct {
	Created []string `json:"created"`
	Commit  string   `json:"commit"`
	Ref     string   `json:"ref"`
}

func runInit(ctx context.Context, g *globals, o initOptions) error {
	ws, err := g.openHere(ctx)
	if err != nil {
		return err
	}
	if err := ws.MustWrite(ctx); err != nil {
		return err
	}
	if err := ws.LoadAll(ctx); err != nil {
		return err
	}
	ci, err := ciFiles(ws, o)
	if err != nil {
		return err
	}
	if ws.HasConfig {
		around, err := setUpAround(ctx, g, ws, o, ci)
		if err != nil {
			return err
		}
		g.note("%s/config.yaml is there already; edit it and commit", ws.RecordDir)
		return g.printInit(initDocument{Created: around})
	}
	change, err := setUp(ctx, g, ws, o)
	if err != nil {
		return err
	}
	around, err := setUpAround(ctx, g, ws, o, ci)
	if err != nil {
		return err
	}
	if o.dryRun {
		return o.printDryRun(g, change, nil, make([]custodyChange, 1))
	}
	return commitInit(ctx, g, ws, o, change, around)
}

// setUp is the commit that sets the repository up, once the user has agreed to
// it.
func setUp(ctx context.Context, g *globals, ws *workspace.Workspace, o initOptions) (change store.Change, err error) {
	if err := ws.RefuseForeign(ctx); err != nil {
		return change, err
	}
	files, err := ws.InitFiles(ctx)
	if err != nil {
		return change, err
	}
	change = store.Change{Files: files, Message: "handoff: set up " + ws.RecordDir + "\n",
		Author: ws.Author, Committer: ws.Committer, DetachOK: o.detachOK}
	if o.dryRun {
		return change, nil
	}
	if err := confirmInit(ctx, g, ws, change); err != nil {
		return change, err
	}
	if o.push {
		err = workspace.MustBeOnBranch(ws.CanPush(""))
	}
	return change, err
}

// commitInit commits the setup, and says what was created, there and around it.
func commitInit(ctx context.Context, g *globals, ws *workspace.Workspace, o initOptions, change store.Change, around []string) error {
	to, err := o.reach(g, ws)
	if err != nil {
		return err
	}
	commit, err := ws.Append(ctx, change)
	late, err := workspace.AfterCommit(err)
	if err != nil {
		return err
	}
	printFindings(g.Err, g.findings(late))
	doc := initDocument{around, commit.Hash, commit.Ref}
	for _, f := range change.Files {
		doc.Created = append(doc.Created, f.Path)
	}
	if err := g.printInit(doc); err != nil {
		return err
	}
	g.note("committed to %s as %s; next: handoff declare", workspace.ShortRef(commit.Ref), commit.Hash[:7])
	if to.push {
		_, err = ws.PushCommit(ctx, "", commit)
	} else if to.remote != "" {
		g.note("%s", onlyHere("others see it"))
	}
	return err
}

func (g *globals) printInit(doc initDocument) error {
	doc.Created = text.NonNil(doc.Created)
	return g.printer.print(doc, func() {
		for _, f := range doc.Created {
			g.printer.line("created %s", f)
		}
	})
}

// confirmInit shows, on a terminal, what is about to be committed.
func confirmInit(ctx context.Context, g *globals, ws *workspace.Workspace, change store.Change) error {
	if !g.Interactive {
		return nil
	}
	var body []string
	for _, f := range change.Files {
		body = append(body, "create "+f.Path)
		if path.Base(f.Path) == "config.yaml" {
			for line := range strings.Lines(string(f.Data)) {
				body = append(body, "    "+strings.TrimSuffix(line, "\n"))
			}
		}
	}
	return g.ask(func(asker form.Asker) error {
		return form.Confirm(ctx, asker, "Commit this to "+workspace.ShortRef(ws.HEAD.Ref)+"?", body)
	})
}
