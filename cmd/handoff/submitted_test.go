package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/yaml"
	"github.com/rogpeppe/go-internal/testscript"
)

// formPost is what the server knows of an issue of the form.
type formPost struct {
	editor string // who saved its text last, "" for its author
}

// submit is what the tests let people write: an issue of the form, or another text for
// one.
func (s *fakeTargets) submit(q url.Values, body string) (int, any) {
	at, _ := time.Parse(time.RFC3339, q.Get("at"))
	if number, _ := strconv.Atoi(cmp.Or(q.Get("edit"), q.Get("title"))); number > 0 {
		p := s.posts[number-1]
		if q.Get("edit") != "" {
			p.body, p.form.editor, p.edited = body, q.Get("as"), at
		} else {
			p.title = body
		}
		return http.StatusOK, s.event("edited", p, q.Get("as"))
	}
	p := &fakePost{kind: "issue", id: len(s.posts) + 1, title: "Handoff: today", body: body, state: "open", login: q.Get("as"), at: at, form: new(formPost)}
	s.posts = append(s.posts, p)
	return http.StatusCreated, s.event("opened", p, q.Get("as"))
}

// event is what starts a job, as Gitea describes it: that something of an issue was
// edited, and not what.
func (s *fakeTargets) event(action string, p *fakePost, by string) map[string]any {
	return map[string]any{"action": action, "number": p.id, "issue": s.json(p), "sender": map[string]any{"login": by}, "repository": map[string]any{"full_name": "example/app"}}
}

// graph answers who saved the text of an issue last, as GitHub's GraphQL API does.
func (s *fakeTargets) graph(data string) (int, any) {
	var query struct {
		Query     string
		Variables struct{ Number int }
	}
	if err := json.Unmarshal([]byte(data), &query); err != nil || !strings.Contains(query.Query, "lastEditedAt editor { login }") {
		return http.StatusOK, map[string]any{"errors": []any{map[string]any{"message": "not asked as the tests know it"}}}
	}
	for _, p := range s.posts {
		if p.id != query.Variables.Number || p.kind != "issue" {
			continue
		}
		issue := map[string]any{"body": p.body, "state": strings.ToUpper(p.state), "author": map[string]any{"login": p.login}, "lastEditedAt": nil, "editor": nil}
		if p.form != nil && p.form.editor != "" {
			issue["lastEditedAt"], issue["editor"] = p.edited, map[string]any{"login": p.form.editor}
		}
		return http.StatusOK, map[string]any{"data": map[string]any{"repository": map[string]any{"issue": issue}}}
	}
	return http.StatusOK, map[string]any{"data": nil, "errors": []any{map[string]any{"type": "NOT_FOUND", "message": "Could not resolve to an Issue."}}}
}

// labels are those that the form gives to what is submitted.
func (p *fakePost) labels() []any {
	if p.form == nil {
		return []any{}
	}
	return []any{map[string]any{"name": "handoff"}}
}

// bears reports whether a post is asked for where only those with a label are.
func (p *fakePost) bears(label string) bool {
	return label == "" || slices.ContainsFunc(p.labels(), func(l any) bool { return l.(map[string]any)["name"] == label })
}

// asSubmitted is what GitHub makes of a form: a heading for each field, in their order,
// with what was typed, or that nothing was. The answers have the same headings; one that
// somebody typed has a backslash before it.
func asSubmitted(file, answers string) (string, error) {
	typed := make(map[string]string)
	for _, part := range strings.Split("\n"+answers, "\n### ")[1:] {
		label, value, _ := strings.Cut(part, "\n")
		typed[label] = strings.ReplaceAll(strings.TrimSpace(value), "\n\\### ", "\n### ")
	}
	var form struct {
		Body []struct {
			Type        string
			Attributes  struct{ Label string }
			Validations struct{ Required bool }
		}
	}
	if err := yaml.Unmarshal([]byte(file), &form); err != nil {
		return "", err
	}
	var b strings.Builder
	for _, field := range form.Body {
		if field.Type == "markdown" {
			continue
		}
		value := typed[field.Attributes.Label]
		delete(typed, field.Attributes.Label)
		if value == "" && field.Validations.Required {
			return "", fmt.Errorf("the page does not let the form be submitted without %s", field.Attributes.Label)
		}
		fmt.Fprintf(&b, "### %s\n\n%s\n\n", field.Attributes.Label, cmp.Or(value, "_No response_"))
	}
	for label := range typed {
		return "", fmt.Errorf("the form has no field %s", label)
	}
	return strings.ReplaceAll(b.String(), "\n", "\r\n"), nil // as browsers send it
}

// cmdSubmits lets somebody submit the form on the server, as GitHub makes an issue of it:
// submits ana-gh day.txt, which has its fields as headings; submits -edit 5 ana-gh day.txt
// gives issue 5 another text, and submits -title 5 ana-gh Words another title. A field
// that is left out was left empty. The event is in $WORK/event.json then.
func cmdSubmits(ts *testscript.TestScript, _ bool, args []string) {
	q := url.Values{"at": {ts.Getenv(clockVariable)}, "form": {"true"}}
	if what, is := strings.CutPrefix(args[0], "-"); is {
		q.Set(what, args[1])
		args = args[2:]
	}
	q.Set("as", args[0])
	text := args[1]
	if q.Get("title") == "" {
		var err error
		text, err = asSubmitted(ts.ReadFile(".github/ISSUE_TEMPLATE/handoff.yml"), ts.ReadFile(text))
		ts.Check(err)
	}
	answer, err := http.Post(ts.Getenv("TARGETS")+"/say?"+q.Encode(), "text/plain", strings.NewReader(text))
	ts.Check(err)
	defer answer.Body.Close()
	event, err := io.ReadAll(answer.Body)
	ts.Check(err)
	ts.Check(os.WriteFile(filepath.Join(ts.Getenv("WORK"), "event.json"), event, 0o644))
}
