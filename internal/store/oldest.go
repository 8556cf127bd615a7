package store

import (
	"cmp"
	"context"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// Oldest returns of each group of files that refs hold the position of the one that
// was committed first: a commit is younger than those that it reaches, whatever
// its clock said; otherwise the dates of the committers count, and of two that are
// equal, so that the answer is the same in every clone, the hashes of the
// contents. The files are below dir, a slash-separated path.
func (r *Repo) Oldest(ctx context.Context, refs []git.Ref, dir string, groups [][]File) ([]int, error) {
	objects, err := r.LoadObjects()
	if err != nil {
		return nil, err
	}
	search := oldestSearch{
		introducing: r.newIntroducing(objects, strings.Trim(dir, "/")),
		wanted:      make(map[string][]odb.TreeFile), first: make(map[odb.TreeFile][]git.CommitInfo), known: make(map[plumbing.Hash][]odb.TreeFile),
	}
	for _, group := range groups {
		for _, f := range group {
			day := path.Dir(f.Path)
			search.wanted[day] = append(search.wanted[day], wantedFile(f))
		}
	}
	for _, ref := range refs {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if ref.Err == nil {
			search.ref(ref.Hash)
		}
	}
	positions := make([]int, len(groups))
	for i, group := range groups {
		positions[i] = search.eldest(group)
	}
	return positions, nil
}

func wantedFile(f File) odb.TreeFile {
	return odb.TreeFile{Path: f.Path, Hash: plumbing.NewHash(f.Blob)}
}

// oldestSearch looks for the first commits of files.
type oldestSearch struct {
	*introducing
	wanted map[string][]odb.TreeFile // by the path of their day
	first  map[odb.TreeFile][]git.CommitInfo
	known  map[plumbing.Hash][]odb.TreeFile // which of them are in a directory of records
}

// ref looks in the history of a tip.
func (s *oldestSearch) ref(tip string) {
	c, err := s.repo.ReadCommit(tip)
	if err != nil {
		return
	}
	top := s.at(c.Tree, s.dir)
	here, ok := s.known[top]
	if !ok {
		here = s.within(top)
		s.known[top] = here
	}
	if len(here) > 0 {
		s.walk(tip, here, func(c git.CommitInfo, files []odb.TreeFile) {
			for _, f := range files {
				s.first[f] = append(s.first[f], c)
			}
		})
	}
}

// within returns the files that are in a directory of records.
func (s *oldestSearch) within(top plumbing.Hash) []odb.TreeFile {
	var here []odb.TreeFile
	for _, day := range slices.Sorted(maps.Keys(s.wanted)) {
		has := s.files(day, s.at(top, strings.TrimPrefix(day, s.dir+"/")))
		for _, f := range s.wanted[day] {
			if has[f] {
				here = append(here, f)
			}
		}
	}
	return here
}

// eldest returns the position of the file with the oldest of its first commits.
func (s *oldestSearch) eldest(files []File) int {
	pos, oldest := -1, git.CommitInfo{}
	for i, f := range files {
		commits := s.first[wantedFile(f)]
		if len(commits) == 0 {
			continue
		}
		c := slices.MinFunc(commits, func(a, b git.CommitInfo) int {
			return cmp.Or(a.Committer.When.Compare(b.Committer.When), strings.Compare(a.Hash, b.Hash))
		})
		if pos < 0 || s.repo.older(c, f, oldest, files[pos]) {
			pos, oldest = i, c
		}
	}
	return max(pos, 0)
}

// older reports whether a file was committed before another one.
func (r *Repo) older(a git.CommitInfo, file File, b git.CommitInfo, other File) bool {
	switch {
	case r.reaches(b, a.Hash):
		return true
	case r.reaches(a, b.Hash):
		return false
	}
	return cmp.Or(a.Committer.When.Compare(b.Committer.When), strings.Compare(file.Blob, other.Blob),
		strings.Compare(file.Path, other.Path)) < 0
}

// maxReached is how many commits are looked at for one that they may reach.
const maxReached = 2000

// reaches reports whether a commit is a descendant of another one, which is not
// far.
func (r *Repo) reaches(c git.CommitInfo, ancestor string) bool {
	met := map[string]bool{c.Hash: true}
	for todo := slices.Clone(c.Parents); len(todo) > 0 && len(met) < maxReached; todo = todo[1:] {
		hash := todo[0]
		if hash == ancestor {
			return true
		}
		if met[hash] {
			continue
		}
		met[hash] = true
		if p, err := r.ReadCommit(hash); err == nil {
			todo = append(todo, p.Parents...)
		}
	}
	return false
}
