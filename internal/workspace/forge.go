package workspace

import (
	"net/url"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// Forge is where people read the repository in a browser. The zero Forge is nowhere.
type Forge struct {
	Path string // of the repository: "acme/payments"

	host     string
	software software
}

// software is how a kind of forge shows files: behind the address of the repository, what
// stands before the name of a branch, or the hash of a commit, and the path.
type software struct{ name, branch, commit string }

// forges are known by their host, or by a part of its name: gitlab.example.com.
var forges = []software{
	{"github", "/blob/", "/blob/"}, {"gitlab", "/-/blob/", "/-/blob/"}, {"bitbucket.org", "/src/", "/src/"},
	{"gitea", "/src/branch/", "/src/commit/"}, {"forgejo", "/src/branch/", "/src/commit/"}, {"codeberg.org", "/src/branch/", "/src/commit/"},
}

// scpAddress matches the short form of an address for ssh: git@github.com:acme/payments.git.
var scpAddress = text.Pattern(`^(?:[A-Za-z0-9._-]+@)?([A-Za-z0-9.-]+):([^/:].*)$`)

// forgePath matches the path of a repository that means nothing else in an address.
var forgePath = text.Pattern(`^[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)+$`)

// Forge reads from the address of the remote where people look at the repository. What
// else stands in that address, such as a name and a token, is left out.
func (ws *Workspace) Forge() (Forge, error) {
	remote := ""
	if up, ok, err := ws.Upstream(); err != nil {
		return Forge{}, err
	} else if ok {
		remote = up.Remote
	} else if remotes, err := ws.Remotes(); err != nil {
		return Forge{}, err
	} else if slices.Contains(remotes, "origin") {
		remote = "origin" // a job has no branch checked out, and this remote
	}
	values, err := ws.Config("remote." + remote + ".url")
	if remote == "" || err != nil || len(values) == 0 {
		return Forge{}, err
	}
	return forgeAt(values[0]), nil
}

func forgeAt(address string) Forge {
	host, path := "", ""
	if m := scpAddress().FindStringSubmatch(address); m != nil && !strings.Contains(address, "://") {
		host, path = m[1], m[2]
	} else if u, err := url.Parse(address); err == nil && slices.Contains([]string{"https", "http", "ssh", "git"}, u.Scheme) {
		host, path = u.Hostname(), u.Path
	}
	host = strings.ToLower(host)
	path = strings.TrimSuffix(strings.Trim(path, "/"), ".git")
	if parts := strings.Split(path, "/"); !forgePath().MatchString(path) || slices.Contains(parts, "..") || slices.Contains(parts, ".") {
		return Forge{}
	}
	for _, known := range forges {
		if host == known.name || slices.Contains(strings.Split(host, "."), known.name) {
			return Forge{path, host, known}
		}
	}
	return Forge{}
}

// File is the address of the file of a record, on the branch on which it is: it is never
// changed there. It is "" where no forge is known, and for what strangers have.
func (f Forge) File(s handoff.Source) string {
	if f.host == "" || s.Path == "" || s.Foreign {
		return ""
	}
	at := f.software.commit + s.Commit
	if branch, ok := branchOf(s.Ref); ok {
		at = f.software.branch + escaped(branch)
	}
	return "https://" + f.host + "/" + f.Path + at + "/" + escaped(s.Path)
}

// branchOf is the branch of a remote, or of this clone, that a ref is.
func branchOf(ref string) (string, bool) {
	if name, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
		return name, true
	}
	if name, ok := strings.CutPrefix(ref, "refs/remotes/"); ok {
		_, branch, ok := strings.Cut(name, "/")
		return branch, ok
	}
	return "", false
}

// escaped is a path in an address.
func escaped(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/")
}
