package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"sort"
	"syscall"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/plainfile"
	"github.com/handoff-cli/handoff/internal/store"
)

// auditVersion is the format of marks. One of another format is forgotten.
const auditVersion = 2

// auditMark is what audits remember: a line of JSON, then three lists of entries
// of a fixed size, the first two of them sorted.
type auditMark struct {
	Version    int               `json:"version"`
	Dir        string            `json:"dir"`
	Shallow    []string          `json:"shallow,omitempty"` // the edge of the clone: when it moves, older commits appear
	Signed     bool              `json:"signed"`            // signatures were looked at
	Acks       bool              `json:"acks,omitempty"`    // those of acks were, at least
	Agents     map[string]int    `json:"agents,omitempty"`  // that prepared records, and how many
	Tips       map[string]string `json:"tips"`              // reference → commit
	Main       map[string]string `json:"main,omitempty"`    // those of the mainline
	Remotes    []string          `json:"remotes,omitempty"` // the commits of remote-tracking branches, sorted
	Commits    int               `json:"commits"`           // how many hashes there are
	Proven     int               `json:"proven,omitempty"`
	TipRecords int               `json:"kept,omitempty"`
	Records    int               `json:"records"`
	Findings   []Finding         `json:"findings,omitempty"`
	Doubts     []doubt           `json:"doubts,omitempty"`
	Configs    []ConfigChange    `json:"configs,omitempty"`
	Said       []Said            `json:"said,omitempty"`
	Touched    map[string]string `json:"touched,omitempty"` // path of a record that was changed → its first mode and blob
	Lost       []lostRecord      `json:"lost,omitempty"`
	Refs       []string          `json:"refs,omitempty"`  // that tip records name by their positions
	Words      []string          `json:"words,omitempty"` // likewise

	// Steps are the blobs of the configurations that each one became.
	Steps map[string][]string `json:"steps,omitempty"`

	// MainConfigs are the blobs of the configurations that the mainline has or
	// had. Unconfigured says that it had one and then none.
	MainConfigs  []string `json:"mainConfigs,omitempty"`
	Unconfigured bool     `json:"unconfigured,omitempty"`

	commits []byte // the hashes of all commits that were audited
	proven  []byte // the blobs of records that a commit off the mainline bears out
	records []byte // the records that the tips had; see tipRecord
}

func newAuditMark(dir string, shallow []string, signed bool) *auditMark {
	return &auditMark{
		Version: auditVersion, Dir: dir, Shallow: shallow, Signed: signed,
		Tips: map[string]string{}, Main: map[string]string{}, Touched: map[string]string{}, Steps: map[string][]string{},
		Agents: map[string]int{},
	}
}

// memoryPath is where something is remembered of the records, for all work trees.
func memoryPath(r *store.Repo, name string) string {
	return filepath.Join(r.CommonDir(), "handoff", name)
}

// auditPath is where audits remember what they have seen.
func auditPath(r *store.Repo) string { return memoryPath(r, "verified") }

// loadMark returns the mark that earlier audits have left. It is nil when there
// is none of that directory.
func loadMark(path, dir string, shallow []string, signed bool) (*auditMark, error) {
	data, err := plainfile.Read(path)
	if plainfile.IsAbsent(path, err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	line, lists, _ := bytes.Cut(data, []byte{'\n'})
	m := newAuditMark(dir, shallow, signed)
	m.Shallow = nil
	if json.Unmarshal(line, m) != nil || m.Dir != dir || !m.take(lists) {
		return nil, nil // damaged, or of another version: what it said is not known
	}
	if !slices.Equal(m.Shallow, shallow) || signed && !m.Signed {
		m.beginAnew(shallow, signed)
	}
	return m, nil
}

// take splits the lists, and reports whether they are as long as they are said
// to be.
func (m *auditMark) take(lists []byte) bool {
	commits, proven, records := m.Commits*odb.HashSize, m.Proven*odb.HashSize, m.TipRecords*tipRecordSize
	switch {
	case m.Version != auditVersion,
		m.Commits < 0, m.Proven < 0, m.TipRecords < 0, len(lists) != commits+proven+records:
		return false
	}
	m.commits, m.proven, m.records = lists[:commits], lists[commits:commits+proven], lists[commits+proven:]
	return true
}

// beginAnew makes all commits unknown, as there is more to find in them than
// was looked for, and keeps what only memory can tell: which commits and records
// there were.
func (m *auditMark) beginAnew(shallow []string, signed bool) {
	m.Shallow, m.Signed = shallow, signed
	m.Commits, m.commits, m.Records = 0, nil, 0
	m.Doubts, m.Configs, m.Said, m.Touched, m.Unconfigured, m.Steps = nil, nil, nil, map[string]string{}, false, map[string][]string{}
	m.Agents = map[string]int{}
	m.Findings = slices.DeleteFunc(m.Findings, func(f Finding) bool { return f.Kind != KindRewritten })
}

// covers reports whether the commits that tips, the mainline and remotes name
// are the last that were audited.
func (m *auditMark) covers(tips, main map[string]plumbing.Hash, remotes []string) bool {
	return m.Commits > 0 && sameTips(m.Tips, tips) && sameTips(m.Main, main) && slices.Equal(m.Remotes, remotes)
}

// sameTips reports whether references are where they were.
func sameTips(then map[string]string, now map[string]plumbing.Hash) bool {
	return maps.EqualFunc(then, now, func(then string, now plumbing.Hash) bool { return then == now.String() })
}

// has reports whether a commit was audited.
func (m *auditMark) has(hash plumbing.Hash) bool { return hasHash(m.commits, hash) }

// hasHash finds a hash in a sorted list.
func hasHash(list []byte, hash plumbing.Hash) bool {
	_, found := sort.Find(len(list)/odb.HashSize, func(i int) int {
		return bytes.Compare(hash[:], list[i*odb.HashSize:][:odb.HashSize])
	})
	return found
}

// findings returns what was found, without what was not asked for, what is gone, and
// that the author of a record did not sign what they have said elsewhere, as proven.
func (m *auditMark) findings(o Options, proven map[string]bool) []Finding {
	elsewhere := m.elsewhere(proven)
	findings := slices.DeleteFunc(slices.Clone(m.Findings), func(f Finding) bool {
		if f.Gone && !f.Main {
			return true
		}
		return f.ofSignature() && (!o.Signed && !(o.Acks && m.isAck(f)) || elsewhere[[2]string{f.Commit, f.Path}])
	})
	for i := range findings {
		if f := &findings[i]; f.ofSignature() && !o.Signed {
			f.Level, f.Message = handoff.LevelWarning, "nobody can tell whether a person gave this ack: "+f.Message
		}
	}
	for i := range findings {
		if f := &findings[i]; f.Kind == KindRewritten && m.lacks(f.Lost) {
			f.Level = handoff.LevelError
		}
	}
	for _, d := range m.Doubts {
		if d.stands() {
			findings = append(findings, d.Finding)
		}
	}
	return findings
}

// lacks reports whether any of some records is lost.
func (m *auditMark) lacks(ids []string) bool {
	return slices.ContainsFunc(m.Lost, func(r lostRecord) bool {
		name, ok := store.ParseRecordName(m.Dir, r.Path)
		return ok && slices.Contains(ids, name.ID)
	})
}

// notes returns what is no finding.
func (m *auditMark) notes() []Finding {
	var notes []Finding
	for i := range m.Doubts {
		if d := &m.Doubts[i]; d.isUnproven() {
			notes = append(notes, d.note())
		}
	}
	return notes
}

// configs returns the changes of the configuration that are part of history.
func (m *auditMark) configs() []ConfigChange {
	return slices.DeleteFunc(slices.Clone(m.Configs), func(c ConfigChange) bool { return c.Gone })
}

// goneMark is where a mark says of something that its commit is gone.
type goneMark struct {
	commit     string // "" for no commit
	gone, main *bool  // main is nil for what is not reported once it is gone
}

// goneMarks are those of all that has a commit.
func (m *auditMark) goneMarks() []goneMark {
	var marks []goneMark
	for i := range m.Findings {
		f := &m.Findings[i]
		marks = append(marks, goneMark{f.Commit, &f.Gone, &f.Main})
	}
	for i := range m.Doubts {
		marks = append(marks, goneMark{m.Doubts[i].Commit, &m.Doubts[i].Gone, nil})
	}
	for i := range m.Said {
		marks = append(marks, goneMark{m.Said[i].Commit, &m.Said[i].Gone, nil})
	}
	for i := range m.Configs {
		marks = append(marks, goneMark{m.Configs[i].Commit, &m.Configs[i].Gone, nil})
	}
	return marks
}

// noteStep notes that one configuration became another.
func (m *auditMark) noteStep(c odb.TreeChange) {
	before, after := c.Old.Hash.String(), c.New.Hash.String()
	if !c.Old.IsNone() && !slices.Contains(m.Steps[before], after) {
		m.Steps[before] = append(m.Steps[before], after)
	}
}

// ledTo reports whether a configuration became another one, in any number of
// steps.
func (m *auditMark) ledTo(before, after string) bool {
	met := map[string]bool{before: true}
	for pending := []string{before}; len(pending) > 0; {
		at := pending[0]
		pending = pending[1:]
		if at == after {
			return true
		}
		for _, next := range m.Steps[at] {
			if !met[next] {
				met[next] = true
				pending = append(pending, next)
			}
		}
	}
	return false
}

// drop forgets the findings of a kind that is looked for anew.
func (m *auditMark) drop(kind Kind) {
	m.Findings = slices.DeleteFunc(m.Findings, func(f Finding) bool { return f.Kind == kind })
}

// remember writes the mark. That it cannot be written is no error where nothing
// can be: reading never needs write access.
func (a *audit) remember(context.Context) error {
	if a.forgetful {
		return nil
	}
	a.mark.Tips, a.mark.Main, a.mark.Remotes = hexTips(a.tips), hexTips(a.main), a.remotes
	line, err := json.Marshal(a.mark)
	if err != nil {
		return err
	}
	err = a.WriteState(a.path, append(line, '\n'), a.mark.commits, a.mark.proven, a.mark.records)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return nil
	}
	return err
}

// hexTips writes commits as a mark has them.
func hexTips(tips map[string]plumbing.Hash) map[string]string {
	list := make(map[string]string, len(tips))
	for name, hash := range tips {
		list[name] = hash.String()
	}
	return list
}

// add adds the commits of a history.
func (m *auditMark) add(h *git.History) {
	hashes := make([]plumbing.Hash, 0, h.Size())
	for _, slab := range h.Slabs {
		for i := range slab {
			if !slab[i].Known {
				hashes = append(hashes, slab[i].Hash)
			}
		}
	}
	m.commits = addHashes(m.commits, hashes)
	m.Commits = len(m.commits) / odb.HashSize
}

// addSeen adds records that commits off the mainline bear out.
func (m *auditMark) addSeen(blobs []plumbing.Hash) {
	m.proven = addHashes(m.proven, blobs)
	m.Proven = len(m.proven) / odb.HashSize
}

// addHashes adds hashes to a sorted list of distinct ones.
func addHashes(list []byte, hashes []plumbing.Hash) []byte {
	if len(hashes) == 0 {
		return list
	}
	for old := range slices.Chunk(list, odb.HashSize) {
		hashes = append(hashes, plumbing.Hash(old))
	}
	slices.SortFunc(hashes, func(a, b plumbing.Hash) int { return bytes.Compare(a[:], b[:]) })
	hashes = slices.Compact(hashes)
	list = make([]byte, 0, len(hashes)*odb.HashSize)
	for _, hash := range hashes {
		list = append(list, hash[:]...)
	}
	return list
}

// keep remembers the records of a union of refs.
func (m *auditMark) keep(u *recordUnion, refs []git.Ref) {
	m.Refs = nil
	for _, ref := range refs {
		m.Refs = append(m.Refs, ref.Name)
	}
	m.Words, m.records, m.TipRecords = u.names.words, make([]byte, 0, len(u.files)*tipRecordSize), len(u.files)
	for _, f := range u.files {
		k := tipRecord{recordName: f.recordName, ref: uint32(f.ref)}
		copy(k.blob[:], f.hash[:])
		m.records = k.append(m.records)
	}
}

// tipRecords yields the records that the tips had, with their names among
// others. What does not fit together is damaged, and says nothing.
func (m *auditMark) tipRecords(names *recordNames) iter.Seq[tipRecord] {
	positions := make([]int32, len(m.Words))
	for i, word := range m.Words {
		positions[i] = names.word(word)
	}
	return func(yield func(tipRecord) bool) {
		for data := range slices.Chunk(m.records, tipRecordSize) {
			k := readTipRecord(data)
			if uint32(k.kind) >= uint32(len(positions)) || uint32(k.by) >= uint32(len(positions)) || int(k.ref) >= len(m.Refs) {
				continue
			}
			k.kind, k.by = positions[k.kind], positions[k.by]
			if !yield(k) {
				return
			}
		}
	}
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
