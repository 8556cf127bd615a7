package form

import (
	"cmp"
	"context"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// Setup is what somebody is asked who sets a team up.
type Setup struct {
	People, Teams []string // a line for each
	Hook          bool
	CI            string // a service, or NoCI
	Branch        string // for the records

	Asked      []string // the keys of the questions that are put: what is settled is not asked
	PersonForm string   // how a line of People is written
	TeamForm   string   // likewise
	Known      []string // what git knows of the people
	CIServices []string

	// Check says what is wrong with the answers, as far as they are given up to a
	// question.
	Check func(question string) error
	// Preview is what the answers lead to; nothing to confirm where body is nil.
	Preview func() (title string, body []string)
}

// NoCI is the answer that no service is meant.
const NoCI = "none"

// The questions of a [Setup], in their order.
const (
	SetupPeople = "people"
	SetupTeams  = "teams"
	SetupHook   = "hook"
	SetupCI     = "ci"
	SetupBranch = "branch"
)

// Ask asks, and then whether to go on. The no is [ErrStopped].
func (f *Setup) Ask(ctx context.Context, asker Asker) error {
	goes := "yes"
	pages := func() (all []shortPage) {
		for _, key := range f.Asked {
			all = append(all, f.page(key))
		}
		if f.Check(SetupBranch) != nil {
			return all // which begins anew, with what is wrong
		}
		if title, body := f.Preview(); body != nil {
			all = append(all, shortPage{
				id: "confirm",
				build: func() *Screen {
					return &Screen{Title: title, Body: body, Fields: []*Field{choice("go", "Go on?", goes, "yes", "no")}}
				},
				take: func(s *Screen) { goes = s.Text("go") },
			})
		}
		return all
	}
	err := runShort(ctx, asker, pages, func() []handoff.Finding {
		if err := f.Check(SetupBranch); err != nil {
			return []handoff.Finding{{Code: "HO101", Level: handoff.LevelError, Message: err.Error()}}
		}
		return nil
	})
	if err == nil && goes != "yes" {
		err = ErrStopped
	}
	return err
}

// page is one question.
func (f *Setup) page(key string) shortPage {
	switch key {
	case SetupPeople:
		return f.lines(key, &f.People, Screen{Title: "Who works here?", Facts: f.Known, Body: []string{
			"A line for each: " + f.PersonForm,
			"With zones and hours, deadlines run while people work, and times are shown on each one's clock.",
		}}, "People", "empty: anybody, by their git identity; config.yaml takes more at any time")
	case SetupTeams:
		return f.lines(key, &f.Teams, Screen{Title: "Which teams are there?", Body: []string{
			"A line for each: " + f.TeamForm,
			"A handoff can be to team:NAME then, and handoff stats speaks of each.",
		}}, "Teams", "empty: none")
	case SetupHook:
		return shortPage{id: key, build: f.hookScreen, take: func(s *Screen) { f.Hook = s.Text(key) == "yes" }}
	case SetupCI:
		return shortPage{id: key, build: f.ciScreen, take: func(s *Screen) { f.CI = s.Text(key) }}
	}
	return shortPage{id: key, build: f.branchScreen, take: func(s *Screen) { f.Branch = cmp.Or(s.Text(key), f.Branch) }}
}

// lines is a question that is answered in lines, each of which is read at once.
func (f *Setup) lines(key string, into *[]string, s Screen, label, help string) shortPage {
	s.Fields = []*Field{{Kind: Lines, Key: key, Label: label, Help: help, Value: strings.Join(*into, "\n"), Read: func(typed string) error {
		*into = answerLines(typed)
		return f.Check(key)
	}}}
	return shortPage{id: key, build: func() *Screen { return &s }, take: func(s *Screen) { *into = answerLines(s.Text(key)) }}
}

// answerLines are the lines of an answer, not nil where it is that there are none.
func answerLines(typed string) []string {
	if strings.TrimSpace(typed) == Clear {
		typed = ""
	}
	return append([]string{}, splitLines(typed)...)
}

func (f *Setup) hookScreen() *Screen {
	hook := "no"
	if f.Hook {
		hook = "yes"
	}
	return &Screen{Title: "Shall a push remind you when a handoff is due?", Body: []string{
		"It prints three lines near the end of your day, asks nothing, and stops no push. It is for this clone: the others run handoff init in theirs.",
	}, Fields: []*Field{choice(SetupHook, "Reminder", hook, "yes", "no")}}
}

func (f *Setup) ciScreen() *Screen {
	menu := &Field{Kind: Menu, Key: SetupCI, Label: "Service", Value: f.CI, Options: []Option{{NoCI, NoCI}}}
	for _, service := range f.CIServices {
		menu.Options = append(menu.Options, Option{service, service})
	}
	return &Screen{Title: "Shall pull requests be checked?", Body: []string{
		"Writes a workflow that says whether somebody else could take a pull request over. You review and commit it. It warns, and blocks nothing until you say so in it.",
	}, Fields: []*Field{menu}}
}

func (f *Setup) branchScreen() *Screen {
	return &Screen{Title: "Which branch do the records go to?", Body: []string{
		"current: the one that is checked out, beside the work that they are about.",
		"A name, such as handoffs: a branch of their own, as where the main one takes pull requests only.",
	}, Fields: []*Field{{Kind: Line, Key: SetupBranch, Label: "Branch", Default: f.Branch, Read: func(typed string) error {
		if typed != "" && typed != Clear {
			f.Branch = typed
		}
		return f.Check(SetupBranch)
	}}}}
}
