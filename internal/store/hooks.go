package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// HooksDir returns the directory from which git runs the hooks of this
// repository: core.hooksPath, or hooks in the directory that all worktrees
// share. It need not exist. Absolute.
func (r *Repo) HooksDir() (string, error) {
	c, err := r.loadConfig()
	if err != nil {
		return "", err
	}
	set := expandHome(c.get("core.hookspath"), r.env)
	if set == "" {
		return filepath.Join(r.common, "hooks"), nil
	}
	// A relative path begins where git runs hooks (git-config(1)).
	return absoluteFrom(cmp.Or(r.worktree, r.dir), set), nil
}

// SetConfig sets keys in the configuration of this repository, in pairs of key
// and value.
func (r *Repo) SetConfig(ctx context.Context, pairs ...[2]string) error {
	if !r.git.installed() {
		return errNoGit
	}
	for _, pair := range pairs {
		if _, err := r.git.output(ctx, "config", "--local", pair[0], pair[1]); err != nil {
			return fmt.Errorf("%s: %w", pair[0], err)
		}
	}
	return nil
}

// RemoveConfigSection removes a section from the configuration of this
// repository. It is no error when there is none.
func (r *Repo) RemoveConfigSection(ctx context.Context, section string) error {
	if !r.git.installed() {
		return errNoGit
	}
	_, err := r.git.output(ctx, "config", "--local", "--remove-section", section)
	if failed, ok := errors.AsType[*gitError](err); ok && strings.Contains(failed.Stderr, "no such section") {
		return nil
	}
	return err
}

// GitVersion returns the major and minor version of the git program, zeros when
// there is none.
func (r *Repo) GitVersion(ctx context.Context) (major, minor int, err error) {
	if !r.git.installed() {
		return 0, 0, nil
	}
	out, err := r.git.output(ctx, "version")
	if err != nil {
		return 0, 0, err
	}
	fields := strings.Fields(string(out)) // git version 2.39.5 (Apple Git-154)
	if len(fields) < 3 {
		return 0, 0, fmt.Errorf("git version: %q", out)
	}
	numbers := strings.SplitN(fields[2], ".", 3)
	if len(numbers) >= 2 {
		major, err = strconv.Atoi(numbers[0])
		if err == nil {
			minor, err = strconv.Atoi(numbers[1])
		}
	}
	return major, minor, err
}
