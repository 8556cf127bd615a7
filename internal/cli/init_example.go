package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/examples"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/plainfile"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The configuration of an example names people who do not work here. So init leaves it in
// the work tree, beside what it writes for a CI service, and commits nothing: once
// somebody has put their own people in and committed that, init again makes the rest of
// them.

// exampleList says a line for each example.
func exampleList() string {
	var list strings.Builder
	list.WriteString("say which team is most like yours:")
	for _, name := range examples.Starts {
		about, _, _ := examples.Start(name)
		fmt.Fprintf(&list, "\n  %-14s %s", name, about)
	}
	return list.String()
}

// exampleNames offers the examples.
func exampleNames(*cursor) (list []offer) {
	for _, name := range examples.Starts {
		about, _, _ := examples.Start(name)
		list = append(list, offer{name, about})
	}
	return list
}

// exampleFlagError lists the examples where the flag has no value.
func exampleFlagError(cmd *cobra.Command, err error) error {
	if missing, ok := errors.AsType[*pflag.ValueRequiredError](err); ok && missing.GetSpecifiedName() == "example" {
		return workspace.Usagef(exampleList(), "%s", flagProblem(err))
	}
	return cmd.Root().FlagErrorFunc()(cmd, err)
}

// exampleConfig is the configuration of the example that is meant, nil for none. Where
// there is one that is not the example, that stays, and the example is only shown.
func (o initOptions) exampleConfig(ws *workspace.Workspace) (*examples.File, error) {
	if o.example == "" {
		return nil, ownConfigCommitted(ws)
	}
	_, data, known := examples.Start(o.example)
	switch {
	case !known:
		return nil, workspace.Usagef(exampleList(), "--example %s: there is no such example", text.OneLine(o.example))
	case o.people != nil || o.teams != nil || o.branch != "":
		return nil, workspace.Usagef("leave them out, and edit the file that it writes", "--example says itself who works there: --person, --team and --branch do not go with it")
	case ws.Worktree() == "":
		return nil, workspace.Usagef("", "--example: there is no work tree to write to")
	}
	file := &examples.File{Path: ws.ConfigFile(), Data: data}
	if o.dryRun {
		return file, nil
	}
	there, same, err := configHere(ws, data)
	if err == nil && (ws.HasConfig || there && !same) {
		err = workspace.Usagef("handoff init --example "+o.example+" --dry-run shows the example: take over what fits you", "%s is there already", file.Path)
	}
	return file, err
}

// ownConfigCommitted refuses to go on beside a configuration that nobody has committed.
func ownConfigCommitted(ws *workspace.Workspace) error {
	if ws.HasConfig || ws.Worktree() == "" {
		return nil
	}
	there, _, err := configHere(ws, nil)
	if err == nil && there {
		err = &workspace.HintedError{Err: fmt.Errorf("%s: is there already, and not committed", ws.ConfigFile()),
			Hint: "handoff check " + ws.ConfigFile() + " judges it; commit it, then run handoff init again"}
	}
	return err
}

// configHere reports whether a configuration is in the work tree, and whether it is data.
func configHere(ws *workspace.Workspace, data []byte) (there, same bool, err error) {
	name := filepath.Join(ws.Worktree(), filepath.FromSlash(ws.ConfigFile()))
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, false, nil
	case err != nil || info.Size() != int64(len(data)):
		return true, false, err
	}
	read, err := plainfile.Read(name)
	return true, bytes.Equal(read, data), err
}

// printExample shows the configuration of an example, of which nothing was written.
func printExample(g *globals, example examples.File) error {
	doc := dryRun{DryRun: true, Files: []dryRunFile{{example.Path, string(example.Data)}}, Warnings: []handoff.Finding{}}
	err := g.printer.print(doc, func() {
		g.printer.line("# %s", example.Path)
		g.printer.line("%s", strings.TrimSuffix(string(example.Data), "\n"))
	})
	g.note("nothing was written")
	return err
}

// examplePeople says whom somebody who takes an example has to replace.
func examplePeople(g *globals, ws *workspace.Workspace, example []byte) {
	c, _ := config.Parse(example)
	handles := slices.DeleteFunc(c.Handles(), func(handle string) bool { return slices.Contains(c.People[handle].Emails, robot) })
	if shown := 3; len(handles) > shown {
		handles = append(handles[:shown], fmt.Sprintf("%d more", len(handles)-shown))
	}
	g.note("the people in %s are examples: %s", ws.ConfigFile(), text.And(handles))
	g.note("put yours in their place, with their addresses, zones and hours; then")
	g.note("  handoff check %s   says who is named and not there", ws.ConfigFile())
	g.note("commit it, and run handoff init again for a README and templates of your team")
}
