package cli

import (
	"cmp"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// missingFlags names everything that a handoff written with flags still lacks.
func missingFlags(h *handoff.Handoff) error {
	var missing, none []string
	for _, f := range []struct {
		flag, list string
		absent     bool
	}{
		{"--summary", "", h.Summary == ""},
		{"--to", "", len(h.To) == 0},
		{"--returns", "", h.ReturnsAt.IsZero()},
		{"--shipped", "shipped", h.Shipped == nil},
		{"--item", "items", h.Items == nil},
		{"--blocker", "blockers", h.Blockers == nil},
		{"--decision", "decisions", h.Decisions == nil},
	} {
		if f.absent {
			missing = append(missing, f.flag)
			if f.list != "" {
				none = append(none, f.list)
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	hint := "handoff declare --help shows an example"
	if len(none) > 0 {
		hint = "where there is nothing to say, say so: --none " + strings.Join(none, ",")
	}
	return workspace.Usagef(hint, "missing: %s", strings.Join(missing, " "))
}

// applyFlags lays the flags over a handoff.
func applyFlags(ws *workspace.Workspace, h *handoff.Handoff, o declareOptions) error {
	if o.summary != "" {
		h.Summary = strings.TrimSpace(o.summary)
	}
	if o.notes != "" {
		h.Notes = strings.TrimSpace(o.notes)
	}
	if o.cover != "" {
		h.Cover = handles(ws, []string{o.cover})[0]
	}
	if len(o.to) > 0 {
		readdress(ws, h, handles(ws, o.to))
	}
	if len(o.cc) > 0 {
		h.CC = handles(ws, o.cc)
	}
	if o.returns != "" {
		t, err := ws.When(o.returns)
		if err != nil {
			return workspace.TimeProblem("--returns", o.returns, err)
		}
		h.ReturnsAt = handoff.Time{Time: t}
	}
	items := func(h *handoff.Handoff, o declareOptions) error { return applyItems(ws, h, o) }
	continues := func(h *handoff.Handoff, o declareOptions) error { return applyContinues(ws, h, o) }
	watch := func(h *handoff.Handoff, o declareOptions) error { return applyWatch(ws, h, o) }
	details := func(h *handoff.Handoff, o declareOptions) error { return applyItemDetails(ws, h, o) }
	owners := func(h *handoff.Handoff, o declareOptions) error { return applyOwners(ws, h, o) }
	steps := []func(*handoff.Handoff, declareOptions) error{
		watch, continues, items, applyShipped, applyDropped, applyNone, applyBlockers, applyBlockedBy, applyWorkarounds,
		applyDecisions, applyQuestions, details, applyDecisionLinks, owners, applyWaivers,
	}
	for _, step := range steps {
		if err := step(h, o); err != nil {
			return err
		}
	}
	return nil
}

// handles are the handles of the people whom a list names. A name that can mean
// several people stays as it is, to be refused with all else.
func handles(ws *workspace.Workspace, typed []string) []string {
	out := make([]string, len(typed))
	for i, name := range typed {
		who, err := ws.Person(name)
		if err != nil {
			who = strings.TrimSpace(name)
		}
		out[i] = who
	}
	return out
}

// parts splits the value of a flag at semicolons into at most n parts; the last
// one keeps further semicolons. Missing parts are empty.
func parts(value string, n int) []string {
	out := make([]string, n)
	for i, part := range strings.SplitN(value, ";", n) {
		out[i] = strings.TrimSpace(part)
	}
	return out
}

func applyNone(h *handoff.Handoff, o declareOptions) error {
	lists := []struct {
		name  string
		some  bool
		empty func()
	}{
		{"shipped", len(h.Shipped)+len(o.shipped) > 0, func() { h.Shipped = []handoff.Shipped{} }},
		{"items", len(h.Items)+len(o.items) > 0, func() { h.Items = []handoff.Item{} }},
		{"blockers", len(h.Blockers)+len(o.blockers) > 0, func() { h.Blockers = []handoff.Blocker{} }},
		{"decisions", len(h.Decisions)+len(o.decisions) > 0, func() { h.Decisions = []handoff.Decision{} }},
		{"questions", len(h.Questions)+len(o.questions) > 0, func() { h.Questions = []handoff.OpenQuestion{} }},
		{"dropped", len(h.Dropped)+len(o.dropped) > 0, func() { h.Dropped = []handoff.Reasoned{} }},
		{"watch", len(h.Watch) > 0, func() { h.Watch = []handoff.Watch{} }},
		{"standing", len(h.Standing) > 0, func() { h.Standing = []handoff.Standing{} }},
	}
	for _, none := range o.none {
		known := false
		for _, list := range lists {
			if list.name != none {
				continue
			}
			if known = true; list.some {
				return workspace.Usagef("", "--none %s: there are some", none)
			}
			list.empty()
		}
		if !known {
			return workspace.Usagef("", "--none %s: say shipped, items, blockers, decisions, questions, dropped, watch or standing", none)
		}
	}
	return nil
}

func applyItems(ws *workspace.Workspace, h *handoff.Handoff, o declareOptions) error {
	for _, value := range o.items {
		p := parts(value, 4)
		id, status, state, next := handoff.ParseName(p[0]), handoff.ParseChoice(p[1]), p[2], p[3]
		if !handoff.ValidSlug(id) {
			return workspace.Usagef("as in 'refund-flow;in_review;PR #1842 is open;Get a second approval'", "--item %q: %q is not a name for an item", value, id)
		}
		item := h.Item(id)
		if item == nil {
			h.Items = append(h.Items, handoff.Item{ID: id})
			item = &h.Items[len(h.Items)-1]
			item.Owner = ws.OwnerOf(*item)
			ws.Inherit(item) // what other flags add to
		}
		if status != "" {
			item.Status = status
		}
		if item.Status != handoff.StatusBlocked {
			item.BlockedBy = nil // whatever was in front of it
		}
		if state != "" {
			item.State = state
		}
		if next != "" {
			item.Next = []handoff.Next{typedStep(ws, h, item, next)}
		}
	}
	return nil
}

func applyShipped(h *handoff.Handoff, o declareOptions) error {
	for _, value := range o.shipped {
		s := handoff.ParseShipped(value)
		if s.ID != "" {
			h.Items = deleteItem(h.Items, s.ID)
		}
		h.Shipped = append(h.Shipped, s)
	}
	return nil
}

func applyDropped(h *handoff.Handoff, o declareOptions) error {
	for _, value := range o.dropped {
		p, err := shaped("dropped", value, "item;why", 0, 1)
		if err != nil {
			return err
		}
		h.Items = deleteItem(h.Items, p[0])
		h.Dropped = append(h.Dropped, handoff.Reasoned{ID: p[0], Why: p[1]})
	}
	return nil
}

func deleteItem(items handoff.List[handoff.Item], id string) handoff.List[handoff.Item] {
	return slices.DeleteFunc(items, func(i handoff.Item) bool { return i.ID == id })
}

func applyBlockers(h *handoff.Handoff, o declareOptions) error {
	for _, value := range o.blockers {
		p, err := shaped("blocker", value, "needs;because;resolver;blocks", 0, 1, 2)
		if err != nil {
			return err
		}
		b := handoff.Blocker{Needs: p[0], Because: p[1], Resolver: p[2], ID: handoff.Slug(p[0])}
		if b.ID == "" {
			return workspace.Usagef("as in 'Decide the session timeout;login and refund disagree;sarah;refund-flow'", "--blocker %q: the first part says what is needed", value)
		}
		for item := range strings.SplitSeq(p[3], ",") {
			if item = strings.TrimSpace(item); item != "" {
				b.Blocks = append(b.Blocks, item)
			}
		}
		h.Blockers = append(h.Blockers, b)
	}
	return nil
}

func applyDecisions(h *handoff.Handoff, o declareOptions) error {
	for _, value := range o.decisions {
		d, err := parseDecision(value, "")
		if err != nil {
			return err
		}
		d.Items = o.about[value]
		h.Decisions = append(h.Decisions, d)
	}
	return nil
}

func applyQuestions(h *handoff.Handoff, o declareOptions) error {
	for _, value := range o.questions {
		q := handoff.ParseQuestion(value)
		if q.ID == "" || q.To == "" {
			return workspace.Usagef("as in 'Which of the limits does the contract name?;sarah'", "--question %q: not of the form %q", value, "ask;to")
		}
		h.Questions = append(h.Questions, q)
	}
	return nil
}

// parseDecision reads "what -- why", both of which must be said, on a topic that
// is named after the what where none is given.
func parseDecision(value, topic string) (handoff.Decision, error) {
	d := handoff.ParseDecision(value)
	if d.Decision == "" || d.Rationale == "" {
		return d, workspace.Usagef("as in 'Sessions last 15 minutes -- the audit asks for it'", "decision %q: write what was decided, --, and why", value)
	}
	if d.ID = cmp.Or(topic, d.ID); d.ID == "" {
		return d, workspace.Usagef("handoff decide 'what -- why' --topic SLUG names it", "decision %q: no name can be made of what was decided", value)
	}
	return d, nil
}

func applyWaivers(h *handoff.Handoff, o declareOptions) error {
	for _, value := range o.waive {
		p, err := shaped("waive", value, "CODE;why", 0, 1)
		if err != nil {
			return err
		}
		h.Waivers = append(h.Waivers, handoff.Waiver{Rule: p[0], Why: p[1]})
	}
	return nil
}
