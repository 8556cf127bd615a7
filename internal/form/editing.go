package form

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// Editing is the editor road: the person writes the whole draft as YAML, in
// their editor and in the draft file itself, so that nothing has to be copied
// when something goes wrong.
type Editing struct {
	Drafts *Drafts
	// Run opens the editor on a file and waits for its end.
	Run func(ctx context.Context, path string) error
	// How says how to read what a person wrote.
	How handoff.Reading
	// Check says what is wrong with a draft that was read from a text, with lines.
	// The draft is nil where none could be.
	Check func(*Draft, *handoff.Document) []handoff.Finding
}

// Write opens the editor, again and again with the findings above their lines,
// until the draft is right or the person gives up by leaving the text as it is,
// or empty. right tells which. The draft is nil when its text was emptied or
// cannot be read; the file keeps it all the same.
func (e *Editing) Write(ctx context.Context, text []byte) (d *Draft, right bool, err error) {
	for {
		if err := e.Drafts.Save(text); err != nil {
			return nil, false, err
		}
		before := text
		if err := e.Run(ctx, e.Drafts.Path()); err != nil {
			return nil, false, err
		}
		if text, err = e.Drafts.Load(); err != nil {
			return nil, false, err
		}
		if len(withoutComments(text)) == 0 {
			return nil, false, e.Drafts.Save(before)
		}
		var doc *handoff.Document
		d, doc = ParseDraft(text, e.How)
		if bytes.Equal(text, before) {
			return d, false, nil
		}
		findings := e.Check(d, doc)
		if d != nil && !handoff.HasErrors(findings) {
			return d, true, nil
		}
		text = annotate(text, findings)
	}
}

// findingMark begins the comments that annotate adds and removes.
const findingMark = "#! "

// annotate puts every finding in a comment above its line, and removes those of
// the round before.
func annotate(s []byte, findings []handoff.Finding) []byte {
	above := make(map[int][]handoff.Finding)
	for _, f := range findings {
		above[max(f.Line, 1)] = append(above[max(f.Line, 1)], f)
	}
	var b bytes.Buffer
	line := 0
	for raw := range strings.Lines(string(s)) {
		line++
		indent := raw[:len(raw)-len(strings.TrimLeft(raw, " "))]
		for _, f := range above[line] {
			fmt.Fprintf(&b, "%s%s%s %s: %s\n", indent, findingMark, f.Level, f.Code, text.OneLine(f.Message))
			if f.Fix != "" {
				fmt.Fprintf(&b, "%s%s  %s\n", indent, findingMark, text.OneLine(f.Fix))
			}
		}
		if !strings.HasPrefix(strings.TrimLeft(raw, " "), findingMark) {
			b.WriteString(raw)
		}
	}
	return b.Bytes()
}

// withoutComments is what is left of a text that counts.
func withoutComments(text []byte) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(text) {
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 && trimmed[0] != '#' {
			b.Write(line)
		}
	}
	return b.Bytes()
}

const editorIntro = `# Write the handoff, save and close. Nothing is published while this text is
# empty or unchanged. handoff schema handoff prints every field. "questions: []",
# "watch: []" and "standing: []" say none; left out, nothing is said of them.
`

// hints stand above the keys of a draft.
var hints = map[string]string{
	"summary":    "required: one sentence, at most 140 characters",
	"to":         "required: people, team, team:x, shift:x, lead:x; one, or several with commas",
	"returns_at": "required: when you are back, as in mon 09:00, or 2026-11-23T09:00:00+08:00",
	"shipped":    "required, none says none: a line each, or {id, what}",
	"items":      "required, none says none: {id, status, state, intent, next}; next: text is for the one person in to, \"ben: text\" for ben; status shipped or dropped ends it",
	"blockers":   "required, none says none: {needs, because, resolver, blocks}, with the items that it blocks",
	"decisions":  "required, none says none: \"what -- why\" a line, or {decision, rationale}",
	"resolved":   "blockers that you carried and that are gone: {blocker, outcome, how}",
}

// Text is the draft as a person edits it: everything that is required has its
// key, and comments say what was carried over. A list that nobody has answered
// has no value, so that "none" stays something to be said.
func (d *Draft) Text(carried *handoff.Handoff) ([]byte, error) {
	body, err := d.Format()
	if err != nil {
		return nil, err
	}
	for _, list := range []struct {
		key    string
		absent bool
	}{
		{"to", d.Handoff.To == nil}, {"shipped", d.Handoff.Shipped == nil}, {"items", d.Handoff.Items == nil},
		{"blockers", d.Handoff.Blockers == nil}, {"decisions", d.Handoff.Decisions == nil},
	} {
		if list.absent {
			body = append(body, list.key+":\n"...)
		}
	}
	b := bytes.NewBufferString(editorIntro)
	for line := range strings.Lines(string(body)) {
		if key, _, ok := strings.Cut(line, ":"); ok && hints[key] != "" {
			b.WriteString("\n# " + hints[key] + "\n")
		}
		if id, ok := strings.CutPrefix(line, "  - id: "); ok {
			id = strings.Trim(id, "\"\n")
			if carried.Item(id) != nil || carried.Blocker(id) != nil {
				b.WriteString("  # carried over: say what is so now\n")
			}
		}
		b.WriteString(line)
	}
	return b.Bytes(), nil
}
