package cli

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"

	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// declareInEditor lets the user write the draft in their editor until it is
// right or given up. What was typed is kept in the draft file until the commit
// stands.
func (ws *workspace) declareInEditor(ctx context.Context, g *globals, o declareOptions, d *draft) error {
	if !g.Interactive {
		return usagef("use -f FILE, or flags", "--editor needs a terminal")
	}
	command, err := ws.editor(ctx, g)
	if err != nil {
		return err
	}
	drafts := form.Drafts{Dir: ws.Dir()}
	text, err := editable(d)
	if err != nil {
		return err
	}
	for {
		before := text
		if err := drafts.Save(text); err != nil {
			return err
		}
		if err := runEditor(ctx, g, command, drafts.Path()); err != nil {
			return &hintedError{err, "your draft is kept: handoff declare -f " + drafts.Path()}
		}
		if text, err = drafts.Load(); err != nil {
			return err
		}
		written := withoutComments(text)
		if len(written) == 0 || bytes.Equal(text, before) {
			return errStopped
		}
		edited := readDraft(text, drafts.Path())
		findings := ws.checkDraft(g, edited, o)
		if !handoff.HasErrors(findings) {
			if err := ws.publishDraft(ctx, g, o, edited, findings); err != nil {
				return &hintedError{err, "your draft is kept: handoff declare -f " + drafts.Path()}
			}
			return drafts.Drop()
		}
		text = annotate(text, findings)
	}
}

const findingMark = "#! "

// annotate puts every finding in a comment above its line, and removes those of
// the round before.
func annotate(text []byte, findings []handoff.Finding) []byte {
	above := make(map[int][]handoff.Finding)
	for _, f := range findings {
		above[f.Line] = append(above[f.Line], f)
	}
	var b bytes.Buffer
	line := 0
	for raw := range strings.Lines(string(text)) {
		line++
		for _, f := range above[line] {
			fmt.Fprintf(&b, "%s%s %s: %s\n", findingMark, f.Level, f.Code, handoff.OneLine(f.Message))
			if f.Fix != "" {
				fmt.Fprintf(&b, "%s  %s\n", findingMark, handoff.OneLine(f.Fix))
			}
		}
		if !strings.HasPrefix(raw, findingMark) {
			b.WriteString(raw)
		}
	}
	return b.Bytes()
}

// withoutComments is what is left of a buffer that counts.
func withoutComments(text []byte) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(text) {
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 && trimmed[0] != '#' {
			b.Write(line)
		}
	}
	return b.Bytes()
}

const editorIntro = `# Write the handoff, save and close. Nothing is published while this buffer
# is empty or unchanged. [] says "none"; a list that is missing is refused.
# handoff schema handoff prints every field.
`

// editable is the draft as a person edits it: the required keys are all there.
func editable(d *draft) ([]byte, error) {
	if d.doc != nil {
		return nil, usagef("", "--editor cannot start from a file")
	}
	h := *d.handoff
	if h.To == nil {
		h.To = []string{}
	}
	if h.Shipped == nil {
		h.Shipped = []handoff.Shipped{}
	}
	if h.Items == nil {
		h.Items = []handoff.Item{}
	}
	if h.Blockers == nil {
		h.Blockers = []handoff.Blocker{}
	}
	if h.Decisions == nil {
		h.Decisions = []handoff.Decision{}
	}
	body, err := handoff.FormatDraft(&h)
	if err != nil {
		return nil, err
	}
	return append([]byte(editorIntro), body...), nil
}

// editor is the user's editor: HANDOFF_EDITOR, else what git would start.
func (ws *workspace) editor(ctx context.Context, g *globals) (string, error) {
	if command := g.Getenv("HANDOFF_EDITOR"); command != "" {
		return command, nil
	}
	return ws.Editor(ctx)
}

// runEditor starts the editor as git does: through the shell, with the file as
// its last argument.
func runEditor(ctx context.Context, g *globals, command, file string) error {
	if command == ":" {
		return nil
	}
	cmd := exec.CommandContext(ctx, "sh", "-c", command+` "$@"`, command, file)
	if runtime.GOOS == "windows" {
		fields := strings.Fields(command)
		cmd = exec.CommandContext(ctx, fields[0], append(fields[1:], file)...)
	}
	cmd.Dir, cmd.Env = g.Dir, g.Environ
	cmd.Stdin, cmd.Stdout, cmd.Stderr = g.In, g.Out, g.Err
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("editor %s: %w", command, err)
	}
	return nil
}
