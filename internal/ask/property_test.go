package ask

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
	"pgregory.net/rapid"
)

var (
	start   = time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)
	people  = []string{"ana", "ben", "cleo"}
	slugs   = []string{"refund-flow", "refund-page", "payout-retry", "load-report", "step-1-2", "step-2-1", "step-1-1-2"}
	titles  = map[string]string{"refund-flow": "Partial refunds for cards", "payout-retry": "Payouts are tried again"}
	tickets = map[string]string{"refund-flow": "PAY-311", "load-report": "OPS-7"}
	stops   = []string{"bank-sandbox", "session-timeout"}
	pulls   = map[string]string{"refund-page": "1842", "payout-retry": "1850"}
	topics  = []string{"index-store", "rounding"}
)

// drawHistory makes records of some days: handoffs, acks and resolutions.
func drawHistory(t *rapid.T) []*handoff.Record {
	var records []*handoff.Record
	below := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "n") }
	pick := func(list []string) string { return list[below(len(list))] }
	for n := rapid.IntRange(1, 12).Draw(t, "records"); len(records) < n; {
		by := pick(people)
		at := start.Add(time.Duration(len(records)) * 7 * time.Hour)
		var body handoff.Body
		switch below(6) {
		default:
			h := &handoff.Handoff{
				To: handoff.List[string]{pick(people)}, Summary: "as it stands", ReturnsAt: handoff.Time{Time: at.Add(20 * time.Hour)},
				Shipped: handoff.List[handoff.Shipped]{}, Items: handoff.List[handoff.Item]{}, Blockers: handoff.List[handoff.Blocker]{}, Decisions: handoff.List[handoff.Decision]{},
			}
			for _, slug := range slugs {
				switch below(5) {
				case 0, 1:
					item := handoff.Item{
						ID: slug, Title: titles[slug], Owner: pick(people), State: "goes on", Next: []handoff.Next{{Do: "go on", Owner: pick(people)}},
						Status: pick([]string{handoff.StatusReady, handoff.StatusInProgress, handoff.StatusInReview, handoff.StatusBlocked}),
					}
					if ticket := tickets[slug]; ticket != "" {
						item.Refs = []handoff.Ref{{Type: "ticket", ID: ticket}}
					}
					if pull := pulls[slug]; pull != "" {
						ref := handoff.Ref{Type: "pr", ID: "#" + pull, State: pick([]string{"", "open", "merged"}), Approvals: pick([]string{"", "1/2", "2/2"})}
						if below(2) == 0 {
							ref.WaitingOn = []string{pick(people)}
						}
						item.Refs = append(item.Refs, ref)
					}
					if below(3) == 0 {
						item.Due = handoff.Time{Time: at.Add(time.Duration(below(100)) * time.Hour)}
					}
					h.Items = append(h.Items, item)
				case 2:
					h.Shipped = append(h.Shipped, handoff.Shipped{ID: slug, What: "it is out"})
				}
			}
			for _, id := range stops {
				if below(3) == 0 {
					h.Blockers = append(h.Blockers, handoff.Blocker{ID: id, Needs: "a word", Resolver: pick(people), Blocks: []string{pick(slugs)}})
				}
			}
			for _, topic := range topics {
				if below(3) == 0 {
					h.Decisions = append(h.Decisions, handoff.Decision{ID: topic, DecisionFields: handoff.DecisionFields{
						Decision: "We do it as " + pick(people) + " says", Rationale: "it is simple", Supersedes: "dec:" + topic,
					}})
				}
			}
			if below(3) == 0 {
				h.Questions = []handoff.OpenQuestion{{ID: "refund-limit", Ask: "how much?", To: pick(people)}}
			}
			body = h
		case 3:
			body = &handoff.Resolution{Blocker: pick(stops), Outcome: "resolved", How: "somebody did"}
		case 4:
			body = &handoff.Ack{Subject: fmt.Sprintf("%08d", below(max(1, len(records)))), Outcome: handoff.OutcomeAccepted, Take: []string{pick(slugs)}}
		}
		records = append(records, handoff.New(fmt.Sprintf("%08d", len(records)), at, by, body))
	}
	return records
}

// asker puts questions to one state, spelled at random.
type asker struct {
	t    *rapid.T
	view *fold.View
	env  Env
	now  time.Time
}

func newAsker(t *rapid.T) *asker {
	s := fold.Of(drawHistory(t), fold.PolicyPerItem)
	a := &asker{t: t, view: s.View, now: start.Add(100 * time.Hour)}
	a.env = Env{
		ParseEnv: query.ParseEnv{Me: "ana", Now: a.now, Location: time.UTC},
		Recall:   func(fold.Part) (*fold.View, error) { return s.View, nil }, Config: config.Default(),
	}
	return a
}

// spelled is a question as somebody may type it.
func (a *asker) spelled(question string) string {
	if rapid.Bool().Draw(a.t, "mark") {
		question += "?"
	}
	if rapid.Bool().Draw(a.t, "capitals") {
		question = strings.ToUpper(question)
	}
	return rapid.SampledFrom([]string{"", "please ", "hey, ", "can you tell me "}).Draw(a.t, "opening") + question
}

// ask is the answer, or the error that the question is.
func (a *asker) ask(question string) (query.Answer, error) {
	q, err := Read([]string{a.spelled(question)}, a.env)
	if err != nil {
		return query.Answer{}, err
	}
	answer, err := query.Ask(q, a.env.Recall, query.Env{Now: a.now, Config: a.env.Config})
	if err != nil {
		a.t.Fatalf("%s: %v", question, err)
	}
	return answer, nil
}

// answer is the answer to a question that must be understood.
func (a *asker) answer(question string) query.Answer {
	answer, err := a.ask(question)
	if err != nil {
		a.t.Fatalf("%s: %v", question, err)
	}
	return answer
}

// verdict checks a question of yes or no.
func (a *asker) verdict(question string, want bool) {
	answer := a.answer(question)
	if yes := map[bool]string{true: "yes", false: "no"}[want]; answer.Verdict != yes && (want || answer.Verdict != "unknown") {
		a.t.Fatalf("%s (%s): %s, %q; want %s", question, answer.Understood, answer.Verdict, answer.Say, yes)
	}
}

// lists checks which things a question finds.
func (a *asker) lists(question string, want []string) {
	answer := a.answer(question)
	found := []string{}
	for _, row := range answer.Rows {
		found = append(found, row.Cells()[0])
		if row.Cited().Record == "" {
			a.t.Fatalf("%s: a row cites nothing", question)
		}
	}
	slices.Sort(found)
	slices.Sort(want)
	if !slices.Equal(found, want) {
		a.t.Fatalf("%s (%s): %v, want %v", question, answer.Understood, found, want)
	}
}

// named are ways to name an item.
func (a *asker) named(slug string) string {
	ways := []string{slug, strings.ReplaceAll(slug, "-", " "), "the " + strings.ReplaceAll(slug, "-", " "), "item " + slug}
	if it := a.view.Items[slug]; it != nil && tickets[slug] != "" {
		ways = append(ways, tickets[slug], "ticket "+tickets[slug])
	}
	if it := a.view.Items[slug]; it != nil && it.Title != "" {
		ways = append(ways, it.Title)
	}
	return rapid.SampledFrom(ways).Draw(a.t, "name")
}

// openBlockers are those in front of the items that fit.
func (a *asker) openBlockers(fits func(*fold.Item) bool) []string {
	found := []string{}
	for id, b := range a.view.Blockers {
		if it := a.view.Items[b.Blocks[0]]; b.Open() && it != nil && fits(it) {
			found = append(found, id)
		}
	}
	return found
}

func (a *asker) itemsWhere(fits func(*fold.Item) bool) []string {
	found := []string{}
	for id, it := range a.view.Items {
		if fits(it) {
			found = append(found, id)
		}
	}
	return found
}

// isBlocked is what a colleague would call so: it says so, or something stops it.
func (a *asker) isBlocked(it *fold.Item) bool {
	return it.Live() && (it.Status == handoff.StatusBlocked || len(a.openBlockers(func(other *fold.Item) bool { return other == it })) > 0)
}

// shipped checks what somebody is said to have shipped in a time. Where no handoff
// is of that time, nobody knows.
func (a *asker) shipped(question, who string, since, until time.Time) {
	want := []string{}
	add := func(id string, r *handoff.Record) {
		if r.By == who && !r.At.Before(since) && r.At.Before(until) {
			want = append(want, id)
		}
	}
	for id, it := range a.view.Items {
		if it.Closed == fold.ItemShipped {
			add(id, a.view.Records[it.ClosedBy])
		}
	}
	for _, h := range a.view.Handoffs {
		for _, s := range h.Shipped {
			if a.view.Items[s.ID] == nil {
				add(s.ID, h.Record)
			}
		}
	}
	a.lists(question, want)
}

// Whatever the state, the answer to a question is what the state says.
func TestAnswersAreTheState(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := newAsker(t)
		for _, slug := range slugs {
			if answer, err := a.ask("is " + slug + " done"); !a.knows(slug) && (err != nil || answer.Answered) {
				t.Fatalf("is %s done: nobody knows it, but %q, %v", slug, answer.Say, err)
			}
		}
		for _, slug := range a.itemsWhere(func(*fold.Item) bool { return true }) {
			it, name := a.view.Items[slug], a.named(slug)
			a.lists("who has "+name, []string{slug})
			if row := a.answer("who owns " + name).Rows[0].(*row.Item); row.Owner != it.Owner || row.ID != slug {
				t.Fatalf("who owns %s: %s, want %s", name, row.Owner, it.Owner)
			}
			a.verdict("is "+name+" done", !it.Live())
			a.verdict("has "+name+" been shipped", !it.Live())
			a.verdict("is "+name+" blocked", a.isBlocked(it))
			a.verdict("is "+name+" in review", it.Live() && it.Status == handoff.StatusInReview)
			a.lists("what is blocking "+name, a.openBlockers(func(other *fold.Item) bool { return other.ID == slug }))
			for _, who := range people {
				a.verdict("is "+who+" working on "+name, it.Holder == who)
				a.verdict("did "+who+" ship "+name, !it.Live() && a.view.Records[it.ClosedBy].By == who)
			}
		}
		a.lists("which items are blocked", a.itemsWhere(a.isBlocked))
		for id, b := range a.view.Blockers {
			a.verdict("has the "+strings.ReplaceAll(id, "-", " ")+" blocker been resolved", !b.Open())
			a.verdict("is "+id+" unresolved", b.Open())
		}
		for _, who := range people {
			holds := func(it *fold.Item) bool { return it.Live() && it.Holder == who }
			a.lists("what does "+who+" hold", a.itemsWhere(holds))
			a.lists("what's blocking "+who, a.openBlockers(func(it *fold.Item) bool { return it.Holder == who }))
			a.verdict("is "+who+" blocked", slices.ContainsFunc(a.itemsWhere(holds), func(id string) bool { return a.isBlocked(a.view.Items[id]) }))
			if a.answer("what did "+who+" ship").Understood == `shipped `+who {
				continue // nobody knows them
			}
			midnight := a.now.Truncate(24 * time.Hour)
			a.shipped("what did "+who+" ship yesterday", who, midnight.AddDate(0, 0, -1), midnight)
			a.shipped("what has "+who+" shipped since wednesday", who, midnight.AddDate(0, 0, -2), a.now)
			a.shipped("what did "+who+" finish this week", who, midnight.AddDate(0, 0, -4), a.now)
		}
		for id, h := range a.view.Handoffs {
			for _, who := range people {
				acked := slices.ContainsFunc(h.Acks, func(ack *handoff.Record) bool { return ack.By == who })
				a.verdict("has "+who+" acked handoff "+id, acked)
			}
		}
	})
}

// keys are what the rows of an answer are about, sorted, each with a source.
func (a *asker) keys(question string) []string {
	found := []string{}
	for _, line := range a.answer(question).Rows {
		if line.Cited().Record == "" {
			a.t.Fatalf("%s: a row cites nothing", question)
		}
		found = append(found, line.Key())
	}
	slices.Sort(found)
	return found
}

// same checks that a question finds just these.
func (a *asker) same(question string, want []string) {
	a.t.Helper()
	slices.Sort(want)
	if found := a.keys(question); !slices.Equal(found, append([]string{}, want...)) {
		a.t.Fatalf("%s: %v, want %v", question, found, want)
	}
}

// waits are what somebody is to do for others.
func (a *asker) waits(who string) []string {
	var want []string
	for id, b := range a.view.Blockers {
		if b.Open() && b.Resolver == who {
			want = append(want, id)
		}
	}
	for key, q := range a.view.Questions {
		if q.Open() && q.To == who {
			want = append(want, key)
		}
	}
	for id, h := range a.view.Handoffs {
		if h.State == fold.HandoffPublished && h.Record.By != who && slices.Contains(h.To, who) && !h.AnsweredBy(who) {
			want = append(want, id)
		}
	}
	for id, it := range a.view.Items {
		if it.Live() && it.Offer != nil && it.Offer.From != who && slices.Contains(it.Offer.To, who) {
			if h := a.view.Handoffs[it.Offer.Record]; h == nil || !h.AnsweredBy(who) {
				want = append(want, id)
			}
		}
	}
	return append(want, a.pullsWhere(func(it *fold.Item, ref handoff.Ref) bool {
		return it.Live() && ref.State != "merged" && slices.Contains(ref.WaitingOn, who)
	})...)
}

// awaits are what somebody waits for.
func (a *asker) awaits(who string) []string {
	want := a.openBlockers(func(it *fold.Item) bool { return it.Holder == who })
	for key, q := range a.view.Questions {
		if q.Open() && q.By == who {
			want = append(want, key)
		}
	}
	for id, h := range a.view.Handoffs {
		if h.State == fold.HandoffPublished && h.Record.By == who && h.To[0] != who {
			want = append(want, id)
		}
	}
	for id, it := range a.view.Items {
		if it.Live() && it.Offer != nil && it.Offer.From == who {
			want = append(want, id)
		}
		for _, ref := range it.Refs {
			if it.Live() && it.Holder == who && len(ref.WaitingOn) > 0 {
				want = append(want, id+" "+ref.ID)
			}
		}
	}
	return want
}

// What is asked of people is what the state says of them.
func TestAnswersAboutPeople(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := newAsker(t)
		midnight := a.now.Truncate(24 * time.Hour)
		for _, who := range people {
			wanted := map[string][]string{"what waits for " + who: a.waits(who), "what does " + who + " owe": a.waits(who), "what is " + who + " waiting for": a.awaits(who)}
			for _, question := range slices.Sorted(maps.Keys(wanted)) {
				want := wanted[question]
				if answer, err := a.ask(question); err != nil || len(answer.Rows) == 0 && len(want) == 0 {
					continue // nobody knows them, or there is nothing
				}
				a.same(question, want)
			}
			latest := a.view.Latest(who)
			answer, err := a.ask("is " + who + " away")
			switch {
			case err != nil:
			case latest == nil && answer.Verdict != "unknown":
				t.Fatalf("is %s away: %s, %q", who, answer.Verdict, answer.Say)
			case latest != nil:
				a.verdict("is "+who+" away", latest.ReturnsAt.After(a.now))
				a.verdict("is "+who+" back", !latest.ReturnsAt.After(a.now))
				a.verdict("did "+who+" hand over today", !latest.Record.At.Before(midnight))
				if back := a.answer("when is " + who + " back").Rows[0].(*row.Person).Back; latest.ReturnsAt.After(a.now) != (back != nil) {
					t.Fatalf("%s returns %v: %v", who, latest.ReturnsAt, back)
				}
				a.same(who+"'s handoff", a.currentBy(who))
			}
			if latest == nil {
				continue
			}
			for _, line := range a.answer("what should " + who + " do next").Rows {
				item := line.(*row.Item)
				if it := a.view.Items[item.ID]; !it.Live() || len(item.Next) == 0 {
					t.Fatalf("next of %s: %+v", who, item)
				}
			}
			next := a.keys("what should " + who + " do next")
			for id, it := range a.view.Items {
				mine := it.Live() && it.Holder == who && it.Offer == nil && it.Next[0].Owner == who
				if mine && !slices.Contains(next, id) {
					t.Fatalf("%s is to do %s next, which holds %v", who, id, next)
				}
			}
			for _, line := range a.answer("what does " + who + " own").Rows {
				if item := line.(*row.Item); item.Owner != who {
					t.Fatalf("%s owns %+v", who, item)
				}
			}
			a.same("which PRs wait for "+who, a.pullsWhere(func(it *fold.Item, ref handoff.Ref) bool { return it.Live() && slices.Contains(ref.WaitingOn, who) }))
		}
	})
}

// currentBy are the handoffs of somebody that still speak.
func (a *asker) currentBy(who string) []string {
	var ids []string
	for _, h := range a.view.Current() {
		if h.Record.By == who {
			ids = append(ids, h.Record.ID)
		}
	}
	return ids
}

func (a *asker) pullsWhere(fits func(*fold.Item, handoff.Ref) bool) []string {
	var keys []string
	for id, it := range a.view.Items {
		for _, ref := range it.Refs {
			if ref.Type == "pr" && fits(it, ref) {
				keys = append(keys, id+" "+ref.ID)
			}
		}
	}
	return keys
}

// What is asked of things is what the state says of them: decisions, reviews,
// deadlines, acks, histories, questions.
func TestAnswersAboutThings(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := newAsker(t)
		a.decisions()
		for _, slug := range slices.Sorted(slices.Values(a.itemsWhere((*fold.Item).Live))) {
			it, name := a.view.Items[slug], a.named(slug)
			if found := a.ids("history of " + name); !slices.Equal(found, it.History) {
				t.Fatalf("history of %s: %v, want %v", name, found, it.History)
			}
			late := !it.Due.IsZero() && it.Due.Before(a.now)
			if answer := a.answer("is " + name + " overdue"); late != (answer.Verdict == "yes") {
				t.Fatalf("is %s overdue: %s, due %v", name, answer.Say, it.Due)
			}
			for _, ref := range it.Refs {
				if ref.Type != "pr" {
					continue
				}
				pull := "PR " + ref.ID
				a.verdict("is "+pull+" merged", ref.State == "merged")
				if ref.State != "" { // else nobody knows
					a.verdict("is "+pull+" unmerged", ref.State != "merged")
				}
				a.verdict("is "+pull+" approved", ref.Approvals == "2/2")
				line := a.answer("who reviews " + pull).Rows[0].(*row.Review)
				if !slices.Equal(line.WaitingOn, append([]string{}, ref.WaitingOn...)) || line.Item != slug {
					t.Fatalf("who reviews %s: %+v", pull, line)
				}
			}
		}
		var due []string
		for id, it := range a.view.Items {
			if it.Live() && !it.Due.IsZero() {
				due = append(due, "item:"+id+" item "+it.Owner)
			}
		}
		if answer := a.answer("what is due"); len(answer.Rows)+len(due) > 0 {
			a.same("what is due", due)
		}
		for _, id := range slices.Sorted(maps.Keys(a.view.Handoffs)) {
			h := a.view.Handoffs[id]
			var acked []string
			for _, ack := range h.Acks {
				if key := id + " " + ack.By; !slices.Contains(acked, key) {
					acked = append(acked, key)
				}
			}
			if len(acked) > 0 {
				a.same("who has acked handoff "+id, acked)
			}
		}
		var open []string
		for key, q := range a.view.Questions {
			if q.Pending() {
				open = append(open, key)
			}
		}
		if answer := a.answer("any open questions"); len(answer.Rows)+len(open) > 0 {
			a.same("which questions are open", open)
		}
	})
}

// decisions checks what was decided: at all, by whom, when, and about what.
func (a *asker) decisions() {
	wednesday := a.now.Truncate(24*time.Hour).AddDate(0, 0, -2)
	list := func(fits func(*fold.Decision) bool) []string {
		var want []string
		for id, d := range a.view.Decisions {
			for _, one := range d.Story() {
				if fits(one) && (one.Stands() || one.State == fold.DecisionProposed) {
					want = append(want, id)
				}
			}
		}
		return want
	}
	questions := map[string]func(*fold.Decision) bool{
		"what was decided":                       func(*fold.Decision) bool { return true },
		"what did ben decide":                    func(d *fold.Decision) bool { return d.By == "ben" },
		"what have we decided since wednesday":   func(d *fold.Decision) bool { return !d.At.Before(wednesday) },
		"which decisions did ana make this week": func(d *fold.Decision) bool { return d.By == "ana" },
	}
	for _, question := range slices.Sorted(maps.Keys(questions)) {
		if want := list(questions[question]); len(want) > 0 {
			a.same(question, want)
		}
	}
	for _, topic := range slices.Sorted(maps.Keys(a.view.Decisions)) {
		d := a.view.Decisions[topic]
		answer := a.answer("why did we decide on the " + strings.ReplaceAll(topic, "-", " "))
		if first := answer.Rows[0].(*row.Decision); first.ID != topic || d.Stands() && first.Decision != d.Decision.Decision {
			a.t.Fatalf("why %s: %+v", topic, first)
		}
	}
}

// ids are the records of events, in their order.
func (a *asker) ids(question string) []string {
	var found []string
	for _, line := range a.answer(question).Rows {
		found = append(found, line.(*row.Event).ID)
	}
	return found
}

// A word that nobody knows is never passed over: with it a question is one that is
// not understood, or one about a name that no record knows.
func TestNoWordIsPassedOver(t *testing.T) {
	t.Parallel()
	questions := []string{
		"what is blocked", "what is blocking ben", "is ben blocked", "who owns the refund flow", "who has refund-flow", "what did ana ship this week",
		"what do i do next", "is refund flow done", "any open questions", "who is away", "when is ben back", "what does cleo hold", "what changed since yesterday",
		"who has not declared", "has ben acked my handoff", "what is at risk", "status of payout-retry", "what waits for ben", "history of refund-flow",
	}
	rapid.Check(t, func(t *rapid.T) {
		a := newAsker(t)
		words := strings.Fields(rapid.SampledFrom(questions).Draw(t, "question"))
		at := rapid.IntRange(1, len(words)).Draw(t, "at")
		question := strings.Join(slices.Insert(words, at, rapid.SampledFrom([]string{"xylophone", "zebra-9", "quux"}).Draw(t, "word")), " ")
		answer, err := a.ask(question)
		var ambiguous *handoff.AmbiguousError
		var unknown *query.UnknownQuestionError
		var nobody *handoff.UnknownError
		switch {
		case errors.As(err, &ambiguous), errors.As(err, &unknown), errors.As(err, &nobody):
		case err != nil:
			t.Fatalf("%s: %v", question, err)
		case answer.Answered:
			t.Fatalf("%s: understood as %s: %q", question, answer.Understood, answer.Say)
		}
		if errors.As(err, &unknown) && (len(unknown.Suggest) == 0 || len(unknown.Suggest) > mostNear) {
			t.Fatalf("%s: near are %v", question, unknown.Suggest)
		}
	})
}

// knows reports whether a record speaks of an item, or of something shipped.
func (a *asker) knows(slug string) bool {
	for _, h := range a.view.Handoffs {
		if slices.ContainsFunc(h.Shipped, func(s handoff.Shipped) bool { return s.ID == slug }) {
			return true
		}
	}
	return a.view.Items[slug] != nil
}

// Words of two things mean both, and are listed.
func TestAmbiguousNames(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := newAsker(t)
		_, err := a.ask("who has the refund")
		ambiguous := new(handoff.AmbiguousError)
		both := a.knows("refund-flow") && a.knows("refund-page")
		if errors.As(err, &ambiguous) != both {
			t.Fatalf("two of them %t: %v", both, err)
		}
	})
}
