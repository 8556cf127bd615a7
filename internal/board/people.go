package board

import (
	"cmp"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/sorting"
)

// People are all whom the roster or a record knows, by handle: those who wrote one, and
// those whom one asks for something that is not over.
func People(s *fold.View, env query.Env) []*row.Person {
	var people []*row.Person
	known := make(map[string]bool)
	for _, r := range query.Rows(query.Query{Topic: query.Returns}, s, env) {
		people = append(people, r.(*row.Person))
		known[r.Key()] = true
	}
	for _, topic := range []query.Topic{query.Escalated, query.Blocked, query.Questions, query.Unacked, query.Items, query.Reviews} {
		for _, r := range query.Rows(query.Query{Topic: topic}, s, env) {
			for _, who := range asks(r) {
				if who == "" || known[who] || config.IsGroup(who) {
					continue
				}
				known[who] = true
				people = append(people, stranger(who, env))
			}
		}
	}
	sorting.By(people, func(a, b *row.Person) int { return cmp.Compare(a.ID, b.ID) })
	return people
}

// asks are the addresses of those whom a thing waits for.
func asks(r row.Row) []string {
	switch r := r.(type) {
	case *row.Escalation:
		return []string{r.To, r.Asked}
	case *row.Blocker:
		return []string{r.Resolver, r.Asked}
	case *row.Question:
		return []string{r.To, r.Asked}
	case *row.Handoff:
		return r.To
	case *row.Item:
		return append([]string{r.Holder}, r.OfferedTo...)
	case *row.Review:
		return r.WaitingOn
	}
	return nil
}

// stranger is somebody who has written nothing, and who is not in the roster.
func stranger(who string, env query.Env) *row.Person {
	return &row.Person{
		Typed: row.Typed{Type: row.TypePerson}, ID: who, State: row.PersonUnknown,
		Citation: row.Citation{Source: row.Source{Kind: "config", Path: env.ConfigFile}},
	}
}
