package git

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Config is the configuration that applies to a repository: for each key its
// values, the one that wins last. Keys are written as git prints them, section
// and variable in lower case, the subsection as it is.
type Config map[string][]string

// Get returns the value that wins, "" when there is none.
func (c Config) Get(key string) string {
	values := c[key]
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

// IsTrue reports whether key is set to a true value.
func (c Config) IsTrue(key string) bool {
	return parseBool(c.Get(key))
}

// subsections yields the subsections of a section that have a variable, with its
// values.
func (c Config) subsections(section, variable string) iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		for key, values := range c {
			name, has := strings.CutSuffix(key, "."+variable)
			name, is := strings.CutPrefix(name, section+".")
			if has && is && !yield(name, values) {
				return
			}
		}
	}
}

// parseBool reads a boolean as git does: "true", "yes", "on" and numbers other
// than 0. A key without a value has been given "true" by the readers.
func parseBool(value string) bool {
	switch strings.ToLower(value) {
	case "true", "yes", "on":
		return true
	}
	n, err := strconv.Atoi(value)
	return err == nil && n != 0
}

// parseFalse reports whether value is one that git reads as false.
func parseFalse(value string) bool {
	return slices.Contains([]string{"", "false", "no", "off", "0"}, strings.ToLower(value))
}

// Config returns all values of key in the order that git reads them: the last
// one wins. Files that are included are followed. No value is not an error.
func (r *Repo) Config(key string) ([]string, error) {
	c, err := r.LoadConfig()
	if err != nil {
		return nil, err
	}
	return c[canonicalKey(key)], nil
}

// Setting is one value in the configuration and where it comes from.
type Setting struct {
	Scope string // "system", "global", "local", "worktree", or "command" for the environment
	Key   string // as git prints it: "hook.handoff.event"
	Value string
}

// IsFalse reports whether git reads the value as false.
func (s Setting) IsFalse() bool { return parseFalse(s.Value) }

// Settings returns the values in a section and its subsections, in the order
// that git reads them.
func (r *Repo) Settings(ctx context.Context, section string) ([]Setting, error) {
	return r.settingsLike(ctx, "^"+regexp.QuoteMeta(section)+`\.`)
}

// settingsLike returns the values of the keys that match a regular expression.
func (r *Repo) settingsLike(ctx context.Context, pattern string) ([]Setting, error) {
	out, err := r.Git.Output(ctx, "config", "-z", "--show-scope", "--get-regexp", pattern)
	if failed, ok := errors.AsType[*Error](err); ok && failed.Status == 1 {
		return nil, nil // there is none
	}
	if err != nil {
		return nil, err
	}
	var settings []Setting
	fields := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	for pair := range slices.Chunk(fields, 2) {
		if len(pair) < 2 {
			return nil, fmt.Errorf("git config --show-scope: %q", out)
		}
		key, value, ok := strings.Cut(pair[1], "\n")
		if !ok {
			value = "true"
		}
		settings = append(settings, Setting{Scope: pair[0], Key: key, Value: value})
	}
	return settings, nil
}

// SetConfig sets keys in the configuration of this repository, in pairs of key
// and value, in their order.
func (r *Repo) SetConfig(ctx context.Context, pairs ...[2]string) error {
	for _, pair := range pairs {
		if _, err := r.Git.Output(ctx, "config", "--local", "--replace-all", pair[0], pair[1]); err != nil {
			return fmt.Errorf("%s: %w", pair[0], err)
		}
	}
	return nil
}

// RemoveConfigSection removes a section from the configuration of this
// repository, scope "local", or of this work tree, scope "worktree". It is no
// error when there is none.
func (r *Repo) RemoveConfigSection(ctx context.Context, scope, section string) error {
	_, err := r.Git.Output(ctx, "config", "--"+scope, "--remove-section", section)
	if failed, ok := errors.AsType[*Error](err); ok && strings.Contains(failed.Stderr, "no such section") {
		return nil
	}
	return err
}

// Editor returns the command with which git would open an editor, but for what
// the repository's own configuration names: GIT_EDITOR, core.editor, VISUAL,
// EDITOR, or the one that git was built with.
func (r *Repo) Editor(ctx context.Context) (string, error) {
	if command := r.Env.Get("GIT_EDITOR"); command != "" {
		return command, nil
	}
	command, err := r.userSetting(ctx, "core.editor")
	if err != nil || command != "" {
		return command, err
	}
	keys := []string{"VISUAL", "EDITOR"}
	if term := r.Env.Get("TERM"); term == "" || term == "dumb" {
		keys = keys[1:]
	}
	for _, key := range keys {
		if command := r.Env.Get(key); command != "" {
			return command, nil
		}
	}
	// Above all repositories, so that none has a say.
	cmd := r.Git.Command(ctx, "false", "var", "GIT_EDITOR")
	cmd.Dir = filepath.VolumeName(r.dir) + string(filepath.Separator)
	cmd.Env = append(cmd.Env, "GIT_DIR="+filepath.Join(r.dir, "handoff", "none"))
	out, err := RunCommand(ctx, cmd, "var", nil)
	return strings.TrimSpace(string(out)), err
}

// userSetting returns the value of key that wins in the user's and the system's
// configuration and in the environment, "" when none has it. What the
// repository's own configuration says does not count: it may have come with the
// repository.
func (r *Repo) userSetting(ctx context.Context, key string) (string, error) {
	settings, err := r.settingsLike(ctx, "^"+regexp.QuoteMeta(key)+"$")
	for _, s := range slices.Backward(settings) {
		if slices.Contains([]string{"system", "global", "command"}, s.Scope) {
			return s.Value, nil
		}
	}
	return "", err
}

// canonicalKey writes the section and the variable of a key in lower case.
func canonicalKey(key string) string {
	first, last := strings.IndexByte(key, '.'), strings.LastIndexByte(key, '.')
	if first < 0 {
		return strings.ToLower(key)
	}
	return strings.ToLower(key[:first]) + key[first:last] + strings.ToLower(key[last:])
}

// startConfig begins to read the configuration and returns how to get at it.
func startConfig(ctx context.Context, git Program) func() (Config, error) {
	var out []byte
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		out, err = git.Output(ctx, "config", "-z", "--list")
	}()
	return sync.OnceValues(func() (Config, error) {
		<-done
		return parseConfigList(out), err
	})
}

// parseConfigList reads the output of "git config -z --list": "key\nvalue\x00",
// or "key\x00" for a key without a value.
func parseConfigList(out []byte) Config {
	c := Config{}
	for entry := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		key, value, ok := strings.Cut(entry, "\n")
		if !ok {
			value = "true"
		}
		c[key] = append(c[key], value)
	}
	// These two come from our own command line.
	c.dropLast("core.fsmonitor")
	c.dropLast("core.hookspath")
	return c
}

// dropLast forgets the last value of key.
func (c Config) dropLast(key string) {
	if values := c[key]; len(values) > 0 {
		c[key] = values[:len(values)-1]
	}
}
