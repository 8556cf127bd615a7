package cli

import (
	"context"
	"slices"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/story"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type ackOptions struct {
	publishOptions
	outcome   string
	take      []string
	readback  []string
	gaps      []string
	reason    string
	exception string
	note      string
	allSeen   bool
}

func newAckCmd(g *globals) *cobra.Command {
	var o ackOptions
	cmd := &cobra.Command{
		Use:        "ack [ref] ['note']",
		SuggestFor: []string{"accept", "decline", "reject", "take", "seen"},
		Short:      "Take a handoff over, ask for changes, or decline it",
		Long: `Take a handoff over, ask for changes, or decline it.

Without --take, an accepting ack takes every item that is offered to you.
Whatever is not taken stays with the sender; what you take and what stays is
said. A verdict that you have given already adds nothing. What you took by
mistake goes back with handoff give ITEM --back. An item stands for the record
that offers it, a handoff or an assignment, and only that item is taken then.
Without a reference it answers the one handoff or assignment that waits for you;
on a terminal it lists them where there are several. A note goes behind the
reference, as --note does.
Of an escalation it takes up, or declines, what was raised to you.

An exception goes to whom the configuration names for its class, else to the
lead of the sender; what it names for the sender just comes back.`,
		Example: `  handoff ack
  handoff ack k3f --take refund-flow
  handoff ack refund-flow
  handoff ack @ana "which reviewer?" --outcome changes_requested \
      --reason vague_next
  handoff ack --all-seen`,
		GroupID: groupDaily,
		RunE: func(cmd *cobra.Command, args []string) error {
			subject, err := aboutArgs(cmd, args, "--note", &o.note)
			if err != nil {
				return err
			}
			ask := g.Interactive && o.note == "" && !said(cmd, "outcome", "take", "readback", "gap", "reason", "exception", "all-seen")
			return runAck(cmd.Context(), g, o, subject, ask)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.outcome, "outcome", handoff.OutcomeAccepted, "`VERDICT`: accepted, accepted_with_gaps, changes_requested, declined, seen")
	commaListVar(f, &o.take, "take", "take this `ITEM` only")
	listVar(f, &o.readback, "readback", "the item in your words: `TEXT` is 'item;understood;first action'")
	listVar(f, &o.gaps, "gap", "what was missing: `TEXT` is 'item;class;note', with a class that handoff gap --help lists")
	f.StringVar(&o.reason, "reason", "", "why changes are needed or it is declined. `REASON`: missing_context, vague_next, no_acceptance, wrong_receiver, capacity, not_ready, exception, other")
	f.StringVar(&o.exception, "exception", "", "which exception, with --reason exception. `CLASS`: incomplete, ambiguous, judgement, policy, out_of_scope")
	f.StringVar(&o.note, "note", "", "a `NOTE` to the sender")
	f.BoolVar(&o.allSeen, "all-seen", false, "say that you have seen every handoff that you are to read only")
	o.addFlags(f)
	return cmd
}

// said reports whether any of the flags was given.
func said(cmd *cobra.Command, flags ...string) bool {
	return slices.ContainsFunc(flags, cmd.Flags().Changed)
}

func runAck(ctx context.Context, g *globals, o ackOptions, what about, ask bool) (err error) {
	if o.allSeen {
		return ackAllSeen(ctx, g, o)
	}
	ws, err := what.open(ctx, g.openForVerdict)
	if err == nil && what.ref == "" && g.Interactive {
		err = what.chooseWaiting(ctx, g, ws)
	}
	if err != nil {
		return err
	}
	subject, err := ws.AckSubject(what.ref)
	if err != nil {
		return err
	}
	if o.outcome == handoff.OutcomeSeen {
		backs, err := ws.CameBack(subject)
		if err != nil {
			return err
		}
		if len(backs) > 0 {
			return ackBacks(ctx, g, ws, o, backs)
		}
		if h := ws.State.Handoffs[subject.Name]; h != nil && h.Record.By == ws.Me {
			g.note("nothing of %s waits for you; nothing was added", subject.Name)
			return nil
		}
	}
	if subject.Type == fold.TargetItem {
		if taken := ws.Took(ws.State.Items[subject.Name], o.outcome); taken != nil {
			g.note("you took %s in %s; nothing was added", subject.Name, taken.ID)
			return nil
		}
		if subject, err = offerOf(ws, ws.State.Items[subject.Name], &o); err != nil {
			return err
		}
	}
	ack, err := newAck(ctx, ws, o, subject)
	if err != nil {
		return err
	}
	if ask {
		defer func() { err = typed(err, "handoff ack "+ack.Subject, typedAck(ack)) }()
		if err := askAck(ctx, g, ws, ack); err != nil {
			return err
		}
	}
	if said := ws.Said(ack); said != nil {
		g.note("you have said so in %s: %s; nothing was added", said.ID, story.VerdictWords(said.Body.(*handoff.Ack)))
		return nil
	}
	records := []*handoff.Record{ws.NewRecord(ack)}
	exception, say := ws.Exception(ack)
	if exception != nil {
		records = append(records, ws.NewRecord(exception))
	}
	err = checkAndPublish(ctx, g, ws, o.publishOptions, records, "nothing was acknowledged")
	if err == nil && say != "" {
		g.note("%s", say)
	}
	return err
}

// ackAllSeen writes a receipt for every current handoff that the user is to read
// only, and that they have not acknowledged in any way: one that names them as a
// reader, or went to a group of theirs and leaves nothing to take. What came back is
// not among them: each of that needs a look.
func ackAllSeen(ctx context.Context, g *globals, o ackOptions) error {
	ws, err := g.openForVerdict(ctx, fold.Part{Histories: true})
	if err != nil {
		return err
	}
	var records []*handoff.Record
	for _, h := range ws.State.Current() {
		answered := slices.ContainsFunc(h.Acks, func(r *handoff.Record) bool { return r.By == ws.Me })
		if answered || h.Record.By == ws.Me || !ws.Addresses(h.CC, h.Record.By) && !ws.LeftNothing(h) {
			continue
		}
		records = append(records, ws.NewRecord(&handoff.Ack{Subject: h.Record.ID, Digest: h.Record.Source.Digest, Outcome: handoff.OutcomeSeen}))
	}
	if len(records) == 0 {
		g.note("nothing that you have not seen")
		return nil
	}
	return checkAndPublish(ctx, g, ws, o.publishOptions, records, "nothing was acknowledged")
}

// ackBacks writes a receipt for each record that brought something back: nothing
// more is needed.
func ackBacks(ctx context.Context, g *globals, ws *workspace.Workspace, o ackOptions, backs []fold.Back) error {
	var records []*handoff.Record
	for i, b := range backs {
		if slices.ContainsFunc(backs[:i], func(earlier fold.Back) bool { return earlier.Cause == b.Cause }) {
			continue
		}
		ack := &handoff.Ack{Subject: b.Cause.ID, Digest: b.Cause.Source.Digest, Outcome: handoff.OutcomeSeen, Note: o.note}
		records = append(records, ws.NewRecord(ack))
	}
	return checkAndPublish(ctx, g, ws, o.publishOptions, records, "nothing was acknowledged")
}

// offerOf is the record that offers an item. Of a handoff, only that item is
// taken.
func offerOf(ws *workspace.Workspace, it *fold.Item, o *ackOptions) (fold.Target, error) {
	if it.Offer == nil {
		return fold.Target{}, &workspace.NoError{Message: it.ID + " is offered to nobody: " + custody(it), Hint: "handoff show " + text.ShellArgument("item:"+it.ID)}
	}
	if _, isHandoff := ws.State.Handoffs[it.Offer.Record]; isHandoff {
		if !(&handoff.Ack{Outcome: o.outcome}).Accepts() || len(o.take) > 0 {
			return fold.Target{}, workspace.Usagef("handoff ack "+it.Offer.Record+" answers the whole handoff", "an item of a handoff can only be taken")
		}
		o.take = []string{it.ID}
	}
	return fold.Target{Type: fold.TargetRecord, Name: it.Offer.Record}, nil
}

func newAck(ctx context.Context, ws *workspace.Workspace, o ackOptions, subject fold.Target) (*handoff.Ack, error) {
	a := &handoff.Ack{
		Subject: subject.Name, Outcome: o.outcome,
		Reason: o.reason, Exception: o.exception, Note: o.note,
	}
	for _, value := range o.readback {
		p, err := shaped("readback", value, "item;understood;first action", 0, 1, 2)
		if err != nil {
			return nil, err
		}
		a.Readback = append(a.Readback, handoff.Readback{Item: p[0], Understood: p[1], FirstAction: p[2]})
	}
	for _, value := range o.gaps {
		p, err := shaped("gap", value, "item;class;note", 1, 2)
		if err != nil {
			return nil, err
		}
		a.Gaps = append(a.Gaps, handoff.GapNote{Item: p[0], Class: p[1], Note: p[2]})
	}
	if len(a.Gaps) > 0 && a.Outcome == handoff.OutcomeAccepted {
		a.Outcome = handoff.OutcomeAcceptedWithGaps
	}
	h, ok := ws.State.Handoffs[subject.Name]
	if subject.Type != fold.TargetRecord || !ok {
		if len(o.take) > 0 {
			return nil, workspace.Usagef("", "--take goes with a handoff")
		}
		a.Subject = subject.Ref()
		if as := ws.Assignment(subject); as != nil && a.Accepts() {
			_, item := handoff.SplitRef(as.Item)
			a.Take = []string{item} // so that it is read back as any other
		}
		return a, nil
	}
	a.Digest = h.Record.Source.Digest
	if !a.Accepts() {
		if len(o.take) > 0 {
			return nil, workspace.Usagef("", "--take goes with an accepting outcome, not with %s", a.Outcome)
		}
		return a, nil
	}
	var err error
	if a.Drift, err = ws.Drift(ctx, h); err != nil {
		return nil, err
	}
	a.Take = o.take
	if len(o.take) == 0 {
		a.Take = ws.OfferedBy(h)
	}
	return a, nil
}
