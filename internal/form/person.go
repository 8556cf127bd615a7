package form

import "context"

// AskPerson asks whom a handle means that nobody has: somebody who is known and whose
// handle is nearly the same, or somebody new. It returns the handle of the one.
func AskPerson(ctx context.Context, asker Asker, handle, near string) (string, error) {
	who := &Field{Kind: Menu, Key: "who", Label: "Who is meant?", Value: near, Options: []Option{
		{near, near + ", who is known here"},
		{handle, handle + ", somebody new"},
	}}
	s := &Screen{ID: "person " + handle, Title: handle + " is not known here", Fields: []*Field{who}, First: true, Short: true}
	if _, err := asker.Ask(ctx, s); err != nil {
		return "", err
	}
	return who.Text(), nil
}
