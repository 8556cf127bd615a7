package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/outbox"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// askReviews begins to ask how the reviews of pull requests stand, where the user has
// configured the forge of this repository as a target. What keeps it from asking is said,
// and keeps nobody from anything else.
func (g *globals) askReviews(ctx context.Context, ws *workspace.Workspace, pulls []handoff.Ref) *outbox.Asking {
	if len(pulls) == 0 {
		return nil
	}
	box := g.openBox(ws)
	if box == nil {
		return nil
	}
	asking, err := box.AskReviews(ctx, pulls)
	if err != nil {
		g.say("warning: nobody was asked how reviews stand: %v", err)
	}
	return asking
}

// openBox opens what the user has configured. A configuration that is wrong is said, and
// the box is nil.
func (g *globals) openBox(ws *workspace.Workspace) *outbox.Box {
	box, err := outbox.Open(ws)
	if err != nil {
		g.say("handoff: warning: your own configuration cannot be used: %s; handoff route --all --dry-run tells more", strings.TrimSuffix(err.Error(), "; nothing was delivered"))
		return nil
	}
	return box
}

// answered waits for what was asked, and says what was not answered.
func (g *globals) answered(asking *outbox.Asking) []handoff.Ref {
	answers, err := asking.Wait()
	if err != nil {
		g.say("warning: nobody said %v", err)
	}
	return answers
}

// reviewLines are a line for each pull request of an item of which a forge has said how
// it stands.
func reviewLines(item handoff.Item, answers []handoff.Ref) []string {
	var lines []string
	for _, ref := range item.Refs {
		if now := workspace.PullIn(answers, ref); now != nil {
			lines = append(lines, row.PullName(ref.ID)+": "+strings.Join(row.Standing(*now), ", "))
		}
	}
	return lines
}

// reviewChange is what a forge says of a pull request that the records do not, as --json
// prints it.
type reviewChange struct {
	Item string `json:"item"`
	ID   string `json:"id"` // of the pull request, as the item writes it
	reviewState
	Recorded reviewState `json:"recorded"`
}

// reviewState is how a pull request stands.
type reviewState struct {
	State     string     `json:"state"`
	Approvals string     `json:"approvals"` // as "2/3"
	WaitingOn []string   `json:"waiting_on"`
	ProbedAt  *time.Time `json:"probed_at"` // null where nobody has asked
}

func reviewStateOf(ref handoff.Ref) reviewState {
	return reviewState{ref.State, ref.Approvals, text.NonNil(ref.WaitingOn), row.Stamp(ref.ProbedAt.Time)}
}

func (c reviewChange) String() string {
	return fmt.Sprintf("%s: %s is %s; the records say: %s", c.Item, row.PullName(c.ID), c.words(), cmp.Or(c.Recorded.words(), "nothing"))
}

func (s reviewState) words() string {
	return strings.Join(row.Standing(handoff.Ref{State: s.State, Approvals: s.Approvals, WaitingOn: s.WaitingOn}), ", ")
}

// changedReviews asks how the pull requests of what the user holds stand, and returns
// those of which the records say something else. It writes nothing: what somebody holds
// is theirs to declare. What goes wrong is said: whoever syncs has synced.
func (g *globals) changedReviews(ctx context.Context, ws *workspace.Workspace) []reviewChange {
	changes := []reviewChange{}
	box := g.openBox(ws)
	if box == nil || len(box.Names()) == 0 || ws.Me == "" {
		return changes
	}
	if err := ws.Load(ctx, fold.Part{}); err != nil {
		g.say("warning: nobody was asked how reviews stand: %v", err)
		return changes
	}
	held := ws.State.Holds(ws.Me).Items
	var pulls []handoff.Ref
	for _, item := range held {
		pulls = append(pulls, item.Refs...)
	}
	answers := g.answered(g.askReviews(ctx, ws, pulls))
	for _, item := range held {
		for _, ref := range item.Refs {
			now := workspace.PullIn(answers, ref)
			if now == nil {
				continue
			}
			change := reviewChange{item.ID, ref.ID, reviewStateOf(*now), reviewStateOf(ref)}
			if change.words() != change.Recorded.words() {
				changes = append(changes, change)
			}
		}
	}
	return changes
}
