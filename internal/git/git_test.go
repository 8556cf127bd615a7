package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
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
	if _, err := RunCommand(ctx, exec.Command("sh", "-c", "kill -INT $$"), "fetch", nil); !errors.Is(err, cause) {
		t.Errorf("interrupted: %v", err)
	}
	_, err := RunCommand(context.Background(), exec.Command("sh", "-c", "kill -TERM $$"), "fetch", nil)
	if failed, ok := errors.AsType[*Error](err); !ok || failed.Status >= 0 {
		t.Errorf("killed by somebody else: %v", err)
	}
}

// gitThatLeaves is a git that starts something which goes on and has its output,
// as a shared ssh connection does.
func gitThatLeaves(t *testing.T, andThen string) Program {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("no shell")
	}
	script := filepath.Join(t.TempDir(), "git")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nsleep 20 &\necho started\n"+andThen+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return Program{Path: script, env: os.Environ()}
}

func TestGitIsNotWaitedForByWhatItLeaves(t *testing.T) {
	start := time.Now()
	out, err := gitThatLeaves(t, "exit 0").Output(context.Background(), "fetch")
	if err != nil || string(out) != "started\n" {
		t.Errorf("%q, %v", out, err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("waited for %s", took)
	}
}

func TestCancelledGitIsNotWaitedForLong(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	cmd := gitThatLeaves(t, "wait").Command(ctx, "false", "fetch")
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = in, new(bytes.Buffer)
	if err := errors.Join(cmd.Start(), in.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil { // it has started
		t.Fatal(err)
	}
	cancel()
	start := time.Now()
	_ = cmd.Wait() // it was killed
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("waited for %s", took)
	}
}
