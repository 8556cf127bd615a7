package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/spf13/cobra"
)

type checkOptions struct {
	strict bool
	staged bool
	span   string // A..B
	format string
	pr     prOptions
	due    bool
}

func newCheckCmd(g *globals) *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:   "check [PATH…]",
		Short: "Check records against the rules",
		Long: `Check records against the rules. With paths, those files are checked, committed
or not, config.yaml too. Without, every record that the refs reach is. With
--staged, what the next commit would add is, and that it leaves older records
alone; with --range A..B the commits that B has and A has not are, one by one.

With --pr, the records of a pull request are checked, that it edits and removes
none, and that a handoff covers it: one that it adds, or one whose items name
its number, its branch or a ticket of its title, younger than the last work in
it. A handoff with four empty lists says that none is needed, and why in its
summary. The job's environment says which pull request it is, on GitHub, GitLab,
Gitea, Forgejo, Bitbucket and Jenkins; elsewhere --base does. Missing history is
fetched. The configuration of the branch that it goes into counts, and what the
change edits there is said. Whom --skip-author names is an account of the
service, never the author of a commit.

With --due, the deadlines that have passed are listed instead: handoffs without
a verdict, blockers and questions that wait too long, temporary conditions that
have ended. It is made for a scheduled job; nothing is escalated by itself.

The status is 3 when there are errors; with --strict also when there are
warnings.`,
		Example: `  handoff check
  handoff check today.yaml --json
  handoff check --pr --require --format github
  handoff check --pr --base main
  handoff check --range v1.4..HEAD
  handoff check --due`,
		GroupID: groupSetup,
		RunE:    func(cmd *cobra.Command, args []string) error { return runCheck(cmd.Context(), g, o, args) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.strict, "strict", false, "warnings fail as well")
	f.BoolVar(&o.staged, "staged", false, "check what is staged")
	f.StringVar(&o.span, "range", "", "check what the commits in `A..B` add, and that they edit no record")
	f.StringVar(&o.format, "format", "text", "print findings as `FORMAT`: text, json, github, gitlab, sarif, junit")
	o.pr.addFlags(f)
	f.BoolVar(&o.due, "due", false, "list the deadlines that have passed")
	return cmd
}

// checkDocument is what --json prints.
type checkDocument struct {
	SchemaVersion int               `json:"schema_version"`
	OK            bool              `json:"ok"`
	Records       int               `json:"records"`
	Findings      []handoff.Finding `json:"findings"`
	PullRequest   *prDocument       `json:"pull_request,omitempty"`

	config bool // the configuration was checked
}

// says is what was checked, and what was found.
func (d checkDocument) says() string {
	var configuration string
	records := handoff.Count(d.Records, "record")
	if d.config {
		configuration = "the configuration"
		if d.Records == 0 {
			records = ""
		}
	}
	return joinNonEmpty(", ", d.PullRequest.says(), records, configuration, countFindings(d.Findings))
}

func runCheck(ctx context.Context, g *globals, o checkOptions, paths []string) error {
	if err := o.validate(g, paths); err != nil {
		return err
	}
	var doc checkDocument
	var err error
	switch {
	case o.pr.on:
		doc, err = checkPullRequest(ctx, g, o)
	case o.span != "":
		doc, err = checkRange(ctx, g, o.span)
	case o.staged:
		doc, err = checkStaged(ctx, g)
	case o.due:
		doc, err = checkDue(ctx, g)
	case len(paths) > 0:
		doc, err = checkFiles(ctx, g, paths)
	default:
		doc, err = checkRefs(ctx, g)
	}
	if err != nil {
		return err
	}
	doc.SchemaVersion = 1
	doc.OK = !handoff.HasErrors(doc.Findings) && !(o.strict && slices.ContainsFunc(doc.Findings, mayFail))
	handoff.SortFindings(doc.Findings)
	doc.Findings = g.findings(doc.Findings)
	summary := doc.says()
	if err := g.printCheck(doc, guard.Format(o.format), summary); err != nil {
		return err
	}
	if !doc.OK {
		return &noError{message: summary}
	}
	g.note("%s", summary)
	return nil
}

// mayFail reports whether a warning fails a strict check. That the configuration
// is edited does not: it is for people to look at, and nothing in the change
// could make it go away.
func mayFail(f handoff.Finding) bool { return f.Code != guard.CodeConfig }

var checkFormats = []string{"text", "json", string(guard.FormatGitHub), string(guard.FormatGitLab), string(guard.FormatSARIF), string(guard.FormatJUnit)}

// validate refuses flags that do not go together, and applies the format.
func (o *checkOptions) validate(g *globals, paths []string) error {
	switch {
	case !slices.Contains(checkFormats, o.format):
		return usagef("", "--format %s: say %s", o.format, strings.Join(checkFormats, ", "))
	case g.printer.structured() && o.format != "text" && o.format != "json":
		return usagef("", "--format %s: not together with --json, --jq or --template", o.format)
	case countTrue(o.pr.on, o.staged, o.span != "", o.due, len(paths) > 0) > 1:
		return usagef("", "say one of --pr, --range, --staged, --due and paths")
	case !o.pr.on && o.pr.changed():
		return usagef("handoff check --help", "the flags about a pull request need --pr")
	}
	if o.format == "json" {
		g.printer.json = true
		g.openOut()
	}
	return nil
}

func countTrue(conditions ...bool) (n int) {
	for _, c := range conditions {
		if c {
			n++
		}
	}
	return n
}

// printCheck prints the findings. What a CI service reads goes out as it is:
// its writers have made the text safe, and only their commands are to work.
func (g *globals) printCheck(doc checkDocument, format guard.Format, summary string) error {
	if g.printer.structured() {
		return g.printer.document(doc)
	}
	report := guard.Report{Findings: doc.Findings, Summary: summary, Dir: defaultDir, Version: programVersion()}
	written, err := report.Write(g.commands, format)
	if err != nil {
		return err
	}
	if !written {
		printFindings(g.Out, doc.Findings)
		return nil
	}
	if format == guard.FormatGitHub {
		return g.appendStepSummary(report)
	}
	return nil
}

// appendStepSummary adds the report to the page of the job, where there is one.
func (g *globals) appendStepSummary(report guard.Report) error {
	name := g.Getenv("GITHUB_STEP_SUMMARY")
	if name == "" {
		return nil
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	return errors.Join(report.WriteStepSummary(file), file.Close())
}

// checkDue lists what is due.
func checkDue(ctx context.Context, g *globals) (checkDocument, error) {
	ws, err := g.openForReading(ctx)
	if err != nil {
		return checkDocument{}, err
	}
	return checkDocument{Records: len(ws.set.Records), Findings: ws.due()}, nil
}

// checkFiles checks files of the work tree, and what directories hold.
func checkFiles(ctx context.Context, g *globals, paths []string) (checkDocument, error) {
	var doc checkDocument
	around := sync.OnceValues(func() (*workspace, error) { return repositoryAround(ctx, g) })
	for _, name := range paths {
		files, err := yamlFiles(g, name)
		if err != nil {
			return doc, err
		}
		for _, file := range files {
			data, shown, err := readInput(ctx, g, file)
			if err != nil {
				return doc, err
			}
			var findings []handoff.Finding
			if isConfigFile(g, file) {
				// One that is to replace a broken one in HEAD can be checked too.
				doc.config = true
				_, findings = config.Parse(data)
			} else {
				ws, err := around()
				if err != nil {
					return doc, err
				}
				doc.Records++
				findings = checkFile(data, ws, g.Now())
			}
			for _, f := range findings {
				f.Path = shown
				doc.Findings = append(doc.Findings, f)
			}
		}
	}
	return doc, nil
}

// repositoryAround is the repository that files are checked against, nil outside
// of one.
func repositoryAround(ctx context.Context, g *globals) (*workspace, error) {
	ws, err := g.openForReading(ctx)
	var notRepo *store.NotRepositoryError
	if errors.As(err, &notRepo) {
		return nil, nil
	}
	return ws, err
}

// checkFile checks a record, or a draft, which is one without an id. A record
// that is published is not measured by the state that it is part of.
func checkFile(data []byte, ws *workspace, now time.Time) []handoff.Finding {
	parsed := handoff.Parse(data, handoff.KindHandoff)
	c := rules.Context{Now: now}
	switch {
	case ws == nil:
	case parsed.Record != nil && ws.state.Records[parsed.Record.ID] != nil:
		c = ws.publishedContext()
		c.By = parsed.Record.By
	default:
		c = ws.ruleContext()
		c.Now = ws.now
	}
	c.Draft = !parsed.Has("id")
	return rules.Check(parsed, c)
}

// isConfigFile reports whether a path is that of a configuration.
func isConfigFile(g *globals, name string) bool {
	if !filepath.IsAbs(name) {
		name = filepath.Join(g.Dir, name)
	}
	return filepath.Base(name) == "config.yaml" && filepath.Base(filepath.Dir(name)) == defaultDir
}

// yamlFiles is the file itself, or the YAML files below a directory, templates
// and configuration excepted.
func yamlFiles(g *globals, name string) ([]string, error) {
	full := from(g.Dir, name)
	info, err := os.Stat(full)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("", "%s: no such file", name)
	}
	if err != nil || !info.IsDir() {
		return []string{name}, err
	}
	var files []string
	err = filepath.WalkDir(full, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && entry.Name() == "templates" {
			return filepath.SkipDir
		}
		if entry.Type().IsRegular() && strings.HasSuffix(file, ".yaml") && entry.Name() != "config.yaml" {
			rel, err := filepath.Rel(full, file)
			if err != nil {
				return err
			}
			files = append(files, filepath.Join(name, rel))
		}
		return nil
	})
	return files, err
}

// checkRefs checks every record that the refs reach, and what they add up to.
func checkRefs(ctx context.Context, g *globals) (checkDocument, error) {
	ws, err := g.openHere(ctx)
	if err != nil {
		return checkDocument{}, err
	}
	err = ws.loadAll(ctx)
	var missing *store.MissingError
	if err != nil && (!errors.As(err, &missing) || ws.set == nil) {
		return checkDocument{}, err
	}
	doc := checkDocument{Records: len(ws.set.Records), Findings: ws.configFindings}
	if missing != nil {
		doc.Findings = append(doc.Findings, handoff.Finding{Code: "HO903", Level: handoff.LevelError,
			Message: err.Error() + "; what the records add up to is not checked", Fix: fetchesMissing})
	}
	for _, p := range ws.set.Problems {
		doc.Findings = append(doc.Findings, handoff.Finding{Code: p.Code, Level: handoff.LevelError, Record: p.Record, Path: p.Path, Message: saysOf(p), Fix: p.Fix})
	}
	c := ws.publishedContext()
	for _, r := range ws.set.Records {
		data, err := ws.Read(r.Source.Blob, handoff.MaxSize)
		if err != nil {
			return doc, err
		}
		c.By = r.By
		for _, f := range rules.Check(handoff.Parse(data, ""), c) {
			f.Path, f.Record = r.Source.Path, r.ID
			doc.Findings = append(doc.Findings, f)
		}
	}
	if missing == nil {
		state, err := ws.whole()
		if err != nil {
			return doc, err
		}
		for _, f := range rules.CheckState(state, ws.ruleContext()) {
			doc.Findings = append(doc.Findings, ws.located(f))
		}
	}
	return doc, ws.checkUncommitted(ctx, &doc)
}

// saysOf is the message of a problem, with where it was found.
func saysOf(p handoff.Problem) string {
	if p.Ref == "" || p.Ref == p.Path {
		return p.Message
	}
	return p.Message + " (in " + shortRef(p.Ref) + ")"
}

// publishedContext is what a record is checked against long after: what the
// team has agreed on. The state before the record, and who was in the team, are
// of their time and not known.
func (ws *workspace) publishedContext() rules.Context {
	c := ws.ruleContext()
	return rules.Context{Now: c.Now, Config: &config.Config{Rules: c.Config.Rules, Timing: c.Config.Timing}}
}

// located adds the file of the record that a finding is about.
func (ws *workspace) located(f handoff.Finding) handoff.Finding {
	if r := ws.state.Records[f.Record]; r != nil && f.Path == "" {
		f.Path = r.Source.Path
	}
	return f
}

// checkUncommitted reports what the work tree has and no ref holds: records are
// not believed then, and a configuration does not count.
func (ws *workspace) checkUncommitted(ctx context.Context, doc *checkDocument) error {
	if ws.Worktree() == "" {
		return nil
	}
	known := make(map[string]bool, len(ws.set.Files))
	for _, f := range ws.set.Files {
		known[f.Path] = true
	}
	top := filepath.Join(ws.Worktree(), filepath.FromSlash(ws.dir))
	return filepath.WalkDir(top, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case entry.IsDir():
			return nil
		}
		rel, err := filepath.Rel(top, file)
		if err != nil {
			return err
		}
		name := path.Join(ws.dir, filepath.ToSlash(rel))
		if name == ws.configFile() && ws.hasConfig {
			if differs, err := ws.configDiffers(ctx, file); err != nil || !differs {
				return err
			}
			doc.Findings = append(doc.Findings, handoff.Finding{Code: "HO903", Level: handoff.LevelWarning, Path: name,
				Message: configNotCommitted, Fix: "commit it"})
			return nil
		}
		if !known[name] && strings.HasSuffix(name, ".yaml") {
			fix := "publish it with handoff declare -f, or remove it"
			if isPeopleFile(ws.inside(name)) {
				fix = "commit it"
			}
			doc.Findings = append(doc.Findings, handoff.Finding{Code: "HO903", Level: handoff.LevelWarning, Path: name,
				Message: "not committed, so it does not count", Fix: fix})
		}
		return nil
	})
}
