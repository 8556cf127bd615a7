package handoff

import "strings"

// Agent is the coding agent that prepared a record for the person it is by, who stays
// accountable for it.
type Agent struct {
	Name    string `yaml:"name" json:"name"`                           // claude-code; see ValidAgentWord, as all of these
	Model   string `yaml:"model,omitempty" json:"model,omitempty"`     // that it ran with
	Session string `yaml:"session,omitempty" json:"session,omitempty"` // as the agent names it
	Harness string `yaml:"harness,omitempty" json:"harness,omitempty"` // the program that it ran in, where that is another
}

// MaxAgentWord is how many bytes a value of an [Agent] may have.
const MaxAgentWord = 128

// ValidAgentWord reports whether s can be a value of an [Agent]: one word, of at most
// MaxAgentWord letters, digits and . _ : / @ + -.
func ValidAgentWord(s string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	return s != "" && len(s) <= MaxAgentWord && strings.Contains(letters, s[:1]) && strings.Trim(s, letters+"._:/@+-") == ""
}

// AgentName is the name of the agent that prepared the record, "" for none.
func (r *Record) AgentName() string {
	if r.Agent == nil {
		return ""
	}
	return r.Agent.Name
}

// Remarks are what has to be said beside a record: what prepared it for its author, and
// the reasons not to take it for what they said, see [Source.Doubts].
func (r *Record) Remarks() []string {
	if r.Agent == nil {
		return r.Source.Doubts()
	}
	return append([]string{PreparedBy(r.Agent.Name)}, r.Source.Doubts()...)
}

// PreparedBy is the remark on what an agent has prepared.
func PreparedBy(agent string) string { return "prepared by " + agent }

// Prepared is "ben (prepared by claude-code)", and of a record without an agent who it
// is by alone.
func (r *Record) Prepared() string {
	if r.Agent == nil {
		return r.By
	}
	return r.By + " (" + PreparedBy(r.Agent.Name) + ")"
}
