package form

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/handoff-cli/handoff/internal/text"
)

// ErrStopped says that the person wants to stop: Ctrl-C, or the end of input.
var ErrStopped = errors.New("stopped, nothing was committed")

// An Asker puts screens to a person.
type Asker interface {
	// Ask shows a screen until the person leaves it. Whatever they typed is in
	// the fields then, also when the error is not nil: ErrStopped, or the cause
	// for which ctx was cancelled.
	Ask(ctx context.Context, s *Screen) (Reply, error)
	// Release gives the terminal to run, and takes it back afterwards.
	Release(run func() error) error
	// Close leaves the terminal as it was found.
	Close() error
}

// Reply is how a person left a screen.
type Reply int

// The replies.
const (
	Next   Reply = iota // answered
	Back                // to the screen before; the answers may be unfinished
	Editor              // to the editor, with the whole draft
)

// Screen is a small page of questions.
type Screen struct {
	ID     string   // names the page, as in "item refund-flow"
	Title  string   // one line
	Facts  []string // what the program knows and the person may use; shown dim
	Body   []string // what the person is to read
	Fields []*Field
	Focus  string // the key of the field to begin with, "" for the first that cannot be read, or wants an answer
	First  bool   // there is no screen before this one
	Short  bool   // there is no draft behind it: the editor opens the text of a field, if anything
	Edits  bool   // of a short screen: the editor can open the text of a field, that in Focus afterwards

	// Problems is what was found wrong with the answers, above all else. It may
	// become less while the person types: see Changed.
	Problems []string
	// Changed is called now and then while the person types, with the fields
	// up to date, so that what was typed can be saved and judged.
	Changed func()
}

// Field returns the field of that key, nil when the screen has none.
func (s *Screen) Field(key string) *Field {
	for _, f := range s.Fields {
		if f.Key == key {
			return f
		}
	}
	return nil
}

// Text is what the field of that key says; see [Field.Text]. It is "" when the
// screen has no such field.
func (s *Screen) Text(key string) string {
	if f := s.Field(key); f != nil {
		return f.Text()
	}
	return ""
}

// edits reports whether the editor can be opened from a field.
func (s *Screen) edits(f *Field) bool { return !s.Short || s.Edits && f.Kind <= Lines }

// begin is the index of the field to begin with.
func (s *Screen) begin() int {
	if i := slices.IndexFunc(s.Fields, func(f *Field) bool { return f.Key == s.Focus }); i >= 0 {
		return i
	}
	if i := slices.IndexFunc(s.Fields, func(f *Field) bool { return f.Value != "" && f.unreadable(f.Value) != "" }); i >= 0 {
		return i
	}
	return max(0, slices.IndexFunc(s.Fields, func(f *Field) bool { return !f.passed() }))
}

// FieldKind says how a field is answered.
type FieldKind int

// The kinds of fields. Those up to Lines are typed, the others chosen.
const (
	Line   FieldKind = iota // one line of text
	Lines                   // any number of lines of text
	Choice                  // one of the options
	Menu                    // one of the options, which are shown below each other
	Ticks                   // any number of the options
)

// Field is one question.
type Field struct {
	Kind    FieldKind
	Key     string
	Label   string
	Help    string // one line: what is asked for
	Options []Option
	// Value is what the person typed, or the value of the option that they
	// chose. In a Line or Lines that is empty, Default counts.
	Value string
	// Default is shown dim in an empty Line or Lines: it is the answer, unless the
	// person types another or clears it.
	Default string
	Cleared bool     // the person wants nothing of Default
	Ticked  []string // Ticks: the values that are ticked
	Free    bool     // Lines: one text, in which an empty line divides paragraphs
	// Passed says that enter goes past it: it is there to be seen, and its answer
	// mostly stays. Line by line it is asked all the same.
	Passed bool
	// Required reports whether an answer is needed; nil where none is. It is marked,
	// and asked for once more where it is left out.
	Required func() bool
	Max      int // the most characters of a Line, or of a line of Lines; 0 for any number
	// Lacks says what an answer that was given still lacks, "" when nothing.
	Lacks func(string) string
	// Read reports why the text cannot be understood at all, nil when it can.
	Read func(string) error
}

// Option is a choice.
type Option struct {
	Value string
	Label string
}

// Clear is what a person types, line by line, to empty a field that has a default.
const Clear = "."

// Text is what a Line, Lines, Choice or Menu says: what was typed, else the
// default; nothing when the person cleared it.
func (f *Field) Text() string {
	value := strings.TrimSpace(normaliseNewlines(f.Value))
	switch {
	case value == Clear && f.Kind <= Lines:
		return ""
	case value == "" && f.Cleared:
		return ""
	case value == "":
		return f.Default
	}
	return value
}

// Typed is Text without the default: "" when the person typed nothing.
func (f *Field) Typed() string {
	if strings.TrimSpace(f.Value) == "" {
		return ""
	}
	return f.Text()
}

// empty reports whether the person cleared the field, which leaving it alone is not.
func (f *Field) empty() bool {
	value := strings.TrimSpace(f.Value)
	return value == Clear || value == "" && f.Cleared
}

// grey is the answer that an empty field shows dim, "" for none.
func (f *Field) grey() string {
	if f.Kind > Lines || f.Value != "" || f.Cleared {
		return ""
	}
	return f.Default
}

// Has reports whether an option of Ticks is ticked.
func (f *Field) Has(value string) bool { return slices.Contains(f.Ticked, value) }

// mark is the label, with a mark where an answer is needed that is not there yet.
func (f *Field) mark() string {
	if f.Required != nil && (f.Default == "" || f.empty()) && f.Required() {
		return f.Label + " (required)"
	}
	return f.Label
}

// lacking says what the answer lacks, "" when nothing. It may be left so: the rules
// have the last word.
func (f *Field) lacking() string {
	if f.Kind > Lines {
		return ""
	}
	answer := f.Text()
	switch {
	case answer == "" && f.Required != nil && f.Required():
		if strings.HasSuffix(f.Label, "?") {
			return "an answer is required"
		}
		return text.OneLine(f.Label) + " is required"
	case answer == "":
		return ""
	}
	if over := f.over(answer); over > 0 {
		return text.Count(over, "character") + " too many, at most " + strconv.Itoa(f.Max)
	}
	if f.Lacks == nil {
		return ""
	}
	return f.Lacks(answer)
}

// over is by how many characters an answer, or a line of it, is too long.
func (f *Field) over(answer string) (over int) {
	if f.Max == 0 {
		return 0
	}
	for part := range strings.SplitSeq(answer, "\n") {
		over = max(over, utf8.RuneCountInString(part)-f.Max)
	}
	return over
}

// passed reports whether enter goes past the field.
func (f *Field) passed() bool { return f.Passed && f.lacking() == "" }

// needed is for a field that always needs an answer.
func needed() bool { return true }

// line returns a Line whose value is current where that is the person's own
// word, and which offers carried as its default.
func line(key, label, help, current, carried string) *Field {
	f := &Field{Kind: Line, Key: key, Label: label, Help: help, Default: carried}
	switch {
	case current == "" && carried != "":
		f.Cleared = true
	case current != carried:
		f.Value = current
	}
	return f
}

// require marks the field as one that needs an answer.
func (f *Field) require() *Field {
	f.Required = needed
	return f
}

// most sets how many characters the field takes.
func (f *Field) most(n int) *Field {
	f.Max = n
	return f
}

// pass has enter go past the field.
func (f *Field) pass() *Field {
	f.Passed = true
	return f
}

// choice returns a Choice out of values, with chosen as the first answer.
func choice(key, label, chosen string, values ...string) *Field {
	if chosen == "" {
		chosen = values[0]
	}
	f := &Field{Kind: Choice, Key: key, Label: label, Value: chosen}
	for _, value := range values {
		f.Options = append(f.Options, Option{value, strings.ReplaceAll(value, "_", " ")})
	}
	return f
}

// splitLines returns the lines of a text that say something.
func splitLines(typed string) []string {
	var lines []string
	for line := range strings.SplitSeq(normaliseNewlines(typed), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// splitNames returns the names in a list that people write with commas or
// spaces, without the @ that some put before a handle.
func splitNames(text string) []string {
	names := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' })
	for i := range names {
		names[i] = strings.TrimPrefix(names[i], "@")
	}
	return names
}

// splitPeople is splitNames for people, whose names may have a space in them where
// there are commas between them.
func splitPeople(text string) []string {
	if !strings.Contains(text, ",") {
		return splitNames(text)
	}
	var people []string
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimPrefix(strings.TrimSpace(name), "@"); name != "" {
			people = append(people, name)
		}
	}
	return people
}

// normaliseNewlines makes the line ends of Windows and of old pastes into \n.
// A terminal would show \r\n as two line ends.
func normaliseNewlines(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}
