package export

import (
	"encoding/json"
	"sync"
	"time"
)

// The tables of a warehouse are the structs of this file: a column is a field, its
// name is that in JSON, its type that of the field (see [columnTypes]), and its
// comment what the tag says. An empty text or time is null, but for a part of the key.
// Ages are no columns: they would change while nothing happens. They are counted from
// repos.read_at.

// warehouse are the tables of a warehouse, that of the repositories first and all
// others behind it: their rows are of a repository in it.
var warehouse = sync.OnceValue(func() []*table {
	return []*table{
		newTable[repoRow](reposTable, "repositories, and when each was read", "repo"),
		newTable[personRow]("people", "who writes records or is in the roster, by repository", "repo", "id"),
		newTable[recordRow](RecordsTable, "every record as it was written", "repo", "id"),
		newTable[handoffRow]("handoffs", "every version of a handoff, and what became of it", "repo", "id"),
		newTable[chainRow]("chains", "handoffs with their amendments as one, as handoff stats counts them; those that were withdrawn, and rollups that stay in their zone, are left out", "repo", "handoff"),
		newTable[boundaryRow]("boundaries", "the boundaries that each chain crosses", "repo", "handoff", "by", "from", "to"),
		newTable[itemRow]("items", "items as they stand, closed ones included", "repo", "id"),
		newTable[eventRow]("item_events", "what each record did to an item: a transfer is where the holder before is another one", "repo", "item", "record"),
		newTable[blockerRow]("blockers", "blockers as they stand, closed ones included", "repo", "id"),
		newTable[questionRow]("questions", "questions as they stand, closed ones included", "repo", "id"),
		newTable[decisionRow]("decisions", "every decision, replaced and rejected ones included", "repo", "id", "record", "nth"),
		newTable[ackRow]("acks", "every verdict and receipt", "repo", "id"),
		newTable[deliveryRow]("deliveries", "what was sent where beside git", "repo", "kind", "subject", "target", "service"),
		newTable[closureRow]("closures", "what handoffs say was shipped or dropped", "repo", "record", "nth"),
	}
})

// reposTable is the table of the repositories. Its row is the last of each
// repository: without it nothing of the repository counts.
const reposTable = "repos"

type repoRow struct {
	Repo      string    `json:"repo" says:"name: that of the directory, with as much of the path as tells it from others"`
	Directory string    `json:"directory" says:"where it was read"`
	Ref       string    `json:"ref" says:"the branch that was checked out"`
	Head      string    `json:"head" says:"its commit"`
	ReadAt    time.Time `json:"read_at" says:"when it was read: ages are counted from here, and whom something asks, what is late and in limbo is as of then"`
}

type personRow struct {
	Repo string `json:"repo"`
	ID   string `json:"id" says:"handle"`
	Team string `json:"team" says:"as the roster says, else their latest handoff"`
	Zone string `json:"zone" says:"as the roster says"`
}

type recordRow struct {
	Repo     string          `json:"repo"`
	ID       string          `json:"id"`
	Kind     string          `json:"kind" says:"handoff, ack, question, answer, resolution, decision, escalation, assignment, route, withdrawal, gap"`
	At       time.Time       `json:"at"`
	By       string          `json:"by" says:"handle of the author"`
	To       []string        `json:"to" says:"whom it is addressed to"`
	About    string          `json:"about" says:"a reference to what it is about"`
	Says     string          `json:"says" says:"what it says, in a sentence"`
	Record   json.RawMessage `json:"record" says:"all that it says, with the keys of its file"`
	Path     string          `json:"path"`
	Digest   string          `json:"digest" says:"sha256 of the file"`
	Commit   string          `json:"commit" says:"a commit that has it, that of the load which brought the row: git show commit:path"`
	OnlyOn   string          `json:"only_on" says:"the foreign branch that alone has it"`
	Disputed bool            `json:"disputed" says:"another file has the same id and other content"`
	Unproven bool            `json:"unproven" says:"a verdict that only a squash merge has: nobody saw it given"`
}

type handoffRow struct {
	Repo         string    `json:"repo"`
	ID           string    `json:"id" says:"of its record"`
	At           time.Time `json:"at"`
	By           string    `json:"by" says:"the sender"`
	Team         string    `json:"team" says:"of the sender then"`
	Zone         string    `json:"zone" says:"of the sender then"`
	To           []string  `json:"to"`
	Summary      string    `json:"summary"`
	State        string    `json:"state" says:"published, accepted, changes_requested, declined, superseded, closed, withdrawn"`
	Severity     string    `json:"severity" says:"of its gravest item"`
	Unacked      bool      `json:"unacked" says:"somebody else is asked for a verdict and has given none"`
	Late         bool      `json:"late" says:"published after the end of the shift"`
	Overdue      bool      `json:"overdue" says:"no verdict within the limit"`
	Limbo        bool      `json:"limbo" says:"no verdict in a whole shift of every receiver"`
	Drifted      bool      `json:"drifted" says:"the work moved before the verdict"`
	Partial      bool      `json:"partial" says:"some of its items have been taken"`
	Escalated    bool      `json:"escalated"`
	ReturnsAt    time.Time `json:"returns_at" says:"when the sender is back"`
	Amends       string    `json:"amends" says:"the version before"`
	First        string    `json:"first" says:"the first version, which names the chain"`
	SupersededBy string    `json:"superseded_by"`
	Rollup       string    `json:"rollup" says:"team, pod or org of a rollup"`
	Items        []string  `json:"items"`
	Taken        []string  `json:"taken" says:"items that somebody took from this version"`
	Verdict      string    `json:"verdict" says:"id of the ack that led to the state"`
	VerdictAt    time.Time `json:"verdict_at"`
	Unproven     bool      `json:"unproven" says:"that of the verdict"`
}

type chainRow struct {
	Repo       string    `json:"repo"`
	Handoff    string    `json:"handoff" says:"id of the first version"`
	Latest     string    `json:"latest" says:"id of the latest version"`
	At         time.Time `json:"at" says:"of the first version"`
	By         string    `json:"by"`
	Receivers  []string  `json:"receivers" says:"handles, and groups that stand for nobody in the roster"`
	Awaited    bool      `json:"awaited" says:"it waits, or waited, for a verdict by somebody else"`
	AcceptedBy string    `json:"accepted_by"`
	AcceptedAt time.Time `json:"accepted_at"`
	Seconds    *int64    `json:"accept_s" says:"seconds from the first version to the ack that satisfied the policy; null while it is open"`
	Worked     *int64    `json:"accept_working_s" says:"of those, on the clock of who gave it; null where their hours are not known"`
	FirstPass  *bool     `json:"first_pass" says:"the first verdict accepted, with nothing asked or amended before; null before one"`
	Questions  int64     `json:"questions" says:"asked about it by others than the sender"`
	Overdue    *bool     `json:"overdue" says:"a verdict came after its limit, or is late; null without a limit"`
	Limbo      bool      `json:"limbo" says:"nobody decided in a whole shift of every receiver"`
	Stalls     int64     `json:"stalls" says:"gaps that held work up"`
	Unproven   bool      `json:"unproven" says:"that of the ack"`
}

type boundaryRow struct {
	Repo    string `json:"repo"`
	Handoff string `json:"handoff" says:"of chains"`
	By      string `json:"by" says:"team: two teams; zone: two zones, within a team; none: the same team on both sides"`
	From    string `json:"from" says:"the side of the sender; empty where it is not known"`
	To      string `json:"to"`
}

type itemRow struct {
	Repo       string          `json:"repo"`
	ID         string          `json:"id"`
	Title      string          `json:"title"`
	Intent     string          `json:"intent" says:"why it is done"`
	Live       bool            `json:"live" says:"neither shipped nor dropped nor continued under another name"`
	Status     string          `json:"status" says:"ready, in_progress, in_review, blocked, or how it was closed: shipped, dropped, continued"`
	Severity   string          `json:"severity" says:"routine, watch, critical"`
	State      string          `json:"state" says:"of a closed item, what was shipped or why it was dropped"`
	Holder     string          `json:"holder" says:"the custodian, of a closed item the last one"`
	Team       string          `json:"team" says:"of the holder, as the roster says"`
	Owner      string          `json:"owner"`
	OfferedTo  []string        `json:"offered_to"`
	OfferedAt  time.Time       `json:"offered_at"`
	BlockedBy  []string        `json:"blocked_by" says:"open blockers"`
	Next       json.RawMessage `json:"next" says:"list of {do, owner, when}"`
	Due        time.Time       `json:"due"`
	Since      time.Time       `json:"since" says:"since when the holder holds it; of a closed item, when it was closed"`
	FirstAt    time.Time       `json:"first_at" says:"when it was named first"`
	DeclaredAt time.Time       `json:"declared_at" says:"when it was declared last"`
	Carried    int64           `json:"carried" says:"declarations in a row with the same status"`
	Escalated  bool            `json:"escalated"`
	ClosedBy   string          `json:"closed_by" says:"who closed it"`
	Record     string          `json:"record" says:"id of the record that says how it stands"`
	Unproven   bool            `json:"unproven" says:"the ack that gave it to its holder is unproven"`
}

type eventRow struct {
	Repo         string    `json:"repo"`
	Item         string    `json:"item"`
	Record       string    `json:"record" says:"id of the record that did it"`
	Kind         string    `json:"kind" says:"of the record"`
	At           time.Time `json:"at"`
	By           string    `json:"by"`
	StatusBefore string    `json:"status_before" says:"null of an item that was not known"`
	Status       string    `json:"status"`
	HolderBefore string    `json:"holder_before" says:"from whom a transfer is; null of an item that was not known"`
	Holder       string    `json:"holder" says:"to whom it is"`
	OfferedTo    []string  `json:"offered_to" says:"afterwards"`
	Unproven     bool      `json:"unproven" says:"that of the record"`
}

type blockerRow struct {
	Repo           string    `json:"repo"`
	ID             string    `json:"id"`
	Needs          string    `json:"needs"`
	Because        string    `json:"because"`
	Type           string    `json:"type" says:"decision, review, access, information, dependency, environment, approval, external"`
	Severity       string    `json:"severity"`
	Blocks         []string  `json:"blocks" says:"items"`
	Open           bool      `json:"open"`
	State          string    `json:"state" says:"declared, routed, acknowledged, escalated, or how it ended"`
	DeclaredBy     string    `json:"declared_by"`
	Since          time.Time `json:"since" says:"its age counts from here"`
	OpenedAt       time.Time `json:"opened_at" says:"when it was declared, or again after it was closed"`
	Reopened       int64     `json:"reopened" says:"how often"`
	Resolver       string    `json:"resolver" says:"a handle, or area:name"`
	Asked          string    `json:"asked" says:"who is asked now; null once it is closed"`
	AskedBecause   string    `json:"asked_because" says:"primary, cover, alternate, ladder, escalated, taken, no_one_in_window"`
	Deadline       time.Time `json:"deadline" says:"of who is asked now, on their clock"`
	NeededBy       time.Time `json:"needed_by" says:"as its sender says"`
	Workaround     string    `json:"workaround"`
	AcknowledgedBy string    `json:"acknowledged_by"`
	AcknowledgedAt time.Time `json:"acknowledged_at"`
	ResolvedBy     string    `json:"resolved_by"`
	ResolvedAt     time.Time `json:"resolved_at"`
	How            string    `json:"how"`
	Escalated      bool      `json:"escalated"`
	Record         string    `json:"record" says:"id of the record that says how it stands"`
}

type questionRow struct {
	Repo         string    `json:"repo"`
	ID           string    `json:"id" says:"slug, or the id of its record"`
	Ask          string    `json:"ask"`
	By           string    `json:"by"`
	To           string    `json:"to"`
	About        string    `json:"about" says:"a reference"`
	Blocks       []string  `json:"blocks" says:"items that wait for the answer"`
	Open         bool      `json:"open" says:"it waits for an answer"`
	State        string    `json:"state" says:"open, answered, closed, withdrawn"`
	Rounds       int64     `json:"rounds" says:"how often it was asked"`
	AskedAt      time.Time `json:"asked_at" says:"in the last round"`
	Asked        string    `json:"asked" says:"who is asked now; null unless it is open"`
	AskedBecause string    `json:"asked_because"`
	Deadline     time.Time `json:"deadline" says:"of who is asked now, on their clock"`
	NeededBy     time.Time `json:"needed_by" says:"as the asker says"`
	Default      string    `json:"default_if_silent"`
	Answer       string    `json:"answer" says:"the latest"`
	AnsweredBy   string    `json:"answered_by"`
	AnsweredAt   time.Time `json:"answered_at"`
	Escalated    bool      `json:"escalated"`
	Record       string    `json:"record" says:"id of the record that asks"`
}

type decisionRow struct {
	Repo         string    `json:"repo"`
	ID           string    `json:"id" says:"the topic"`
	Record       string    `json:"record"`
	Nth          int64     `json:"nth" says:"1, more where a record decides a topic more than once"`
	Decision     string    `json:"decision"`
	Rationale    string    `json:"rationale"`
	By           string    `json:"by" says:"who decided"`
	At           time.Time `json:"at"`
	Status       string    `json:"status" says:"proposed, accepted, superseded, reversed, rejected"`
	Supersedes   string    `json:"supersedes" says:"a topic"`
	SupersededBy string    `json:"superseded_by" says:"a topic"`
	Door         string    `json:"door" says:"two_way, one_way"`
	Items        []string  `json:"items"`
	Answers      string    `json:"answers" says:"a blocker or a question"`
	Source       string    `json:"source" says:"where it was said: git, chat, call, meeting, doc"`
}

type ackRow struct {
	Repo        string    `json:"repo"`
	ID          string    `json:"id" says:"of its record"`
	Subject     string    `json:"subject" says:"a reference"`
	SubjectKind string    `json:"subject_kind" says:"handoff, assignment, blocker …; null where nothing is known of it"`
	SubjectBy   string    `json:"subject_by" says:"who waited for it"`
	At          time.Time `json:"at"`
	By          string    `json:"by"`
	Outcome     string    `json:"outcome" says:"accepted, accepted_with_gaps, changes_requested, declined, seen"`
	Verdict     bool      `json:"verdict" says:"it led to the state of the handoff"`
	Reason      string    `json:"reason"`
	Take        []string  `json:"take" says:"items"`
	Gaps        int64     `json:"gaps" says:"that it names"`
	Drift       *int64    `json:"drift" says:"commits since the handoff; null where nobody counted"`
	Seconds     *int64    `json:"ack_s" says:"seconds since its subject was asked for it"`
	Unproven    bool      `json:"unproven" says:"only a squash merge has it: nobody saw it given"`
}

type deliveryRow struct {
	Repo    string    `json:"repo"`
	Kind    string    `json:"kind" says:"of the subject: handoff, blocker, question, decision"`
	Subject string    `json:"subject"`
	Target  string    `json:"target" says:"its name"`
	Service string    `json:"service" says:"github, slack, mail …"`
	State   string    `json:"state" says:"sent; in_doubt: it may have been sent; failed: it is certain that nothing arrived"`
	Told    []string  `json:"told" says:"whom the last message that arrived is for"`
	FirstAt time.Time `json:"first_at" says:"when the first message had arrived"`
	SentAt  time.Time `json:"sent_at" says:"when the last one had"`
	TriedAt time.Time `json:"tried_at" says:"the last try of which nobody has said how it ended"`
	URL     string    `json:"url"`
}

type closureRow struct {
	Repo   string    `json:"repo"`
	Record string    `json:"record"`
	Nth    int64     `json:"nth" says:"its place in the record"`
	Item   string    `json:"item" says:"null of work that never was an item"`
	How    string    `json:"how" says:"shipped, dropped"`
	What   string    `json:"what" says:"what was shipped, why it was dropped"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Refs   []string  `json:"refs" says:"as type:id"`
	Counts bool      `json:"counts" says:"the item was closed so, or there is none and the record still speaks"`
}
