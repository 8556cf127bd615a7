package query

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/row"
)

// The JSON of each row type is an interface: these fields, in this order, and
// more only after them. The source is always the last.
var documented = map[row.Type]string{
	row.TypeItem:       "type id status severity state holder owner offered_to next blocked_by due",
	row.TypeBlocker:    "type id needs because resolver blocks state since age_s workaround",
	row.TypeQuestion:   "type id ask to by state rounds",
	row.TypeEscalation: "type id subject reason ask to by level state",
	row.TypeDecision:   "type id decision rationale by at status supersedes superseded_by",
	row.TypeHandoff:    "type id by to summary state flags at returns_at amends items taken",
	row.TypeWatch:      "type kind what signal link until expired",
	row.TypeArea:       "type id primary alternates expires",
}

const documentedSource = "record kind by at age_s freshness path commit"

// everyRow asks for rows of all types.
func everyRow(t *testing.T) []row.Row {
	s := fixture(t)
	var rows []row.Row
	for _, question := range []string{"is:open", "is:closed", "watch", "whois session-policy", "shipped", "escalated"} {
		rows = append(rows, ask(t, s, fixtureEnv(), "ben", question).Rows...)
	}
	return rows
}

// keys are the field names of a JSON object in their order.
func keys(t *testing.T, data string) []string {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(data))
	if _, err := decoder.Token(); err != nil {
		t.Fatal(err)
	}
	var names []string
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name.(string))
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			t.Fatal(err)
		}
	}
	return names
}

func TestRowsAsJSON(t *testing.T) {
	nulls := regexp.MustCompile(`"(\w+)":null`)
	absent := []string{"due", "since", "at", "returns_at", "until", "expires", "deadline", "escalation"} // times, and what does not stand
	seen := make(map[row.Type]bool)
	for _, row := range everyRow(t) {
		seen[row.RowType()] = true
		text := toJSON(t, row)
		want := strings.Fields(documented[row.RowType()])
		if got := keys(t, text); len(got) < len(want) || !slices.Equal(got[:len(want)], want) || got[len(got)-1] != "source" {
			t.Errorf("%s: fields %q", row.RowType(), got)
		}
		for _, match := range nulls.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(absent, match[1]) {
				t.Errorf("%s: %s is null", row.RowType(), match[1])
			}
		}
		want = strings.Fields(documentedSource)
		if got := keys(t, toJSON(t, row.Cited())); !slices.Equal(got[:len(want)], want) {
			t.Errorf("source: fields %q", got)
		}
	}
	for rowType := range documented {
		if !seen[rowType] {
			t.Errorf("no row of type %s", rowType)
		}
	}
}

func TestRowAsJSONExactly(t *testing.T) {
	a := ask(t, fixture(t), fixtureEnv(), "ben", "blocked")
	want := `{"type":"blocker","id":"session-timeout","needs":"a choice of 15 or 30 minutes",` +
		`"because":"security and support disagree","resolver":"area:session-policy","blocks":["login"],"state":"escalated",` +
		`"since":"2026-11-18T18:00:00Z","age_s":172800,"workaround":"","severity":"critical","how":"",` +
		`"asked":"sarah","asked_because":"escalated","deadline":null,` +
		`"escalation":{"id":"ben00003","ask":"15 or 30 minutes?","by":"ben","to":"sarah","level":1,"state":"open"},"delivered":[],` +
		`"source":{"record":"ben00002","kind":"handoff","by":"ben","at":"2026-11-18T18:00:00Z","age_s":172800,` +
		`"freshness":"aging","path":".handoffs/2026/11/18/180000Z-handoff-ben-ben00002.yaml",` +
		`"commit":"` + strings.Repeat("c", 40) + `","superseded":false,"only_on":"","disputed":false,"prepared_by":"","unproven":false,"on_word_of":""}}`
	if got := toJSON(t, a.Rows[0]); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestRowsAsCells(t *testing.T) {
	tests := []struct{ question, cells string }{
		{"blocked", "session-timeout|critical|escalated|area:session-policy|a choice of 15 or 30 minutes|security and support disagree|login|2d|sarah (escalated)||ben|2d|aging|ben00002"},
		{"escalated", "ben00003|blk:session-timeout|1|open|sarah|15 or 30 minutes?|sarah||ben|47h|aging|ben00003"},
		{"whois refunds", "refunds|in_review|watch|ana|ana||the page is approved|ana: merge PR 1842 after review|ana|4d|stale|ana00001"},
		{`"one approval"`, "refunds|in_review|watch|ana|ana||the page is approved|ana: merge PR 1842 after review|ana|3d|superseded|ana00002"},
		{"whois session-policy", "session-policy|sarah|ines|2026-11-19 00:00Z||||.handoffs/config.yaml"},
		{"watch", "expired|standing|release freeze||2026-11-19 00:00Z|cara|cara|3d|stale|cara0001"},
		{"unacked by:cara", "cara0001|lead:payments|published|overdue, limbo|Load test found a slow query|cara|3d|stale|cara0001"},
		{"questions", "ben00004|open|ben|ana|Which languages first?|ana||ben|5h|fresh|ben00004"},
	}
	s := fixture(t)
	for _, test := range tests {
		a := ask(t, s, fixtureEnv(), "ben", test.question)
		if got := strings.Join(a.Rows[0].Cells(), "|"); got != test.cells {
			t.Errorf("%s:\n got %s\nwant %s", test.question, got, test.cells)
		}
	}
}

func TestFreshness(t *testing.T) {
	tests := map[time.Duration]row.Freshness{
		-time.Hour: row.FreshnessFresh, 24*time.Hour - 1: row.FreshnessFresh, 24 * time.Hour: row.FreshnessAging,
		72*time.Hour - 1: row.FreshnessAging, 72 * time.Hour: row.FreshnessStale, 168*time.Hour - 1: row.FreshnessStale, 168 * time.Hour: row.FreshnessOld,
	}
	for age, want := range tests {
		if got := row.FreshnessOf(age); got != want {
			t.Errorf("freshnessOf(%v) = %s, want %s", age, got, want)
		}
	}
}
