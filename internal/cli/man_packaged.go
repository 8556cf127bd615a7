//go:build nomanual

package cli

import "github.com/spf13/cobra"

// addManual adds nothing to a program that is packaged: its pages are files beside it,
// and what writes them would be 60 KB in each.
func addManual(*cobra.Command, *globals) {}
