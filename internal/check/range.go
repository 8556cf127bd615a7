package check

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// RangeEnds are the ends of a range A..B, false for what is none. One of them may
// be left out.
func RangeEnds(span string) (from, to string, ok bool) {
	from, to, ok = strings.Cut(span, "..")
	return from, to, ok && from+to != "" && !strings.HasPrefix(to, ".")
}

// Range checks the records that the commits in A..B add, and that none of
// the commits edits or removes one. An end that is left out is HEAD.
func Range(ctx context.Context, ws *workspace.Workspace, span string, service guard.Service) (found Result, err error) {
	from, to, _ := RangeEnds(span)
	c := &prCheck{Workspace: ws, PRRequest: PRRequest{Service: service}}
	base, err := c.rangeEnd(ctx, span, from)
	if err != nil {
		return found, err
	}
	if c.last, err = c.rangeEnd(ctx, span, to); err != nil {
		return found, err
	}
	c.bases = []string{base}
	if err := c.cutRange(ctx, span); err != nil {
		return found, err
	}
	_, _, err = c.judgeChange(ctx, &found)
	return found, err
}

// rangeEnd resolves one end of a range.
func (c *prCheck) rangeEnd(ctx context.Context, span, rev string) (string, error) {
	if rev == "" {
		rev = "HEAD"
	}
	hash, err := c.Revision(ctx, rev)
	switch {
	case err == nil:
		return hash, nil
	case c.Shallow():
		return "", c.noRange(span, err)
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	}
	return "", workspace.Usagef("git log --oneline "+span+" lists the commits of one", "--range %s: %s: no such revision", span, rev)
}

// cutRange finds the commits of the range, and refuses half of them.
func (c *prCheck) cutRange(ctx context.Context, span string) (err error) {
	if c.fork, err = c.MergeBase(ctx, c.last, c.bases...); err != nil {
		return err
	}
	if c.commits, err = c.Range(ctx, c.last, c.bases...); err != nil {
		return err
	}
	if c.Shallow() && (c.fork == "" || c.reachesEdge()) {
		return c.noRange(span, errors.New("it is cut off"))
	}
	return nil
}

// noRange says how the clone gets the history of a range.
func (c *prCheck) noRange(span string, err error) error {
	return &workspace.HintedError{Err: fmt.Errorf("the history of %s is not in this shallow clone: %w", span, err), Hint: guard.DeepenHint(c.Service)}
}
