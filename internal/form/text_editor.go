package form

import (
	"context"
	"strings"
)

// WithEditor returns an Asker that asks as asker does, and opens the editor on the
// text of one field where there is no draft to open. edit returns what the person
// left there.
func WithEditor(asker Asker, edit func(text string) (string, error)) Asker {
	return &textEditor{asker, edit}
}

type textEditor struct {
	Asker
	edit func(string) (string, error)
}

// Ask shows a screen, and shows it again after the editor.
func (e *textEditor) Ask(ctx context.Context, s *Screen) (Reply, error) {
	s.Edits = s.Short
	for {
		reply, err := e.Asker.Ask(ctx, s)
		f := s.Field(s.Focus)
		if err != nil || reply != Editor || !s.Short || f == nil {
			return reply, err
		}
		err = e.Release(func() error {
			edited, err := e.edit(f.Text())
			if err != nil {
				return err
			}
			if edited = strings.TrimSpace(normaliseNewlines(edited)); f.Kind == Line {
				edited = strings.Join(splitLines(edited), " ")
			}
			f.Value, f.Cleared = edited, edited == ""
			return nil
		})
		if err != nil {
			return Next, err
		}
	}
}
