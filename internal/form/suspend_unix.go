//go:build unix

package form

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// stopGrace is how long a job may take to stop. One that nobody could continue,
// as its shell is gone, never does.
const stopGrace = 200 * time.Millisecond

// notifyContinued has c told when the process goes on after it was stopped.
func notifyContinued(c chan<- os.Signal) { signal.Notify(c, syscall.SIGCONT) }

// suspend stops the whole job, as Ctrl-Z does where the terminal sees to it, and
// returns when it goes on.
func suspend(continued <-chan os.Signal) error {
	if err := syscall.Kill(0, syscall.SIGTSTP); err != nil {
		return err
	}
	select {
	case <-continued:
	case <-time.After(stopGrace):
	}
	return nil
}
