package deliver

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// serveSaved answers what GitHub and GitLab tell of the text of an issue, in the shapes
// of their published schemas: githubSaved and gitlabSaved ask for them.
func serveSaved(f *fakeForge, editor map[int]string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/graphql") {
			next.ServeHTTP(w, r)
			return
		}
		var body struct {
			Query     string
			Variables map[string]any
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.Header.Get("Authorization") != "Bearer "+testToken {
			jot(w, 401, map[string]any{"message": "Bad credentials"})
			return
		}
		number, named := body.Variables["number"].(float64)
		if !named {
			n, _ := strconv.Atoi(body.Variables["number"].(string))
			number = float64(n)
		}
		p := f.find(false, strconv.Itoa(int(number)))
		var at, github, gitlab any
		if by, edited := editor[int(number)]; edited {
			at = testNow.Format(time.RFC3339)
			if by != "" {
				github, gitlab = map[string]any{"login": by}, map[string]any{"username": by}
			}
		}
		switch {
		case p == nil && r.URL.Path == "/graphql":
			jot(w, 200, map[string]any{"data": map[string]any{"repository": map[string]any{"issue": nil}},
				"errors": []any{map[string]any{"type": "NOT_FOUND", "path": []string{"repository", "issue"}, "message": "Could not resolve to an Issue with the number of 99."}}})
		case r.URL.Path == "/graphql" && body.Query == githubSaved && body.Variables["owner"] == "acme" && body.Variables["name"] == "shop":
			jot(w, 200, map[string]any{"data": map[string]any{"repository": map[string]any{"issue": map[string]any{
				"body": p.Body, "state": strings.ToUpper(p.State), "lastEditedAt": at, "editor": github, "author": map[string]any{"login": p.Login},
			}}}})
		case p == nil:
			jot(w, 200, map[string]any{"data": map[string]any{"project": map[string]any{"workItems": map[string]any{"nodes": []any{}}}}})
		case r.URL.Path == "/api/graphql" && body.Query == gitlabSaved && body.Variables["project"] == "acme/pay/shop":
			jot(w, 200, map[string]any{"data": map[string]any{"project": map[string]any{"workItems": map[string]any{"nodes": []any{map[string]any{
				"state": strings.ToUpper(p.State), "author": map[string]any{"username": p.Login},
				"widgets": []any{map[string]any{}, map[string]any{"description": p.Body, "lastEditedAt": at, "lastEditedBy": gitlab}},
			}}}}}})
		default:
			jot(w, 200, map[string]any{"errors": []any{map[string]any{"message": "Field 'x' doesn't exist on type 'Query'"}}})
		}
	})
}

// Who saved the text of an issue last is known, or is not said.
func TestSaved(t *testing.T) {
	forges(t, func(t *testing.T, w world, f *fakeForge, target Target, d *door) {
		editor := map[int]string{13: "ana-gh", 14: "mallory", 15: "", 16: "ana-gh"}
		d.next = serveSaved(f, editor, d.next)
		for n := 12; n <= 16; n++ {
			f.posts[n-1].Body = "text of " + strconv.Itoa(n)
			if _, edited := editor[n]; edited {
				f.posts[n-1].Edited = testNow
			}
		}
		f.posts[15].State = "closed"
		for number, want := range map[int]Saved{12: {By: "ana-gh"}, 13: {By: "ana-gh"}, 14: {By: "mallory"}, 15: {}, 16: {By: "ana-gh", Closed: true}} {
			if want.Body = "text of " + strconv.Itoa(number); w.name == "gitea" && number > 12 {
				want.By = ""
			}
			got, err := target.(Reader).Saved(context.Background(), Post{Thread: "issues/" + strconv.Itoa(number)})
			if err != nil || got != want {
				t.Errorf("%d: %+v %v, want %+v", number, got, err, want)
			}
		}
		got, err := target.(Reader).Saved(context.Background(), Post{Thread: "issues/99"})
		if refused := new(NotSentError); w.name != "gitlab" && (!errors.As(err, &refused) || refused.Fault != FaultNotFound) || w.name == "gitlab" && (err != nil || !got.Closed) {
			t.Errorf("what is not there: %+v %v", got, err)
		}
		for _, s := range d.requests() {
			if s.method != http.MethodGet && !strings.HasSuffix(s.url, "/graphql") {
				t.Errorf("%s %s changes something", s.method, s.url)
			}
		}
	})
}

// The GraphQL API of a forge is beside its REST API, on the same host.
func TestGraphIsBeside(t *testing.T) {
	for host, want := range map[string]string{
		"": "https://api.github.com/graphql", "acme.ghe.com": "https://api.acme.ghe.com/graphql",
		"github.example.com": "https://github.example.com/api/graphql", "https://git.example.com/gh/api/v3": "https://git.example.com/gh/api/graphql",
	} {
		target := openForTest(t, Config{Name: "forge", Type: "github", Host: host, Project: "acme/shop", Token: secretToken()})
		f := &target.(*reviewedForge).forge
		if got := f.graph().url(graphQL("", nil)); got != want || f.server.refuses != nil {
			t.Errorf("%q: %s", host, got)
		}
	}
	gitlab := openForTest(t, Config{Name: "forge", Type: "gitlab", Project: "acme/shop", Token: secretToken()})
	if got := gitlab.(*gitlabTarget).graph().url(graphQL("", nil)); got != "https://gitlab.com/api/graphql" {
		t.Error(got)
	}
}

func TestKeyOfPost(t *testing.T) {
	const key = "form-refused-0123456789abcdef"
	for body, want := range map[string]string{
		"text\n\n" + marker(key): key, "text\n\n" + marker(key) + "\n": key, marker(key): key,
		marker(key) + "\n\ntext": "", "text " + marker(key): "", "text\n`" + marker(key) + "`": "", "text\n" + marker("short"): "",
	} {
		if got := (Post{Mine: true, Body: body}).Key(); got != want {
			t.Errorf("%q: %q", body, got)
		}
		if got := (Post{Body: body}).Key(); got != "" {
			t.Errorf("that of a stranger counts: %q", body)
		}
	}
}
