//go:build !windows

package plainfile

// patiently does something to a file. It makes no difference who has it open.
func patiently(try func() error) error { return try() }
