package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// rootPage is the page of the program, under one of its two names.
func rootPage(root *cobra.Command, name, other string) manualPage {
	return manualPage{name: name, section: 1, also: []string{other}, short: root.Short, see: []string{"handoff-config(5)", "handoff-record(5)", "git(1)"}, body: func(r *roff) {
		r.section("synopsis")
		r.line(".B handoff\n.RI [ flags ]\n.I command\n.RI [ arguments ]\n.br\n.B git handoff\n.RI [ flags ]\n.I command\n.RI [ arguments ]")
		r.section("description")
		r.text(root.Long)
		r.section("commands")
		for _, group := range root.Groups() {
			r.sub(strings.TrimSuffix(group.Title, ":"))
			for _, cmd := range inGroup(root, group.ID) {
				r.item(`\fBhandoff\-`+escaped(cmd.Name())+`\fR(1)`, cmd.Short)
			}
		}
		r.section("options")
		r.paragraph("Every command takes these.")
		options(r, root.PersistentFlags())
		r.section("topics of the help")
		for _, cmd := range root.Commands() {
			if cmd.IsAdditionalHelpTopicCommand() {
				r.item(inBold("handoff help "+cmd.Name()), cmd.Short)
			}
		}
		outside(r)
		manExamples(r, root)
	}}
}

// commandPage is the page of a command, and of those below it.
func commandPage(cmd *cobra.Command) manualPage {
	page := manualPage{name: "handoff-" + cmd.Name(), section: 1, short: cmd.Short, see: []string{"handoff(1)"}}
	for _, other := range inGroup(cmd.Parent(), cmd.GroupID) {
		if other != cmd && cmd.GroupID != groupSetup {
			page.see = append(page.see, "handoff-"+other.Name()+"(1)")
		}
	}
	page.see = append(page.see, "handoff-config(5)", "handoff-record(5)")
	page.body = func(r *roff) {
		r.section("synopsis")
		synopsis(r, cmd)
		r.section("description")
		describe(r, cmd)
		for _, alias := range cmd.Aliases {
			r.paragraph("handoff " + alias + " is the same.")
		}
		for _, sub := range cmd.Commands() {
			r.sub(sub.CommandPath())
			describe(r, sub)
		}
		r.section("options")
		options(r, cmd.LocalFlags())
		for _, sub := range cmd.Commands() {
			if sub.LocalFlags().HasAvailableFlags() {
				r.sub("of " + sub.CommandPath())
				options(r, sub.LocalFlags())
			}
		}
		r.paragraph("The options of every command, " + globalNames(cmd.Root()) + ", are in handoff(1).")
		outside(r)
		manExamples(r, cmd)
	}
	return page
}

// inGroup are the commands of a group of the help.
func inGroup(parent *cobra.Command, group string) []*cobra.Command {
	var list []*cobra.Command
	for _, cmd := range parent.Commands() {
		if cmd.GroupID == group && (cmd.IsAvailableCommand() || cmd.Name() == "help") {
			list = append(list, cmd)
		}
	}
	return list
}

// synopsis writes how a command is called, and each of those below it.
func synopsis(r *roff, cmd *cobra.Command) {
	for _, c := range append([]*cobra.Command{cmd}, cmd.Commands()...) {
		if c != cmd {
			r.line(".br")
		}
		name, arguments, _ := strings.Cut(strings.TrimPrefix(c.UseLine(), c.CommandPath()), " ")
		r.line("%s", strings.TrimSpace(inBold(c.CommandPath()+name)+" "+escaped(arguments)))
	}
}

// describe writes what a command does.
func describe(r *roff, cmd *cobra.Command) {
	if cmd.Long == "" {
		r.paragraph(cmd.Short + ".")
		return
	}
	r.text(cmd.Long)
}

// options writes the flags of a set that are not hidden.
func options(r *roff, flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
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

// globalNames lists the flags that every command takes.
func globalNames(root *cobra.Command) string {
	var names []string
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return strings.Join(names, ", ")
}

// outside writes what a command says to, and takes from, the world around it.
func outside(r *roff) {
	r.section("exit status")
	_, table, _ := strings.Cut(statusHelp, "\n")
	r.text(table)
	r.section("environment")
	r.text(environmentHelp)
	r.section("files")
	for _, e := range programFiles {
		r.item(inBold(e.term), e.text)
	}
}

var programFiles = []definition{
	{".handoffs/", "the records, one file each, by day; anybody reads them with git"},
	{".handoffs/config.yaml", "what the team has agreed on: handoff-config(5)"},
	{"$XDG_CONFIG_HOME/handoff/config.yaml", "what targets are, of the user's own"},
	{"$GIT_DIR/handoff/", "drafts, notes, and an index that can be deleted"},
}

// manExamples writes the examples of a command and of those below it.
func manExamples(r *roff, cmd *cobra.Command) {
	r.section("examples")
	seen := make(map[string]bool)
	var lines []string
	for _, c := range append([]*cobra.Command{cmd}, cmd.Commands()...) {
		for line := range strings.SplitSeq(c.Example, "\n") {
			if c != cmd && (c.Parent() != cmd || !cmd.HasParent() || seen[line]) {
				continue
			}
			seen[line] = true
			lines = append(lines, strings.TrimPrefix(line, "  "))
		}
	}
	r.literal(lines...)
}
