package cli

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/outbox"
	"github.com/handoff-cli/handoff/internal/story"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// factsTime is what a form waits for git's facts.
const factsTime = 300 * time.Millisecond

// firstDay is how far back the facts of somebody go who has no handoff yet.
const firstDay = 7 * 24 * time.Hour

// asker takes the terminal for a form. One that cannot move its cursor is asked
// line by line, as a screen reader wants it.
func (g *globals) asker() form.Asker {
	isDumb := slices.Contains([]string{"", "dumb"}, g.Getenv("TERM"))
	return form.NewAsker(g.In, g.Err, g.Environ, g.accessible || isDumb || g.Getenv("ACCESSIBLE") != "")
}

// errNoDraft says that there is nothing to resume, show or drop.
var errNoDraft = workspace.Usagef("handoff draft restore brings the last one back that was set aside", "no draft waits")

// draftWaitsError is an error after which the draft waits for --resume.
type draftWaitsError struct{ error }

func (e *draftWaitsError) Unwrap() error { return e.error }

// writing is a handoff that a person writes, in the form or in the editor.
type writing struct {
	ws      *workspace.Workspace
	g       *globals
	options declareOptions
	drafts  *form.Drafts
	prefill form.Prefill
	draft   *form.Draft
	empty   []byte            // the draft before anybody typed
	resumed bool              // it was begun in another run, of which nothing was noticed
	asked   bool              // whether to push was asked, and
	push    bool              // the answer was yes
	told    []handoff.Finding // what the form has shown already
	asking  *outbox.Asking    // how the pull requests of what is carried stand
	noticed handoff.Meta
}

// declareByHand lets the user write the handoff, with start as the first draft,
// and publishes it. What was typed is kept until the commit stands.
func declareByHand(ctx context.Context, g *globals, ws *workspace.Workspace, o declareOptions, start *workspace.Draft) (err error) {
	w := &writing{
		ws: ws, g: g, options: o, drafts: &form.Drafts{Dir: ws.Dir()},
		draft: &form.Draft{Handoff: start.Handoff, Ext: start.Ext},
	}
	if w.prefill, err = prefillOf(ctx, ws); err != nil {
		return err
	}
	if w.noticed, err = ws.Meta(programVersion()); err != nil {
		return err
	}
	w.noticed.StartedAt = handoff.Time{Time: ws.Moment.Truncate(time.Second)}
	if err := ws.MakeDir(filepath.Dir(w.drafts.Path())); err != nil {
		return err
	}
	if r := start.Handoff.Rollup; r != nil {
		w.prefill.Carried = new(handoff.Handoff) // nothing of it is the lead's own
		w.prefill.To = ws.RollupReceivers(r)
	}
	if h := w.draft.Handoff; h.Questions == nil {
		h.Questions = w.prefill.Carried.Questions
	}
	if h := w.draft.Handoff; h.Watch == nil && h.Standing == nil && h.Ended == nil {
		h.Watch, h.Standing = w.prefill.Carried.Watch, w.prefill.Carried.Standing
	}
	if w.empty, err = w.draft.Format(); err != nil {
		return err
	}
	w.asking = o.askReviews(ctx, g, ws, w.prefill.Carried)
	w.prefill.Reviews = func(item handoff.Item) []string { return reviewLines(item, w.asking.Answers()) }
	asker := o.asker
	switch {
	case asker != nil:
	case o.editor:
		asker = form.NewPrompter(g.In, g.Err)
	default:
		asker = g.asker()
	}
	right, err := w.write(ctx, asker)
	o.push, o.asked, o.told = o.push || w.push, w.asked, w.told
	err = errors.Join(err, asker.Close())
	if err == nil && !right {
		err = errStopped
	}
	d := w.typed(w.draft)
	if err == nil {
		err = o.meetAll(ctx, g, ws, d)
	}
	if err == nil {
		d.Reviews = w.askRest(ctx, d.Handoff)
		o.after = append(o.after, w.drafts.Drop)
		err = publishDraft(ctx, g, ws, o, d, w.checkDraft(d))
	}
	if !workspace.Committed(err) {
		return w.draftWaits(err)
	}
	return err
}

// askRest asks about the pull requests that the person has named, too, unless the forge
// has left something unanswered already. It returns all answers.
func (w *writing) askRest(ctx context.Context, h *handoff.Handoff) []handoff.Ref {
	answers := w.g.answered(w.asking)
	if _, err := w.asking.Wait(); err != nil || h == nil || h.Rollup != nil {
		return answers
	}
	asked := w.ws.PullRequests(w.prefill.Carried)
	rest := slices.DeleteFunc(w.ws.PullRequests(h), func(ref handoff.Ref) bool {
		return slices.ContainsFunc(asked, func(a handoff.Ref) bool { return a.ID == ref.ID })
	})
	return append(answers, w.g.answered(w.g.askReviews(ctx, w.ws, rest))...)
}

// draftWaits says that the draft waits, if there is one.
func (w *writing) draftWaits(err error) error {
	if data, loadErr := w.drafts.Load(); loadErr != nil || data == nil {
		return errors.Join(err, loadErr)
	}
	return &draftWaitsError{err}
}

// write settles what becomes of a draft that waits, and then takes the road that
// the user chose. right reports whether the draft is to be published.
func (w *writing) write(ctx context.Context, asker form.Asker) (right bool, err error) {
	inEditor := w.options.editor
	switch waiting, err := w.waiting(ctx, asker); {
	case err != nil:
		return false, err
	case waiting == form.WaitingEdit:
		inEditor, w.resumed = true, true
	case waiting == form.WaitingContinue:
		w.resumed = true
	}
	if inEditor {
		err = asker.Release(func() error {
			right, err = w.edit(ctx)
			return err
		})
		return right, err
	}
	d := &form.Declaration{
		Asker: asker, Draft: w.draft, Prefill: w.prefill, Check: w.check, When: w.ws.When, Save: w.save, About: w.about(),
		Owned: w.owned, Step: w.ws.ReadStep, Push: w.pushesTo,
		Wanted: func(draft *form.Draft) []handoff.Finding {
			return w.ws.CheckDraft(w.typed(draft), w.options.allowSecrets)
		},
		Edit: func(ctx context.Context, draft *form.Draft) (*form.Draft, error) {
			w.draft = draft
			if _, err := w.edit(ctx); err != nil {
				return nil, err
			}
			return w.edited()
		},
	}
	outcome, err := d.Run(ctx)
	w.draft, w.told, w.push = d.Final(), d.Told(), outcome == form.PublishAndPush
	return outcome == form.Publish || w.push, err
}

// pushesTo says to where a handoff is pushed and who sees it then, "" where that is
// not to be asked.
func (w *writing) pushesTo(h *handoff.Handoff) string {
	o := w.options.publishOptions
	o.offersPush = true
	to, err := o.reach(w.g, w.ws)
	if err != nil || !to.offer || o.dryRun {
		return "" // what cannot be found out now is said when it is published
	}
	w.asked = true
	return "to " + to.remote + ": " + readersOf(w.ws, []*handoff.Record{w.ws.NewRecord(h)})
}

// about is what is to be read of a rollup before it is handed over.
func (w *writing) about() (lines []string) {
	if w.options.page == nil || w.draft.Handoff.Rollup == nil {
		return nil
	}
	for _, p := range w.options.page() {
		lines = append(lines, strings.Repeat(" ", p.indent)+p.text)
	}
	return lines
}

// waiting looks for a draft that waits, and finds out whether to go on with it.
func (w *writing) waiting(ctx context.Context, asker form.Asker) (form.Waiting, error) {
	data, err := w.drafts.Load()
	switch {
	case err != nil:
		return "", err
	case data == nil && w.options.resume:
		return "", errNoDraft
	case data == nil:
		return "", nil
	}
	draft, doc := form.ParseDraft(data, w.ws.Reading())
	about := aboutDraft(draft, doc, w.drafts.Path())
	answer := form.WaitingFresh
	switch {
	case w.options.resume && draft != nil:
		answer = form.WaitingContinue
	case !w.options.fresh:
		if answer, err = form.AskWaiting(ctx, asker, about, draft == nil); err != nil {
			return "", err
		}
	}
	switch answer {
	case form.WaitingFresh:
		return answer, w.drafts.SetAside()
	case form.WaitingContinue:
		w.draft = draft
		_, err = w.ws.DropResolved(draft.Handoff) // which the form says of what is held
	}
	return answer, err
}

// aboutDraft says in a few lines which draft waits.
func aboutDraft(d *form.Draft, doc *handoff.Document, path string) []string {
	if d == nil {
		lines := []string{path}
		for _, f := range doc.Findings {
			lines = append(lines, "line "+strconv.Itoa(f.Line)+": "+f.Message)
		}
		return lines
	}
	h := d.Handoff
	rollup := ""
	if h.Rollup != nil {
		rollup = "rollup of " + story.RollupName(h.Rollup) + ", "
	}
	lines := []string{rollup + text.Count(len(h.Items), "item") + ", " + text.Count(len(h.Blockers), "blocker") + ", " + text.Count(len(h.Decisions), "decision")}
	if h.Summary != "" {
		lines = append(lines, h.Summary)
	}
	return lines
}

// save keeps the draft, once it says something that was typed.
func (w *writing) save(d *form.Draft) error {
	data, err := d.Format()
	if err != nil || bytes.Equal(data, w.empty) {
		return err
	}
	w.empty = nil
	return w.drafts.Save(data)
}

func (w *writing) check(d *form.Draft) []handoff.Finding { return w.checkDraft(w.typed(d)) }

// typed is what was typed so far, or nil where no handoff could be read.
func (w *writing) typed(written *form.Draft) *workspace.Draft {
	d := &workspace.Draft{Work: &w.prefill.Work, Reviews: w.asking.Answers()}
	if written != nil {
		d.Handoff, d.Ext, d.Resolutions = written.Handoff, written.Ext, written.Resolutions
	}
	return d
}

// checkDraft notes how many errors there are at the first try, where the user
// shares such counts.
func (w *writing) checkDraft(d *workspace.Draft) []handoff.Finding {
	if d.Noticed = w.noticed; w.resumed {
		d.Noticed.StartedAt, d.Noticed.FirstTryErrors = handoff.Time{}, nil
	}
	findings := w.ws.CheckDraft(d, w.options.allowSecrets)
	if shared := w.noticed.Queries != nil; shared && w.noticed.FirstTryErrors == nil {
		n := len(workspace.Errors(findings))
		w.noticed.FirstTryErrors = &n
	}
	return findings
}

// owned is a handoff with the owners that its steps would be published with, and
// what it then offers and keeps.
func (w *writing) owned(h *handoff.Handoff) (*handoff.Handoff, string) {
	named, _ := w.ws.Named(h) // whom a name may mean is among the findings
	owned := w.ws.Owned(named.(*handoff.Handoff))
	return owned, story.TransferOf(w.ws.Me, owned, w.ws.State).Words()
}

// edit opens the editor on the draft and takes what comes back.
func (w *writing) edit(ctx context.Context) (right bool, err error) {
	command, err := editorOf(ctx, w.g, w.ws)
	if err != nil {
		return false, err
	}
	text, err := w.draftText()
	if err != nil {
		return false, err
	}
	editing := form.Editing{
		Drafts: w.drafts,
		Run:    func(ctx context.Context, path string) error { return runEditor(ctx, w.g, command, path) },
		How:    w.ws.Reading(),
		Check: func(written *form.Draft, doc *handoff.Document) []handoff.Finding {
			d := w.typed(written)
			d.Doc, d.Path = doc, w.drafts.Path()
			return w.checkDraft(d)
		},
	}
	edited, right, err := editing.Write(ctx, text)
	if edited != nil {
		w.draft = edited
	}
	return right, err
}

// edited is the draft as the editor left it, nil where that cannot be read: then the text
// is set aside, as the form goes on with the draft before it.
func (w *writing) edited() (*form.Draft, error) {
	data, err := w.drafts.Load()
	if err != nil || data == nil {
		return w.draft, err
	}
	if d, _ := form.ParseDraft(data, w.ws.Reading()); d == nil {
		return nil, w.drafts.SetAside()
	}
	return w.draft, nil
}

// draftText is what the editor opens: the draft, or a damaged one as it is.
func (w *writing) draftText() ([]byte, error) {
	data, err := w.drafts.Load()
	if err != nil {
		return nil, err
	}
	if data != nil {
		if d, _ := form.ParseDraft(data, w.ws.Reading()); d == nil {
			return data, nil
		}
	}
	return w.draft.Text(w.prefill.Carried)
}

// prefillOf gathers what the program knows for a form.
func prefillOf(ctx context.Context, ws *workspace.Workspace) (form.Prefill, error) {
	held, err := ws.Carried()
	if err != nil {
		return form.Prefill{}, err
	}
	carried := held.Handoff
	p := form.Prefill{Me: ws.Me, Carried: carried, Freed: held.Freed, To: carried.To, Since: ws.Author.When.Add(-firstDay)}
	if last := ws.State.Latest(ws.Me); last != nil {
		p.Since = last.Record.At.Time
	}
	calendar, _ := ws.TeamConfig.Calendar(ws.Me)
	if shift, ok := calendar.NextShift(ws.Author.When); ok {
		p.Returns = shift.From.In(ws.Location())
	}
	for _, q := range ws.State.Holds(ws.Me).Questions {
		p.Questions = append(p.Questions, q.Ask+" ("+q.To+")")
	}
	ctx, cancel := context.WithTimeout(ctx, factsTime)
	defer cancel()
	p.Work = workspace.GatherFacts(ctx, ws.Repo.Repo, p.Since, ws.Emails(), fold.Trunks())
	p.Work.Commits = withoutRecords(ws, p.Work.Commits)
	if len(p.To) == 0 {
		p.To = workspace.Given(ws.Receiver(ctx, p.Work.Commits))
	}
	return p, nil
}

// factsHere is what git knows of where the user works, for a handoff that is not written
// by hand: what they did since the last one need not be looked for.
func factsHere(ctx context.Context, ws *workspace.Workspace) *workspace.Facts {
	ctx, cancel := context.WithTimeout(ctx, factsTime)
	defer cancel()
	facts := workspace.GatherFacts(ctx, ws.Repo.Repo, ws.Author.When, nil, nil)
	return &facts
}

// withoutRecords leaves the commits that are work.
func withoutRecords(ws *workspace.Workspace, commits []workspace.WorkCommit) []workspace.WorkCommit {
	return slices.DeleteFunc(commits, func(c workspace.WorkCommit) bool {
		commit, err := ws.ReadCommit(c.Hash)
		return err == nil && (workspace.HoldsRecords(commit) || strings.HasPrefix(commit.Message, setUpSubject))
	})
}
