package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/outbox"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// heardRow is what became of a comment, as --json prints it.
type heardRow struct {
	URL     string `json:"url"`
	By      string `json:"by"`
	Verb    string `json:"verb"`
	Subject string `json:"subject"` // "" where the comment names nothing that is there
	Record  string `json:"record"`  // id of what it became, "" where it was refused
	Kind    string `json:"kind"`
	Commit  string `json:"commit"`
	Refused string `json:"refused"` // what its author was told
}

// passedRow is how many comments were passed over for a reason.
type passedRow struct {
	Count int    `json:"count"`
	Why   string `json:"why"`
}

// listener turns what was said on a forge into records.
type listener struct {
	*globals
	ws     *workspace.Workspace
	box    *outbox.Box
	place  *outbox.Place
	reader deliver.Reader

	rows   []heardRow
	passed []passedRow
	forms  []formRow
	links  bool  // some forms are published, and do not say so
	err    error // of those that are to be read again

	unsaid []*outbox.Heard // comments that are recorded, and nobody has said so there
}

// heardDocument is what --from prints with --json.
type heardDocument struct {
	syncDocument
	Said       []heardRow  `json:"said"`
	PassedOver []passedRow `json:"passed_over"`
	Forms      []formRow   `json:"forms"`
}

// runSyncFrom syncs before it listens, so that it knows what others have recorded, and
// afterwards, so that they know what it has. Only then it says there what came of it. An
// agent does not: the records are of other people, and no draft of its own person could
// stand for them.
func runSyncFrom(ctx context.Context, g *globals, ws *workspace.Workspace, name string) error {
	if err := g.refuseAgent("bringing home what was said elsewhere"); err != nil {
		return err
	}
	l, err := g.newListener(ctx, ws, name)
	if err != nil {
		return err
	}
	doc, err := g.syncGit(ctx, ws)
	if err != nil {
		return err
	}
	end, err := outbox.Turn(ctx, ws)
	if err != nil {
		return err
	}
	defer end()
	heardErr := l.listen(ctx)
	if l.recorded() {
		sent := doc.Sent
		doc, err = g.syncGit(ctx, ws)
		doc.Sent += sent
	}
	if err == nil {
		err = errors.Join(l.linkForms(ctx), l.sayRecorded(ctx))
	}
	return errors.Join(heardErr, err, g.printer.print(heardDocument{doc, l.rows, l.passed, text.NonNil(l.forms)}, func() {
		l.printForms()
		l.print()
		g.noteSynced(doc)
	}))
}

// recorded reports whether anything was.
func (l *listener) recorded() bool {
	return slices.ContainsFunc(l.rows, func(row heardRow) bool { return row.Record != "" }) ||
		slices.ContainsFunc(l.forms, func(row formRow) bool { return row.Commit != "" })
}

// newListener opens the target before anything goes over the network.
func (g *globals) newListener(ctx context.Context, ws *workspace.Workspace, name string) (*listener, error) {
	box, err := outbox.Open(ws)
	if err != nil {
		return nil, err
	}
	place, reader, err := box.Reader(name)
	if err != nil {
		return nil, err
	}
	if err := ws.MustWrite(ctx); err != nil {
		return nil, err // it is the committer
	}
	return &listener{globals: g, ws: ws, box: box, place: place, reader: reader, rows: []heardRow{}, passed: []passedRow{}}, nil
}

// listen records what was said, and answers what is refused. It is this process's turn.
func (l *listener) listen(ctx context.Context) error {
	if err := l.takeForms(ctx); err != nil {
		return err
	}
	if err := l.ws.Load(ctx, outbox.HeardPart(l.Now())); err != nil {
		return err
	}
	if err := l.takeBack(ctx); err != nil {
		return err
	}
	heard, notes, err := l.box.Listen(ctx, l.place, l.reader)
	l.notes(notes)
	if err != nil {
		return err
	}
	passed := make(map[string]int)
	for _, h := range heard {
		if h.Passed != "" {
			passed[h.Passed]++
			continue
		}
		if ctx.Err() != nil {
			return errors.Join(l.err, context.Cause(ctx))
		}
		if !h.Recorded {
			l.hear(ctx, h)
		}
		if h.Recorded {
			l.unsaid = append(l.unsaid, h)
		}
	}
	for _, why := range slices.Sorted(maps.Keys(passed)) {
		l.passed = append(l.passed, passedRow{passed[why], why})
	}
	return l.err
}

// takeBack withdraws questions that were recorded twice, by two clones at once.
func (l *listener) takeBack(ctx context.Context) error {
	for _, r := range l.box.AskedTwice() {
		b, err := l.onBehalfOf(l.ws, r.By, *r.Said)
		if err != nil {
			return err
		}
		why := fmt.Sprintf("The same was recorded before, as %s", r.Before.ID)
		p, words, err := b.run(ctx, func(ctx context.Context, g *globals) error {
			return runWithdraw(ctx, g, withdrawOptions{why: why}, about{command: "withdraw", ref: r.ID})
		})
		switch {
		case p != nil:
			l.rows = append(l.rows, heardRow{r.Said.URL, r.By, "withdraw", r.ID, p.ID, string(p.Kind), p.Commit, ""})
		case err == nil:
			err = fmt.Errorf("%s: %s", r.ID, text.OneLine(words))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// hear records what one comment says, or tells its author why not.
func (l *listener) hear(ctx context.Context, h *outbox.Heard) {
	row := heardRow{URL: h.URL, By: h.By, Verb: h.Verb}
	err := l.record(ctx, h, &row)
	if err == nil && row.Refused != "" {
		err = l.box.RefuseComment(ctx, l.place, h, row.Refused)
	}
	if err != nil {
		l.err = errors.Join(l.err, fmt.Errorf("%s: %w", h.URL, err))
	}
	l.rows = append(l.rows, row)
}

// record makes the record that the author's own command would have made. What the
// command says instead is for the author.
func (l *listener) record(ctx context.Context, h *outbox.Heard, row *heardRow) error {
	subject, says, err := l.box.Meaning(h)
	if err != nil {
		row.Refused = l.mask(err.Error())
		return nil
	}
	row.Subject = subject
	b, err := l.onBehalfOf(l.ws, h.By, h.Said())
	if err != nil {
		return err
	}
	p, words, err := b.run(ctx, l.commandOf(h, subject, says))
	if p == nil {
		row.Refused = words
		return err
	}
	row.Record, row.Kind, row.Commit, h.Recorded = p.ID, string(p.Kind), p.Commit, true
	printFindings(l.Err, l.findings(p.Warnings))
	return err
}

// commandOf is the command that says what a comment says.
func (l *listener) commandOf(h *outbox.Heard, subject, says string) func(context.Context, *globals) error {
	ref := about{command: h.Verb, ref: subject}
	return func(ctx context.Context, g *globals) error {
		switch h.Verb {
		case "answer":
			return runAnswer(ctx, g, answerOptions{text: says}, ref)
		case "resolve":
			return runResolve(ctx, g, resolveOptions{outcome: "resolved", how: says}, ref)
		case "ask":
			return runAsk(ctx, g, askOptions{about: subject, to: l.asked(&says)}, says)
		case "decline":
			return runAck(ctx, g, ackOptions{outcome: handoff.OutcomeDeclined, reason: "other", note: says}, about{command: "ack", ref: subject}, false)
		}
		return runAck(ctx, g, ackOptions{outcome: handoff.OutcomeAccepted, note: says}, ref, false)
	}
}

// asked takes off whom a question names at its beginning, by their account or handle
// after an @, "" for nobody.
func (l *listener) asked(says *string) string {
	word, rest, _ := strings.Cut(*says, " ")
	name, is := strings.CutPrefix(strings.TrimRight(word, ":,"), "@")
	if !is {
		return ""
	}
	*says = strings.TrimSpace(rest)
	if handle, known := l.ws.TeamConfig.ByAccount(l.place.Service, name); known {
		return handle
	}
	return name
}

// sayRecorded says at comments that they are recorded, and as what.
func (l *listener) sayRecorded(ctx context.Context) error {
	if len(l.unsaid) == 0 {
		return nil
	}
	return l.box.SayRecorded(ctx, l.place, l.unsaid)
}

// print tells what became of the comments.
func (l *listener) print() {
	for _, row := range l.rows {
		switch {
		case row.Record != "":
			l.printer.line("%s %s: %s by %s, said at %s (commit %s)", row.Kind, row.Record, row.Subject, row.By, row.URL, row.Commit[:7])
		case row.Refused != "":
			l.printer.line("refused: %s by %s, said at %s: %s", row.Verb, row.By, row.URL, text.OneLine(row.Refused))
		}
	}
	if len(l.passed) == 0 {
		return
	}
	total, why := 0, []string{}
	for _, p := range l.passed {
		total += p.Count
		why = append(why, fmt.Sprintf("%d %s", p.Count, p.Why))
	}
	l.note("%s passed over: %s", text.Count(total, "comment"), strings.Join(why, ", "))
}
