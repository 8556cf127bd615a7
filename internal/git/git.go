package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Program runs the installed git executable.
type Program struct {
	Path string  // absolute
	Dir  string  // the directory that git is run in
	env  Environ // the caller's environment
}

// Error is a git command that ended with a status other than 0.
type Error struct {
	Command string // "rev-parse"
	Status  int
	Stderr  string // trimmed, in English
}

func (e *Error) Error() string {
	text, _, _ := strings.Cut(e.Stderr, "\n")
	switch {
	case text != "":
	case e.Status < 0:
		text = "killed"
	default:
		text = fmt.Sprintf("exit status %d", e.Status)
	}
	return fmt.Sprintf("git %s: %s", e.Command, text)
}

// findGit finds the git executable, which everything here needs. It is run in dir.
func findGit(dir string, env Environ) (Program, error) {
	path := env.FindProgram("git")
	if path == "" {
		return Program{}, &UnsupportedError{
			What: "git", Why: "there is no such program in the directories of PATH",
			WayOut: "install git, or name the directory that has it in PATH",
		}
	}
	return Program{Path: path, Dir: dir, env: env}, nil
}

// CheckGit returns the error with which every repository would fail to open where
// an environment has no git.
func CheckGit(env []string) error {
	_, err := findGit("", env)
	return err
}

// quiet are the settings under which every internal git command runs: no
// program named by the repository's configuration is started, nothing asks, and
// messages are the ones that this package knows.
var quiet = []string{"LC_ALL=C", "LANGUAGE=", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_PAGER=cat"}

// Command prepares "git args...". fsmonitor is the value for core.fsmonitor;
// "false" for all commands but those that write an index.
func (g Program) Command(ctx context.Context, fsmonitor string, args ...string) *exec.Cmd {
	options := []string{"-c", "core.fsmonitor=" + fsmonitor, "-c", "core.hooksPath=/dev/null"}
	cmd := exec.CommandContext(ctx, g.Path, append(options, args...)...)
	cmd.Dir = g.Dir
	cmd.Env = g.env.with(quiet...)
	cmd.WaitDelay = time.Second // what git has started, ssh for one, may hold its output open
	return cmd
}

// Output runs "git args..." and returns what it wrote to standard output. A
// status other than 0 is a *GitError, with the output so far.
func (g Program) Output(ctx context.Context, args ...string) ([]byte, error) {
	return RunCommand(ctx, g.Command(ctx, "false", args...), args[0], nil)
}

// Lines runs "git args..." and returns the lines of its output, each split at
// zero bytes.
func (g Program) Lines(ctx context.Context, args ...string) (iter.Seq[[]string], error) {
	out, err := g.Output(ctx, args...)
	return func(yield func([]string) bool) {
		for line := range bytes.Lines(out) {
			if !yield(strings.Split(strings.TrimSuffix(string(line), "\n"), "\x00")) {
				return
			}
		}
	}, err
}

// RunCommand runs cmd with stdin and returns its standard output. name is how
// errors call the command.
func RunCommand(ctx context.Context, cmd *exec.Cmd, name string, stdin io.Reader) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &stdout, &stderr
	err := cmd.Run()
	return stdout.Bytes(), commandError(ctx, name, stderr.String(), err)
}

// runApart runs a command that starts programs of the user's: hooks, ssh. When
// ctx ends all of them are asked to end, so that git removes its lock files, and
// a second later they are ended.
func runApart(ctx context.Context, cmd *exec.Cmd) error {
	ownSession(cmd)
	cmd.Cancel = func() error { return signalSession(cmd, syscall.SIGTERM) }
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	if ctx.Err() != nil && cmd.Process != nil {
		_ = signalSession(cmd, syscall.SIGKILL) // mostly there is none left
	}
	return err
}

// commandError turns the result of a finished command into one error: the
// context's when it was cancelled, *GitError for a status, or err.
func commandError(ctx context.Context, name, stderr string, err error) error {
	if err == nil || errors.Is(err, exec.ErrWaitDelay) { // it ended well; what it has started goes on
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		if exit.ExitCode() < 0 && cancelledSoon(ctx) { // by a signal
			return context.Cause(ctx)
		}
		return &Error{Command: name, Status: exit.ExitCode(), Stderr: strings.TrimSpace(stderr)}
	}
	return err
}

// saysAny reports whether a message of git has one of some phrases.
func saysAny(message string, phrases ...string) bool {
	return slices.ContainsFunc(phrases, func(phrase string) bool { return strings.Contains(message, phrase) })
}

// cancelledSoon reports whether ctx is cancelled now or within a moment. Ctrl-C
// in a terminal reaches git as well, which may have ended before we know of it:
// what it says then is no error of its own.
func cancelledSoon(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return true
	case <-time.After(50 * time.Millisecond):
		return false
	}
}

// GitVersion returns the major and minor version of the git program.
func (r *Repo) GitVersion(ctx context.Context) (major, minor int, err error) {
	out, err := r.Git.Output(ctx, "version")
	if err != nil {
		return 0, 0, err
	}
	if _, err = fmt.Sscanf(string(out), "git version %d.%d", &major, &minor); err != nil {
		err = fmt.Errorf("git version: %q", out)
	}
	return major, minor, err
}
