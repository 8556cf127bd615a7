package deliver

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// No request follows a server to another host, and no token is there to be seen.
func TestNothingGoesToAnotherHost(t *testing.T) {
	everyWorld(t, func(t *testing.T, w world) {
		var visits atomic.Int32
		evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { visits.Add(1) }))
		defer evil.Close()
		for _, status := range []int{301, 302, 303, 307, 308} {
			for _, location := range []string{evil.URL + "/x", strings.Replace(evil.URL, "http:", "HTTP:", 1), "//" + strings.TrimPrefix(evil.URL, "http://") + "/y", strings.Replace(evil.URL, "127.0.0.1", "localhost", 1)} {
				target, door, there := w.start(t)
				door.fault, door.faults = func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
					w.Header().Set("Location", location)
					w.WriteHeader(status)
				}, 1
				_, err := target.Send(context.Background(), w.message())
				wantFault(t, err, FaultRedirect)
				if there() != 0 || visits.Load() != 0 {
					t.Errorf("%d %s: %d there, %d visits", status, location, there(), visits.Load())
				}
				noSecrets(t, err)
			}
		}
		// Reading follows no further.
		target, door, _ := w.start(t)
		door.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, evil.URL, http.StatusFound) })
		if _, known, err := target.Find(context.Background(), w.message()); known || err == nil && w.name != "google chat" {
			t.Errorf("found: %v", err)
		}
		if visits.Load() != 0 {
			t.Error("looking went to another host")
		}
	})
}

// A repository that was renamed is answered with a redirect on the same host.
func TestRedirectOnTheSameHost(t *testing.T) {
	w := worlds()[0]
	target, door, there := w.start(t)
	service := door.next
	hops := 0
	door.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/repos/acme/shop/") {
			hops++
			http.Redirect(w, r, "/repositories/1"+strings.TrimPrefix(r.URL.Path, "/repos/acme/shop"), http.StatusTemporaryRedirect)
			return
		}
		r.URL.Path = strings.Replace(r.URL.Path, "/repositories/1", "/repos/acme/shop", 1)
		service.ServeHTTP(w, r)
	})
	if _, err := target.Send(context.Background(), w.message()); err != nil || there() != 1 || hops == 0 {
		t.Errorf("%v, %d there after %d hops", err, there(), hops)
	}
	door.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path+"x", http.StatusTemporaryRedirect)
	})
	before := len(door.requests())
	_, err := target.Send(context.Background(), w.message())
	wantFault(t, err, FaultRedirect)
	if n := len(door.requests()) - before; n > mostHops+1 {
		t.Errorf("%d hops", n)
	}
}

// A token goes to its own host only, and to no page that the host links to.
func TestTokensAreSentToTheirServer(t *testing.T) {
	everyWorld(t, func(t *testing.T, w world) {
		target, door, _ := w.start(t)
		if _, err := target.Send(context.Background(), w.message()); err != nil {
			t.Fatal(err)
		}
		for _, s := range door.requests() {
			if strings.Contains(s.url, testToken) || strings.Contains(s.body, "swordfish") {
				t.Errorf("a secret is where it does not belong: %s %s", s.url, s.body)
			}
		}
	})
}

// noSecrets: an error shows none, however it is printed.
func noSecrets(t *testing.T, err error) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		encoded, _ := json.Marshal(e)
		for _, shown := range []string{e.Error(), fmt.Sprintf("%v %+v %#v %q", e, e, e, e), string(encoded)} {
			if strings.Contains(shown, "swordfish") || strings.Contains(shown, base64.StdEncoding.EncodeToString([]byte("bot@example.com:"+testToken))) {
				t.Errorf("a secret is shown: %s", shown)
			}
		}
	}
}

func TestErrorsHaveNoSecrets(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	everyWorld(t, func(t *testing.T, w world) {
		target, door, _ := w.start(t)
		echo := func(status int) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				said := fmt.Sprintf("%s %s \x1b[31m %s", r.URL, r.Header, r.Header.Get("Authorization"))
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Location", "http://\x7f"+r.URL.Path+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
				w.WriteHeader(status)
				encoded, _ := json.Marshal(map[string]any{"message": said, "error": said, "errorMessages": []string{said}, "ok": false, "errors": []any{map[string]any{"message": said}}})
				w.Write(encoded)
			}
		}
		for _, status := range []int{200, 302, 400, 401, 403, 404, 410, 422, 429, 500, 503} {
			door.next = echo(status)
			_, err := target.Send(context.Background(), w.message())
			noSecrets(t, err)
			if err != nil && (strings.Contains(err.Error(), "\x1b") || strings.Contains(err.Error(), "\n")) {
				t.Errorf("%q", err)
			}
			if err == nil && status != 200 {
				t.Errorf("%d is taken for success", status)
			}
			_, _, err = target.Find(context.Background(), w.message())
			noSecrets(t, err)
		}
		target = w.open(t, closed.URL)
		_, err := target.Send(context.Background(), w.message())
		noSecrets(t, err)
		wantFault(t, err, FaultUnreachable)
		if shown := fmt.Sprintf("%v %+v %#v", target, target, target); strings.Contains(shown, "swordfish") {
			t.Errorf("a target shows its secrets: %s", shown)
		}
		config := w.config(closed.URL)
		if shown := fmt.Sprintf("%v %+v %#v", config, config, config); strings.Contains(shown, "swordfish") {
			t.Errorf("a configuration shows its secrets: %s", shown)
		}
	})
}

func TestSecretsPrintAsStars(t *testing.T) {
	s := NewSecret("swordfish")
	encoded, err := json.Marshal(struct{ S Secret }{s})
	if err != nil {
		t.Fatal(err)
	}
	within := struct{ s Secret }{s}
	for _, shown := range []string{fmt.Sprintf("%v %+v %#v %s %q %x", s, s, s, s, s, s), fmt.Sprintf("%v %+v %#v", within, within, within), string(encoded)} {
		if strings.Contains(shown, "swordfish") || strings.Contains(shown, "73776f7264") {
			t.Errorf("%s", shown)
		}
	}
	if !NewSecret("").IsZero() || s.IsZero() || s.reveal() != "swordfish" {
		t.Error("a secret is lost")
	}
}

func TestNoToken(t *testing.T) {
	everyWorld(t, func(t *testing.T, w world) {
		_, door, _ := w.start(t)
		wrong := errors.New("gh auth token: not signed in")
		for _, source := range []Source{func(context.Context) (Secret, error) { return Secret{}, wrong }, known(Secret{})} {
			c := w.config("http://127.0.0.1:1")
			if c.Token != nil {
				c.Token = source
			}
			if c.Webhook != nil {
				c.Webhook = source
			}
			_, err := openForTest(t, c).Send(context.Background(), w.message())
			if refused := new(NotSentError); !errors.As(err, &refused) || refused.Fault != FaultCredentials && refused.Fault != FaultConfig {
				t.Errorf("%v", err)
			}
		}
		if len(door.requests()) > 0 {
			t.Error("something was sent")
		}
	})
}

// The user stops it, or it takes too long, while the server has not answered.
func TestInterrupted(t *testing.T) {
	everyWorld(t, func(t *testing.T, w world) {
		target, door, _ := w.start(t)
		ctx, cancel := context.WithCancel(context.Background())
		door.fault, door.faults = func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
			cancel()
			<-r.Context().Done()
		}, 1
		_, err := target.Send(ctx, w.message())
		if uncertain := new(UncertainError); !errors.As(err, &uncertain) || !errors.Is(err, context.Canceled) {
			t.Errorf("%T %v", err, err)
		}
		if door.messages() != 1 {
			t.Errorf("sent %d times", door.messages())
		}
		late, stop := context.WithDeadline(context.Background(), time.Unix(0, 0))
		defer stop()
		_, err = target.Send(late, w.message())
		wantFault(t, err, FaultUnreachable)
		if errors.Is(err, context.Canceled) {
			t.Error("nobody stopped it")
		}
	})
}

// An answer has an end.
func TestEndlessAnswers(t *testing.T) {
	w := worlds()[0]
	target, door, _ := w.start(t)
	read := int64(0)
	door.fault, door.faults = func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.WriteHeader(201)
		chunk := []byte(strings.Repeat(" ", 1<<16))
		for range 1024 {
			n, err := w.Write(chunk)
			if read += int64(n); err != nil {
				return
			}
		}
	}, 1
	_, err := target.Send(context.Background(), w.message())
	if uncertain := new(UncertainError); !errors.As(err, &uncertain) || read > 32<<20 {
		t.Errorf("%v, %d bytes were taken", err, read)
	}
	// So do headers.
	door.next = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for i := range 200 {
			w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("x", 1<<10))
		}
	})
	if _, _, err := target.Find(context.Background(), w.message()); err == nil {
		t.Error("200 KiB of headers are read")
	}
}

// What speaks something else than HTTP, or nothing at all.
func TestNoHTTP(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			io.WriteString(conn, "220 mail.example.com ESMTP\r\n")
			conn.Close()
		}
	}()
	w := worlds()[0]
	target := w.open(t, "http://"+listener.Addr().String())
	impatient(t, target)
	_, err = target.Send(context.Background(), w.message())
	if uncertain := new(UncertainError); !errors.As(err, &uncertain) {
		t.Errorf("%v", err)
	}
}

func TestHosts(t *testing.T) {
	for host, want := range map[string]string{
		"":                          "https://api.github.com",
		"github.com":                "https://api.github.com",
		"git.example.com":           "https://git.example.com/api/v3",
		"acme.ghe.com":              "https://api.acme.ghe.com",
		"https://x.example.com/api": "https://x.example.com/api",
		"http://127.0.0.1:80/x/":    "http://127.0.0.1:80/x",
		"http://[::1]:80":           "http://[::1]:80",
		"http://git.example.com":    "",
		"ftp://git.example.com":     "",
		"https://u:p@x.example.com": "",
		"https://x.example.com/?a":  "",
		"https://x.example.com/#a":  "",
		"https://":                  "",
		"x y":                       "",
	} {
		target, err := Open(Config{Name: "g", Type: "github", Host: host, Project: "acme/shop", Token: secretToken()}, Outside{})
		switch {
		case want == "" && err == nil:
			t.Errorf("%q is taken", host)
		case want != "" && err != nil:
			t.Errorf("%q: %v", host, err)
		case want != "" && target.(*reviewedForge).base.String() != want:
			t.Errorf("%q: %s, want %s", host, target.(*reviewedForge).base, want)
		case err != nil:
			wantFault(t, err, FaultConfig)
		}
	}
}

func TestConfigurations(t *testing.T) {
	token, hook := secretToken(), known(NewSecret("https://hooks.example.com/x"))
	for _, c := range []Config{
		{Type: "github", Project: "shop", Token: token},
		{Type: "github", Project: "../shop", Token: token},
		{Type: "github", Project: "acme/..", Token: token},
		{Type: "github", Project: "acme/shop/issues?x", Token: token},
		{Type: "github", Project: "acme/shop"},
		{Type: "gitea", Project: "acme/shop", Token: token},
		{Type: "gitlab", Project: "acme/../shop", Token: token},
		{Type: "gitlab", Project: "shop", Token: token},
		{Type: "slack", Channel: "#payments", Token: token},
		{Type: "slack", Channel: "C012SHOPPING", Token: token, Webhook: hook},
		{Type: "slack"}, {Type: "teams"}, {Type: "googlechat"},
		{Type: "webhook", Webhook: hook},
		{Type: "jira", Project: "PAY", Token: token},
		{Type: "jira", Host: "acme.atlassian.net", Project: "pay/x", Token: token},
		{Type: "linear", Project: "PAY", Token: token},
		{Type: "mail", From: "a@example.com"},
		{Type: "mail", Host: "mail.example.com", From: "Ana <a@example.com>"},
		{Type: "mail", Host: "mail.example.com", From: "a@example.com\r\nBcc: x@example.com"},
		{Type: "mail", Host: "mail.example.com", From: "a@example.com", User: "ana"},
		{Type: "fax"},
	} {
		c.Name = "there"
		_, err := Open(c, Outside{})
		if wantFault(t, err, FaultConfig); err != nil && !strings.HasPrefix(err.Error(), "there: ") {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if got := strings.Join(Types(), " "); got != "forgejo gitea github gitlab googlechat jira linear mail slack teams webhook" {
		t.Errorf("types: %s", got)
	}
}

// The address of a webhook is read when it is needed, and goes over the wire encrypted.
func TestWebhookAddresses(t *testing.T) {
	for _, address := range []string{"http://hooks.example.com/swordfish", "ftp://x/swordfish", "swordfish", "https://u:swordfish@x/", "https://x/#swordfish", "::swordfish"} {
		target := openForTest(t, Config{Name: "hook", Type: "teams", Webhook: known(NewSecret(address))})
		_, err := target.Send(context.Background(), blocker())
		wantFault(t, err, FaultConfig)
		noSecrets(t, err)
	}
}
