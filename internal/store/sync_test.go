package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/gittest"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// remoteOf makes a bare repository from r's branch main and makes it the remote
// of r.
func remoteOf(r *gittest.Repo) *gittest.Repo {
	r.T.Helper()
	bare := &gittest.Repo{T: r.T, Dir: r.T.TempDir(), Env: r.Env}
	bare.Git("init", "-q", "--bare", "-b", "main")
	r.Git("remote", "add", "origin", bare.Dir)
	r.Git("push", "-q", "origin", "main")
	r.Git("branch", "-q", "--set-upstream-to=origin/main")
	return bare
}

// clone makes another clone of a bare repository.
func clone(r *gittest.Repo) *gittest.Repo {
	r.T.Helper()
	c := &gittest.Repo{T: r.T, Dir: r.T.TempDir(), Env: r.Env}
	c.Git("clone", "-q", r.Dir, ".")
	c.Git("config", "user.name", "Ana")
	c.Git("config", "user.email", "ana@example.com")
	return c
}

func push(r *gittest.Repo) (Pushed, error) {
	return mustOpen(r).Push(context.Background(), "", ".handoffs")
}

func mustSync(r *gittest.Repo) (Pushed, error) {
	return mustOpen(r).Sync(context.Background(), "", ".handoffs")
}

func mustPush(r *gittest.Repo) Pushed {
	r.T.Helper()
	pushed, err := push(r)
	if err != nil {
		r.T.Fatal(err)
	}
	return pushed
}

// theirs commits a file in another clone and pushes it.
func theirs(r *gittest.Repo, name, content string) {
	r.T.Helper()
	r.Write(name, content)
	r.Git("add", ".")
	r.Git("commit", "-qm", "theirs")
	r.Git("push", "-q", "origin", "main")
}

func TestPushForward(t *testing.T) {
	r := gittest.Seeded(t)
	bare := remoteOf(r)
	commit := mustAppend(r, change("one"))
	pushed := mustPush(r)
	if pushed.Hash != commit.Hash || pushed.Sent != 1 || pushed.Carried != 0 || pushed.Replayed != 0 {
		t.Errorf("pushed %+v", pushed)
	}
	if got := bare.Git("rev-parse", "main"); got != commit.Hash {
		t.Errorf("the remote is at %s, want %s", got, commit.Hash)
	}
	r.Write("src/a.txt", "work\n")
	r.Git("commit", "-qam", "work")
	mustAppend(r, change("two"))
	if pushed := mustPush(r); pushed.Sent != 2 || pushed.Carried != 1 {
		t.Errorf("pushed %+v, want 2 commits of which 1 is no record", pushed)
	}
	if pushed := mustPush(r); pushed.Sent != 0 {
		t.Errorf("pushed again: %+v", pushed)
	}
}

// TestPushReplays has others push first: source, a record, and a deletion.
func TestPushReplays(t *testing.T) {
	r := gittest.Seeded(t)
	bare := remoteOf(r)
	other := clone(bare)
	mustAppend(other, change("theirs"))
	other.Git("rm", "-q", "src/b.txt")
	theirs(other, "src/a.txt", "one\ntheirs\nthree\n")

	mustAppend(r, change("one"))
	mustAppend(r, change("two"))
	r.Write("README", "staged\n")
	r.Git("add", "README")
	r.Write("README", "changed\n")
	r.Write("untracked", "untracked\n")
	before := r.Git("log", "-2", "--format=%an %ae %ad %cn %ce %cd%n%B")

	pushed := mustPush(r)
	if pushed.Replayed != 2 || pushed.Sent != 2 {
		t.Errorf("pushed %+v, want 2 replayed and sent", pushed)
	}
	if got := r.Git("log", "-2", "--format=%an %ae %ad %cn %ce %cd%n%B"); got != before {
		t.Errorf("the commits say\n%s\nwant\n%s", got, before)
	}
	if got, want := bare.Git("rev-parse", "main"), r.Git("rev-parse", "HEAD"); got != want {
		t.Errorf("the remote is at %s, want %s", got, want)
	}
	for i, name := range []string{"two", "one"} {
		if got, want := r.FilesOf(fmt.Sprintf("HEAD~%d", i)), "A\t"+recordPath(name); got != want {
			t.Errorf("HEAD~%d holds %q, want %q", i, got, want)
		}
	}
	if got, want := r.Git("status", "--porcelain"), "MM README\n?? untracked"; got != want {
		t.Errorf("status\n%s\nwant\n%s", got, want)
	}
	if r.Read("README") != "changed\n" || r.Git("show", ":README") != "staged" || r.Read("src/a.txt") != "one\ntheirs\nthree\n" || r.Exists("src/b.txt") {
		t.Error("the work tree is not what it should be")
	}
	if log := r.Git("reflog", "-1", "--format=%gs"); !strings.HasPrefix(log, "handoff sync: 2 commits onto ") {
		t.Errorf("reflog says %q", log)
	}
	mustBeSound(r)
}

// TestReplayKeepsWhatACommitSays has record commits by other programs: with headers
// that we do not write, which stay as they are, and with a name that go-git does not
// write as it stands, which is left to the user.
func TestReplayKeepsWhatACommitSays(t *testing.T) {
	r := gittest.Seeded(t)
	theirs(clone(remoteOf(r)), "src/a.txt", "theirs\n")
	mustAppend(r, change("one"))
	rewrite := func(pairs ...string) string {
		text := strings.NewReplacer(pairs...).Replace(r.Git("cat-file", "commit", "HEAD") + "\n")
		r.Write(".git/commit", text)
		r.Git("reset", "-q", "--soft", r.Git("hash-object", "-w", "-t", "commit", ".git/commit"))
		_, rest, _ := strings.Cut(text, "\nauthor ")
		return rest
	}
	repeated := "author Ana  <ana@example.com>"
	rewrite("author Ana <ana@example.com>", repeated)
	head := r.Git("rev-parse", "HEAD")
	if _, err := push(r); !odb.IsError[*DivergedError](err) || r.Git("rev-parse", "HEAD") != head {
		t.Errorf("error %v, want a *DivergedError, and nothing moved", err)
	}
	said := rewrite(repeated, "author J\xf6rg <joerg@example.com>", "\n\nhandoff", "\nencoding ISO-8859-1\nx-tool seven\n of nine\n\nhandoff", "→", "\xbb")
	if pushed := mustPush(r); pushed.Replayed != 1 {
		t.Errorf("pushed %+v", pushed)
	}
	if _, now, _ := strings.Cut(r.Git("cat-file", "commit", "HEAD")+"\n", "\nauthor "); now != said {
		t.Errorf("the commit says\n%q\nwant\n%q", now, said)
	}
	mustBeSound(r)
}

// TestPushLeavesToUser tries what is the user's to solve: nothing may move.
func TestPushLeavesToUser(t *testing.T) {
	tests := []struct {
		name string
		do   func(r *gittest.Repo)
	}{
		{"a commit of the user's", func(r *gittest.Repo) {
			r.Write("README", "mine\n")
			r.Git("commit", "-qam", "mine")
		}},
		{"a change that is not committed", func(r *gittest.Repo) { r.Write("src/a.txt", "mine\n") }},
		{"a staged change", func(r *gittest.Repo) {
			r.Write("src/a.txt", "mine\n")
			r.Git("add", ".")
		}},
		{"an untracked file", func(r *gittest.Repo) { r.Write("src/new.txt", "mine\n") }},
		{"a merge of the user's", func(r *gittest.Repo) {
			r.Git("switch", "-qc", "side", "HEAD~1")
			r.Git("commit", "-q", "--allow-empty", "-m", "side")
			r.Git("switch", "-q", "main")
			r.Git("merge", "-q", "-m", "merge", "side")
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := gittest.Seeded(t)
			bare := remoteOf(r)
			other := clone(bare)
			other.Write("src/new.txt", "theirs\n")
			theirs(other, "src/a.txt", "theirs\n")
			mustAppend(r, change("one"))
			test.do(r)
			head, work := r.Git("rev-parse", "HEAD"), r.UserWork()
			_, err := push(r)
			if diverged := (*DivergedError)(nil); !errors.As(err, &diverged) {
				t.Errorf("error %v, want a *DivergedError", err)
			}
			if r.Git("rev-parse", "HEAD") != head || r.UserWork() != work {
				t.Error("something moved")
			}
			mustBeSound(r)
		})
	}
}

func TestPushSignedCommits(t *testing.T) {
	r := gittest.Seeded(t)
	bare := remoteOf(r)
	theirs(clone(bare), "src/a.txt", "theirs\n")
	key := filepath.Join(t.TempDir(), "key")
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
	for _, setting := range []string{"gpg.format=ssh", "user.signingkey=" + key, "commit.gpgsign=true"} {
		name, value, _ := strings.Cut(setting, "=")
		r.Git("config", name, value)
	}
	public, err := os.ReadFile(key + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	allowed := filepath.Join(t.TempDir(), "allowed")
	if err := os.WriteFile(allowed, append([]byte("ana@example.com "), public...), 0o666); err != nil {
		t.Fatal(err)
	}
	r.Git("config", "gpg.ssh.allowedSignersFile", allowed)
	mustAppend(r, change("one"))
	if pushed := mustPush(r); pushed.Replayed != 1 {
		t.Errorf("pushed %+v", pushed)
	}
	r.Git("verify-commit", "HEAD")
}

// TestReplayKilled takes back a replay whose process was killed after it had
// moved the work tree, and completes one that was killed after the branch.
func TestReplayKilled(t *testing.T) {
	for _, landed := range []bool{false, true} {
		t.Run(fmt.Sprintf("landed=%t", landed), func(t *testing.T) {
			r := gittest.Seeded(t)
			bare := remoteOf(r)
			other := clone(bare)
			other.Git("rm", "-q", "src/b.txt")
			other.Write("src/new.txt", "theirs\n")
			theirs(other, "src/a.txt", "theirs\n")
			mustAppend(r, change("one"))
			r.Git("fetch", "-q")
			r.Write("README", "changed\n")
			before, work := r.Git("rev-parse", "HEAD"), r.UserWork()

			repo := mustOpen(r)
			up, err := repo.UpstreamOfBranch("")
			if err != nil {
				t.Fatal(err)
			}
			ctx := context.Background()
			p := &replaying{appending: &appending{Repo: repo, change: Change{Branch: "main"}}, up: up, dir: ".handoffs"}
			_, tip, err := repo.ResolveRef("refs/remotes/origin/main")
			if err != nil {
				t.Fatal(err)
			}
			copy(p.onto[:], hashBytes(t, tip))
			steps := []func(context.Context) error{p.openMarker, p.lockIndex, p.lockBranch, p.findCommits, p.recreate,
				p.tryWorktree, p.announce, p.moveWorktree, p.announceIndex, p.fillLocks}
			if landed {
				steps = append(steps, p.syncAll, p.moveBranch)
			}
			for _, step := range steps {
				if err := step(ctx); err != nil {
					t.Fatal(err)
				}
			}
			// A kill may come while an object is being written.
			r.Write(".git/objects/tmp_obj_"+p.marker.Token+"half", "")
			p.marker.Close() // as the death of the process does

			if err := mustOpen(r).Recover(ctx); err != nil {
				t.Fatal(err)
			}
			if landed {
				if got, want := r.Git("status", "--porcelain"), " M README"; got != want || r.Read("src/a.txt") != "theirs\n" || r.Exists("src/b.txt") {
					t.Errorf("status %q, want %q", got, want)
				}
			} else if r.Git("rev-parse", "HEAD") != before || r.UserWork() != work || r.Exists("src/new.txt") || r.Read("src/b.txt") != "b\n" {
				t.Errorf("not as before:\n%s\nwant\n%s", r.UserWork(), work)
			}
			mustBeSound(r)
		})
	}
}

func hashBytes(t *testing.T, hex string) []byte {
	t.Helper()
	var out []byte
	if _, err := fmt.Sscanf(hex, "%x", &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestClonesInALoop has three clones append and push from two processes each,
// against one remote. A push may give up; no record may be lost or be there
// twice.
func TestClonesInALoop(t *testing.T) {
	const processes, records = 2, 3
	r := gittest.Seeded(t)
	bare := remoteOf(r)
	clones := []*gittest.Repo{r, clone(bare), clone(bare)}
	var running []*exec.Cmd
	for i, c := range clones {
		for p := range processes {
			cmd := exec.Command(os.Args[0])
			cmd.Dir, cmd.Stderr = c.Dir, os.Stderr
			cmd.Env = append(c.Env[:len(c.Env):len(c.Env)], "HANDOFF_TEST_PUSH="+fmt.Sprintf("%d%d", i, p), fmt.Sprintf("HANDOFF_TEST_RECORDS=%d", records))
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			running = append(running, cmd)
		}
	}
	for _, cmd := range running {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	for _, c := range clones { // what gave up is still here
		if _, err := mustSync(c); err != nil {
			t.Error(err)
		}
		if status := c.Git("status", "--porcelain"); status != "" {
			t.Errorf("status: %s", status)
		}
		mustBeSound(c)
	}
	const want = 3 * processes * records
	if got := len(strings.Fields(bare.Git("ls-tree", "-r", "--name-only", "main", ".handoffs/"))); got != want {
		t.Errorf("%d records at the remote, want %d", got, want)
	}
	added := strings.Fields(bare.Git("log", "--format=", "--name-only", "--diff-filter=A", "main", "--", ".handoffs"))
	if len(added) != want {
		t.Errorf("%d records were added, want each of %d once", len(added), want)
	}
	if merges := bare.Git("log", "--merges", "--oneline", "main"); merges != "" {
		t.Errorf("merges: %s", merges)
	}
}

// pushAndExit appends and pushes records in the current directory. Only giving
// up because others push is allowed.
func pushAndExit(name string, records int) {
	ctx := context.Background()
	for i := range records {
		repo, err := Open(ctx, ".", os.Environ())
		if err == nil {
			_, err = repo.Append(ctx, change(fmt.Sprintf("p%s-%d", name, i)))
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "append:", err)
			os.Exit(1)
		}
		_, err = repo.Push(ctx, "", ".handoffs")
		if failed, ok := errors.AsType[*git.RemoteError](err); err != nil && (!ok || failed.Fault != git.RemoteMoving) && !odb.IsError[*git.BusyError](err) {
			fmt.Fprintln(os.Stderr, "push:", err)
			os.Exit(1)
		}
	}
	os.Exit(0)
}

func TestRemoteFaults(t *testing.T) {
	program := func(t *testing.T, script string) string {
		path := filepath.Join(t.TempDir(), "ssh")
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o777); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests := []struct {
		name, ssh string
		want      git.RemoteFault
	}{
		{"hangs", "cat >/dev/null", git.RemoteUnreachable},
		{"cannot be found", "echo 'ssh: Could not resolve hostname nowhere' >&2; exit 255", git.RemoteUnreachable},
		{"refuses the key", "echo 'git@nowhere: Permission denied (publickey).' >&2; exit 255", git.RemoteCredentials},
		{"is something else", "echo 'What?' >&2; exit 255", git.RemoteFailed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := gittest.Seeded(t)
			r.Git("remote", "add", "origin", "ssh://nowhere/repo.git")
			r.Env = append(r.Env, "GIT_SSH="+program(t, test.ssh), "GIT_SSH_VARIANT=simple")
			commit := mustAppend(r, change("one"))
			repo := mustOpen(r)
			repo.NetWait = 300 * time.Millisecond
			_, push := repo.Push(context.Background(), "", ".handoffs")
			_, ask := repo.RemoteBranch(context.Background(), "origin", "main")
			fetch := repo.Fetch(context.Background(), "origin", 0, "refs/heads/main")
			for name, err := range map[string]error{"push": push, "ls-remote": ask, "fetch": fetch} {
				if failed, ok := errors.AsType[*git.RemoteError](err); !ok || failed.Fault != test.want {
					t.Errorf("%s: error %v, want the fault %s", name, err, test.want)
				}
			}
			if got := r.Git("rev-parse", "HEAD"); got != commit.Hash {
				t.Errorf("HEAD is %s, want %s", got, commit.Hash)
			}
			mustBeSound(r)
		})
	}
}

func TestPushRejectedByHook(t *testing.T) {
	r := gittest.Seeded(t)
	bare := remoteOf(r)
	bare.Write("hooks/pre-receive", "#!/bin/sh\necho protected >&2\nexit 1\n")
	if err := os.Chmod(bare.Path("hooks/pre-receive"), 0o777); err != nil {
		t.Fatal(err)
	}
	mustAppend(r, change("one"))
	_, err := push(r)
	failed, ok := errors.AsType[*git.RemoteError](err)
	if !ok || failed.Fault != git.RemoteProtected || !slices.Equal(failed.Said, []string{"remote: protected"}) {
		t.Errorf("error %v, want one of a protected branch", err)
	}
}

func TestPushWithoutRemote(t *testing.T) {
	r := gittest.Seeded(t)
	mustAppend(r, change("one"))
	if _, err := push(r); !odb.IsError[*git.NoRemoteError](err) {
		t.Errorf("error %v, want a *NoRemoteError", err)
	}
	remoteOf(r)
	r.Git("switch", "-q", "--detach")
	if _, err := push(r); !odb.IsError[*git.DetachedError](err) {
		t.Errorf("error %v, want a *DetachedError", err)
	}
}

// TestUpstream compares where we push with where git says that it would.
func TestUpstream(t *testing.T) {
	tests := []struct {
		name     string
		settings []string
		want     string
	}{
		{"the only remote", nil, "one refs/heads/work"},
		{"origin among several", []string{"remote.origin.url=/x"}, "origin refs/heads/work"},
		{"remote of the branch", []string{"remote.origin.url=/x", "branch.work.remote=one"}, "one refs/heads/work"},
		{"push default", []string{"remote.origin.url=/x", "branch.work.remote=origin", "remote.pushDefault=one"}, "one refs/heads/work"},
		{"push remote", []string{"remote.origin.url=/x", "remote.pushDefault=origin", "branch.work.pushRemote=one"}, "one refs/heads/work"},
		{"begun from another branch", []string{"branch.work.remote=one", "branch.work.merge=refs/heads/main"}, "one refs/heads/work"},
		{"upstream on request", []string{"branch.work.remote=one", "branch.work.merge=refs/heads/main", "push.default=upstream"}, "one refs/heads/main"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := gittest.Seeded(t)
			r.Git("switch", "-qc", "work")
			for _, setting := range append([]string{"remote.one.url=/y"}, test.settings...) {
				key, value, _ := strings.Cut(setting, "=")
				r.Git("config", key, value)
			}
			up, err := mustOpen(r).UpstreamOfBranch("")
			if got := up.Remote + " " + up.Ref; err != nil || got != test.want {
				t.Errorf("%s (%v), want %s", got, err, test.want)
			}
		})
	}
}

// TestBegin has two clones begin the same branch of records.
func TestBegin(t *testing.T) {
	ctx := context.Background()
	r := gittest.Seeded(t)
	bare := remoteOf(r)
	other := clone(bare)
	third := clone(bare)
	record := func(c *gittest.Repo, name string) {
		t.Helper()
		repo := mustOpen(c)
		push, err := repo.Begin(ctx, "handoffs")
		if err != nil {
			t.Fatal(err)
		}
		entry := change(name)
		entry.Branch = "handoffs"
		mustAppend(c, entry)
		if push {
			if _, err := repo.Push(ctx, "handoffs", ".handoffs"); err != nil {
				t.Fatal(err)
			}
		}
	}
	// The third clone looked before anybody had pushed, and commits after.
	if push, err := mustOpen(third).Begin(ctx, "handoffs"); err != nil || !push {
		t.Fatalf("push %t, %v", push, err)
	}
	record(r, "one")
	record(other, "two")
	late := change("three")
	late.Branch = "handoffs"
	mustAppend(third, late)
	for _, c := range []*gittest.Repo{other, third, r} {
		if _, err := mustOpen(c).Sync(ctx, "handoffs", ".handoffs"); err != nil {
			t.Fatal(err)
		}
	}
	if got := bare.Git("log", "--format=%H", "--max-parents=0", "handoffs"); strings.Contains(got, "\n") {
		t.Errorf("several beginnings: %s", got)
	}
	if got, want := bare.Git("rev-list", "--count", "handoffs"), "3"; got != want {
		t.Errorf("%s commits, want %s", got, want)
	}
	if got, want := r.Git("rev-parse", "handoffs"), bare.Git("rev-parse", "handoffs"); got != want {
		t.Errorf("the first clone is at %s, want %s", got, want)
	}
	if status := r.Git("status", "--porcelain"); status != "" {
		t.Errorf("status: %s", status)
	}
}
