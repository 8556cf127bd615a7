package gittest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// Unpack makes every object loose.
func (r Objects) Unpack() {
	r.T.Helper()
	packs, err := filepath.Glob(filepath.Join(r.ObjectsDir(), "pack", "*.pack"))
	if err != nil || len(packs) == 0 {
		r.T.Fatal("no pack", err)
	}
	for _, pack := range packs {
		data, err := os.ReadFile(pack)
		if err != nil {
			r.T.Fatal(err)
		}
		for _, ending := range []string{".pack", ".idx"} {
			if err := os.Remove(strings.TrimSuffix(pack, ".pack") + ending); err != nil {
				r.T.Fatal(err)
			}
		}
		r.GitIn(string(data), "unpack-objects", "-q")
	}
}

// TwoPacks has the objects of half of the history in a pack of their own.
func (r Objects) TwoPacks() {
	r.T.Helper()
	r.Unpack()
	r.GitIn("main~50\n", "pack-objects", "-q", "--revs", filepath.Join(r.ObjectsDir(), "pack", "pack"))
	r.Git("prune-packed", "-q")
	r.Git("repack", "-dq")
}

// DamagePack breaks the magic of the only pack.
func (r Objects) DamagePack() {
	r.T.Helper()
	packs, err := filepath.Glob(filepath.Join(r.ObjectsDir(), "pack", "*.pack"))
	if err != nil || len(packs) != 1 {
		r.T.Fatal(packs, err)
	}
	data, err := os.ReadFile(packs[0])
	if err == nil {
		err = errors.Join(os.Chmod(packs[0], 0o644), os.WriteFile(packs[0], append([]byte("KCAP"), data[4:]...), 0o644))
	}
	if err != nil {
		r.T.Fatal(err)
	}
}

// Objects is a repository made by the git executable, apart from the
// caller's configuration.
type Objects struct {
	T   testing.TB
	Dir string // the git dir
}

// NewObjects makes an empty bare repository.
func NewObjects(t testing.TB) Objects {
	t.Helper()
	r := Objects{T: t, Dir: filepath.Join(t.TempDir(), "repo.git")}
	RunObjectsGit(t, nil, "init", "-q", "--bare", "-b", "main", r.Dir)
	r.Git("config", "gc.auto", "0")
	return r
}

// RunObjectsGit runs git, fed with stdin, and returns its standard output.
func RunObjectsGit(t testing.TB, stdin []byte, args ...string) string {
	t.Helper()
	cmd := ObjectsGit(t, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

// ObjectsGit is a command that neither knows who runs it nor when.
func ObjectsGit(t testing.TB, args ...string) *exec.Cmd {
	cmd := exec.Command("git", args...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LC_ALL=C", "TZ=UTC",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_AUTHOR_NAME=Ana", "GIT_AUTHOR_EMAIL=ana@example.com", "GIT_AUTHOR_DATE=1700000000 +0000",
		"GIT_COMMITTER_NAME=Ana", "GIT_COMMITTER_EMAIL=ana@example.com", "GIT_COMMITTER_DATE=1700000000 +0000",
	}
	return cmd
}

// Git runs git in the repository and returns its output without the last newline.
func (r Objects) Git(args ...string) string {
	r.T.Helper()
	return r.GitIn("", args...)
}

// GitIn is Git with a standard input.
func (r Objects) GitIn(stdin string, args ...string) string {
	r.T.Helper()
	out := RunObjectsGit(r.T, []byte(stdin), append([]string{"--git-dir", r.Dir}, args...)...)
	return strings.TrimSuffix(out, "\n")
}

// Hash returns the object that a revision names.
func (r Objects) Hash(rev string) plumbing.Hash {
	r.T.Helper()
	return plumbing.NewHash(r.Git("rev-parse", "--verify", rev))
}

// BlobOf writes a blob through git.
func (r Objects) BlobOf(content string) plumbing.Hash {
	r.T.Helper()
	return plumbing.NewHash(r.GitIn(content, "hash-object", "-w", "--stdin"))
}

// ObjectsDir returns the directory of the objects.
func (r Objects) ObjectsDir() string { return filepath.Join(r.Dir, "objects") }

// Clone copies the repository file by file.
func (r Objects) Clone(t testing.TB) Objects {
	t.Helper()
	c := Objects{T: t, Dir: filepath.Join(t.TempDir(), "copy.git")}
	if err := os.CopyFS(c.Dir, os.DirFS(r.Dir)); err != nil {
		t.Fatal(err)
	}
	return c
}

// Fill imports a history of n commits on main: 40 files in nested directories
// of which each commit changes three, a long file that grows, a link, an
// executable, a submodule, and an annotated tag.
func (r Objects) Fill(n int) {
	r.T.Helper()
	var s strings.Builder
	long := ""
	for i := range n {
		fmt.Fprintf(&s, "commit refs/heads/main\ncommitter Ana <ana@example.com> %d +0000\ndata <<.\ncommit %d\n.\n", 1700000000+i, i)
		if i == 0 {
			s.WriteString("M 120000 inline link\ndata 4\na/b\n")
			s.WriteString("M 100755 inline run.sh\ndata 10\n#!/bin/sh\n\n")
			s.WriteString("M 160000 1111111111111111111111111111111111111111 sub\n")
		}
		for j := range 3 {
			f := (i*7 + j*13) % 40
			text := fmt.Sprintf("file %d\n%s", f, strings.Repeat(fmt.Sprintf("line %d of %d\n", i, j), 1+f))
			fmt.Fprintf(&s, "M 100644 inline dir%d/sub%d/file%d.txt\ndata %d\n%s\n", f%4, f%3, f, len(text), text)
		}
		long += fmt.Sprintf("%d: %x\n", i, uint64(i*i*i)*2654435761)
		fmt.Fprintf(&s, "M 100644 inline long.txt\ndata %d\n%s\n", len(long), long)
	}
	s.WriteString("tag v1\nfrom refs/heads/main\ntagger Ana <ana@example.com> 1700000000 +0000\ndata <<.\nfirst\n.\n")
	r.GitIn(s.String(), "-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", "--force")
}

// RawTree writes a tree of the given entries, in the given order and whatever
// is wrong with it.
func (r Objects) RawTree(entries ...RawEntry) plumbing.Hash {
	r.T.Helper()
	var data []byte
	for _, e := range entries {
		data = fmt.Appendf(data, "%o %s\x00%s", uint32(e.mode), e.name, e.Hash[:])
	}
	return plumbing.NewHash(r.GitIn(string(data), "hash-object", "-t", "tree", "-w", "--literally", "--stdin"))
}

// RawEntry is an entry of a tree, right or wrong.
type RawEntry struct {
	mode filemode.FileMode
	name string
	Hash plumbing.Hash
}

// EntryOf returns an entry of a tree, right or wrong.
func EntryOf(mode filemode.FileMode, name string, h plumbing.Hash) RawEntry {
	return RawEntry{mode, name, h}
}

// CommitOf commits a tree, on no branch.
func (r Objects) CommitOf(tree plumbing.Hash) plumbing.Hash {
	r.T.Helper()
	return plumbing.NewHash(r.Git("commit-tree", "-m", "test", tree.String()))
}

// TreeBomb makes a tree of 10 directories, in each of which are the same 10, and
// so on down to one file.
func (r Objects) TreeBomb(levels int) plumbing.Hash {
	r.T.Helper()
	tree := r.RawTree(EntryOf(0o100644, "file", r.BlobOf("text")))
	for range levels {
		var entries []RawEntry
		for i := range 10 {
			entries = append(entries, EntryOf(filemode.Dir, fmt.Sprint("d", i), tree))
		}
		tree = r.RawTree(entries...)
	}
	return tree
}
