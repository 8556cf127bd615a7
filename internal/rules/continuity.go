package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// blockedWithoutBlocker is rule HO306.
func blockedWithoutBlocker(s *subject, field string, item *handoff.Item) {
	blocked := item.Status == handoff.StatusBlocked
	switch {
	case blocked && len(item.BlockedBy) == 0:
		s.report(field+".blocked_by", "say what blocks it, and declare that as a blocker", "%s is blocked, and by nothing", named(item.ID))
	case !blocked && len(item.BlockedBy) > 0 && item.Status != "":
		s.report(field+".blocked_by", "set it to blocked, or say that nothing blocks it", "%s is %s, and blocked by %s",
			named(item.ID), quote(item.Status), quote(strings.Join(item.BlockedBy, ", ")))
	case blocked && s.State != nil:
		s.checkGone(field, item)
	}
}

// checkGone reports an item that is blocked by nothing that is not closed.
func (s *subject) checkGone(field string, item *handoff.Item) {
	h := s.body().(*handoff.Handoff)
	var last *fold.Blocker
	for _, ref := range item.BlockedBy {
		_, id := handoff.SplitRef(ref)
		gone := s.State.Blocker(ref)
		if gone == nil || gone.Open() || h.Blocker(id) != nil {
			return
		}
		last = gone
	}
	s.report(field+".status", "say what it is now (ready, in_progress, in_review), blocked by nothing",
		"%s is blocked, and %s is closed: %s by %s", named(item.ID), named(last.ID), last.State, last.Resolution.By)
}

// blocksMovingItem is rule HO307.
func blocksMovingItem(s *subject, field string, blocker *handoff.Blocker) {
	if strings.TrimSpace(blocker.Workaround) != "" {
		return
	}
	h := s.body().(*handoff.Handoff)
	for i, ref := range blocker.Blocks {
		_, id := handoff.SplitRef(ref)
		for _, item := range h.Items {
			if item.ID == id && item.Status != handoff.StatusBlocked {
				s.report(indexField(field+".blocks", i), "set it to blocked, or say how it goes on (workaround)",
					"%s blocks %s, whose status is %s", named(blocker.ID), named(id), quote(item.Status))
			}
		}
	}
}

// dependencyCycle is rule HO311. The items of the handoff count as it declares
// them, all others as the state has them.
func dependencyCycle(s *subject, h *handoff.Handoff) {
	declared := make(map[string][]string)
	for _, item := range h.Items {
		declared[item.ID] = item.DependsOn
	}
	depends := func(id string) []string {
		if refs, ok := declared[id]; ok {
			return refs
		}
		if s.State != nil && s.State.Items[id] != nil && s.State.Items[id].Live() {
			return s.State.Items[id].DependsOn
		}
		return nil
	}
	reported := make(map[string]bool)
	for i, item := range h.Items {
		if cycle := findCycle(item.ID, depends); cycle != nil && !reported[item.ID] {
			for _, id := range cycle {
				reported[id] = true
			}
			s.report(indexField("items", i)+".depends_on", "remove one of these dependencies",
				"items depend on each other: %s", quote(strings.Join(append(cycle, cycle[0]), " → ")))
		}
	}
}

// findCycle returns a path from start back to it, nil if there is none.
func findCycle(start string, depends func(id string) []string) []string {
	seen := make(map[string]bool)
	var walk func(id string) []string
	walk = func(id string) []string {
		for _, ref := range depends(id) {
			_, next := handoff.SplitRef(ref)
			if next == start {
				return []string{id}
			}
			if seen[next] {
				continue
			}
			seen[next] = true
			if rest := walk(next); rest != nil {
				return append(rest, id)
			}
		}
		return nil
	}
	cycle := walk(start)
	slices.Reverse(cycle)
	return cycle
}

// amended reports whether the record called id is a version that this handoff
// replaces.
func (s *subject) amended(id string) bool {
	h, ok := s.body().(*handoff.Handoff)
	if !ok || h.Amends == "" || s.State == nil {
		return false
	}
	old, version := s.State.Handoffs[h.Amends], s.State.Handoffs[id]
	return old != nil && version != nil && version.First == old.First
}

// custody is what the sender has to account for.
func (s *subject) custody() fold.Custody {
	if s.State == nil {
		return fold.Custody{}
	}
	return s.State.Holds(s.by())
}

// copyForward is rule HO301. Only a commit that is known of speaks for work on
// the item. It is silent where nothing could move: nobody has begun, or what it waits
// for is said.
func copyForward(s *subject, field string, item *handoff.Item) {
	if s.State == nil {
		return
	}
	old := s.State.Items[item.ID]
	if old == nil || !old.Live() || s.amended(old.Declared) || old.Status != item.Status || similarity(item.State, old.State) < 0.9 || s.waits(item) {
		return
	}
	h := s.body().(*handoff.Handoff)
	if slices.ContainsFunc(h.Unchanged, func(u handoff.Reasoned) bool { return u.ID == item.ID }) || s.committed(item, old.At) {
		return
	}
	s.report(field+".state", "say what is true now, or why nothing has moved (unchanged)",
		"the state of %s is copied from %s", named(item.ID), old.Declared)
}

// waits reports whether an item stands still by what is said of it: it is ready, it is
// blocked, or it is with a reviewer who has the next step.
func (s *subject) waits(item *handoff.Item) bool {
	switch item.Status {
	case handoff.StatusReady, handoff.StatusBlocked:
		return true
	case handoff.StatusInReview:
		return !slices.ContainsFunc(item.Next, func(next handoff.Next) bool { return next.Owner == s.by() })
	}
	return false
}

// committed reports whether a branch of the item has commits after a time.
func (s *subject) committed(item *handoff.Item, after time.Time) bool {
	return s.Committed != nil && slices.ContainsFunc(item.Refs, func(ref handoff.Ref) bool {
		return ref.Type == "branch" && s.Committed(ref.ID, after)
	})
}

// vanishedItem is rule HO302.
func vanishedItem(s *subject, h *handoff.Handoff) {
	if !s.doc.Has("items") {
		return
	}
	told := make(map[string]bool)
	for _, item := range h.Items {
		told[item.ID], told[item.Continues] = true, true
	}
	for _, shipped := range h.Shipped {
		told[shipped.ID] = true
	}
	for _, dropped := range h.Dropped {
		told[dropped.ID] = true
	}
	for _, item := range s.custody().Items {
		if !told[item.ID] {
			s.report("items", "declare, ship or drop it, or say which item goes on with it", "%s, which %s holds, is not in the handoff", named(item.ID), s.by()).Entry = named(item.ID)
		}
	}
}

// vanishedBlocker is rule HO303. Who gave away all that a blocker stops is rid of
// it.
func vanishedBlocker(s *subject, h *handoff.Handoff) {
	if !s.doc.Has("blockers") {
		return
	}
	for _, blocker := range s.custody().Blockers {
		if h.Blocker(blocker.ID) == nil {
			s.report("blockers", "declare it again, or: handoff resolve "+text.ShellArgument("blk:"+blocker.ID), "%s is open, and not in the handoff", named(blocker.ID)).Entry = named(blocker.ID)
		}
	}
}

// vanishedQuestion is rule HO304. A question with a record of its own stays
// open by itself.
func vanishedQuestion(s *subject, h *handoff.Handoff) {
	vanishedWatch(s, h)
	for _, question := range s.custody().Questions {
		id := question.Key
		listed := slices.ContainsFunc(h.Questions, func(q handoff.OpenQuestion) bool { return q.ID == id })
		if !listed && s.State.Records[id] == nil {
			s.report("questions", "ask it again, or: handoff answer "+text.ShellArgument("q:"+id), "%s is open, and not in the handoff", named(id)).Entry = named(id)
		}
	}
}

// vanishedWatch is the part of rule HO304 about what somebody keeps an eye on.
func vanishedWatch(s *subject, h *handoff.Handoff) {
	if s.State == nil {
		return
	}
	named := slices.Concat(fold.Watches(h), endedOf(h))
	for _, w := range s.State.Watched[s.by()] {
		if w.Over(s.at()) || slices.ContainsFunc(named, func(n fold.Watched) bool { return fold.SameWhat(n.What, w.What) }) {
			continue
		}
		field, stands := "watch", "is watched"
		if w.Standing {
			field, stands = "standing", "stands"
		}
		s.report(field, "list it again, or say why it is over (ended)", "%s %s since %s, and is not in the handoff", quote(w.What), stands, w.Declared)
	}
}

// endedOf is what a handoff ends, by name.
func endedOf(h *handoff.Handoff) []fold.Watched {
	var list []fold.Watched
	for _, e := range h.Ended {
		list = append(list, fold.Watched{Watch: handoff.Watch{What: e.What}})
	}
	return list
}

// zombie is rule HO305.
func zombie(s *subject, field string, item *handoff.Item) {
	if s.State == nil || item.Reopened != "" {
		return
	}
	if old := s.State.Items[item.ID]; old != nil && !old.Live() && !s.amended(old.ClosedBy) {
		s.report(field+".id", "say why it is back (reopened), or give new work a new name", "%s was %s in %s, and is back", named(item.ID), old.Closed, old.ClosedBy)
	}
}

// contradiction is rule HO308.
func contradiction(s *subject, h *handoff.Handoff) {
	s.checkOnce(h)
	for i, item := range h.Items {
		if item.Progress != nil && *item.Progress == 100 && item.Status != handoff.StatusInReview {
			s.report(indexField("items", i)+".progress", "ship it, or correct the progress", "%s is at 100 %% and %s", named(item.ID), quote(item.Status))
		}
	}
	for i, shipped := range h.Shipped {
		if blocker := s.blockerOf(h, shipped.ID); blocker != "" {
			s.report(indexField("shipped", i)+".id", "close the blocker first: handoff resolve "+text.ShellArgument("blk:"+blocker),
				"%s is shipped, and blocked by %s", named(shipped.ID), named(blocker))
		}
	}
}

// checkOnce reports ids that stand twice.
func (s *subject) checkOnce(h *handoff.Handoff) {
	seen := make(map[string]string)
	once := func(list, field, id string) {
		if id == "" {
			return
		}
		if first, ok := seen[list+id]; ok {
			s.report(field, "keep one of the two", "%s stands twice, first in %s", named(id), first)
			return
		}
		seen[list+id] = field
	}
	for i, item := range h.Items {
		once("item:", indexField("items", i)+".id", item.ID)
	}
	for i, shipped := range h.Shipped {
		once("item:", indexField("shipped", i)+".id", shipped.ID)
	}
	for i, dropped := range h.Dropped {
		once("item:", indexField("dropped", i)+".id", dropped.ID)
	}
	for i, blocker := range h.Blockers {
		once("blocker:", indexField("blockers", i)+".id", blocker.ID)
	}
	for i, decision := range h.Decisions {
		once("decision:", indexField("decisions", i)+".id", decision.ID)
	}
	for i, question := range h.Questions {
		once("question:", indexField("questions", i)+".id", question.ID)
	}
}

// blockerOf returns the id of an open blocker of an item, "" if there is none.
func (s *subject) blockerOf(h *handoff.Handoff, item string) string {
	blocks := func(refs []string) bool {
		return item != "" && slices.ContainsFunc(refs, func(ref string) bool {
			_, id := handoff.SplitRef(ref)
			return id == item
		})
	}
	for _, blocker := range h.Blockers {
		if blocks(blocker.Blocks) {
			return blocker.ID
		}
	}
	if s.State == nil {
		return ""
	}
	first := ""
	for id, blocker := range s.State.Blockers {
		if blocker.Open() && blocks(blocker.Blocks) && (first == "" || id < first) {
			first = id
		}
	}
	return first
}

// relitigation is rule HO313. Repeating a decision word for word decides
// nothing anew.
func relitigation(s *subject, field, topic string, d *handoff.DecisionFields) {
	if s.State == nil || fold.IsRollup(s.record) || d.Status != "" && d.Status != fold.DecisionAccepted {
		return
	}
	old := s.State.Decisions[topic]
	if old == nil || old.State != fold.DecisionAccepted || s.amended(old.Record) {
		return
	}
	if _, superseded := handoff.SplitRef(d.Supersedes); superseded == topic || d.Decision == old.Decision.Decision {
		return
	}
	s.report(handoff.JoinField(field, "decision"), "keep that one, or supersede "+topic+" and say what is new",
		"%s decided %s: %s", old.By, shortened(old.Decision.Decision, 24), shortened(old.Rationale, 24))
}

// staleAfter is how long a stopgap may last before it is looked at again.
const staleAfter = 14 * 24 * time.Hour

// staleDefault is rule HO314.
func staleDefault(s *subject, h *handoff.Handoff) {
	at := s.at()
	if at.IsZero() {
		return
	}
	for i, blocker := range h.Blockers {
		since := blocker.Since.Time
		if since.IsZero() && s.State != nil {
			if old := s.State.Blockers[blocker.ID]; old != nil && old.Open() {
				since = old.Since.Time
			}
		}
		if blocker.Workaround != "" && !since.IsZero() && at.Sub(since) > staleAfter {
			s.report(indexField("blockers", i)+".workaround", "get the blocker removed, or decide that the workaround stays",
				"the workaround of %s is %d days old", named(blocker.ID), int(at.Sub(since).Hours()/24))
		}
	}
	if s.State == nil {
		return
	}
	for i, decision := range h.Decisions {
		old := s.State.Decisions[decision.ID]
		if decision.Status == fold.DecisionProposed && old != nil && old.State == fold.DecisionProposed && at.Sub(old.At) > staleAfter {
			s.report(indexField("decisions", i)+".status", "get it accepted, or reverse it", "%s has been proposed for %d days", named(decision.ID), int(at.Sub(old.At).Hours()/24))
		}
	}
}

// recycledHeadline is rule HO804.
func recycledHeadline(s *subject, h *handoff.Handoff) {
	if s.State == nil || s.by() == "" || normal(h.Summary) == "" {
		return
	}
	for last := range s.State.Newest() {
		if last.Record.By != s.by() || last.Rollup != nil || last.State == fold.HandoffWithdrawn || s.amended(last.Record.ID) || s.isSame(last.Record) {
			continue
		}
		if normal(last.Summary) == normal(h.Summary) {
			s.report("summary", "say what is new", "the summary is that of %s", last.Record.ID)
		}
		return
	}
}

// isSame reports whether a record is the one that is judged.
func (s *subject) isSame(r *handoff.Record) bool { return s.record != nil && s.record.ID == r.ID }

// nothingHappened is rule HO801.
func nothingHappened(s *subject, h *handoff.Handoff) {
	if s.OwnCommits == nil || len(h.Shipped)+len(h.Items)+len(h.Decisions)+len(h.Blockers) > 0 ||
		!s.doc.Has("shipped") || !s.doc.Has("items") || !s.doc.Has("decisions") || !s.doc.Has("blockers") {
		return
	}
	if n := s.OwnCommits(); n > 0 {
		s.report("shipped", "list what the commits were for", "nothing happened, it says; %s made %s since the last one", s.by(), text.Count(n, "commit"))
	}
}
