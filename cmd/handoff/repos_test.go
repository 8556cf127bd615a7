package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdSound checks that a repository has so many handoffs in HEAD, that git finds
// it whole, and that index and work tree have what is committed: sound 2.
func cmdSound(ts *testscript.TestScript, _ bool, args []string) {
	git := func(args ...string) string {
		ts.Check(ts.Exec("git", args...))
		return ts.ReadFile("stdout")
	}
	git("fsck", "--strict", "--no-dangling", "--no-progress")
	if status := git("status", "--porcelain", "--untracked-files=all"); status != "" {
		ts.Fatalf("status:\n%s", status)
	}
	handoffs := strings.Count(git("ls-tree", "-r", "--name-only", "HEAD", ".handoffs"), "-handoff-")
	if want := args[0]; want != strconv.Itoa(handoffs) {
		ts.Fatalf("%d handoffs, want %s", handoffs, want)
	}
}

// cmdRefuses checks that declare refuses because of an operation of git's, names
// the way out and changes nothing: refuses rebase.
func cmdRefuses(ts *testscript.TestScript, _ bool, args []string) {
	state := func() string {
		var state strings.Builder
		for _, git := range [][]string{{"rev-parse", "HEAD"}, {"ls-files", "-s"}, {"status", "--porcelain=v2", "--untracked-files=all"}} {
			ts.Check(ts.Exec("git", git...))
			state.WriteString(ts.ReadFile("stdout"))
		}
		return state.String()
	}
	before := state()
	cmdStatus(ts, false, []string{"1", "handoff", "declare", "-f", filepath.Join(ts.Getenv("EXAMPLES"), "two-sites", "today.yaml")})
	message := ts.ReadFile("stderr")
	if !strings.HasPrefix(message, "handoff: ") || !strings.Contains(message, args[0]) || !strings.Contains(message, "\nhint: ") {
		ts.Fatalf("not a refusal because of %s with a way out:\n%s", args[0], message)
	}
	if after := state(); after != before {
		ts.Fatalf("before:\n%s\nafter:\n%s", before, after)
	}
}

// cmdPackedRefs gives the repository remote-tracking branches, all at HEAD, as
// a fetch followed by git pack-refs leaves them: packed-refs 50000.
func cmdPackedRefs(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	ts.Check(ts.Exec("git", "rev-parse", "HEAD"))
	ts.Check(os.WriteFile(ts.MkAbs(".git/packed-refs"), packedRefs(n, strings.TrimSpace(ts.ReadFile("stdout"))), 0o644))
	ts.Check(ts.Exec("git", "pack-refs", "--all"))
}

// packedRefs returns a file of n packed references to one commit.
func packedRefs(n int, commit string) []byte {
	packed := []byte("# pack-refs with: peeled fully-peeled sorted \n")
	for i := range n {
		packed = fmt.Appendf(packed, "%s refs/remotes/many/r%05d\n", commit, i)
	}
	return packed
}
