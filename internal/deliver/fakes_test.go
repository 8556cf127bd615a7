package deliver

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	testKey   = "3f9a1c2b7d5e4f60a1b2"
	testToken = "swordfish-token-9c1e"
	// testPath is the secret part of the addresses of webhooks.
	testPath = "/services/T01/swordfish-hook-77ab"
)

var testNow = time.Date(2027, 6, 1, 17, 30, 0, 0, time.UTC)

// blocker is a message with everything in it.
func blocker() Message {
	return Message{
		Key: testKey, Kind: KindBlocker, Title: "which session policy is right",
		To:    []Person{{Name: "Ben"}, {Name: "ines"}},
		Text:  []string{"The timeout cannot be set before somebody says which policy holds."},
		Facts: []Fact{{"needed by", "Tue 2 Jun 18:00 CEST"}},
		Lists: []List{{"blocks", []string{"login-session-timeout"}}},
		Links: []Link{{"the handoff", "https://git.example.com/handoffs/dem00001"}},
		About: []Ref{{"pr", "#45"}, {"ticket", "#12"}, {"ticket", "other/repo#13"}, {"ticket", "PAY-1"}, {"ticket", "OTHER-1"}},
	}
}

// door stands before a server of the tests: it keeps what comes in, and may meet the
// next message with a fault.
type door struct {
	mu       sync.Mutex
	next     http.Handler
	delivers func(r *http.Request, body string) bool
	fault    func(w http.ResponseWriter, r *http.Request, next http.Handler)
	faults   int // how often fault is met, from the first message on
	seen     []seen
}

type seen struct {
	method, url, body string
	header            http.Header
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	d.seen = append(d.seen, seen{r.Method, r.URL.RequestURI(), string(body), r.Header.Clone()})
	if d.faults > 0 && d.delivers(r, string(body)) {
		d.faults--
		d.fault(w, r, d.next)
		return
	}
	d.next.ServeHTTP(w, r)
}

// requests are those that came in, and no longer waited for.
func (d *door) requests() []seen {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.seen)
}

// messages is how many of the requests deliver.
func (d *door) messages() int {
	n := 0
	for _, s := range d.requests() {
		r, _ := http.NewRequest(s.method, s.url, nil)
		if d.delivers(r, s.body) {
			n++
		}
	}
	return n
}

// world is a target with a server of the tests that answers as its service does.
type world struct {
	name string
	// server makes a service, and says how many messages are there.
	server   func(t *testing.T) (service http.Handler, there func() int)
	config   func(url string) Config
	delivers func(r *http.Request, body string) bool
	account  string // of a person
	mention  string // how they are told
	once     Once
	edits    bool
	replies  bool
}

// start starts the service of a world, and opens its target. Nothing that the target
// waits for takes time.
func (w world) start(t *testing.T) (Target, *door, func() int) {
	t.Helper()
	service, there := w.server(t)
	d := &door{next: service, delivers: w.delivers}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	target := w.open(t, server.URL)
	impatient(t, target)
	return target, d, there
}

func (w world) open(t *testing.T, url string) Target {
	t.Helper()
	return openForTest(t, w.config(url))
}

func openForTest(t *testing.T, c Config) Target {
	t.Helper()
	target, err := Open(c, Outside{Now: func() time.Time { return testNow }})
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// message is a blocker for somebody whom the target knows.
func (w world) message() Message {
	m := blocker()
	m.To[0].Account = w.account
	return m
}

// jot answers with JSON.
func jot(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(value)
}

func read(r *http.Request, into any) {
	json.NewDecoder(r.Body).Decode(into)
}

// known is the source of a secret that is known already.
func known(s Secret) Source {
	return func(context.Context) (Secret, error) { return s, nil }
}

func secretToken() Source { return known(NewSecret(testToken)) }

func posts(r *http.Request, _ string) bool { return r.Method == http.MethodPost }

// worlds are all targets that speak HTTP.
func worlds() []world {
	forge := func(r *http.Request, _ string) bool {
		return r.Method == http.MethodPost && (strings.HasSuffix(r.URL.Path, "/issues") || strings.HasSuffix(r.URL.Path, "/comments") || strings.HasSuffix(r.URL.Path, "/notes"))
	}
	hook := func(kind string) func(string) Config {
		return func(url string) Config {
			return Config{Name: kind, Type: kind, Webhook: known(NewSecret(url + testPath + "?key=swordfish-key"))}
		}
	}
	return []world{
		{name: "github", server: serveGitHub, delivers: forge, account: "ben-gh", mention: "@ben-gh", once: ByListing, edits: true, replies: true,
			config: func(url string) Config {
				return Config{Name: "github", Type: "github", Host: url, Project: "acme/shop", Token: secretToken()}
			}},
		{name: "gitea", server: serveGitea, delivers: forge, account: "ben_gt", mention: "@ben_gt", once: ByListing, edits: true, replies: true,
			config: func(url string) Config {
				return Config{Name: "gitea", Type: "gitea", Host: url + "/api/v1", Project: "acme/shop", Token: secretToken()}
			}},
		{name: "gitlab", server: serveGitLab, delivers: forge, account: "ben.gl", mention: "@ben.gl", once: ByListing, edits: true, replies: true,
			config: func(url string) Config {
				return Config{Name: "gitlab", Type: "gitlab", Host: url + "/api/v4", Project: "acme/pay/shop", Token: secretToken()}
			}},
		{name: "slack", server: serveSlack, account: "U012BENBEN", mention: `"user_id":"U012BENBEN"`, once: ByListing, edits: true, replies: true,
			delivers: func(r *http.Request, _ string) bool { return r.URL.Path == "/api/chat.postMessage" },
			config: func(url string) Config {
				return Config{Name: "slack", Type: "slack", Host: url + "/api", Channel: "C012SHOPPING", Token: secretToken()}
			}},
		{name: "slack by webhook", server: serveSlackHook, delivers: posts, account: "U012BENBEN", mention: `"user_id":"U012BENBEN"`, once: Never, config: hook("slack")},
		{name: "teams", server: serveTeams, delivers: posts, account: "ben@example.com", mention: `"id":"ben@example.com"`, once: Never, config: hook("teams")},
		{name: "google chat", server: serveGoogleChat, delivers: posts, account: "users/123", mention: `<users/123>`, once: ByKey, replies: true, config: hook("googlechat")},
		{name: "webhook", server: serveWebhook, delivers: posts, account: "ben", mention: `"account":"ben"`, once: Never, edits: true, replies: true,
			config: func(url string) Config {
				c := hook("webhook")(url)
				c.Token = secretToken()
				return c
			}},
		{name: "jira", server: serveJira, account: "5b10ac8d82e05b22cc7d4ef5", mention: `"id":"5b10ac8d82e05b22cc7d4ef5"`, once: ByListing, edits: true, replies: true,
			delivers: func(r *http.Request, _ string) bool {
				return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/comment")
			},
			config: func(url string) Config {
				return Config{Name: "jira", Type: "jira", Host: url, Project: "PAY", User: "bot@example.com", Token: secretToken()}
			}},
		{name: "linear", server: serveLinear, account: "ben", mention: "https://linear.app/acme/profiles/ben", once: ByKey, edits: true, replies: true,
			delivers: func(_ *http.Request, body string) bool { return strings.Contains(body, "commentCreate(") },
			config: func(url string) Config {
				return Config{Name: "linear", Type: "linear", Host: url, Project: "acme/PAY", Token: secretToken()}
			}},
	}
}

// everyWorld runs a test with each target.
func everyWorld(t *testing.T, test func(t *testing.T, w world)) {
	for _, w := range worlds() {
		t.Run(w.name, func(t *testing.T) { test(t, w) })
	}
}

// impatient makes waiting take no time, and notes how long it would have taken.
func impatient(t *testing.T, target Target) *[]time.Duration {
	waits := new([]time.Duration)
	soon := func(ctx context.Context, d time.Duration) error {
		*waits = append(*waits, d)
		return ctx.Err()
	}
	switch target := target.(type) {
	case *reviewedForge:
		target.wait = soon
	case *gitlabTarget:
		target.wait = soon
	case *slack:
		target.wait = soon
	case *jira:
		target.wait = soon
	case *linear:
		target.wait = soon
	case *slackHook:
		target.wait = soon
	case *teams:
		target.wait = soon
	case *googleChat:
		target.wait = soon
	case *webhook:
		target.wait = soon
	default:
		t.Fatalf("how does a %T wait?", target)
	}
	return waits
}
