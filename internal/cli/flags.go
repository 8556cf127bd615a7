package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flagProblem says what is wrong with a flag, in the words of the command line.
func flagProblem(err error) string {
	var invalid *pflag.InvalidValueError
	if !errors.As(err, &invalid) {
		return err.Error()
	}
	wanted := "not a number"
	if invalid.GetFlag().Value.Type() == "bool" {
		wanted = "say true or false, or nothing"
	}
	return fmt.Sprintf("--%s %s: %s", invalid.GetFlag().Name, invalid.GetValue(), wanted)
}

// flagGroupProblem names the flags that exclude each other. The error of cobra
// names the whole group instead.
func flagGroupProblem(cmd *cobra.Command, err error) string {
	given := make(map[string][]string)
	cmd.Flags().Visit(func(f *pflag.Flag) {
		for _, group := range f.Annotations["cobra_annotation_mutually_exclusive"] {
			given[group] = append(given[group], "--"+f.Name)
		}
	})
	for _, names := range given {
		if len(names) > 1 {
			return "give one of " + strings.Join(names, ", ")
		}
	}
	return err.Error()
}

// listFlag is the value of a flag that may be given more than once, or once
// with commas where split is set. Those of pflag set up a CSV writer each, at
// the start of every command.
type listFlag struct {
	values *[]string
	split  bool
	given  bool // the default is replaced
}

// listVar defines a flag whose values are taken whole.
func listVar(f *pflag.FlagSet, values *[]string, name, usage string) {
	f.Var(&listFlag{values: values}, name, usage)
}

// commaListVar defines a flag whose values may also be joined by commas.
func commaListVar(f *pflag.FlagSet, values *[]string, name, usage string) {
	f.Var(&listFlag{values: values, split: true}, name, usage)
}

// Set is called once for every time that the flag is given.
func (l *listFlag) Set(value string) error {
	if !l.given {
		*l.values, l.given = nil, true
	}
	if l.split {
		*l.values = append(*l.values, strings.Split(value, ",")...)
	} else {
		*l.values = append(*l.values, value)
	}
	return nil
}

// String is the default in the help.
func (l *listFlag) String() string {
	if l.values == nil {
		return ""
	}
	return strings.Join(*l.values, ",")
}

// Type is the word for a value in the help, where the usage names none.
func (l *listFlag) Type() string { return "strings" }

// emptyIsNone are the flags whose value may be empty, as a variable of a CI job
// is that nobody has set: it says none.
var emptyIsNone = []string{"skip-author", "skip-path", "skip-label"}

// checkEmpty refuses arguments and values of flags that are empty: they would
// say nothing, or mean whatever the command does without them, and mostly come
// from a variable that is not set.
func checkEmpty(cmd *cobra.Command, args []string) error {
	if name := commandName(cmd); name == "hook run" || strings.HasPrefix(name, cobra.ShellCompRequestCmd) {
		return nil // git's words, and a command line that is not complete
	}
	var empty []string
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if list, ok := f.Value.(*listFlag); ok && slices.Contains(emptyIsNone, f.Name) {
			*list.values = slices.DeleteFunc(*list.values, isBlank)
			return
		}
		if list, ok := f.Value.(*listFlag); ok && slices.ContainsFunc(*list.values, isBlank) || f.Value.Type() == "string" && isBlank(f.Value.String()) {
			empty = append(empty, spelled(f))
		}
	})
	hint := "leave it out, or say what is meant: " + cmd.CommandPath() + " --help"
	if len(empty) > 0 {
		return workspace.Usagef(hint, "%s: the value is empty", strings.Join(empty, ", "))
	}
	if slices.ContainsFunc(args, isBlank) {
		return workspace.Usagef(hint, "%s: an argument is empty", commandName(cmd))
	}
	return nil
}

func isBlank(text string) bool { return strings.TrimSpace(text) == "" }

// spelled is a flag as people write it.
func spelled(f *pflag.Flag) string {
	if f.Name == "directory" {
		return "-" + f.Shorthand
	}
	return "--" + f.Name
}

// wantsJSON reports whether a command line asks for JSON whose flags could not
// all be read.
func wantsJSON(args []string) bool {
	wants := false
	for _, arg := range args {
		name, value, valued := strings.Cut(arg, "=")
		switch {
		case arg == "--":
			return wants
		case name == "--json":
			yes, err := strconv.ParseBool(value)
			wants = !valued || err == nil && yes
		}
	}
	return wants
}

// shaped splits the value of a flag at semicolons, as shape says how it is
// written. The parts with the numbers in said must not be empty.
func shaped(flag, value, shape string, said ...int) ([]string, error) {
	p := parts(value, strings.Count(shape, ";")+1)
	for _, n := range said {
		if p[n] == "" {
			return nil, workspace.Usagef("as in --"+flag+" "+text.ShellArgument(shape), "--%s %q: not of the form %q", flag, value, shape)
		}
	}
	return p, nil
}

// required refuses a command without the flags that it needs: their names, each
// with its value.
func required(command string, flags ...string) error {
	var missing []string
	for flag := range slices.Chunk(flags, 2) {
		if flag[1] == "" {
			missing = append(missing, flag[0])
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return workspace.Usagef("handoff "+command+" --help shows an example", "missing: %s", strings.Join(missing, " "))
}
