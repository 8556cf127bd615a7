package agent

import (
	"cmp"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// The variables that say of themselves what runs a command. Name wins over what an
// agent sets, and nothing takes that away.
const (
	EnvName    = "HANDOFF_AGENT"
	EnvModel   = "HANDOFF_AGENT_MODEL"
	EnvSession = "HANDOFF_AGENT_SESSION"
)

// sign is a variable by which a coding agent can be told.
type sign struct {
	variable string
	name     string // "" for what the variable says
	session  string // the variable that names the session
}

// signs are the variables that coding agents set in the commands that they run, the
// exact ones first: AI_AGENT and AGENT are set by several. Each is documented by its
// agent, or set in its source.
var signs = []sign{
	{"CLAUDECODE", "claude-code", "CLAUDE_CODE_SESSION_ID"},
	{"CODEX_THREAD_ID", "codex", "CODEX_THREAD_ID"},
	{"CODEX_SANDBOX", "codex", ""},
	{"CODEX_CI", "codex", ""},
	{"CURSOR_AGENT", "cursor", ""},
	{"GEMINI_CLI", "gemini-cli", ""},
	{"QWEN_CODE", "qwen-code", ""},
	{"COPILOT_CLI", "copilot-cli", ""},
	{"OPENCODE", "opencode", ""},
	{"AUGMENT_AGENT", "augment", ""},
	{"AMP_CURRENT_THREAD_ID", "amp", "AMP_CURRENT_THREAD_ID"},
	{"CLINE_ACTIVE", "cline", ""},
	{"GOOSE_TERMINAL", "goose", ""},
	{"ANTIGRAVITY_AGENT", "antigravity", ""},
	{"AI_AGENT", "", ""},
	{"AGENT", "", ""},
}

// Signs are the names of the variables by which an agent is told, in the order in which
// they are asked.
func Signs() []string {
	names := []string{EnvName}
	for _, s := range signs {
		names = append(names, s.variable)
	}
	return names
}

// Detect returns the agent that runs a command, nil for a person. named is what --agent
// says, "" for nothing.
func Detect(named string, getenv func(string) string) *handoff.Agent {
	found := told(getenv)
	name := named
	if said := getenv(EnvName); name == "" && strings.TrimSpace(said) != "" {
		name = cmp.Or(word(said), "agent") // one whose name no record can hold is one all the same
	}
	switch {
	case name == "" && found == nil:
		return nil
	case found == nil:
		found = &handoff.Agent{Name: name}
	case name != "" && name != found.Name:
		found.Name, found.Harness = name, found.Name
	}
	if model := word(getenv(EnvModel)); model != "" {
		found.Model = model
	}
	if session := word(getenv(EnvSession)); session != "" {
		found.Session = session
	}
	return found
}

// told is the agent that the environment tells of, nil for none.
func told(getenv func(string) string) *handoff.Agent {
	for _, s := range signs {
		value := getenv(s.variable)
		if off[strings.ToLower(value)] {
			continue
		}
		a := &handoff.Agent{Name: s.name}
		if s.name == "" {
			a.Name = "agent" // it says no more than that it is one
			if name := word(value); name != "" && !on[strings.ToLower(value)] {
				a.Name = name
			}
		}
		if s.session != "" {
			a.Session = word(getenv(s.session))
		}
		return a
	}
	return nil
}

// What says no and yes where a variable is a switch.
var (
	off = map[string]bool{"": true, "0": true, "false": true, "no": true}
	on  = map[string]bool{"1": true, "true": true, "yes": true}
)

// word makes of a value what an [handoff.Agent] can hold: a person who called their
// agent "Claude Code" meant claude-code.
func word(value string) string {
	value = strings.Map(func(r rune) rune {
		switch {
		case r < 0x80 && handoff.ValidAgentWord("a"+string(r)):
			return r
		case r == ' ' || r == '_':
			return '-'
		}
		return -1
	}, strings.TrimSpace(value))
	value = strings.TrimLeft(value, "._:/@+-")
	return value[:min(len(value), handoff.MaxAgentWord)]
}
