package store

import (
	"cmp"
	"crypto/sha1"
	"encoding/hex"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// userRecords finds the records of foreign refs that the user committed, and that
// no other ref has.
type userRecords struct {
	list        *dayList // of the other refs, complete
	introducing *introducing
	held        map[string]map[odb.TreeFile]bool // path of a day → the records there, without their mode; as far as they were needed
	found       map[plumbing.Hash][]odb.TreeFile // directory of records → the records in it that no other ref has
}

// days returns the days of the ref at a position with the records that the user
// committed.
func (u *userRecords) days(pos int, ref git.Ref) []Day {
	dir := u.introducing.dir
	c, err := u.introducing.repo.ReadCommit(ref.Hash)
	if err != nil {
		return nil
	}
	top := u.introducing.at(c.Tree, dir)
	files, ok := u.found[top]
	if !ok && !top.IsZero() {
		files = u.unknown(odb.TreeFile{Path: dir, Mode: odb.DirMode, Hash: top})
		u.found[top] = files
	}
	byDay := make(map[string][]File)
	u.introducing.walk(ref.Hash, files, func(c git.CommitInfo, files []odb.TreeFile) {
		for _, f := range files {
			if ref.Only.Mine(c.Committer) {
				day := path.Dir(f.Path)
				byDay[day] = append(byDay[day], File{Path: f.Path, Mode: uint32(f.Mode), Blob: f.Hash.String()})
			}
		}
	})
	var days []Day
	for _, day := range slices.Sorted(maps.Keys(byDay)) {
		files := byDay[day]
		slices.SortFunc(files, func(a, b File) int { return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Blob, b.Blob)) })
		sum := sha1.New()
		for _, f := range files {
			sum.Write([]byte(f.Path + "\x00" + f.Blob + "\x00"))
		}
		days = append(days, Day{Path: day, Tree: "user " + hex.EncodeToString(sum.Sum(nil)), Ref: pos, files: files})
	}
	return days
}

// unknown returns the records in a directory of records that no other ref has.
func (u *userRecords) unknown(top odb.TreeFile) []odb.TreeFile {
	var files []odb.TreeFile
	peek := dayList{objects: u.list.objects, seen: u.list.seen, paths: make(map[plumbing.Hash]int), peek: true}
	peek.found = func(day odb.TreeFile) {
		held := u.heldOn(day.Path)
		for e, err := range u.list.objects.Entries(day.Path, day.Hash) {
			if err != nil {
				return
			}
			f := odb.TreeFile{Path: odb.JoinTreePath(day.Path, string(e.Name)), Mode: e.Mode, Hash: e.Hash}
			if _, isRecord := ParseRecordName(top.Path, f.Path); isRecord && e.Mode == odb.PlainMode && !held[odb.TreeFile{Path: f.Path, Hash: f.Hash}] {
				files = append(files, f)
			}
		}
	}
	peek.list(top, odb.DayDigits)
	return files
}

// heldOn returns the records that the other refs have in a day.
func (u *userRecords) heldOn(day string) map[odb.TreeFile]bool {
	held, ok := u.held[day]
	if ok {
		return held
	}
	held = make(map[odb.TreeFile]bool)
	for _, d := range u.list.days {
		if d.Path != day {
			continue
		}
		for e, err := range u.list.objects.Entries(day, plumbing.NewHash(d.Tree)) {
			if err == nil && e.Mode == odb.PlainMode {
				held[odb.TreeFile{Path: odb.JoinTreePath(day, string(e.Name)), Hash: e.Hash}] = true
			}
		}
	}
	u.held[day] = held
	return held
}
