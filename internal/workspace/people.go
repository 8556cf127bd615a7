package workspace

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/text"
)

// maxAuthored is how many commits are asked for their authors, the newest.
const maxAuthored = 50_000

// Authors are who has committed to HEAD since a time, the zero time for ever, each
// email once, as .mailmap spells them, the most recent first. Those of the history of a
// commit are left out, unless it is "". wrote has the other addresses that stand in
// their commits, by the one that counts.
func (ws *Workspace) Authors(ctx context.Context, since time.Time, without string) (authors []config.Author, wrote map[string][]string, err error) {
	if ws.HEAD.Unborn {
		return nil, nil, nil
	}
	args := []string{"log", "--use-mailmap", "--no-show-signature", "--encoding=UTF-8", "--format=%aN%x00%aE%x00%ae", "--max-count=" + strconv.Itoa(maxAuthored)}
	if !since.IsZero() {
		args = append(args, "--since="+since.Format(time.RFC3339))
	}
	args = append(args, "--end-of-options", ws.HEAD.Hash)
	if without != "" {
		args = append(args, "^"+without)
	}
	lines, err := ws.Git.Lines(ctx, args...)
	if err != nil {
		return nil, nil, err
	}
	seen := make(map[string]bool)
	wrote = make(map[string][]string)
	for fields := range lines {
		if len(fields) != 3 {
			continue
		}
		email, written := fields[1], fields[2]
		if email != written && !slices.Contains(wrote[email], written) {
			wrote[email] = append(wrote[email], written)
		}
		if seen[strings.ToLower(email)] {
			continue
		}
		seen[strings.ToLower(email)] = true
		name := strings.TrimPrefix(fields[0], text.BOM) // git takes that of .mailmap for a part of the first name
		authors = append(authors, config.Author{Name: name, Email: email})
	}
	return authors, wrote, nil
}
