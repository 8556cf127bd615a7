package workspace

import "testing"

func TestIsBranch(t *testing.T) {
	for _, test := range []struct {
		ref, branch string
		want        bool
	}{
		{"refs/heads/login", "login", true},
		{"refs/remotes/origin/login", "login", true},
		{"refs/remotes/origin/feature/login", "feature/login", true},
		{"refs/remotes/origin/feature/login", "login", false},
		{"refs/heads/feature/login", "login", false},
		{"refs/tags/login", "login", false},
		{"refs/remotes/origin/", "", false},
	} {
		if got := isBranch(test.ref, test.branch); got != test.want {
			t.Errorf("%s is %s: %t", test.ref, test.branch, got)
		}
	}
}
