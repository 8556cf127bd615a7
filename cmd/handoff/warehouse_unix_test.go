//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// TestWarehouse loads an organisation into PostgreSQL and DuckDB, again when nothing
// has changed, and again when something has: what is in the tables is what export says
// of the records and states, and the questions of the example find what query and
// stats say.
func TestWarehouse(t *testing.T) {
	server, duck := startPostgres(t), newDuckDB(t)
	o := newOrganisation(t)

	script := o.export("first.sql", 0)
	server.load(script)
	o.loadTables(duck, 0)
	o.compare(t, "loaded", server.ask, duck.ask)

	before := server.versions()
	if said := server.load(script); said != "" {
		t.Errorf("the second load says %q", said)
	}
	if after := server.versions(); !reflect.DeepEqual(after, before) {
		t.Errorf("a second load wrote rows\n%v\n%v", before, after)
	}

	o.change()
	gone := o.forget()
	o.lose()
	server.load(o.export("changed.sql", 1))
	o.loadTables(duck, 1)
	o.compare(t, "changed", server.ask, duck.ask)
	for _, sql := range []string{
		"SELECT id FROM handoff.records WHERE gone_at IS NOT NULL ORDER BY id",
		"SELECT r.id FROM handoff.records r JOIN handoff.repos p ON p.repo = r.repo WHERE gone_at = read_at ORDER BY id",
	} {
		if got := valuesOf(server.ask(sql), "id"); !slices.Equal(got, gone) {
			t.Errorf("gone: %q, want %q", got, gone)
		}
	}
	if got := server.ask("SELECT id FROM handoff.records WHERE repo = 'lost'"); len(got) != 3 {
		t.Errorf("of a repository that cannot be read any more there are %v", got)
	}

	t.Run("history comes back", func(t *testing.T) {
		o.remember()
		server.load(o.export("back.sql", 1))
		if got := server.ask("SELECT id FROM handoff.records WHERE gone_at IS NOT NULL"); len(got) > 0 {
			t.Errorf("gone: %v", got)
		}
	})
	t.Run("a script breaks off", func(t *testing.T) { o.breakOff(t, server) })
	t.Run("nothing in a script is run", func(t *testing.T) { o.runNothing(t, server) })
	t.Run("a repository is forgotten", func(t *testing.T) {
		server.must(server.psql("-c", "DELETE FROM handoff.repos WHERE repo = 'hostile'"))
		if got := server.ask("SELECT id FROM handoff.records WHERE repo = 'hostile'"); len(got) > 0 {
			t.Errorf("left: %v", got)
		}
	})
	t.Run("the panels of the dashboard", func(t *testing.T) {
		for _, sql := range panels(t) {
			server.ask(sql)
		}
	})
	t.Run("the job", func(t *testing.T) { o.runJob(t, server) })
	t.Run("parquet", func(t *testing.T) {
		_, out := duck.run(t.TempDir(), "COPY (SELECT * FROM handoff.items) TO 'items.parquet'; SELECT count(*) = (SELECT count(*) FROM handoff.items) AS same FROM 'items.parquet'")
		if string(out) != `[{"same":true}]` {
			t.Errorf("%s", out)
		}
	})
}

// panels are the questions that the dashboard asks.
func panels(t *testing.T) (questions []string) {
	var dashboard struct {
		Panels []struct{ Targets []struct{ RawSQL string } }
	}
	if err := json.Unmarshal([]byte(readExample(t, "dashboard.json")), &dashboard); err != nil {
		t.Fatal(err)
	}
	for _, panel := range dashboard.Panels {
		questions = append(questions, panel.Targets[0].RawSQL)
	}
	if len(questions) != len(answers) {
		t.Errorf("%d panels for %d questions", len(questions), len(answers))
	}
	return questions
}

// runJob runs the job of the example: once when all can be fetched, and once when one
// mirror cannot.
func (o *organisation) runJob(t *testing.T, server *postgres) {
	o.run("git", "clone", "-q", "--mirror", o.week.dir, "mirrors/nightly.git")
	o.run("git", "clone", "-q", "--mirror", "org/squashed", "mirrors/orphan.git")
	job, err := filepath.Abs("../../examples/warehouse/load.sh")
	if err != nil {
		t.Fatal(err)
	}
	w := o.week
	for i, want := range []int{0, 1} {
		w.do(w.as("ben", "Fri 20:3"+fmt.Sprint(i)), []string{"decide", fmt.Sprintf("Payout %d waits -- the bank is closed", i), "--topic", fmt.Sprintf("payout-%d", i)})
		if out, status := o.try("env", "PATH="+server.programs+":"+os.Getenv("PATH"), job, "mirrors", "host="+server.dir+" user=loader dbname=postgres"); status != want {
			t.Errorf("status %d, want %d\n%s", status, want, out)
		}
		if rows := server.ask(fmt.Sprintf("SELECT id FROM handoff.decisions WHERE repo = 'nightly.git' AND id = 'payout-%d'", i)); len(rows) != 1 {
			t.Errorf("run %d loaded %v", i, rows)
		}
		o.run("git", "-C", "mirrors/orphan.git", "remote", "set-url", "origin", "/nowhere/at/all")
	}
	if rows := server.ask("SELECT id FROM handoff.records WHERE repo = 'orphan.git'"); len(rows) != 3 {
		t.Errorf("of a mirror that cannot be fetched any more there are %v", rows)
	}
}

// versions is which transaction wrote how many rows, by table.
func (p *postgres) versions() []map[string]any {
	p.t.Helper()
	var parts []string
	for _, row := range p.ask("SELECT table_name FROM information_schema.tables WHERE table_schema = 'handoff' ORDER BY 1") {
		parts = append(parts, fmt.Sprintf("SELECT '%[1]s' AS name, xmin::text AS version, count(*) FROM handoff.%[1]s GROUP BY 2", row["table_name"]))
	}
	if len(parts) < 10 {
		p.t.Fatalf("only %d tables", len(parts))
	}
	return p.ask(strings.Join(parts, " UNION ALL ") + " ORDER BY 1, 2")
}

func valuesOf(rows []map[string]any, column string) (values []string) {
	for _, row := range rows {
		values = append(values, fmt.Sprint(row[column]))
	}
	return values
}

// organisation is a directory with repositories: a week of five people, a team of
// twenty-four with a history of months, one whose records say what could do harm, one
// with a squash merge, and one that is lost.
type organisation struct {
	t    *testing.T
	dir  string // the repositories are in org below it
	env  []string
	week *week
	said map[string][]document // what the program says of the repositories as they are, by its arguments
	got  []document            // what an engine answers to the question that is compared
}

func newOrganisation(t *testing.T) *organisation {
	o := &organisation{t: t, dir: t.TempDir(), week: newWeek(t), said: make(map[string][]document)}
	o.env = append(slices.Clip(o.week.env), clockSettings(time.Date(2026, 11, 20, 22, 0, 0, 0, time.UTC))...)
	if err := os.Mkdir(filepath.Join(o.dir, "org"), 0o755); err != nil {
		t.Fatal(err)
	}
	o.run("git", "clone", "-q", "--bare", o.week.dir, "org/week")
	o.make("imports", importsConfig, importsRecords()...)
	o.make("hostile", "", hostileRecords()...)
	o.squash()
	lost := newTeam(0)
	for i := range 3 { // of which no answer speaks
		lost.add("ana", &handoff.Question{Ask: fmt.Sprintf("Which %d?", i), To: "ben", About: "nothing"})
	}
	o.make("lost", "", lost.waiting...)
	return o
}

// try runs a command beside the repositories, and returns its output and status.
func (o *organisation) try(name string, args ...string) (string, int) {
	o.t.Helper()
	var problems bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env, cmd.Stderr = o.dir, o.env, &problems
	out, err := cmd.Output()
	exit, failed := errors.AsType[*exec.ExitError](err)
	switch {
	case failed:
		return string(out) + problems.String(), exit.ExitCode()
	case err != nil:
		o.t.Fatal(err)
	}
	return string(out), 0
}

func (o *organisation) run(name string, args ...string) string {
	o.t.Helper()
	out, status := o.try(name, args...)
	if status != 0 {
		o.t.Fatalf("%s %q: status %d\n%s", name, args, status, out)
	}
	return out
}

// make makes a bare repository with a configuration and records, each in a commit of
// its own.
func (o *organisation) make(name, config string, records ...*handoff.Record) {
	o.t.Helper()
	dir := filepath.Join("org", name)
	o.run("git", "init", "-q", "--bare", "-b", "main", dir)
	var stream bytes.Buffer
	commit := func(at time.Time, path string, data []byte) {
		fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter ana <ana@example.com> %d +0000\ndata 1\nx\nM 100644 inline %s\ndata %d\n%s\n", at.Unix(), path, len(data), data)
	}
	commit(records[0].At.Time, ".handoffs/config.yaml", []byte("format: 1\n"+config))
	for _, r := range records {
		data, err := handoff.Format(r)
		if err != nil {
			o.t.Fatal(err)
		}
		commit(r.At.Time, filepath.ToSlash(filepath.Join(".handoffs", r.Name())), data)
	}
	cmd := exec.Command("git", "-C", dir, "fast-import", "--quiet")
	cmd.Dir, cmd.Env, cmd.Stdin = o.dir, o.env, &stream
	if out, err := cmd.CombinedOutput(); err != nil {
		o.t.Fatalf("%v\n%s", err, out)
	}
}

// export writes the script for psql. Of an organisation in which something cannot be
// read, that is all the rest.
func (o *organisation) export(name string, want int) string {
	o.t.Helper()
	path := filepath.Join(o.dir, name)
	if out, status := o.try("handoff", "export", "--format", "postgres", "-o", path, "--all-repos", "org"); status != want {
		o.t.Fatalf("status %d\n%s", status, out)
	}
	return path
}

func (o *organisation) loadTables(duck *duckDB, want int) {
	o.t.Helper()
	tables := filepath.Join(o.dir, "tables")
	if out, status := o.try("handoff", "export", "--format", "ndjson", "--tables", "--force", "-o", tables, "--all-repos", "org"); status != want {
		o.t.Fatalf("status %d\n%s", status, out)
	}
	duck.run(tables, readExample(o.t, "duckdb.sql"))
}

func readExample(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../examples/warehouse", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// importsConfig is that of the team of [newTeam], on two shifts.
var importsConfig = func() string {
	var b strings.Builder
	b.WriteString("people:\n")
	for i := range pairs {
		fmt.Fprintf(&b, "  p%d: {team: team-%d, tz: Asia/Singapore, hours: \"09:00-18:00\"}\n", i, i%3)
		fmt.Fprintf(&b, "  q%d: {team: night-%d, tz: Europe/London, hours: \"09:00-17:30\"}\n", i, i%2)
	}
	return b.String() + "sla: {ack: {routine: 2h, watch: 1h, critical: 30m}, answer: 8h, blocker_ack: 4h, blocker_resolve: 2d}\n"
}()

// importsRecords are what the team wrote in three months: most is accepted at once,
// and at the end is what goes wrong.
func importsRecords() []*handoff.Record {
	team := newTeam(0)
	for _, begin := range []time.Time{time.Date(2026, 9, 28, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 30, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)} {
		team.now = begin
		for range 40 {
			team.next()
		}
	}
	offered := func(by, to, item, status string) *handoff.Record {
		return team.add(by, &handoff.Handoff{
			To: []string{to}, Summary: "The rows of " + item + " wait for somebody to take them", ReturnsAt: handoff.Time{Time: team.now.Add(24 * time.Hour)},
			Shipped: handoff.List[handoff.Shipped]{{What: "The list of " + item}}, Blockers: handoff.List[handoff.Blocker]{}, Decisions: handoff.List[handoff.Decision]{},
			Dropped: []handoff.Reasoned{{ID: "item-9-9-9", Why: "nobody wants it"}},
			Items: handoff.List[handoff.Item]{{ID: item, Status: status, Owner: by, State: "Seven of nine files are read", Intent: "Shops wait for it",
				Next: []handoff.Next{{Do: "Read the other two", Owner: to}}}},
		})
	}
	for i, outcome := range []string{handoff.OutcomeChangesRequested, handoff.OutcomeDeclined, handoff.OutcomeAcceptedWithGaps, handoff.OutcomeSeen, ""} {
		from, to := fmt.Sprintf("p%d", i), fmt.Sprintf("q%d", i)
		item := "extra-" + fmt.Sprint(i)
		r := offered(from, to, item, "in_progress")
		team.add(to, &handoff.Question{Ask: "Which two?", To: from, About: r.ID})
		if outcome == "" {
			continue
		}
		ack := &handoff.Ack{Subject: r.ID, Outcome: outcome}
		switch outcome {
		case handoff.OutcomeChangesRequested, handoff.OutcomeDeclined:
			ack.Reason = "vague_next"
		case handoff.OutcomeAcceptedWithGaps:
			ack.Take, ack.Gaps = []string{"item:" + item}, []handoff.GapNote{{Class: "missing_info", Note: "no test"}}
		}
		team.add(to, ack)
	}
	for range 4 { // carried along
		offered("p9", "q9", "carried-along", "ready")
	}
	decide := func(topic, decision, status, source string) {
		team.add("p3", &handoff.DecisionRecord{Topic: topic, DecisionFields: handoff.DecisionFields{Decision: decision, Rationale: "The audit asks for it", Status: status, Source: source, Supersedes: topic}})
	}
	decide("limit", "The limit is ten thousand", "", "chat")
	decide("limit", "The limit is twenty thousand", "", "git")
	decide("limit", "There is no limit", "reversed", "")
	decide("shape", "Rows are JSON", "proposed", "")
	route := func(subject, to, state, ends string) *handoff.Record {
		return team.add("p3", &handoff.Route{Subject: subject, To: to, Because: "primary", Via: "slack", State: state, Key: subject + to + state, Ends: ends, Told: []string{"q3"}})
	}
	last := "blk:policy-120"
	sent := route(last, "chat", handoff.RouteSending, "")
	route(last, "chat", handoff.RouteSent, sent.ID)
	route("dec:shape", "chat", handoff.RouteSending, "")
	failed := route("dec:limit", "chat", handoff.RouteSending, "")
	route("dec:limit", "chat", handoff.RouteFailed, failed.ID)
	team.now = time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC)
	offered("p10", "q10", "late-one", "ready")
	return team.waiting
}

// harm are texts that would do something where they are not taken for text.
var harm = []string{
	"a\ttab and a\nnew line\n\\.\nand more", `\N`, `\`, `\\`, `\t \n \x41 \101 \`, "\\! touch PWNED\n\\! touch PWNED\n", "\\copy x from program 'touch PWNED'",
	"$$; DROP SCHEMA handoff CASCADE; $$", "'; DROP SCHEMA handoff CASCADE; --", `"quotes" 'quotes' {"a","b\"} NULL null`, "{}", ":'HOME' :HOME `touch PWNED`",
	"\u202eright to left\u2066 and \u200bhidden\ufeff", "bell \a escape \x1b[31m null \x00 delete \x7f next \u0085", `\u0000 \\u0000`,
	"::error::x\n##[error]x ##vso[task.x]", "ends with \\", "\r\n carriage", "COPY pg_temp.new_items FROM stdin;", strings.Repeat("ü\\\t'\"\n", 9000), "emoji 👩‍💻 日本語 \U000e0041",
}

// hostileRecords say each of them everywhere.
func hostileRecords() []*handoff.Record {
	team := newTeam(0)
	for i, text := range harm {
		if len(text) > 10_000 { // a handoff cannot say it in every place
			team.add("ana", &handoff.DecisionRecord{Topic: "long", DecisionFields: handoff.DecisionFields{Decision: "long", Rationale: text}})
			continue
		}
		item := "i" + fmt.Sprint(i)
		team.add("ana", &handoff.Handoff{
			To: []string{"ben", text}, Summary: text, ReturnsAt: handoff.Time{Time: team.now.Add(24 * time.Hour)},
			Shipped: handoff.List[handoff.Shipped]{{What: text}}, Decisions: handoff.List[handoff.Decision]{{ID: "d" + text, DecisionFields: handoff.DecisionFields{Decision: text, Rationale: text, Items: []string{text}}}},
			Items:     handoff.List[handoff.Item]{{ID: item, Title: text, Status: "blocked", Owner: "ana", State: text, Intent: text, Next: []handoff.Next{{Do: text, Owner: "ben"}}, BlockedBy: []string{"b" + item}}},
			Blockers:  handoff.List[handoff.Blocker]{{ID: "b" + item, Needs: text, Because: text, Resolver: "ben", Blocks: []string{item, text}}},
			Questions: []handoff.OpenQuestion{{ID: "q" + item, Ask: text, To: "ben"}},
		})
	}
	team.add("ana", &handoff.DecisionRecord{Topic: strings.Repeat("x", 5000), DecisionFields: handoff.DecisionFields{Decision: "x", Rationale: "y"}})
	r := team.add("ana", &handoff.DecisionRecord{Topic: "numbers", DecisionFields: handoff.DecisionFields{Decision: "x", Rationale: "y"}})
	r.Ext = map[string]any{"x-numbers": []any{1.5e300, "1e400", 12345678901234567}, "x-\x00": "\x00"}
	old := team.add("ana", &handoff.DecisionRecord{Topic: "old", DecisionFields: handoff.DecisionFields{Decision: "x", Rationale: "y"}})
	old.At = handoff.Time{Time: time.Date(1, 1, 1, 0, 0, 0, 0, time.FixedZone("", 8*3600))} // in UTC a year that there is not
	return team.waiting
}

// squash makes a repository with a verdict that only a squash merge has.
func (o *organisation) squash() {
	o.t.Helper()
	r := newRepository(o.t)
	r.clock(time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC))
	r.run("git", "fetch", "-q", o.week.dir, "main")
	r.run("git", "checkout", "-q", "FETCH_HEAD", "--", ".handoffs/config.yaml")
	r.run("git", "commit", "-q", "-m", "who works when")
	r.run("git", "switch", "-q", "-c", "feature")
	r.run("handoff", "declare", "-f", today(o.t))
	r.clock(time.Date(2026, 11, 20, 11, 0, 0, 0, time.UTC))
	r.env = append(r.env, "GIT_AUTHOR_NAME=ben", "GIT_AUTHOR_EMAIL=ben@example.com", "GIT_COMMITTER_NAME=ben", "GIT_COMMITTER_EMAIL=ben@example.com")
	r.run("handoff", "ack")
	r.env = append(r.env, "GIT_AUTHOR_NAME=ana", "GIT_AUTHOR_EMAIL=ana@example.com", "GIT_COMMITTER_NAME=ana", "GIT_COMMITTER_EMAIL=ana@example.com")
	r.run("git", "switch", "-q", "main")
	r.run("git", "merge", "-q", "--squash", "feature")
	r.run("git", "commit", "-q", "-m", "the feature (#1)")
	o.run("git", "clone", "-q", "--bare", "--no-local", "--single-branch", "--branch", "main", r.dir, "org/squashed")
}

// change lets some people of the week go on.
func (o *organisation) change() {
	o.t.Helper()
	clear(o.said)
	w := o.week
	for _, turn := range []turn{
		{"ben", "Fri 20:00", []string{"ack", "@ana", "--readback", "payouts-japan;40 shops wait for money;map full-width digits"}},
		{"ben", "Fri 20:10", []string{"decide", "Payouts go out on Monday -- the bank is closed until then", "--topic", "payout-day"}},
		{"ben", "Fri 20:20", []string{"resolve", "bank-contact", "--how", "They write full-width digits since 14:10"}},
	} {
		w.do(w.as(turn.who, turn.at), turn.args)
	}
	o.run("git", "-C", "org/week", "fetch", "-q", "origin", "+main:main")
}

// forget takes the last commits out of a history, and returns the ids of their records.
func (o *organisation) forget() []string {
	o.t.Helper()
	list := o.run("git", "-C", "org/imports", "log", "-3", "--name-only", "--format=", "main")
	o.run("git", "-C", "org/imports", "update-ref", "refs/heads/before", "main")
	o.run("git", "-C", "org/imports", "update-ref", "refs/heads/main", "main~3")
	o.run("git", "-C", "org/imports", "update-ref", "refs/kept/main", "before")
	o.run("git", "-C", "org/imports", "update-ref", "-d", "refs/heads/before")
	var ids []string
	for _, path := range strings.Fields(list) {
		name := strings.TrimSuffix(path, ".yaml")
		ids = append(ids, name[strings.LastIndex(name, "-")+1:])
	}
	slices.Sort(ids)
	return ids
}

// remember takes the commits back into the history.
func (o *organisation) remember() {
	o.run("git", "-C", "org/imports", "update-ref", "refs/heads/main", "refs/kept/main")
}

// lose makes a repository one that cannot be read.
func (o *organisation) lose() {
	o.t.Helper()
	dir := filepath.Join(o.dir, "org", "lost")
	err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o755), os.WriteFile(filepath.Join(dir, ".git"), []byte("gitdir: /nowhere/at/all\n"), 0o644))
	if err != nil {
		o.t.Fatal(err)
	}
}

// breakOff loads scripts that end too early, and looks that nothing has changed.
func (o *organisation) breakOff(t *testing.T, server *postgres) {
	script, err := os.ReadFile(o.export("whole.sql", 1))
	if err != nil {
		t.Fatal(err)
	}
	before := server.versions()
	part := filepath.Join(o.dir, "part.sql")
	for i := 1; i < 20; i++ {
		if err := os.WriteFile(part, script[:len(script)*i/20], 0o644); err != nil {
			t.Fatal(err)
		}
		_ = server.psql("-f", part).Run() // may fail, or not know that there was to be more
		if after := server.versions(); !reflect.DeepEqual(after, before) {
			t.Fatalf("%d of 20 parts of a script changed\n%v\n%v", i, before, after)
		}
	}
}

// runNothing lets a load fail before the first row, with all rows still to come: what
// is in them is not run.
func (o *organisation) runNothing(t *testing.T, server *postgres) {
	server.must(server.psql("-c", "CREATE ROLE guest LOGIN"))
	before := server.versions()
	cmd := server.psql("-U", "guest", "-f", filepath.Join(o.dir, "whole.sql"))
	cmd.Dir = t.TempDir()
	if out, err := cmd.CombinedOutput(); err == nil || !bytes.Contains(out, []byte("permission denied")) {
		t.Errorf("%v\n%s", err, out)
	}
	if left, err := os.ReadDir(cmd.Dir); err != nil || len(left) > 0 {
		t.Errorf("a script left %v, %v", left, err)
	}
	if after := server.versions(); !reflect.DeepEqual(after, before) {
		t.Errorf("a load that failed changed\n%v\n%v", before, after)
	}
}

// document is a line that export prints, or a row of query.
type document = map[string]any

// lines are the documents that a command prints, one a line. Status is 1 where a
// repository cannot be read.
func (o *organisation) lines(args ...string) []document {
	o.t.Helper()
	list, known := o.said[fmt.Sprint(args)]
	if known {
		return list
	}
	out, status := o.try("handoff", append(args, "--all-repos", "org")...)
	if status > 1 {
		o.t.Fatalf("handoff %q: status %d\n%s", args, status, out)
	}
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "{") {
			list = append(list, decode(o.t, line))
		}
	}
	o.said[fmt.Sprint(args)] = list
	return list
}

func decode(t *testing.T, line string) (doc document) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(line))
	decoder.UseNumber()
	if err := decoder.Decode(&doc); err != nil {
		t.Fatalf("%v\n%s", err, line)
	}
	return doc
}

// rows are those of an answer.
func (o *organisation) rows(topic string) []document {
	o.t.Helper()
	var list []document
	for _, one := range o.lines("query", topic, "--json")[0]["results"].([]any) {
		list = append(list, one.(document))
	}
	return list
}
