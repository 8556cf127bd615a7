package query

import (
	"fmt"
	"slices"
	"strings"
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
	a := Answer{Topic: spec.Name, Rows: []Row{}, Ask: []string{}, found: make(map[Type]int)}
	var rows []candidate
	var with, covering []RepoAnswer
	for _, of := range answers {
		a.Total += of.Total
		a.outdated += of.outdated
		for t, n := range of.found {
			a.found[t] += n
		}
		for _, c := range of.ranked {
			c.row = RepoRow{of.Repo, c.row}
			rows = append(rows, c)
		}
		if of.Answered {
			a.Answered = true
			covering = append(covering, of)
		}
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
		a.Ask = []string{}
	case a.Answered:
		a.Say = noneIn(covering)
		a.Ask = []string{}
	default:
		slices.Sort(a.Ask)
		a.Ask = slices.Compact(a.Ask)
		a.Say = "no record covers it in " + repositories(len(answers))
		if len(a.Ask) > 0 {
			a.Say += ": ask " + strings.Join(a.Ask, " or ")
		}
	}
	return a
}

// noneIn says that there is nothing, and how many handoffs of how many
// repositories say so.
func noneIn(covering []RepoAnswer) string {
	said := slices.DeleteFunc(slices.Clone(covering), func(of RepoAnswer) bool { return of.none.handoffs == 0 })
	if len(said) == 0 {
		return covering[0].none.say
	}
	all := said[0].none
	for _, of := range said[1:] {
		all.handoffs += of.none.handoffs
	}
	return fmt.Sprintf("%s; %s so in %s", all.say, all.sayers(), repositories(len(said)))
}

func repositories(n int) string {
	if n == 1 {
		return "1 repository"
	}
	return fmt.Sprintf("%d repositories", n)
}
