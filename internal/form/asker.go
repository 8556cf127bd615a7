package form

import (
	"io"
	"os"
	"slices"

	"golang.org/x/term"
)

// NewAsker returns screens on the terminal that in and out are, or a Prompter:
// when one is asked for with accessible or ACCESSIBLE, on a terminal that cannot
// move its cursor, and in a window that is too small for screens.
func NewAsker(in io.Reader, out io.Writer, environ []string, accessible bool) Asker {
	if accessible || setting(environ, "ACCESSIBLE") != "" || tooSimple(setting(environ, "TERM")) || tooSmall(out) {
		return NewPrompter(in, out)
	}
	return NewTerminal(in, out, environ)
}

func tooSimple(name string) bool { return name == "" || name == "dumb" }

func tooSmall(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok {
		return true
	}
	width, height, err := term.GetSize(int(f.Fd()))
	return err != nil || width < MinWidth || height < MinHeight
}

// setting is the value of an environment variable, "" when it is not set.
func setting(environ []string, name string) string {
	for _, entry := range slices.Backward(environ) {
		if len(entry) > len(name) && entry[:len(name)] == name && entry[len(name)] == '=' {
			return entry[len(name)+1:]
		}
	}
	return ""
}
