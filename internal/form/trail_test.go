package form

import (
	"context"
	"errors"
	"testing"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// TestBackFromTheEditor opens the editor on a page: from the preview behind it, back
// leads to that page, and on from there to the preview, past what was left open.
func TestBackFromTheEditor(t *testing.T) {
	d, _ := declaration(t,
		step{screen: "items"},
		step{screen: "item refund-flow", reply: Editor},
		step{screen: pagePreview, reply: Back},
		step{screen: "item refund-flow", reply: Back},
		step{screen: "items"},
		step{screen: "item login-audit"}, // which nobody has seen yet
		step{screen: "blockers"},
		step{screen: "outcomes"},
		step{screen: "closing"}, // without a summary
		step{screen: pagePreview, reply: Back},
		step{screen: "closing"},
		step{screen: pagePreview, err: ErrStopped},
	)
	d.Edit = func(_ context.Context, draft *Draft) (*Draft, error) {
		draft.Handoff.Items[1].State, draft.Handoff.Blockers = "", nil
		return draft, nil
	}
	if _, err := d.Run(context.Background()); !errors.Is(err, ErrStopped) {
		t.Fatal(err)
	}
}

// TestUntickedFromThePreview unticks an item when all is answered: what became of it is
// asked, and nothing else.
func TestUntickedFromThePreview(t *testing.T) {
	steps := append(through(map[string]map[string]string{"closing": {"summary": "A day"}}),
		step{screen: pagePreview, answers: map[string]string{"do": goPrefix + pageItems}},
		step{screen: "items", answers: map[string]string{"items": "refund-flow"}},
		step{screen: "item login-audit", answers: map[string]string{"status": "dropped", "state": "the audit is off"}},
		publish(),
	)
	d, _ := declaration(t, steps...)
	if outcome, err := d.Run(context.Background()); outcome != Publish || err != nil {
		t.Fatalf("%v, %v", outcome, err)
	}
	if dropped := d.Final().Handoff.Dropped; len(dropped) != 1 || dropped[0].Why != "the audit is off" {
		t.Errorf("dropped %+v", dropped)
	}
}

// TestWantedIsAskedOfWhatIsWrong asks, when a handoff is closed, for what the rules want
// of an item, once, and marks it as required where they refuse without.
func TestWantedIsAskedOfWhatIsWrong(t *testing.T) {
	for level, required := range map[handoff.Level]bool{handoff.LevelError: true, handoff.LevelWarning: false} {
		steps := append(through(map[string]map[string]string{"closing": {"summary": "A day"}}),
			step{screen: "wanted login-audit", answers: map[string]string{"accept": "All 7 endpoints write the log"}, check: func(s *Screen) {
				if f := s.Fields[0]; len(s.Fields) != 1 || f.Key != "accept" || (f.Required != nil) != required {
					t.Errorf("%s: asks %+v", level, s.Fields)
				}
			}},
			publish(),
		)
		d, _ := declaration(t, steps...)
		d.Wanted = func(draft *Draft) []handoff.Finding {
			return []handoff.Finding{
				{Code: "HO203", Level: handoff.LevelError, Field: "items[0].accept"}, // no rule that wants more
				{Code: "HO407", Level: level, Field: "items[1].accept"},
			}
		}
		if outcome, err := d.Run(context.Background()); outcome != Publish || err != nil {
			t.Fatalf("%v, %v", outcome, err)
		}
		if accept := d.Final().Handoff.Items[1].Accept; len(accept) != 1 || accept[0].Check != "All 7 endpoints write the log" {
			t.Errorf("%s: accept %+v", level, accept)
		}
	}
}
