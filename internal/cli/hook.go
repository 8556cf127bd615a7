package cli

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/handoff-cli/handoff/internal/workspace"
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
	cmd.AddCommand(newHookInstallCmd(g), newHookRunCmd(g))
	for _, sub := range []struct {
		use, short, example string
		run                 func(context.Context, *globals) error
	}{
		{"uninstall", "Take the reminder out again, and leave the hook as it was", "  handoff hook uninstall", runHookUninstall},
		{"status", "Show which hook reminds", "  handoff hook status --json", runHookStatus},
	} {
		cmd.AddCommand(&cobra.Command{
			Use: sub.use, Short: sub.short, Example: sub.example, Args: noArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return sub.run(cmd.Context(), g) },
		})
	}
	return cmd
}

type hookOptions struct {
	strict bool
	config bool
	shared bool // a hook of other repositories as well is meant
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
nothing.

A core.hooksPath of your own configuration, or of the system's, is that of every
repository. It is asked whether that is meant; --shared-hooks says so.`,
		Example: "  handoff hook install\n  handoff hook install --strict",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runHookInstall(cmd.Context(), g, o) },
	}
	cmd.Flags().BoolVar(&o.strict, "strict", false, "stop a push when a handoff is due")
	cmd.Flags().BoolVar(&o.shared, "shared-hooks", false, "mean every repository, where core.hooksPath is of all")
	cmd.Flags().BoolVar(&o.config, "config", false, "set it up in git's configuration instead (git 2.54 or later)")
	return cmd
}

// hookDocument is what --json prints for the three commands that look after the
// hook.
type hookDocument struct {
	Installed bool   `json:"installed"`
	Strict    bool   `json:"strict"`
	Path      string `json:"path"`    // of the script
	Shared    bool   `json:"shared"`  // git runs the script in other repositories as well
	Config    bool   `json:"config"`  // git runs one from its configuration
	Manager   string `json:"manager"` // who writes the script, "" for nobody
	Changed   bool   `json:"changed"` // by this command
	Why       string `json:"why"`     // the script was left alone
	Snippet   string `json:"snippet"` // what to add by hand
	Into      string `json:"into"`    // the file to add it to

	ConfigHooks []configHook `json:"config_hooks"` // whether git runs them or not
}

// prePushHook is the hook of a repository in both forms that it can have.
type prePushHook struct {
	repo    *store.Repo
	script  *guard.Hook
	configs []configHook // set up in git's configuration
	config  bool         // git runs one of these
	strict  bool         // as far as that is known
	// shared is the scope of the core.hooksPath by which other repositories have
	// this script as well, "" when they do not.
	shared string
}

func findHook(ctx context.Context, g *globals) (*prePushHook, error) {
	repo, err := workspace.RepositoryOf(ctx, g.opening())
	if err != nil {
		return nil, err
	}
	dir, err := repo.HooksDir(ctx)
	if err != nil {
		return nil, err
	}
	p := &prePushHook{repo: repo}
	if p.script, err = guard.FindHook(dir, repo.Worktree()); err != nil {
		return nil, err
	}
	if p.shared, err = repo.HooksShared(ctx); err != nil {
		return nil, err
	}
	return p, p.findConfigHooks(ctx)
}

func (p *prePushHook) document(changed bool) hookDocument {
	return hookDocument{
		Installed: p.script.Installed || p.config, Strict: p.strict, Path: p.script.Path, Shared: p.shared != "",
		Config: p.config, ConfigHooks: p.configs, Manager: string(p.script.Manager), Changed: changed, Why: p.script.LeftAlone,
	}
}

func runHookInstall(ctx context.Context, g *globals, o hookOptions) error {
	hook, err := findHook(ctx, g)
	if err != nil {
		return err
	}
	if err := hook.mustMean(ctx, g, o); err != nil {
		return err
	}
	changed := false
	if o.config {
		changed, err = hook.installConfig(ctx, o.strict)
	} else {
		changed, err = hook.installScript(ctx, o.strict)
	}
	if err != nil {
		return g.leftAlone(hook, err)
	}
	return g.printHook(ctx, changed, "installed")
}

// mustMean asks before a script is changed that other repositories have as well.
func (p *prePushHook) mustMean(ctx context.Context, g *globals, o hookOptions) error {
	changes := p.script.LeftAlone == "" && !(p.script.Installed && p.script.Form.Strict == o.strict)
	if o.config {
		changes = p.script.Installed // one form is enough
	}
	if p.shared == "" || o.shared || !changes {
		return nil
	}
	if !g.Interactive {
		return workspace.Usagef("add --shared-hooks if all of them are meant", "%s: %s", g.shown(p.script.Path), p.reach())
	}
	return g.ask(func(asker form.Asker) error {
		return form.Confirm(ctx, asker, "Change the hook of all of them?", []string{g.shown(p.script.Path) + ": " + p.reach()})
	})
}

// reach says whose repositories run a shared script.
func (p *prePushHook) reach() string {
	return "git runs it in every repository, not in this one only (core.hooksPath of git config --" + p.shared + ")"
}

// installScript adds the reminder to the script. One form is enough: the other
// is taken out.
func (p *prePushHook) installScript(ctx context.Context, strict bool) (bool, error) {
	if foreign := p.foreignConfigHook(); foreign != nil {
		if foreign.Strict == strict {
			return false, nil
		}
		return false, foreign.elsewhere()
	}
	changed, err := p.script.Install(strict)
	if err != nil || !p.ownConfigHook() {
		return changed, err
	}
	return true, p.removeConfigHook(ctx)
}

func runHookUninstall(ctx context.Context, g *globals) error {
	hook, err := findHook(ctx, g)
	if err != nil {
		return err
	}
	changed, err := hook.script.Uninstall()
	if err != nil {
		return g.leftAlone(hook, err)
	}
	if hook.ownConfigHook() {
		changed = true
		if err := hook.removeConfigHook(ctx); err != nil {
			return err
		}
	}
	if err := hook.findConfigHooks(ctx); err != nil {
		return err
	}
	if foreign := hook.foreignConfigHook(); foreign != nil {
		return foreign.elsewhere()
	}
	return g.printHook(ctx, changed, "taken out")
}

// leftAlone prints what to add to, or take out of, a hook that is somebody
// else's. The error stays one: the hook is not as it was asked for.
func (g *globals) leftAlone(hook *prePushHook, err error) error {
	foreign, ok := errors.AsType[*guard.ForeignError](err)
	if !ok {
		return err
	}
	if g.printer.structured() {
		doc := hook.document(false)
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
	return &workspace.HintedError{Err: err, Hint: hint}
}

// printHook prints how things are after a change.
func (g *globals) printHook(ctx context.Context, changed bool, done string) error {
	hook, err := findHook(ctx, g)
	if err != nil {
		return err
	}
	doc := hook.document(changed)
	return g.printer.print(doc, func() {
		if !changed {
			done = "nothing to do"
		}
		g.printer.line("%s: %s", g.shownPath(hook), done)
		if hook.shared != "" && changed && !doc.Config {
			g.note("%s", hook.reach())
		}
		if top := hook.repo.Worktree(); changed && doc.Installed && !doc.Config && isBelow(hook.script.Path, top) {
			g.note("the hook is in the work tree; commit it to remind everybody who uses it")
		}
	})
}

// isBelow reports whether a file is in a directory, the git directory of a work
// tree not counted.
func isBelow(file, dir string) bool {
	rel, err := filepath.Rel(dir, file)
	return dir != "" && err == nil && filepath.IsLocal(rel) && filepath.ToSlash(rel)[:min(len(rel), 5)] != ".git/"
}

// shownPath names the hook as the user would.
func (g *globals) shownPath(p *prePushHook) string {
	if i := slices.IndexFunc(p.configs, configHook.runs); i >= 0 && !p.script.Installed {
		return p.configs[i].shown()
	}
	return g.shown(p.script.Path)
}

func runHookStatus(ctx context.Context, g *globals) error {
	hook, err := findHook(ctx, g)
	if err != nil {
		return err
	}
	doc := hook.document(false)
	return g.printer.print(doc, func() {
		if hook.script.Installed || !hook.config {
			g.printer.line("%s: %s", g.shown(hook.script.Path), hookState(hook.script.Installed, hook.script.Form.Strict))
		}
		for _, h := range hook.configs {
			if h.runs() {
				g.printer.line("%s: %s", h.shown(), hookState(true, h.Strict))
			} else {
				g.printer.line("%s: not run, %s", h.shown(), h.Why)
			}
		}
		if doc.Manager != "" {
			g.printer.line("%s writes this hook", doc.Manager)
		}
		if doc.Shared && doc.Installed && !doc.Config {
			g.printer.line("%s", hook.reach())
		}
	})
}

// hookState says in a word or two how a hook is.
func hookState(installed, strict bool) string {
	switch {
	case installed && strict:
		return "installed, strict"
	case installed:
		return "installed"
	}
	return "not installed"
}
