package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

// What one can wait for.
const (
	waitAck        = "ack"
	waitAnswer     = "answer"
	waitResolution = "resolution"
)

type waitOptions struct {
	what    string
	timeout time.Duration
	fetch   time.Duration
}

func newWaitCmd(g *globals) *cobra.Command {
	var o waitOptions
	cmd := &cobra.Command{
		Use:   "wait REF",
		Short: "Wait until something is acknowledged, answered or resolved",
		Long: `Wait until somebody has acknowledged a handoff or an item, answered a question
or resolved a blocker: for scripts, and for agents. What is waited for follows
from the reference, or --for says it.

The status is 0 when it was accepted, answered or resolved; 3 when it was
declined or sent back, withdrawn or replaced, or will not be done; 5 when the
time is over. With --fetch it looks at the remote every so often, which it never
does unasked.`,
		Example: "  handoff wait @ --for ack --timeout 8h --fetch 60s\n  handoff wait blk:session-policy",
		GroupID: groupRead,
		Args:    exactArgs(1, "the reference"),
		RunE:    func(cmd *cobra.Command, args []string) error { return runWait(cmd.Context(), g, o, args[0]) },
	}
	f := cmd.Flags()
	f.StringVar(&o.what, "for", "", "`WHAT`: ack, answer or resolution")
	f.DurationVar(&o.timeout, "timeout", 0, "give up after a `TIME`, as in 90m; without it, never")
	f.DurationVar(&o.fetch, "fetch", 0, "fetch every `TIME`, as in 60s; at least 10s")
	return cmd
}

// waitEvery is how often the records are looked at: that costs less than a git status.
const waitEvery = time.Second

// leastFetch keeps a remote from being asked all the time.
const leastFetch = 10 * time.Second

// awaited is how something stands that is waited for, as --json prints it.
type awaited struct {
	Ref    string `json:"ref"`
	For    string `json:"for"`
	State  string `json:"state"`  // accepted, answered, resolved, and how else it may end; "" while it is open
	By     string `json:"by"`     // who ended it
	Record string `json:"record"` // with which record
	Say    string `json:"say"`

	yes bool
}

func runWait(ctx context.Context, g *globals, o waitOptions, ref string) error {
	switch {
	case o.timeout < 0:
		return workspace.Usagef("as in --timeout 90m", "--timeout %v: not a time", o.timeout)
	case o.fetch != 0 && o.fetch < leastFetch:
		return workspace.Usagef("as in --fetch 60s", "--fetch %v: at least %v", o.fetch, leastFetch)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var over <-chan time.Time
	if o.timeout > 0 {
		timer := time.NewTimer(o.timeout)
		defer timer.Stop()
		over = timer.C
	}
	look := time.NewTicker(waitEvery)
	defer look.Stop()
	fetched := time.Now()
	for id := ref; ; {
		found, err := g.await(ctx, o, id)
		if err != nil {
			return err
		}
		id = found.Ref // what @ means now it means to the end
		if found.State != "" {
			return g.printAwaited(found)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-over:
			return &timeOverError{fmt.Sprintf("%s: no %s after %v", ref, found.For, o.timeout)}
		case <-look.C:
		}
		if o.fetch > 0 && time.Since(fetched) >= o.fetch {
			if err := g.fetchForWait(ctx); err != nil {
				g.say("handoff: warning: %v; it is tried again", err)
			}
			fetched = time.Now()
		}
	}
}

// timeOverError says that what was waited for has not come.
type timeOverError struct{ message string }

func (e *timeOverError) Error() string { return e.message }

func (g *globals) printAwaited(found awaited) error {
	if !found.yes && !g.printer.structured() {
		return &workspace.NoError{Message: found.Say, Hint: "handoff show " + text.ShellArgument(found.Ref)}
	}
	err := g.printer.print(found, func() { g.printer.line("%s", found.Say) })
	if err == nil && !found.yes {
		err = &workspace.NoError{Message: found.Say}
	}
	return err
}

// fetchForWait gets what others have published on the branch of the records.
func (g *globals) fetchForWait(ctx context.Context) error {
	ws, err := g.openHere(ctx)
	if err != nil {
		return err
	}
	up, ok, err := ws.Upstream()
	if err != nil || !ok {
		return err
	}
	_, err = ws.FetchBranch(ctx, up)
	return err
}

// await looks how it stands with what a reference names.
func (g *globals) await(ctx context.Context, o waitOptions, ref string) (awaited, error) {
	ws, err := g.openHere(ctx)
	if err != nil {
		return awaited{}, err
	}
	if err := ws.Load(ctx, fold.Part{Refs: []string{ref}}); err != nil {
		return awaited{}, err
	}
	defer ws.Index.Close()
	target, err := ws.Resolve(ref)
	if err != nil {
		return awaited{}, err
	}
	w := awaited{Ref: target.Ref()}
	s := ws.State
	switch {
	case target.Type == fold.TargetBlocker:
		w.blocker(s.Blockers[target.Name])
	case target.Type == fold.TargetQuestion:
		w.question(s.Questions[target.Name])
	case target.Type == fold.TargetItem:
		w.item(ws, s.Items[target.Name])
	case s.Handoffs[target.Name] != nil:
		w.handoff(s.Handoffs[target.Name])
	case s.Question(target.Name) != nil:
		w.question(s.Question(target.Name))
	default:
		return w, workspace.Usagef("name a handoff, an item, a question or a blocker", "%s is nothing that one waits for", ref)
	}
	if o.what != "" && o.what != w.For {
		return w, workspace.Usagef("leave --for out, or name what has one", "--for %s: %s has an end by %s", o.what, w.Ref, w.For)
	}
	return w, nil
}

// end notes how it ended, and who said so.
func (w *awaited) end(state string, yes bool, by *handoff.Record) {
	w.State, w.yes = state, yes
	w.Say = w.Ref + ": " + words(state)
	if by != nil {
		w.By, w.Record = by.By, by.ID
		w.Say += " by " + by.By + " in " + by.ID
	}
}

func (w *awaited) handoff(h *fold.Handoff) {
	w.For = waitAck
	switch h.State {
	case fold.HandoffPublished:
	case fold.HandoffAccepted, fold.HandoffClosed:
		w.end(h.State, true, h.Verdict)
	default:
		w.end(h.State, false, h.Verdict)
	}
}

func (w *awaited) item(ws *workspace.Workspace, it *fold.Item) {
	w.For = waitAck
	held := ws.State.Records[it.HeldBy]
	switch {
	case !it.Live():
		w.end(it.Closed, false, ws.State.Records[it.ClosedBy])
	case it.Offer != nil:
	case held != nil && held.Kind == handoff.KindAck:
		w.end(fold.HandoffAccepted, true, held)
	default:
		w.end("not_offered", false, nil)
	}
}

func (w *awaited) question(q *fold.Question) {
	w.For = waitAnswer
	switch {
	case len(q.Answers) > 0 && !q.Open():
		w.end(fold.QuestionAnswered, true, q.Answers[len(q.Answers)-1])
	case !q.Open():
		w.end(q.State, false, nil)
	}
}

func (w *awaited) blocker(b *fold.Blocker) {
	w.For = waitResolution
	if b.Open() {
		return
	}
	outcome := b.State
	if body, ok := b.Resolution.Body.(*handoff.Resolution); ok {
		outcome = body.Outcome
	}
	w.end(outcome, outcome != "withdrawn" && outcome != "wont_fix", b.Resolution)
}
