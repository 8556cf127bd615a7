package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/index"
	"github.com/handoff-cli/handoff/internal/store"
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
	SchemaVersion int      `json:"schema_version"`
	Created       []string `json:"created"`
	Commit        string   `json:"commit"`
	Ref           string   `json:"ref"`
}

func runInit(ctx context.Context, g *globals, o initOptions) error {
	ws, err := g.openHere(ctx)
	if err != nil {
		return err
	}
	if err := ws.mustWrite(ctx); err != nil {
		return err
	}
	if err := ws.loadAll(ctx); err != nil {
		return err
	}
	ci, err := ws.ciFiles(o)
	if err != nil {
		return err
	}
	if ws.hasConfig {
		around, err := ws.setUpAround(ctx, g, o, ci)
		if err != nil {
			return err
		}
		g.note("%s/config.yaml is there already; edit it and commit", ws.dir)
		return g.printInit(initDocument{SchemaVersion: 1, Created: around})
	}
	if err := ws.refuseForeign(ctx); err != nil {
		return err
	}
	files, err := ws.initFiles(ctx, g)
	if err != nil {
		return err
	}
	change := store.Change{Files: files, Message: "handoff: set up " + ws.dir + "\n",
		Author: ws.author, Committer: ws.committer, DetachOK: o.detachOK}
	if !o.dryRun {
		if err := ws.confirmInit(ctx, g, change); err != nil {
			return err
		}
		if err := ws.checkPush(o.publishOptions, ""); err != nil {
			return err
		}
	}
	around, err := ws.setUpAround(ctx, g, o, ci)
	if err != nil {
		return err
	}
	if o.dryRun {
		return printDryRun(g, change, nil)
	}
	commit, err := ws.Append(ctx, change)
	late, err := afterCommit(err)
	if err != nil {
		return err
	}
	printFindings(g.Err, late)
	doc := initDocument{1, around, commit.Hash, commit.Ref}
	for _, f := range files {
		doc.Created = append(doc.Created, f.Path)
	}
	if err := g.printInit(doc); err != nil {
		return err
	}
	g.note("committed to %s as %s; next: handoff declare", shortRef(commit.Ref), commit.Hash[:7])
	if o.push {
		_, err = ws.push(ctx, g, "", commit)
	}
	return err
}

func (g *globals) printInit(doc initDocument) error {
	if g.printer.structured() {
		doc.Created = nonNil(doc.Created)
		return g.printer.document(doc)
	}
	for _, f := range doc.Created {
		g.printer.line("created %s", f)
	}
	return nil
}

// confirmInit shows, on a terminal, what is about to be committed.
func (ws *workspace) confirmInit(ctx context.Context, g *globals, change store.Change) error {
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
		yes, err := form.Confirm(ctx, asker, "Commit this to "+shortRef(ws.head.Ref)+"?", body)
		if err == nil && !yes {
			return errStopped
		}
		return err
	})
}

// refuseForeign refuses a directory that holds something else than records in
// HEAD. What lies on other branches is not this one's.
func (ws *workspace) refuseForeign(ctx context.Context) error {
	if ws.head.Unborn {
		return nil
	}
	set, err := index.Load(ctx, ws.Repo, []store.Ref{{Name: ws.head.Ref, Hash: ws.head.Hash}}, ws.dir)
	if err != nil {
		return err
	}
	for _, p := range set.Problems {
		if p.Code == "HO903" && !p.Lost && p.Record == "" {
			return &hintedError{fmt.Errorf("%s: holds files that are not records, such as %s", ws.dir, p.Path),
				"choose another directory in every clone: git config handoff.dir NAME"}
		}
	}
	return nil
}

const directoryReadme = `# Handoffs

Each file below a year is one record that the ` + "`handoff`" + ` program wrote: what an
engineer left for the next, who took it over, what was decided and why. Records
are added, never edited. ` + "`config.yaml`" + ` and ` + "`templates/`" + ` are for people to edit.

    handoff inbox                    what waits for me
    handoff show REF                 one of them with its story
    handoff query what is blocked    an answer from the records
    handoff help                     everything else

Without the program: ` + "`git log -- .handoffs`" + ` and a text editor.
`

// initFiles are the files that are not there yet.
func (ws *workspace) initFiles(ctx context.Context, g *globals) ([]store.NewFile, error) {
	c, err := ws.initialConfig(ctx, g)
	if err != nil {
		return nil, err
	}
	all := []store.NewFile{
		{Path: path.Join(ws.dir, ".gitattributes"), Data: []byte(store.Attributes)},
		{Path: path.Join(ws.dir, "README.md"), Data: []byte(strings.ReplaceAll(directoryReadme, defaultDir, ws.dir))},
		{Path: ws.configFile(), Data: c},
	}
	if ws.head.Unborn {
		return all, nil
	}
	var missing []store.NewFile
	for _, f := range all {
		_, err := ws.ReadFile(ctx, ws.head.Hash, f.Path, handoff.MaxSize)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			missing = append(missing, f)
		case err != nil:
			return nil, err
		}
	}
	return missing, nil
}

// initialConfig is the configuration with the people that git knows. A roster of
// one would refuse every receiver, so there is none then. What it holds comes from
// commits, in which anybody can write anything: it is read back as every command
// will, before it is committed.
func (ws *workspace) initialConfig(ctx context.Context, g *globals) ([]byte, error) {
	c := config.Default()
	idents, err := ws.Authors(ctx, ws.author.When.AddDate(0, 0, -90))
	if err != nil {
		return nil, err
	}
	authors := make([]config.Author, len(idents))
	for i, a := range idents {
		authors[i] = config.Author{Name: a.Name, Email: a.Email}
	}
	people, left := config.PeopleOf(authors)
	if len(people) > 1 {
		c.People = people
	}
	if left > 0 {
		g.note("the roster has those who committed last; %s more did not fit", handoff.Count(left, "author"))
	}
	data, err := c.Format()
	if err != nil {
		return nil, err
	}
	if _, findings := config.Parse(data); len(findings) > 0 {
		return nil, &findingsError{what: "the configuration that git's authors make would not be used", findings: findings,
			hint: "git log --format='%an <%ae>' shows them; .mailmap corrects one"}
	}
	return data, nil
}
