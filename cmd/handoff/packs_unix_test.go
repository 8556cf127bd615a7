//go:build unix

package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// TestMorePacksThanOpenFiles reads a repository that nobody has repacked for
// long, or a partial clone that has fetched often: with fewer open files than it
// has packs.
func TestMorePacksThanOpenFiles(t *testing.T) {
	const packs, files = 500, 400
	s := newSite(t)
	s.env = append(s.env, "GOMAXPROCS=4")
	var in strings.Builder
	for i := range packs {
		at := time.Date(2026, 11, 20, 0, 0, i, 0, time.UTC)
		r := handoff.New(fmt.Sprintf("a%07d", i), at, "ana", &handoff.DecisionRecord{Topic: fmt.Sprintf("topic-%d", i),
			DecisionFields: handoff.DecisionFields{Decision: "Refunds are paid daily", Rationale: "The bank batches them"}})
		text, err := handoff.Format(r)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&in, "commit refs/heads/main\nauthor Ana <ana@example.com> %d +0000\ncommitter Ana <ana@example.com> %[1]d +0000\ndata 1\nx\n", at.Unix())
		if i == 0 {
			fmt.Fprintf(&in, "from refs/heads/main^0\n")
		}
		fmt.Fprintf(&in, "M 100644 inline .handoffs/%s\ndata %d\n%s\ncheckpoint\n", r.Name(), len(text), text)
	}
	cmd := s.command("git", "-c", "fastimport.unpackLimit=0", "-c", "core.fsync=none", "fast-import", "--quiet")
	cmd.Stdin = strings.NewReader(in.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	count := []string{"query", "decisions", "--json", "--jq", ".results|length"}
	read := func(args ...string) {
		t.Helper()
		out, status := s.try("sh", append([]string{"-c", fmt.Sprintf(`ulimit -n %d && exec handoff "$@"`, files), "sh"}, args...)...)
		if status != 0 || args[0] == "query" && strings.TrimSpace(out) != strconv.Itoa(packs) {
			t.Errorf("%s: status %d\n%.500s", args[0], status, out)
		}
	}
	read(count...)
	read("verify")
	if err := os.RemoveAll(s.path(".git/handoff")); err != nil {
		t.Fatal(err)
	}
	s.write(".git/handoff", "") // no index
	read(count...)
}
