package cli

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/workspace"
)

// lookEvery is how often it is looked whether a branch has moved.
const lookEvery = 500 * time.Millisecond

// live tells whether what was drawn of a repository still holds. It does until a branch
// moves, or the minute is over: ages and deadlines go on without anybody.
type live struct {
	ws    *workspace.Workspace
	now   func() time.Time
	stamp string // of what was drawn, "" before anything was
}

// moved reports whether it is to be drawn anew.
func (l *live) moved() (bool, error) {
	tips, err := l.ws.Tips()
	if err != nil {
		return false, err
	}
	stamp := tips + l.now().Truncate(time.Minute).String()
	moved := stamp != l.stamp
	l.stamp = stamp
	return moved, nil
}

// silently is how a workspace is opened once more, whose warnings were said the first
// time.
func (g *globals) silently() workspace.Options {
	o := g.opening()
	nobody := func(string, ...any) {}
	o.Tell, o.Note, o.Warn = nobody, nobody, nobody
	o.Count, o.CountOf = func(string) func(int) { return nil }, func(string) func(int, int) { return nil }
	return o
}

// drawsFrames reports whether stdout is a terminal that can be drawn on.
func (g *globals) drawsFrames() bool { return g.Window != nil && g.Getenv("TERM") != "dumb" }

// The sequences of a terminal that watch needs: a screen of its own without a cursor, and
// back; a frame that is shown as a whole; and what is left of a line or a screen.
const (
	enterScreen = "\x1b[?1049h\x1b[?25l"
	leaveScreen = "\x1b[?25h\x1b[?1049l"
	beginFrame  = "\x1b[?2026h\x1b[H"
	endFrame    = "\x1b[J\x1b[?2026l"
	endLine     = "\x1b[K\r\n"
)

// watch shows what draw returns, anew whenever the repository or the window has changed,
// until ctx ends. It leaves the terminal as it was.
func (g *globals) watch(ctx context.Context, ws *workspace.Workspace, draw func() ([]byte, error)) error {
	state := &live{ws: ws, now: g.Now}
	if _, err := fmt.Fprint(&g.output, enterScreen); err != nil {
		return err
	}
	defer fmt.Fprint(&g.output, leaveScreen)
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for width, height := 0, 0; ; {
		moved, err := state.moved()
		if err != nil {
			return err
		}
		if w, h := g.Window(); moved || w != width || h != height {
			width, height = w, h
			g.printer.width = width
			text, err := draw()
			if err != nil {
				return err
			}
			if _, err := g.output.Write(frame(text, height)); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-look.C:
		}
	}
}

// frame is a text that fills a window of so many lines. What does not fit is counted in
// its last line.
func frame(text []byte, height int) []byte {
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	room := max(height-1, 1)
	last := "Ctrl-C ends"
	if more := len(lines) - room; more > 0 {
		lines = lines[:room]
		last = fmt.Sprintf("%d more lines: handoff board  (Ctrl-C ends)", more)
	}
	var b bytes.Buffer
	b.WriteString(beginFrame)
	for _, line := range lines {
		b.WriteString(line + endLine)
	}
	b.WriteString(last + endFrame)
	return b.Bytes()
}
