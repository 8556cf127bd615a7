package cli

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/spf13/pflag"
)

// publishOptions are the flags that every writing command has.
type publishOptions struct {
	dryRun   bool
	detachOK bool
	push     bool

	// after is done once the commit stands: what fails then is a warning.
	after []func() error
}

func (o *publishOptions) addFlags(f *pflag.FlagSet) {
	f.BoolVar(&o.dryRun, "dry-run", false, "print the file and the commit, write nothing")
	f.BoolVar(&o.push, "push", false, "push the branch afterwards")
	f.BoolVar(&o.detachOK, "detach-ok", false, "write even when HEAD is on no branch")
}

// publication is what a writing command did, as --json prints it.
type publication struct {
	SchemaVersion int               `json:"schema_version"`
	ID            string            `json:"id"`
	Kind          handoff.Kind      `json:"kind"`
	Path          string            `json:"path"`
	Commit        string            `json:"commit"`
	Ref           string            `json:"ref"`
	Pushed        bool              `json:"pushed"`
	Warnings      []handoff.Finding `json:"warnings"`
}

// newID draws an id that no known record has.
func (ws *workspace) newID(g *globals) string {
	for {
		id := g.NewID()
		known, err := ws.recall(handoff.Part{Refs: []string{id}})
		if err != nil || known.Records[id] == nil {
			return id // a repository that cannot be read cannot be written either
		}
	}
}

// newRecord returns a record by the user, now. The time is the author date of
// the commit to come, so that GIT_AUTHOR_DATE is honoured as git does.
func (ws *workspace) newRecord(g *globals, body handoff.Body) *handoff.Record {
	return handoff.New(ws.newID(g), ws.author.When, ws.me, body)
}

// judge checks records against the rules and then, as the rules say it better,
// against the fold: what it could not use where it stands must not be published.
func (ws *workspace) judge(sealed []*handoff.Sealed) []handoff.Finding {
	return ws.checkOn(rules.Part(handoff.Records(sealed)...), func() []handoff.Finding {
		c := ws.ruleContext()
		var findings []handoff.Finding
		for _, s := range sealed {
			findings = append(findings, rules.CheckSealed(s, c)...)
		}
		return ws.placed(sealed, findings)
	})
}

// checkOn checks on the part of the state that it takes, and what is wrong once
// more with the names of everything, so that a finding can say which one was
// probably meant.
func (ws *workspace) checkOn(part handoff.Part, check func() []handoff.Finding) []handoff.Finding {
	err := ws.need(part)
	findings := check()
	if err != nil || handoff.HasErrors(findings) {
		if err = ws.need(handoff.Part{Names: true}); err == nil {
			findings = check()
		}
	}
	return findings
}

// checkAndPublish judges records that flags made and publishes them; refused
// says what did not happen.
func (ws *workspace) checkAndPublish(ctx context.Context, g *globals, o publishOptions, records []*handoff.Record, refused string) error {
	sealed := handoff.SealAll(records...)
	findings := ws.judge(sealed)
	if handoff.HasErrors(findings) {
		return &findingsError{what: refused, findings: findings, hint: "correct the command and try again"}
	}
	return ws.publish(ctx, g, o, sealed, findings)
}

// placed adds to what the rules found the problems that records would have on
// top of all others. Those that are wrong in themselves are not folded.
func (ws *workspace) placed(sealed []*handoff.Sealed, findings []handoff.Finding) []handoff.Finding {
	if handoff.HasErrors(findings) {
		return findings
	}
	problems, err := ws.problems(handoff.Records(sealed))
	if err != nil {
		return append(findings, notFolded(err))
	}
	for _, p := range problems {
		findings = append(findings, handoff.Finding{Code: p.Code, Level: handoff.LevelError, Record: p.Record, Message: p.Message})
	}
	return findings
}

// notFolded says that records cannot be seen among all others.
func notFolded(err error) handoff.Finding {
	return handoff.Finding{Code: "HO320", Level: handoff.LevelError, Message: err.Error()}
}

// publish commits the records of one operation, the first of which names it,
// and prints what happened. They are committed as they were judged; warnings is
// what the rules had to say all the same.
func (ws *workspace) publish(ctx context.Context, g *globals, o publishOptions, sealed []*handoff.Sealed, warnings []handoff.Finding) error {
	records, files := handoff.Records(sealed), make([]store.NewFile, len(sealed))
	for i, s := range sealed {
		files[i] = store.NewFile{Path: path.Join(ws.dir, s.Record.Name()), Data: s.Data}
	}
	change := store.Change{
		Files: files, Message: commitMessage(records, ws.config.Commit),
		Author: ws.author, Committer: ws.committer, Branch: ws.branch(), DetachOK: o.detachOK,
	}
	if o.dryRun {
		return printDryRun(g, change, warnings)
	}
	commit, pushed, err := ws.commit(ctx, g, o, change)
	warned, err := afterCommit(err)
	if !committed(err) {
		return err
	}
	warnings = append(warnings, warned...)
	for _, do := range o.after {
		warned, _ := afterCommit(unfinished(do()))
		warnings = append(warnings, warned...)
	}
	return errors.Join(err, printPublication(g, publication{
		SchemaVersion: 1, ID: records[0].ID, Kind: records[0].Kind, Path: files[0].Path,
		Commit: commit.Hash, Ref: commit.Ref, Pushed: pushed, Warnings: nonNil(warnings),
	}, records))
}

// commit appends a change to the branch of records and, where that is asked for
// or the branch is new everywhere, pushes it.
func (ws *workspace) commit(ctx context.Context, g *globals, o publishOptions, change store.Change) (commit store.Commit, pushed bool, err error) {
	if err := ws.checkPush(o, change.Branch); err != nil {
		return commit, false, err
	}
	begun := false
	if change.Branch != "" {
		if begun, err = ws.Begin(ctx, change.Branch); err != nil {
			return commit, false, fmt.Errorf("branch %s: its first commit looks at the remote first: %w", change.Branch, err)
		}
	}
	if ws.config.Commit.Hooks {
		if change.Message, err = ws.RunHooks(ctx, change); err != nil {
			return commit, false, err
		}
	}
	commit, err = ws.Append(ctx, change)
	if _, failed := afterCommit(err); failed != nil || !o.push && !begun {
		return commit, false, err
	}
	commit, pushErr := ws.push(ctx, g, change.Branch, commit)
	_, failed := afterCommit(pushErr)
	return commit, failed == nil, errors.Join(err, pushErr)
}

// unfinished marks the error of something that was done after a commit.
func unfinished(err error) error {
	if err == nil {
		return nil
	}
	return &store.UnfinishedError{Err: err}
}

// afterCommit parts an error into what only followed a commit that stands, as
// warnings, and the rest.
func afterCommit(err error) (warnings []handoff.Finding, rest error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			more, failed := afterCommit(err)
			warnings, rest = append(warnings, more...), errors.Join(rest, failed)
		}
		return warnings, rest
	}
	if late := new(store.UnfinishedError); errors.As(err, &late) {
		return []handoff.Finding{{Level: handoff.LevelWarning, Message: late.Error(), Fix: "the next handoff command repairs what it can"}}, nil
	}
	return nil, err
}

// branch is the branch that records go to: "" for the one that is checked out.
func (ws *workspace) branch() string {
	if b := ws.config.Store.Branch; b != config.BranchCurrent {
		return b
	}
	return ""
}

// dryRun is what a writing command would do, as --json prints it.
type dryRun struct {
	SchemaVersion int               `json:"schema_version"`
	DryRun        bool              `json:"dry_run"` // always true
	Files         []dryRunFile      `json:"files"`
	Message       string            `json:"message"` // of the commit
	Warnings      []handoff.Finding `json:"warnings"`
}

type dryRunFile struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

func printDryRun(g *globals, change store.Change, warnings []handoff.Finding) error {
	if g.printer.structured() {
		doc := dryRun{SchemaVersion: 1, DryRun: true, Files: []dryRunFile{}, Message: change.Message, Warnings: nonNil(warnings)}
		for _, f := range change.Files {
			doc.Files = append(doc.Files, dryRunFile{f.Path, string(f.Data)})
		}
		return g.printer.document(doc)
	}
	for _, f := range change.Files {
		g.printer.line("# %s", f.Path)
		g.printer.line("%s", strings.TrimSuffix(string(f.Data), "\n"))
	}
	g.printer.line("# commit by %s <%s>", change.Author.Name, change.Author.Email)
	for line := range strings.Lines(change.Message) {
		g.printer.line("#   %s", strings.TrimSuffix(line, "\n"))
	}
	if len(warnings) > 0 && !g.quiet {
		printFindings(g.Err, g.findings(warnings))
	}
	g.note("nothing was written")
	return nil
}

func printPublication(g *globals, p publication, records []*handoff.Record) error {
	if g.printer.structured() {
		return g.printer.document(p)
	}
	first := records[0]
	g.printer.line("%s %s: %s (%s, commit %s)", first.Kind, first.ID, headline(first), shortRef(p.Ref), p.Commit[:7])
	for _, r := range records[1:] {
		g.printer.line("%s %s: %s", r.Kind, r.ID, headline(r))
	}
	if len(p.Warnings) > 0 && !g.quiet {
		printFindings(g.Err, g.findings(p.Warnings))
	}
	return nil
}

// commitMessage is made of counts and handles only: free text in a subject has
// effects elsewhere ("fixes #12", "[skip ci]").
func commitMessage(records []*handoff.Record, c config.Commit) string {
	var b strings.Builder
	b.WriteString(subject(records[0], c.Subject))
	if c.SkipCI {
		b.WriteString(" [skip ci]")
	}
	b.WriteString("\n\n")
	for _, r := range records {
		fmt.Fprintf(&b, "Handoff-Id: %s\nHandoff-Kind: %s\n", r.ID, r.Kind)
	}
	return b.String()
}

// holdsRecords reports whether a commit has a message that commitMessage made.
func holdsRecords(c store.CommitInfo) bool { return strings.Contains(c.Message, "\nHandoff-Id: ") }

// subject fills in the form that the configuration gives to subjects.
func subject(r *handoff.Record, form string) string {
	if form == "" {
		return fmt.Sprintf("%s: %s", r.Kind, headline(r))
	}
	to, counts := "", ""
	switch body := r.Body.(type) {
	case *handoff.Handoff:
		to, counts = strings.Join(body.To, ", "), handoffCounts(body)
	case *handoff.Ack:
		counts = handoff.Count(len(body.Take), "item")
	case *handoff.Question:
		to = body.To
	case *handoff.Escalation:
		to = body.To
	case *handoff.Assignment:
		to = body.To
	case *handoff.Route:
		to = body.To
	}
	filled := strings.NewReplacer("{kind}", string(r.Kind), "{by}", r.By, "{to}", to, "{counts}", counts).Replace(form)
	return strings.Join(strings.Fields(filled), " ")
}

// shortRef is a ref as people say it: main, origin/main, HEAD.
func shortRef(ref string) string {
	for _, prefix := range []string{"refs/heads/", "refs/remotes/"} {
		if short, ok := strings.CutPrefix(ref, prefix); ok {
			return short
		}
	}
	return ref
}

// nonNil makes a list that JSON shows as [].
func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
