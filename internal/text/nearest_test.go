package text

import "testing"

func TestNearest(t *testing.T) {
	candidates := []string{"summary", "shipped", "items", "blockers", "to", "cc"}
	tests := []struct{ word, want string }{
		{"sumary", "summary"},
		{"itmes", "items"},
		{"blocker", "blockers"},
		{"ot", "to"},
		{"summary", "summary"},
		{"deadline", ""},
		{"", ""},
	}
	for _, test := range tests {
		if got := Nearest(test.word, candidates); got != test.want {
			t.Errorf("nearest to %q is %q, want %q", test.word, got, test.want)
		}
	}
}
