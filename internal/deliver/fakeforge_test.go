package deliver

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/deliver/delivertest"
)

// fakeForge keeps issues and comments in memory: 45 that are older, and what comes.
type fakeForge struct {
	mu     sync.Mutex
	posts  []fakePost
	linked map[int][]int64 // by number of the blocked issue, ids
	me     string          // "" for a token that may not ask
}

type fakePost struct {
	ID      int64
	Issue   int // number
	Comment bool
	Title   string
	Body    string
	State   string
	Login   string
	Type    string
	At      time.Time
}

func newFakeForge() *fakeForge {
	f := &fakeForge{linked: make(map[int][]int64), me: "handoff-bot"}
	for number := 1; number <= 45; number++ {
		f.posts = append(f.posts, fakePost{ID: int64(1000 + number), Issue: number, Title: "older", State: "open", Login: "ana-gh", Type: "User", At: testNow.Add(-time.Hour * 48)})
	}
	return f
}

// add makes a post by a login, "" for that of the token.
func (f *fakeForge) add(p fakePost) fakePost {
	p.ID = int64(1001 + len(f.posts))
	if !p.Comment {
		for _, other := range f.posts {
			p.Issue = max(p.Issue, other.Issue+1)
		}
		p.State = "open"
	}
	if p.Login == "" {
		p.Login, p.Type = f.me, "User"
	}
	if p.Login == "" {
		p.Login, p.Type = "github-actions[bot]", "Bot"
	}
	p.At = testNow
	f.posts = append(f.posts, p)
	return p
}

// made are the posts that came.
func (f *fakeForge) made() []fakePost {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.posts[45:])
}

// find is the issue of a number, or the comment of an id.
func (f *fakeForge) find(comment bool, n string) *fakePost {
	for i := range f.posts {
		p := &f.posts[i]
		if p.Comment == comment && (comment && strconv.FormatInt(p.ID, 10) == n || !comment && strconv.Itoa(p.Issue) == n) {
			return p
		}
	}
	return nil
}

// list are the posts of a page that are kept, as encode writes them.
func (f *fakeForge) list(r *http.Request, size int, keep func(fakePost) bool, encode func(fakePost) map[string]any) []any {
	since, _ := time.Parse(time.RFC3339, r.URL.Query().Get("since"))
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	all := []any{}
	for _, p := range f.posts {
		if keep(p) && !p.At.Before(since) {
			all = append(all, encode(p))
		}
	}
	from := min(max(page-1, 0)*size, len(all))
	return all[from:min(from+size, len(all))]
}

func isIssue(p fakePost) bool { return !p.Comment }

func isCommentOn(n string) func(fakePost) bool {
	return func(p fakePost) bool { return p.Comment && strconv.Itoa(p.Issue) == n }
}

func (f *fakeForge) blockers(n int, encode func(fakePost) map[string]any) []any {
	all := []any{}
	for _, p := range f.posts {
		if slices.Contains(f.linked[n], p.ID) {
			all = append(all, encode(p))
		}
	}
	return all
}

func (f *fakeForge) handler(mux http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		mux.ServeHTTP(w, r)
	})
}

func serveGitHub(t *testing.T) (http.Handler, func() int) {
	f := newFakeForge()
	return f.github(t), func() int { return len(f.made()) }
}

// github answers as the description of GitHub has it.
func (f *fakeForge) github(t *testing.T) http.Handler {
	mux := http.NewServeMux()
	const repo = "/repos/acme/shop"
	mux.HandleFunc("GET /user", func(w http.ResponseWriter, _ *http.Request) {
		if f.me == "" {
			jot(w, 403, map[string]any{"message": "Resource not accessible by integration", "documentation_url": "https://docs.github.com/rest"})
			return
		}
		jot(w, 200, githubPrivateUser(f.me))
	})
	mux.HandleFunc("GET "+repo+"/issues/{n}/dependencies/blocked_by", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.PathValue("n"))
		jot(w, 200, f.blockers(n, fakePost.github))
	})
	mux.HandleFunc("POST "+repo+"/issues/{n}/dependencies/blocked_by", func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			IssueID int64 `json:"issue_id"`
		}
		read(r, &body)
		n, _ := strconv.Atoi(r.PathValue("n"))
		if slices.Contains(f.linked[n], body.IssueID) {
			jot(w, 422, map[string]any{"message": "Validation Failed", "documentation_url": "https://docs.github.com/rest", "errors": []any{}})
			return
		}
		f.linked[n] = append(f.linked[n], body.IssueID)
		jot(w, 201, f.find(false, r.PathValue("n")).github())
	})
	f.posting(mux, repo, 100, fakePost.github)
	return checked(t, githubContract, "", f.handler(mux))
}

func serveGitea(t *testing.T) (http.Handler, func() int) {
	f := newFakeForge()
	return f.gitea(t), func() int { return len(f.made()) }
}

// gitea answers as the description of Forgejo has it, 20 of a list at most.
func (f *fakeForge) gitea(t *testing.T) http.Handler {
	mux := http.NewServeMux()
	const repo = "/api/v1/repos/acme/shop"
	mux.HandleFunc("GET /api/v1/user", func(w http.ResponseWriter, _ *http.Request) {
		if f.me == "" {
			jot(w, 403, map[string]any{"message": "token does not have at least one of required scope(s)"})
			return
		}
		jot(w, 200, map[string]any{"login": f.me, "id": 7})
	})
	mux.HandleFunc("GET "+repo+"/issues/{n}/dependencies", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.PathValue("n"))
		jot(w, 200, f.blockers(n, fakePost.gitea))
	})
	mux.HandleFunc("POST "+repo+"/issues/{n}/dependencies", func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Owner, Repo string
			Index       int
		}
		read(r, &body)
		n, _ := strconv.Atoi(r.PathValue("n"))
		blocking := f.find(false, strconv.Itoa(body.Index))
		if body.Owner+"/"+body.Repo != "acme/shop" || blocking == nil {
			jot(w, 404, map[string]any{"message": "IsErrIssueNotExist"})
			return
		}
		if slices.Contains(f.linked[n], blocking.ID) {
			jot(w, 423, map[string]any{"message": "dependency exists"}) // a real server says 500, which is not described
			return
		}
		f.linked[n] = append(f.linked[n], blocking.ID)
		jot(w, 201, f.find(false, r.PathValue("n")).gitea())
	})
	f.posting(mux, repo, 20, fakePost.gitea)
	return checked(t, forgejoContract, "", f.handler(mux))
}

// posting are the requests that GitHub and Gitea have in common.
func (f *fakeForge) posting(mux *http.ServeMux, repo string, size int, encode func(fakePost) map[string]any) {
	mux.HandleFunc("GET "+repo+"/issues", func(w http.ResponseWriter, r *http.Request) {
		jot(w, 200, f.list(r, size, isIssue, encode))
	})
	mux.HandleFunc("GET "+repo+"/issues/{n}/comments", func(w http.ResponseWriter, r *http.Request) {
		if size < 100 {
			size = 1000 // Gitea gives all of them
		}
		jot(w, 200, f.list(r, size, isCommentOn(r.PathValue("n")), encode))
	})
	mux.HandleFunc("POST "+repo+"/issues", func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Title, Body string }
		read(r, &body)
		jot(w, 201, encode(f.add(fakePost{Title: body.Title, Body: body.Body})))
	})
	mux.HandleFunc("POST "+repo+"/issues/{n}/comments", func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Body string }
		read(r, &body)
		n, _ := strconv.Atoi(r.PathValue("n"))
		jot(w, 201, encode(f.add(fakePost{Comment: true, Issue: n, Body: body.Body})))
	})
	edited := 200
	if size < 100 {
		edited = 201 // Gitea
	}
	mux.HandleFunc("PATCH "+repo+"/issues/{n}", func(w http.ResponseWriter, r *http.Request) {
		p := f.find(false, r.PathValue("n"))
		body := struct{ Title, Body, State string }{State: p.State}
		read(r, &body)
		p.Title, p.Body, p.State = body.Title, body.Body, body.State
		jot(w, edited, encode(*p))
	})
	mux.HandleFunc("PATCH "+repo+"/issues/comments/{id}", func(w http.ResponseWriter, r *http.Request) {
		p := f.find(true, r.PathValue("id"))
		var body struct{ Body string }
		read(r, &body)
		p.Body = body.Body
		jot(w, 200, encode(*p))
	})
}

func serveGitLab(t *testing.T) (http.Handler, func() int) {
	f := newFakeForge()
	return f.gitlab(t), func() int { return len(f.made()) }
}

// gitlab answers as the documentation of GitLab has it.
func (f *fakeForge) gitlab(t *testing.T) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v4/user", func(w http.ResponseWriter, _ *http.Request) {
		jot(w, 200, map[string]any{"username": f.me, "id": 7})
	})
	const project = "/api/v4/projects/{project}"
	on := []string{project + "/issues/{n}", project + "/merge_requests/{n}"}
	mux.HandleFunc("GET "+project+"/issues", func(w http.ResponseWriter, r *http.Request) {
		jot(w, 200, f.list(r, 100, isIssue, fakePost.gitlab))
	})
	mux.HandleFunc("POST "+project+"/issues", func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Title, Description string }
		read(r, &body)
		if body.Title == "" || len([]rune(body.Title)) > 255 {
			jot(w, 400, map[string]any{"message": map[string]any{"title": []string{"can't be blank"}}})
			return
		}
		jot(w, 201, f.add(fakePost{Title: body.Title, Body: body.Description}).gitlab())
	})
	mux.HandleFunc("PUT "+on[0], func(w http.ResponseWriter, r *http.Request) {
		p := f.find(false, r.PathValue("n"))
		var body struct {
			Title, Description string
			Event              string `json:"state_event"`
		}
		read(r, &body)
		p.Title, p.Body = body.Title, body.Description
		if body.Event == "close" {
			p.State = "closed"
		}
		jot(w, 200, p.gitlab())
	})
	for _, on := range on {
		mux.HandleFunc("GET "+on+"/notes", func(w http.ResponseWriter, r *http.Request) {
			jot(w, 200, f.list(r, 100, isCommentOn(r.PathValue("n")), fakePost.gitlab))
		})
		mux.HandleFunc("POST "+on+"/notes", func(w http.ResponseWriter, r *http.Request) {
			var body struct{ Body string }
			read(r, &body)
			n, _ := strconv.Atoi(r.PathValue("n"))
			jot(w, 201, f.add(fakePost{Comment: true, Issue: n, Body: body.Body}).gitlab())
		})
		mux.HandleFunc("PUT "+on+"/notes/{id}", func(w http.ResponseWriter, r *http.Request) {
			p := f.find(true, r.PathValue("id"))
			var body struct{ Body string }
			read(r, &body)
			p.Body = body.Body
			jot(w, 200, p.gitlab())
		})
	}
	mux.HandleFunc("GET "+on[0]+"/links", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.PathValue("n"))
		jot(w, 200, f.blockers(n, fakePost.gitlab))
	})
	mux.HandleFunc("POST "+on[0]+"/links", func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Project string `json:"target_project_id"`
			Issue   int    `json:"target_issue_iid"`
			Type    string `json:"link_type"`
		}
		read(r, &body)
		n, _ := strconv.Atoi(r.PathValue("n"))
		blocking := f.find(false, strconv.Itoa(body.Issue))
		switch {
		case body.Project != "acme/pay/shop" || blocking == nil:
			jot(w, 404, map[string]any{"message": "404 Not Found"})
		case body.Type != "is_blocked_by":
			jot(w, 400, map[string]any{"error": "link_type does not have a valid value"})
		case slices.Contains(f.linked[n], blocking.ID):
			jot(w, 409, map[string]any{"message": "Issue(s) already assigned"})
		default:
			f.linked[n] = append(f.linked[n], blocking.ID)
			jot(w, 201, map[string]any{"source_issue": f.find(false, r.PathValue("n")).gitlab(), "target_issue": blocking.gitlab(), "link_type": body.Type})
		}
	})
	return f.handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.EscapedPath(), "/api/v4/projects/acme%2Fpay%2Fshop/") && r.URL.Path != "/api/v4/user" {
			t.Errorf("%s is not below the project", r.URL.EscapedPath())
		}
		mux.ServeHTTP(w, r)
	}))
}

// checked holds a service against a description.
func checked(t *testing.T, load func() (delivertest.Contract, error), prefix string, next http.Handler) http.Handler {
	t.Helper()
	c, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return c.Check(t.Errorf, prefix, next)
}

func (p fakePost) gitea() map[string]any {
	at := p.At.Format(time.RFC3339)
	m := map[string]any{"id": p.ID, "body": p.Body, "created_at": at, "updated_at": at, "user": map[string]any{"login": p.Login, "id": 7}}
	page := fmt.Sprintf("https://forge.example.com/acme/shop/issues/%d", p.Issue)
	if p.Comment {
		m["html_url"] = fmt.Sprintf("%s#issuecomment-%d", page, p.ID)
		return m
	}
	m["html_url"], m["number"], m["title"], m["state"] = page, p.Issue, p.Title, p.State
	return m
}

func (p fakePost) gitlab() map[string]any {
	m := map[string]any{"id": p.ID, "created_at": p.At.Format(time.RFC3339), "author": map[string]any{"username": p.Login, "id": 7}}
	if p.Comment {
		m["body"], m["noteable_iid"] = p.Body, p.Issue
		return m
	}
	m["iid"], m["title"], m["description"], m["state"] = p.Issue, p.Title, p.Body, strings.Replace(p.State, "open", "opened", 1)
	m["web_url"] = fmt.Sprintf("https://forge.example.com/acme/pay/shop/-/issues/%d", p.Issue)
	return m
}

func (p fakePost) github() map[string]any {
	at := p.At.Format(time.RFC3339)
	m := map[string]any{
		"id": p.ID, "node_id": "n", "body": p.Body, "created_at": at, "updated_at": at, "user": githubUser(p.Login, p.Type),
		"url": "https://api.github.com/x", "author_association": "MEMBER", "performed_via_github_app": nil,
	}
	page := fmt.Sprintf("https://forge.example.com/acme/shop/issues/%d", p.Issue)
	if p.Comment {
		m["html_url"] = fmt.Sprintf("%s#issuecomment-%d", page, p.ID)
		m["issue_url"] = "https://api.github.com/x"
		return m
	}
	for _, name := range []string{"repository_url", "labels_url", "comments_url", "events_url"} {
		m[name] = "https://api.github.com/x"
	}
	m["html_url"], m["number"], m["title"], m["state"], m["locked"], m["comments"] = page, p.Issue, p.Title, p.State, false, 0
	m["labels"], m["assignees"], m["assignee"], m["milestone"], m["closed_at"] = []any{}, []any{}, nil, nil, nil
	return m
}

func githubUser(login, kind string) map[string]any {
	m := map[string]any{"login": login, "id": 1, "node_id": "n", "gravatar_id": "", "type": kind, "site_admin": false}
	for _, name := range []string{"avatar_url", "url", "html_url", "followers_url", "following_url", "gists_url", "starred_url",
		"subscriptions_url", "organizations_url", "repos_url", "events_url", "received_events_url"} {
		m[name] = "https://api.github.com/x"
	}
	return m
}

// githubPrivateUser is what GET /user answers.
func githubPrivateUser(login string) map[string]any {
	m := githubUser(login, "User")
	at := testNow.Format(time.RFC3339)
	for name, value := range map[string]any{"name": nil, "company": nil, "blog": "", "location": nil, "email": nil, "hireable": nil, "bio": nil,
		"user_view_type": "public", "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0, "created_at": at, "updated_at": at} {
		m[name] = value
	}
	return m
}
