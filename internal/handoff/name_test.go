package handoff

import (
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	tests := []struct {
		name                string
		slug, handle, scope bool
	}{
		{"refund-flow", true, true, false},
		{"a", false, true, false},
		{"", false, false, false},
		{"-a", false, false, false},
		{"ana.b_c", false, true, false},
		{".ana", false, false, false},
		{"Ana", false, false, false},
		{"änä", false, false, false},
		{"a b", false, false, false},
		{"con", true, false, false},
		{"nul.x", false, false, false},
		{"com7", true, false, false},
		{"comb", true, true, false},
		{"team", true, true, true},
		{"team:qa", false, false, true},
		{"team:", false, false, false},
		{"shift:emea", false, false, true},
		{"shift", true, true, false},
		{"lead:con", false, false, false},
		{strings.Repeat("a", 39), true, true, false},
		{strings.Repeat("a", 40), true, false, false},
		{strings.Repeat("a", 65), false, false, false},
	}
	for _, test := range tests {
		if got := ValidSlug(test.name); got != test.slug {
			t.Errorf("ValidSlug(%q) = %v", test.name, got)
		}
		if got := ValidHandle(test.name); got != test.handle {
			t.Errorf("ValidHandle(%q) = %v", test.name, got)
		}
		if got := IsScope(test.name); got != test.scope {
			t.Errorf("IsScope(%q) = %v", test.name, got)
		}
	}
}

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{
		"Decide the session timeout":                   "decide-the-session-timeout",
		"  15 or 30 minutes?  ":                        "15-or-30-minutes",
		"Sessions end after 15 minutes on web and app": "sessions-end-after-15-minutes-on-web",
		"日本":  "",
		"x":   "",
		"a-b": "a-b",
	} {
		if got := Slug(in); got != want {
			t.Errorf("Slug(%q) = %q, want %q", in, got, want)
		}
	}
}
