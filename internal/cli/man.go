package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
for .handoffs/config.yaml, record for the fields of records, or else that of
handoff itself. With --dir, all pages are written, each to a file of its name
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
			pages := manualPages(cmd.Root(), date)
			if dir != "" {
				return writeManual(g, pages, dir, args)
			}
			name := strings.Join(args, "")
			i := slices.IndexFunc(pages, func(p manualPage) bool { return p.isCalled(name) })
			if i < 0 {
				return workspace.Usagef("handoff --help lists the commands; config and record are pages as well", "no page on %q", name)
			}
			doc := manualDocument{Name: pages[i].name, Section: pages[i].section, Roff: pages[i].roff()}
			return g.printer.print(doc, func() { _, _ = g.output.Write([]byte(doc.Roff)) }) // output keeps the error
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "write all pages into the directory `DIR`, which is made if need be")
	return cmd
}

// manualDocument is what --json prints of a page.
type manualDocument struct {
	Name    string `json:"name"`
	Section int    `json:"section"`
	Roff    string `json:"roff"`
}

// manualFiles is what --json prints of --dir.
type manualFiles struct {
	Dir   string   `json:"dir"`
	Files []string `json:"files"`
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

func writeManual(g *globals, pages []manualPage, dir string, args []string) error {
	if len(args) > 0 {
		return workspace.Usagef("give one of them", "--dir writes all pages, and not only %s", args[0])
	}
	at := workspace.From(g.Dir, dir)
	if err := os.MkdirAll(at, 0o777); err != nil {
		return asNamed("--dir "+dir, err)
	}
	doc := manualFiles{Dir: dir}
	for _, p := range pages {
		if err := plainfile.Replace(filepath.Join(at, p.file()), 0o666, []byte(p.roff()), nil); err != nil {
			return asNamed("--dir "+dir, err)
		}
		doc.Files = append(doc.Files, p.file())
	}
	return g.printer.print(doc, func() { g.note("%d pages of the manual are in %s", len(doc.Files), dir) })
}

// manualPage is a page of the manual.
type manualPage struct {
	name    string // handoff-declare
	section int    // 1 for a command, 5 for a format
	short   string
	date    string
	also    []string // other names that the page has
	body    func(*roff)
	see     []string // other pages, as handoff-inbox(1)
}

func (p manualPage) file() string { return fmt.Sprintf("%s.%d", p.name, p.section) }

// isCalled reports whether somebody who says name means the page.
func (p manualPage) isCalled(name string) bool {
	return name == p.name || name == p.file() || "handoff-"+name == p.name || name == "" && p.name == "handoff"
}

// roff writes the page.
func (p manualPage) roff() string {
	r := new(roff)
	r.line(".TH %q %d %q handoff %q", strings.ToUpper(p.name), p.section, p.date, map[int]string{1: "User Commands", 5: "File Formats"}[p.section])
	r.line(".nh\n.ad l")
	r.section("name")
	r.line("%s", filled(escaped(strings.Join(append([]string{p.name}, p.also...), ", "))+` \- `+escaped(p.short)))
	p.body(r)
	r.section("see also")
	for i, page := range p.see {
		name, section, _ := strings.Cut(strings.TrimSuffix(page, ")"), "(")
		end := ","
		if i == len(p.see)-1 {
			end = ""
		}
		r.line(".BR %s (%s)%s", escaped(name), section, end)
	}
	return r.String()
}

// manualPages are all pages: of the program, of its commands, of its formats, and the
// one that `git handoff --help` opens.
func manualPages(root *cobra.Command, date string) []manualPage {
	pages := []manualPage{rootPage(root, "handoff", "git-handoff"), rootPage(root, "git-handoff", "handoff"), configPage(), recordPage()}
	for _, cmd := range root.Commands() {
		if !cmd.IsAdditionalHelpTopicCommand() {
			pages = append(pages, commandPage(cmd))
		}
	}
	for i := range pages {
		pages[i].date = date
	}
	return pages
}
