package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/examples"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type initOptions struct {
	publishOptions
	people, teams []string
	hook          bool
	hookSaid      bool
	ci            string
	forms         string // a forge, formsHere, or "" for none
	comments      bool
	readers       string // of the pages of the service, "" for no pages
	agents        string // agentsWrite, agentsRemove, or "" for neither
	branch        string
	example       string // a name of examples.Starts, or "" for none
}

// formsHere stands for the forge that the remote is on.
const formsHere = "remote"

func newInitCmd(g *globals) *cobra.Command {
	var o initOptions
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Set the repository up for handoffs",
		Long: `Set the repository up for handoffs: commit what is missing under .handoffs of a
configuration, a README for colleagues who never heard of this, a form and two
examples under templates, and the attributes that keep records byte for byte.

On a terminal it asks five things that the flags do not say: who works here and
when, which teams there are, whether a push reminds you, which service checks
pull requests, and which branch the records go to. Elsewhere it takes the people
whom git knows, the authors of the last 90 days, if there are two or more. With
--person they are those that are named; of somebody whom git knows, the handle
is enough.

--ci writes the check of pull requests, and a job that draws handoff report and
keeps it as an artifact. On the pages of the forge it is published only with
--pages-readable-by, which says who can read them: those of a private repository
may be public.

With --example, the configuration of a team like yours is written to the work
tree, with people of its own: put yours in their place, and commit it. Then init
commits the rest.

With --forms, people who use no terminal leave a handoff in an issue: the forge
that the remote is on asks for what declare asks for, and handoff sync --from
publishes it.

With --agents, coding agents are told when to read the records, when to note
something down and how to draft a handoff: in a block of AGENTS.md, beside what
is there, and in a skill, .agents/skills/handoff/SKILL.md. Once more brings both
up to date, and --agents=remove takes them away.

Nothing of it is needed to declare a handoff. It adds people, time zones and
response times; edit the configuration like any other file, by review. What is
there already stays as it is: in a clone of a team that has all of it, init sets
up the reminder.`,
		Example: `  handoff init
  handoff init --dry-run
  handoff init --hook --ci github
  handoff init --example two-sites --hook --ci github
  handoff init --forms
  handoff init --agents
  handoff init --person "ana;Asia/Singapore;09:00-18:00" \
      --person "ben;Europe/London;09:00-17:30;ben@example.com" \
      --team "payments;ben;ana,ben" --branch handoffs`,
		GroupID: groupSetup,
		Args: func(cmd *cobra.Command, args []string) error {
			if o.forms == formsHere && len(args) == 1 { // the name of the forge, with a space before it
				o.forms = args[0]
				return nil
			}
			if o.agents == agentsWrite && len(args) == 1 { // likewise
				o.agents = args[0]
				return nil
			}
			return noArgs(cmd, args)
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.hookSaid = cmd.Flags().Changed("hook")
			return runInit(cmd.Context(), g, o)
		},
	}
	f := cmd.Flags()
	o.addFlags(f)
	cmd.SetFlagErrorFunc(exampleFlagError)
	listVar(f, &o.people, "person", "somebody who works here: `'"+config.PersonShape+"'`, with what is known of them")
	listVar(f, &o.teams, "team", "a team: `'"+config.TeamShape+"'`, with commas between the members")
	f.BoolVar(&o.hook, "hook", false, "install the reminder before a push as well")
	f.StringVar(&o.ci, "ci", "", "write the check of pull requests, and jobs that remind of deadlines and draw the report, for `SERVICE`: github, gitlab, gitea, or none")
	f.StringVar(&o.readers, "pages-readable-by", "", "publish the report on the pages of the service as well, for `READERS`: everyone, or members")
	f.StringVar(&o.forms, "forms", "", "write the form in which issues ask for a handoff, for the `FORGE` that the remote is on, or for github, gitlab or gitea")
	f.Lookup("forms").NoOptDefVal = formsHere
	f.BoolVar(&o.comments, "comments", false, "with --ci, write as well what records the comments of people without a terminal")
	f.StringVar(&o.agents, "agents", "", "write what coding agents read on handoffs, a block of AGENTS.md and a skill; as `WHAT`, remove takes it away")
	f.Lookup("agents").NoOptDefVal = agentsWrite
	f.StringVar(&o.example, "example", "", "write the configuration of the example `NAME`, for you to put your people into: "+strings.Join(examples.Starts, ", "))
	f.StringVar(&o.branch, "branch", "", "records go to the branch `NAME`, or to the current one")
	return cmd
}

// initDocument is what --json prints.
type initDocument struct {
	Created []string `json:"created"`
	Changed []string `json:"changed"` // files that were there, and have a block of ours
	Removed []string `json:"removed"`
	Commit  string   `json:"commit"`
	Ref     string   `json:"ref"`
}

func (doc initDocument) print(g *globals) error {
	doc.Created, doc.Changed, doc.Removed = text.NonNil(doc.Created), text.NonNil(doc.Changed), text.NonNil(doc.Removed)
	return g.printer.print(doc, func() {
		for _, f := range doc.Created {
			g.printer.line("created %s", f)
		}
		for _, f := range doc.Changed {
			g.printer.line("changed %s", f)
		}
		for _, f := range doc.Removed {
			g.printer.line("removed %s", f)
		}
	})
}

func runInit(ctx context.Context, g *globals, o initOptions) error {
	ws, err := g.openHere(ctx)
	if err != nil {
		return err
	}
	if o.agents == agentsRemove {
		return runRemoveAgents(g, ws, o)
	}
	if err := ws.MustWrite(ctx); err != nil {
		return err
	}
	if err := ws.LoadAll(ctx); err != nil {
		return err
	}
	if err := refuseForeign(ctx, ws); err != nil {
		return err
	}
	if _, err := o.ciFiles(ws); err != nil {
		return err
	}
	if o.forms, err = forgeOf(ws, o.forms); err != nil {
		return err
	}
	changes, err := o.agentChanges(ws)
	if err != nil {
		return err
	}
	example, err := o.exampleConfig(ws)
	if err != nil {
		return err
	}
	s, err := newSetup(ctx, g, ws, o)
	if err != nil {
		return err
	}
	s.example = example
	if g.Interactive {
		err = s.ask(ctx)
	} else {
		err = s.settle()
	}
	if err != nil {
		return err
	}
	return s.carryOut(ctx, changes)
}

// setUpSubject begins the message of the commit that sets a team up, which is no work
// to be handed over.
const setUpSubject = "handoff: set up "

// carryOut does what was asked for. The commit comes first: what fails later is done
// by the same command once more.
func (s *setup) carryOut(ctx context.Context, changes []blockChange) error {
	g, ws, o := s.g, s.ws, s.o
	change := store.Change{Files: s.files, Message: setUpSubject + ws.RecordDir + "\n",
		Author: ws.Author, Committer: ws.Committer, DetachOK: o.detachOK}
	files, err := s.aroundFiles()
	if err != nil {
		return err
	}
	if o.dryRun {
		for _, f := range files {
			g.note("would create %s", f.Path)
		}
		noteChanges(g, changes)
		if s.example != nil {
			return printExample(g, *s.example)
		}
		return o.printDryRun(g, change, nil, make([]custodyChange, 1))
	}
	doc, done := initDocument{}, func() error { return nil }
	if len(s.files) > 0 {
		if doc, done, err = s.commit(ctx, change); err != nil {
			return err
		}
	}
	committed := doc.Created
	doc.Created, err = setUpAround(ctx, g, ws, o, files)
	if err == nil {
		err = setUpAgents(g, ws, changes, &doc)
	}
	doc.Created = append(doc.Created, committed...)
	if err = errors.Join(err, doc.print(g)); err != nil {
		return err
	}
	if ws.HasConfig {
		g.note("%s is there already; edit it and commit", ws.ConfigFile())
	}
	if s.example != nil {
		examplePeople(g, ws, s.example.Data)
	} else if c, err := s.agreed(); err == nil && robotIsMissing(o, c) {
		g.note("the job that reminds leaves records: add it to people, or it fails: handoff-robot: {emails: [%s]}", robot)
	}
	if s.outside {
		g.note("%s <%s> is none of the people, and cannot declare here", ws.Me, ws.Author.Email)
	}
	return done()
}

// commit commits the files. What is to be said of the commit and done with it after
// all else is in done.
func (s *setup) commit(ctx context.Context, change store.Change) (doc initDocument, done func() error, err error) {
	g, ws, o := s.g, s.ws, s.o
	if o.push {
		if err := workspace.MustBeOnBranch(ws.CanPush("")); err != nil {
			return doc, nil, err
		}
	}
	o.offersPush = true
	to, err := o.reach(g, ws)
	if err != nil {
		return doc, nil, err
	}
	commit, err := ws.Append(ctx, change)
	late, err := workspace.AfterCommit(err)
	if err != nil {
		return doc, nil, err
	}
	printFindings(g.Err, g.findings(late))
	for _, f := range change.Files {
		doc.Created = append(doc.Created, f.Path)
	}
	doc.Commit, doc.Ref = commit.Hash, commit.Ref
	return doc, func() error {
		g.note("committed to %s as %s; next: handoff declare", workspace.ShortRef(commit.Ref), commit.Hash[:7])
		pushed, err := to.push, error(nil)
		switch {
		case to.push:
			_, err = ws.PushCommit(ctx, "", commit)
		case to.offer:
			_, pushed, err = to.offerPush(ctx, g, ws, "", commit, "others see it")
		}
		if !pushed && to.remote != "" && err == nil {
			g.note("%s", onlyHere("others see it"))
		}
		return err
	}, nil
}

// setup is what init knows of a repository, and what it is to do there.
type setup struct {
	g  *globals
	ws *workspace.Workspace
	o  initOptions

	base  *config.Config           // before anything was typed
	known map[string]config.Person // the people of the team, or of its history
	has   []string                 // the files of it that HEAD has
	files []store.NewFile          // to be committed

	outside bool // the user is none of the people

	example *examples.File // the configuration of an example, to be written and not committed; nil for none
}

func newSetup(ctx context.Context, g *globals, ws *workspace.Workspace, o initOptions) (s *setup, err error) {
	s = &setup{g: g, ws: ws, o: o, base: ws.TeamConfig, known: ws.TeamConfig.People}
	if !ws.HasConfig {
		if s.base, s.known, err = initialConfig(ctx, g, ws); err != nil {
			return nil, err
		}
	}
	s.has, err = committed(ctx, ws)
	return s, err
}

// settle settles what is to be committed from what was typed.
func (s *setup) settle() error {
	agreed, err := s.agreed()
	if err != nil {
		return err
	}
	s.outside = s.example == nil && len(agreed.People) > 0 && !slices.Contains(agreed.Handles(), meIn(s.ws, agreed))
	if s.example == nil { // else its people would be in all of them
		s.files, err = setupFiles(s.ws, agreed, s.has)
	}
	return err
}

// agreed is the configuration with what was typed. One that is there already is edited
// by review, not from here.
func (s *setup) agreed() (*config.Config, error) {
	agreed, err := s.base.With(config.Typed{People: s.o.people, Teams: s.o.teams, Branch: s.o.branch}, s.known)
	if wrong, ok := errors.AsType[*config.TypedError](err); ok {
		return nil, workspace.Usagef(typedHints[wrong.What], "--%s %v", wrong.What, wrong)
	}
	if err != nil {
		return nil, err
	}
	if changes := config.Changes(s.base, agreed); s.ws.HasConfig && len(changes) > 0 {
		return nil, workspace.Usagef("edit it and commit, or leave out --person, --team and --branch",
			"%s is there already and says something else of %s", s.ws.ConfigFile(), text.And(changes))
	}
	return agreed, nil
}

// typedHints are examples of what is typed.
var typedHints = map[string]string{
	"person": `as in --person "ben;Europe/London;09:00-17:30;ben@example.com"`,
	"team":   `as in --team "payments;ben;ana,ben"`,
	"branch": "as in --branch handoffs",
}
