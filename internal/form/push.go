package form

import "context"

// AskPush asks whether to push what was just committed to a remote; readers says who
// sees it then.
func AskPush(ctx context.Context, asker Asker, remote, readers string) (bool, error) {
	push := &Field{Kind: Menu, Key: "push", Label: "Push it now?", Value: "yes", Options: []Option{
		{"yes", "push it to " + remote + ": " + readers},
		{"no", "leave it here; handoff sync pushes it later"},
	}}
	s := &Screen{ID: "push", Title: "It is committed here", Fields: []*Field{push}, First: true, Short: true}
	if _, err := asker.Ask(ctx, s); err != nil {
		return false, err
	}
	return push.Text() == "yes", nil
}
