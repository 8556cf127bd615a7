package deliver

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/text"
)

// github speaks the REST API of GitHub, version 2022-11-28 (docs.github.com/rest), as
// its OpenAPI description has it. An issue's title has at most 256 characters, a body
// 65536. The API takes no key for what it makes, so a message is found again by its
// marker.
type github struct {
	path string // of the repository: /repos/owner/name
	web  string // the host that its pages are on: github.com
	name string // owner/name
}

// newGitHub opens a repository on GitHub: Project is owner/name, Token one that may
// write issues and read pull requests. Host is that of GitHub Enterprise as people
// type it ("github.example.com", "acme.ghe.com"), or the URL of an API.
func newGitHub(c Config, o Outside) (Target, error) {
	if !isRepository(c.Project) {
		return nil, c.wrong("project: %q is not owner/name", c.Project)
	}
	api, web, path := c, "", "/api/v3"
	switch {
	case c.Host == "" || c.Host == "github.com":
		api.Host, web, path = "api.github.com", "github.com", ""
	case strings.HasSuffix(c.Host, ".ghe.com") && !strings.Contains(c.Host, "/"):
		api.Host, web, path = "api."+c.Host, c.Host, ""
	}
	s, host, err := forgeServer(api, o, "", path)
	if err != nil {
		return nil, err
	}
	s.header["Accept"] = "application/vnd.github+json"
	s.header["X-GitHub-Api-Version"] = "2022-11-28"
	g := github{path: "/repos/" + c.Project, web: cmp.Or(web, host), name: c.Project}
	return &reviewedForge{forge{server: s, tracker: g, project: c.Project, web: g.web, limit: 65536, titleLimit: 256}, g.pull}, nil
}

// isRepository reports whether a project is owner/name.
func isRepository(project string) bool { return repositoryPattern().MatchString(project) }

var repositoryPattern = text.Pattern(`^[A-Za-z0-9_-][A-Za-z0-9_.-]*/[A-Za-z0-9_-][A-Za-z0-9_.-]*$|^[A-Za-z0-9_-][A-Za-z0-9_.-]*/\.[A-Za-z0-9_-][A-Za-z0-9_.-]*$`)

func (g github) createIssue(title, body string) call {
	return call{method: http.MethodPost, path: g.path + "/issues", body: map[string]any{"title": title, "body": body}}
}

func (g github) createComment(on thread, body string) call {
	return call{method: http.MethodPost, path: g.issue(on.number) + "/comments", body: map[string]any{"body": body}}
}

func (g github) editIssue(n int, title, body string, done bool) call {
	fields := map[string]any{"title": title, "body": body}
	if done {
		fields["state"], fields["state_reason"] = "closed", "completed"
	}
	return call{method: http.MethodPatch, path: g.issue(n), body: fields, again: true}
}

func (g github) editComment(c comment, body string) call {
	path := g.path + "/issues/comments/" + strconv.FormatInt(c.id, 10)
	return call{method: http.MethodPatch, path: path, body: map[string]any{"body": body}, again: true}
}

func (g github) issue(n int) string { return g.path + "/issues/" + strconv.Itoa(n) }

func (g github) issues(since time.Time, page int) call {
	query := sincePage(since, page)
	query.Set("state", "all")
	query.Set("sort", "created")
	return call{method: http.MethodGet, path: g.path + "/issues", query: query}
}

func (g github) comments(on thread, since time.Time, page int) call {
	return call{method: http.MethodGet, path: g.issue(on.number) + "/comments", query: sincePage(since, page)}
}

// sincePage is what GitHub asks for a page of a list of what changed at or after a
// time.
func sincePage(since time.Time, page int) url.Values {
	query := url.Values{"per_page": {perPage}, "page": {strconv.Itoa(page)}}
	if !since.IsZero() {
		query.Set("since", since.UTC().Format(time.RFC3339))
	}
	return query
}

func (g github) me() call { return call{method: http.MethodGet, path: "/user"} }

// isMachine: the token of a workflow or an app may not ask for /user; it is a Bot.
func (g github) isMachine(p post) bool { return p.by().Type == "Bot" }

// link needs the id of the issue that blocks, not its number ("Add a dependency an
// issue is blocked by").
func (g github) link(blocked thread, _, id any) call {
	path := g.issue(blocked.number) + "/dependencies/blocked_by"
	return call{method: http.MethodPost, path: path, body: map[string]any{"issue_id": id}}
}

func (g github) linked(blocked thread) call {
	query := url.Values{"per_page": {perPage}}
	return call{method: http.MethodGet, path: g.issue(blocked.number) + "/dependencies/blocked_by", query: query}
}

var githubPage = text.Pattern(`^/([^/]+/[^/]+)/(issues|pull|pulls)/([1-9][0-9]{0,8})$`)
var githubNumber = text.Pattern(`^(?:([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)?#|(?i:GH-))?([1-9][0-9]{0,8})$`)

func (g github) place(ref Ref) (thread, bool) { return placeOf(ref, g.web, g.name) }

// placeOf reads #12, 12, GH-12, owner/name#12 and the address of a page of GitHub or
// Gitea.
func placeOf(ref Ref, web, name string) (thread, bool) {
	pull := ref.Type == "pr"
	project, number := "", ""
	if u, err := url.Parse(ref.ID); err == nil && u.Host != "" {
		parts := githubPage().FindStringSubmatch(u.Path)
		if parts == nil || !strings.EqualFold(u.Host, web) {
			return thread{}, false
		}
		project, number, pull = parts[1], parts[3], parts[2] != "issues"
	} else if parts := githubNumber().FindStringSubmatch(ref.ID); parts != nil && (pull || ref.Type == "ticket") {
		project, number = parts[1], parts[2]
	}
	if number == "" || project != "" && !strings.EqualFold(project, name) {
		return thread{}, false
	}
	n, _ := strconv.Atoi(number) // digits that fit
	return thread{pull, n}, true
}

// mention: a login has letters, digits and hyphens, 39 at most.
func (g github) mention(account string) string {
	if !githubLogin().MatchString(account) {
		return ""
	}
	return "@" + account
}

var githubLogin = text.Pattern(`^[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?$`)

func (g github) page(comment) string { return "" }

// pull is a pull request below the API.
func (g github) pull(number int) string { return g.path + "/pulls/" + strconv.Itoa(number) }
