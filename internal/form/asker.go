package form

import (
	"io"
	"os"

	"golang.org/x/term"
)

// NewAsker returns screens on the terminal that in and out are, or a Prompter:
// where lines are asked for, and in a window that is too small for screens.
func NewAsker(in io.Reader, out io.Writer, environ []string, lines bool) Asker {
	if lines || tooSmall(out) {
		return NewPrompter(in, out)
	}
	return NewTerminal(in, out, environ)
}

func tooSmall(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok {
		return true
	}
	width, height, err := term.GetSize(int(f.Fd()))
	return err != nil || width < minWidth || height < minHeight
}
