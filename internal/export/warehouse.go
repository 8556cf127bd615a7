package export

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/metrics"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/story"
)

// tables sends the rows of all tables of a warehouse, those of one table after those of
// the other. What stands now is what query says, what is measured what stats counts.
func (e *Exporter) tables(ctx context.Context, send func([]Row) error) error {
	state, err := e.Whole()
	if err != nil {
		return err
	}
	w := &repository{Exporter: e, state: state, ctx: ctx, send: send}
	for _, t := range warehouse()[1:] {
		rows[t.name](w, t)
		if w.err != nil {
			return w.err
		}
	}
	w.add(warehouse()[0], []any{repoRow{e.Repo, e.Repository.Directory, e.Repository.Ref, e.Repository.Head, e.Repository.ReadAt}})
	return w.err
}

// repository makes the rows of one repository.
type repository struct {
	*Exporter
	state *fold.State
	ctx   context.Context
	send  func([]Row) error
	err   error // the first one

	measured []metrics.Chain // once the chains are made
}

// rows make the rows of each table but that of the repositories.
var rows = map[string]func(w *repository, t *table){
	"people":      (*repository).people,
	RecordsTable:  (*repository).allRecords,
	"handoffs":    statesOf(fold.EntryHandoff, (*repository).handoff),
	"chains":      (*repository).chains,
	"boundaries":  (*repository).boundaries,
	"items":       statesOf(fold.EntryItem, (*repository).item),
	"item_events": (*repository).itemEvents,
	"blockers":    statesOf(fold.EntryBlocker, (*repository).blocker),
	"questions":   statesOf(fold.EntryQuestion, (*repository).question),
	"decisions":   (*repository).decisions,
	"acks":        (*repository).acks,
	"deliveries":  (*repository).deliveries,
	"closures":    (*repository).closures,
}

// add sends rows of a table.
func (w *repository) add(t *table, list []any) {
	sendRows(w, t, list, func(one any) (any, error) { return one, nil })
}

// sendRows makes rows of a table from a list, and sends them, some at a time.
func sendRows[From any](w *repository, t *table, list []From, row func(From) (any, error)) {
	for some := range slices.Chunk(list, statesAtOnce) {
		if w.err == nil {
			w.err = w.ctx.Err()
		}
		if w.err != nil {
			return
		}
		var encoded []Row
		encoded, w.err = encodeAll(some, func(from From) (Row, error) {
			one, err := row(from)
			if err != nil {
				return Row{}, err
			}
			return w.tableRow(t, one)
		})
		if w.err == nil {
			w.err = w.send(encoded)
		}
	}
}

// tableRow is a row in the form of the export.
func (e *Exporter) tableRow(t *table, one any) (Row, error) {
	if e.Format == FormatPostgres {
		return Row{table: t.name, line: t.copyLine(one)}, nil
	}
	line, err := t.jsonLine(one)
	return Row{table: t.name, line: line}, err
}

// statesOf makes a row for each thing of a kind, from the row that query has of it.
func statesOf[Line row.Row](kind fold.EntryKind, make func(*repository, Line) any) func(*repository, *table) {
	return func(w *repository, t *table) {
		var list []any
		for _, line := range query.States(w.Query, w.state.View, w.Env, kind, w.state.Keys(kind)) {
			list = append(list, make(w, line.(Line)))
		}
		w.add(t, list)
	}
}

func (w *repository) people(t *table) {
	handles := w.state.Authors()
	for who := range w.Survey.People {
		if !slices.Contains(handles, who) {
			handles = append(handles, who)
		}
	}
	slices.Sort(handles)
	var list []any
	for _, who := range handles {
		p := w.Survey.People[who]
		list = append(list, personRow{w.Repo, who, cmp.Or(p.Team, w.state.Teams[who]), p.Zone})
	}
	w.add(t, list)
}

func (w *repository) allRecords(t *table) {
	sendRows(w, t, w.state.Order(), func(r *handoff.Record) (any, error) {
		data, err := r.MarshalJSON()
		return recordRow{
			Repo: w.Repo, ID: r.ID, Kind: string(r.Kind), At: r.At.Time, By: r.By, To: handoff.AddresseesOf(r.Body), About: aboutOf(r.Body), Says: story.Says(r),
			Record: data, Path: r.Source.Path, Digest: r.Source.Digest, Commit: r.Source.Commit,
			OnlyOn: r.Source.OnlyOn(), Disputed: r.Source.Disputed, Unproven: w.isUnproven(r),
		}, err
	})
}

// isUnproven reports whether a record is a verdict that nobody saw given; nil is none.
func (w *repository) isUnproven(r *handoff.Record) bool {
	return r != nil && r.Kind.IsVerdict() && w.Env.Unproven != nil && w.Env.Unproven(r)
}

// at is when a record was written, zero for none.
func at(r *handoff.Record) time.Time {
	if r == nil {
		return time.Time{}
	}
	return r.At.Time
}

// by is who wrote a record, "" for none.
func by(r *handoff.Record) string {
	if r == nil {
		return ""
	}
	return r.By
}

// instant is a time of a row, which may have none.
func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// bare are references without their types.
func bare(refs []string) []string {
	list := make([]string, len(refs))
	for i, ref := range refs {
		_, list[i] = handoff.SplitRef(ref)
	}
	return list
}

func (w *repository) handoff(line *row.Handoff) any {
	h := w.state.Handoffs[line.ID]
	level := ""
	if h.Rollup != nil {
		level = h.Rollup.Level
	}
	to := slices.DeleteFunc(slices.Clone(h.To), func(address string) bool { return address == line.By })
	verdict := ""
	if h.Verdict != nil {
		verdict = h.Verdict.ID
	}
	is := func(flag string) bool { return slices.Contains(line.Flags, flag) }
	return handoffRow{
		Repo: w.Repo, ID: line.ID, At: instant(line.At), By: line.By, Team: h.Team, Zone: h.Zone, To: line.To, Summary: line.Summary,
		State: line.State, Severity: h.Severity(), Unacked: h.State == fold.HandoffPublished && len(to) > 0,
		Late: is(row.IsLate), Overdue: is(row.IsOverdue), Limbo: is(row.IsLimbo), Drifted: is(row.IsDrifted), Partial: is(row.IsPartial),
		Escalated: h.Escalation().Stands(), ReturnsAt: instant(line.ReturnsAt), Amends: line.Amends, First: h.First, SupersededBy: h.SupersededBy,
		Rollup: level, Items: line.Items, Taken: line.Taken, Verdict: verdict, VerdictAt: at(h.Verdict), Unproven: w.isUnproven(h.Verdict),
	}
}

func (w *repository) chains(t *table) {
	w.measured = metrics.Chains(w.state, w.Survey)
	var list []any
	for _, c := range w.measured {
		line := chainRow{
			Repo: w.Repo, Handoff: c.First.Record.ID, Latest: c.Latest.Record.ID, At: c.First.Record.At.Time, By: c.First.Record.By,
			Receivers: c.Receivers, Awaited: len(c.Receivers) > 0, AcceptedBy: by(c.Accepted), AcceptedAt: at(c.Accepted),
			Questions: int64(c.Questions), Limbo: c.Limbo, Stalls: int64(c.Stalls), Unproven: w.isUnproven(c.Accepted),
		}
		if c.Accepted != nil {
			line.Seconds = seconds(c.Took)
		}
		if c.Worked != nil {
			line.Worked = seconds(*c.Worked)
		}
		if c.Decided {
			line.FirstPass = &c.FirstPass
		}
		if c.Limited {
			line.Overdue = &c.Late
		}
		list = append(list, line)
	}
	w.add(t, list)
}

func seconds(d time.Duration) *int64 {
	whole := int64(d / time.Second)
	return &whole
}

func (w *repository) boundaries(t *table) {
	var list []any
	for _, c := range w.measured {
		for _, b := range c.Boundaries {
			list = append(list, boundaryRow{w.Repo, c.First.Record.ID, b.By, b.From, b.To})
		}
	}
	w.add(t, list)
}

func (w *repository) item(line *row.Item) any {
	it := w.state.Items[line.ID]
	next, err := json.Marshal(line.Next)
	if err != nil {
		panic(err) // strings always have a JSON form
	}
	var offered time.Time
	if it.Live() && it.Offer != nil {
		offered = it.Offer.At
	}
	return itemRow{
		Repo: w.Repo, ID: line.ID, Title: line.Title, Intent: line.Intent, Live: it.Live(), Status: line.Status, Severity: line.Severity, State: line.State,
		Holder: line.Holder, Team: w.Survey.People[line.Holder].Team, Owner: line.Owner, OfferedTo: line.OfferedTo, OfferedAt: offered, BlockedBy: line.BlockedBy,
		Next: next, Due: instant(line.Due), Since: instant(line.Since), FirstAt: at(w.state.Records[it.First]), DeclaredAt: it.At, Carried: int64(it.Carried),
		Escalated: it.Escalation().Stands(), ClosedBy: line.ClosedBy, Record: line.Source.Record, Unproven: w.isUnproven(w.state.Records[it.HeldBy]),
	}
}

// custody is what of an item an event may change.
type custody struct {
	status, holder string
	offered        []string
}

func custodyOf(it *fold.Item) custody {
	if it == nil {
		return custody{}
	}
	c := custody{status: cmp.Or(it.Closed, it.Status), holder: it.Holder}
	if it.Live() && it.Offer != nil {
		c.offered = it.Offer.To
	}
	return c
}

// itemEvents folds the records once more, and looks after each at the items that it may
// have changed: those in whose history it is, and those that it may end the offer of.
func (w *repository) itemEvents(t *table) {
	touched := make(map[string][]string) // items by id of the record
	for _, id := range w.state.Keys(fold.EntryItem) {
		for _, record := range w.state.Items[id].History {
			touched[record] = append(touched[record], id)
		}
	}
	var list []any
	known := make(map[string]custody)
	fold.Follow(w.state.Order(), w.Policy, func(r *handoff.Record, s *fold.State) {
		for _, id := range append(touched[r.ID], w.offeredBy(r)...) {
			before, now := known[id], custodyOf(s.Items[id])
			if before.status == now.status && before.holder == now.holder && slices.Equal(before.offered, now.offered) {
				continue
			}
			known[id] = now
			list = append(list, eventRow{
				Repo: w.Repo, Item: id, Record: r.ID, Kind: string(r.Kind), At: r.At.Time, By: r.By, StatusBefore: before.status, Status: now.status,
				HolderBefore: before.holder, Holder: now.holder, OfferedTo: now.offered, Unproven: w.isUnproven(r),
			})
		}
	})
	w.add(t, list)
}

// offeredBy are the items that the handoff offers which a record amends, answers or takes
// back: that ends an offer without a word in the history of the item.
func (w *repository) offeredBy(r *handoff.Record) (items []string) {
	subject := ""
	switch body := r.Body.(type) {
	case *handoff.Handoff:
		subject = body.Amends
	case *handoff.Ack:
		subject = body.Subject
	case *handoff.Withdrawal:
		subject = body.Subject
	}
	if h := w.state.Handoffs[subject]; h != nil {
		for _, item := range h.Items {
			items = append(items, item.ID)
		}
	}
	return items
}

func (w *repository) blocker(line *row.Blocker) any {
	b := w.state.Blockers[line.ID]
	return blockerRow{
		Repo: w.Repo, ID: line.ID, Needs: line.Needs, Because: line.Because, Type: b.Type, Severity: line.Severity, Blocks: bare(line.Blocks),
		Open: b.Open(), State: line.State, DeclaredBy: b.DeclaredBy, Since: instant(line.Since), OpenedAt: b.Opened, Reopened: int64(b.Reopened), Resolver: line.Resolver,
		Asked: line.Asked, AskedBecause: line.AskedNow.Because, Deadline: instant(line.Deadline), NeededBy: b.NeededBy.Time, Workaround: line.Workaround,
		AcknowledgedBy: by(b.Acknowledged), AcknowledgedAt: at(b.Acknowledged), ResolvedBy: by(b.Resolution), ResolvedAt: at(b.Resolution), How: line.How,
		Escalated: b.Escalation().Stands(), Record: line.Source.Record,
	}
}

func (w *repository) question(line *row.Question) any {
	q := w.state.Questions[line.ID]
	var answer *handoff.Record
	if n := len(q.Answers); n > 0 {
		answer = q.Answers[n-1]
	}
	return questionRow{
		Repo: w.Repo, ID: line.ID, Ask: line.Ask, By: line.By, To: line.To, About: q.About, Blocks: bare(q.Blocks), Open: q.Open(), State: line.State,
		Rounds: int64(line.Rounds), AskedAt: q.At, Asked: line.Asked, AskedBecause: line.Because, Deadline: instant(line.Deadline), NeededBy: q.NeededBy,
		Default: q.Default, Answer: line.Answer, AnsweredBy: by(answer), AnsweredAt: at(answer), Escalated: q.Escalation().Stands(), Record: line.Source.Record,
	}
}

func (w *repository) decisions(t *table) {
	var list []any
	for _, topic := range w.state.Keys(fold.EntryDecision) {
		times := make(map[string]int64) // that a record decides the topic
		for _, d := range w.state.Decisions[topic].Story() {
			times[d.Record]++
			list = append(list, decisionRow{
				Repo: w.Repo, ID: topic, Record: d.Record, Nth: times[d.Record], Decision: d.Decision.Decision, Rationale: d.Rationale,
				By: cmp.Or(d.DecidedBy, d.By), At: d.At, Status: d.State, Supersedes: d.Supersedes, SupersededBy: d.SupersededBy,
				Door: d.Door, Items: bare(d.Items), Answers: d.Answers, Source: d.Source,
			})
		}
	}
	w.add(t, list)
}

func (w *repository) acks(t *table) {
	var list []any
	for _, r := range w.state.Order() {
		ack, ok := r.Body.(*handoff.Ack)
		if !ok {
			continue
		}
		kind, waits, since := w.asked(ack.Subject)
		line := ackRow{
			Repo: w.Repo, ID: r.ID, Subject: ack.Subject, SubjectKind: kind, SubjectBy: waits, At: r.At.Time, By: r.By, Outcome: ack.Outcome,
			Reason: ack.Reason, Take: bare(ack.Take), Gaps: int64(len(ack.Gaps)), Unproven: w.isUnproven(r),
		}
		if h := w.state.Handoffs[ack.Subject]; h != nil {
			line.Verdict = h.Verdict == r
		}
		if ack.Drift != nil {
			commits := int64(ack.Drift.Commits)
			line.Drift = &commits
		}
		if !since.IsZero() {
			line.Seconds = seconds(max(0, r.At.Sub(since)))
		}
		list = append(list, line)
	}
	w.add(t, list)
}

// asked is what an ack is about: its kind, who waits for it and since when.
func (w *repository) asked(ref string) (kind, who string, since time.Time) {
	if r := w.state.Records[ref]; r != nil {
		return string(r.Kind), r.By, r.At.Time
	}
	if b := w.state.Blocker(ref); b != nil {
		return string(row.TypeBlocker), b.DeclaredBy, b.Opened
	}
	if q := w.state.Question(ref); q != nil {
		return string(row.TypeQuestion), q.By, q.At
	}
	return "", "", time.Time{}
}
