package form

import (
	"context"
	"errors"
)

// Want is something that a command needs to be told.
type Want struct {
	Label   string
	Choices []string // what it may be, nil for any text
	Value   *string
}

// errEmpty refuses an empty answer to what is needed.
var errEmpty = errors.New("this is needed; ctrl+c stops")

// AskFor asks for what a command was not told, on one screen. Stopping is ErrStopped;
// the values hold what was typed until then.
func AskFor(ctx context.Context, asker Asker, title string, body []string, wants []Want) error {
	s := &Screen{ID: "missing", Title: title, Body: body, First: true, Short: true}
	for _, w := range wants {
		f := &Field{Kind: Line, Key: w.Label, Label: w.Label, Read: func(text string) error {
			if text == "" || text == Clear {
				return errEmpty
			}
			return nil
		}}
		if w.Choices != nil {
			f = choice(w.Label, w.Label, "", w.Choices...)
		}
		s.Fields = append(s.Fields, f)
	}
	_, err := asker.Ask(ctx, s)
	for _, w := range wants {
		*w.Value = s.Text(w.Label)
	}
	return err
}
