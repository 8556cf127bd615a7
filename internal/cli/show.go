package cli

import (
	"context"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/story"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

func newShowCmd(g *globals) *cobra.Command {
	var o workspace.SourceOptions
	cmd := &cobra.Command{
		Use:   "show <ref>",
		Short: "Show a handoff, item, blocker, question or decision with its story",
		Long: `Show a handoff, item, blocker, question or decision with its whole story, as
the receiver needs it: what must not be done on top, the severe before the
routine.

A reference is the beginning of a record's id (3 characters or more), a slug,
@ for your latest handoff, or @ana for ana's. Where a slug is ambiguous, write
item:slug, blk:slug, q:slug or dec:slug.`,
		Example: `  handoff show @ana
  handoff show k3f
  handoff show blk:session-policy`,
		GroupID: groupDaily,
		Args:    exactArgs(1, "a reference"),
		RunE:    func(cmd *cobra.Command, args []string) error { return runShow(cmd.Context(), g, o, args[0]) },
	}
	addSourceFlags(cmd.Flags(), &o)
	g.addFormatFlag(cmd.Flags())
	return cmd
}

// showDocument is what --json prints: the record as it was written, and what
// the records together say about it.
type showDocument struct {
	Type     string          `json:"type"`
	Record   *handoff.Record `json:"record"`
	State    row.Row         `json:"state"` // null for a record that is neither a handoff nor an escalation of what is not settled
	Story    []storyRow      `json:"story"` // of an item, a blocker or a question: the records that tell it, in their order
	Path     string          `json:"path"`
	Commit   string          `json:"commit"`
	OnlyOn   string          `json:"only_on"`    // the foreign branch that alone has the record, else ""
	Disputed bool            `json:"disputed"`   // another file has the same id and other content
	Unproven bool            `json:"unproven"`   // a verdict that only a squash merge has, which nobody here saw given
	OnWordOf string          `json:"on_word_of"` // the service on whose word alone its author has said it, else ""

	Contracts []*row.Contract `json:"contracts"` // that a handoff crosses
}

func runShow(ctx context.Context, g *globals, o workspace.SourceOptions, ref string) error {
	if err := g.applyFormat(); err != nil {
		return err
	}
	ws, err := g.openFor(ctx, o, fold.Part{Refs: []string{ref}})
	if err != nil {
		return err
	}
	target, err := ws.Resolve(ref)
	if err != nil {
		return err
	}
	g.readBy(ws)
	s := storyPrinter{printer: &g.printer, ws: ws, teller: g.newTeller(ws)}
	if len(ws.TeamConfig.Refs) > 0 {
		s.linkNames = ws.TeamConfig.LinkNames
	}
	if target, err = s.load(ctx, target); err != nil {
		return err
	}
	record, text := s.subject(target)
	r := ws.State.Records[record]
	for _, known := range ws.State.Records {
		ws.Prove(known)
	}
	if g.printer.structured() {
		return g.printer.document(showDocument{Type: target.Type, Record: r, State: query.Lookup(target, ws.State, ws.QueryEnv()), Story: storyRows(s.story),
			Path: r.Source.Path, Commit: r.Source.Commit, OnlyOn: r.Source.OnlyOn(), Disputed: r.Source.Disputed, Unproven: r.Source.Unproven, OnWordOf: r.Source.OnWordOf,
			Contracts: contractsOf(ws, r)})
	}
	return g.page(text)
}

// load makes known what is printed of a thing. The record of a question stands for
// the question, with its answers.
func (s *storyPrinter) load(ctx context.Context, target fold.Target) (fold.Target, error) {
	ws := s.ws
	if target.Type == fold.TargetRecord {
		if err := ws.Need(fold.Part{Refs: []string{target.Name}}); err != nil { // @ana names it as well
			return target, err
		}
		if _, asks := ws.State.Records[target.Name].Body.(*handoff.Question); asks {
			if q := ws.State.Question(target.Name); q != nil {
				target = fold.Target{Type: fold.TargetQuestion, Name: q.Key}
			}
		}
	}
	if h := ws.State.Handoffs[target.Name]; h != nil && target.Type == fold.TargetRecord {
		return target, s.loadHandoff(ctx, h)
	}
	var err error
	s.story, err = story.Of(target, func(part fold.Part) (*fold.View, error) {
		err := ws.Need(part)
		return ws.State, err
	})
	return target, err
}

// loadHandoff makes known what moved since a handoff that still speaks, and its
// versions before.
func (s *storyPrinter) loadHandoff(ctx context.Context, h *fold.Handoff) (err error) {
	if h.Current() {
		if s.moved, err = s.ws.Drift(ctx, h); err != nil {
			return err
		}
	}
	for old := h.Amends; old != ""; {
		if err := s.ws.Need(fold.Part{Refs: []string{old}}); err != nil {
			return err
		}
		before := s.ws.State.Handoffs[old]
		if before == nil {
			return nil
		}
		old = before.Amends
	}
	return nil
}

// storyRow is a record of a story, as --json prints it.
type storyRow struct {
	Record string       `json:"record"`
	Kind   handoff.Kind `json:"kind"`
	By     string       `json:"by"`
	At     handoff.Time `json:"at"`
	Says   []string     `json:"says"` // each with what it is in front
}

func storyRows(story []story.Told) []storyRow {
	rows := make([]storyRow, len(story))
	for i, told := range story {
		rows[i] = storyRow{Record: told.Record.ID, Kind: told.Record.Kind, By: told.Record.By, At: told.Record.At, Says: []string{}}
		for _, line := range told.Says {
			rows[i].Says = append(rows[i].Says, line.Label+": "+line.Text)
		}
	}
	return rows
}

// subject returns the record that says how a thing stands, and what prints it.
func (s storyPrinter) subject(target fold.Target) (record string, print func()) {
	state := s.ws.State
	switch target.Type {
	case fold.TargetItem:
		i := state.Items[target.Name]
		return i.Declared, func() { s.item(i); s.history(s.story) }
	case fold.TargetBlocker:
		b := state.Blockers[target.Name]
		return b.Declared, func() { s.blocker(b); s.history(s.story) }
	case fold.TargetQuestion:
		q := state.Questions[target.Name]
		return q.Record, func() { s.question(q); s.asked(state.Records[q.Record]); s.history(s.story) }
	case fold.TargetDecision:
		d := state.Decisions[target.Name]
		return d.Record, func() { s.decision(d) }
	}
	if h, ok := state.Handoffs[target.Name]; ok {
		return target.Name, func() { s.handoff(h) }
	}
	return target.Name, func() { s.plain(state.Records[target.Name]) }
}
