package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// firing is a rule with an input that fires it, and the nearest one that does not:
// each is what somebody does, and returns what the program found.
type firing struct {
	code        string
	fires, near func(*world) []handoff.Finding
}

// TestEachRuleFires runs, for every rule that there is, a command that it speaks
// up at and that one's nearest neighbour, at which it is silent.
func TestEachRuleFires(t *testing.T) {
	tried := make(map[string]bool)
	for _, group := range firings {
		w := group.world(t)
		for _, row := range group.rows {
			tried[row.code] = true
			fired, silent := row.fires(w), row.near(w)
			if !hasCode(fired, row.code) {
				t.Errorf("%s does not fire, there is %v", row.code, codesOf(fired))
			}
			if hasCode(silent, row.code) {
				t.Errorf("%s fires where it should not: %s", row.code, saidBy(silent, row.code))
			}
			for _, f := range fired {
				if f.Code == row.code {
					checkSize(t, f)
					checkLeads(t, f)
				}
			}
		}
	}
	for _, code := range config.RuleCodes {
		if !tried[code] {
			t.Errorf("no row shows %s fire", code)
		}
	}
}

// TestNamedThingsAreLeftAlone: a number, a version, a commit, a path or a name is
// something to go by, in whatever few words it stands.
func TestNamedThingsAreLeftAlone(t *testing.T) {
	w := teamWorld(t)
	const state = `"#1842 has 2 of 3 approvals, the load test is green"`
	for _, kind := range []struct {
		edit  func(text string) []string
		texts []string
	}{
		{func(text string) []string { return []string{mergeStep, `do: "` + text + `", owner: ben`} }, []string{
			"merge #1432", "tag 2.1.9", "merge !88", "bump lodash to 4.17", "look at README", "check session.go", "watch PaymentService",
			"continue with PAY-311", "rebase onto 4f2a9c1", "see https://example.com/x", "merge #1842 before monday",
		}},
		{func(text string) []string { return []string{state, `"` + text + `"`} }, []string{
			"merged as fbb61b3", "4 users log in", "~40% complete", "fixed in #77", "deployed with 2.1.9", "3 of 5 pages are done",
			"The complete rewrite of the parser has begun", "It can be tested on Monday", "James's comments from Friday are in",
		}},
		{func(text string) []string {
			return []string{refundWhy, refundWhy + "\n    accept: [{check: \"" + text + "\"}]"}
		}, []string{
			"2.1.9 on npm", "4 users log in", "p99 under 20ms", "docs/install.md is translated", "the balance matches the old system", "#1842 is merged",
		}},
		{func(text string) []string {
			return []string{refundWhy, refundWhy + "\n    severity: watch\n    if_then: [{if: \"it fails\", then: \"stop it\"}]", mergeStep, `do: "` + text + `", owner: ben`}
		}, []string{
			"tag 2.1.9", "merge #1432", "close PAY-311", "delete old/export.go", "release v3",
		}},
	} {
		for _, text := range kind.texts {
			if found := drafted(kind.edit(text)...)(w); len(found) > 0 {
				t.Errorf("%s: %v", text, codesOf(found))
			}
		}
	}
}

// checkSize refuses a finding that does not fit two lines of a terminal: what it
// says, and below it what to do.
func checkSize(t *testing.T, f handoff.Finding) {
	t.Helper()
	says, do := fmt.Sprintf("%s %s: %s", f.Level, f.Code, f.Message), "    "+f.Fix
	for _, line := range []string{says, do} {
		if strings.HasPrefix(line, "    git ") {
			continue // a command to be pasted
		}
		if n := utf8.RuneCountInString(line); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func hasCode(findings []handoff.Finding, code string) bool {
	return slices.ContainsFunc(findings, func(f handoff.Finding) bool { return f.Code == code })
}

func codesOf(findings []handoff.Finding) []string {
	codes := make([]string, len(findings))
	for i, f := range findings {
		codes[i] = f.Code + " " + f.Message
	}
	return codes
}

// saidBy is what a rule says among all that was found.
func saidBy(findings []handoff.Finding, code string) string {
	var said []string
	for _, f := range findings {
		if f.Code == code {
			said = append(said, f.Message)
		}
	}
	return strings.Join(said, "; ")
}

// judge runs a runsAs, with text on its standard input, and returns what was
// found: by a check, or by a command that writes, as warnings or as what refuses it.
func (w *world) judge(text string, args ...string) []handoff.Finding {
	w.t.Helper()
	out, errOut, status := w.feed(text, append(args, "--json")...)
	if status != 0 && status != StatusNo {
		w.t.Fatalf("handoff %q: status %d\n%s%s", args, status, out, errOut)
	}
	return append(foundIn(w.t, out), foundIn(w.t, errOut)...)
}

// feed runs a command line with text on its standard input.
func (w *world) feed(text string, args ...string) (stdout, stderr string, status int) {
	var out, errOut bytes.Buffer
	env := w.env
	env.In, env.Out, env.Err = strings.NewReader(text), &out, &errOut
	status = Main(args, env)
	return out.String(), errOut.String(), status
}

// foundIn are the findings in what a command printed, a document or lines of which
// some are one.
func foundIn(t *testing.T, printed string) (findings []handoff.Finding) {
	t.Helper()
	var doc struct {
		Findings, Warnings []handoff.Finding
	}
	begin := strings.IndexByte(printed, '{')
	if begin < 0 {
		return nil
	}
	if err := json.NewDecoder(strings.NewReader(printed[begin:])).Decode(&doc); err != nil {
		t.Fatalf("%v in\n%s", err, printed)
	}
	return append(doc.Findings, doc.Warnings...)
}

// sgt is a time of November 2026 in Singapore. The 20th is a Friday.
func sgt(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, time.FixedZone("", 8*3600))
}

// firingTeam works in Singapore and London. Dora of quality wants to know how one
// tells that it is done.
const firingTeam = `format: 1
people:
  ana: {emails: [ana@example.com], team: core, tz: Asia/Singapore, hours: "09:00-18:00"}
  ben: {emails: [ben@example.com], team: web, tz: Europe/London, hours: "09:00-17:30", away: [{from: 2026-12-01, to: 2026-12-04}]}
  cleo: {emails: [cleo@example.com], team: web, tz: Europe/London, hours: "09:00-17:00", days: mon-sun}
  dora: {emails: [dora@example.com], team: qa, tz: Europe/London, hours: "09:00-17:00"}
  sarah: {emails: [sarah@example.com], team: core, tz: Asia/Singapore, hours: "09:00-18:00"}
teams: {core: {lead: sarah, zone: apac}, web: {lead: ben, zone: emea}, qa: {lead: dora, zone: emea}}
zones: [apac, emea]
authority:
  - {area: policy, primary: sarah, expires: 2026-11-18}
  - {area: billing, primary: sarah, expires: 2026-12-18}
interfaces: [{from: core, to: qa, requires: [accept]}]
`

// firingDraft is a handoff that no rule has anything to say about.
const firingDraft = `to: [ben]
summary: "Refunds wait for the third approval of #1842"
returns_at: "2026-11-23T09:00:00+08:00"
` + shippedExport + `
items:
` + refundItem + loginItem + `blockers:
` + policyBlocker + `decisions:
` + retryDecision

// The parts of firingDraft.
const (
	shippedExport = `shipped: [{id: export-job, what: "The export job writes CSV since #1790"}]`

	refundItem = `  - id: refund-flow
    status: in_progress
    owner: ana
    state: "#1842 has 2 of 3 approvals, the load test is green"
` + refundWhy + `
    next: [{` + mergeStep + `}]
`
	refundWhy = `    intent: "Customers wait for refunds that the old job lost"`
	mergeStep = `do: "Merge #1842 after the third approval", owner: ben`

	loginItem = `  - id: login-timeout
    status: blocked
    owner: ana
    blocked_by: [session-policy]
    state: "The cookie lives for 30 minutes on staging"
    intent: "The audit found sessions that never end"
    next: [{do: "Set the lifetime in session.go once it is decided", owner: ana}]
`
	policyBlocker = `  - id: session-policy
    needs: "Decide how long a session may last"
    because: "The audit and the product team name different times"
    resolver: sarah
    blocks: [login-timeout]
`
	retryDecision = `  - id: retry-count
    decision: "Retry a refund three times"
    rationale: "The bank locks the account at the fourth try"
`
)

// edited is the draft with some texts replaced, each of which it must hold.
func edited(t *testing.T, draft string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(draft, pairs[i]) {
			t.Fatalf("the draft holds no %q", pairs[i])
		}
		draft = strings.Replace(draft, pairs[i], pairs[i+1], 1)
	}
	return draft
}

// drafted is a handoff that is declared, and not published: the good one, edited.
func drafted(pairs ...string) func(*world) []handoff.Finding {
	return func(w *world) []handoff.Finding {
		w.t.Helper()
		return w.judge(edited(w.t, firingDraft, pairs...), "declare", "-f", "-", "--dry-run")
	}
}

// draftedAt is drafted at a time of the day.
func draftedAt(at time.Time, pairs ...string) func(*world) []handoff.Finding {
	return func(w *world) []handoff.Finding {
		before := w.now
		w.as("ana", at)
		defer w.as("ana", before)
		return drafted(pairs...)(w)
	}
}

// runsAs is a command line, run as it is.
func runsAs(args ...string) func(*world) []handoff.Finding {
	return func(w *world) []handoff.Finding { w.t.Helper(); return w.judge("", args...) }
}

// doneBy is a command line of somebody at a time, which then is the time.
func doneBy(who string, at time.Time, args ...string) func(*world) []handoff.Finding {
	return func(w *world) []handoff.Finding {
		w.t.Helper()
		w.as(who, at)
		return w.judge("", args...)
	}
}

// teamWorld is a repository of the team in which nothing was declared yet, on
// Friday at the end of ana's shift.
func teamWorld(t *testing.T) *world {
	w := newWorld(t)
	w.as("ana", sgt(20, 17, 30))
	w.commitFile(".handoffs/config.yaml", firingTeam)
	w.commitFile("session.go", "package session\n")
	return w
}

// firings are all rules, by the repository that they are shown in.
var firings = []struct {
	world func(*testing.T) *world
	rows  []firing
}{
	{teamWorld, firstHandoff},
	{teamWorld, aboutPeople},
	{teamWorld, aboutUnsafe},
	{secondDay, nextHandoff},
	{offerWorld, aboutVerdicts},
	{teamWorld, aboutHistories},
}

// firstHandoff is about what one handoff says by itself.
var firstHandoff = []firing{
	{"HO101", drafted("status: in_progress", "status: nearly"), drafted("status: in_progress", "status: ready")},
	{"HO102", drafted("decisions:\n"+retryDecision, ""), drafted("decisions:\n"+retryDecision, "decisions: []\n")},
	{"HO103", drafted("resolver: sarah", "resolver: sarha"), drafted()},
	{"HO104", drafted("2026-11-23T09:00:00+08:00", "2026-11-20T17:30:00+08:00"), drafted("2026-11-23T09:00:00+08:00", "2026-11-20T17:31:00+08:00")},
	{"HO201", drafted(mergeStep, `do: "follow up on the merge", owner: ben`), drafted(mergeStep, `do: "follow up on #1842", owner: ben`)},
	{"HO202", drafted(mergeStep, `do: "Waiting for james to approve #1842", owner: ben`), drafted()},
	{"HO203", drafted(`"#1842 has 2 of 3 approvals, the load test is green"`, `"in progress, mostly"`), drafted(`"#1842 has 2 of 3 approvals, the load test is green"`, `"in progress, 3 of 5 pages"`)},
	{"HO204", drafted(mergeStep, `do: "Merge #1842 before tuesday", owner: ben`), drafted(mergeStep, `do: "Merge #1842 before monday", owner: ben`)},
	{"HO205", drafted("Decide how long a session may last", "Waiting for sarah"), drafted("Decide how long a session may last", "Sarah decides on 30 minutes")},
	{"HO206", drafted("The bank locks the account at the fourth try", "Makes sense"), drafted("The bank locks the account at the fourth try", "The bank locks the account")},
	{"HO207", drafted("Refunds wait for the third approval of #1842", "Refunds wait. James is ill. Nobody else may approve"), drafted("Refunds wait for the third approval of #1842", "Refunds wait. James is ill, nobody else may approve")},
	{"HO208", drafted("to: [ben]", "to: [ben]\nnotes: \""+strings.Repeat("word ", 121)+"\""), drafted("to: [ben]", "to: [ben]\nnotes: \""+strings.Repeat("word ", 120)+"\"")},
	{"HO210", drafted(refundWhy+"\n", ""), drafted("Customers wait for refunds that the old job lost", "Customers want refunds")},
	{"HO211", drafted(mergeStep, mergeStep+`, start: "after:session-policy"`), drafted(mergeStep, mergeStep+`, start: now`)},
	{"HO212", drafted(refundWhy, refundWhy+"\n    severity: watch", mergeStep, `do: "Look at #1842 again", owner: ben`), drafted(refundWhy, refundWhy+"\n    severity: watch")},
	{"HO213", drafted(refundWhy, refundWhy+"\n    accept: [{check: \"It looks fine to everybody\"}]"), drafted(refundWhy, refundWhy+"\n    accept: [{check: \"2.1.9 on npm\"}]")},
	{"HO214", drafted(refundWhy, refundWhy+"\n    severity: watch"), drafted(refundWhy, refundWhy+"\n    severity: watch\n    if_then: [{if: \"the queue grows\", then: \"stop the job\"}]")},
	{"HO215", drafted(mergeStep, mergeStep+", risk: irreversible"), drafted(mergeStep, mergeStep+", risk: irreversible, confirm_with: sarah")},
	{"HO216", drafted("The audit and the product team name different times", "Not said"), drafted("The audit and the product team name different times", "Nobody says so")},
	{"HO217", drafted("to: [ben]", "to: [ben]\nquestions: [{id: q-limit, ask: \"How many refunds an hour\", to: ben, context: \"The bank limits them\"}]"),
		drafted("to: [ben]", "to: [ben]\nquestions: [{id: q-limit, ask: \"How many refunds an hour?\", to: ben, context: \"The bank limits them\"}]")},
}

// thinDraft is a handoff in few words, of which one may be left out.
const thinDraft = `{to: [ben], summary: "Refunds wait for approval", returns_at: "2026-11-23T09:00:00+08:00", shipped: [], blockers: [], decisions: [],
items: [{id: refunds, status: ready, owner: ana, state: "#1842 has 2 approvals", intent: "Customers wait for refunds",
next: [{do: "Merge #1842 after approval", owner: ben}]}]}
`

// blockersOf are n blockers that one person resolves.
func blockersOf(n int, resolver string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  - {id: b%d, needs: \"Decide about part %d of the plan\", because: \"Part %d is told in two ways\", resolver: %s}\n", i, i, i, resolver)
	}
	return b.String()
}

// withRefs is the good handoff with references on its first item.
func withRefs(refs string) func(*world) []handoff.Finding {
	return drafted(refundWhy, refundWhy+"\n    refs: ["+refs+"]")
}

// head is the short hash of the last commit.
func (w *world) head() string {
	w.t.Helper()
	return strings.TrimSpace(w.git("rev-parse", "--short", "HEAD"))
}

// aboutPeople is about what a handoff asks of people, and of their time.
var aboutPeople = []firing{
	{"HO209", draftedAs(strings.Replace(thinDraft, " after approval", "", 1)), draftedAs(thinDraft)},
	{"HO306", drafted("    blocked_by: [session-policy]\n", "", "blocks: [login-timeout]", "blocks: [refund-flow]"), drafted("    blocked_by: [session-policy]\n", "")},
	{"HO307", drafted("blocks: [login-timeout]", "blocks: [login-timeout, refund-flow]"), drafted("blocks: [login-timeout]", "blocks: [login-timeout, refund-flow]\n    workaround: \"Refunds go on with 30 minutes\"")},
	{"HO308", drafted(refundWhy, refundWhy+"\n    progress: 100"), drafted(refundWhy, refundWhy+"\n    progress: 99")},
	{"HO311", drafted(refundWhy, refundWhy+"\n    depends_on: [login-timeout]", "blocked_by: [session-policy]", "blocked_by: [session-policy]\n    depends_on: [refund-flow]"),
		drafted(refundWhy, refundWhy+"\n    depends_on: [login-timeout]")},
	{"HO314", drafted("resolver: sarah", "resolver: sarah\n    workaround: \"30 minutes for now\"\n    since: 2026-11-05T09:00:00Z"),
		drafted("resolver: sarah", "resolver: sarah\n    workaround: \"30 minutes for now\"\n    since: 2026-11-06T10:00:00Z")},
	{"HO401", drafted("resolver: sarah", "resolver: team:core"), drafted("resolver: sarah", "resolver: area:billing")},
	{"HO402", drafted("resolver: sarah", "resolver: sarah and ben"), drafted()},
	{"HO403", drafted("resolver: sarah", "resolver: ana"), drafted()},
	{"HO404", drafted("decisions:", blockersOf(4, "sarah")+"decisions:"), drafted("decisions:", blockersOf(3, "sarah")+"decisions:")},
	{"HO406", drafted("resolver: sarah", "resolver: area:policy"), drafted("resolver: sarah", "resolver: area:billing")},
	{"HO407", drafted("to: [ben]", "to: [dora]", "owner: ben", "owner: dora"),
		drafted("to: [ben]", "to: [dora]", "owner: ben", "owner: dora", refundWhy, refundWhy+"\n    accept: [{check: \"#1842 is merged\"}]")},
	{"HO501", draftedAt(sgt(20, 18, 11)), draftedAt(sgt(20, 18, 10))},
	{"HO502", draftedAt(sgt(20, 21, 15)), draftedAt(sgt(20, 21, 14))},
	{"HO503", drafted(refundWhy, refundWhy+"\n    due: 2026-11-20T13:29:00Z"), drafted(refundWhy, refundWhy+"\n    due: 2026-11-20T13:30:00Z")},
	{"HO506", drafted("2026-11-23T09:00:00+08:00", "2026-11-24T09:01:00+08:00"), drafted("2026-11-23T09:00:00+08:00", "2026-11-24T09:00:00+08:00")},
	{"HO507", draftedAt(sgt(21, 12, 0)), draftedAt(sgt(21, 12, 0), "to: [ben]", "to: [cleo]")},
	{"HO601", withRefs(`{type: commit, id: "00000000"}`), func(w *world) []handoff.Finding { return withRefs(`{type: commit, id: "` + w.head() + `"}`)(w) }},
	{"HO602", withRefs("{type: file, id: sessions.go}"), withRefs("{type: file, id: session.go}")},
	{"HO603", fromLaptop("refs: [{type: branch, id: main}]"), fromLaptop("refs: [{type: branch, id: main}], known_issues: [\"two commits are not pushed\"]")},
	{"HO604", drafted(refundWhy, refundWhy+"\n    claims: [{claim: \"No refund is lost\", status: verified}]"), drafted(refundWhy, refundWhy+"\n    claims: [{claim: \"No refund is lost\", status: verified, probe: \"go test ./refund\"}]")},
	{"HO605", drafted("The export job writes CSV since #1790", "The export job is fixed and merged"), drafted("The export job writes CSV since #1790", "The export job is fixed, merged as fbb61b3")},
}

// aboutUnsafe is about what must not get into a record.
var aboutUnsafe = []firing{
	{"HO803", drafted("Refunds wait for the third", "TODO: refunds wait for the third"), drafted("Refunds wait for the third", "Refunds and their `TODO` wait for the third")},
	{"HO805", drafted("The cookie lives for 30 minutes on staging", "#1842 has 2 of 3 approvals, the load test is green"), drafted()},
	{"HO806", drafted("The export job writes CSV since #1790", "see above"), drafted("The export job writes CSV since #1790", "see #1790")},
	{"HO901", drafted("to: [ben]", "to: [ben]\nnotes: \"the key is AK"+"IAQ7H2ZJ4KX9WB5TRD\""), drafted("to: [ben]", "to: [ben]\nnotes: \"the key begins with AK"+"IA\"")},
	{"HO907", drafted("Refunds wait", `\u202eRefunds wait`), drafted("Refunds wait", `\u00dcberweisungen wait`)},
	{"HO910", drafted("to: [ben]", "to: &who [ben]"), drafted()},
	{"HO911", drafted(`needs: "Decide how long a session may last"`, "needs: Decide how long a session of #payments may last"), drafted(`needs: "Decide how long a session may last"`, "needs: Decide how long a session of #1842 may last")},
}

// draftedAs is a handoff of a text, which is not published.
func draftedAs(text string) func(*world) []handoff.Finding {
	return func(w *world) []handoff.Finding {
		w.t.Helper()
		return w.judge(text, "declare", "-f", "-", "--dry-run")
	}
}

// fromLaptop is a file that another tool made: a handoff from a branch with two
// commits that are not pushed, and more of its first item.
func fromLaptop(more string) func(*world) []handoff.Finding {
	return func(w *world) []handoff.Finding {
		w.t.Helper()
		text := edited(w.t, firingDraft, "to: [ben]", "to: [ben]\nanchor: {head: "+strings.Repeat("0", 40)+", branch: main, unpushed: 2}", refundWhy, refundWhy+"\n    "+strings.ReplaceAll(more, ", known", "\n    known"))
		return w.checkFile("today.yaml", text)
	}
}

// checkFile checks a file of that name and text.
func (w *world) checkFile(name, text string) []handoff.Finding {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
	return w.judge("", "check", name)
}

// publish declares a text.
func (w *world) publish(text string) {
	w.t.Helper()
	if found := w.judge(text, "declare", "-f", "-"); handoff.HasErrors(found) {
		w.t.Fatal(codesOf(found))
	}
}

const openQuestion = "to: [ben]\nquestions: [{id: q-limit, ask: \"How many refunds an hour?\", to: ben, context: \"The bank limits them\"}]"

// secondDay is the team on Friday, after ana has declared on Thursday.
func secondDay(t *testing.T) *world {
	w := teamWorld(t)
	w.as("ana", sgt(18, 17, 30))
	w.publish(edited(t, firingDraft, shippedExport, "shipped: []", "items:\n", "items:\n"+strings.Replace(refundItem, "refund-flow", "export-job", 1)))
	w.as("ana", sgt(19, 17, 30))
	w.publish(edited(t, firingDraft, "to: [ben]", openQuestion, "2026-11-23T09", "2026-11-20T09"))
	w.as("ana", sgt(20, 17, 30))
	return w
}

// movedOn is the first item as it stands on the second day.
var movedOn = []string{"#1842 has 2 of 3", "#1842 has 3 of 3"}

// nextHandoff is about what a handoff says after the one before it.
var nextHandoff = []firing{
	{"HO301", drafted(), drafted(movedOn[0], movedOn[1], "The cookie lives for 30 minutes on staging", "The cookie lives for 20 minutes on staging, and 5 on production")},
	{"HO302", drafted(refundItem, ""), drafted(refundItem, "", "to: [ben]", "to: [ben]\ndropped: [{id: refund-flow, why: \"The bank does it from now on\"}]")},
	{"HO303", drafted(policyBlocker, "", "blockers:", "blockers: []", "blocked\n", "ready\n", "    blocked_by: [session-policy]\n", ""), drafted()},
	{"HO304", drafted(), drafted("to: [ben]", openQuestion)},
	{"HO305", drafted(shippedExport, "shipped: []", "items:\n", "items:\n"+strings.Replace(refundItem, "refund-flow", "export-job", 1)),
		drafted(shippedExport, "shipped: []", "items:\n", "items:\n"+strings.Replace(refundItem, "refund-flow", "export-job\n    reopened: \"Two shops get empty files\"", 1))},
	{"HO313", runsAs("decide", "Retry a refund five times -- the bank has raised its limit", "--topic", "retry-count", "--dry-run"),
		runsAs("decide", "Retry a refund five times -- the bank has raised its limit", "--topic", "retry-count", "--supersedes", "retry-count", "--dry-run")},
	{"HO315", runsAs("decide", "Retry a refund three times within an hour -- the bank has raised its limit", "--topic", "refund-tries", "--item", "refund-flow", "--dry-run"),
		runsAs("decide", "Retry a refund three times within an hour -- the bank has raised its limit", "--topic", "refund-tries", "--item", "refund-flow", "--beside", "retry-count", "--dry-run")},
	{"HO320", doneBy("ben", sgt(20, 17, 31), goesOn("refund-page", "--continues", "refund-page;refund-flow")...), doneBy("ben", sgt(20, 17, 31), goesOn("refund-page")...)},
	{"HO804", draftedAt(sgt(20, 17, 30)), draftedAt(sgt(20, 17, 30), "Refunds wait for the third approval of #1842", "Refunds wait for the load test of #1842")},
	{"HO801", func(w *world) []handoff.Finding { return w.idle("cleo", true) }, func(w *world) []handoff.Finding { return w.idle("dora", false) }},
}

// goesOn is a handoff with one item, that is not published.
func goesOn(item string, more ...string) []string {
	return append([]string{"declare", "--dry-run", "--to", "ana", "--returns", "2026-11-23T09:00:00Z", "--summary", "The page of the refunds is with me from now on",
		"--item", item + ";ready;The page shows the 12 refunds of a day;Show the refunds of a week", "--intent", item + ";Shops ask for it every week",
		"--none", "shipped,blockers,decisions"}, more...)
}

// idle is somebody who says twice that there was nothing, with a commit between or
// without one.
func (w *world) idle(who string, commits bool) []handoff.Finding {
	w.t.Helper()
	nothing := []string{"declare", "--to", "sarah", "--returns", "2026-11-23T09:00:00Z", "--none", "shipped,items,blockers,decisions", "--summary"}
	doneBy(who, sgt(20, 18, 0), append(nothing, "Nothing happened before noon, all was read")...)(w)
	w.as(who, sgt(20, 19, 0))
	if commits {
		w.git("commit", "-q", "--allow-empty", "-m", "Rename the queue")
	}
	return w.judge("", append(nothing, "Nothing happened after noon, all was read", "--dry-run")...)
}

// offerWorld is the team to whom ana, sarah and dora have declared: ana an item to
// be watched, with a claim about a file.
func offerWorld(t *testing.T) *world {
	w := teamWorld(t)
	claim := `    claims: [{claim: "A session ends", status: verified, probe: "go vet session.go", commit: "` + w.head() + `"}]`
	w.as("ana", sgt(20, 17, 30))
	w.publish(edited(t, firingDraft, refundWhy, refundWhy+`
    severity: watch
    if_then: [{if: "the queue grows", then: "stop the job"}]
    accept: [{check: "#1842 is merged"}]
`+claim))
	for _, who := range []string{"sarah", "dora"} {
		w.as(who, sgt(20, 17, 30))
		w.publish(edited(t, thinDraft, "refunds", "refunds-of-"+who, "owner: ana", "owner: "+who, "to: [ben]", "to: [ben, "+who+"]"))
	}
	w.as("ben", sgt(20, 17, 40))
	return w
}

// anew is what somebody does in a repository of its own.
func anew(open func(*testing.T) *world, does func(*world) []handoff.Finding) func(*world) []handoff.Finding {
	return func(w *world) []handoff.Finding { w.t.Helper(); return does(open(w.t)) }
}

// benAcks is what ben says to ana's handoff, not published.
func benAcks(more ...string) func(*world) []handoff.Finding {
	return doneBy("ben", sgt(20, 17, 40), append([]string{"ack", "@ana", "--dry-run"}, more...)...)
}

// readBack takes the item that is to be watched.
func readBack(text string) []string {
	return []string{"--take", "refund-flow", "--readback", "refund-flow;" + text}
}

const inOwnWords = "Nothing of #1842 goes out before james agrees;Ask james"

// aboutVerdicts are about acks, questions and answers.
var aboutVerdicts = []firing{
	{"HO606", anew(offerWorld, func(w *world) []handoff.Finding {
		w.commitFile("session.go", "package session // twice\n")
		return benAcks(readBack(inOwnWords)...)(w)
	}), benAcks(readBack(inOwnWords)...)},
	{"HO701", doneBy("sarah", sgt(20, 17, 50), "ack", "@sarah", "--dry-run"), doneBy("sarah", sgt(21, 9, 0), "ack", "@sarah", "--dry-run")},
	{"HO702", doneBy("cleo", sgt(20, 17, 40), append([]string{"ack", "@ana", "--dry-run"}, readBack(inOwnWords)...)...), benAcks(readBack(inOwnWords)...)},
	{"HO703", opened(sgt(20, 17, 39)), opened(sgt(20, 17, 38))},
	{"HO704", benAcks("--take", "refund-flow"), benAcks(readBack(inOwnWords)...)},
	{"HO705", benAcks(readBack("Merge it after james agrees;Ask james")...), benAcks(readBack("Merge it only after james agrees;Ask james")...)},
	{"HO706", benAcks(readBack("All is clear, no word needed here;Go home")...), benAcks(readBack("All is clear, the bank pays refunds then;Go home")...)},
	{"HO707", anew(offerWorld, func(w *world) []handoff.Finding { return w.atOnce(59 * time.Second) }), anew(offerWorld, func(w *world) []handoff.Finding { return w.atOnce(61 * time.Second) })},
	{"HO708", benAcks("--outcome", "changes_requested"), benAcks("--outcome", "changes_requested", "--reason", "vague_next")},
	{"HO709", func(w *world) []handoff.Finding { return w.asks(3) }, anew(offerWorld, func(w *world) []handoff.Finding { return w.asks(2) })},
}

// opened is an ack of ben's as another tool writes it, which says since when the
// handoff was open in front of him.
func opened(at time.Time) func(*world) []handoff.Finding {
	return func(w *world) []handoff.Finding {
		w.t.Helper()
		w.as("ben", sgt(20, 17, 39).Add(9*time.Second))
		text, _ := w.run(0, append([]string{"ack", "@ana", "--dry-run"}, readBack(inOwnWords)...)...)
		return w.checkFile("ack.yaml", edited(w.t, text, "outcome:", "opened_at: "+at.Format(time.RFC3339)+"\noutcome:"))
	}
}

// atOnce is the third verdict that ben gives, so long after the first.
func (w *world) atOnce(after time.Duration) []handoff.Finding {
	w.t.Helper()
	first := sgt(20, 17, 40)
	doneBy("ben", first, "ack", "@sarah")(w)
	doneBy("ben", first.Add(20*time.Second), "ack", "@dora")(w)
	return doneBy("ben", first.Add(after), append([]string{"ack", "@ana"}, readBack(inOwnWords)...)...)(w)
}

// asks is the nth time that ana asks the same.
func (w *world) asks(n int) (found []handoff.Finding) {
	w.t.Helper()
	about := "refund-flow"
	for i := range n {
		w.as("ana", sgt(20, 18, i))
		out, _ := w.run(0, "ask", "How many refunds an hour?", "--to", "ben", "--context", "The bank limits them", "--about", about, "--json")
		found = foundIn(w.t, out)
		if i == 0 {
			var asked publication
			if err := json.Unmarshal([]byte(out), &asked); err != nil {
				w.t.Fatal(err)
			}
			about = asked.ID
		}
		doneBy("ben", sgt(20, 19, i), "answer", about, "--text", "As many as the bank allows", "--open")(w)
	}
	return found
}

// aboutHistories are about what records add up to, and about the commits that hold them.
var aboutHistories = []firing{
	{"HO310", anew(teamWorld, shares("pr")), anew(teamWorld, shares("doc"))},
	{"HO405", anew(teamWorld, offersBack("ana")), anew(teamWorld, offersBack("cleo"))},
	{"HO902", anew(secondDay, rewrites("third", "fourth")), anew(secondDay, rewrites("third", "third"))},
	{"HO903", anew(secondDay, moves("2026/11/18", "2026/11/17")), anew(secondDay, moves("2026/11/18", "2026/11/18"))},
	{"HO904", commitsFor("ben", 0), commitsFor("ana", 0)},
	{"HO905", commitsFor("ana", 16*time.Minute), commitsFor("ana", 14*time.Minute)},
}

// apart lets two work at the same time, one of them in a clone, and merges.
func (w *world) apart(here, there func(*world) []handoff.Finding) {
	w.t.Helper()
	clone := *w
	clone.dir = filepath.Join(w.t.TempDir(), "clone")
	w.git("clone", "-q", w.dir, clone.dir)
	clone.env.Dir = clone.dir
	here(w)
	there(&clone)
	w.git("pull", "-q", "--no-rebase", "--no-edit", clone.dir, "main")
}

// shares is a check of two items of two people, who did not know of each other,
// with the same reference: a pull request, or what many may refer to.
func shares(kind string) func(*world) []handoff.Finding {
	return func(w *world) []handoff.Finding {
		w.t.Helper()
		w.apart(doneBy("cleo", sgt(20, 17, 0), forReal(goesOn("refund-api", "--ref", "refund-api;"+kind+":1842"))...),
			doneBy("ben", sgt(20, 17, 0), forReal(goesOn("refund-page", "--ref", "refund-page;"+kind+":1842"))...))
		return w.judge("", "check")
	}
}

// offersBack is a check of an item that ana offers to ben, while he offers it to
// somebody.
func offersBack(whom string) func(*world) []handoff.Finding {
	return func(w *world) []handoff.Finding {
		w.t.Helper()
		step := func(to string) []string { return []string{"--to", to, "--give", "refund-page=" + to} }
		w.apart(doneBy("ana", sgt(20, 17, 0), forReal(goesOn("refund-page", step("ben")...))...),
			doneBy("ben", sgt(20, 17, 1), forReal(goesOn("refund-page", step(whom)...))...))
		return w.judge("", "check")
	}
}

// forReal is a command without --dry-run.
func forReal(args []string) []string {
	return slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == "--dry-run" })
}

// record is the path of a record of that day, in the repository.
func (w *world) record(day string) string {
	w.t.Helper()
	files, err := filepath.Glob(filepath.Join(w.dir, ".handoffs", day, "*.yaml"))
	if err != nil || len(files) == 0 {
		w.t.Fatalf("no record of %s: %v", day, err)
	}
	return files[0]
}

// rewrites is a check of a commit that replaces a text in a record, and adds a file.
func rewrites(old, text string) func(*world) []handoff.Finding {
	return func(w *world) []handoff.Finding {
		w.t.Helper()
		file := w.record("2026/11/18")
		data, err := os.ReadFile(file)
		if err == nil {
			err = os.WriteFile(file, bytes.ReplaceAll(data, []byte(old), []byte(text)), 0o644)
		}
		if err != nil {
			w.t.Fatal(err)
		}
		w.git("add", ".handoffs")
		w.commitFile("more.go", "package more\n")
		return w.judge("", "check", "--range", "HEAD~1..HEAD")
	}
}

// moves is a check of everything after a record was moved to the folder of another
// day.
func moves(from, to string) func(*world) []handoff.Finding {
	return func(w *world) []handoff.Finding {
		w.t.Helper()
		file := w.record(from)
		if dir := filepath.Join(w.dir, ".handoffs", to); from != to {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				w.t.Fatal(err)
			}
			w.git("mv", file, dir)
			w.git("commit", "-q", "-m", "Move it")
		}
		return w.judge("", "check")
	}
}

// commitsFor is an audit of a record of ana's that somebody commits with git alone,
// so long after it was written.
func commitsFor(who string, after time.Duration) func(*world) []handoff.Finding {
	return anew(teamWorld, func(w *world) []handoff.Finding {
		w.t.Helper()
		text, _, _ := w.feed(firingDraft, "declare", "-f", "-", "--dry-run")
		name, _, _ := strings.Cut(strings.TrimPrefix(text, "# "), "\n")
		w.as(who, sgt(20, 17, 30).Add(after))
		w.commitFile(name, text)
		return w.judge("", "verify")
	})
}
