package calendar

import (
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	tests := []struct {
		in         string
		wall, work time.Duration
		out        string
	}{
		{"30m", 30 * time.Minute, 30 * time.Minute, "30m"},
		{"2h", 2 * time.Hour, 2 * time.Hour, "2h"},
		{"2d", 48 * time.Hour, 16 * time.Hour, "2d"},
		{"90m", 90 * time.Minute, 90 * time.Minute, "1h30m"},
		{"1d4h", 28 * time.Hour, 12 * time.Hour, "1d4h"},
		{"24h", 24 * time.Hour, 24 * time.Hour, "24h"},
		{"0m", 0, 0, "0m"},
	}
	for _, test := range tests {
		d, err := ParseDuration(test.in)
		if err != nil {
			t.Errorf("%s: %v", test.in, err)
			continue
		}
		if d.Wall() != test.wall || d.Work() != test.work || d.String() != test.out {
			t.Errorf("%s is %s on the wall, %s of work, %q", test.in, d.Wall(), d.Work(), d)
		}
	}
	for _, in := range []string{"", "2", "h", "2 h", "-2h", "+2h", "1.5h", "2h1d", "2w", "30s", "2h ", "2H", "99999d"} {
		if d, err := ParseDuration(in); err == nil {
			t.Errorf("%q is taken as %s", in, d)
		}
	}
}
