package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"golang.org/x/term"
)

// pauses are where a demo waits for its reader. Nil, it waits nowhere.
type pauses struct {
	g    *globals
	keys chan byte // what the reader types
}

// errEnough says that the reader wants to see no more.
var errEnough = errors.New("the reader has seen enough")

// Keys as a terminal sends them that is asked for each of them.
const (
	keyInterrupt = 3
	keyEndOfFile = 4
)

// wait waits for Enter. It is errEnough at q or the end of the input, and errStopped at
// Ctrl-C. The terminal is as before when it returns.
func (p *pauses) wait(ctx context.Context) error {
	if p == nil {
		return nil
	}
	in, ok := p.g.In.(*os.File)
	if !ok {
		return nil
	}
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return err
	}
	p.g.progressLine.show(p.g.Err, "Enter goes on, q ends")
	err = p.key(ctx, in)
	p.g.progressLine.wipe()
	return errors.Join(err, term.Restore(int(in.Fd()), before))
}

// key waits for a key that means something. What reads a terminal cannot be called off,
// so that one goes on after the demo was ended by a signal, and ends with the process.
func (p *pauses) key(ctx context.Context, in io.Reader) error {
	if p.keys == nil {
		p.keys = make(chan byte)
	}
	for {
		go func() {
			typed := []byte{keyEndOfFile}
			_, _ = io.ReadFull(in, typed) // at its end it stays as it is
			p.keys <- typed[0]
		}()
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case key := <-p.keys:
			switch key {
			case '\r', '\n', ' ':
				return nil
			case 'q', 'Q', keyEndOfFile:
				return errEnough
			case keyInterrupt:
				return errStopped
			}
		}
	}
}

// screens returns w with a pause whenever the window is full.
func (p *pauses) screens(ctx context.Context, w io.Writer) io.Writer {
	if p == nil {
		return w
	}
	return &screens{ctx: ctx, w: w, pauses: p}
}

// screens writes as many lines as the window has, but one, and pauses.
type screens struct {
	ctx    context.Context
	w      io.Writer
	pauses *pauses
	lines  int // since the last pause
}

func (s *screens) Write(data []byte) (n int, err error) {
	for line := range bytes.Lines(data) {
		if _, height := s.pauses.g.Window(); s.lines >= max(height-1, 1) {
			if err := s.pauses.wait(s.ctx); err != nil {
				return n, err
			}
			s.lines = 0
		}
		s.lines += bytes.Count(line, []byte("\n"))
		m, err := s.w.Write(line)
		n += m
		if err != nil {
			return n, err
		}
	}
	return n, nil
}
