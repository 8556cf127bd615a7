package cli

import (
	"fmt"
	"io"
	"sync"
)

// progressLine is the last line of a terminal, in which work that takes long says
// how far it is. What is printed besides wipes it first, and so does the end of the
// command. Several goroutines may use it.
type progressLine struct {
	writing sync.Mutex
	w       io.Writer // nil where nothing has been shown
}

// show replaces the line.
func (l *progressLine) show(w io.Writer, text string) {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.w = w
	fmt.Fprintf(w, "\r%s\x1b[K", text)
}

// wipe takes the line away.
func (l *progressLine) wipe() {
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.w != nil {
		fmt.Fprint(l.w, "\r\x1b[K")
		l.w = nil
	}
}

// watched reports whether somebody sees the progress line: a terminal that knows no
// sequences has none.
func (g *globals) watched() bool { return g.Interactive && !g.quiet && g.Getenv("TERM") != "dumb" }

// counter shows how many of something have been done, without knowing how many
// there will be; 0 wipes that. It is nil where nobody watches.
func (g *globals) counter(what string) func(done int) {
	if !g.watched() {
		return nil
	}
	return func(done int) {
		if done == 0 {
			g.progressLine.wipe()
			return
		}
		g.showProgress(fmt.Sprintf("%d %s", done, what))
	}
}

// progress shows how many of something have been done, until all are. It is nil
// where nobody watches, and may be called from several goroutines.
func (g *globals) progress(what string) func(done, total int) {
	if !g.watched() {
		return nil
	}
	var counting sync.Mutex
	shown := 0
	return func(done, total int) {
		counting.Lock()
		defer counting.Unlock()
		if done < shown {
			return // overtaken
		}
		shown = done
		if done == total {
			g.progressLine.wipe()
			return
		}
		g.showProgress(fmt.Sprintf("%d of %d %s", done, total, what))
	}
}

// showProgress replaces the progress line, but for between a list and the form behind it.
func (g *globals) showProgress(text string) {
	if g.listed == nil {
		g.progressLine.show(g.Err, text)
	}
}
