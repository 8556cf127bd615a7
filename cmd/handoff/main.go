// Command handoff hands work over between people, in the repository that they
// already share.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/handoff-cli/handoff/internal/cli"
)

func main() { os.Exit(run(time.Now)) }

// run is the program, with the clock of what it writes and compares as a date.
func run(now func() time.Time) int {
	env, err := cli.OSEnv(now)
	if err != nil {
		fmt.Fprintf(os.Stderr, "handoff: %v\n", err)
		return cli.StatusFailed
	}
	return cli.Main(os.Args[1:], env)
}
