// Command handoff hands work over between people, in the repository that they
// already share.
package main

import (
	"fmt"
	"os"
	"runtime/debug"

	"github.com/handoff-cli/handoff/internal/cli"
)

func main() {
	// Where the runtime gives up, as without memory, the process ends by SIGABRT:
	// its own status, 2, is for what was asked wrongly.
	debug.SetTraceback("crash")
	env, err := cli.OSEnv()
	if err != nil {
		fmt.Fprintf(os.Stderr, "handoff: %v\n", err)
		os.Exit(cli.StatusFailed)
	}
	os.Exit(cli.Main(os.Args[1:], env))
}
