package git

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/git/gittest"
)

// tell lists refs, the foreign ones in parentheses, those of which only the user's
// records are read in brackets.
func tell(refs []Ref) string {
	var all []string
	for _, ref := range refs {
		name := strings.TrimPrefix(strings.TrimPrefix(ref.Name, "refs/heads/"), "refs/remotes/")
		switch {
		case ref.Only != nil:
			name = "[" + name + "]"
		case ref.Foreign:
			name = "(" + name + ")"
		}
		all = append(all, name)
	}
	return strings.Join(all, " ")
}

// Who is foreign depends on the configuration alone, and on who committed the tip.
func TestWhoseRefsAreRead(t *testing.T) {
	const heads, pulls = "+refs/heads/*:refs/remotes/origin/*", "+refs/pull/*/head:refs/remotes/origin/pr/*"
	for name, test := range map[string]struct {
		config []string // pairs
		refs   string   // that there are, but for main: by a stranger, with ! by the user
		scope  Scope
		want   string
	}{
		"no remote":       {nil, "heads/a remotes/x/y", Scope{}, "main a [x/y]"},
		"the only remote": {[]string{"remote.up.url", "u", "remote.up.fetch", "+refs/heads/*:refs/remotes/up/*"}, "remotes/up/main remotes/up/a remotes/x/y", Scope{}, "up/main main up/a [x/y]"},
		"origin of two":   {[]string{"remote.origin.url", "u", "remote.origin.fetch", heads, "remote.fork.url", "f", "remote.fork.fetch", "+refs/heads/*:refs/remotes/fork/*"}, "remotes/fork/a remotes/origin/b", Scope{}, "main origin/b [fork/a]"},
		"the remote of the default branch": {[]string{"remote.origin.url", "u", "remote.origin.fetch", heads, "remote.up.url", "f", "remote.up.fetch", "+refs/heads/*:refs/remotes/up/*", "branch.main.remote", "up", "branch.main.merge", "refs/heads/trunk"},
			"remotes/origin/a remotes/up/trunk remotes/up/b", Scope{}, "up/trunk main up/b [origin/a]"},
		"pull requests under origin": {[]string{"remote.origin.url", "u", "remote.origin.fetch", heads, "remote.origin.fetch", pulls}, "remotes/origin/pr/1 remotes/origin/a", Scope{}, "main origin/a [origin/pr/1]"},
		"on request":                 {[]string{"remote.origin.url", "u", "remote.origin.fetch", heads, "remote.origin.fetch", pulls}, "remotes/origin/pr/1", Scope{Foreign: true}, "main (origin/pr/1)"},
		"all refs of the remote":     {[]string{"remote.origin.url", "u", "remote.origin.fetch", "+refs/*:refs/remotes/origin/*"}, "remotes/origin/heads/a remotes/origin/pull/1/head", Scope{}, "main origin/heads/a [origin/pull/1/head]"},
		"one branch of the remote":   {[]string{"remote.origin.url", "u", "remote.origin.fetch", "+refs/heads/a:refs/remotes/origin/a"}, "remotes/origin/a remotes/origin/b", Scope{}, "main origin/a [origin/b]"},
		"another directory":          {[]string{"remote.origin.url", "u", "remote.origin.fetch", "+refs/heads/*:refs/remotes/there/*"}, "remotes/origin/a remotes/there/b", Scope{}, "main there/b [origin/a]"},
		"gh pr checkout":             {[]string{"remote.origin.url", "u", "branch.pr.remote", "origin", "branch.pr.merge", "refs/pull/1/head"}, "heads/pr", Scope{}, "main [pr]"},
		"follows a url":              {[]string{"remote.origin.url", "u", "branch.pr.remote", "https://example.com/x", "branch.pr.merge", "refs/heads/x"}, "heads/pr", Scope{}, "main [pr]"},
		"follows another remote":     {[]string{"remote.origin.url", "u", "remote.fork.url", "f", "branch.pr.remote", "fork", "branch.pr.merge", "refs/heads/x"}, "heads/pr", Scope{}, "main [pr]"},
		"the user's own tip":         {[]string{"remote.origin.url", "u", "remote.fork.url", "f", "branch.pr.remote", "fork", "branch.pr.merge", "refs/heads/x"}, "heads/pr!", Scope{Mine: []string{"ME@example.com"}}, "main pr"},
		"by the roster":              {[]string{"branch.pr.merge", "refs/pull/1/head"}, "heads/pr!", Scope{Mine: []string{"i@example.com"}, Roster: []string{"me@example.com"}}, "main pr"},
		"follows a local branch":     {[]string{"branch.a.remote", ".", "branch.a.merge", "refs/heads/main"}, "heads/a", Scope{}, "main a"},
		"current":                    {[]string{"remote.origin.url", "u", "remote.origin.fetch", heads, "remote.fork.url", "f"}, "heads/a heads/records remotes/origin/records remotes/fork/records", Scope{Current: true, Records: "records"}, "main origin/records records"},
		"the default of the user":    {[]string{"init.defaultBranch", "trunk"}, "heads/trunk heads/a", Scope{}, "trunk main a"},
	} {
		t.Run(name, func(t *testing.T) {
			r := gittest.Seeded(t)
			for pair := range slices.Chunk(test.config, 2) {
				r.Git("config", "--add", pair[0], pair[1])
			}
			for ref := range strings.FieldsSeq(test.refs) {
				name, own := strings.CutSuffix(ref, "!")
				email := "stranger@example.com"
				if own {
					email = "me@example.com"
				}
				r.Git("update-ref", "refs/"+name, r.Git("-c", "user.email="+email, "commit-tree", "HEAD^{tree}", "-m", ref))
			}
			refs, err := mustOpen(r).Refs(context.Background(), test.scope)
			if got := tell(refs); err != nil || got != test.want {
				t.Errorf("%s, %v, want %s", got, err, test.want)
			}
		})
	}
}

func TestMailmapKnowsAddresses(t *testing.T) {
	m := &mailmap{proper: make(map[[2]string]string)}
	m.add("# a <b> <c>\nAna <ana@new>  <ana@OLD>\nAna <ana@new> Only Ana <shared@x>\nBen <ben@x>\n<cleo@new> <cleo@old> # why\nbroken <a@b\n")
	for _, test := range [][3]string{
		{"", "ana@old", "ana@new"}, {"whoever", "Ana@old", "ana@new"}, {"only ana", "shared@x", "ana@new"},
		{"ben", "shared@x", "shared@x"}, {"", "ben@x", "ben@x"}, {"", "cleo@old", "cleo@new"}, {"", "c", "c"},
	} {
		if got := m.email(test[0], test[1]); got != test[2] {
			t.Errorf("%s <%s>: %s, want %s", test[0], test[1], got, test[2])
		}
	}
}
