package deliver

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// fortnight is a time that is before all that is new in these tests.
var fortnight = testNow.Add(-14 * 24 * time.Hour)

func TestReadComments(t *testing.T) {
	forges(t, func(t *testing.T, w world, f *fakeForge, target Target, _ *door) {
		ctx := context.Background()
		f.posts[11].Labels = []string{"handoff"}
		for _, p := range []fakePost{
			{Login: "ana-gh", Type: "User", Body: "plain"},
			{Login: "ana-gh", Type: "User", Body: "edited", Edited: testNow.Add(time.Minute)},
			{Login: "renovate[bot]", Type: "Bot", Body: "by a bot"},
			{Login: "project_7_bot_a1", Type: "User", Body: "by the token of a project"},
			{Login: "ana-gh", Type: "User", Body: "through a program", App: true, System: true},
			{Login: "ana-gh", Type: "User", Body: "long ago", At: testNow.Add(-30 * 24 * time.Hour)},
			{Body: "our own"},
		} {
			p.Comment, p.Issue = true, 12
			f.add(p)
		}
		reader := target.(Reader)
		issues, more, err := reader.Issues(ctx, "", testNow.Add(-time.Hour))
		if err != nil || more || len(issues) != 1 || issues[0].ID != "issues/12" || issues[0].Title != "older" || !slices.Equal(issues[0].Labels, []string{"handoff"}) {
			t.Fatalf("%+v %v %v", issues, more, err)
		}
		if all, _, err := reader.Issues(ctx, "", fortnight); err != nil || len(all) != 45 {
			t.Errorf("%d issues, %v", len(all), err)
		}
		if labelled, _, err := reader.Issues(ctx, "handoff", fortnight); err != nil || len(labelled) != 1 || labelled[0].ID != "issues/12" {
			t.Errorf("%+v %v", labelled, err)
		}
		list, more, err := reader.Comments(ctx, issues[0], fortnight)
		if err != nil || more || len(list) != 6 {
			t.Fatalf("%+v %v %v", list, more, err)
		}
		for i, want := range []string{"ana-gh plain", "ana-gh edited, edited", "renovate[bot] by a bot, machine", "project_7_bot_a1 by the token of a project, machine",
			"ana-gh through a program, machine", "handoff-bot our own, mine"} {
			p := list[i]
			got := p.Account + " " + p.Body
			for name, is := range map[string]bool{"edited": p.Edited, "machine": p.Machine, "mine": p.Mine} {
				if is {
					got += ", " + name
				}
			}
			if w.name == "gitea" && strings.HasPrefix(p.Body, "through") {
				want = "ana-gh through a program" // there it cannot be told
			}
			if got != want || p.Thread != "issues/12" || !p.At.Equal(testNow) {
				t.Errorf("%d: %q %+v, want %q", i, got, p, want)
			}
		}
		again, there, err := reader.Read(ctx, list[0].URL)
		if w.name == "gitlab" { // the server of the tests has no https
			if list[0].URL != "" {
				t.Errorf("%+v", list[0])
			}
			return
		}
		if err != nil || !there || again.ID != list[0].ID || again.Body != "plain" || again.Account != "ana-gh" {
			t.Errorf("%+v %v %v", again, there, err)
		}
		issue, there, err := reader.Read(ctx, issues[0].URL)
		if err != nil || !there || issue.ID != "issues/12" {
			t.Errorf("%+v %v %v", issue, there, err)
		}
		for _, page := range []string{
			strings.Replace(list[0].URL, "forge.example.com", "evil.example.com", 1), strings.Replace(list[0].URL, "issues/12", "issues/13", 1),
			strings.Replace(list[0].URL, "acme/shop", "acme/other", 1), list[0].URL + "0", list[0].URL + "x", "https://forge.example.com/acme/shop/issues/12#other-1", "%", "",
		} {
			if p, there, err := reader.Read(ctx, page); there || err != nil {
				t.Errorf("%s is %+v, %v", page, p, err)
			}
		}
	})
}

// Who floods a thread hides nothing that is said after it, and a page that is too large
// is asked for in smaller ones.
func TestReadManyComments(t *testing.T) {
	forges(t, func(t *testing.T, w world, f *fakeForge, target Target, d *door) {
		add := func(count, size int) {
			body := strings.Repeat("<", size)
			for range count {
				f.add(fakePost{Comment: true, Issue: 12, Login: "mallory", Type: "User", Body: body})
			}
		}
		read := func() ([]Post, bool) {
			t.Helper()
			d.seen = nil
			reader := target.(Reader)
			issues, _, err := reader.Issues(context.Background(), "", testNow)
			if err != nil || len(issues) != 1 {
				t.Fatalf("%+v %v", issues, err)
			}
			list, more, err := reader.Comments(context.Background(), issues[0], fortnight)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(d.requests()); n > mostRequests+5 {
				t.Errorf("%d requests", n)
			}
			return list, more
		}
		last := func(n int) {
			t.Helper()
			f.add(fakePost{Comment: true, Issue: 12, Login: "ana-gh", Type: "User", Body: "the last one"})
			list, more := read()
			if len(list) == 0 || list[len(list)-1].Body != "the last one" || n > 0 && len(list) != n || n > 0 == more {
				t.Errorf("%d comments, more %v", len(list), more)
			}
		}
		add(250, 10)
		last(251)
		if w.name == "gitea" {
			add(25, 60_000) // six bytes each, and the answer has all of them
			f.posts[len(f.posts)-1].At = testNow.Add(time.Second)
			for i := range f.posts {
				if f.posts[i].Comment && len(f.posts[i].Body) > 1000 {
					f.posts[i].At = testNow.Add(-9 * 24 * time.Hour)
				}
			}
			last(0)
			return
		}
		add(120, 20_000)
		last(372)
		if w.name == "gitlab" { // to hold as many against a description takes long
			add(10_000, 10)
			last(0)
		}
	})
}

// A token goes to the host of its target, whatever addresses an answer has.
func TestReadFollowsNoAddress(t *testing.T) {
	second := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s came with %q", r.Method, r.URL, r.Header)
	}))
	defer second.Close()
	forges(t, func(t *testing.T, w world, f *fakeForge, target Target, d *door) {
		service := d.next
		d.next = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			answer := httptest.NewRecorder()
			service.ServeHTTP(answer, r)
			rw.Header().Set("Link", fmt.Sprintf(`<%s/next>; rel="next"`, second.URL))
			rw.WriteHeader(answer.Code)
			fmt.Fprint(rw, strings.NewReplacer("https://forge.example.com", second.URL, "https://api.github.com", second.URL).Replace(answer.Body.String()))
		})
		f.add(fakePost{Comment: true, Issue: 12, Login: "ana-gh", Type: "User", Body: "/handoff ack"})
		reader := target.(Reader)
		issues, _, err := reader.Issues(context.Background(), "", testNow)
		if err != nil || len(issues) != 1 || issues[0].URL != "" {
			t.Fatalf("%+v %v", issues, err)
		}
		list, _, err := reader.Comments(context.Background(), issues[0], fortnight)
		if err != nil || len(list) != 1 || list[0].URL != "" {
			t.Errorf("%+v %v", list, err)
		}
		if _, there, err := reader.Read(context.Background(), second.URL+"/acme/shop/issues/12"); there || err != nil {
			t.Errorf("%v %v", there, err)
		}
		d.next = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, second.URL+r.URL.Path, http.StatusFound)
		})
		_, _, err = reader.Issues(context.Background(), "", testNow)
		wantFault(t, err, FaultRedirect)
	})
}
