package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/plainfile"
	"github.com/handoff-cli/handoff/internal/store"
)

// RecordIDs are ids of records, sorted.
type RecordIDs []string

// Has reports whether id is one of them.
func (ids RecordIDs) Has(id string) bool {
	_, found := slices.BinarySearch(ids, id)
	return found
}

// Unproven returns the ids of the verdicts that a squash merge brought to the
// mainline and of which nobody here saw who gave them, as [Run] notes
// them. It looks at the mainline of o alone, and remembers what it has seen: a
// mainline that stays where it is costs one look at a list of ids.
func Unproven(ctx context.Context, r *store.Repo, o Options) (RecordIDs, error) {
	o.Refs, o.Signed = nil, false
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
	Count    int               `json:"count"`    // of the ids

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
	data, err := io.ReadAll(io.LimitReader(file, maxUnproven+1))
	line, lines, whole := bytes.Cut(data, []byte{'\n'})
	list := new(unprovenList)
	if err != nil || !whole || len(data) > maxUnproven || json.Unmarshal(line, list) != nil {
		return nil
	}
	list.ids = strings.Fields(string(lines))
	damaged := func(id string) bool { return !handoff.ValidID(id) }
	if len(list.ids) != list.Count || slices.ContainsFunc(list.ids, damaged) || !slices.IsSorted(list.ids) {
		return nil
	}
	return list
}

// rememberUnproven writes the list, and returns the ids. Where it cannot be
// written, they are found anew the next time.
func (a *audit) rememberUnproven() (RecordIDs, error) {
	list := unprovenList{Version: auditVersion, Dir: a.opts.Dir, Tips: hexTips(a.tips), Main: hexTips(a.main), Branches: digestOf(a.remotes)}
	for _, note := range a.mark.notes() {
		list.ids = append(list.ids, note.Record)
	}
	slices.Sort(list.ids)
	list.ids = slices.Compact(list.ids)
	list.Count = len(list.ids)
	line, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	var data bytes.Buffer
	data.Write(append(line, '\n'))
	for _, id := range list.ids {
		data.WriteString(id + "\n")
	}
	if data.Len() <= maxUnproven && plainfile.Check(unprovenPath(a.Repo)) == nil {
		_ = a.WriteState(unprovenPath(a.Repo), data.Bytes())
	}
	return list.ids, nil
}

// digestOf returns a short name for a list of lines.
func digestOf(lines []string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}
