package cli

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/outbox"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/story"
	"github.com/handoff-cli/handoff/internal/text"
)

// What may stand at the cursor, from the records and the configuration.

// fixed offers words that are always the same.
func fixed(words ...string) offers {
	return func(*cursor) []offer { return plain(words) }
}

// choices offers what the schema lets a field of a record say.
func choices(kind handoff.Kind, field string) offers {
	return func(*cursor) []offer { return plain(rules.Choices(kind, field)) }
}

func plain(words []string) []offer {
	list := make([]offer, len(words))
	for i, word := range words {
		list[i].word = word
	}
	return list
}

// under puts a prefix in front of words.
func under(prefix string, list []offer) []offer {
	for i := range list {
		list[i].word = prefix + list[i].word
	}
	return list
}

// handles are the people of the roster, and those who have written a record.
func (c *cursor) handles() []offer {
	roster := offered(c.open().TeamConfig.People, nil, func(p config.Person) []string { return []string{p.Name, p.Team} })
	return append(roster, offered(c.open().State.Teams, nil, func(team string) []string { return []string{team} })...)
}

// myself is who asks, in a question.
var myself = offer{"me", "you"}

// people are handles and the addresses of groups.
func (c *cursor) people() []offer {
	list := append(c.handles(), offer{"team", "the team of the sender, or of who asks"})
	list = append(list, under("team:", c.teams())...)
	leads := offered(c.open().TeamConfig.Teams, nil, func(t config.Team) []string { return []string{t.Lead} })
	list = append(list, under("lead:", leads)...)
	return append(list, under("shift:", plain(c.open().TeamConfig.Zones))...)
}

// teams are those of the configuration, and those that handoffs name.
func (c *cursor) teams() []offer {
	list := offered(c.open().TeamConfig.Teams, nil, func(t config.Team) []string { return []string{t.Zone} })
	named := slices.Sorted(maps.Values(c.open().State.Teams))
	return append(list, plain(slices.DeleteFunc(named, func(name string) bool { return name == "" }))...)
}

func (c *cursor) pods() []offer { return plain(slices.Sorted(maps.Keys(c.open().TeamConfig.Pods))) }

// targets are those that the user has configured.
func (c *cursor) targets() []offer {
	names, err := outbox.TargetNames(c.g.Environ)
	if err != nil {
		return nil // nobody is told anything while they type
	}
	return plain(names)
}

func (c *cursor) kinds() []offer { return plain(kindNames()) }

func (c *cursor) times() []offer {
	return plain([]string{"today", "yesterday", "1h", "8h", "1d", "2d", "1w", "2w"})
}

// offered are the entries that are wanted, all of them where wanted is nil, by name.
func offered[T any](entries map[string]T, wanted func(T) bool, about func(T) []string) []offer {
	var list []offer
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		if entry := entries[name]; wanted == nil || wanted(entry) {
			list = append(list, offer{name, text.JoinNonEmpty(", ", about(entry)...)})
		}
	}
	return list
}

// items are the live ones.
func (c *cursor) items() []offer {
	return offered(c.open().State.Items, (*fold.Item).Live, func(it *fold.Item) []string {
		return []string{it.Status, it.Holder, cmp.Or(it.Title, it.State)}
	})
}

// blockers are the open ones.
func (c *cursor) blockers() []offer {
	return offered(c.open().State.Blockers, (*fold.Blocker).Open, func(b *fold.Blocker) []string {
		return []string{b.Resolver, b.Needs}
	})
}

// questions are those that are not closed.
func (c *cursor) questions() []offer {
	notClosed := func(q *fold.Question) bool { return q.Open() || q.State == fold.QuestionAnswered }
	return offered(c.open().State.Questions, notClosed, func(q *fold.Question) []string { return []string{q.To, q.Ask} })
}

// decisions are the topics on which something stands or is proposed.
func (c *cursor) decisions() []offer {
	stands := func(d *fold.Decision) bool {
		return d.State == fold.DecisionAccepted || d.State == fold.DecisionProposed
	}
	return offered(c.state(fold.Part{Decisions: true}).Decisions, stands, func(d *fold.Decision) []string {
		return []string{d.Decision.Decision}
	})
}

// proposed are the topics on which something is proposed.
func (c *cursor) proposed() []offer {
	pending := func(d *fold.Decision) bool { return d.Pending() != nil }
	return offered(c.state(fold.Part{Decisions: true}).Decisions, pending, func(d *fold.Decision) []string {
		return []string{d.Pending().Decision.Decision}
	})
}

// handoffs are the current ones for which keep holds, by id.
func (c *cursor) handoffs(keep func(*fold.Handoff) bool) []offer {
	var list []offer
	for _, h := range c.open().State.Current() {
		if keep(h) {
			list = append(list, offer{h.Record.ID, text.JoinNonEmpty(", ", h.Record.By, h.Summary)})
		}
	}
	return list
}

// unsettled are open blockers and questions, and handoffs without a verdict.
func (c *cursor) unsettled() []offer {
	return slices.Concat(c.named(refOffers{handoff.RefBlocker, c.blockers()}, refOffers{handoff.RefQuestion, c.questions()}),
		c.handoffs(func(h *fold.Handoff) bool { return h.State == fold.HandoffPublished }))
}

// own is what the user may take back or replace.
func (c *cursor) own() []offer {
	me := c.open().Me
	list := c.handoffs(func(h *fold.Handoff) bool { return h.Record.By == me })
	for _, o := range c.questions() {
		if c.open().State.Questions[o.word].By == me {
			list = append(list, o)
		}
	}
	return append(list, c.records()...)
}

// waiting is what waits for the user: the inbox.
func (c *cursor) waiting() []offer {
	ws := c.open()
	if ws.Me == "" {
		return c.records()
	}
	var list []offer
	inbox := query.Run(query.Query{Topic: query.WaitingOn, Arg: ws.Me, Me: ws.Me}, ws.State, ws.QueryEnv())
	for _, line := range inbox.Rows {
		switch row := line.(type) {
		case *row.Handoff:
			list = append(list, offer{row.ID, text.JoinNonEmpty(", ", row.By, row.Summary)}, offer{"@" + row.By, "the latest handoff by " + row.By})
		case *row.Item: // an offer is acked, not the item
			list = append(list, offer{row.Source.Record, text.JoinNonEmpty(", ", row.Source.By, row.ID)})
		case *row.Blocker:
			list = append(list, offer{row.ID, row.Needs})
		}
	}
	for _, b := range c.state(fold.Part{Back: ws.Me}).Backs[ws.Me] { // to say that they have seen it
		list = append(list, offer{b.Subject, text.JoinNonEmpty(", ", b.Cause.By, b.Kind)})
	}
	return append(list, c.records()...)
}

// anything is everything that is present, and any record that begins as typed. Of
// decisions more and more stand: without a beginning there would be too many.
func (c *cursor) anything() []offer {
	groups := []refOffers{{handoff.RefItem, c.items()}, {handoff.RefBlocker, c.blockers()}, {handoff.RefQuestion, c.questions()}}
	if c.typed != "" {
		groups = append(groups, refOffers{handoff.RefDecision, c.decisions()})
	}
	list := c.named(groups...)
	current := c.handoffs(func(*fold.Handoff) bool { return true })
	for _, o := range current {
		by := c.open().State.Records[o.word].By
		list = append(list, offer{"@" + by, "the latest handoff by " + by})
	}
	return slices.Concat(list, current, c.records())
}

// refOffers are things of one type.
type refOffers struct {
	typ  handoff.RefType
	list []offer
}

// named offers things by their name, with their type where two have the same
// name or the type was typed.
func (c *cursor) named(groups ...refOffers) []offer {
	count := make(map[string]int)
	for _, group := range groups {
		for _, o := range group.list {
			count[o.word]++
		}
	}
	var list []offer
	for _, group := range groups {
		prefix := string(group.typ) + ":"
		for _, o := range group.list {
			if count[o.word] > 1 || strings.HasPrefix(c.typed, prefix) {
				o.word = prefix + o.word
			}
			list = append(list, o)
		}
	}
	return list
}

// records are those whose id begins as typed. Without a beginning there would
// be too many.
func (c *cursor) records() []offer {
	if len(c.typed) < fold.MinPrefix || len(c.typed) > handoff.IDLength || strings.Trim(c.typed, handoff.IDAlphabet) != "" {
		return nil
	}
	records := c.state(fold.Part{Refs: []string{c.typed}}).Records
	typed := func(r *handoff.Record) bool { return strings.HasPrefix(r.ID, c.typed) }
	return offered(records, typed, func(r *handoff.Record) []string { return []string{string(r.Kind), r.By, story.Says(r)} })
}

// decided are the subjects of the decision log.
func (c *cursor) decided() []offer {
	if decisions, err := c.cmd.Flags().GetBool("decisions"); err != nil || !decisions || len(c.words) > 0 {
		return nil
	}
	return append(c.decisions(), c.items()...)
}

// question offers a topic with its argument, and terms.
func (c *cursor) question() []offer {
	if name, _, isTerm := strings.Cut(c.typed, ":"); isTerm {
		return c.term(query.Qualifier(strings.ToLower(name)))
	}
	var list []offer
	switch len(c.words) {
	case 0:
		for _, t := range query.Topics() {
			list = append(list, offer{string(t.Name), t.Help})
		}
	case 1:
		list = c.argument(query.Topic(strings.ToLower(c.words[0])))
	}
	for _, q := range query.Qualifiers() {
		list = append(list, offer{string(q.Name) + ":", q.Help})
	}
	return list
}

// argument offers what a topic may be about.
func (c *cursor) argument(topic query.Topic) []offer {
	switch topic {
	case query.WaitingOn, query.NextSteps, query.Holds:
		return append(c.people(), myself)
	case query.Whois:
		return append(c.items(), c.areas("")...)
	case query.Why:
		return c.named(refOffers{handoff.RefItem, c.items()}, refOffers{handoff.RefBlocker, c.blockers()})
	case query.Decisions:
		return append(c.decisions(), c.items()...)
	case query.Contracts:
		return c.teams()
	}
	return nil
}

func (c *cursor) areas(prefix string) []offer {
	var list []offer
	for _, a := range c.open().TeamConfig.Authorities {
		list = append(list, offer{prefix + a.Area, a.Primary})
	}
	return list
}

// term offers the values of a term. Several may be joined by commas.
func (c *cursor) term(name query.Qualifier) []offer {
	before := string(name) + ":"
	if i := strings.LastIndexByte(c.typed, ','); i >= 0 && name != query.HasRef {
		before = c.typed[:i+1]
	}
	for _, q := range query.Qualifiers() {
		if q.Name == name && len(q.Values) > 0 {
			return under(before, plain(q.Values))
		}
	}
	switch name {
	case query.By, query.To, query.Owner, query.Holder:
		return under(before, append(c.people(), myself))
	case query.Resolver:
		return under(before, append(append(c.people(), myself), c.areas("area:")...))
	case query.Team:
		return under(before, c.teams())
	case query.InItem:
		return under(before, c.items())
	case query.HasRef:
		return under(before, c.refs())
	case query.Since, query.Until:
		return under(before, c.times())
	}
	return nil
}

// refs are what live items refer to.
func (c *cursor) refs() []offer {
	items := c.open().State.Items
	var list []offer
	for _, id := range slices.Sorted(maps.Keys(items)) {
		if items[id].Live() {
			for _, ref := range items[id].Refs {
				list = append(list, offer{ref.ID, text.JoinNonEmpty(" of ", ref.Type, id)})
			}
		}
	}
	return list
}
