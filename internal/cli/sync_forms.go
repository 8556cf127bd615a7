package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/outbox"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// What people submit in issues of the form is judged and published here, with them as
// the author, see behalf.

// submitted is what came of a submission.
type submitted struct {
	published *publication // nil for nothing
	refusals  []string     // in words of the form
	warnings  []string     // likewise
	words     string       // what the command had to say
}

// declareSubmitted judges a submission as declare judges a file, and publishes it.
func (g *globals) declareSubmitted(ctx context.Context, ws *workspace.Workspace, s *outbox.Submission) (submitted, error) {
	b, err := g.onBehalfOf(ws, s.By, handoff.Said{URL: s.URL, Via: s.Via})
	if err != nil {
		return submitted{}, err
	}
	var v submitted
	v.published, v.words, err = b.run(ctx, func(ctx context.Context, g *globals) error {
		issue, findings, err := publishSubmitted(ctx, g, s)
		if issue != nil {
			v.refusals, v.warnings = issue.Say(findings)
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

// formRow is what became of a form, as --json prints it.
type formRow struct {
	URL      string   `json:"url"`
	By       string   `json:"by"`
	Outcome  string   `json:"outcome"` // published, refused, foreign (somebody else has edited it) or late (edited after it was published)
	Record   string   `json:"record"`  // id of the handoff, "" where it is none
	Commit   string   `json:"commit"`  // that has made it one just now, or ""
	Problems []string `json:"problems"`
}

// takeForms looks at the forms that were submitted: it publishes what is complete, and
// says in a comment what is not. What goes wrong with one leaves the others alone.
func (l *listener) takeForms(ctx context.Context) error {
	event, err := l.eventHere()
	if err != nil {
		return err
	}
	list, err := l.submissions(ctx)
	if err != nil {
		return err
	}
	passed := make(map[string]int)
	for _, s := range list {
		if ctx.Err() != nil {
			return errors.Join(l.err, context.Cause(ctx))
		}
		if s.Passed != "" {
			passed[s.Passed]++
		} else if err := l.takeForm(ctx, s, event); err != nil {
			l.err = errors.Join(l.err, fmt.Errorf("%s: %w", s.URL, err))
		}
	}
	for _, why := range slices.Sorted(maps.Keys(passed)) {
		l.note("%s passed over: %s", text.Count(passed[why], "form"), why)
	}
	return nil
}

// submissions are the forms that were submitted.
func (l *listener) submissions(ctx context.Context) ([]*outbox.Submission, error) {
	if err := l.ws.Load(ctx, fold.Part{}); err != nil {
		return nil, err
	}
	list, notes, err := l.box.Submissions(ctx, l.place, l.reader, form.IsIssue)
	l.notes(notes)
	return list, err
}

// takeForm does what one form takes.
func (l *listener) takeForm(ctx context.Context, s *outbox.Submission, event outbox.Event) error {
	row := formRow{URL: s.URL, By: s.By, Problems: []string{}}
	switch s.Due() {
	case outbox.DueLink:
		l.links = true
		return nil
	case outbox.DueLate:
		row.Outcome, row.Record = "late", s.Published.ID
		l.forms = append(l.forms, row)
		return l.box.SayLate(ctx, l.place, s)
	case outbox.DueNothing:
		return nil
	}
	account, open, err := s.SavedBy(ctx, l.reader, event)
	switch {
	case err != nil || !open:
		return err
	case account == "":
		l.note("%s: %s does not tell who edited it; a job that runs on the edit sees that, or it is submitted anew", s.URL, l.place.Name)
		return nil
	case !strings.EqualFold(account, s.Account):
		row.Outcome = "foreign"
		l.forms = append(l.forms, row)
		return l.box.RefuseForeign(ctx, l.place, s, account)
	}
	return l.judgeForm(ctx, s, row)
}

// judgeForm publishes a form, or says what is wrong with it. That it is published is said
// there once others have it.
func (l *listener) judgeForm(ctx context.Context, s *outbox.Submission, row formRow) error {
	v, err := l.declareSubmitted(ctx, l.ws, s)
	switch {
	case len(v.refusals) > 0:
		row.Outcome, row.Problems = "refused", v.refusals
		err = errors.Join(err, l.box.Refuse(ctx, l.place, s, v.refusals, v.warnings))
	case v.published != nil:
		row.Problems = text.NonNil(v.warnings)
		row.Outcome, row.Record, row.Commit, l.links = "published", v.published.ID, v.published.Commit, true
	case err == nil:
		err = errors.New(v.words)
	}
	if row.Outcome != "" {
		l.forms = append(l.forms, row)
	}
	return err
}

// linkForms says on forms that they are published, where nobody has yet.
func (l *listener) linkForms(ctx context.Context) error {
	if !l.links {
		return nil
	}
	list, err := l.submissions(ctx)
	if err != nil {
		return err
	}
	for _, s := range list {
		if s.Due() != outbox.DueLink {
			continue
		}
		var problems []string
		for _, row := range l.forms {
			if row.Record == s.Published.ID {
				problems = row.Problems
			}
		}
		if linkErr := l.box.Link(ctx, l.place, s, problems); linkErr != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", s.URL, linkErr))
		}
	}
	return err
}

// printForms tells what became of the forms.
func (l *listener) printForms() {
	for _, row := range l.forms {
		switch row.Outcome {
		case "published":
			l.printer.line("handoff %s: by %s, submitted at %s (commit %s)", row.Record, row.By, row.URL, row.Commit[:7])
		case "refused":
			l.printer.line("refused: handoff by %s, submitted at %s: %s", row.By, row.URL, text.OneLine(strings.Join(row.Problems, "; ")))
		case "foreign":
			l.printer.line("refused: handoff by %s, submitted at %s: somebody else has edited it", row.By, row.URL)
		case "late":
			l.printer.line("handoff %s: by %s, at %s, was edited after it was published, which changes nothing", row.Record, row.By, row.URL)
		}
	}
}
