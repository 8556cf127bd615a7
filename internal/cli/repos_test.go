package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/examples"
)

// organisation is a directory of repositories: two with records, of one name;
// one with a hostile name; one without commits; one whose records are missing;
// one that points nowhere; one that only root can list.
func organisation(t *testing.T) *world {
	w := newWorld(t)
	top := w.dir
	add := func(name string, declare bool) {
		w.dir = filepath.Join(top, "org", name)
		w.env.Dir = w.dir
		if err := os.MkdirAll(w.dir, 0o755); err != nil {
			t.Fatal(err)
		}
		w.git("init", "-q", "-b", "main")
		if !declare {
			return
		}
		w.commitFile("today.yaml", string(examples.TwoSites))
		w.run(0, "declare", "-f", "today.yaml")
	}
	at := w.now
	add("payments", true)
	w.as("ben", at.Add(10*time.Minute))
	w.run(0, "ack", "--take", "payments-refund-flow")
	w.as("ana", at.Add(time.Hour))
	add("web/payments", true)
	w.as("ana", at.Add(2*time.Hour))
	add("=evil\x1b[31m\tname", true)
	add("empty", false)
	add("damaged", true)
	objects, err := filepath.Glob(filepath.Join(w.dir, ".git/objects/??"))
	if err != nil || len(objects) == 0 {
		t.Fatal(err)
	}
	for _, dir := range append(objects, filepath.Join(w.dir, ".git/handoff")) {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{"nowhere", "line\nbreak/.git", "plain/deep"} {
		if err := os.MkdirAll(filepath.Join(top, "org", dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(top, "org/nowhere/.git"), []byte("gitdir: /nowhere/at/all\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(top, "org/locked"), 0); err != nil {
		t.Fatal(err)
	}
	w.dir, w.env.Dir = top, top
	return w
}

// unreadable are the repositories of an organisation that cannot be read.
func unreadable() []string {
	names := []string{"damaged", "line break", "nowhere"}
	if os.Geteuid() != 0 {
		names = append(names, "org/locked")
	}
	return names
}

// reports requires that exactly the unreadable repositories are reported.
func (w *world) reports(stderr string) {
	w.t.Helper()
	names := unreadable()
	if want := fmt.Sprintf("handoff: %d of %d repositories could not be read\n", len(names), 4+len(names)); !strings.Contains(stderr, want) {
		w.t.Errorf("%q lacks %q", stderr, want)
	}
	for _, name := range names {
		if !strings.Contains(stderr, name+": ") {
			w.t.Errorf("%q does not name %s", stderr, name)
		}
	}
	if strings.ContainsAny(stderr, "\x1b\r") {
		w.t.Errorf("%q", stderr)
	}
}

const evil = `=evil\x1b[31m name`

func TestQueryAllRepositories(t *testing.T) {
	w := organisation(t)
	out, stderr := w.run(1, "query", "blocked", "--all-repos", "org", "--json")
	var doc struct {
		Answered bool
		Total    int
		Say      string
		Results  []struct {
			Repo, Type, ID string
			Source         struct{ Record string }
		}
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatal(err)
	}
	var repos []string
	for _, row := range doc.Results {
		repos = append(repos, row.Repo)
		if row.ID != "session-policy" || row.Type != "blocker" {
			t.Errorf("row %+v", row)
		}
	}
	// The oldest first, whatever repository it is in.
	if want := []string{"org/payments", "web/payments", evil}; !slices.Equal(repos, want) {
		t.Errorf("repositories %q, want %q", repos, want)
	}
	if doc.Total != 3 || !doc.Answered || doc.Say != "3 blockers in 3 repositories: org/payments: session-policy (sarah), web/payments: session-policy (sarah), "+evil+": session-policy (sarah); nothing could be read in damaged, line break and nowhere" {
		t.Errorf("%+v", doc)
	}
	if !strings.HasPrefix(stderr, `{"error":{"code":1,`) || strings.Count(stderr, "\n") != 1 {
		t.Errorf("stderr %q", stderr)
	}

	out, stderr = w.run(1, "query", "blocked", "--all-repos", "org", "--limit", "1")
	if !strings.HasPrefix(out, "3 blockers in 3 repositories: org/payments: session-policy (sarah), 2 more; nothing could be read in damaged, line break and nowhere\norg/payments\tsession-policy\t") || strings.Count(out, "\n") != 2 {
		t.Errorf("text %q", out)
	}
	w.reports(stderr)

	good := []string{"--all-repos", "org/payments", "--all-repos", "org/web", "--all-repos", "org/empty", "--all-repos", "org/payments"}
	out, _ = w.run(0, append([]string{"query", "whois", "payments-refund-flow", "--jq", `.results[] | .repo + " " + .holder`}, good...)...)
	if out != "org/payments ben\nweb/payments ana\n" { // one item each, with a fate of its own
		t.Errorf("holders %q", out)
	}
	if out, _ = w.run(0, append([]string{"query", "unclaimed"}, good...)...); out != "nothing is unclaimed; 2 current handoffs say so in 2 repositories; no record covers it in empty\n" {
		t.Errorf("none: %q", out)
	}
	if _, stderr = w.run(3, append([]string{"query", "whois", "nothing-of-that-name"}, good...)...); !strings.Contains(stderr, "no record covers it in 3 repositories") {
		t.Errorf("not covered: %q", stderr)
	}
	if _, err := os.Stat(filepath.Join(w.dir, "org/empty/.git/handoff")); err == nil {
		t.Error("a repository without records got an index")
	}
	w.run(2, "query", "blocked", "--all-repos", "org/plain")
	w.run(2, "query", "blocked", "--all-repos", "no-such-directory")
	w.run(2, append([]string{"query", "blocked", "--since", "someday"}, good...)...)
	w.run(1, "query", "blocked", "--all-repos", "org/nowhere")
}

func TestExportAllRepositories(t *testing.T) {
	w := organisation(t)
	text, stderr := w.run(1, "export", "--format", "csv", "--all-repos", "org")
	w.reports(stderr)
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	count := make(map[string]int)
	for _, row := range rows[1:] {
		count[row[0]]++
	}
	if len(count) != 3 || count["org/payments"] != 3 || count["web/payments"] != 2 || count["'"+evil] != 2 {
		t.Errorf("rows %v", count)
	}
	again, _ := w.run(1, "export", "--format", "csv", "--all-repos", "org")
	if again != text {
		t.Error("another order the second time")
	}
	if out, _ := w.run(1, "export", "--all-repos", "org", "--limit", "4"); strings.Count(out, "\n") != 4 {
		t.Errorf("limit: %q", out)
	}

	_, stderr = w.run(1, "export", "--format", "sqlite", "-o", "all.db", "--all-repos", "org")
	if !strings.Contains(stderr, "all.db: 7 records, 15 states of 4 repositories\n") {
		t.Errorf("stderr %q", stderr)
	}
	db := openFile(t, filepath.Join(w.dir, "all.db"))
	for query, want := range map[string]string{
		"SELECT group_concat(name, '|') FROM (SELECT name FROM repo ORDER BY name)": evil + "|empty|org/payments|web/payments",
		"SELECT count(*) FROM items WHERE id = 'payments-refund-flow'":              "3",
		"SELECT count(DISTINCT repo) FROM records":                                  "3",
	} {
		if got := askFile(t, db, query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	if _, stderr = w.run(1, "export", "-o", "none.ndjson", "--all-repos", "org/nowhere"); !strings.Contains(stderr, "1 of 1 repository") {
		t.Errorf("stderr %q", stderr)
	}
	if _, err := os.Stat(filepath.Join(w.dir, "none.ndjson")); err == nil {
		t.Error("an export of nothing that could be read")
	}
}

// Two cycles of ten minutes and of three hours pool to the values of both.
func TestStatsOfAllRepositoriesPool(t *testing.T) {
	w := organisation(t)
	w.env.Dir = filepath.Join(w.dir, "org/web/payments")
	w.as("ben", w.now.Add(2*time.Hour))
	w.run(0, "ack", "--take", "payments-refund-flow")
	w.env.Dir = w.dir
	out, stderr := w.run(1, "stats", "--all-repos", "org", "--json")
	var doc struct {
		Total struct {
			N       int
			Metrics struct {
				CycleTime struct {
					N     int
					Open  int
					WallS struct{ Values []int64 } `json:"wall_s"`
				} `json:"cycle_time"`
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatal(err)
	}
	// An ack of one of two items leaves a handoff open: so are all three.
	if c := doc.Total.Metrics.CycleTime; doc.Total.N != 3 || c.N != 3 || c.Open != 3 {
		t.Errorf("%+v", doc)
	}
	if !strings.Contains(stderr, "damaged: ") {
		t.Errorf("stderr %q", stderr)
	}
	if out, _ = w.run(0, "stats", "--all-repos", "org/empty"); out != "" {
		t.Errorf("of nothing: %q", out)
	}
}

// What is drawn from many repositories is a draft for each, that cites what is
// there. Who has declared in one of them is missing in none.
func TestRollupOfAllRepositories(t *testing.T) {
	w := organisation(t)
	if _, stderr := w.run(2, "rollup", "--org", "--all-repos", "org"); !strings.Contains(stderr, "its own repository only") {
		t.Errorf("stderr %q", stderr)
	}
	w.run(2, "rollup", "--org", "--dry-run", "--all-repos", "org", "-f", "x")
	w.run(2, "rollup", "--team", "nobody", "--dry-run", "--all-repos", "org/payments")
	out, stderr := w.run(1, "rollup", "--org", "--dry-run", "--all-repos", "org", "--to", "ben", "--json")
	var doc struct {
		Missing []struct{ Who string }
		Results []struct {
			Repo  string
			Draft struct {
				To     []string
				Rollup struct{ Sources []struct{ ID string } }
				Items  []struct{ ID, Source string }
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatal(err)
	}
	var repos []string
	for _, r := range doc.Results {
		repos = append(repos, r.Repo)
		if len(r.Draft.Rollup.Sources) != 1 || r.Draft.Items[0].Source != r.Draft.Rollup.Sources[0].ID || !slices.Equal(r.Draft.To, []string{"ben"}) {
			t.Errorf("draft %+v", r)
		}
	}
	if !slices.Equal(repos, []string{evil, "org/payments", "web/payments"}) || len(doc.Missing) > 0 {
		t.Errorf("repositories %q, missing %v", repos, doc.Missing)
	}
	if !strings.Contains(stderr, "damaged: ") {
		t.Errorf("stderr %q", stderr)
	}

	// A draft is a file that its repository takes.
	text, _ := w.run(0, "rollup", "--org", "--dry-run", "--all-repos", "org/web", "--to", "ben", "--returns", "2026-11-24T09:00:00+08:00",
		"--summary", "Refund flow lacks one approval, the login timeout lacks a decision")
	if err := os.WriteFile(filepath.Join(w.dir, "draft.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	w.run(0, "rollup", "--org", "-f", filepath.Join(w.dir, "draft.yaml"), "-C", "org/web/payments")
}

// Work trees of one repository are read once, and a directory that is no
// repository is not taken for the one around it.
func TestRepositoriesAreThemselves(t *testing.T) {
	w := exported(t)
	w.git("worktree", "add", "-q", "-b", "side", filepath.Join(w.dir, "linked"))
	if err := os.MkdirAll(filepath.Join(w.dir, "broken", ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	w.env.Environ = append(w.env.Environ, "GIT_DIR="+filepath.Join(w.dir, ".git"))
	out, stderr := w.run(1, "query", "blocked", "--all-repos", ".", "--all-repos", "linked", "--all-repos", "broken")
	if strings.Count(out, "\n") != 2 || !strings.Contains(out, "\n"+filepath.Base(w.dir)+"\t") {
		t.Errorf("%q", out)
	}
	if !strings.Contains(stderr, "broken: ") || !strings.Contains(stderr, "not a git repository") {
		t.Errorf("%q", stderr)
	}
}

// TestFindBesidePipes has in place of a .git what never ends when it is read.
func TestFindBesidePipes(t *testing.T) {
	w := newWorld(t)
	top := filepath.Join(w.dir, "org")
	for _, name := range []string{"endless", "large"} {
		if err := os.MkdirAll(filepath.Join(top, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/dev/zero", filepath.Join(top, "endless", ".git")); err != nil {
		t.Skip(err)
	}
	large := filepath.Join(top, "large", ".git")
	if err := os.WriteFile(large, []byte("gitdir: ../endless"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, 1<<40); err != nil {
		t.Skip(err)
	}
	if _, said := w.run(StatusFailed, "query", "blocked", "--all-repos", top); !strings.Contains(said, "2 of 2 repositories could not be read") {
		t.Error(said)
	}
}
