package cli

import (
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/examples"
)

// exported is a repository with a day of handoffs.
func exported(t *testing.T) *world {
	w := newWorld(t)
	w.commitFile("today.yaml", string(examples.TwoSites))
	w.run(0, "declare", "-f", "today.yaml")
	w.as("ben", w.now.Add(time.Hour))
	w.run(0, "ack", "--take", "payments-refund-flow")
	return w
}

// openFile opens a SQLite file as any program does.
func openFile(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// askFile returns the one value of a query.
func askFile(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	var value string
	if err := db.QueryRow(query).Scan(&value); err != nil {
		t.Errorf("%s: %v", query, err)
	}
	return value
}

// The tables hold the rows that query has, and what a program other than this
// one reads in them.
func TestExportToSQLite(t *testing.T) {
	w := exported(t)
	w.run(0, "export", "--format", "sqlite", "-o", "all.db")
	db := openFile(t, filepath.Join(w.dir, "all.db"))
	for query, want := range map[string]string{
		"PRAGMA integrity_check":                                "ok",
		"PRAGMA user_version":                                   "1",
		"SELECT version FROM schema_version":                    "1",
		"SELECT directory FROM repo":                            w.dir,
		"SELECT ref FROM repo":                                  "refs/heads/main",
		"SELECT group_concat(kind) FROM records ORDER BY rowid": "handoff,route,ack",
		"SELECT record ->> '$.items[0].owner' FROM records WHERE kind = 'handoff'":  "ana",
		`SELECT datetime(at) FROM records WHERE kind = 'handoff'`:                   "2026-11-20 10:02:00",
		"SELECT count(*) FROM items":                                                "2",
		"SELECT holder FROM items WHERE id = 'payments-refund-flow'":                "ben",
		"SELECT value FROM items, json_each(blocked_by)":                            "session-policy",
		"SELECT next ->> '$[0].owner' FROM items WHERE id = 'payments-refund-flow'": "ben",
		"SELECT resolver FROM blockers":                                             "sarah",
		"SELECT count(*) FROM questions":                                            "0",
		`SELECT "by" FROM decisions`:                                                "ana",
		"SELECT source_superseded FROM handoffs":                                    "0",
		"SELECT r.kind FROM items i JOIN records r ON r.repo = i.repo AND r.id = i.source_record WHERE i.id = 'login-session-timeout'":              "handoff",
		"SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name)":                                        "blockers,decisions,handoffs,items,questions,records,repo,schema_version",
		"SELECT typeof(due) || typeof(source_at) || typeof(age_s) FROM items, (SELECT age_s FROM blockers) WHERE items.id = 'payments-refund-flow'": "nulltextinteger",
	} {
		if got := askFile(t, db, query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

// Every field of the rows in JSON is a column of the CSV, with the same text.
func TestExportedCSVSaysWhatJSONSays(t *testing.T) {
	w := exported(t)
	ndjson, _ := w.run(0, "export", "--states")
	text, _ := w.run(0, "export", "--states", "--format", "csv")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	documents := strings.Split(strings.TrimSpace(ndjson), "\n")
	if len(documents) != len(rows)-1 || len(rows) < 5 {
		t.Fatalf("%d documents, %d rows", len(documents), len(rows)-1)
	}
	for i, line := range documents {
		var doc map[string]any
		if err := json.Unmarshal([]byte(line), &doc); err != nil {
			t.Fatal(err)
		}
		for key, value := range doc["source"].(map[string]any) {
			doc["source_"+key] = value
		}
		for c, name := range rows[0] {
			if want, ok := doc[name].(string); ok && name != "at" && !strings.HasSuffix(name, "_at") && name != "since" && rows[i+1][c] != want {
				t.Errorf("%s: %q, want %q", name, rows[i+1][c], want)
			}
			delete(doc, name)
		}
		if delete(doc, "schema_version"); len(doc) != 1 { // the source
			t.Errorf("not in the CSV: %v", doc)
		}
	}
}

// What fails on the way leaves neither a file nor a part of one, and what was
// there as it was.
func TestFailedExportLeavesNothing(t *testing.T) {
	w := exported(t)
	old := filepath.Join(w.dir, "old")
	if err := os.WriteFile(old, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.run(2, "export", "-o", "old")
	for _, format := range []string{"ndjson", "csv", "sqlite"} {
		w.run(2, "export", "--force", "--format", format, "-o", "old", "--as-of", "no-such-thing")
	}
	if got, err := os.ReadFile(old); err != nil || string(got) != "mine" {
		t.Errorf("%q, %v", got, err)
	}
	if left, err := filepath.Glob(filepath.Join(w.dir, ".handoff-export-*")); err != nil || len(left) > 0 {
		t.Errorf("left: %q, %v", left, err)
	}
}
