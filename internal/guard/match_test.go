package guard

import "testing"

func TestMatchName(t *testing.T) {
	tests := []struct {
		pattern, name string
		want          bool
	}{
		{"*[bot]", "dependabot[bot]", true},
		{"*[bot]", "robot", false},
		{"renovate", "Renovate", true},
		{"renovate", "renovate2", false},
		{"project_*_bot*", "project_17_bot_a1", true},
		{"a*b*c", "acb", false},
		{"", "", true},
		{"*", "", true},
	}
	for _, test := range tests {
		if got := matchName(test.pattern, test.name); got != test.want {
			t.Errorf("matchName(%q, %q) = %v", test.pattern, test.name, got)
		}
	}
}
