package form

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// Prefill is what the program knows before a person has said anything. A form
// offers it; only what is carried counts without being asked for.
type Prefill struct {
	Me        string
	Carried   *handoff.Handoff  // what I hold: items, blockers, questions, what I keep an eye on
	Freed     []workspace.Freed // what of it is not blocked any more
	To        []string          // the likely receiver
	Returns   time.Time         // when my next shift begins, zero when nobody knows
	Since     time.Time         // of my last handoff, or where the facts begin
	Questions []string          // my open questions, one line each
	Work      workspace.Facts
	// Reviews says how the pull requests of an item stand, a line each, as far as a forge
	// has said that by now. Nil knows of none.
	Reviews func(handoff.Item) []string
}

// branchWork is a branch with work of mine, which may be an item.
type branchWork struct {
	Branch   string
	Slug     string // a name for the item, "" when the branch's name makes none
	Ticket   string // PAY-311, "" when the name holds none
	Commits  int    // mine since the last handoff
	Unpushed int
	Subject  string // of the newest of the commits, "" without any
	Item     string // the id of the carried item that it belongs to, "" for none
}

var ticketPattern = text.Pattern(`\b[A-Z][A-Z0-9]{1,9}-[0-9]+\b`)

// findWork lists the branches that have commits of mine, or commits that are on
// no remote, and finds for each the carried item that it belongs to: by a
// reference to the branch or its ticket, else by name.
func findWork(work workspace.Facts, carried []handoff.Item) []branchWork {
	var found []branchWork
	for _, b := range work.Branches {
		if fold.IsTrunk(b.Name) {
			continue
		}
		f := branchWork{Branch: b.Name, Slug: handoff.Slug(path.Base(b.Name)), Ticket: ticketPattern().FindString(b.Name)}
		if work.Remote {
			f.Unpushed = b.Unpushed
		}
		for _, c := range work.Commits {
			if c.Branch == b.Name {
				if f.Commits == 0 {
					f.Subject = c.Subject
				}
				f.Commits++
			}
		}
		if f.Commits == 0 && f.Unpushed == 0 {
			continue
		}
		f.Item = itemOf(f, carried)
		found = append(found, f)
	}
	return found
}

func itemOf(f branchWork, items []handoff.Item) string {
	for _, item := range items {
		for _, ref := range item.Refs {
			if ref.Type == "branch" && ref.ID == f.Branch || ref.Type == "ticket" && ref.ID == f.Ticket {
				return item.ID
			}
		}
	}
	for _, item := range items {
		if f.Slug != "" && (item.ID == f.Slug || strings.HasSuffix(f.Slug, "-"+item.ID)) {
			return item.ID
		}
	}
	return ""
}

// String says what git knows of the branch, in one line.
func (f branchWork) String() string {
	parts := []string{f.Branch}
	if f.Commits > 0 {
		parts = append(parts, fmt.Sprintf("%s, last %q", text.Count(f.Commits, "commit"), f.Subject))
	}
	if f.Unpushed > 0 {
		parts = append(parts, fmt.Sprintf("%d not pushed", f.Unpushed))
	}
	return strings.Join(parts, " · ")
}

// newItem is the item that the branch would be.
func (f branchWork) newItem(owner string) handoff.Item {
	item := handoff.Item{ID: f.Slug, Owner: owner, Status: handoff.StatusInProgress, Refs: []handoff.Ref{{Type: "branch", ID: f.Branch}}}
	if f.Ticket != "" {
		item.Refs = append(item.Refs, handoff.Ref{Type: "ticket", ID: f.Ticket})
	}
	return item
}

// shippedIdeas are the subjects of my commits on a trunk since the last
// handoff, the newest first and each once: what may be worth a line, as far as it is
// no longer than one may be.
func shippedIdeas(work workspace.Facts) []string {
	var ideas []string
	for _, c := range work.Commits {
		if fold.IsTrunk(c.Branch) && !slices.Contains(ideas, c.Subject) && utf8.RuneCountInString(c.Subject) <= mostShipped {
			ideas = append(ideas, c.Subject)
		}
	}
	return ideas
}

// treeFacts says what lies around in the work tree, "" when it is clean.
func treeFacts(work workspace.Facts) string {
	var parts []string
	for _, fact := range []struct {
		n    int
		what string
	}{
		{work.Dirty, "changed"}, {work.Staged, "staged"}, {work.Stashes, "stashed"},
	} {
		if fact.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", fact.n, fact.what))
		}
	}
	if work.Remote && work.Unpushed > 0 {
		parts = append(parts, text.Count(work.Unpushed, "commit")+" not pushed")
	}
	if len(parts) == 0 {
		return ""
	}
	return "git: " + strings.Join(parts, ", ")
}
