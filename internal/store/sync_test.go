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
)

// remoteOf makes a bare repository from r's branch main and makes it the remote
// of r.
func (r *testRepo) remoteOf() *testRepo {
	r.t.Helper()
	bare := &testRepo{t: r.t, dir: r.t.TempDir(), env: r.env}
	bare.git("init", "-q", "--bare", "-b", "main")
	r.git("remote", "add", "origin", bare.dir)
	r.git("push", "-q", "origin", "main")
	r.git("branch", "-q", "--set-upstream-to=origin/main")
	return bare
}

// clone makes another clone of a bare repository.
func (r *testRepo) clone() *testRepo {
	r.t.Helper()
	c := &testRepo{t: r.t, dir: r.t.TempDir(), env: r.env}
	c.git("clone", "-q", r.dir, ".")
	c.git("config", "user.name", "Ana")
	c.git("config", "user.email", "ana@example.com")
	return c
}

func (r *testRepo) push() (Pushed, error) {
	return r.open().Push(context.Background(), "", ".handoffs")
}

func (r *testRepo) sync() (Pushed, error) {
	return r.open().Sync(context.Background(), "", ".handoffs")
}

func (r *testRepo) mustPush() Pushed {
	r.t.Helper()
	pushed, err := r.push()
	if err != nil {
		r.t.Fatal(err)
	}
	return pushed
}

// theirs commits a file in another clone and pushes it.
func (r *testRepo) theirs(name, content string) {
	r.t.Helper()
	r.write(name, content)
	r.git("add", ".")
	r.git("commit", "-qm", "theirs")
	r.git("push", "-q", "origin", "main")
}

func TestPushForward(t *testing.T) {
	r := seeded(t)
	bare := r.remoteOf()
	commit := r.append(change("one"))
	pushed := r.mustPush()
	if pushed.Hash != commit.Hash || pushed.Sent != 1 || pushed.Carried != 0 || pushed.Replayed != 0 {
		t.Errorf("pushed %+v", pushed)
	}
	if got := bare.git("rev-parse", "main"); got != commit.Hash {
		t.Errorf("the remote is at %s, want %s", got, commit.Hash)
	}
	r.write("src/a.txt", "work\n")
	r.git("commit", "-qam", "work")
	r.append(change("two"))
	if pushed := r.mustPush(); pushed.Sent != 2 || pushed.Carried != 1 {
		t.Errorf("pushed %+v, want 2 commits of which 1 is no record", pushed)
	}
	if pushed := r.mustPush(); pushed.Sent != 0 {
		t.Errorf("pushed again: %+v", pushed)
	}
}

// TestPushReplays has others push first: source, a record, and a deletion.
func TestPushReplays(t *testing.T) {
	r := seeded(t)
	bare := r.remoteOf()
	other := bare.clone()
	other.append(change("theirs"))
	other.git("rm", "-q", "src/b.txt")
	other.theirs("src/a.txt", "one\ntheirs\nthree\n")

	r.append(change("one"))
	r.append(change("two"))
	r.write("README", "staged\n")
	r.git("add", "README")
	r.write("README", "changed\n")
	r.write("untracked", "untracked\n")
	before := r.git("log", "-2", "--format=%an %ae %ad %cn %ce %cd%n%B")

	pushed := r.mustPush()
	if pushed.Replayed != 2 || pushed.Sent != 2 {
		t.Errorf("pushed %+v, want 2 replayed and sent", pushed)
	}
	if got := r.git("log", "-2", "--format=%an %ae %ad %cn %ce %cd%n%B"); got != before {
		t.Errorf("the commits say\n%s\nwant\n%s", got, before)
	}
	if got, want := bare.git("rev-parse", "main"), r.git("rev-parse", "HEAD"); got != want {
		t.Errorf("the remote is at %s, want %s", got, want)
	}
	for i, name := range []string{"two", "one"} {
		if got, want := r.filesOf(fmt.Sprintf("HEAD~%d", i)), "A\t"+recordPath(name); got != want {
			t.Errorf("HEAD~%d holds %q, want %q", i, got, want)
		}
	}
	if got, want := r.git("status", "--porcelain"), "MM README\n?? untracked"; got != want {
		t.Errorf("status\n%s\nwant\n%s", got, want)
	}
	if r.read("README") != "changed\n" || r.git("show", ":README") != "staged" || r.read("src/a.txt") != "one\ntheirs\nthree\n" || r.exists("src/b.txt") {
		t.Error("the work tree is not what it should be")
	}
	if log := r.git("reflog", "-1", "--format=%gs"); !strings.HasPrefix(log, "handoff sync: 2 commits onto ") {
		t.Errorf("reflog says %q", log)
	}
	r.mustBeSound()
}

// TestReplayKeepsWhatACommitSays has record commits by other programs: with headers
// that we do not write, which stay as they are, and with a name that go-git does not
// write as it stands, which is left to the user.
func TestReplayKeepsWhatACommitSays(t *testing.T) {
	r := seeded(t)
	r.remoteOf().clone().theirs("src/a.txt", "theirs\n")
	r.append(change("one"))
	rewrite := func(pairs ...string) string {
		text := strings.NewReplacer(pairs...).Replace(r.git("cat-file", "commit", "HEAD") + "\n")
		r.write(".git/commit", text)
		r.git("reset", "-q", "--soft", r.git("hash-object", "-w", "-t", "commit", ".git/commit"))
		_, rest, _ := strings.Cut(text, "\nauthor ")
		return rest
	}
	repeated := "author Ana  <ana@example.com>"
	rewrite("author Ana <ana@example.com>", repeated)
	head := r.git("rev-parse", "HEAD")
	if _, err := r.push(); !isError[*DivergedError](err) || r.git("rev-parse", "HEAD") != head {
		t.Errorf("error %v, want a *DivergedError, and nothing moved", err)
	}
	said := rewrite(repeated, "author J\xf6rg <joerg@example.com>", "\n\nhandoff", "\nencoding ISO-8859-1\nx-tool seven\n of nine\n\nhandoff", "→", "\xbb")
	if pushed := r.mustPush(); pushed.Replayed != 1 {
		t.Errorf("pushed %+v", pushed)
	}
	if _, now, _ := strings.Cut(r.git("cat-file", "commit", "HEAD")+"\n", "\nauthor "); now != said {
		t.Errorf("the commit says\n%q\nwant\n%q", now, said)
	}
	r.mustBeSound()
}

// TestPushLeavesToUser tries what is the user's to solve: nothing may move.
func TestPushLeavesToUser(t *testing.T) {
	tests := []struct {
		name string
		do   func(r *testRepo)
	}{
		{"a commit of the user's", func(r *testRepo) {
			r.write("README", "mine\n")
			r.git("commit", "-qam", "mine")
		}},
		{"a change that is not committed", func(r *testRepo) { r.write("src/a.txt", "mine\n") }},
		{"a staged change", func(r *testRepo) {
			r.write("src/a.txt", "mine\n")
			r.git("add", ".")
		}},
		{"an untracked file", func(r *testRepo) { r.write("src/new.txt", "mine\n") }},
		{"a merge of the user's", func(r *testRepo) {
			r.git("switch", "-qc", "side", "HEAD~1")
			r.git("commit", "-q", "--allow-empty", "-m", "side")
			r.git("switch", "-q", "main")
			r.git("merge", "-q", "-m", "merge", "side")
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := seeded(t)
			bare := r.remoteOf()
			other := bare.clone()
			other.write("src/new.txt", "theirs\n")
			other.theirs("src/a.txt", "theirs\n")
			r.append(change("one"))
			test.do(r)
			head, work := r.git("rev-parse", "HEAD"), r.userWork()
			_, err := r.push()
			if diverged := (*DivergedError)(nil); !errors.As(err, &diverged) {
				t.Errorf("error %v, want a *DivergedError", err)
			}
			if r.git("rev-parse", "HEAD") != head || r.userWork() != work {
				t.Error("something moved")
			}
			r.mustBeSound()
		})
	}
}

func TestPushSignedCommits(t *testing.T) {
	r := seeded(t)
	bare := r.remoteOf()
	bare.clone().theirs("src/a.txt", "theirs\n")
	key := filepath.Join(t.TempDir(), "key")
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
	for _, setting := range []string{"gpg.format=ssh", "user.signingkey=" + key, "commit.gpgsign=true"} {
		name, value, _ := strings.Cut(setting, "=")
		r.git("config", name, value)
	}
	public, err := os.ReadFile(key + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	allowed := filepath.Join(t.TempDir(), "allowed")
	if err := os.WriteFile(allowed, append([]byte("ana@example.com "), public...), 0o666); err != nil {
		t.Fatal(err)
	}
	r.git("config", "gpg.ssh.allowedSignersFile", allowed)
	r.append(change("one"))
	if pushed := r.mustPush(); pushed.Replayed != 1 {
		t.Errorf("pushed %+v", pushed)
	}
	r.git("verify-commit", "HEAD")
}

// TestReplayKilled takes back a replay whose process was killed after it had
// moved the work tree, and completes one that was killed after the branch.
func TestReplayKilled(t *testing.T) {
	for _, landed := range []bool{false, true} {
		t.Run(fmt.Sprintf("landed=%t", landed), func(t *testing.T) {
			r := seeded(t)
			bare := r.remoteOf()
			other := bare.clone()
			other.git("rm", "-q", "src/b.txt")
			other.write("src/new.txt", "theirs\n")
			other.theirs("src/a.txt", "theirs\n")
			r.append(change("one"))
			r.git("fetch", "-q")
			r.write("README", "changed\n")
			before, work := r.git("rev-parse", "HEAD"), r.userWork()

			repo := r.open()
			up, err := repo.upstreamOfBranch("")
			if err != nil {
				t.Fatal(err)
			}
			ctx := context.Background()
			p := &replaying{appending: &appending{Repo: repo, change: Change{Branch: "main"}}, up: up, dir: ".handoffs"}
			_, tip, err := repo.resolve("refs/remotes/origin/main")
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
			temp, err := p.objects.createTemp()
			if err != nil {
				t.Fatal(err)
			}
			temp.Close()
			p.marker.close() // as the death of the process does

			if err := r.open().Recover(ctx); err != nil {
				t.Fatal(err)
			}
			if landed {
				if got, want := r.git("status", "--porcelain"), " M README"; got != want || r.read("src/a.txt") != "theirs\n" || r.exists("src/b.txt") {
					t.Errorf("status %q, want %q", got, want)
				}
			} else if r.git("rev-parse", "HEAD") != before || r.userWork() != work || r.exists("src/new.txt") || r.read("src/b.txt") != "b\n" {
				t.Errorf("not as before:\n%s\nwant\n%s", r.userWork(), work)
			}
			r.mustBeSound()
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
	r := seeded(t)
	bare := r.remoteOf()
	clones := []*testRepo{r, bare.clone(), bare.clone()}
	var running []*exec.Cmd
	for i, c := range clones {
		for p := range processes {
			cmd := exec.Command(os.Args[0])
			cmd.Dir, cmd.Stderr = c.dir, os.Stderr
			cmd.Env = append(c.env[:len(c.env):len(c.env)], "HANDOFF_TEST_PUSH="+fmt.Sprintf("%d%d", i, p), fmt.Sprintf("HANDOFF_TEST_RECORDS=%d", records))
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
		if _, err := c.sync(); err != nil {
			t.Error(err)
		}
		if status := c.git("status", "--porcelain"); status != "" {
			t.Errorf("status: %s", status)
		}
		c.mustBeSound()
	}
	const want = 3 * processes * records
	if got := len(strings.Fields(bare.git("ls-tree", "-r", "--name-only", "main", ".handoffs/"))); got != want {
		t.Errorf("%d records at the remote, want %d", got, want)
	}
	added := strings.Fields(bare.git("log", "--format=", "--name-only", "--diff-filter=A", "main", "--", ".handoffs"))
	if len(added) != want {
		t.Errorf("%d records were added, want each of %d once", len(added), want)
	}
	if merges := bare.git("log", "--merges", "--oneline", "main"); merges != "" {
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
		if failed, ok := errors.AsType[*RemoteError](err); err != nil && (!ok || failed.Fault != RemoteMoving) && !isError[*BusyError](err) {
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
		want      RemoteFault
	}{
		{"hangs", "cat >/dev/null", RemoteUnreachable},
		{"cannot be found", "echo 'ssh: Could not resolve hostname nowhere' >&2; exit 255", RemoteUnreachable},
		{"refuses the key", "echo 'git@nowhere: Permission denied (publickey).' >&2; exit 255", RemoteCredentials},
		{"is something else", "echo 'What?' >&2; exit 255", RemoteFailed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := seeded(t)
			r.git("remote", "add", "origin", "ssh://nowhere/repo.git")
			r.env = append(r.env, "GIT_SSH="+program(t, test.ssh), "GIT_SSH_VARIANT=simple")
			commit := r.append(change("one"))
			repo := r.open()
			repo.netWait = 300 * time.Millisecond
			_, push := repo.Push(context.Background(), "", ".handoffs")
			_, ask := repo.RemoteBranch(context.Background(), "origin", "main")
			fetch := repo.Fetch(context.Background(), "origin", 0, "refs/heads/main")
			for name, err := range map[string]error{"push": push, "ls-remote": ask, "fetch": fetch} {
				if failed, ok := errors.AsType[*RemoteError](err); !ok || failed.Fault != test.want {
					t.Errorf("%s: error %v, want the fault %s", name, err, test.want)
				}
			}
			if got := r.git("rev-parse", "HEAD"); got != commit.Hash {
				t.Errorf("HEAD is %s, want %s", got, commit.Hash)
			}
			r.mustBeSound()
		})
	}
}

func TestPushRejectedByHook(t *testing.T) {
	r := seeded(t)
	bare := r.remoteOf()
	bare.write("hooks/pre-receive", "#!/bin/sh\necho protected >&2\nexit 1\n")
	if err := os.Chmod(bare.path("hooks/pre-receive"), 0o777); err != nil {
		t.Fatal(err)
	}
	r.append(change("one"))
	_, err := r.push()
	failed, ok := errors.AsType[*RemoteError](err)
	if !ok || failed.Fault != RemoteProtected || !slices.Equal(failed.Said, []string{"remote: protected"}) {
		t.Errorf("error %v, want one of a protected branch", err)
	}
}

func TestPushWithoutRemote(t *testing.T) {
	r := seeded(t)
	r.append(change("one"))
	if _, err := r.push(); !isError[*NoRemoteError](err) {
		t.Errorf("error %v, want a *NoRemoteError", err)
	}
	r.remoteOf()
	r.git("switch", "-q", "--detach")
	if _, err := r.push(); !isError[*DetachedError](err) {
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
			r := seeded(t)
			r.git("switch", "-qc", "work")
			for _, setting := range append([]string{"remote.one.url=/y"}, test.settings...) {
				key, value, _ := strings.Cut(setting, "=")
				r.git("config", key, value)
			}
			up, err := r.open().upstreamOfBranch("")
			if got := up.remote + " " + up.ref; err != nil || got != test.want {
				t.Errorf("%s (%v), want %s", got, err, test.want)
			}
		})
	}
}

// TestBegin has two clones begin the same branch of records.
func TestBegin(t *testing.T) {
	ctx := context.Background()
	r := seeded(t)
	bare := r.remoteOf()
	other := bare.clone()
	third := bare.clone()
	record := func(c *testRepo, name string) {
		t.Helper()
		repo := c.open()
		push, err := repo.Begin(ctx, "handoffs")
		if err != nil {
			t.Fatal(err)
		}
		entry := change(name)
		entry.Branch = "handoffs"
		c.append(entry)
		if push {
			if _, err := repo.Push(ctx, "handoffs", ".handoffs"); err != nil {
				t.Fatal(err)
			}
		}
	}
	// The third clone looked before anybody had pushed, and commits after.
	if push, err := third.open().Begin(ctx, "handoffs"); err != nil || !push {
		t.Fatalf("push %t, %v", push, err)
	}
	record(r, "one")
	record(other, "two")
	late := change("three")
	late.Branch = "handoffs"
	third.append(late)
	for _, c := range []*testRepo{other, third, r} {
		if _, err := c.open().Sync(ctx, "handoffs", ".handoffs"); err != nil {
			t.Fatal(err)
		}
	}
	if got := bare.git("log", "--format=%H", "--max-parents=0", "handoffs"); strings.Contains(got, "\n") {
		t.Errorf("several beginnings: %s", got)
	}
	if got, want := bare.git("rev-list", "--count", "handoffs"), "3"; got != want {
		t.Errorf("%s commits, want %s", got, want)
	}
	if got, want := r.git("rev-parse", "handoffs"), bare.git("rev-parse", "handoffs"); got != want {
		t.Errorf("the first clone is at %s, want %s", got, want)
	}
	if status := r.git("status", "--porcelain"); status != "" {
		t.Errorf("status: %s", status)
	}
}
