package plainfile

import (
	"errors"
	"time"

	"golang.org/x/sys/windows"
)

// pauses are those after which git tries again to rename or to remove a file.
var pauses = [...]time.Duration{0, 1 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond, 40 * time.Millisecond}

// patiently does something to a file that fails while somebody else has it open: a
// program that reads it, or one that looks into every new file for viruses. They
// are through with it in a moment.
func patiently(try func() error) error {
	err := try()
	for _, pause := range pauses {
		if !inUse(err) {
			return err
		}
		time.Sleep(pause)
		err = try()
	}
	return err
}

// inUse reports whether somebody else having the file open may be all that is
// wrong. A file that is to be removed once they close it gives no access.
func inUse(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
}
