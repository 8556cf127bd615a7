package store

import (
	"context"
	"crypto/sha1"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/gittest"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

func TestAppendLeavesTheUsersWorkAlone(t *testing.T) {
	r := gittest.Seeded(t)
	r.Write("src/a.txt", "one\nstaged\nthree\n")
	r.Git("add", "src/a.txt")
	r.Write("src/a.txt", "one\nstaged\nunstaged\n")
	r.Write("untracked.txt", "u\n")
	r.Write("later.txt", "l\n")
	r.Git("add", "--intent-to-add", "later.txt")
	r.Write("new.txt", "n\n")
	r.Git("add", "new.txt")
	r.Git("update-index", "--assume-unchanged", "src/b.txt")
	r.Git("update-index", "--skip-worktree", "README")
	before := r.UserWork()

	commit := mustAppend(r, change("k3f9q2m7"))

	if after := r.UserWork(); after != before {
		t.Errorf("the user's work changed:\n%s\nwas\n%s", after, before)
	}
	if got, want := r.FilesOf("HEAD"), "A\t"+recordPath("k3f9q2m7"); got != want {
		t.Errorf("commit changes %q, want %q", got, want)
	}
	if status := r.Git("status", "--porcelain", "--", ".handoffs"); status != "" {
		t.Errorf("status of the record: %s", status)
	}
	if head := r.Git("rev-parse", "refs/heads/main"); commit.Hash != head || commit.Ref != "refs/heads/main" || commit.Parent != r.Git("rev-parse", "main^") {
		t.Errorf("commit %+v, main is at %s", commit, head)
	}
	mustBeSound(r)
}

func TestAppendWritesWhatGitWouldWrite(t *testing.T) {
	r := gittest.Seeded(t)
	mustAppend(r, change("k3f9q2m7"))
	got := r.Git("cat-file", "commit", "HEAD")
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
		log := r.Git("reflog", "show", "--format=%H %gn <%ge> %gs", "-1", ref)
		if want := r.Git("rev-parse", "HEAD") + " Ana <ana@example.com> commit: handoff: ana → ben, 1 item"; log != want {
			t.Errorf("reflog of %s: %s, want %s", ref, log, want)
		}
	}
}

func TestAppendOnAnUnbornBranch(t *testing.T) {
	r := gittest.New(t)
	r.Write("staged.txt", "s\n")
	r.Git("add", "staged.txt")
	commit := mustAppend(r, change("k3f9q2m7"))
	if commit.Parent != "" || r.Git("rev-list", "--count", "HEAD") != "1" {
		t.Errorf("not a root commit: %+v", commit)
	}
	if got, want := r.Git("status", "--porcelain"), "A  staged.txt"; got != want {
		t.Errorf("status %q, want %q", got, want)
	}
	mustBeSound(r)
}

func TestAppendOnADetachedHead(t *testing.T) {
	r := gittest.Seeded(t)
	r.Git("checkout", "-q", "--detach")
	c := change("k3f9q2m7")
	var detached *git.DetachedError
	if _, err := mustOpen(r).Append(context.Background(), c); !errors.As(err, &detached) {
		t.Fatalf("error %v, want *DetachedError", err)
	}
	mustBeSound(r)
	c.DetachOK = true
	commit := mustAppend(r, c)
	if commit.Ref != "HEAD" || r.Git("rev-parse", "HEAD") != commit.Hash || r.Git("rev-parse", "main") == commit.Hash {
		t.Errorf("commit %+v", commit)
	}
	if r.Git("status", "--porcelain") != "" {
		t.Error("status is not clean")
	}
	mustBeSound(r)
}

func TestAppendInALinkedWorktree(t *testing.T) {
	r := gittest.Seeded(t)
	linked := r.In(filepath.Join(t.TempDir(), "linked"))
	r.Git("worktree", "add", "-q", "-b", "side", linked.Dir)
	main := r.Git("rev-parse", "main")
	commit := mustAppend(linked, change("k3f9q2m7"))
	if commit.Ref != "refs/heads/side" || linked.Git("rev-parse", "HEAD") != commit.Hash || r.Git("rev-parse", "main") != main {
		t.Errorf("commit %+v", commit)
	}
	if linked.Git("status", "--porcelain") != "" || r.Git("status", "--porcelain") != "" {
		t.Error("status is not clean")
	}
	mustBeSound(linked)
}

func TestAppendInASubmodule(t *testing.T) {
	library, r := gittest.Seeded(t), gittest.Seeded(t)
	r.Git("-c", "protocol.file.allow=always", "submodule", "add", "-q", library.Dir, "lib")
	sub := r.In(r.Path("lib"))
	sub.Git("config", "user.name", "Ana")
	commit := mustAppend(sub, change("k3f9q2m7"))
	if sub.Git("rev-parse", "HEAD") != commit.Hash || sub.Git("status", "--porcelain") != "" {
		t.Errorf("commit %+v, status %s", commit, sub.Git("status", "--porcelain"))
	}
	mustBeSound(sub)
}

func TestAppendKeepsTheFormatOfTheIndex(t *testing.T) {
	for _, test := range []struct {
		name  string
		setup func(r *gittest.Repo)
		check func(r *gittest.Repo) string // "" when it is as it was
	}{
		{"version 4", func(r *gittest.Repo) { r.Git("update-index", "--index-version", "4") }, func(r *gittest.Repo) string {
			if data := r.Read(".git/index"); data[7] != 4 {
				return "not version 4"
			}
			return ""
		}},
		{"split", func(r *gittest.Repo) {
			r.Git("config", "core.splitIndex", "true")
			r.Git("update-index", "--split-index")
			r.Write("split.txt", "s\n")
			r.Git("add", "split.txt")
		}, func(r *gittest.Repo) string {
			if r.Git("rev-parse", "--shared-index-path") == "" {
				return "not split"
			}
			return ""
		}},
		{"untracked cache", func(r *gittest.Repo) {
			r.Git("update-index", "--force-untracked-cache")
			r.Git("status")
		}, func(r *gittest.Repo) string { return lacksExtension(r, "UNTR") }},
		{"fsmonitor", func(r *gittest.Repo) {
			r.Write(".git/monitor", "#!/bin/sh\necho run >>.git/monitor-ran\nprintf 'token\\0/\\0'\n")
			os.Chmod(r.Path(".git/monitor"), 0o755)
			r.Git("config", "core.fsmonitor", ".git/monitor")
			r.Git("update-index", "--fsmonitor")
			r.Git("status")
			os.Remove(r.Path(".git/monitor-ran"))
		}, func(r *gittest.Repo) string {
			if r.Exists(".git/monitor-ran") {
				return "the monitor was run"
			}
			return lacksExtension(r, "FSMN")
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := gittest.Seeded(t)
			test.setup(r)
			mustAppend(r, change("k3f9q2m7"))
			if problem := test.check(r); problem != "" {
				t.Error(problem)
			}
			if status := r.Git("status", "--porcelain", "--", ".handoffs", "README"); status != "" {
				t.Errorf("status: %s", status)
			}
			mustAppend(r, change("m7k3f9q2"))
			mustBeSound(r)
		})
	}
}

// lacksExtension says so when the index has no such extension.
func lacksExtension(r *gittest.Repo, name string) string {
	if !strings.Contains(r.Read(".git/index"), name) {
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
			r := gittest.Seeded(t)
			mustAppend(r, change("aaaaaaaa"))
			r.Git(append([]string{"sparse-checkout"}, test.set...)...)
			for _, name := range []string{"k3f9q2m7", "m7k3f9q2"} {
				mustAppend(r, change(name))
				if status := r.Git("status", "--porcelain"); status != "" {
					t.Errorf("status: %s", status)
				}
				if r.Exists(recordPath(name)) != test.here {
					t.Errorf("%s in the work tree: %v, want %v", name, !test.here, test.here)
				}
			}
			r.Git("sparse-checkout", "disable")
			if status := r.Git("status", "--porcelain"); status != "" || !r.Exists(recordPath("k3f9q2m7")) {
				t.Errorf("after disable: %s", status)
			}
			mustBeSound(r)
		})
	}
}

func TestAppendToABranchWithoutACheckout(t *testing.T) {
	r := gittest.Seeded(t)
	before := r.UserWork()
	c := change("k3f9q2m7")
	c.Branch = "records/team"
	first := mustAppend(r, c)
	if first.Parent != "" || first.Ref != "refs/heads/records/team" {
		t.Errorf("first commit %+v", first)
	}
	r.Git("pack-refs", "--all")
	c = change("m7k3f9q2")
	c.Branch = "records/team"
	if second := mustAppend(r, c); second.Parent != first.Hash {
		t.Errorf("second commit %+v on %+v", second, first)
	}
	if got, want := r.Git("ls-tree", "-r", "--name-only", "records/team"), recordPath("k3f9q2m7")+"\n"+recordPath("m7k3f9q2"); got != want {
		t.Errorf("tree:\n%s\nwant\n%s", got, want)
	}
	if r.UserWork() != before || r.Exists(".handoffs") {
		t.Error("the checkout changed")
	}
	mustBeSound(r)
}

func TestAppendToABranchThatIsCheckedOutElsewhere(t *testing.T) {
	r := gittest.Seeded(t)
	r.Git("worktree", "add", "-q", "-b", "side", filepath.Join(t.TempDir(), "linked"))
	c := change("k3f9q2m7")
	c.Branch = "side"
	refuses(r, c, new(*git.InProgressError))

	c.Branch = "main"
	if commit := mustAppend(r, c); commit.Ref != "refs/heads/main" || r.Git("status", "--porcelain") != "" {
		t.Errorf("commit %+v, status %s", commit, r.Git("status", "--porcelain"))
	}
}

func TestAppendInABareRepository(t *testing.T) {
	r := gittest.New(t, "--bare")
	first := mustAppend(r, change("k3f9q2m7"))
	second := mustAppend(r, change("m7k3f9q2"))
	if second.Parent != first.Hash || r.Git("rev-parse", "main") != second.Hash {
		t.Errorf("commits %+v, %+v", first, second)
	}
	mustBeSound(r)
}

// refuses checks that an append is refused with an error of the type that
// target points at, and that nothing is left of it.
func refuses(r *gittest.Repo, c Change, target any) {
	r.T.Helper()
	before, head := r.UserWork(), r.Git("rev-parse", "--verify", "-q", "HEAD")
	_, err := mustOpen(r).Append(context.Background(), c)
	if !errors.As(err, target) {
		r.T.Errorf("error %v (%T), want %T", err, err, target)
	}
	if r.UserWork() != before || r.Git("rev-parse", "HEAD") != head {
		r.T.Error("the refusal changed something")
	}
	mustBeSound(r)
}

func TestAppendDuringAnOperation(t *testing.T) {
	conflict := func(r *gittest.Repo) {
		r.Git("checkout", "-qb", "side")
		r.Write("src/a.txt", "side\n")
		r.Git("commit", "-qam", "side")
		r.Git("checkout", "-q", "main")
		r.Write("src/a.txt", "main\n")
		r.Git("commit", "-qam", "main")
	}
	for name, start := range map[string]func(r *gittest.Repo){
		"merge":       func(r *gittest.Repo) { r.TryGit("merge", "side") },
		"rebase":      func(r *gittest.Repo) { r.TryGit("rebase", "side") },
		"cherry-pick": func(r *gittest.Repo) { r.TryGit("cherry-pick", "side") },
		"revert":      func(r *gittest.Repo) { r.TryGit("revert", "HEAD~1") },
		"bisect":      func(r *gittest.Repo) { r.Git("bisect", "start", "HEAD", "HEAD~1") },
		"am": func(r *gittest.Repo) {
			r.Git("format-patch", "-q", "-1", "side", "-o", ".git")
			r.TryGit("am", ".git/0001-side.patch")
		},
		"conflict alone": func(r *gittest.Repo) {
			r.TryGit("merge", "side")
			os.Remove(r.Path(".git/MERGE_HEAD"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := gittest.Seeded(t)
			conflict(r)
			start(r)
			c := change("k3f9q2m7")
			refuses(r, c, new(*git.InProgressError)) // and not for a HEAD that the operation has detached
			c.DetachOK = true
			refuses(r, c, new(*git.InProgressError))
			c.Branch = "records"
			mustAppend(r, c)
			mustBeSound(r)
		})
	}
}

func TestAppendInAHook(t *testing.T) {
	r := gittest.Seeded(t)
	r.Env = append(r.Env, "GIT_INDEX_FILE="+r.Path(".git/index"))
	refuses(r, change("k3f9q2m7"), new(*git.InProgressError))
}

func TestAppendWhereThePathIsBlocked(t *testing.T) {
	outside := t.TempDir()
	for name, block := range map[string]func(r *gittest.Repo){
		"symlink in the work tree": func(r *gittest.Repo) { os.Symlink(outside, r.Path(".handoffs")) },
		"symlink in HEAD": func(r *gittest.Repo) {
			os.Symlink(outside, r.Path(".handoffs"))
			r.Git("add", ".handoffs")
			r.Git("commit", "-qm", "link")
			os.Remove(r.Path(".handoffs"))
		},
		"symlink further down": func(r *gittest.Repo) {
			os.Mkdir(r.Path(".handoffs"), 0o777)
			os.Symlink(outside, r.Path(".handoffs/2026"))
		},
		"file": func(r *gittest.Repo) { r.Write(".handoffs", "a file\n") },
		"staged file": func(r *gittest.Repo) {
			r.Write(".handoffs", "a file\n")
			r.Git("add", ".handoffs")
			os.Remove(r.Path(".handoffs"))
		},
		"submodule": func(r *gittest.Repo) {
			r.Git("update-index", "--add", "--cacheinfo", "160000,"+r.Git("rev-parse", "HEAD")+",.handoffs")
			r.Git("commit", "-qm", "submodule")
		},
		"repository": func(r *gittest.Repo) { r.Git("init", "-q", ".handoffs") },
		"same name": func(r *gittest.Repo) {
			r.Write(recordPath("k3f9q2m7"), "other\n")
		},
		"same name committed": func(r *gittest.Repo) { mustAppend(r, change("k3f9q2m7")) },
		"same name staged": func(r *gittest.Repo) {
			r.Write(recordPath("k3f9q2m7"), "other\n")
			r.Git("add", ".handoffs")
			os.Remove(r.Path(recordPath("k3f9q2m7")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := gittest.Seeded(t)
			block(r)
			refuses(r, change("k3f9q2m7"), new(*git.BlockedPathError))
			if entries, _ := os.ReadDir(outside); len(entries) > 0 {
				t.Errorf("written behind the link: %v", entries)
			}
		})
	}
}

func TestAppendWaitsForALockAndNeverBreaksIt(t *testing.T) {
	locks := []string{".git/index.lock", ".git/HEAD.lock", ".git/refs/heads/main.lock"}
	if gittest.Seeded(t).HasReftable() {
		locks = []string{".git/index.lock", ".git/reftable/tables.list.lock"}
	}
	for _, name := range locks {
		t.Run(name, func(t *testing.T) {
			r := gittest.Seeded(t)
			r.Write(name, "somebody else's")
			repo := mustOpen(r)
			repo.LockWait = 20 * time.Millisecond
			var busy *git.BusyError
			_, err := repo.Append(context.Background(), change("k3f9q2m7"))
			if !errors.As(err, &busy) || busy.Path != r.Path(name) {
				t.Fatalf("error %v, want *BusyError for %s", err, name)
			}
			if r.Read(name) != "somebody else's" {
				t.Error("the lock was touched")
			}
			os.Remove(r.Path(name))
			mustBeSound(r)
			if r.Exists(".handoffs") {
				t.Error("something was written to the work tree")
			}
			mustAppend(r, change("k3f9q2m7"))
		})
	}
}

func TestAppendEndsWithItsContext(t *testing.T) {
	r := gittest.Seeded(t)
	r.Write(".git/index.lock", "")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := mustOpen(r).Append(ctx, change("k3f9q2m7")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func TestAppendOnADamagedBranch(t *testing.T) {
	gittest.RefsInFiles(t)
	for name, damage := range map[string]func(r *gittest.Repo){
		"empty": func(r *gittest.Repo) { r.Write(".git/refs/heads/main", "") },
		"gone":  func(r *gittest.Repo) { os.Remove(r.Path(".git/refs/heads/main")) },
	} {
		t.Run(name, func(t *testing.T) {
			r := gittest.Seeded(t)
			damage(r)
			repo, err := Open(context.Background(), r.Dir, r.Env)
			if err != nil {
				t.Fatal(err)
			}
			var damaged *odb.DamagedError
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
func whileSigning(r *gittest.Repo, script string) {
	r.T.Helper()
	r.Write(".git/signer", "#!/bin/sh\nset -e\n"+script+"\necho '[GNUPG:] SIG_CREATED ' >&2\necho signature\n")
	if err := os.Chmod(r.Path(".git/signer"), 0o755); err != nil {
		r.T.Fatal(err)
	}
	r.Git("config", "commit.gpgSign", "true")
	r.Git("config", "gpg.program", r.Path(".git/signer"))
}

// moveMain is a script that moves the branch under an append: without the locks
// that it holds, or with git where it holds none.
func moveMain(r *gittest.Repo, to string) string {
	if r.HasReftable() {
		return "git update-ref refs/heads/main " + to
	}
	return "echo " + to + " >.git/refs/heads/main"
}

func TestAppendStartsAgainWhenTheBranchMoved(t *testing.T) {
	r := gittest.Seeded(t)
	other := r.Git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "by a program without locks")
	whileSigning(r, "if ! test -e .git/moved; then\n: >.git/moved\n"+moveMain(r, other)+"\nfi")
	if commit := mustAppend(r, change("k3f9q2m7")); commit.Parent != other {
		t.Errorf("commit %+v, want it on %s", commit, other)
	}
	mustBeSound(r)

	whileSigning(r, "next=$(git commit-tree HEAD^{tree} -p HEAD -m again)\n"+moveMain(r, "$next"))
	var busy *git.BusyError
	if _, err := mustOpen(r).Append(context.Background(), change("m7k3f9q2")); !errors.As(err, &busy) {
		t.Errorf("error %v, want *BusyError", err)
	}
	if r.Exists(recordPath("m7k3f9q2")) {
		t.Error("the record stayed in the work tree")
	}
}

func TestAppendRefusesChangesThatNoRepositoryCouldTake(t *testing.T) {
	r := gittest.Seeded(t)
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
			head := r.Git("rev-parse", "HEAD")
			if commit, err := mustOpen(r).Append(context.Background(), c); err == nil || r.Git("rev-parse", "HEAD") != head {
				t.Errorf("appended: %+v, %v", commit, err)
			}
		})
	}
	mustBeSound(r)
}

func TestAppendReportsWhyGitRefusesTheIndex(t *testing.T) {
	r := gittest.Seeded(t)
	index := r.Read(".git/index")
	index = index[:len(index)-git.IndexChecksumSize] + "zzzz\x00\x00\x00\x00" // an extension that one has to know
	sum := sha1.Sum([]byte(index))
	r.Write(".git/index", index+string(sum[:]))
	head := r.Git("rev-parse", "HEAD")
	_, err := mustOpen(r).Append(context.Background(), change("k3f9q2m7"))
	if err == nil || !strings.Contains(err.Error(), "git update-index:") || !strings.Contains(err.Error(), "zzzz") {
		t.Errorf("error %v, want git's own words", err)
	}
	if r.Git("rev-parse", "HEAD") != head || r.Exists(".handoffs") {
		t.Error("something was written")
	}
	if left, _ := os.ReadDir(r.Path(".git/handoff")); len(left) != 1 || r.Exists(".git/index.lock") {
		t.Errorf("left over: %v", left)
	}
}
