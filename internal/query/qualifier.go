package query

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
)

// Qualifier is the part of a term before the colon.
type Qualifier string

// The qualifiers. [Qualifiers] says what each one means.
const (
	Is       Qualifier = "is"
	OfKind   Qualifier = "kind"
	By       Qualifier = "by"
	To       Qualifier = "to"
	Owner    Qualifier = "owner"
	Holder   Qualifier = "holder"
	Resolver Qualifier = "resolver"
	Decider  Qualifier = "decider"
	Team     Qualifier = "team"
	InItem   Qualifier = "item"
	Severity Qualifier = "severity"
	HasRef   Qualifier = "ref"
	Since    Qualifier = "since"
	Until    Qualifier = "until"
)

// Qualifiers lists the qualifiers in the order in which help shows them.
func Qualifiers() []QualifierSpec { return slices.Clone(qualifiers) }

// QualifierSpec is what a qualifier takes.
type QualifierSpec struct {
	Name    Qualifier
	Help    string
	example string
	Values  []string // every value, when they are few and fixed

	// check returns the value as terms hold it. It is nil for the two ends of
	// the time span, which are not terms.
	check func(*QualifierSpec, Term, ParseEnv) (string, error)
}

var qualifiers = []QualifierSpec{
	{Is, "the type of the row, or a state that it is in", "blocked", isValues(), checkOneOf},
	{OfKind, "the kind of the record that the row cites", "handoff", kindValues(), checkOneOf},
	{By, "who wrote the record that the row cites", "ana", nil, checkPerson},
	{To, "to whom it is addressed or offered, also through a group", "ben", nil, checkPerson},
	{Owner, "who is accountable for the item, or for an item that it is about", "ana", nil, checkPerson},
	{Holder, "who holds the item, or an item that it is about", "ben", nil, checkPerson},
	{Resolver, "who is to resolve the blocker, or a blocker of the item", "sarah", nil, checkPerson},
	{Decider, "who decided", "sarah", nil, checkPerson},
	{Team, "the team of the item's holder, else of the author of the record", "payments", nil, checkTeam},
	{InItem, "the item, or an item that it is about", "refunds", nil, checkItem},
	{Severity, "routine, watch or critical", "critical", severities, checkOneOf},
	{HasRef, "a pull request, ticket, branch, commit or file that its items name", "1842", nil, checkRef},
	{Since, "not before a time: " + timeForms, "2d", nil, nil},
	{Until, "not after a time: as since", "today", nil, nil},
}

func findQualifier(name Qualifier) (*QualifierSpec, bool) {
	for i := range qualifiers {
		if qualifiers[i].Name == name {
			return &qualifiers[i], true
		}
	}
	return nil, false
}

func unknownQualifier(term Term) error {
	var names []string
	for _, spec := range qualifiers {
		names = append(names, string(spec.Name))
	}
	hint := "put it in double quotes to search for it"
	if name := text.Slip(string(term.Qualifier), names); name != "" {
		hint = "did you mean " + name + ":? Otherwise " + hint
	}
	return &TermError{Term: term, Problem: "has an unknown qualifier", Hint: hint}
}

var severities = []string{handoff.SeverityRoutine, handoff.SeverityWatch, handoff.SeverityCritical}

func kindValues() []string {
	var list []string
	for _, kind := range handoff.Kinds {
		list = append(list, string(kind))
	}
	return list
}

// isValues are the types, then the states and flags that rows of some type can
// be in.
func isValues() []string {
	return slices.Concat([]string{
		string(row.TypeItem), string(row.TypeBlocker), string(row.TypeQuestion), string(row.TypeDecision), string(row.TypeHandoff), string(row.TypeWatch), string(row.TypeArea),
		string(row.TypeEscalation), string(row.TypeGap), string(row.TypeContract),
		row.IsOpen, row.IsClosed,
		handoff.StatusReady, handoff.StatusInProgress, handoff.StatusInReview, handoff.StatusBlocked,
		fold.ItemShipped, fold.ItemDropped, fold.ItemContinued, row.IsOffered, row.IsUnclaimed, row.IsStale, row.IsAtRisk,
		fold.BlockerDeclared, fold.BlockerRouted, fold.BlockerAcknowledged, fold.BlockerEscalated, row.IsReopened,
		fold.QuestionAnswered, fold.EscalationTakenUp,
		fold.DecisionProposed, fold.DecisionAccepted, fold.DecisionReversed, fold.DecisionRejected, fold.DecisionSuperseded,
		fold.HandoffPublished, fold.HandoffChangesRequested, fold.HandoffDeclined,
		row.IsUnacked, row.IsPartial, row.IsLate, row.IsOverdue, row.IsLimbo, row.IsDrifted, row.IsExpired,
		row.PersonAway, row.PersonHere, row.IsExpected, row.IsMissing, row.IsGiven, row.IsAcked, row.IsMerged, row.IsApproved, handoff.OutcomeSeen,
	}, fold.Resolutions)
}

// checkOneOf wants one of the fixed values.
func checkOneOf(spec *QualifierSpec, term Term, _ ParseEnv) (string, error) {
	value := strings.ToLower(term.Value)
	if slices.Contains(spec.Values, value) {
		return value, nil
	}
	hint := "it can be " + strings.Join(spec.Values, ", ")
	if near := text.Slip(value, spec.Values); near != "" {
		hint = "did you mean " + string(term.Qualifier) + ":" + near + "?"
	}
	return "", &TermError{Term: term, Problem: "is not a value that exists", Hint: hint}
}

// checkPerson wants a handle, the address of a group, an area, or "me".
func checkPerson(_ *QualifierSpec, term Term, env ParseEnv) (string, error) {
	who, problem := person(term.Value, env)
	if problem != "" {
		return "", &TermError{Term: term, Problem: problem, Hint: "write " + whoForms}
	}
	return who, nil
}

const (
	whoForms   = "a handle such as ana, me, team:qa, shift:apac, lead:qa or area:session-policy"
	areaPrefix = "area:"
)

// person reads a handle or an address, and says what is wrong with it.
func person(text string, env ParseEnv) (who, problem string) {
	who = strings.TrimPrefix(strings.ToLower(text), "@")
	switch {
	case who == "everyone" || who == "everybody":
		return everyoneAddress, ""
	case who != "me" && text != "@":
	case env.Me == "":
		return "", "needs to know who you are"
	default:
		return env.Me, ""
	}
	if area, found := strings.CutPrefix(who, areaPrefix); found && area != "" {
		return who, ""
	}
	if env.Person != nil && !handoff.IsScope(who) {
		var err error
		if who, err = env.Person(text); err != nil {
			return "", err.Error()
		}
	}
	if handoff.ValidHandle(who) || handoff.IsScope(who) {
		return who, ""
	}
	return "", "is not a handle"
}

// checkTeam wants the name of a team, with or without "team:".
func checkTeam(_ *QualifierSpec, term Term, _ ParseEnv) (string, error) {
	team := strings.TrimPrefix(strings.ToLower(term.Value), "team:")
	if !handoff.ValidHandle(team) {
		return "", &TermError{Term: term, Problem: "is not the name of a team", Hint: "write team:payments"}
	}
	return team, nil
}

// checkItem wants the slug of an item, with or without "item:".
func checkItem(_ *QualifierSpec, term Term, _ ParseEnv) (string, error) {
	_, name := handoff.SplitRef(strings.ToLower(term.Value))
	if !handoff.ValidSlug(name) {
		return "", &TermError{Term: term, Problem: "is not the id of an item", Hint: "write item:refunds"}
	}
	return name, nil
}

// checkRef takes any reference: "#1842", "PAY-311", "feature/refunds".
func checkRef(_ *QualifierSpec, term Term, _ ParseEnv) (string, error) {
	return foldRef(term.Value), nil
}

// FoldCase makes text comparable, see [text.Fold].
func FoldCase(s string) string { return text.Fold(s) }

// FoldRef makes references comparable, as terms hold them.
func FoldRef(id string) string { return foldRef(id) }

// foldRef makes references comparable: case, and the sign before the number of
// a pull request, differ from writer to writer.
func foldRef(id string) string {
	return strings.TrimLeft(FoldCase(id), "#!")
}
