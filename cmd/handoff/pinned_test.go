package main

import (
	"encoding/json"
	"errors"
	"os"
	"runtime"
	"strings"
	"time"
)

// This file and watched_test.go are compiled into the program that the tests run, and
// into the tests: into no other. They have that program run at a moment of the tests'
// choice, count what it allocates, and note what it prints.

func init() { program = pinned }

// clockVariable holds the moment at which the tests run the program, in the form
// of RFC 3339. Only tests read it: the program itself has no clock but the
// machine's. .ci/run sets it, and a time zone, to run the tests at other moments.
const clockVariable = "HANDOFF_TEST_NOW"

// countVariable names the file to which the program, as the tests run it, writes
// how many objects each function has allocated.
const countVariable = "HANDOFF_TEST_COUNT"

// pinned is the program, run at the moment of its environment. The variables
// that stand in for git's clock are hidden from it, so that its own clock dates
// its commits. A script that sets them to something else means the program too.
func pinned() int {
	for _, name := range []string{"GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"} {
		if os.Getenv(name) == os.Getenv(clockVariable) {
			os.Unsetenv(name)
		}
	}
	at := moment()
	return counted(func() int { return run(func() time.Time { return at }, watched) })
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

// counted runs the program and counts what it allocates, where that was asked for.
func counted(program func() int) int {
	name := os.Getenv(countVariable)
	if name == "" {
		return program()
	}
	os.Unsetenv(countVariable) // not for the programs that it starts
	runtime.MemProfileRate = 1
	status := program()
	data, err := json.Marshal(allocations())
	if err := errors.Join(err, os.WriteFile(name, data, 0o600)); err != nil {
		panic(err)
	}
	return status
}

// allocations are the numbers of objects that functions have allocated.
func allocations() map[string]int64 {
	runtime.GC()
	runtime.GC() // the profile lags by two cycles
	n, _ := runtime.MemProfile(nil, true)
	records := make([]runtime.MemProfileRecord, n+n/4+64)
	n, ok := runtime.MemProfile(records, true)
	if !ok {
		panic("the profile grew while it was read")
	}
	by := make(map[string]int64)
	for _, record := range records[:n] {
		frames := runtime.CallersFrames(record.Stack())
		for {
			frame, more := frames.Next()
			if !strings.HasPrefix(frame.Function, "runtime.") {
				by[frame.Function] += record.AllocObjects
				break
			}
			if !more {
				break
			}
		}
	}
	return by
}
