package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
	"golang.org/x/net/html"
	"pgregory.net/rapid"
)

var now = time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)

// world is a small history in which each text that people write is made by write, which
// is given its number.
func world(write func(n int) string) []*handoff.Record {
	n := 0
	next := func() string {
		n++
		return write(n)
	}
	at := func(hours int) time.Time { return now.Add(time.Duration(hours) * time.Hour) }
	h := &handoff.Handoff{
		To: []string{"ben"}, Summary: next(), ReturnsAt: handoff.Time{Time: at(12)}, Shipped: handoff.List[handoff.Shipped]{},
		Items: handoff.List[handoff.Item]{{
			ID: "refunds", Title: next(), Status: "blocked", Severity: "critical", Owner: "ana", State: next(), Intent: next(), Next: []handoff.Next{{Do: next(), Owner: "ben", When: next()}},
			BlockedBy: []string{"limit"}, Refs: []handoff.Ref{{Type: "pr", ID: next()}, {Type: "ticket", ID: next()}, {Type: "url", ID: "javascript://%0aalert(1)"}, {Type: "url", ID: "http://plain.example/"}},
		}},
		Blockers: handoff.List[handoff.Blocker]{{
			ID: "limit", Needs: next(), Because: next(), Workaround: next(), Resolver: "ben", Blocks: []string{"refunds"}, Type: "decision",
		}},
		Questions: handoff.List[handoff.OpenQuestion]{{ID: "which", Ask: next(), To: "ben", Context: next()}},
		Decisions: handoff.List[handoff.Decision]{{ID: "policy", DecisionFields: handoff.DecisionFields{Decision: next(), Rationale: next()}}},
	}
	return []*handoff.Record{
		handoff.New("aaaaaaa1", at(-30), "ana", h),
		handoff.New("aaaaaaa2", at(-29), "ben", &handoff.Ack{Subject: "aaaaaaa1", Outcome: handoff.OutcomeChangesRequested, Reason: "other", Note: next()}),
		handoff.New("aaaaaaa3", at(-28), "ben", &handoff.Escalation{Subject: "blk:limit", Reason: "stalled", To: "sarah", Ask: next(), Level: 1}),
		handoff.New("aaaaaaa4", at(-27), "sarah", &handoff.DecisionRecord{Topic: "policy", DecisionFields: handoff.DecisionFields{Decision: next(), Rationale: next(), Supersedes: "policy"}}),
	}
}

// drawn is the page of records, as it is written.
func drawn(t interface{ Fatal(...any) }, records []*handoff.Record, c *config.Config) []byte {
	for _, r := range records {
		r.Source = handoff.Source{Path: ".handoffs/" + r.Name(), Ref: "refs/heads/main"}
	}
	page, err := Of(fold.Of(records, fold.PolicyPerItem), query.Env{Now: now, Config: c}, Request{
		Zone: time.UTC, Records: func(s row.Source) string { return "https://forge.example/blob/main/" + s.Path },
		Delivered: []Delivered{{Ref: "blk:limit", Kind: "blocker", Target: "chat", URL: "javascript:alert(1)", Told: []string{"ben"}, At: row.Stamp(now)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	data, err := page.HTML()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// skeleton is what a browser makes of a page, without what it says: elements with the
// names of their attributes, and where links lead.
func skeleton(t interface{ Fatal(...any) }, data []byte) (shape []string, said string) {
	root, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var texts strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch n.Type {
		case html.ElementNode:
			line := n.Data
			for _, a := range n.Attr {
				line += " " + a.Key
				if a.Key == "href" || a.Key == "class" || a.Key == "id" {
					line += "=" + a.Val
				}
			}
			shape = append(shape, line)
		case html.TextNode:
			texts.WriteString(n.Data)
		case html.CommentNode:
			shape = append(shape, "comment")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if n.Type == html.ElementNode {
			shape = append(shape, "/"+n.Data)
			texts.WriteString("\n")
		}
	}
	walk(root)
	return shape, texts.String()
}

// hostile are texts that would be more than text where one of them is not escaped.
var hostile = []string{
	"<script>alert(1)</script>", "</style><script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "'><svg onload=alert(1)>", "<!--", "-->", "]]>", "<![CDATA[", "&lt;b&gt;", "&#60;b&#62;",
	"</title></head><body>", "</details></main>", "javascript:alert(1)", "<a href=javascript:alert(1)>x</a>", "<base href=//evil.example>", "<meta http-equiv=refresh content=0>", "{{.}}", "${x}", "`", "\u202egnp.exe",
	"\x00", "\x1b[31m", "\u2028", "<plaintext>", "<textarea>", "<noscript><p title=\"</noscript><img src=x>\">", "a\nb\tc", "日本語 👩‍💻", "&amp", "=cmd|' /C calc'!A0", "<xmp>", "</p></li></ol>",
}

// Whatever records say, a page says it as text: it has the same elements, attributes and
// links as one of plain words, and no other.
func TestTextStaysText(t *testing.T) {
	plain, _ := skeleton(t, drawn(t, world(func(n int) string { return fmt.Sprintf("plain words %d", n) }), nil))
	random := rapid.StringN(1, 30, 120)
	for round := range hostile { // in which each of them is in each place once
		texts := make(map[int]string)
		shape, said := skeleton(t, drawn(t, world(func(n int) string {
			// White space at an end is no text.
			texts[n] = "w" + hostile[(round+n)%len(hostile)] + " " + random.Example(round*100+n) + "w"
			return texts[n]
		}), nil))
		if !slices.Equal(shape, plain) {
			t.Errorf("the elements are %q, and with plain words %q, in %v", shape, plain, texts)
		}
		for n, s := range texts {
			if !unshown[n] && !strings.Contains(said, text.OneLine(s)) {
				t.Errorf("text %d, %q, is not on the page", n, s)
			}
		}
	}
}

// unshown are the numbers of texts that no page has: the intent of an item, the context of
// a question, and why something was decided that was replaced.
var unshown = map[int]bool{4: true, 13: true, 15: true}

// Links lead to https pages only, and to what is on the page.
func TestLinks(t *testing.T) {
	c := config.Default()
	c.Refs = map[string]string{"pr": "https://forge.example/pull/{id}", "ticket": "http://tracker.example/{id}"}
	data := drawn(t, world(func(n int) string { return fmt.Sprintf("PR %d waits, and PAY-%d", n, n) }), c)
	root, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	ids, links := make(map[string]int), make(map[string]bool)
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			switch a.Key {
			case "id":
				ids[a.Val]++
			case "href", "src", "action", "xlink:href":
				links[a.Val] = true
			}
		}
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("the id %s is there %d times", id, n)
		}
	}
	for to := range links {
		id, here := strings.CutPrefix(to, "#")
		if here && ids[id] == 0 || !here && !strings.HasPrefix(to, "https://forge.example/") {
			t.Errorf("a link leads to %q", to)
		}
	}
	for _, to := range []string{"https://forge.example/pull/1", "https://forge.example/blob/main/.handoffs/2026/11/19/033000Z-handoff-ana-aaaaaaa1.yaml", "#i-refunds", "#b-limit", "#h-aaaaaaa1"} {
		if !links[to] {
			t.Errorf("no link leads to %s", to)
		}
	}
}

// Of deliveries, what is in doubt comes first, then what nobody was told.
func TestDeliveries(t *testing.T) {
	p := &Page{Decisions: []query.DecisionStory{}, Blockers: []*row.Blocker{{ID: "limit"}, {ID: "key"}, {ID: "port"}}}
	p.deliver([]Delivered{
		{Ref: "blk:limit", Target: "chat", At: row.Stamp(now)}, {Ref: "blk:gone", Target: "chat", At: row.Stamp(now)},
		{Ref: "blk:key", Target: "chat"}, {Ref: "blk:port", Target: "chat", At: row.Stamp(now), InDoubt: true},
	})
	var order []string
	for _, d := range p.Delivered {
		order = append(order, d.Ref)
	}
	if want := []string{"blk:port", "blk:key", "blk:limit"}; !slices.Equal(order, want) {
		t.Errorf("%v, want %v", order, want)
	}
}

// A page loads nothing and runs nothing: its policy says so, and names its style sheet.
func TestPolicy(t *testing.T) {
	data := string(drawn(t, nil, nil))
	_, sheet, _ := strings.Cut(data, "<style>")
	sheet, _, _ = strings.Cut(sheet, "</style>")
	if want := "default-src &#39;none&#39;; style-src &#39;sha256-" + hashOf(sheet) + "&#39;; base-uri"; !strings.Contains(data, want) {
		t.Errorf("the policy is not %s in\n%.400s", want, data)
	}
	for _, bad := range []string{"<script", "style=", "<link", "<img", "url(", "@import", "<iframe", "http://"} {
		if strings.Contains(data, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
	if !strings.Contains(data, "There are no handoffs here yet") {
		t.Error("a page without records does not say so")
	}
}

// Only addresses that no other machine reaches will do.
func TestListen(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "localhost:0", "127.1.2.3:0"} {
		l, err := Listen(address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		l.Close()
	}
	for address, why := range map[string]string{
		":0": "every address", "0.0.0.0:0": "every address", "[::]:0": "every address", "192.0.2.1:0": "other machines", "example.com:80": "other machines",
		"localhost": "no address", "127.0.0.1:http": "no address", "127.0.0.1:-1": "no address", "127.0.0.1:70000": "no address", "127.0.0.1.evil.example:0": "other machines", "": "no address",
	} {
		l, err := Listen(address)
		if wrong := new(AddressError); !errors.As(err, &wrong) || !strings.Contains(wrong.Why, why) {
			t.Errorf("%s: %v, want %s", address, err, why)
		}
		if l != nil {
			l.Close()
		}
	}
}

// The page is for who asks for it by its own name, and nobody else.
func TestHandler(t *testing.T) {
	h := &handler{hosts: []string{"127.0.0.1:8080", "localhost:8080"}, page: func(context.Context) ([]byte, error) { return []byte("<p>the page"), nil }}
	for name, c := range map[string]struct {
		method, path, host string
		head               map[string]string
		want               int
	}{
		"page":                     {"GET", "/", "127.0.0.1:8080", nil, 200},
		"by the name of a machine": {"GET", "/", "LOCALHOST:8080", nil, 200},
		"head":                     {"HEAD", "/", "127.0.0.1:8080", nil, 200},
		"own origin":               {"GET", "/", "127.0.0.1:8080", map[string]string{"Origin": "http://127.0.0.1:8080"}, 200},
		"a link from elsewhere":    {"GET", "/", "127.0.0.1:8080", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200},
		"another name":             {"GET", "/", "evil.example:8080", nil, 421},
		"another port":             {"GET", "/", "127.0.0.1:8081", nil, 421},
		"no name":                  {"GET", "/", "", nil, 421},
		"another origin":           {"GET", "/", "127.0.0.1:8080", map[string]string{"Origin": "http://evil.example"}, 403},
		"no origin at all":         {"GET", "/", "127.0.0.1:8080", map[string]string{"Origin": "null"}, 403},
		"from a foreign page":      {"GET", "/", "127.0.0.1:8080", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403},
		"post":                     {"POST", "/", "127.0.0.1:8080", nil, 405},
		"delete":                   {"DELETE", "/", "127.0.0.1:8080", nil, 405},
		"another path":             {"GET", "/etc/passwd", "127.0.0.1:8080", nil, 404},
		"a path upwards":           {"GET", "/../", "127.0.0.1:8080", nil, 404},
	} {
		r := httptest.NewRequest(c.method, "http://x"+c.path, nil)
		r.Host = c.host
		for key, value := range c.head {
			r.Header.Set(key, value)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d", name, w.Code, c.want)
		}
		if says := strings.Contains(w.Body.String(), "<p>the page"); says != (c.want == 200 && c.method == "GET") {
			t.Errorf("%s: says %q", name, w.Body)
		}
		if w.Code != 200 && strings.Contains(w.Body.String(), "<") || len(w.Header().Values("Set-Cookie")) > 0 || w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v %s", name, w.Header(), w.Body)
		}
		if w.Code == http.StatusOK && !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: no policy", name)
		}
	}
	w := httptest.NewRecorder()
	first := httptest.NewRequest("GET", "http://127.0.0.1:8080/", nil)
	h.ServeHTTP(w, first)
	again := httptest.NewRequest("GET", "http://127.0.0.1:8080/", nil)
	again.Header.Set("If-None-Match", w.Header().Get("ETag"))
	w = httptest.NewRecorder()
	if h.ServeHTTP(w, again); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("what a browser has: %d %q", w.Code, w.Body)
	}
}
