package form

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// scripted is an Asker without a terminal. Each step answers the screen of its
// name; the form must ask for exactly those, in this order.
type scripted struct {
	t     *testing.T
	steps []step
}

type step struct {
	screen  string
	answers map[string]string // a tick list is written "a b", an empty one "-"
	reply   Reply
	err     error
	check   func(*Screen)
}

func (s *scripted) Ask(_ context.Context, screen *Screen) (Reply, error) {
	s.t.Helper()
	if len(s.steps) == 0 {
		s.t.Fatalf("unexpected screen %q", screen.ID)
	}
	next := s.steps[0]
	s.steps = s.steps[1:]
	if screen.ID != next.screen {
		s.t.Fatalf("screen %q, want %q", screen.ID, next.screen)
	}
	for key, value := range next.answers {
		f := screen.Field(key)
		if f == nil {
			s.t.Fatalf("screen %q has no field %q", screen.ID, key)
		}
		if f.Kind == Ticks {
			f.Ticked = strings.Fields(strings.Trim(value, "-"))
		} else {
			f.Value = value
		}
	}
	if next.check != nil {
		next.check(screen)
	}
	return next.reply, next.err
}

func (*scripted) Release(run func() error) error { return run() }
func (*scripted) Close() error                   { return nil }

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// carried is what ana holds in these tests.
func carried() *handoff.Handoff {
	return &handoff.Handoff{
		Items: []handoff.Item{
			{ID: "refund-flow", Status: handoff.StatusInReview, Owner: "ana", State: "PR #1842 is open", Next: []handoff.Next{{Do: "Get james's review", Owner: "ana"}}, Refs: []handoff.Ref{{Type: "ticket", ID: "PAY-311"}}},
			{ID: "login-audit", Status: handoff.StatusBlocked, Owner: "ana", State: "3 of 7 endpoints lack the log", Next: []handoff.Next{{Do: "Log /logout", Owner: "ana"}}, BlockedBy: []string{"session-policy"}},
		},
		Blockers: []handoff.Blocker{{ID: "session-policy", Needs: "Decide the timeout", Because: "login and refund differ", Resolver: "sarah", Blocks: []string{"login-audit"}}},
	}
}

// declaration returns the form of ana's evening, with answers and every draft
// that it saves.
func declaration(t *testing.T, steps ...step) (*Declaration, *[]*Draft) {
	t.Helper()
	var saved []*Draft
	d := &Declaration{
		Asker: &scripted{t, steps}, Draft: &Draft{Handoff: new(handoff.Handoff)},
		Prefill: Prefill{Me: "ana", Carried: carried(), To: []string{"ben"}, Returns: monday},
		Check:   func(*Draft) []handoff.Finding { return nil },
		When: func(text string) (time.Time, error) {
			at, err := time.Parse(time.RFC3339, text)
			if err != nil {
				err = errors.New("no time")
			}
			return at, err
		},
		Save:  func(d *Draft) error { saved = append(saved, d.Clone()); return nil },
		Edit:  func(context.Context, *Draft) (*Draft, error) { t.Fatal("no editor here"); return nil, nil },
		Owned: func(h *handoff.Handoff) (*handoff.Handoff, string) { return h, "" },
		Step:  func(typed string, _ []string) (who, do, nearly string) { return "", typed, "" },
	}
	return d, &saved
}

// through answers the screens from the first to the preview with nothing but
// next, except for what changes says.
func through(changes map[string]map[string]string) []step {
	var steps []step
	for _, screen := range []string{"items", "item refund-flow", "item login-audit", "blockers", "outcomes", "closing"} {
		steps = append(steps, step{screen: screen, answers: changes[screen]})
	}
	return steps
}

func publish() step { return step{screen: pagePreview, answers: map[string]string{"do": doPublish}} }

func TestDeclareWithNothingNew(t *testing.T) {
	d, _ := declaration(t, append(through(nil), publish())...)
	outcome, err := d.Run(context.Background())
	if outcome != Publish || err != nil {
		t.Fatalf("%v, %v", outcome, err)
	}
	h := d.Final().Handoff
	if len(h.Items) != 2 || h.Items[0].State != "PR #1842 is open" || !slices.Equal(h.Items[1].BlockedBy, []string{"session-policy"}) {
		t.Errorf("items %+v", h.Items)
	}
	if len(h.Blockers) != 1 || h.Shipped == nil || h.Decisions == nil || len(h.Shipped)+len(h.Decisions) != 0 {
		t.Errorf("blockers %+v, shipped %+v, decisions %+v", h.Blockers, h.Shipped, h.Decisions)
	}
	if !slices.Equal(h.To, []string{"ben"}) || !h.ReturnsAt.Equal(monday) {
		t.Errorf("to %v, returns %v", h.To, h.ReturnsAt)
	}
}

func TestBlockersAreCalledOthersOnlyAfterOne(t *testing.T) {
	d, _ := declaration(t, append(through(nil), publish())...)
	if _, err := d.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if add := d.blockersScreen().Field("new"); add.Label != "Another blocker" {
		t.Errorf("after one: %s", add.Label)
	}
	d.Prefill.Carried.Blockers, d.Draft.Handoff.Blockers = nil, nil
	if add := d.blockersScreen().Field("new"); add.Label != "Blocker" || add.Help != "what is needed from somebody; empty: nothing blocks" {
		t.Errorf("without any: %s, %s", add.Label, add.Help)
	}
}

func TestDeclareEverythingChanges(t *testing.T) {
	steps := []step{
		{screen: "items", answers: map[string]string{"items": "refund-flow", "new": "Retry queue"}},
		{screen: "item refund-flow", answers: map[string]string{"status": "ready", "state": "merged", "next": "Deploy"}},
		{screen: "item login-audit", answers: map[string]string{"status": "dropped", "state": "the audit is off"}},
		{screen: "item retry-queue", answers: map[string]string{"why": "timeouts", "status": "blocked", "state": "spike", "next": "Ask ops"}},
		{screen: "blockers", answers: map[string]string{"session-policy": "resolved", "new": "A queue to try it on"}},
		{screen: "blocker a-queue-to-try-it-on", answers: map[string]string{"because": "there is none", "resolver": "@zoe"}},
		{screen: "resolved session-policy", answers: map[string]string{"how": "15 minutes"}},
		{screen: "outcomes", answers: map[string]string{"shipped": "The nightly job\r\nA fix", "decisions": "Use a queue -- retries pile up"}},
		{screen: "closing", answers: map[string]string{"summary": "A day", "to": "ben, @kim", "returns": "2026-11-24T09:00:00Z", "give": "refund-flow"}},
		publish(),
	}
	d, _ := declaration(t, steps...)
	if outcome, err := d.Run(context.Background()); outcome != Publish || err != nil {
		t.Fatalf("%v, %v", outcome, err)
	}
	s := d.Final()
	h := s.Handoff
	for what, ok := range map[string]bool{
		"items":       len(h.Items) == 2 && h.Items[0].State == "merged" && h.Items[1].ID == "retry-queue" && h.Items[1].Intent == "timeouts",
		"given":       h.Items[0].Next[0].Owner == "ben" && h.Items[1].Next[0].Owner == "ana",
		"dropped":     len(h.Dropped) == 1 && h.Dropped[0] == handoff.Reasoned{ID: "login-audit", Why: "the audit is off"},
		"blocked by":  slices.Equal(h.Items[1].BlockedBy, []string{"a-queue-to-try-it-on"}),
		"blockers":    len(h.Blockers) == 1 && h.Blockers[0].Resolver == "zoe" && slices.Equal(h.Blockers[0].Blocks, []string{"retry-queue"}),
		"resolutions": len(s.Resolutions) == 1 && s.Resolutions[0].Blocker == "session-policy" && s.Resolutions[0].Outcome == "resolved" && s.Resolutions[0].How == "15 minutes",
		"shipped":     len(h.Shipped) == 2 && h.Shipped[1].What == "A fix",
		"decisions":   len(h.Decisions) == 1 && h.Decisions[0].Rationale == "retries pile up" && h.Decisions[0].ID == "use-a-queue",
		"to":          slices.Equal(h.To, []string{"ben", "kim"}),
	} {
		if !ok {
			t.Errorf("%s: %+v, %+v", what, h, s.Resolutions)
		}
	}
}

// TestDraftSurvives stops at every screen in turn with something typed, writes
// the draft and reads it, and goes on.
func TestDraftSurvives(t *testing.T) {
	typed := map[string]map[string]string{
		"item refund-flow": {"state": "half a sent"},
		"blockers":         {"new": "A queue"},
		"outcomes":         {"decisions": "Use a queue"},
		"closing":          {"summary": "A d", "returns": "tomo"},
	}
	for screen, answers := range typed {
		t.Run(screen, func(t *testing.T) {
			steps := through(nil)
			at := slices.IndexFunc(steps, func(s step) bool { return s.screen == screen })
			steps = append(steps[:at], step{screen: screen, answers: answers, err: ErrStopped})
			d, saved := declaration(t, steps...)
			if outcome, err := d.Run(context.Background()); outcome == Publish || !errors.Is(err, ErrStopped) {
				t.Fatalf("%v, %v", outcome, err)
			}
			text, err := (*saved)[len(*saved)-1].Format()
			if err != nil {
				t.Fatal(err)
			}
			for _, value := range answers {
				if !strings.Contains(string(text), value) {
					t.Errorf("%q is not in the draft:\n%s", value, text)
				}
			}
			again, doc := ParseDraft(text, handoff.Reading{})
			if again == nil {
				t.Fatalf("%v", doc.Findings)
			}
			if second, _ := again.Format(); string(second) != string(text) {
				t.Errorf("the draft changes when it is read:\n%s\nwas\n%s", second, text)
			}
		})
	}
}

// TestBackKeepsAnswers goes back from the last screen to the first and forth.
func TestBackKeepsAnswers(t *testing.T) {
	d, _ := declaration(t,
		step{screen: "items"},
		step{screen: "item refund-flow", answers: map[string]string{"state": "merged"}},
		step{screen: "item login-audit", answers: map[string]string{"state": "unfinished"}, reply: Back},
		step{screen: "item refund-flow", reply: Back, check: func(s *Screen) {
			if got := s.Field("state"); got.Value != "merged" || got.Default != "PR #1842 is open" {
				t.Errorf("state %+v", got)
			}
		}},
		step{screen: "items", reply: Back},
		step{screen: "items"},
		step{screen: "item refund-flow"},
		step{screen: "item login-audit", err: ErrStopped, check: func(s *Screen) {
			if got := s.Text("state"); got != "unfinished" {
				t.Errorf("state %q", got)
			}
		}},
	)
	if _, err := d.Run(context.Background()); !errors.Is(err, ErrStopped) {
		t.Fatal(err)
	}
}

// TestFindingsLeadToTheirField follows findings from the preview to the page and
// the field that they are about, and back.
func TestFindingsLeadToTheirField(t *testing.T) {
	for _, test := range []struct{ field, page, focus string }{
		{"items[0].state", "item refund-flow", "state"},
		{"items[1].next[0].do", "item login-audit", "next"},
		{"items[1].accept", "more login-audit", "accept"},
		{"items[0].intent", "more refund-flow", "intent"},
		{"items", "items", ""},
		{"blockers[0].because", "blocker session-policy", "because"},
		{"blockers", "blockers", ""},
		{"decisions[0].rationale", "outcomes", "decisions"},
		{"shipped[0].what", "outcomes", "shipped"},
		{"returns_at", "closing", "returns"},
		{"to[0]", "closing", "to"},
		{"summary", "closing", "summary"},
	} {
		t.Run(test.field, func(t *testing.T) {
			steps := append(through(map[string]map[string]string{"closing": {"summary": "A day"}}),
				step{screen: pagePreview, answers: map[string]string{"do": fixPrefix + test.page + "#" + test.focus}},
				step{screen: test.page, check: func(s *Screen) {
					if s.Focus != test.focus || s.Field(test.focus) == nil && test.focus != "" {
						t.Errorf("focus %q, want %q", s.Focus, test.focus)
					}
					if !strings.Contains(strings.Join(s.Problems, "\n"), "not good") {
						t.Errorf("the finding is not on the screen: %q", s.Problems)
					}
				}},
				step{screen: pagePreview, answers: map[string]string{"do": doKeep}},
			)
			d, _ := declaration(t, steps...)
			d.Check = func(*Draft) []handoff.Finding {
				return []handoff.Finding{
					{Code: "HO301", Level: handoff.LevelWarning, Field: "notes", Message: "a warning"},
					{Code: "HO203", Level: handoff.LevelError, Field: test.field, Message: "not good"},
				}
			}
			if outcome, err := d.Run(context.Background()); outcome != Keep || err != nil {
				t.Fatalf("%v, %v", outcome, err)
			}
		})
	}
}

// TestRefusedIsNotOffered looks for "publish" in a preview with an error.
func TestRefusedIsNotOffered(t *testing.T) {
	d, _ := declaration(t, append(through(nil), step{screen: pagePreview, err: ErrStopped, check: func(s *Screen) {
		if _, ok := s.Field("do").option(doPublish); ok {
			t.Error("it can be published")
		}
	}})...)
	d.Check = func(*Draft) []handoff.Finding { return []handoff.Finding{{Level: handoff.LevelError}} }
	if _, err := d.Run(context.Background()); !errors.Is(err, ErrStopped) {
		t.Fatal(err)
	}
}

func TestFindWork(t *testing.T) {
	work := workspace.Facts{
		Remote: true,
		Branches: []workspace.Branch{
			{Name: "main", Unpushed: 1}, {Name: "feature/PAY-311-refunds", Unpushed: 2}, {Name: "fix/login-audit"}, {Name: "spike/queue", Unpushed: 1}, {Name: "old"},
		},
		Commits: []workspace.WorkCommit{
			{Branch: "feature/PAY-311-refunds", Subject: "Newest"}, {Branch: "feature/PAY-311-refunds", Subject: "Older"}, {Branch: "fix/login-audit", Subject: "Log"}, {Branch: "main", Subject: "Merged"},
		},
	}
	want := []branchWork{
		{Branch: "feature/PAY-311-refunds", Slug: "pay-311-refunds", Ticket: "PAY-311", Commits: 2, Unpushed: 2, Subject: "Newest", Item: "refund-flow"},
		{Branch: "fix/login-audit", Slug: "login-audit", Commits: 1, Subject: "Log", Item: "login-audit"},
		{Branch: "spike/queue", Slug: "queue", Unpushed: 1},
	}
	if got := findWork(work, carried().Items); !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := shippedIdeas(work); !slices.Equal(got, []string{"Merged"}) {
		t.Errorf("shipped %q", got)
	}
}

// TestFactsAreOnlyOffered checks that nothing that git knows is in a draft of
// which the person accepted every screen as it was.
func TestFactsAreOnlyOffered(t *testing.T) {
	d, _ := declaration(t, append(through(nil), publish())...)
	d.Prefill.Work = workspace.Facts{Remote: true,
		Branches: []workspace.Branch{{Name: "spike/queue", Unpushed: 1}},
		Commits:  []workspace.WorkCommit{{Branch: "main", Subject: "Merged"}, {Branch: "spike/queue", Subject: "Try it"}},
	}
	if _, err := d.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if h := d.Final().Handoff; len(h.Items) != 2 || len(h.Shipped) != 0 {
		t.Errorf("taken over: %+v, %+v", h.Items, h.Shipped)
	}
}

// What is watched is asked about only where there is something, and an item that
// goes on under another name takes along what blocks it.
func TestWhatLasts(t *testing.T) {
	steps := []step{
		{screen: "items"},
		{screen: "item refund-flow"},
		{screen: "item login-audit", answers: map[string]string{"status": fold.ItemContinued, "state": "login-log, login-page"}},
		{screen: "blockers"},
		{screen: "watch", answers: map[string]string{watchKey(1): "the release is out"}},
		{screen: "outcomes"}, {screen: "closing"}, publish(),
	}
	d, saved := declaration(t, steps...)
	d.Prefill.Carried.Watch = []handoff.Watch{{What: "the old queue"}}
	d.Prefill.Carried.Standing = []handoff.Standing{{What: "release freeze", Until: handoff.Time{Time: monday}}}
	d.Draft.Handoff.Watch, d.Draft.Handoff.Standing = d.Prefill.Carried.Watch, d.Prefill.Carried.Standing
	if _, err := d.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	h := d.Final().Handoff
	if len(h.Watch) != 1 || len(h.Standing) != 0 || !slices.Equal(h.Ended, []handoff.Ended{{What: "release freeze", Why: "the release is out"}}) {
		t.Errorf("watch %v, standing %v, ended %v", h.Watch, h.Standing, h.Ended)
	}
	var names []string
	for _, item := range h.Items {
		names = append(names, item.ID+" "+item.Status+" "+item.Continues+" "+strings.Join(item.BlockedBy, " "))
	}
	want := []string{"refund-flow in_review  ", "login-log blocked login-audit session-policy", "login-page blocked login-audit session-policy"}
	if !slices.Equal(names, want) || !slices.Equal(h.Blockers[0].Blocks, []string{"login-log", "login-page"}) {
		t.Errorf("items %q, the blocker blocks %q", names, h.Blockers[0].Blocks)
	}
	if last := (*saved)[len(*saved)-1]; last.Handoff.Items[1].Status != fold.ItemContinued {
		t.Errorf("the draft keeps %+v", last.Handoff.Items[1])
	}
	// Going back on it brings it back.
	screen := d.watchScreen()
	screen.Field(watchKey(1)).Value = ""
	d.takeWatch(d.Draft, screen, true)
	if h := d.Final().Handoff; len(h.Standing) != 1 || len(h.Ended) != 0 {
		t.Errorf("standing %v, ended %v", h.Standing, h.Ended)
	}
}

// A list that is emptied says that there is none any more.
func TestMoreClears(t *testing.T) {
	d := &Declaration{Draft: &Draft{Handoff: &handoff.Handoff{Items: []handoff.Item{{
		Accept: []handoff.Criterion{{Check: "PR #1842 is merged"}}, KnownIssues: []string{"slow"},
	}}}}}
	item := &d.Draft.Handoff.Items[0]
	s := d.moreScreen(*item)
	s.Field("accept").Value, s.Field("known_issues").Value = "", ""
	d.takeMore(d.Draft, 0, s)
	if item.Accept == nil || item.KnownIssues == nil || len(item.Accept)+len(item.KnownIssues) > 0 {
		t.Errorf("accept %v, known issues %v", item.Accept, item.KnownIssues)
	}
}

// What somebody wrote elsewhere stays as it is where the page is only looked at.
func TestMoreKeeps(t *testing.T) {
	d, _ := declaration(t)
	percent := 40
	want := handoff.Item{
		ID: "fee-table", Due: handoff.Time{Time: monday}, Effort: "2h", Progress: &percent, Ready: "rows 1 to 24",
		Refs:  []handoff.Ref{{Type: "pr", ID: "1851", Approvals: "1/2"}, {Type: "url", ID: "https://example.com/a,b"}, {Type: "file", ID: "a b.csv"}},
		Tried: []handoff.Attempt{{What: "a rebase", Result: "it\nbroke"}}, DependsOn: []string{"pr:1839", "the bank's file"}, Consult: []string{"cleo", "ben"},
		Assumptions: []string{"rates come daily"}, Title: "Fees",
	}
	d.Draft.Handoff = &handoff.Handoff{Items: []handoff.Item{cloneItem(want)}}
	d.takeMore(d.Draft, 0, d.moreScreen(d.Draft.Handoff.Items[0]))
	if got := d.Draft.Handoff.Items[0]; !reflect.DeepEqual(got, want) {
		t.Errorf("it became\n%+v, not\n%+v", got, want)
	}
}

// Every key of an item that a team's contract may require has a field that asks for it,
// but for those that the program fills in and claims, which are made in the editor.
func TestEveryKeyIsAsked(t *testing.T) {
	d, _ := declaration(t)
	d.Draft.Handoff = &handoff.Handoff{Items: []handoff.Item{{ID: "fee-table", Status: handoff.StatusBlocked}}}
	d.open = make(map[string]bool)
	item := reflect.TypeFor[handoff.Item]()
	for i := range item.NumField() {
		key, _, _ := strings.Cut(item.Field(i).Tag.Get("yaml"), ",")
		if slices.Contains([]string{"claims", "reopened", "continues", "source"}, key) {
			continue
		}
		at := d.placeOfItem(d.Draft.Handoff.Items[0], key)
		if s := d.screenOf(at.page); s == nil || s.Field(at.field) == nil {
			t.Errorf("nothing asks for %s: %+v", key, at)
		}
	}
}
