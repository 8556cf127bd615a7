package cli

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/check"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/sorting"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type hookRunOptions struct {
	strict  bool
	noStdin bool
}

func newHookRunCmd(g *globals) *cobra.Command {
	var o hookRunOptions
	cmd := &cobra.Command{
		Use:   "run pre-push [-- REMOTE [URL]]",
		Short: "What the hook runs: remind if a handoff is due",
		Long: `Remind if a handoff is due. Git gives a pre-push hook the name of the remote,
and on stdin the branches that are pushed. Nothing is due for deletions, tags,
notes, and pushes of more branches than a day's work has.

The status is 0 whatever happens, so that a push goes on; with --strict it is 3
when a handoff is due.`,
		Example: "  handoff hook run pre-push -- origin </dev/null",
		Args:    cobra.ArbitraryArgs, // git may add some
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 || args[0] != "pre-push" {
				return workspace.Usagef("handoff hook run pre-push", "hook run: the only hook is pre-push")
			}
			return runPrePush(cmd.Context(), g, o, args[1:])
		},
	}
	cmd.Flags().BoolVar(&o.strict, "strict", false, "status 3 when a handoff is due")
	cmd.Flags().BoolVar(&o.noStdin, "no-stdin", false, "take the branch that is checked out for what is pushed")
	return cmd
}

func runPrePush(ctx context.Context, g *globals, o hookRunOptions, args []string) error {
	remote := "origin"
	if len(args) > 0 {
		remote = args[0]
	}
	var updates []guard.Update
	if !o.noStdin && !g.Interactive {
		var err error
		updates, err = untilStopped(ctx, func() ([]guard.Update, error) { return guard.ParsePush(g.In), nil })
		if err != nil || len(updates) == 0 {
			return err // before anything is opened
		}
	}
	why, err := whyDue(ctx, g, remote, updates)
	switch {
	case err != nil:
		// A reminder that cannot be worked out must not stop a push. Where the
		// repository cannot be read, its work tree tells who wants to know.
		if g.usesHandoffs(ctx) {
			g.say("handoff: no reminder: %v", err)
			g.say("hint: handoff doctor tells more")
		}
		return nil
	case why == "":
		return nil
	case o.strict:
		message, command := guard.Refusal(why)
		return &workspace.NoError{Message: message, Hint: command}
	}
	for _, line := range guard.Reminder(why) {
		g.say("%s", line)
	}
	return nil
}

// usesHandoffs reports whether the configuration of a team lies in the work tree
// of a repository that may be one that cannot be read.
func (g *globals) usesHandoffs(ctx context.Context) bool {
	top, records := g.workTree(), workspace.DefaultDir
	if repo, err := workspace.RepositoryOf(ctx, g.opening()); err == nil {
		top = repo.Worktree()
		if dir, err := workspace.RecordsDir(repo); err == nil {
			records = dir
		}
	}
	if top == "" {
		return false
	}
	_, err := os.Lstat(filepath.Join(top, filepath.FromSlash(records), "config.yaml"))
	return err == nil
}

// workTree returns the nearest directory that is a work tree by its looks, ""
// when there is none, or a repository without one is nearer.
func (g *globals) workTree() string {
	for dir := g.Dir; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if workspace.IsRepository(dir) || dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// push is what a pre-push hook knows, and what it finds out.
type push struct {
	*workspace.Workspace
	days  *store.DayWalk
	tips  []string // the commits that are pushed, then HEAD
	known []string // what the remote has, as far as this clone knows
	work  []ownCommit
}

// ownCommit is a commit of the user's that is no record.
type ownCommit struct {
	at     time.Time // author date
	pushed bool      // by this push
}

// whyDue returns why a handoff is due, "" when none is. Without updates, the
// branch that is checked out counts.
func whyDue(ctx context.Context, g *globals, remote string, updates []guard.Update) (string, error) {
	ws, err := g.openHere(ctx)
	if err != nil || ws.HEAD.Unborn {
		return "", err
	}
	if err := ws.ConfigError(); err != nil {
		return "", err // who the user is, and what the team has agreed on, is not known
	}
	p := &push{Workspace: ws, days: ws.WalkDays(ws.RecordDir)}
	if updates == nil && !ws.HEAD.Detached {
		updates = []guard.Update{{Local: ws.HEAD.Hash, RemoteRef: ws.HEAD.Ref}}
	}
	if err := p.addUpdates(updates, remote); err != nil {
		return "", err
	}
	if used, err := p.used(); err != nil || !used {
		return "", err
	}
	last, err := p.lastHandoff(p.tips, time.Time{})
	if err != nil {
		return "", err
	}
	if err := p.findWork(ctx, last); err != nil {
		return "", err
	}
	if p.dueSince(last) == "" {
		return "", nil
	}
	// Before it speaks it looks where a handoff is rare: on the other branches.
	others, err := p.otherTips()
	if err != nil {
		return "", err
	}
	last, err = p.lastHandoff(others, last)
	return p.dueSince(last), err
}

// addUpdates notes what is pushed and what the remote has: the commit that git
// names, or for a branch that is new there, the remote-tracking branches.
func (p *push) addUpdates(updates []guard.Update, remote string) error {
	isNew := false
	for _, u := range updates {
		p.tips = append(p.tips, u.Local)
		if u.Remote != "" {
			p.known = append(p.known, u.Remote)
		}
		isNew = isNew || u.Remote == ""
	}
	p.tips = append(p.tips, p.HEAD.Hash)
	if !isNew {
		return nil
	}
	tracking, err := p.ListRefs("refs/remotes/" + remote + "/")
	if len(tracking) == 0 && err == nil {
		tracking, err = p.ListRefs("refs/remotes/") // a push to an address
	}
	// The walk follows the first ones: those that are most likely close.
	sorting.By(tracking, func(a, b git.Ref) int {
		return p.closeness(b, updates) - p.closeness(a, updates)
	})
	for _, ref := range tracking {
		p.known = append(p.known, ref.Hash)
	}
	return err
}

// closeness is 2 for the remote-tracking branch of a branch that is pushed, 1
// for one of a usual name, else 0.
func (p *push) closeness(ref git.Ref, updates []guard.Update) int {
	for _, u := range updates {
		if strings.HasSuffix(ref.Name, "/"+strings.TrimPrefix(u.RemoteRef, "refs/heads/")) {
			return 2
		}
	}
	name := ref.Name[strings.LastIndexByte(ref.Name, '/')+1:]
	if fold.IsTrunk(name) {
		return 1
	}
	return 0
}

// used reports whether the team uses handoffs: nobody else is reminded.
func (p *push) used() (bool, error) {
	if p.HasConfig {
		return true, nil
	}
	for _, tip := range p.tips {
		if has, err := p.days.Has(tip); err == nil && has {
			return true, nil // a tip that cannot be read says nothing about the others
		}
	}
	return false, nil
}

// lookBack is how far back a handoff is looked for. An older one is as good as
// none.
const lookBack = 31 * 24 * time.Hour

// lastHandoff returns when the user's last handoff was, by the names of files in
// the trees of commits; last, when there is none after that.
func (p *push) lastHandoff(commits []string, last time.Time) (time.Time, error) {
	since, until := p.Moment.Add(-lookBack), p.Moment.Add(24*time.Hour)
	mine := "-" + string(handoff.KindHandoff) + "-" + p.Me + "-" // thousands of names do not have it
	for _, commit := range commits {
		if last.After(since) {
			since = last
		}
		for f, err := range p.days.Newest(commit, since, until) {
			if err != nil {
				continue // what else is there counts
			}
			if !strings.Contains(f.Path, mine) {
				continue
			}
			name, ok := handoff.ParseFileName(check.Inside(p.Workspace, f.Path))
			if ok && name.Kind == handoff.KindHandoff && name.By == p.Me && !name.At.After(until) {
				if name.At.After(last) {
					last = name.At
				}
				break
			}
		}
	}
	return last, nil
}

// findWork gathers the user's commits since their last handoff, as far as the
// hook looks back.
func (p *push) findWork(ctx context.Context, last time.Time) error {
	since := p.Moment.Add(-lookBack)
	if last.After(since) {
		since = last
	}
	visits := 0
	return p.Recent(ctx, p.tips[:len(p.tips)-1], p.known, since, func(c git.CommitInfo, known bool) bool {
		visits++
		if visits > workspace.MaxCommits || c.Committer.When.Before(since) {
			return false
		}
		if p.IsMine(c) && !workspace.HoldsRecords(c) {
			p.work = append(p.work, ownCommit{c.Author.When, !known})
		}
		return true
	})
}

// dueSince asks the guard about the work since a handoff.
func (p *push) dueSince(last time.Time) (why string) {
	shift, _ := p.LastShift(p.Me, p.Moment)
	w := guard.Work{Now: p.Moment, Last: last, ShiftEnd: shift.To}
	for _, c := range p.work {
		if !c.at.After(last) {
			continue
		}
		w.Since++
		if c.pushed {
			w.Pushed++
		}
		if w.First.IsZero() || c.at.Before(w.First) {
			w.First = c.at
		}
	}
	return guard.Due(w, p.TeamConfig.Hook)
}

// maxOtherTips is on how many other branches a handoff is looked for.
const maxOtherTips = 500

// otherTips are the commits of all branches, local ones first.
func (p *push) otherTips() ([]string, error) {
	var tips []string
	for _, prefix := range []string{"refs/heads/", "refs/remotes/"} {
		refs, err := p.ListRefs(prefix)
		if err != nil {
			return nil, err
		}
		for _, ref := range refs {
			if ref.Err == nil && !slices.Contains(p.tips, ref.Hash) && len(tips) < maxOtherTips {
				tips = append(tips, ref.Hash)
			}
		}
	}
	return tips, nil
}
