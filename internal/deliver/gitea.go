package deliver

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/text"
)

// gitea speaks the API of Gitea and Forgejo, version 1, as the swagger.v1.json has it
// that each instance serves. A title has at most 255 characters, a body no limit that
// is written down. A server gives 50 of a list at most, or fewer, as it is set up, and
// all comments of an issue at once. The API takes no key for what it makes, so a
// message is found again by its marker.
type gitea struct {
	github // references, logins and paths are alike
	owner  string
	repo   string
}

// newGitea opens a repository on Gitea or Forgejo: Host is that of the instance, or
// the URL of its API; Project is owner/name, Token one that may write issues and read
// repositories and the user.
func newGitea(c Config, o Outside) (Target, error) {
	if !isRepository(c.Project) {
		return nil, c.wrong("project: %q is not owner/name", c.Project)
	}
	s, web, err := forgeServer(c, o, "", "/api/v1")
	if err != nil {
		return nil, err
	}
	s.authorization = func(token string) string { return "token " + token }
	owner, repo, _ := strings.Cut(c.Project, "/")
	g := gitea{github{path: "/repos/" + c.Project, web: web, name: c.Project}, owner, repo}
	return &reviewedForge{forge{server: s, tracker: g, project: c.Project, web: web, limit: 65536, titleLimit: 255}, g.pull}, nil
}

func (g gitea) editIssue(n int, title, body string, done bool) call {
	fields := map[string]any{"title": title, "body": body}
	if done {
		fields["state"] = "closed"
	}
	return call{method: http.MethodPatch, path: g.issue(n), body: fields, again: true}
}

func (g gitea) issues(since time.Time, page int) call {
	query := url.Values{"state": {"all"}, "type": {"issues"}, "page": {strconv.Itoa(page)}}
	if !since.IsZero() {
		query.Set("since", since.UTC().Format(time.RFC3339))
	}
	return call{method: http.MethodGet, path: g.path + "/issues", query: query}
}

func (g gitea) comments(on thread, since time.Time, _ int) call {
	query := url.Values{}
	if !since.IsZero() {
		query.Set("since", since.UTC().Format(time.RFC3339))
	}
	return call{method: http.MethodGet, path: g.issue(on.number) + "/comments", query: query}
}

// isMachine: jobs act as a user of their own.
func (g gitea) isMachine(p post) bool {
	return p.by().name() == "gitea-actions" || p.by().name() == "forgejo-actions"
}

// link needs the number of the issue that blocks.
func (g gitea) link(blocked thread, number, _ any) call {
	body := map[string]any{"owner": g.owner, "repo": g.repo, "index": number}
	return call{method: http.MethodPost, path: g.issue(blocked.number) + "/dependencies", body: body}
}

func (g gitea) linked(blocked thread) call {
	return call{method: http.MethodGet, path: g.issue(blocked.number) + "/dependencies"}
}

// mention: a name has letters, digits, hyphens, underscores and dots.
func (g gitea) mention(account string) string {
	if !giteaLogin().MatchString(account) {
		return ""
	}
	return "@" + account
}

var giteaLogin = text.Pattern(`^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,38}[A-Za-z0-9])?$`)
