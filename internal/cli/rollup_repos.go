package cli

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// repoDraft is what is drawn in one of several repositories.
type repoDraft struct {
	Repo  string          `json:"repo"`
	Draft *handoff.Record `json:"draft"`

	dir     string
	drawing *drawing
}

// reposRollup is what --json prints of the drafts.
type reposRollup struct {
	Level   string            `json:"level"`
	Scope   string            `json:"scope"`
	Missing []handoff.Missing `json:"missing"` // in all repositories
	Results []*repoDraft      `json:"results"`
}

// runRollupAll draws a draft in each repository and publishes none. A rollup
// cites the handoffs that it is drawn from, for who reads it to look them up, and
// for acks to reach their senders. An id stands for a handoff in one repository
// only, so what a rollup cites must be in its own.
func runRollupAll(ctx context.Context, g *globals, o rollupOptions, level, scope string) error {
	switch {
	case level == "":
		return errNoScope
	case !o.dryRun:
		return workspace.Usagef("add --dry-run, and publish each draft in its repository with -f FILE",
			"--all-repos draws drafts and publishes none: a rollup can cite the handoffs of its own repository only")
	case o.file != "" || o.editor || o.amend != "":
		return workspace.Usagef("handoff -C DIR rollup takes them for one repository", "--all-repos does not go with -f, --editor and --amend")
	}
	var drafts []*repoDraft
	_, unread, err := readRepositories(ctx, g, o.repos,
		func(ctx context.Context, r workspace.Repository, ws *workspace.Workspace, send func(*repoDraft) error) error {
			if _, known := ws.TeamConfig.Covered(level, scope); !known {
				return nil // a repository of others
			}
			if err := ws.LoadFromMany(ctx, workspace.SourceOptions{}, fold.Part{All: true}); err != nil {
				return err
			}
			d, err := drawApart(ws, o, r, level, scope)
			if err != nil {
				return err
			}
			return send(d)
		},
		func(_ workspace.Repository, d *repoDraft) error {
			drafts = append(drafts, d)
			return nil
		})
	if err != nil {
		return err
	}
	if len(drafts) == 0 && unread == nil {
		return workspace.Usagef("--org covers every repository", "no repository has the %s %s in its configuration", level, scope)
	}
	doc := reposRollup{Level: level, Scope: scope, Missing: missingFromAll(drafts), Results: []*repoDraft{}}
	for _, d := range drafts {
		d.drawing.Rollup.Missing = doc.Missing
		if len(d.drawing.Rollup.Sources) > 0 {
			doc.Results = append(doc.Results, d)
		}
	}
	return errors.Join(unread, g.printDrafts(doc, skippedByAll(drafts)))
}

// drawApart draws the rollup of one of several repositories.
func drawApart(ws *workspace.Workspace, o rollupOptions, r workspace.Repository, level, scope string) (*repoDraft, error) {
	if ws.Author.When.IsZero() { // nobody here has an identity, and nobody publishes
		ws.Author.When = ws.Moment
	}
	drawn, err := draw(ws, o, level, scope)
	if err != nil {
		return nil, err
	}
	d := &repoDraft{Repo: r.Name, dir: r.Dir, drawing: drawn, Draft: handoff.New("", ws.Author.When, ws.Me, drawn.Handoff)}
	return d, layFlags(ws, &workspace.Draft{Handoff: drawn.Handoff}, o.declareOptions)
}

// missingFromAll lists who has declared in none of the repositories and was to in
// one. Who need not have declared in one of them, being absent or only just gone,
// need not in the others.
func missingFromAll(drafts []*repoDraft) []handoff.Missing {
	mildest := []string{"", handoff.MissingAbsent, handoff.MissingLate, handoff.MissingNone} // "" has declared
	why := make(map[string]string)
	note := func(who, reason string) {
		if known, ok := why[who]; !ok || slices.Index(mildest, reason) < slices.Index(mildest, known) {
			why[who] = reason
		}
	}
	for _, d := range drafts {
		for _, source := range d.drawing.Rollup.Sources {
			note(d.drawing.state.Records[source.ID].By, "")
		}
		for _, m := range d.drawing.Rollup.Missing {
			note(m.Who, m.Why)
		}
	}
	missing := []handoff.Missing{}
	for _, who := range slices.Sorted(maps.Keys(why)) {
		if why[who] != "" {
			missing = append(missing, handoff.Missing{Who: who, Why: why[who]})
		}
	}
	return missing
}

// skippedByAll lists the zones that nobody in any of the repositories declared
// from.
func skippedByAll(drafts []*repoDraft) []string {
	in := make(map[string]int)
	for _, d := range drafts {
		for _, zone := range d.drawing.skippedZones() {
			in[zone]++
		}
	}
	maps.DeleteFunc(in, func(_ string, n int) bool { return n < len(drafts) })
	return slices.Sorted(maps.Keys(in))
}

// printDrafts prints the drafts as YAML documents, each behind a line that says
// where it belongs.
func (g *globals) printDrafts(doc reposRollup, skipped []string) error {
	all := &handoff.Rollup{Level: doc.Level, Scope: doc.Scope, Missing: doc.Missing}
	if len(doc.Results) == 0 {
		return nothingDrawn(all)
	}
	if g.printer.structured() {
		return g.printer.document(doc)
	}
	g.noteMissing(all, skipped)
	for _, d := range doc.Results {
		g.printer.line("--- # %s: %s", d.Repo, text.OneLine(d.dir))
		if err := g.printRollup(rollupPage(d.drawing, missingFlags(d.drawing.Handoff)), d.drawing.Handoff); err != nil {
			return err
		}
	}
	g.note("nothing was written; handoff -C DIR rollup -f FILE publishes one of them")
	return nil
}
