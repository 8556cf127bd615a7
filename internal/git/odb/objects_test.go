package odb

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git/gittest"
)

func openRaw(r gittest.Objects, extra ...string) *Objects {
	r.T.Helper()
	o, err := Open(r.ObjectsDir(), extra...)
	if err != nil {
		r.T.Fatal(err)
	}
	r.T.Cleanup(func() { o.Close() })
	return o
}

func isNotFound(err error) bool { return errors.Is(err, plumbing.ErrObjectNotFound) }

// gitObject is an object as git shows it.
type gitObject struct {
	hash plumbing.Hash
	RawObject
}

// allObjects returns every object as `git cat-file --batch` prints it.
func allObjects(r gittest.Objects) []gitObject {
	r.T.Helper()
	out := bufio.NewReader(strings.NewReader(r.Git("cat-file", "--batch", "--batch-all-objects") + "\n"))
	var all []gitObject
	for {
		line, err := out.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return all
		}
		f := strings.Fields(line)
		kind, err := plumbing.ParseObjectType(f[1])
		if err != nil {
			r.T.Fatalf("%q: %v", line, err)
		}
		size, err := strconv.Atoi(f[2])
		if err != nil {
			r.T.Fatalf("%q: %v", line, err)
		}
		data := make([]byte, size+1)
		if _, err := io.ReadFull(out, data); err != nil {
			r.T.Fatal(err)
		}
		all = append(all, gitObject{plumbing.NewHash(f[0]), RawObject{kind, data[:size]}})
	}
}

// checkObjects compares all of o with what git says is there.
func checkObjects(t *testing.T, o *Objects, want []gitObject) {
	t.Helper()
	if len(want) == 0 {
		t.Fatal("git shows no object")
	}
	for _, w := range want {
		got, err := o.load(w.hash, MaxObject)
		if err != nil {
			t.Fatalf("load %s: %v", w.hash, err)
		}
		if got.Kind != w.Kind || !bytes.Equal(got.Data, w.Data) {
			t.Fatalf("load %s: %s of %d bytes, want %s of %d", w.hash, got.Kind, len(got.Data), w.Kind, len(w.Data))
		}
		if err := o.CheckPresent(w.hash); err != nil {
			t.Fatalf("checkPresent %s: %v", w.hash, err)
		}
	}
}

func TestObjectsInEveryLayout(t *testing.T) {
	base := gittest.NewObjects(t)
	base.Fill(150)
	want := allObjects(base)

	// reindex writes the index of every pack again.
	reindex := func(r gittest.Objects, version string) {
		packs, err := filepath.Glob(filepath.Join(r.ObjectsDir(), "pack", "*.pack"))
		if err != nil || len(packs) == 0 {
			r.T.Fatalf("packs %v, %v", packs, err)
		}
		for _, p := range packs {
			os.Remove(strings.TrimSuffix(p, ".pack") + ".idx")
			r.Git("index-pack", "--index-version="+version, p)
		}
	}
	// split spreads the objects over three packs and loose files.
	split := func(r gittest.Objects) {
		r.Git("repack", "-adfq")
		for _, rev := range []string{"main~100", "main~50"} {
			r.GitIn(rev+"\n", "pack-objects", "-q", "--revs", filepath.Join(r.ObjectsDir(), "pack", "pack"))
		}
		r.BlobOf("loose, too")
	}
	layouts := map[string]func(gittest.Objects){
		"as imported": func(gittest.Objects) {},
		"loose": func(r gittest.Objects) {
			packs, err := filepath.Glob(filepath.Join(r.ObjectsDir(), "pack", "*.pack"))
			if err != nil || len(packs) != 1 {
				r.T.Fatalf("packs %v, %v", packs, err)
			}
			pack, err := os.ReadFile(packs[0])
			if err != nil {
				r.T.Fatal(err)
			}
			if err := os.RemoveAll(filepath.Dir(packs[0])); err != nil {
				r.T.Fatal(err)
			}
			r.GitIn(string(pack), "unpack-objects", "-q")
		},
		"index version 1":     func(r gittest.Objects) { r.Git("repack", "-adfq"); reindex(r, "1") },
		"index version 2":     func(r gittest.Objects) { r.Git("repack", "-adfq"); reindex(r, "2") },
		"large offsets":       func(r gittest.Objects) { r.Git("repack", "-adfq"); reindex(r, "2,0x1000") },
		"deep chains":         func(r gittest.Objects) { r.Git("repack", "-adfq", "--depth=4095", "--window=50") },
		"no deltas":           func(r gittest.Objects) { r.Git("repack", "-adfq", "--depth=0") },
		"bases by name":       func(r gittest.Objects) { r.Git("-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq") },
		"several packs":       split,
		"multi-pack-index":    func(r gittest.Objects) { split(r); r.Git("multi-pack-index", "write") },
		"with bitmap":         func(r gittest.Objects) { r.Git("repack", "-adfq", "--write-midx", "--write-bitmap-index") },
		"multi and new packs": func(r gittest.Objects) { split(r); r.Git("multi-pack-index", "write"); r.Git("repack", "-dq") },
	}
	for name, arrange := range layouts {
		t.Run(name, func(t *testing.T) {
			r := base.Clone(t)
			arrange(r)
			got := allObjects(r)
			if len(got) < len(want) {
				t.Fatalf("the layout lost objects: %d of %d", len(got), len(want))
			}
			checkObjects(t, openRaw(r), got)
		})
	}
}

// TestMultiIndexIsUsed sees to it that the matrix above tests what it says.
func TestMultiIndexIsUsed(t *testing.T) {
	r := gittest.NewObjects(t)
	r.Fill(20)
	r.Git("multi-pack-index", "write")
	o := openRaw(r)
	if _, err := o.Commit(r.Hash("main")); err != nil {
		t.Fatal(err)
	}
	if d := o.dirs[0]; d.multi == nil || len(d.multi.packs) != 1 || len(d.single) != 0 {
		t.Fatalf("multi %v, %d single packs", d.multi, len(d.single))
	}
}

// TestStaleMultiIndex has a multi-pack-index that names packs that are gone,
// with which git itself finds nothing.
func TestStaleMultiIndex(t *testing.T) {
	r := gittest.NewObjects(t)
	r.Fill(20)
	want := allObjects(r)
	path := filepath.Join(r.ObjectsDir(), "pack", "multi-pack-index")
	r.Git("multi-pack-index", "write")
	multi, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r.Git("repack", "-adfq", "--depth=1")
	if err := os.WriteFile(path, multi, 0o600); err != nil {
		t.Fatal(err)
	}
	checkObjects(t, openRaw(r), want)
}

func TestObjectNotFound(t *testing.T) {
	r := gittest.NewObjects(t)
	absent := plumbing.NewHash("00000000000000000000000000000000deadbeef")
	check := func(o *Objects) {
		t.Helper()
		if _, err := o.load(absent, MaxObject); !isNotFound(err) {
			t.Errorf("load: %v", err)
		}
		if err := o.CheckPresent(absent); !isNotFound(err) {
			t.Errorf("checkPresent: %v", err)
		}
	}
	check(openRaw(r))
	r.Fill(10)
	check(openRaw(r))
	if _, err := Open(filepath.Join(r.Dir, "nothing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open of no directory: %v", err)
	}
}

func TestPartialCloneFetchesNothing(t *testing.T) {
	r := gittest.NewObjects(t)
	r.Fill(10)
	r.Git("config", "uploadpack.allowFilter", "true")
	dir := filepath.Join(t.TempDir(), "partial.git")
	gittest.RunObjectsGit(t, nil, "clone", "-q", "--bare", "--filter=blob:none", "file://"+r.Dir, dir)
	o := openRaw(gittest.Objects{T: t, Dir: dir})
	if _, err := o.Commit(r.Hash("main")); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Blob(r.Hash("main:long.txt"), MaxObject); !isNotFound(err) {
		t.Fatalf("blob that was left out: %v", err)
	}
}

func TestBlobLimit(t *testing.T) {
	r := gittest.NewObjects(t)
	r.Fill(100)
	r.Git("repack", "-adfq")
	stored := map[string]plumbing.Hash{
		"loose": r.BlobOf(strings.Repeat("x", 5000)),
		"whole": r.Hash("main:long.txt"),
		"delta": r.Hash("main~5:long.txt"),
	}
	if base := r.GitIn(stored["delta"].String(), "cat-file", "--batch-check=%(deltabase)"); base == plumbing.ZeroHash.String() {
		t.Fatal("git stored no delta")
	}
	for name, h := range stored {
		t.Run(name, func(t *testing.T) {
			size, err := strconv.ParseInt(r.Git("cat-file", "-s", h.String()), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			o := openRaw(r)
			_, err = o.Blob(h, size-1)
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
			if data, err := o.Blob(h, size); err != nil || int64(len(data)) != size {
				t.Errorf("%d bytes of %d, %v", len(data), size, err)
			}
			if _, err := o.Blob(h, size-1); !IsError[*TooLargeError](err) {
				t.Errorf("once it is in the cache: %v", err)
			}
		})
	}
	if _, err := openRaw(r).Blob(r.Hash("main"), MaxObject); !IsError[*KindError](err) {
		t.Errorf("a commit asked for as a blob: %v", err)
	}
}

func TestAlternates(t *testing.T) {
	r := gittest.NewObjects(t)
	r.Fill(20)
	want := allObjects(r)
	root := t.TempDir()
	shared := gittest.Objects{T: t, Dir: filepath.Join(root, "shared.git")}
	gittest.RunObjectsGit(t, nil, "clone", "-q", "--bare", "-s", r.Dir, shared.Dir)
	second := gittest.Objects{T: t, Dir: filepath.Join(root, "second.git")}
	gittest.RunObjectsGit(t, nil, "clone", "-q", "--bare", "--reference", shared.Dir, shared.Dir, second.Dir)
	checkObjects(t, openRaw(shared), want)
	checkObjects(t, openRaw(second), want)

	empty := gittest.NewObjects(t)
	checkObjects(t, openRaw(empty, r.ObjectsDir()), want)

	write := func(to gittest.Objects, line string) {
		t.Helper()
		path := filepath.Join(to.ObjectsDir(), "info", "alternates")
		if err := os.WriteFile(path, []byte("# comment\n\n"+line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(empty, filepath.Join(root, "absent"))
	if _, err := openRaw(empty).load(want[0].hash, MaxObject); !isNotFound(err) {
		t.Errorf("through an alternate that is not there: %v", err)
	}
	relative, err := filepath.Rel(empty.ObjectsDir(), r.ObjectsDir())
	if err != nil {
		t.Fatal(err)
	}
	write(empty, filepath.ToSlash(relative))
	checkObjects(t, openRaw(empty), want)

	odd := filepath.Join(root, "a\n\"b\" ü")
	if err := os.Symlink(r.ObjectsDir(), odd); err != nil {
		t.Skip(err)
	}
	write(empty, `"`+filepath.ToSlash(root)+`/a\n\"b\" \303\274"`)
	checkObjects(t, openRaw(empty), want)

	write(r, empty.ObjectsDir()) // a cycle
	if got := len(openRaw(empty).dirs); got != 2 {
		t.Errorf("%d directories of a cycle of 2", got)
	}
}

// TestReadDuringRepack reads all objects while git moves them from pack to pack.
func TestReadDuringRepack(t *testing.T) {
	r := gittest.NewObjects(t)
	r.Fill(40)
	want := allObjects(r)
	o := openRaw(r)
	var repacking sync.WaitGroup
	done := make(chan struct{})
	repacking.Go(func() {
		defer close(done)
		for i := range 12 {
			// Another depth gives another pack; its name is its checksum.
			cmd := gittest.ObjectsGit(t, "--git-dir", r.Dir, "repack", "-adfq", fmt.Sprint("--depth=", i%3), fmt.Sprint("--window=", i+2))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		}
	})
	defer repacking.Wait()
	for round := 0; ; round++ {
		for _, w := range want {
			got, err := o.load(w.hash, MaxObject)
			if err != nil {
				t.Fatalf("round %d: %s: %v", round, w.hash, err)
			}
			if !bytes.Equal(got.Data, w.Data) {
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
	r := gittest.NewObjects(t)
	r.Fill(60)
	r.Git("-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq")
	for _, rev := range []string{"main~40", "main~20"} {
		r.GitIn(rev+"\n", "pack-objects", "-q", "--revs", filepath.Join(r.ObjectsDir(), "pack", "pack"))
	}
	o := openRaw(r)
	o.files.budget, o.bases.budget = 4, 4<<10
	checkObjects(t, o, allObjects(r))
	if n := o.files.order.Len(); n > 4 {
		t.Errorf("%d open files", n)
	}
	if o.bases.spent > 4<<10 {
		t.Errorf("%d bytes of bases", o.bases.spent)
	}
}

// TestPackVanished reads from a pack whose index is open but that is gone.
func TestPackVanished(t *testing.T) {
	r := gittest.NewObjects(t)
	r.Fill(20)
	want := allObjects(r)
	o := openRaw(r)
	if err := o.CheckPresent(want[0].hash); err != nil {
		t.Fatal(err)
	}
	o.mu.Lock()
	for _, p := range o.dirs[0].known {
		o.files.drop(o.files.items[p.packPath])
	}
	o.mu.Unlock()
	r.Git("repack", "-adfq", "--depth=1")
	checkObjects(t, o, want)
	newer := r.BlobOf("written after the first read")
	if _, err := o.Blob(newer, MaxObject); err != nil {
		t.Error(err)
	}
	r.GitIn(newer.String()+"\n", "pack-objects", "-q", filepath.Join(r.ObjectsDir(), "pack", "pack"))
	r.Git("prune-packed", "-q")
	if _, err := o.Blob(newer, MaxObject); err != nil {
		t.Errorf("packed after the first read: %v", err)
	}
}

// TestDamageIsNoWrongAnswer flips one bit of a pack and of its indexes after
// the other, in every fourth byte or so, and cuts their ends off. What is read must be right, or an error.
func TestDamageIsNoWrongAnswer(t *testing.T) {
	r := gittest.NewObjects(t)
	r.Fill(3)
	r.Git("repack", "-adfq")
	r.Git("multi-pack-index", "write")
	want := allObjects(r)
	packDir := filepath.Join(r.ObjectsDir(), "pack")
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
func checkDamaged(t *testing.T, r gittest.Objects, want []gitObject) (failed int) {
	t.Helper()
	o, err := Open(r.ObjectsDir())
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	for _, w := range want {
		got, err := o.load(w.hash, MaxObject)
		switch {
		case err == nil && (got.Kind != w.Kind || !bytes.Equal(got.Data, w.Data)):
			t.Fatalf("%s: wrong content", w.hash)
		case err == nil:
		case IsError[*DamagedError](err), IsError[*TooLargeError](err), errors.Is(err, plumbing.ErrObjectNotFound):
			failed++
		default:
			t.Fatalf("%s: %v", w.hash, err)
		}
	}
	return failed
}

// TestSoundCopyIsFound has a damaged loose file and a sound entry of a pack.
func TestSoundCopyIsFound(t *testing.T) {
	r := gittest.NewObjects(t)
	r.Fill(5)
	h := r.Hash("main:long.txt")
	o := openRaw(r)
	alternate := gittest.NewObjects(t)
	text := r.Git("cat-file", "blob", "main:long.txt") + "\n"
	if got := alternate.BlobOf(text); got != h {
		t.Fatalf("%s, want %s", got, h)
	}
	damageLoose(t, alternate, h)
	both := openRaw(alternate, r.ObjectsDir())
	if data, err := both.Blob(h, MaxObject); err != nil || string(data) != text {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	_, err := openRaw(alternate).Blob(h, MaxObject)
	damage, ok := errors.AsType[*DamagedError](err)
	if !ok || damage.Path != loosePath(alternate.ObjectsDir(), h) {
		t.Errorf("without another copy: %v", err)
	}
	if _, err := o.Blob(h, MaxObject); err != nil {
		t.Error(err)
	}
}

// damageLoose empties the file of a loose object, as a power cut does.
func damageLoose(t *testing.T, r gittest.Objects, h plumbing.Hash) {
	t.Helper()
	path := loosePath(r.ObjectsDir(), h)
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
}
