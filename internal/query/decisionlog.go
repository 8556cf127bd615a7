package query

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/sorting"
)

// DecisionStory is what is decided on a topic and how it came to that: the row
// of the decision that nothing replaces, and the rows around it. No list is
// ever nil.
type DecisionStory struct {
	*row.Decision
	Proposed  []*row.Decision `json:"proposed"`  // in its place, and not accepted yet
	Contested []*row.Decision `json:"contested"` // what says otherwise: see DecisionLog
	Chain     []*row.Decision `json:"chain"`     // what it replaced, the newest first
	Notes     []string        `json:"notes"`     // what is wrong with what they say they supersede
}

// DecisionLog lists the decisions that stand, the newest first, then those that
// were reversed, each with the chain of what it replaced: see [fold.Lineage].
//
// Contested are the decisions that replace the same one as this does, and those
// that say something else on its topic without saying that they supersede it.
//
// A story is in the log when one of its decisions is about the argument of the
// query, as the topic decisions has it, and meets its terms and words.
func DecisionLog(q Query, s *fold.State, env Env) []DecisionStory {
	l := decisionLog{newRunner(q, s.View, env), s.Lineage()}
	stories := []DecisionStory{}
	for _, head := range l.Heads() {
		if q.Limit > 0 && len(stories) == q.Limit {
			break
		}
		if story, fits := l.story(head); fits {
			stories = append(stories, story)
		}
	}
	return stories
}

// decisionLog tells of decisions and of what they replaced.
type decisionLog struct {
	*runner
	*fold.Lineage
}

// story tells of a decision that nothing replaced, and whether it belongs into
// the log.
func (l decisionLog) story(head *fold.Decision) (story DecisionStory, fits bool) {
	line := func(d *fold.Decision) *row.Decision {
		t := decisionThread{d}
		c := l.latest(t)
		fits = fits || t.concerns(l.runner, l.query.Arg) && l.meets(c) && l.says(t)
		return c.row.(*row.Decision)
	}
	rows := func(list []*fold.Decision) []*row.Decision {
		all := make([]*row.Decision, len(list))
		for i, d := range list {
			all[i] = line(d)
		}
		return all
	}
	// What failed to replace an earlier one is settled since.
	chain := slices.Clone(l.Chain(head))
	for _, older := range l.Chain(head) {
		chain = append(chain, l.Voided(older)...)
	}
	var proposed []*fold.Decision
	for _, d := range head.Story()[1+len(head.Earlier()):] {
		if d.State == fold.DecisionProposed {
			proposed = append(proposed, d)
		} else {
			chain = append(chain, d)
		}
	}
	sorting.By(chain, func(a, b *fold.Decision) int { return l.Compare(b, a) })
	story = DecisionStory{
		Decision: line(head), Proposed: rows(proposed), Contested: rows(slices.Concat(l.Voided(head), l.Rivals(head))),
		Chain: rows(chain), Notes: []string{},
	}
	for _, d := range append([]*fold.Decision{head}, l.Chain(head)...) {
		if note := l.Dangling(d); note != "" {
			story.Notes = append(story.Notes, note)
		}
	}
	return story, fits
}
