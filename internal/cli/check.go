package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/handoff-cli/handoff/internal/check"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type checkOptions struct {
	strict bool
	staged bool
	span   string // A..B
	format string
	pr     prOptions
	due    bool

	reader string // who reads what is found: the user, or in CI whose change it is; "" for anybody
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
Gitea, Forgejo, Bitbucket and Jenkins; elsewhere it is the branch that is
checked out, into the one that the remote calls its own. Missing history is
fetched. The configuration of the branch that it goes into counts, and what the
change edits there is said. Whom --skip-author names is an account of the
service, never the author of a commit.

With --due, the deadlines that have passed are listed instead: handoffs without
a verdict, blockers and questions that wait too long, on the clock of whoever
they ask now, escalations that nobody took up, temporary conditions that have
ended. It is made for a scheduled job, as handoff route --due is, which reminds
of them; nothing is escalated by itself.

A warning about how a record is written is for who wrote it. Those of others are
left out, in CI of others than whose change it is, but where a path names the
record and with --strict.

The status is 3 when there are errors; with --strict also when there are
warnings.`,
		Example: `  handoff check
  handoff check today.yaml --json
  handoff check --pr --require --format github
  handoff check --pr
  handoff check --pr --base release
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

func runCheck(ctx context.Context, g *globals, o checkOptions, paths []string) error {
	if err := o.validate(g, paths); err != nil {
		return err
	}
	found, err := o.run(ctx, g, paths)
	if err != nil {
		return err
	}
	if guard.Running(g.Getenv) != "" && (o.pr.on || o.span != "") {
		o.reader = found.Author
	}
	found.Findings = o.addressed(found.Findings)
	found.OK = !found.Fails(o.strict)
	handoff.SortFindings(found.Findings)
	found.Findings = g.findings(found.Findings)
	if err := g.printCheck(found, guard.Format(o.format)); err != nil {
		return err
	}
	return g.conclude(found.OK, found.Says())
}

// addressed leaves out what was said to somebody else: how a record is written is for
// who wrote it, and was for them when they did. So is what later records repeat of it.
// What fails the check stays.
func (o *checkOptions) addressed(findings []handoff.Finding) []handoff.Finding {
	if o.strict || o.reader == "" {
		return findings
	}
	handoff.SortFindings(findings) // by the time of the records
	type saying struct{ code, entry, message string }
	said := make(map[saying]bool)
	return slices.DeleteFunc(findings, func(f handoff.Finding) bool {
		dirs := strings.Split(f.Path, "/")
		name, isRecord := handoff.ParseFileName(strings.Join(dirs[max(0, len(dirs)-4):], "/"))
		if !isRecord || f.Level != handoff.LevelWarning || !rules.SpeaksToAuthor(f.Code) {
			return false
		}
		s := saying{f.Code, f.Entry, f.Message}
		again := f.Entry != "" && said[s]
		said[s] = true
		return again || name.By != o.reader
	})
}

// conclude says what came of a check.
func (g *globals) conclude(ok bool, summary string) error {
	if !ok {
		return &workspace.NoError{Message: summary}
	}
	g.note("%s", summary)
	return nil
}

// run checks what the flags say.
func (o *checkOptions) run(ctx context.Context, g *globals, paths []string) (check.Result, error) {
	open := g.openHere // what HEAD has may be what the commit corrects
	switch {
	case o.pr.on:
		return checkPullRequest(ctx, g, o)
	case len(paths) > 0:
		return checkFiles(ctx, g, paths)
	case o.span != "":
		open = g.open
	case o.due:
		open = g.openForReading
	}
	ws, err := open(ctx)
	if err != nil {
		return check.Result{}, err
	}
	o.reader = ws.Me
	switch {
	case o.span != "":
		return check.Range(ctx, ws, o.span, guard.Running(g.Getenv))
	case o.staged:
		return check.Staged(ctx, ws)
	case o.due:
		return check.Result{Records: len(ws.Set.Records), Findings: check.Due(ws)}, nil
	}
	return check.Records(ctx, ws)
}

var checkFormats = []string{"text", "json", string(guard.FormatGitHub), string(guard.FormatGitLab), string(guard.FormatSARIF), string(guard.FormatJUnit)}

// validate refuses flags that do not go together, and applies the format.
func (o *checkOptions) validate(g *globals, paths []string) error {
	switch {
	case !slices.Contains(checkFormats, o.format):
		return workspace.Usagef("", "--format %s: say %s", o.format, strings.Join(checkFormats, ", "))
	case g.printer.structured() && o.format != "text" && o.format != "json":
		return workspace.Usagef("", "--format %s: not together with --json, --jq or --template", o.format)
	case countTrue(o.pr.on, o.staged, o.span != "", o.due, len(paths) > 0) > 1:
		return workspace.Usagef("", "say one of --pr, --range, --staged, --due and paths")
	case o.span != "" && !o.hasRange():
		return workspace.Usagef("as in --range origin/main..HEAD", "--range %s: not of the form A..B", o.span)
	case !o.pr.on && o.pr.changed():
		return workspace.Usagef("handoff check --help", "the flags about a pull request need --pr")
	}
	if o.format == "json" {
		g.printer.json = true
		g.openOut()
	}
	return nil
}

func (o *checkOptions) hasRange() bool {
	_, _, ok := check.RangeEnds(o.span)
	return ok
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
func (g *globals) printCheck(found check.Result, format guard.Format) error {
	if g.printer.structured() {
		return g.printer.document(found)
	}
	report := guard.Report{Findings: found.Findings, Summary: found.Says(), Dir: workspace.DefaultDir, Version: programVersion()}
	if found.Agreed != nil {
		report.LinkNames = found.Agreed.LinkNames
	}
	written, err := report.Write(g.commands, format)
	if err != nil {
		return err
	}
	if !written {
		printFindings(g.Out, found.Findings)
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

// checkFiles checks files of the work tree, and what directories hold.
func checkFiles(ctx context.Context, g *globals, paths []string) (found check.Result, err error) {
	around := sync.OnceValues(func() (*workspace.Workspace, error) { return repositoryAround(ctx, g) })
	for _, name := range paths {
		files, err := yamlFiles(g, name)
		if err != nil {
			return found, err
		}
		for _, file := range files {
			data, shown, err := readInput(ctx, g, file)
			if err != nil {
				return found, err
			}
			var findings []handoff.Finding
			if isConfigFile(g, file) {
				// One that is to replace a broken one in HEAD can be checked too.
				found.Config = true
				_, findings = config.Parse(data)
			} else {
				ws, err := around()
				if err != nil {
					return found, err
				}
				found.Records++
				findings = check.File(data, ws, g.Now())
			}
			for _, f := range findings {
				f.Path = shown
				found.Findings = append(found.Findings, f)
			}
		}
	}
	return found, nil
}

// repositoryAround is the repository that files are checked against, nil outside
// of one.
func repositoryAround(ctx context.Context, g *globals) (*workspace.Workspace, error) {
	ws, err := g.openForReading(ctx)
	if _, outside := errors.AsType[*git.NotRepositoryError](err); outside {
		return nil, nil
	}
	return ws, err
}

// isConfigFile reports whether a path is that of a configuration.
func isConfigFile(g *globals, name string) bool {
	name = workspace.From(g.Dir, name)
	return filepath.Base(name) == "config.yaml" && filepath.Base(filepath.Dir(name)) == workspace.DefaultDir
}

// yamlFiles is the file itself, or the YAML files below a directory, templates
// and configuration excepted.
func yamlFiles(g *globals, name string) ([]string, error) {
	full := workspace.From(g.Dir, name)
	info, err := os.Stat(full)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, workspace.Usagef("", "%s: no such file", name)
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
