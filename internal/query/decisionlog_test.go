package query

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
)

// said is a decision record: what was decided is the id of the record.
func said(id, when, topic, supersedes, status string) *handoff.Record {
	by, _, _ := strings.Cut(id, "0")
	return record(id, when, by, &handoff.DecisionRecord{Topic: topic, DecisionFields: handoff.DecisionFields{
		Decision: "do " + id, Rationale: "because of " + id, Supersedes: supersedes, Status: status,
	}})
}

// briefStory is a story in a line: what stands, then what is proposed (?),
// contested (≠), what it replaced (<), and the notes (!).
func briefStory(s DecisionStory) string {
	parts := []string{s.ID + " " + s.Source.Record + " " + s.Status}
	for _, group := range []struct {
		sign string
		rows []*row.Decision
	}{{"?", s.Proposed}, {"≠", s.Contested}, {"<", s.Chain}} {
		for _, row := range group.rows {
			parts = append(parts, group.sign+row.ID+" "+row.Source.Record+" "+row.Status)
		}
	}
	for _, note := range s.Notes {
		parts = append(parts, "!"+note)
	}
	return strings.Join(parts, ", ")
}

func TestDecisionLog(t *testing.T) {
	tests := []struct {
		name    string
		records []*handoff.Record
		want    []string
	}{
		{"nothing", nil, nil},
		{
			"decided anew, twice", []*handoff.Record{
				said("ana00001", "16 09:00", "db", "", ""), said("ben00001", "17 09:00", "db", "db", ""), said("ana00002", "18 09:00", "db", "dec:db", ""),
			},
			[]string{"db ana00002 accepted, <db ben00001 superseded, <db ana00001 superseded"},
		},
		{
			"another topic replaces it, and goes back", []*handoff.Record{
				said("ana00001", "16 09:00", "db", "", ""), said("ben00001", "17 09:00", "storage", "db", ""), said("ana00002", "18 09:00", "db", "storage", ""),
			},
			[]string{"db ana00002 accepted, <storage ben00001 superseded, <db ana00001 superseded"},
		},
		{
			"two replace the same", []*handoff.Record{
				said("ana00001", "16 09:00", "db", "", ""), said("ben00001", "17 09:00", "sql", "db", ""), said("cara0001", "17 09:30", "files", "db", ""),
			},
			[]string{
				"files cara0001 accepted, ≠sql ben00001 accepted, <db ana00001 superseded",
				"sql ben00001 accepted, ≠files cara0001 accepted, <db ana00001 superseded",
			},
		},
		{
			"said otherwise without superseding", []*handoff.Record{
				said("ana00001", "16 09:00", "db", "", ""), said("ben00001", "17 09:00", "db", "", ""),
			},
			[]string{"db ana00001 accepted, ≠db ben00001 contested"},
		},
		{
			"settled since", []*handoff.Record{
				said("ana00001", "16 09:00", "db", "", ""), said("ben00001", "17 09:00", "db", "", ""), said("ben00002", "18 09:00", "db", "db", ""),
			},
			[]string{"db ben00002 accepted, <db ben00001 contested, <db ana00001 superseded"},
		},
		{
			"proposed", []*handoff.Record{
				said("ana00001", "16 09:00", "db", "", ""), said("ben00001", "17 09:00", "db", "db", fold.DecisionProposed),
				said("ben00002", "17 10:00", "ui", "", fold.DecisionProposed),
			},
			[]string{"ui ben00002 proposed", "db ana00001 accepted, ?db ben00001 proposed"},
		},
		{
			"reversed", []*handoff.Record{
				said("ana00001", "16 09:00", "db", "", ""), said("ben00001", "18 09:00", "db", "db", fold.DecisionReversed), said("ana00002", "17 09:00", "ui", "", ""),
			},
			[]string{"ui ana00002 accepted", "db ben00001 reversed, <db ana00001 reversed"},
		},
		{
			"superseded by its own word", []*handoff.Record{said("ana00001", "16 09:00", "db", "", fold.DecisionSuperseded)},
			[]string{"db ana00001 superseded"},
		},
		{
			"supersedes nothing", []*handoff.Record{said("ana00001", "16 09:00", "db", "no-such-thing", "")},
			[]string{"db ana00001 accepted, !db (ana00001) supersedes no-such-thing, on which nothing is decided"},
		},
		{
			"in a circle", []*handoff.Record{
				said("ana00001", "16 09:00", "db", "storage", ""), said("ben00001", "17 09:00", "storage", "db", ""),
			},
			[]string{"storage ben00001 accepted, <db ana00001 superseded, !db (ana00001) supersedes storage, which was decided after it"},
		},
		{
			"itself, first of all", []*handoff.Record{said("ana00001", "16 09:00", "db", "db", "")},
			[]string{"db ana00001 accepted"},
		},
		{
			"what is no decision", []*handoff.Record{said("ana00001", "16 09:00", "db", "blk:db", "")},
			[]string{"db ana00001 accepted"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for range 3 { // no map may decide
				var got []string
				for _, story := range DecisionLog(Query{}, fold.Of(test.records, ""), fixtureEnv()) {
					got = append(got, briefStory(story))
				}
				if !slices.Equal(got, test.want) {
					t.Fatalf("\n got %q\nwant %q", got, test.want)
				}
			}
		})
	}
}

func TestDecisionLogFilters(t *testing.T) {
	records := append(fixtureRecords(), said("ben00009", "19 12:00", "db", "", ""), said("cara0009", "20 16:00", "storage", "db", ""))
	s := fold.Of(records, "")
	tests := []struct{ arg, terms, want string }{
		{"", "", "storage session-policy"},
		{"session-policy", "", "session-policy"},
		{"dec:session-policy", "", "session-policy"},
		{"db", "", "storage"}, // by what it replaced
		{"login", "", "session-policy"},
		{"item:login", "", "session-policy"},
		{"src/session/cookie.go", "", "session-policy"},
		{"./src/session/", "", "session-policy"},
		{"support nobody", "", "session-policy"},
		{"nothing-like-it", "", ""},
		{"", "by:ben", "storage"},
		{"", "by:ana,cara", "storage session-policy"},
		{"", "by:ana since:2026-11-17", ""}, // one decision must meet all of them
		{"", "until:2026-11-16", "session-policy"},
		{"", "kind:handoff", "session-policy"},
		{"login", "by:ben", ""},
	}
	for _, test := range tests {
		q := Query{Arg: test.arg}
		for _, text := range strings.Fields(test.terms) {
			name, value, _ := strings.Cut(text, ":")
			if err := q.Add(Qualifier(name), value, parseEnv("ben")); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for _, story := range DecisionLog(q, s, fixtureEnv()) {
			got = append(got, story.ID)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%q %q: %q, want %q", test.arg, test.terms, got, test.want)
		}
	}
	if got := DecisionLog(Query{Limit: 1}, s, fixtureEnv()); len(got) != 1 || got[0].ID != "storage" {
		t.Errorf("limit: %v", got)
	}
}

// A topic that is decided over and over is one story, told in time.
func TestDecisionLogIsLinear(t *testing.T) {
	var records []*handoff.Record
	start := at("16 00:00").Time
	for i := range 5_000 {
		r := said(fmt.Sprintf("%08d", i), "16 00:00", "db", "db", "")
		r.By, r.At = "ana", handoff.Time{Time: start.Add(time.Duration(i) * time.Second)}
		records = append(records, r)
	}
	stories := DecisionLog(Query{}, fold.Of(records, ""), fixtureEnv())
	if len(stories) != 1 || len(stories[0].Chain) != 4_999 {
		t.Fatalf("%d stories", len(stories))
	}
}
