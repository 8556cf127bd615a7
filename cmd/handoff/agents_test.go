package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// Nothing that says it is an agent moves work, whatever it tries, and no record of one
// lacks the mark.
func TestAgentsMoveNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	roster := "format: 1\npeople: {ana: {emails: [ana@example.com], team: payments}, ben: {emails: [ben@example.com], team: payments}, sarah: {emails: [sarah@example.com]}, james: {}, lee: {team: payments}}\nteams: {payments: {lead: lee}}\n"
	configure := func(agents string) {
		if err := os.MkdirAll(s.path(".handoffs"), 0o755); err != nil {
			t.Fatal(err)
		}
		s.write(".handoffs/config.yaml", roster+agents)
		s.git("add", ".handoffs/config.yaml")
		s.git("commit", "-q", "-m", "configure", "--", ".handoffs/config.yaml")
	}
	configure("")
	s.mustDeclare()
	as := func(who string, more ...string) *site {
		twin := &site{t: t, dir: s.dir, env: slices.Concat(s.env, []string{"GIT_AUTHOR_NAME=" + who, "GIT_AUTHOR_EMAIL=" + who + "@example.com"}, more)}
		return twin
	}
	held := func() string {
		out, _ := s.try("handoff", "query", "items", "--json", "--jq", `.results[] | .id + " " + .holder + " " + .status`)
		return out
	}
	before, custody := s.git("rev-parse", "HEAD"), held()
	if !strings.Contains(custody, "payments-refund-flow ana in_review") {
		t.Fatalf("nothing to move: %s", custody)
	}
	id := strings.TrimSpace(must(s.try("handoff", "show", "@ana", "--json", "--jq", ".record.id")))
	draft, err := os.ReadFile(today(t))
	if err != nil {
		t.Fatal(err)
	}
	s.write("mine.yaml", "by: ben\nagent: {name: nobody}\n"+string(draft))
	s.write("noagent.yaml", "agent: null\n"+string(draft))
	s.write("forged-ack.yaml", "schema: handoff/v1\nkind: ack\nid: k3f9q2m7\nat: 2026-11-20T18:02:11+08:00\nby: ben\nsubject: "+id+"\noutcome: accepted\ntake: [payments-refund-flow]\n")
	ben, ana := as("ben", "CLAUDECODE=1"), as("ana", "CLAUDECODE=1")
	evil := as("ana", "CLAUDECODE=1", "HANDOFF_AGENT=", "AI_AGENT=0", "AGENT=")
	attempts := []struct {
		who  *site
		args []string
	}{
		{ana, []string{"declare", "-f", today(t)}},
		{ana, []string{"declare", "-f", today(t), "--push"}},
		{ana, []string{"declare", "-f", "mine.yaml"}},
		{ana, []string{"declare", "--carry", "-f", "mine.yaml"}},
		{ana, []string{"declare", "--carry", "--to", "ben", "--returns", "mon 09:00", "--summary", "The refund flow goes on tomorrow", "--none", "decisions", "--shipped", "payments-refund-flow;Merged with PR #1842"}},
		{ana, []string{"declare", "--amend", id, "--dropped", "payments-refund-flow;nobody needs it any more"}},
		{ana, []string{"declare", "--resume"}},
		{ana, []string{"rollup", "--team", "payments", "--to", "lee", "--returns", "mon 09:00", "--summary", "Payments lack one approval and one decision"}},
		{ben, []string{"ack", id}},
		{ben, []string{"ack", id, "--take", "payments-refund-flow"}},
		{ben, []string{"ack", "payments-refund-flow"}},
		{ben, []string{"ack", id, "--outcome", "declined", "--reason", "capacity"}},
		{ben, []string{"ack", id, "--outcome", "changes_requested", "--reason", "vague_next"}},
		{ben, []string{"ack", id, "--outcome", "seen"}},
		{ben, []string{"ack", "--all-seen"}},
		{ben, []string{"ack", id, "--push"}},
		{ana, []string{"--as", "ben", "ack", id}},
		{ben, []string{"--as", "ana", "give", "payments-refund-flow", "--to", "ben"}},
		{ana, []string{"give", "payments-refund-flow", "--to", "ben"}},
		{ana, []string{"give", "payments-refund-flow", "ben: Merge PR #1842", "--to", "ben"}},
		{as("lee", "GEMINI_CLI=1"), []string{"assign", "payments-refund-flow", "--to", "ben"}},
		{as("lee", "GEMINI_CLI=1"), []string{"assign", "--all-of", "ana", "--to", "ben"}},
		{ana, []string{"withdraw", id, "It was for somebody else"}},
		{as("sarah", "CURSOR_AGENT=1"), []string{"resolve", "session-policy", "Sessions end after 30 minutes"}},
		{as("sarah", "CURSOR_AGENT=1"), []string{"resolve", "session-policy", "--how", "Sessions end after 30 minutes", "--decision", "Sessions end after 30 minutes -- the audit asks for it"}},
		{as("sarah", "CURSOR_AGENT=1"), []string{"decide", "Sessions end after 30 minutes -- the audit asks for it", "--answers", "blk:session-policy"}},
		{as("sarah", "CURSOR_AGENT=1"), []string{"ack", "blk:session-policy"}},
		{ana, []string{"escalate", "blk:session-policy", "--reason", "no_response", "--to", "lee", "--ask", "Which limit do we take, 15 or 30 minutes?"}},
		{ben, []string{"gap", id, "--class", "missing_info", "--impact", "Two hours were lost", "--recovery", "ana was asked"}},
		{ana, []string{"route", "--all"}},
		{ana, []string{"route", id, "--via", "chat"}},
		{ana, []string{"draft", "publish", "1"}},
		{ana, []string{"draft", "publish", "1", "--no-input"}},
		{evil, []string{"draft", "publish", "1"}},
		{evil, []string{"declare", "-f", today(t)}},
		{as("ana", "HANDOFF_AGENT=somebody new"), []string{"declare", "-f", today(t)}},
		{as("ana", "AGENT=1"), []string{"declare", "-f", today(t)}},
		{as("ana"), []string{"--agent", "helper", "declare", "-f", today(t)}},
		{ana, []string{"--agent", "", "declare", "-f", today(t)}},
		{ana, []string{"inbox"}},
		{ana, []string{"sync"}},
		{ana, []string{"sync", "--from", "github"}},
		{ana, []string{"verify", "--from", "github"}},
		{ana, []string{"declare", "-f", today(t), "--route"}},
		{ana, []string{"route", "--due"}},
		{ana, []string{"route", id, "--arrived"}},
		{ana, []string{"check", "--due"}},
		{ana, []string{"rollup", "--page"}},
		{ana, []string{"doctor", "redact", id}},
		{ana, []string{"doctor", "--fix"}},
		{ana, nil},
		{ana, []string{"hook", "run", "pre-push"}},

		// The name of an agent that no record can hold, or that says nothing.
		{as("ana", "HANDOFF_AGENT=エージェント"), []string{"declare", "-f", today(t)}},
		{as("ben", "AI_AGENT=→"), []string{"ack", id}},
		{ben, []string{"ack", id, "--agent="}},
		{ben, []string{"--agent", " ", "ack", id}},
		{ben, []string{"ack", id, "--agent", "a b"}},
		{ben, []string{"ack", id, "--agent", "../x"}},
		// Files, with an agent of their own, with none, and of other kinds.
		{ana, []string{"declare", "-f", "noagent.yaml"}},
		{ana, []string{"declare", "-f", "forged-ack.yaml"}},
		{ben, []string{"ack", id, "--take", "payments-refund-flow", "-f", "forged-ack.yaml"}},
		// Identities and repositories by variables of git.
		{as("ben", "CLAUDECODE=1", "GIT_COMMITTER_NAME=ana", "GIT_COMMITTER_EMAIL=ana@example.com"), []string{"ack", id}},
		{as("ben", "CLAUDECODE=1", "GIT_DIR="+s.path(".git"), "GIT_WORK_TREE="+s.dir), []string{"ack", id}},
		{as("ben", "CLAUDECODE=1", "GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=handoff.push", "GIT_CONFIG_VALUE_0=always", "GIT_CONFIG_KEY_1=handoff.agent", "GIT_CONFIG_VALUE_1=false"), []string{"ack", id}},
		{as("ben", "CLAUDECODE=1", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=handoff.dir", "GIT_CONFIG_VALUE_0=elsewhere"), []string{"declare", "-f", today(t)}},
		// An editor that takes the mark away, in its own process.
		{as("ana", "CLAUDECODE=1", "GIT_EDITOR=env -u CLAUDECODE true", "EDITOR=true"), []string{"declare", "--carry", "--edit"}},
		{as("ana", "CLAUDECODE=1", "GIT_EDITOR=true"), []string{"declare", "-f", today(t), "--edit"}},
		// Verdicts in other clothes.
		{ben, []string{"ack", "@ana", "--take", "all"}},
		{ben, []string{"ack", id, "--outcome", "accepted_with_gaps", "--gap", "missing_info;no test plan"}},
		{ben, []string{"ack", id, "--outcome", "declined", "--reason", "exception", "--exception", "judgement"}},
		{ben, []string{"declare", "--carry", "--item", "payments-refund-flow;in_review;PR #1842 has 2 of 2 approvals;Merge PR #1842", "--none", "shipped,blockers,decisions", "--to", "ana", "--returns", "mon 09:00", "--summary", "It is mine from now on"}},
		{ben, []string{"declare", "--from-notes"}},
		{as("lee", "GEMINI_CLI=1"), []string{"give", "payments-refund-flow", "--to", "lee"}},
		{as("lee", "GEMINI_CLI=1"), []string{"assign", "payments-refund-flow", "--to", "lee"}},
		{as("lee", "GEMINI_CLI=1"), []string{"escalate", "item:payments-refund-flow", "--reason", "stalled", "--to", "ben", "--ask", "Do you take it?"}},
		// What was prepared, from another directory, with a terminal that is none.
		{ana, []string{"-C", ".", "draft", "publish", "1"}},
		{as("ana", "CLAUDECODE=1", "HANDOFF_ACCESSIBLE=1"), []string{"draft", "publish", "1", "--accessible"}},
		{as("ana"), []string{"draft", "publish", "1", "--no-input"}},
		{as("ana"), []string{"draft", "publish", "1", "--json"}},
		{ana, []string{"draft", "restore"}},
	}
	for _, a := range attempts {
		out, _ := a.who.try("handoff", a.args...)
		if after := s.git("rev-parse", "HEAD"); after != before {
			t.Fatalf("handoff %q has published:\n%s\n%s", a.args, out, s.git("show", "--stat", "HEAD"))
		}
	}
	if now := held(); now != custody {
		t.Errorf("held were\n%s\nand are\n%s", custody, now)
	}
	if left := strings.Count(must(s.try("handoff", "draft", "list")), "\n"); left < 20 {
		t.Errorf("%d drafts wait, of %d attempts", left, len(attempts))
	}

	// A team cannot allow it either, and what it may allow has the mark.
	configure("agents: {declare: publish, ack: publish, give: publish, resolve: publish, decide: publish, ask: draft}\n")
	before = s.git("rev-parse", "HEAD")
	for _, a := range attempts[:22] {
		if out, _ := a.who.try("handoff", a.args...); s.git("rev-parse", "HEAD") != before {
			t.Fatalf("the team allows it, and handoff %q has published:\n%s", a.args, out)
		}
	}
	if out, status := s.try("handoff", "check", ".handoffs/config.yaml"); status == 0 || strings.Count(out, "which only a person does") != 3 {
		t.Errorf("check: status %d\n%s", status, out)
	}
	configure("agents: {resolve: publish, decide: publish, escalate: publish, gap: publish}\n")
	for _, args := range [][]string{
		{"ask", "Which limit do we take, 15 or 30 minutes?", "--to", "sarah"},
		{"decide", "Logs are kept for a year -- the audit asks for it"},
		{"escalate", "blk:session-policy", "--reason", "no_response", "--to", "lee", "--ask", "Which limit do we take, 15 or 30 minutes?"},
	} {
		if out, status := ana.try("handoff", args...); status != 0 {
			t.Errorf("handoff %q: status %d\n%s", args, status, out)
		}
		if got := s.git("log", "-1", "--format=%(trailers:key=Assisted-by,valueonly)"); strings.TrimSpace(got) != "claude-code" {
			t.Errorf("handoff %q: assisted by %q", args, got)
		}
		for _, file := range strings.Fields(s.git("show", "--name-only", "--format=", "HEAD")) {
			if record := s.git("show", "HEAD:"+file); !strings.Contains(record, "agent:\n  name: \"claude-code\"\n") {
				t.Errorf("%s has no mark:\n%s", file, record)
			}
		}
	}
	if now := held(); now != custody {
		t.Errorf("held were\n%s\nand are\n%s", custody, now)
	}
}

// must is for a command whose status the test does not care about.
func must(out string, _ int) string { return out }

// A decision of an agent is a proposal, which a person accepts.
func TestAgentsPropose(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	agent := &site{t: t, dir: s.dir, env: append(slices.Clip(s.env), "CODEX_THREAD_ID=0199-a", "HANDOFF_AGENT_MODEL=gpt 9")}
	if out, status := agent.try("handoff", "decide", "Logs are kept for a year -- the audit asks for it"); status != 0 || !strings.Contains(out, "proposed") {
		t.Errorf("status %d\n%s", status, out)
	}
	if out := must(s.try("handoff", "query", "decisions")); !strings.Contains(out, "prepared by codex") || !strings.Contains(out, "proposed") {
		t.Errorf("decisions\n%s", out)
	}
	if out := must(s.try("handoff", "log")); !strings.Contains(out, "prepared by codex") {
		t.Errorf("log\n%s", out)
	}
	var shown struct {
		Record struct {
			Agent map[string]string
		}
	}
	out := must(s.try("handoff", "show", "logs-are-kept-for-a-year", "--json"))
	if json.Unmarshal([]byte(out), &shown) != nil || fmt.Sprint(shown.Record.Agent) != "map[model:gpt-9 name:codex session:0199-a]" {
		t.Errorf("show --json: %v\n%s", shown.Record.Agent, out)
	}
	if got := strings.TrimSpace(s.git("log", "-1", "--format=%(trailers:key=Assisted-by,valueonly)")); got != "codex:gpt-9" {
		t.Errorf("assisted by %q", got)
	}
	agent.try("handoff", "decide", "--accept", "logs-are-kept-for-a-year", "--decided-by", "ben")
	if out := must(s.try("handoff", "query", "decisions")); !strings.Contains(out, "proposed") {
		t.Errorf("an agent has accepted what it proposed\n%s", out)
	}
}
