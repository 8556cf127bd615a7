package workspace

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/handoff-cli/handoff/internal/plainfile"
)

// Counter is a file in the git directory with one byte for every query
// since the user's last handoff. Appending a byte needs no lock, and a counter
// that cannot be written is not worth a word: reading must work anywhere.
type Counter string

// QueryCounter counts the queries in this clone.
func (ws *Workspace) QueryCounter() Counter {
	return Counter(filepath.Join(ws.Dir(), "handoff", "queries"))
}

// Add notes one more.
func (q Counter) Add() {
	f, err := plainfile.Open(string(q), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	_, _ = f.Write([]byte{'.'})
}

// count is the number of queries; 0 without a counter.
func (q Counter) count() (int, error) {
	if err := plainfile.Check(string(q)); err != nil {
		return 0, err
	}
	info, err := os.Stat(string(q))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return int(info.Size()), nil
}

// Reset begins a new count.
func (q Counter) Reset() error {
	if err := os.Remove(string(q)); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// sharedQueries is what a handoff says of the queries: nothing, unless the user
// has set the git configuration handoff.shareQueries.
func (ws *Workspace) sharedQueries() (*int, error) {
	values, err := ws.Config("handoff.sharequeries")
	if err != nil || len(values) == 0 || values[len(values)-1] != "true" {
		return nil, err
	}
	n, err := ws.QueryCounter().count()
	return &n, err
}
