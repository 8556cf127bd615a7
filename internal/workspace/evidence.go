package workspace

import (
	"context"
	"crypto/sha1"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/text"
)

// evidence answers for the rules what this clone knows of the work. Nothing is
// looked up before a rule asks. An answer that cannot be found is that it is not
// known: no record is refused because of it.
func (ws *Workspace) evidence(ctx context.Context) rules.Git {
	return rules.Git{
		Committed:  func(branch string, after time.Time) bool { return ws.committedOn(ctx, branch, after) },
		OwnCommits: func() int { return ws.ownCommits(ctx) },
		HasCommit:  func(hash string) (has, known bool) { return ws.hasCommit(ctx, hash) },
		HasFile:    ws.hasFile,
		Changed:    func(commit string, files []string) []string { return ws.changedSince(ctx, commit, files) },
	}
}

// committedOn reports whether a branch, here or on a remote, has work after a
// time.
func (ws *Workspace) committedOn(ctx context.Context, branch string, after time.Time) bool {
	refs, err := ws.Refs(ctx, git.Scope{})
	if err != nil {
		return false
	}
	var tips []string
	for _, ref := range refs {
		if ref.Err == nil && isBranch(ref.Name, branch) {
			tips = append(tips, ref.Hash)
		}
	}
	return ws.countWork(ctx, tips, after, 1, func(git.CommitInfo) bool { return true }) > 0
}

// ownCommits counts what the user has committed since their last handoff, on the
// branches of this clone.
func (ws *Workspace) ownCommits(ctx context.Context) int {
	last := ws.State.Latest(ws.Me)
	refs, err := ws.ListRefs("refs/heads/")
	if last == nil || err != nil {
		return 0
	}
	tips := []string{ws.HEAD.Hash}
	for _, ref := range refs {
		if ref.Err == nil {
			tips = append(tips, ref.Hash)
		}
	}
	return ws.countWork(ctx, tips, last.Record.At.Time, MaxCommits, ws.IsMine)
}

// countWork counts commits after a time that hold work of a kind, up to a limit.
func (ws *Workspace) countWork(ctx context.Context, tips []string, after time.Time, limit int, counts func(git.CommitInfo) bool) (n int) {
	err := ws.Recent(ctx, tips, nil, after, func(c git.CommitInfo, _ bool) bool {
		if !c.Committer.When.After(after) {
			return false
		}
		if counts(c) && !HoldsRecords(c) {
			n++
		}
		return n < limit
	})
	if err != nil {
		return 0
	}
	return n
}

// IsMine reports whether the user wrote a commit.
func (ws *Workspace) IsMine(c git.CommitInfo) bool {
	return slices.ContainsFunc(ws.Emails(), func(email string) bool { return strings.EqualFold(email, c.Author.Email) })
}

// commitHash matches the hash of a commit, or enough of it to name one.
var commitHash = text.Pattern(`^[0-9a-f]{4,40}$`)

// hasCommit reports whether there is a commit of that hash. A shallow clone does
// not know which there are.
func (ws *Workspace) hasCommit(ctx context.Context, hash string) (has, known bool) {
	if !commitHash().MatchString(hash) {
		return false, false
	}
	_, has = ws.findCommit(ctx, hash)
	return has, has || !ws.Shallow() && ctx.Err() == nil
}

// findCommit returns the whole hash of a commit. Git is asked for what a part of
// one means only: looking for a whole one, it might ask a remote.
func (ws *Workspace) findCommit(ctx context.Context, hash string) (whole string, ok bool) {
	if len(hash) == 2*sha1.Size {
		return hash, ws.HasCommit(hash)
	}
	whole, err := ws.Revision(ctx, hash)
	return whole, err == nil
}

// hasFile reports whether HEAD has a file or a directory, be it named with a
// place in it: main.go:12, README.md#install.
func (ws *Workspace) hasFile(name string) (has, known bool) {
	if ws.HEAD.Unborn {
		return false, false
	}
	end := strings.IndexAny(name, ":#")
	if end < 0 {
		end = len(name)
	}
	for _, candidate := range []string{name, name[:end]} {
		candidate = path.Clean(candidate)
		if !fs.ValidPath(candidate) {
			return false, false // not a path from the top
		}
		has, err := ws.HasPath(ws.HEAD.Hash, candidate)
		if has || err != nil {
			return has, err == nil
		}
	}
	return false, true
}

// changedSince lists those of some files that HEAD has otherwise than a commit.
func (ws *Workspace) changedSince(ctx context.Context, commit string, files []string) []string {
	if ws.HEAD.Unborn || !commitHash().MatchString(commit) {
		return nil
	}
	from, ok := ws.findCommit(ctx, commit)
	if !ok {
		return nil
	}
	changed, err := ws.changedOf(ctx, from, files)
	if err != nil {
		return nil
	}
	return changed
}

// MaxCommits is how many commits are looked at: enough for any limit that a
// team sets, and fast on the first push of a long history.
const MaxCommits = 500
