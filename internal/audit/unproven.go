package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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

// RecordIDs are ids of records, sorted, a line each.
type RecordIDs []byte

// idLine is how long a line of [RecordIDs] is.
const idLine = handoff.IDLength + 1

// Has reports whether id is one of them.
func (ids RecordIDs) Has(id string) bool {
	_, found := sort.Find(len(ids)/idLine, func(i int) int { return strings.Compare(id, string(ids[i*idLine:(i+1)*idLine-1])) })
	return found
}

// Unproven returns the ids of the verdicts that a squash merge brought to the
// mainline and of which nobody here saw who gave them, as [Run] notes
// them. It looks at the mainline of o alone, and remembers what it has seen: a
// mainline that stays where it is costs one look at a list of ids.
func Unproven(ctx context.Context, r *store.Repo, o Options) (RecordIDs, error) {
	o.Refs, o.Signed, o.Acks = nil, false, false
	a := newAudit(r, memoryPath(r, "squashed"), o)
	a.setTips()
	if list := readUnproven(unprovenPath(r)); list != nil && list.isOf(o.Dir, a.tips, a.main) {
		if len(list.ids) == 0 {
			return nil, nil
		}
		if err := a.setBranches(); err != nil { // any branch may prove them
			return nil, err
		}
		if list.Branches == digestOf(a.remotes) {
			return list.ids, nil // as nearly always
		}
	}
	if err := a.begin(); err != nil {
		return nil, err
	}
	if len(a.mark.notes()) > 0 && a.remotes == nil {
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
		a.mark.Doubts[i].Message, a.mark.Doubts[i].Fix, a.mark.Doubts[i].Author = "", "", ""
	}
	return a.remember(ctx)
}

// unprovenList is what [Unproven] remembers of its answer: a line of JSON,
// and then the ids, a line each.
type unprovenList struct {
	Version  int               `json:"version"` // of the audit
	Dir      string            `json:"dir"`
	Tips     map[string]string `json:"tips"` // of the mainline, reference → commit
	Main     map[string]string `json:"main"`
	Branches string            `json:"branches"` // digest of the commits of all branches, when they were looked at
	Sum      uint32            `json:"sum"`      // of the ids: they are many, and what it is to find is a damaged file

	ids RecordIDs
}

// isOf reports whether a list is the answer for a mainline.
func (l *unprovenList) isOf(dir string, tips, main map[string]plumbing.Hash) bool {
	return l.Version == auditVersion && l.Dir == dir && sameTips(l.Tips, tips) && sameTips(l.Main, main)
}

// maxUnproven is the size of the longest list that is kept, in bytes.
const maxUnproven = 16 << 20

func unprovenPath(r *store.Repo) string { return memoryPath(r, "unproven") }

// readUnproven reads the list. It is nil when there is none, or when it is damaged:
// what it said is found again.
func readUnproven(path string) *unprovenList {
	file, err := plainfile.Open(path, os.O_RDONLY, 0)
	if err != nil {
		return nil // what is in the way, doctor names
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || info.Size() > maxUnproven {
		return nil
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(file, data); err != nil {
		return nil
	}
	line, ids, whole := bytes.Cut(data, []byte{'\n'})
	list := new(unprovenList)
	if !whole || json.Unmarshal(line, list) != nil || list.Sum != sumOf(ids) {
		return nil
	}
	list.ids = ids
	return list
}

// rememberUnproven writes the list, and returns the ids. Where it cannot be
// written, they are found anew the next time.
func (a *audit) rememberUnproven() (RecordIDs, error) {
	list := unprovenList{Version: auditVersion, Dir: a.opts.Dir, Tips: hexTips(a.tips), Main: hexTips(a.main), Branches: digestOf(a.remotes)}
	var ids []string
	for _, note := range a.mark.notes() {
		if handoff.ValidID(note.Record) {
			ids = append(ids, note.Record+"\n")
		}
	}
	slices.Sort(ids)
	list.ids = RecordIDs(strings.Join(slices.Compact(ids), ""))
	list.Sum = sumOf(list.ids)
	line, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	data := slices.Concat(line, []byte{'\n'}, list.ids)
	if len(data) <= maxUnproven && plainfile.Check(unprovenPath(a.Repo)) == nil {
		_ = a.WriteState(unprovenPath(a.Repo), data)
	}
	return list.ids, nil
}

func sumOf(ids RecordIDs) uint32 { return crc32.Checksum(ids, crc32.MakeTable(crc32.Castagnoli)) }

// digestOf returns a short name for a list of lines.
func digestOf(lines []string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}
