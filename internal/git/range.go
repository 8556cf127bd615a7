package git

import (
	"context"
	"slices"
	"strings"
)

// Range returns the commits that head reaches and none of bases does, parents
// before their children. All are hashes.
func (r *Repo) Range(ctx context.Context, head string, bases ...string) ([]CommitInfo, error) {
	args := []string{"rev-list", "--topo-order", "--reverse", "--end-of-options", head}
	for _, base := range bases {
		args = append(args, "^"+base)
	}
	out, err := r.Git.Output(ctx, args...)
	if err != nil {
		return nil, err
	}
	var commits []CommitInfo
	for hash := range strings.FieldsSeq(string(out)) {
		c, err := r.ReadCommit(hash)
		if err != nil {
			return nil, err
		}
		commits = append(commits, c)
	}
	return r.withoutReached(ctx, commits, bases)
}

// withoutReached drops what bases reach from a range of git. Git follows the
// dates of commits, and ends its walk when what is left is older than what it
// wants: where clocks were wrong, commits of a base stay in the range.
//
// If there is such a commit, there is one whose parents are not in the range.
// Those are few, so only they are looked for, until none is found.
func (r *Repo) withoutReached(ctx context.Context, commits []CommitInfo, bases []string) ([]CommitInfo, error) {
	search := reachSearch{repo: r, parsed: make(map[string]CommitInfo)}
	in := make(map[string]bool, len(commits))
	for _, c := range commits {
		in[c.Hash] = true
		search.parsed[c.Hash] = c
	}
	clean := make(map[string]bool) // commits that no base reaches
	for {
		var lowest []string
		for _, c := range commits {
			if !clean[c.Hash] && !slices.ContainsFunc(c.Parents, func(parent string) bool { return in[parent] }) {
				lowest = append(lowest, c.Hash)
			}
		}
		if len(lowest) == 0 || len(bases) == 0 {
			return commits, nil
		}
		for some := range slices.Chunk(lowest, reachTargets) {
			reached, err := search.reached(ctx, bases, some)
			if err != nil {
				return nil, err
			}
			for i, hash := range some {
				in[hash], clean[hash] = !reached[i], !reached[i]
			}
		}
		commits = slices.DeleteFunc(commits, func(c CommitInfo) bool { return !in[c.Hash] })
	}
}

// reachTargets is how many commits are looked for together.
const reachTargets = 63

// reachSearch looks for commits below others, whatever their dates say: these
// only decide what is looked at first.
type reachSearch struct {
	repo   *Repo
	parsed map[string]CommitInfo
	met    map[string]*recentCommit
	marks  map[string]reachMarks
	queue  recentQueue
	open   int // how many in the queue are below a base, and not below all targets
	all    reachMarks
}

// reachMarks says from where a commit was reached: the bit of each target, and
// fromBase.
type reachMarks uint64

const fromBase reachMarks = 1 << reachTargets

// reached reports which of targets are below bases, or one of them. No commit
// between a base and a target is below that target. So the search ends where all
// commits to look at are below all targets.
func (s *reachSearch) reached(ctx context.Context, bases, targets []string) ([]bool, error) {
	s.met, s.marks = make(map[string]*recentCommit), make(map[string]reachMarks)
	s.queue, s.open, s.all = nil, 0, fromBase|1<<len(targets)-1
	for i, hash := range targets {
		s.mark(hash, 1<<i)
	}
	for _, base := range bases {
		s.mark(base, fromBase)
	}
	for s.open > 0 {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		c := s.queue.pop()
		c.visited = true
		marks := s.marks[c.Hash]
		if s.isOpen(marks) {
			s.open--
		}
		for _, parent := range c.Parents {
			s.mark(parent, marks)
		}
	}
	reached := make([]bool, len(targets))
	for i, hash := range targets {
		reached[i] = s.marks[hash]&fromBase != 0
	}
	return reached, nil
}

func (s *reachSearch) isOpen(marks reachMarks) bool { return marks&fromBase != 0 && marks != s.all }

// mark adds marks to a commit, and queues it when it did not have them.
func (s *reachSearch) mark(hash string, marks reachMarks) {
	before := s.marks[hash]
	now := before | marks
	if now == before {
		return
	}
	s.marks[hash] = now
	if c := s.met[hash]; c != nil && !c.visited {
		if s.isOpen(before) {
			s.open--
		}
	} else {
		s.met[hash] = &recentCommit{CommitInfo: s.read(hash)}
		s.queue.push(s.met[hash])
	}
	if s.isOpen(now) {
		s.open++
	}
}

// read returns a commit. History ends where commits are missing.
func (s *reachSearch) read(hash string) CommitInfo {
	c, ok := s.parsed[hash]
	if !ok {
		var err error
		if c, err = s.repo.ReadCommit(hash); err != nil {
			c = CommitInfo{Hash: hash}
		}
		s.parsed[hash] = c
	}
	return c
}
