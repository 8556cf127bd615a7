package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// count runs a command at the site, which must end well, and returns what it
// allocated.
func (s *site) count(args ...string) map[string]int64 {
	s.t.Helper()
	name := filepath.Join(s.t.TempDir(), "count")
	cmd := s.command("handoff", args...)
	cmd.Env = append(cmd.Env, countVariable+"="+name)
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("handoff %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		s.t.Fatal(err)
	}
	by := make(map[string]int64)
	if err := json.Unmarshal(data, &by); err != nil {
		s.t.Fatal(err)
	}
	return by
}

// TestDeclareOnce: a handoff is read once as it was typed, written once, and read
// once as it was written; the indexes of records and of git are opened once. Each
// of these allocates one object of its own.
func TestDeclareOnce(t *testing.T) {
	s := newSite(t)
	s.mustDeclare() // which has routed what blocks, and left the index behind
	by := s.count("declare", "-f", today(t))
	for function, want := range map[string]int64{
		"gopkg.in/yaml%2ev3.newEncoderWithWriter":                1, // the record
		"gopkg.in/yaml%2ev3.newParserFromReader":                 2, // the draft, the record
		"github.com/handoff-cli/handoff/internal/index.Open":     1,
		"github.com/handoff-cli/handoff/internal/git.parseIndex": 1,
	} {
		if by[function] != want {
			t.Errorf("%s: %d times, want %d", function, by[function], want)
		}
	}
}

// TestTooLargeWhenSealed: a draft within the bounds, with what the program adds
// to it beyond them, is refused as one that is typed so large.
func TestTooLargeWhenSealed(t *testing.T) {
	s := newSite(t)
	text, err := os.ReadFile(today(t))
	if err != nil {
		t.Fatal(err)
	}
	var readers strings.Builder
	for i := range 4840 {
		fmt.Fprintf(&readers, ", reader-%d", i)
	}
	s.write("large.yaml", strings.Replace(string(text), "cc: [sarah", "cc: [sarah"+readers.String(), 1))
	if out, status := s.try("handoff", "check", "large.yaml"); strings.Contains(out, "HO910") {
		t.Fatalf("too large as it is: status %d\n%s", status, out)
	}
	before := s.git("rev-parse", "HEAD")
	out, status := s.try("handoff", "declare", "-f", "large.yaml")
	if status != 3 || !strings.Contains(out, "HO910: more than 5000 values") || !strings.Contains(out, "nothing was published") {
		t.Errorf("status %d\n%s", status, out)
	}
	if s.git("rev-parse", "HEAD") != before {
		t.Error("it was committed")
	}
}
