package store

import (
	"context"
	"path/filepath"
	"strings"
)

// HooksShared returns the scope of the configuration, "global" or "system",
// whose core.hooksPath makes this repository share its hooks with others; "" when
// the hooks are its own. A relative path that stays in the work tree is: it names
// another directory in each repository.
func (r *Repo) HooksShared(ctx context.Context) (scope string, err error) {
	const key = "core.hookspath"
	c, err := r.loadConfig()
	if err != nil {
		return "", err
	}
	set := expandHome(c.get(key), r.env)
	if set == "" || filepath.IsLocal(set) {
		return "", nil
	}
	out, err := r.git.output(ctx, "config", "-z", "--show-scope", "--get-all", key)
	if err != nil {
		return "", err
	}
	// Pairs of scope and value; the last one is our own command line's.
	fields := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	if len(fields) >= 4 {
		scope = fields[len(fields)-4]
	}
	if scope != "global" && scope != "system" {
		return "", nil
	}
	return scope, nil
}
