//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// edits lets the editor of a repository write a text over the draft, then leave it as it
// is, and after that take the lines out in which any of some words stands.
func edits(t *testing.T, r *repository, text string, without ...string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "text"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\ncd " + dir + `
if [ -e second ]; then sed -i "/` + strings.Join(append(without, "^$"), `/d;/`) + `/d" "$1"
elif [ -e first ]; then touch second
else touch first; cp text "$1"; fi
`
	if err := os.WriteFile(filepath.Join(dir, "editor"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	r.env = append(r.env, "HANDOFF_EDITOR="+filepath.Join(dir, "editor"))
}

// moveTo goes down a menu to an entry.
func (x *terminal) moveTo(entry string) {
	x.t.Helper()
	for !strings.Contains(x.screen.String(), "> "+entry) {
		_, at, _ := strings.Cut(x.screen.String(), "> ")
		at, _, _ = strings.Cut(at, "\n")
		x.send(down)
		x.gone("> " + at)
	}
}

// written is what somebody types in the editor in the middle of a form, as people do: one
// item is shipped, the other goes on, one step is the receiver's and one is not, and the
// blocker is gone by a decision.
const written = `
summary: >
  The refund flow is merged and the audit
  goes on without it
to: ben
returns_at: soon
shipped: none
items:
  - id: refund-flow
    status: shipped
    state: Merged as fbb61b3 and live since 16:00
  - id: login-audit
    status: in progress
    state: The audit log is missing for 1 of 7 endpoints
    next:
      - ben: Add the audit log to the last endpoint
      - ana: Tell the auditors
    accept: All 7 endpoints write the log
    due: soonish
    urgency: high
blockers: none
decisions:
  - decision: Sessions last 15 minutes
    rationale: |
      the audit asks for at most 15
      and support agrees
    answers: session-policy
`

// TestFormEditorForm goes from the form into the editor and back: what was typed there is
// in the fields, times that cannot be read as well, and is published as it was typed; a key
// that nobody knows waits for the editor.
func TestFormEditorForm(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	edits(t, r, written, "urgency")
	x := r.start(100, 40, "handoff", "declare")
	x.key("What do you hand over?", enter)
	x.ready("Item 1 of 2")
	x.write("This is gone, as the editor says something else")
	x.key("Item 1 of 2", ctrlO)
	x.see("Preview", "Not ready", "fix Back at", `fix login-audit: unknown key "urgency" (HO101), in the editor`)
	x.key("> fix login-audit, When is it due?", enter)
	x.see("┃ soonish", "← routine →", "All 7 endpoints write the log")
	x.key("┃ When is it due?", "\x15")
	x.write("tomorrow 17:00")
	x.key("More about login-audit", ctrlS)
	x.see("Back at", "soon", "The refund flow is merged and the audit goes on without it", "[x] login-audit: Add the audit log")
	x.key("Back at", "\x15")
	x.write("tomorrow 09:00")
	x.key("Hand over", ctrlS)
	x.key("> fix login-audit: unknown key", enter) // in the editor, where the rest is as it was
	x.see("Ready to publish", "due Sat 2026-11-21 17:00")
	// All pages once, as somebody looks them through who changes nothing.
	for _, page := range []string{"What do you hand over?", "Item 1 of 2", "Item 2 of 2", "What blocks?", "What came of it?", "Hand over"} {
		x.ready("Ready to publish")
		x.moveTo("change: " + page)
		x.send(enter)
		x.until(page, func(screen string) bool { return strings.HasPrefix(strings.TrimSpace(screen), page) })
		if x.ready(""); page == "What do you hand over?" {
			x.see("[x] login-audit", "[ ] refund-flow")
		}
		x.key(page, ctrlS)
	}
	x.key("Ready to publish", enter)
	x.published()
	record := r.run("git", "show", "--format=", "HEAD")
	for _, text := range []string{
		`what: "Merged as fbb61b3 and live since 16:00"`, `state: "The audit log is missing for 1 of 7 endpoints"`, `check: "All 7 endpoints write the log"`,
		`owner: "ben"`, `do: "Tell the auditors"`, `the audit asks for at most 15\nand support agrees`, `kind: "resolution"`,
	} {
		if !strings.Contains(record, text) {
			t.Errorf("%q is not in the handoff:\n%s", text, record)
		}
	}
	if strings.Count(record, `owner: "ana"`) != 2 { // of the item, and of the second step
		t.Errorf("a step went to somebody else:\n%s", record)
	}
	if strings.Contains(record, `id: "session-policy"`) {
		t.Errorf("the blocker that is decided came back:\n%s", record)
	}
}

// What cannot be read is not lost either: the form goes on with what was there before,
// and says where the text is.
func TestFormEditorUnreadable(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	edits(t, r, "summary: [the audit\nitems: {\n")
	x := r.start(100, 40, "handoff", "declare")
	x.key("What do you hand over?", ctrlO)
	x.see("Preview", "what you wrote in the editor cannot be read", "handoff draft")
	x.key("Preview", ctrlC)
	if status := x.status(); status != 130 {
		t.Errorf("status %d; the screen is:\n%s", status, x.screen)
	}
	r.run("handoff", "draft", "restore")
	if !strings.Contains(r.draft(), "summary: [the audit") {
		t.Errorf("the text is lost:\n%s", r.draft())
	}
}
