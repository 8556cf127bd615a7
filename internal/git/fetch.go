package git

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Shallow reports whether history is cut off somewhere.
func (r *Repo) Shallow() bool {
	edge, err := r.ShallowEdge()
	return err != nil || len(edge) > 0 // what cannot be read may say so
}

// Remotes returns the names of the configured remotes, sorted.
func (r *Repo) Remotes() ([]string, error) {
	c, err := r.LoadConfig()
	if err != nil {
		return nil, err
	}
	var names []string
	for name := range c.subsections("remote", "url") {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}

// RemoteURLs are the addresses of a remote: as they are configured, and each with what
// url.BASE.insteadOf puts in the place of its beginning.
func (r *Repo) RemoteURLs(remote string) ([]string, error) {
	c, err := r.LoadConfig()
	if err != nil {
		return nil, err
	}
	urls := slices.Concat(c["remote."+remote+".url"], c["remote."+remote+".pushurl"])
	for _, url := range urls {
		beginning, instead := "", ""
		for base, beginnings := range c.subsections("url", "insteadof") {
			for _, b := range beginnings {
				if strings.HasPrefix(url, b) && len(b) > len(beginning) {
					beginning, instead = b, base
				}
			}
		}
		if beginning != "" {
			urls = append(urls, instead+strings.TrimPrefix(url, beginning))
		}
	}
	return urls, nil
}

// RemoteBranch asks a remote for the commit of a branch, "" when it has none of
// that name.
func (r *Repo) RemoteBranch(ctx context.Context, remote, branch string) (string, error) {
	ref := "refs/heads/" + branch
	out, err := r.network(ctx, remote, "ls-remote", "--quiet", "--end-of-options", remote, ref)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(out) {
		// A pattern also matches names that end in it.
		if hash, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); name == ref {
			return hash, nil
		}
	}
	return "", nil
}

// MissingBranches asks a remote for its branches and returns the commits that
// are not here, sorted.
func (r *Repo) MissingBranches(ctx context.Context, remote string) ([]string, error) {
	out, err := r.network(ctx, remote, "ls-remote", "--quiet", "--heads", "--end-of-options", remote)
	if err != nil {
		return nil, err
	}
	var missing []string
	for line := range strings.Lines(out) {
		if hash, _, ok := strings.Cut(line, "\t"); ok && !r.HasCommit(hash) {
			missing = append(missing, hash)
		}
	}
	slices.Sort(missing)
	return slices.Compact(missing), nil
}

// Fetch brings commits from a remote and moves no reference. A shallow clone
// gets depth generations of their history, all of it for depth 0; a complete
// clone stays complete. want are full reference names or hashes. Credentials
// come from where git has them; nothing asks.
func (r *Repo) Fetch(ctx context.Context, remote string, depth int, want ...string) error {
	for _, name := range want {
		if strings.ContainsAny(name, ":*^") { // a refspec could move one
			return fmt.Errorf("fetch %q: not a reference or a hash", name)
		}
	}
	args := []string{"fetch", "--progress", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance"}
	switch {
	case !r.Shallow():
	case depth > 0:
		args = append(args, "--depth="+strconv.Itoa(depth))
	default:
		args = append(args, "--unshallow")
	}
	_, err := r.network(ctx, remote, append(append(args, "--end-of-options", remote), want...)...)
	return err
}
