package form

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/handoff-cli/handoff/internal/text"
)

// area is the widget in which a person types. It wraps what does not fit into a row
// and grows with it, says how much room is left, and shows the answer that counts
// without typing in grey. Unlike huh's own it tells where the cursor is.
type area struct {
	field   *Field
	typed   textarea.Model
	width   int
	most    int // rows of text, at most
	focused bool
	isDark  bool
}

// The rows of an area at most.
const (
	lineRows  = 5
	linesRows = 7
)

func newArea(f *Field) *area {
	a := &area{field: f, typed: textarea.New(), most: lineRows}
	if f.Kind == Lines {
		a.most = linesRows
	}
	a.typed.ShowLineNumbers, a.typed.Prompt, a.typed.CharLimit, a.typed.MaxHeight = false, "", 0, 0
	a.typed.KeyMap.InsertNewline.SetKeys() // enter is the window's
	if f.Kind == Lines {
		a.typed.KeyMap.InsertNewline.SetKeys("ctrl+j", "alt+enter", "shift+enter")
	}
	a.typed.SetValue(f.Value)
	return a
}

// Update takes a key or a paste, and writes what is typed then into the field.
func (a *area) Update(msg tea.Msg) (huh.Model, tea.Cmd) {
	f := a.field
	switch msg := msg.(type) {
	case tea.BackgroundColorMsg:
		a.isDark = msg.IsDark()
	case tea.PasteMsg:
		if msg.Content = normaliseNewlines(msg.Content); f.Kind == Line {
			msg.Content = strings.Join(splitLines(msg.Content), " ")
		}
		return a, a.pass(msg)
	case tea.KeyPressMsg:
		switch pressed := msg.String(); {
		case f.Value != "" || f.Default == "":
		case pressed == "space":
			return a, nil // which would hide the grey text, and say nothing
		case pressed == "backspace" || pressed == "delete":
			f.Cleared = true
		case pressed == "right" || pressed == "ctrl+e":
			a.typed.SetValue(f.Default)
			f.Value, f.Cleared = f.Default, false
		}
	}
	return a, a.pass(msg)
}

func (a *area) pass(msg tea.Msg) (cmd tea.Cmd) {
	a.typed.SetHeight(a.most) // what fits is not scrolled away before it is fitted
	a.typed, cmd = a.typed.Update(msg)
	a.field.Value = a.typed.Value()
	a.fit()
	return cmd
}

// newLine begins a new line.
func (a *area) newLine() {
	a.typed.SetHeight(a.most)
	a.typed.InsertString("\n")
	a.field.Value = a.typed.Value()
	a.fit()
}

// fit makes the area as high as what it holds.
func (a *area) fit() {
	a.typed.Placeholder = text.Neutralise(a.field.grey())
	a.typed.SetHeight(a.rows())
}

// rows is how many rows the text takes, of those that there may be.
func (a *area) rows() int {
	shown := a.field.Value
	if shown == "" {
		shown = a.field.grey()
	}
	rows := 0
	for line := range strings.SplitSeq(shown, "\n") {
		rows += rowsOf(line, a.typed.Width())
	}
	if a.field.Kind == Lines && a.focused && !strings.HasSuffix(shown, "\n") {
		rows++ // there is room for one more
	}
	return min(rows, a.most)
}

// rowsOf is how many rows a line takes, with the cursor behind its end.
func rowsOf(line string, width int) int {
	return strings.Count(ansi.Wrap(line+"_", max(width, 1), ""), "\n") + 1
}

// onEmptyLine reports whether the cursor is in a line that says nothing.
func (a *area) onEmptyLine() bool {
	lines := strings.Split(a.field.Value, "\n")
	return strings.TrimSpace(lines[min(a.typed.Line(), len(lines)-1)]) == ""
}

// atEdge reports whether there is no row of text above the cursor, or below.
func (a *area) atEdge(below bool) bool {
	at := a.typed.LineInfo()
	if below {
		return a.typed.Line() == a.typed.LineCount()-1 && at.RowOffset >= at.Height-1
	}
	return a.typed.Line() == 0 && at.RowOffset == 0
}

// View draws the label, how long the text is, and the text.
func (a *area) View() string {
	styles := a.styles()
	look := a.typed.Styles()
	state := &look.Blurred
	if a.focused {
		state = &look.Focused
	}
	state.Placeholder, state.Text, state.Prompt, state.CursorLine = styles.TextInput.Placeholder, styles.TextInput.Text, styles.TextInput.Prompt, styles.TextInput.Text
	a.typed.SetStyles(look)
	a.fit()
	counted := a.counted()
	label := ansi.Truncate(text.OneLine(a.field.mark()), max(a.room()-lipgloss.Width(counted), 1), "…")
	return styles.Base.Render(styles.Title.Render(label) + counted + "\n" + a.typed.View())
}

// counted says how long what is typed is, of how much there may be.
func (a *area) counted() string {
	if a.field.Max == 0 || !a.focused || a.field.Value == "" {
		return ""
	}
	lines := strings.Split(a.field.Value, "\n")
	n := utf8.RuneCountInString(lines[min(a.typed.Line(), len(lines)-1)])
	style := faint
	if n > a.field.Max {
		style = bold
	}
	return style.Render("  " + strconv.Itoa(n) + " of " + strconv.Itoa(a.field.Max))
}

func (a *area) styles() *huh.FieldStyles {
	all := theme.Theme(a.isDark)
	if a.focused {
		return &all.Focused
	}
	return &all.Blurred
}

// room is the width of a row.
func (a *area) room() int { return max(a.width-a.styles().Base.GetHorizontalFrameSize(), 1) }

// Focus has the area take the keys.
func (a *area) Focus() tea.Cmd {
	a.focused = true
	return a.typed.Focus()
}

// Blur has another field take the keys.
func (a *area) Blur() tea.Cmd {
	a.focused = false
	a.typed.Blur()
	return nil
}

// WithWidth sets the width, with the frame.
func (a *area) WithWidth(width int) huh.Field {
	a.width = width
	a.typed.SetWidth(a.room())
	a.fit()
	return a
}

// WithHeight bounds the height, with the label.
func (a *area) WithHeight(height int) huh.Field {
	a.most = max(1, height-1)
	a.fit()
	return a
}

// What else huh asks of a field.

func (a *area) Init() tea.Cmd                            { return nil }
func (a *area) Error() error                             { return nil }
func (a *area) Run() error                               { return huh.Run(a) }
func (a *area) RunAccessible(io.Writer, io.Reader) error { return nil }
func (a *area) Skip() bool                               { return false }
func (a *area) Zoom() bool                               { return false }
func (a *area) KeyBinds() []key.Binding                  { return nil }
func (a *area) WithTheme(huh.Theme) huh.Field            { return a }
func (a *area) WithKeyMap(*huh.KeyMap) huh.Field         { return a }
func (a *area) WithPosition(huh.FieldPosition) huh.Field { return a }
func (a *area) GetKey() string                           { return a.field.Key }
func (a *area) GetValue() any                            { return a.field.Value }
