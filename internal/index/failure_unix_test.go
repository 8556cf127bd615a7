//go:build unix

package index_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/index"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/store"
)

// The test binary is also the other process: INDEX_CHILD says what happens to
// it while it answers in the repository that is its working directory.
func TestMain(m *testing.M) {
	fate := os.Getenv("INDEX_CHILD")
	if fate == "" {
		os.Exit(m.Run())
	}
	if err := child(fate); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func child(fate string) error {
	ctx := context.Background()
	repo, err := store.Open(ctx, ".", os.Environ())
	if err != nil {
		return err
	}
	refs, err := repo.Refs(ctx, git.Scope{})
	if err != nil {
		return err
	}
	options := index.Options{Refs: refs, Dir: ".handoffs", Text: query.Said}
	switch at, err := strconv.Atoi(fate); {
	case err == nil: // killed when so many are entered, 0 for all
		options.Progress = func(records int) {
			if records == 0 && at == 0 || records >= at && at > 0 {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
		}
	case fate == "full":
		limit := syscall.Rlimit{Cur: 64 << 10, Max: 64 << 10}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
			return err
		}
	}
	ix, err := index.Open(ctx, repo, options)
	if err != nil {
		return err
	}
	answer, err := ask(ix)
	fmt.Print(answer)
	return err
}

// ask is an answer that depends on every record.
func ask(ix *index.Index) (string, error) {
	now := day.Add(1000 * time.Hour)
	recall := func(p fold.Part) (*fold.View, error) { return ix.View(context.Background(), p) }
	var all strings.Builder
	for _, words := range [][]string{{"items"}, {"unacked"}, {"changed", "since:2026-11-17"}} {
		q, err := query.Parse(words, query.ParseEnv{Me: "ana", Now: now})
		if err != nil {
			return "", err
		}
		a, err := query.Ask(q, recall, query.Env{Now: now})
		if err != nil {
			return "", err
		}
		all.WriteString(asJSON(a))
	}
	return all.String(), nil
}

// filled is a world of so many handoffs.
func filled(t *testing.T, records int) *world { return filledWith(t, records, "") }

// filledWith is filled with notes in each handoff.
func filledWith(t *testing.T, records int, notes string) *world {
	w := newWorldWith(t, t.TempDir(), 1)
	for i := range records {
		by := people[i%len(people)]
		h := &handoff.Handoff{To: []string{people[(i+1)%len(people)]}, Summary: says[i%len(says)], Notes: notes}
		h.Items = handoff.List[handoff.Item]{{ID: fmt.Sprintf("item-%d", i%50), Status: "ready", Owner: by, State: "as it was", Reopened: "again"}}
		w.put("main", handoff.New(fmt.Sprintf("%08d", i), day.Add(time.Duration(i)*time.Minute), by, h))
	}
	w.write()
	return w
}

// right requires that the index answers as memory does, and returns it.
func (w *world) right(t *testing.T) *index.Index {
	t.Helper()
	ix := w.open()
	t.Cleanup(ix.Close)
	got, err := ask(ix)
	if err != nil {
		t.Fatal(err)
	}
	if want := w.answer(t); got != want {
		t.Errorf("index  %s\nmemory %s", got, want)
	}
	return ix
}

// answer is the answer of memory: where the file should be there is a file that
// is no directory.
func (w *world) answer(t *testing.T) string {
	t.Helper()
	elsewhere := filepath.Join(t.TempDir(), "repo")
	if err := os.CopyFS(elsewhere, os.DirFS(w.dir)); err != nil {
		t.Fatal(err)
	}
	place := filepath.Join(elsewhere, ".git", "handoff")
	if err := os.RemoveAll(place); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(place, nil, 0o444); err != nil {
		t.Fatal(err)
	}
	repo, err := store.Open(context.Background(), elsewhere, os.Environ())
	if err != nil {
		t.Fatal(err)
	}
	ix, err := index.Open(context.Background(), repo, w.options())
	if err != nil {
		t.Fatal(err)
	}
	defer ix.Close()
	if ix.FromFile() {
		t.Fatal("there is a file where there can be none")
	}
	answer, err := ask(ix)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestDamagedFileIsMadeAnew(t *testing.T) {
	w := filled(t, 300)
	w.right(t).Close()
	whole, err := os.ReadFile(w.file())
	if err != nil {
		t.Fatal(err)
	}
	damages := map[string][]byte{
		"cut":      whole[:len(whole)/2],
		"garbage":  bytes.Repeat([]byte("no database "), 1000),
		"one page": whole[:4096],
		"zeros":    append(bytes.Clone(whole[:4096]), make([]byte, len(whole)-4096)...),
		"an older": append(append(bytes.Clone(whole[:60]), 0, 0, 0, 77), whole[64:]...)[:len(whole)],
	}
	damages["an older"][63] = 0 // user_version 0, and tables
	for name, data := range damages {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(w.file(), data, 0o644); err != nil {
				t.Fatal(err)
			}
			w.right(t).Close()
			if !w.right(t).FromFile() {
				t.Error("the file is not made anew")
			}
		})
	}
}

func TestNewerFileIsLeftAlone(t *testing.T) {
	w := filled(t, 20)
	w.right(t).Close()
	data, err := os.ReadFile(w.file())
	if err != nil {
		t.Fatal(err)
	}
	data[63] = 99 // the last byte of the user_version in the header of the file
	if err := os.WriteFile(w.file(), data, 0o644); err != nil {
		t.Fatal(err)
	}
	if w.right(t).FromFile() {
		t.Error("the answer comes from the file of a newer version")
	}
	if after, err := os.ReadFile(w.file()); err != nil || !bytes.Equal(after, data) {
		t.Errorf("the file was touched: %v", err)
	}
}

// run starts another process on the repository.
func (w *world) run(fate string) (string, error) {
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	cmd := exec.Command(program)
	cmd.Dir, cmd.Env = w.dir, append(os.Environ(), "INDEX_CHILD="+fate)
	out, err := cmd.Output()
	return string(out), err
}

// A process is killed when it has begun to fill the file, when there was no more
// room in its memory and the file has pages of what is not there yet, and when all
// is written but the end.
func TestKilledRefreshLeavesTheFileValid(t *testing.T) {
	w := filledWith(t, 2500, strings.Repeat("What everybody ought to know. ", 500))
	want := w.answer(t)
	for _, at := range []string{"1024", "2048", "0"} {
		if err := os.RemoveAll(filepath.Dir(w.file())); err != nil {
			t.Fatal(err)
		}
		if _, err := w.run(at); err == nil {
			t.Fatalf("at %s records the process was not killed", at)
		}
		if info, err := os.Stat(w.file()); at != "1024" && (err != nil || info.Size() < 5<<20) {
			t.Errorf("at %s records nothing is in the file: %v, %v", at, info, err)
		}
		ix := w.open()
		if got, err := ask(ix); err != nil || got != want || !ix.FromFile() {
			t.Errorf("killed at %s records: %v; from the file %t\n%.300s", at, err, ix.FromFile(), got)
		}
		ix.Close()
	}
}

func TestFullDiskIsNoError(t *testing.T) {
	w := filled(t, 300)
	got, err := w.run("full")
	if err != nil {
		t.Fatal(err)
	}
	if got != w.answer(t) {
		t.Errorf("on a full disk\n%s", got)
	}
	if !w.right(t).FromFile() {
		t.Error("the file is not used when there is space again")
	}
}

func TestProcessesAtOnce(t *testing.T) {
	w := filled(t, 3000)
	want := w.answer(t)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if got, err := w.run("ordinary"); err != nil || got != want {
				t.Errorf("%v\n%.300s", err, got)
			}
		})
	}
	wait.Wait()
	if !w.right(t).FromFile() {
		t.Error("the file is not used")
	}
}

// A file that is no record, and what lies in the wrong place, is not read and
// not read again and again.
func TestForeignFiles(t *testing.T) {
	w := filled(t, 10)
	for _, name := range []string{"2026/11/16/README.md", "2026/11/16/220000Z-handoff-ana-zzzzzzzz.yaml", "notes.yaml", "2026/11/extra/a.yaml"} {
		w.branches["main"][path.Join(".handoffs", name)] = []byte("kind: handoff\n")
	}
	w.write()
	w.right(t)
	if !w.right(t).FromFile() {
		t.Error("the file is not used")
	}
}
