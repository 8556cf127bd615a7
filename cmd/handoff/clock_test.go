package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// setClock pins the clock for this process and those that it starts.
func setClock() error {
	if os.Getenv(clockVariable) != "" {
		return nil
	}
	if err := os.Setenv("TZ", "UTC"); err != nil {
		return err
	}
	return os.Setenv(clockVariable, "2026-11-20T12:00:00Z")
}

// clockSettings is what a process sees in its environment of a clock that
// stands: the program's, and git's, which takes the dates of its commits from
// variables. Both are in the zone of the time.
func clockSettings(at time.Time) []string {
	date := at.Format(time.RFC3339)
	return []string{clockVariable + "=" + date, "GIT_AUTHOR_DATE=" + date, "GIT_COMMITTER_DATE=" + date, "TZ=" + zoneOf(at)}
}

// zoneOf is the name of a time's zone, or of one that has its offset, which is
// in whole hours.
func zoneOf(at time.Time) string {
	_, seconds := at.Zone()
	if name := at.Location().String(); name != "" && name != "Local" {
		return name
	}
	return fmt.Sprintf("Etc/GMT%+d", -seconds/3600)
}

// TestNobodySetsTheClock: what the tests pin the clock with means nothing to the
// program.
func TestNobodySetsTheClock(t *testing.T) {
	err := filepath.WalkDir("../..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		if bytes.Contains(text, []byte(clockVariable)) {
			t.Errorf("%s knows %s", name, clockVariable)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
