package agent

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/plainfile"
	"github.com/handoff-cli/handoff/internal/yaml"
)

// Prepared is where drafts wait that agents have prepared: numbered files in the git
// directory that all worktrees share, readable by their owner only.
type Prepared struct {
	CommonDir string // the git directory of the repository
}

// Draft is what an agent has prepared for a person.
type Draft struct {
	Number int           `yaml:"-" json:"number"`
	For    string        `yaml:"for" json:"for"` // handle of the person who is to publish it
	At     handoff.Time  `yaml:"at" json:"at"`
	Agent  handoff.Agent `yaml:"agent" json:"agent"`
	Act    string        `yaml:"act" json:"act"`               // declare, ack: see [Act]
	Says   string        `yaml:"says" json:"says"`             // in one line
	Notes  []string      `yaml:"notes,omitempty" json:"notes"` // ids of the notes that it was made of
	Texts  []string      `yaml:"texts" json:"texts"`
}

// MaxWaiting is how many drafts can wait in a repository: more than anybody reads.
const MaxWaiting = 500

// FullError says that too many drafts wait.
type FullError struct{ Dir string }

func (e *FullError) Error() string {
	return fmt.Sprintf("%d drafts wait to be published, and no more can", MaxWaiting)
}

// DamagedError says that a file is no draft.
type DamagedError struct {
	Path string
	Err  error
}

func (e *DamagedError) Error() string { return fmt.Sprintf("%s: %v", e.Path, e.Err) }
func (e *DamagedError) Unwrap() error { return e.Err }

func (p Prepared) dir() string { return filepath.Join(p.CommonDir, "handoff", "prepared") }

// Path is the file of a draft.
func (p Prepared) Path(number int) string {
	return filepath.Join(p.dir(), strconv.Itoa(number)+".yaml")
}

// Add keeps a draft under the number after the highest that waits. Killed at any
// instant, it is there as a whole or not at all.
func (p Prepared) Add(d Draft) (Draft, error) {
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(d); err != nil {
		return d, err
	}
	if err := os.MkdirAll(p.dir(), 0o700); err != nil {
		return d, err
	}
	numbers, err := p.numbers()
	if err != nil {
		return d, err
	}
	if len(numbers) >= MaxWaiting {
		return d, &FullError{p.dir()}
	}
	temporary := filepath.Join(p.dir(), ".new-"+plainfile.NewToken())
	if err := plainfile.Replace(temporary, 0o600, b.Bytes(), nil); err != nil {
		return d, err
	}
	defer os.Remove(temporary)
	for d.Number = slices.Max(append(numbers, 0)) + 1; ; d.Number++ {
		err := os.Link(temporary, p.Path(d.Number)) // never over one that another agent has just written
		if !errors.Is(err, fs.ErrExist) {
			return d, err
		}
	}
}

// List returns the drafts that wait, by number, and those that cannot be read as errors
// of type *[DamagedError], joined.
func (p Prepared) List() ([]Draft, error) {
	numbers, err := p.numbers()
	if err != nil {
		return nil, err
	}
	var drafts []Draft
	var damaged []error
	for _, n := range numbers {
		switch d, err := p.Get(n); {
		case err == nil:
			drafts = append(drafts, d)
		case !errors.Is(err, fs.ErrNotExist): // published meanwhile
			damaged = append(damaged, err)
		}
	}
	return drafts, errors.Join(damaged...)
}

// Get reads a draft. The error is fs.ErrNotExist where none has the number.
func (p Prepared) Get(number int) (Draft, error) {
	d := Draft{Number: number}
	data, err := plainfile.Read(p.Path(number))
	if err != nil {
		return d, err
	}
	if len(data) > 8*handoff.MaxSize {
		return d, &DamagedError{p.Path(number), errors.New("too large for a draft")}
	}
	if err := yaml.Unmarshal(data, &d); err != nil {
		return d, &DamagedError{p.Path(number), errors.New("not what a draft looks like")}
	}
	if d.Number = number; len(d.Texts) == 0 || !handoff.ValidHandle(d.For) || !handoff.ValidAgentWord(d.Agent.Name) {
		return d, &DamagedError{p.Path(number), errors.New("not what a draft looks like")}
	}
	return d, nil
}

// Remove takes a draft away: it is published, or given up.
func (p Prepared) Remove(number int) error { return os.Remove(p.Path(number)) }

// Same reports whether a draft waits as it was read: neither published nor given up since,
// nor another one of its number.
func (p Prepared) Same(read Draft) bool {
	now, err := p.Get(read.Number)
	return err == nil && reflect.DeepEqual(now, read)
}

// numbers are those of the drafts that wait, sorted.
func (p Prepared) numbers() ([]int, error) {
	names, err := waitingIn(p.dir())
	var numbers []int
	for _, name := range names {
		if n, err := strconv.Atoi(name); err == nil && n > 0 && strconv.Itoa(n) == name {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, err
}

// waitingIn are the names of the files of a directory, without their ending .yaml; those
// of other files are left out.
func waitingIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, entry := range entries {
		if name, ok := strings.CutSuffix(entry.Name(), ".yaml"); ok {
			names = append(names, name)
		}
	}
	return names, err
}
