package text

import (
	"regexp"
	"sync"
)

// Pattern returns a function that compiles expr at its first call. Expressions
// of packages are compiled so: a program that starts in a push hook must not
// pay for those that it does not use.
func Pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
