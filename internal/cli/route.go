package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/check"
	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/outbox"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type routeOptions struct {
	via      string
	all      bool
	due      bool
	dryRun   bool
	push     bool
	detachOK bool
	again    bool
	arrived  bool
}

func newRouteCmd(g *globals) *cobra.Command {
	var o routeOptions
	cmd := &cobra.Command{
		Use:   "route [ref…]",
		Short: "Deliver handoffs, blockers, questions and decisions elsewhere",
		Long: `Deliver handoffs, blockers, questions and decisions to a forge, a tracker, a
chat, mail or a webhook, where the people see them whom they ask.

Where a kind of things goes by default says the team's configuration, under
deliver, by the name of a target; --via names one. What a target is, its host,
its channel and where its token is, is your own configuration, or that of the
job: handoff help config. Nothing is sent anywhere unless a command says so.

With --all it is everything that is due: what waits for somebody, and what was
delivered and has changed in the last two weeks: an amendment, an ack, an
answer or a resolution edits the message, or answers in its thread. Handoffs
and decisions that are older than a week are not told for the first time.

With --due whoever a deadline waits for that has passed is reminded of it, once
for each deadline, wherever they were told of it before: a handoff without a
verdict, a blocker, a question, an escalation, as handoff check --due lists
them. Who was not told yet is, now. It is made for a scheduled job, and may run
in several clones at once: that it is being sent is pushed first, and where the
branch takes no push, nothing is sent (status 5).

Each delivery is written down before it is sent, and once it has arrived. After
a kill, or a connection that broke, the next run looks whether it had arrived,
where the target can tell. Where it cannot, it may have been sent, and is not
sent again (status 5): look there, and say --arrived, or --again to send it once
more. There the first record is pushed before anything is sent, so that no other
clone sends the same; a push that is refused sends nothing (status 5).`,
		Example: `  handoff route session-policy --via github
  handoff route --all --dry-run
  handoff route --due
  handoff route @ --via payments-chat --again`,
		GroupID: groupRecord,
		Args: func(_ *cobra.Command, args []string) error {
			if o.all && len(args) > 0 || !o.all && !o.due && len(args) == 0 {
				return workspace.Usagef("handoff route --help shows an example", "say what to deliver, or --all")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runRoute(cmd.Context(), g, o, args) },
	}
	f := cmd.Flags()
	f.StringVar(&o.via, "via", "", "to the target `NAME`; with --all, only what goes there")
	f.BoolVar(&o.all, "all", false, "everything that is due and was not delivered")
	f.BoolVar(&o.due, "due", false, "remind of the deadlines that have passed, once of each, and push")
	f.BoolVar(&o.dryRun, "dry-run", false, "print the requests with their secrets masked, send and write nothing")
	f.BoolVar(&o.push, "push", false, "push the branch afterwards")
	f.BoolVar(&o.detachOK, "detach-ok", false, "write even when HEAD is on no branch")
	f.BoolVar(&o.again, "again", false, "send once more what may have been sent")
	f.BoolVar(&o.arrived, "arrived", false, "what may have been sent has arrived: write that down, send nothing")
	cmd.MarkFlagsMutuallyExclusive("again", "arrived", "dry-run")
	cmd.MarkFlagsMutuallyExclusive("all", "arrived")
	cmd.MarkFlagsMutuallyExclusive("all", "again")
	return cmd
}

func runRoute(ctx context.Context, g *globals, o routeOptions, refs []string) error {
	part := fold.Part{Refs: workspace.Given(refs...)} // what is overdue is of the present
	if o.all {
		part = outbox.Part(g.Now())
	}
	go rules.Prepare() // while git is asked
	ws, err := g.openHere(ctx)
	if err != nil {
		return err
	}
	if !o.dryRun {
		end, err := outbox.Turn(ctx, ws)
		if err != nil {
			return err
		}
		defer end()
	}
	if err := ws.BeginWriting(ctx, part); err != nil {
		return err
	}
	box, err := outbox.Open(ws)
	if err != nil {
		return err
	}
	options := outbox.Options{Again: o.again, Arrived: o.arrived, Push: o.push, First: o.due, DetachOK: o.detachOK}
	if o.due && !o.dryRun {
		if err := box.MayRemind(options); err != nil {
			return err
		}
	}
	due, err := o.find(g, box, refs)
	if err != nil {
		return err
	}
	if o.dryRun {
		return g.printPlans(box, due)
	}
	r := &router{globals: g, box: box, options: options}
	r.deliverAll(ctx, due)
	return errors.Join(r.err, g.printer.print(results[deliveryRow]{r.rows}, func() {
		r.print()
		if len(due) == 0 && r.err == nil {
			g.note("nothing is due")
		}
	}))
}

// find finds what the user wants to be delivered.
func (o routeOptions) find(g *globals, box *outbox.Box, refs []string) ([]*outbox.Delivery, error) {
	if o.all || o.due {
		if err := mayRouteAll(box, o.via); err != nil {
			return nil, err
		}
	}
	var due []*outbox.Delivery
	if o.due {
		passed, err := overdue(box, refs)
		if err != nil {
			return nil, err
		}
		reminders, skipped, err := box.Reminders(passed, o.via)
		if g.noteSkipped(skipped); err != nil || !o.all {
			return reminders, err
		}
		due = reminders
	}
	if o.all {
		all, skipped, err := box.Due(o.via)
		g.noteSkipped(skipped)
		return append(due, slices.DeleteFunc(all, func(d *outbox.Delivery) bool { return slices.ContainsFunc(due, d.IsSame) })...), err
	}
	for _, ref := range refs {
		thing, err := box.ThingOf(ref)
		if err != nil {
			return nil, err
		}
		d, err := box.Of(thing, o.via)
		if err != nil {
			return nil, err
		}
		due = append(due, d)
	}
	return due, nil
}

// overdue are the deadlines that have passed, of all things or of some.
func overdue(box *outbox.Box, refs []string) ([]outbox.Overdue, error) {
	var only []string
	for _, ref := range refs {
		thing, err := box.ThingOf(ref)
		if err != nil {
			return nil, err
		}
		only = append(only, thing.Ref())
	}
	var passed []outbox.Overdue
	for _, p := range check.Deadlines(box.Workspace) {
		isThing := p.Subject != fold.Target{}
		if isThing && (len(refs) == 0 || slices.Contains(only, p.Subject.Ref())) {
			passed = append(passed, outbox.Overdue{Subject: p.Subject, At: p.At, Who: p.Who, Say: p.Say})
		}
	}
	return passed, nil
}

// mayRouteAll refuses where nothing can be due, for nobody has said where to.
func mayRouteAll(box *outbox.Box, via string) error {
	switch {
	case via != "":
		_, err := box.Place(via)
		return err
	case len(box.Names()) == 0:
		return workspace.Usagef("handoff help config shows how one is configured", "you have configured no target")
	}
	return nil
}

// deliveryRow is what became of a delivery, as --json prints it.
type deliveryRow struct {
	Subject string   `json:"subject"`
	Target  string   `json:"target"`
	Service string   `json:"service"`
	Did     string   `json:"did"` // sent, edited, replied, reminded, found, recorded, "" for nothing
	Told    []string `json:"told"`
	URL     string   `json:"url"`
	Error   string   `json:"error"`    // why not, "" where nothing went wrong
	InDoubt bool     `json:"in_doubt"` // it may have been sent
	Notes   []string `json:"notes"`
}

// router delivers one thing after the other.
type router struct {
	*globals
	box     *outbox.Box
	options outbox.Options
	rows    []deliveryRow
	err     error // of those that were not delivered
}

func (r *router) deliverAll(ctx context.Context, due []*outbox.Delivery) {
	r.rows = []deliveryRow{}
	progress := r.progress("deliveries")
	for i, d := range due {
		if progress != nil {
			progress(i, len(due))
		}
		if ctx.Err() != nil {
			r.err = errors.Join(r.err, context.Cause(ctx))
			break
		}
		if r.deliver(ctx, d); r.options.First && errors.As(r.err, new(*outbox.UnpushedError)) {
			break // the next push would be refused as well
		}
	}
	if progress != nil && len(due) > 0 {
		progress(len(due), len(due))
	}
}

func (r *router) deliver(ctx context.Context, d *outbox.Delivery) {
	stale := d.Step() == outbox.StepStale
	result, err := r.box.Deliver(ctx, d, r.options)
	line := deliveryRow{
		Subject: d.Ref(), Target: d.Place.Name, Service: d.Place.Service, Did: result.Did, Told: []string{}, URL: result.URL, Notes: text.NonNil(result.Notes),
	}
	if result.Did != "" {
		line.Told = text.NonNil(r.box.Told(d))
	}
	if stale {
		line.Notes = append(line.Notes, "what is there says something else by now, and "+d.Place.Name+" can neither edit nor answer it")
	}
	if err != nil {
		_, line.InDoubt = errors.AsType[*outbox.DoubtError](err)
		line.Error = text.OneLine(r.mask(err.Error()))
		r.err = errors.Join(r.err, err)
	}
	r.rows = append(r.rows, line)
}

// print prints what was delivered. What was not is an error, which says so.
func (r *router) print() {
	for _, line := range r.rows {
		if line.Error == "" || line.Did != "" {
			r.printer.line("%s", line.words())
		}
		for _, note := range line.Notes {
			r.note("%s → %s: %s", line.Subject, line.Target, note)
		}
	}
	if r.box == nil || !slices.ContainsFunc(r.rows, func(line deliveryRow) bool { return line.Did != "" }) {
		return
	}
	if up, ok, err := r.box.Upstream(); err == nil && ok && r.box.Here() {
		r.note("that it was delivered is only here so far, and not on %s: handoff sync", up.Remote)
	}
}

// words are the line of a delivery.
func (d deliveryRow) words() string {
	did := map[string]string{
		"": "is there already", outbox.DidFind: "had arrived", outbox.DidNote: "recorded as arrived",
	}[d.Did]
	if did == "" {
		did = d.Did
	}
	return text.JoinNonEmpty(", ", fmt.Sprintf("%s → %s: %s", d.Subject, d.Target, did), strings.Join(d.Told, " "), d.URL)
}

// planRow is the requests of a delivery, as --json prints them.
type planRow struct {
	Subject  string        `json:"subject"`
	Target   string        `json:"target"`
	Service  string        `json:"service"`
	Step     outbox.Step   `json:"step"` // send, edit, reply, settle, stale, "" for nothing
	Requests []requestLine `json:"requests"`
}

type requestLine struct {
	Method string   `json:"method"`
	URL    string   `json:"url"`
	Header []string `json:"header"`
	Body   string   `json:"body"`
}

// printPlans prints what would be sent.
func (g *globals) printPlans(box *outbox.Box, due []*outbox.Delivery) error {
	plans := []planRow{}
	for _, d := range due {
		plan := planRow{d.Ref(), d.Place.Name, d.Place.Service, d.Step(), []requestLine{}}
		if plan.Step != outbox.StepNone && plan.Step != outbox.StepStale {
			requests, err := box.Plan(d)
			if err != nil {
				return err
			}
			for _, r := range requests {
				plan.Requests = append(plan.Requests, requestLine{r.Method, r.URL, text.NonNil(r.Header), r.Body})
			}
		}
		plans = append(plans, plan)
	}
	return g.printer.print(struct {
		DryRun  bool      `json:"dry_run"` // always true
		Results []planRow `json:"results"`
	}{true, plans}, func() {
		for _, plan := range plans {
			g.printPlan(plan)
		}
		g.note("nothing was sent, and nothing was written")
	})
}

func (g *globals) printPlan(plan planRow) {
	what := map[outbox.Step]string{
		outbox.StepNone: "is there already", outbox.StepStale: "can be neither edited nor answered",
		outbox.StepSettle: "a try was interrupted: if it has not arrived, this is sent",
	}[plan.Step]
	if what == "" {
		what = string(plan.Step)
	}
	g.printer.line("# %s → %s: %s", plan.Subject, plan.Target, what)
	for _, r := range plan.Requests {
		g.printer.line("%s %s", r.Method, r.URL)
		for _, header := range r.Header {
			g.printer.line("%s", header)
		}
		g.printer.line("")
		if r.Body != "" {
			g.printer.line("%s", strings.TrimSuffix(r.Body, "\n"))
			g.printer.line("")
		}
	}
}

// routeRecords delivers what records are about that were just committed, where the
// team has a target for it that the user has configured.
func (g *globals) routeRecords(ctx context.Context, ws *workspace.Workspace, records []*handoff.Record, push bool) (*router, error) {
	r := &router{globals: g, options: outbox.Options{Push: push}, rows: []deliveryRow{}}
	end, err := outbox.Turn(ctx, ws)
	if err != nil {
		return r, err
	}
	defer end()
	if r.box, err = outbox.Open(ws); err != nil {
		return r, err
	}
	due, skipped, err := r.box.DueOf(ctx, records)
	if err != nil {
		return r, err
	}
	g.noteSkipped(skipped)
	r.deliverAll(ctx, due)
	return r, r.err
}

// noteSkipped says what is due and cannot be delivered from here.
func (g *globals) noteSkipped(skipped []outbox.Skipped) {
	for _, s := range skipped {
		g.note("%s: %s; skipped", text.JoinNonEmpty(" → ", s.Ref, s.Target), strings.TrimPrefix(s.Why, s.Target+": "))
	}
}

// explainNotSent is explain for what a target did not take.
func explainNotSent(err *deliver.NotSentError) (status int, hint string) {
	switch err.Fault {
	case deliver.FaultCredentials:
		return StatusCredentials, "handoff help config says where a token is looked for"
	case deliver.FaultBusy, deliver.FaultUnreachable:
		return StatusBusy, "nothing was sent; the same command tries again"
	case deliver.FaultPlace:
		return StatusUsage, "--via NAME names another target"
	case deliver.FaultConfig:
		return StatusUsage, "handoff help config shows the keys of a target"
	case deliver.FaultNotFound:
		return StatusFailed, "see what your configuration says of " + text.ShellArgument(err.Target) + ", and what its token may see"
	case deliver.FaultRedirect:
		return StatusFailed, "nothing is sent after a redirect: name the host that it leads to in your configuration"
	}
	return StatusFailed, "nothing was sent; handoff route --dry-run prints the request"
}

func explainDoubt(err *outbox.DoubtError) (status int, hint string) {
	if err.Looks {
		return StatusBusy, "the same command finds out whether it has arrived"
	}
	ref, target := text.ShellArgument(err.Ref), text.ShellArgument(err.Target)
	if err.Reminder {
		ref += " --due"
	}
	return StatusBusy, fmt.Sprintf("look whether it is there, then handoff route %s --via %s --arrived, or --again to send it once more", ref, target)
}

func explainUnpushed(err *outbox.UnpushedError) (status int, hint string) {
	if refused, ok := errors.AsType[*git.RemoteError](err); ok {
		switch refused.Fault {
		case git.RemoteProtected, git.RemoteHook, git.RemoteRejected, git.RemoteForbidden:
			return StatusBusy, "store.branch in the configuration names a branch for the records that takes this push; or let whoever pushes here push to this one"
		}
	}
	return StatusBusy, "handoff sync says what is in its way; then the same command again"
}

func explainUnrecorded(err *outbox.UnrecordedError) (status int, hint string) {
	if err.Looks {
		return StatusBusy, "the same command finds it there, and writes it down"
	}
	return StatusBusy, fmt.Sprintf("handoff route %s --via %s --arrived writes it down", text.ShellArgument(err.Ref), text.ShellArgument(err.Target))
}
