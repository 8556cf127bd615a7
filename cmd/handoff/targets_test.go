package main

import (
	"cmp"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

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

	form       *formPost // nil for what is no issue of the form
	login      string    // "" for that of the token
	bot        bool      // it is a program's
	at, edited time.Time // zero for when the tests run, and for never
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

var fakePath = regexp.MustCompile(`^(?:/api/v1)?/repos/example/app/issues(?:/(comments/)?(\d+)(/comments)?)?$`)

func (s *fakeTargets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.save()
	data, _ := io.ReadAll(r.Body)
	s.log = append(s.log, r.Method+" "+strings.Replace(r.URL.Path, "/secret-path", "", 1))
	mode := s.take()
	if mode == "silent" && r.Method != http.MethodGet {
		mode = "refuse"
	}
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
	if strings.HasSuffix(r.URL.Path, "/user") {
		return http.StatusOK, map[string]any{"login": "handoff-bot", "username": "handoff-bot", "type": "User"}
	}
	if parts := gitlabPath.FindStringSubmatch(r.URL.EscapedPath()); parts != nil {
		return s.gitlab(r, data, parts)
	}
	parts := fakePath.FindStringSubmatch(r.URL.Path)
	if r.URL.Path == "/say" && r.URL.Query().Get("form") != "" {
		return s.submit(r.URL.Query(), data)
	}
	if r.URL.Path == "/say" {
		return s.say(r.URL.Query(), data)
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if token = strings.TrimPrefix(token, "token "); r.URL.Path == "/graphql" && token == "ghp_swordfish" {
		return s.graph(data)
	}
	if parts == nil || token != "ghp_swordfish" {
		return http.StatusNotFound, map[string]any{"message": "Not Found"}
	}
	number, _ := strconv.Atoi(parts[2])
	switch r.Method {
	case http.MethodGet:
		if number > 0 && parts[3] == "" {
			return s.one(number)
		}
		return http.StatusOK, s.list(r.URL.Query(), number)
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

var gitlabPath = regexp.MustCompile(`^/api/v4/projects/example%2Fapp/(issues|merge_requests)(?:/(\d+))?(/notes)?(?:/(\d+))?$`)

// gitlab answers what the program uses of GitLab, from its documentation: there is no
// published description to hold it against.
func (s *fakeTargets) gitlab(r *http.Request, data string, parts []string) (int, any) {
	var body struct{ Title, Description, Body string }
	_ = json.Unmarshal([]byte(data), &body)
	number, _ := strconv.Atoi(parts[2])
	note, _ := strconv.Atoi(parts[4])
	inGitLab := func(value any) any {
		m := value.(map[string]any)
		user, _ := m["user"].(map[string]any)
		m["iid"], m["description"], m["web_url"] = m["number"], m["body"], m["html_url"]
		if user != nil {
			m["author"] = map[string]any{"username": user["login"]}
		}
		if parts[3] != "" {
			delete(m, "web_url")
		}
		delete(m, "html_url")
		delete(m, "user")
		return m
	}
	switch {
	case r.Method == http.MethodGet && note > 0:
		status, one := s.one(note)
		return status, inGitLab(one)
	case r.Method == http.MethodGet && parts[1] == "merge_requests":
		return http.StatusOK, []any{}
	case r.Method == http.MethodGet:
		list := []any{}
		for _, one := range s.list(r.URL.Query(), number) {
			list = append(list, inGitLab(one))
		}
		if r.URL.Query().Get("sort") == "desc" {
			slices.Reverse(list)
		}
		return http.StatusOK, list
	}
	p := &fakePost{kind: "issue", id: len(s.posts) + 1, on: number, title: body.Title, body: body.Description + body.Body, state: "open"}
	if number > 0 {
		p.kind, p.state = "comment", ""
	}
	s.posts = append(s.posts, p)
	return http.StatusCreated, inGitLab(s.json(p))
}

// say is what the tests let people write: a comment, or another text for one.
func (s *fakeTargets) say(q url.Values, body string) (int, any) {
	at, _ := time.Parse(time.RFC3339, q.Get("at"))
	if id, _ := strconv.Atoi(q.Get("edit")); id > 0 {
		p := s.posts[id-1]
		p.body, p.edited = body, at.Add(time.Minute)
		return http.StatusOK, s.json(p)
	}
	on, _ := strconv.Atoi(q.Get("on"))
	p := &fakePost{kind: "comment", id: len(s.posts) + 1, on: on, body: body, login: q.Get("as"), bot: q.Get("bot") != "", at: at}
	s.posts = append(s.posts, p)
	return http.StatusCreated, s.json(p)
}

// one is a post by its number.
func (s *fakeTargets) one(number int) (int, any) {
	for _, p := range s.posts {
		if p.id == number && p.kind != "message" {
			return http.StatusOK, s.json(p)
		}
	}
	return http.StatusNotFound, map[string]any{"message": "Not Found"}
}

// list are the issues, and the pull requests with comments, or for a number the comments
// on that, by pages.
func (s *fakeTargets) list(q url.Values, number int) []any {
	list, listed := []any{}, map[int]bool{}
	for _, p := range s.posts {
		if p.kind != "message" && p.on == number && p.bears(q.Get("labels")) {
			list = append(list, s.json(p))
			listed[p.id] = p.on == 0
		}
	}
	for _, p := range s.posts {
		if number == 0 && p.kind == "comment" && !listed[p.on] && q.Get("labels") == "" {
			listed[p.on] = true
			list = append(list, map[string]any{"id": 1000 + p.on, "number": p.on, "pull_request": map[string]any{}, "comments": 1, "created_at": moment(), "updated_at": moment()})
		}
	}
	size, err := strconv.Atoi(q.Get("per_page"))
	if err != nil {
		size = len(list) // as Gitea has it
	}
	page, _ := strconv.Atoi(q.Get("page"))
	from := min(max(page-1, 0)*size, len(list))
	return list[from:min(from+size, len(list))]
}

func (s *fakeTargets) json(p *fakePost) map[string]any {
	by, kind, at := cmp.Or(p.login, "handoff-bot"), "User", p.at
	if p.bot {
		kind = "Bot"
	}
	if at.IsZero() {
		at = moment()
	}
	comments := 0
	for _, other := range s.posts {
		if other.on == p.id {
			comments++
		}
	}
	updated := cmp.Or(p.edited, at)
	if p.form != nil && comments > 0 {
		updated = at.Add(time.Hour)
	}
	page := fmt.Sprintf("https://github.example.com/example/app/issues/%d", p.id)
	if p.kind == "comment" && p.login != "" {
		page = fmt.Sprintf("https://github.example.com/example/app/issues/%d#issuecomment-%d", p.on, p.id)
	}
	return map[string]any{
		"id": p.id, "number": p.id, "title": p.title, "body": p.body, "state": p.state, "comments": comments, "labels": p.labels(),
		"created_at": at, "updated_at": updated, "html_url": page, "user": map[string]any{"login": by, "type": kind},
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
// of $WORK/targets; the file mode there says what happens to requests: refuse, silent
// (what only reads is answered), gone (nothing was taken), drop (it was, and there is no answer). The user's own
// configuration is written to the file own; as it is in use, with targets -use. With
// targets -tls they are reached over TLS, as real ones are, and are GitLab and Gitea too.
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
	ts.Setenv("TARGETS", s.URL)
	more := ""
	if len(args) > 0 && args[0] == "-tls" {
		secure := httptest.NewTLSServer(s)
		ts.Defer(secure.Close)
		file := filepath.Join(dir, "certificate.pem")
		ts.Check(os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}), 0o644))
		ts.Setenv("SSL_CERT_FILE", file)
		s.URL = secure.URL
		more = fmt.Sprintf("  gitea: {type: gitea, host: '%[1]s/api/v1', project: example/app, token_env: FORGE_TOKEN}\n"+
			"  gitlab: {type: gitlab, host: '%[1]s/api/v4', project: example/app, token_env: FORGE_TOKEN}\n", s.URL)
	}
	ts.Check(os.WriteFile(filepath.Join(dir, "handoff", "config.yaml"), []byte(s.config()+more), 0o600))
	for _, setting := range s.environ() {
		name, value, _ := strings.Cut(setting, "=")
		ts.Setenv(name, value)
	}
}

// cmdMode says what happens to the next requests: mode drop; mode fine. It is said to the
// targets, or with another directory to its server: mode hang forges.
func cmdMode(ts *testscript.TestScript, _ bool, args []string) {
	of := append(args, "targets")[1]
	ts.Check(os.WriteFile(filepath.Join(ts.Getenv("WORK"), of, "mode"), []byte(args[0]), 0o644))
}

// cmdSays lets somebody write on the server: says ben-gh 1 '/handoff ack' comments on
// issue 1, with -bot as a program; says -edit 5 'text' gives comment 5 another text, and
// one that begins with @ is that of a file.
func cmdSays(ts *testscript.TestScript, _ bool, args []string) {
	q := url.Values{"at": {ts.Getenv(clockVariable)}}
	switch args[0] {
	case "-edit":
		q.Set("edit", args[1])
	case "-bot":
		q.Set("bot", "true")
		args = args[1:]
		fallthrough
	default:
		q.Set("as", args[0])
		q.Set("on", args[1])
	}
	text := args[2]
	if file, is := strings.CutPrefix(text, "@"); is {
		text = ts.ReadFile(file)
	}
	answer, err := http.Post(ts.Getenv("TARGETS")+"/say?"+q.Encode(), "text/plain", strings.NewReader(text))
	ts.Check(err)
	answer.Body.Close()
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
