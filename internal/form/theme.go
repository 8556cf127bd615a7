package form

import (
	"charm.land/bubbles/v2/key"
	"charm.land/huh/v2"
	"charm.land/lipgloss/v2"
)

var (
	bold  = lipgloss.NewStyle().Bold(true)
	faint = lipgloss.NewStyle().Faint(true)
)

// theme uses weight and one of the 16 colours, so that it fits a light and a
// dark terminal and says nothing by colour alone.
var theme = huh.ThemeFunc(func(isDark bool) *huh.Styles {
	t := huh.ThemeBase(isDark)
	t.FieldSeparator = lipgloss.NewStyle().SetString("\n")
	accent := lipgloss.NewStyle().Foreground(lipgloss.Cyan)
	t.Focused.Title = accent.Bold(true)
	t.Focused.Base = t.Focused.Base.BorderForeground(lipgloss.Cyan)
	t.Focused.SelectSelector = accent.SetString("> ")
	t.Focused.MultiSelectSelector = accent.SetString("> ")
	t.Focused.SelectedPrefix = lipgloss.NewStyle().SetString("[x] ")
	t.Focused.TextInput.Placeholder = faint
	t.Blurred = t.Focused
	t.Blurred.Title = lipgloss.NewStyle()
	t.Blurred.Base = t.Focused.Base.BorderStyle(lipgloss.HiddenBorder())
	t.Blurred.SelectSelector = lipgloss.NewStyle().SetString("  ")
	t.Blurred.MultiSelectSelector = lipgloss.NewStyle().SetString("  ")
	t.Blurred.TextInput.Placeholder = faint
	return t
})

// keyMap is huh's keys without those that the window has for itself, without
// filters, and without letters that move a cursor.
func keyMap() *huh.KeyMap {
	k := huh.NewDefaultKeyMap()
	none := key.NewBinding(key.WithDisabled())
	k.Quit = none
	k.Input.AcceptSuggestion = none
	k.Text.Editor = none
	k.Select.Filter, k.MultiSelect.Filter = none, none
	k.Select.Up.SetKeys("up", "ctrl+p")
	k.Select.Down.SetKeys("down", "ctrl+n")
	k.Select.Left.SetKeys("left")
	k.Select.Right.SetKeys("right")
	k.Select.GotoTop.SetKeys("home")
	k.Select.GotoBottom.SetKeys("end")
	k.MultiSelect.Up.SetKeys("up", "ctrl+p")
	k.MultiSelect.Down.SetKeys("down", "ctrl+n")
	k.MultiSelect.GotoTop.SetKeys("home")
	k.MultiSelect.GotoBottom.SetKeys("end")
	k.MultiSelect.Toggle.SetKeys("space")
	return k
}
