package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/gittest"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

func TestIdentityIsGits(t *testing.T) {
	for name, set := range map[string][]string{
		"configuration": nil,
		"environment":   {"GIT_AUTHOR_NAME=Ben", "GIT_AUTHOR_EMAIL=ben@example.com", "GIT_COMMITTER_NAME=Cai", "GIT_COMMITTER_EMAIL=cai@example.com"},
		"dates":         {"GIT_AUTHOR_DATE=1700000000 +0130", "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z"},
		"zone":          {"TZ=America/New_York", "GIT_AUTHOR_DATE=@1700000000 -0500", "GIT_COMMITTER_DATE=@1700000001 -0400"},
		"plain dates":   {"GIT_AUTHOR_DATE=2026-11-20T10:00:00-00:30", "GIT_COMMITTER_DATE=2024-02-29T23:59:59+05:45"},
		"dirty name":    {"GIT_AUTHOR_NAME= ;Ben <x>, Jr' "},
	} {
		t.Run(name, func(t *testing.T) {
			r := gittest.Seeded(t)
			r.Env = append(r.Env, set...)
			author, committer := r.Git("var", "GIT_AUTHOR_IDENT"), r.Git("var", "GIT_COMMITTER_IDENT")
			a, c, err := mustOpen(r).Identity(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if !sameIdent(a.String(), author, set) || !sameIdent(c.String(), committer, set) {
				t.Errorf("%s, %s, want %s, %s", a, c, author, committer)
			}
		})
	}
}

// TestOddDatesAreGits has dates that are in no calendar, or say more than git reads.
func TestOddDatesAreGits(t *testing.T) {
	for _, date := range []string{"2026-02-30T10:00:00Z", "2026-11-20T10:00:60Z", "2026-11-20T10:00:00.5Z", "1970-01-02T00:00:00Z", "2100-01-01T00:00:00Z"} {
		r := gittest.Seeded(t)
		r.Env = append(r.Env, "GIT_AUTHOR_DATE="+date)
		author, _, err := mustOpen(r).Identity(context.Background())
		want, gitErr := r.TryGit("var", "GIT_AUTHOR_IDENT")
		if (err == nil) != (gitErr == nil) || err == nil && author.String() != want {
			t.Errorf("%s: %s, %v, want %s", date, author, err, want)
		}
	}
}

// sameIdent compares two identities, without the time when that is now.
func sameIdent(got, want string, set []string) bool {
	if !strings.Contains(strings.Join(set, " "), "DATE") {
		got, want = got[:strings.Index(got, ">")], want[:strings.Index(want, ">")]
	}
	return got == want
}

// TestNamesAreGits writes in the name that git would write in: its versions
// clean names and addresses in different ways.
func TestNamesAreGits(t *testing.T) {
	for i, set := range [][]string{
		{"NAME=Ana Tan Jr."}, {"NAME=.Ana"}, {"NAME=\"Ana\""}, {"NAME= Ana "}, {"NAME=O'Neil"}, {"NAME=;x"}, {"NAME=a<b>c"}, {"NAME=a\nb"},
		{"NAME=\u00a0Ana\u00a0"}, {"NAME=\xe9"}, {"EMAIL=ana@example.com."}, {"EMAIL=<ana@example.com>"}, {"EMAIL="}, {"NAME=."}, {"NAME="},
	} {
		t.Run(strings.Join(set, ","), func(t *testing.T) {
			t.Parallel()
			r := gittest.Seeded(t)
			for _, entry := range set {
				r.Env = append(r.Env, "GIT_AUTHOR_"+entry, "GIT_COMMITTER_"+entry)
			}
			author, committer, err := mustOpen(r).Identity(context.Background())
			want, gitErr := git.RunCommand(context.Background(), mustOpen(r).Git.Command(context.Background(), "false", "var", "GIT_AUTHOR_IDENT"), "var", nil)
			if gitErr != nil {
				if !odb.IsError[*git.NoIdentityError](err) {
					t.Errorf("error %v, want a *NoIdentityError because git says: %v", err, gitErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			entry := change(fmt.Sprintf("n%d", i))
			entry.Author, entry.Committer = author, committer
			commit := mustAppend(r, entry)
			who, _, _ := strings.Cut(string(want), ">")
			if got := r.Git("log", "-1", "--format=%an <%ae%n%cn <%ce"); got != who+"\n"+who {
				t.Errorf("committed as %q, want %q", got, who)
			}
			if read, err := mustOpen(r).ReadCommit(commit.Hash); err != nil || read.Author.String() != author.String() {
				t.Errorf("read as %v (%v), want %v", read.Author, err, author)
			}
			mustBeSound(r)
		})
	}
}

// TestIdentityHasTheClockOfTheRepo: the date is that of our clock, in the zone of
// the environment, whether git is asked for the name or not.
func TestIdentityHasTheClockOfTheRepo(t *testing.T) {
	now := time.Date(2027, 7, 1, 12, 0, 0, 345_000_000, time.UTC)
	for zone, offset := range map[string]string{"UTC": "+0000", "America/New_York": "-0400", "SGT-8": "+0800", "Europe/London": "+0100"} {
		for _, name := range []string{"Ana", "Ana Tan Jr."} {
			r := gittest.Seeded(t)
			r.Env = append(r.Env, "TZ="+zone, "GIT_AUTHOR_NAME="+name)
			repo := mustOpen(r)
			repo.Now = func() time.Time { return now }
			author, committer, err := repo.Identity(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			for _, who := range []git.Ident{author, committer} {
				if !who.When.Equal(now) || who.When.Format("-0700") != offset {
					t.Errorf("%s in %s: %s, want %s %s", name, zone, who.When, now, offset)
				}
			}
		}
	}
}

func TestIdentityFollowsIncludes(t *testing.T) {
	r := gittest.Seeded(t)
	r.Git("config", "--unset", "user.email")
	r.Git("config", "includeIf.gitdir:"+r.Dir+"/.path", "work.config")
	r.Write(".git/work.config", "[user]\n\temail = work@example.com\n[author]\n\tname = Author\n")
	author, committer, err := mustOpen(r).Identity(context.Background())
	if err != nil || author.Email != "work@example.com" || author.Name != "Author" || committer.Name != "Ana" {
		t.Errorf("%v, %v, %v", author, committer, err)
	}
}

func TestNoIdentity(t *testing.T) {
	r := gittest.Seeded(t)
	r.Git("config", "--unset", "user.email")
	r.Git("config", "user.useConfigOnly", "true")
	var none *git.NoIdentityError
	if _, _, err := mustOpen(r).Identity(context.Background()); !errors.As(err, &none) || !strings.Contains(none.Hint, "git config --global user.email") {
		t.Errorf("error %v, want *NoIdentityError with git's hint", err)
	}
}

// startAgent runs an SSH agent that has the key until the test ends, and returns
// its socket.
