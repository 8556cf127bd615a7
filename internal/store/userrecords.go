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
)

// userRecords finds the records of foreign refs that the user committed, and that
// no other ref has.
type userRecords struct {
	list        *dayList // of the other refs, complete
	introducing *introducing
	held        map[string]map[treeFile]bool // path of a day → the records there, without their mode; as far as they were needed
	found       map[plumbing.Hash][]treeFile // directory of records → the records in it that no other ref has
}

// days returns the days of the ref at a position with the records that the user
// committed.
func (u *userRecords) days(pos int, ref Ref) []Day {
	dir := u.introducing.dir
	c, err := u.introducing.repo.ReadCommit(ref.Hash)
	if err != nil {
		return nil
	}
	top := u.introducing.at(c.tree, dir)
	files, ok := u.found[top]
	if !ok && !top.IsZero() {
		files = u.unknown(treeFile{Path: dir, Mode: dirMode, Hash: top})
		u.found[top] = files
	}
	byDay := make(map[string][]File)
	u.introducing.walk(ref.Hash, files, func(c CommitInfo, files []treeFile) {
		for _, f := range files {
			if ref.Only.judge.mine(c.Committer) {
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
func (u *userRecords) unknown(top treeFile) []treeFile {
	var files []treeFile
	peek := dayList{objects: u.list.objects, seen: u.list.seen, paths: make(map[plumbing.Hash]int), peek: true}
	peek.found = func(day treeFile) {
		held := u.heldOn(day.Path)
		for e, err := range u.list.objects.entries(day.Path, day.Hash) {
			if err != nil {
				return
			}
			f := treeFile{Path: joinTreePath(day.Path, string(e.name)), Mode: e.mode, Hash: e.hash}
			if _, isRecord := parseRecordName(top.Path, f.Path); isRecord && e.mode == plainMode && !held[treeFile{Path: f.Path, Hash: f.Hash}] {
				files = append(files, f)
			}
		}
	}
	peek.list(top, dayDigits)
	return files
}

// heldOn returns the records that the other refs have in a day.
func (u *userRecords) heldOn(day string) map[treeFile]bool {
	held, ok := u.held[day]
	if ok {
		return held
	}
	held = make(map[treeFile]bool)
	for _, d := range u.list.days {
		if d.Path != day {
			continue
		}
		for e, err := range u.list.objects.entries(day, plumbing.NewHash(d.Tree)) {
			if err == nil && e.mode == plainMode {
				held[treeFile{Path: joinTreePath(day, string(e.name)), Hash: e.hash}] = true
			}
		}
	}
	u.held[day] = held
	return held
}
