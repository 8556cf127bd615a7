package cli

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// typedWords takes a line of an example apart as a shell would, up to what goes to another
// program, into a file, or is a remark.
func typedWords(line string) []string {
	var list []string
	var word strings.Builder
	quote, inWord := rune(0), false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, inWord = r, true
		case r == '|' || r == '>' || r == '#' && !inWord:
			return list
		case r != ' ':
			word.WriteRune(r)
			inWord = true
		case inWord:
			list = append(list, word.String())
			word.Reset()
			inWord = false
		}
	}
	if inWord {
		list = append(list, word.String())
	}
	return list
}

// exampleWorld is a repository in which what the examples name is there: what ana has left
// for ben, whom sarah can help.
func exampleWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.commitFile(".handoffs/config.yaml", `format: 1
people:
  ana: {emails: [ana@example.com], team: payments, tz: Asia/Singapore, hours: "09:00-18:00"}
  ben: {emails: [ben@example.com], team: payments, tz: Europe/London, hours: "09:00-17:30"}
  sarah: {emails: [sarah@example.com], team: payments}
  james: {emails: [james@example.com], team: payments}
  ines: {emails: [ines@example.com], team: payments}
teams: {payments: {lead: ana, zone: apac}}
zones: [apac, emea]
pods: {identity: {teams: [payments], leads: {apac: ana, emea: ben}}}
escalation: {default: [ines]}
`)
	w.commitFile("today.yaml", `to: ben
returns_at: mon 09:00
summary: The refund flow lacks one approval
items:
  - {id: refund-flow, status: in_review, state: "PR #1842 has 1 of 2 approvals", next: "ben: Get james's review of PR #1842", intent: Customers wait for refunds that a job lost, accept: ["PR #1842 is merged"], refs: ["pr:1842"]}
  - {id: payments-refund-flow, status: ready, state: "The job for 214 refunds is written", next: "ben: Run the job on staging", intent: Customers wait for refunds that a job lost}
  - {id: login-session-timeout, title: The session timeout of the login, status: blocked, state: "Both limits are built behind the flag session_limit", next: "ben: Set session_limit to what sarah decides", intent: Web and app log people out at different times}
blockers:
  - {id: session-policy, needs: "The session limit for web and app, in minutes", because: "The audit asks for 15 minutes, support for 30", resolver: sarah, blocks: [login-session-timeout]}
decisions:
  - {id: sessions-last-15-minutes, decision: Sessions last 15 minutes, rationale: the audit asks for that}
  - {id: session-store, decision: Sessions are kept in Redis, rationale: the database is slow under load, status: proposed}
questions:
  - {id: which-limit, ask: "Does the limit of 15 minutes hold for the app as well?", to: sarah}
shipped: none
`)
	w.commitFile("changes.yaml", "summary: The refund flow has both approvals\nto: ben\nreturns_at: mon 09:00\nshipped: none\ndecisions: none\nitems:\n  - {id: refund-flow, state: \"PR #1842 has 2 of 2 approvals\"}\n")
	ids := []string{"k3f9q2m7"}
	w.env.NewID = func() string { return next(&ids) }
	w.run(StatusDone, "declare", "-f", "today.yaml")
	w.git("tag", "v1.4")
	w.git("branch", "release")
	w.git("switch", "-q", "-c", "feature")
	return w
}

// next is the first of some ids, which is taken away, else a random one.
func next(ids *[]string) string {
	if len(*ids) == 0 {
		return randomID()
	}
	id := (*ids)[0]
	*ids = (*ids)[1:]
	return id
}

// exampleActors are who types the examples of a command, where it is not ana.
var exampleActors = map[string]string{
	"handoff ack": "ben", "handoff answer": "sarah", "handoff ask": "ben", "handoff gap": "ben", "handoff resolve": "sarah", "handoff decide": "sarah",
}

// exampleStatuses are those of examples that cannot be done here, without a terminal, a
// remote and a target, or that name what is somebody else's.
var exampleStatuses = map[string]int{
	"handoff declare":                                          StatusUsage, // asks
	"handoff declare # at the end of the day":                  StatusUsage,
	"handoff declare --from-notes":                             StatusUsage,
	"handoff declare --resume":                                 StatusUsage, // no draft waits
	"handoff declare --carry --editor":                         StatusUsage,
	"handoff rollup --pod identity --since yesterday --editor": StatusUsage,
	"handoff draft show":                                       StatusUsage,
	"handoff draft restore":                                    StatusUsage,
	"handoff draft restore 2":                                  StatusUsage,
	"handoff draft drop":                                       StatusUsage,
	"handoff draft publish 3":                                  StatusUsage,
	"handoff init --forms":                                     StatusUsage, // the remote says for which forge
	`handoff answer k3f "James's. He is online from 10:00"`:    StatusUsage, // here k3f is a handoff
	"handoff give refund-flow --back":                          StatusNo,    // it was not taken
	"handoff verify --require-signed --strict":                 StatusNo,
	"handoff verify --from github":                             StatusUsage,
	"handoff route session-policy --via github":                StatusUsage,
	"handoff route --all --dry-run":                            StatusUsage,
	"handoff route --due":                                      StatusUsage,
	"handoff route @ --via payments-chat --again":              StatusUsage,
	"handoff sync":                                             StatusFailed,
	"handoff sync --json --jq .sent":                           StatusFailed,
	"handoff sync --from github":                               StatusUsage,
}

// notRun are examples that wait, serve, or are run by a test of their own.
var notRun = []string{"handoff demo", "handoff mcp", "handoff -C /src/app mcp", "claude mcp add handoff -- handoff mcp"}

// Each example in the help can be typed as it is.
func TestExamplesRun(t *testing.T) {
	w := exampleWorld(t)
	root := newRootCmd(new(globals))
	for _, cmd := range append(commands(root), root) {
		for line := range strings.SplitSeq(strings.ReplaceAll(cmd.Example, "\\\n", " "), "\n") {
			line = strings.Join(strings.Fields(line), " ")
			args := typedWords(line)
			if len(args) == 0 || args[0] != "handoff" || slices.Contains(notRun, line) || slices.Contains(args, "--serve") || slices.Contains(args, "wait") {
				continue
			}
			actor := "ana"
			if other, set := exampleActors[cmd.CommandPath()]; set {
				actor = other
			}
			w.as(actor, time.Date(2026, 11, 20, 11, 30, 0, 0, time.UTC))
			if cmd.Flags().Lookup("dry-run") != nil && cmd.Name() != "publish" && !slices.Contains(args, "--dry-run") {
				args = append(args, "--dry-run")
			}
			for i, arg := range args {
				args[i] = strings.Replace(arg, "~/src", w.dir, 1)
			}
			t.Run(line, func(t *testing.T) {
				at := &world{t: t, dir: w.dir, env: w.env}
				if strings.HasPrefix(line, "handoff declare --to") || strings.HasPrefix(line, "handoff init --person") {
					at = newWorld(t) // with which somebody begins
				}
				at.run(exampleStatuses[line], args[1:]...)
			})
		}
	}
}
