package workspace

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/text"
)

// maxAuthored is how many commits are asked for their authors, the newest.
const maxAuthored = 50_000

// authors are who has committed to HEAD since a time, the zero time for ever, each
// email once, as .mailmap spells them, the most recent first.
func (ws *Workspace) authors(ctx context.Context, since time.Time) ([]config.Author, error) {
	if ws.HEAD.Unborn {
		return nil, nil
	}
	args := []string{"log", "--use-mailmap", "--no-show-signature", "--encoding=UTF-8", "--format=%aN%x00%aE", "--max-count=" + strconv.Itoa(maxAuthored)}
	if !since.IsZero() {
		args = append(args, "--since="+since.Format(time.RFC3339))
	}
	lines, err := ws.Git.Lines(ctx, append(args, "--end-of-options", ws.HEAD.Hash)...)
	if err != nil {
		return nil, err
	}
	seen := make(map[string]bool)
	var authors []config.Author
	for fields := range lines {
		if len(fields) != 2 || seen[strings.ToLower(fields[1])] {
			continue
		}
		seen[strings.ToLower(fields[1])] = true
		name := strings.TrimPrefix(fields[0], text.BOM) // git takes that of .mailmap for a part of the first name
		authors = append(authors, config.Author{Name: name, Email: fields[1]})
	}
	return authors, nil
}

// workSince visits the commits that any branch reaches and that were committed
// after a time, with their authors as .mailmap spells them. branch is one of the
// branches that reach the commit, by its short name. Branches that are at no
// commit are passed over; git itself would give up.
func (ws *Workspace) workSince(ctx context.Context, since time.Time, visit func(author git.Ident, branch, subject string)) error {
	args := []string{"log", "--use-mailmap", "--no-show-signature", "--source", "--no-merges", "--stdin",
		"--encoding=UTF-8", "--format=%aN%x00%aE%x00%aI%x00%S%x00%s"}
	if !since.IsZero() {
		args = append(args, "--since="+since.Format(time.RFC3339))
	}
	refs, err := ws.ListRefs("refs/heads/", "refs/remotes/")
	if err != nil {
		return err
	}
	var tips strings.Builder
	for _, ref := range refs {
		if ref.Err == nil && ws.HasCommit(ref.Hash) {
			tips.WriteString(ref.Name + "\n")
		}
	}
	if tips.Len() == 0 {
		return nil // git would take HEAD
	}
	out, err := git.RunCommand(ctx, ws.Git.Command(ctx, "false", args...), args[0], strings.NewReader(tips.String()))
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
