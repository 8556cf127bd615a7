package calendar

import (
	"testing"
	"time"
)

func TestAge(t *testing.T) {
	for d, want := range map[time.Duration][2]string{
		-50 * time.Hour:   {"2d ahead", "2 days ahead of this clock"},
		-time.Hour:        {"1h ahead", "1 hour ahead of this clock"},
		-time.Minute:      {"1m ahead", "1 minute ahead of this clock"},
		-59 * time.Second: {"now", "just now"},
		0:                 {"now", "just now"},
		59 * time.Second:  {"now", "just now"},
		time.Minute:       {"1m", "1 minute ago"},
		59 * time.Minute:  {"59m", "59 minutes ago"},
		time.Hour:         {"1h", "1 hour ago"},
		47 * time.Hour:    {"47h", "47 hours ago"},
		48 * time.Hour:    {"2d", "2 days ago"},
		240 * time.Hour:   {"10d", "10 days ago"},
	} {
		if got := [2]string{Age(d), Ago(d)}; got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
