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

// clockVariable holds the moment at which the tests run the program, in the form
// of RFC 3339. Only tests read it: the program itself has no clock but the
// machine's. .ci/run sets it, and a time zone, to run the tests at other moments.
const clockVariable = "HANDOFF_TEST_NOW"

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

// moment is when the tests run, where they run.
func moment() time.Time {
	at, err := time.Parse(time.RFC3339, os.Getenv(clockVariable))
	if err != nil {
		panic(err)
	}
	if zone, err := time.LoadLocation(os.Getenv("TZ")); err == nil {
		return at.In(zone)
	}
	return at.UTC() // as package time has it where TZ names no zone
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

// pinned is the program, run at the moment of its environment. The variables
// that stand in for git's clock are hidden from it, so that its own clock dates
// its commits. A script that sets them to something else means the program too.
func pinned() {
	for _, name := range []string{"GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"} {
		if os.Getenv(name) == os.Getenv(clockVariable) {
			os.Unsetenv(name)
		}
	}
	at := moment()
	os.Exit(counted(func() int { return run(func() time.Time { return at }, watched) }))
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
