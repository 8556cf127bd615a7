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
	case Lines:
		return huh.NewText().Title(label).Value(&f.Value).Placeholder(text.Neutralise(f.idea())).
			Lines(f.textRows()).ExternalEditor(false)
	case Choice:
		return huh.NewSelect[string]().Title(label).Options(options...).Value(&f.Value).Inline(true)
	case Menu:
		return huh.NewSelect[string]().Title(label).Options(options...).Value(&f.Value).Height(min(f.rows(), max(height, 3)))
	case Ticks:
		return huh.NewMultiSelect[string]().Title(label).Options(options...).Value(&f.Ticked).Filterable(false).
			Height(min(f.rows(), max(height, 3)))
	}
	return huh.NewInput().Title(label).Value(&f.Value).Placeholder(text.OneLine(f.idea())).Prompt("")
}

// What stands beside labels: the border, and before an option the cursor and the
// box as well.
const (
	labelFrame  = 2
	optionFrame = 9
)

// textRows is how many rows the text of Lines is given.
func (f *Field) textRows() int {
	text := f.Value
	if text == "" {
		text = f.idea()
	}
	return min(max(strings.Count(text, "\n")+2, 2), 5)
}

// rows is how many rows a field takes.
func (f *Field) rows() int {
	switch f.Kind {
	case Lines:
		return 1 + f.textRows()
	case Menu, Ticks:
		return 1 + len(f.Options)
	}
	return 2
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
	for _, f := range w.screen.Fields {
		rows += f.rows()
	}
	room := w.height - fixedRows
	return max(1, min(rows, max(room-len(w.above()), min(room, leastForm))))
}

// above is what stands between the title and the form.
func (w *window) above() []string {
	var lines []string
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
	if hovered := w.hovered(); lipgloss.Width(hovered)+optionFrame > w.width {
		s = hovered // it is cut off above
	}
	if w.problem != "" {
		s, style = w.problem, bold
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

// hovered is the label of the option under the cursor.
func (w *window) hovered() string {
	var value string
	switch input := w.form.GetFocusedField().(type) {
	case *huh.Select[string]:
		value, _ = input.Hovered()
	case *huh.MultiSelect[string]:
		value, _ = input.Hovered()
	}
	for _, o := range w.field().Options {
		if o.Value == value {
			return o.Label
		}
	}
	return ""
}

// keys is the line that says which keys do what. It is there as soon as they do.
func (w *window) keys() string {
	if !w.armed {
		return ""
	}
	f := w.field()
	keys := []string{"enter next"}
	switch {
	case f.Kind == Line && f.Value == "" && f.Default != "":
		keys = []string{"enter keeps", "→ edits"}
	case f.Kind <= Lines && f.Value == "" && f.idea() != "":
		keys = append(keys, "→ takes it")
	case f.Kind == Lines:
		keys = append(keys, "^j new line")
	case f.Kind == Choice:
		keys = append(keys, "←→ choose")
	case f.Kind == Ticks:
		keys = append(keys, "space ticks")
	}
	if len(w.screen.Fields) > 1 {
		keys = append(keys, "^s done")
	}
	if !w.screen.First {
		keys = append(keys, "esc back")
	}
	if !w.screen.Short {
		keys = append(keys, "^o editor")
	}
	return faint.Render(strings.Join(append(keys, "^c stop"), " · "))
}
