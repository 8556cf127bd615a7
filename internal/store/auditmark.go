package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"syscall"

	"github.com/go-git/go-git/v5/plumbing"
)

// auditVersion is the format of marks. A mark of another format is forgotten.
const auditVersion = 1

// auditMark is what audits remember: a line of JSON, then the hashes of all
// commits that were audited, sorted, 20 bytes each.
type auditMark struct {
	Version  int               `json:"version"`
	Dir      string            `json:"dir"`
	Shallow  []string          `json:"shallow,omitempty"` // the edge of the clone: when it moves, older commits appear
	Signed   bool              `json:"signed"`            // signatures were looked at
	Tips     map[string]string `json:"tips"`              // reference → commit
	Remotes  []string          `json:"remotes,omitempty"` // the commits of remote-tracking branches, sorted
	Commits  int               `json:"commits"`           // how many hashes follow
	Records  int               `json:"records"`
	Findings []AuditFinding    `json:"findings,omitempty"`
	Configs  []ConfigChange    `json:"configs,omitempty"`
	Touched  map[string]string `json:"touched,omitempty"` // path of a record that was changed → its first mode and blob

	commits []byte // the hashes
}

func newAuditMark(dir string, shallow []string, signed bool) *auditMark {
	return &auditMark{
		Version: auditVersion, Dir: dir, Shallow: shallow, Signed: signed,
		Tips: map[string]string{}, Touched: map[string]string{},
	}
}

// auditPath is where audits remember what they have seen.
func (r *Repo) auditPath() string { return filepath.Join(r.common, "handoff", "verified") }

// loadMark returns the mark that earlier audits have left. It is nil when there
// is none that answers the same question.
func (r *Repo) loadMark(dir string, shallow []string, signed bool) (*auditMark, error) {
	data, err := ReadPlain(r.auditPath())
	if isAbsent(r.auditPath(), err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	line, hashes, _ := bytes.Cut(data, []byte{'\n'})
	m := newAuditMark(dir, shallow, signed)
	if json.Unmarshal(line, m) != nil || m.Version != auditVersion || len(hashes) != m.Commits*hashSize {
		return nil, nil // of another version, or damaged: what it said is not known
	}
	m.commits = hashes
	if m.Dir != dir || !slices.Equal(m.Shallow, shallow) || signed && !m.Signed {
		return nil, nil
	}
	return m, nil
}

// covers reports whether the commits that tips and remotes name are the last
// that were audited.
func (m *auditMark) covers(tips map[string]plumbing.Hash, remotes []string) bool {
	if len(m.Tips) != len(tips) || !slices.Equal(m.Remotes, remotes) {
		return false
	}
	for name, hash := range tips {
		if m.Tips[name] != hash.String() {
			return false
		}
	}
	return true
}

// has reports whether a commit was audited.
func (m *auditMark) has(hash plumbing.Hash) bool {
	_, found := sort.Find(len(m.commits)/hashSize, func(i int) int {
		return bytes.Compare(hash[:], m.commits[i*hashSize:][:hashSize])
	})
	return found
}

// findings returns what was found, without what was not asked for.
func (m *auditMark) findings(signed bool) []AuditFinding {
	return slices.DeleteFunc(slices.Clone(m.Findings), func(f AuditFinding) bool {
		return !signed && (f.Kind == AuditUnsigned || f.Kind == AuditSigner)
	})
}

// drop forgets the findings of a kind that is looked for anew.
func (m *auditMark) drop(kind AuditKind) {
	m.Findings = slices.DeleteFunc(m.Findings, func(f AuditFinding) bool { return f.Kind == kind })
}

// remember writes the mark. That it cannot be written is no error where nothing
// can be: reading never needs write access.
func (a *audit) remember(context.Context) error {
	if a.forgetful {
		return nil
	}
	a.mark.Tips, a.mark.Remotes = map[string]string{}, a.remotes
	for name, hash := range a.tips {
		a.mark.Tips[name] = hash.String()
	}
	line, err := json.Marshal(a.mark)
	if err != nil {
		return err
	}
	err = a.writeState(a.auditPath(), append(line, '\n'), a.mark.commits)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return nil
	}
	return err
}

// add adds the commits of a history.
func (m *auditMark) add(h *history) {
	hashes := make([]plumbing.Hash, 0, h.size()+len(m.commits)/hashSize)
	for old := range slices.Chunk(m.commits, hashSize) {
		hashes = append(hashes, plumbing.Hash(old))
	}
	for _, slab := range h.slabs {
		for i := range slab {
			if !slab[i].known {
				hashes = append(hashes, slab[i].hash)
			}
		}
	}
	slices.SortFunc(hashes, func(a, b plumbing.Hash) int { return bytes.Compare(a[:], b[:]) })
	m.commits = make([]byte, 0, len(hashes)*hashSize)
	for _, hash := range hashes {
		m.commits = append(m.commits, hash[:]...)
	}
	m.Commits = len(hashes)
}

// writeState replaces a file of ours in the git directory. Killed at any
// instant, the old or the new one is there.
func (r *Repo) writeState(path string, parts ...[]byte) error {
	if err := r.makeDirs(filepath.Dir(path)); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	for _, data := range parts {
		if err == nil {
			_, err = file.Write(data)
		}
	}
	err = errors.Join(err, file.Sync(), file.Close(), r.share(file.Name()))
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// sortedHashes returns the members of a set in hex, sorted.
func sortedHashes(set map[plumbing.Hash]bool) []string {
	var list []string
	for hash := range set {
		list = append(list, hash.String())
	}
	slices.Sort(list)
	return list
}
