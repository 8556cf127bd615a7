package query

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/row"
)

// Topics lists the topics in the order in which help shows them.
func Topics() []TopicSpec { return slices.Clone(topics) }

// TopicSpec is what a topic means.
type TopicSpec struct {
	Name    Topic
	Help    string // exactly which rows the topic has, and in which order
	Example string

	arg argument

	// none says that there are no rows; "%s" is the argument.
	none string

	// rests are the keys of a handoff that say so, none of them where the state
	// itself does. Where no handoff has those of besides, less is what can be said.
	rests, besides []string
	less           string

	// history is set where every handoff counts as a source of the answer
	// "none", and not only those that still speak.
	history bool

	// unnamed is set where finding nothing means that no record speaks of the
	// argument, and never "none".
	unnamed bool

	// known reports whether the configuration has what the topic needs; without it,
	// unknown says why there are no rows. It is nil for a topic of records only.
	known   func(*config.Config) bool
	unknown string

	// whole is set where the rows before the terms are all that there is: that none of
	// them fits is known then.
	whole bool

	// agreed is set where the configuration alone answers, and no record does.
	agreed bool

	// find lists the rows of the topic, before terms and words narrow them.
	find func(*runner) []candidate

	order order
}

// argument is what stands after a topic.
type argument struct {
	name     string // as help calls it
	required bool

	// read checks the argument and says what is wrong with it. It is nil for a
	// topic without one.
	read func(text string, env ParseEnv) (value, problem string)
}

// Arg is the argument as help shows it: "", "<who>" or, when it may be left out,
// "[who]".
func (t TopicSpec) Arg() string {
	switch {
	case t.arg.name == "":
		return ""
	case t.arg.required:
		return "<" + t.arg.name + ">"
	}
	return "[" + t.arg.name + "]"
}

// named reads the name of an item, an area, a decision or a path.
func named(text string, _ ParseEnv) (name, problem string) {
	if name = FoldCase(text); name == "" {
		return "", "it is empty"
	}
	return name, ""
}

// aboutPeople is the name of an argument that is a person, a group or an area.
const aboutPeople = "who"

var (
	anyone    = argument{name: aboutPeople, read: person}
	someone   = argument{name: aboutPeople, read: person, required: true}
	anything  = argument{name: "topic", read: named}
	something = argument{name: "item", read: named, required: true}
	nameOf    = argument{name: "name", read: nameOrPerson, required: true}
	pullOf    = argument{name: "pr", read: nameOrPerson}
	refOf     = argument{name: "ref", read: named}
	teamOf    = argument{name: "team", read: person}
	side      = argument{name: "team", read: named}
)

// nameOrPerson reads the name of a thing or of a person.
func nameOrPerson(text string, env ParseEnv) (name, problem string) {
	if lower := strings.ToLower(text); lower == "me" || lower == "@me" || lower == "@" {
		return person("me", env)
	}
	return named(strings.TrimPrefix(text, "@"), env)
}

// topics is the table that Parse, Run and the help share.
var topics = []TopicSpec{
	{
		Name: Blocked, Example: "handoff query blocked severity:critical",
		Help: "open blockers, each with the items that it blocks; the most severe first, then the oldest",
		none: "nothing is blocked", rests: []string{keyBlockers}, find: (*runner).blocked, order: bySeverity,
	},
	{
		Name: WaitingOn, arg: someone, Example: "handoff query waiting-on sarah",
		Help: "what a person, group or area is to do for others: escalations to them that nobody took up, open blockers that they are to resolve and those that ask them now, open questions to answer in the same way, own ones that are answered to close, published handoffs to ack, own ones to amend where changes were requested, items to take, pull requests to review; by type, then the most severe, then the oldest",
		none: "nothing waits for %s", rests: []string{keyBlockers, keyItems}, besides: []string{keyQuestions},
		less: "no escalation, blocker, handoff, item or review waits for %s", find: (*runner).waitingOn, order: byType,
	},
	{
		Name: NextSteps, arg: anyone, Example: "handoff query next ben",
		Help: "live items with the steps that a person is to do next: their own ones, those of an item that they hold and that names no doer who has it, those offered to them; yours when nobody is named, everybody's with `team`; what can start first, then the most severe, then the oldest",
		none: "%s has no next step", rests: []string{keyItems}, find: (*runner).nextSteps, order: byReadiness,
	},
	{
		Name: Holds, arg: anyone, Example: "handoff query holds ana",
		Help: "live items in the custody of a person, citing the record that gave it; yours when nobody is named, everybody's with `team`; the most severe first, then the oldest",
		none: "%s holds nothing", rests: []string{keyItems}, find: (*runner).holds, order: bySeverity,
	},
	{
		Name: Whois, arg: something, Example: "handoff query whois refunds",
		Help:    "who holds an item, who is accountable for it and to whom it is offered, citing the record that gave custody; for an area of the configuration, who decides in it. An item may be named by its id or by one of its references",
		unnamed: true, find: (*runner).whois, order: byType,
	},
	{
		Name: Why, arg: something, Example: "handoff query why refunds",
		Help:    "the item with its intent, the decisions that touch it, and every blocker that it ever had, in this order and the newest first; also of a blocker or a decision by its id",
		unnamed: true, find: (*runner).why, order: byStory,
	},
	{
		Name: Decisions, arg: anything, Example: "handoff query decisions session-policy",
		Help: "decisions that stand or are proposed, the newest first; with an argument those of a topic, its earlier ones included, those that touch an item or a file, and those that say the words",
		none: "nothing is decided", history: true, unnamed: true, rests: []string{keyDecisions}, find: (*runner).decisions, order: newestFirst,
	},
	{
		Name: Questions, Example: "handoff query questions to:me",
		Help: "questions that are open or answered but not closed; the oldest first",
		none: "no question is open", rests: []string{keyQuestions}, find: (*runner).questions, order: oldestFirst,
	},
	{
		Name: Unacked, Example: "handoff query unacked to:me",
		Help: "published handoffs to somebody else without a verdict; the oldest first",
		none: "every handoff is acked", find: (*runner).unacked, order: oldestFirst,
	},
	{
		Name: Unclaimed, Example: "handoff query unclaimed",
		Help: "live items offered to a team, shift or lead that nobody took; the most severe first, then the oldest offer",
		none: "nothing is unclaimed", rests: []string{keyItems}, find: having(row.IsUnclaimed, (*runner).offered), order: bySeverity,
	},
	{
		Name: Limbo, Example: "handoff query limbo",
		Help: "unacked handoffs although a shift of every receiver that began after them has ended; none for receivers whose hours are unknown; the oldest first",
		none: "nothing is in limbo (unanswered for a whole shift of its receivers)", find: having(row.IsLimbo, (*runner).unacked), order: oldestFirst,
		known: (*config.Config).HasHours, unknown: "nobody's working hours are known",
	},
	{
		Name: Overdue, Example: "handoff query overdue",
		Help: "unacked handoffs past the ack SLA, on the receiver's clock, and escalations that nobody took up within their deadline or the time that their subject has; none without an SLA; by type, then the oldest",
		none: "no ack is overdue", find: having(row.IsOverdue, (*runner).waitingLong), order: byTypeOldest,
		known: (*config.Config).HasAckSLA, unknown: "no ack SLA is set",
	},
	{
		Name: Escalated, Example: "handoff query escalated to:me",
		Help: "escalations whose subject (a handoff, item, question or blocker) is not settled, with whom each one asks now and until when; the most severe first, then the oldest",
		none: "nothing is escalated", find: (*runner).escalations, order: bySeverity,
	},
	{
		Name: AtRisk, Example: "handoff query at-risk owner:ana",
		Help: "live items whose earliest deadline (its own, that of a step, or when an open blocker of it must be gone) less their effort is past or within 24 hours, the effort in the working hours of whoever is to do it, and those with an open critical blocker; the most severe first, then the oldest",
		none: "nothing is at risk", rests: []string{keyItems, keyBlockers}, find: having(row.IsAtRisk, (*runner).items), order: bySeverity,
	},
	{
		Name: Stale, Example: "handoff query stale",
		Help: "live items that nobody has declared for 72 hours or longer; the oldest first",
		none: "nothing is stale (not declared anew for 72 hours)", rests: []string{keyItems}, find: having(row.IsStale, (*runner).items), order: oldestFirst,
	},
	{
		Name: Watched, Example: "handoff query watch",
		Help: "what somebody keeps an eye on and which temporary conditions stand, until they are ended: of the sender, then of who accepted the handoff; those whose time has passed are marked expired; the newest first",
		none: "nothing is to be watched", rests: []string{keyWatch, keyStanding}, find: (*runner).watched, order: newestFirst,
	},
	{
		Name: Shipped, Example: "handoff query shipped since:7d",
		Help: "what was finished, with or without an item, citing the handoff that says so; the newest first",
		none: "nothing has shipped", history: true, rests: []string{keyShipped}, find: (*runner).shipped, order: newestFirst,
	},
	{
		Name: Changed, Example: "handoff query changed since yesterday",
		Help: "items, blockers, questions, decisions and handoffs that are not as they were at the time of since:, with what changed, citing the latest record that changed them; without since:, at your latest handoff, else 24 hours ago; by type, then the newest",
		none: "nothing has changed", history: true, rests: []string{keyItems, keyBlockers, keyDecisions}, besides: []string{keyQuestions},
		less: "no item, blocker, handoff or decision has changed", find: (*runner).changed, order: byTypeNewest,
	},
	{
		Name: Items, Example: "handoff query items is:in_review",
		Help: "live items; the most severe first, then the one declared longest ago",
		none: "no item is live", rests: []string{keyItems}, find: (*runner).items, order: bySeverity,
	},
	{
		Name: Contracts, arg: side, Example: "handoff query contracts qa",
		Help: "what the configuration says of the boundaries between teams or zones: when a handoff is due, when it is done, on which conditions, what its items must hold and what happens where they do not (reject, warn, or return:WHO: it is published to WHO in place of the receiver, who reads it), and how long a verdict may take; with an argument those of a team, a zone or a person",
		none: "no contract holds", agreed: true, find: (*runner).contracts, order: byKey,
		known: (*config.Config).HasContracts, unknown: "none is configured; list them as interfaces in .handoffs/config.yaml, as handoff help config shows",
	},
	{
		Name: Status, arg: argument{name: "name", read: named, required: true}, Example: "handoff query status refunds",
		Help:    "one thing as it stands: an item by its id or by one of its references, a blocker, question, decision or handoff",
		unnamed: true, whole: true, find: (*runner).status, order: byType,
	},
	{
		Name: History, arg: something, Example: "handoff query history refunds",
		Help:    "every record that says something of an item, blocker, question or decision, and what; the oldest first",
		history: true, unnamed: true, whole: true, find: (*runner).history, order: oldestFirst,
	},
	{
		Name: Owns, arg: nameOf, Example: "handoff query owns payments",
		Help:    "who is accountable: for an item, a path that live items name, an area, a team; who is to resolve a blocker or to answer a question. Of a person, the live items that they are accountable for and the areas in which they decide",
		unnamed: true, whole: true, find: (*runner).owns, order: byType,
	},
	{
		Name: Returns, arg: anyone, Example: "handoff query returns dev",
		Help: "who is there and who is not, when they are back and who stands in: by the absences of the roster, the time that their handoff names, and their shifts; everybody when nobody is named. Who is back first comes first",
		none: "nobody is known", unnamed: true, whole: true, find: (*runner).returns, order: oldestFirst,
	},
	{
		Name: Declared, arg: teamOf, Example: "handoff query declared payments",
		Help: "who has a shift today or has handed over today, and when; by handle",
		none: "nobody is expected today, and nobody has handed over", find: (*runner).declared, order: byType,
	},
	{
		Name: Handoffs, Example: "handoff query handoffs by:ana",
		Help: "the newest handoff of everybody that still speaks; with since: or until: all of that time; the newest first",
		none: "no handoff is current", find: (*runner).current, order: newestFirst,
	},
	{
		Name: Acks, arg: refOf, Example: "handoff query acks @ana",
		Help:    "who has seen, taken or refused a handoff, a blocker or a question, and who was asked and has said nothing; of an item those of the handoff that declares it; of your latest handoff when nothing is named. Who has said nothing comes first",
		none:    "nobody was asked for an ack",
		unnamed: true, whole: true, find: (*runner).acks, order: bySilence,
	},
	{
		Name: Reviews, arg: pullOf, Example: "handoff query reviews 1842",
		Help: "pull requests that items name, with their state, their approvals and who they wait for, as they were last asked for; by number, by item, or of a person those that wait for them; those of all live items that are not over when nothing is named. The most severe first, then the oldest",
		none: "no pull request is known", unnamed: true, whole: true, find: (*runner).reviews, order: bySeverity,
	},
	{
		Name: Awaits, arg: anyone, Example: "handoff query awaits ben",
		Help: "what a person waits for: open blockers of what they hold, their open questions, verdicts on their handoffs, items that they offered, reviews; by type, then the most severe, then the oldest",
		none: "%s waits for nothing", rests: []string{keyItems, keyBlockers}, besides: []string{keyQuestions},
		less: "%s waits for no blocker, verdict or review", find: (*runner).awaits, order: byType,
	},
	{
		Name: Gaps, Example: "handoff query gaps",
		Help: "what handoffs lacked, by records of gaps and by acks that name some: of the handoffs that still speak and of what is live; with since: or until: all of that time; the newest first",
		none: "no gap is recorded", find: (*runner).gaps, order: newestFirst,
	},
	{
		Name: SLAs, arg: refOf, Example: "handoff query slas to:me",
		Help: "every deadline that runs or has passed unmet: verdicts on handoffs, answers, blockers to acknowledge and to resolve, items and their steps; with until: those that end before; the soonest first",
		none: "no deadline runs", find: (*runner).deadlines, order: oldestFirst,
	},
}

// searchSpec is the topic of a question that has only terms and words.
var searchSpec = TopicSpec{
	Name: Search, none: "nothing matches",
	rests: []string{keyItems, keyBlockers, keyDecisions}, besides: []string{keyQuestions},
	less: "no item, blocker, handoff or decision matches", find: (*runner).search, order: currentFirst,
}

func findTopic(name Topic) (*TopicSpec, bool) {
	for i := range topics {
		if topics[i].Name == name {
			return &topics[i], true
		}
	}
	return &searchSpec, false
}

func specOf(name Topic) *TopicSpec {
	spec, _ := findTopic(name)
	return spec
}

func topicNames() []string {
	names := make([]string, len(topics))
	for i, t := range topics {
		names[i] = string(t.Name)
	}
	return names
}

// having lists those of a topic that have a flag.
func having(flag string, all func(*runner) []candidate) func(*runner) []candidate {
	return func(r *runner) []candidate {
		return filter(all(r), func(c candidate) bool { return c.is(flag) })
	}
}
