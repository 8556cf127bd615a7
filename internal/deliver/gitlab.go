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

// gitlab speaks the REST API of GitLab, version 4 (docs.gitlab.com/api/rest). A title
// has at most 255 characters, a description or a note 1048576. That an issue is blocked
// by another one is of the paid tiers; elsewhere the receipt notes that it was refused.
// The API takes no key for what it makes, so a message is found again by its marker.
type gitlab struct {
	path    string // of the project: /projects/group%2Fname
	web     string // the host that its pages are on
	pages   string // where they begin: https://gitlab.com
	project string // group/name
}

// newGitLab opens a project on GitLab: Project is its whole path, group/sub/name,
// Token one of scope api. Host is that of the instance, gitlab.com where it is empty,
// or the URL of its API.
func newGitLab(c Config, o Outside) (Target, error) {
	if !gitlabProject().MatchString(c.Project) {
		return nil, c.wrong("project: %q is not group/name", c.Project)
	}
	s, web, err := forgeServer(c, o, "gitlab.com", "/api/v4")
	if err != nil {
		return nil, err
	}
	pages := strings.TrimSuffix(s.base.String(), "/api/v4")
	g := gitlab{path: "/projects/" + url.PathEscape(c.Project), web: web, pages: pages, project: c.Project}
	return &gitlabTarget{forge{server: s, tracker: g, project: c.Project, web: web, limit: 1 << 20, titleLimit: 255}}, nil
}

var gitlabProject = text.Pattern(`^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$`)

// on is an issue or a merge request below the API.
func (g gitlab) on(t thread) string {
	if t.pull {
		return g.path + "/merge_requests/" + strconv.Itoa(t.number)
	}
	return g.path + "/issues/" + strconv.Itoa(t.number)
}

func (g gitlab) createIssue(title, body string) call {
	return call{method: http.MethodPost, path: g.path + "/issues", body: map[string]any{"title": title, "description": body}}
}

func (g gitlab) createComment(on thread, body string) call {
	return call{method: http.MethodPost, path: g.on(on) + "/notes", body: map[string]any{"body": body}}
}

func (g gitlab) editIssue(n int, title, body string, done bool) call {
	fields := map[string]any{"title": title, "description": body}
	if done {
		fields["state_event"] = "close"
	}
	return call{method: http.MethodPut, path: g.on(thread{number: n}), body: fields, again: true}
}

func (g gitlab) editComment(c comment, body string) call {
	path := g.on(c.thread) + "/notes/" + strconv.FormatInt(c.id, 10)
	return call{method: http.MethodPut, path: path, body: map[string]any{"body": body}, again: true}
}

func (g gitlab) issues(since time.Time, page int) call {
	query := url.Values{"per_page": {perPage}, "page": {strconv.Itoa(page)}, "order_by": {"created_at"}, "sort": {"desc"}, "scope": {"all"}}
	if !since.IsZero() {
		query.Set("created_after", since.UTC().Format(time.RFC3339))
	}
	return call{method: http.MethodGet, path: g.path + "/issues", query: query}
}

func (g gitlab) comments(on thread, _ time.Time, page int) call {
	query := url.Values{"per_page": {perPage}, "page": {strconv.Itoa(page)}, "order_by": {"created_at"}, "sort": {"desc"}}
	return call{method: http.MethodGet, path: g.on(on) + "/notes", query: query}
}

func (g gitlab) me() call { return call{method: http.MethodGet, path: "/user"} }

// isMachine: the token of a job may not write issues, so nothing was made by one.
func (g gitlab) isMachine(post) bool { return false }

func (g gitlab) link(blocked thread, number, _ any) call {
	body := map[string]any{"target_project_id": g.project, "target_issue_iid": number, "link_type": "is_blocked_by"}
	return call{method: http.MethodPost, path: g.on(blocked) + "/links", body: body}
}

func (g gitlab) linked(blocked thread) call {
	return call{method: http.MethodGet, path: g.on(blocked) + "/links"}
}

var (
	gitlabPage = text.Pattern(`^/(.+)/-/(issues|work_items|merge_requests)/([1-9][0-9]{0,8})$`)
)

// place reads #12, !12, 12, group/name#12, group/name!12 and the address of a page.
func (g gitlab) place(ref Ref) (thread, bool) {
	if u, err := url.Parse(ref.ID); err == nil && u.Host != "" {
		parts := gitlabPage().FindStringSubmatch(u.Path)
		if parts == nil || !strings.EqualFold(u.Host, g.web) || !strings.EqualFold(parts[1], g.project) {
			return thread{}, false
		}
		return threadOf(parts[2] == "merge_requests", parts[3])
	}
	project, sign, number := "", "", ref.ID
	if at := strings.LastIndexAny(ref.ID, "#!"); at >= 0 {
		project, sign, number = ref.ID[:at], ref.ID[at:at+1], ref.ID[at+1:]
	}
	if project != "" && !strings.EqualFold(project, g.project) || ref.Type != "pr" && ref.Type != "ticket" {
		return thread{}, false
	}
	return threadOf(sign == "!" || ref.Type == "pr", number)
}

// threadOf reads the number of a thread.
func threadOf(pull bool, number string) (thread, bool) {
	n, err := strconv.Atoi(number)
	return thread{pull, n}, err == nil && 0 < n && n < 1e9
}

// mention: a name has letters, digits, hyphens, underscores and dots; @all is
// everybody.
func (g gitlab) mention(account string) string {
	if !gitlabLogin().MatchString(account) || strings.EqualFold(account, "all") {
		return ""
	}
	return "@" + account
}

var gitlabLogin = text.Pattern(`^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,253}[A-Za-z0-9_-])?$`)

// page: GitLab tells where an issue is, and not where a note is.
func (g gitlab) page(c comment) string {
	kind := "issues"
	if c.pull {
		kind = "merge_requests"
	}
	page := g.pages + "/" + g.project + "/-/" + kind + "/" + strconv.Itoa(c.number)
	if c.id != 0 {
		page += "#note_" + strconv.FormatInt(c.id, 10)
	}
	return page
}

// gitlabTarget is a forge that also knows of approvals.
type gitlabTarget struct{ forge }

// Review counts approvals as GitLab does: of those that the project requires, or else
// of the people who were asked.
func (t *gitlabTarget) Review(ctx context.Context, ref Ref) (Review, bool, error) {
	on, ok := t.place(ref)
	if !ok || !on.pull {
		return Review{}, false, nil
	}
	path := t.tracker.(gitlab).on(on)
	var request struct {
		State string
		Draft bool
	}
	var approvals struct {
		Required   int                      `json:"approvals_required"`
		ApprovedBy []struct{ User account } `json:"approved_by"`
	}
	var reviewers []struct {
		User  account
		State string
	}
	for _, ask := range []struct {
		path   string
		answer any
	}{{"", &request}, {"/approvals", &approvals}, {"/reviewers", &reviewers}} {
		if err := t.do(ctx, call{method: http.MethodGet, path: path + ask.path}, ask.answer); err != nil {
			return Review{}, false, err
		}
	}
	said, waiting := make(map[string]bool), make(map[string]bool)
	for _, r := range reviewers {
		switch r.State {
		case "requested_changes":
			said[r.User.Username] = false
		case "unreviewed", "review_started":
			waiting[r.User.Username] = true
		}
	}
	for _, a := range approvals.ApprovedBy {
		said[a.User.Username] = true
		delete(waiting, a.User.Username)
	}
	state := request.State
	if slices.Contains([]string{"opened", "locked"}, state) { // locked while it is merged
		state = "open"
	}
	review := count(reviewState(state, request.Draft, state == "merged"), said, waiting)
	if approvals.Required > 0 {
		review.Of = approvals.Required
	}
	return review, true, nil
}
