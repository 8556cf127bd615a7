package query

import (
	"fmt"
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
)

// UnknownQuestionError is a question that is not understood.
type UnknownQuestionError struct {
	Question string  // "" when nothing was asked
	Suggest  []Topic // the nearest ones, three at most
	Slip     bool    // a word of it looks like the topic
	Sought   bool    // its words were searched for, and no record holds them
}

func (e *UnknownQuestionError) Error() string {
	question := shortName(e.Question)
	switch {
	case question == "":
		return "no question: ask about a topic, such as blocked, next or decisions"
	case len(e.Suggest) == 0:
		return fmt.Sprintf("%q: not a question that is understood", question)
	case e.Slip && len(e.Suggest) == 1:
		return fmt.Sprintf("%q: did you mean the topic %s? put a word in double quotes to search for it", question, e.Suggest[0])
	}
	var near []string
	for _, t := range e.Suggest {
		near = append(near, text.JoinNonEmpty(" ", string(t), specOf(t).Arg()))
	}
	problem := "not a question that is understood"
	if e.Sought {
		problem = "no record has these words, and as a question they are not understood"
	}
	return fmt.Sprintf("%q: %s; near are: %s", question, problem, strings.Join(near, ", "))
}

// TermError is a term or a word that a question cannot hold.
type TermError struct {
	Term    Term
	Problem string // as in "is not a time"
	Hint    string // what to write instead
}

func (e *TermError) Error() string {
	sign := ""
	if e.Term.Not {
		sign = "-"
	}
	name := ""
	if e.Term.Qualifier != "" {
		name = string(e.Term.Qualifier) + ":"
	}
	return fmt.Sprintf("%q %s: %s", sign+name+e.Term.Value, e.Problem, e.Hint)
}

// ArgumentError is a topic without the argument that it needs, or with one
// that it cannot have.
type ArgumentError struct {
	Topic Topic
	Arg   string // "" when it is missing
	Hint  string
}

func (e *ArgumentError) Error() string {
	if e.Arg == "" {
		return fmt.Sprintf("%s: about whom or what? %s", e.Topic, e.Hint)
	}
	return fmt.Sprintf("%s %q: %s", e.Topic, e.Arg, e.Hint)
}
