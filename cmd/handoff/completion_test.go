//go:build unix

package main

import (
	"os/exec"
	"strings"
	"testing"
)

// completeInBash loads the completion into a bash and completes a line, as the
// tab key does. Of the package bash-completion it needs one function, which cuts
// the line into words: here it is as simple as the lines are.
const completeInBash = `
source <(handoff completion bash)
_get_comp_words_by_ref() { words=("${COMP_WORDS[@]}"); cword=$COMP_CWORD; cur=${words[cword]}; prev=${words[cword-1]}; }
compopt() { :; }
COLUMNS=120 COMP_TYPE=9
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
COMP_LINE="$*"
COMP_POINT=${#COMP_LINE}
__start_handoff
printf '%s\n' "${COMPREPLY[@]}"
`

func TestCompletionInBash(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	s := newSite(t)
	s.mustDeclare()
	complete := func(words ...string) string {
		t.Helper()
		args := append([]string{"--noprofile", "--norc", "-c", completeInBash, "bash"}, words...)
		out, status := s.try(bash, args...)
		if status != 0 {
			t.Fatalf("%q: status %d\n%s", words, status, out)
		}
		return strings.TrimSpace(out)
	}
	for _, test := range []struct {
		words []string
		want  string
	}{
		{[]string{"handoff", "sho"}, "show"},
		{[]string{"handoff", "show", "pay"}, "payments-refund-flow"},
		{[]string{"handoff", "show", "blk:"}, "session-policy"}, // to bash, a colon begins a word
		{[]string{"handoff", "resolve", ""}, "session-policy"},
		{[]string{"handoff", "query", "unack"}, "unacked"},
		{[]string{"handoff", "query", "owner:a"}, "ana"},
		{[]string{"handoff", "log", "--kind", "handoff,dec"}, `handoff\,decision`},
		{[]string{"handoff", "log", "--kind=rou"}, "route"},
		{[]string{"handoff", "log", "--item", "login-session-timeout,pay"}, `login-session-timeout\,payments-refund-flow`},
		{[]string{"handoff", "show", "nothing-like-it"}, ""},
	} {
		if got := complete(test.words...); got != test.want {
			t.Errorf("%q: %q, want %q", test.words, got, test.want)
		}
	}
	// Of several, the menu shows what they are.
	if menu := complete("handoff", "assign", ""); !strings.Contains(menu, "payments-refund-flow") || !strings.Contains(menu, "in_review, ana") {
		t.Errorf("the menu: %s", menu)
	}
}
