// Package cli is the command line: one file per command, and three files that
// all of them share. env.go is the outside world, errors.go turns errors into
// hints and exit statuses, print.go is the only way to an output.
//
// A command's file reads from top to bottom: newX builds the cobra command,
// xOptions holds its flags, runX does the work. Commands that write go args →
// options → draft → rules → records → store; commands that read go store →
// fold → query → print.
package cli

import (
	"crypto/rand"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/handoff"
	"golang.org/x/term"
)

// Env is the outside world as a command sees it. Now is the clock of all that is
// written or compared as a date.
type Env struct {
	In          io.Reader
	Out, Err    io.Writer
	Dir         string // working directory, absolute
	Now         func() time.Time
	NewID       func() string              // a random record id
	Environ     []string                   // KEY=value
	Interactive bool                       // stdin and stderr are terminals
	Color       bool                       // stdout is a terminal that shows colour
	Width       int                        // columns of stdout when it is a terminal, else 0
	Height      int                        // its lines
	Window      func() (width, height int) // of stdout now; nil where it is no terminal

	Signals <-chan os.Signal // those that end a command; nil when somebody else watches them
}

// OSEnv is the environment of this process with a clock. The process tells from
// now on about SIGINT, SIGTERM and SIGHUP in Env.Signals, to its end.
func OSEnv(now func() time.Time) (Env, error) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	dir, err := os.Getwd()
	if err != nil {
		return Env{}, err
	}
	env := Env{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Dir: filepath.Clean(dir), Now: now, NewID: randomID, Environ: os.Environ(),
		Signals: signals,
	}
	env.Interactive = term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stderr.Fd()))
	if term.IsTerminal(int(os.Stdout.Fd())) {
		env.Window = func() (width, height int) { return terminalSize(env) }
		env.Width, env.Height = env.Window()
		env.Color = env.Getenv("NO_COLOR") == "" && env.Getenv("CLICOLOR") != "0" && env.Getenv("TERM") != "dumb" && showsColour(os.Stdout)
	}
	if force := env.Getenv("CLICOLOR_FORCE"); force != "" && force != "0" {
		env.Color = true
	}
	return env, nil
}

func terminalSize(env Env) (width, height int) {
	width, height, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil || width <= 0 {
		width, height = 80, 24
	}
	if n, err := strconv.Atoi(env.Getenv("COLUMNS")); err == nil && n > 0 {
		width = n
	}
	return width, height
}

// Getenv returns the value of an environment variable, "" when it is not set.
func (e Env) Getenv(key string) string { return git.Environ(e.Environ).Get(key) }

// shown names a file from the user's directory where that is shorter.
func (e Env) shown(file string) string {
	if rel, err := filepath.Rel(e.Dir, file); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return file
}

// inCI reports whether a CI runner reads the output. A person at a terminal
// needs every byte as it is.
func (e Env) inCI() bool { return !e.Interactive && guard.InCI(e.Getenv) }

// randomID draws an id from the alphabet of record ids, 5 bits a character.
func randomID() string {
	var b [handoff.IDLength]byte
	rand.Read(b[:]) // never returns an error (crypto/rand since Go 1.24)
	for i := range b {
		b[i] = handoff.IDAlphabet[int(b[i])%len(handoff.IDAlphabet)]
	}
	return string(b[:])
}
