package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// configHook is a pre-push hook in git's configuration that calls the reminder.
// Several files may define it together, and another one switch it off.
type configHook struct {
	Name   string `json:"name"`  // "handoff", as in hook.handoff.command
	Scope  string `json:"scope"` // of its command: "system", "global", "local", "worktree", "command"
	Strict bool   `json:"strict"`
	Why    string `json:"why"` // git does not run it

	offIn string // the scope in which it is switched off, "" when git is too old
}

func (h configHook) runs() bool { return h.Why == "" }

// own reports whether it is one that hook install sets up.
func (h configHook) own() bool {
	return "hook."+h.Name == guard.ConfigSection && (h.Scope == "local" || h.Scope == "worktree")
}

// shown names the hook as the user would.
func (h configHook) shown() string {
	return fmt.Sprintf("git configuration (%s), hook.%s", h.Scope, text.OneLine(h.Name))
}

// elsewhere is the error about a hook that is not this repository's to change.
func (h configHook) elsewhere() error {
	section := text.ShellArgument("hook." + h.Name)
	hint := fmt.Sprintf("git config --%s --remove-section %s takes it out, git config %s.enabled false for this repository alone", h.Scope, section, section)
	if h.Scope == "command" {
		hint = "it comes with the environment, GIT_CONFIG_COUNT or git -c"
	}
	return &workspace.HintedError{Err: fmt.Errorf("%s: left alone, it is not set up by handoff hook install in this repository", h.shown()), Hint: hint}
}

// findConfigHooks looks for the reminder in git's configuration.
func (p *prePushHook) findConfigHooks(ctx context.Context) error {
	settings, err := p.repo.Settings(ctx, "hook")
	if err != nil {
		return err
	}
	p.configs = readConfigHooks(settings)
	if len(p.configs) > 0 {
		tooOld, err := p.gitTooOld(ctx)
		if err != nil {
			return err
		}
		for i := range p.configs {
			if h := &p.configs[i]; tooOld != "" {
				h.Why, h.offIn = tooOld, ""
			}
		}
	}
	p.config = slices.ContainsFunc(p.configs, configHook.runs)
	p.strict = p.script.Form.Strict || slices.ContainsFunc(p.configs, func(h configHook) bool { return h.runs() && h.Strict })
	return nil
}

// gitTooOld says that this git does not run hooks from its configuration, "" when
// it does.
func (p *prePushHook) gitTooOld(ctx context.Context) (string, error) {
	major, minor, err := p.repo.GitVersion(ctx)
	if err == nil && (major < 2 || major == 2 && minor < 54) {
		return fmt.Sprintf("git %d.%d runs no hooks from its configuration, 2.54 does", major, minor), nil
	}
	return "", err
}

// readConfigHooks finds the hooks that git would run before a push and that call
// the reminder, by the rules of git-hook(1): events add up until an empty one,
// of the others the last value counts.
func readConfigHooks(settings []git.Setting) []configHook {
	type definition struct {
		configHook
		event, called bool
	}
	var found []*definition
	eventOff := ""
	for _, s := range settings {
		key := strings.TrimPrefix(s.Key, "hook.")
		dot := strings.LastIndexByte(key, '.') // a name may hold some
		if dot < 0 {
			continue
		}
		name, key := key[:dot], key[dot+1:]
		if name == "pre-push" && key == "enabled" {
			eventOff = ""
			if s.IsFalse() {
				eventOff = s.Scope
			}
			continue
		}
		at := slices.IndexFunc(found, func(d *definition) bool { return d.Name == name })
		if at < 0 {
			at = len(found)
			found = append(found, &definition{configHook: configHook{Name: name}})
		}
		switch d := found[at]; key {
		case "event":
			d.event = s.Value == "pre-push" || s.Value != "" && d.event
		case "command":
			d.Scope = s.Scope
			d.called, d.Strict = guard.CallsReminder(s.Value)
		case "enabled":
			d.Why, d.offIn = "", ""
			if s.IsFalse() {
				d.Why, d.offIn = switchedOff("hook."+name, s.Scope), s.Scope
			}
		}
	}
	var hooks []configHook
	for _, d := range found {
		if !d.event || !d.called {
			continue
		}
		if eventOff != "" {
			d.Why, d.offIn = switchedOff("hook.pre-push", eventOff), eventOff
		}
		hooks = append(hooks, d.configHook)
	}
	return hooks
}

func switchedOff(section, scope string) string {
	return fmt.Sprintf("%s.enabled is false in the %s configuration", text.OneLine(section), scope)
}

// ownConfigHook reports whether this repository has the hook in its own
// configuration, run or not.
func (p *prePushHook) ownConfigHook() bool {
	return slices.ContainsFunc(p.configs, configHook.own)
}

// foreignConfigHook returns a hook that git runs and that is not this
// repository's to change, nil when there is none.
func (p *prePushHook) foreignConfigHook() *configHook {
	for i, h := range p.configs {
		if h.runs() && !h.own() {
			return &p.configs[i]
		}
	}
	return nil
}

// installConfig lets git run the reminder from its configuration.
func (p *prePushHook) installConfig(ctx context.Context, strict bool) (bool, error) {
	tooOld, err := p.gitTooOld(ctx)
	if err != nil {
		return false, err
	}
	if tooOld != "" {
		return false, &workspace.HintedError{Err: errors.New(tooOld), Hint: "handoff hook install"}
	}
	if p.config && p.strict == strict && !p.script.Installed {
		return false, nil
	}
	if p.script.Installed {
		if _, err := p.script.Uninstall(); err != nil {
			return false, err
		}
	}
	settings := guard.ConfigHook(strict)
	if slices.ContainsFunc(p.configs, func(h configHook) bool { return !h.runs() && "hook."+h.Name == guard.ConfigSection }) {
		settings = append(settings, [2]string{guard.ConfigSection + ".enabled", "true"})
	}
	if err := p.repo.SetConfig(ctx, settings...); err != nil {
		return false, err
	}
	if err := p.findConfigHooks(ctx); err != nil {
		return true, err
	}
	for _, h := range p.configs {
		if !h.runs() && "hook."+h.Name == guard.ConfigSection {
			return true, &workspace.HintedError{Err: fmt.Errorf("%s: set, but not run: %s", h.shown(), h.Why), Hint: "handoff hook install adds the reminder to a script"}
		}
	}
	return true, nil
}

// removeConfigHook takes what hook install has set up out of this repository. A
// switch that keeps a hook of another file off stays.
func (p *prePushHook) removeConfigHook(ctx context.Context) error {
	settings, err := p.repo.Settings(ctx, guard.ConfigSection)
	if err != nil {
		return err
	}
	off, others := false, false
	for _, s := range settings {
		local := s.Scope == "local" || s.Scope == "worktree"
		others = others || !local && strings.HasSuffix(s.Key, ".command")
		off = off || local && strings.HasSuffix(s.Key, ".enabled") && s.IsFalse()
	}
	for _, scope := range []string{"worktree", "local"} {
		if slices.ContainsFunc(settings, func(s git.Setting) bool { return s.Scope == scope }) {
			if err := p.repo.RemoveConfigSection(ctx, scope, guard.ConfigSection); err != nil {
				return err
			}
		}
	}
	if off && others {
		return p.repo.SetConfig(ctx, [2]string{guard.ConfigSection + ".enabled", "false"})
	}
	return nil
}

// lookAtConfigHooks names the hooks that git does not run, unless a script does
// their work or somebody wanted it so: a narrower configuration switches off what
// a wider one sets up.
func (d *doctor) lookAtConfigHooks(p *prePushHook) {
	if p.script.Installed || p.config {
		return
	}
	for _, h := range p.configs {
		if h.offIn == "" || h.offIn == h.Scope {
			d.found(problem{Path: h.shown(), Message: "git does not run this hook: " + h.Why, WayOut: "handoff hook install adds the reminder to a script, handoff hook uninstall ends this"})
		}
	}
}
