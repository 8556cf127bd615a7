package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/gittest"
)

// isUnsupported checks that the repository is not opened, with a way out.
func isUnsupported(r *gittest.Repo, wayOut string) {
	r.T.Helper()
	unsupported := new(git.UnsupportedError)
	if _, err := Open(context.Background(), r.Dir, r.Env); !errors.As(err, &unsupported) || !strings.Contains(unsupported.WayOut, wayOut) {
		r.T.Errorf("error %v, way out %q, want %q", err, unsupported.WayOut, wayOut)
	}
}

func TestOpenOutsideARepository(t *testing.T) {
	r := gittest.Seeded(t)
	for name, here := range map[string]*gittest.Repo{
		"nowhere": {T: t, Dir: t.TempDir(), Env: r.Env},
		"ceiling": {T: t, Dir: r.Path("src"), Env: append(slices.Clone(r.Env), "GIT_CEILING_DIRECTORIES="+r.Dir)},
	} {
		t.Run(name, func(t *testing.T) {
			var none *git.NotRepositoryError
			if _, err := Open(context.Background(), here.Dir, here.Env); !errors.As(err, &none) {
				t.Errorf("error %v, want *NotRepositoryError", err)
			}
		})
	}
}

func TestOpenARepositoryOfSomebodyElse(t *testing.T) {
	gittest.RefsInFiles(t)
	if os.Geteuid() != 0 {
		t.Skip("needs root to give a repository away")
	}
	r := gittest.Seeded(t)
	filepath.WalkDir(r.Dir, func(path string, _ os.DirEntry, _ error) error { return os.Lchown(path, 12345, 12345) })
	var unsafe *git.UnsafeError
	if _, err := Open(context.Background(), r.Dir, r.Env); !errors.As(err, &unsafe) {
		t.Errorf("error %v, want *UnsafeError", err)
	}
	trusting := append(slices.Clone(r.Env), "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0="+r.Dir)
	if _, err := Open(context.Background(), r.Dir, trusting); err != nil {
		t.Errorf("with safe.directory: %v", err)
	}
}

func TestOpenRefusesFormatsThatItCannotRead(t *testing.T) {
	with := func(r *gittest.Repo, key, value string) *gittest.Repo {
		r.Git("config", "core.repositoryFormatVersion", "1")
		r.Git("config", key, value)
		return r
	}
	elsewhere := gittest.Seeded(t)
	elsewhere.Env = append(elsewhere.Env, "GIT_REFERENCE_BACKEND=files://"+t.TempDir())
	const own = "git init --object-format=sha1 ../handoffs"
	for name, test := range map[string]struct {
		repo   *gittest.Repo
		wayOut string
	}{
		"SHA-256":            {gittest.New(t, "--object-format=sha256"), own},
		"SHA-256 as well":    {with(gittest.Seeded(t), "extensions.compatObjectFormat", "sha256"), own},
		"unknown references": {with(gittest.Seeded(t), "extensions.refStorage", "files:///elsewhere"), ""},
		"other references":   {elsewhere, "unset GIT_REFERENCE_BACKEND"},
		"unknown extension":  {with(gittest.Seeded(t), "extensions.fancy", "true"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			inTest := &gittest.Repo{T: t, Dir: test.repo.Dir, Env: test.repo.Env}
			isUnsupported(inTest, test.wayOut)
		})
	}
}

func TestAppendUnderConfigurationThatGoGitRefuses(t *testing.T) {
	gittest.RefsInFiles(t)
	r := gittest.Seeded(t)
	r.Write(".git/config", gittest.HardConfig)
	mustAppend(r, change("k3f9q2m7"))
	if status := r.Git("status", "--porcelain"); status != "" {
		t.Errorf("status: %s", status)
	}
	mustBeSound(r)
}

func TestAppendToAPlainIndex(t *testing.T) {
	gittest.RefsInFiles(t)
	for name, setup := range map[string]func(r *gittest.Repo){
		"plain":      func(*gittest.Repo) {},
		"first file": func(r *gittest.Repo) { r.Git("rm", "-rq", "--cached", "."); r.Git("commit", "-qm", "empty") },
		"flags": func(r *gittest.Repo) {
			r.Git("update-index", "--assume-unchanged", "src/b.txt")
			r.Git("update-index", "--skip-worktree", "README")
		},
		"later path": func(r *gittest.Repo) { r.Write(".aaa", "a\n"); r.Git("add", ".aaa") },
	} {
		t.Run(name, func(t *testing.T) {
			r := gittest.Seeded(t)
			setup(r)
			before := r.UserWork()
			mustAppend(r, change("k3f9q2m7"))
			mustAppend(r, change("a7k3f9q2"))
			if after := r.UserWork(); after != before {
				t.Errorf("the user's work changed:\n%s\nwas\n%s", after, before)
			}
			if status := r.Git("status", "--porcelain", "--", ".handoffs"); status != "" {
				t.Errorf("status: %s", status)
			}
			mustBeSound(r)
		})
	}
}

func TestProgramsInTheCurrentDirectoryAreNotRun(t *testing.T) {
	gittest.RefsInFiles(t)
	r := gittest.Seeded(t)
	r.Write("git", "#!/bin/sh\ntouch ran\n")
	os.Chmod(r.Path("git"), 0o755)
	r.Env = append(r.Env, "PATH=.:"+string(filepath.ListSeparator)+t.TempDir())
	isUnsupported(r, "install git")
	if r.Exists("ran") {
		t.Error("the git of the repository was run")
	}
}
