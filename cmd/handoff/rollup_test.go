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
