package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/sorting"
)

// Secret is a place in a text that looks like a credential.
type Secret struct {
	Name        string // what it looks like
	Start, End  int    // in bytes
	Fingerprint string // identifies the value without giving it away, for --allow-secret
}

// Secrets finds what looks like a credential (rule HO901), in order of
// position and without overlaps. It is meant for every way in which text comes
// into the program, before anything is stored.
func Secrets(text string) []Secret {
	found := findSecrets(text)
	kept := found[:0]
	end := 0
	for _, secret := range found {
		if secret.Start >= end {
			kept, end = append(kept, secret), secret.End
		}
	}
	return kept
}

// findSecrets is Secrets with those that overlap.
func findSecrets(text string) []Secret {
	var found []Secret
	lower := strings.ToLower(text)
	for _, p := range secretPatterns {
		if !p.mayBeIn(text, lower) {
			continue
		}
		for _, span := range p.pattern().FindAllStringSubmatchIndex(text, -1) {
			start, end := span[len(span)-2], span[len(span)-1]
			if start < 0 {
				continue
			}
			value := text[start:end]
			if !varied(value) || p.holds != nil && !p.holds(value) {
				continue
			}
			sum := sha256.Sum256([]byte(value))
			found = append(found, Secret{Name: p.name, Start: start, End: end, Fingerprint: hex.EncodeToString(sum[:6])})
		}
	}
	sorting.By(found, func(a, b Secret) int { return a.Start - b.Start })
	return found
}

// Mask is the text with only the first four characters left of each secret.
// Nothing that may hold one is printed otherwise.
func Mask(text string) string {
	var b strings.Builder
	last := 0
	for _, secret := range findSecrets(text) {
		if secret.Start >= last {
			b.WriteString(text[last:secret.Start])
			b.WriteString(Hint(text[secret.Start:secret.End]))
		}
		last = max(last, secret.End)
	}
	b.WriteString(text[last:])
	return b.String()
}

// Hint is what may be shown of a secret.
func Hint(value string) string {
	runes := []rune(value)
	return string(runes[:min(4, len(runes))]) + "…"
}

// secrets is rule HO901. It reads every text of the document, whatever the
// field: a key that nobody knows leaks as well.
func secrets(s *subject) {
	for _, t := range s.texts {
		for _, secret := range Secrets(t.value) {
			listed := "list " + secret.Fingerprint + " under rules.allow_secrets in the configuration"
			looks := fmt.Sprintf("%s looks like %s (%s)", s.the(t.field), secret.Name, Hint(t.value[secret.Start:secret.End]))
			switch {
			case slices.Contains(s.Config.Rules.AllowSecrets, secret.Fingerprint):
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
