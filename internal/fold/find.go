package fold

import (
	"fmt"

	"github.com/handoff-cli/handoff/internal/compact"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// memory reads the snapshot and remembers the first damage.
type memory struct {
	snapshot Snapshot
	err      error
}

// entry decodes an entry and reports whether there is one.
func (m *memory) entry(kind EntryKind, key string, into any, record func(string) *handoff.Record) bool {
	data := m.snapshot.Entry(kind, key)
	if data == nil {
		return false
	}
	if err := handoff.Codec.Decode(string(data), into, record); err != nil {
		m.damaged(kind, key, err)
		return false
	}
	return true
}

func (m *memory) damaged(kind EntryKind, key string, err error) {
	if m.err == nil {
		m.err = fmt.Errorf("entry %d %q: %w", kind, key, err)
	}
}

// find returns an entry that the fold has met, else one of the snapshot. What is
// not there is looked for once.
func find[T any](f *fold, met map[string]*T, kind EntryKind, key string) *T {
	entry, ok := met[key]
	if !ok && f.load(kind, key) {
		entry = met[key]
	}
	return entry
}

// load reads an entry of the snapshot into its place in the state, and reports
// whether there is one.
func (f *fold) load(kind EntryKind, key string) bool {
	id := entryID{kind, key}
	if f.snapshot == nil || key == "" || f.absent[id] {
		return false
	}
	data := f.snapshot.snapshot.Entry(kind, key)
	if data != nil {
		if err := shelves[kind].load(f.View, key, data, f.cite); err != nil {
			f.snapshot.damaged(kind, key, err)
			data = nil
		}
	}
	f.absent[id] = data == nil
	return data != nil
}

func (f *fold) findItem(id string) *Item { return find(f, f.Items, EntryItem, id) }

func (f *fold) findBlocker(id string) *Blocker {
	b := find(f, f.Blockers, EntryBlocker, id)
	if b != nil && b.Resolution != nil {
		f.findRecord(b.Resolution.ID)
	}
	return b
}

func (f *fold) findQuestion(key string) *Question {
	return find(f, f.Questions, EntryQuestion, key)
}

func (f *fold) findDecision(id string) *Decision {
	return find(f, f.Decisions, EntryDecision, id)
}

func (f *fold) findHandoff(id string) *Handoff {
	if h, ok := f.Handoffs[id]; ok || !handoff.ValidID(id) {
		return h
	}
	h := find(f, f.Handoffs, EntryHandoff, id)
	if h == nil {
		return nil
	}
	f.findRecord(h.Record.ID)
	var ok bool
	if h.Handoff, ok = h.Record.Body.(*handoff.Handoff); !ok {
		f.snapshot.damaged(EntryHandoff, id, compact.ErrDamaged)
		delete(f.Handoffs, id)
		return nil
	}
	return h
}

func (f *fold) findRecord(id string) *handoff.Record {
	r, ok := f.Records[id]
	if ok || f.snapshot == nil || !handoff.ValidID(id) {
		return r
	}
	r = f.snapshot.snapshot.Record(id)
	if cited := f.cited[id]; cited != nil && r != nil {
		*cited = *r
		r = cited
	}
	f.Records[id] = r
	return r
}

// cite returns a record that an entry of the snapshot names. It is empty until
// findRecord is asked for it: of most the fold wants to know no more than the
// id, and an entry may name thousands.
func (f *fold) cite(id string) *handoff.Record {
	if r := f.Records[id]; r != nil {
		return r
	}
	r := f.cited[id]
	if r == nil {
		r = &handoff.Record{ID: id}
		f.cited[id] = r
	}
	return r
}

// findBacks returns what came back to somebody.
func (f *fold) findBacks(who string) []Back {
	if _, ok := f.Backs[who]; !ok {
		f.load(EntryBack, who)
	}
	return f.Backs[who]
}

func (f *fold) findTeam(handle string) string {
	team, ok := f.Teams[handle]
	if !ok && f.snapshot != nil {
		f.snapshot.entry(EntryAuthor, handle, &team, nil)
	}
	return team
}

// findWatched returns what somebody keeps an eye on.
func (f *fold) findWatched(who string) []Watched {
	if _, ok := f.Watched[who]; !ok {
		f.load(EntryWatched, who)
	}
	return f.Watched[who]
}

func (f *fold) findIdle(s series) []string {
	ids, ok := f.idle[s]
	if !ok && f.snapshot != nil {
		f.snapshot.entry(EntrySeries, s.key(), &ids, nil)
	}
	return ids
}

func (f *fold) findRound(id string) string {
	key, ok := f.rounds[id]
	if !ok && f.snapshot != nil && handoff.ValidID(id) {
		f.snapshot.entry(EntryRound, id, &key, nil)
	}
	return key
}

// What a record means by ref, which may lie in the snapshot.

func (f *fold) itemRef(ref string) *Item { return lookUp(f.findItem, handoff.RefItem, ref) }

func (f *fold) blockerRef(ref string) *Blocker { return lookUp(f.findBlocker, handoff.RefBlocker, ref) }

func (f *fold) decisionRef(ref string) *Decision {
	return lookUp(f.findDecision, handoff.RefDecision, ref)
}

// questionRef also knows the records that asked a question once more.
func (f *fold) questionRef(ref string) *Question {
	if q := lookUp(f.findQuestion, handoff.RefQuestion, ref); q != nil {
		return q
	}
	_, name := handoff.SplitRef(ref)
	return f.findQuestion(f.findRound(name))
}
