package deliver

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/text"
)

// reviewedForge is GitHub or Gitea, which tell of reviews in the same words.
type reviewedForge struct {
	forge
	pull func(number int) string // a pull request below the API
}

// Review counts the last yes or no of everybody who reviewed. How many approvals a
// branch needs is told to administrators only, so Of is how many people review it.
func (f *reviewedForge) Review(ctx context.Context, ref Ref) (Review, bool, error) {
	t, ok := f.place(ref)
	if !ok || !t.pull {
		return Review{}, false, nil
	}
	var pull struct {
		State              string
		Draft, Merged      bool
		User               account
		RequestedReviewers []account               `json:"requested_reviewers"`
		RequestedTeams     []struct{ Slug string } `json:"requested_teams"`
	}
	if err := f.do(ctx, call{method: http.MethodGet, path: f.pull(t.number)}, &pull); err != nil {
		return Review{}, false, err
	}
	said, err := f.said(ctx, t.number)
	if err != nil {
		return Review{}, false, err
	}
	delete(said, pull.User.Login)
	waiting := make(map[string]bool)
	for _, r := range pull.RequestedReviewers {
		waiting[r.Login] = true
		delete(said, r.Login) // asked again: what they said was about something else
	}
	for _, r := range pull.RequestedTeams {
		waiting["team:"+r.Slug] = true
	}
	return count(reviewState(pull.State, pull.Draft, pull.Merged), said, waiting), true, nil
}

// said is who approves, by login: the last yes or no of everybody who reviewed.
func (f *reviewedForge) said(ctx context.Context, number int) (map[string]bool, error) {
	said := make(map[string]bool)
	before := int64(0)
	for page := 1; page <= mostPages; page++ {
		var reviews []struct {
			ID        int64
			User      account
			State     string
			Dismissed bool // Gitea; GitHub has a state of that name
		}
		list := call{method: http.MethodGet, path: f.pull(number) + "/reviews", query: sincePage(time.Time{}, page)}
		if err := f.do(ctx, list, &reviews); err != nil {
			return nil, err
		}
		if len(reviews) == 0 || reviews[0].ID == before {
			break
		}
		before = reviews[0].ID
		for _, r := range reviews {
			switch {
			case r.Dismissed || r.State == "DISMISSED":
				delete(said, r.User.Login)
			case r.State == "APPROVED":
				said[r.User.Login] = true
			case r.State == "CHANGES_REQUESTED" || r.State == "REQUEST_CHANGES":
				said[r.User.Login] = false
			}
		}
	}
	return said, nil
}

// reviewState is the state of a pull request in our words.
func reviewState(state string, draft, merged bool) string {
	switch {
	case merged:
		return "merged"
	case state != "open":
		return "closed"
	case draft:
		return "draft"
	}
	return "open"
}

// mostWaiting is how many accounts a review names: a forge asks for fewer.
const mostWaiting = 50

// accountPattern matches what can be the name of one, or of a group as team:qa.
var accountPattern = text.Pattern(`^(?:team:)?[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}(?:\[bot\])?$`)

// count makes a review of who approves, or does not, and whom it waits for. What can be
// the name of nobody is counted, and not named.
func count(state string, said, waiting map[string]bool) Review {
	r := Review{State: state, Of: len(said) + len(waiting)}
	for _, name := range slices.Sorted(maps.Keys(waiting)) {
		if accountPattern().MatchString(name) && len(r.WaitingOn) < mostWaiting {
			r.WaitingOn = append(r.WaitingOn, name)
		}
	}
	for _, approves := range said {
		if approves {
			r.Approvals++
		}
	}
	return r
}
