package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// fakeTargets is a server that plays the targets of the tests: below /repos what the
// program uses of GitHub, and below /hook one that takes what it is sent and can tell
// nothing of it afterwards. That requests and answers are those of the real services
// the tests of package deliver show.
type fakeTargets struct {
	*httptest.Server
	dir string // where posts, log and mode are; "" for nowhere

	mu    sync.Mutex
	posts []*fakePost
	log   []string
	mode  string // what happens to the next post, where dir is ""
}

// fakePost is an issue, a comment on one, or a message that the webhook got.
type fakePost struct {
	kind        string
	id, on      int
	title, body string
	state       string
}

func (p *fakePost) String() string {
	on := ""
	if p.on > 0 {
		on = fmt.Sprintf(" on %d", p.on)
	}
	return fmt.Sprintf("%s %d%s %s\n%s\n%s\n", p.kind, p.id, on, p.state, p.title, p.body)
}

// newTargets starts the server.
func newTargets(dir string) *fakeTargets {
	s := &fakeTargets{dir: dir}
	s.Server = httptest.NewServer(s)
	return s
}

// config is the user's own configuration for the server.
func (s *fakeTargets) config() string {
	return fmt.Sprintf(`format: 1
targets:
  github: {type: github, host: %q, project: example/app, token_env: FORGE_TOKEN}
  pager: {type: webhook, webhook_env: PAGER_URL, token_env: PAGER_SECRET}
`, s.URL)
}

// environ has the secrets that config names.
func (s *fakeTargets) environ() []string {
	return []string{"FORGE_TOKEN=ghp_swordfish", "PAGER_URL=" + s.URL + "/hook/secret-path", "PAGER_SECRET=hunter2"}
}

var fakePath = regexp.MustCompile(`^/repos/example/app/issues(?:/(comments/)?(\d+)(/comments)?)?$`)

func (s *fakeTargets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.save()
	data, _ := io.ReadAll(r.Body)
	s.log = append(s.log, r.Method+" "+strings.Replace(r.URL.Path, "/secret-path", "", 1))
	mode := s.take()
	switch mode {
	case "refuse":
		answer(w, http.StatusForbidden, map[string]any{"message": "no right to do that"})
		return
	case "gone":
		hangUp(w)
		return
	}
	var body struct{ Title, Body, State string }
	_ = json.Unmarshal(data, &body)
	status, reply := s.serve(r, string(data), body.Title, body.Body, body.State)
	if mode == "drop" && r.Method != http.MethodGet { // it is done, and nobody hears of it
		hangUp(w)
		return
	}
	answer(w, status, reply)
}

func (s *fakeTargets) serve(r *http.Request, data, title, body, state string) (int, any) {
	if strings.HasPrefix(r.URL.Path, "/hook/") {
		s.posts = append(s.posts, &fakePost{kind: "message", id: len(s.posts) + 1, body: data})
		return http.StatusOK, map[string]any{}
	}
	if r.URL.Path == "/user" {
		return http.StatusOK, map[string]any{"login": "handoff-bot", "type": "User"}
	}
	parts := fakePath.FindStringSubmatch(r.URL.Path)
	if parts == nil || r.Header.Get("Authorization") != "Bearer ghp_swordfish" {
		return http.StatusNotFound, map[string]any{"message": "Not Found"}
	}
	number, _ := strconv.Atoi(parts[2])
	switch r.Method {
	case http.MethodGet:
		list := []any{}
		for _, p := range s.posts {
			if p.kind != "message" && p.on == number {
				list = append(list, s.json(p))
			}
		}
		return http.StatusOK, list
	case http.MethodPatch:
		for _, p := range s.posts {
			if p.id == number {
				p.title, p.body, p.state = title, body, state
				return http.StatusOK, s.json(p)
			}
		}
		return http.StatusNotFound, map[string]any{"message": "Not Found"}
	}
	p := &fakePost{kind: "issue", id: len(s.posts) + 1, on: number, title: title, body: body, state: "open"}
	if number > 0 {
		p.kind, p.state = "comment", ""
	}
	s.posts = append(s.posts, p)
	return http.StatusCreated, s.json(p)
}

func (s *fakeTargets) json(p *fakePost) map[string]any {
	return map[string]any{
		"id": p.id, "number": p.id, "title": p.title, "body": p.body, "state": p.state,
		"html_url": fmt.Sprintf("https://github.example.com/example/app/issues/%d", p.id), "user": map[string]any{"login": "handoff-bot", "type": "User"},
	}
}

func answer(w http.ResponseWriter, status int, reply any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(reply)
}

// hangUp ends the connection without an answer.
func hangUp(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		conn.Close()
	}
}

// take returns what happens to this request: the file mode holds it for all that follow.
func (s *fakeTargets) take() string {
	if s.dir == "" {
		return s.mode
	}
	data, _ := os.ReadFile(filepath.Join(s.dir, "mode"))
	return strings.TrimSpace(string(data))
}

func (s *fakeTargets) save() {
	if s.dir == "" {
		return
	}
	var posts strings.Builder
	for _, p := range s.posts {
		fmt.Fprintln(&posts, p)
	}
	for name, text := range map[string]string{"posts": posts.String(), "log": strings.Join(s.log, "\n") + "\n"} {
		_ = os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644)
	}
}

// count is how many posts there are.
func (s *fakeTargets) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.posts)
}

// cmdTargets starts the server: targets. What it has got is in the files posts and log
// of $WORK/targets; the file mode there says what happens to requests: refuse, gone
// (nothing was taken), drop (it was, and there is no answer). The user's own
// configuration is written to the file own; as it is in use, with targets -use.
func cmdTargets(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) > 0 && args[0] == "-use" {
		ts.Setenv("XDG_CONFIG_HOME", filepath.Join(ts.Getenv("WORK"), "targets"))
		return
	}
	dir := filepath.Join(ts.Getenv("WORK"), "targets")
	ts.Check(os.MkdirAll(filepath.Join(dir, "handoff"), 0o755))
	s := newTargets(dir)
	ts.Defer(s.Close)
	s.save()
	ts.Check(os.WriteFile(filepath.Join(dir, "handoff", "config.yaml"), []byte(s.config()), 0o600))
	for _, setting := range s.environ() {
		name, value, _ := strings.Cut(setting, "=")
		ts.Setenv(name, value)
	}
	ts.Setenv("TARGETS", s.URL)
}

// cmdMode says what happens to the next requests: mode drop; mode fine. It is said to the
// targets, or with another directory to its server: mode hang forges.
func cmdMode(ts *testscript.TestScript, _ bool, args []string) {
	of := append(args, "targets")[1]
	ts.Check(os.WriteFile(filepath.Join(ts.Getenv("WORK"), of, "mode"), []byte(args[0]), 0o644))
}

// useTargets lets a site know the server.
func (s *site) useTargets(targets *fakeTargets) {
	s.t.Helper()
	dir := s.t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "handoff"), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "handoff", "config.yaml"), []byte(targets.config()), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.env = append(append(s.env[:len(s.env):len(s.env)], "XDG_CONFIG_HOME="+dir), targets.environ()...)
}

// The fake answers as the tests rely on.
func TestFakeTargets(t *testing.T) {
	s := newTargets("")
	defer s.Close()
	for _, want := range []int{http.StatusNotFound, http.StatusOK} {
		r, err := http.NewRequest(http.MethodGet, s.URL+"/repos/example/app/issues", nil)
		if err != nil {
			t.Fatal(err)
		}
		if want == http.StatusOK {
			r.Header.Set("Authorization", "Bearer ghp_swordfish")
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("status %d, want %d", answer.StatusCode, want)
		}
	}
}
