package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/text"
)

// DivergedError says that a branch and its remote have gone different ways, and
// that joining them is up to the user.
type DivergedError struct {
	Branch string
	Why    string
	WayOut string
}

func (e *DivergedError) Error() string { return e.Branch + ": " + e.Why }

// replay puts the commits of a branch that its upstream does not have on top of
// tip, the upstream's, "" when there is none. It returns how many there were. Only commits that add
// files below dir and do nothing else are made anew, with the same files,
// author, committer, dates and message; with any other commit among them the
// error is a *DivergedError and nothing has moved.
//
// A branch that is checked out takes its index and work tree with it, as a
// checkout would: what the user has staged or changed stays, and where that
// cannot be, nothing moves.
func (r *Repo) replay(ctx context.Context, up git.Upstream, tip, dir string) (int, error) {
	if tip == "" {
		return 0, nil
	}
	n := 0
	err := r.whileMoved(ctx, func() (err error) {
		n, err = r.replayOnce(ctx, up, tip, dir)
		return err
	})
	return n, err
}

// replayOnce is the protocol of Append with other commits: before moveBranch
// nothing has happened that release does not take back.
func (r *Repo) replayOnce(ctx context.Context, up git.Upstream, tip, dir string) (int, error) {
	p := &replaying{
		appending: &appending{Repo: r, change: Change{Branch: strings.TrimPrefix(up.Local, "refs/heads/")}},
		up:        up, onto: plumbing.NewHash(tip), dir: dir,
	}
	defer p.release()
	for _, step := range []func(context.Context) error{
		p.openMarker,
		p.lockIndex,
		p.lockBranch,
		p.findIndex,
		p.findCommits,
		p.recreate,
		p.tryWorktree,
		p.announce,
		p.moveWorktree,
		p.announceIndex,
		p.fillLocks,
		p.syncAll,
		p.moveBranch, // the point of no return
	} {
		if err := step(ctx); err != nil || p.nothing {
			return 0, err
		}
	}
	if err := p.finish(); err != nil {
		return len(p.commits), &UnfinishedError{Err: err}
	}
	return len(p.commits), nil
}

// replaying is one run of the protocol.
type replaying struct {
	*appending
	up      git.Upstream
	onto    plumbing.Hash
	dir     string
	commits []git.CommitInfo // the ones to make anew, oldest first
	nothing bool             // the branch need not move
	shifted bool             // the work tree is on its way to the new tip
}

// findCommits looks at the commits that the upstream does not have.
func (p *replaying) findCommits(ctx context.Context) (err error) {
	if p.commit.Parent == "" {
		p.commit.Hash = p.onto.String()
		return nil
	}
	base, err := p.MergeBase(ctx, p.commit.Parent, p.onto.String())
	if err != nil || base == p.onto.String() {
		p.nothing = true // on the tip of the upstream, or ahead of it
		return err
	}
	if err := p.chainFrom(base); err != nil {
		return err
	}
	var own []string
	for _, c := range p.commits {
		addsOnly, err := p.addsOnly(ctx, c)
		if err != nil {
			return err
		}
		if !addsOnly {
			own = append(own, c.Hash[:7])
		}
	}
	if len(own) > 0 {
		return p.diverged(fmt.Sprintf("%s of yours (%s) and of others at %s are not in each other's history", text.Count(len(own), "commit"), strings.Join(own, ", "), p.up.Remote))
	}
	return nil
}

// chainFrom gathers the commits from base, "" for the beginning of history, to
// the tip. The first merge on the way down is the last one that is gathered: it
// is no commit of ours. The parents are followed one by one because git's own
// walk by date loses its way where clocks were wrong.
func (p *replaying) chainFrom(base string) error {
	for at := p.commit.Parent; at != base; {
		c, err := p.ReadCommit(at)
		if err != nil {
			return err
		}
		p.commits = append(p.commits, c)
		if len(c.Parents) != 1 {
			break
		}
		at = c.Parents[0]
	}
	slices.Reverse(p.commits)
	return nil
}

// diverged leaves the rest to the user.
func (p *replaying) diverged(why string) error {
	branch := strings.TrimPrefix(p.up.Ref, "refs/heads/")
	return &DivergedError{Branch: strings.TrimPrefix(p.up.Local, "refs/heads/"), Why: why,
		WayOut: "git pull --rebase --autostash " + p.up.Remote + " " + branch + ", then handoff sync"}
}

// addsOnly reports whether a commit adds files below the directory of records,
// does nothing else, and can be made anew with all that it says, signed if it is
// signed.
func (p *replaying) addsOnly(ctx context.Context, c git.CommitInfo) (bool, error) {
	if len(c.Parents) > 1 {
		return false, nil
	}
	settings, err := p.LoadConfig()
	if err != nil {
		return false, err
	}
	commit, keeps, err := p.decode(c.Hash)
	if err != nil || !keeps || commit.PGPSignature != "" && !settings.IsTrue("commit.gpgsign") {
		return false, err
	}
	changes, err := p.Changes(ctx, strings.Join(c.Parents, ""), c.Hash)
	for _, change := range changes {
		if change.Status != PathAdded || !strings.HasPrefix(change.Path, p.dir+"/") || change.File.Mode != uint32(filemode.Regular) {
			return false, err
		}
	}
	return true, err
}

// recreate makes the commits anew.
func (p *replaying) recreate(ctx context.Context) error {
	tip := p.onto
	for _, c := range p.commits {
		made, err := p.recreateOn(ctx, tip, c)
		if err != nil {
			return err
		}
		tip = made
	}
	p.commit.Hash = tip.String()
	return nil
}

// recreateOn makes a commit anew on top of parent.
func (p *replaying) recreateOn(ctx context.Context, parent plumbing.Hash, c git.CommitInfo) (plumbing.Hash, error) {
	root, err := p.objects.CommitTree(parent)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	changes, err := p.Changes(ctx, strings.Join(c.Parents, ""), c.Hash)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	var files []odb.TreeFile
	for _, change := range changes {
		files = append(files, odb.TreeFile{Path: change.Path, Mode: filemode.Regular, Hash: plumbing.NewHash(change.File.Blob)})
	}
	root, trees, err := p.objects.InsertFiles(root, files)
	if conflict, ok := errors.AsType[*odb.PathConflictError](err); ok {
		return plumbing.ZeroHash, p.diverged(conflict.Path + " is in both, with different content")
	}
	if err != nil {
		return plumbing.ZeroHash, err
	}
	commit, _, err := p.decode(c.Hash)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	commit.TreeHash, commit.ParentHashes = root, []plumbing.Hash{parent}
	made, err := p.EncodeCommit(ctx, p.objects, commit)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	return plumbing.ComputeHash(made.Kind, made.Data), p.objects.WriteAll(append(trees, made)...)
}

// decode reads a commit to make it anew, and reports whether that keeps all that
// it says. It would not keep a header twice, or a name that git would not write.
func (p *replaying) decode(hash string) (c *object.Commit, keeps bool, err error) {
	if c, err = object.GetCommit(p.objects, plumbing.NewHash(hash)); err != nil {
		return nil, false, err
	}
	again, err := p.objects.Encode(c)
	return c, err == nil && plumbing.ComputeHash(again.Kind, again.Data) == c.Hash, err
}

// tryWorktree finds out whether index and work tree can follow the branch, in a
// copy of the index.
func (p *replaying) tryWorktree(ctx context.Context) error {
	if !p.checkedOut() {
		return nil
	}
	p.edit = &git.IndexEdit{Copy: p.IndexCopyPath(p.marker.Token), Lock: p.index, Cancel: func() {}}
	if err := git.CopyIndex(p.IndexPath(), p.edit.Copy); err != nil {
		return err
	}
	// Entries that Append has added are not known to be unchanged yet. The
	// status says only whether any file is changed.
	if _, err := p.WithIndex(ctx, p.edit.Copy, nil, "update-index", "-q", "--refresh"); err != nil && !odb.IsError[*git.Error](err) {
		return err
	}
	err := p.ReadTree(ctx, p.edit.Copy, "--dry-run", "-m", "-u", p.commit.Parent, p.commit.Hash)
	if failed, ok := errors.AsType[*git.Error](err); ok {
		why, _, _ := strings.Cut(strings.TrimPrefix(failed.Stderr, "error: "), "\n")
		return p.diverged("what you have not committed is in the way: " + why)
	}
	return err
}

// announce writes down that the work tree is about to follow, for
// [Repo.Recover], and what the reflogs will say.
func (p *replaying) announce(ctx context.Context) error {
	_, committer, err := p.Identity(ctx)
	if err != nil {
		committer = git.Ident{Name: "handoff", Email: "handoff"}
	}
	p.entry = git.LogEntry{Who: committer, Message: "handoff sync: " + text.Count(len(p.commits), "commit") + " onto " + p.onto.String()[:7]}
	p.marker.Ref, p.marker.Old, p.marker.Commit = p.commit.Ref, p.commit.Parent, p.commit.Hash
	return p.marker.Write()
}

// moveWorktree brings the work tree and the copy of the index to the new tip.
// Git does it, as in a checkout; it is not stopped half-way.
func (p *replaying) moveWorktree(ctx context.Context) error {
	if !p.checkedOut() {
		return nil
	}
	p.shifted = true
	return p.ReadTree(context.WithoutCancel(ctx), p.edit.Copy, "-m", "-u", p.commit.Parent, p.commit.Hash)
}

// announceIndex writes down what index.lock is about to hold.
func (p *replaying) announceIndex(context.Context) (err error) {
	if !p.checkedOut() {
		return nil
	}
	if p.marker.Index, err = git.IndexChecksum(p.edit.Copy); err != nil {
		return err
	}
	return p.marker.Write()
}

// release takes back what was done before the point of no return.
func (p *replaying) release() {
	if p.shifted && !p.landed {
		_ = p.shiftBack(context.Background(), p.marker) // the marker stays, and the next command repeats it
	}
	p.appending.release()
}

// repairReplay completes or takes back a replay that was killed. The writer of
// m is dead.
func (r *Repo) repairReplay(ctx context.Context, m *git.Marker) error {
	_, tip, err := r.ResolveRef(m.Ref)
	if err != nil {
		return err
	}
	index := &git.Lock{Target: r.IndexPath(), Held: true}
	filled := m.Index != "" && holdsIndex(index.Path(), m.Index)
	if err := errors.Join(removeOurs(r.RefPath(m.Ref), m), removeOurs(r.RefPath("HEAD"), m)); err != nil {
		return err
	}
	if tip != m.Old && filled {
		return index.Commit()
	}
	if tip == m.Old && r.Worktree() != "" {
		if err := r.shiftBack(ctx, m); err != nil {
			return err
		}
	}
	if filled {
		return index.Release()
	}
	return removeOurs(r.IndexPath(), m)
}

// shiftBack gives the files in the work tree that are on their way from m.Old
// to m.Commit their old content. The index has not moved yet. Files that are as
// neither of the two stay: they are the user's.
func (r *Repo) shiftBack(ctx context.Context, m *git.Marker) error {
	head, err := r.Head()
	if err != nil || head.Ref != m.Ref {
		return err
	}
	if there, err := r.HasIndex(); err != nil || !there {
		return err // it never moved: nothing is checked out
	}
	changes, err := r.Changes(ctx, m.Old, m.Commit)
	if err != nil {
		return err
	}
	moved, err := r.movedFiles(ctx, m, changes)
	if err != nil {
		return err
	}
	var paths []string
	for _, c := range changes {
		paths = append(paths, c.Path)
	}
	_, staged, err := git.ExamineIndex(r.IndexPath(), paths)
	if err != nil {
		return err
	}
	var restore bytes.Buffer
	tree := git.Placed{Top: r.Worktree()}
	for _, c := range changes {
		switch {
		case !moved[c.Path]:
		case staged.Present[c.Path]:
			fmt.Fprintf(&restore, "%s\x00", c.Path)
		default:
			if err := tree.Remove(c.Path); err != nil {
				return err
			}
		}
	}
	_, err = r.WithIndex(ctx, r.IndexPath(), &restore, "checkout-index", "--force", "-z", "--stdin")
	return err
}

// movedFiles reports which files in the work tree are as m.Commit has them. Git
// compares them, as it knows about line ends and filters.
func (r *Repo) movedFiles(ctx context.Context, m *git.Marker, changes []PathChange) (map[string]bool, error) {
	index := r.IndexCopyPath(m.Token) + "-new"
	defer func() { _ = git.RemoveIndexCopy(index) }()
	if err := r.ReadTree(ctx, index, m.Commit); err != nil {
		return nil, err
	}
	// The status says only whether any file differs.
	if _, err := r.WithIndex(ctx, index, nil, "update-index", "-q", "--refresh"); err != nil && !odb.IsError[*git.Error](err) {
		return nil, err
	}
	out, err := r.WithIndex(ctx, index, nil, "diff-files", "-z", "--name-only")
	if err != nil {
		return nil, err
	}
	differs := map[string]bool{}
	for name := range strings.SplitSeq(string(out), "\x00") {
		differs[name] = true
	}
	moved := map[string]bool{}
	for _, c := range changes {
		_, err := os.Lstat(filepath.Join(r.Worktree(), filepath.FromSlash(c.Path)))
		gone := errors.Is(err, os.ErrNotExist) || git.IsNotDirectory(err)
		if err != nil && !gone {
			return nil, err
		}
		moved[c.Path] = gone == (c.Status == PathRemoved) && !differs[c.Path] || gone && c.Status == PathModified
	}
	return moved, nil
}
