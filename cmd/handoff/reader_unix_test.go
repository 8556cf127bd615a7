//go:build unix

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// thisEvening is what ana declares after [yesterday], and afterNight what ben does when
// he has taken two items of it and somebody has resolved the blocker.
const thisEvening = `
summary: "The refund flow is reviewed, the login audit waits for sarah"
to: ["ben"]
returns_at: "RETURNS"
shipped: [{what: "The rounding of refunds is fixed"}]
decisions: [{id: "rounding", decision: "Refunds are rounded half to even", rationale: "The bank does the same"}]
items:
  - {id: "refund-flow", status: "in_review", owner: "ana", state: "PR #1842 has 2 of 2 approvals, the test is green", next: [{do: "Merge PR #1842", owner: "ben"}]}
  - {id: "login-audit", status: "blocked", owner: "ana", state: "The audit log is missing for 2 of 7 endpoints", next: [{do: "Add the audit log to /logout", owner: "ana"}], blocked_by: ["session-policy"]}
  - {id: "fee-table", status: "ready", owner: "ana", state: "The fees of 2027 are agreed with the bank", intent: "The bank charges new fees from January on", next: [{do: "Load the table into staging", owner: "ben"}]}
blockers: [{id: "session-policy", needs: "Decide how long a session lasts", because: "login and refund use 15 and 60 minutes", resolver: "sarah", blocks: ["login-audit"]}]
`

const afterNight = `
summary: "The refund flow is merged, the fees wait for the bank"
to: ["ana"]
returns_at: "RETURNS"
shipped: [{id: "refund-flow", what: "Merged as PR #1842"}]
decisions: []
items:
  - {id: "fee-table", status: "in_progress", owner: "ana", state: "Two of nine fees are loaded", next: [{do: "Load the other seven fees into staging", owner: "ana"}]}
blockers: []
`

// The reader of examples/reader answers for a repository as the program does.
func TestReaderOfExamples(t *testing.T) {
	t.Parallel()
	python := os.Getenv("HANDOFF_TEST_PYTHON")
	if python == "" {
		t.Skip("THERE IS NO PYTHON: set HANDOFF_TEST_PYTHON to a python3 with the package yaml")
	}
	ana := inTheEvening(t)
	ben, sarah := ana.by("ana", "ben"), ana.by("ana", "sarah")
	declare := func(r *repository, text string, at time.Time) {
		file := filepath.Join(t.TempDir(), "draft.yaml")
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(text, "RETURNS", at.Add(24*time.Hour).Format(time.RFC3339))), 0o600); err != nil {
			t.Fatal(err)
		}
		r.clock(at)
		r.run("handoff", "declare", "-f", file)
	}
	declare(ana, thisEvening, moment())
	ben.clock(moment().Add(time.Hour))
	ben.run("handoff", "ack", "@ana", "--take", "refund-flow,fee-table")
	sarah.clock(moment().Add(2 * time.Hour))
	sarah.run("handoff", "resolve", "session-policy", "--how", "Sessions last 30 minutes")
	sarah.run("handoff", "decide", "Sessions last 30 minutes -- support asked for it", "--topic", "session-length")
	declare(ben, afterNight, moment().Add(8*time.Hour))

	reader, err := filepath.Abs("../../examples/reader/reader.py")
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Problems []string
		Items    map[string]struct {
			Status, Holder, Owner string
			OfferedTo             []string `json:"offered_to"`
		}
		Blockers  map[string]struct{ State string }
		Decisions map[string]struct{ Decision string }
	}
	out := ana.run(python, reader, ".handoffs")
	if err := json.Unmarshal([]byte(out), &read); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if len(read.Problems) > 0 || len(read.Items) != 3 {
		t.Fatalf("it read\n%s", out)
	}
	type row struct {
		ID, Status, Holder, Owner, Decision string
		OfferedTo                           []string `json:"offered_to"`
	}
	answer := func(topic string) []row {
		t.Helper()
		var said struct{ Results []row }
		if err := json.Unmarshal([]byte(ana.run("handoff", "query", topic, "--json")), &said); err != nil {
			t.Fatal(err)
		}
		return said.Results
	}
	ana.clock(moment().Add(9 * time.Hour))
	items := answer("items")
	if len(items) != 2 {
		t.Errorf("the program says %+v", items)
	}
	for _, row := range items {
		it := read.Items[row.ID]
		if row.Status != it.Status || row.Holder != it.Holder || row.Owner != it.Owner || !slices.Equal(row.OfferedTo, it.OfferedTo) {
			t.Errorf("%s is\n%+v, and the reader says\n%+v", row.ID, row, it)
		}
	}
	shipped := answer("shipped")
	if !slices.ContainsFunc(shipped, func(r row) bool { return r.ID == "refund-flow" }) || read.Items["refund-flow"].Status != "shipped" {
		t.Errorf("shipped are %+v, and the reader says %+v", shipped, read.Items["refund-flow"])
	}
	decisions := make(map[string]struct{ Decision string })
	for _, row := range answer("decisions") {
		decisions[row.ID] = struct{ Decision string }{row.Decision}
	}
	if !reflect.DeepEqual(decisions, read.Decisions) || len(decisions) != 2 {
		t.Errorf("decided is %v, and the reader says %v", decisions, read.Decisions)
	}
	if blocked := answer("blocked"); len(blocked) > 0 || read.Blockers["session-policy"].State != "resolved" {
		t.Errorf("blocked is %+v, and the reader says %v", blocked, read.Blockers)
	}
}
