package cli

import (
	"context"
	"slices"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/outbox"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// declareOptions are the flags of declare. What they say is laid over the base:
// a file, an earlier handoff, or what the user holds.
type declareOptions struct {
	publishOptions
	file   string
	editor bool
	from   string
	carry  bool
	amend  string
	resume bool
	fresh  bool
	asker  form.Asker // that has asked something already, nil for none

	summary     string
	to, cc      []string
	returns     string
	items       []string
	blockers    []string
	blockedBy   []string
	workarounds []string
	decisions   []string
	shipped     []string
	dropped     []string
	intents     []string
	accepts     []string
	refs        []string
	issues      []string
	severities  []string
	ifThens     []string
	doNots      []string
	dues        []string
	efforts     []string
	titles      []string
	readies     []string
	progress    []string
	assumptions []string
	tried       []string
	dependsOn   []string
	consult     []string
	resolved    []string
	cover       string
	continues   []string
	watch       []string
	standing    []string
	ended       []string
	give        []string
	keep        []string
	none        []string
	waive       []string

	questions []string

	fromNotes bool
	notes     string
	ticked    *declareOptions     // what the notes say that the user left ticked, nil where nobody was asked
	noted     []string            // the ids of the notes that went into it
	about     map[string][]string // the items that a decision is about, by what the flag says of it

	supersedes, beside []string // what decisions are to those that stand

	allowSecrets []string
}

// checkRoute refuses --route where there is nowhere to deliver to, before anything is
// written.
func (o *declareOptions) checkRoute(ws *workspace.Workspace) error {
	if !o.route {
		return nil
	}
	box, err := outbox.Open(ws)
	if err != nil {
		return err
	}
	return box.MayRoute()
}

func newDeclareCmd(g *globals) *cobra.Command {
	var o declareOptions
	cmd := &cobra.Command{
		Use:        "declare",
		SuggestFor: []string{"handover", "write"},
		Aliases:    []string{"wrap"},
		Short:      "Write and publish a handoff",
		Long: `Write and publish a handoff: what you shipped, what you hold and what comes
next, what blocks and who can remove it, what was decided and why.

It is checked first. What is incomplete is refused, with every finding at once,
and nothing is written. An empty list says "none"; a missing one says nothing
and is refused.

With one person in --to, the next step of an item is theirs, and the item is
offered to them, unless you keep it or the step names somebody: "sarah: decide".
With any other --to it is yours unless you give it. The item is yours until they
take it.

Where you have configured the forge of the repository as a target, it is asked,
for two seconds at most, how the pull requests of the items stand: the handoff
keeps what it said and when. What you typed about one stays as it is.

On a terminal it asks for what the flags do not say, and offers what git and the
records know. What you typed is kept as a draft until it is published.

A file and the editor's text say things as the flags do: one name for a list,
none for an empty one, "mon 09:00" on your clock, "ben: Get the approval" for a
step, a line as its flag takes it for an entry. Left out, the owner of an item
is who it was, else you; a blocker and the items that it blocks name each other
once; names are made of what is said; "intent" and "accept" may stand beside
the items, in lines as those flags take them. With --carry, -f says what is new
and the rest is what you hold; "resolved" names blockers of yours that are gone.
What is published has the strict form that handoff schema prints.`,
		Example: `  handoff declare
  handoff declare --resume
  handoff declare -f today.yaml
  handoff declare --carry -f changes.yaml
  handoff declare --carry --editor
  handoff declare --to ben --returns "mon 09:00" \
      --summary "The refund flow lacks one approval" \
      --item "refund-flow;in_review;PR #1842: 1 of 2;Get james's review" \
      --intent "refund-flow;Customers wait for refunds that a job lost" \
      --accept "refund-flow;PR #1842 is merged" \
      --none shipped,blockers,decisions`,
		GroupID: groupDaily,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDeclare(cmd.Context(), g, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.from, "from", "", "start from the template `NAME`, or from the handoff that a reference names")
	f.BoolVar(&o.carry, "carry", false, "start from what you hold, and with --amend from what that handoff says; with -f, it fills in what the file leaves out")
	f.BoolVar(&o.fromNotes, "from-notes", false, "lay over it what you noted down with handoff jot")
	f.BoolVar(&o.resume, "resume", false, "go on with the draft that waits")
	f.BoolVar(&o.fresh, "fresh", false, "set the draft that waits aside and start afresh")
	commaListVar(f, &o.give, "give", "`ITEM[=WHO]`, or all: the receiver does the next step, which is so anyway where the handoff is to one person")
	commaListVar(f, &o.keep, "keep", "`ITEM`, or all: the next step stays with you")
	listVar(f, &o.consult, "consult", "who is worth asking about an item: `'item;WHO'`; an empty second part clears the list")
	o.addFlags(f)
	cmd.MarkFlagsMutuallyExclusive("file", "editor")
	cmd.MarkFlagsMutuallyExclusive("file", "from", "resume")
	cmd.MarkFlagsMutuallyExclusive("from", "carry", "resume")
	cmd.MarkFlagsMutuallyExclusive("resume", "fresh")
	return cmd
}

// addFlags adds the flags that say what a handoff holds, whatever it starts
// from.
func (o *declareOptions) addFlags(f *pflag.FlagSet) {
	f.StringVarP(&o.file, "file", "f", "", "take the handoff from `FILE`, - for standard input")
	f.BoolVarP(&o.editor, "editor", "e", false, "write it in your editor")
	f.StringVar(&o.amend, "amend", "", "replace your handoff `REF`")
	f.StringVar(&o.summary, "summary", "", "`TEXT` is one sentence of at most 140 characters")
	commaListVar(f, &o.to, "to", "who is asked to take it: `WHO`, team, team:x, shift:x or lead:x")
	commaListVar(f, &o.cc, "cc", "`WHO` gets it for information")
	f.StringVar(&o.returns, "returns", "", "when you are back: `WHEN`, as in \"mon 09:00\" or an RFC 3339 time")
	f.StringVar(&o.cover, "cover", "", "`WHO` stands in while you are away for longer")
	listVar(f, &o.items, "item", "an item: `TEXT` is 'id;status;state;next', with the status ready, in_progress, in_review or blocked; empty parts keep what is there")
	listVar(f, &o.blockers, "blocker", "a blocker: `TEXT` is 'needs;because;resolver;blocks'")
	listVar(f, &o.blockedBy, "blocked-by", "an item waits for a blocker that is declared already, or for none: `'item;blocker'`, 'item;'")
	listVar(f, &o.workarounds, "workaround", "how it goes on in spite of a blocker: `'blocker;what'`, none with 'blocker;'")
	listVar(f, &o.decisions, "decision", "a decision: `'what -- why'`")
	listVar(f, &o.questions, "question", "a question that you leave open: `'ask;to'`")
	listVar(f, &o.supersedes, "supersedes", "a decision replaces an accepted one: `'decision;topic'`")
	listVar(f, &o.beside, "beside", "a decision holds beside one that says nearly the same: `'decision;topic'`")
	listVar(f, &o.shipped, "shipped", "what is finished: `'[item;]what'`")
	listVar(f, &o.dropped, "dropped", "an item that nobody will continue: `'item;why'`")
	listVar(f, &o.intents, "intent", "why an item is done: `'item;why'`")
	listVar(f, &o.accepts, "accept", "how to tell that an item is done: `'item;check'`; an empty check clears the list")
	listVar(f, &o.refs, "ref", "what an item refers to, a pr, ticket, branch, commit, file, url, doc or session (a transcript): `'item;pr:1842'`; an empty second part clears the list")
	listVar(f, &o.issues, "known-issue", "what is wrong with an item: `'item;what'`; an empty second part clears the list")
	listVar(f, &o.severities, "severity", "how severe an item is, routine, watch or critical: `'item;severity'`")
	listVar(f, &o.ifThens, "if-then", "what to do when something happens: `'item;if -> then'`; an empty second part clears the list")
	listVar(f, &o.doNots, "do-not", "what the receiver of an item must not do: `'item;what'`; an empty second part clears the list")
	listVar(f, &o.dues, "due", "by when an item is due: `'item;when'`, not at all with 'item;'")
	listVar(f, &o.efforts, "effort", "how much work an item is, as in 30m, 2h or 1d: `'item;2h'`")
	listVar(f, &o.titles, "title", "what an item is called for people: `'item;title'`")
	listVar(f, &o.readies, "ready", "what of an item is done and safe to build on: `'item;what'`")
	listVar(f, &o.progress, "progress", "how far an item is, in percent: `'item;40'`")
	listVar(f, &o.assumptions, "assumption", "what an item takes for granted: `'item;what'`; an empty second part clears the list")
	listVar(f, &o.tried, "tried", "what was tried in vain: `'item;what -> result'`; an empty second part clears the list")
	listVar(f, &o.dependsOn, "depends-on", "what an item depends on, another item or a pr:1842: `'item;what'`; an empty second part clears the list")
	listVar(f, &o.resolved, "resolved", "a blocker that you carried and that is gone: `'blocker;how'`")
	listVar(f, &o.continues, "continues", "an item that was split or renamed from another goes on with its history: `'item;from'`")
	f.StringVar(&o.notes, "notes", "", "`TEXT` that belongs to no item")
	listVar(f, &o.watch, "watch", "what to keep an eye on: `'what;signal;until;link'`")
	listVar(f, &o.standing, "standing", "a temporary condition: `'what;until'`")
	listVar(f, &o.ended, "ended", "what was watched or stood and is over: `'what;why'`")
	commaListVar(f, &o.none, "none", "say none: `LISTS` out of shipped, items, blockers, decisions, questions, dropped, watch, standing")
	listVar(f, &o.waive, "waive", "let a rule pass: `'CODE;why'`")
	f.BoolVar(&o.route, "route", false, "deliver it, its blockers, questions and decisions where the team's configuration says, as handoff route does")
	commaListVar(f, &o.allowSecrets, "allow-secret", "`FINGERPRINT` of a text that is no secret")
	o.publishOptions.addFlags(f)
	o.addPeopleFlags(f)
}

// flagged reports whether any flag says something that a handoff holds.
func (o *declareOptions) flagged() bool {
	lists := [][]string{o.to, o.cc, o.items, o.blockers, o.blockedBy, o.workarounds, o.decisions, o.shipped, o.dropped, o.intents, o.accepts, o.refs, o.give, o.keep, o.none, o.waive,
		o.issues, o.severities, o.ifThens, o.doNots, o.dues, o.efforts, o.titles, o.readies, o.progress, o.assumptions, o.tried, o.dependsOn, o.consult, o.resolved, o.continues, o.watch, o.standing, o.ended, o.questions, o.supersedes, o.beside}
	return o.notes != "" || o.summary != "" || o.returns != "" || o.cover != "" || slices.ContainsFunc(lists, func(l []string) bool { return len(l) > 0 })
}

// check refuses a command that says nothing, or asks for an editor where nobody
// can use one.
func (o *declareOptions) check(g *globals) error {
	based := o.file != "" || o.editor || o.carry || o.from != "" || o.amend != "" || o.resume
	if !g.Interactive && !based && !o.fromNotes && !o.flagged() {
		return missingFlags(new(handoff.Handoff))
	}
	return o.needTerminal(g)
}

// needTerminal refuses an editor where nobody can use one.
func (o *declareOptions) needTerminal(g *globals) error {
	if o.editor && !g.Interactive {
		return workspace.Usagef("use -f FILE, or flags", "--editor needs a terminal")
	}
	return nil
}

// byHand reports whether the user writes the rest of a draft: in the editor, or
// on a terminal what the flags do not say.
func (o *declareOptions) byHand(g *globals, d *workspace.Draft) bool {
	asked := g.Interactive && o.file == "" && (!o.flagged() || d.Handoff != nil && missingFlags(d.Handoff) != nil)
	return d.Handoff != nil && (o.editor || asked)
}

func runDeclare(ctx context.Context, g *globals, o declareOptions) error {
	if err := o.check(g); err != nil {
		return err
	}
	// What the draft will name is looked up when it is checked.
	ws, err := g.openForWriting(ctx, fold.Part{Refs: workspace.Given(o.from, o.amend)})
	if err != nil {
		return err
	}
	if err := o.checkRoute(ws); err != nil {
		return err
	}
	if err := o.takeNotes(ctx, g, ws); err != nil {
		return err
	}
	d, err := baseDraft(ctx, g, ws, o)
	if err == nil {
		err = layFlags(ws, d, o)
	}
	if err != nil {
		return err
	}
	if o.byHand(g, d) {
		return declareByHand(ctx, g, ws, o, d)
	}
	for _, freed := range d.Freed {
		if item := d.Handoff.Item(freed.Item); item == nil || item.Status != freed.Status {
			freed.Status = "" // a flag says another
		}
		g.note("%s", freed)
	}
	if err := nameSteps(ctx, g, ws, d); err != nil {
		return err
	}
	if d.Doc == nil && o.flagged() {
		if err := missingFlags(d.Handoff); err != nil {
			return err
		}
	}
	return publishChecked(ctx, g, ws, o, d)
}

// publishChecked checks a draft and publishes it.
func publishChecked(ctx context.Context, g *globals, ws *workspace.Workspace, o declareOptions, d *workspace.Draft) (err error) {
	if d.Noticed, err = ws.Meta(programVersion()); err != nil {
		return err
	}
	asking := o.askReviews(ctx, g, ws, d.Handoff)
	d.Work = factsHere(ctx, ws)
	if o.resume {
		drafts := form.Drafts{Dir: ws.Dir()}
		o.after = append(o.after, drafts.Drop)
	}
	if err := o.meetAll(ctx, g, ws, d); err != nil {
		return err
	}
	d.Reviews = g.answered(asking)
	return publishDraft(ctx, g, ws, o, d, ws.CheckDraft(d, o.allowSecrets))
}

// askReviews asks about the pull requests of a handoff. Those of a rollup are for who
// holds the items.
func (o *declareOptions) askReviews(ctx context.Context, g *globals, ws *workspace.Workspace, h *handoff.Handoff) *outbox.Asking {
	if h == nil || h.Rollup != nil {
		return nil
	}
	return g.askReviews(ctx, ws, ws.PullRequests(h))
}

// meetAll is meet for the people of a draft.
func (o *declareOptions) meetAll(ctx context.Context, g *globals, ws *workspace.Workspace, d *workspace.Draft) error {
	if d.Handoff == nil {
		return nil // the findings say why
	}
	return o.meet(ctx, g, ws, d.Handoff)
}

// publishDraft commits a draft as it was sealed when it was checked, with those
// findings.
func publishDraft(ctx context.Context, g *globals, ws *workspace.Workspace, o declareOptions, d *workspace.Draft, findings []handoff.Finding) error {
	findings, err := askAgainIn(ctx, g, ws, o, d, findings)
	if err != nil {
		return err
	}
	if d.Path == "" && len(d.Sealed) > 0 {
		findings = namingFlags(findings, handoff.Records(d.Sealed))
	}
	if handoff.HasErrors(findings) {
		return &workspace.FindingsError{What: "nothing was published", Findings: findings, Hint: d.RefusedHint(findings)}
	}
	g.notes(d.Unsettled)
	g.notes(d.Reviewed)
	if !o.dryRun && !g.mayPublish(ws, handoff.Records(d.Sealed)) {
		return g.keepHandoff(ws, d, o.noted, findings)
	}
	o.after, o.offersPush = append(o.after, ws.QueryCounter().Reset), !o.asked
	return publishRecords(ctx, g, ws, o.publishOptions, d.Sealed, findings)
}
