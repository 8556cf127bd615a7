package form

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/handoff-cli/handoff/internal/text"
)

// input is the widget for a field. It writes into the field at every key.
func (f *Field) input(width, height int) huh.Field {
	label := ansi.Truncate(text.OneLine(f.Label), max(width-labelFrame, 1), "…")
	var options []huh.Option[string]
	for _, o := range f.Options {
		options = append(options, huh.NewOption(ansi.Truncate(text.OneLine(o.Label), max(width-optionFrame, 1), "…"), o.Value))
	}
	switch f.Kind {
	case Choice:
		return huh.NewSelect[string]().Title(label).Options(options...).Value(&f.Value).Inline(true)
	case Menu:
		return huh.NewSelect[string]().Title(label).Options(options...).Value(&f.Value).Height(min(1+len(f.Options), max(height, 3)))
	case Ticks:
		return huh.NewMultiSelect[string]().Title(label).Options(options...).Value(&f.Ticked).Filterable(false).
			Height(f.ticksRows(height))
	}
	return newArea(f)
}

// What stands beside labels: the border, and before an option the cursor and the
// box as well.
const (
	labelFrame  = 2
	optionFrame = 9
)

// ticksRows is how many rows Ticks take where there are so many, with the label: a
// long list leaves room for the fields beside it.
func (f *Field) ticksRows(height int) int { return min(1+len(f.Options), max(height/3, 5)) }

// inputRows is how many rows a field takes.
func (w *window) inputRows(i int) int {
	switch f := w.screen.Fields[i]; f.Kind {
	case Menu:
		return 1 + len(f.Options)
	case Ticks:
		return f.ticksRows(w.height - fixedRows)
	case Choice:
		return 2
	}
	return 1 + w.inputs[i].(*area).rows()
}

// The rows of a window from top to bottom: title, facts and body, form, help,
// keys.
const (
	fixedRows = 3 // title, help, keys
	leastForm = 7 // what a long body leaves to the form
)

// formHeight is how many rows the form gets.
func (w *window) formHeight() int {
	rows := 0
	for i := range w.inputs {
		rows += w.inputRows(i)
	}
	room := w.height - fixedRows
	return max(1, min(rows, max(room-len(w.above()), min(room, leastForm))))
}

// above is what stands between the title and the form.
func (w *window) above() []string {
	var lines []string
	for _, s := range w.screen.Problems {
		for line := range strings.SplitSeq(ansi.Wrap(text.OneLine(s), max(w.width, 1), ""), "\n") {
			lines = append(lines, bold.Render(line))
		}
	}
	for _, s := range w.screen.Facts {
		lines = append(lines, faint.Render(ansi.Truncate(text.OneLine(s), w.width, "…")))
	}
	for _, s := range w.screen.Body {
		wrapped := ansi.Wrap(text.OneLine(s), max(w.width, 1), "")
		lines = append(lines, strings.Split(wrapped, "\n")...)
	}
	if len(lines) > 0 {
		lines = append(lines, "")
	}
	return lines
}

// room is how many rows of what stands above the form can be seen.
func (w *window) room() int { return max(0, w.height-fixedRows-w.formHeight()) }

func (w *window) page(down bool) {
	step := max(1, w.room()-1)
	if !down {
		step = -step
	}
	w.scroll = min(max(0, w.scroll+step), max(0, len(w.above())-w.room()))
}

// View draws the window.
func (w *window) View() tea.View {
	v := tea.NewView("")
	v.AltScreen = true
	if w.screen == nil || w.width == 0 {
		return v
	}
	lines := []string{bold.Render(ansi.Truncate(text.OneLine(w.screen.Title), w.width, "…"))}
	above := w.above()
	above = above[min(w.scroll, len(above)):]
	if cut := len(above) - w.room(); cut > 0 && w.room() > 0 {
		above = append(slices.Clone(above[:w.room()-1]), faint.Render("… more: pgdn"))
	}
	lines = append(lines, above[:min(len(above), w.room())]...)
	lines = append(lines, strings.Split(w.form.View(), "\n")...)
	lines = append(lines, w.help(w.height-len(lines)-1)...)
	lines = append(lines, ansi.Truncate(w.keys(), w.width, "…"))
	// Text that is the same as before is not drawn, not even anew.
	lines[len(lines)-1] += strings.Repeat(ansi.ResetStyle, w.redrawn%16)
	v.SetContent(strings.Join(lines, "\n"))
	return v
}

// help is about the field that takes the keys, or why the answer could not be
// taken: one line, or as many as there is room for.
func (w *window) help(room int) []string {
	s, style := w.field().Help, faint
	if hovered := w.hovered().Label; lipgloss.Width(hovered)+optionFrame > w.width {
		s = hovered // it is cut off above
	}
	if w.said != "" {
		s, style = w.said, bold
	}
	lines := strings.Split(ansi.Wrap(text.OneLine(s), max(w.width, 1), ""), "\n")
	if last := max(room, 1) - 1; last < len(lines)-1 {
		lines = append(lines[:last], ansi.Truncate(strings.Join(lines[last:], " "), w.width, "…"))
	}
	for i := range lines {
		lines[i] = style.Render(lines[i])
	}
	return lines
}

// hovered is the option under the cursor.
func (w *window) hovered() Option {
	var value string
	switch input := w.form.GetFocusedField().(type) {
	case *huh.Select[string]:
		value, _ = input.Hovered()
	case *huh.MultiSelect[string]:
		value, _ = input.Hovered()
	}
	options := w.field().Options
	if i := slices.IndexFunc(options, func(o Option) bool { return o.Value == value }); i >= 0 {
		return options[i]
	}
	return Option{}
}

// keys is the line that says which keys do what. It is there as soon as they do.
// Where the window is narrow, those that can be done without are left out.
func (w *window) keys() string {
	if !w.armed {
		return ""
	}
	f := w.field()
	keys := slices.DeleteFunc([]string{
		w.enterDoes(), f.kindKeys(), w.otherFields(), "^s done", "esc back", "^o editor", "^c stop",
	}, func(key string) bool {
		return key == "" || key == "^s done" && w.focus() == len(w.inputs)-1 || key == "esc back" && w.screen.First ||
			key == "^o editor" && !w.screen.edits(f)
	})
	line := strings.Join(keys, " · ")
	for _, dispensable := range []string{"^s done", w.otherFields(), "^o editor"} {
		if lipgloss.Width(line) <= w.width {
			break
		}
		keys = slices.DeleteFunc(keys, func(key string) bool { return key == dispensable })
		line = strings.Join(keys, " · ")
	}
	return faint.Render(ansi.Truncate(line, w.width, "…"))
}

// enterDoes says what enter does in the field that takes the keys.
func (w *window) enterDoes() string {
	f := w.field()
	switch {
	case f.grey() != "":
		return "enter takes it"
	case f.Kind == Menu:
		return "enter chooses"
	}
	if a, ok := w.inputs[w.focus()].(*area); ok && w.begins(a) {
		return "enter new line"
	}
	for _, after := range w.screen.Fields[w.focus()+1:] {
		if !after.passed() {
			return "enter next"
		}
	}
	return "enter done"
}

// kindKeys says which keys answer the field, beside those that type.
func (f *Field) kindKeys() string {
	switch {
	case f.grey() != "":
		return "del clears · → edits"
	case f.Kind <= Lines && f.Cleared && f.Value == "":
		return "→ brings it back"
	case f.Kind == Choice:
		return "←→ choose"
	case f.Kind == Menu:
		return "↑↓ move"
	case f.Kind == Ticks && len(f.Options) > 1:
		return "space ticks · ^a all"
	case f.Kind == Ticks:
		return "space ticks"
	}
	return ""
}

// otherFields says how the fields are reached that enter goes past, and how one
// leaves the field in which enter does something else.
func (w *window) otherFields() string {
	f := w.field()
	switch last := w.focus() == len(w.inputs)-1; {
	case last && f.Kind == Lines:
		return "tab done"
	case len(w.inputs) == 1, last && f.Kind == Ticks:
		return ""
	case f.Kind == Ticks || f.Kind == Lines:
		return "tab next"
	}
	return "↑↓ fields"
}
