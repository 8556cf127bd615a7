package workspace

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// Who does the next steps of a handoff: what its author says, and what is so where
// they left it open.

// SoleReceiver is the one person who is asked to take a handoff by me, "" where it
// goes to several, to a group, or to nobody else.
func SoleReceiver(to []string, me string) string {
	others := slices.DeleteFunc(slices.Clone(to), func(who string) bool { return who == me })
	if len(others) != 1 || handoff.IsScope(others[0]) {
		return ""
	}
	return others[0]
}

// OwnerOfOpen is who does a step that names nobody, in a handoff of the user's.
func (ws *Workspace) OwnerOfOpen(to []string) string { return cmp.Or(SoleReceiver(to, ws.Me), ws.Me) }

// OwnerOf is who owns an item that a handoff of the user's says nothing of: whoever does
// already, or owns the item that it goes on from; the user for a new one.
func (ws *Workspace) OwnerOf(item handoff.Item) string {
	for _, id := range []string{item.ID, item.Continues} {
		if known := ws.State.Items[id]; known != nil && known.Live() && known.Owner != "" {
			return known.Owner
		}
	}
	return ws.Me
}

// owned returns the items of a handoff with an owner for every step. In a rollup a
// step stays with whoever has it: nothing is filled in there.
func (ws *Workspace) owned(h *handoff.Handoff) handoff.List[handoff.Item] {
	if h.Rollup != nil {
		return h.Items
	}
	items := slices.Clone(h.Items)
	for i := range items {
		items[i].Next = slices.Clone(items[i].Next)
		for n := range items[i].Next {
			step := &items[i].Next[n]
			if step.Owner != "" {
				continue
			}
			if who, do, _ := ws.ReadStep(step.Do, h.To); who != "" {
				step.Owner, step.Do = who, do
			} else {
				step.Owner = cmp.Or(ws.amendedOwner(h, items[i].ID), ws.OwnerOfOpen(h.To))
			}
		}
	}
	return items
}

// amendedOwner is to whom the version that a handoff amends gave an item, or who
// kept it, "" where there is none.
func (ws *Workspace) amendedOwner(h *handoff.Handoff, item string) string {
	amended := ws.State.Handoffs[h.Amends]
	if amended == nil || amended.Item(item) == nil || len(amended.Item(item).Next) == 0 {
		return ""
	}
	owner := amended.Item(item).Next[0].Owner
	if slices.Contains(amended.To, owner) && !slices.Contains(h.To, owner) && owner != ws.Me {
		return "" // they are not asked any more
	}
	return owner
}

// Readdress addresses a handoff to others. The steps that it gave to who is not
// asked any more go to the new receiver, and are left open where that is not one.
// In a rollup, steps are not the sender's to give. It returns the items whose steps
// went on.
func (ws *Workspace) Readdress(h *handoff.Handoff, to []string) (moved []string) {
	old := h.To
	h.To = to
	if h.Rollup != nil {
		return nil
	}
	receiver := ""
	if len(to) == 1 {
		receiver = to[0]
	}
	for i := range h.Items {
		for n := range h.Items[i].Next {
			step := &h.Items[i].Next[n]
			if step.Owner == ws.Me || !slices.Contains(old, step.Owner) || slices.Contains(to, step.Owner) {
				continue
			}
			step.Owner = receiver
			moved = append(moved, h.Items[i].ID)
		}
	}
	return slices.Compact(moved)
}

// leaveOpen leaves it open who does the steps of carried items, but for those that
// the user kept in their own last declaration of the item and those that are
// somebody else's. What came to the user with an item goes on to the next receiver.
func (ws *Workspace) leaveOpen(items []handoff.Item) {
	for i := range items {
		it := ws.State.Items[items[i].ID]
		for n := range items[i].Next {
			if step := &items[i].Next[n]; !ws.stays(it, step.Owner) {
				step.Owner = ""
			}
		}
	}
}

// stays reports whether a carried step is still for its owner: for the user where
// they kept the item in the last declaration of it and have held it since; for whom
// they have it from only beside a step that is for the user.
func (ws *Workspace) stays(it *fold.Item, owner string) bool {
	if it == nil {
		return owner != ws.Me
	}
	forMe := func(step handoff.Next) bool { return step.Owner == ws.Me }
	declared, sender := ws.declaration(it)
	came := slices.Index(it.History, it.HeldBy) > slices.Index(it.History, it.Declared)
	switch owner {
	case ws.Me:
		return sender == ws.Me && !came && slices.ContainsFunc(declared, forMe)
	case sender:
		return it.Holder != ws.Me || slices.ContainsFunc(it.Next, forMe)
	}
	return true
}

// declaration is what the last declaration of an item says is next, and whose it is.
func (ws *Workspace) declaration(it *fold.Item) (steps []handoff.Next, by string) {
	r := ws.State.Records[it.Declared]
	if r == nil {
		return nil, ""
	}
	if h, ok := r.Body.(*handoff.Handoff); ok && h.Item(it.ID) != nil {
		steps = h.Item(it.ID).Next
	}
	return steps, r.By
}

// Owned returns a handoff as it would be sealed, as far as its steps go.
func (ws *Workspace) Owned(h *handoff.Handoff) *handoff.Handoff {
	owned := *h
	owned.Items = ws.owned(h)
	return &owned
}

// stepOwner matches a step that may begin with the name of who does it.
var stepOwner = text.Pattern(`^@?([A-Za-z0-9][A-Za-z0-9._-]*):\s+(\S.*)$`)

// ReadStep reads a step of a handoff to some people as it is typed. who is whom
// "ben: get the approval" names, and do what is left; the word before the colon is
// a person only where it is one who is known, or an address in to. Where it is nobody
// but nearly a known person, who is "" and nearly names that one. Any other step
// is text.
func (ws *Workspace) ReadStep(typed string, to []string) (who, do, nearly string) {
	typed = strings.TrimSpace(typed)
	for _, address := range to {
		if rest, ok := strings.CutPrefix(typed, address+": "); ok && strings.TrimSpace(rest) != "" {
			return address, strings.TrimSpace(rest), ""
		}
	}
	m := stepOwner().FindStringSubmatch(typed)
	if m == nil {
		return "", typed, ""
	}
	people := ws.people(to)
	if handle, err := ws.Person(m[1]); err == nil && slices.Contains(people, handle) {
		return handle, m[2], ""
	}
	return "", typed, text.Nearest(strings.ToLower(m[1]), people)
}

// people are the handles that are known: of the roster, else of those who have
// committed; of everybody whom records know; and of those whom this handoff is for.
// They are sorted.
func (ws *Workspace) people(to []string) []string {
	people := ws.known()
	for who := range ws.TeamConfig.People {
		people = append(people, who)
	}
	if len(ws.TeamConfig.People) == 0 {
		committers, _ := ws.committers() // without them, fewer are known
		people = slices.AppendSeq(people, maps.Keys(committers))
	}
	for _, who := range to {
		if handle, err := ws.Person(who); err == nil && isPerson(handle) {
			people = append(people, handle)
		}
	}
	slices.Sort(people)
	return slices.Compact(people)
}

// UnclearStep is a step that begins with what is nearly the name of a person.
type UnclearStep struct {
	*handoff.Next
	Field  string // as in items[0].next[0].do
	Word   string // as it was typed
	Nearly string
	Rest   string // the step without the word
}

// UnclearSteps are the steps of a handoff that name nobody and begin with what is
// nearly the name of a person.
func (ws *Workspace) UnclearSteps(h *handoff.Handoff) []UnclearStep {
	var unclear []UnclearStep
	if h.Rollup != nil {
		return nil
	}
	for i := range h.Items {
		for n := range h.Items[i].Next {
			step := &h.Items[i].Next[n]
			if step.Owner != "" {
				continue
			}
			if _, _, nearly := ws.ReadStep(step.Do, h.To); nearly != "" {
				word, rest, _ := strings.Cut(step.Do, ":")
				field := fmt.Sprintf("items[%d].next[%d].do", i, n)
				unclear = append(unclear, UnclearStep{step, field, strings.TrimSpace(word), nearly, strings.TrimSpace(rest)})
			}
		}
	}
	return unclear
}

// Unclear reports the steps of a draft of which it is not clear whether they name
// somebody.
func (ws *Workspace) Unclear(h *handoff.Handoff) []handoff.Finding {
	var findings []handoff.Finding
	for _, step := range ws.UnclearSteps(h) {
		findings = append(findings, handoff.Finding{
			Code: "HO401", Level: handoff.LevelError, Field: step.Field,
			Message: fmt.Sprintf("%q before the colon is nobody, and nearly %s", step.Word, step.Nearly),
			Fix:     fmt.Sprintf("write %q, or put a space before the colon if it is no person", step.Nearly+": …"),
		})
	}
	return findings
}
