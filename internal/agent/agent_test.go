package agent

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/handoff-cli/handoff/internal/handoff"
)

func TestDetect(t *testing.T) {
	tests := []struct {
		named string
		env   map[string]string
		want  handoff.Agent
	}{
		{"", nil, handoff.Agent{}},
		{"", map[string]string{"CLAUDECODE": "0", "AGENT": "", "AI_AGENT": "false", "HANDOFF_AGENT": "", "HANDOFF_AGENT_MODEL": "m"}, handoff.Agent{}},
		{"", map[string]string{"CLAUDECODE": "1", "CLAUDE_CODE_SESSION_ID": "7a"}, handoff.Agent{Name: "claude-code", Session: "7a"}},
		{"", map[string]string{"CODEX_THREAD_ID": "0199", "AGENT": "x"}, handoff.Agent{Name: "codex", Session: "0199"}},
		{"", map[string]string{"AGENT": "1"}, handoff.Agent{Name: "agent"}},
		{"", map[string]string{"AGENT": "Goose"}, handoff.Agent{Name: "Goose"}},
		{"", map[string]string{"AI_AGENT": "\x1b[31m\n"}, handoff.Agent{Name: "31m"}},
		{"", map[string]string{"AI_AGENT": "→→"}, handoff.Agent{Name: "agent"}},
		{"", map[string]string{"HANDOFF_AGENT": "Our Helper", "GEMINI_CLI": "1"}, handoff.Agent{Name: "Our-Helper", Harness: "gemini-cli"}},
		{"mine", map[string]string{"HANDOFF_AGENT": "other", "HANDOFF_AGENT_MODEL": "m 1", "HANDOFF_AGENT_SESSION": "s"}, handoff.Agent{Name: "mine", Model: "m-1", Session: "s"}},
		{"", map[string]string{"HANDOFF_AGENT": "エージェント"}, handoff.Agent{Name: "agent"}},
		{"", map[string]string{"HANDOFF_AGENT": "  "}, handoff.Agent{}},
		{"", map[string]string{"HANDOFF_AGENT": strings.Repeat("a", 500)}, handoff.Agent{Name: strings.Repeat("a", 128)}},
	}
	for _, test := range tests {
		got := Detect(test.named, func(name string) string { return test.env[name] })
		if got == nil {
			got = new(handoff.Agent)
		}
		if *got != test.want {
			t.Errorf("%q %q: %+v, want %+v", test.named, test.env, *got, test.want)
		}
		for _, value := range []string{got.Name, got.Model, got.Session, got.Harness} {
			if value != "" && !handoff.ValidAgentWord(value) {
				t.Errorf("%q: %q cannot stand in a record", test.env, value)
			}
		}
	}
}

func TestPrepared(t *testing.T) {
	p := Prepared{CommonDir: t.TempDir()}
	if drafts, err := p.List(); drafts != nil || err != nil {
		t.Errorf("nothing was prepared: %v, %v", drafts, err)
	}
	draft := Draft{For: "ana", Agent: handoff.Agent{Name: "codex"}, Act: "ack", Says: "takes it", Texts: []string{"a: 1\n", "b: \"---\"\n"}}
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if _, err := p.Add(draft); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	drafts, err := p.List()
	if err != nil || len(drafts) != 20 {
		t.Fatalf("%d drafts, %v", len(drafts), err)
	}
	for i, d := range drafts {
		if d.Number != i+1 || d.Says != "takes it" || len(d.Texts) != 2 || d.Texts[1] != draft.Texts[1] {
			t.Errorf("draft %d: %+v", i+1, d)
		}
	}
	if err := errors.Join(p.Remove(3), p.Remove(20)); err != nil {
		t.Fatal(err)
	}
	if d, err := p.Add(draft); err != nil || d.Number != 20 {
		t.Errorf("the next is %d, %v", d.Number, err)
	}

	// One that is damaged hides no other, and what is no draft is none.
	dir := filepath.Dir(p.Path(1))
	for name, content := range map[string]string{"2.yaml": "texts: [", "5.yaml": "for: ana\n", "07.yaml": "", "x.yaml": "", "-1.yaml": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	drafts, err = p.List()
	if damaged, ok := errors.AsType[*DamagedError](err); len(drafts) != 17 || !ok || damaged.Path != p.Path(2) {
		t.Errorf("%d drafts, %v", len(drafts), err)
	}
}
