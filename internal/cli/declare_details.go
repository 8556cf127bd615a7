package cli

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// detail is a flag that says one thing of one item.
type detail struct {
	flag   string
	shape  string
	values []string
	must   bool // the second part may not be empty; else that clears what there is
	say    func(item *handoff.Item, said string) error
}

// details are the flags that say one thing of one item.
func details(ws *workspace.Workspace, o declareOptions) []detail {
	return []detail{
		{"intent", "item;why", o.intents, true, func(i *handoff.Item, s string) error { i.Intent = s; return nil }},
		{"severity", "item;severity", o.severities, true, func(i *handoff.Item, s string) error { i.Severity = handoff.ParseChoice(s); return nil }},
		{"effort", "item;2h", o.efforts, true, func(i *handoff.Item, s string) error { i.Effort = s; return nil }},
		{"due", "item;when", o.dues, false, func(i *handoff.Item, s string) (err error) {
			i.Due, err = untilOf(ws, "--due", s)
			return err
		}},
		{"accept", "item;check", o.accepts, false, func(i *handoff.Item, s string) error {
			i.Accept = added(i.Accept, handoff.Criterion{Check: s}, s)
			return nil
		}},
		{"if-then", "item;if -> then", o.ifThens, false, func(i *handoff.Item, s string) error {
			i.IfThen = added(i.IfThen, handoff.ParseContingency(s), s)
			return nil
		}},
		{"known-issue", "item;what", o.issues, false, func(i *handoff.Item, s string) error {
			i.KnownIssues = added(i.KnownIssues, s, s)
			return nil
		}},
		{"tried", "item;what -> result", o.tried, false, func(i *handoff.Item, s string) error {
			i.Tried = added(i.Tried, handoff.ParseAttempt(s), s)
			return nil
		}},
		{"do-not", "item;what", o.doNots, false, func(i *handoff.Item, s string) error { i.DoNot = added(i.DoNot, s, s); return nil }},
		{"ref", "item;pr:1842", o.refs, false, addRef},
		{"title", "item;title", o.titles, false, func(i *handoff.Item, s string) error { i.Title = s; return nil }},
		{"ready", "item;what", o.readies, false, func(i *handoff.Item, s string) error { i.Ready = s; return nil }},
		{"progress", "item;40", o.progress, false, setProgress},
		{"assumption", "item;what", o.assumptions, false, func(i *handoff.Item, s string) error {
			i.Assumptions = added(i.Assumptions, s, s)
			return nil
		}},
		{"depends-on", "item;what", o.dependsOn, false, func(i *handoff.Item, s string) error { i.DependsOn = added(i.DependsOn, s, s); return nil }},
		{"consult", "item;WHO", o.consult, false, func(i *handoff.Item, s string) error { i.Consult = added(i.Consult, s, s); return nil }},
	}
}

// applyItemDetails applies the flags that say one thing of one item.
func applyItemDetails(ws *workspace.Workspace, h *handoff.Handoff, o declareOptions) error {
	for _, d := range details(ws, o) {
		said := []int{0}
		if d.must {
			said = append(said, 1)
		}
		for _, value := range d.values {
			p, err := shaped(d.flag, value, d.shape, said...)
			if err != nil {
				return err
			}
			item := h.Item(handoff.ParseName(p[0]))
			if item == nil {
				return workspace.Usagef(didYouMean(p[0], itemNames(h)), "--%s %q: no item %q in this handoff", d.flag, value, p[0])
			}
			if err := d.say(item, p[1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// added is a list with what a flag adds to it, empty where the flag says nothing.
func added[L ~[]T, T any](list L, entry T, said string) L {
	if said == "" {
		return L{}
	}
	return append(slices.Clone(list), entry)
}

func setProgress(item *handoff.Item, value string) error {
	if item.Progress = nil; value == "" {
		return nil
	}
	percent, err := handoff.ParsePercent(value)
	if err != nil {
		return workspace.Usagef("as in 'refund-flow;40'", "--progress %q: not a number of percent", value)
	}
	item.Progress = &percent
	return nil
}

func addRef(item *handoff.Item, value string) error {
	ref := handoff.ParseRef(value)
	if value != "" && ref.ID == "" {
		return workspace.Usagef("as in 'refund-flow;pr:1842'", "--ref %q: say the type and the id", value)
	}
	item.Refs = added(item.Refs, ref, value)
	return nil
}
