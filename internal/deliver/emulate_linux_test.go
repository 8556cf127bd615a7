package deliver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Against emulators that others wrote: npm's emulate speaks GitHub, Slack and Linear.
// It listens for the whole network, so it runs in a network of its own.
func TestEmulated(t *testing.T) {
	program, err := exec.LookPath("emulate")
	if err != nil {
		t.Skip("EMULATE IS NOT HERE: npm install emulate@0.11.2, and put its .bin on PATH")
	}
	if os.Getenv("HANDOFF_TEST_ALONE") == "" {
		if out, err := exec.Command("unshare", "-rn", "true").CombinedOutput(); err != nil {
			t.Skipf("NO NETWORK OF ITS OWN CAN BE HAD: unshare -rn: %v %s", err, out)
		}
		inside := exec.Command("unshare", "-rn", os.Args[0], "-test.run=^TestEmulated$", "-test.v")
		inside.Env = append(os.Environ(), "HANDOFF_TEST_ALONE=1")
		out, err := inside.CombinedOutput()
		if t.Logf("%s", out); err != nil {
			t.Fatal(err)
		}
		return
	}
	loopbackUp(t)
	startEmulate(t, program)
	t.Run("github", emulatedGitHub)
	t.Run("review", emulatedReview)
	t.Run("slack", emulatedSlack)
	t.Run("linear", emulatedLinear)
}

// loopbackUp makes a network that is new reach itself.
func loopbackUp(t *testing.T) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		t.Fatal(err)
	}
	request.SetUint16(unix.IFF_UP)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request); err != nil {
		t.Fatal(err)
	}
}

const (
	emulatedForge = "http://127.0.0.1:4000"
	emulatedChat  = "http://127.0.0.1:4001/api"
	emulatedTasks = "http://127.0.0.1:4002"
)

func startEmulate(t *testing.T, program string) {
	emulate := exec.Command(program, "start", "--service", "github,slack,linear", "--port", "4000", "--seed", "testdata/emulate.yaml")
	var said bytes.Buffer
	emulate.Stdout, emulate.Stderr = &said, &said
	if err := emulate.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		emulate.Process.Kill()
		emulate.Wait()
	})
	for _, port := range []string{"4000", "4001", "4002"} {
		for deadline := time.Now().Add(time.Minute); ; {
			conn, err := net.Dial("tcp", "127.0.0.1:"+port)
			if err == nil {
				conn.Close()
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("emulate does not listen: %v\n%s", err, said.String())
			}
		}
	}
}

// ask asks an emulator itself.
func ask(t *testing.T, token, method, address string, body, into any) {
	t.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(method, address, bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode > 299 {
		t.Fatalf("%s %s: %s %v\n%s", method, address, response.Status, err, answer)
	}
	if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			t.Fatalf("%v: %s", err, answer)
		}
	}
}

func emulatedGitHub(t *testing.T) {
	repo := emulatedForge + "/repos/acme/shop"
	ask(t, testToken, "POST", repo+"/issues", map[string]any{"title": "session timeout"}, nil)
	target := openForTest(t, Config{Name: "github", Type: "github", Host: emulatedForge, Project: "acme/shop", Token: secretToken()})
	m := blocker()
	m.About = []Ref{{"ticket", "#1"}}
	m.At = time.Now()
	first, err := target.Send(context.Background(), m)
	if err != nil || first.ID != "issues/2" || !strings.HasSuffix(first.URL, "/acme/shop/issues/2") {
		t.Fatalf("%+v %v", first, err)
	}
	// Dependencies of issues it does not have: the issue is there, and the receipt says so.
	if len(first.Notes) != 1 || !strings.HasPrefix(first.Notes[0], "#1 is not marked as blocked by it: ") {
		t.Errorf("notes: %q", first.Notes)
	}
	if found, there, err := target.Find(context.Background(), m); err != nil || !there || found.ID != first.ID {
		t.Errorf("%+v %v %v", found, there, err)
	}
	other := m
	other.Key = "another-key-0000001"
	if found, there, err := target.Find(context.Background(), other); err != nil || there {
		t.Errorf("%+v %v", found, err)
	}
	question := Message{Key: "key-of-the-question1", Kind: KindQuestion, Title: "q", Text: []string{"which one? @everyone closes #1"}, About: m.About}
	asked, err := target.Send(context.Background(), question)
	if err != nil || !strings.HasPrefix(asked.ID, "issues/1#") {
		t.Fatalf("%+v %v", asked, err)
	}
	if found, there, err := target.Find(context.Background(), question); err != nil || !there || found.ID != asked.ID {
		t.Errorf("%+v %v %v", found, there, err)
	}
	m.Replaces, m.Done, m.Text = &first, true, []string{"30 minutes for everybody"}
	if _, err := target.Send(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	var issue struct{ State, Body string }
	ask(t, testToken, "GET", repo+"/issues/2", nil, &issue)
	if issue.State != "closed" || !strings.Contains(issue.Body, "30 minutes for everybody") || !hasMarker(issue.Body, testKey) {
		t.Errorf("%+v", issue)
	}
	var comments []struct{ Body string }
	ask(t, testToken, "GET", repo+"/issues/1/comments", nil, &comments)
	if len(comments) != 1 || !strings.Contains(comments[0].Body, "`@everyone` closes `#1`") {
		t.Errorf("%+v", comments)
	}
	wrong := openForTest(t, Config{Name: "github", Type: "github", Host: emulatedForge, Project: "acme/gone", Token: secretToken()})
	_, err = wrong.Send(context.Background(), blocker())
	wantFault(t, err, FaultNotFound)
}

func emulatedReview(t *testing.T) {
	repo := emulatedForge + "/repos/acme/shop"
	var main struct{ Object struct{ SHA string } }
	ask(t, testToken, "GET", repo+"/git/ref/heads/main", nil, &main)
	ask(t, testToken, "POST", repo+"/git/refs", map[string]any{"ref": "refs/heads/fix", "sha": main.Object.SHA}, nil)
	ask(t, testToken, "PUT", repo+"/contents/fix.txt", map[string]any{"message": "fix", "content": "Zml4", "branch": "fix"}, nil)
	var pull struct{ Number int }
	ask(t, testToken, "POST", repo+"/pulls", map[string]any{"title": "fix", "head": "fix", "base": "main"}, &pull)
	at := repo + "/pulls/" + thread{number: pull.Number}.String()[len("issues/"):]
	ask(t, testToken, "POST", at+"/requested_reviewers", map[string]any{"reviewers": []string{"ines"}}, nil)
	ask(t, "token-of-james", "POST", at+"/reviews", map[string]any{"event": "APPROVE", "body": "good"}, nil)
	target := openForTest(t, Config{Name: "github", Type: "github", Host: emulatedForge, Project: "acme/shop", Token: secretToken()})
	got, ok, err := target.(Reviewer).Review(context.Background(), Ref{"pr", thread{number: pull.Number}.String()[len("issues/"):]})
	if want := (Review{"open", 1, 2, []string{"ines"}}); err != nil || !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v %v, want %+v", got, ok, err, want)
	}
}

func emulatedSlack(t *testing.T) {
	var list struct {
		Channels []struct{ ID, Name string }
	}
	ask(t, testToken, "POST", emulatedChat+"/conversations.list", map[string]any{}, &list)
	channel := ""
	for _, c := range list.Channels {
		if c.Name == "payments" {
			channel = c.ID
		}
	}
	ask(t, testToken, "POST", emulatedChat+"/conversations.join", map[string]any{"channel": channel}, nil)
	target := openForTest(t, Config{Name: "slack", Type: "slack", Host: emulatedChat, Channel: channel, Token: secretToken()})
	m := blocker()
	m.At = time.Now()
	first, err := target.Send(context.Background(), m)
	if err != nil || first.URL == "" {
		t.Fatalf("%+v %v", first, err)
	}
	if found, there, err := target.Find(context.Background(), m); err != nil || !there || found.ID != first.ID || found.URL != first.URL {
		t.Errorf("%+v %v %v", found, there, err)
	}
	reply := Message{Key: "key-of-the-reply-01", Kind: KindReply, Text: []string{"ben takes it <!channel>"}, Thread: &first}
	answer, err := target.Send(context.Background(), reply)
	if err != nil || answer.ID == first.ID {
		t.Fatalf("%+v %v", answer, err)
	}
	if found, there, err := target.Find(context.Background(), reply); err != nil || !there || found.ID != answer.ID {
		t.Errorf("%+v %v %v", found, there, err)
	}
	m.Replaces, m.Title = &first, "settled"
	if _, err := target.Send(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	var history struct {
		Messages []struct {
			Text       string
			ReplyCount int `json:"reply_count"`
		}
	}
	ask(t, testToken, "POST", emulatedChat+"/conversations.history", map[string]any{"channel": channel}, &history)
	if len(history.Messages) != 1 || !strings.HasPrefix(history.Messages[0].Text, "settled") || history.Messages[0].ReplyCount != 1 {
		t.Errorf("%+v", history)
	}
	gone := openForTest(t, Config{Name: "slack", Type: "slack", Host: emulatedChat, Channel: "C0GONEGONE", Token: secretToken()})
	_, err = gone.Send(context.Background(), blocker())
	wantFault(t, err, FaultNotFound)
}

// The emulator takes no id of a comment and has no attachments, which Linear does: the id
// is taken out on the way.
func emulatedLinear(t *testing.T) {
	var teams struct {
		Data struct {
			Teams struct{ Nodes []struct{ ID, Key string } }
		}
	}
	ask(t, testToken, "POST", emulatedTasks+"/graphql", map[string]any{"query": "{ teams { nodes { id key } } }"}, &teams)
	team := ""
	for _, n := range teams.Data.Teams.Nodes {
		if n.Key == "PAY" {
			team = n.ID
		}
	}
	ask(t, testToken, "POST", emulatedTasks+"/graphql", map[string]any{
		"query": "mutation($t: String!) { issueCreate(input: {teamId: $t, title: \"timeout\"}) { success } }", "variables": map[string]any{"t": team}}, nil)
	to, err := url.Parse(emulatedTasks)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		body, _ := io.ReadAll(r.In.Body)
		var call map[string]any
		json.Unmarshal(body, &call)
		call["query"] = strings.Replace(call["query"].(string), "{ id url }", "{ id }", 1) // it tells no url
		if input, ok := call["variables"].(map[string]any)["input"].(map[string]any); ok {
			delete(input, "id")
		}
		body, _ = json.Marshal(call)
		r.Out.Body, r.Out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}})
	defer proxy.Close()
	target := openForTest(t, Config{Name: "linear", Type: "linear", Host: proxy.URL, Project: "acme/PAY", Token: secretToken()})
	m := blocker()
	first, err := target.Send(context.Background(), m)
	if err != nil || !strings.HasPrefix(first.ID, "PAY-1#") || len(first.Notes) != 1 || !strings.HasPrefix(first.Notes[0], "PAY-1 has no link to it") {
		t.Fatalf("%+v %v", first, err)
	}
	m.Replaces, m.Text = &first, []string{"settled @everyone"}
	if _, err := target.Send(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	var comments struct {
		Data struct {
			Comments struct{ Nodes []struct{ Body string } }
		}
	}
	ask(t, testToken, "POST", emulatedTasks+"/graphql", map[string]any{"query": "{ comments { nodes { body } } }"}, &comments)
	ours := 0
	for _, c := range comments.Data.Comments.Nodes {
		if strings.Contains(c.Body, "settled `@everyone`") {
			ours++
		}
	}
	if ours != 1 {
		t.Errorf("%+v", comments)
	}
	m.Replaces, m.About = nil, []Ref{{"ticket", "PAY-999"}}
	_, err = target.Send(context.Background(), m)
	if refused := new(NotSentError); !errors.As(err, &refused) {
		t.Errorf("on an issue that is not there: %v", err)
	}
}
