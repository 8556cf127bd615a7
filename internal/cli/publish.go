package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/handoff-cli/handoff/internal/story"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/pflag"
)

// publishOptions are the flags that every writing command has.
type publishOptions struct {
	dryRun   bool
	detachOK bool
	push     bool

	// page is what a dry run shows before the file, and on a terminal in its
	// place; nil for nothing.
	page func() []paragraph

	newPeople []string // whom nobody knows yet, and who are meant
	strangers []string // whom nobody knows yet either, taken as they are

	offersPush bool // asks on a terminal whether to push
	asked      bool // that was asked before

	told []handoff.Finding // what the user has seen already, and is not told again

	// after is done once the commit stands: what fails then is a warning.
	after []func() error

	// confirm shows what is going to be published and asks, nil for nothing to ask.
	confirm func([]*handoff.Sealed) error

	route bool // deliver afterwards what the records are about
}

func (o *publishOptions) addFlags(f *pflag.FlagSet) {
	f.BoolVar(&o.dryRun, "dry-run", false, "print the file and the commit, write nothing")
	f.BoolVar(&o.push, "push", false, "push the branch afterwards")
	f.BoolVar(&o.detachOK, "detach-ok", false, "write even when HEAD is on no branch")
}

// publication is what a writing command did, as --json prints it.
type publication struct {
	ID       string            `json:"id"`
	Kind     handoff.Kind      `json:"kind"`
	Path     string            `json:"path"`
	Commit   string            `json:"commit"`
	Ref      string            `json:"ref"`
	Pushed   bool              `json:"pushed"`
	Warnings []handoff.Finding `json:"warnings"`
	custodyChange
	Deliveries []deliveryRow `json:"deliveries"` // with --route
}

// checkAndPublish judges records that flags made and publishes them; refused
// says what did not happen.
func checkAndPublish(ctx context.Context, g *globals, ws *workspace.Workspace, o publishOptions, records []*handoff.Record, refused string) error {
	g.letGo()
	bodies := make([]handoff.Body, len(records))
	for i, r := range records {
		bodies[i] = r.Body
	}
	if err := o.meet(ctx, g, ws, bodies...); err != nil {
		return err
	}
	var ambiguous []handoff.Finding
	for _, r := range records {
		named, more := ws.Named(r.Body)
		r.Body, ambiguous = named, append(ambiguous, more...)
	}
	if err := askAgainOf(ctx, g, ws, records); err != nil {
		return err
	}
	g.propose(ws, records)
	sealed := handoff.SealAll(records...)
	findings := namingFlags(workspace.Explained(ws.Judge(sealed), ambiguous), records)
	if handoff.HasErrors(findings) {
		return &workspace.FindingsError{What: refused, Findings: findings, Hint: "correct the command and try again; its --help lists the flags"}
	}
	return publishRecords(ctx, g, ws, o, sealed, findings)
}

// publishRecords commits the records of one operation, the first of which names it,
// and prints what happened. They are committed as they were judged; warnings is
// what the rules had to say all the same.
func publishRecords(ctx context.Context, g *globals, ws *workspace.Workspace, o publishOptions, sealed []*handoff.Sealed, warnings []handoff.Finding) error {
	records, change := handoff.Records(sealed), ws.ChangeOf(sealed, o.detachOK)
	custody := custodyChanges(ws, records)
	to, err := o.reach(g, ws)
	if err != nil {
		return err
	}
	if o.dryRun {
		return o.printDryRun(g, change, warnings, custody)
	}
	if !g.mayPublish(ws, records) {
		return g.keepDraft(ws, records, textsOf(sealed), nil, warnings)
	}
	if o.confirm != nil {
		if err := o.confirm(sealed); err != nil {
			return err
		}
	}
	commit, pushed, err := ws.Commit(ctx, change, to.push)
	readers := readersOf(ws, records)
	if to.offer && err == nil && !pushed {
		commit, pushed, err = to.offerPush(ctx, g, ws, change.Branch, commit, readers)
	}
	warned, err := workspace.AfterCommit(err)
	if !workspace.Committed(err) {
		return err
	}
	warnings = append(warnings, warned...)
	for _, do := range o.after {
		warned, _ := workspace.AfterCommit(workspace.Unfinished(do()))
		warnings = append(warnings, warned...)
	}
	talk := strangersWords(o.strangers)
	if to.remote != "" && !pushed && err == nil {
		talk = append(talk, onlyHere(readers))
	}
	p := publication{
		ID: records[0].ID, Kind: records[0].Kind, Path: change.Files[0].Path,
		Commit: commit.Hash, Ref: commit.Ref, Pushed: pushed, Warnings: text.NonNil(warnings),
		custodyChange: custody[0],
	}
	if !o.route || err != nil {
		return errors.Join(err, o.printPublication(g, p, records, custody, append(talk, g.untold(ws, records)...), nil))
	}
	sent, err := g.routeRecords(ctx, ws, records, to.push)
	p.Deliveries = sent.rows
	return errors.Join(err, o.printPublication(g, p, records, custody, talk, sent))
}

// dryRun is what a writing command would do, as --json prints it.
type dryRun struct {
	DryRun   bool              `json:"dry_run"` // always true
	Files    []dryRunFile      `json:"files"`
	Message  string            `json:"message"` // of the commit
	Warnings []handoff.Finding `json:"warnings"`
	custodyChange
}

type dryRunFile struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

func (o *publishOptions) printDryRun(g *globals, change store.Change, warnings []handoff.Finding, custody []custodyChange) error {
	if g.printer.structured() {
		doc := dryRun{DryRun: true, Files: []dryRunFile{}, Message: change.Message, Warnings: text.NonNil(warnings), custodyChange: custody[0]}
		for _, f := range change.Files {
			doc.Files = append(doc.Files, dryRunFile{f.Path, string(f.Data)})
		}
		return g.printer.document(doc)
	}
	var page []paragraph
	if o.page != nil {
		page = o.page()
	}
	err := g.printPage(page, func() {
		for _, f := range change.Files {
			g.printer.line("# %s", f.Path)
			g.printer.line("%s", strings.TrimSuffix(string(f.Data), "\n"))
		}
		g.printer.line("# commit by %s <%s>", change.Author.Name, change.Author.Email)
		for line := range strings.Lines(change.Message) {
			g.printer.line("#   %s", strings.TrimSuffix(line, "\n"))
		}
		for _, c := range custody {
			c.print(g, "# ", "the same command with")
		}
	})
	if len(warnings) > 0 && !g.quiet {
		printFindings(g.Err, g.findings(warnings))
	}
	g.notes(strangersWords(o.strangers))
	g.note("nothing was written")
	return err
}

// printPublication prints what was written and what of it was delivered; sent is nil
// where nothing was to be.
func (o *publishOptions) printPublication(g *globals, p publication, records []*handoff.Record, custody []custodyChange, talk []string, sent *router) error {
	return g.printer.print(p, func() {
		first := records[0]
		g.printer.line("%s %s: %s (%s, commit %s)", first.Kind, first.ID, story.Headline(first), workspace.ShortRef(p.Ref), p.Commit[:7])
		custody[0].print(g, "", "handoff declare --amend "+first.ID)
		for i, r := range records[1:] {
			g.printer.line("%s %s: %s", r.Kind, r.ID, story.Headline(r))
			custody[i+1].print(g, "", "")
		}
		if fresh := o.unseen(p.Warnings); len(fresh) > 0 && !g.quiet {
			printFindings(g.Err, g.findings(fresh))
		}
		if sent != nil {
			sent.print()
		}
		g.notes(talk)
	})
}

// unseen are the findings that the user has not seen yet.
func (o *publishOptions) unseen(findings []handoff.Finding) []handoff.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f handoff.Finding) bool {
		return slices.ContainsFunc(o.told, func(told handoff.Finding) bool {
			return told.Code == f.Code && told.Field == f.Field && told.Message == f.Message
		})
	})
}

// notes is a note for each line.
func (g *globals) notes(lines []string) {
	for _, line := range lines {
		g.note("%s", line)
	}
}
