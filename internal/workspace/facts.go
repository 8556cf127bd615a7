package workspace

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/handoff-cli/handoff/internal/git"
)

// maxFactCommits is how many commits each list of Facts can hold at most. More
// of them would not be read by anybody, and a first fetch of a large branch
// must not cost the deadline.
const maxFactCommits = 500

// Facts is what git knows, without the network, about the work since some time.
// It is gathered against a deadline: what was not there by then is left out and
// named in Missing.
type Facts struct {
	Commits  []WorkCommit // by the author, newest first
	Branches []Branch     // local branches, the most recently committed to first
	Unpushed int          // commits of local branches that no remote-tracking branch has
	Remote   bool         // there are remote-tracking branches, so Unpushed means something
	Staged   int          // paths that differ between HEAD and the index
	Dirty    int          // tracked paths that differ between the index and the work tree
	Changed  int          // tracked paths with a change of either kind
	Stashes  int
	Missing  []string // out of "commits", "branches", "unpushed", "status"
}

// WorkCommit is a commit on a local branch.
type WorkCommit struct {
	Hash    string
	Branch  string // the local branch by which it was found: "feature/x"; "" for a detached HEAD
	Subject string // one line, as its author wrote it
}

// Branch is a local branch.
type Branch struct {
	Name     string // "feature/x"
	Unpushed int    // of Facts.Unpushed, those that were found by this branch
}

// GatherFacts gathers what git knows about the commits that any of emails authored
// since a time, and about the state of the work tree. What a trunk has was found by
// the trunk. Each question is a git process of its own; they run side by side and end
// with ctx.
func GatherFacts(ctx context.Context, r *git.Repo, since time.Time, emails, trunks []string) Facts {
	f := Facts{Stashes: countStashes(r)}
	head, err := r.Head()
	if err != nil || head.Unborn {
		return f
	}
	tips := []string{"--glob=refs/heads/"} // with --branches, %S would be a short name
	if head.Detached {
		tips = append(tips, "HEAD")
	}
	var unpushed map[string]int
	var group sync.WaitGroup
	var mu sync.Mutex // of f.Missing; the other fields have one writer each
	gather := func(name string, ask func() error) {
		group.Go(func() {
			if ask() != nil {
				mu.Lock()
				f.Missing = append(f.Missing, name)
				mu.Unlock()
			}
		})
	}
	gather("commits", func() (err error) { f.Commits, err = ownWork(ctx, r, tips, since, emails, trunks); return err })
	gather("branches", func() (err error) { f.Branches, f.Remote, err = branches(ctx, r); return err })
	gather("unpushed", func() (err error) { f.Unpushed, unpushed, err = countUnpushed(ctx, r, tips); return err })
	gather("status", func() error { return changedPaths(ctx, r, &f) })
	group.Wait()
	slices.Sort(f.Missing)
	for i := range f.Branches {
		f.Branches[i].Unpushed = unpushed[f.Branches[i].Name]
	}
	return f
}

// countStashes counts the entries of the stash, which is a reflog: where that is
// a file, no process is needed.
func countStashes(r *git.Repo) int {
	n, err := r.References.Logged("refs/stash")
	if err != nil {
		return 0
	}
	return n
}

// ownWork lists the commits that tips reach and one of emails authored.
func ownWork(ctx context.Context, r *git.Repo, tips []string, since time.Time, emails, trunks []string) ([]WorkCommit, error) {
	if len(emails) == 0 {
		return nil, nil
	}
	// %S is the ref by which git came to the commit, which --source remembers.
	args := []string{"log", "--source", "--no-show-signature", "--format=%H%x00%S%x00%s", "--max-count=" + strconv.Itoa(maxFactCommits),
		"--since=" + since.Format(time.RFC3339), "--fixed-strings", "--regexp-ignore-case"}
	for _, email := range emails {
		args = append(args, "--author=<"+email+">")
	}
	lines, err := r.Git.Lines(ctx, slices.Concat(args, tips)...)
	if err != nil {
		return nil, err
	}
	// Where branches meet, git names the one with the younger tip: ask again
	// for what has arrived on a trunk.
	arrived, err := r.Git.Lines(ctx, slices.Concat(args, trunkGlobs(trunks))...)
	if err != nil {
		return nil, err
	}
	trunk := make(map[string]string)
	for line := range arrived {
		if len(line) == 3 {
			trunk[line[0]] = line[1]
		}
	}
	var commits []WorkCommit
	for line := range lines {
		if len(line) == 3 {
			commits = append(commits, WorkCommit{Hash: line[0], Branch: localBranch(cmp.Or(trunk[line[0]], line[1])), Subject: line[2]})
		}
	}
	return commits, nil
}

// trunkGlobs are options that stand for the trunks which exist. Written as a
// pattern, a name that does not exist is no error.
func trunkGlobs(trunks []string) []string {
	var globs []string
	for _, name := range trunks {
		globs = append(globs, "--glob=refs/heads/["+name[:1]+"]"+name[1:])
	}
	return globs
}

// branches lists the local branches, and reports whether there are
// remote-tracking ones.
func branches(ctx context.Context, r *git.Repo) (branches []Branch, remote bool, err error) {
	lines, err := r.Git.Lines(ctx, "for-each-ref", "--sort=-committerdate", "--count="+strconv.Itoa(maxFactCommits),
		"--format=%(refname)", "refs/heads")
	if err != nil {
		return nil, false, err
	}
	for line := range lines {
		branches = append(branches, Branch{Name: localBranch(line[0])})
	}
	remotes, err := r.Git.Output(ctx, "for-each-ref", "--count=1", "refs/remotes")
	return branches, len(remotes) > 0, err
}

// countUnpushed counts the commits that tips reach and no remote-tracking branch
// has, in all and by branch.
func countUnpushed(ctx context.Context, r *git.Repo, tips []string) (total int, by map[string]int, err error) {
	args := append([]string{"log", "--source", "--no-show-signature", "--format=%S", "--max-count=" + strconv.Itoa(maxFactCommits)}, tips...)
	lines, err := r.Git.Lines(ctx, append(args, "--not", "--remotes")...)
	if err != nil {
		return 0, nil, err
	}
	by = make(map[string]int)
	for line := range lines {
		by[localBranch(line[0])]++
		total++
	}
	return total, by, nil
}

// changedPaths counts tracked paths with changes. Untracked ones would need a
// walk over the whole work tree.
func changedPaths(ctx context.Context, r *git.Repo, f *Facts) error {
	if r.Worktree() == "" {
		return nil
	}
	out, err := r.Git.Output(ctx, "status", "--porcelain=v1", "--no-renames", "--untracked-files=no", "--ignore-submodules=all")
	if err != nil {
		return err
	}
	for line := range bytes.Lines(out) {
		if len(line) < 2 {
			continue
		}
		f.Changed++
		if line[0] != ' ' { // a conflict counts as both
			f.Staged++
		}
		if line[1] != ' ' {
			f.Dirty++
		}
	}
	return nil
}

// localBranch is the name of a branch without refs/heads/, "" for other refs.
func localBranch(ref string) string {
	name, ok := strings.CutPrefix(ref, "refs/heads/")
	if !ok {
		return ""
	}
	return name
}
