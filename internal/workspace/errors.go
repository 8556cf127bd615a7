package workspace

import (
	"fmt"
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// The errors of a workspace that are not those of the repository, each with the
// way out of it.

// UsageError is something that cannot be done as it was asked.
type UsageError struct {
	message string
	Hint    string
}

func (e *UsageError) Error() string { return e.message }

// Usagef returns a [UsageError] with the way out of it, "" for none.
func Usagef(hint, format string, args ...any) error {
	return &UsageError{fmt.Sprintf(format, args...), hint}
}

// FindingsError refuses a record.
type FindingsError struct {
	What     string // what was not done, as in "nothing was published"
	Findings []handoff.Finding
	Hint     string
}

func (e *FindingsError) Error() string {
	return handoff.CountFindings(e.Findings) + "; " + e.What
}

// NoError is the answer no (status 3), already printed or short enough to be
// the message.
type NoError struct {
	Message string
	Hint    string
}

func (e *NoError) Error() string { return e.Message }

// HintedError adds the next command to an error that has none of its own.
type HintedError struct {
	Err  error
	Hint string
}

func (e *HintedError) Error() string { return e.Err.Error() }
func (e *HintedError) Unwrap() error { return e.Err }

// Errors are the findings that are errors.
func Errors(findings []handoff.Finding) []handoff.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f handoff.Finding) bool { return f.Level != handoff.LevelError })
}

// FetchesMissing is what to do in a partial clone that lacks records.
const FetchesMissing = "handoff sync --missing fetches it, all at once"
