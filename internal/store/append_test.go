package store

import (
	"context"
	"crypto/sha1"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAppendLeavesTheUsersWorkAlone(t *testing.T) {
	r := seeded(t)
	r.write("src/a.txt", "one\nstaged\nthree\n")
	r.git("add", "src/a.txt")
	r.write("src/a.txt", "one\nstaged\nunstaged\n")
	r.write("untracked.txt", "u\n")
	r.write("later.txt", "l\n")
	r.git("add", "--intent-to-add", "later.txt")
	r.write("new.txt", "n\n")
	r.git("add", "new.txt")
	r.git("update-index", "--assume-unchanged", "src/b.txt")
	r.git("update-index", "--skip-worktree", "README")
	before := r.userWork()

	commit := r.append(change("k3f9q2m7"))

	if after := r.userWork(); after != before {
		t.Errorf("the user's work changed:\n%s\nwas\n%s", after, before)
	}
	if got, want := r.filesOf("HEAD"), "A\t"+recordPath("k3f9q2m7"); got != want {
		t.Errorf("commit changes %q, want %q", got, want)
	}
	if status := r.git("status", "--porcelain", "--", ".handoffs"); status != "" {
		t.Errorf("status of the record: %s", status)
	}
	if head := r.git("rev-parse", "refs/heads/main"); commit.Hash != head || commit.Ref != "refs/heads/main" || commit.Parent != r.git("rev-parse", "main^") {
		t.Errorf("commit %+v, main is at %s", commit, head)
	}
	r.mustBeSound()
}

func TestAppendWritesWhatGitWouldWrite(t *testing.T) {
	r := seeded(t)
	r.append(change("k3f9q2m7"))
	got := r.git("cat-file", "commit", "HEAD")
	for _, line := range []string{
		"author Ana <ana@example.com> 1795165331 +0100\n",
		"committer Ana <ana@example.com> 1795165331 +0100\n",
		"\n\nhandoff: ana → ben, 1 item\n\nHandoff-Id: k3f9q2m7",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("commit lacks %q:\n%s", line, got)
		}
	}
	for _, ref := range []string{"HEAD", "main"} {
		log := r.git("reflog", "show", "--format=%H %gn <%ge> %gs", "-1", ref)
		if want := r.git("rev-parse", "HEAD") + " Ana <ana@example.com> commit: handoff: ana → ben, 1 item"; log != want {
			t.Errorf("reflog of %s: %s, want %s", ref, log, want)
		}
	}
}

func TestAppendOnAnUnbornBranch(t *testing.T) {
	r := newRepo(t)
	r.write("staged.txt", "s\n")
	r.git("add", "staged.txt")
	commit := r.append(change("k3f9q2m7"))
	if commit.Parent != "" || r.git("rev-list", "--count", "HEAD") != "1" {
		t.Errorf("not a root commit: %+v", commit)
	}
	if got, want := r.git("status", "--porcelain"), "A  staged.txt"; got != want {
		t.Errorf("status %q, want %q", got, want)
	}
	r.mustBeSound()
}

func TestAppendOnADetachedHead(t *testing.T) {
	r := seeded(t)
	r.git("checkout", "-q", "--detach")
	c := change("k3f9q2m7")
	var detached *DetachedError
	if _, err := r.open().Append(context.Background(), c); !errors.As(err, &detached) {
		t.Fatalf("error %v, want *DetachedError", err)
	}
	r.mustBeSound()
	c.DetachOK = true
	commit := r.append(c)
	if commit.Ref != "HEAD" || r.git("rev-parse", "HEAD") != commit.Hash || r.git("rev-parse", "main") == commit.Hash {
		t.Errorf("commit %+v", commit)
	}
	if r.git("status", "--porcelain") != "" {
		t.Error("status is not clean")
	}
	r.mustBeSound()
}

func TestAppendInALinkedWorktree(t *testing.T) {
	r := seeded(t)
	linked := r.in(filepath.Join(t.TempDir(), "linked"))
	r.git("worktree", "add", "-q", "-b", "side", linked.dir)
	main := r.git("rev-parse", "main")
	commit := linked.append(change("k3f9q2m7"))
	if commit.Ref != "refs/heads/side" || linked.git("rev-parse", "HEAD") != commit.Hash || r.git("rev-parse", "main") != main {
		t.Errorf("commit %+v", commit)
	}
	if linked.git("status", "--porcelain") != "" || r.git("status", "--porcelain") != "" {
		t.Error("status is not clean")
	}
	linked.mustBeSound()
}

func TestAppendInASubmodule(t *testing.T) {
	library, r := seeded(t), seeded(t)
	r.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", library.dir, "lib")
	sub := r.in(r.path("lib"))
	sub.git("config", "user.name", "Ana")
	commit := sub.append(change("k3f9q2m7"))
	if sub.git("rev-parse", "HEAD") != commit.Hash || sub.git("status", "--porcelain") != "" {
		t.Errorf("commit %+v, status %s", commit, sub.git("status", "--porcelain"))
	}
	sub.mustBeSound()
}

func TestAppendKeepsTheFormatOfTheIndex(t *testing.T) {
	for _, test := range []struct {
		name  string
		setup func(r *testRepo)
		check func(r *testRepo) string // "" when it is as it was
	}{
		{"version 4", func(r *testRepo) { r.git("update-index", "--index-version", "4") }, func(r *testRepo) string {
			if data := r.read(".git/index"); data[7] != 4 {
				return "not version 4"
			}
			return ""
		}},
		{"split", func(r *testRepo) {
			r.git("config", "core.splitIndex", "true")
			r.git("update-index", "--split-index")
			r.write("split.txt", "s\n")
			r.git("add", "split.txt")
		}, func(r *testRepo) string {
			if r.git("rev-parse", "--shared-index-path") == "" {
				return "not split"
			}
			return ""
		}},
		{"untracked cache", func(r *testRepo) {
			r.git("update-index", "--force-untracked-cache")
			r.git("status")
		}, func(r *testRepo) string { return r.lacksExtension("UNTR") }},
		{"fsmonitor", func(r *testRepo) {
			r.write(".git/monitor", "#!/bin/sh\necho run >>.git/monitor-ran\nprintf 'token\\0/\\0'\n")
			os.Chmod(r.path(".git/monitor"), 0o755)
			r.git("config", "core.fsmonitor", ".git/monitor")
			r.git("update-index", "--fsmonitor")
			r.git("status")
			os.Remove(r.path(".git/monitor-ran"))
		}, func(r *testRepo) string {
			if r.exists(".git/monitor-ran") {
				return "the monitor was run"
			}
			return r.lacksExtension("FSMN")
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := seeded(t)
			test.setup(r)
			r.append(change("k3f9q2m7"))
			if problem := test.check(r); problem != "" {
				t.Error(problem)
			}
			if status := r.git("status", "--porcelain", "--", ".handoffs", "README"); status != "" {
				t.Errorf("status: %s", status)
			}
			r.append(change("m7k3f9q2"))
			r.mustBeSound()
		})
	}
}

// lacksExtension says so when the index has no such extension.
func (r *testRepo) lacksExtension(name string) string {
	index, err := readIndex(r.path(".git/index"), func(indexEntry, int) {})
	if err != nil {
		return err.Error()
	}
	if !slices.ContainsFunc(index.extensions, func(e indexExtension) bool { return e.name == name }) {
		return "the index lost " + name
	}
	return ""
}

func TestAppendInASparseCheckout(t *testing.T) {
	for _, test := range []struct {
		name string
		set  []string
		here bool // the records are in the work tree
	}{
		{"cone without records", []string{"set", "--cone", "src"}, false},
		{"cone with records", []string{"set", "--cone", "src", ".handoffs"}, true},
		{"sparse index", []string{"set", "--cone", "--sparse-index", "src"}, false},
		{"patterns without records", []string{"set", "--no-cone", "/*", "!/.handoffs/"}, false},
		{"patterns with records", []string{"set", "--no-cone", "/*", "!/src/"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := seeded(t)
			r.append(change("aaaaaaaa"))
			r.git(append([]string{"sparse-checkout"}, test.set...)...)
			for _, name := range []string{"k3f9q2m7", "m7k3f9q2"} {
				r.append(change(name))
				if status := r.git("status", "--porcelain"); status != "" {
					t.Errorf("status: %s", status)
				}
				if r.exists(recordPath(name)) != test.here {
					t.Errorf("%s in the work tree: %v, want %v", name, !test.here, test.here)
				}
			}
			r.git("sparse-checkout", "disable")
			if status := r.git("status", "--porcelain"); status != "" || !r.exists(recordPath("k3f9q2m7")) {
				t.Errorf("after disable: %s", status)
			}
			r.mustBeSound()
		})
	}
}

func TestAppendToABranchWithoutACheckout(t *testing.T) {
	r := seeded(t)
	before := r.userWork()
	c := change("k3f9q2m7")
	c.Branch = "records/team"
	first := r.append(c)
	if first.Parent != "" || first.Ref != "refs/heads/records/team" {
		t.Errorf("first commit %+v", first)
	}
	r.git("pack-refs", "--all")
	c = change("m7k3f9q2")
	c.Branch = "records/team"
	if second := r.append(c); second.Parent != first.Hash {
		t.Errorf("second commit %+v on %+v", second, first)
	}
	if got, want := r.git("ls-tree", "-r", "--name-only", "records/team"), recordPath("k3f9q2m7")+"\n"+recordPath("m7k3f9q2"); got != want {
		t.Errorf("tree:\n%s\nwant\n%s", got, want)
	}
	if r.userWork() != before || r.exists(".handoffs") {
		t.Error("the checkout changed")
	}
	r.mustBeSound()
}

func TestAppendToABranchThatIsCheckedOutElsewhere(t *testing.T) {
	r := seeded(t)
	r.git("worktree", "add", "-q", "-b", "side", filepath.Join(t.TempDir(), "linked"))
	c := change("k3f9q2m7")
	c.Branch = "side"
	r.refuses(c, new(*InProgressError))

	c.Branch = "main"
	if commit := r.append(c); commit.Ref != "refs/heads/main" || r.git("status", "--porcelain") != "" {
		t.Errorf("commit %+v, status %s", commit, r.git("status", "--porcelain"))
	}
}

func TestAppendInABareRepository(t *testing.T) {
	r := newRepo(t, "--bare")
	first := r.append(change("k3f9q2m7"))
	second := r.append(change("m7k3f9q2"))
	if second.Parent != first.Hash || r.git("rev-parse", "main") != second.Hash {
		t.Errorf("commits %+v, %+v", first, second)
	}
	r.mustBeSound()
}

// refuses checks that an append is refused with an error of the type that
// target points at, and that nothing is left of it.
func (r *testRepo) refuses(c Change, target any) {
	r.t.Helper()
	before, head := r.userWork(), r.git("rev-parse", "--verify", "-q", "HEAD")
	_, err := r.open().Append(context.Background(), c)
	if !errors.As(err, target) {
		r.t.Errorf("error %v (%T), want %T", err, err, target)
	}
	if r.userWork() != before || r.git("rev-parse", "HEAD") != head {
		r.t.Error("the refusal changed something")
	}
	r.mustBeSound()
}

func TestAppendDuringAnOperation(t *testing.T) {
	conflict := func(r *testRepo) {
		r.git("checkout", "-qb", "side")
		r.write("src/a.txt", "side\n")
		r.git("commit", "-qam", "side")
		r.git("checkout", "-q", "main")
		r.write("src/a.txt", "main\n")
		r.git("commit", "-qam", "main")
	}
	for name, start := range map[string]func(r *testRepo){
		"merge":       func(r *testRepo) { r.tryGit("merge", "side") },
		"rebase":      func(r *testRepo) { r.tryGit("rebase", "side") },
		"cherry-pick": func(r *testRepo) { r.tryGit("cherry-pick", "side") },
		"revert":      func(r *testRepo) { r.tryGit("revert", "HEAD~1") },
		"bisect":      func(r *testRepo) { r.git("bisect", "start", "HEAD", "HEAD~1") },
		"am": func(r *testRepo) {
			r.git("format-patch", "-q", "-1", "side", "-o", ".git")
			r.tryGit("am", ".git/0001-side.patch")
		},
		"conflict alone": func(r *testRepo) {
			r.tryGit("merge", "side")
			os.Remove(r.path(".git/MERGE_HEAD"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := seeded(t)
			conflict(r)
			start(r)
			c := change("k3f9q2m7")
			r.refuses(c, new(*InProgressError)) // and not for a HEAD that the operation has detached
			c.DetachOK = true
			r.refuses(c, new(*InProgressError))
			c.Branch = "records"
			r.append(c)
			r.mustBeSound()
		})
	}
}

func TestAppendInAHook(t *testing.T) {
	r := seeded(t)
	r.env = append(r.env, "GIT_INDEX_FILE="+r.path(".git/index"))
	r.refuses(change("k3f9q2m7"), new(*InProgressError))
}

func TestAppendWhereThePathIsBlocked(t *testing.T) {
	outside := t.TempDir()
	for name, block := range map[string]func(r *testRepo){
		"symlink in the work tree": func(r *testRepo) { os.Symlink(outside, r.path(".handoffs")) },
		"symlink in HEAD": func(r *testRepo) {
			os.Symlink(outside, r.path(".handoffs"))
			r.git("add", ".handoffs")
			r.git("commit", "-qm", "link")
			os.Remove(r.path(".handoffs"))
		},
		"symlink further down": func(r *testRepo) {
			os.Mkdir(r.path(".handoffs"), 0o777)
			os.Symlink(outside, r.path(".handoffs/2026"))
		},
		"file": func(r *testRepo) { r.write(".handoffs", "a file\n") },
		"staged file": func(r *testRepo) {
			r.write(".handoffs", "a file\n")
			r.git("add", ".handoffs")
			os.Remove(r.path(".handoffs"))
		},
		"submodule": func(r *testRepo) {
			r.git("update-index", "--add", "--cacheinfo", "160000,"+r.git("rev-parse", "HEAD")+",.handoffs")
			r.git("commit", "-qm", "submodule")
		},
		"repository": func(r *testRepo) { r.git("init", "-q", ".handoffs") },
		"same name": func(r *testRepo) {
			r.write(recordPath("k3f9q2m7"), "other\n")
		},
		"same name committed": func(r *testRepo) { r.append(change("k3f9q2m7")) },
		"same name staged": func(r *testRepo) {
			r.write(recordPath("k3f9q2m7"), "other\n")
			r.git("add", ".handoffs")
			os.Remove(r.path(recordPath("k3f9q2m7")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := seeded(t)
			block(r)
			r.refuses(change("k3f9q2m7"), new(*BlockedPathError))
			if entries, _ := os.ReadDir(outside); len(entries) > 0 {
				t.Errorf("written behind the link: %v", entries)
			}
		})
	}
}

func TestAppendWaitsForALockAndNeverBreaksIt(t *testing.T) {
	locks := []string{".git/index.lock", ".git/HEAD.lock", ".git/refs/heads/main.lock"}
	if seeded(t).hasReftable() {
		locks = []string{".git/index.lock", ".git/reftable/tables.list.lock"}
	}
	for _, name := range locks {
		t.Run(name, func(t *testing.T) {
			r := seeded(t)
			r.write(name, "somebody else's")
			repo := r.open()
			repo.lockWait = 20 * time.Millisecond
			var busy *BusyError
			_, err := repo.Append(context.Background(), change("k3f9q2m7"))
			if !errors.As(err, &busy) || busy.Path != r.path(name) {
				t.Fatalf("error %v, want *BusyError for %s", err, name)
			}
			if r.read(name) != "somebody else's" {
				t.Error("the lock was touched")
			}
			os.Remove(r.path(name))
			r.mustBeSound()
			if r.exists(".handoffs") {
				t.Error("something was written to the work tree")
			}
			r.append(change("k3f9q2m7"))
		})
	}
}

func TestAppendEndsWithItsContext(t *testing.T) {
	r := seeded(t)
	r.write(".git/index.lock", "")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.open().Append(ctx, change("k3f9q2m7")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func TestAppendOnADamagedBranch(t *testing.T) {
	refsInFiles(t)
	for name, damage := range map[string]func(r *testRepo){
		"empty": func(r *testRepo) { r.write(".git/refs/heads/main", "") },
		"gone":  func(r *testRepo) { os.Remove(r.path(".git/refs/heads/main")) },
	} {
		t.Run(name, func(t *testing.T) {
			r := seeded(t)
			damage(r)
			repo, err := Open(context.Background(), r.dir, r.env)
			if err != nil {
				t.Fatal(err)
			}
			var damaged *DamagedError
			if _, err := repo.Append(context.Background(), change("k3f9q2m7")); !errors.As(err, &damaged) {
				t.Errorf("error %v, want *DamagedError", err)
			}
			if _, err := repo.Head(); !errors.As(err, &damaged) {
				t.Errorf("Head: error %v, want *DamagedError", err)
			}
		})
	}
}

// whileSigning has a shell script run in the middle of every append, as the
// program that signs.
func (r *testRepo) whileSigning(script string) {
	r.t.Helper()
	r.write(".git/signer", "#!/bin/sh\nset -e\n"+script+"\necho '[GNUPG:] SIG_CREATED ' >&2\necho signature\n")
	if err := os.Chmod(r.path(".git/signer"), 0o755); err != nil {
		r.t.Fatal(err)
	}
	r.git("config", "commit.gpgSign", "true")
	r.git("config", "gpg.program", r.path(".git/signer"))
}

// moveMain is a script that moves the branch under an append: without the locks
// that it holds, or with git where it holds none.
func (r *testRepo) moveMain(to string) string {
	if r.hasReftable() {
		return "git update-ref refs/heads/main " + to
	}
	return "echo " + to + " >.git/refs/heads/main"
}

func TestAppendStartsAgainWhenTheBranchMoved(t *testing.T) {
	r := seeded(t)
	other := r.git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "by a program without locks")
	r.whileSigning("if ! test -e .git/moved; then\n: >.git/moved\n" + r.moveMain(other) + "\nfi")
	if commit := r.append(change("k3f9q2m7")); commit.Parent != other {
		t.Errorf("commit %+v, want it on %s", commit, other)
	}
	r.mustBeSound()

	r.whileSigning("next=$(git commit-tree HEAD^{tree} -p HEAD -m again)\n" + r.moveMain("$next"))
	var busy *BusyError
	if _, err := r.open().Append(context.Background(), change("m7k3f9q2")); !errors.As(err, &busy) {
		t.Errorf("error %v, want *BusyError", err)
	}
	if r.exists(recordPath("m7k3f9q2")) {
		t.Error("the record stayed in the work tree")
	}
}

func TestAppendRefusesChangesThatNoRepositoryCouldTake(t *testing.T) {
	r := seeded(t)
	for name, spoil := range map[string]func(c *Change){
		"no files":       func(c *Change) { c.Files = nil },
		"no message":     func(c *Change) { c.Message = "\n" },
		"zero byte":      func(c *Change) { c.Message = "a\x00b" },
		"no name":        func(c *Change) { c.Author.Name = "" },
		"line in a name": func(c *Change) { c.Committer.Name = "A\nB" },
		"twice":          func(c *Change) { c.Files = append(c.Files, c.Files[0]) },
		"upwards":        func(c *Change) { c.Files[0].Path = "../x" },
		"absolute":       func(c *Change) { c.Files[0].Path = "/tmp/x" },
		"not clean":      func(c *Change) { c.Files[0].Path = "a//b" },
		"git directory":  func(c *Change) { c.Files[0].Path = ".GIT/hooks/pre-commit" },
		"other spelling": func(c *Change) { c.Files[0].Path = ".git. /config" },
		"short name":     func(c *Change) { c.Files[0].Path = "a/git~1/x" },
		"branch":         func(c *Change) { c.Branch = "a..b" },
	} {
		t.Run(name, func(t *testing.T) {
			c := change("k3f9q2m7")
			spoil(&c)
			head := r.git("rev-parse", "HEAD")
			if commit, err := r.open().Append(context.Background(), c); err == nil || r.git("rev-parse", "HEAD") != head {
				t.Errorf("appended: %+v, %v", commit, err)
			}
		})
	}
	r.mustBeSound()
}

func TestAppendReportsWhyGitRefusesTheIndex(t *testing.T) {
	r := seeded(t)
	index := r.read(".git/index")
	index = index[:len(index)-indexChecksumSize] + "zzzz\x00\x00\x00\x00" // an extension that one has to know
	sum := sha1.Sum([]byte(index))
	r.write(".git/index", index+string(sum[:]))
	head := r.git("rev-parse", "HEAD")
	_, err := r.open().Append(context.Background(), change("k3f9q2m7"))
	if err == nil || !strings.Contains(err.Error(), "git update-index:") || !strings.Contains(err.Error(), "zzzz") {
		t.Errorf("error %v, want git's own words", err)
	}
	if r.git("rev-parse", "HEAD") != head || r.exists(".handoffs") {
		t.Error("something was written")
	}
	if left, _ := os.ReadDir(r.path(".git/handoff")); len(left) != 1 || r.exists(".git/index.lock") {
		t.Errorf("left over: %v", left)
	}
}
