package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/sorting"
	"github.com/handoff-cli/handoff/internal/story"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/rivo/uniseg"
)

// storyPrinter prints what a receiver needs to know.
type storyPrinter struct {
	*printer
	ws    *workspace.Workspace
	moved *handoff.Drift // since the handoff that is shown; nil when unknown
	story []story.Told   // of the item, blocker or question that is shown

	teller teller
}

func (s storyPrinter) ago(t time.Time) string { return calendar.Ago(s.ws.Since(t)) }

// clock is a time on the clock of who reads a terminal; in a pipe it is as it was
// written, "" for none.
func (s storyPrinter) clock(t time.Time) string {
	if s.width > 0 {
		return s.when(t)
	}
	return handoff.Time{Time: t}.String()
}

// field prints a field in two columns.
func (s storyPrinter) field(label, text string) { s.labelled(label, text) }

// handoff prints a handoff: what not to do first, then by severity.
func (s storyPrinter) handoff(h *fold.Handoff) {
	r := h.Record
	stands := words(h.State)
	if s.width > 0 {
		stands = row.HandoffState(h.State)
	}
	if h.Verdict != nil {
		stands += remarks(h.Verdict)
	}
	s.styled(painted{bold, "handoff " + r.ID}, painted{"", fmt.Sprintf(" by %s to %s, %s, %s", r.Prepared(), strings.Join(h.To, ", "), s.ago(r.At.Time), stands)})
	s.styled(painted{"", h.Summary})
	if h.SupersededBy != "" {
		s.styled(painted{yellow, "superseded by " + h.SupersededBy})
	}
	s.escalations(&h.Escalated)
	s.rollup(h)
	s.doNot(h)
	items := slices.Clone(h.Items)
	sorting.By(items, func(a, b handoff.Item) int {
		return handoff.CompareSeverity(a.Severity, b.Severity)
	})
	s.list("Items", len(items), h.Items != nil)
	for _, item := range items {
		s.declared(item)
	}
	s.list("Blockers", len(h.Blockers), h.Blockers != nil)
	for _, b := range h.Blockers {
		s.blockerAs(b, s.ws.State.Blockers[b.ID])
	}
	s.list("Decisions", len(h.Decisions), h.Decisions != nil)
	for _, d := range h.Decisions {
		s.styled(painted{"", "  "}, painted{bold, d.ID}, painted{"", ": " + d.Decision})
		s.field("  why", d.Rationale)
		s.fields("  ", d.DecisionFields, "decision", "rationale")
	}
	s.list("Shipped", len(h.Shipped), h.Shipped != nil)
	for _, shipped := range h.Shipped {
		s.styled(painted{"", "  " + text.JoinNonEmpty(": ", shipped.ID, shipped.What)})
		s.refs("  ", shipped.Refs)
	}
	s.contracts(h)
	s.section("About this handoff")
	s.rest(h)
	s.extensions(r)
	s.drift(h)
	s.verdicts(h)
	s.replies(h)
	s.toldOf("told", &h.Delivered, s.teller.submission(h))
	s.cite(r)
}

// extensions prints what a record has under keys of somebody's own.
func (s storyPrinter) extensions(r *handoff.Record) {
	for _, key := range slices.Sorted(maps.Keys(r.Ext)) {
		value, err := json.Marshal(r.Ext[key])
		if err != nil {
			continue // a value that came out of YAML and that JSON cannot say, such as .nan
		}
		s.field(key, string(value))
	}
}

// rollup says whose handoffs a rollup was drawn from, and whose it lacks. Its
// notes come with them, as they tell of work that is done twice.
func (s storyPrinter) rollup(h *fold.Handoff) {
	r := h.Rollup
	if r == nil {
		return
	}
	var from []string
	for _, source := range r.Sources {
		by := ""
		if drawn, ok := s.ws.State.Records[source.ID]; ok {
			by = drawn.By
		}
		from = append(from, text.JoinNonEmpty(" by ", source.ID, by))
	}
	s.field("rollup of", story.RollupName(r))
	s.field("from", strings.Join(from, ", "))
	s.field("missing", missingMembers(r, ""))
	s.field("notes", h.Notes)
}

// drift says what moved since the handoff was written.
func (s storyPrinter) drift(h *fold.Handoff) {
	d := s.moved
	if d == nil || d.Commits == 0 && len(d.Files) == 0 {
		return
	}
	s.field("since then", text.JoinNonEmpty(", ", text.Count(d.Commits, "commit"),
		listed("touched ", d.Files), listed("merged ", d.Merged)))
}

func listed(prefix string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	return prefix + strings.Join(names, " ")
}

func (s storyPrinter) doNot(h *fold.Handoff) {
	for _, item := range h.Items {
		for _, rule := range item.DoNot {
			s.styled(painted{red, "do not: "}, painted{"", rule + " (" + item.ID + ")"})
		}
	}
}

// list prints a heading, and says "none" where the handoff does: absent and empty
// differ, so an empty list is news, and of what is absent nothing is said.
func (s storyPrinter) list(title string, n int, said bool) {
	switch {
	case n > 0:
		s.section(title)
	case said:
		s.styled(painted{bold, title}, painted{dim, ": none"})
	default:
		s.styled(painted{bold, title}, painted{dim, ": nothing is said"})
	}
}

// nones are the lists of a handoff that may be left out and that say none.
func nones(h *handoff.Handoff) []string {
	var said []string
	for _, list := range []struct {
		name string
		none bool
	}{
		{"questions", h.Questions != nil && len(h.Questions) == 0}, {"dropped", h.Dropped != nil && len(h.Dropped) == 0},
		{"watch", h.Watch != nil && len(h.Watch) == 0}, {"standing", h.Standing != nil && len(h.Standing) == 0},
	} {
		if list.none {
			said = append(said, list.name)
		}
	}
	return said
}

func (s storyPrinter) rest(h *fold.Handoff) {
	for _, q := range h.Handoff.Questions {
		s.field("question", fmt.Sprintf("%s (%s → %s)", q.Ask, q.ID, q.To))
		s.fields("  ", q, "id", "ask", "to")
	}
	for _, d := range h.Dropped {
		s.field("dropped", d.ID+": "+d.Why)
	}
	for _, e := range h.Ended {
		s.field("ended", e.What+": "+e.Why)
	}
	for _, w := range h.Watch {
		s.field("watch", text.JoinNonEmpty(", ", w.What, w.Signal, s.clock(w.Until.Time), w.Link))
	}
	for _, st := range h.Standing {
		s.field("standing", st.What+" until "+s.clock(st.Until.Time))
	}
	s.field("none", strings.Join(nones(h.Handoff), ", "))
	if h.Rollup == nil {
		s.field("notes", h.Notes)
	}
	s.field("details", h.Details)
	s.field("returns", s.clock(h.ReturnsAt.Time))
	s.field("reachable until", s.clock(h.ReachableUntil.Time))
	s.field("cover", h.Cover)
	if a := h.Anchor; a != nil {
		s.field("commit", text.JoinNonEmpty(", ", text.JoinNonEmpty(" at ", a.Branch, short(a.Head)),
			counted(a.Dirty, "changed", "clean"), counted(a.Unpushed, "not pushed", ""), counted(a.Stashes, "stashed", ""), text.JoinNonEmpty(" ", since(a), short(a.Since))))
	}
	s.fields("", h.Handoff, "to", "rollup", "summary", "shipped", "items", "blockers", "decisions", "questions", "dropped", "ended",
		"returns_at", "reachable_until", "cover", "watch", "standing", "notes", "details", "anchor")
}

// counted is a number that is known, and of what; none is what there is without any.
func counted(n *int, what, none string) string {
	switch {
	case n == nil:
		return ""
	case *n == 0:
		return none
	}
	return fmt.Sprintf("%d %s", *n, what)
}

// since begins the end of an anchor that has one before it.
func since(a *handoff.Anchor) string {
	if a.Since == "" {
		return ""
	}
	return "since"
}

// verdicts prints what receivers said of a handoff, and of its versions before.
func (s storyPrinter) verdicts(h *fold.Handoff) {
	s.acks("", h.Acks)
	for old := s.ws.State.Handoffs[h.Amends]; old != nil; old = s.ws.State.Handoffs[old.Amends] {
		s.acks("before it was amended, ", old.Acks)
	}
	for _, key := range h.Questions {
		if q, ok := s.ws.State.Questions[key]; ok {
			s.question(q)
		}
	}
}

// acks prints what readers said of a handoff, or of a version before.
func (s storyPrinter) acks(when string, acks []*handoff.Record) {
	for _, r := range acks {
		a := r.Body.(*handoff.Ack)
		s.field("ack", fmt.Sprintf("%s%s by %s, %s%s: %s", when, r.ID, r.By, s.ago(r.At.Time), remarks(r), text.JoinNonEmpty(", ", words(a.Outcome), takes(a), a.Reason, a.Exception, a.Note)))
		for _, gap := range a.Gaps {
			s.field("  gap", text.JoinNonEmpty(", ", gap.Item, gap.Class, gap.Note))
		}
	}
}

// replies prints what else was written about a handoff or its versions before: where
// it failed, who raised it.
func (s storyPrinter) replies(h *fold.Handoff) {
	versions := map[string]bool{}
	for v := h; v != nil; v = s.ws.State.Handoffs[v.Amends] {
		versions[v.Record.ID] = true
	}
	for _, r := range s.ws.State.Known() {
		if _, ack := r.Body.(*handoff.Ack); ack || !versions[handoff.SubjectOf(r.Body)] {
			continue
		}
		if route, ok := r.Body.(*handoff.Route); ok && route.Delivers() {
			continue // who was told is said in one line
		}
		s.field(string(r.Kind), fmt.Sprintf("%s by %s, %s%s", r.ID, r.By, s.ago(r.At.Time), remarks(r)))
		s.fields("  ", r.Body, "subject")
	}
}

func takes(a *handoff.Ack) string {
	if len(a.Take) == 0 {
		return ""
	}
	return "takes " + strings.Join(a.Take, ", ")
}

func (s storyPrinter) cite(r *handoff.Record) {
	s.said("", r)
	commit, path := "source: "+short(r.Source.Commit)+":", r.Source.Path+remarks(r)
	if s.width > 0 && uniseg.StringWidth(commit+path) > s.width {
		s.styled(painted{dim, commit})
		commit = "  "
	}
	s.styled(painted{dim, commit + path})
}

// said prints where a record was said that its author has not committed.
func (s storyPrinter) said(indent string, r *handoff.Record) {
	if r.Said != nil {
		s.field(indent+"said", r.Said.URL)
	}
}

// remarks is what has to be said beside a record, after a comma.
func remarks(r *handoff.Record) string {
	return strings.Join(append([]string{""}, r.Remarks()...), ", ")
}

func short(hash string) string {
	if len(hash) > 10 {
		return hash[:10]
	}
	return hash
}
