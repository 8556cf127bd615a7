package form

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"
	"github.com/charmbracelet/x/ansi"
)

// window is what the terminal shows: the screen that is up, or nothing. Each
// screen is a huh form of a single group, as going back out of a later group
// with an unfinished field locks the keyboard.
type window struct {
	width, height int

	screen  *Screen
	answers chan<- answer
	form    *huh.Form
	inputs  []huh.Field // one for each field of the screen
	serial  int         // counts the screens
	armed   bool        // the screen takes keys that answer it
	problem string      // why the answer cannot be taken
	scroll  int         // lines of the body that are above the window
	redrawn int         // how often everything was drawn anew

	suspended bool // the terminal is about to be given to the shell

	saved  string // what the fields said when they were last saved
	saving bool   // a save is under way

	stopped bool      // Ctrl-C came while no screen was up
	ahead   []tea.Msg // text that was typed while no screen was up
}

// armedMsg and saveMsg come some time after the screen of that number began,
// redrawMsg after the size of the window changed, resumedMsg when the shell has
// given the terminal back.
type (
	armedMsg   struct{ serial int }
	saveMsg    struct{ serial int }
	redrawMsg  struct{}
	resumedMsg struct{}
)

func (w *window) Init() tea.Cmd { return nil }

// Update is what happens next, for tea.
func (w *window) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case showMsg:
		return w, w.show(msg)
	case leaveMsg:
		w.screen = nil
		close(msg.left)
		return w, nil
	case tea.WindowSizeMsg:
		same := msg.Width == w.width && msg.Height == w.height
		w.width, w.height = msg.Width, msg.Height
		if same || w.screen == nil { // every new form asks for the size
			return w, nil
		}
		return w, tea.Batch(liftMargins, w.build(w.focus()))
	case redrawMsg:
		w.redrawn++
		return w, tea.ClearScreen
	case resumedMsg:
		w.suspended = false
		w.redrawn++
		return w, tea.ClearScreen
	}
	if w.screen == nil {
		w.typedAhead(msg)
		return w, nil
	}
	switch msg := msg.(type) {
	case armedMsg:
		w.armed = w.armed || msg.serial == w.serial
		return w, nil
	case saveMsg:
		w.save(msg.serial)
		return w, nil
	case tea.PasteMsg:
		msg.Content = normaliseNewlines(msg.Content)
		return w, w.pass(msg)
	case tea.KeyPressMsg:
		return w, w.key(msg)
	}
	return w, w.pass(msg)
}

// liftMargins has the window drawn anew a little later. A frame that was on its
// way while the size changed leaves margins for the old height, within which the
// terminal scrolls from then on.
func liftMargins() tea.Msg {
	const written = 60 * time.Millisecond // after some frames, what is raw is
	return tea.Sequence(
		tea.Raw(ansi.SaveCursor+ansi.SetTopBottomMargins(0, 0)+ansi.RestoreCursor),
		tea.Tick(written, func(time.Time) tea.Msg { return redrawMsg{} }),
	)()
}

// show puts up a screen.
func (w *window) show(msg showMsg) tea.Cmd {
	w.screen, w.answers = msg.screen, msg.answers
	w.serial++
	w.armed, w.saving, w.problem, w.scroll, w.saved = false, false, "", 0, w.content()
	if w.stopped {
		w.leave(Next, ErrStopped)
		return nil
	}
	serial := w.serial
	begin := max(0, slices.IndexFunc(w.screen.Fields, func(f *Field) bool { return f.Key == w.screen.Focus }))
	cmds := []tea.Cmd{w.build(begin), tea.Tick(armDelay, func(time.Time) tea.Msg { return armedMsg{serial} })}
	for _, typed := range w.ahead {
		if w.field().Kind <= Lines {
			cmds = append(cmds, w.pass(typed))
		}
	}
	w.ahead = nil
	return tea.Batch(cmds...)
}

// typedAhead keeps text that comes between two screens for the next one. Keys
// that would answer it are dropped.
func (w *window) typedAhead(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		msg.Content = normaliseNewlines(msg.Content)
		w.ahead = append(w.ahead, msg)
	case tea.KeyPressMsg:
		if msg.Text != "" {
			w.ahead = append(w.ahead, msg)
		}
		w.stopped = w.stopped || msg.String() == "ctrl+c"
	}
}

// leave answers and takes the screen away. What it shows stays until the next
// one is there.
func (w *window) leave(reply Reply, err error) {
	w.answers <- answer{reply: reply, err: err}
	w.screen = nil
}

// key handles a key: those of the screen here, all others in the form. The form
// would move between fields by messages to itself, and a key that comes before
// such a message would go to the wrong field.
func (w *window) key(msg tea.KeyPressMsg) tea.Cmd {
	if w.suspended {
		return nil // it was meant for the shell
	}
	f := w.field()
	switch msg.String() {
	case "ctrl+c":
		w.leave(Next, ErrStopped)
		return nil
	case "ctrl+z":
		w.suspended = true
		w.answers <- answer{suspend: true}
		return nil
	case "pgup", "pgdown":
		w.page(msg.String() == "pgdown")
		return nil
	}
	if !w.armed && (f.Kind > Lines || msg.Text == "") {
		return nil
	}
	switch msg.String() {
	case "esc":
		return w.back()
	case "shift+tab":
		if w.focus() == 0 {
			return w.back()
		}
		return w.form.PrevField()
	case "enter", "tab":
		if w.focus() == len(w.inputs)-1 {
			return w.submit()
		}
		return w.form.NextField()
	case "ctrl+o":
		if !w.screen.Short {
			w.leave(Editor, nil)
		}
		return nil
	case "ctrl+s":
		return w.submit()
	case "right", "ctrl+e":
		if idea := f.idea(); f.Value == "" && idea != "" {
			f.Value = idea
			return w.build(w.focus())
		}
	}
	return w.pass(msg)
}

// idea is what an empty field shows dim.
func (f *Field) idea() string {
	if f.Kind > Lines {
		return ""
	}
	if f.Default != "" {
		return f.Default
	}
	return f.Offer
}

func (w *window) back() tea.Cmd {
	if !w.screen.First {
		w.leave(Back, nil)
	}
	return nil
}

// submit leaves the screen forwards, unless a text on it cannot be read.
func (w *window) submit() tea.Cmd {
	for i, f := range w.screen.Fields {
		if problem := f.unreadable(f.Value); problem != "" {
			w.problem = problem
			return w.build(i)
		}
	}
	w.leave(Next, nil)
	return nil
}

// pass hands a message to the form, and sees to it that what it changes is
// saved.
func (w *window) pass(msg tea.Msg) tea.Cmd {
	model, cmd := w.form.Update(msg)
	if form, ok := model.(*huh.Form); ok {
		w.form = form
	}
	if w.saving || w.content() == w.saved {
		return cmd
	}
	w.saving = true
	serial := w.serial
	return tea.Batch(cmd, tea.Tick(saveDelay, func(time.Time) tea.Msg { return saveMsg{serial} }))
}

func (w *window) save(serial int) {
	if serial != w.serial {
		return
	}
	w.saving, w.saved = false, w.content()
	if w.screen.Changed != nil {
		w.screen.Changed()
	}
}

// content is all that the fields say, to notice a change.
func (w *window) content() string {
	var b strings.Builder
	for _, f := range w.screen.Fields {
		b.WriteString(f.Value + "\x00" + strings.Join(f.Ticked, "\x00") + "\x00")
	}
	return b.String()
}

// focus is the index of the field that takes the keys.
func (w *window) focus() int {
	return max(0, slices.Index(w.inputs, w.form.GetFocusedField()))
}

func (w *window) field() *Field { return w.screen.Fields[w.focus()] }

// leastWidth is how wide the widgets are built at least, also before the size of
// the window is known: huh cannot draw a placeholder in less than nothing.
const leastWidth = 20

// build makes the form of the screen for the size of the window, with the cursor
// in one of the fields. A form is made anew for every size: fields that shrank
// would not grow again.
func (w *window) build(focus int) tea.Cmd {
	height := w.formHeight()
	w.inputs = w.inputs[:0]
	for _, f := range w.screen.Fields {
		w.inputs = append(w.inputs, f.input(w.width, height))
	}
	w.form = huh.NewForm(huh.NewGroup(w.inputs...)).
		WithAccessible(false).WithShowHelp(false).WithShowErrors(false).WithTheme(theme).WithKeyMap(keyMap()).
		WithWidth(max(w.width, leastWidth)).WithHeight(max(height, 1))
	cmds := []tea.Cmd{w.form.Init()}
	for range focus {
		cmds = append(cmds, w.form.NextField())
	}
	return tea.Sequence(cmds...)
}
