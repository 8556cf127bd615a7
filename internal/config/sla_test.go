package config

import (
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

func TestAckDue(t *testing.T) {
	c := parse(t, team)
	singapore := c.People["ana"].TZ.Location
	tests := []struct {
		name     string
		by       string
		to       []string
		severity string
		want     string // UTC
	}{
		{"routine", "ana", []string{"ben"}, "", "2026-11-20T11:00:00Z"},
		{"watch", "ana", []string{"ben"}, "watch", "2026-11-20T10:30:00Z"},
		{"critical is on the wall", "ben", []string{"ana"}, "critical", "2026-11-20T10:15:00Z"},
		{"over night", "ben", []string{"ana"}, "", "2026-11-23T02:00:00Z"},
		{"a contract", "ana", []string{"sarah"}, "", "2026-11-20T16:00:00Z"},
		{"no contract the other way", "sarah", []string{"ana"}, "", "2026-11-23T02:00:00Z"},
		{"the last of a team", "ben", []string{"team:product"}, "", "2026-11-20T15:00:00Z"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body := &handoff.Handoff{To: test.to, Items: handoff.List[handoff.Item]{{ID: "a-b"}, {ID: "c-d", Severity: test.severity}}}
			at := time.Date(2026, 11, 20, 18, 0, 0, 0, singapore) // a Friday, 10:00 UTC
			h := &fold.Handoff{Record: handoff.New("k3f9q2m7", at, test.by, body), Handoff: body}
			due, ok := c.AckDue(h)
			if got := due.UTC().Format(time.RFC3339); !ok || got != test.want {
				t.Errorf("due %s, want %s", got, test.want)
			}
			if _, ok := Default().AckDue(h); ok {
				t.Error("due without an SLA")
			}
		})
	}
}

func TestReceivers(t *testing.T) {
	c := parse(t, team)
	body := &handoff.Handoff{To: []string{"team:product", "ines", "ana", "team:none", "zoe"}}
	h := &fold.Handoff{Record: handoff.New("k3f9q2m7", time.Unix(0, 0), "ana", body), Handoff: body}
	if got, want := strings.Join(c.Receivers(h), " "), "ines sarah team:none zoe"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
