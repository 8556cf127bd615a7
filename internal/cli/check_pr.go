package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/spf13/pflag"
)

// prOptions are the flags of the pull request check.
type prOptions struct {
	on         bool
	base, head string
	number     int
	require    bool
	skipDraft  bool
	skipAuthor []string
	skipPath   []string
	skipLabel  []string

	flags *pflag.FlagSet
}

func (o *prOptions) addFlags(f *pflag.FlagSet) {
	o.flags = f
	f.BoolVar(&o.on, "pr", false, "check a pull request")
	f.StringVar(&o.base, "base", "", "the branch that it goes into is `REV`")
	f.StringVar(&o.head, "head", "", "its last commit is `REV`")
	f.IntVar(&o.number, "number", 0, "its number is `N`")
	f.BoolVar(&o.require, "require", false, "no handoff is an error, not a warning")
	f.BoolVar(&o.skipDraft, "skip-draft", false, "a draft owes none")
	o.skipAuthor = []string{guard.Bots}
	commaListVar(f, &o.skipAuthor, "skip-author", "a change that an `ACCOUNT` like this opened owes no handoff")
	commaListVar(f, &o.skipPath, "skip-path", "changes to files of this `PATTERN` alone owe none, as in .gitignore")
	commaListVar(f, &o.skipLabel, "skip-label", "a pull request with this `LABEL` owes none")
}

// changed reports whether a flag is set that says something about a pull
// request.
func (o *prOptions) changed() bool {
	return slices.ContainsFunc([]string{"base", "head", "number", "require", "skip-draft", "skip-author", "skip-path", "skip-label"}, o.flags.Changed)
}

// prDocument is what --json says of a pull request.
type prDocument struct {
	Number  int    `json:"number"`
	Base    string `json:"base"` // commits
	Head    string `json:"head"`
	Covered bool   `json:"covered"`
	By      string `json:"by"`      // id of the handoff, "" without one
	None    string `json:"none"`    // the reason of a handoff that says that none is needed
	Skipped string `json:"skipped"` // why it owes none

	ConfigChanges []string `json:"config_changes"` // sections of the configuration that it changes
}

// says is the outcome in a few words, "" where no pull request was looked at.
func (d *prDocument) says() string {
	switch {
	case d == nil:
		return ""
	case d.Skipped != "":
		return "no handoff needed: " + d.Skipped
	case d.None != "":
		return "nothing to hand over, says " + d.By + ": " + d.None
	case d.Covered:
		return "covered by " + d.By
	case d.By != "":
		return "covered by " + d.By + " before the last work"
	}
	return "not covered"
}

// maxEvent bounds the file in which a runner describes the event.
const maxEvent = 32 << 20

// prCheck is the check of one pull request.
type prCheck struct {
	*workspace
	g       *globals
	o       checkOptions
	service guard.Service
	pr      guard.PullRequest

	remote  string             // "" without one
	head    string             // its last commit
	bases   []string           // commits of the branch that it goes into, the newest known first
	fork    string             // where it left that branch; "" for unrelated histories
	commits []store.CommitInfo // its own
	others  []string           // tips of other branches, which a shallow clone had not

	configChanges []string // sections of the configuration that it changes
}

func checkPullRequest(ctx context.Context, g *globals, o checkOptions) (checkDocument, error) {
	c := &prCheck{g: g, o: o, service: guard.Running(g.Getenv)}
	found, err := c.detect()
	if err != nil {
		return checkDocument{}, err
	}
	if !found {
		if c.service == "" {
			return checkDocument{}, usagef("handoff check --pr --base main", "--pr: no CI job says which pull request")
		}
		g.note("this job runs for no pull request")
		return checkDocument{}, nil
	}
	if c.workspace, err = g.openHere(ctx); err != nil {
		return checkDocument{}, err
	}
	if err := c.locate(ctx); err != nil {
		return checkDocument{}, err
	}
	var doc checkDocument
	if err := c.judgeByBase(ctx, &doc); err != nil {
		return doc, err
	}
	return c.check(ctx, doc)
}

// detect finds out which pull request it is, by the job and the flags.
func (c *prCheck) detect() (bool, error) {
	event, err := c.readEvent()
	if err != nil {
		return false, err
	}
	pr, found, err := guard.Detect(c.service, c.g.Getenv, event)
	if err != nil {
		return false, err
	}
	if o := c.o.pr; o.base != "" {
		pr.Base, pr.BaseSHA, found = o.base, "", true
	}
	if c.o.pr.number > 0 {
		pr.Number = c.o.pr.number
	}
	c.pr = pr
	return found, nil
}

// readEvent reads the file in which a runner describes the event.
func (c *prCheck) readEvent() ([]byte, error) {
	name := c.g.Getenv("GITHUB_EVENT_PATH")
	if name == "" || c.service != guard.GitHub && c.service != guard.Gitea {
		return nil, nil
	}
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxEvent+1))
	if len(data) > maxEvent {
		err = fmt.Errorf("GITHUB_EVENT_PATH: more than %d bytes", maxEvent)
	}
	return data, err
}

// check judges the pull request once its history is here.
func (c *prCheck) check(ctx context.Context, doc checkDocument) (checkDocument, error) {
	change, since, err := c.ownWork(ctx, &doc)
	if err != nil {
		return doc, err
	}
	added, err := c.netChange(ctx, &doc, &change)
	if err != nil {
		return doc, err
	}
	if err := c.addRecords(&doc, &change, added); err != nil {
		return doc, err
	}
	if change.Known, err = c.known(ctx, since); err != nil {
		return doc, err
	}
	o := c.o.pr
	if c.pr.Author == "" && o.flags.Changed("skip-author") {
		c.g.note("--skip-author: nothing here says whose account opened the change, and a commit can name anybody; nobody is skipped")
	}
	policy := guard.Policy{
		Require: o.require, Strict: c.o.strict, SkipAuthors: o.skipAuthor, SkipPaths: o.skipPath, SkipLabels: o.skipLabel, SkipDraft: o.skipDraft,
	}
	verdict := guard.Cover(c.pr, change, policy)
	if !verdict.Covered {
		if err := c.fetchOthers(ctx); err != nil {
			return doc, err
		}
		if change.Known, err = c.known(ctx, since); err != nil {
			return doc, err
		}
		verdict = guard.Cover(c.pr, change, policy)
	}
	doc.Findings = append(doc.Findings, verdict.Findings...)
	doc.PullRequest = &prDocument{
		Number: c.pr.Number, Base: c.bases[0], Head: c.head,
		Covered: verdict.Covered, By: verdict.By, None: verdict.None, Skipped: verdict.Skipped,
		ConfigChanges: nonNil(c.configChanges),
	}
	return doc, nil
}

// ownWork goes through the commits of the pull request: when the first and the
// last of them did more than add records, and which records they edit. Merges
// are left out: what they bring is somebody else's, and what they change on top
// of it shows in the net change.
func (c *prCheck) ownWork(ctx context.Context, doc *checkDocument) (change guard.Change, first time.Time, err error) {
	for _, commit := range c.commits {
		if len(commit.Parents) > 1 {
			continue
		}
		parent := ""
		if len(commit.Parents) == 1 {
			parent = commit.Parents[0]
		}
		changes, err := c.Changes(ctx, parent, commit.Hash)
		if err != nil {
			return change, first, err
		}
		at, isWork := commit.Author.When, false
		for _, file := range changes {
			if !c.isOurs(file.Path) {
				isWork = true
				continue
			}
			c.reportEdit(doc, file, "commit "+commit.Hash[:7], c.undo(commit.Hash, changes))
		}
		if !isWork {
			continue
		}
		if at.After(change.Work) {
			change.Work = at
		}
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return change, first, nil
}

// netChange compares the two ends: the paths that the pull request touches, the
// records that it edits after all, and those that it adds. What the target
// branch has by now, as after a squash merge, is not added.
func (c *prCheck) netChange(ctx context.Context, doc *checkDocument, change *guard.Change) (added []store.File, err error) {
	changes, err := c.Changes(ctx, c.fork, c.head)
	if err != nil {
		return nil, err
	}
	toBase, err := c.Changes(ctx, c.bases[0], c.head)
	if err != nil {
		return nil, err
	}
	missing := make(map[string]bool)
	for _, file := range toBase {
		missing[file.Path] = file.Status == store.PathAdded
	}
	for _, file := range changes {
		switch {
		case !c.isOurs(file.Path):
			change.Paths = append(change.Paths, file.Path)
		case file.Status == store.PathAdded && missing[file.Path]:
			added = append(added, file.File)
		default:
			c.reportEdit(doc, file, "the change", "git checkout "+c.fork+" -- "+handoff.ShellArgument(file.Path)+" brings it back, to be committed")
		}
	}
	return added, nil
}

// addRecords checks the records that are added, and picks the handoffs.
func (c *prCheck) addRecords(doc *checkDocument, change *guard.Change, added []store.File) error {
	for _, file := range added {
		record, err := c.checkAdded(doc, file)
		if err != nil {
			return err
		}
		if record != nil && record.Kind == handoff.KindHandoff {
			change.Added = append(change.Added, record)
		}
	}
	return nil
}

// known returns the handoffs since a time in all refs that count.
func (c *prCheck) known(ctx context.Context, since time.Time) ([]*handoff.Record, error) {
	if since.IsZero() {
		return nil, nil // no work, so nothing to cover
	}
	commits, err := c.recordTips(ctx)
	if err != nil {
		return nil, err
	}
	var records []*handoff.Record
	seen := make(map[string]bool)
	days := c.WalkDays(c.dir)
	for _, commit := range commits {
		for file, err := range days.Newest(commit, since, c.now.Add(24*time.Hour)) {
			if missing := new(store.MissingError); errors.As(err, &missing) {
				return nil, err
			} else if err != nil {
				continue // one bad branch hides no handoff; check names it
			}
			if !strings.Contains(file.Path, "-"+string(handoff.KindHandoff)+"-") {
				continue
			}
			if _, ok := handoff.ParseFileName(c.inside(file.Path)); !ok || seen[file.Blob] || len(records) == maxKnownHandoffs {
				continue
			}
			seen[file.Blob] = true
			data, err := c.Read(file.Blob, handoff.MaxSize)
			if missing := new(store.MissingError); errors.As(err, &missing) {
				return nil, err
			} else if err != nil {
				continue // too large for a record, or lost
			}
			if record := handoff.Parse(data, "").Record; record != nil {
				record.Source.Path = file.Path
				records = append(records, record)
			}
		}
	}
	return records, nil
}

// maxKnownHandoffs is how many handoffs since the first commit of a pull request
// are read, the newest of each branch first.
const maxKnownHandoffs = 5000

// recordTips are the commits whose trees may hold a handoff for the change. The
// branch for records, if the team has one, is fetched when it is not here.
func (c *prCheck) recordTips(ctx context.Context) ([]string, error) {
	tips := append([]string{c.head}, c.others...)
	if c.config.Read != config.ReadCurrent {
		refs, err := c.refs(ctx)
		if err != nil {
			return nil, err
		}
		for _, ref := range refs {
			if ref.Err == nil && ref.Only == nil {
				tips = append(tips, ref.Hash)
			}
		}
	}
	branch := c.config.Store.Branch
	if branch == config.BranchCurrent || c.remote == "" {
		return tips, nil
	}
	here, err := c.ListRefs("refs/heads/"+branch, "refs/remotes/"+c.remote+"/"+branch)
	if err != nil || len(here) > 0 {
		return tips, err
	}
	hash, err := c.RemoteBranch(ctx, c.remote, branch)
	if err == nil && hash != "" {
		err = c.Fetch(ctx, c.remote, 1, hash)
		tips = append(tips, hash)
	}
	if err != nil {
		err = &hintedError{fmt.Errorf("the branch %s, which holds the records: %w", branch, err), "git fetch " + c.remote + " " + branch}
	}
	return tips, err
}
