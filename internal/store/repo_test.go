package store

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// testRepo is a real repository in a directory of the test, with an
// environment in which git sees no configuration of the machine.
type testRepo struct {
	t   testing.TB
	dir string
	env []string
}

// isolated returns an environment for git and for us. Its PATH is the one of
// the test process, and so is the format in which git keeps references.
func isolated(t testing.TB) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LC_ALL=C", "TZ=UTC",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
	}
	if format, set := os.LookupEnv(refFormat); set {
		env = append(env, refFormat+"="+format)
	}
	return env
}

// refFormat is the variable by which git makes repositories with references in
// files or in a reftable.
const refFormat = "GIT_DEFAULT_REF_FORMAT"

// refsInFiles makes the repositories of a test with references in files, which
// is what the test is about.
func refsInFiles(t testing.TB) { t.Setenv(refFormat, "files") }

// hasReftable reports whether the references are not in files.
func (r *testRepo) hasReftable() bool {
	r.t.Helper()
	out, _ := r.tryGit("config", "extensions.refStorage") // nothing in most repositories
	return out == "reftable"
}

// newRepo returns a repository on the unborn branch main.
func newRepo(t testing.TB, initOptions ...string) *testRepo {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &testRepo{t: t, dir: dir, env: isolated(t)}
	r.git(append([]string{"init", "-q", "-b", "main"}, initOptions...)...)
	r.git("config", "user.name", "Ana")
	r.git("config", "user.email", "ana@example.com")
	return r
}

// seeded returns a repository with one commit of a few files.
func seeded(t testing.TB) *testRepo {
	t.Helper()
	r := newRepo(t)
	r.write("README", "readme\n")
	r.write("src/a.txt", "one\ntwo\nthree\n")
	r.write("src/b.txt", "b\n")
	r.git("add", ".")
	r.git("commit", "-qm", "seed")
	return r
}

// in returns the same repository seen from another directory.
func (r *testRepo) in(dir string) *testRepo {
	return &testRepo{t: r.t, dir: dir, env: r.env}
}

// git runs git and returns its output without the last line end.
func (r *testRepo) git(args ...string) string {
	r.t.Helper()
	out, err := r.tryGit(args...)
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func (r *testRepo) tryGit(args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = r.dir, r.env
	out, err := cmd.CombinedOutput()
	return strings.TrimSuffix(string(out), "\n"), err
}

func (r *testRepo) path(name string) string {
	return filepath.Join(r.dir, filepath.FromSlash(name))
}

func (r *testRepo) write(name, content string) {
	r.t.Helper()
	if err := os.MkdirAll(filepath.Dir(r.path(name)), 0o777); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(r.path(name), []byte(content), 0o666); err != nil {
		r.t.Fatal(err)
	}
}

func (r *testRepo) read(name string) string {
	r.t.Helper()
	data, err := os.ReadFile(r.path(name))
	if err != nil {
		r.t.Fatal(err)
	}
	return string(data)
}

func (r *testRepo) exists(name string) bool {
	_, err := os.Lstat(r.path(name))
	return err == nil
}

// open opens the repository at r.dir.
func (r *testRepo) open() *Repo {
	r.t.Helper()
	repo, err := Open(context.Background(), r.dir, r.env)
	if err != nil {
		r.t.Fatal(err)
	}
	return repo
}

// ana is who the tests commit as.
func ana() Ident {
	return Ident{Name: "Ana", Email: "ana@example.com", When: time.Date(2026, 11, 20, 10, 2, 11, 0, time.FixedZone("", 3600))}
}

// change adds one record file of that name.
func change(name string) Change {
	return Change{
		Files:   []NewFile{{Path: recordPath(name), Data: []byte("schema: \"handoff/v1\"\nid: \"" + name + "\"\n")}},
		Message: "handoff: ana → ben, 1 item\n\nHandoff-Id: " + name + "\n",
		Author:  ana(), Committer: ana(),
	}
}

func recordPath(name string) string { return ".handoffs/2026/11/20/" + name + ".yaml" }

// append appends one record and fails the test on any error.
func (r *testRepo) append(c Change) Commit {
	r.t.Helper()
	commit, err := r.open().Append(context.Background(), c)
	if err != nil {
		r.t.Fatal(err)
	}
	return commit
}

// mustBeSound checks what must hold after every append, done or refused: git
// finds no fault, go-git reads it through our objects, and no file of ours is left
// over.
func (r *testRepo) mustBeSound() {
	r.t.Helper()
	if out, err := r.tryGit("fsck", "--strict", "--no-dangling"); err != nil || strings.Contains(out, "error") || strings.Contains(out, "warning") {
		r.t.Errorf("git fsck: %v\n%s", err, out)
	}
	r.mustBeReadByGoGit()
	common := r.git("rev-parse", "--path-format=absolute", "--git-common-dir")
	filepath.WalkDir(common, func(path string, _ os.DirEntry, err error) error {
		base := filepath.Base(path)
		if err == nil && (strings.HasSuffix(base, ".lock") || strings.HasPrefix(base, "tmp_") || strings.HasPrefix(base, ".tmp-")) {
			r.t.Errorf("left over: %s", path)
		}
		return nil
	})
}

// userWork is everything of the user's that an append must leave alone.
func (r *testRepo) userWork() string {
	r.t.Helper()
	var all bytes.Buffer
	for _, args := range [][]string{
		{"status", "--porcelain=v2", "--untracked-files=all"}, {"diff"}, {"diff", "--cached"},
		{"ls-files", "-v"}, {"ls-files", "-s"}, {"stash", "list"},
	} {
		all.WriteString(strings.Join(args, " ") + "\n")
		for line := range strings.Lines(r.git(args...) + "\n") {
			if line != "\n" && !strings.Contains(line, ".handoffs/") {
				all.WriteString(line)
			}
		}
	}
	return all.String()
}

// filesOf returns the names that a commit changes.
func (r *testRepo) filesOf(commit string) string {
	r.t.Helper()
	return r.git("diff-tree", "--no-commit-id", "--root", "-r", "--name-status", commit)
}
