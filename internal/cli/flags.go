package cli

import (
	"errors"
	"fmt"
	"strings"

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
	switch {
	case !l.split:
		*l.values = append(*l.values, value)
	case value != "":
		*l.values = append(*l.values, strings.Split(value, ",")...)
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
