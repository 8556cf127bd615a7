package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/spf13/cobra"
)

func newHookCmd(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hook",
		Short: "Be reminded of a handoff when you push",
		Long: `Be reminded of a handoff when you push. The pre-push hook says nothing until a
handoff is due: near the end of your shift, or after the commits or hours that
the configuration names under hook. It asks nobody and uses no network.`,
		Example: "  handoff hook install\n  handoff hook status",
		GroupID: groupSetup,
		Args:    oneOf("install", "uninstall", "status", "run"),
		RunE:    func(*cobra.Command, []string) error { return nil },
	}
	cmd.AddCommand(newHookInstallCmd(g), newHookUninstallCmd(g), newHookStatusCmd(g), newHookRunCmd(g))
	return cmd
}

type hookOptions struct {
	strict bool
	config bool
}

func newHookInstallCmd(g *globals) *cobra.Command {
	var o hookOptions
	cmd := &cobra.Command{
		Use:   "install",
		Short: "Add the reminder to the pre-push hook",
		Long: `Add the reminder to the pre-push hook that git runs here, wherever
core.hooksPath says it is. A shell script that is there already gets a marked
block behind its first line and keeps everything else. Hooks that husky,
lefthook or pre-commit write, or that are no shell scripts, are left alone; what
to add to them is printed. Without the program on the PATH, the hook does
nothing.`,
		Example: "  handoff hook install\n  handoff hook install --strict",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runHookInstall(cmd.Context(), g, o) },
	}
	cmd.Flags().BoolVar(&o.strict, "strict", false, "stop a push when a handoff is due")
	cmd.Flags().BoolVar(&o.config, "config", false, "set it up in git's configuration instead (git 2.54 or later)")
	return cmd
}

func newHookUninstallCmd(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:     "uninstall",
		Short:   "Take the reminder out again, and leave the hook as it was",
		Example: "  handoff hook uninstall",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runHookUninstall(cmd.Context(), g) },
	}
}

func newHookStatusCmd(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:     "status",
		Short:   "Show which hook reminds",
		Example: "  handoff hook status --json",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runHookStatus(cmd.Context(), g) },
	}
}

// hookDocument is what --json prints for the three commands that look after the
// hook.
type hookDocument struct {
	SchemaVersion int    `json:"schema_version"`
	Installed     bool   `json:"installed"`
	Strict        bool   `json:"strict"`
	Path          string `json:"path"`              // of the script
	Config        bool   `json:"config"`            // git runs it from its configuration
	Manager       string `json:"manager"`           // who writes the script, "" for nobody
	Changed       bool   `json:"changed"`           // by this command
	Why           string `json:"why,omitempty"`     // the script was left alone
	Snippet       string `json:"snippet,omitempty"` // what to add by hand
	Into          string `json:"into,omitempty"`    // the file to add it to
}

// hookPlace is the hook of a repository in both forms that it can have.
type hookPlace struct {
	repo   *store.Repo
	hook   *guard.Hook
	config bool // set up in git's configuration
	strict bool // as far as that is known
}

func findHook(ctx context.Context, g *globals) (*hookPlace, error) {
	repo, err := g.repository(ctx, g.Dir, g.Environ)
	if err != nil {
		return nil, err
	}
	dir, err := repo.HooksDir()
	if err != nil {
		return nil, err
	}
	p := &hookPlace{repo: repo}
	if p.hook, err = guard.FindHook(dir, repo.Worktree()); err != nil {
		return nil, err
	}
	commands, err := repo.Config(guard.ConfigSection + ".command")
	p.config = len(commands) > 0
	p.strict = p.hook.Form.Strict || p.config && commands[len(commands)-1] == guard.ConfigHook(true)[1][1]
	return p, err
}

func (p *hookPlace) document(changed bool) hookDocument {
	return hookDocument{
		SchemaVersion: 1, Installed: p.hook.Installed || p.config, Strict: p.strict, Path: p.hook.Path,
		Config: p.config, Manager: string(p.hook.Manager), Changed: changed, Why: p.hook.LeftAlone,
	}
}

func runHookInstall(ctx context.Context, g *globals, o hookOptions) error {
	place, err := findHook(ctx, g)
	if err != nil {
		return err
	}
	changed := false
	if o.config {
		changed, err = place.installConfig(ctx, o.strict)
	} else {
		changed, err = place.installScript(ctx, o.strict)
	}
	if err != nil {
		return g.leftAlone(place, err)
	}
	return g.printHook(ctx, changed, "installed")
}

// installScript adds the reminder to the script. One form is enough: the other
// is taken out.
func (p *hookPlace) installScript(ctx context.Context, strict bool) (bool, error) {
	changed, err := p.hook.Install(strict)
	if err != nil || !p.config {
		return changed, err
	}
	return true, p.repo.RemoveConfigSection(ctx, guard.ConfigSection)
}

// installConfig lets git run the reminder from its configuration.
func (p *hookPlace) installConfig(ctx context.Context, strict bool) (bool, error) {
	major, minor, err := p.repo.GitVersion(ctx)
	if err != nil {
		return false, err
	}
	if major < 2 || major == 2 && minor < 54 {
		return false, &hintedError{fmt.Errorf("git %d.%d: runs no hooks from its configuration, 2.54 does", major, minor), "handoff hook install"}
	}
	if p.config && p.strict == strict && !p.hook.Installed {
		return false, nil
	}
	if p.hook.Installed {
		if _, err := p.hook.Uninstall(); err != nil {
			return false, err
		}
	}
	return true, p.repo.SetConfig(ctx, guard.ConfigHook(strict)...)
}

func runHookUninstall(ctx context.Context, g *globals) error {
	place, err := findHook(ctx, g)
	if err != nil {
		return err
	}
	changed, err := place.hook.Uninstall()
	if err != nil {
		return g.leftAlone(place, err)
	}
	if place.config {
		changed = true
		if err := place.repo.RemoveConfigSection(ctx, guard.ConfigSection); err != nil {
			return err
		}
	}
	return g.printHook(ctx, changed, "taken out")
}

// leftAlone prints what to add to, or take out of, a hook that is somebody
// else's. The error stays one: the hook is not as it was asked for.
func (g *globals) leftAlone(place *hookPlace, err error) error {
	var foreign *guard.ForeignError
	if !errors.As(err, &foreign) {
		return err
	}
	if g.printer.structured() {
		doc := place.document(false)
		doc.Snippet, doc.Into = foreign.Snippet, foreign.Into
		if printErr := g.printer.document(doc); printErr != nil {
			return printErr
		}
	} else {
		g.printer.line("%s", foreign.Snippet)
	}
	hint := "the lines printed above do it; their place is " + foreign.Into
	if foreign.Into == "" {
		hint = "the lines printed above do it, in any shell script that the hook runs"
	}
	return &hintedError{err, hint}
}

// printHook prints how things are after a change.
func (g *globals) printHook(ctx context.Context, changed bool, done string) error {
	place, err := findHook(ctx, g)
	if err != nil {
		return err
	}
	doc := place.document(changed)
	if g.printer.structured() {
		return g.printer.document(doc)
	}
	if !changed {
		done = "nothing to do"
	}
	g.printer.line("%s: %s", g.shownPath(place), done)
	if top := place.repo.Worktree(); changed && doc.Installed && !doc.Config && isBelow(place.hook.Path, top) {
		g.note("the hook is in the work tree; commit it to remind everybody who uses it")
	}
	return nil
}

// isBelow reports whether a file is in a directory, the git directory of a work
// tree not counted.
func isBelow(file, dir string) bool {
	rel, err := filepath.Rel(dir, file)
	return dir != "" && err == nil && filepath.IsLocal(rel) && filepath.ToSlash(rel)[:min(len(rel), 5)] != ".git/"
}

// shownPath names the hook as the user would.
func (g *globals) shownPath(p *hookPlace) string {
	if p.config && !p.hook.Installed {
		return "git configuration, " + guard.ConfigSection
	}
	return g.shown(p.hook.Path)
}

func runHookStatus(ctx context.Context, g *globals) error {
	place, err := findHook(ctx, g)
	if err != nil {
		return err
	}
	doc := place.document(false)
	if g.printer.structured() {
		return g.printer.document(doc)
	}
	state := "not installed"
	switch {
	case doc.Installed && doc.Strict:
		state = "installed, strict"
	case doc.Installed:
		state = "installed"
	}
	g.printer.line("%s: %s", g.shownPath(place), state)
	if doc.Manager != "" {
		g.printer.line("%s writes this hook", doc.Manager)
	}
	return nil
}
