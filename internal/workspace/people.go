package workspace

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
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
