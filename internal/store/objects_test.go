package store

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
)

// objectsRepo is a repository made by the git executable, apart from the
// caller's configuration.
type objectsRepo struct {
	t   testing.TB
	dir string // the git dir
}

// newObjectsRepo makes an empty bare repository.
func newObjectsRepo(t testing.TB) objectsRepo {
	t.Helper()
	r := objectsRepo{t: t, dir: filepath.Join(t.TempDir(), "repo.git")}
	runObjectsGit(t, nil, "init", "-q", "--bare", "-b", "main", r.dir)
	r.git("config", "gc.auto", "0")
	return r
}

// runObjectsGit runs git, fed with stdin, and returns its standard output.
func runObjectsGit(t testing.TB, stdin []byte, args ...string) string {
	t.Helper()
	cmd := objectsGit(t, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

// objectsGit is a command that neither knows who runs it nor when.
func objectsGit(t testing.TB, args ...string) *exec.Cmd {
	cmd := exec.Command("git", args...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LC_ALL=C", "TZ=UTC",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_AUTHOR_NAME=Ana", "GIT_AUTHOR_EMAIL=ana@example.com", "GIT_AUTHOR_DATE=1700000000 +0000",
		"GIT_COMMITTER_NAME=Ana", "GIT_COMMITTER_EMAIL=ana@example.com", "GIT_COMMITTER_DATE=1700000000 +0000",
	}
	return cmd
}

// git runs git in the repository and returns its output without the last newline.
func (r objectsRepo) git(args ...string) string {
	r.t.Helper()
	return r.gitIn("", args...)
}

func (r objectsRepo) gitIn(stdin string, args ...string) string {
	r.t.Helper()
	out := runObjectsGit(r.t, []byte(stdin), append([]string{"--git-dir", r.dir}, args...)...)
	return strings.TrimSuffix(out, "\n")
}

func (r objectsRepo) hash(rev string) plumbing.Hash {
	r.t.Helper()
	return plumbing.NewHash(r.git("rev-parse", "--verify", rev))
}

// blobOf writes a blob through git.
func (r objectsRepo) blobOf(content string) plumbing.Hash {
	r.t.Helper()
	return plumbing.NewHash(r.gitIn(content, "hash-object", "-w", "--stdin"))
}

func (r objectsRepo) objectsDir() string { return filepath.Join(r.dir, "objects") }

func (r objectsRepo) open(extra ...string) *objects {
	r.t.Helper()
	o, err := openObjects(r.objectsDir(), extra...)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { o.Close() })
	return o
}

// clone copies the repository file by file.
func (r objectsRepo) clone(t testing.TB) objectsRepo {
	t.Helper()
	c := objectsRepo{t: t, dir: filepath.Join(t.TempDir(), "copy.git")}
	if err := os.CopyFS(c.dir, os.DirFS(r.dir)); err != nil {
		t.Fatal(err)
	}
	return c
}

// fill imports a history of n commits on main: 40 files in nested directories
// of which each commit changes three, a long file that grows, a link, an
// executable, a submodule, and an annotated tag.
func (r objectsRepo) fill(n int) {
	r.t.Helper()
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
	r.gitIn(s.String(), "-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", "--force")
}

func isNotFound(err error) bool { return errors.Is(err, plumbing.ErrObjectNotFound) }

// gitObject is an object as git shows it.
type gitObject struct {
	hash plumbing.Hash
	rawObject
}

// allObjects returns every object as `git cat-file --batch` prints it.
func (r objectsRepo) allObjects() []gitObject {
	r.t.Helper()
	out := bufio.NewReader(strings.NewReader(r.git("cat-file", "--batch", "--batch-all-objects") + "\n"))
	var all []gitObject
	for {
		line, err := out.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return all
		}
		f := strings.Fields(line)
		kind, err := plumbing.ParseObjectType(f[1])
		if err != nil {
			r.t.Fatalf("%q: %v", line, err)
		}
		size, err := strconv.Atoi(f[2])
		if err != nil {
			r.t.Fatalf("%q: %v", line, err)
		}
		data := make([]byte, size+1)
		if _, err := io.ReadFull(out, data); err != nil {
			r.t.Fatal(err)
		}
		all = append(all, gitObject{plumbing.NewHash(f[0]), rawObject{kind, data[:size]}})
	}
}

// checkObjects compares all of o with what git says is there.
func checkObjects(t *testing.T, o *objects, want []gitObject) {
	t.Helper()
	if len(want) == 0 {
		t.Fatal("git shows no object")
	}
	for _, w := range want {
		got, err := o.load(w.hash, maxObject)
		if err != nil {
			t.Fatalf("load %s: %v", w.hash, err)
		}
		if got.kind != w.kind || !bytes.Equal(got.data, w.data) {
			t.Fatalf("load %s: %s of %d bytes, want %s of %d", w.hash, got.kind, len(got.data), w.kind, len(w.data))
		}
		if err := o.checkPresent(w.hash); err != nil {
			t.Fatalf("checkPresent %s: %v", w.hash, err)
		}
	}
}

func TestObjectsInEveryLayout(t *testing.T) {
	base := newObjectsRepo(t)
	base.fill(150)
	want := base.allObjects()

	// reindex writes the index of every pack again.
	reindex := func(r objectsRepo, version string) {
		packs, err := filepath.Glob(filepath.Join(r.objectsDir(), "pack", "*.pack"))
		if err != nil || len(packs) == 0 {
			r.t.Fatalf("packs %v, %v", packs, err)
		}
		for _, p := range packs {
			os.Remove(strings.TrimSuffix(p, ".pack") + ".idx")
			r.git("index-pack", "--index-version="+version, p)
		}
	}
	// split spreads the objects over three packs and loose files.
	split := func(r objectsRepo) {
		r.git("repack", "-adfq")
		for _, rev := range []string{"main~100", "main~50"} {
			r.gitIn(rev+"\n", "pack-objects", "-q", "--revs", filepath.Join(r.objectsDir(), "pack", "pack"))
		}
		r.blobOf("loose, too")
	}
	layouts := map[string]func(objectsRepo){
		"as imported": func(objectsRepo) {},
		"loose": func(r objectsRepo) {
			packs, err := filepath.Glob(filepath.Join(r.objectsDir(), "pack", "*.pack"))
			if err != nil || len(packs) != 1 {
				r.t.Fatalf("packs %v, %v", packs, err)
			}
			pack, err := os.ReadFile(packs[0])
			if err != nil {
				r.t.Fatal(err)
			}
			if err := os.RemoveAll(filepath.Dir(packs[0])); err != nil {
				r.t.Fatal(err)
			}
			r.gitIn(string(pack), "unpack-objects", "-q")
		},
		"index version 1":     func(r objectsRepo) { r.git("repack", "-adfq"); reindex(r, "1") },
		"index version 2":     func(r objectsRepo) { r.git("repack", "-adfq"); reindex(r, "2") },
		"large offsets":       func(r objectsRepo) { r.git("repack", "-adfq"); reindex(r, "2,0x1000") },
		"deep chains":         func(r objectsRepo) { r.git("repack", "-adfq", "--depth=4095", "--window=50") },
		"no deltas":           func(r objectsRepo) { r.git("repack", "-adfq", "--depth=0") },
		"bases by name":       func(r objectsRepo) { r.git("-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq") },
		"several packs":       split,
		"multi-pack-index":    func(r objectsRepo) { split(r); r.git("multi-pack-index", "write") },
		"with bitmap":         func(r objectsRepo) { r.git("repack", "-adfq", "--write-midx", "--write-bitmap-index") },
		"multi and new packs": func(r objectsRepo) { split(r); r.git("multi-pack-index", "write"); r.git("repack", "-dq") },
	}
	for name, arrange := range layouts {
		t.Run(name, func(t *testing.T) {
			r := base.clone(t)
			arrange(r)
			got := r.allObjects()
			if len(got) < len(want) {
				t.Fatalf("the layout lost objects: %d of %d", len(got), len(want))
			}
			checkObjects(t, r.open(), got)
		})
	}
}

// TestMultiIndexIsUsed sees to it that the matrix above tests what it says.
func TestMultiIndexIsUsed(t *testing.T) {
	r := newObjectsRepo(t)
	r.fill(20)
	r.git("multi-pack-index", "write")
	o := r.open()
	if _, err := o.commit(r.hash("main")); err != nil {
		t.Fatal(err)
	}
	if d := o.dirs[0]; d.multi == nil || len(d.multi.packs) != 1 || len(d.single) != 0 {
		t.Fatalf("multi %v, %d single packs", d.multi, len(d.single))
	}
}

// TestStaleMultiIndex has a multi-pack-index that names packs that are gone,
// with which git itself finds nothing.
func TestStaleMultiIndex(t *testing.T) {
	r := newObjectsRepo(t)
	r.fill(20)
	want := r.allObjects()
	path := filepath.Join(r.objectsDir(), "pack", "multi-pack-index")
	r.git("multi-pack-index", "write")
	multi, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r.git("repack", "-adfq", "--depth=1")
	if err := os.WriteFile(path, multi, 0o600); err != nil {
		t.Fatal(err)
	}
	checkObjects(t, r.open(), want)
}

func TestObjectNotFound(t *testing.T) {
	r := newObjectsRepo(t)
	absent := plumbing.NewHash("00000000000000000000000000000000deadbeef")
	check := func(o *objects) {
		t.Helper()
		if _, err := o.load(absent, maxObject); !isNotFound(err) {
			t.Errorf("load: %v", err)
		}
		if err := o.checkPresent(absent); !isNotFound(err) {
			t.Errorf("checkPresent: %v", err)
		}
	}
	check(r.open())
	r.fill(10)
	check(r.open())
	if _, err := openObjects(filepath.Join(r.dir, "nothing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open of no directory: %v", err)
	}
}

func TestPartialCloneFetchesNothing(t *testing.T) {
	r := newObjectsRepo(t)
	r.fill(10)
	r.git("config", "uploadpack.allowFilter", "true")
	dir := filepath.Join(t.TempDir(), "partial.git")
	runObjectsGit(t, nil, "clone", "-q", "--bare", "--filter=blob:none", "file://"+r.dir, dir)
	o := objectsRepo{t: t, dir: dir}.open()
	if _, err := o.commit(r.hash("main")); err != nil {
		t.Fatal(err)
	}
	if _, err := o.blob(r.hash("main:long.txt"), maxObject); !isNotFound(err) {
		t.Fatalf("blob that was left out: %v", err)
	}
}

func TestBlobLimit(t *testing.T) {
	r := newObjectsRepo(t)
	r.fill(100)
	r.git("repack", "-adfq")
	stored := map[string]plumbing.Hash{
		"loose": r.blobOf(strings.Repeat("x", 5000)),
		"whole": r.hash("main:long.txt"),
		"delta": r.hash("main~5:long.txt"),
	}
	if base := r.gitIn(stored["delta"].String(), "cat-file", "--batch-check=%(deltabase)"); base == plumbing.ZeroHash.String() {
		t.Fatal("git stored no delta")
	}
	for name, h := range stored {
		t.Run(name, func(t *testing.T) {
			size, err := strconv.ParseInt(r.git("cat-file", "-s", h.String()), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			o := r.open()
			_, err = o.blob(h, size-1)
			tooLarge, ok := errors.AsType[*TooLargeError](err)
			if !ok {
				t.Fatalf("error %v", err)
			}
			if want := (TooLargeError{Hash: h.String(), Size: size, Max: size - 1}); *tooLarge != want {
				t.Errorf("%+v, want %+v", *tooLarge, want)
			}
			if n := len(o.bases.items); n != 0 {
				t.Errorf("%d objects were read to find that out", n)
			}
			if data, err := o.blob(h, size); err != nil || int64(len(data)) != size {
				t.Errorf("%d bytes of %d, %v", len(data), size, err)
			}
			if _, err := o.blob(h, size-1); !isError[*TooLargeError](err) {
				t.Errorf("once it is in the cache: %v", err)
			}
		})
	}
	if _, err := r.open().blob(r.hash("main"), maxObject); !isError[*KindError](err) {
		t.Errorf("a commit asked for as a blob: %v", err)
	}
}

func TestAlternates(t *testing.T) {
	r := newObjectsRepo(t)
	r.fill(20)
	want := r.allObjects()
	root := t.TempDir()
	shared := objectsRepo{t: t, dir: filepath.Join(root, "shared.git")}
	runObjectsGit(t, nil, "clone", "-q", "--bare", "-s", r.dir, shared.dir)
	second := objectsRepo{t: t, dir: filepath.Join(root, "second.git")}
	runObjectsGit(t, nil, "clone", "-q", "--bare", "--reference", shared.dir, shared.dir, second.dir)
	checkObjects(t, shared.open(), want)
	checkObjects(t, second.open(), want)

	empty := newObjectsRepo(t)
	checkObjects(t, empty.open(r.objectsDir()), want)

	write := func(to objectsRepo, line string) {
		t.Helper()
		path := filepath.Join(to.objectsDir(), "info", "alternates")
		if err := os.WriteFile(path, []byte("# comment\n\n"+line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(empty, filepath.Join(root, "absent"))
	if _, err := empty.open().load(want[0].hash, maxObject); !isNotFound(err) {
		t.Errorf("through an alternate that is not there: %v", err)
	}
	relative, err := filepath.Rel(empty.objectsDir(), r.objectsDir())
	if err != nil {
		t.Fatal(err)
	}
	write(empty, filepath.ToSlash(relative))
	checkObjects(t, empty.open(), want)

	odd := filepath.Join(root, "a\n\"b\" ü")
	if err := os.Symlink(r.objectsDir(), odd); err != nil {
		t.Skip(err)
	}
	write(empty, `"`+filepath.ToSlash(root)+`/a\n\"b\" \303\274"`)
	checkObjects(t, empty.open(), want)

	write(r, empty.objectsDir()) // a cycle
	if got := len(empty.open().dirs); got != 2 {
		t.Errorf("%d directories of a cycle of 2", got)
	}
}

// TestReadDuringRepack reads all objects while git moves them from pack to pack.
func TestReadDuringRepack(t *testing.T) {
	r := newObjectsRepo(t)
	r.fill(40)
	want := r.allObjects()
	o := r.open()
	var repacking sync.WaitGroup
	done := make(chan struct{})
	repacking.Go(func() {
		defer close(done)
		for i := range 12 {
			// Another depth gives another pack; its name is its checksum.
			cmd := objectsGit(t, "--git-dir", r.dir, "repack", "-adfq", fmt.Sprint("--depth=", i%3), fmt.Sprint("--window=", i+2))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		}
	})
	defer repacking.Wait()
	for round := 0; ; round++ {
		for _, w := range want {
			got, err := o.load(w.hash, maxObject)
			if err != nil {
				t.Fatalf("round %d: %s: %v", round, w.hash, err)
			}
			if !bytes.Equal(got.data, w.data) {
				t.Fatalf("round %d: %s: other content", round, w.hash)
			}
		}
		o.mu.Lock()
		o.bases.clear() // so that the next round reads the files again
		o.mu.Unlock()
		select {
		case <-done:
			if round < 3 {
				t.Errorf("only %d rounds", round)
			}
			return
		default:
		}
	}
}

// TestSmallCaches reads with room for less than one pair of files per pack and
// for hardly any base, so that files are closed and opened again all the time.
func TestSmallCaches(t *testing.T) {
	r := newObjectsRepo(t)
	r.fill(60)
	r.git("-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq")
	for _, rev := range []string{"main~40", "main~20"} {
		r.gitIn(rev+"\n", "pack-objects", "-q", "--revs", filepath.Join(r.objectsDir(), "pack", "pack"))
	}
	o := r.open()
	o.files.budget, o.bases.budget = 4, 4<<10
	checkObjects(t, o, r.allObjects())
	if n := o.files.order.Len(); n > 4 {
		t.Errorf("%d open files", n)
	}
	if o.bases.spent > 4<<10 {
		t.Errorf("%d bytes of bases", o.bases.spent)
	}
}

// TestPackVanished reads from a pack whose index is open but that is gone.
func TestPackVanished(t *testing.T) {
	r := newObjectsRepo(t)
	r.fill(20)
	want := r.allObjects()
	o := r.open()
	if err := o.checkPresent(want[0].hash); err != nil {
		t.Fatal(err)
	}
	o.mu.Lock()
	for _, p := range o.dirs[0].known {
		o.files.drop(o.files.items[p.packPath])
	}
	o.mu.Unlock()
	r.git("repack", "-adfq", "--depth=1")
	checkObjects(t, o, want)
	newer := r.blobOf("written after the first read")
	if _, err := o.blob(newer, maxObject); err != nil {
		t.Error(err)
	}
	r.gitIn(newer.String()+"\n", "pack-objects", "-q", filepath.Join(r.objectsDir(), "pack", "pack"))
	r.git("prune-packed", "-q")
	if _, err := o.blob(newer, maxObject); err != nil {
		t.Errorf("packed after the first read: %v", err)
	}
}

// TestDamageIsNoWrongAnswer flips one bit of a pack and of its indexes after
// the other, in every fourth byte or so, and cuts their ends off. What is read must be right, or an error.
func TestDamageIsNoWrongAnswer(t *testing.T) {
	r := newObjectsRepo(t)
	r.fill(3)
	r.git("repack", "-adfq")
	r.git("multi-pack-index", "write")
	want := r.allObjects()
	packDir := filepath.Join(r.objectsDir(), "pack")
	entries, err := os.ReadDir(packDir)
	if err != nil {
		t.Fatal(err)
	}
	flipped := map[string]int{}
	for _, e := range entries {
		path := filepath.Join(packDir, e.Name())
		sound, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(sound); i += 1 + i%7 {
			bad := bytes.Clone(sound)
			bad[i] ^= 1 << (i % 8)
			if err := os.WriteFile(path, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			flipped[filepath.Ext(path)] += checkDamaged(t, r, want)
		}
		for cut := 1; cut < len(sound); cut *= 2 {
			if err := os.WriteFile(path, sound[:len(sound)-cut], 0o600); err != nil {
				t.Fatal(err)
			}
			checkDamaged(t, r, want)
		}
		if err := os.WriteFile(path, sound, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if flipped[".pack"] == 0 {
		t.Errorf("no damage was noticed: %v", flipped)
	}
}

// checkDamaged reads all objects and returns how many were errors.
func checkDamaged(t *testing.T, r objectsRepo, want []gitObject) (failed int) {
	t.Helper()
	o, err := openObjects(r.objectsDir())
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	for _, w := range want {
		got, err := o.load(w.hash, maxObject)
		switch {
		case err == nil && (got.kind != w.kind || !bytes.Equal(got.data, w.data)):
			t.Fatalf("%s: wrong content", w.hash)
		case err == nil:
		case isError[*DamagedError](err), isError[*TooLargeError](err), errors.Is(err, plumbing.ErrObjectNotFound):
			failed++
		default:
			t.Fatalf("%s: %v", w.hash, err)
		}
	}
	return failed
}

// TestSoundCopyIsFound has a damaged loose file and a sound entry of a pack.
func TestSoundCopyIsFound(t *testing.T) {
	r := newObjectsRepo(t)
	r.fill(5)
	h := r.hash("main:long.txt")
	o := r.open()
	alternate := newObjectsRepo(t)
	text := r.git("cat-file", "blob", "main:long.txt") + "\n"
	if got := alternate.blobOf(text); got != h {
		t.Fatalf("%s, want %s", got, h)
	}
	damageLoose(t, alternate, h)
	both := alternate.open(r.objectsDir())
	if data, err := both.blob(h, maxObject); err != nil || string(data) != text {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	_, err := alternate.open().blob(h, maxObject)
	damage, ok := errors.AsType[*DamagedError](err)
	if !ok || damage.Path != loosePath(alternate.objectsDir(), h) {
		t.Errorf("without another copy: %v", err)
	}
	if _, err := o.blob(h, maxObject); err != nil {
		t.Error(err)
	}
}

// damageLoose empties the file of a loose object, as a power cut does.
func damageLoose(t *testing.T, r objectsRepo, h plumbing.Hash) {
	t.Helper()
	path := loosePath(r.objectsDir(), h)
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
}
