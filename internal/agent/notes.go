package agent

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/plainfile"
	"github.com/handoff-cli/handoff/internal/sorting"
	"github.com/handoff-cli/handoff/internal/yaml"
)

// Notes is where what was jotted down during the work waits for the next handoff: a file
// for each in the git directory that all worktrees share, readable by its owner only.
// Nobody else ever sees one.
type Notes struct {
	CommonDir string
}

// Note is what a person or their agent jotted down.
type Note struct {
	ID      string         `yaml:"-" json:"id"`
	By      string         `yaml:"by" json:"by"` // handle of the person
	At      handoff.Time   `yaml:"at" json:"at"`
	Agent   *handoff.Agent `yaml:"agent,omitempty" json:"agent"`
	Item    string         `yaml:"item,omitempty" json:"item"`
	Text    string         `yaml:"text,omitempty" json:"text"`
	Tried   []string       `yaml:"tried,omitempty" json:"tried"`     // each as 'what -> result'
	Decided []string       `yaml:"decided,omitempty" json:"decided"` // each as 'what -- why'
}

// MaxNotes is how many notes can wait in a repository.
const MaxNotes = 500

// ManyNotesError says that no more notes can wait.
type ManyNotesError struct{}

func (ManyNotesError) Error() string {
	return fmt.Sprintf("%d notes wait for a handoff, and no more can", MaxNotes)
}

func (n Notes) dir() string { return filepath.Join(n.CommonDir, "handoff", "notes") }

func (n Notes) path(id string) string { return filepath.Join(n.dir(), id+".yaml") }

// Add keeps a note. Killed at any instant, it is there as a whole or not at all.
func (n Notes) Add(note Note) error {
	data, err := yaml.Marshal(note)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(n.dir(), 0o700); err != nil {
		return err
	}
	ids, err := n.ids()
	if err != nil {
		return err
	}
	if len(ids) >= MaxNotes {
		return ManyNotesError{}
	}
	return plainfile.Replace(n.path(note.ID), 0o600, data, nil)
}

// List returns the notes of a person, the oldest first. What is damaged is an error of
// type *[DamagedError], and hides no other note.
func (n Notes) List(by string) ([]Note, error) {
	ids, err := n.ids()
	if err != nil {
		return nil, err
	}
	var notes []Note
	var damaged []error
	for _, id := range ids {
		data, err := plainfile.Read(n.path(id))
		if errors.Is(err, fs.ErrNotExist) {
			continue // published meanwhile
		}
		note := Note{}
		if err == nil {
			err = yaml.Unmarshal(data, &note)
		}
		if err != nil {
			damaged = append(damaged, &DamagedError{n.path(id), errors.New("not what a note looks like")})
			continue
		}
		if note.ID = id; note.By == by {
			notes = append(notes, note)
		}
	}
	sorting.By(notes, func(a, b Note) int { return a.At.Compare(b.At.Time) })
	return notes, errors.Join(damaged...)
}

// Remove takes notes away: they are in a handoff, or given up. One that is gone already
// is no error. What is no id names no note, whoever has written it into a draft.
func (n Notes) Remove(ids ...string) error {
	var failed []error
	for _, id := range ids {
		if !handoff.ValidID(id) {
			continue
		}
		if err := os.Remove(n.path(id)); !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

func (n Notes) ids() ([]string, error) {
	names, err := waitingIn(n.dir())
	return slices.DeleteFunc(names, func(name string) bool { return !handoff.ValidID(name) }), err
}
