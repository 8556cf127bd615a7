package audit

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"sort"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/plainfile"
	"github.com/handoff-cli/handoff/internal/store"
)

// RecordIDs are ids of records. They may be many more than anybody asks for: those of
// a file are read a block at a time, when it is asked for one of them.
type RecordIDs struct {
	list   *unprovenList
	blocks map[int][]byte             // that have been read; a block is sorted ids, a line each
	anew   func() (*RecordIDs, error) // finds them anew, should the file be damaged
}

const (
	idLine  = handoff.IDLength + 1
	blockOf = 512 // ids
)

// Has reports whether id is one of them.
func (ids *RecordIDs) Has(id string) (bool, error) {
	if ids == nil {
		return false, nil
	}
	at := sort.SearchStrings(ids.list.Firsts, id)
	if at == len(ids.list.Firsts) || ids.list.Firsts[at] != id {
		at--
	}
	if at < 0 {
		return false, nil
	}
	block, known := ids.blocks[at]
	if !known {
		var err error
		if block, err = ids.list.block(at); err != nil {
			again, err := ids.anew()
			if err != nil {
				return false, err
			}
			*ids = *again
			return ids.Has(id)
		}
		ids.blocks[at] = block
	}
	_, found := sort.Find(len(block)/idLine, func(i int) int { return strings.Compare(id, string(block[i*idLine:(i+1)*idLine-1])) })
	return found, nil
}

// Unproven returns the ids of the verdicts that a squash merge brought to the
// mainline and of which nobody here saw who gave them, as [Run] notes
// them; nil for none. It looks at the mainline of o alone, and remembers what it has
// seen: a mainline that stays where it is costs one look at a list of ids.
func Unproven(ctx context.Context, r *store.Repo, o Options) (*RecordIDs, error) {
	o.Refs, o.Signed, o.Acks = nil, false, false
	a := newAudit(r, memoryPath(r, "squashed"), o)
	a.setTips()
	if list := readUnproven(unprovenPath(r)); list != nil && list.isOf(o.Dir, a.tips, a.main) {
		if len(list.Firsts) == 0 {
			return nil, nil
		}
		if err := a.setBranches(); err != nil { // any branch may prove them
			return nil, err
		}
		if list.Branches == digestOf(a.remotes) { // as nearly always
			anew := func() (*RecordIDs, error) { return newAudit(r, a.path, o).findUnproven(ctx) }
			return &RecordIDs{list: list, blocks: make(map[int][]byte), anew: anew}, nil
		}
	}
	return newAudit(r, a.path, o).findUnproven(ctx)
}

// findUnproven finds them in what is remembered of the mainline, and in what is new of it.
func (a *audit) findUnproven(ctx context.Context) (*RecordIDs, error) {
	if err := a.begin(); err != nil {
		return nil, err
	}
	if len(a.mark.notes()) > 0 {
		if err := a.setBranches(); err != nil {
			return nil, err
		}
	}
	if !a.mark.covers(a.tips, a.main, a.remotes) {
		if err := a.auditMainline(ctx); err != nil {
			return nil, err
		}
	}
	return a.rememberUnproven()
}

// auditMainline looks at what is new of the mainline.
func (a *audit) auditMainline(ctx context.Context) (err error) {
	if a.verified, err = loadMark(auditPath(a.Repo), a.opts.Dir, a.mark.Shallow, false); err != nil {
		return err
	}
	return a.run(ctx, a.walk, a.judgeCommits, a.endCommits, a.forgetGone, a.resolveDoubts, a.rememberMainline)
}

// setBranches has the commits of all branches looked at.
func (a *audit) setBranches() error {
	branches, err := a.ListRefs("refs/heads/", "refs/remotes/")
	a.setRemotes(branches)
	return err
}

// fewCommits are so few that looking at them again costs less than to remember
// them.
const fewCommits = 200

// rememberMainline is remember for what is worth it.
func (a *audit) rememberMainline(ctx context.Context) error {
	if a.mark.Commits-a.before < fewCommits && a.before > 0 && len(a.mark.Doubts) == a.doubts && len(a.mark.notes()) == 0 {
		return nil
	}
	a.mark.Findings, a.mark.Configs, a.mark.Touched, a.mark.Steps = nil, nil, nil, nil // Audit has them
	a.mark.Doubts = slices.DeleteFunc(a.mark.Doubts, func(d doubt) bool { return d.Kind != KindIdentity || d.Level != handoff.LevelError })
	for i := range a.mark.Doubts { // who asks wants the ids alone
		d := &a.mark.Doubts[i]
		d.Message, d.Fix, d.Author, d.Path, d.At = "", "", "", "", ""
	}
	return a.remember(ctx)
}

// unprovenList is what [Unproven] remembers of its answer: a line of JSON,
// and then the ids, a line each, in blocks.
type unprovenList struct {
	Version  int               `json:"version"` // of the audit
	Dir      string            `json:"dir"`
	Tips     map[string]string `json:"tips"` // of the mainline, reference → commit
	Main     map[string]string `json:"main"`
	Branches string            `json:"branches"` // digest of the commits of all branches, when they were looked at
	Count    int               `json:"count"`    // of the ids
	Firsts   []string          `json:"firsts"`   // the first id of each block
	Sums     []uint32          `json:"sums"`     // of each block: what they are to find is a damaged file

	path string
	head int64 // the length of the line
}

// isOf reports whether a list is the answer for a mainline.
func (l *unprovenList) isOf(dir string, tips, main map[string]plumbing.Hash) bool {
	return l.Version == unprovenVersion && l.Dir == dir && sameTips(l.Tips, tips) && sameTips(l.Main, main)
}

const (
	// unprovenVersion is that of the list, and of what an audit finds.
	unprovenVersion = 100 + auditVersion

	maxUnproven = 16 << 20 // bytes of the longest list that is kept
	maxHead     = 1 << 20  // bytes of its line of JSON
)

func unprovenPath(r *store.Repo) string { return memoryPath(r, "unproven") }

// readUnproven reads the head of the list. It is nil when there is none, or when it is
// damaged: what it said is found again.
func readUnproven(path string) *unprovenList {
	file, err := plainfile.Open(path, os.O_RDONLY, 0)
	if err != nil {
		return nil // what is in the way, doctor names
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil
	}
	line, err := bufio.NewReader(io.LimitReader(file, maxHead)).ReadBytes('\n')
	list := &unprovenList{path: path, head: int64(len(line))}
	if err != nil || json.Unmarshal(line, list) != nil || len(list.Firsts) != len(list.Sums) ||
		list.Count < 0 || len(list.Sums) != (list.Count+blockOf-1)/blockOf || info.Size() != list.head+int64(list.Count)*idLine {
		return nil
	}
	return list
}

// block reads a block of ids.
func (l *unprovenList) block(at int) ([]byte, error) {
	file, err := plainfile.Open(l.path, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	block := make([]byte, min(blockOf, l.Count-at*blockOf)*idLine)
	if _, err := file.ReadAt(block, l.head+int64(at)*blockOf*idLine); err != nil {
		return nil, err
	}
	if sumOf(block) != l.Sums[at] { // or another process has just replaced it
		return nil, errDamagedList
	}
	return block, nil
}

var errDamagedList = errors.New("the list of unproven verdicts is damaged")

// rememberUnproven writes the list, and returns the ids. Where it cannot be
// written, they are found anew the next time.
func (a *audit) rememberUnproven() (*RecordIDs, error) {
	var ids []string
	for _, note := range a.mark.notes() {
		if handoff.ValidID(note.Record) {
			ids = append(ids, note.Record)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) > 0 && a.remotes == nil { // the first ones: all branches were looked at to find them
		if err := a.setBranches(); err != nil {
			return nil, err
		}
	}
	list := &unprovenList{
		Version: unprovenVersion, Dir: a.opts.Dir, Tips: hexTips(a.tips), Main: hexTips(a.main), Branches: digestOf(a.remotes), Count: len(ids),
	}
	known := &RecordIDs{list: list, blocks: make(map[int][]byte)}
	var data [][]byte
	for some := range slices.Chunk(ids, blockOf) {
		block := []byte(strings.Join(some, "\n") + "\n")
		known.blocks[len(data)] = block
		data = append(data, block)
		list.Firsts, list.Sums = append(list.Firsts, some[0]), append(list.Sums, sumOf(block))
	}
	line, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	if len(line)+len(ids)*idLine <= maxUnproven && len(line) < maxHead && plainfile.Check(unprovenPath(a.Repo)) == nil {
		_ = a.WriteState(unprovenPath(a.Repo), slices.Concat([][]byte{append(line, '\n')}, data)...)
	}
	return known, nil
}

func sumOf(ids []byte) uint32 { return crc32.Checksum(ids, crc32.MakeTable(crc32.Castagnoli)) }

// digestOf returns a short name for a list of lines.
func digestOf(lines []string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}
