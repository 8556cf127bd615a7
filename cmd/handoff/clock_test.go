package main

import (
	"cmp"
	"fmt"
	"os"
	"time"
)

// clockVariable holds the moment at which the tests run the program, in the form
// of RFC 3339. Only tests read it: the program itself has no clock but the
// machine's. .ci/run sets it to run the tests at other moments.
const clockVariable = "HANDOFF_TEST_NOW"

// setClock pins the clock for this process and those that it starts.
func setClock() {
	at := cmp.Or(os.Getenv(clockVariable), "2026-11-20T12:00:00Z")
	if err := os.Setenv(clockVariable, at); err != nil {
		panic(err)
	}
}

// moment is when the tests run.
func moment() time.Time {
	at, err := time.Parse(time.RFC3339, os.Getenv(clockVariable))
	if err != nil {
		panic(err)
	}
	return at
}

// clockSettings is what a process sees in its environment of a clock that
// stands: the program's, and git's, which takes the dates of its commits from
// variables. Both have the zone of the offset.
func clockSettings(at time.Time) []string {
	date := at.Format(time.RFC3339)
	return []string{clockVariable + "=" + date, "GIT_AUTHOR_DATE=" + date, "GIT_COMMITTER_DATE=" + date, "TZ=" + zoneOf(at)}
}

// zoneOf is a zone of the zone database that has the offset of a time, which is
// in whole hours.
func zoneOf(at time.Time) string {
	_, seconds := at.Zone()
	if seconds == 0 {
		return "UTC"
	}
	return fmt.Sprintf("Etc/GMT%+d", -seconds/3600)
}

// pinned is the program, run at the moment of the script. The variables that
// stand in for git's clock are hidden from it: that they date its commits is what
// a script shows which sets them to something else.
func pinned() {
	for _, name := range []string{"GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"} {
		if os.Getenv(name) == os.Getenv(clockVariable) {
			os.Unsetenv(name)
		}
	}
	at := moment().Local()
	os.Exit(run(func() time.Time { return at }))
}
