package form

import (
	"fmt"
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
	said    string      // why a key did nothing, until the next one
	before  []string    // what the fields said when the screen came
	left    []string    // what was asked for once more, and may be left so
	scroll  int         // lines of the body that are above the window
	redrawn int         // how often everything was drawn anew
	rows    int         // of the form

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
		if w.said = ""; w.field().Kind > Lines {
			w.said = w.field().howTo()
			return w, nil
		}
		msg.Content = normaliseNewlines(msg.Content)
		return w, w.pass(msg)
	case tea.KeyPressMsg:
		return w, w.key(msg)
	}
	return w, w.pass(msg)
}

// liftMargins has the window drawn anew a little later, and once more in case that
// the machine is busy. A frame that was on its way while the size changed leaves
// margins for the old height, within which the terminal scrolls from then on.
func liftMargins() tea.Msg {
	lift := tea.Raw(ansi.SaveCursor + ansi.SetTopBottomMargins(0, 0) + ansi.RestoreCursor)
	redrawn := func(written time.Duration) tea.Cmd { // after some frames, what is raw is
		return tea.Tick(written, func(time.Time) tea.Msg { return redrawMsg{} })
	}
	return tea.Sequence(lift, redrawn(60*time.Millisecond), lift, redrawn(600*time.Millisecond))()
}

// show puts up a screen.
func (w *window) show(msg showMsg) tea.Cmd {
	w.screen, w.answers = msg.screen, msg.answers
	w.serial++
	w.before = nil
	for _, f := range w.screen.Fields {
		w.before = append(w.before, f.Value)
	}
	w.armed, w.saving, w.said, w.left, w.scroll, w.saved = false, false, "", nil, 0, w.content()
	if w.stopped {
		w.leave(Next, ErrStopped)
		return nil
	}
	serial := w.serial
	cmds := []tea.Cmd{w.build(w.screen.begin()), tea.Tick(armDelay, func(time.Time) tea.Msg { return armedMsg{serial} })}
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
	w.said = ""
	switch pressed := msg.String(); pressed {
	case "esc":
		return w.back()
	case "shift+tab":
		if w.focus() == 0 {
			return w.back()
		}
		return w.move(w.focus() - 1)
	case "enter":
		return w.enter()
	case "tab":
		if w.focus() == len(w.inputs)-1 {
			return w.submit()
		}
		return w.move(w.focus() + 1)
	case "up", "down":
		if to := w.focus() + by(pressed == "down"); to >= 0 && to < len(w.inputs) && w.leaves(pressed == "down") {
			return w.move(to)
		}
	case "ctrl+o":
		if w.screen.edits(f) {
			w.screen.Focus = f.Key
			w.leave(Editor, nil)
		}
		return nil
	case "ctrl+s":
		return w.submit()
	}
	if f.Kind > Lines && msg.Text != "" && !(f.Kind == Ticks && msg.String() == "space") {
		w.said = f.howTo()
		return nil
	}
	return w.pass(msg)
}

// by is one field down, or up.
func by(down bool) int {
	if down {
		return 1
	}
	return -1
}

// leaves reports whether an arrow leads out of the field that takes the keys.
func (w *window) leaves(down bool) bool {
	switch input := w.inputs[w.focus()].(type) {
	case *area:
		return input.atEdge(down)
	case *huh.MultiSelect[string]:
		options, value := w.field().Options, w.hovered().Value
		edge := options[0]
		if down {
			edge = options[len(options)-1]
		}
		return value == edge.Value
	}
	return w.field().Kind == Choice
}

// howTo says how the field is answered, to somebody who types into it.
func (f *Field) howTo() string {
	if f.Kind == Choice {
		return "nothing is typed here: ← → choose"
	}
	return "nothing is typed here: ↑ ↓ choose" + map[bool]string{true: ", space ticks"}[f.Kind == Ticks]
}

// enter goes on to the next field that wants an answer, or leaves the screen, but for
// where it begins a new line.
func (w *window) enter() tea.Cmd {
	if a, ok := w.inputs[w.focus()].(*area); ok && w.begins(a) {
		a.newLine()
		return w.pass(nil)
	}
	if w.refuses(w.field()) {
		return nil
	}
	for to := w.focus() + 1; to < len(w.inputs); to++ {
		if !w.screen.Fields[to].passed() {
			return w.move(to)
		}
	}
	return w.submit()
}

// begins reports whether enter begins a new line in an area: where several are
// typed, behind one that says something. What stands there since the screen came is
// taken as any other answer is.
func (w *window) begins(a *area) bool {
	f := a.field
	return f.Kind == Lines && strings.TrimSpace(f.Value) != "" && f.Value != w.before[w.focus()] && (f.Free || !a.onEmptyLine())
}

// refuses reports whether the answer of a field keeps the person there, and says
// why: text that cannot be read does, and what is lacking once.
func (w *window) refuses(f *Field) bool {
	if problem := f.unreadable(f.Value); problem != "" {
		w.said = problem
		return true
	}
	lacking := f.lacking()
	if lacking == "" || slices.Contains(w.left, f.Key+lacking) {
		return false
	}
	w.left = append(w.left, f.Key+lacking)
	if w.said = lacking + "; enter again leaves it so"; f.over(f.Text()) > 0 && w.screen.edits(f) {
		w.said += ", ^o opens the editor"
	}
	return true
}

// move has another field take the keys.
func (w *window) move(to int) tea.Cmd {
	var cmds []tea.Cmd
	for w.focus() < to {
		cmds = append(cmds, w.form.NextField())
	}
	for w.focus() > to {
		cmds = append(cmds, w.form.PrevField())
	}
	w.fit()
	return tea.Sequence(cmds...)
}

func (w *window) back() tea.Cmd {
	if !w.screen.First {
		w.leave(Back, nil)
	}
	return nil
}

// submit leaves the screen forwards, unless a field keeps the person there.
func (w *window) submit() tea.Cmd {
	for i, f := range w.screen.Fields {
		if w.refuses(f) {
			return w.move(i)
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
	w.fit()
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
		w.fit()
	}
}

// content is all that the fields say, to notice a change.
func (w *window) content() string {
	var b strings.Builder
	for _, f := range w.screen.Fields {
		fmt.Fprintf(&b, "%q%q%t", f.Value, f.Ticked, f.Cleared)
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
	w.inputs = w.inputs[:0]
	for _, f := range w.screen.Fields {
		w.inputs = append(w.inputs, f.input(w.width, w.height-fixedRows))
	}
	w.form = huh.NewForm(huh.NewGroup(w.inputs...)).
		WithAccessible(false).WithShowHelp(false).WithShowErrors(false).WithTheme(theme).WithKeyMap(keyMap()).
		WithWidth(max(w.width, leastWidth))
	w.rows = 0
	return tea.Sequence(w.form.Init(), w.move(focus))
}

// fit gives the form as many rows as it needs now, of those that there are.
func (w *window) fit() {
	rows := w.formHeight()
	if rows == w.rows {
		return
	}
	w.rows = rows
	w.form = w.form.WithHeight(rows)
	w.form.Update(nil) // draws it for that height
}
