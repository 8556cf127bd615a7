//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// screens are what the golden files of testdata/screens show of the week: who
// looks, when on their clock, and at what.
var screens = []struct {
	name, who, at string
	args          []string
}{
	{"handoff", "ben", "Fri 09:30", nil},
	{"inbox", "ben", "Fri 09:30", []string{"inbox"}},
	{"board", "ben", "Fri 09:30", []string{"board"}},
	{"show", "ben", "Fri 09:30", []string{"show", "@ana"}},
	{"show-item", "ben", "Fri 09:30", []string{"show", "refund-flow"}},
	{"query-blocked", "ben", "Fri 09:30", []string{"query", "blocked"}},
	{"query-changed", "ben", "Fri 09:30", []string{"query", "changed"}},
	{"log", "ben", "Fri 09:30", []string{"log"}},
	{"log-decisions", "ben", "Fri 09:30", []string{"log", "--decisions"}},
	{"stats", "ben", "Fri 17:40", []string{"stats"}},
	{"rollup", "ana", "Fri 17:50", []string{"rollup", "--team", "payments", "--dry-run"}},
}

// windows are the sizes in which screens are looked at: columns and lines.
var windows = [][2]int{{80, 24}, {120, 40}, {60, 16}}

// hashes are those of commits in short, which change with whatever a record holds.
var hashes = regexp.MustCompile(`\b[0-9a-f]{10}\b`)

// TestScreens compares what the program shows in windows of several sizes with the
// golden files, and lets no line run over the edge. A file has everything that was
// printed, and a mark where the first window of a pager ends. Run with -update, and
// look at what has changed.
func TestScreens(t *testing.T) {
	t.Parallel()
	w := newWeek(t)
	w.env = append(w.env, "HANDOFF_PAGER=cat")
	for _, screen := range screens {
		w.as(screen.who, screen.at)
		for _, size := range windows {
			x := w.start(size[0], size[1], "handoff", screen.args...)
			if status := x.status(); status != 0 {
				t.Fatalf("%s: status %d\n%s", screen.name, status, x.screen)
			}
			got := hashes.ReplaceAllString(x.all(), "0a1b2c3d4e")
			if x.screen.wrapped > 0 {
				t.Errorf("%s, %d columns: %d lines run over the edge\n%s", screen.name, size[0], x.screen.wrapped, got)
			}
			golden(t, fmt.Sprintf("%s.%dx%d.txt", screen.name, size[0], size[1]), windowed(got, size[1]))
		}
	}
}

// all is everything that an ended program has printed, with what went out of the
// window at its top.
func (x *terminal) all() string {
	x.t.Helper()
	const last = "\x1b]0;all is read\x07" // a title, which comes behind whatever the program printed
	if _, err := x.slave.WriteString(last); err != nil {
		x.t.Fatal(err)
	}
	x.until("the end", func(string) bool { return x.screen.said(last) })
	return strings.TrimRight(x.screen.history()+x.screen.String(), "\n") + "\n"
}

// windowed marks where the first window of a pager ends, which keeps a line for
// itself.
func windowed(text string, height int) string {
	lines := strings.SplitAfter(text, "\n")
	if len(lines)-1 < height {
		return text
	}
	return strings.Join(lines[:height-1], "") + "~~~~ the window ends here ~~~~\n" + strings.Join(lines[height-1:], "")
}

// golden compares a text with a file of testdata/screens, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata/screens", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s is\n%s\nand was\n%s", name, got, want)
	}
}
