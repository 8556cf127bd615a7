package main

import (
	"fmt"
	"os/exec"
	"testing"
)

// TestReftableScripts runs testdata/reftable: references are in a reftable, which
// only git reads and writes.
func TestReftableScripts(t *testing.T) {
	requireReftable(t)
	runScripts(t, "testdata/reftable", "reftable")
}

// requireReftable skips a test where git is older than the format.
func requireReftable(t *testing.T) {
	t.Helper()
	out, err := exec.Command("git", "version").Output()
	if err != nil {
		t.Fatal(err)
	}
	var major, minor int
	if _, err := fmt.Sscanf(string(out), "git version %d.%d", &major, &minor); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	if major < 2 || major == 2 && minor < 45 {
		t.Skipf("needs git 2.45 or newer, which has reftables; this is %s", out)
	}
}
