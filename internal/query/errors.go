package query

import (
	"fmt"
	"strings"
)

// UnknownQuestionError is a question that the package does not know.
type UnknownQuestionError struct {
	Question string // "" when nothing was asked
	Suggest  Topic  // a topic that the first word looks like, or ""
}

func (e *UnknownQuestionError) Error() string {
	if e.Question == "" {
		return "no question: ask about one of " + strings.Join(topicNames(), ", ")
	}
	if e.Suggest != "" {
		return fmt.Sprintf("%q: did you mean the topic %s? put a word in double quotes to search for it", e.Question, e.Suggest)
	}
	return fmt.Sprintf("%q: not a question that is known: ask about one of %s", e.Question, strings.Join(topicNames(), ", "))
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
