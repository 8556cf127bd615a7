package cli

import (
	"fmt"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// The errors of a workspace that are not those of the repository, each with the
// way out of it.

// usageError is something that cannot be done as it was asked.
type usageError struct {
	message string
	hint    string
}

func (e *usageError) Error() string { return e.message }

func usagef(hint, format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...), hint}
}

// findingsError refuses a record.
type findingsError struct {
	what     string // what was not done, as in "nothing was published"
	findings []handoff.Finding
	hint     string
}

func (e *findingsError) Error() string {
	return countFindings(e.findings) + "; " + e.what
}

// noError is the answer no (status 3), already printed or short enough to be
// the message.
type noError struct {
	message string
	hint    string
}

func (e *noError) Error() string { return e.message }

// hintedError adds the next command to an error that has none of its own.
type hintedError struct {
	err  error
	hint string
}

func (e *hintedError) Error() string { return e.err.Error() }
func (e *hintedError) Unwrap() error { return e.err }

// countFindings is "2 errors, 1 warning".
func countFindings(findings []handoff.Finding) string {
	var errs, warnings int
	for _, f := range findings {
		if f.Level == handoff.LevelError {
			errs++
		} else {
			warnings++
		}
	}
	var parts []string
	if errs > 0 {
		parts = append(parts, text.Count(errs, "error"))
	}
	if warnings > 0 {
		parts = append(parts, text.Count(warnings, "warning"))
	}
	if len(parts) == 0 {
		return "no findings"
	}
	return strings.Join(parts, ", ")
}

// fetchesMissing is what to do in a partial clone that lacks records.
const fetchesMissing = "handoff sync --missing fetches it, all at once"
