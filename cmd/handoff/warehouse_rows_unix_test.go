//go:build unix

package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// compare looks at the tables as each engine has them.
func (o *organisation) compare(t *testing.T, when string, engines ...func(sql string) []map[string]any) {
	for i, ask := range engines {
		t.Run(when+" in "+[]string{"postgres", "duckdb"}[i], func(t *testing.T) {
			inner := *o
			inner.t = t
			present := "TRUE"
			if i == 0 {
				present = "gone_at IS NULL"
			}
			inner.compareRecords(ask("SELECT * FROM handoff.records WHERE repo <> 'lost' AND " + present))
			inner.compareStates(ask)
			inner.compareQuestions(ask)
			inner.compareEvents(ask)
		})
	}
}

// key names a thing in a repository.
func key(row document, columns ...string) string {
	var parts []string
	for _, column := range append([]string{"repo"}, columns...) {
		parts = append(parts, fmt.Sprint(row[column]))
	}
	return strings.Join(parts, " ")
}

// compareRecords compares with the records that export prints one a line.
func (o *organisation) compareRecords(rows []document) {
	got := make(map[string]document)
	for _, row := range rows {
		got[key(row, "id")] = row
	}
	want := 0
	for _, doc := range o.lines("export") {
		if doc["repo"] == "lost" {
			continue
		}
		want++
		record, source := doc["record"].(document), doc["source"].(document)
		id := fmt.Sprint(doc["repo"], " ", record["id"])
		row := got[id]
		if row == nil {
			o.t.Errorf("%s is missing", id)
			continue
		}
		o.same(id, "record", row["record"], record)
		for _, name := range []string{"kind", "by", "at"} {
			o.same(id, name, row[name], record[name])
		}
		for _, name := range []string{"path", "digest", "only_on", "disputed", "unproven"} {
			o.same(id, name, row[name], source[name])
		}
	}
	if len(got) != want || want < 300 {
		o.t.Errorf("%d records, want %d", len(got), want)
	}
}

// same compares a value with one of the program's own JSON, in which "" stands where a
// database has null.
func (o *organisation) same(id, name string, got, want any) {
	o.t.Helper()
	if got, want := normal(got), normal(want); !reflect.DeepEqual(got, want) {
		o.t.Errorf("%s: %s is\n%.300q, want\n%.300q", id, name, got, want)
	}
}

// normal is a value in the form in which those of engines and of the program can be
// compared: times of seconds since 1970, numbers, and U+FFFD for NUL.
func normal(v any) any {
	switch v := v.(type) {
	case nil:
		return ""
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case string:
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07"} {
			if at, err := time.Parse(layout, v); err == nil {
				if at.UTC().Year() < 1 {
					return ""
				}
				return at.UnixMicro()
			}
		}
		return strings.ReplaceAll(v, "\x00", "\ufffd")
	case []any:
		list := make([]any, len(v))
		for i, one := range v {
			list[i] = normal(one)
		}
		return list
	case document:
		object := make(document)
		for name, one := range v {
			object[strings.ReplaceAll(name, "\x00", "\ufffd")] = normal(one)
		}
		return object
	}
	return v
}

// compareStates compares the columns that the rows of export --states have as well.
func (o *organisation) compareStates(ask func(sql string) []document) {
	tables := map[string][]string{"item": {"items", "id"}, "blocker": {"blockers", "id"}, "question": {"questions", "id"}, "handoff": {"handoffs", "id"}, "decision": {"decisions", "id", "record"}}
	got := make(map[string]document)
	for typ, table := range tables {
		for _, row := range ask("SELECT * FROM handoff." + table[0] + " WHERE repo <> 'lost'") {
			got[typ+" "+key(row, table[1:]...)] = row
		}
	}
	compared, states := make(map[string]int), 0
	for _, doc := range o.lines("export", "--states") {
		typ := doc["type"].(string)
		doc["record"] = doc["source"].(document)["record"]
		if doc["repo"] == "lost" || strings.Contains(fmt.Sprint(doc["id"]), "\x00") || len(fmt.Sprint(doc["id"])) > 256 {
			continue // a name that no database takes as a key
		}
		states++
		id := typ + " " + key(doc, tables[typ][1:]...)
		row := got[id]
		if row == nil {
			o.t.Errorf("%s is missing", id)
			continue
		}
		for name, want := range doc {
			if value, ok := row[name]; ok && name != "type" && name != "source" {
				compared[typ]++
				o.same(id, name, value, want)
			}
		}
	}
	for typ := range tables {
		if compared[typ] < 50 {
			o.t.Errorf("of %ss only %d values were compared", typ, compared[typ])
		}
	}
	if len(got) < states || len(got) > states+3 {
		o.t.Errorf("%d states, want %d", len(got), states)
	}
}

// compareEvents looks whether the events of items lead to how the items stand.
func (o *organisation) compareEvents(ask func(sql string) []document) {
	for about, sql := range map[string]string{
		"an item that stands as no event left it": `SELECT i.repo, i.id FROM handoff.items i WHERE NOT EXISTS (SELECT 1 FROM handoff.item_events e
			WHERE e.repo = i.repo AND e.item = i.id AND e.status = i.status AND e.holder = i.holder AND e.offered_to = i.offered_to)`,
		"an event that begins where none ended": `SELECT e.repo, e.item, e.record FROM handoff.item_events e WHERE e.holder_before IS NOT NULL AND NOT EXISTS (SELECT 1 FROM handoff.item_events b
			WHERE b.repo = e.repo AND b.item = e.item AND b.status = e.status_before AND b.holder = e.holder_before AND b.record <> e.record)`,
		"an item that began more than once": `SELECT repo, item FROM handoff.item_events WHERE holder_before IS NULL GROUP BY 1, 2 HAVING count(*) > 1`,
		"a take without a transfer": `SELECT h.repo, h.id FROM handoff.handoffs h WHERE cardinality_of(h.taken) > (SELECT count(*) FROM handoff.item_events e
			JOIN handoff.acks a ON a.repo = e.repo AND a.id = e.record WHERE e.repo = h.repo AND a.subject = h.id AND e.holder <> e.holder_before)`,
		"a closure that counts, of an item that is live": `SELECT c.repo, c.record FROM handoff.closures c JOIN handoff.items i ON i.repo = c.repo AND i.id = c.item WHERE c.counts AND i.live`,
		"a row of a repository that is not there":        `SELECT repo FROM handoff.acks WHERE repo NOT IN (SELECT repo FROM handoff.repos)`,
	} {
		count := "cardinality"
		if strings.Contains(o.t.Name(), "duckdb") {
			count = "len"
		}
		if wrong := ask(strings.ReplaceAll(sql, "cardinality_of", count)); len(wrong) > 0 {
			o.t.Errorf("%s: %v", about, wrong)
		}
	}
	shipped := make(map[string]int)
	for _, row := range o.rows("shipped") {
		shipped[key(row)]++
	}
	for _, row := range ask("SELECT repo, count(*) AS n FROM handoff.closures WHERE counts AND how = 'shipped' GROUP BY 1") {
		if got := fmt.Sprint(row["n"]); row["repo"] != "lost" && got != fmt.Sprint(shipped[key(row)]) {
			o.t.Errorf("shipped in %v: %s, want %d", row["repo"], got, shipped[key(row)])
		}
	}
	if rows := ask("SELECT id FROM handoff.acks WHERE unproven"); len(rows) != 1 {
		o.t.Errorf("unproven are %v", rows)
	}
}

// compareQuestions asks the questions of the example, and handoff the same.
func (o *organisation) compareQuestions(ask func(sql string) []document) {
	files, err := filepath.Glob("../../examples/warehouse/questions/*.sql")
	if err != nil || len(files) != len(answers) {
		o.t.Fatalf("%d questions, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".sql")
		got := ask(readExample(o.t, "questions/"+name+".sql"))
		got = slices.DeleteFunc(got, func(row document) bool { return row["repo"] == "lost" })
		o.t.Run(name, func(t *testing.T) {
			inner := *o
			inner.t, inner.got = t, got
			want := answers[name](&inner)
			if len(want) == 0 {
				t.Fatal("nothing is compared")
			}
			var lines []string
			for _, row := range got {
				var columns []string
				for _, column := range answerColumns[name] {
					columns = append(columns, fmt.Sprint(cmp.Or[any](row[column], "")))
				}
				lines = append(lines, strings.Join(columns, " "))
			}
			slices.Sort(lines)
			slices.Sort(want)
			if !slices.Equal(lines, want) {
				t.Errorf("the answer is\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// answerColumns are the columns of an answer that are compared.
var answerColumns = map[string][]string{
	"blocked":             {"repo", "blocker", "severity", "state", "waits_for", "age_s"},
	"unacked":             {"repo", "handoff", "by", "age_s", "overdue", "limbo"},
	"waiting_on":          {"waits_for", "blockers", "repositories", "late"},
	"overdue_questions":   {"repo", "question", "by", "waits_for"},
	"carried":             {"repo", "item", "holder"},
	"first_pass_by_month": {"month", "passed", "decided", "pending"},
	"time_to_ack":         {"by", "from", "to", "n", "open", "median_s"},
	"ageing":              {"by", "from", "to", "waiting"},
	"decisions_by_month":  {"month", "decisions", "accepted", "superseded", "reversed"},
	"deliveries":          {"repo", "kind", "subject", "target", "state"},
}

// answers are what query and stats say to each question.
var answers = map[string]func(o *organisation) []string{
	"blocked": func(o *organisation) (want []string) {
		for _, row := range o.rows("blocked") {
			want = append(want, fmt.Sprint(row["repo"], " ", row["id"], " ", row["severity"], " ", row["state"], " ", asked(row, "resolver"), " ", row["age_s"]))
		}
		return want
	},
	"unacked": func(o *organisation) (want []string) {
		for _, row := range o.rows("unacked") {
			is := func(flag string) bool { return slices.Contains(row["flags"].([]any), any(flag)) }
			want = append(want, fmt.Sprint(row["repo"], " ", row["id"], " ", row["by"], " ", row["source"].(document)["age_s"], " ", is("overdue"), " ", is("limbo")))
		}
		return want
	},
	"waiting_on": func(o *organisation) (want []string) {
		blockers, late, repos := make(map[string]int), make(map[string]int), make(map[string]map[any]bool)
		for _, row := range o.rows("blocked") {
			who := asked(row, "resolver")
			blockers[who]++
			if past(row) {
				late[who]++
			}
			if repos[who] == nil {
				repos[who] = make(map[any]bool)
			}
			repos[who][row["repo"]] = true
		}
		for who, n := range blockers {
			want = append(want, fmt.Sprint(who, " ", n, " ", len(repos[who]), " ", late[who]))
		}
		return want
	},
	"overdue_questions": func(o *organisation) (want []string) {
		for _, row := range o.rows("questions") {
			if row["state"] == "open" && past(row) {
				want = append(want, fmt.Sprint(row["repo"], " ", row["id"], " ", row["by"], " ", asked(row, "to")))
			}
		}
		return want
	},
	"carried": func(o *organisation) (want []string) {
		advice := fmt.Sprint(o.stats()["advice"])
		for _, row := range o.lines("export", "--states") {
			said := fmt.Sprint(": ", row["id"], " in ", row["repo"], " was carried three times or more")
			if row["type"] == "item" && strings.Contains(advice, said) {
				want = append(want, fmt.Sprint(row["repo"], " ", row["id"], " ", row["holder"]))
			}
		}
		return want
	},
	"first_pass_by_month": func(o *organisation) (want []string) {
		for month := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC); month.Month() < time.December; month = month.AddDate(0, 1, 0) {
			pass := o.stats("--since", month.Format(time.RFC3339), "--until", month.AddDate(0, 1, 0).Format(time.RFC3339))["total"].(document)["metrics"].(document)["first_pass"].(document)
			want = append(want, fmt.Sprint(month.Format(time.DateOnly), " ", pass["num"], " ", pass["den"], " ", pass["pending"]))
		}
		return want
	},
	"time_to_ack": func(o *organisation) (want []string) {
		for _, group := range o.groups() {
			cycle := group["metrics"].(document)["cycle_time"].(document)
			if fmt.Sprint(cycle["n"]) != "0" {
				want = append(want, fmt.Sprint(group["by"], " ", group["from"], " ", group["to"], " ", cycle["n"], " ", cycle["open"], " ", cmp.Or[any](cycle["wall_s"].(document)["median"], "")))
			}
		}
		return want
	},
	"ageing": func(o *organisation) (want []string) {
		// A boundary has no name in a query: that all of them together are as many is
		// compared, and that each is one of stats.
		known, waiting := make(map[string]bool), 0
		for _, group := range o.groups() {
			known[fmt.Sprint(group["by"], " ", group["from"], " ", group["to"])] = true
		}
		for _, row := range o.got {
			name := fmt.Sprint(row["by"], " ", row["from"], " ", row["to"])
			if !known[name] {
				o.t.Errorf("stats has no boundary %s", name)
			}
			want = append(want, fmt.Sprint(name, " ", row["waiting"]))
			n, err := row["waiting"].(json.Number).Int64()
			if err != nil {
				o.t.Fatal(err)
			}
			waiting += int(n)
		}
		if n := len(o.rows("unacked")); n != waiting {
			o.t.Errorf("at all boundaries %d wait, want %d", waiting, n)
		}
		return want
	},
	"decisions_by_month": func(o *organisation) (want []string) {
		counts := make(map[string]map[string]int)
		for _, row := range o.lines("export", "--states") {
			if row["type"] != "decision" {
				continue
			}
			at, err := time.Parse(time.RFC3339, row["at"].(string))
			if err != nil {
				o.t.Fatal(err)
			}
			month := at.UTC().Format("2006-01") + "-01"
			if at.UTC().Year() < 1 {
				month = ""
			}
			if counts[month] == nil {
				counts[month] = make(map[string]int)
			}
			counts[month][row["status"].(string)]++
			counts[month][""]++
		}
		for month, n := range counts {
			want = append(want, fmt.Sprint(month, " ", n[""], " ", n["accepted"], " ", n["superseded"], " ", n["reversed"]))
		}
		return want
	},
	"deliveries": func(o *organisation) (want []string) {
		for _, row := range o.lines("export", "--states") {
			list, _ := row["delivered"].([]any)
			for _, one := range list {
				d := one.(document)
				state := "failed"
				switch {
				case d["in_doubt"] == true:
					state = "in_doubt"
				case d["at"] != nil:
					continue
				}
				want = append(want, fmt.Sprint(row["repo"], " ", row["type"], " ", row["id"], " ", d["target"], " ", state))
			}
		}
		return want
	},
}

// asked is who is asked now, else who was.
func asked(row document, otherwise string) string {
	return cmp.Or(fmt.Sprint(row["asked"]), fmt.Sprint(row[otherwise]))
}

// past reports whether a deadline is, at the time of the tests of the warehouse.
func past(row document) bool {
	at, ok := row["deadline"].(string)
	if !ok {
		return false
	}
	deadline, err := time.Parse(time.RFC3339, at)
	return err == nil && deadline.Before(time.Date(2026, 11, 20, 22, 0, 0, 0, time.UTC))
}

func (o *organisation) stats(args ...string) document {
	o.t.Helper()
	return o.lines(append([]string{"stats", "--json"}, args...)...)[0]
}

func (o *organisation) groups() (groups []document) {
	o.t.Helper()
	for _, one := range o.stats()["groups"].([]any) {
		groups = append(groups, one.(document))
	}
	return groups
}
