package git

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// LogEntry is what a reflog says of a move.
type LogEntry struct {
	Who     Ident
	Message string
}

// oneLine returns the message as it stands in a reflog.
func (e LogEntry) oneLine() string { return strings.Join(strings.Fields(e.Message), " ") }

// logUpdate appends one entry to the reflogs of refs in git's format:
// "OLD NEW NAME <EMAIL> SECONDS ZONE\tMESSAGE". old is "" for a branch that
// begins.
func (r *Repo) logUpdate(refs []string, old, hash string, entry LogEntry) error {
	line := fmt.Sprintf("%s %s %s\t%s\n", cmp.Or(old, NoHash), hash, entry.Who, entry.oneLine())
	var errs []error
	for _, ref := range refs {
		errs = append(errs, r.appendLog(ref, line))
	}
	return errors.Join(errs...)
}

// appendLog appends line to the reflog of ref, when it has one or should get
// one.
func (r *Repo) appendLog(ref, line string) error {
	path := r.LogPath(ref)
	flags := os.O_WRONLY | os.O_APPEND
	if r.startsLog() {
		flags |= os.O_CREATE
		if err := r.MakeDir(filepath.Dir(path)); err != nil {
			return err
		}
		removeEmptyDirs(path)
	}
	file, err := os.OpenFile(path, flags, 0o666)
	if err != nil {
		if flags&os.O_CREATE == 0 && errors.Is(err, os.ErrNotExist) {
			return nil
		}
		return err
	}
	_, err = file.WriteString(line)
	return errors.Join(err, file.Close(), r.Share(path))
}

// startsLog reports whether core.logAllRefUpdates asks for a reflog. By
// default a bare repository keeps none. All references here are branches or
// HEAD, for which "true" and "always" are the same.
func (r *Repo) startsLog() bool {
	c, err := r.LoadConfig()
	if err != nil {
		return false
	}
	value := c.Get("core.logallrefupdates")
	if value == "" {
		return !r.Bare
	}
	return strings.EqualFold(value, "always") || parseBool(value)
}

// removeEmptyDirs removes the directory path when it holds nothing but empty
// directories, as those that git leaves when it packs or deletes references.
func removeEmptyDirs(path string) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if entry.IsDir() {
			removeEmptyDirs(filepath.Join(path, entry.Name()))
		}
	}
	os.Remove(path)
}

// LoggedCommits are the commits that reflogs name and that are here.
func (r *Repo) LoggedCommits(ctx context.Context) (map[plumbing.Hash]bool, error) {
	commits := map[plumbing.Hash]bool{}
	// Where there is no reflog, git takes it for no argument at all; a glob is one.
	out, err := r.Git.Output(ctx, "rev-list", "--no-walk=unsorted", "--reflog", "--glob=refs/that-are-not-there/")
	for hash := range bytes.FieldsSeq(out) {
		commits[odb.ParseHash(hash)] = true
	}
	return commits, err
}
