package handoff

import (
	"cmp"
	"fmt"
	"time"
)

// A fold can stop and go on later: what it came to is kept as things, and
// [Resume] reads only those that new records touch. Folding a history in parts
// gives what folding it at once does, as long as each part [Resumed.Follows]
// the ones before.

// ThingKind is the type of a [Thing].
type ThingKind uint8

// The kinds of things. The last ones are the books of the fold itself.
const (
	ThingItem ThingKind = 1 + iota // by slug, as are the next three
	ThingBlocker
	ThingQuestion
	ThingDecision
	ThingHandoff // by id
	ThingAuthor  // by handle
	ThingSeries  // handoffs that replace one another
	ThingRound   // by id of a question record that asks once more
	ThingName    // by reference: a name that is declared, or waited for, without a thing of its own
	ThingFold    // one, by ""
)

// Thing is one entry of a folded state in a form that can be kept. Its data is
// for this package only.
type Thing struct {
	Kind ThingKind
	Key  string
	Data []byte

	// Live marks what answers about the present are made of: live items, open
	// blockers, pending questions and handoffs, decisions that stand, and all
	// authors and series.
	Live bool

	// Of handoffs: their place in the fold order, the author of one that is
	// not withdrawn, and the key of the series in which one still speaks.
	Place          int
	Author, Series string
}

// Past is where a fold that goes on finds what was folded before.
type Past interface {
	// Thing returns the data of a thing, nil when there is none.
	Thing(kind ThingKind, key string) []byte
	// Record returns a record that was folded, nil when there is none.
	Record(id string) *Record
}

// Resumed is a fold that goes on. It holds what it has read of the past and
// what the records since then have changed.
type Resumed struct {
	f     *folder
	clock foldClock
	names map[declaration]nameState
	wants []declaration // of the records to fold: what they name and what is not there
}

// foldClock says how far a fold has come.
type foldClock struct {
	Count    int    // records folded
	At       Time   // of the latest record by time and id
	ID       string // of that record
	Circular bool   // records name each other in a circle, so that no part of them can be folded alone
}

// nameState is what is known of a name beyond the thing of that name.
type nameState struct {
	Declared bool // by a record that made no thing
	Wanted   bool // by a record that found nothing of that name
}

// Resume goes on from the past. The policy must be the one of before.
func Resume(past Past, policy AckPolicy) *Resumed {
	r := &Resumed{f: newFolder(policy), names: make(map[declaration]nameState)}
	r.f.past = &memory{past: past}
	r.f.past.thing(ThingFold, "", &r.clock, past.Record)
	r.f.place = r.clock.Count
	return r
}

// Err is the first damage that was met in the past. Nothing that was folded
// after it counts.
func (r *Resumed) Err() error { return r.f.past.err }

// Count is how many records have been folded.
func (r *Resumed) Count() int { return r.clock.Count }

// Follows reports whether records of different ids, of which none is part of the
// past, come after everything in it and change nothing there: the fold of all is
// the fold of the past and then theirs. ordered is the order in which to fold
// them. Everything follows a past in which nothing was folded.
func (r *Resumed) Follows(records []*Record) (ordered []*Record, ok bool) {
	g := newGraph(records, r)
	ok = r.clock.Count == 0 || !r.clock.Circular && r.after(g)
	if !ok {
		return nil, false
	}
	g.linkAll()
	ordered, r.wants = g.sort(), g.wants
	if r.clock.Count == 0 {
		r.clock.Circular = g.circular
		return ordered, true
	}
	return ordered, !g.circular // a circle comes after everything else that there is
}

// after reports whether the records of a graph are all later than the past,
// which names none of them and nothing that they declare.
func (r *Resumed) after(g *graph) bool {
	for _, rec := range g.records {
		if !r.clock.before(rec) || r.waits(declaration{RefAny, rec.ID}) {
			return false
		}
	}
	for d := range g.first {
		if r.waits(d) {
			return false
		}
	}
	return true
}

// Fold applies records in the order that Follows gave, and returns the problems
// that they have.
func (r *Resumed) Fold(records []*Record) []Problem {
	before := len(r.f.Problems)
	for _, rec := range records {
		r.f.Records[rec.ID] = rec
		r.clock.pass(rec)
	}
	for _, rec := range records {
		r.f.order = append(r.f.order, rec)
		r.f.apply(rec)
	}
	for _, rec := range records {
		r.noteDeclared(rec)
	}
	for _, d := range r.wants {
		r.noteWanted(d)
	}
	return r.f.Problems[before:]
}

// before reports whether the fold has come only to records before rec.
func (c *foldClock) before(rec *Record) bool {
	return c.Count == 0 || cmp.Or(c.At.Compare(rec.At.Time), cmp.Compare(c.ID, rec.ID)) < 0
}

func (c *foldClock) pass(rec *Record) {
	if c.before(rec) {
		c.At, c.ID = rec.At, rec.ID
	}
	c.Count++
}

// thingOf says which things a declaration of a type makes.
var thingOf = map[RefType]ThingKind{
	RefItem: ThingItem, RefBlocker: ThingBlocker, RefQuestion: ThingQuestion, RefDecision: ThingDecision,
}

// exists reports whether the fold has made a thing of that name and type.
func (r *Resumed) exists(d declaration) bool {
	switch d.typ {
	case RefItem:
		return r.f.findItem(d.slug) != nil
	case RefBlocker:
		return r.f.findBlocker(d.slug) != nil
	case RefQuestion:
		return r.f.findQuestion(d.slug) != nil
	case RefDecision:
		return r.f.findDecision(d.slug) != nil
	}
	return r.f.findRecord(d.slug) != nil
}

// name returns what is known of a name beyond its thing.
func (r *Resumed) name(d declaration) nameState {
	state, ok := r.names[d]
	if !ok {
		r.f.past.thing(ThingName, d.key(), &state, nil)
		r.names[d] = state
	}
	return state
}

func (d declaration) key() string { return string(d.typ) + ":" + d.slug }

// declared reports whether a record of the past declares a slug.
func (r *Resumed) declared(d declaration) bool { return r.exists(d) || r.name(d).Declared }

// known reports whether a record of the past has this id.
func (r *Resumed) known(id string) bool { return r.f.findRecord(id) != nil }

// waits reports whether a record of the past names what did not exist then.
func (r *Resumed) waits(d declaration) bool { return r.name(d).Wanted }

// noteDeclared keeps what a record declares without making it a thing.
func (r *Resumed) noteDeclared(rec *Record) {
	declarations(rec, func(d declaration) {
		if state := r.name(d); !state.Declared && !r.exists(d) {
			state.Declared = true
			r.names[d] = state
		}
	})
}

// noteWanted keeps what a record names and what is not there: if it comes
// later, the record would have been folded after it.
func (r *Resumed) noteWanted(d declaration) {
	state := r.name(d)
	state.Wanted = true
	r.names[d] = state
}

// Things returns everything that the fold has read or made, in no order. What
// has not changed is as it was.
func (r *Resumed) Things() []Thing {
	f := r.f
	var things []Thing
	add := func(kind ThingKind, key string) {
		if t, ok := f.thing(kind, key); ok {
			things = append(things, t)
		}
	}
	for id := range f.Items {
		add(ThingItem, id)
	}
	for id := range f.Blockers {
		add(ThingBlocker, id)
	}
	for id := range f.Questions {
		add(ThingQuestion, id)
	}
	for id := range f.Decisions {
		add(ThingDecision, id)
	}
	for id := range f.Handoffs {
		add(ThingHandoff, id)
	}
	for handle := range f.Teams {
		add(ThingAuthor, handle)
	}
	for id := range f.rounds {
		add(ThingRound, id)
	}
	for s, ids := range f.idle {
		things = append(things, Thing{Kind: ThingSeries, Key: s.key(), Data: encodeValue(ids), Live: true})
	}
	for d, state := range r.names {
		if state != (nameState{}) {
			things = append(things, Thing{Kind: ThingName, Key: d.key(), Data: encodeValue(state)})
		}
	}
	return append(things, Thing{Kind: ThingFold, Data: encodeValue(r.clock)})
}

// thing returns an entry of the state in the form that can be kept, if there is
// one.
func (s *State) thing(kind ThingKind, key string) (t Thing, ok bool) {
	t = Thing{Kind: kind, Key: key}
	switch kind {
	case ThingItem:
		if it := s.Items[key]; it != nil {
			t.Data, t.Live = encodeValue(*it), it.Live()
		}
	case ThingBlocker:
		if b := s.Blockers[key]; b != nil {
			t.Data, t.Live = encodeValue(*b), b.Open()
		}
	case ThingQuestion:
		if q := s.Questions[key]; q != nil {
			t.Data, t.Live = encodeValue(*q), q.pending()
		}
	case ThingDecision:
		if d := s.Decisions[key]; d != nil {
			t.Data, t.Live = encodeValue(d.save()), d.live()
		}
	case ThingHandoff:
		if h := s.Handoffs[key]; h != nil {
			t.Data, t.Live = encodeValue(h.save()), h.live()
			h.describe(&t)
		}
	case ThingAuthor:
		if team, ok := s.Teams[key]; ok {
			t.Data, t.Live = encodeValue(team), true
		}
	case ThingRound:
		if question, ok := s.rounds[key]; ok {
			t.Data = encodeValue(question)
		}
	}
	return t, t.Data != nil
}

// live reports whether what becomes of the handoff or of its items is still
// open.
func (h *HandoffState) live() bool { return h.pending() || h.State == HandoffAccepted }

// live reports whether the decision, or one that is proposed in its place,
// stands.
func (d *DecisionState) live() bool { return d.stands() || d.Proposal != nil && d.Proposal.stands() }

func (h *HandoffState) describe(t *Thing) {
	t.Place = h.place
	if h.State != HandoffWithdrawn {
		t.Author = h.Record.By
	}
	if h.Current() {
		t.Series = h.series().key()
	}
}

// key is the series as text. The length keeps apart what is joined.
func (s series) key() string { return fmt.Sprintf("%s %d %s%s", s.by, len(s.level), s.level, s.scope) }

// pending reports whether somebody still has to answer or close the question.
func (q *QuestionState) pending() bool { return q.Open() || q.State == QuestionAnswered }

// stands reports whether the decision holds or is proposed.
func (d *DecisionState) stands() bool {
	return d.State == DecisionAccepted || d.State == DecisionProposed
}

// savedHandoff is a [HandoffState] without the body of its record.
type savedHandoff struct {
	Record       *Record
	State        string
	SupersededBy string
	First        string
	Acks         []*Record
	Verdict      *Record
	Taken        map[string]string
	Questions    []string
	Place        int
	Inherited    int
	Newest       string
	Given        map[string]bool
	Accepted     bool
	Declared     []string
	Standing     int
	Kept         int
	Accepters    map[string]bool
	SteppedIn    bool
}

func (h *HandoffState) save() savedHandoff {
	return savedHandoff{
		Record: h.Record, State: h.State, SupersededBy: h.SupersededBy, First: h.First, Acks: h.Acks,
		Verdict: h.Verdict, Taken: h.Taken, Questions: h.Questions, Place: h.place, Inherited: h.inherited,
		Newest: h.newest, Given: h.given, Accepted: h.accepted,
		Declared: h.declared, Standing: h.standing, Kept: h.kept, Accepters: h.accepters, SteppedIn: h.steppedIn,
	}
}

// restore is the state without the body, which the record may not have yet.
func (s savedHandoff) restore() *HandoffState {
	return &HandoffState{
		Record: s.Record, State: s.State, SupersededBy: s.SupersededBy, First: s.First, Acks: s.Acks,
		Verdict: s.Verdict, Taken: s.Taken, Questions: s.Questions, place: s.Place, inherited: s.Inherited,
		newest: s.Newest, given: s.Given, accepted: s.Accepted,
		declared: s.Declared, standing: s.Standing, kept: s.Kept, accepters: s.Accepters, steppedIn: s.SteppedIn,
	}
}

// savedDecision is a [DecisionState] with what was decided before in a list.
type savedDecision struct {
	Decision     Decision
	State        string
	By           string
	At           time.Time
	Record       string
	Nth          int
	SupersededBy string
	Proposal     *savedDecision
	Earlier      []savedEarlier // the newest first
}

// savedEarlier is what the record of an earlier decision does not say. A topic
// that is decided again and again would be written anew with all its texts each
// time.
type savedEarlier struct {
	State        string
	Record       string
	Nth          int
	SupersededBy string
}

func (d *DecisionState) save() savedDecision {
	s := savedDecision{
		Decision: d.Decision, State: d.State, By: d.By, At: d.At, Record: d.Record, Nth: d.nth, SupersededBy: d.SupersededBy,
	}
	if d.Proposal != nil {
		proposal := d.Proposal.save()
		s.Proposal = &proposal
	}
	if earlier := d.Earlier(); len(earlier) > 0 {
		s.Earlier = make([]savedEarlier, len(earlier))
		for i, e := range earlier {
			s.Earlier[i] = savedEarlier{State: e.State, Record: e.Record, Nth: e.nth, SupersededBy: e.SupersededBy}
		}
	}
	return s
}

// restore is the state of a topic, in which the earlier decisions lack their
// texts.
func (s savedDecision) restore(topic string) *DecisionState {
	d := &DecisionState{
		Decision: s.Decision, State: s.State, By: s.By, At: s.At, Record: s.Record, SupersededBy: s.SupersededBy, nth: s.Nth,
	}
	d.ID = topic
	if s.Proposal != nil {
		d.Proposal = s.Proposal.restore(topic)
	}
	last := d
	for _, e := range s.Earlier {
		last.before = &DecisionState{State: e.State, Record: e.Record, SupersededBy: e.SupersededBy, nth: e.Nth}
		last = last.before
		last.ID = topic
	}
	return d
}

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
func find[T any](f *folder, met map[string]*T, kind ThingKind, key string) *T {
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

func (f *folder) findItem(id string) *ItemState { return find(f, f.Items, ThingItem, id) }

func (f *folder) findBlocker(id string) *BlockerState {
	b := find(f, f.Blockers, ThingBlocker, id)
	if b != nil && b.Resolution != nil {
		f.findRecord(b.Resolution.ID)
	}
	return b
}

func (f *folder) findQuestion(key string) *QuestionState {
	return find(f, f.Questions, ThingQuestion, key)
}

func (f *folder) findDecision(id string) *DecisionState {
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

func (f *folder) findHandoff(id string) *HandoffState {
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

func (f *folder) findRecord(id string) *Record {
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
func (f *folder) cite(id string) *Record {
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

func (f *folder) findTeam(handle string) string {
	team, ok := f.Teams[handle]
	if !ok && f.past != nil {
		f.past.thing(ThingAuthor, handle, &team, nil)
	}
	return team
}

func (f *folder) findIdle(s series) []string {
	ids, ok := f.idle[s]
	if !ok && f.past != nil {
		f.past.thing(ThingSeries, s.key(), &ids, nil)
	}
	return ids
}

func (f *folder) findRound(id string) string {
	key, ok := f.rounds[id]
	if !ok && f.past != nil && ValidID(id) {
		f.past.thing(ThingRound, id, &key, nil)
	}
	return key
}

func (f *folder) itemRef(ref string) *ItemState {
	if name, fits := nameAs(RefItem, ref); fits {
		return f.findItem(name)
	}
	return nil
}

func (f *folder) blockerRef(ref string) *BlockerState {
	if name, fits := nameAs(RefBlocker, ref); fits {
		return f.findBlocker(name)
	}
	return nil
}

func (f *folder) decisionRef(ref string) *DecisionState {
	if name, fits := nameAs(RefDecision, ref); fits {
		return f.findDecision(name)
	}
	return nil
}

// questionRef also knows the records that asked a question once more.
func (f *folder) questionRef(ref string) *QuestionState {
	name, fits := nameAs(RefQuestion, ref)
	if fits {
		if q := f.findQuestion(name); q != nil {
			return q
		}
	}
	_, name = SplitRef(ref)
	return f.findQuestion(f.findRound(name))
}
