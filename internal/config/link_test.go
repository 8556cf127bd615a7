package config

import (
	"testing"

	"github.com/handoff-cli/handoff/internal/handoff"
)

func TestLink(t *testing.T) {
	c := &Config{Refs: map[string]string{
		"ticket": "https://jira.example.com/browse/{id}", "pr": "https://git.example.com/shop/pull/{id}", "doc": "http://docs.example.com/{id}",
	}}
	for _, test := range []struct{ kind, id, want string }{
		{"ticket", "PAY-311", "https://jira.example.com/browse/PAY-311"},
		{"pr", "#1842", "https://git.example.com/shop/pull/1842"},
		{"pr", "!1842", "https://git.example.com/shop/pull/1842"},
		{"ticket", "../admin?x=1#y", "https://jira.example.com/browse/..%2Fadmin%3Fx=1%23y"},
		{"ticket", "\x1b]8;;https://evil.example\x07", ""},
		{"ticket", "a) [b](c", "https://jira.example.com/browse/a%29%20%5Bb%5D%28c"},
		{"branch", "main", ""}, // nothing is known
		{"doc", "plan", ""},    // no template that the check lets pass
		{"url", "https://example.com/plan?page=2", "https://example.com/plan?page=2"},
		{"url", "https://bank.example@evil.example/", ""},
		{"url", "javascript://alert(1)", ""},
		{"url", "https://example.com/\x1b[31m", ""},
		{"session", "https://agent.example.com/s/7a?run=2", "https://agent.example.com/s/7a?run=2"},
		{"session", "http://agent.example.com/s/7a", ""},
		{"session", "transcripts/7a.jsonl", ""},
	} {
		if got := c.Link(handoff.Ref{Type: test.kind, ID: test.id}); got != test.want {
			t.Errorf("%s %q: %q, want %q", test.kind, test.id, got, test.want)
		}
	}
}
