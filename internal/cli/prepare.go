package cli

import (
	"fmt"
	"slices"

	"github.com/handoff-cli/handoff/internal/agent"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/story"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// What a coding agent may not publish it prepares: a draft, which the person whose git
// identity it has reads and publishes.

// propose makes proposals of the decisions that an agent may only propose. What settles
// or takes back another one says so by its status, and stays as it is.
func (g *globals) propose(ws *workspace.Workspace, records []*handoff.Record) {
	if g.agent == nil || agent.May(ws.TeamConfig, records) != config.AgentProposes {
		return
	}
	for _, r := range records {
		if d := r.Body.(*handoff.DecisionRecord); d.Status == "" {
			d.Status = fold.DecisionProposed
		}
	}
}

// mayPublish reports whether whoever runs the command publishes the records of one
// operation, or prepares a draft of them.
func (g *globals) mayPublish(ws *workspace.Workspace, records []*handoff.Record) bool {
	if g.agent == nil {
		return true
	}
	switch agent.May(ws.TeamConfig, records) {
	case config.AgentPublishes:
		return true
	case config.AgentProposes:
		return !slices.ContainsFunc(records, func(r *handoff.Record) bool {
			return r.Body.(*handoff.DecisionRecord).Status != fold.DecisionProposed
		})
	}
	return false
}

// preparedDraft is a draft that waits to be published, as --json prints it.
type preparedDraft struct {
	agent.Draft
	Path     string            `json:"path"`
	Publish  string            `json:"publish"` // the command for the person
	Warnings []handoff.Finding `json:"warnings"`
}

// keepDraft keeps what an agent may not publish, and says who does. records are what it
// is, and texts how the draft is kept.
func (g *globals) keepDraft(ws *workspace.Workspace, records []*handoff.Record, texts, notes []string, warnings []handoff.Finding) error {
	waiting := agent.Prepared{CommonDir: ws.CommonDir()}
	draft, err := waiting.Add(agent.Draft{
		For: ws.Me, At: records[0].At, Agent: *g.agent, Act: agent.Act(records[0]),
		Says: saysOf(records[0]), Texts: texts, Notes: notes,
	})
	if err != nil {
		return err
	}
	publish := fmt.Sprintf("handoff draft publish %d", draft.Number)
	doc := preparedDraft{draft, waiting.Path(draft.Number), publish, text.NonNil(warnings)}
	return g.printer.print(doc, func() {
		g.printer.line("draft %d: %s (not published)", draft.Number, draft.Says)
		if len(warnings) > 0 && !g.quiet {
			printFindings(g.Err, g.findings(warnings))
		}
		g.note("%s reads it and publishes it: %s", ws.Me, publish)
	})
}

// saysOf is what a record is in one line.
func saysOf(r *handoff.Record) string { return string(r.Kind) + ": " + story.Headline(r) }

// textsOf are records as a draft keeps them.
func textsOf(sealed []*handoff.Sealed) []string {
	texts := make([]string, len(sealed))
	for i, s := range sealed {
		texts[i] = string(s.Data)
	}
	return texts
}

// keepHandoff is [globals.keepDraft] for a handoff: what goes with it is made anew when
// it is published.
func (g *globals) keepHandoff(ws *workspace.Workspace, d *workspace.Draft, notes []string, warnings []handoff.Finding) error {
	data, err := handoff.FormatDraft(d.Handoff, nil, d.Resolutions, d.Ext)
	if err != nil {
		return err
	}
	return g.keepDraft(ws, handoff.Records(d.Sealed), []string{string(data)}, notes, warnings)
}

// preparedFor are the drafts that wait for the user.
func (g *globals) preparedFor(ws *workspace.Workspace) []agent.Draft {
	drafts, err := agent.Prepared{CommonDir: ws.CommonDir()}.List()
	if err != nil {
		g.say("handoff: warning: %v", err)
	}
	return slices.DeleteFunc(drafts, func(d agent.Draft) bool { return d.For != ws.Me })
}

// refuseAgent refuses what only a person does, whatever the team allows.
func (g *globals) refuseAgent(what string) error {
	if g.agent == nil {
		return nil
	}
	return &workspace.NoError{
		Message: fmt.Sprintf("%s is for a person to do, and %s runs this (handoff help agents says how that is told)", what, g.agent.Name),
		Hint:    "ask the person to run it in a terminal of their own",
	}
}
