package guard

import "testing"

func TestMatchPath(t *testing.T) {
	tests := []struct {
		pattern, file string
		want          bool
	}{
		{"*.md", "README.md", true},
		{"*.md", "docs/deep/a.md", true},
		{"*.md", "a.md.go", false},
		{"docs", "docs/a.png", true},
		{"docs/", "x/docs/a.png", true},
		{"docs", "mydocs/a", false},
		{"docs/**", "docs/a/b", true},
		{"docs/**", "src/docs/a", false},
		{"/docs", "docs/a", true},
		{"/docs", "src/docs/a", false},
		{"docs/*.md", "docs/a.md", true},
		{"docs/*.md", "docs/a/b.md", false},
		{"a/**/z", "a/b/c/z", true},
		{"a/**/z", "a/z", true},
		{"[", "[", false},
	}
	for _, test := range tests {
		if got := MatchPath(test.pattern, test.file); got != test.want {
			t.Errorf("MatchPath(%q, %q) = %v", test.pattern, test.file, got)
		}
	}
}

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
