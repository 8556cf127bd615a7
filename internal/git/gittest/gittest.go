package gittest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Populate commits that many small files in packed history.
func (r *Repo) Populate(files int) {
	r.T.Helper()
	for i := range files {
		r.Write(fmt.Sprintf("src/%03d/%d.txt", i/300, i), fmt.Sprintln(i))
	}
	r.Git("add", ".")
	r.Git("-c", "gc.auto=0", "commit", "-qm", "many")
	r.Git("-c", "gc.auto=0", "repack", "-adq")
}

// PackRefs makes that many packed branches, each at a commit of its own name
// that does not exist.
func (r *Repo) PackRefs(count int) {
	r.T.Helper()
	file, err := os.OpenFile(r.Path(".git/packed-refs"), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		r.T.Fatal(err)
	}
	defer file.Close()
	fmt.Fprintln(file, "# pack-refs with: peeled fully-peeled sorted ")
	for i := range count {
		fmt.Fprintf(file, "%040x refs/heads/b%06d\n", i+1, i)
	}
}

// CommitAt commits everything in the work tree at a minute of the day.
func (r *Repo) CommitAt(minute int, message string) string {
	r.T.Helper()
	date := fmt.Sprintf("2026-11-20T10:%02d:00+01:00", minute)
	dated := &Repo{T: r.T, Dir: r.Dir, Env: append(r.Env[:len(r.Env):len(r.Env)], "GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date)}
	dated.Git("add", "-A")
	dated.Git("commit", "-q", "--allow-empty", "-m", message)
	return r.Git("rev-parse", "HEAD")
}

// HardConfig is configuration that git accepts and go-git refuses or overlooks.
const HardConfig = "\xef\xbb\xbf" + `[user]
	name = Ana
	email = "ana@example.com" ; quoted
[branch "pull"]
	remote = origin
	merge = refs/pull/1/head
	rebase = merges
[remote "origin"]
	url = https://example.com/x.git
	fetch = +refs/heads/*:refs/remotes/origin/*
	fetch = ^refs/heads/wip/*
[pack]
	window = 1k
[extensions]
	worktreeConfig = true
[core]
	repositoryformatversion = 1
	bare = false
[Section "Sub \"Case\""]
	Plain = a b   # comment
	continued = one \
two
	escaped = "tab\there"
	flag
[include]
	path = more.config
[includeIf "gitdir:**/.git"]
	path = conditional.config
[includeIf "onbranch:main"]
	path = branch.config
[includeIf "onbranch:other/"]
	path = missing.config
`

// Repo is a real repository in a directory of the test, with an
// environment in which git sees no configuration of the machine.
type Repo struct {
	T   testing.TB
	Dir string
	Env []string
}

// Isolated returns an environment for git and for us. Its PATH is the one of
// the test process, and so is the format in which git keeps references.
func Isolated(t testing.TB) []string {
	home := t.TempDir()
	// A newer git tidies up in the background after a commit, and would write into
	// a directory that is being removed.
	quiet := filepath.Join(home, "quiet")
	if err := os.WriteFile(quiet, []byte("[maintenance]\n\tauto = false\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "LC_ALL=C", "TZ=UTC",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + quiet,
	}
	if format, set := os.LookupEnv(refFormat); set {
		env = append(env, refFormat+"="+format)
	}
	return env
}

// refFormat is the variable by which git makes repositories with references in
// files or in a reftable.
const refFormat = "GIT_DEFAULT_REF_FORMAT"

// RefsInFiles makes the repositories of a test with references in files, which
// is what the test is about.
func RefsInFiles(t testing.TB) { t.Setenv(refFormat, "files") }

// HasReftable reports whether the references are not in files.
func (r *Repo) HasReftable() bool {
	r.T.Helper()
	out, _ := r.TryGit("config", "extensions.refStorage") // nothing in most repositories
	return out == "reftable"
}

// New returns a repository on the unborn branch main.
func New(t testing.TB, initOptions ...string) *Repo {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &Repo{T: t, Dir: dir, Env: Isolated(t)}
	r.Git(append([]string{"init", "-q", "-b", "main"}, initOptions...)...)
	r.Git("config", "user.name", "Ana")
	r.Git("config", "user.email", "ana@example.com")
	return r
}

// Seeded returns a repository with one commit of a few files.
func Seeded(t testing.TB) *Repo {
	t.Helper()
	r := New(t)
	r.Write("README", "readme\n")
	r.Write("src/a.txt", "one\ntwo\nthree\n")
	r.Write("src/b.txt", "b\n")
	r.Git("add", ".")
	r.Git("commit", "-qm", "seed")
	return r
}

// In returns the same repository seen from another directory.
func (r *Repo) In(dir string) *Repo {
	return &Repo{T: r.T, Dir: dir, Env: r.Env}
}

// Git runs git and returns its output without the last line end.
func (r *Repo) Git(args ...string) string {
	r.T.Helper()
	out, err := r.TryGit(args...)
	if err != nil {
		r.T.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// TryGit runs git and returns what it prints, on both streams.
func (r *Repo) TryGit(args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = r.Dir, r.Env
	out, err := cmd.CombinedOutput()
	return strings.TrimSuffix(string(out), "\n"), err
}

// Path returns where a file of the work tree is, given with slashes.
func (r *Repo) Path(name string) string {
	return filepath.Join(r.Dir, filepath.FromSlash(name))
}

func (r *Repo) Write(name, content string) {
	r.T.Helper()
	if err := os.MkdirAll(filepath.Dir(r.Path(name)), 0o777); err != nil {
		r.T.Fatal(err)
	}
	if err := os.WriteFile(r.Path(name), []byte(content), 0o666); err != nil {
		r.T.Fatal(err)
	}
}

func (r *Repo) Read(name string) string {
	r.T.Helper()
	data, err := os.ReadFile(r.Path(name))
	if err != nil {
		r.T.Fatal(err)
	}
	return string(data)
}

// Exists reports whether there is anything at a path of the work tree.
func (r *Repo) Exists(name string) bool {
	_, err := os.Lstat(r.Path(name))
	return err == nil
}

// UserWork is everything of the user's that an append must leave alone.
func (r *Repo) UserWork() string {
	r.T.Helper()
	var all bytes.Buffer
	for _, args := range [][]string{
		{"status", "--porcelain=v2", "--untracked-files=all"}, {"diff"}, {"diff", "--cached"},
		{"ls-files", "-v"}, {"ls-files", "-s"}, {"stash", "list"},
	} {
		all.WriteString(strings.Join(args, " ") + "\n")
		for line := range strings.Lines(r.Git(args...) + "\n") {
			if line != "\n" && !strings.Contains(line, ".handoffs/") {
				all.WriteString(line)
			}
		}
	}
	return all.String()
}

// FilesOf returns the names that a commit changes.
func (r *Repo) FilesOf(commit string) string {
	r.T.Helper()
	return r.Git("diff-tree", "--no-commit-id", "--root", "-r", "--name-status", commit)
}
