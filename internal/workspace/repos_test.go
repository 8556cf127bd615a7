package workspace

import (
	"slices"
	"testing"
)

func TestNameRepositories(t *testing.T) {
	for _, test := range []struct{ dirs, want []string }{
		{[]string{"/src/a", "/src/b"}, []string{"a", "b"}},
		{[]string{"/src/x/a", "/src/y/a", "/src/z"}, []string{"x/a", "y/a", "z"}},
		{[]string{"/a", "/src/a"}, []string{"a", "src/a"}},
		{[]string{"/s/t/x/a", "/s/u/x/a"}, []string{"t/x/a", "u/x/a"}},
		{[]string{"/s/a\tb", "/s/a b"}, []string{"s/a b", "s/a b~2"}},
		{[]string{"/s/\x1b", `/s/\x1b`, `/s/\x1b~2`}, []string{`s/\x1b`, `s/\x1b~2`, `\x1b~2`}},
		{[]string{"/"}, []string{"/"}},
	} {
		var got []string
		for _, r := range nameRepositories(test.dirs) {
			got = append(got, r.Name)
		}
		if seen := slices.Compact(slices.Sorted(slices.Values(got))); len(seen) != len(got) {
			t.Errorf("%q: %q: not unique", test.dirs, got)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%q: %q, want %q", test.dirs, got, test.want)
		}
	}
}
