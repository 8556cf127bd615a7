package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// isUnsupported checks that the repository is not opened, with a way out.
func (r *testRepo) isUnsupported(wayOut string) {
	r.t.Helper()
	unsupported := new(UnsupportedError)
	if _, err := Open(context.Background(), r.dir, r.env); !errors.As(err, &unsupported) || !strings.Contains(unsupported.WayOut, wayOut) {
		r.t.Errorf("error %v, way out %q, want %q", err, unsupported.WayOut, wayOut)
	}
}

func TestOpenFindsWhatGitFinds(t *testing.T) {
	r := seeded(t)
	linked := filepath.Join(t.TempDir(), "linked")
	r.git("worktree", "add", "-q", "-b", "side", linked)
	linked, _ = filepath.EvalSymlinks(linked)
	bare := newRepo(t, "--bare")
	other := newRepo(t)
	for _, test := range []struct {
		name string
		dir  string
		env  []string
		want layout
	}{
		{"top", r.dir, nil, layout{dir: r.path(".git"), common: r.path(".git"), worktree: r.dir}},
		{"below", r.path("src"), nil, layout{dir: r.path(".git"), common: r.path(".git"), worktree: r.dir}},
		{"linked", linked, nil, layout{dir: r.path(".git/worktrees/linked"), common: r.path(".git"), worktree: linked}},
		{"bare", bare.dir, nil, layout{dir: bare.dir, common: bare.dir, bare: true}},
		{"GIT_DIR", r.path("src"), []string{"GIT_DIR=" + other.path(".git")}, layout{dir: other.path(".git"), common: other.path(".git"), worktree: r.path("src")}},
		{"GIT_WORK_TREE", r.path("src"), []string{"GIT_DIR=../.git", "GIT_WORK_TREE=" + r.dir}, layout{dir: r.path(".git"), common: r.path(".git"), worktree: r.dir}},
	} {
		t.Run(test.name, func(t *testing.T) {
			here := &testRepo{t: t, dir: test.dir, env: append(slices.Clone(r.env), test.env...)}
			if got := here.open().layout; got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestOpenOutsideARepository(t *testing.T) {
	r := seeded(t)
	for name, here := range map[string]*testRepo{
		"nowhere": {t: t, dir: t.TempDir(), env: r.env},
		"ceiling": {t: t, dir: r.path("src"), env: append(slices.Clone(r.env), "GIT_CEILING_DIRECTORIES="+r.dir)},
	} {
		t.Run(name, func(t *testing.T) {
			var none *NotRepositoryError
			if _, err := Open(context.Background(), here.dir, here.env); !errors.As(err, &none) {
				t.Errorf("error %v, want *NotRepositoryError", err)
			}
		})
	}
}

func TestOpenARepositoryOfSomebodyElse(t *testing.T) {
	refsInFiles(t)
	if os.Geteuid() != 0 {
		t.Skip("needs root to give a repository away")
	}
	r := seeded(t)
	filepath.WalkDir(r.dir, func(path string, _ os.DirEntry, _ error) error { return os.Lchown(path, 12345, 12345) })
	var unsafe *UnsafeError
	if _, err := Open(context.Background(), r.dir, r.env); !errors.As(err, &unsafe) {
		t.Errorf("error %v, want *UnsafeError", err)
	}
	trusting := append(slices.Clone(r.env), "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0="+r.dir)
	if _, err := Open(context.Background(), r.dir, trusting); err != nil {
		t.Errorf("with safe.directory: %v", err)
	}
}

func TestOpenRefusesFormatsThatItCannotRead(t *testing.T) {
	with := func(r *testRepo, key, value string) *testRepo {
		r.git("config", "core.repositoryFormatVersion", "1")
		r.git("config", key, value)
		return r
	}
	elsewhere := seeded(t)
	elsewhere.env = append(elsewhere.env, "GIT_REFERENCE_BACKEND=files://"+t.TempDir())
	const own = "git init --object-format=sha1 ../handoffs"
	for name, test := range map[string]struct {
		repo   *testRepo
		wayOut string
	}{
		"SHA-256":            {newRepo(t, "--object-format=sha256"), own},
		"SHA-256 as well":    {with(seeded(t), "extensions.compatObjectFormat", "sha256"), own},
		"unknown references": {with(seeded(t), "extensions.refStorage", "files:///elsewhere"), ""},
		"other references":   {elsewhere, "unset GIT_REFERENCE_BACKEND"},
		"unknown extension":  {with(seeded(t), "extensions.fancy", "true"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			inTest := &testRepo{t: t, dir: test.repo.dir, env: test.repo.env}
			inTest.isUnsupported(test.wayOut)
		})
	}
}

// hardConfig is configuration that git accepts and go-git refuses or overlooks.
const hardConfig = "\xef\xbb\xbf" + `[user]
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

func TestAppendUnderConfigurationThatGoGitRefuses(t *testing.T) {
	refsInFiles(t)
	r := seeded(t)
	r.write(".git/config", hardConfig)
	r.append(change("k3f9q2m7"))
	if status := r.git("status", "--porcelain"); status != "" {
		t.Errorf("status: %s", status)
	}
	r.mustBeSound()
}

func TestAppendToAPlainIndex(t *testing.T) {
	refsInFiles(t)
	for name, setup := range map[string]func(r *testRepo){
		"plain":      func(*testRepo) {},
		"first file": func(r *testRepo) { r.git("rm", "-rq", "--cached", "."); r.git("commit", "-qm", "empty") },
		"flags": func(r *testRepo) {
			r.git("update-index", "--assume-unchanged", "src/b.txt")
			r.git("update-index", "--skip-worktree", "README")
		},
		"later path": func(r *testRepo) { r.write(".aaa", "a\n"); r.git("add", ".aaa") },
	} {
		t.Run(name, func(t *testing.T) {
			r := seeded(t)
			setup(r)
			before := r.userWork()
			r.append(change("k3f9q2m7"))
			r.append(change("a7k3f9q2"))
			if after := r.userWork(); after != before {
				t.Errorf("the user's work changed:\n%s\nwas\n%s", after, before)
			}
			if status := r.git("status", "--porcelain", "--", ".handoffs"); status != "" {
				t.Errorf("status: %s", status)
			}
			r.mustBeSound()
		})
	}
}

func TestProgramsInTheCurrentDirectoryAreNotRun(t *testing.T) {
	refsInFiles(t)
	r := seeded(t)
	r.write("git", "#!/bin/sh\ntouch ran\n")
	os.Chmod(r.path("git"), 0o755)
	r.env = append(r.env, "PATH=.:"+string(filepath.ListSeparator)+t.TempDir())
	r.isUnsupported("install git")
	if r.exists("ran") {
		t.Error("the git of the repository was run")
	}
}
