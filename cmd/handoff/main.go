// Command handoff hands work over between people, in the repository that they
// already share.
package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/handoff-cli/handoff/internal/cli"
)

func main() { os.Exit(run(time.Now)) }

// run is the program, with the clock of what it writes and compares as a date.
func run(now func() time.Time) int {
	// Where the runtime gives up, as without memory, the process ends by SIGABRT:
	// its own status, 2, is for what was asked wrongly.
	debug.SetTraceback("crash")
	env, err := cli.OSEnv(now)
	if err != nil {
		fmt.Fprintf(os.Stderr, "handoff: %v\n", err)
		return cli.StatusFailed
	}
	return cli.Main(os.Args[1:], env)
}
