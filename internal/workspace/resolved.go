package workspace

import (
	"fmt"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/text"
)

// Freed says that an item which a draft starts from waits for a blocker no more.
type Freed struct {
	Item    string // "" for a blocker that the draft lists and no item waits for
	Blocker *fold.Blocker
	Status  string // of the item now, "" where that is still blocked
}

// String says it in one line: by whom the blocker was closed, how, and what the
// item is now.
func (f Freed) String() string {
	r := f.Blocker.Resolution
	how := ""
	if body, ok := r.Body.(*handoff.Resolution); ok {
		how = body.How
	}
	said := text.JoinNonEmpty(": ", f.Item, text.JoinNonEmpty(": ",
		fmt.Sprintf("%s is %s by %s in %s", f.Blocker.ID, strings.ReplaceAll(f.Blocker.State, "_", " "), r.By, r.ID), how))
	if f.Status != "" {
		said += "; the status is " + f.Status + " now"
	}
	return said
}

// DropResolved takes out of a draft, which starts from what was declared before,
// the blockers that were closed since. An item that nothing blocks any more gets
// the status that it had before, and its steps that waited for what is closed can
// start.
func (ws *Workspace) DropResolved(h *handoff.Handoff) ([]Freed, error) {
	if err := ws.Need(rules.Part(handoff.New("", ws.Author.When, ws.Me, h))); err != nil {
		return nil, err
	}
	var freed []Freed
	h.Blockers = slices.DeleteFunc(h.Blockers, func(b handoff.Blocker) bool {
		gone := ws.closedBlocker(b.ID)
		if gone == nil || b.Since.IsZero() || b.Since.After(gone.Resolution.At.Time) {
			return false // declared anew
		}
		if !slices.ContainsFunc(h.Items, func(item handoff.Item) bool { return handoff.Names(item.BlockedBy, b.ID) }) {
			freed = append(freed, Freed{Blocker: gone})
		}
		return true
	})
	for i := range h.Items {
		item := &h.Items[i]
		by := item.BlockedBy
		item.BlockedBy = nil
		for _, ref := range by {
			_, id := handoff.SplitRef(ref)
			if gone := ws.closedBlocker(ref); gone != nil && h.Blocker(id) == nil {
				freed = append(freed, Freed{Item: item.ID, Blocker: gone})
			} else {
				item.BlockedBy = append(item.BlockedBy, ref)
			}
		}
		for n := range item.Next {
			if after, waits := strings.CutPrefix(item.Next[n].Start, "after:"); waits && ws.isClosed(after) {
				item.Next[n].Start = ""
			}
		}
		if item.Status != handoff.StatusBlocked || len(item.BlockedBy) > 0 || len(by) == 0 {
			continue
		}
		var err error
		if item.Status, err = ws.statusBefore(item.ID); err != nil {
			return nil, err
		}
		freed[len(freed)-1].Status = item.Status
	}
	return freed, nil
}

// closedBlocker returns the blocker that a reference means if it is closed, else
// nil.
func (ws *Workspace) closedBlocker(ref string) *fold.Blocker {
	if b := ws.State.Blocker(ref); b != nil && !b.Open() {
		return b
	}
	return nil
}

// isClosed reports whether what a step waits for is over: a blocker, a question or
// an item.
func (ws *Workspace) isClosed(ref string) bool {
	if b := ws.State.Blocker(ref); b != nil {
		return !b.Open()
	}
	if q := ws.State.Question(ref); q != nil {
		return !q.Pending()
	}
	it := ws.State.Item(ref)
	return it != nil && !it.Live()
}

// statusBefore is the status that a blocked item was last declared with before it
// was blocked, in_progress where there is none.
func (ws *Workspace) statusBefore(id string) (string, error) {
	if err := ws.Need(fold.Part{Refs: []string{fold.Target{Type: fold.TargetItem, Name: id}.Ref()}}); err != nil {
		return "", err
	}
	it := ws.State.Items[id]
	if it == nil {
		return handoff.StatusInProgress, nil
	}
	for _, record := range slices.Backward(it.History) {
		h, ok := ws.State.Records[record].Body.(*handoff.Handoff)
		if !ok {
			continue
		}
		for _, name := range append([]string{id}, it.Was...) {
			if was := h.Item(name); was != nil && was.Status != handoff.StatusBlocked {
				return was.Status, nil
			}
		}
	}
	return handoff.StatusInProgress, nil
}

// Settle returns the body of the record that closes what a decision answers: a
// resolution of a blocker, an answer to a question. It is nil where the decision
// closes nothing, and why says for what reason, if it answers something.
func (ws *Workspace) Settle(topic string, d *handoff.DecisionFields) (body handoff.Body, why string) {
	accepted := d.Status == "" || d.Status == fold.DecisionAccepted
	b, q := ws.State.Blocker(d.Answers), ws.State.Question(d.Answers)
	switch {
	case d.Answers == "":
		return nil, ""
	case b == nil && q == nil:
		return nil, d.Answers + " stays as it is: no blocker and no question of that name is known"
	case b != nil && !b.Open():
		if r, ok := b.Resolution.Body.(*handoff.Resolution); ok && r.Decision == topic {
			return nil, "" // it did so before
		}
		return nil, fmt.Sprintf("%s stays as it is: %s by %s in %s", b.ID, strings.ReplaceAll(b.State, "_", " "), b.Resolution.By, b.Resolution.ID)
	case b == nil && !q.Pending():
		return nil, fmt.Sprintf("the question %s stays as it is: it is %s", q.Key, q.State)
	case !accepted:
		return nil, fmt.Sprintf("%s stays open: the decision is only %s", d.Answers, d.Status)
	case b != nil:
		return &handoff.Resolution{Blocker: b.ID, Outcome: fold.Resolutions[0], How: d.Decision, Decision: topic, Source: d.Source}, ""
	}
	ref := fold.Target{Type: fold.TargetQuestion, Name: q.Key}.Ref()
	return &handoff.Answer{Question: ref, Text: text.JoinNonEmpty(", because ", d.Decision, d.Rationale), Source: d.Source}, ""
}

// settled are the bodies that close what the decisions of a handoff answer, and
// the field of each decision. What the handoff itself still lists stays open.
func (ws *Workspace) settled(h *handoff.Handoff, closed []handoff.Resolution) (bodies []handoff.Body, fields, why []string) {
	if h.Rollup != nil {
		return nil, nil, nil // a view of what others decided
	}
	done := make(map[string]bool)
	for _, r := range closed {
		_, name := handoff.SplitRef(r.Blocker)
		done[name] = true
	}
	for i := range h.Decisions {
		d := &h.Decisions[i]
		_, name := handoff.SplitRef(d.Answers)
		if done[name] {
			continue
		}
		body, reason := ws.Settle(d.ID, &d.DecisionFields)
		switch body := body.(type) {
		case *handoff.Resolution:
			if h.Blocker(body.Blocker) != nil {
				reason = body.Blocker + " stays open: it is among the blockers of the handoff"
			}
		case *handoff.Answer:
			if slices.ContainsFunc(h.Questions, func(q handoff.OpenQuestion) bool { return q.ID == name }) {
				reason = d.Answers + " stays open: it is among the questions of the handoff"
			}
		}
		if reason != "" {
			why = append(why, reason)
		} else if body != nil {
			bodies, fields = append(bodies, body), append(fields, fmt.Sprintf("decisions[%d].", i))
			done[name] = true
		}
	}
	return bodies, fields, why
}
