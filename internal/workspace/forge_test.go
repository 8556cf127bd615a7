package workspace

import (
	"testing"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// A forge is known by its host, however the address of the remote is written, and of
// that address nothing else gets anywhere.
func TestForge(t *testing.T) {
	for address, want := range map[string]string{
		"https://github.com/acme/payments.git":                "https://github.com/acme/payments/blob/main/.handoffs/a%20b.yaml",
		"https://github.com/acme/payments/":                   "https://github.com/acme/payments/blob/main/.handoffs/a%20b.yaml",
		"git@github.com:acme/payments.git":                    "https://github.com/acme/payments/blob/main/.handoffs/a%20b.yaml",
		"ssh://git@GitHub.com:22/acme/payments":               "https://github.com/acme/payments/blob/main/.handoffs/a%20b.yaml",
		"https://x-access-token:s3cr3t@github.acme.com/a/b":   "https://github.acme.com/a/b/blob/main/.handoffs/a%20b.yaml",
		"https://gitlab-ci-token:s3cr3t@gitlab.com/a/b/c.git": "https://gitlab.com/a/b/c/-/blob/main/.handoffs/a%20b.yaml",
		"git@codeberg.org:acme/payments.git":                  "https://codeberg.org/acme/payments/src/branch/main/.handoffs/a%20b.yaml",
		"https://gitea.acme.com/acme/payments.git":            "https://gitea.acme.com/acme/payments/src/branch/main/.handoffs/a%20b.yaml",
		"git@bitbucket.org:acme/payments.git":                 "https://bitbucket.org/acme/payments/src/main/.handoffs/a%20b.yaml",
		"https://git.acme.com/acme/payments.git":              "",
		"https://notgithub.com/acme/payments.git":             "",
		"https://github.com.evil.example/../acme":             "",
		"/srv/git/payments.git":                               "",
		`C:\git\github.com\payments`:                          "",
		"file:///github.com/acme/payments":                    "",
		"https://github.com/acme":                             "",
		"https://github.com/acme/pay%22ments":                 "",
		"git@github.com:acme/<script>":                        "",
		"ext::sh -c 'github.com:acme/payments'":               "",
		"javascript://github.com/acme/payments":               "",
		"":                                                    "",
	} {
		if got := forgeAt(address).File(handoff.Source{Path: ".handoffs/a b.yaml", Ref: "refs/remotes/origin/main", Commit: "c0ffee"}); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
	f := forgeAt("https://gitea.com/acme/payments")
	for _, c := range []struct {
		source handoff.Source
		want   string
	}{
		{handoff.Source{Path: "r.yaml", Ref: "refs/heads/fix/#1"}, "https://gitea.com/acme/payments/src/branch/fix/%231/r.yaml"},
		{handoff.Source{Path: "r.yaml", Ref: "HEAD", Commit: "c0ffee"}, "https://gitea.com/acme/payments/src/commit/c0ffee/r.yaml"},
		{handoff.Source{Path: "r.yaml", Ref: "refs/remotes/fork/main", Foreign: true}, ""},
		{handoff.Source{}, ""},
	} {
		if got := f.File(c.source); got != c.want {
			t.Errorf("%+v: %q, want %q", c.source, got, c.want)
		}
	}
}
