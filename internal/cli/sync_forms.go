package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/outbox"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// What people submit in issues of the form is judged and published here, with them as
// the author, see behalf.

// verdict is what came of a submission.
type verdict struct {
	published *publication // nil for nothing
	problems  []string     // in words of the form
	refused   bool
}

// declareSubmitted judges a submission as declare judges a file, and publishes it.
func (g *globals) declareSubmitted(ctx context.Context, ws *workspace.Workspace, s *outbox.Submission) (verdict, error) {
	b, ok := g.onBehalfOf(ws, s.By, handoff.Said{URL: s.URL, Via: s.Via})
	if !ok {
		return verdict{}, workspace.Usagef("add one to their row in "+ws.ConfigFile()+", by review", "%s: no commit could be theirs: the roster has no address of them", s.By)
	}
	var v verdict
	var err error
	v.published, _, err = b.run(ctx, func(ctx context.Context, g *globals) error {
		issue, findings, err := publishSubmitted(ctx, g, s)
		if issue != nil {
			v.problems, v.refused = issue.Say(findings)
		}
		return err
	})
	return v, err
}

// publishSubmitted publishes what somebody has submitted, unless it is refused.
func publishSubmitted(ctx context.Context, g *globals, s *outbox.Submission) (*form.Issue, []handoff.Finding, error) {
	ws, err := g.openForWriting(ctx, fold.Part{})
	if err != nil {
		return nil, nil, err
	}
	meanAccounts(ws, s.Via)
	issue := form.ReadIssue(s.Body, ws.Reading())
	if issue.Draft == nil {
		return issue, nil, nil
	}
	d := issue.Draft
	d.Noticed = handoff.Meta{Tool: "handoff " + programVersion()}
	findings := ws.CheckDraft(d, nil)
	if handoff.HasErrors(findings) {
		return issue, findings, nil
	}
	return issue, findings, publishRecords(ctx, g, ws, publishOptions{}, d.Sealed, findings)
}

// meanAccounts lets the accounts that people have on a service stand for them, as they
// are completed there behind an @.
func meanAccounts(ws *workspace.Workspace, service string) {
	for _, handle := range ws.TeamConfig.Handles() {
		account := strings.ToLower(ws.TeamConfig.People[handle].Account(service))
		if _, taken := ws.TeamConfig.People[account]; account != "" && !taken {
			ws.Mean(account, handle)
		}
	}
}

// eventHere is the issue that this job runs for, nothing where it runs for none.
func (g *globals) eventHere() (outbox.Event, error) {
	service := guard.Running(g.Getenv)
	data, err := guard.ReadEvent(service, g.Getenv)
	if err != nil {
		return outbox.Event{}, err
	}
	issue, ok, err := guard.DetectIssue(service, data)
	if !ok || err != nil {
		return outbox.Event{}, err
	}
	return outbox.Event{URL: issue.URL, Body: issue.Body, By: issue.By, Opened: issue.Action == "opened", Edited: issue.Action == "edited"}, nil
}

// formRow is a submission of which something came, as --json prints it.
type formRow struct {
	URL      string   `json:"url"`
	By       string   `json:"by"`
	Outcome  string   `json:"outcome"` // published, refused, late …
	ID       string   `json:"id"`      // of the handoff, "" where there is none
	Problems []string `json:"problems"`
}

// takeForms looks at the forms that were submitted at a place: it publishes what is
// complete, and says in a comment what is not. What goes wrong with one leaves the
// others alone.
func (g *globals) takeForms(ctx context.Context, box *outbox.Box, place *outbox.Place, reader deliver.Reader) (rows []formRow, err error) {
	saver, ok := reader.(deliver.Saver)
	if !ok {
		return nil, nil
	}
	event, err := g.eventHere()
	if err != nil {
		return nil, err
	}
	list, notes, err := box.Submissions(ctx, place, reader, form.IsIssue)
	for _, note := range notes {
		g.note("%s", note)
	}
	if err != nil {
		return nil, err
	}
	var failed error
	for _, s := range list {
		row, err := g.takeForm(ctx, box, place, saver, s, event)
		if row != nil {
			rows = append(rows, *row)
		}
		if ctx.Err() != nil {
			return rows, errors.Join(failed, err)
		}
		failed = errors.Join(failed, err)
	}
	return rows, failed
}

func (g *globals) takeForm(ctx context.Context, box *outbox.Box, place *outbox.Place, saver deliver.Saver, s *outbox.Submission, event outbox.Event) (*formRow, error) {
	row := &formRow{URL: s.URL, By: s.By, Problems: []string{}}
	if s.Published != nil {
		row.ID = s.Published.ID
	}
	switch s.Due() {
	case outbox.DueLink:
		row.Outcome = "published"
		return row, box.Link(ctx, place, s, nil)
	case outbox.DueLate:
		row.Outcome = "late"
		return row, box.SayLate(ctx, place, s)
	case outbox.DueNothing:
		if s.Passed != "" {
			g.note("%s is passed over: %s", s.URL, s.Passed)
		}
		return nil, nil
	}
	account, open, err := s.SavedBy(ctx, saver, event)
	switch {
	case err != nil || !open:
		return nil, err
	case account == "":
		g.note("%s was edited, and %s does not tell by whom: a job that runs on the edit sees it, or it is submitted anew", s.URL, place.Name)
		return nil, nil
	case !strings.EqualFold(account, s.Account):
		row.Outcome = "foreign"
		return row, box.RefuseForeign(ctx, place, s, account)
	}
	return g.judgeForm(ctx, box, place, s, row)
}

// judgeForm publishes a submission, or says what is wrong with it.
func (g *globals) judgeForm(ctx context.Context, box *outbox.Box, place *outbox.Place, s *outbox.Submission, row *formRow) (*formRow, error) {
	v, err := g.declareSubmitted(ctx, box.Workspace, s)
	switch {
	case err != nil:
		return nil, err
	case v.refused:
		row.Outcome, row.Problems = "refused", v.problems
		return row, box.Refuse(ctx, place, s, v.problems)
	}
	row.Outcome, row.ID = "published", v.published.ID
	if err := box.Published(ctx, s, v.published.ID); err != nil {
		return row, err
	}
	return row, box.Link(ctx, place, s, v.problems)
}
