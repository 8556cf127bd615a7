package git

import (
	"context"
	"path/filepath"
)

// HooksShared returns the scope of the configuration, "global" or "system",
// whose core.hooksPath makes this repository share its hooks with others; "" when
// the hooks are its own. A relative path that stays in the work tree is: it names
// another directory in each repository.
func (r *Repo) HooksShared(ctx context.Context) (scope string, err error) {
	const key = "core.hookspath"
	c, err := r.LoadConfig()
	if err != nil {
		return "", err
	}
	set := ExpandHome(c.Get(key), r.Env)
	if set == "" || filepath.IsLocal(set) {
		return "", nil
	}
	settings, err := r.settingsLike(ctx, "^"+key+"$")
	if len(settings) < 2 { // the last one is our own command line's
		return "", err
	}
	if scope := settings[len(settings)-2].Scope; scope == "global" || scope == "system" {
		return scope, nil
	}
	return "", nil
}
