package deliver

import (
	"context"
	"net/http"
	"net/url"
	"slices"
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
	api, web := c, c.Host
	switch {
	case c.Host == "" || c.Host == "github.com":
		api.Host, web = "https://api.github.com", "github.com"
	case strings.Contains(c.Host, "://"):
		web = ""
	case strings.HasSuffix(c.Host, ".ghe.com"):
		api.Host = "api." + c.Host
	default:
		api.Host += "/api/v3"
	}
	base, err := api.base("")
	if err != nil {
		return nil, err
	}
	if web == "" {
		web = base.Host
	}
	if c.Token == nil {
		return nil, c.wrong("token: it is missing")
	}
	s := newServer(c, o, base)
	s.header["Accept"] = "application/vnd.github+json"
	s.header["X-GitHub-Api-Version"] = "2022-11-28"
	g := github{path: "/repos/" + c.Project, web: web, name: c.Project}
	return &githubTarget{forge{server: s, tracker: g, project: c.Project, limit: 65536, titleLimit: 256}}, nil
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
	fields := map[string]any{"title": title, "body": body, "state": "open"}
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
	query := url.Values{"per_page": {strconv.Itoa(perPage)}, "page": {strconv.Itoa(page)}}
	if !since.IsZero() {
		query.Set("since", since.UTC().Format(time.RFC3339))
	}
	return query
}

func (g github) me() call { return call{method: http.MethodGet, path: "/user"} }

// isMachine: the token of a workflow or an app may not ask for /user, and its posts
// are those of a Bot.
func (g github) isMachine(p post) bool { return p.by().Type == "Bot" }

// link needs the id of the issue that blocks, not its number ("Add a dependency an
// issue is blocked by").
func (g github) link(blocked thread, _, id any) call {
	path := g.issue(blocked.number) + "/dependencies/blocked_by"
	return call{method: http.MethodPost, path: path, body: map[string]any{"issue_id": id}, again: true}
}

func (g github) linked(blocked thread) call {
	query := url.Values{"per_page": {strconv.Itoa(perPage)}}
	return call{method: http.MethodGet, path: g.issue(blocked.number) + "/dependencies/blocked_by", query: query}
}

var githubPage = text.Pattern(`^/([^/]+/[^/]+)/(issues|pull)/([1-9][0-9]{0,8})$`)
var githubNumber = text.Pattern(`^(?:([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)?#|(?i:GH-))?([1-9][0-9]{0,8})$`)

// place reads #12, 12, GH-12, owner/name#12 and the address of a page.
func (g github) place(ref Ref) (thread, bool) {
	pull := ref.Type == "pr"
	project, number := "", ""
	if u, err := url.Parse(ref.ID); err == nil && u.Host != "" {
		parts := githubPage().FindStringSubmatch(u.Path)
		if parts == nil || !strings.EqualFold(u.Host, g.web) {
			return thread{}, false
		}
		project, number, pull = parts[1], parts[3], parts[2] == "pull"
	} else if parts := githubNumber().FindStringSubmatch(ref.ID); parts != nil && (pull || ref.Type == "ticket") {
		project, number = parts[1], parts[2]
	}
	if number == "" || project != "" && !strings.EqualFold(project, g.name) {
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

// githubTarget is a forge that also knows of reviews.
type githubTarget struct{ forge }

// Review counts the last yes or no of everybody who reviewed. GitHub tells how many
// approvals a branch needs to administrators only, so Of is how many people review.
func (t *githubTarget) Review(ctx context.Context, ref Ref) (Review, bool, error) {
	pull, ok := t.place(ref)
	if !ok || !pull.pull {
		return Review{}, false, nil
	}
	path := t.tracker.(github).path + "/pulls/" + strconv.Itoa(pull.number)
	var answer struct {
		State              string
		Draft, Merged      bool
		User               account
		RequestedReviewers []account               `json:"requested_reviewers"`
		RequestedTeams     []struct{ Slug string } `json:"requested_teams"`
	}
	if err := t.do(ctx, call{method: http.MethodGet, path: path}, &answer); err != nil {
		return Review{}, false, err
	}
	said := make(map[string]string) // their last yes or no, by login
	for page := 1; page <= mostPages; page++ {
		var reviews []struct {
			User  account
			State string
		}
		err := t.do(ctx, call{method: http.MethodGet, path: path + "/reviews", query: sincePage(time.Time{}, page)}, &reviews)
		if err != nil {
			return Review{}, false, err
		}
		for _, r := range reviews {
			if r.State != "COMMENTED" && r.State != "PENDING" && r.User.Login != answer.User.Login {
				said[r.User.Login] = r.State
			}
		}
		if len(reviews) < perPage {
			break
		}
	}
	var waiting []string
	for _, r := range answer.RequestedReviewers {
		waiting = append(waiting, r.Login)
		delete(said, r.Login) // asked again: what they said was about something else
	}
	for _, r := range answer.RequestedTeams {
		waiting = append(waiting, "team:"+r.Slug)
	}
	return count(reviewState(answer.State, answer.Draft, answer.Merged), said, "APPROVED", waiting), true, nil
}

// reviewState is the state of a pull request in our words.
func reviewState(state string, draft, merged bool) string {
	switch {
	case merged:
		return "merged"
	case state != "open":
		return "closed"
	case draft:
		return "draft"
	}
	return "open"
}

// count makes a review of what each reviewer said last, yes being how they approve.
// A reviewer who was dismissed said nothing.
func count(state string, said map[string]string, yes string, waiting []string) Review {
	r := Review{State: state, WaitingOn: slices.Compact(slices.Sorted(slices.Values(waiting)))}
	for _, word := range said {
		switch word {
		case yes:
			r.Approvals++
			r.Of++
		case "CHANGES_REQUESTED", "REQUEST_CHANGES":
			r.Of++
		}
	}
	r.Of += len(r.WaitingOn)
	return r
}
