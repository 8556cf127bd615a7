package text

import "testing"

func TestPathPattern(t *testing.T) {
	tests := []struct {
		pattern PathPattern
		file    string
		want    bool
	}{
		{"*.md", "README.md", true},
		{"*.md", "docs/deep/a.md", true},
		{"*.md", "a.md.go", false},
		{"docs", "docs/a.png", true},
		{"docs/", "x/docs/a.png", true},
		{"docs/", "docs", false},
		{"docs", "mydocs/a", false},
		{"docs/**", "docs/a/b", true},
		{"docs/**", "docs", false},
		{"docs/**", "src/docs/a", false},
		{"/docs", "docs/a", true},
		{"/docs", "src/docs/a", false},
		{"/*/", "README.md", false},
		{"/*/", "docs/a", true},
		{"docs/*.md", "docs/a.md", true},
		{"docs/*.md", "docs/a/b.md", false},
		{"a/**/z", "a/b/c/z", true},
		{"a/**/z", "a/z", true},
		{"[", "[", false},
		{"", "a", false},
	}
	for _, test := range tests {
		if got := test.pattern.Covers(test.file); got != test.want {
			t.Errorf("PathPattern(%q).Covers(%q) = %v", test.pattern, test.file, got)
		}
	}
}
