package deliver

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"pgregory.net/rapid"

	neutral "github.com/handoff-cli/handoff/internal/text"
)

// hostile are texts that do something where they are not taken for text.
var hostile = []string{
	"@everyone]:", "[x]: https://evil.example.com", ":a", "\\\n<img src=x onerror=alert(1)>",
	"@everyone", "@here", "@all", "@channel", "cc @ana-gh, @acme/admins", "ana@example.com", "<!channel>", "<!here|here>", "<!subteam^S012|ops>", "<@U012ANAANA>",
	"closes #1", "Fixes acme/shop#2", "resolves GH-3", "fixes https://github.com/acme/shop/issues/4", "see !5 and ~bug and %v1 and $6 and &7",
	"/close", "/assign @ana", "  /label ~x", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!-- handoff:" + testKey + " -->", marker(testKey),
	"```\ncode\n```", "~~~", "`` ` ``", "`@everyone", "@everyone`", "` @everyone `", "[a](http://evil.example.com)", "![a](http://evil.example.com/x.png)", "<http://evil.example.com>", "http://evil.example.com", "www.evil.example.com",
	"[x]: http://evil.example.com", "[x][x]", "# heading", "heading\n===", "a\n---\nb", "---", "***", "> quote", "- item", "* item", "+ item", "1. item", "2) item", "    code", "\tcode",
	"*bold* _it_ ~gone~ **b** __b__", "snake_case_name", "| a | b |\n|---|---|\n| 1 | 2 |", "a\\", "\\@everyone", "\\", "&#64;everyone &commat;all", "$x$ and $$y$$", ":tada: :+1:", "{{7*7}} {% raw %} ${x}",
	"=?utf-8?q?=0D=0ABcc:_x?=", "Subject: x\r\nBcc: mallory@example.com\r\n\r\nhello", "a\r\nRCPT TO:<mallory@example.com>", "\r\n.\r\nQUIT\r\n", ".", "..", "=_" + testKey, "--=_" + testKey + "--",
	"\x00\x1b[31mred\x07", "\u202etxt.exe", "a\u200bb", "\xff\xfe", "\u2028", "users/all <users/all>", "<at>everyone</at>", "]]>", `","x":"y`, "😀 ünïcödé 日本語", "[^1]: note", "- [ ] task", "term\n: definition",
	"<details><summary>x</summary>", "<a href='javascript:x'>y</a>", "javascript:alert(1)", "mailto:a@example.com", "::include{file=x}", "[[wiki]]", "https://linear.app/acme/profiles/ana", "@ana\u00a0@ben", "#1#2", "a#1", "(#1)", "\"#1\"",
}

// texts draws texts that are hostile.
func texts() *rapid.Generator[string] {
	piece := rapid.OneOf(rapid.SampledFrom(hostile), rapid.String(), rapid.StringMatching("[`*_~@#!<>\\[\\]()\\\\|/:a1 \n-]{0,12}"))
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(piece, 1, 4).Draw(t, "pieces"), rapid.SampledFrom([]string{"", " ", "\n", "\n\n"}).Draw(t, "between"))
	})
}

// hostileMessage puts a text wherever a message has room for one of others.
func hostileMessage(s string) Message {
	m := Message{
		Key: testKey, Kind: KindBlocker, Title: s, To: []Person{{Name: s, Account: s}, {Name: s}}, Text: []string{s, s},
		Facts: []Fact{{s, s}}, Lists: []List{{s, []string{s, s}}}, Links: []Link{{s, "https://git.example.com/x"}},
		About: []Ref{{"pr", s}, {"ticket", "PAY-1"}},
	}
	if !isWebURL(s) { // what is an address of a page, whoever sends a link vouches for
		m.Links = append(m.Links, Link{s, s})
	}
	return m
}

// In Markdown, nothing that others wrote is anything else than text or code, and it
// says what they wrote.
func TestMarkdownIsInert(t *testing.T) {
	parser := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList)).Parser()
	check := func(t rapid.TB, s string) {
		m := hostileMessage(s)
		source := []byte(markdown(m, 65536, marker(testKey), func(string) string { return "" }))
		doc := parser.Parse(text.NewReader(source))
		comments, said := 0, []string{}
		err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if !entering {
				return ast.WalkContinue, nil
			}
			switch n := n.(type) {
			case *ast.Document, *ast.Paragraph, *ast.TextBlock, *ast.List, *ast.ListItem, *ast.Emphasis:
			case *ast.Text:
				inText := string(n.Value(source))
				if _, code := n.Parent().(*ast.CodeSpan); !code && acts.MatchString(inText) {
					t.Errorf("%q: the text %q acts, in\n%s", s, inText, source)
				}
				said = append(said, unescape(inText, n.Parent()))
			case *ast.CodeSpan:
			case *ast.Link:
				if string(n.Destination) != "https://git.example.com/x" {
					t.Errorf("%q: a link to %s, in\n%s", s, n.Destination, source)
				}
			case *ast.HTMLBlock:
				if comments++; comments > 1 || string(n.Lines().Value(source)) != marker(testKey) {
					t.Errorf("%q: HTML, in\n%s", s, source)
				}
			default:
				t.Errorf("%q: a %s, in\n%s", s, n.Kind(), source)
			}
			return ast.WalkContinue, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		whole := strings.Join(said, "")
		for _, word := range strings.Fields(neutral.Neutralise(strings.ReplaceAll(s, "\r\n", "\n"))) {
			if !strings.Contains(whole, word) {
				t.Errorf("%q: the word %q is lost, in\n%s", s, word, source)
			}
		}
		if !hasMarker(string(source), testKey) || strings.Count(string(source), "\n"+marker(testKey)) != 1 {
			t.Errorf("%q: the marker is not where it is looked for:\n%s", s, source)
		}
		for line := range strings.SplitSeq(string(source), "\n") {
			if strings.HasPrefix(strings.TrimLeft(line, " "), "/") {
				t.Errorf("%q: a line is a command: %s", s, line)
			}
		}
	}
	for _, s := range hostile {
		check(t, s)
	}
	rapid.Check(t, func(t *rapid.T) { check(t, texts().Draw(t, "text")) })
}

// acts finds what a forge makes something of in a text that is not code.
var acts = regexp.MustCompile(`@[\pL\pN]|[#!~%$&^][\pL\pN]|(?i:GH-[0-9])|://|(?i:www\.)|:[a-z+][\w+-]*:|@`)

// unescape is a text as people see it.
func unescape(s string, parent ast.Node) string {
	if _, code := parent.(*ast.CodeSpan); code {
		return s
	}
	return regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])").ReplaceAllString(s, "$1")
}

func TestTitlesAreInert(t *testing.T) {
	check := func(t rapid.TB, s string) {
		title := plainTitle(s, 255)
		if strings.ContainsAny(title, "\n\r\t\x00\x1b") || utf8.RuneCountInString(title) > 255 || acts.MatchString(strings.ReplaceAll(title, "://", "")) && !endsInSign(title) {
			t.Errorf("%q: %q", s, title)
		}
	}
	for _, s := range hostile {
		check(t, s)
	}
	rapid.Check(t, func(t *rapid.T) { check(t, texts().Draw(t, "text")) })
}

// endsInSign: the only signs that are left are those with nothing behind them.
func endsInSign(title string) bool {
	return !regexp.MustCompile(`@[\pL\pN]|[#!~%$&^][\pL\pN]|(?i:GH-[0-9])`).MatchString(title)
}

// With every target, of all the people only those are told whom Message.To names with
// an account of the right form, and everything is data of its place.
func TestOnlyMappedPeopleAreMentioned(t *testing.T) {
	everyWorld(t, func(t *testing.T, w world) {
		target, door, _ := w.start(t) // the server holds what comes against its rules
		everything := hostileMessage("")
		for _, s := range append([]string{"", " "}, hostile...) {
			m := hostileMessage(s)
			m.To = append(m.To, Person{Name: "Ben", Account: w.account})
			plan, err := target.Plan(m)
			if err != nil {
				t.Fatalf("%q: %v", s, err)
			}
			w.tells(t, s, compactJSON(plan[0].Body))
			everything.To, everything.Text = append(everything.To, Person{Name: s}), append(everything.Text, m.Text...)
			everything.Facts, everything.Lists = append(everything.Facts, m.Facts...), append(everything.Lists, m.Lists...)
		}
		everything.To = append(everything.To, Person{Name: "Ben", Account: w.account})
		if _, err := target.Send(context.Background(), everything); err != nil {
			t.Fatal(err)
		}
		w.tells(t, "everything", door.requests()[0].body)
	})
}

// tells: a message with a hostile text tells Ben, and nobody else.
func (w world) tells(t *testing.T, s, body string) {
	t.Helper()
	if !strings.Contains(body, w.mention) {
		t.Errorf("%q: %s is not told: %s", s, w.account, body)
	}
	want := 1
	if s != "everything" && w.takes(s) {
		want++ // it is an account as well, by its form
	}
	if n := mentions(t, w, body); n != want && w.name != "webhook" {
		t.Errorf("%q: %d are told, not %d: %s", s, n, want, body)
	}
}

// takes reports whether a text has the form of an account.
func (w world) takes(s string) bool {
	switch w.name {
	case "github":
		return githubLogin().MatchString(s)
	case "gitea":
		return giteaLogin().MatchString(s)
	case "gitlab":
		return gitlabLogin().MatchString(s)
	case "slack", "slack by webhook":
		return slackUser().MatchString(s)
	case "teams":
		return teamsUser().MatchString(s)
	case "google chat":
		return googleUser().MatchString(s)
	case "jira":
		return jiraAccount().MatchString(s)
	case "linear":
		return linearName().MatchString(s)
	}
	return true // accounts are data
}

// mentions counts those of a message, in the way of its target.
func mentions(t *testing.T, w world, body string) int {
	var value map[string]any
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Fatal(err)
	}
	switch w.name {
	case "slack", "slack by webhook":
		return strings.Count(body, `"type":"user"`) + len(regexp.MustCompile(`<[!@#]`).FindAllString(value["text"].(string), -1))
	case "teams", "jira":
		return strings.Count(body, `"type":"mention"`)
	case "google chat":
		said, _ := value["text"].(string)
		return strings.Count(said, "<")
	case "webhook":
		return 0 // it tells nobody: accounts are data
	case "linear":
		input := value["variables"].(map[string]any)["input"].(map[string]any)
		return signs(t, input["body"].(string), `https://linear\.app/\w+/profiles`)
	}
	source, _ := value["body"].(string)
	if source == "" {
		source = value["description"].(string)
	}
	return signs(t, source, `@[\pL\pN]`)
}

// signs counts what fits a pattern in the text of Markdown that is not code.
func signs(t *testing.T, markdown, pattern string) int {
	source := []byte(markdown)
	found, n := regexp.MustCompile(pattern), 0
	err := ast.Walk(goldmark.New().Parser().Parse(text.NewReader(source)), func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if node, ok := node.(*ast.Text); ok && entering {
			if _, code := node.Parent().(*ast.CodeSpan); !code {
				n += len(found.FindAll(node.Value(source), -1))
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// An account is the right one, or it is none: a mapping cannot tell a whole team.
func TestAccounts(t *testing.T) {
	wrong := map[string][]string{
		"github":           {"@ana", "acme/admins", "-x", "x-", "a b", "ana.b", strings.Repeat("a", 40)},
		"gitea":            {"@ana", "acme/admins", "x-", "a b"},
		"gitlab":           {"@ana", "acme/admins", "all", "ALL", "a b"},
		"slack":            {"@ana", "here", "S012OPSOPS", "C012SHOPPING", "U012|x", "!here", "u012ana"},
		"slack by webhook": {"@ana", "here", "S012OPSOPS"},
		"teams":            {"ana", "<at>x</at>", "a b@example.com", "ana@example"},
		"google chat":      {"users/all", "all", "123", "users/1> <users/all", "spaces/1"},
		"jira":             {"ana b", "@all", "a/b", "x"},
		"linear":           {"ana/x", "@ana", "a b", "../settings"},
	}
	everyWorld(t, func(t *testing.T, w world) {
		target := w.open(t, "http://127.0.0.1:1")
		for _, account := range append([]string{"", "ana\n", "<x>", "*"}, wrong[w.name]...) {
			m := blocker()
			m.To = []Person{{Name: "Ana", Account: account}}
			plan, err := target.Plan(m)
			if err != nil {
				t.Fatal(err)
			}
			if body := compactJSON(plan[0].Body); mentions(t, w, body) > 0 {
				t.Errorf("%q is told: %s", account, body)
			}
		}
	})
}

// A card of Google Chat has no HTML but ours, and its text mentions alone.
func TestGoogleChatIsInert(t *testing.T) {
	tags := regexp.MustCompile(`<(/?b|br)>`)
	for _, s := range hostile {
		message := googleChatMessage(hostileMessage(s))
		if _, ok := message["text"]; ok {
			t.Errorf("%q: somebody is told", s)
		}
		encoded, _ := json.Marshal(message)
		var card struct {
			CardsV2 []struct {
				Card struct {
					Sections []struct {
						Widgets []struct{ TextParagraph struct{ Text string } }
					}
				}
			}
		}
		if err := json.Unmarshal(encoded, &card); err != nil {
			t.Fatal(err)
		}
		for _, widget := range card.CardsV2[0].Card.Sections[0].Widgets {
			if rest := tags.ReplaceAllString(widget.TextParagraph.Text, ""); strings.ContainsAny(rest, "<>\"\n") {
				t.Errorf("%q: %s", s, widget.TextParagraph.Text)
			}
		}
	}
}

// A mail has the headers that it has, whatever its texts.
func TestMailIsInert(t *testing.T) {
	target := openForTest(t, Config{Name: "mail", Type: "mail", Host: "mail.example.com", From: "handoff@example.com", To: []string{"team@example.com"}}).(*mailbox)
	check := func(t rapid.TB, s string) {
		m := hostileMessage(s)
		m.To = append(m.To, Person{Name: "Ben", Account: "ben@example.com"})
		to, err := target.recipients(m)
		if err != nil || len(to) > 3 || to[0] != "team@example.com" || to[len(to)-1] != "ben@example.com" {
			t.Fatalf("%q: %v %v", s, to, err)
		}
		raw := target.write(m, to)
		parsed, err := mail.ReadMessage(strings.NewReader(string(raw)))
		if err != nil {
			t.Fatalf("%q: %v\n%s", s, err, raw)
		}
		for name := range parsed.Header {
			if !strings.Contains("From To Subject Date Message-Id Auto-Submitted Mime-Version Content-Type", name) {
				t.Errorf("%q: a header %s", s, name)
			}
		}
		for line := range strings.SplitSeq(string(raw), "\r\n") {
			if len(line) > 998 || strings.ContainsAny(line, "\r\n\x00\x1b") || !neutral.Clean(line) {
				t.Errorf("%q: a line of %d: %q", s, len(line), line)
			}
		}
		parts := strings.Split(string(raw), "\r\n--=_"+testKey)
		if len(parts) != 4 || strings.Contains(parts[0], "=?utf-8?q?=0D") {
			t.Fatalf("%q: %d parts", s, len(parts))
		}
		html, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(parts[2][strings.Index(parts[2], "\r\n\r\n"):])))
		if err != nil {
			t.Fatal(err)
		}
		rest := regexp.MustCompile(`<(!DOCTYPE html|/?(html|body|p|b|ul|li|br|a))>|<a href="https://git\.example\.com/x">`).ReplaceAllString(string(html), "")
		if strings.ContainsAny(rest, "<>") {
			t.Errorf("%q: HTML: %s", s, html)
		}
	}
	for _, s := range hostile {
		check(t, s)
	}
	rapid.Check(t, func(t *rapid.T) { check(t, texts().Draw(t, "text")) })
}

// What is longer than a target takes is cut, and is found all the same.
func TestLongMessages(t *testing.T) {
	everyWorld(t, func(t *testing.T, w world) {
		target, door, there := w.start(t)
		m := w.message()
		m.Title = strings.Repeat("a title @ana ", 100)
		for i := range 800 {
			m.Text = append(m.Text, fmt.Sprintf("paragraph %d of very many, with @everyone in each", i))
			m.Lists[0].Lines = append(m.Lists[0].Lines, strings.Repeat("é", 40))
		}
		m.Lists[0].Lines = append(m.Lists[0].Lines, "the very last line")
		if _, err := target.Send(context.Background(), m); err != nil || there() != 1 {
			t.Fatalf("%v, %d there", err, there())
		}
		sent := door.requests()[0].body
		// To GitLab and to a webhook it is not too long.
		if strings.Contains(sent, "the very last line") != strings.Contains("webhook gitlab", w.name) {
			t.Errorf("%d bytes are sent", len(sent))
		}
		if _, known, err := target.Find(context.Background(), m); w.once == ByListing && (!known || err != nil) {
			t.Errorf("it is not found: %v", err)
		}
	})
}
