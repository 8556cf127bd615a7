package store

import (
	"context"
	"errors"
	"os/exec"
	"runtime"
	"testing"
	"time"
)

// TestInterruptedGit is whether a git that Ctrl-C has ended before it reached us
// is told from one that failed.
func TestInterruptedGit(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals")
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cause := errors.New("interrupt")
	time.AfterFunc(time.Millisecond, func() { cancel(cause) })
	// Not bound to ctx, which would end it.
	if _, err := runCommand(ctx, exec.Command("sh", "-c", "kill -INT $$"), "fetch", nil); !errors.Is(err, cause) {
		t.Errorf("interrupted: %v", err)
	}
	_, err := runCommand(context.Background(), exec.Command("sh", "-c", "kill -TERM $$"), "fetch", nil)
	if failed, ok := errors.AsType[*gitError](err); !ok || failed.Status >= 0 {
		t.Errorf("killed by somebody else: %v", err)
	}
}
