package guard

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// The lines around what handoff adds to a hook. Everything between them is
// handoff's.
const (
	blockBegin = "# >>> handoff >>> added by `handoff hook install`, taken out by `handoff hook uninstall`"
	blockEnd   = "# <<< handoff <<<"
)

// Form is how the reminder is called from a hook script.
type Form struct {
	Strict bool // a push without a due handoff is stopped
	Shared bool // other commands of the script read the list of pushed refs from stdin
}

// Block returns the lines that call the reminder: nothing happens when the
// program is missing, and nothing that goes wrong in it stops a push unless
// strict.
func (f Form) Block() string {
	call, onError := "handoff hook run pre-push", "|| :"
	if f.Strict {
		call, onError = call+" --strict", "|| exit $?"
	}
	if f.Shared {
		call += " --no-stdin"
	}
	call += ` -- "$@"`
	if f.Shared {
		call += " </dev/null"
	}
	return strings.Join([]string{
		blockBegin,
		"if command -v handoff >/dev/null 2>&1; then",
		"  " + call + " " + onError,
		"fi",
		blockEnd,
	}, "\n")
}

// shebang is the first line of a hook that handoff writes.
const shebang = "#!/bin/sh"

// Script returns a whole hook that does nothing but call the reminder.
func Script(strict bool) []byte {
	return Insert([]byte(shebang+"\n"), Form{Strict: strict})
}

// Insert returns a shell script with the block of form right behind its first
// line, or in place of the block that it has. Nothing else changes: [Remove]
// gives the script back byte for byte, with or without a line end at its end.
func Insert(script []byte, form Form) []byte {
	script, _ = Remove(script)
	first := bytes.IndexByte(script, '\n')
	if first < 0 {
		first = len(script)
	}
	return slices.Concat(script[:first], []byte("\n"+form.Block()), script[first:])
}

// Remove returns a script without the block, and whether it had one.
func Remove(script []byte) ([]byte, bool) {
	begin, end, ok := findBlock(script)
	if !ok {
		return script, false
	}
	return slices.Concat(script[:begin], script[end:]), true
}

// findBlock returns where the block is, with the line end before it and without
// the one behind it.
func findBlock(script []byte) (begin, end int, ok bool) {
	begin = bytes.Index(script, []byte("\n"+blockBegin+"\n"))
	if begin < 0 {
		return 0, 0, false
	}
	length := bytes.Index(script[begin:], []byte("\n"+blockEnd))
	if length < 0 {
		return 0, 0, false
	}
	end = begin + length + len("\n"+blockEnd)
	return begin, end, end == len(script) || script[end] == '\n'
}

// onlyOurs reports whether a script is what [Script] writes, strict or not.
func onlyOurs(script []byte) bool {
	form, ok := installedForm(script)
	rest, _ := Remove(script)
	return ok && !form.Shared && string(rest) == shebang+"\n"
}

// installedForm returns the form of the block that a script has.
func installedForm(script []byte) (Form, bool) {
	begin, end, ok := findBlock(script)
	if !ok {
		return Form{}, false
	}
	block := script[begin:end]
	return Form{
		Strict: bytes.Contains(block, []byte(" --strict ")),
		Shared: bytes.Contains(block, []byte(" --no-stdin ")),
	}, true
}

// shells are the interpreters that read the block as it is meant.
var shells = []string{"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"}

// isShell reports whether the first line of a script names a shell. A line that
// ends in a carriage return does not: the block's lines would not.
func isShell(script []byte) bool {
	line, _, _ := bytes.Cut(script, []byte("\n"))
	command, ok := strings.CutPrefix(string(line), "#!")
	if !ok || strings.HasSuffix(command, "\r") {
		return false
	}
	words := strings.Fields(command)
	if len(words) > 0 && path.Base(words[0]) == "env" {
		words = words[1:]
		for len(words) > 0 && strings.HasPrefix(words[0], "-") {
			words = words[1:] // -S, -i
		}
	}
	return len(words) > 0 && slices.Contains(shells, strings.TrimSuffix(path.Base(words[0]), ".exe"))
}
