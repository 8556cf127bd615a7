package form

import (
	"context"
	"testing"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// TestQuestionsAreSaidOnDemand asks for the page of questions in the preview. An
// empty answer says that none is open, and an untouched form says nothing.
func TestQuestionsAreSaidOnDemand(t *testing.T) {
	ready := func() *handoff.Handoff {
		return &handoff.Handoff{
			Summary: "All is done", To: handoff.List[string]{"ben"}, ReturnsAt: handoff.Time{Time: monday},
			Items: handoff.List[handoff.Item]{}, Blockers: handoff.List[handoff.Blocker]{}, Shipped: handoff.List[handoff.Shipped]{}, Decisions: handoff.List[handoff.Decision]{},
		}
	}
	ask := step{screen: pagePreview, answers: map[string]string{"do": goPrefix + pageQuestions}, reply: Next}
	answer := func(text string) step {
		return step{screen: pageQuestions, answers: map[string]string{"questions": text}, reply: Next}
	}
	for name, test := range map[string]struct {
		steps []step
		check func(handoff.List[handoff.OpenQuestion]) bool
	}{
		"untouched": {[]step{publish()}, func(q handoff.List[handoff.OpenQuestion]) bool { return q == nil }},
		"none":      {[]step{ask, answer(""), publish()}, func(q handoff.List[handoff.OpenQuestion]) bool { return q != nil && len(q) == 0 }},
		"one": {[]step{ask, answer("Which limit does the contract name?; @sarah"), publish()}, func(q handoff.List[handoff.OpenQuestion]) bool {
			return len(q) == 1 && q[0].ID == "which-limit-does-the-contract-name" && q[0].To == "sarah" && q[0].Ask == "Which limit does the contract name?"
		}},
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := declaration(t, test.steps...)
			d.Draft.Handoff, d.Prefill.Carried = ready(), new(handoff.Handoff)
			outcome, err := d.Run(context.Background())
			if err != nil || outcome != Publish || !test.check(d.Final().Handoff.Questions) {
				t.Errorf("%v, %v: %#v", outcome, err, d.Final().Handoff.Questions)
			}
		})
	}
}
