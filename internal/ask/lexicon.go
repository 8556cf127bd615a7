package ask

import (
	"strings"
	"sync"
)

// verb is a class of words that ask for the same thing, whatever their form.
// Nouns are of a class as well: "blockers of ben" asks what "blocks ben" does.
type verb string

const (
	vBlock    verb = "block"
	vWait     verb = "wait"
	vOwe      verb = "owe"
	vWork     verb = "work" // being at something, or about to be
	vNext     verb = "next"
	vHold     verb = "hold"
	vOwn      verb = "own"
	vDecide   verb = "decide"
	vUse      verb = "use" // why we do: what was decided
	vResolve  verb = "resolve"
	vShip     verb = "ship"
	vMerge    verb = "merge"
	vReview   verb = "review"
	vReturn   verb = "return" // coming back, and being away
	vCover    verb = "cover"
	vAck      verb = "ack"
	vTake     verb = "take"
	vDeclare  verb = "declare"
	vExpect   verb = "expect"
	vAsk      verb = "ask"
	vAnswer   verb = "answer"
	vChange   verb = "change"
	vHappen   verb = "happen"
	vMiss     verb = "miss"
	vEscalate verb = "escalate"
	vWatch    verb = "watch"
	vDrop     verb = "drop"
	vState    verb = "state" // a state that things are in
	vDue      verb = "due"
	vMake     verb = "make" // of a noun: "what decisions were made"
	vStand    verb = "stand"
	vKnow     verb = "know" // of something: whom to ask about it

	nItem     verb = "item"
	nHandoff  verb = "handoff"
	nStatus   verb = "status"
	nHistory  verb = "history"
	nReason   verb = "reason"
	nGap      verb = "gap"
	nContract verb = "contract"
	nPR       verb = "pr"
	nTicket   verb = "ticket"
	nBranch   verb = "branch"
	nFile     verb = "file"
	nTeam     verb = "team"
	nArea     verb = "area"
	nPlate    verb = "plate"
)

// kind is the part of speech of a word.
type kind int

const (
	unknown kind = iota // of no class, and no name
	asking              // what, who
	auxiliary
	negation
	action // a verb, or an adjective that says how something is
	noun
	preposition
	pronoun
	indefinite // anything, nobody
	possessive // my, and 's
	name
	filler
	unread // English that the grammar does not read, and that names nothing
)

// form is how a verb is bent.
type form int

const (
	base form = iota
	third
	going   // -ing
	past    // -ed, which may be a participle
	partial // a participle only
	being   // an adjective
)

// word is what the lexicon knows of a word or a phrase.
type word struct {
	kind  kind
	verb  verb
	form  form
	value string // of a question word, an auxiliary, a pronoun: which; of a state: the value of "is:"
}

// verbs has a line for each verb: its forms in the order of [form], several of
// one form with a bar between them.
var verbs = map[verb][]string{
	vBlock: {
		"block blocks blocking blocked blocked",
		"hold-up|hold-back holds-up|holds-back holding-up|holding-back held-up|held-back held-up|held-back", "stop stops stopping stopped stopped",
	},
	vWait:     {"wait waits waiting waited waited"},
	vOwe:      {"owe owes owing owed owed"},
	vWork:     {"work works working worked worked", "do does doing - -", "pick-up picks-up picking-up - -", "start starts - - -", "focus focuses focusing - -", "tackle tackles tackling - -", "- - up-to - -"},
	vHold:     {"hold holds holding held held", "got - - - -", "carry carries carrying carried carried", "have has having had had"},
	vOwn:      {"own owns owning owned owned", "lead leads leading led led"},
	vDecide:   {"decide decides deciding decided decided", "choose chooses choosing chose chosen", "agree agrees agreeing agreed agreed", "settle settles settling settled settled", "pick picks picking picked picked"},
	vUse:      {"use uses using used used", "go-with goes-with going-with went-with -", "switch-to switches-to switching-to switched-to -", "adopt adopts adopting adopted adopted"},
	vResolve:  {"resolve resolves resolving resolved resolved", "unblock unblocks unblocking unblocked unblocked", "clear clears clearing cleared cleared", "remove removes removing removed removed", "- - - - gone"},
	vShip:     {"ship ships shipping shipped shipped", "finish finishes finishing finished finished", "complete completes completing completed completed", "deliver delivers delivering delivered delivered", "- - - got-done done", "close closes closing closed closed", "go-out goes-out going-out went-out gone-out", "fix fixes fixing fixed fixed"},
	vMerge:    {"merge merges merging merged merged", "land lands landing landed landed"},
	vReview:   {"review reviews reviewing reviewed reviewed", "approve approves approving approved approved"},
	vReturn:   {"return returns returning returned returned", "come-back comes-back coming-back came-back -", "get-back gets-back getting-back got-back -"},
	vCover:    {"cover covers covering covered covered", "stand-in|fill-in stands-in|fills-in standing-in|filling-in stood-in|filled-in -", "replace replaces replacing replaced replaced"},
	vAck:      {"ack acks acking acked acked", "acknowledge acknowledges acknowledging acknowledged acknowledged", "accept accepts accepting accepted accepted", "see sees - saw seen", "read reads reading - read", "confirm confirms confirming confirmed confirmed"},
	vTake:     {"take takes taking took taken", "- - - picked-up picked-up", "claim claims claiming claimed claimed", "take-over takes-over taking-over took-over taken-over"},
	vDeclare:  {"declare declares declaring declared declared", "hand-over|hand-off hands-over|hands-off handing-over|handing-off handed-over|handed-off handed-over|handed-off", "publish publishes publishing published published"},
	vExpect:   {"expect expects expecting expected expected"},
	vAsk:      {"ask asks asking asked asked"},
	vAnswer:   {"answer answers answering answered answered"},
	vChange:   {"change changes changing changed changed", "touch touches touching touched touched", "update updates updating updated updated"},
	vKnow:     {"know knows knowing knew known", "help helps helping helped -", "call - - - -", "contact - - - -", "ping - - - -"},
	vHappen:   {"happen happens happening happened -", "go-on goes-on going-on went-on gone-on"},
	vMiss:     {"miss misses missing missed missed"},
	vEscalate: {"escalate escalates escalating escalated escalated"},
	vWatch:    {"watch watches watching watched watched", "keep-an-eye-on - keeping-an-eye-on - -"},
	vDrop:     {"drop drops dropping dropped dropped", "cancel cancels cancelling|canceling cancelled|canceled cancelled|canceled", "abandon abandons abandoning abandoned abandoned"},
	vMake:     {"make makes making made made", "raise raises raising raised raised", "exist exists - - -", "record records recording recorded recorded"},
	vStand:    {"stand stands standing - -", "- - going - -"},
}

// adjectives are words that say how something is, of classes that have verbs.
var adjectives = map[verb]string{
	vBlock: "stuck", vNext: "next", vReturn: "back available around here on-shift on-duty online",
	vOwn: "responsible accountable in-charge", vAck: "unacked unacknowledged unread", vTake: "unclaimed untaken unassigned",
	vChange: "new different", vDue: "due", vDecide: "undecided", vAnswer: "unanswered", vShip: "complete",
	vReview: "unreviewed unapproved", vMerge: "unmerged", vResolve: "unresolved",
}

// states are words for what a thing is in: the value of "is:" that says so.
var states = map[string]string{
	"away|off|out|absent|off-duty|on-leave|on-vacation|in-vacation|on-holiday|on-holidays|in-holidays|out-of-office|ooo": "away",
	"stale": "stale", "at-risk": "at-risk", "in-danger": "at-risk", "overdue": "overdue", "in-limbo": "limbo", "late": "overdue",
	"in-review": "in_review", "under-review": "in_review", "in-progress": "in_progress", "under-way|underway": "in_progress", "ready": "ready",
	"open|pending|outstanding|remaining|left|undone|incomplete": "open", "live": "open", "active": "open", "offered": "offered", "critical": "critical", "up-for-grabs": "unclaimed", "reopened": "reopened",
	"superseded": "superseded", "reversed": "reversed", "proposed": "proposed", "outdated": "stale", "going-stale": "stale", "unfinished": "open",
}

// nouns are names of what records hold, in the singular.
var nouns = map[verb]string{
	nItem: "item|task|thing|work-item|job|piece-of-work|stuff", vBlock: "blocker|impediment", nHandoff: "handoff|hand-off|handover|shift-note",
	vDecide: "decision|choice", vAsk: "question", vAck: "ack|acknowledgement|acknowledgment|receipt", vReview: "review|reviewer|approver|approval",
	nStatus: "status|state|progress|situation|latest", nHistory: "history|story|timeline", nReason: "reason|intent|purpose|point|rationale|why",
	nGap: "gap", nContract: "contract|interface", vEscalate: "escalation", vDue: "deadline|sla|due-date",
	nPR: "pr|mr|pull-request|merge-request", nTicket: "ticket|issue", nBranch: "branch", nFile: "file|path|folder|directory",
	nTeam: "team|group|crew", nArea: "area|topic|policy", vOwn: "owner|lead", vHold: "holder|custodian|assignee", vResolve: "resolver",
	vCover: "cover|stand-in|substitute|deputy", vNext: "next-step|step|todo|to-do|next-action|action", vChange: "change|update|news", nPlate: "plate|desk|queue|list",
}

// askings are the words that questions begin with, and what each asks for.
var askings = map[string]string{
	"what": "what", "which": "what", "what-about": "what-about", "how-about": "what-about", "who": "who", "whom": "who", "whose": "who", "why": "why", "how-come": "why",
	"when": "when", "until-when": "when", "what-time": "when", "where": "where", "how": "how", "how-old": "how", "how-many": "how-many",
	"how-long": "how-long", "for-how-long": "how-long", "how-long-time": "how-long", "since-when": "how-long",
	"if": "yes", "whether": "yes",
}

var (
	auxiliaries = "is are was were am be been being do does did has have had will would shall should must may might can could"
	fillers     = "the a an please right-now currently at-the-moment still yet already so-far just really actually there now then " +
		"that this those these any some all every each both of-ours exactly else as-well too again-please hey hi ok okay so well and pls thanks thank-you"
	unreads      = "most least more less fewer only whole half several few than except besides instead"
	prepositions = "on for to by of about with in from at over into up regarding concerning towards as"
	persons      = map[string]string{"i": "me", "me": "me", "myself": "me", "we": "team", "us": "team", "ourselves": "team"}
	owners       = map[string]string{"my": "me", "mine": "me", "our": "team", "ours": "team"}
	indefinites  = map[string]string{
		"anything": "any", "anyone": "any", "anybody": "any", "something": "any", "someone": "any", "somebody": "any", "everyone": "all", "everybody": "all",
		"everything": "all", "nobody": "none", "nothing": "none", "no-one": "none", "noone": "none", "none": "none", "people": "all", "it": "it",
	}
)

var (
	universal = []string{"all", "every", "each", "both"}     // fillers that say that something is so of all
	passed    = []string{"last", "latest", "current", "own"} // passed over before a noun: of several the latest is meant
)

// longestPhrase is how many words a phrase of the lexicon has at most.
const longestPhrase = 4

// lexicon is all words by their spelling, a phrase with spaces. It is made for the
// first question: most commands ask none.
var lexicon = sync.OnceValue(makeLexicon)

func makeLexicon() map[string][]word {
	all := make(map[string][]word)
	add := func(list string, w word) {
		for _, spelling := range strings.FieldsFunc(list, func(r rune) bool { return r == ' ' || r == '|' }) {
			if spelling != "-" {
				spelling = strings.ReplaceAll(spelling, "-", " ")
				all[spelling] = append(all[spelling], word{w.kind, w.verb, w.form, w.value})
			}
		}
	}
	for class, lines := range verbs {
		for _, line := range lines {
			for i, spellings := range strings.Fields(line) {
				add(spellings, word{kind: action, verb: class, form: form(i)})
			}
		}
	}
	for class, list := range adjectives {
		add(list, word{kind: action, verb: class, form: being})
	}
	for list, value := range states {
		class := vState
		if value == "away" {
			class = vReturn
		}
		add(list, word{kind: action, verb: class, form: being, value: value})
	}
	for class, list := range nouns {
		add(list, word{kind: noun, verb: class})
		add(plurals(list), word{kind: noun, verb: class, value: "many"})
	}
	for kind, list := range map[kind]string{auxiliary: auxiliaries, filler: fillers, preposition: prepositions, unread: unreads} {
		for _, spelling := range strings.Fields(list) {
			add(spelling, word{kind: kind, value: spelling})
		}
	}
	for kind, list := range map[kind]map[string]string{asking: askings, pronoun: persons, possessive: owners, indefinite: indefinites} {
		for spelling, value := range list {
			add(spelling, word{kind: kind, value: value})
		}
	}
	add("not never no neither", word{kind: negation})
	add("need-to|needs-to|has-to|have-to|has-yet-to|have-yet-to", word{kind: auxiliary, value: "must"})
	return all
}

func plurals(list string) string {
	var many []string
	for _, one := range strings.Split(list, "|") {
		switch {
		case strings.HasSuffix(one, "y"):
			many = append(many, strings.TrimSuffix(one, "y")+"ies")
		case strings.HasSuffix(one, "s"), strings.HasSuffix(one, "ch"):
			many = append(many, one+"es")
		case one == "piece-of-work":
			many = append(many, "pieces-of-work")
		case one != "news":
			many = append(many, one+"s")
		}
	}
	return strings.Join(many, "|")
}
