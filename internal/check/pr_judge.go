package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// PRDocument is what --json says of a pull request.
type PRDocument struct {
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
func (d *PRDocument) says() string {
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

// PRRequest says which pull request is checked, and by what.
type PRRequest struct {
	Service guard.Service // "" where no CI job runs
	Pr      guard.PullRequest
	Policy  guard.Policy

	Base, Head string // revisions that take the place of what the job says, "" for none
}

// prCheck is the check of one pull request.
type prCheck struct {
	*workspace.Workspace
	PRRequest

	remote  string           // "" without one
	last    string           // the hash of its last commit
	bases   []string         // commits of the branch that it goes into, the newest known first
	fork    string           // where it left that branch; "" for unrelated histories
	commits []git.CommitInfo // its own
	others  []string         // tips of other branches, which a shallow clone had not

	configChanges []string // sections of the configuration that it changes
}

// PullRequest checks the records of a pull request, and that a handoff
// covers it.
func PullRequest(ctx context.Context, ws *workspace.Workspace, request PRRequest) (found Result, err error) {
	c := &prCheck{Workspace: ws, PRRequest: request}
	if err := c.locate(ctx); err != nil {
		return found, err
	}
	if err := c.judgeByBase(ctx, &found); err != nil {
		return found, err
	}
	found.Agreed = c.TeamConfig
	return found, c.check(ctx, &found)
}

// check judges the pull request once its history is here.
func (c *prCheck) check(ctx context.Context, found *Result) error {
	change, since, err := c.judgeChange(ctx, found)
	if err != nil {
		return err
	}
	if change.Known, err = c.known(ctx, since); err != nil {
		return err
	}
	verdict := guard.Cover(c.Pr, change, c.Policy)
	if !verdict.Covered {
		if err := c.fetchOthers(ctx); err != nil {
			return err
		}
		if change.Known, err = c.known(ctx, since); err != nil {
			return err
		}
		verdict = guard.Cover(c.Pr, change, c.Policy)
	}
	found.Findings = append(found.Findings, verdict.Findings...)
	found.PullRequest = &PRDocument{
		Number: c.Pr.Number, Base: c.bases[0], Head: c.last,
		Covered: verdict.Covered, By: verdict.By, None: verdict.None, Skipped: verdict.Skipped,
		ConfigChanges: text.NonNil(c.configChanges),
	}
	return nil
}

// judgeChange checks the records that the commits add, and that none is edited.
// since is the time of the first of them that did more.
func (c *prCheck) judgeChange(ctx context.Context, found *Result) (change guard.Change, since time.Time, err error) {
	if change, since, err = c.ownWork(ctx, found); err != nil {
		return change, since, err
	}
	added, err := c.netChange(ctx, found, &change)
	if err != nil {
		return change, since, err
	}
	return change, since, c.addRecords(ctx, found, &change, added)
}

// ownWork goes through the commits of the pull request: when the first and the
// last of them did more than add records, and which records they edit. Merges
// are left out: what they bring is somebody else's, and what they change on top
// of it shows in the net change.
func (c *prCheck) ownWork(ctx context.Context, found *Result) (change guard.Change, first time.Time, err error) {
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
			if !isOurs(c.Workspace, file.Path) {
				isWork = true
				continue
			}
			reportEdit(c.Workspace, found, file, "commit "+commit.Hash[:7], c.undo(commit.Hash, changes))
		}
		if !isWork {
			continue
		}
		if at.After(change.Work) {
			change.Work, found.Author = at, c.handleOf(commit.Author)
		}
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return change, first, nil
}

// handleOf is the handle of who made a commit.
func (c *prCheck) handleOf(who git.Ident) string {
	handle, known := c.TeamConfig.Handle(who.Name, who.Email)
	if !known {
		return config.HandleFrom(who.Email)
	}
	return handle
}

// netChange compares the two ends: the paths that the pull request touches, the
// records that it edits after all, and those that it adds. What the target
// branch has by now, as after a squash merge, is not added.
func (c *prCheck) netChange(ctx context.Context, found *Result, change *guard.Change) (added []store.File, err error) {
	changes, err := c.Changes(ctx, c.fork, c.last)
	if err != nil {
		return nil, err
	}
	toBase, err := c.Changes(ctx, c.bases[0], c.last)
	if err != nil {
		return nil, err
	}
	missing := make(map[string]bool)
	for _, file := range toBase {
		missing[file.Path] = file.Status == store.PathAdded
	}
	for _, file := range changes {
		switch {
		case !isOurs(c.Workspace, file.Path):
			change.Paths = append(change.Paths, file.Path)
			if f, is := mistaken(c.Workspace, file.Path); is && file.Status == store.PathAdded && missing[file.Path] {
				found.Findings = append(found.Findings, f)
			}
		case file.Status == store.PathAdded && missing[file.Path]:
			added = append(added, file.File)
		default:
			reportEdit(c.Workspace, found, file, "the change", "git checkout "+c.fork+" -- "+text.ShellArgument(file.Path)+" brings it back, to be committed")
		}
	}
	return added, nil
}

// addRecords checks the records that are added, and picks the handoffs. What their
// authors repeat is looked for once something is wrong with it.
func (c *prCheck) addRecords(ctx context.Context, found *Result, change *guard.Change, added []store.File) error {
	var written earlier
	var unread error
	before := func(r *handoff.Record, list, id string) []*handoff.Handoff {
		if written == nil {
			known, err := c.known(ctx, r.At.Add(-carriedFor))
			written, unread = newEarlier(known), err
		}
		return written.before(r, list, id)
	}
	for _, file := range added {
		record, err := checkAdded(c.Workspace, found, file, before)
		if err = cmp.Or(err, unread); err != nil {
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
	days := c.WalkDays(c.RecordDir)
	for _, commit := range commits {
		for file, err := range days.Newest(commit, since, c.Moment.Add(24*time.Hour)) {
			if missing := new(odb.MissingError); errors.As(err, &missing) {
				return nil, err
			} else if err != nil {
				continue // one bad branch hides no handoff; check names it
			}
			if !strings.Contains(file.Path, "-"+string(handoff.KindHandoff)+"-") {
				continue
			}
			if _, ok := handoff.ParseFileName(Inside(c.Workspace, file.Path)); !ok || seen[file.Blob] || len(records) == maxKnownHandoffs {
				continue
			}
			seen[file.Blob] = true
			data, err := c.Read(file.Blob, handoff.MaxSize)
			if missing := new(odb.MissingError); errors.As(err, &missing) {
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
	tips := append([]string{c.last}, c.others...)
	if c.TeamConfig.Read != config.ReadCurrent {
		refs, err := c.CountingRefs(ctx)
		if err != nil {
			return nil, err
		}
		for _, ref := range refs {
			if ref.Err == nil && ref.Only == nil {
				tips = append(tips, ref.Hash)
			}
		}
	}
	branch := c.TeamConfig.Store.Branch
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
		err = &workspace.HintedError{Err: fmt.Errorf("the branch %s, which holds the records: %w", branch, err), Hint: "git fetch " + c.remote + " " + branch}
	}
	return tips, err
}

// undo is the command that gives a commit of the pull request back the records
// that it edits or takes away, as the revert of a merge takes those that the
// merge brought. The rest of what the commit does stays.
func (c *prCheck) undo(commit string, changes []store.PathChange) string {
	var records []string
	for _, file := range changes {
		if _, ok := handoff.ParseFileName(Inside(c.Workspace, file.Path)); ok && isOurs(c.Workspace, file.Path) && file.Status != store.PathAdded {
			records = append(records, file.Path)
		}
	}
	what := text.ShellArgument(c.RecordDir + "/[0-9]*") // the days, all at once
	if len(records) == 1 {
		what = text.ShellArgument(records[0])
	}
	short := commit[:12]
	back := "git checkout " + text.ShellArgument(short+"^") + " -- " + what
	if commit == c.last {
		return back + " && git commit --amend --no-edit --allow-empty brings back what the commit took"
	}
	return back + " && git commit --fixup " + short + " && GIT_SEQUENCE_EDITOR=true git rebase -i --autosquash " + text.ShellArgument(short+"^") + " brings back what the commit took"
}
