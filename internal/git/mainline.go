package git

import (
	"cmp"
	"slices"
)

// Mainline returns the tips to which review leads: of the default branch and of
// the branch of records that the scope names, each as its remote has it and as it
// is here. Where there is no default branch, the branch that is checked out
// stands for it, unless it is foreign. What cannot be read is left out.
func (r *Repo) Mainline(scope Scope) ([]Ref, error) {
	head, headErr := r.Head()
	branches, err := r.ListRefs("refs/heads/", "refs/remotes/")
	if err != nil {
		return nil, err
	}
	at := Ref{Name: cmp.Or(head.Ref, "HEAD"), Hash: head.Hash, Err: headErr}
	j, err := r.newRefJudge(scope, at, branches)
	if err != nil {
		return nil, err
	}
	j.judge(&at)
	hasDefault := false
	main := slices.DeleteFunc(branches, func(ref Ref) bool {
		hasDefault = hasDefault || j.ranks[ref.Name] < rankRecords
		return j.ranks[ref.Name] == rankBranch || ref.Err != nil || !r.HasCommit(ref.Hash)
	})
	if !hasDefault && headErr == nil && !head.Detached && !head.Unborn && !at.Foreign {
		main = append(main, at)
	}
	for i := range main {
		main[i].Rank = j.ranks[main[i].Name]
	}
	slices.SortStableFunc(main, func(a, b Ref) int { return cmp.Compare(a.Rank, b.Rank) })
	return main, nil
}
