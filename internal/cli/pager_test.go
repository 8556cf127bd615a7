//go:build unix

package cli

import "testing"

// The pager is the user's, and so are the options that they have for less.
func TestPager(t *testing.T) {
	const say = "echo $LESS"
	for _, test := range []struct {
		env  []string
		want string // what the pager says
	}{
		{[]string{"PAGER=" + say}, "FRX\n"},
		{[]string{"PAGER=" + say, "LESS=R"}, "R\n"},
		{[]string{"PAGER=cat", "GIT_PAGER=false", "HANDOFF_PAGER=" + say}, "FRX\n"},
	} {
		out, err := newGlobals(Env{Environ: test.env}).pager().Output()
		if err != nil || string(out) != test.want {
			t.Errorf("%q: %q, %v", test.env, out, err)
		}
	}
	if cmd := newGlobals(Env{Environ: []string{"PAGER=cat"}}).pager(); cmd != nil {
		t.Errorf("cat is started: %s", cmd)
	}
}
