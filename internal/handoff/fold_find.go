package handoff

import "fmt"

// memory reads the past and remembers the first damage.
type memory struct {
	past Past
	err  error
}

// thing decodes a thing and reports whether there is one.
func (m *memory) thing(kind ThingKind, key string, into any, record func(string) *Record) bool {
	data := m.past.Thing(kind, key)
	if data == nil {
		return false
	}
	if err := decodeValue(string(data), into, record); err != nil {
		m.damaged(kind, key, err)
		return false
	}
	return true
}

func (m *memory) damaged(kind ThingKind, key string, err error) {
	if m.err == nil {
		m.err = fmt.Errorf("thing %d %q: %w", kind, key, err)
	}
}

// find returns a thing that the fold has met, else one of the past. What is
// not there is looked for once.
func find[T any](f *fold, met map[string]*T, kind ThingKind, key string) *T {
	thing, ok := met[key]
	if ok || f.past == nil || key == "" {
		return thing
	}
	read := new(T)
	if f.past.thing(kind, key, read, f.cite) {
		thing = read
	}
	met[key] = thing
	return thing
}

func (f *fold) findItem(id string) *ItemState { return find(f, f.Items, ThingItem, id) }

func (f *fold) findBlocker(id string) *BlockerState {
	b := find(f, f.Blockers, ThingBlocker, id)
	if b != nil && b.Resolution != nil {
		f.findRecord(b.Resolution.ID)
	}
	return b
}

func (f *fold) findQuestion(key string) *QuestionState {
	return find(f, f.Questions, ThingQuestion, key)
}

func (f *fold) findDecision(id string) *DecisionState {
	d, ok := f.Decisions[id]
	if ok || f.past == nil || id == "" {
		return d
	}
	var saved savedDecision
	if f.past.thing(ThingDecision, id, &saved, nil) {
		d = saved.restore(id)
	}
	f.Decisions[id] = d
	return d
}

func (f *fold) findHandoff(id string) *HandoffState {
	h, ok := f.Handoffs[id]
	if ok || f.past == nil || !ValidID(id) {
		return h
	}
	var saved savedHandoff
	if f.past.thing(ThingHandoff, id, &saved, f.cite) {
		h = saved.restore()
		f.findRecord(h.Record.ID)
		if h.Handoff, ok = h.Record.Body.(*Handoff); !ok {
			f.past.damaged(ThingHandoff, id, errCodec)
			h = nil
		}
	}
	f.Handoffs[id] = h
	return h
}

func (f *fold) findRecord(id string) *Record {
	r, ok := f.Records[id]
	if ok || f.past == nil || !ValidID(id) {
		return r
	}
	r = f.past.past.Record(id)
	if cited := f.cited[id]; cited != nil && r != nil {
		*cited = *r
		r = cited
	}
	f.Records[id] = r
	return r
}

// cite returns a record that a thing of the past names. It is empty until
// findRecord is asked for it: of most the fold wants to know no more than the
// id, and a thing may name thousands.
func (f *fold) cite(id string) *Record {
	if r := f.Records[id]; r != nil {
		return r
	}
	r := f.cited[id]
	if r == nil {
		r = &Record{ID: id}
		f.cited[id] = r
	}
	return r
}

func (f *fold) findTeam(handle string) string {
	team, ok := f.Teams[handle]
	if !ok && f.past != nil {
		f.past.thing(ThingAuthor, handle, &team, nil)
	}
	return team
}

func (f *fold) findIdle(s series) []string {
	ids, ok := f.idle[s]
	if !ok && f.past != nil {
		f.past.thing(ThingSeries, s.key(), &ids, nil)
	}
	return ids
}

func (f *fold) findRound(id string) string {
	key, ok := f.rounds[id]
	if !ok && f.past != nil && ValidID(id) {
		f.past.thing(ThingRound, id, &key, nil)
	}
	return key
}

// What a record means by ref, which may lie in the past.

func (f *fold) itemRef(ref string) *ItemState { return lookUp(f.findItem, RefItem, ref) }

func (f *fold) blockerRef(ref string) *BlockerState { return lookUp(f.findBlocker, RefBlocker, ref) }

func (f *fold) decisionRef(ref string) *DecisionState {
	return lookUp(f.findDecision, RefDecision, ref)
}

// questionRef also knows the records that asked a question once more.
func (f *fold) questionRef(ref string) *QuestionState {
	if q := lookUp(f.findQuestion, RefQuestion, ref); q != nil {
		return q
	}
	_, name := SplitRef(ref)
	return f.findQuestion(f.findRound(name))
}
