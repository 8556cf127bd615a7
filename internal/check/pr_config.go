package check

import (
	"cmp"
	"context"
	"strings"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// judgeByBase makes the configuration of the target branch the one by which the
// pull request is judged: else a change could switch off the rules that it
// breaks. What it changes in the configuration is said, and what it breaks there.
func (c *prCheck) judgeByBase(ctx context.Context, found *Result) error {
	base, faults, err := c.ConfigAt(ctx, c.bases[0])
	if err != nil {
		return err
	}
	c.TeamConfig, c.HasConfig = config.Default(), base != nil
	if base != nil && !handoff.HasErrors(faults) {
		c.TeamConfig = base
	}
	if err := c.Identify(ctx); err != nil {
		return err
	}
	for _, f := range faults {
		f.Level = handoff.LevelWarning // it is there already, and this may be what corrects it
		f.Message = "in " + c.baseName() + ", so that the defaults count: " + f.Message
		found.Findings = append(found.Findings, f)
	}
	return c.compareConfigs(ctx, found)
}

// compareConfigs says what the change makes of the configuration that it began
// with.
func (c *prCheck) compareConfigs(ctx context.Context, found *Result) error {
	before, _, err := c.ConfigAt(ctx, cmp.Or(c.fork, c.bases[0]))
	if err != nil {
		return err
	}
	after, faults, err := c.ConfigAt(ctx, c.last)
	if err != nil {
		return err
	}
	same, err := c.sameFile(c.ConfigFile(), cmp.Or(c.fork, c.bases[0]), c.last)
	if err != nil || same {
		return err
	}
	found.Findings = append(found.Findings, faults...)
	c.configChanges = config.Changes(cmp.Or(before, config.Default()), cmp.Or(after, config.Default()))
	message := "the change edits " + strings.Join(c.configChanges, ", ") + " in the configuration"
	switch {
	case before == nil:
		message = "the change brings the configuration"
	case after == nil:
		message = "the change takes the configuration away"
	case len(c.configChanges) == 0:
		return nil // comments, or the order of keys
	}
	found.Findings = append(found.Findings, handoff.Finding{
		Code: guard.CodeConfig, Level: handoff.LevelWarning, Path: c.ConfigFile(), Line: 1, Col: 1,
		Message: message + "; it is judged by what " + c.baseName() + " has",
		Fix:     "it counts once it is merged: see that a person agrees",
	})
	return nil
}

// sameFile reports whether two commits have the same at a path.
func (c *prCheck) sameFile(path, a, b string) (bool, error) {
	x, err := c.PathHash(a, path)
	if err != nil {
		return false, err
	}
	y, err := c.PathHash(b, path)
	return x == y, err
}

// baseName is how people call the target branch.
func (c *prCheck) baseName() string { return cmp.Or(c.Pr.Base, "the target branch") }
