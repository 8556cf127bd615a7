package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rollup"
	"github.com/handoff-cli/handoff/internal/story"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

// rollupOptions are the flags of rollup: those of declare, laid over what the
// members' handoffs say.
type rollupOptions struct {
	declareOptions
	team, pod string
	org       bool
	since     string
	repos     reposOptions
}

func newRollupCmd(g *globals) *cobra.Command {
	var o rollupOptions
	cmd := &cobra.Command{
		Use:   "rollup",
		Short: "Draw the handoffs of a team, pod or organisation together",
		Long: `Draw the latest handoffs of the members together that no rollup has drawn yet:
what is severe before what is routine, blocked before in review before in
progress, every item and blocker whole and with the handoff that it comes from.
Who was to declare and has not is listed with the reason: absent, late (their
shift is not over, or only just) or none. Zones of which nobody has declared,
and work that two people do, are named on top.

On a terminal it asks for what the flags do not say: who takes it, the summary,
when you are back. Without a flag it is of the team that you lead, or of the
only one. --editor lets you edit it first.

With --dry-run it is a page to read: who is missing, what needs a decision, the
severe before the routine. In a pipe the draft follows, to be filled in and
published with -f, as may be a file of your own: the keys that it lacks are
drawn. --json prints the record.

A rollup moves nothing, whoever accepts it. The incoming lead hands its items
out with handoff assign, and each assignee takes theirs with handoff ack.
` + reposHelp + `
A rollup cites handoffs of its own repository only, so what is drawn in many is
a draft for each, to be published there; it takes --dry-run. Missing is who has
declared in none of them.`,
		Example: `  handoff rollup
  handoff rollup --team payments --dry-run
  handoff rollup --team payments --to lead:emea --returns "mon 09:00" \
      --summary "Refunds wait for one approval, the login for a decision"
  handoff rollup --pod identity --since yesterday --editor
  handoff rollup --team payments --all-repos ~/src --dry-run`,
		GroupID: groupDaily,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runRollup(cmd.Context(), g, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.team, "team", "", "of the team `NAME`")
	f.StringVar(&o.pod, "pod", "", "of all teams of the pod `NAME`")
	f.BoolVar(&o.org, "org", false, "of everybody")
	f.StringVar(&o.since, "since", "", "of handoffs not older than `WHEN`, drawn before or not")
	o.repos.addFlags(f)
	g.addFormatFlag(f)
	o.addFlags(f)
	cmd.MarkFlagsMutuallyExclusive("file", "editor")
	return cmd
}

// orgScope is the scope of a rollup of everybody: an organisation has no name
// in the configuration.
const orgScope = "org"

// scope returns the level and the scope that the flags name, "" for none.
func (o *rollupOptions) scope() (level, scope string, err error) {
	switch {
	case countTrue(o.team != "", o.pod != "", o.org) > 1:
		return "", "", workspace.Usagef("handoff rollup --help shows an example", "say one of --team NAME, --pod NAME and --org")
	case o.team != "":
		return handoff.LevelTeam, o.team, nil
	case o.pod != "":
		return handoff.LevelPod, o.pod, nil
	case o.org:
		return handoff.LevelOrg, orgScope, nil
	}
	return "", "", nil
}

// drawing is what was drawn together, and from what.
type drawing struct {
	*handoff.Handoff
	state   *fold.State
	members []rollup.Member
	now     time.Time
	when    func(time.Time) string // a time as who reads says it; nil for as it is written
}

func (d *drawing) clock(t handoff.Time) string {
	if d.when == nil {
		return t.String()
	}
	return d.when(t.Time)
}

// draw draws the rollup of a level and scope.
func draw(ws *workspace.Workspace, o rollupOptions, level, scope string) (*drawing, error) {
	state, err := ws.Whole()
	if err != nil {
		return nil, err
	}
	request, err := ws.RollupRequest(state, level, scope, o.since, o.amend)
	if err != nil {
		return nil, err
	}
	request.Apart = len(o.repos.dirs) > 0
	return &drawing{Handoff: rollup.Draft(state, request), state: state, members: request.Members, now: request.Now}, nil
}

func (d *drawing) skippedZones() []string {
	return rollup.SkippedZones(d.state, d.Rollup, d.members, d.now)
}

func runRollup(ctx context.Context, g *globals, o rollupOptions) error {
	level, scope, err := o.scope()
	if err == nil {
		err = g.applyFormat()
	}
	if err != nil {
		return err
	}
	o.dryRun = o.dryRun || g.printer.markdown != nil // a page to paste is not published
	if len(o.repos.dirs) > 0 {
		return runRollupAll(ctx, g, o, level, scope)
	}
	if err := o.needTerminal(g); err != nil {
		return err
	}
	ws, err := g.openForWriting(ctx, fold.Part{All: true})
	if err != nil {
		return err
	}
	if level == "" {
		if level, scope, err = o.ownScope(ctx, g, ws); err != nil {
			return err
		}
	}
	drawn, d, err := rollUp(ctx, g, ws, o, level, scope)
	var missing error
	if err == nil && d.Doc == nil {
		missing = missingFlags(d.Handoff)
	}
	if err == nil && d.Handoff != nil && d.Handoff.Rollup != nil {
		drawn.Handoff = d.Handoff
		if g.readBy(ws); g.printer.width > 0 {
			drawn.when = g.printer.when
		}
		o.page = func() []paragraph { return rollupPage(drawn, missing) }
	}
	byHand := err == nil && !o.dryRun && o.byHand(g, d)
	if byHand {
		err = declareByHand(ctx, g, ws, o.declareOptions, d)
	}
	if o.asker != nil {
		err = errors.Join(err, o.asker.Close())
	}
	if byHand || err != nil {
		return err
	}
	g.noteMissing(drawn.Rollup, drawn.skippedZones())
	if missing != nil {
		return unfinishedRollup(g, ws, o, d.Handoff, missing)
	}
	return publishChecked(ctx, g, ws, o.declareOptions, d)
}

// rollUp draws a rollup and lays over it what the lead says.
func rollUp(ctx context.Context, g *globals, ws *workspace.Workspace, o rollupOptions, level, scope string) (*drawing, *workspace.Draft, error) {
	drawn, err := draw(ws, o, level, scope)
	if err != nil {
		return nil, nil, err
	}
	if len(drawn.Rollup.Sources) == 0 {
		return nil, nil, nothingDrawn(drawn.Rollup)
	}
	d, err := rollupDraftOf(ctx, g, ws, o, drawn.Handoff)
	return drawn, d, err
}

// noteMissing says whom and what a rollup lacks.
func (g *globals) noteMissing(r *handoff.Rollup, zones []string) {
	if missing := missingMembers(r, "missing: "); missing != "" {
		g.note("%s", missing)
	}
	if len(zones) > 0 {
		g.note("no new handoff from zone %s", strings.Join(zones, ", "))
	}
}

// rollupDraftOf is what was drawn, with what the lead says: in a file, in the
// rollup that is amended, and in flags.
func rollupDraftOf(ctx context.Context, g *globals, ws *workspace.Workspace, o rollupOptions, drawn *handoff.Handoff) (*workspace.Draft, error) {
	d := &workspace.Draft{Handoff: drawn}
	switch {
	case o.file != "":
		data, name, err := readInput(ctx, g, o.file)
		if err != nil {
			return nil, err
		}
		if d = readDraft(data, name, ws.Reading()); d.Handoff != nil {
			if err := d.FillRollup(drawn); err != nil {
				return nil, err
			}
		}
	case o.amend != "":
		amended, err := ws.OwnHandoff(o.amend)
		if err != nil {
			return nil, err
		}
		drawn.To, drawn.CC, drawn.Summary, drawn.ReturnsAt = amended.To, amended.CC, amended.Summary, amended.ReturnsAt
	}
	return d, layFlags(ws, d, o.declareOptions)
}

// unfinishedRollup is what happens when the lead has not said everything: the
// draft is printed where nothing was to be written, and refused else.
func unfinishedRollup(g *globals, ws *workspace.Workspace, o rollupOptions, h *handoff.Handoff, missing error) error {
	if !o.dryRun {
		return workspace.Usagef("--dry-run prints the draft; fill it in and publish it with -f FILE", "%v", missing)
	}
	if g.printer.structured() {
		return g.printer.document(draftDocument{handoff.New("", ws.Author.When, ws.Me, h), missing.Error()})
	}
	if err := g.printRollup(o.page(), h); err != nil {
		return err
	}
	g.note("%v; nothing was written", missing)
	return nil
}

// draftText is a rollup that is to be finished in a file.
func draftText(h *handoff.Handoff) (string, error) {
	if h.To == nil {
		h.To = []string{} // so that the key is there to be filled in
	}
	draft, err := handoff.FormatDraft(h, nil, nil, nil)
	return strings.TrimSuffix(string(draft), "\n"), err
}

// nothingDrawn says that a rollup has nothing to draw from.
func nothingDrawn(r *handoff.Rollup) error {
	return &workspace.NoError{Message: "no handoff of " + story.RollupName(r) + " is left to draw from" + missingMembers(r, "; missing: "), Hint: "--since WHEN draws from earlier ones again"}
}

// draftDocument is what --json prints of a draft that is not finished.
type draftDocument struct {
	Draft *handoff.Record `json:"draft"`
	Lacks string          `json:"lacks"` // what its lead has to say yet
}

// missingMembers lists who is missing and why, after a prefix; "" when nobody
// is.
func missingMembers(r *handoff.Rollup, prefix string) string {
	if len(r.Missing) == 0 {
		return ""
	}
	members := make([]string, len(r.Missing))
	for i, m := range r.Missing {
		members[i] = fmt.Sprintf("%s (%s)", m.Who, m.Why)
	}
	return prefix + strings.Join(members, ", ")
}
