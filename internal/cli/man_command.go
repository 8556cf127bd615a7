package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// commandPage writes the page of a command, and of those below it.
func commandPage(r *roff, cmd *cobra.Command) {
	isRoot := !cmd.HasParent()
	below := cmd.Commands()
	if isRoot {
		below = nil // each has a page of its own
	}
	r.section("synopsis")
	for _, c := range slices.Concat([]*cobra.Command{cmd}, below) {
		synopsis(r, c)
	}
	if isRoot {
		r.line(".br\n%s", inBold("git handoff")+escaped(" [command] [flags]"))
	}
	r.section("description")
	describe(r, cmd)
	for _, alias := range cmd.Aliases {
		r.paragraph("handoff " + alias + " is the same.")
	}
	for _, sub := range below {
		r.sub(sub.CommandPath())
		describe(r, sub)
	}
	switch {
	case isRoot:
		commandList(r, cmd)
	case cmd.Name() == "query":
		r.section("topics")
		r.text(topicHelp())
	}
	r.section("options")
	options(r, cmd.LocalFlags())
	for _, sub := range below {
		if sub.LocalFlags().HasAvailableFlags() {
			r.sub("Of " + sub.CommandPath())
			options(r, sub.LocalFlags())
		}
	}
	if !isRoot {
		r.paragraph("handoff(1) has the options of every command, such as -C, --json and --as.")
	}
	r.section("exit status")
	r.text(strings.TrimPrefix(statusHelp, "Exit status:\n"))
	r.section("environment")
	r.text(environmentHelp)
	r.section("files")
	r.text(filesHelp)
	r.section("examples")
	example := cmd.Example
	for _, sub := range below {
		example += "\n" + sub.Example
	}
	r.text(example)
}

const filesHelp = `
.handoffs/  the records, one file each, by day; anybody reads them with git
.handoffs/config.yaml
            what the team has agreed on, see handoff-config(5)
$XDG_CONFIG_HOME/handoff/config.yaml
            what targets are, of the user's own
$GIT_DIR/handoff/
            drafts, notes, and an index that can be deleted`

// synopsis writes how a command is called, if it is.
func synopsis(r *roff, cmd *cobra.Command) {
	if !isCalled(cmd) {
		return
	}
	if !r.begun {
		r.line(".br")
	}
	name := cmd.CommandPath()
	r.line("%s", inBold(name)+escaped(strings.TrimPrefix(cmd.UseLine(), name)))
}

// describe writes what a command does.
func describe(r *roff, cmd *cobra.Command) {
	if cmd.Long == "" {
		r.paragraph(cmd.Short + ".")
		return
	}
	r.text(cmd.Long)
}

// commandList writes which commands there are, and which topics the help has.
func commandList(r *roff, root *cobra.Command) {
	r.section("commands")
	for _, group := range root.Groups() {
		r.sub(strings.TrimSuffix(group.Title, ":"))
		for _, cmd := range inGroup(root, group.ID) {
			r.item(inBold("handoff-"+cmd.Name())+"(1)", cmd.Short)
		}
	}
	r.sub("Topics of handoff help")
	for _, cmd := range root.Commands() {
		if cmd.IsAdditionalHelpTopicCommand() {
			r.item(inBold("handoff help "+cmd.Name()), cmd.Short)
		}
	}
}

// options writes the flags of a set that are not hidden.
func options(r *roff, flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		markRepeatable(f)
		value, usage := pflag.UnquoteUsage(f)
		term := inBold("--" + f.Name)
		if f.Shorthand != "" {
			term = inBold("-"+f.Shorthand) + ", " + term
		}
		switch {
		case value == "":
		case f.NoOptDefVal != "":
			term += "[=" + inItalics(value) + "]"
		default:
			term += " " + inItalics(value)
		}
		r.item(term, usage)
	})
}
