package workspace

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/text"
)

// maxAuthored is how many commits are asked for their authors, the newest.
const maxAuthored = 50_000

// Authors returns who has committed to HEAD since a time, each email once, as
// .mailmap spells them, the most recent first. When is the time of the newest
// commit.
func Authors(ctx context.Context, r *git.Repo, since time.Time) ([]git.Ident, error) {
	head, err := r.Head()
	if err != nil || head.Unborn {
		return nil, err
	}
	lines, err := r.Git.Lines(ctx, "log", "--use-mailmap", "--no-show-signature", "--encoding=UTF-8", "--format=%aN%x00%aE%x00%aI",
		"--max-count="+strconv.Itoa(maxAuthored), "--since="+since.Format(time.RFC3339), "--end-of-options", head.Hash)
	if err != nil {
		return nil, err
	}
	seen := make(map[string]bool)
	var authors []git.Ident
	for fields := range lines {
		if len(fields) != 3 || seen[strings.ToLower(fields[1])] {
			continue
		}
		when, err := time.Parse(time.RFC3339, fields[2])
		if err != nil {
			continue // a commit with a broken date still has an author
		}
		seen[strings.ToLower(fields[1])] = true
		name := strings.TrimPrefix(fields[0], text.BOM) // git takes that of .mailmap for a part of the first name
		authors = append(authors, git.Ident{Name: name, Email: fields[1], When: when})
	}
	return authors, nil
}

// WorkSince visits the commits that any branch reaches and that were committed
// after a time, with their authors as .mailmap spells them. branch is one of the
// branches that reach the commit, by its short name. Branches that are at no
// commit are passed over; git itself would give up.
func WorkSince(ctx context.Context, r *git.Repo, since time.Time, visit func(author git.Ident, branch, subject string)) error {
	args := []string{"log", "--use-mailmap", "--no-show-signature", "--source", "--no-merges", "--stdin",
		"--encoding=UTF-8", "--format=%aN%x00%aE%x00%aI%x00%S%x00%s"}
	if !since.IsZero() {
		args = append(args, "--since="+since.Format(time.RFC3339))
	}
	refs, err := r.ListRefs("refs/heads/", "refs/remotes/")
	if err != nil {
		return err
	}
	var tips strings.Builder
	for _, ref := range refs {
		if ref.Err == nil && r.HasCommit(ref.Hash) {
			tips.WriteString(ref.Name + "\n")
		}
	}
	if tips.Len() == 0 {
		return nil // git would take HEAD
	}
	out, err := git.RunCommand(ctx, r.Git.Command(ctx, "false", args...), args[0], strings.NewReader(tips.String()))
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\x00")
		if len(fields) != 5 {
			continue
		}
		when, err := time.Parse(time.RFC3339, fields[2])
		if err != nil {
			continue
		}
		branch := strings.TrimPrefix(strings.TrimPrefix(fields[3], "refs/heads/"), "refs/remotes/")
		visit(git.Ident{Name: fields[0], Email: fields[1], When: when}, branch, fields[4])
	}
	return nil
}
