package main

import (
	"os"
	"testing"
)

// caselessVariable names a folder on a file system that knows no case.
const caselessVariable = "HANDOFF_TEST_CASELESS"

// TestOnAFileSystemWithoutCase runs testdata/caseless there.
func TestOnAFileSystemWithoutCase(t *testing.T) {
	dir := os.Getenv(caselessVariable)
	if dir == "" {
		t.Skipf("THERE IS NO FILE SYSTEM WITHOUT CASE: set %s to a folder on one, such as exFAT", caselessVariable)
	}
	t.Setenv("GOTMPDIR", dir) // where scripts have their folders
	runScripts(t, "testdata/caseless", "")
}
