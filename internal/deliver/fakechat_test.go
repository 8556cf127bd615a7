package deliver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// slackDescription is the published description, of Swagger 2: the parameters of each
// method, and the schema of what it answers.
type slackDescription struct {
	params  map[string]map[string]bool
	answers map[string]*jsonschema.Schema
}

var slackContract = sync.OnceValues(func() (slackDescription, error) {
	d := slackDescription{make(map[string]map[string]bool), make(map[string]*jsonschema.Schema)}
	data, err := os.ReadFile("testdata/slack.json")
	if err != nil {
		return d, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return d, err
	}
	alternatives(doc)
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft4)
	if err := compiler.AddResource("slack.json", doc); err != nil {
		return d, err
	}
	for path, item := range doc.(map[string]any)["paths"].(map[string]any) {
		for verb, operation := range item.(map[string]any) {
			method := strings.TrimPrefix(path, "/")
			d.params[method] = map[string]bool{}
			for _, p := range operation.(map[string]any)["parameters"].([]any) {
				d.params[method][p.(map[string]any)["name"].(string)] = true
			}
			at := "slack.json#/paths/" + strings.ReplaceAll(path, "/", "~1") + "/" + verb + "/responses/200/schema"
			if d.answers[method], err = compiler.Compile(at); err != nil {
				return d, err
			}
		}
	}
	return d, nil
})

// alternatives turns Slack's own way to say "one of these", a list under items, into
// that of JSON Schema.
func alternatives(node any) {
	switch node := node.(type) {
	case map[string]any:
		if list, ok := node["items"].([]any); ok {
			delete(node, "items")
			node["anyOf"] = list
		}
		for _, child := range node {
			alternatives(child)
		}
	case []any:
		for _, child := range node {
			alternatives(child)
		}
	}
}

// fakeSlack is a workspace with one channel.
type fakeSlack struct {
	mu       sync.Mutex
	messages []map[string]any // oldest first
	scopes   bool             // the bot may read the history
}

func serveSlack(t *testing.T) (http.Handler, func() int) {
	s := newFakeSlack()
	return s.handler(t), s.made
}

func newFakeSlack() *fakeSlack {
	older := map[string]any{"type": "message", "ts": "1503435956.000247", "text": "good morning", "user": "U012ANAANA"}
	return &fakeSlack{messages: []map[string]any{older}, scopes: true}
}

// made is how many messages came.
func (s *fakeSlack) made() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.messages) - 1
}

func (s *fakeSlack) handler(t *testing.T) http.Handler {
	d, err := slackContract()
	if err != nil {
		t.Fatal(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		method := strings.TrimPrefix(r.URL.Path, "/api/")
		args := slackArguments(t, r)
		if d.params[method] == nil {
			t.Errorf("Slack has no method %s", method)
		}
		for name := range args {
			if !d.params[method][name] {
				t.Errorf("%s has no argument %s", method, name)
			}
		}
		if r.Header.Get("Authorization") != "Bearer "+testToken {
			jot(w, 200, map[string]any{"ok": false, "error": "invalid_auth"})
			return
		}
		answer := s.answer(t, method, args)
		// Of replies the description has no blocks and no bots, as they were once.
		if answer["ok"] == true && method != "conversations.replies" {
			encoded, _ := json.Marshal(answer)
			value, _ := jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
			if err := d.answers[method].Validate(value); err != nil {
				t.Errorf("the server of the test does not answer %s as described: %v", method, err)
			}
		}
		jot(w, 200, answer)
	})
}

// slackArguments are those of a call: methods that write take JSON, those that read take
// forms alone.
func slackArguments(t *testing.T, r *http.Request) map[string]any {
	args := map[string]any{}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		if !strings.HasPrefix(r.URL.Path, "/api/chat.") || strings.HasSuffix(r.URL.Path, "Permalink") {
			t.Errorf("%s takes no JSON", r.URL.Path)
		}
		read(r, &args)
		return args
	}
	body, _ := io.ReadAll(r.Body)
	form, err := url.ParseQuery(string(body))
	if err != nil {
		t.Errorf("%s: %v", r.URL.Path, err)
	}
	for name := range form {
		args[name] = form.Get(name)
	}
	return args
}

func (s *fakeSlack) answer(t *testing.T, method string, args map[string]any) map[string]any {
	refuse := func(code string) map[string]any { return map[string]any{"ok": false, "error": code} }
	if method != "auth.test" && args["channel"] != "C012SHOPPING" {
		return refuse("channel_not_found")
	}
	switch method {
	case "auth.test":
		return map[string]any{"ok": true, "url": "https://acme.slack.com/", "team": "acme", "user": "handoff", "team_id": "T012ACME1", "user_id": "U012BOTBOT", "bot_id": "B012BOTBOT"}
	case "chat.getPermalink":
		ts := args["message_ts"].(string)
		return map[string]any{"ok": true, "channel": args["channel"], "permalink": "https://acme.slack.com/archives/C012SHOPPING/p" + strings.ReplaceAll(ts, ".", "")}
	case "chat.postMessage":
		checkBlocks(t, args)
		ts := fmt.Sprintf("%d.%06d", testNow.Unix(), len(s.messages)-1)
		m := map[string]any{"type": "message", "ts": ts, "text": args["text"], "blocks": args["blocks"], "bot_id": "B012BOTBOT", "user": "U012BOTBOT"}
		if args["thread_ts"] != nil {
			m["thread_ts"] = args["thread_ts"]
		}
		s.messages = append(s.messages, m)
		return map[string]any{"ok": true, "channel": args["channel"], "ts": ts, "message": m}
	case "chat.update":
		checkBlocks(t, args)
		for _, m := range s.messages {
			if m["ts"] == args["ts"] {
				m["text"], m["blocks"] = args["text"], args["blocks"]
				return map[string]any{"ok": true, "channel": args["channel"], "ts": args["ts"], "text": args["text"], "message": map[string]any{"text": args["text"]}}
			}
		}
		return refuse("message_not_found")
	}
	if !s.scopes {
		return refuse("missing_scope")
	}
	found := []any{}
	for _, m := range s.messages {
		if m["thread_ts"] == args["ts"] || m["ts"] == args["ts"] {
			found = append(found, m)
		}
	}
	if method == "conversations.replies" {
		return map[string]any{"ok": true, "messages": found, "has_more": false}
	}
	return map[string]any{"ok": true, "messages": found, "has_more": false, "pin_count": 0, "channel_actions_ts": nil, "channel_actions_count": 0}
}

// checkBlocks holds blocks against what the reference of Block Kit says of them.
func checkBlocks(t *testing.T, args map[string]any) {
	blocks, _ := args["blocks"].([]any)
	if len(blocks) == 0 || len(blocks) > 50 {
		t.Errorf("%d blocks", len(blocks))
	}
	if text, _ := args["text"].(string); len([]rune(text)) > 4000 {
		t.Errorf("a text of %d", len(text))
	}
	for _, b := range blocks {
		b := b.(map[string]any)
		switch b["type"] {
		case "header":
			text := b["text"].(map[string]any)
			if s := text["text"].(string); text["type"] != "plain_text" || s == "" || len([]rune(s)) > 150 {
				t.Errorf("a header of %v", text)
			}
		case "rich_text":
			if id, _ := b["block_id"].(string); id == "" || len(id) > 255 {
				t.Errorf("block_id %q", id)
			}
			for _, e := range b["elements"].([]any) {
				checkRichText(t, e.(map[string]any))
			}
		default:
			t.Errorf("a block of type %v", b["type"])
		}
	}
}

func checkRichText(t *testing.T, e map[string]any) {
	elements, _ := e["elements"].([]any)
	switch e["type"] {
	case "rich_text_section", "rich_text_list":
		if len(elements) == 0 {
			t.Errorf("a %v of nothing", e["type"])
		}
		for _, one := range elements {
			checkRichText(t, one.(map[string]any))
		}
	case "text":
		if e["text"] == "" {
			t.Error("an empty text")
		}
	case "link":
		if !strings.HasPrefix(e["url"].(string), "https://") {
			t.Errorf("a link to %v", e["url"])
		}
	case "user":
		if !strings.HasPrefix(e["user_id"].(string), "U") {
			t.Errorf("a user %v", e["user_id"])
		}
	default:
		t.Errorf("an element of type %v", e["type"])
	}
}

// serveHook is a webhook that takes what check takes, and answers with status and text.
func serveHook(t *testing.T, status int, text string, check func(body map[string]any, r *http.Request) string) (http.Handler, func() int) {
	var mu sync.Mutex
	taken := map[string]bool{}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.Method != http.MethodPost || r.URL.Path != testPath || r.URL.Query().Get("key") != "swordfish-key" {
			http.NotFound(w, r)
			return
		}
		if r.Header.Get("Authorization") != "" {
			t.Error("a webhook is sent a token")
		}
		body := map[string]any{}
		read(r, &body)
		taken[check(body, r)] = true
		w.WriteHeader(status)
		io.WriteString(w, text)
	})
	return h, func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(taken)
	}
}

// each names every message that comes, however alike they are.
func each(check func(body map[string]any, r *http.Request)) func(map[string]any, *http.Request) string {
	n := 0
	return func(body map[string]any, r *http.Request) string {
		n++
		check(body, r)
		return fmt.Sprint(n)
	}
}

func serveSlackHook(t *testing.T) (http.Handler, func() int) {
	return serveHook(t, 200, "ok", each(func(body map[string]any, _ *http.Request) {
		checkBlocks(t, body)
		for name := range body {
			if name != "text" && name != "blocks" {
				t.Errorf("a webhook of Slack has no %s", name)
			}
		}
	}))
}

func serveTeams(t *testing.T) (http.Handler, func() int) {
	return serveHook(t, 202, "", each(func(body map[string]any, _ *http.Request) {
		encoded, _ := json.Marshal(body)
		attachments, _ := body["attachments"].([]any)
		if body["type"] != "message" || len(attachments) != 1 || len(encoded) > 28<<10 {
			t.Fatalf("%d bytes: %s", len(encoded), encoded)
		}
		a := attachments[0].(map[string]any)
		card := a["content"].(map[string]any)
		if a["contentType"] != "application/vnd.microsoft.card.adaptive" || card["type"] != "AdaptiveCard" {
			t.Errorf("attachment: %s", encoded)
		}
		checkCard(t, card)
	}))
}

// checkCard: each mention of a text has its entity, and no other text is Markdown.
func checkCard(t *testing.T, card map[string]any) {
	mentioned := ""
	for _, b := range card["body"].([]any) {
		b := b.(map[string]any)
		switch b["type"] {
		case "TextBlock":
			mentioned += b["text"].(string)
		case "RichTextBlock":
			for _, run := range b["inlines"].([]any) {
				if run := run.(map[string]any); run["type"] != "TextRun" || run["text"] == "" {
					t.Errorf("inline %v", run)
				}
			}
		default:
			t.Errorf("a block of type %v", b["type"])
		}
	}
	entities, _ := card["msteams"].(map[string]any)["entities"].([]any)
	for _, e := range entities {
		text := e.(map[string]any)["text"].(string)
		if !strings.Contains(mentioned, text) {
			t.Errorf("the text does not mention %s", text)
		}
		mentioned = strings.Replace(mentioned, text, "", 1)
	}
	if strings.TrimSpace(mentioned) != "" {
		t.Errorf("a text says %q beside its mentions", mentioned)
	}
}

// serveGoogleChat makes no message twice whose requestId it knows.
func serveGoogleChat(t *testing.T) (http.Handler, func() int) {
	return serveHook(t, 200, `{"name": "spaces/AAA/messages/BBB"}`, func(body map[string]any, r *http.Request) string {
		q := r.URL.Query()
		thread, _ := body["thread"].(map[string]any)["threadKey"].(string)
		if q.Get("requestId") == "" || q.Get("messageReplyOption") != "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD" || thread == "" {
			t.Errorf("%s: %v", r.URL, thread)
		}
		encoded, _ := json.Marshal(body)
		if cards, _ := body["cardsV2"].([]any); len(cards) != 1 || len(encoded) > 32000 {
			t.Errorf("%d bytes: %s", len(encoded), encoded)
		}
		return q.Get("requestId")
	})
}

func serveWebhook(t *testing.T) (http.Handler, func() int) {
	return serveHook(t, 204, "", each(func(body map[string]any, r *http.Request) {
		data, _ := body["data"].(map[string]any)
		if kind, _ := body["type"].(string); !strings.HasPrefix(kind, "handoff.") || body["timestamp"] != "2027-06-01T17:30:00Z" || data["key"] != r.Header.Get("webhook-id") {
			t.Errorf("body: %v", body)
		}
		if r.Header.Get("Idempotency-Key") != "" || r.Header.Get("X-Idempotency-Key") != "" {
			t.Error("a header makes the client repeat the request by itself")
		}
	}))
}

var adfSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	data, err := os.ReadFile("testdata/adf.json")
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("adf.json", doc); err != nil {
		return nil, err
	}
	return compiler.Compile("adf.json")
})

// fakeJira is a site with a ticket, PAY-1.
type fakeJira struct {
	mu       sync.Mutex
	comments []map[string]any
	links    map[string]any // by globalId
}

func serveJira(t *testing.T) (http.Handler, func() int) {
	j := &fakeJira{links: map[string]any{}}
	return j.handler(t), func() int {
		j.mu.Lock()
		defer j.mu.Unlock()
		return len(j.comments)
	}
}

func (j *fakeJira) handler(t *testing.T) http.Handler {
	schema, err := adfSchema()
	if err != nil {
		t.Fatal(err)
	}
	const issue = "/rest/api/3/issue/PAY-1"
	mux := http.NewServeMux()
	comment := func(r *http.Request) any {
		var body map[string]any
		read(r, &body)
		encoded, _ := json.Marshal(body["body"])
		value, _ := jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
		if err := schema.Validate(value); err != nil {
			t.Errorf("the comment is no document: %v\n%s", err, encoded)
		}
		return body["body"]
	}
	mux.HandleFunc("GET /rest/api/3/myself", func(w http.ResponseWriter, _ *http.Request) { jot(w, 200, map[string]any{"accountId": "bot"}) })
	mux.HandleFunc("GET "+issue+"/comment", func(w http.ResponseWriter, _ *http.Request) {
		jot(w, 200, map[string]any{"startAt": 0, "total": len(j.comments), "comments": j.comments})
	})
	mux.HandleFunc("POST "+issue+"/comment", func(w http.ResponseWriter, r *http.Request) {
		c := map[string]any{"id": fmt.Sprint(10001 + len(j.comments)), "author": map[string]any{"accountId": "bot"}, "body": comment(r)}
		j.comments = append(j.comments, c)
		jot(w, 201, c)
	})
	mux.HandleFunc("PUT "+issue+"/comment/{id}", func(w http.ResponseWriter, r *http.Request) {
		for _, c := range j.comments {
			if c["id"] == r.PathValue("id") {
				c["body"] = comment(r)
				jot(w, 200, c)
			}
		}
	})
	mux.HandleFunc("POST "+issue+"/remotelink", func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		read(r, &body)
		id, _ := body["globalId"].(string)
		if object, _ := body["object"].(map[string]any); id == "" || len(id) > 255 || object["url"] == nil || object["title"] == nil {
			t.Errorf("remote link: %v", body)
		}
		j.links[id] = body
		jot(w, 201, map[string]any{"id": 10000})
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		j.mu.Lock()
		defer j.mu.Unlock()
		if user, token, _ := r.BasicAuth(); user != "bot@example.com" || token != testToken {
			jot(w, 401, map[string]any{"message": "Client must be authenticated to access this resource."})
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// fakeLinear is a workspace. It takes the ids of comments, none of them twice.
type fakeLinear struct {
	mu          sync.Mutex
	comments    map[string]map[string]any
	attachments map[string]any // by issue and url
}

func serveLinear(t *testing.T) (http.Handler, func() int) {
	l := &fakeLinear{comments: map[string]map[string]any{}, attachments: map[string]any{}}
	return l.handler(t), func() int {
		l.mu.Lock()
		defer l.mu.Unlock()
		return len(l.comments)
	}
}

func (l *fakeLinear) handler(t *testing.T) http.Handler {
	fail := func(w http.ResponseWriter, status int, code, message string) {
		jot(w, status, map[string]any{"errors": []any{map[string]any{"message": message, "extensions": map[string]any{"code": code}}}})
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		defer l.mu.Unlock()
		var body struct {
			Query     string
			Variables struct {
				ID    string
				Input map[string]any
			}
		}
		read(r, &body)
		if r.URL.Path != "/graphql" || r.Header.Get("Authorization") != "Bearer "+testToken {
			fail(w, 401, "AUTHENTICATION_ERROR", "Authentication required, not authenticated")
			return
		}
		input := body.Variables.Input
		switch {
		case strings.Contains(body.Query, "commentCreate("):
			id, _ := input["id"].(string)
			if !linearReceipt().MatchString("PAY-1#"+id) || id[14] != '4' || input["issueId"] != "PAY-1" {
				t.Errorf("input: %v", input)
			}
			if l.comments[id] != nil {
				fail(w, 200, "INPUT_ERROR", "Entity already exists")
				return
			}
			l.comments[id] = map[string]any{"id": id, "url": "https://linear.app/acme/issue/PAY-1#comment-" + id[:8], "body": input["body"], "parent": input["parentId"]}
			jot(w, 200, map[string]any{"data": map[string]any{"commentCreate": map[string]any{"success": true, "comment": l.comments[id]}}})
		case strings.Contains(body.Query, "commentUpdate("):
			c := l.comments[body.Variables.ID]
			c["body"] = input["body"]
			jot(w, 200, map[string]any{"data": map[string]any{"commentUpdate": map[string]any{"success": true, "comment": c}}})
		case strings.Contains(body.Query, "attachmentCreate("):
			l.attachments[fmt.Sprint(input["issueId"], input["url"])] = input
			jot(w, 200, map[string]any{"data": map[string]any{"attachmentCreate": map[string]any{"success": true}}})
		case strings.Contains(body.Query, "comments("):
			nodes := []any{}
			if c := l.comments[body.Variables.ID]; c != nil {
				nodes = append(nodes, c)
			}
			jot(w, 200, map[string]any{"data": map[string]any{"comments": map[string]any{"nodes": nodes}}})
		default:
			t.Errorf("query: %s", body.Query)
		}
	})
}
