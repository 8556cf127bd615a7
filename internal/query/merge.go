package query

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/row"
)

// RepoAnswer is what the records of one of several repositories say.
type RepoAnswer struct {
	Repo string
	Answer
}

// Merge makes one answer of those of several repositories to one question: the
// rows of all of them in the order of the topic, each with its repository. The
// question is answered when one of them answers it.
//
// Nothing is folded together. Ids and names stand for something in their
// repository only: two rows of one name are two things.
func Merge(q Query, answers []RepoAnswer) Answer {
	spec, _ := findTopic(q.Topic)
	a := Answer{Topic: spec.Name, Rows: []row.Row{}, Ask: []string{}, Silent: []Silence{}, found: make(map[row.Type]int)}
	var rows []candidate
	var with, covering []RepoAnswer
	var uncovered []string
	for _, of := range answers {
		a.Total += of.Total
		a.outdated += of.outdated
		for t, n := range of.found {
			a.found[t] += n
		}
		for _, c := range of.ranked {
			c.row = row.InRepo{Repo: of.Repo, Row: c.row}
			rows = append(rows, c)
		}
		if of.Answered {
			a.Answered = true
			covering = append(covering, of)
		} else {
			uncovered = append(uncovered, of.Repo)
		}
		a.Silent = append(a.Silent, of.silent()...)
		if len(of.Rows) > 0 {
			with = append(with, of)
		}
		a.Ask = append(a.Ask, of.Ask...)
	}
	sortCandidates(rows, spec.order)
	a.hold(rows, q.Limit)
	switch {
	case len(with) > 0:
		a.Say = a.summary() + " in " + repositories(len(with))
		a.Ask, a.Silent = []string{}, []Silence{}
	case a.Answered:
		a.Say = noneIn(covering, uncovered)
		a.Ask = []string{}
	default:
		slices.Sort(a.Ask)
		a.Ask = slices.Compact(a.Ask)
		a.Say = "no record covers it in " + repositories(len(answers))
		if len(a.Silent) > 0 {
			a.Say += ", " + silences(a.Silent)
		}
		if len(a.Ask) > 0 {
			a.Say += ": ask " + strings.Join(a.Ask, " or ")
		}
	}
	return a
}

// noneIn says that there is nothing, how many handoffs of how many repositories
// say so, and where no record covers it.
func noneIn(covering []RepoAnswer, uncovered []string) string {
	said := slices.DeleteFunc(slices.Clone(covering), func(of RepoAnswer) bool { return of.none.fixed })
	say := covering[0].none.say
	if len(said) > 0 {
		all := said[0].none
		all.newest = time.Time{}
		for _, of := range said[1:] {
			all.all += of.none.all
			all.sayers += of.none.sayers
			all.less = cmp.Or(all.less, of.none.less)
		}
		all.silent = nil
		for _, of := range said {
			all.silent = append(all.silent, of.silent()...)
		}
		say = all.sentence(time.Time{}, " in "+repositories(len(said)))
	}
	switch n := len(uncovered); {
	case n == 0:
		return say
	case n > listed:
		return say + "; no record covers it in " + repositories(n)
	}
	return say + "; no record covers it in " + strings.Join(uncovered, " or ")
}

// silent are those who say nothing, each with the repository.
func (a RepoAnswer) silent() []Silence {
	list := slices.Clone(a.Silent)
	for i := range list {
		list[i].Repo = a.Repo
	}
	return list
}

func repositories(n int) string {
	if n == 1 {
		return "1 repository"
	}
	return fmt.Sprintf("%d repositories", n)
}
