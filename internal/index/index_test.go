package index_test

import (
	"flag"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"pgregory.net/rapid"
)

// step changes the branches as people and pushes do, and returns those that
// are deleted.
func (w *world) step(t *rapid.T, n *int, ids *[]string) (deleted []string) {
	branch := rapid.SampledFrom([]string{"main", "main", "feature", "zebra", "pull"}).Draw(t, "branch")
	w.commits[branch] = rapid.SampledFrom([]string{"A <a@b.c> 1790000000", "B <b@b.c> 1780000000", "B <b@b.c> 1790000001"}).Draw(t, "commit")
	switch rapid.IntRange(0, 13).Draw(t, "step") {
	case 0: // deleted, or pushed back to the beginning
		if delete(w.branches, branch); branch != "main" {
			return []string{branch}
		}
		w.branches["main"] = map[string][]byte{}
	case 1: // a record is gone, as after a forced push
		for _, name := range slices.Sorted(maps.Keys(w.branches[branch])) {
			if rapid.IntRange(0, 3).Draw(t, "gone") == 0 {
				delete(w.branches[branch], name)
			}
		}
	case 2: // merged
		for _, files := range w.branches {
			if w.branches["main"] == nil {
				w.branches["main"] = map[string][]byte{}
			}
			maps.Copy(w.branches["main"], files)
		}
	case 3: // one id, another content
		if len(*ids) > 0 {
			r := drawRecord(t, *n, *ids)
			r.ID = rapid.SampledFrom(*ids).Draw(t, "twin")
			w.put(branch, r)
			*n++
		}
	case 4: // an edited copy, or one that may be executed
		for _, from := range slices.Sorted(maps.Keys(w.branches)) {
			for _, name := range slices.Sorted(maps.Keys(w.branches[from])) {
				if w.branches[branch] == nil {
					w.branches[branch] = map[string][]byte{}
				}
				switch rapid.IntRange(0, 5).Draw(t, "edited") {
				case 0:
					w.branches[branch][name] = append(slices.Clone(w.branches[from][name]), "# edited\n"...)
				case 1:
					w.branches[branch][name], w.exec[branch+" "+name] = w.branches[from][name], true
				}
			}
		}
	case 5, 6: // a branch to hide others, or a damaged one
		w.harmed[rapid.SampledFrom([]string{"aaa", "harm"}).Draw(t, "hostile")] = rapid.IntRange(0, hostileWays-1).Draw(t, "way")
	case 7: // a record is lost before anybody has read it
		r := drawRecord(t, *n, *ids)
		*n++
		*ids = append(*ids, r.ID)
		w.put(branch, r)
		w.lost = w.branches[branch][path.Join(".handoffs", r.Name())]
	default:
		for range rapid.IntRange(1, 8).Draw(t, "records") {
			r := drawRecord(t, *n, *ids)
			*n++
			*ids = append(*ids, r.ID)
			w.put(branch, r)
		}
	}
	return nil
}

// Whatever happens to the branches, the index answers as memory does.
func TestIndexAnswersAsMemory(t *testing.T) {
	root := t.TempDir()
	worlds := 0
	if checks := flag.Lookup("rapid.checks"); !*full && checks.Value.String() == checks.DefValue {
		if err := checks.Value.Set("12"); err != nil { // each asks every question of two states
			t.Fatal(err)
		}
		defer func() { _ = checks.Value.Set(checks.DefValue) }()
	}
	rapid.Check(t, func(t *rapid.T) {
		worlds++
		dir := filepath.Join(root, strconv.Itoa(worlds))
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		w := newWorld(t, dir)
		w.policy = rapid.SampledFrom([]fold.AckPolicy{fold.PolicyPerItem, fold.PolicyAny}).Draw(t, "policy")
		n, ids := 0, []string(nil)
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			w.write(w.step(t, &n, &ids)...)
			w.open().Close()
		}
		ix := w.open()
		defer ix.Close()
		w.compare(ix)
	})
}

// What was read before the file was lost does not stand in the way of what is
// asked after it, and the next process makes the file anew.
func TestFileLostMeanwhile(t *testing.T) {
	w := newWorld(t, t.TempDir())
	w.put("main", handoff.New("00000001", day, "ana", &handoff.Gap{Subject: "api"}))
	w.put("main", handoff.New("00000002", day, "ana", &handoff.Gap{Subject: "web"}))
	w.write()
	ix := w.open()
	defer ix.Close()
	if _, err := ix.View(t.Context(), fold.Part{Refs: []string{"00000001"}}); err != nil || !ix.FromFile() {
		t.Fatalf("from the file %t, %v", ix.FromFile(), err)
	}
	if err := os.Truncate(w.file(), 5000); err != nil {
		t.Fatal(err)
	}
	v, err := ix.View(t.Context(), fold.Part{Refs: []string{"00000002"}})
	if err != nil || v.Records["00000002"] == nil || ix.FromFile() {
		t.Errorf("record 2 is missing: %v; from the file %t", err, ix.FromFile())
	}
	next := w.open()
	defer next.Close()
	if !next.FromFile() {
		t.Error("the file is not made anew")
	}
}
