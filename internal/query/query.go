package query

import (
	"errors"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

// Topic is what a question is about.
type Topic string

// The topics. [Topics] says what each one means.
const (
	Search    Topic = "search" // terms and words only
	Blocked   Topic = "blocked"
	WaitingOn Topic = "waiting-on"
	NextSteps Topic = "next"
	Holds     Topic = "holds"
	Whois     Topic = "whois"
	Why       Topic = "why"
	Decisions Topic = "decisions"
	Questions Topic = "questions"
	Unacked   Topic = "unacked"
	Unclaimed Topic = "unclaimed"
	Limbo     Topic = "limbo"
	Overdue   Topic = "overdue"
	AtRisk    Topic = "at-risk"
	Stale     Topic = "stale"
	Watched   Topic = "watch"
	Shipped   Topic = "shipped"
	Changed   Topic = "changed"
	Items     Topic = "items"
	Status    Topic = "status"
	History   Topic = "history"
	Owns      Topic = "owns"
	Returns   Topic = "returns"
	Declared  Topic = "declared"
	Handoffs  Topic = "handoffs"
	Acks      Topic = "acks"
	Reviews   Topic = "reviews"
	Awaits    Topic = "awaits"
	Gaps      Topic = "gaps"
	SLAs      Topic = "slas"
	Escalated Topic = "escalated"
	Contracts Topic = "contracts"
)

// Query is a question as data. Every part narrows the answer: a row is in it
// when it belongs to the topic, is cited from inside the time span, and meets
// every term and every word.
type Query struct {
	Topic Topic
	Arg   string    // whom or what the topic is about, "" without one
	Me    string    // who asks, "" when unknown
	Since time.Time // not before; zero is open
	Until time.Time // before; zero is open
	Terms []Term
	Words []Word
	Limit int // most rows to return; 0 is all of them

	// What only a plain question says.
	Test    *Test  // a question of yes or no; nil for one that lists
	Form    Form   // what the sentence has to say
	Unknown string // a name in it that no record knows, "" when there is none
}

// Test makes a query one of yes or no: whether there is a row, of those that the
// query finds, that meets all terms, or with All whether every one of them does.
type Test struct {
	Terms []Term
	All   bool
}

// Form is what the sentence of an answer has to say beside what there is.
type Form string

// The forms. The zero one says what there is.
const (
	FormHowLong Form = "how-long"
	FormWhen    Form = "when"
	FormHowMany Form = "how-many"
)

// Term asks for rows that have a value, or with Not for those that have not.
type Term struct {
	Qualifier Qualifier
	Value     string // lower-case, without "@"; several are joined by commas, and one of them will do
	Not       bool
}

// values are the values of which one will do. The name of a branch or a file
// may hold a comma.
func (t Term) values() []string {
	if t.Qualifier == HasRef {
		return []string{t.Value}
	}
	return strings.Split(t.Value, ",")
}

// Word is a word or a phrase that the text of a row must hold, or with Not must
// not hold.
type Word struct {
	Text string // as [fold] leaves it
	Not  bool
}

// ParseEnv is what the meaning of a question depends on.
type ParseEnv struct {
	Me       string             // handle of who asks; "" when unknown
	Now      time.Time          // for times such as 2d and yesterday
	Location *time.Location     // of the asker's days; nil is that of Now
	Calendar *calendar.Calendar // the asker's hours; nil when they are unknown

	// Person returns the handle of whoever a name means that was typed, and the
	// name itself for nobody's. Without it, only handles are names of people.
	Person func(name string) (string, error)
}

// Add narrows the query by one term, exactly as `qualifier:value` in the text
// of a question does: command-line flags come this way. It returns a
// [*TermError] for a value that the qualifier cannot have.
func (q *Query) Add(qualifier Qualifier, value string, env ParseEnv) error {
	return q.add(Term{Qualifier: qualifier, Value: value}, env)
}

// About makes the query one about a topic and its argument, as the words of a
// question do. The error is an [*ArgumentError].
func (q *Query) About(topic Topic, arg string, env ParseEnv) error {
	spec, _ := findTopic(topic)
	value, problem := spec.arg.read(arg, env)
	if problem != "" {
		return &ArgumentError{Topic: topic, Arg: arg, Hint: problem + ", as in: " + spec.Example}
	}
	q.Topic, q.Arg = topic, value
	return nil
}

// add checks a term as it was typed and takes it in.
func (q *Query) add(term Term, env ParseEnv) error {
	spec, known := findQualifier(term.Qualifier)
	if !known {
		return unknownQualifier(term)
	}
	if strings.TrimSpace(term.Value) == "" {
		return &TermError{Term: term, Problem: "has no value", Hint: "write " + string(term.Qualifier) + ":" + spec.example}
	}
	if spec.check == nil {
		return q.addTime(term, env)
	}
	values := term.values()
	for i, value := range values {
		var err error
		one := Term{Qualifier: term.Qualifier, Value: strings.TrimSpace(value), Not: term.Not}
		if values[i], err = spec.check(spec, one, env); err != nil {
			return err
		}
	}
	term.Value = strings.Join(values, ",")
	q.Terms = append(q.Terms, term)
	return nil
}

// addTime sets one end of the time span.
func (q *Query) addTime(term Term, env ParseEnv) error {
	end, other := &q.Since, Until
	if term.Qualifier == Until {
		end, other = &q.Until, Since
	}
	if term.Not {
		return &TermError{Term: term, Problem: "cannot be negated", Hint: "use " + string(other) + ":" + term.Value}
	}
	if !end.IsZero() {
		return &TermError{Term: term, Problem: "is given twice", Hint: "give one " + string(term.Qualifier)}
	}
	at, err := calendar.ParseTime(term.Value, calendar.Reference{
		Now: env.Now, Location: env.Location, Calendar: env.Calendar, Back: true, End: term.Qualifier == Until,
	})
	var wrong *calendar.TimeError
	switch {
	case errors.As(err, &wrong) && wrong.Reason != "":
		return &TermError{Term: term, Problem: "gives no time", Hint: wrong.Reason}
	case err != nil:
		return &TermError{Term: term, Problem: "is not a time", Hint: "write " + timeForms}
	}
	*end = at
	return nil
}

// Answer is what the records say.
type Answer struct {
	Topic      Topic  `json:"topic"`
	Understood string `json:"understood"` // how the question was read, in the language of topics and terms

	// Verdict is the answer to a question of yes or no: yes, no or unknown; "" to
	// any other.
	Verdict string `json:"verdict"`

	// Answered is false when no record covers the question. An explicit none
	// is an answer.
	Answered bool      `json:"answered"`
	Rows     []row.Row `json:"results"` // never nil
	Total    int       `json:"total"`   // rows before the limit
	Say      string    `json:"say"`     // one sentence, without a full stop
	Ask      []string  `json:"ask"`     // handles of whom to ask when it is not answered; never nil

	// Silent are the handoffs that would count for the answer "none", and leave
	// out a key on which that rests.
	Silent []Silence `json:"silent"` // never nil

	// What [Merge] needs beside that.
	ranked   []candidate      // the rows, with what they are ordered by
	found    map[row.Type]int // rows before the limit
	outdated int              // of those: superseded
	none     none             // of an answer without rows
	states   string           // what the sentence says, without a verdict in front and whom to ask behind
	knowers  []knower         // whom to ask, and why
	near     []string         // names that are like one that nobody knows
}

// Env is what an answer depends on beside the records. The zero value but for
// Now is a repository without a configuration: no teams, no working hours, no
// SLA.
type Env struct {
	Now time.Time

	// Config is what the team agreed on: who belongs to which group, who decides,
	// when people work, and how long things may wait.
	Config *config.Config

	// Location is where the times of sentences are; nil is that of Now.
	Location *time.Location

	// ConfigFile is the path that is cited for what the configuration says.
	ConfigFile string

	// Unproven reports whether a verdict came with a squash merge and was not
	// seen before. A nil Unproven knows of none.
	Unproven func(verdict *handoff.Record) bool
}
