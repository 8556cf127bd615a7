package main

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
	"github.com/rivo/uniseg"
)

// screen is the part of a terminal that the tests look at: cells, a cursor, and
// the control sequences that move it. The only question that it answers is
// whether it shows frames as a whole, so that a test never sees half of one.
type screen struct {
	mu                 sync.Mutex
	cells              [][]cell
	look               string // how what comes next is to look: the parameters of SGR
	row, col           int
	savedRow, savedCol int
	top, end           int    // the rows that scroll: from top up to end
	pending            []byte // the beginning of a sequence or a character
	modes              map[string]bool
	taken              int          // how often the program took a screen of its own
	queries            int          // how often the program asked the terminal something
	answers            func(string) // nil for a terminal that never answers
	changed            chan struct{}
	printed            []byte   // all of it
	gone               []string // the rows that went out at the top
	wrapped            int      // how often a text ran over the right edge
}

// cell is a character, "" to the right of a wide one, and how it looks.
type cell struct{ text, look string }

func newScreen(width, height int) *screen {
	s := &screen{modes: make(map[string]bool), changed: make(chan struct{}, 1)}
	s.resize(width, height)
	return s
}

func (s *screen) resize(width, height int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cells := make([][]cell, height)
	for y := range cells {
		cells[y] = blanks(width)
		if y < len(s.cells) {
			copy(cells[y], s.cells[y])
		}
	}
	s.cells, s.row, s.col = cells, min(s.row, height-1), min(s.col, width-1)
	s.top, s.end = 0, height
}

// whole reports whether no frame is half drawn.
func (s *screen) whole() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.modes["2026"] && len(s.pending) == 0
}

// String is the text on the screen, without spaces at the ends of lines.
func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, row := range s.cells {
		b.WriteString(lineOf(row))
	}
	return b.String()
}

// history is the text that went out at the top.
func (s *screen) history() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.gone, "")
}

// lineOf is a row as text, without spaces at its end.
func lineOf(row []cell) string {
	var b strings.Builder
	for _, c := range row {
		b.WriteString(c.text)
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}

// painted is the screen as String has it, with the sequences that make each character
// look as it does.
func (s *screen) painted() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, row := range s.cells {
		look, left := "", strings.TrimSuffix(lineOf(row), "\n")
		for _, c := range row {
			if left == "" {
				break
			}
			if c.look != look {
				look = c.look
				b.WriteString("\x1b[0m")
				if look != "" {
					b.WriteString("\x1b[" + look + "m")
				}
			}
			b.WriteString(c.text)
			left = strings.TrimPrefix(left, c.text)
		}
		b.WriteString("\x1b[0m\n")
	}
	return b.String()
}

// said reports whether a text was ever printed.
func (s *screen) said(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Contains(s.printed, []byte(text))
}

// Write shows what a program prints.
func (s *screen) Write(data []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending, s.printed = append(s.pending, data...), append(s.printed, data...)
	for len(s.pending) > 0 {
		n := s.step(s.pending)
		if n == 0 {
			break
		}
		s.pending = s.pending[n:]
	}
	select {
	case s.changed <- struct{}{}:
	default:
	}
	return len(data), nil
}

// step carries out the first thing in data and returns its length, 0 when it is
// not all there yet.
func (s *screen) step(data []byte) int {
	switch c := data[0]; {
	case c == 0x1b:
		return s.escape(data)
	case c == '\r':
		s.col = 0
	case c == '\n':
		s.lineFeed()
	case c == '\b':
		s.col = max(0, s.col-1)
	case c == '\t':
		s.col = min((s.col/8+1)*8, len(s.cells[0])-1)
	case c < 0x20 || c == 0x7f:
	default:
		if !utf8.FullRune(data) {
			return 0
		}
		r, n := utf8.DecodeRune(data)
		s.put(r)
		return n
	}
	return 1
}

func (s *screen) lineFeed() {
	if s.row+1 != s.end {
		s.row = min(s.row+1, len(s.cells)-1)
		return
	}
	if s.top == 0 {
		s.gone = append(s.gone, lineOf(s.cells[0]))
	}
	s.scroll(s.top, s.end, 1)
}

// scroll moves the rows from top up to end upwards, or down where n is negative.
func (s *screen) scroll(top, end, n int) {
	rows := append([][]cell(nil), s.cells[top:end]...)
	for i := range rows {
		if from := i + n; from >= 0 && from < len(rows) {
			s.cells[top+i] = rows[from]
		} else {
			s.cells[top+i] = blanks(len(rows[i]))
		}
	}
}

func blanks(n int) []cell { return slices.Repeat([]cell{{text: " "}}, n) }

// put shows a character. One that joins the one before it, as a mark or the parts of
// an emoji do, is shown in its cells.
func (s *screen) put(r rune) {
	if s.join(r) {
		return
	}
	width := runewidth.RuneWidth(r)
	if width == 0 {
		return
	}
	if s.col+width > len(s.cells[0]) {
		s.col = 0
		s.wrapped++
		s.lineFeed()
	}
	s.cells[s.row][s.col] = cell{string(r), s.look}
	if width == 2 {
		s.cells[s.row][s.col+1] = cell{look: s.look}
	}
	s.col += width
}

// join adds a character to the one before the cursor, where both are one to a
// reader, and reports whether they are.
func (s *screen) join(r rune) bool {
	at := s.col - 1
	if at > 0 && s.cells[s.row][at].text == "" {
		at--
	}
	if r < utf8.RuneSelf || at < 0 {
		return false
	}
	both := s.cells[s.row][at].text + string(r)
	cluster, _, width, _ := uniseg.FirstGraphemeClusterInString(both, -1)
	if cluster != both {
		return false
	}
	s.cells[s.row][at].text = both
	if end := at + width; end > s.col && end <= len(s.cells[0]) {
		s.cells[s.row][end-1], s.col = cell{look: s.look}, end
	}
	return true
}

// escape carries out a control sequence.
func (s *screen) escape(data []byte) int {
	if len(data) < 2 {
		return 0
	}
	switch data[1] {
	case '[':
	case ']', 'P', '_', '^': // up to BEL or ST
		for i := 2; i < len(data); i++ {
			if data[i] == 7 {
				return i + 1
			}
			if data[i] == '\\' && data[i-1] == 0x1b {
				return i + 1
			}
		}
		return 0
	case 'M':
		s.row = max(0, s.row-1)
		return 2
	case '7':
		s.savedRow, s.savedCol = s.row, s.col
		return 2
	case '8':
		s.row, s.col = min(s.savedRow, len(s.cells)-1), min(s.savedCol, len(s.cells[0])-1)
		return 2
	default:
		return 2
	}
	for i := 2; i < len(data); i++ {
		if data[i] >= 0x40 && data[i] <= 0x7e {
			s.control(string(data[2:i]), data[i])
			return i + 1
		}
	}
	return 0
}

// control carries out CSI parameters final.
func (s *screen) control(parameters string, final byte) {
	fields := strings.Split(strings.TrimLeft(parameters, "?>=<"), ";")
	number := func(i, absent int) int {
		if i < len(fields) {
			if n, err := strconv.Atoi(fields[i]); err == nil && n > 0 {
				return n
			}
		}
		return absent
	}
	height, width := len(s.cells), len(s.cells[0])
	private := strings.HasPrefix(parameters, "?")
	switch n := number(0, 1); final {
	case 'A':
		s.row = max(0, s.row-n)
	case 'B', 'e':
		s.row = min(height-1, s.row+n)
	case 'C', 'a':
		s.col = min(width-1, s.col+n)
	case 'D':
		s.col = max(0, s.col-n)
	case 'E':
		s.row, s.col = min(height-1, s.row+n), 0
	case 'F':
		s.row, s.col = max(0, s.row-n), 0
	case 'G', '`':
		s.col = min(width-1, n-1)
	case 'd':
		s.row = min(height-1, n-1)
	case 'H', 'f':
		s.row, s.col = min(height-1, n-1), min(width-1, number(1, 1)-1)
	case 'I':
		s.col = min(width-1, (s.col/8+n)*8)
	case 'Z':
		s.col = max(0, ((s.col+7)/8-n)*8)
	case 'J':
		s.erase(number(0, 0), s.row*width+s.col, height*width)
	case 'K':
		row := s.row * width
		s.erase(number(0, 0), row+s.col, row+width, row)
	case 'X':
		at := s.row*width + s.col
		s.blank(at, at+n)
	case 'P':
		row := s.cells[s.row]
		s.cells[s.row] = slices.Concat(row[:s.col], row[min(s.col+n, width):], blanks(min(n, width-s.col)))
	case '@':
		row := s.cells[s.row]
		s.cells[s.row] = slices.Concat(row[:s.col], blanks(n), row[s.col:])[:width]
	case 'b':
		if s.col > 0 {
			last, _ := utf8.DecodeRuneInString(s.cells[s.row][s.col-1].text)
			for range n {
				s.put(last)
			}
		}
	case 'L', 'M':
		if final == 'L' {
			n = -n
		}
		if s.row >= s.top && s.row < s.end {
			s.scroll(s.row, s.end, n)
		}
	case 'S':
		s.scroll(s.top, s.end, n)
	case 'T':
		s.scroll(s.top, s.end, -n)
	case 'r':
		s.top, s.end = min(n, height)-1, min(number(1, height), height)
		s.row, s.col = 0, 0
	case 'm':
		if strings.Trim(parameters, "0123456789;:") == "" { // others set up the keyboard
			s.paint(parameters)
		}
	case 'h', 'l':
		if private {
			for _, mode := range fields {
				s.modes[mode] = final == 'h'
				if mode == "1049" && final == 'h' {
					s.taken++
				}
			}
		}
	case 'n', 'c':
		s.queries++
	case 'p':
		if strings.HasSuffix(parameters, "$") {
			s.queries++
		}
		if parameters == "?2026$" && s.answers != nil {
			s.answers("\x1b[?2026;2$y")
		}
	}
}

// paint adds to how what comes next is to look; nothing and 0 take back what was.
func (s *screen) paint(parameters string) {
	first, rest, _ := strings.Cut(parameters, ";")
	if first == "" || first == "0" {
		s.look, parameters = "", rest
	}
	s.look = strings.Trim(s.look+";"+parameters, ";")
}

// erase blanks from the cursor to the end, from the start to the cursor, or all.
func (s *screen) erase(how, at, end int, start ...int) {
	from := 0
	if len(start) > 0 {
		from = start[0]
	}
	switch how {
	case 0:
		s.blank(at, end)
	case 1:
		s.blank(from, at+1)
	default:
		s.blank(from, end)
	}
}

func (s *screen) blank(from, to int) {
	width := len(s.cells[0])
	for i := from; i < min(to, width*len(s.cells)); i++ {
		s.cells[i/width][i%width] = cell{text: " "}
	}
}
