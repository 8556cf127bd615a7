package outbox

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/handoff"
)

func TestRemoteAt(t *testing.T) {
	for address, want := range map[string]string{
		"https://github.com/acme/shop.git":                 "github.com acme/shop",
		"https://ana:secret@GitHub.com/acme/shop/":         "github.com acme/shop",
		"git@github.com:acme/shop.git":                     "github.com acme/shop",
		"github.com:acme/shop":                             "github.com acme/shop",
		"ssh://git@git.example.com:2222/acme/pay/shop.git": "git.example.com acme/pay/shop",
		"ssh://git@ssh.github.com:443/acme/shop.git":       "github.com acme/shop",
		"git@altssh.gitlab.com:acme/shop.git":              "gitlab.com acme/shop",
		"https://github.com/acme":                          "",
		"https://github.com/":                              "",
		"/srv/git/acme/shop.git":                           "",
		"../acme/shop.git":                                 "",
		"file:///srv/git/acme/shop.git":                    "",
		"./odd:acme/shop":                                  "",
		"":                                                 "",
		":acme/shop":                                       "",
	} {
		r, ok := remoteAt(address)
		if got := strings.TrimSpace(r.host + " " + r.project); ok != (want != "") || ok && got != want {
			t.Errorf("%q is %q %v, want %q", address, got, ok, want)
		}
	}
}

func TestPersonOf(t *testing.T) {
	team := &config.Config{Teams: map[string]config.Team{"qa": {}}, People: map[string]config.Person{
		"james": {GitHub: "James-GH"}, "ben": {GitHub: "benjamin"}, "zoe": {GitLab: "zoe.gl"},
	}}
	for account, want := range map[string]string{
		"james-gh": "james", "benjamin": "ben", "Zoe": "zoe", // who has told no account
		"ben": "github:ben", "James": "github:James", "mallory": "github:mallory", "copilot[bot]": "github:copilot[bot]",
		"team:qa": "team:qa", "team:ops": "github:ops",
	} {
		if got := personOf(team, "github", account); got != want {
			t.Errorf("%s is %s, want %s", account, got, want)
		}
	}
	if got := personOf(new(config.Config), "github", "James"); got != "james" {
		t.Errorf("without a roster James is %s", got)
	}
}

// askedForge is a forge that notes how many ask it at once.
type askedForge struct{ now, most, all atomic.Int32 }

func (f *askedForge) Web() string { return "git.example.com" }

func (f *askedForge) Review(_ context.Context, ref deliver.Ref) (deliver.Review, bool, error) {
	f.all.Add(1)
	now := f.now.Add(1)
	for most := f.most.Load(); now > most && !f.most.CompareAndSwap(most, now); most = f.most.Load() {
	}
	defer f.now.Add(-1)
	if ref.ID == "other/repo#1" {
		return deliver.Review{}, false, nil
	}
	if ref.ID == "3" {
		return deliver.Review{}, false, &deliver.NotSentError{Target: "forge", Why: "no\x1bluck"}
	}
	return deliver.Review{State: "open", Approvals: 3, Of: 2, WaitingOn: []string{"zoe", "xoxb-123456789012-123456789012-a1b2c3d4e5f6g7h8i9j0k1l2"}}, true, nil
}

func TestReviewsAreBounded(t *testing.T) {
	forge := new(askedForge)
	at := time.Date(2026, 11, 20, 10, 0, 0, 500, time.UTC)
	asked := []reviewer{{forge, "github", new(config.Config), func() time.Time { return at }}}
	refs := []handoff.Ref{{Type: "pr", ID: "other/repo#1"}, {Type: "branch", ID: "main"}, {Type: "pr", ID: "0", State: "merged", ProbedAt: handoff.Time{Time: at}}}
	for n := 1; n <= 40; n++ {
		refs = append(refs, handoff.Ref{Type: "pr", ID: fmt.Sprint(n)}, handoff.Ref{Type: "pr", ID: fmt.Sprint(n)})
	}
	answers, err := reviewsOf(t.Context(), asked, pullRequests(refs))
	if got := forge.all.Load(); got != mostReviews || forge.most.Load() > reviewsAtOnce {
		t.Errorf("%d were asked about, %d at once", got, forge.most.Load())
	}
	want := handoff.Ref{Type: "pr", ID: "1", State: "open", Approvals: "3/3", WaitingOn: []string{"zoe"}, ProbedAt: handoff.Time{Time: at.Truncate(time.Second)}}
	if len(answers) != mostReviews-2 || !slices.EqualFunc(answers[:1], []handoff.Ref{want}, func(a, b handoff.Ref) bool { return fmt.Sprint(a) == fmt.Sprint(b) }) {
		t.Errorf("answers %v, want the first to be %v", answers, want)
	}
	for _, part := range []string{"how PR #32, PR #33,", "stand: more than 32 are not asked about at once", `how PR #3 stands: forge: no\x1bluck`} {
		if err == nil || !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "\n") {
			t.Errorf("the error does not say %s: %v", part, err)
		}
	}
}
