package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// Secret is a place in a text that looks like a credential.
type Secret struct {
	Name        string // what it looks like
	Start, End  int    // in bytes
	Fingerprint string // identifies the value without giving it away, for --allow-secret
}

// secretPatterns are the credentials that have a form of their own, and
// assignments to names that speak of one. A pattern's last group, where it has
// one, is the value.
var secretPatterns = []struct {
	name string
	// mark is in every match: looking for it first costs a tenth of the pattern.
	mark    string
	pattern func() *regexp.Regexp
	// holds is what the value must have besides, nil for nothing.
	holds func(value string) bool
}{
	{"a private key", "-----BEGIN ", handoff.Pattern(`-----BEGIN [A-Z ]*PRIVATE KEY-----`), nil},
	{"an AWS access key id", "AKIA", handoff.Pattern(`\bAKIA[0-9A-Z]{16}\b`), notDocumented},
	{"a GitHub token", "gh", handoff.Pattern(`\bgh[pousr]_[A-Za-z0-9]{36,}`), nil},
	{"a GitHub fine-grained token", "github_pat_", handoff.Pattern(`\bgithub_pat_\w{22,}`), nil},
	{"a GitLab token", "glpat-", handoff.Pattern(`\bglpat-[\w-]{20,}`), nil},
	{"a Slack token", "xox", handoff.Pattern(`\bxox[abprs]-[\w-]{10,}`), nil},
	{"a Google API key", "AIza", handoff.Pattern(`\bAIza[\w-]{35}`), nil},
	// The \b matters: without it task-refactor-payments-service is a key.
	{"a secret API key", "sk-", handoff.Pattern(`\bsk-[A-Za-z0-9_-]{20,}`), nil},
	{"a signed token (JWT)", "eyJ", handoff.Pattern(`\beyJ[\w-]{10,}\.[\w-]{10,}\.`), nil},
	{"a URL with a password", "://", handoff.Pattern(`[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/@\s]+@`), nil},
	{"a password or token", "", handoff.Pattern(`(?i)\b(?:password|passwd|secret|token|api[_-]?key)\s*[:=]\s*["']?([^\s"']{12,})`), letterAndDigit},
}

// notDocumented lets the key id pass that AWS's documentation uses.
func notDocumented(value string) bool { return !strings.HasSuffix(value, "EXAMPLE") }

// letterAndDigit tells a value from a word: "token: refreshes later" holds no
// token.
func letterAndDigit(value string) bool {
	return strings.ContainsAny(value, "0123456789") &&
		strings.ContainsAny(strings.ToLower(value), "abcdefghijklmnopqrstuvwxyz")
}

// Secrets finds what looks like a credential (rule HO901), in order of
// position and without overlaps. It is meant for every way in which text comes
// into the program, before anything is stored.
func Secrets(text string) []Secret {
	var found []Secret
	for _, p := range secretPatterns {
		if !strings.Contains(text, p.mark) {
			continue
		}
		for _, span := range p.pattern().FindAllStringSubmatchIndex(text, -1) {
			start, end := span[len(span)-2], span[len(span)-1]
			value := text[start:end]
			if p.holds != nil && !p.holds(value) {
				continue
			}
			sum := sha256.Sum256([]byte(value))
			found = append(found, Secret{Name: p.name, Start: start, End: end, Fingerprint: hex.EncodeToString(sum[:6])})
		}
	}
	slices.SortStableFunc(found, func(a, b Secret) int { return a.Start - b.Start })
	kept := found[:0]
	end := 0
	for _, secret := range found {
		if secret.Start >= end {
			kept, end = append(kept, secret), secret.End
		}
	}
	return kept
}

// masked is the text with only the first four characters left of each secret.
func masked(text string) string {
	secrets := Secrets(text)
	if len(secrets) == 0 {
		return text
	}
	var b strings.Builder
	last := 0
	for _, secret := range secrets {
		b.WriteString(text[last:secret.Start])
		b.WriteString(hint(text[secret.Start:secret.End]))
		last = secret.End
	}
	b.WriteString(text[last:])
	return b.String()
}

// hint is what may be shown of a secret.
func hint(value string) string {
	runes := []rune(value)
	return string(runes[:min(4, len(runes))]) + "…"
}

// secrets is rule HO901. It reads every text of the document, whatever the
// field: a key that nobody knows leaks as well.
func secrets(s *subject) {
	for _, t := range s.texts {
		for _, secret := range Secrets(t.value) {
			listed := "list " + secret.Fingerprint + " under rules.allow_secrets in the configuration"
			looks := fmt.Sprintf("%s looks like %s (%s)", t.field, secret.Name, hint(t.value[secret.Start:secret.End]))
			switch {
			case slices.Contains(s.AllowSecrets, secret.Fingerprint):
			case slices.Contains(s.LetThrough, secret.Fingerprint):
				s.warn(t.field, listed+", or handoff check refuses the record", "%s and is let through", looks)
			case s.Draft:
				s.report(t.field, "remove it and revoke it; if it is none, pass --allow-secret "+secret.Fingerprint, "%s", looks)
			default:
				s.report(t.field, "remove it and revoke it; if it is none, "+listed, "%s", looks)
			}
		}
	}
}
