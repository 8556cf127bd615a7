package query

import (
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/fold"
)

func TestLog(t *testing.T) {
	tests := []struct{ terms, records string }{
		{"since:2026-11-20", "ben00005 cara0002 ben00004 sarah002 ana00004 cara0003"},
		{"until:2026-11-16", "ben00001 ana00001"},
		{"by:sarah,cara kind:decision,answer", "cara0002 sarah002"},
		{"by:team:qa", "cara0002 cara0003 cara0001"},
		{"-by:ana,ben,cara", "sarah002"},
		{"team:security,qa", "cara0002 sarah002 cara0003 cara0001"},
		{"to:sarah", "ben00003"},
		{"to:ana by:ben kind:handoff", "ben00005 ben00002"}, // the rollup is for her as one of the team
		{"to:cara kind:handoff", "ana00004 ana00003"},
		{"to:lead:payments", "cara0001 ana00002 ana00001"}, // what is for ben, too
		{"item:login", "sarah002 ben00003 ben00002 ana00001"},
		{"item:receipts", "ben00004 ana00004 ana00003"},
		{"item:ledger owner:ana kind:ack", "ben00001"},
		{"owner:cara kind:handoff", "cara0001"},
		{"ref:1842 kind:resolution", "cara0003"},
	}
	s := fixture(t)
	for _, test := range tests {
		q, err := Parse([]string{test.terms}, parseEnv("ben"))
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, r := range Log(q, s, fixtureEnv()) {
			ids = append(ids, r.ID)
		}
		if got := strings.Join(ids, " "); got != test.records {
			t.Errorf("%s\n got %s\nwant %s", test.terms, got, test.records)
		}
	}
	if found := Log(Query{}, fold.Of(nil, "").View, fixtureEnv()); found == nil || len(found) > 0 {
		t.Errorf("without records: %v", found)
	}
}

// Of several values, one will do, in every question.
func TestSeveralValues(t *testing.T) {
	tests := []struct{ question, rows string }{
		{"items holder:cara,ben", "item login<ben00002, item slow-query<cara0001"},
		{"items -holder:cara,ben", "item refunds<ana00004, item receipts<ana00004"},
		{"items is:blocked,ready severity:critical,routine", "item login<ben00002, item slow-query<cara0001, item receipts<ana00004"},
		{"is:question,watch", "question ben00004<ben00004, question refund-limit<ana00001, watch standing release freeze<cara0001, watch watch the old queue<ana00001"},
	}
	for _, test := range tests {
		if got := brief(ask(t, fixture(t), fixtureEnv(), "ben", test.question)); got != test.rows {
			t.Errorf("%s\n got %s\nwant %s", test.question, got, test.rows)
		}
	}
	if _, err := Parse([]string{"by:ana,b/d"}, parseEnv("ben")); err == nil || !strings.Contains(err.Error(), `"by:b/d" is not a handle`) {
		t.Errorf("error %v", err)
	}
}
