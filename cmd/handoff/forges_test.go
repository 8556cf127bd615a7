package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/deliver/delivertest"
	"github.com/rogpeppe/go-internal/testscript"
)

// fakeForges is a server that tells how reviews stand, in the words of GitHub below
// /github, of Gitea below /gitea and of GitLab below /gitlab. What it is asked by GitHub's
// and Gitea's clients, and what it answers, is held against their published descriptions.
type fakeForges struct {
	*httptest.Server
	dir     string        // where pull requests, mode and log are
	replied chan struct{} // for each request that was replied to, as many as there is room for

	mu       sync.Mutex
	log      []string
	problems []string // what does not fit a description
}

// fakePull is a pull request, a file of the directory that has its number as its name.
type fakePull struct {
	State    string   // open, closed or merged
	Draft    bool     //
	Approved []string // who approves
	Changes  []string // who wants changes
	Waits    []string // who was asked, a team as team:qa
	Required int      // approvals, of GitLab
}

func newForges(dir string) (*fakeForges, error) {
	s := &fakeForges{dir: dir, replied: make(chan struct{}, 1000)}
	mux := http.NewServeMux()
	for prefix, load := range map[string]func() (delivertest.Contract, error){"/github": delivertest.GitHub, "/gitea": delivertest.Forgejo} {
		contract, err := load()
		if err != nil {
			return nil, err
		}
		api := map[string]string{"/github": "", "/gitea": "/api/v1"}[prefix]
		one := http.NewServeMux()
		pull := prefix + api + "/repos/example/app/pulls/{n}"
		one.HandleFunc("GET "+pull, func(w http.ResponseWriter, r *http.Request) { s.pull(w, r, contract, prefix == "/github") })
		one.HandleFunc("GET "+pull+"/reviews", func(w http.ResponseWriter, r *http.Request) { s.reviews(w, r, contract, prefix == "/github") })
		mux.Handle(prefix+"/", contract.Check(s.problem, prefix, one))
	}
	mux.HandleFunc("GET /gitlab/api/v4/projects/example%2Fpay%2Fapp/merge_requests/{n}", s.gitlab)
	mux.HandleFunc("GET /gitlab/api/v4/projects/example%2Fpay%2Fapp/merge_requests/{n}/{part}", s.gitlab)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, mux) }))
	return s, nil
}

func (s *fakeForges) problem(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
	_ = os.WriteFile(filepath.Join(s.dir, "problems"), []byte(strings.Join(s.problems, "\n")+"\n"), 0o644)
}

// serve answers as the file mode says, or as the forge does.
func (s *fakeForges) serve(w http.ResponseWriter, r *http.Request, forge http.Handler) {
	s.mu.Lock()
	s.log = append(s.log, r.Method+" "+r.URL.Path)
	_ = os.WriteFile(filepath.Join(s.dir, "log"), []byte(strings.Join(s.log, "\n")+"\n"), 0o644)
	s.mu.Unlock()
	defer func() {
		select {
		case s.replied <- struct{}{}:
		default:
		}
	}()
	mode, _ := os.ReadFile(filepath.Join(s.dir, "mode"))
	switch strings.TrimSpace(string(mode)) {
	case "hang":
		<-r.Context().Done()
		return
	case "broken":
		answer(w, http.StatusBadGateway, map[string]any{"message": "\x1b[31mno\nluck"})
		return
	case "garbage":
		fmt.Fprint(w, `{"state": ["open"], "requested_reviewers": "everybody"}`)
		return
	case "elsewhere":
		http.Redirect(w, r, "http://localhost:"+s.port()+r.URL.Path, http.StatusFound)
		return
	}
	if !strings.HasSuffix(r.Header.Get("Authorization"), " ghp_swordfish") {
		answer(w, http.StatusUnauthorized, map[string]any{"message": "Bad credentials"})
		return
	}
	forge.ServeHTTP(w, r)
}

func (s *fakeForges) port() string { return s.URL[strings.LastIndexByte(s.URL, ':')+1:] }

// find is the pull request that a request is about; it answers 404 where there is none.
func (s *fakeForges) find(w http.ResponseWriter, r *http.Request) (fakePull, bool) {
	var p fakePull
	data, err := os.ReadFile(filepath.Join(s.dir, "pull-"+r.PathValue("n")))
	if err != nil {
		answer(w, http.StatusNotFound, map[string]any{"message": "Not Found", "documentation_url": "https://docs.example.com"})
		return p, false
	}
	return p, json.Unmarshal(data, &p) == nil
}

// pull is a pull request as GitHub and Gitea tell of it.
func (s *fakeForges) pull(w http.ResponseWriter, r *http.Request, contract delivertest.Contract, github bool) {
	p, ok := s.find(w, r)
	if !ok {
		return
	}
	people, teams := []any{}, []any{}
	for _, who := range p.Waits {
		if team, ok := strings.CutPrefix(who, "team:"); ok {
			teams = append(teams, s.sample(contract, github, "team-simple", map[string]any{"slug": team, "name": team}))
		} else {
			people = append(people, s.sample(contract, github, "simple-user", map[string]any{"login": who}))
		}
	}
	state := strings.Replace(p.State, "merged", "closed", 1)
	answer(w, http.StatusOK, s.sample(contract, github, "pull-request", map[string]any{
		"state": state, "merged": p.State == "merged", "draft": p.Draft, "user": s.sample(contract, github, "simple-user", map[string]any{"login": "ana-gh"}),
		"requested_reviewers": people, "requested_teams": teams,
	}))
}

// sample fills fields into what the description of GitHub requires; Forgejo's requires
// nothing.
func (s *fakeForges) sample(contract delivertest.Contract, github bool, schema string, fields map[string]any) map[string]any {
	if !github {
		return fields
	}
	value, err := contract.Sample(schema, fields)
	if err != nil {
		s.problem("%v", err)
	}
	return value
}

func (s *fakeForges) reviews(w http.ResponseWriter, r *http.Request, contract delivertest.Contract, github bool) {
	p, ok := s.find(w, r)
	if !ok {
		return
	}
	list := []any{}
	add := func(who, state string) {
		list = append(list, s.sample(contract, github, "pull-request-review", map[string]any{
			"id": len(list) + 1, "user": s.sample(contract, github, "simple-user", map[string]any{"login": who}), "state": state,
		}))
	}
	for _, who := range p.Approved {
		add(who, "APPROVED")
	}
	for _, who := range p.Changes {
		add(who, map[bool]string{true: "CHANGES_REQUESTED", false: "REQUEST_CHANGES"}[github])
	}
	if page := r.URL.Query().Get("page"); page != "" && page != "1" {
		list = []any{}
	}
	answer(w, http.StatusOK, list)
}

// gitlab is a merge request as GitLab's documentation has it.
func (s *fakeForges) gitlab(w http.ResponseWriter, r *http.Request) {
	p, ok := s.find(w, r)
	if !ok {
		return
	}
	user := func(who string) map[string]any { return map[string]any{"id": 7, "username": who} }
	switch r.PathValue("part") {
	case "":
		answer(w, http.StatusOK, map[string]any{"iid": 45, "state": strings.Replace(p.State, "open", "opened", 1), "draft": p.Draft})
	case "approvals":
		by := []any{}
		for _, who := range p.Approved {
			by = append(by, map[string]any{"user": user(who)})
		}
		answer(w, http.StatusOK, map[string]any{"approvals_required": p.Required, "approved_by": by})
	case "reviewers":
		list := []any{}
		for _, who := range slices.Concat(p.Approved, p.Changes, p.Waits) {
			state := "unreviewed"
			switch {
			case slices.Contains(p.Approved, who):
				state = "approved"
			case slices.Contains(p.Changes, who):
				state = "requested_changes"
			}
			list = append(list, map[string]any{"user": user(who), "state": state})
		}
		answer(w, http.StatusOK, list)
	}
}

// cmdForges starts the server: forges. FORGE is its address, and its files are in
// $WORK/forges: the log of requests, what of them is not as it is described (problems), and
// a mode that says what happens to them (hang, broken, garbage, elsewhere). With a service the user's own configuration names it as a
// target: forges github.
func cmdForges(ts *testscript.TestScript, _ bool, args []string) {
	dir := filepath.Join(ts.Getenv("WORK"), "forges")
	if len(args) > 0 {
		target := map[string]string{
			"github": "host: %[1]s/github, project: example/app", "gitea": "host: %[1]s/gitea/api/v1", "gitlab": "host: %[1]s/gitlab/api/v4, project: example/other",
		}[args[0]]
		config := fmt.Sprintf("format: 1\ntargets:\n  forge: {type: "+args[0]+", "+target+", token_env: FORGE_TOKEN}\n", ts.Getenv("FORGE"))
		ts.Check(os.WriteFile(filepath.Join(dir, "handoff", "config.yaml"), []byte(config), 0o600))
		ts.Setenv("XDG_CONFIG_HOME", dir)
		return
	}
	ts.Check(os.MkdirAll(filepath.Join(dir, "handoff"), 0o755))
	for _, name := range []string{"log", "problems"} {
		ts.Check(os.WriteFile(filepath.Join(dir, name), nil, 0o644))
	}
	s, err := newForges(dir)
	ts.Check(err)
	ts.Defer(s.Close)
	ts.Setenv("FORGE", s.URL)
	ts.Setenv("FORGE_TOKEN", "ghp_swordfish")
}

// cmdPull says how a pull request stands: pull 45 open approved=ben waits=james,team:qa.
// Others are changes=WHO, draft=true and required=N.
func cmdPull(ts *testscript.TestScript, _ bool, args []string) {
	p := fakePull{State: args[1]}
	for _, arg := range args[2:] {
		key, value, _ := strings.Cut(arg, "=")
		list := strings.Split(value, ",")
		switch key {
		case "approved":
			p.Approved = list
		case "changes":
			p.Changes = list
		case "waits":
			p.Waits = list
		case "draft":
			p.Draft = value == "true"
		case "required":
			_, err := fmt.Sscan(value, &p.Required)
			ts.Check(err)
		default:
			ts.Fatalf("pull: %s", arg)
		}
	}
	data, err := json.Marshal(p)
	ts.Check(err)
	ts.Check(os.WriteFile(filepath.Join(ts.Getenv("WORK"), "forges", "pull-"+args[0]), data, 0o644))
}

// environ is what a user of the server sets who has GitHub there as a target, with more
// keys of it where the token is not in the environment.
func (s *fakeForges) environ(t testing.TB, keys string) []string {
	t.Helper()
	dir := t.TempDir()
	if keys == "" {
		keys = "token_env: FORGE_TOKEN"
	}
	config := fmt.Sprintf("format: 1\ntargets: {forge: {type: github, host: %s/github, project: example/app, %s}}\n", s.URL, keys)
	if err := os.Mkdir(filepath.Join(dir, "handoff"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "handoff", "config.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"XDG_CONFIG_HOME=" + dir, "FORGE_TOKEN=ghp_swordfish"}
}

// startForges starts the server for a test.
func startForges(t testing.TB) *fakeForges {
	t.Helper()
	s, err := newForges(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		if len(s.problems) > 0 {
			t.Errorf("%q", s.problems)
		}
	})
	return s
}

// says writes a file of the server: a pull request, or its mode.
func (s *fakeForges) says(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A forge that says nothing, and a program that tells no token, cost two seconds, and no
// handoff. The bound is generous: the machine may be busy.
func TestReviewsAreNotWaitedFor(t *testing.T) {
	t.Parallel()
	forges := startForges(t)
	forges.says(t, "mode", "hang")
	for name, keys := range map[string]string{"forge": "", "token": `token_command: [sh, -c, "tail -f /dev/null"]`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.env = append(s.env, forges.environ(t, keys)...)
			s.git("remote", "add", "origin", forges.URL+"/example/app.git")
			declare := []string{
				"declare", "--to", "ben", "--returns", "2099-01-02 09:00", "--summary", "The refund flow waits for its last review", "--none", "shipped,blockers,decisions",
				"--item", "refund-flow;in_review;The findings of the first review are fixed;Merge it into main", "--intent", "refund-flow;Customers wait for refunds that the old job lost",
				"--accept", "refund-flow;PR #45 is merged",
			}
			for n := 41; n <= 48; n++ { // more than are asked about at once
				declare = append(declare, "--ref", fmt.Sprintf("refund-flow;pr:#%d", n))
			}
			began := time.Now()
			out, status := s.try("handoff", declare...)
			took := time.Since(began)
			if status != 0 || !strings.Contains(out, "and PR #48 stand: no answer in 2s") || strings.Count(out, "warning:") != 1 {
				t.Errorf("status %d\n%s", status, out)
			}
			if took < 2*time.Second || took > 10*time.Second {
				t.Errorf("it took %s", took)
			}
			if got := s.git("log", "--format=%s", "-1"); !strings.HasPrefix(got, "handoff: ana → ben") {
				t.Errorf("the last commit is %s", got)
			}
		})
	}
}

// The server answers as it is described.
func TestFakeForges(t *testing.T) {
	s := startForges(t)
	s.says(t, "pull-45", `{"State":"open","Approved":["ben"],"Changes":["ines"],"Waits":["james","team:qa"]}`)
	for _, path := range []string{"/github/repos/example/app/pulls/45", "/github/repos/example/app/pulls/45/reviews", "/gitea/api/v1/repos/example/app/pulls/45", "/gitea/api/v1/repos/example/app/pulls/45/reviews"} {
		r, err := http.NewRequest(http.MethodGet, s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer ghp_swordfish")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", path, answer.StatusCode)
		}
	}
}
