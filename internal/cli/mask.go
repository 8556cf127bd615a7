package cli

import (
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
)

// A message repeats what somebody typed, and that may be a secret in the wrong
// place: it would be on the screen, in the log of the job, in a bug report.
// Everything that is said on stderr goes through mask, and what stdout says about
// a question. Records are printed as they are: they were checked when they were
// written.

// masker takes out of texts what looks like a secret.
type masker struct {
	// values are the secrets of the command line. A message may hold one without
	// the words that tell it from another word.
	values *strings.Replacer
}

func newMasker(args []string) masker {
	var pairs []string
	line := strings.Join(args, " ")
	for _, secret := range rules.Secrets(line) {
		value := line[secret.Start:secret.End]
		pairs = append(pairs, value, rules.Hint(value))
	}
	if pairs == nil {
		return masker{}
	}
	return masker{strings.NewReplacer(pairs...)}
}

// mask is a text with the first four characters of each secret only.
func (m masker) mask(text string) string {
	if m.values != nil {
		text = m.values.Replace(text)
	}
	return rules.Mask(text)
}

// findings are findings that may be printed.
func (m masker) findings(findings []handoff.Finding) []handoff.Finding {
	masked := make([]handoff.Finding, len(findings))
	for i, f := range findings {
		f.Path, f.Field, f.Entry, f.Message, f.Fix = m.mask(f.Path), m.mask(f.Field), m.mask(f.Entry), m.mask(f.Message), m.mask(f.Fix)
		masked[i] = f
	}
	return masked
}
