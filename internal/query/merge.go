package query

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/sorting"
	"github.com/handoff-cli/handoff/internal/text"
)

// RepoAnswer is what the records of one of several repositories say.
type RepoAnswer struct {
	Repo  string
	Asked Query // how the question was read there
	Answer
	Err error // why it is not understood there; nil where it is
}

// Merge makes one answer of those of several repositories to one question: the
// rows of all of them in the order of the topic, each with its repository. The
// question is answered when one of them answers it, with yes when one says yes.
// What could not be read may say otherwise than "none".
//
// Nothing is folded together. Ids and names stand for something in their
// repository only: two rows of one name are two things.
func Merge(answers []RepoAnswer, unread []string, env Env) Answer {
	m := merger{all: answers, unread: unread, env: env}
	m.sort()
	lead := m.leading()
	m.query = lead.Asked
	a := Answer{
		Topic: lead.Topic, Understood: lead.Understood, Answered: len(m.covering) > 0,
		Rows: []row.Row{}, Ask: []string{}, Silent: []Silence{}, found: make(map[row.Type]int),
	}
	m.gather(&a)
	a.Verdict = m.verdict()
	if a.Verdict == verdictUnknown {
		a.Answered = false
	}
	m.say(&a)
	return a
}

// merger is what becomes one answer.
type merger struct {
	all       []RepoAnswer
	with      []RepoAnswer // those with rows; of a question of yes or no that decide it
	covering  []RepoAnswer // those that answer it
	uncovered []string     // the repositories of the others
	unread    []string     // repositories that could not be read
	query     Query
	env       Env
}

// sort tells the answers apart: those that say yes stand for all of them.
func (m *merger) sort() {
	yes := func(of RepoAnswer) bool { return of.Verdict == verdictYes }
	deciding := m.all
	if slices.ContainsFunc(m.all, yes) {
		deciding = filter(m.all, yes)
	}
	m.with = filter(deciding, func(of RepoAnswer) bool { return len(of.Rows) > 0 && of.Answered })
	if len(m.with) == 0 {
		m.with = filter(deciding, func(of RepoAnswer) bool { return len(of.Rows) > 0 })
	}
	m.covering = filter(m.all, func(of RepoAnswer) bool { return of.Answered && of.Err == nil })
	for _, of := range m.all {
		if !of.Answered && of.Err == nil {
			m.uncovered = append(m.uncovered, of.Repo)
		}
	}
}

// leading is the answer in whose repository the question was read as it was meant:
// where names in it are known.
func (m *merger) leading() RepoAnswer {
	understood := filter(m.all, func(of RepoAnswer) bool { return of.Err == nil })
	return slices.Concat(m.with, m.covering, understood, m.all)[0]
}

// gather collects the rows of all, and who says nothing.
func (m *merger) gather(a *Answer) {
	var rows []candidate
	for _, of := range m.all {
		a.Total += of.Total
		a.outdated += of.outdated
		for t, n := range of.found {
			a.found[t] += n
		}
		for _, c := range of.ranked {
			c.row = row.InRepo{Repo: of.Repo, Row: c.row}
			rows = append(rows, c)
		}
		a.Silent = append(a.Silent, of.silent()...)
	}
	sortCandidates(rows, specOf(m.query.Topic).order)
	if m.query.Test != nil {
		sorting.By(rows, func(a, b candidate) int { return compareFlags(!m.decides(a.row), !m.decides(b.row)) })
	}
	a.hold(rows, m.query.Limit)
	if len(m.with) > 0 {
		a.Silent = []Silence{}
	}
}

// decides reports whether a row is of a repository that decides the question.
func (m *merger) decides(line row.Row) bool {
	return slices.ContainsFunc(m.with, func(of RepoAnswer) bool { return of.Repo == repoOf(line) })
}

// verdict is yes where one repository says yes. That nothing is there is only known
// when all have been read.
func (m *merger) verdict() string {
	said := func(verdict string) bool {
		return slices.ContainsFunc(m.all, func(of RepoAnswer) bool { return of.Verdict == verdict })
	}
	switch {
	case m.query.Test == nil:
		return ""
	case said(verdictYes):
		return verdictYes
	case said(verdictNo) && (len(m.unread) == 0 || len(m.with) > 0 && len(m.covering) > 0):
		return verdictNo
	}
	return verdictUnknown
}

// say fills in what the answer says.
func (m *merger) say(a *Answer) {
	switch {
	case len(m.with) > 0:
		a.states = m.found(a)
	case len(m.covering) > 0:
		a.states = m.noneIn()
	default:
		a.states = m.uncoveredIn(a)
	}
	a.states += m.reservations(a.Verdict)
	a.Say = a.states
	switch {
	case a.Answered && a.Verdict != "" && len(m.with) > 0:
		a.Say = a.Verdict + ", " + a.states
	case a.Answered && a.Verdict != "":
		a.Say = a.Verdict + ": " + a.states
	case a.Answered:
		return
	case a.Verdict != "":
		a.Say = "not on record: " + a.states
	}
	if !a.Answered {
		m.advise(a)
	}
	a.Say = text.OneLine(a.Say)
}

// reservations says where an answer may be otherwise.
func (m *merger) reservations(verdict string) string {
	var say []string
	add := func(repos []string, what string) {
		if n := len(repos); n > listed {
			say = append(say, what+" in "+repositories(n))
		} else if n > 0 {
			say = append(say, what+" in "+text.And(repos))
		}
	}
	var misread, undecided []string
	for _, of := range m.all {
		var ambiguous *handoff.AmbiguousError
		switch {
		case errors.As(of.Err, &ambiguous):
			say = append(say, "in "+of.Repo+" "+ambiguous.Error())
		case of.Err != nil:
			misread = append(misread, of.Repo)
		case verdict == verdictNo && of.Verdict == verdictUnknown && len(of.Rows) > 0:
			undecided = append(undecided, of.Repo)
		}
	}
	add(misread, "it is not understood")
	add(undecided, "it is not on record")
	add(m.unread, "nothing could be read")
	return strings.Join(append([]string{""}, say...), "; ")
}

// found says what was found, and where.
func (m *merger) found(a *Answer) string {
	if len(m.with) == 1 || m.query.Test != nil {
		var parts []string
		for _, of := range m.with[:min(len(m.with), listed)] {
			parts = append(parts, "in "+of.Repo+": "+of.states)
		}
		if more := len(m.with) - listed; more > 0 {
			parts = append(parts, "and in "+repositories(more)+" more")
		}
		return strings.Join(parts, "; ")
	}
	r := runner{query: m.query, env: m.env}
	say := a.summary() + r.narrowing() + " in " + repositories(len(m.with))
	if m.query.Topic == Search || m.query.Topic == Changed || m.query.Form == FormHowMany {
		return say
	}
	var names []string
	for _, c := range a.ranked[:min(len(a.ranked), listed)] {
		of := c.row.(row.InRepo)
		names = append(names, of.Repo+": "+r.short(of.Row))
	}
	if more := a.Total - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return say + ": " + strings.Join(names, ", ")
}

// noneIn says that there is nothing, how many handoffs of how many repositories
// say so, and where no record covers it.
func (m *merger) noneIn() string {
	said := filter(m.covering, func(of RepoAnswer) bool { return !of.none.fixed })
	say := m.covering[0].none.say
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
	switch n := len(m.uncovered); {
	case n == 0:
		return say
	case n > listed:
		return say + "; no record covers it in " + repositories(n)
	}
	return say + "; no record covers it in " + strings.Join(m.uncovered, " or ")
}

// uncoveredIn says that no record covers the question, or knows a name in it.
func (m *merger) uncoveredIn(a *Answer) string {
	in := " in " + repositories(len(m.all))
	if m.query.Unknown == "" {
		return text.JoinNonEmpty(", ", "no record covers it"+in, silences(a.Silent))
	}
	var near []string
	for _, of := range m.all {
		for _, name := range of.near {
			near = append(near, name+" ("+of.Repo+")")
		}
	}
	say := unknownName(m.query.Unknown, near[:min(len(near), listed)])
	return strings.Replace(say, "no record knows", "no record"+in+" knows", 1)
}

// advise says whom to ask and why, in which repository.
func (m *merger) advise(a *Answer) {
	var people []knower
	for _, of := range m.all {
		for _, k := range of.knowers {
			if !slices.ContainsFunc(people, func(known knower) bool { return known.who == k.who }) {
				people = append(people, knower{k.who, k.why + " (" + of.Repo + ")"})
			}
		}
	}
	if a.Ask = handlesOf(people); len(people) > 0 {
		a.Say += "; ask " + reasons(people)
	}
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
