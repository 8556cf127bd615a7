package board

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
)

// Scope is whose board it is: everybody's, or that of some people.
type Scope struct {
	only   []string // handles; nil is everybody
	reader *query.Reader
}

func newScope(only []string, s *fold.View, env query.Env) Scope {
	return Scope{only, query.NewReader("", s, env)}
}

// Has reports whether somebody is one of those, or a group one in which they are.
func (s Scope) Has(who string) bool { return s.hasAny("", who) }

// hasAny reports whether one of the addresses that somebody wrote is, or stands for, one
// of those.
func (s Scope) hasAny(from string, addresses ...string) bool {
	if s.only == nil {
		return true
	}
	return slices.ContainsFunc(s.only, func(who string) bool {
		return slices.Contains(addresses, who) || s.reader.Addresses(who, from, addresses...)
	})
}

// Concerns reports whether a row is about what one of those holds, owns, asks, is asked
// or has said.
func (s Scope) Concerns(r row.Row) bool {
	by := r.Cited().By
	switch r := r.(type) {
	case *row.Item:
		return s.hasAny("", r.Holder, r.Owner) || s.hasAny(r.Holder, r.OfferedTo...)
	case *row.Blocker:
		return s.hasAny("", by, r.Asked, r.Resolver)
	case *row.Question:
		return s.hasAny("", r.By, r.To, r.Asked)
	case *row.Handoff:
		return s.hasAny("", r.By) || s.hasAny(r.By, r.To...)
	case *row.Decision:
		return s.hasAny("", by, r.By)
	}
	return s.hasAny("", by)
}
