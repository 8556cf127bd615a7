package cli

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/plainfile"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

func newManCmd(g *globals) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:    "man [page]",
		Short:  "Print a page of the manual, or write all of them",
		Hidden: true,
		Long: `Print a page of the manual in the language of man(7): that of a command, config
for .handoffs/config.yaml, record for the fields of records, rules, or else that
of handoff itself. With --dir, all pages are written, each to a file of its name
and section: handoff-declare.1, handoff-config.5.

The same program writes the same pages. They carry the date that the variable
SOURCE_DATE_EPOCH has, in seconds, or none.`,
		Example: "  handoff man declare > handoff-declare.1\n  handoff man --dir pages",
		GroupID: groupSetup,
		Args:    maxArgs(1, "one page"),
		RunE: func(cmd *cobra.Command, args []string) error {
			date, err := sourceDate(g.Getenv("SOURCE_DATE_EPOCH"))
			if err != nil {
				return err
			}
			pages := manualPages(cmd.Root())
			if dir != "" {
				return writeManual(g, pages, date, dir, args)
			}
			name := "handoff"
			if len(args) > 0 {
				name = args[0]
			}
			for _, p := range pages {
				if name == p.name || name == p.file() || "handoff-"+name == p.name {
					_, err := g.output.Write([]byte(p.roff(date)))
					return err
				}
			}
			return workspace.Usagef("handoff --help lists the commands; config, record and rules are pages as well", "no page on %q", name)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "write all pages into the directory `DIR`, which is made if need be")
	return cmd
}

// sourceDate is the day of SOURCE_DATE_EPOCH, "" where that is not set.
func sourceDate(epoch string) (string, error) {
	if epoch == "" {
		return "", nil
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return "", workspace.Usagef("it is a number of seconds since 1970", "SOURCE_DATE_EPOCH %s: not a time", epoch)
	}
	return time.Unix(seconds, 0).UTC().Format(time.DateOnly), nil
}

func writeManual(g *globals, pages []manualPage, date, dir string, args []string) error {
	if len(args) > 0 {
		return workspace.Usagef("give one of them", "--dir writes all pages, and not only %s", args[0])
	}
	at := workspace.From(g.Dir, dir)
	if err := os.MkdirAll(at, 0o777); err != nil {
		return asNamed("--dir "+dir, err)
	}
	for _, p := range pages {
		if err := plainfile.Replace(filepath.Join(at, p.file()), 0o666, []byte(p.roff(date)), nil); err != nil {
			return asNamed("--dir "+dir, err)
		}
	}
	g.note("%d pages of the manual are in %s", len(pages), dir)
	return nil
}

// manualPage is a page of the manual: of a command, or where there is none of a
// format.
type manualPage struct {
	name    string // handoff-declare
	section int    // sectionCommands, sectionFormats
	short   string
	cmd     *cobra.Command
	text    func(*roff) // of a format
}

// The sections of the manual.
const (
	sectionCommands = 1
	sectionFormats  = 5
)

// manualPages are all pages: of the program under both of its names, so that
// `git handoff --help` finds one, of its commands, and of its formats.
func manualPages(root *cobra.Command) []manualPage {
	pages := []manualPage{
		{name: "handoff", section: sectionCommands, short: root.Short, cmd: root},
		{name: "git-handoff", section: sectionCommands, short: root.Short, cmd: root},
		{name: "handoff-config", section: sectionFormats, short: "What a team can configure, and somebody for themselves", text: configPage},
		{name: "handoff-rules", section: sectionFormats, short: "The rules that a record is checked against", text: rulesPage},
		{name: "handoff-record", section: sectionFormats, short: "The fields of records", text: recordPage},
	}
	for _, cmd := range root.Commands() {
		if !cmd.IsAdditionalHelpTopicCommand() {
			pages = append(pages, manualPage{name: "handoff-" + cmd.Name(), section: sectionCommands, short: cmd.Short, cmd: cmd})
		}
	}
	return pages
}

func (p *manualPage) file() string { return p.name + "." + strconv.Itoa(p.section) }

// roff writes the page, with the day that it carries, "" for none.
func (p *manualPage) roff(date string) string {
	r := new(roff)
	volume := "User Commands"
	if p.section == sectionFormats {
		volume = "File Formats"
	}
	r.line(".TH %q %d %q handoff %q\n.nh\n.ad l", strings.ToUpper(p.name), p.section, date, volume)
	r.section("name")
	names := p.name
	switch names {
	case "handoff":
		names = "handoff, git-handoff"
	case "git-handoff":
		names = "git-handoff, handoff"
	}
	r.line("%s", filled(escaped(names)+` \- `+escaped(p.short)))
	if p.cmd == nil {
		p.text(r)
	} else {
		commandPage(r, p.cmd)
	}
	r.section("see also")
	for _, page := range p.seeAlso() {
		r.line(".BR %s", page)
	}
	return r.b.String()
}

// seeAlso lists the pages that are near.
func (p *manualPage) seeAlso() []string {
	see := []string{`handoff (1),`}
	switch {
	case p.cmd == nil:
		see = append(see, `handoff\-check (1),`, `handoff\-init (1),`, `handoff\-schema (1),`)
	case !p.cmd.HasParent():
		see = see[:0]
	case p.cmd.GroupID != groupSetup:
		for _, other := range inGroup(p.cmd.Parent(), p.cmd.GroupID) {
			if other != p.cmd {
				see = append(see, escaped("handoff-"+other.Name())+" (1),")
			}
		}
	}
	for _, format := range []string{"handoff-config", "handoff-record", "handoff-rules"} {
		if format != p.name {
			see = append(see, escaped(format)+" (5),")
		}
	}
	return append(see, "git (1)")
}
