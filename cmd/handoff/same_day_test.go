//go:build unix

package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// sameDays is how many days are drawn. Each is one of its own: what it is made of is
// drawn from its number.
const sameDays = 10

// TestSameDay says days by flags, by a whole file, by a file that carries the rest, in the
// editor and in the form: the records are the same but for their ids and times.
func TestSameDay(t *testing.T) {
	t.Parallel()
	for n := range sameDays {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			r := inTheEvening(t)
			day := drawDay(rand.New(rand.NewPCG(uint64(n), 18)))
			want := day.byFlags(r)
			roads := []struct {
				name string
				said func(*repository) string
			}{{"a whole file", day.byFile}, {"a file with --carry", day.byCarriedFile}, {"the editor", day.byEditor}, {"the form", day.byForm}}
			for _, road := range roads {
				if got := road.said(r); got != want {
					t.Errorf("by %s it is another one than by flags:\n%s\n%s\nof %+v", road.name, differing(got, want), got, day)
				}
			}
		})
	}
}

// workday is what somebody has to say in the evening.
type workday struct {
	Summary, Returns string
	To               []string
	Held             []dayItem // refund-flow and login-audit, in the order in which they are carried
	New              *dayItem
	Resolved         string // how session-policy went away, "" where it did not
	Blocker          *dayBlocker
	Decisions        []string // what -- why
	Shipped          []string // beside items
	Question         string   // ask;who
	Details          bool     // severity, checks and the like of the new item
}

type dayItem struct {
	ID, Title, Why           string
	Status                   string // also shipped, dropped, and continued under a new name
	State, Step              string
	Who                      string // whom the step names, "" for nobody
	before                   string // whose it was
	intentBefore, refsBefore string // as yesterday has them
}

// newName is under which refund-flow goes on where it does so.
const newName = "refund-api"

type dayBlocker struct{ Needs, Because, Resolver string }

// one draws one of some.
func one[T any](rnd *rand.Rand, of ...T) T { return of[rnd.IntN(len(of))] }

func drawDay(rnd *rand.Rand) workday {
	d := workday{
		Summary: one(rnd, "The refund flow is approved, the audit lacks one endpoint", "Refunds wait for the freeze & the audit: see below"),
		Returns: one(rnd, "tomorrow 09:00", "mon 09:00", "tomorrow 9am", moment().Add(40*time.Hour).Format(time.RFC3339)),
		To:      one(rnd, []string{"ben"}, []string{"ben", "cleo"}),
	}
	audit := dayItem{ID: "login-audit", Status: one(rnd, "blocked", "in_progress", "shipped", "dropped"), State: one(rnd, "The log is missing for 1 of 7 endpoints", "The auditors took 4 of 7 endpoints over: PR #1850"),
		Step: "Add the audit log to the last endpoint", Who: one(rnd, "", "ana", "ben"), before: "ana", intentBefore: "The auditors need to see every login by the end of March"}
	refund := dayItem{ID: "refund-flow", Status: one(rnd, "in_review", "in_progress", "ready", "shipped", "continued"), State: "PR #1842 has 2 of 2 approvals, \"merge\" is queued",
		Step: "Merge PR #1842 after the freeze", Who: one(rnd, "", "ben"), before: "ana", intentBefore: "Customers wait for refunds that the old nightly job lost", refsBefore: "ticket: PAY-311"}
	d.Held = []dayItem{audit, refund}
	if audit.Status != "blocked" {
		d.Resolved = "Sarah decided on 15 minutes, in the call at 15:00"
	}
	if refund.Status != "continued" && rnd.IntN(3) > 0 {
		d.New = &dayItem{ID: "fee-table", Title: "Fee table", Why: "The table of fees is wrong in eight countries", Status: one(rnd, "in_progress", "blocked"),
			State: "fees.csv has 24 of 40 rows", Step: "Fill rows 25 to 40 of fees.csv", Who: one(rnd, "", "ana", "ben")}
		if d.New.Status == "blocked" {
			d.Blocker = &dayBlocker{"Decide which rate counts for fees", "The bank and the contract name two rates", one(rnd, "sarah", "area:rates")}
		}
		d.Details = rnd.IntN(2) == 0
	}
	for _, decision := range []string{"Refunds are keyed by payment id -- a retry must never pay twice", "Fees are rounded up -- the bank does it, too"} {
		if rnd.IntN(2) == 0 {
			d.Decisions = append(d.Decisions, decision)
		}
	}
	if rnd.IntN(2) == 0 {
		d.Shipped = []string{"The mail of refunds is sent, PR #1840"}
	}
	if rnd.IntN(3) == 0 {
		d.Question = "Which of the limits does the contract name?;sarah"
	}
	return d
}

// step is the step of an item as it is typed in one line.
func (i dayItem) step() string {
	if i.Who == "" {
		return i.Step
	}
	return i.Who + ": " + i.Step
}

func (i dayItem) leaves() bool { return i.Status == "shipped" || i.Status == "dropped" }

// details are flags that say more of the new item, the keys that say the same, and the
// questions of the form that do.
var details = map[string][3]string{
	"--severity":    {"watch", "severity: Watch", "Severity"},
	"--accept":      {"fees.csv has 40 rows", "accept: fees.csv has 40 rows", "How can one tell that it is done?"},
	"--if-then":     {"a rate is missing -> ask sarah", "if_then: a rate is missing -> ask sarah", "What may happen, and what to do then?"},
	"--known-issue": {"Malta has two rates", "known_issues: Malta has two rates", "Known issues"},
	"--do-not":      {"Do not round rates by hand", "do_not: Do not round rates by hand", "Do not"},
	"--due":         {"tomorrow 17:00", "due: tomorrow 17:00", "When is it due?"},
	"--effort":      {"2h", "effort: 2h", "How much work is it?"},
	"--ref":         {"pr:1851", "refs: {pr: 1851}", "Where is it?"},
	"--title":       {"The table of fees", "title: The table of fees", "A title for people"},
	"--ready":       {"Rows 1 to 24 are checked", "ready: Rows 1 to 24 are checked", "What is ready to build on?"},
	"--progress":    {"60", "progress: 60%", "How far is it, in percent?"},
	"--assumption":  {"The bank sends rates daily", "assumptions: The bank sends rates daily", "What does it assume?"},
	"--tried":       {"rates of the ECB -> they lack Malta", "tried: rates of the ECB -> they lack Malta", "What was tried in vain?"},
	"--depends-on":  {"pr:1839", "depends_on: pr:1839", "What does it depend on?"},
	"--consult":     {"cleo", "consult: cleo", "Who is worth asking?"},
}

func (d workday) byFlags(r *repository) string {
	args := []string{"declare", "--dry-run", "--carry", "--summary", d.Summary, "--returns", d.Returns, "--to", strings.Join(d.To, ",")}
	add := func(flag, value string) { args = append(args, flag, value) }
	for _, shipped := range d.Shipped {
		add("--shipped", shipped)
	}
	for _, i := range d.Held {
		switch i.Status {
		case "shipped":
			add("--shipped", i.ID+";"+i.State)
		case "dropped":
			add("--dropped", i.ID+";"+i.State)
		case "continued":
			add("--continues", newName+";"+i.ID)
		default:
			add("--item", i.ID+";"+i.Status+";"+i.State+";"+i.step())
		}
	}
	if i := d.New; i != nil {
		add("--item", i.ID+";"+i.Status+";"+i.State+";"+i.step())
		add("--intent", i.ID+";"+i.Why)
		if d.Details {
			for flag, says := range details {
				add(flag, i.ID+";"+says[0])
			}
		}
	}
	if d.Resolved != "" {
		add("--resolved", "session-policy;"+d.Resolved)
	}
	if b := d.Blocker; b != nil {
		add("--blocker", b.Needs+";"+b.Because+";"+b.Resolver+";"+d.New.ID)
	}
	for _, decision := range d.Decisions {
		add("--decision", decision)
	}
	if d.Question != "" {
		add("--question", d.Question)
	}
	if len(d.Decisions) == 0 {
		add("--none", "decisions")
	}
	if len(d.Shipped) == 0 && !slices.ContainsFunc(d.Held, func(i dayItem) bool { return i.Status == "shipped" }) {
		add("--none", "shipped")
	}
	return d.records(r, r.printed(args...))
}

// text is the day as a file says it. With carry, what is as it was is left out.
func (d workday) text(carry bool) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("summary: %q\nreturns_at: %s", d.Summary, d.Returns)
	line("to: %s", strings.Join(d.To, ", "))
	var dropped, shipped []string
	line("items:")
	item := func(i dayItem, isNew bool) {
		if i.Status == "dropped" {
			dropped = append(dropped, fmt.Sprintf("  %s: %q", i.ID, i.State))
			return
		}
		if i.Status == "continued" && carry {
			line("  - id: %s\n    continues: %s", newName, i.ID)
			return
		}
		if i.Status == "continued" { // nothing but its name is new
			line("  - id: %s\n    continues: %s\n    status: in review\n    state: 'PR #1842 has 1 of 2 approvals, james asked for a test'", newName, i.ID)
			line("    intent: %s\n    refs: {%s}\n    next: {ana: \"Get james's review on PR #1842\"}", i.intentBefore, i.refsBefore)
			return
		}
		line("  - id: %s\n    status: %s\n    state: %q", i.ID, strings.ReplaceAll(i.Status, "_", " "), i.State)
		if i.Status == "shipped" {
			return
		}
		if i.Why+i.intentBefore != "" && (isNew || !carry) {
			line("    intent: %s", i.Why+i.intentBefore)
		}
		if i.refsBefore != "" && !carry {
			line("    refs: {%s}", i.refsBefore)
		}
		switch who := i.Who; {
		case who == "" && (isNew || carry):
			line("    next: %q", i.Step)
		case who == "":
			line("    next: {%s: %q}", i.before, i.Step)
		default:
			line("    next: [{%s: %q}]", who, i.Step)
		}
		if i.Status == "blocked" && !isNew && !carry {
			line("    blocked_by: session-policy")
		}
		if isNew && d.Details {
			for _, says := range details {
				line("    %s", says[1])
			}
		}
	}
	for _, i := range d.Held {
		item(i, false)
	}
	if d.New != nil {
		item(*d.New, true)
	}
	for _, s := range d.Shipped {
		shipped = append(shipped, fmt.Sprintf("  - %q", s))
	}
	d.blockers(line, carry)
	list := func(key string, entries []string) {
		if len(entries) == 0 {
			line("%s: none", key)
		} else {
			line("%s:\n%s", key, strings.Join(entries, "\n"))
		}
	}
	list("shipped", shipped)
	if len(dropped) > 0 {
		list("dropped", dropped)
	}
	var decisions []string
	for _, decision := range d.Decisions {
		decisions = append(decisions, fmt.Sprintf("  - %q", decision))
	}
	list("decisions", decisions)
	if d.Question != "" {
		line("questions: %q", d.Question)
	}
	if d.Resolved != "" {
		line("resolved: {session-policy: %q}", d.Resolved)
	}
	return b.String()
}

// blockers are those of the file: the one of yesterday where it stands, and the new one.
func (d workday) blockers(line func(string, ...any), carry bool) {
	stands := d.Resolved == "" && !carry
	switch {
	case !stands && d.Blocker == nil && !carry:
		line("blockers: none")
	case stands || d.Blocker != nil:
		line("blockers:")
	}
	if stands {
		line("  - id: session-policy\n    needs: Decide how long a session lasts\n    because: login and refund use 15 and 60 minutes\n    resolver: sarah")
	}
	if b := d.Blocker; b != nil {
		line("  - needs: %s\n    because: %s\n    resolver: %s\n    blocks: %s", b.Needs, b.Because, b.Resolver, d.New.ID)
	}
}

func (d workday) byFile(r *repository) string        { return d.fromFile(r, d.text(false)) }
func (d workday) byCarriedFile(r *repository) string { return d.fromFile(r, d.text(true), "--carry") }

func (d workday) fromFile(r *repository, text string, args ...string) string {
	r.t.Helper()
	file := filepath.Join(r.t.TempDir(), "day.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
	return d.records(r, r.printed(append([]string{"declare", "--dry-run", "-f", file}, args...)...))
}

func (d workday) byEditor(r *repository) string {
	edits(r.t, r, d.text(false))
	return d.records(r, r.conversation(map[string]string{}, "declare", "--dry-run", "--fresh", "--carry", "--editor"))
}

// byForm answers what the form asks, page by page, and takes what is offered for the
// rest.
func (d workday) byForm(r *repository) string {
	answers := map[string]string{
		"Hand over/Summary": d.Summary, "Hand over/Back at": d.Returns, "Hand over/To": strings.Join(d.To, ", "),
		"What came of it?/Shipped, in your words": strings.Join(d.Shipped, "\n"), "What came of it?/Decided": strings.Join(d.Decisions, "\n"),
		"Preview/": "publish",
	}
	if d.Question != "" {
		answers["Preview/"] = "change: Open questions\n" + answers["Preview/"]
		answers["Open questions/What do you need to know?"] = d.Question
	}
	var ticked []string
	for _, i := range d.Held {
		page := "Item " + i.ID
		answers[page+"/Status"] = i.Status
		switch {
		case i.leaves():
			answers[page+"/What, or why"] = i.State
		case i.Status == "continued":
			answers[page+"/What, or why"] = newName
		default:
			ticked = append(ticked, i.ID)
			answers[page+"/State"], answers[page+"/Next step"] = i.State, i.step()
		}
	}
	answers["What do you hand over?/Items"] = cmp.Or(strings.Join(ticked, " "), ".")
	if i := d.New; i != nil {
		page := "Item " + i.ID
		answers["What do you hand over?/Anything else?"], answers[page+"/Why is it done, and why this way?"] = i.Title, i.Why
		answers[page+"/Status"], answers[page+"/State"], answers[page+"/Next step"] = i.Status, i.State, i.step()
		if d.Details {
			page = "More about " + i.ID
			answers["Preview/"] = "change: " + page + "\n" + answers["Preview/"]
			for _, says := range details {
				answers[page+"/"+says[2]] = says[0]
			}
		}
	}
	if d.Resolved != "" {
		answers["What blocks?/Decide how long a session lasts"] = "resolved"
		answers["Resolved: session-policy/What removed it?"] = d.Resolved
	}
	if b := d.Blocker; b != nil {
		page := "Blocker: decide-which-rate-counts-for-fees/"
		answers["What blocks?/What does fee-table wait for?"] = b.Needs
		answers[page+"Because"], answers[page+"Who can remove it?"] = b.Because, b.Resolver
	}
	return d.records(r, r.conversation(answers, "declare", "--dry-run", "--fresh", "--accessible"))
}

// ownWords are the lines of a record in which two of the same day may differ: its id and
// its times. The rest of what a dry run prints says where the record would go.
var ownWords = regexp.MustCompile(`(?m)^(?:# .*|id: .*|at: .*|    since: .*|  started_at: .*)\n`)

// records are what a dry run has printed, without what may differ. The draft that it
// leaves is no matter of the next one.
func (d workday) records(r *repository, printed string) string {
	r.t.Helper()
	for _, draft := range []string{"draft.yaml", "draft.1.yaml"} {
		_ = os.Remove(filepath.Join(r.dir, ".git/handoff", draft))
	}
	_, records, ok := strings.Cut(printed, "schema: ")
	if !ok {
		r.t.Fatalf("no record for %+v\n%s", d, printed)
	}
	return ownWords.ReplaceAllString(records, "")
}

// printed is what handoff prints on stdout.
func (r *repository) printed(args ...string) string {
	r.t.Helper()
	out, err := r.command("handoff", args...).Output()
	if failed := new(exec.ExitError); errors.As(err, &failed) {
		r.t.Fatalf("%q: %v\n%s", args, err, failed.Stderr)
	}
	return string(out)
}

// differing are the lines that only one of two texts has.
func differing(got, want string) string {
	var b strings.Builder
	for _, side := range [][3]string{{"+ ", got, want}, {"- ", want, got}} {
		for line := range strings.Lines(side[1]) {
			if !strings.Contains(side[2], line) {
				b.WriteString(side[0] + line)
			}
		}
	}
	return b.String()
}

// conversation runs a command at a terminal, answers what it asks, and returns what it
// prints on stdout. Answers go by the title of the page and the label of the field, a line
// each time; once they are given, what is offered is taken. It ends the test where it is
// asked twice for what it has no answer to, and where an answer was not asked for: a
// label is another one then.
func (r *repository) conversation(answers map[string]string, args ...string) string {
	r.t.Helper()
	answers = maps.Clone(answers)
	blocking, slave, err := pty.Open()
	if err != nil {
		r.t.Fatal(err)
	}
	master := pollable(r.t, blocking)
	defer master.Close()
	var stdout bytes.Buffer
	cmd := r.command("handoff", args...)
	cmd.Stdin, cmd.Stderr, cmd.Stdout = slave, slave, &stdout
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	slave.Close() // so that the end of the command ends the reading
	var heard strings.Builder
	fail := func(why string, args ...any) {
		r.t.Helper()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		r.t.Fatalf("%s; it said:\n%s", fmt.Sprintf(why, args...), heard.String())
	}
	silent := make(map[string]bool) // what was asked for and had no answer
	for buffer := make([]byte, 4096); ; {
		if err := master.SetReadDeadline(time.Now().Add(patience)); err != nil {
			fail("%v", err)
		}
		n, err := master.Read(buffer)
		heard.Write(buffer[:n])
		if errors.Is(err, os.ErrDeadlineExceeded) {
			fail("%q asks nothing that is known", args)
		}
		if err != nil {
			break
		}
		title, label, asked := question(heard.String())
		if !asked {
			continue
		}
		key := strings.TrimSuffix(title, ":") + "/" + label
		answer, rest, _ := strings.Cut(answers[key], "\n")
		answers[key] = rest
		if answer == "" && silent[key] {
			fail("%q asks for %q twice, and there is no answer", args, key)
		}
		silent[key] = answer == ""
		if _, err := master.WriteString(answer + "\n"); err != nil {
			fail("%v", err)
		}
	}
	maps.DeleteFunc(answers, func(_, answer string) bool { return answer == "" })
	if len(answers) > 0 {
		fail("%q did not ask for %q", args, slices.Sorted(maps.Keys(answers)))
	}
	if err := cmd.Wait(); err != nil {
		fail("%q: %v", args, err)
	}
	return stdout.String()
}

var (
	itemTitle = regexp.MustCompile(`^Item \d+ of \d+: `)
	lineLabel = regexp.MustCompile(`^(.*?)(?: \[.*)?: $`)
	optionRow = regexp.MustCompile(`^  (?:x |\* |  )\d+ `)
)

// question finds out what a line prompt asks at the end of what it has printed: the title
// of the page, for an item without its number, and the label of the field.
func question(heard string) (title, label string, asked bool) {
	lines := strings.Split(strings.ReplaceAll(heard, "\r\n", "\n"), "\n")
	last := lines[len(lines)-1]
	if !strings.HasSuffix(last, ": ") && !strings.HasSuffix(last, "> ") {
		return "", "", false
	}
	for i := len(lines) - 2; i > 0; i-- {
		if lines[i-1] == "" && lines[i] != "" { // an empty line goes before every page
			title = lines[i]
			break
		}
	}
	title = itemTitle.ReplaceAllString(title, "Item ")
	switch {
	case strings.HasPrefix(last, "number"):
		i := len(lines) - 2
		for i > 0 && (optionRow.MatchString(lines[i]) || strings.HasPrefix(lines[i], "there is no ")) {
			i--
		}
		label = lines[i]
		if title == "Preview" {
			label = ""
		}
	case strings.HasSuffix(last, "> "):
		for i := len(lines) - 1; i > 0; i-- {
			if name, _, ok := strings.Cut(lines[i], " ("); ok && strings.HasSuffix(lines[i], "an empty line ends)") {
				label = name
				break
			}
		}
	default:
		label = lineLabel.FindStringSubmatch(last)[1]
	}
	return title, strings.TrimSuffix(label, " (required)"), true
}
