//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whoever reads on a terminal sees who was told, where somebody has named a target; where
// nobody has, there is no line more.
func TestInboxSaysWhoWasTold(t *testing.T) {
	t.Parallel()
	ben := inTheMorning(t, "ben")
	x := ben.start(80, 60, "handoff", "inbox", "--no-pager")
	x.status()
	if strings.Contains(x.screen.String(), "told") {
		t.Errorf("without a target:\n%s", x.screen)
	}

	targets := newTargets("")
	defer targets.Close()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "handoff"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "handoff", "config.yaml"), []byte(targets.config()), 0o600); err != nil {
		t.Fatal(err)
	}
	ben.env = append(append(ben.env, "XDG_CONFIG_HOME="+dir), targets.environ()...)
	for _, args := range [][]string{{"inbox"}, {}} {
		x = ben.start(80, 60, "handoff", append(args, "--no-pager")...)
		x.see("  told: nobody was told")
		x.status()
	}
	ben.run("handoff", "route", "@ana", "--via", "github")
	for _, args := range [][]string{{"inbox"}, {}} {
		x = ben.start(80, 60, "handoff", append(args, "--no-pager")...)
		x.see("  told: ben was told on GitHub " + moment().Format("15:04"))
		x.status()
	}
}
