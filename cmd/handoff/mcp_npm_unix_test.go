//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mcpModules is the node_modules that has the client library and the inspector of the
// Model Context Protocol.
func mcpModules(t *testing.T) string {
	t.Helper()
	const variable = "HANDOFF_TEST_MCP"
	modules := os.Getenv(variable)
	if modules == "" {
		t.Skipf("THERE IS NO CLIENT OF MCP: npm install @modelcontextprotocol/sdk @modelcontextprotocol/inspector, and set %s to its node_modules", variable)
	}
	return modules
}

// A session of the official client library leads to a draft, which ana publishes.
func TestMCPOfficialClient(t *testing.T) {
	t.Parallel()
	modules := mcpModules(t)
	r := inTheEvening(t)
	script, err := filepath.Abs("testdata/mcp.mjs")
	if err != nil {
		t.Fatal(err)
	}
	var session struct {
		Tools, Resources []string
		Failed           bool
		Declared         struct{ Publish string }
		Drafts           struct {
			Results []struct {
				Draft int
				Agent struct{ Name string }
			}
		}
		Read    struct{ Record struct{ Summary string } }
		Unknown int
	}
	before := r.head()
	out := r.run("node", script, modules, `
to: [ben]
returns_at: "tomorrow 09:00"
summary: "The audit log lacks one endpoint, the refund flow has its approvals"
shipped: []
decisions: []
items:
  - {id: refund-flow, state: "PR #1842 has 2 of 2 approvals"}
`)
	if err := json.Unmarshal([]byte(out), &session); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if len(session.Tools) != 9 || len(session.Resources) != 2 || session.Failed || session.Unknown != -32602 || len(session.Drafts.Results) != 1 ||
		session.Drafts.Results[0].Agent.Name != "official-client" || session.Declared.Publish != "handoff draft publish 1" || session.Read.Record.Summary == "" {
		t.Fatalf("the session:\n%s", out)
	}
	if r.head() != before {
		t.Fatal("the session has published")
	}
	x := r.start(80, 40, "handoff", "draft", "publish", "1")
	x.see("Publish draft 1 as yours", "official-client prepared it for you")
	x.key("Publish draft 1", enter)
	x.published()
	if shown := r.run("handoff", "show", "@"); !strings.Contains(shown, "by ana (prepared by official-client) to ben") || !strings.Contains(shown, "PR #1842 has 2 of 2 approvals") {
		t.Errorf("published was\n%s", shown)
	}
}

// The inspector lists every tool, and calls it.
func TestMCPInspector(t *testing.T) {
	t.Parallel()
	modules := mcpModules(t)
	r := inTheEvening(t)
	ben := r.in(r.dir, "GIT_AUTHOR_NAME=ben", "GIT_AUTHOR_EMAIL=ben@example.com")
	inspect := func(args ...string) (document []byte) {
		t.Helper()
		cmd := ben.command(filepath.Join(modules, ".bin", "mcp-inspector"), "--cli")
		for _, setting := range ben.env { // it hands down none of its own
			cmd.Args = append(cmd.Args, "-e", setting)
		}
		cmd.Args = append(cmd.Args, slices.Concat([]string{"handoff", "mcp", "--method"}, args)...)
		out, err := cmd.Output()
		if err != nil {
			problems := ""
			if exit, ok := errors.AsType[*exec.ExitError](err); ok {
				problems = string(exit.Stderr)
			}
			t.Fatalf("%q: %v\n%s\n%s", args, err, out, problems)
		}
		return out
	}
	calls := map[string][]string{
		"inbox": nil, "draft": nil,
		"query":   {"question=what is blocked"},
		"show":    {"ref=@ana"},
		"check":   {"handoff=" + tiny},
		"declare": {"handoff=" + tiny},
		"ask":     {"text=Is james online before 10:00?", "to=ana"},
		"resolve": {"blocker=session-policy", "how=Thirty minutes, as the audit asks"},
		"ack":     {"ref=@ana", "outcome=seen"},
	}
	var list struct{ Tools []struct{ Name string } }
	if err := json.Unmarshal(inspect("tools/list"), &list); err != nil || len(list.Tools) != len(calls) {
		t.Fatalf("%v, tools %v", err, list.Tools)
	}
	for _, tool := range list.Tools {
		arguments, known := calls[tool.Name]
		if !known {
			t.Errorf("%s is not called", tool.Name)
		}
		args := []string{"tools/call", "--tool-name", tool.Name}
		for _, argument := range arguments {
			args = append(args, "--tool-arg", argument)
		}
		var result struct {
			Content []struct{ Text string }
			IsError bool
		}
		if err := json.Unmarshal(inspect(args...), &result); err != nil || result.IsError || len(result.Content) != 1 || !json.Valid([]byte(result.Content[0].Text)) {
			t.Errorf("%s: %v %+v", tool.Name, err, result)
		}
	}
	if got := r.run("handoff", "draft", "list"); strings.Count(got, "for ben, prepared by ") != 3 {
		t.Errorf("drafts:\n%s", got)
	}
}
