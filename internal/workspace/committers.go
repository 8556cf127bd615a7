package workspace

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/plainfile"
)

// rememberedAuthors is what is remembered of those who have committed: git reads every
// commit to say who that is, and few commits change it.
type rememberedAuthors struct {
	Version int             `json:"version"`
	Head    string          `json:"head"`    // 40 hex digits: the commit in whose history they stand
	Authors []config.Author `json:"authors"` // the most recent first, each address once
}

const (
	authorsVersion = 1
	maxRemembered  = 4 << 20 // bytes
)

func (ws *Workspace) authorsPath() string { return filepath.Join(ws.Dir(), "handoff", "authors") }

// findCommitters are the people who have committed to HEAD, by handle.
func (ws *Workspace) findCommitters(ctx context.Context) (map[string]config.Person, error) {
	// A .mailmap can be changed, and history that is not here can come: then a commit
	// does not say for ever who is in its history.
	mapped, err := ws.HasMailmap()
	if err != nil || mapped || ws.HEAD.Unborn || ws.Shallow() {
		authors, wrote, err := ws.Authors(ctx, time.Time{}, "")
		return config.Committers(authors, wrote), err
	}
	authors, err := ws.allAuthors(ctx)
	return config.Committers(authors, nil), err
}

// allAuthors are those who are remembered, and those of the commits since.
func (ws *Workspace) allAuthors(ctx context.Context) ([]config.Author, error) {
	known := ws.recallAuthors()
	if known.Head == ws.HEAD.Hash {
		return known.Authors, nil
	}
	if known.Head != "" {
		base, err := ws.MergeBase(ctx, ws.HEAD.Hash, known.Head)
		if err != nil {
			return nil, err
		}
		if base != known.Head { // another branch, or history that was rewritten
			known = rememberedAuthors{}
		}
	}
	authors, _, err := ws.Authors(ctx, time.Time{}, known.Head)
	if err != nil {
		return nil, err
	}
	seen := make(map[string]bool)
	known.Authors = slices.DeleteFunc(append(authors, known.Authors...), func(a config.Author) bool {
		email := strings.ToLower(a.Email)
		again := seen[email]
		seen[email] = true
		return again
	})
	ws.rememberAuthors(known.Authors)
	return known.Authors, nil
}

// recallAuthors reads what is remembered; nothing where that is damaged, or of a commit
// that is no longer here.
func (ws *Workspace) recallAuthors() (known rememberedAuthors) {
	data, err := plainfile.Read(ws.authorsPath())
	if err != nil || json.Unmarshal(data, &known) != nil || known.Version != authorsVersion || !ws.HasCommit(known.Head) {
		return rememberedAuthors{}
	}
	return known
}

// rememberAuthors writes them down. Where that cannot be, git is asked the next time.
func (ws *Workspace) rememberAuthors(authors []config.Author) {
	data, err := json.Marshal(rememberedAuthors{Version: authorsVersion, Head: ws.HEAD.Hash, Authors: authors})
	if path := ws.authorsPath(); err == nil && len(data) <= maxRemembered && plainfile.Check(path) == nil {
		_ = ws.WriteState(path, data)
	}
}
