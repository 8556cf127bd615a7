package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
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
		Use:   "ack [ref]",
		Short: "Take a handoff over, ask for changes, or decline it",
		Long: `Take a handoff over, ask for changes, or decline it.

Without --take, an accepting ack takes every item that is offered to you.
Whatever is not taken stays with the sender. An item stands for the record that
offers it, a handoff or an assignment, and only that item is taken then. Without
a reference it answers the one handoff or assignment that waits for you.`,
		Example: `  handoff ack
  handoff ack k3f --take refund-flow
  handoff ack refund-flow
  handoff ack @ana --outcome changes_requested --reason vague_next \
      --note "which reviewer?"
  handoff ack --all-seen`,
		GroupID: groupDaily,
		Args:    maxArgs(1, "one reference"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ask := g.Interactive && !said(cmd, "outcome", "take", "readback", "gap", "reason", "exception", "note", "all-seen")
			return runAck(cmd.Context(), g, o, strings.Join(args, ""), ask)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.outcome, "outcome", handoff.OutcomeAccepted, "`VERDICT`: accepted, accepted_with_gaps, changes_requested, declined, seen")
	commaListVar(f, &o.take, "take", "take this `ITEM` only (repeatable)")
	listVar(f, &o.readback, "readback", "the item in your words: `TEXT` is 'item;understood;first action'")
	listVar(f, &o.gaps, "gap", "what was missing: `TEXT` is 'item;class;note', with a class that handoff gap --help lists")
	f.StringVar(&o.reason, "reason", "", "why changes are needed or it is declined. `REASON`: missing_context, vague_next, no_acceptance, wrong_receiver, capacity, not_ready, exception, other")
	f.StringVar(&o.exception, "exception", "", "which exception, with --reason exception. `CLASS`: incomplete, ambiguous, judgement, policy, out_of_scope")
	f.StringVar(&o.note, "note", "", "a `NOTE` to the sender")
	f.BoolVar(&o.allSeen, "all-seen", false, "say of every handoff that names you as a reader that you have seen it")
	o.addFlags(f)
	return cmd
}

// said reports whether any of the flags was given.
func said(cmd *cobra.Command, flags ...string) bool {
	return slices.ContainsFunc(flags, cmd.Flags().Changed)
}

func runAck(ctx context.Context, g *globals, o ackOptions, ref string, ask bool) (err error) {
	ws, err := g.openForVerdict(ctx, handoff.Part{Refs: given(ref), Histories: o.allSeen})
	if err != nil {
		return err
	}
	if o.allSeen {
		return ws.ackAllSeen(ctx, g, o)
	}
	subject, err := ws.ackSubject(ref)
	if err != nil {
		return err
	}
	if subject.Type == handoff.TargetItem {
		if subject, err = ws.offerOf(ws.state.Items[subject.Name], &o); err != nil {
			return err
		}
	}
	ack, err := ws.newAck(ctx, o, subject)
	if err != nil {
		return err
	}
	if ask {
		defer func() { err = typed(err, "handoff ack "+ack.Subject, typedAck(ack)) }()
		if err := ws.askAck(ctx, g, ack); err != nil {
			return err
		}
	}
	records := []*handoff.Record{ws.newRecord(g, ack)}
	if e := ws.exception(ack); e != nil {
		records = append(records, ws.newRecord(g, e))
	}
	return ws.checkAndPublish(ctx, g, o.publishOptions, records, "nothing was acknowledged")
}

// exception is the escalation that goes with an ack of an exception class: to
// the person whom the configuration names for it, nil when it names nobody.
func (ws *workspace) exception(a *handoff.Ack) *handoff.Escalation {
	who := ws.config.Exceptions[a.Exception]
	if a.Exception == "" || who == "" || who == ws.me {
		return nil
	}
	ask := a.Note
	if ask == "" {
		ask = "Decide how " + a.Subject + " goes on: " + strings.ReplaceAll(a.Exception, "_", " ")
	}
	return &handoff.Escalation{Subject: a.Subject, Reason: "disagreement", To: who, Ask: ask, Level: 1}
}

// ackAllSeen writes a receipt for every current handoff that names the user as a
// reader and that they have not acknowledged in any way.
func (ws *workspace) ackAllSeen(ctx context.Context, g *globals, o ackOptions) error {
	var records []*handoff.Record
	for _, h := range ws.state.Current() {
		answered := slices.ContainsFunc(h.Acks, func(r *handoff.Record) bool { return r.By == ws.me })
		if answered || h.Record.By == ws.me || !ws.addresses(h.CC, h.Record.By) {
			continue
		}
		records = append(records, ws.newRecord(g, &handoff.Ack{Subject: h.Record.ID, Digest: h.Record.Source.Digest, Outcome: handoff.OutcomeSeen}))
	}
	if len(records) == 0 {
		g.note("nothing that you have not seen")
		return nil
	}
	return ws.checkAndPublish(ctx, g, o.publishOptions, records, "nothing was acknowledged")
}

// offerOf is the record that offers an item. Of a handoff, only that item is
// taken.
func (ws *workspace) offerOf(it *handoff.ItemState, o *ackOptions) (handoff.Target, error) {
	if it.Offer == nil {
		return handoff.Target{}, &noError{it.ID + " is offered to nobody: " + custody(it), "handoff show " + handoff.ShellArgument("item:"+it.ID)}
	}
	if _, isHandoff := ws.state.Handoffs[it.Offer.Record]; isHandoff {
		if !(&handoff.Ack{Outcome: o.outcome}).Accepts() || len(o.take) > 0 {
			return handoff.Target{}, usagef("handoff ack "+it.Offer.Record+" answers the whole handoff", "an item of a handoff can only be taken")
		}
		o.take = []string{it.ID}
	}
	return handoff.Target{Type: handoff.TargetRecord, Name: it.Offer.Record}, nil
}

// ackSubject resolves what is acknowledged: the reference, else the one handoff
// or assignment that waits for the user.
func (ws *workspace) ackSubject(ref string) (handoff.Target, error) {
	if ref != "" {
		return ws.resolve(ref)
	}
	var waiting []string
	for _, h := range ws.awaiting() {
		waiting = append(waiting, h.Record.ID)
	}
	waiting = append(waiting, ws.assignments()...)
	switch len(waiting) {
	case 0:
		return handoff.Target{}, &noError{message: "no handoff and no assignment waits for " + ws.me, hint: "handoff inbox shows what else does"}
	case 1:
		return handoff.Target{Type: handoff.TargetRecord, Name: waiting[0]}, nil
	}
	return handoff.Target{}, usagef("handoff inbox shows them", "several wait for you, name one: %s", strings.Join(waiting, ", "))
}

// awaiting lists the handoffs that wait for a verdict of the user, the newest
// first.
func (ws *workspace) awaiting() []*handoff.HandoffState {
	var waiting []*handoff.HandoffState
	for _, r := range slices.Backward(ws.state.Known()) {
		h, ok := ws.state.Handoffs[r.ID]
		if ok && h.State == handoff.HandoffPublished && r.By != ws.me && ws.addresses(h.To, r.By) {
			waiting = append(waiting, h)
		}
	}
	return waiting
}

// assignments lists the records that offer the user an item, sorted.
func (ws *workspace) assignments() []string {
	var ids []string
	for _, it := range ws.state.Items {
		if it.Offer == nil || !slices.Contains(it.Offer.To, ws.me) {
			continue
		}
		if _, assigned := ws.state.Records[it.Offer.Record].Body.(*handoff.Assignment); assigned {
			ids = append(ids, it.Offer.Record)
		}
	}
	slices.Sort(ids)
	return ids
}

// addresses reports whether a list of handles and addresses of by's handoff
// includes the user.
func (ws *workspace) addresses(to []string, by string) bool {
	return slices.ContainsFunc(to, func(who string) bool {
		return who == ws.me || handoff.IsScope(who) && slices.Contains(ws.members(who, by), ws.me)
	})
}

func (ws *workspace) newAck(ctx context.Context, o ackOptions, subject handoff.Target) (*handoff.Ack, error) {
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
	h, ok := ws.state.Handoffs[subject.Name]
	if subject.Type != handoff.TargetRecord || !ok {
		if len(o.take) > 0 {
			return nil, usagef("", "--take goes with a handoff")
		}
		a.Subject = subject.Ref()
		if as := ws.assignment(subject); as != nil && a.Accepts() {
			_, item := handoff.SplitRef(as.Item)
			a.Take = []string{item} // so that it is read back as any other
		}
		return a, nil
	}
	a.Digest = h.Record.Source.Digest
	if !a.Accepts() {
		if len(o.take) > 0 {
			return nil, usagef("", "--take goes with an accepting outcome, not with %s", a.Outcome)
		}
		return a, nil
	}
	var err error
	if a.Drift, err = ws.drift(ctx, h); err != nil {
		return nil, err
	}
	a.Take = o.take
	if len(o.take) == 0 {
		a.Take = ws.offeredBy(h)
	}
	return a, nil
}

// assignment is the assignment that is acknowledged, nil when it is something
// else.
func (ws *workspace) assignment(subject handoff.Target) *handoff.Assignment {
	r := ws.state.Records[subject.Name]
	if subject.Type != handoff.TargetRecord || r == nil {
		return nil
	}
	as, _ := r.Body.(*handoff.Assignment)
	return as
}

// offeredBy lists the items of a handoff that are offered to the user.
func (ws *workspace) offeredBy(h *handoff.HandoffState) []string {
	var items []string
	for _, declared := range h.Items {
		item, ok := ws.state.Items[declared.ID]
		if ok && item.Offer != nil && item.Offer.Record == h.Record.ID && ws.addresses(item.Offer.To, h.Record.By) {
			items = append(items, item.ID)
		}
	}
	return items
}
