//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRollupInTheEditor lets a lead fill in what only a lead can say, in the
// editor that opens on the draft.
func TestRollupInTheEditor(t *testing.T) {
	r := inTheEvening(t)
	editor := filepath.Join(t.TempDir(), "editor")
	returns := moment().Add(time.Hour).Format(time.RFC3339)
	script := `#!/bin/sh
cp "$1" "$1.seen"
sed -i 's|^summary: .*|summary: "Refunds wait for one approval, the audit for seven endpoints"|
s|^returns_at: .*|returns_at: "` + returns + `"|; s|^to:.*|to: ["ben"]|' "$1"
`
	if err := os.WriteFile(editor, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	r.env = append(r.env, "HANDOFF_EDITOR="+editor)
	x := r.start(80, 24, "handoff", "rollup", "--org", "--editor")
	if status := x.status(); status != 0 {
		t.Fatalf("status %d; the screen is:\n%s", status, x.screen)
	}
	seen, err := os.ReadFile(filepath.Join(r.dir, ".git/handoff/draft.yaml.seen"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(seen), "rollup:") || strings.Contains(string(seen), "carried over") {
		t.Errorf("the editor shows\n%s", seen)
	}
	if out := r.run("handoff", "show", "@"); !strings.Contains(out, "rollup of: org") || !strings.Contains(out, "the audit for seven endpoints") {
		t.Errorf("published is\n%s", out)
	}
}

// TestRollupAsks draws the one team together without a flag: it shows what was
// drawn, asks for what only a lead can say, and changes nothing else.
func TestRollupAsks(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	if err := os.WriteFile(filepath.Join(r.dir, ".handoffs/config.yaml"), []byte(`format: 1
people:
  ana: {emails: [ana@example.com], team: core}
  ben: {emails: [ben@example.com], team: web}
  sarah: {emails: [sarah@example.com]}
teams: {core: {lead: ana}, web: {lead: ben}}
`), 0o644); err != nil {
		t.Fatal(err)
	}
	r.run("git", "add", ".")
	r.run("git", "commit", "-q", "-m", "Who leads")
	const items = ".record.items | sort_by(.id)[] | del(.source)"
	member := r.run("handoff", "show", "@ana", "--jq", items)
	x := r.start(80, 40, "handoff", "rollup")
	x.see("Hand over what was drawn together", "rollup of team core: 2 items, 1 blocker from 1 handoff", "missing: nobody", "Needs a decision or an answer")
	x.ready("Summary")
	x.write("Refunds wait for one approval, the audit for seven endpoints")
	x.key("Summary", enter)
	x.write("tomorrow 09:00")
	x.key("Back at", enter)
	x.write("ben")
	x.key("To", enter)
	x.see("Ready to publish")
	if screen := x.screen.String(); strings.Contains(screen, "change: Item") || strings.Contains(screen, "The receiver does") {
		t.Errorf("the form changes what others said:\n%s", screen)
	}
	x.key("Preview", enter)
	x.published()
	if drawn := r.run("handoff", "show", "@ana", "--jq", items); drawn != member {
		t.Errorf("drawn is\n%s\nand declared was\n%s", drawn, member)
	}
	if out := r.run("handoff", "show", "@ana"); !strings.Contains(out, "rollup of: team core") || !strings.Contains(out, "by ana to ben") {
		t.Errorf("published is\n%s", out)
	}
}

// TestRollupAsksWhose asks which one, where somebody leads none of several, and
// keeps what was typed.
func TestRollupAsksWhose(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	if err := os.WriteFile(filepath.Join(r.dir, ".handoffs/config.yaml"), []byte(`format: 1
people:
  ana: {emails: [ana@example.com], team: core}
  ben: {emails: [ben@example.com], team: web}
  sarah: {emails: [sarah@example.com]}
teams: {core: {}, web: {lead: ben}}
`), 0o644); err != nil {
		t.Fatal(err)
	}
	r.run("git", "add", ".")
	r.run("git", "commit", "-q", "-m", "Who leads")
	x := r.start(80, 40, "handoff", "rollup")
	x.see("team core", "team web", "org")
	x.key("Whose handoffs do you draw together?", enter)
	x.ready("Summary")
	x.write("Refunds wait for one approval")
	x.send(ctrlC)
	if status := x.status(); status != 130 {
		t.Fatalf("status %d; the screen is:\n%s", status, x.screen)
	}
	x.see("your draft is kept: handoff declare --resume")
	x = r.start(80, 40, "handoff", "declare", "--resume")
	x.see("Hand over what was drawn together", "Refunds wait for one approval")
	x.send(ctrlC)
	x.status()
	page := r.start(80, 60, "handoff", "rollup", "--org", "--dry-run", "--no-pager")
	page.see("rollup of org: 2 items, 1 blocker from 1 handoff", "yours to say: --summary --to --returns", "missing: --summary --to --returns; nothing was written")
	if status := page.status(); status != 0 || strings.Contains(page.screen.String(), "sources:") {
		t.Errorf("status %d; the screen is:\n%s", status, page.screen)
	}
}
