// Command handoff hands work over between people, in the repository that they
// already share.
package main

import (
	"fmt"
	"os"

	"github.com/handoff-cli/handoff/internal/cli"
)

func main() {
	env, err := cli.OSEnv()
	if err != nil {
		fmt.Fprintf(os.Stderr, "handoff: %v\n", err)
		os.Exit(cli.StatusFailed)
	}
	os.Exit(cli.Main(os.Args[1:], env))
}
