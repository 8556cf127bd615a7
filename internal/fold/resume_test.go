package fold

import (
	"bytes"
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/handoff"
	"pgregory.net/rapid"
)

// keptSnapshot is a snapshot in two maps, as a store would keep it.
type keptSnapshot struct {
	entries map[string]Entry
	records map[string][]byte
	order   []string
}

func entryKey(kind EntryKind, key string) string { return string(rune(kind)) + key }

func (p keptSnapshot) Entry(kind EntryKind, key string) []byte {
	return p.entries[entryKey(kind, key)].Data
}

func (p keptSnapshot) Record(id string) *handoff.Record {
	data, ok := p.records[id]
	if !ok {
		return nil
	}
	r, err := handoff.DecodeRecord(data)
	if err != nil {
		panic(err)
	}
	return r
}

// after is the snapshot with what a fold came to.
func (p keptSnapshot) after(t *rapid.T, r *Resumed, ordered []*handoff.Record) keptSnapshot {
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	next := keptSnapshot{maps.Clone(p.entries), maps.Clone(p.records), slices.Clone(p.order)}
	for _, entry := range r.Entries() {
		next.entries[entryKey(entry.Kind, entry.Key)] = entry
	}
	for _, rec := range ordered {
		next.records[rec.ID] = handoff.EncodeRecord(rec)
		next.order = append(next.order, rec.ID)
	}
	return next
}

// foldInParts folds records that come in parts. A part that does not follow
// what was folded is folded together with the part before.
func foldInParts(t *rapid.T, parts [][]*handoff.Record, policy AckPolicy) (keptSnapshot, []handoff.Problem) {
	snapshots := []keptSnapshot{{map[string]Entry{}, map[string][]byte{}, nil}}
	var folded [][]*handoff.Record
	var problems [][]handoff.Problem
	for _, part := range parts {
		for {
			last := snapshots[len(snapshots)-1]
			r := Resume(last, policy)
			if ordered, ok := r.Follows(part); ok {
				problems = append(problems, r.Fold(ordered))
				folded = append(folded, part)
				snapshots = append(snapshots, last.after(t, r, ordered))
				break
			}
			part = slices.Concat(folded[len(folded)-1], part)
			folded, problems, snapshots = folded[:len(folded)-1], problems[:len(problems)-1], snapshots[:len(snapshots)-1]
		}
	}
	return snapshots[len(snapshots)-1], slices.Concat(problems...)
}

// recallAll is the whole that the entries are.
func recallAll(t *rapid.T, p keptSnapshot) *View {
	c := NewRecall()
	for _, entry := range p.entries {
		if err := c.Add(entry.Kind, entry.Key, entry.Data); err != nil {
			t.Fatal(err)
		}
	}
	for id := range p.records {
		c.Fill(p.Record(id))
	}
	v, err := c.View(func(id string) int { return slices.Index(p.order, id) })
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// drawParts cuts a set of records into parts, most of them in the order of
// time.
func drawParts(t *rapid.T, set map[string]*handoff.Record) [][]*handoff.Record {
	records := slices.SortedFunc(maps.Values(set), func(a, b *handoff.Record) int {
		return cmp.Or(a.At.Compare(b.At.Time), cmp.Compare(a.ID, b.ID))
	})
	if rapid.IntRange(0, 3).Draw(t, "shuffle") == 0 {
		records = rapid.Permutation(records).Draw(t, "arrival")
	}
	parts := [][]*handoff.Record{nil}
	for len(records) > 0 {
		n := rapid.IntRange(1, len(records)).Draw(t, "part")
		parts, records = append(parts, records[:n]), records[n:]
	}
	return parts
}

func TestFoldOfPartsIsTheFoldOfAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policy := rapid.SampledFrom([]AckPolicy{PolicyPerItem, PolicyAny, PolicyAll}).Draw(t, "policy")
		want := Of(drawHistory(t), policy)
		parts := drawParts(t, want.Records)
		kept, problems := foldInParts(t, parts, policy)
		got := &State{View: recallAll(t, kept), Problems: problems, Gaps: want.Gaps} // gaps are no entries
		want.Problems = slices.DeleteFunc(want.Problems, func(p handoff.Problem) bool { return p.Code == "HO903" })
		if a, b := strings.Join(dump(got), "\n"), strings.Join(dump(want), "\n"); a != b {
			t.Fatalf("in parts\n%s\nat once\n%s", a, b)
		}
		for i, r := range want.Order() {
			if kept.order[i] != r.ID {
				t.Fatalf("order %v, want %s at %d", kept.order, r.ID, i)
			}
		}
		sameEntries(t, kept, want, policy)
	})
}

// sameEntries compares the entries of a fold in parts with those of one at once,
// byte for byte. What is only known of names may differ: a fold that sees more
// at once waits for less.
func sameEntries(t *rapid.T, kept keptSnapshot, want *State, policy AckPolicy) {
	once, _ := foldInParts(t, [][]*handoff.Record{want.Order()}, policy)
	for key, entry := range once.entries {
		if got := kept.entries[key]; entry.Kind != EntryName && !(bytes.Equal(got.Data, entry.Data) && got.Live == entry.Live && got.Series == entry.Series) {
			t.Fatalf("entry %d %q\nin parts %q\nat once  %q", entry.Kind, entry.Key, got.Data, entry.Data)
		}
	}
	if !reflect.DeepEqual(recallAll(t, kept).Teams, want.Teams) {
		t.Fatalf("teams %v, want %v", recallAll(t, kept).Teams, want.Teams)
	}
}

func TestRecordsSurviveTheCompactForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, r := range drawHistory(t) {
			r.Ext = map[string]any{"x-a": []any{1, "b", 2.5, nil, true, map[string]any{"c": uint64(1 << 63)}}}
			got, err := handoff.DecodeRecord(handoff.EncodeRecord(r))
			if err != nil || !reflect.DeepEqual(got, r) {
				t.Fatalf("%v\ngot  %+v %+v\nwant %+v %+v", err, got, got.Body, r, r.Body)
			}
		}
	})
}

// Whatever the bytes are, decoding ends, with a record or with an error.
func FuzzDecodeRecord(f *testing.F) {
	f.Add(handoff.EncodeRecord(handoff.New("k3f9q2m7", day, "ana", &handoff.Ack{Subject: "k3f9q2m8", Take: []string{"a"}})))
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := handoff.DecodeRecord(data); err == nil {
			_ = handoff.EncodeRecord(r)
		}
	})
}
