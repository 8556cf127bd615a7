package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/handoff-cli/handoff/internal/guard"
)

// checkRange checks the records that the commits in A..B add, and that none of
// the commits edits or removes one. An end that is left out is HEAD.
func checkRange(ctx context.Context, g *globals, span string) (checkDocument, error) {
	var doc checkDocument
	from, to, ok := strings.Cut(span, "..")
	if !ok || from+to == "" || strings.HasPrefix(to, ".") {
		return doc, usagef("as in --range origin/main..HEAD", "--range %s: not of the form A..B", span)
	}
	ws, err := g.open(ctx)
	if err != nil {
		return doc, err
	}
	c := &prCheck{workspace: ws, g: g, service: guard.Running(g.Getenv)}
	base, err := c.rangeEnd(ctx, span, from)
	if err != nil {
		return doc, err
	}
	if c.head, err = c.rangeEnd(ctx, span, to); err != nil {
		return doc, err
	}
	c.bases = []string{base}
	if err := c.cutRange(ctx, span); err != nil {
		return doc, err
	}
	change, _, err := c.ownWork(ctx, &doc)
	if err != nil {
		return doc, err
	}
	added, err := c.netChange(ctx, &doc, &change)
	if err != nil {
		return doc, err
	}
	return doc, c.addRecords(&doc, &change, added)
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
	return "", usagef("git log --oneline "+span+" lists the commits of one", "--range %s: %s: no such revision", span, rev)
}

// cutRange finds the commits of the range, and refuses half of them.
func (c *prCheck) cutRange(ctx context.Context, span string) (err error) {
	if c.fork, err = c.MergeBase(ctx, c.head, c.bases...); err != nil {
		return err
	}
	if c.commits, err = c.Range(ctx, c.head, c.bases...); err != nil {
		return err
	}
	if c.Shallow() && (c.fork == "" || c.reachesEdge()) {
		return c.noRange(span, errors.New("it is cut off"))
	}
	return nil
}

// noRange says how the clone gets the history of a range.
func (c *prCheck) noRange(span string, err error) error {
	return &hintedError{fmt.Errorf("the history of %s is not in this shallow clone: %w", span, err), guard.DeepenHint(c.service)}
}
