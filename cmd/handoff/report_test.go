package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// asOfQuarter is when the page of a quarter is of.
const asOfQuarter = "2026-11-20T14:30:00Z"

// The page of a quarter of fifteen people is small, and is drawn in about the time in
// which git shows its records.
func TestReportOfAQuarter(t *testing.T) {
	t.Parallel()
	s := newQuarterSite(t)
	s.git("remote", "add", "origin", "https://github.com/acme/build.git")
	s.run("handoff", "query", "blocked") // which fills the index
	page := s.path("page.html")
	took := s.worked("handoff", "report", "--as-of", asOfQuarter, "--since", "91d", "-o", page)
	git := s.worked("git", "log", "-p", "--", ".handoffs")
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	const most = 150 << 10
	if len(data) > most {
		t.Errorf("the page has %d bytes, and may have %d", len(data), most)
	}
	if took > 4*git+time.Second {
		t.Errorf("it took %s, and git log -p %s", took, git)
	}
	for _, part := range []string{"Adam", "Board", "decide-", "build-waw → build-den", "was told", "16:30 in Warsaw", "https://github.com/acme/build/pull/", "half within"} {
		if !bytes.Contains(data, []byte(part)) {
			t.Errorf("the page does not say %q", part)
		}
	}
}

// The page of many records is drawn sooner than git shows them; with -full of 10,000.
func TestReportOfManyRecords(t *testing.T) {
	n := 500
	if *full {
		n = 10_000
	}
	s := newSite(t)
	team := newTeam(n)
	var stream bytes.Buffer
	w := bufio.NewWriter(&stream)
	for range n / 50 {
		team.commit(w, "records", 50)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	cmd := s.command("git", "fast-import", "--quiet")
	cmd.Stdin = &stream
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s.run("handoff", "query", "blocked")
	page := s.path("page.html")
	took := s.worked("handoff", "report", "--as-of", team.now.Format(time.RFC3339), "--since", "100d", "-o", page)
	git := s.worked("git", "log", "-p", "records", "--", ".handoffs")
	info, err := os.Stat(page)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes in %s, %.1f of git log -p", info.Size(), took, float64(took)/float64(git))
	if info.Size() > 2<<20 {
		t.Errorf("the page has %d bytes", info.Size())
	}
	if took > 4*git+time.Second {
		t.Errorf("it took %s, and git log -p %s", took, git)
	}
}

// run runs a command that must succeed, and returns what it prints.
func (s *site) run(name string, args ...string) string {
	s.t.Helper()
	out, err := s.command(name, args...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// worked is run for how long a processor worked on it: what else the machine does is no
// part of that.
func (s *site) worked(name string, args ...string) time.Duration {
	s.t.Helper()
	cmd := s.command(name, args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// The page is shown to browsers of this machine, drawn anew when records change, and to
// nobody who comes by another name or from another page.
func TestReportServed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	cmd := s.command("handoff", "report", "--serve", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimSpace(line)
	if !strings.HasPrefix(address, "http://127.0.0.1:") {
		t.Fatalf("it prints %q", line)
	}
	ask := func(method string, change func(*http.Request)) (int, http.Header, string) {
		t.Helper()
		r, err := http.NewRequest(method, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		change(r)
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, answer.Header, string(body)
	}
	plain := func(*http.Request) {}

	status, head, before := ask("GET", plain)
	if status != http.StatusOK || !strings.Contains(before, "There are no handoffs here yet") || head.Get("Set-Cookie") != "" || !strings.Contains(head.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Errorf("status %d, %v\n%.600s", status, head, before)
	}
	if status, _, body := ask("HEAD", plain); status != http.StatusOK || body != "" {
		t.Errorf("HEAD: status %d, %q", status, body)
	}
	for name, change := range map[string]func(*http.Request){
		"another name":   func(r *http.Request) { r.Host = "build.example.com" },
		"another origin": func(r *http.Request) { r.Header.Set("Origin", "http://build.example.com") },
	} {
		if status, _, body := ask("GET", change); status < 400 || strings.Contains(body, "<html") {
			t.Errorf("%s: status %d", name, status)
		}
	}
	if status, head, _ := ask("POST", plain); status != http.StatusMethodNotAllowed || head.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: status %d, %v", status, head)
	}

	if status, _, _ := ask("OPTIONS", func(r *http.Request) { r.URL.Opaque, r.Host = "*", "build.example.com" }); status < 400 {
		t.Errorf("OPTIONS *: status %d", status)
	}

	s.mustDeclare()
	if _, _, after := ask("GET", plain); strings.Contains(after, "There are no handoffs here yet") || !strings.Contains(after, "no verdict yet") {
		t.Errorf("a handoff that was declared is not on the page\n%.600s", after)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if status := s.status(cmd.Wait()); status != 130 {
		t.Errorf("Ctrl-C: status %d", status)
	}
}

// In headless Chromium the page has nothing that axe finds wrong, at three widths and in
// both schemes; it asks for nothing, says nothing to the console, and a keyboard gets
// everywhere. What somebody writes to break it is text as well.
func TestReportInABrowser(t *testing.T) {
	modules, chromium := browser(t)
	look, err := filepath.Abs("testdata/browser/look.mjs")
	if err != nil {
		t.Fatal(err)
	}
	s, q := newSite(t), newQuarter()
	q.hostile()
	q.commit(s)
	s.git("remote", "add", "origin", "https://github.com/acme/build.git")
	for name, args := range map[string][]string{"everybody": nil, "person": {"--person", "kate"}, "before": {"--as-of", "2026-01-01T00:00:00Z"}} {
		t.Run(name, func(t *testing.T) {
			page, pictures := s.path(name+".html"), t.TempDir()
			if to := os.Getenv("HANDOFF_TEST_PICTURES"); to != "" {
				pictures = filepath.Join(to, name)
				if err := os.MkdirAll(pictures, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			s.run("handoff", append([]string{"report", "--as-of", asOfQuarter, "-o", page}, args...)...)
			if html, err := os.ReadFile(page); err != nil || name != "before" && !bytes.Contains(html, []byte("&lt;script&gt;")) {
				t.Errorf("nothing on the page is hostile (%v)", err)
			}
			out, err := exec.Command("node", look, modules, chromium, page, pictures).CombinedOutput()
			if err != nil || len(out) > 0 {
				t.Errorf("%v\n%.8000s", err, out)
			}
		})
	}
}

// hostile adds a handoff whose texts would change a page that took them for its own.
func (q *quarter) hostile() {
	long := strings.Repeat("W", 300)
	text := func(s string) string { return s + "<img src=//evil.example/x onerror=alert(1)> " + long }
	q.add("hugo", quarterEnd.Add(-time.Minute), &handoff.Handoff{
		To: []string{"kate"}, Summary: text("</title></style><script>alert(1)</script>"), ReturnsAt: handoff.Time{Time: quarterEnd.Add(16 * time.Hour)},
		Shipped: handoff.List[handoff.Shipped]{{What: text("<!-- ")}},
		Items: handoff.List[handoff.Item]{{
			ID: "hostile", Title: text("<base href=//evil.example>"), Status: "blocked", Severity: "critical", Owner: "hugo",
			State: text("\"><svg onload=alert(1)>"), Intent: text("'><iframe src=//evil.example>"), Next: []handoff.Next{{Do: text("<meta http-equiv=refresh content=0;url=//evil.example>"), Owner: "kate"}},
			BlockedBy: []string{"hostile-policy"}, Refs: []handoff.Ref{{Type: "pr", ID: "1\"><script>alert(1)</script>"}, {Type: "ticket", ID: "javascript:alert(1)"}, {Type: "url", ID: "javascript:alert(1)"}},
		}},
		Blockers:  handoff.List[handoff.Blocker]{{ID: "hostile-policy", Needs: text("<form action=//evil.example><input autofocus onfocus=alert(1)>"), Because: text("]]> -->"), Resolver: "kate", Blocks: []string{"hostile"}}},
		Decisions: handoff.List[handoff.Decision]{{ID: "hostile", DecisionFields: handoff.DecisionFields{Decision: text("<link rel=stylesheet href=//evil.example/x.css>"), Rationale: text("<style>*{display:none}</style>"), Items: []string{"hostile"}}}},
	})
	q.records = slices.SortedStableFunc(slices.Values(q.records), func(a, b *handoff.Record) int { return a.At.Compare(b.At.Time) })
}

// browser returns where npm has installed puppeteer-core and axe-core, which
// HANDOFF_TEST_BROWSER names, and the program of Chromium.
func browser(t *testing.T) (modules, chromium string) {
	t.Helper()
	modules = os.Getenv("HANDOFF_TEST_BROWSER")
	chromium, err := exec.LookPath("chromium")
	if modules == "" || err != nil {
		t.Skip("THERE IS NO BROWSER: apt-get install chromium, npm install puppeteer-core axe-core, and HANDOFF_TEST_BROWSER names the folder")
	}
	return modules, chromium
}
