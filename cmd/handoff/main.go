// Command handoff hands work over between people, in the repository that they
// already share.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/handoff-cli/handoff/internal/cli"
)

func main() { os.Exit(program()) }

// program is what runs: tests replace it, in a program of their own.
var program = func() int { return run(time.Now, cli.Main) }

// run is the program: start with the environment of this process, and with the clock of
// what it writes and compares as a date.
func run(now func() time.Time, start func(args []string, env cli.Env) int) int {
	// Where the runtime gives up, as without memory, the process ends by SIGABRT:
	// its own status, 2, is for what was asked wrongly.
	debug.SetTraceback("crash")
	collectLate()
	env, err := cli.OSEnv(now)
	if err != nil {
		fmt.Fprintf(os.Stderr, "handoff: %v\n", err)
		return cli.StatusFailed
	}
	return start(os.Args[1:], env)
}

// collectLate puts the first garbage collection off until there are 16 MB, four
// times as much as usual: most commands have ended before, and a collection costs
// one of them a fifth of its time. After it everything is as usual.
func collectLate() {
	if os.Getenv("GOGC") != "" {
		return
	}
	const late, usual = 400, 100
	debug.SetGCPercent(late)
	runtime.AddCleanup(new([64]byte), func(struct{}) {
		if now := debug.SetGCPercent(usual); now != late {
			debug.SetGCPercent(now) // somebody knows better
		}
	}, struct{}{})
}
