package deliver

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	testKey   = "3f9a1c2b7d5e4f60a1b2"
	testToken = "ghp_swordfish"
)

var testNow = time.Date(2027, 6, 1, 17, 30, 0, 0, time.UTC)

// blocker is a message with everything in it.
func blocker() Message {
	return Message{
		Key: testKey, Kind: KindBlocker, Title: "which session policy is right",
		To:    []Person{{Name: "Ben", Account: "ben-gh"}, {Name: "ines"}},
		Text:  []string{"The timeout cannot be set before somebody says which policy holds."},
		Facts: []Fact{{"needed by", "Tue 2 Jun 18:00 CEST"}},
		Lists: []List{{"blocks", []string{"login-session-timeout"}}},
		Links: []Link{{"the handoff", "https://git.example.com/handoffs/dem00001"}},
		About: []Ref{{"pr", "#45"}, {"ticket", "#12"}, {"ticket", "other/repo#13"}, {"ticket", "PAY-1"}},
	}
}

// fakeForge is a forge that keeps issues and comments in memory. Its methods answer as
// the description of GitHub has it; Gitea's are nearly those.
type fakeForge struct {
	mu       sync.Mutex
	posts    []fakePost
	linked   map[int][]int64 // by number of the blocked issue, ids
	me       string          // "" for a token that may not ask
	meType   string
	mutate   http.HandlerFunc // what a request that changes something is answered with, or nil
	requests []string
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
	s := &fakeForge{linked: make(map[int][]int64), me: "handoff-bot", meType: "User"}
	for number := 1; number <= 45; number++ {
		s.posts = append(s.posts, fakePost{ID: int64(1000 + number), Issue: number, Title: "older", State: "open", Login: "ana-gh", Type: "User", At: testNow.Add(-time.Hour * 48)})
	}
	return s
}

func (s *fakeForge) add(p fakePost) fakePost {
	p.ID = int64(1001 + len(s.posts))
	if !p.Comment {
		p.Issue = 1
		for _, other := range s.posts {
			p.Issue = max(p.Issue, other.Issue+1)
		}
		p.State = "open"
	}
	p.At = testNow
	s.posts = append(s.posts, p)
	return p
}

// made are the posts of ours.
func (s *fakeForge) made() []fakePost {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.posts[45:])
}

func (s *fakeForge) githubMux() http.Handler {
	mux := http.NewServeMux()
	const repo = "/repos/acme/shop"
	answer := func(w http.ResponseWriter, status int, value any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(value)
	}
	mux.HandleFunc("GET /user", func(w http.ResponseWriter, _ *http.Request) {
		if s.me == "" {
			answer(w, 403, map[string]any{"message": "Resource not accessible by integration", "documentation_url": "https://docs.github.com/rest"})
			return
		}
		answer(w, 200, githubPrivateUser(s.me))
	})
	list := func(w http.ResponseWriter, r *http.Request, keep func(fakePost) bool) {
		since, _ := time.Parse(time.RFC3339, r.URL.Query().Get("since"))
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
		all := []any{}
		for _, p := range s.posts {
			if keep(p) && !p.At.Before(since) {
				all = append(all, p.github())
			}
		}
		from := min((page-1)*size, len(all))
		answer(w, 200, all[from:min(from+size, len(all))])
	}
	mux.HandleFunc("GET "+repo+"/issues", func(w http.ResponseWriter, r *http.Request) {
		list(w, r, func(p fakePost) bool { return !p.Comment })
	})
	mux.HandleFunc("GET "+repo+"/issues/{n}/comments", func(w http.ResponseWriter, r *http.Request) {
		list(w, r, func(p fakePost) bool { return p.Comment && strconv.Itoa(p.Issue) == r.PathValue("n") })
	})
	mux.HandleFunc("GET "+repo+"/issues/{n}/dependencies/blocked_by", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.PathValue("n"))
		all := []any{}
		for _, p := range s.posts {
			if slices.Contains(s.linked[n], p.ID) {
				all = append(all, p.github())
			}
		}
		answer(w, 200, all)
	})
	mux.HandleFunc("POST "+repo+"/issues", func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Title, Body string }
		json.NewDecoder(r.Body).Decode(&body)
		answer(w, 201, s.add(fakePost{Title: body.Title, Body: body.Body, Login: s.login(), Type: s.meType}).github())
	})
	mux.HandleFunc("POST "+repo+"/issues/{n}/comments", func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Body string }
		json.NewDecoder(r.Body).Decode(&body)
		n, _ := strconv.Atoi(r.PathValue("n"))
		answer(w, 201, s.add(fakePost{Comment: true, Issue: n, Body: body.Body, Login: s.login(), Type: s.meType}).github())
	})
	mux.HandleFunc("POST "+repo+"/issues/{n}/dependencies/blocked_by", func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			IssueID int64 `json:"issue_id"`
		}
		json.NewDecoder(r.Body).Decode(&body)
		n, _ := strconv.Atoi(r.PathValue("n"))
		if slices.Contains(s.linked[n], body.IssueID) {
			answer(w, 422, map[string]any{"message": "Validation Failed", "documentation_url": "https://docs.github.com/rest", "errors": []any{}})
			return
		}
		s.linked[n] = append(s.linked[n], body.IssueID)
		answer(w, 201, fakePost{ID: body.IssueID, Issue: n, Login: "ana-gh", Type: "User", State: "open"}.github())
	})
	mux.HandleFunc("PATCH "+repo+"/issues/{n}", func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Title, Body, State string }
		json.NewDecoder(r.Body).Decode(&body)
		for i := range s.posts {
			if p := &s.posts[i]; !p.Comment && strconv.Itoa(p.Issue) == r.PathValue("n") {
				p.Title, p.Body, p.State = body.Title, body.Body, body.State
				answer(w, 200, p.github())
			}
		}
	})
	mux.HandleFunc("PATCH "+repo+"/issues/comments/{id}", func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Body string }
		json.NewDecoder(r.Body).Decode(&body)
		for i := range s.posts {
			if p := &s.posts[i]; p.Comment && strconv.FormatInt(p.ID, 10) == r.PathValue("id") {
				p.Body = body.Body
				answer(w, 200, p.github())
			}
		}
	})
	return mux
}

func (s *fakeForge) login() string {
	if s.me == "" {
		return "github-actions[bot]"
	}
	return s.me
}

// ServeHTTP notes a request, and lets the test answer it before next does.
func (s *fakeForge) serve(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.requests = append(s.requests, r.Method+" "+r.URL.Path)
		if s.mutate != nil && r.Method != http.MethodGet {
			mutate := s.mutate
			s.mutate = nil
			mutate(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// startGitHub starts a server that answers as GitHub is described, and opens it.
func startGitHub(t *testing.T, s *fakeForge) Target {
	t.Helper()
	c, err := githubContract()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.serve(c.check(t, "", s.githubMux())))
	t.Cleanup(server.Close)
	return openForTest(t, Config{Name: "github", Type: "github", Host: server.URL, Project: "acme/shop", Token: Known(NewSecret(testToken))})
}

func openForTest(t *testing.T, c Config) Target {
	t.Helper()
	target, err := Open(c, Outside{Now: func() time.Time { return testNow }})
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func TestGitHubBlocker(t *testing.T) {
	server := newFakeForge()
	target := startGitHub(t, server)
	r, err := target.Send(context.Background(), blocker())
	if err != nil {
		t.Fatal(err)
	}
	if r.URL != "https://github.example.com/acme/shop/issues/46" || r.ID != "issues/46" || r.Notes != nil {
		t.Errorf("receipt: %+v", r)
	}
	made := server.made()
	want := `For @ben-gh (Ben) and ines

The timeout cannot be set before somebody says which policy holds.

- **needed by:** Tue 2 Jun 18:00 CEST

**blocks**

- login-session-timeout

[the handoff](<https://git.example.com/handoffs/dem00001>)

<!-- handoff:3f9a1c2b7d5e4f60a1b2 -->`
	if len(made) != 1 || made[0].Body != want || made[0].Title != "which session policy is right" {
		t.Errorf("issues: %+v", made)
	}
	if len(server.linked) != 1 || !slices.Equal(server.linked[12], []int64{made[0].ID}) {
		t.Errorf("links: %v", server.linked)
	}
	// What is there is found, and its link is made where it is missing.
	server.linked = map[int][]int64{}
	for range 2 {
		found, there, err := target.Find(context.Background(), blocker())
		if err != nil || !there || found.ID != r.ID || found.URL != r.URL || found.Notes != nil {
			t.Errorf("found: %+v %v %v", found, there, err)
		}
	}
	if len(server.made()) != 1 || len(server.linked[12]) != 1 {
		t.Errorf("after Find: %+v %v", server.made(), server.linked)
	}
}

func TestGitHubComments(t *testing.T) {
	server := newFakeForge()
	target := startGitHub(t, server)
	m := blocker()
	m.Kind = KindDecision
	r, err := target.Send(context.Background(), m)
	if err != nil || r.ID != "pulls/45#1046" || r.URL != "https://github.example.com/acme/shop/issues/45#issuecomment-1046" {
		t.Fatalf("%+v %v", r, err)
	}
	if found, there, err := target.Find(context.Background(), m); err != nil || !there || found.ID != r.ID {
		t.Errorf("found: %+v %v %v", found, there, err)
	}
	edit := m
	edit.Replaces, edit.Text, edit.Key = &r, []string{"changed"}, "another-key-of-this-edit"
	if again, err := target.Send(context.Background(), edit); err != nil || again.ID != r.ID {
		t.Errorf("edit: %+v %v", again, err)
	}
	reply := Message{Key: "key-of-the-answer-0001", Kind: KindReply, Text: []string{"taken"}, Thread: &r}
	if answer, err := target.Send(context.Background(), reply); err != nil || answer.ID != "pulls/45#1047" {
		t.Errorf("reply: %+v %v", answer, err)
	}
	made := server.made()
	if len(made) != 2 || !strings.Contains(made[0].Body, "changed") || made[1].Issue != 45 || !strings.HasPrefix(made[1].Body, "taken") {
		t.Errorf("comments: %+v", made)
	}
	if m.About = m.About[2:]; true {
		_, err := target.Send(context.Background(), m)
		wantFault(t, err, FaultPlace)
	}
}

func TestGitHubDone(t *testing.T) {
	server := newFakeForge()
	target := startGitHub(t, server)
	r, err := target.Send(context.Background(), blocker())
	if err != nil {
		t.Fatal(err)
	}
	done := blocker()
	done.Replaces, done.Done = &r, true
	if _, err := target.Send(context.Background(), done); err != nil {
		t.Fatal(err)
	}
	if made := server.made(); len(made) != 1 || made[0].State != "closed" {
		t.Errorf("issues: %+v", made)
	}
}

// A marker can be read and written by strangers.
func TestGitHubFindsItsOwnOnly(t *testing.T) {
	server := newFakeForge()
	target := startGitHub(t, server)
	server.add(fakePost{Title: "x", Body: marker(testKey), Login: "mallory", Type: "User"})
	if r, there, err := target.Find(context.Background(), blocker()); err != nil || there {
		t.Errorf("found: %+v %v %v", r, there, err)
	}
	server.me = "" // the token of a workflow
	if r, there, err := target.Find(context.Background(), blocker()); err != nil || there {
		t.Errorf("found by the token of a workflow: %+v %v %v", r, there, err)
	}
	server.add(fakePost{Title: "x", Body: marker(testKey), Login: "github-actions[bot]", Type: "Bot"})
	if r, there, err := target.Find(context.Background(), blocker()); err != nil || !there || r.ID != "issues/47" {
		t.Errorf("not found by the token of a workflow: %+v %v %v", r, there, err)
	}
}

func wantFault(t *testing.T, err error, want Fault) {
	t.Helper()
	refused, ok := err.(*NotSentError)
	if !ok || refused.Fault != want {
		t.Errorf("%T %v, want a NotSentError of %s", err, err, want)
	}
}

func (p fakePost) github() map[string]any {
	at := p.At.Format(time.RFC3339)
	m := map[string]any{
		"id": p.ID, "node_id": "n", "body": p.Body, "created_at": at, "updated_at": at, "user": githubUser(p.Login, p.Type),
		"url": "https://api.github.com/x", "author_association": "MEMBER", "performed_via_github_app": nil,
	}
	page := fmt.Sprintf("https://github.example.com/acme/shop/issues/%d", p.Issue)
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
