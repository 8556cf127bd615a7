//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whoever can write into the git directory can write what a draft says of itself. Before it
// is published its records say what it is, it has to be the one that was read, and it takes
// no file with it that is not a note.
func TestForgedDraft(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	r.in(r.dir, "CLAUDECODE=1").run("handoff", "withdraw", "@", "It says less than is true by now")
	file := filepath.Join(r.dir, ".git/handoff/prepared/1.yaml")
	precious := filepath.Join(r.dir, "precious.yaml")
	if err := os.WriteFile(precious, []byte("ours: true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	forge := func(old, forged string) {
		t.Helper()
		data, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(data), old) {
			t.Fatalf("%v: no %q in\n%s", err, old, data)
		}
		if err := os.WriteFile(file, []byte(strings.Replace(string(data), old, forged, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	forge("says: '", "notes: [../../../precious]\nsays: 'question: which colour? ")
	before := r.head()

	// Another draft of the number is there by the time that the person agrees.
	x := r.start(80, 40, "handoff", "draft", "publish", "1")
	x.see("Publish draft 1 as yours: withdrawal", "Go on?")
	forge("It says less", "It says much less")
	x.key("Publish draft 1", enter)
	if status := x.status(); status != 3 || r.head() != before {
		t.Errorf("status %d, and HEAD is %s after %s; the screen is:\n%s", status, r.head(), before, x.screen)
	}

	x = r.start(80, 40, "handoff", "draft", "publish", "1")
	x.see("Publish draft 1 as yours: withdrawal", "much less")
	x.key("Publish draft 1", enter)
	x.published()
	if _, err := os.Stat(precious); err != nil {
		t.Errorf("a file went with the draft: %v", err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("what is published still waits")
	}
	if got := r.run("handoff", "log", "--json"); strings.Contains(got, "which colour") {
		t.Errorf("what the draft said of itself is in a record:\n%s", got)
	}
}
