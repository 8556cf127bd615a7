package deliver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// forges are the worlds of forges, each with what it keeps.
func forges(t *testing.T, test func(t *testing.T, w world, f *fakeForge, target Target, d *door)) {
	for _, w := range worlds()[:3] {
		t.Run(w.name, func(t *testing.T) {
			f := newFakeForge()
			serve := map[string]func(*testing.T) http.Handler{"github": f.github, "gitea": f.gitea, "gitlab": f.gitlab}[w.name]
			w.server = func(t *testing.T) (http.Handler, func() int) {
				return serve(t), func() int { return len(f.made()) }
			}
			target, door, _ := w.start(t)
			test(t, w, f, target, door)
		})
	}
}

func TestForgeBlocker(t *testing.T) {
	forges(t, func(t *testing.T, w world, f *fakeForge, target Target, _ *door) {
		r, err := target.Send(context.Background(), w.message())
		if err != nil {
			t.Fatal(err)
		}
		page := "https://forge.example.com/acme/shop/issues/46"
		if w.name == "gitlab" {
			page = "https://forge.example.com/acme/pay/shop/-/issues/46"
		}
		if r.URL != page || r.ID != "issues/46" || r.Notes != nil {
			t.Errorf("receipt: %+v", r)
		}
		want := `For ` + w.mention + ` (Ben) and ines

The timeout cannot be set before somebody says which policy holds.

- **needed by:** Tue 2 Jun 18:00 CEST

**blocks**

- login-session-timeout

→ [the handoff](<https://git.example.com/handoffs/dem00001>)

<!-- handoff:3f9a1c2b7d5e4f60a1b2 -->`
		made := f.made()
		if len(made) != 1 || made[0].Body != want || made[0].Title != "which session policy is right" {
			t.Errorf("issues: %+v", made)
		}
		linked := map[int][]int64{12: {made[0].ID}}
		if !reflect.DeepEqual(f.linked, linked) {
			t.Errorf("links: %v", f.linked)
		}
		// What an interrupted Send did not come to, Find makes good; what is so already stays.
		f.linked = map[int][]int64{}
		for range 2 {
			found, there, err := target.Find(context.Background(), w.message())
			if err != nil || !there || found.ID != r.ID || found.URL != r.URL || found.Notes != nil {
				t.Errorf("found: %+v %v %v", found, there, err)
			}
		}
		if len(f.made()) != 1 || !reflect.DeepEqual(f.linked, linked) {
			t.Errorf("after Find: %+v %v", f.made(), f.linked)
		}
	})
}

// A link that the forge refuses is noted: the issue is there.
func TestForgeRefusesALink(t *testing.T) {
	forges(t, func(t *testing.T, w world, f *fakeForge, target Target, d *door) {
		service := d.next
		d.next = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost && !w.delivers(r, "") {
				jot(rw, 403, map[string]any{"message": "blocked issues are not available for the current license"})
				return
			}
			service.ServeHTTP(rw, r)
		})
		r, err := target.Send(context.Background(), w.message())
		if err != nil || r.ID != "issues/46" || len(r.Notes) != 1 || !strings.HasPrefix(r.Notes[0], "#12 is not marked as blocked by it: "+w.name+": 127.0.0.1") {
			t.Errorf("%+v %v", r, err)
		}
	})
}

func TestForgeComments(t *testing.T) {
	forges(t, func(t *testing.T, w world, f *fakeForge, target Target, _ *door) {
		for _, test := range []struct {
			kind  Kind
			about []Ref
			want  string // the beginning of the receipt's id
		}{
			{KindDecision, []Ref{{"ticket", "#12"}, {"pr", "#45"}}, "pulls/45#"},
			{KindDecision, []Ref{{"ticket", "#12"}}, "issues/12#"},
			{KindQuestion, []Ref{{"pr", "45"}}, "pulls/45#"},
			{KindQuestion, nil, "issues/"},
			{KindHandoff, []Ref{{"pr", "#45"}}, "issues/"},
			{KindDecision, nil, ""},
			{KindDecision, []Ref{{"pr", "other/repo#45"}, {"ticket", "PAY-1"}, {"pr", "https://evil.example.com/acme/shop/pull/45"}, {"branch", "#12"}, {"pr", "#0"}, {"pr", "#-1"}, {"pr", "../45"}, {"pr", "99999999999"}}, ""},
		} {
			m := Message{Key: fmt.Sprintf("key-of-%d-%s", len(f.made()), strings.Repeat("x", 10)), Kind: test.kind, Title: "t", Text: []string{"x"}, About: test.about}
			r, err := target.Send(context.Background(), m)
			if test.want == "" {
				wantFault(t, err, FaultPlace)
				continue
			}
			if err != nil || !strings.HasPrefix(r.ID, test.want) || r.URL == "" {
				t.Errorf("%s about %v: %+v %v", test.kind, test.about, r, err)
			}
			if found, there, err := target.Find(context.Background(), m); err != nil || !there || found.ID != r.ID || found.URL != r.URL {
				t.Errorf("%s about %v is not found: %+v %v %v", test.kind, test.about, found, there, err)
			}
		}
		if len(f.linked) > 0 {
			t.Errorf("links: %v", f.linked)
		}
		if w.name == "gitlab" {
			r, err := target.Send(context.Background(), Message{Key: testKey, Kind: KindDecision, Text: []string{"x"}, About: []Ref{{"pr", "!45"}}})
			if _, path, _ := strings.Cut(r.URL, "/acme"); err != nil || !strings.HasPrefix(r.URL, "http://127.0.0.1") || !strings.HasPrefix(path, "/pay/shop/-/merge_requests/45#note_") {
				t.Errorf("%+v %v", r, err)
			}
		}
	})
}

func TestForgeEdits(t *testing.T) {
	forges(t, func(t *testing.T, w world, f *fakeForge, target Target, _ *door) {
		issue, err := target.Send(context.Background(), w.message())
		if err != nil {
			t.Fatal(err)
		}
		edit := w.message()
		edit.Key, edit.Title, edit.Text, edit.Replaces = "key-of-the-edit-001", "another title", []string{"changed"}, &issue
		for _, done := range []bool{false, true} {
			edit.Done = done
			r, err := target.Send(context.Background(), edit)
			made := f.made()
			state := map[bool]string{false: "open", true: "closed"}[done]
			if err != nil || r.ID != issue.ID || r.URL != issue.URL || len(made) != 1 || made[0].Title != "another title" || made[0].State != state || !strings.Contains(made[0].Body, "changed") {
				t.Errorf("%+v %v: %+v", r, err, made)
			}
		}
		// Whoever closed it, or opened it again, has the last word.
		edit.Done = false
		if _, err := target.Send(context.Background(), edit); err != nil || f.made()[0].State != "closed" {
			t.Errorf("%v: %+v", err, f.made())
		}
		comment, err := target.Send(context.Background(), Message{Key: testKey, Kind: KindReply, Text: []string{"x"}, Thread: &issue})
		if err != nil || comment.ID != "issues/46#1047" {
			t.Fatalf("%+v %v", comment, err)
		}
		edit.Replaces = &comment
		r, err := target.Send(context.Background(), edit)
		if made := f.made(); err != nil || r.ID != comment.ID || len(made) != 2 || !strings.Contains(made[1].Body, "changed") {
			t.Errorf("%+v %v: %+v", r, err, made)
		}
		answer, err := target.Send(context.Background(), Message{Key: "key-of-the-answer-01", Kind: KindReply, Text: []string{"y"}, Thread: &comment})
		if err != nil || answer.ID != "issues/46#1048" {
			t.Errorf("%+v %v", answer, err)
		}
	})
}

// A marker can be read and written by strangers.
func TestForgeFindsItsOwn(t *testing.T) {
	forges(t, func(t *testing.T, w world, f *fakeForge, target Target, _ *door) {
		m := w.message()
		for _, p := range []fakePost{
			{Title: "x", Body: marker(testKey), Login: "mallory", Type: "User"},
			{Title: "x", Body: marker(testKey) + "\n\nand more", Login: f.me},
			{Title: "x", Body: marker("another-key-0000001"), Login: f.me},
			{Comment: true, Issue: 46, Body: marker(testKey), Login: f.me},
		} {
			f.add(p)
			if r, there, err := target.Find(context.Background(), m); err != nil || there {
				t.Errorf("%+v is found: %+v %v", p, r, err)
			}
		}
		machine := map[string]fakePost{"github": {Login: "github-actions[bot]", Type: "Bot"}, "gitea": {Login: "gitea-actions"}}[w.name]
		if w.name == "gitlab" {
			return // the token of a job may not write
		}
		f.me = "" // the token of a job, which may not ask whose it is
		if r, there, err := target.Find(context.Background(), m); err != nil || there {
			t.Errorf("a job finds what a stranger wrote: %+v %v", r, err)
		}
		machine.Title, machine.Body = "x", marker(testKey)+"\n"
		made := f.add(machine)
		if r, there, err := target.Find(context.Background(), m); err != nil || !there || r.ID != fmt.Sprintf("issues/%d", made.Issue) {
			t.Errorf("a job does not find what it wrote: %+v %v %v", r, there, err)
		}
	})
}

// Among very many posts it is found, or nobody says that it is not there.
func TestForgeFindsAmongMany(t *testing.T) {
	forges(t, func(t *testing.T, w world, f *fakeForge, target Target, d *door) {
		for range 350 {
			f.add(fakePost{Title: "x", Body: "x", Login: "ana-gh", Type: "User"})
		}
		made := f.add(fakePost{Title: "x", Body: marker(testKey)})
		if r, there, err := target.Find(context.Background(), w.message()); err != nil || !there || r.ID != fmt.Sprintf("issues/%d", made.Issue) {
			t.Errorf("%+v %v %v", r, there, err)
		}
		if w.name != "gitea" {
			return // it has the smallest pages
		}
		for range 2 * mostPages * 20 {
			f.posts = append(f.posts, fakePost{ID: int64(len(f.posts) + 1001), Issue: len(f.posts) + 1, Login: "ana-gh", Type: "User", State: "open", At: testNow, Title: "x"})
		}
		m := w.message()
		m.Key = "another-key-0000001"
		before := len(d.requests())
		if r, there, err := target.Find(context.Background(), m); !errors.Is(err, ErrCannotFind) || there {
			t.Errorf("%+v %v %v", r, there, err)
		}
		if n := len(d.requests()) - before; n > mostPages+1 {
			t.Errorf("%d requests", n)
		}
		// What is older than its first try is not looked at.
		m.At = testNow.Add(clockSlack * 2)
		if r, there, err := target.Find(context.Background(), m); err != nil || there {
			t.Errorf("since its time: %+v %v %v", r, there, err)
		}
	})
}

func TestPlaces(t *testing.T) {
	for name, places := range map[string]map[Ref]string{
		"github": {
			{"pr", "#12"}: "pulls/12", {"pr", "12"}: "pulls/12", {"ticket", "#12"}: "issues/12", {"ticket", "GH-12"}: "issues/12", {"ticket", "Acme/Shop#12"}: "issues/12",
			{"url", "https://github.com/acme/shop/pull/12"}: "pulls/12", {"pr", "https://github.com/acme/shop/issues/12"}: "issues/12", {"ticket", "https://GitHub.com/acme/shop/pull/12"}: "pulls/12",
			{"url", "https://github.com/acme/shop/pull/12/files"}: "", {"url", "https://github.com.evil.example.com/acme/shop/pull/12"}: "", {"url", "#12"}: "", {"branch", "12"}: "", {"pr", "acme/other#12"}: "", {"pr", "!12"}: "", {"commit", "1234567"}: "",
		},
		"gitlab": {
			{"pr", "!12"}: "pulls/12", {"pr", "12"}: "pulls/12", {"ticket", "#12"}: "issues/12", {"ticket", "12"}: "issues/12", {"ticket", "!12"}: "pulls/12", {"pr", "acme/pay/shop!12"}: "pulls/12", {"pr", "acme/pay/other!12"}: "", {"pr", "shop!12"}: "",
			{"url", "https://gitlab.com/acme/pay/shop/-/merge_requests/12"}: "pulls/12", {"url", "https://gitlab.com/acme/pay/shop/-/issues/12"}: "issues/12", {"url", "https://gitlab.com/acme/pay/shop/-/work_items/12"}: "issues/12",
			{"url", "https://gitlab.com/acme/pay/other/-/issues/12"}: "", {"url", "https://evil.example.com/acme/pay/shop/-/issues/12"}: "", {"branch", "!12"}: "", {"pr", "!0"}: "", {"pr", "!1e3"}: "", {"pr", "! 12"}: "",
		},
	} {
		c := Config{Name: name, Type: name, Project: map[string]string{"github": "acme/shop", "gitlab": "acme/pay/shop"}[name], Token: secretToken()}
		place := map[string]func(Target) tracker{
			"github": func(t Target) tracker { return t.(*reviewedForge).tracker },
			"gitlab": func(t Target) tracker { return t.(*gitlabTarget).tracker },
		}[name](openForTest(t, c)).place
		for ref, want := range places {
			at, ok := place(ref)
			if ok != (want != "") || ok && at.String() != want {
				t.Errorf("%s: %+v is %v %v, want %q", name, ref, at, ok, want)
			}
		}
	}
}

func TestReviews(t *testing.T) {
	user := func(login string) map[string]any { return map[string]any{"login": login, "id": 7, "username": login} }
	github := func(pull map[string]any, reviews ...[2]string) http.Handler {
		list := []any{}
		for i, r := range reviews {
			list = append(list, map[string]any{"id": i + 1, "user": user(r[0]), "state": r[1]})
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/pulls/45"):
				jot(w, 200, pull)
			case strings.HasSuffix(r.URL.Path, "/pulls/45/reviews") && r.URL.Query().Get("page") == "1":
				jot(w, 200, list)
			default:
				jot(w, 200, []any{})
			}
		})
	}
	open := map[string]any{"state": "open", "user": user("ana"), "requested_reviewers": []any{user("james")}, "requested_teams": []any{map[string]any{"slug": "qa"}}}
	gitlab := func(request, approvals map[string]any, reviewers ...[2]string) http.Handler {
		list := []any{}
		for _, r := range reviewers {
			list = append(list, map[string]any{"user": user(r[0]), "state": r[1]})
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer := map[string]any{"45": request, "approvals": approvals, "reviewers": list}[r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]]
			jot(w, 200, answer)
		})
	}
	by := func(logins ...string) map[string]any {
		approved := []any{}
		for _, l := range logins {
			approved = append(approved, map[string]any{"user": user(l)})
		}
		return map[string]any{"approvals_required": 0, "approved_by": approved}
	}
	required := by("ben", "eve")
	required["approvals_required"] = 3
	for name, test := range map[string]struct {
		world   int
		service http.Handler
		want    Review
	}{
		"waits": {0, github(open, [2]string{"ben", "APPROVED"}, [2]string{"ines", "COMMENTED"}, [2]string{"ana", "COMMENTED"}), Review{"open", 1, 3, []string{"james", "team:qa"}}},
		"the last word counts": {0, github(map[string]any{"state": "open", "user": user("ana")}, [2]string{"ben", "APPROVED"}, [2]string{"ben", "CHANGES_REQUESTED"}, [2]string{"ines", "CHANGES_REQUESTED"},
			[2]string{"ines", "APPROVED"}, [2]string{"ines", "COMMENTED"}, [2]string{"zoe", "APPROVED"}, [2]string{"zoe", "DISMISSED"}), Review{"open", 1, 2, nil}},
		"asked again": {0, github(open, [2]string{"james", "APPROVED"}), Review{"open", 0, 2, []string{"james", "team:qa"}}},
		"merged":      {0, github(map[string]any{"state": "closed", "merged": true}), Review{"merged", 0, 0, nil}},
		"closed":      {0, github(map[string]any{"state": "closed"}), Review{"closed", 0, 0, nil}},
		"draft":       {0, github(map[string]any{"state": "open", "draft": true}), Review{"draft", 0, 0, nil}},
		"gitea":       {1, github(open, [2]string{"james", "REQUEST_REVIEW"}, [2]string{"ben", "APPROVED"}, [2]string{"eve", "REQUEST_CHANGES"}), Review{"open", 1, 4, []string{"james", "team:qa"}}},
		"gitlab": {2, gitlab(map[string]any{"state": "opened"}, by("ben"), [2]string{"ben", "approved"}, [2]string{"james", "unreviewed"}, [2]string{"zoe", "requested_changes"}, [2]string{"ines", "reviewed"}),
			Review{"open", 1, 3, []string{"james"}}},
		"gitlab requires": {2, gitlab(map[string]any{"state": "opened", "draft": true}, required, [2]string{"james", "review_started"}), Review{"draft", 2, 3, []string{"james"}}},
		"gitlab merged":   {2, gitlab(map[string]any{"state": "merged"}, by("ben")), Review{"merged", 1, 1, nil}},
		"gitlab closed":   {2, gitlab(map[string]any{"state": "closed"}, by()), Review{"closed", 0, 0, nil}},
	} {
		t.Run(name, func(t *testing.T) {
			door := &door{next: test.service}
			server := httptest.NewServer(door)
			defer server.Close()
			reviewer := worlds()[test.world].open(t, server.URL).(Reviewer)
			got, ok, err := reviewer.Review(context.Background(), Ref{"pr", "45"})
			if err != nil || !ok || !reflect.DeepEqual(got, test.want) {
				t.Errorf("%+v %v %v, want %+v", got, ok, err, test.want)
			}
			asked := len(door.requests())
			for _, ref := range []Ref{{"ticket", "#45"}, {"pr", "other/repo#45"}, {"branch", "main"}} {
				if _, ok, err := reviewer.Review(context.Background(), ref); ok || err != nil {
					t.Errorf("%v is reviewed: %v", ref, err)
				}
			}
			if len(door.requests()) != asked {
				t.Error("somebody is asked about what is no pull request of the project")
			}
			for _, s := range door.requests() {
				if s.method != http.MethodGet {
					t.Errorf("asking did %s", s.method)
				}
			}
			door.next = http.NotFoundHandler()
			_, _, err = reviewer.Review(context.Background(), Ref{"pr", "45"})
			wantFault(t, err, FaultNotFound)
		})
	}
	for _, w := range worlds() {
		if _, ok := w.open(t, "http://127.0.0.1:1").(Reviewer); ok != slices.Contains([]string{"github", "gitea", "gitlab"}, w.name) {
			t.Errorf("%s: knows reviews: %v", w.name, ok)
		}
	}
}
