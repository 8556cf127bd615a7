package config

import (
	"fmt"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// Verify is what the team has reviewed of its own history.
type Verify struct {
	Settled []Settlement `yaml:"settled,omitempty"`
	Keys    []string     `yaml:"keys,omitempty"` // fingerprints: of what machines sign with that record what people say elsewhere
}

// Settlement says that a finding of an audit was looked into, and why it may
// stand. It is for the findings that all its fields fit.
type Settlement struct {
	Finding string `yaml:"finding"`          // the code, as HO902
	Record  string `yaml:"record,omitempty"` // id of the record, or
	Commit  string `yaml:"commit,omitempty"` // the beginning of a hash, 7 to 40 hex digits, or both
	Why     string `yaml:"why"`
}

// Settles reports whether a finding of a code about a record, in a commit, is
// the one that was settled. Record and commit are "" where the finding has none.
func (s Settlement) Settles(code, record, commit string) bool {
	return s.Finding == code && (s.Record != "" || s.Commit != "") &&
		(s.Record == "" || s.Record == record) &&
		(s.Commit == "" || strings.HasPrefix(commit, strings.ToLower(s.Commit)))
}

// Reason returns why a finding is settled, "" for one that is not.
func (v Verify) Reason(code, record, commit string) string {
	for _, s := range v.Settled {
		if s.Settles(code, record, commit) {
			return s.Why
		}
	}
	return ""
}

// settleable are the codes that an audit finds.
var settleable = []string{"HO902", "HO903", "HO904", "HO905"}

// commitPrefix matches what names a commit.
var commitPrefix = text.Pattern(`^[0-9A-Fa-f]{7,40}$`)

// keyPrint matches that of an SSH key, as ssh-keygen -l prints it, or of a PGP key.
var keyPrint = text.Pattern(`^(?:SHA256:[A-Za-z0-9+/]{43}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$`)

// maxWhy is the longest reason, in bytes.
const maxWhy = 300

func (c *checker) checkVerify() {
	for i, key := range c.Verify.Keys {
		if !keyPrint().MatchString(key) {
			c.fail("HO101", fmt.Sprintf("verify.keys[%d]", i), fmt.Sprintf("%q is not the fingerprint of a key", text.OneLine(key)), "write it as ssh-keygen -lf KEY.pub prints it, SHA256:…, or all 40 hex digits of a PGP key")
		}
	}
	for i, s := range c.Verify.Settled {
		field := fmt.Sprintf("verify.settled[%d]", i)
		c.oneOf(field+".finding", s.Finding, settleable...)
		if s.Record != "" && !handoff.ValidID(s.Record) {
			c.fail("HO101", field+".record", fmt.Sprintf("%q is not the id of a record", text.OneLine(s.Record)), "write all eight characters, as handoff verify prints them")
		}
		if s.Commit != "" && !commitPrefix().MatchString(s.Commit) {
			c.fail("HO101", field+".commit", fmt.Sprintf("%q is not the hash of a commit", text.OneLine(s.Commit)), "write 7 to 40 of its hex digits")
		}
		if s.Record == "" && s.Commit == "" {
			c.fail("HO101", field, "it says neither which record nor which commit", "one of them names the finding: all of a kind cannot be settled at once")
		}
		switch why := strings.TrimSpace(s.Why); {
		case why == "":
			c.fail("HO101", field+".why", "the reason is missing", "say in `why` what the review came to")
		case len(why) > maxWhy:
			c.fail("HO101", field+".why", fmt.Sprintf("the reason has more than %d bytes", maxWhy), "say it in one sentence")
		}
	}
}
