package index

import (
	"context"
	"database/sql"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// recall is a part of the state that has been read.
type recall struct {
	*fold.Recall
	from      tables
	positions map[string]int   // of records, by id
	deep      map[entryID]bool // entries whose history is wanted
	brief     map[string]bool  // handoffs of which nothing that they name is wanted
}

// wanted says which records: those that meet the one condition that is set.
type wanted struct {
	ids     []string
	prefix  string    // of their ids
	about   []string  // ids of what they are about
	said    []string  // addresses at which they were said
	since   time.Time // when they were written
	words   []string  // what they say
	numbers []int64   // under which they stand in the table
	newest  int       // how many of the last ones, in fold order
}

// grow adds a part to what has been recalled.
func (ix *Index) grow(ctx context.Context, part fold.Part) (*fold.View, error) {
	from := tables{ctx, ix.db, ix.options}
	c := ix.recall
	if c == nil {
		c = newRecall(from)
	}
	c.from = from
	ix.recall = nil // until it is known to be good
	if err := c.read(part); err != nil {
		return nil, err
	}
	view, err := c.made()
	if err == nil {
		ix.recall = c
	}
	return view, err
}

// made is the view that what was read comes to.
func (c *recall) made() (*fold.View, error) {
	view, err := c.View(func(id string) int { return c.positions[id] })
	return view, damage(err)
}

func newRecall(from tables) *recall {
	return &recall{Recall: fold.NewRecall(), from: from, positions: make(map[string]int)}
}

// recallAll reads all records and folds them.
func (ix *Index) recallAll(ctx context.Context) (*fold.State, error) {
	list, err := stored(ctx, ix.db.conn, "SELECT n, data FROM record WHERE position >= 0 ORDER BY n")
	if err != nil {
		return nil, err
	}
	first, err := firstRefs(ctx, ix.db.conn, nil)
	if err != nil {
		return nil, err
	}
	records, err := ix.options.found(ctx, ix.db.conn, list, first)
	if err != nil {
		return nil, err
	}
	return fold.Of(records, ix.options.Policy), nil
}

// foundOn are the records of some days, with where they were found.
func (o Options) foundOn(ctx context.Context, conn connection, list []arrival) ([]*handoff.Record, error) {
	first, err := firstRefs(ctx, conn, daysOf(list))
	if err != nil {
		return nil, err
	}
	return o.found(ctx, conn, list, first)
}

// daysOf are the paths of the days of records.
func daysOf(list []arrival) []string {
	days := make(map[string]bool)
	for _, a := range list {
		days[path.Dir(a.Source.Path)] = true
	}
	return slices.Sorted(maps.Keys(days))
}

// found are the records, with where they were found, and whether they are the
// only ones of their ids.
func (o Options) found(ctx context.Context, conn connection, list []arrival, first map[int64]int) ([]*handoff.Record, error) {
	contested, err := column[string](ctx, conn, "SELECT DISTINCT id FROM record WHERE position = ?", notElected)
	if err != nil {
		return nil, err
	}
	disputed := make(map[string]bool, len(contested))
	for _, id := range contested {
		disputed[id] = true
	}
	records := make([]*handoff.Record, len(list))
	for i, a := range list {
		position, ok := first[a.n]
		if !ok || position >= len(o.Refs) {
			return nil, errDamaged
		}
		ref := o.Refs[position]
		a.Source.Ref, a.Source.Commit, a.Source.Disputed = ref.Name, ref.Hash, disputed[a.ID]
		a.Source.Foreign = ref.Foreign && !(o.Ours != nil && o.Ours(a.Source.Path, a.Source.Blob))
		a.Source.OnWordOf = a.Record.OnWordOf(o.Proven)
		records[i] = a.Record
	}
	return records, nil
}

// firstRefs returns the first ref that has each record: of some days, or of
// all.
func firstRefs(ctx context.Context, conn connection, days []string) (map[int64]int, error) {
	first := make(map[int64]int)
	query, args := "SELECT ref, members FROM day", []any{}
	if days != nil {
		query, args = query+" WHERE path IN (SELECT value FROM json_each(?))", []any{jsonList(days)}
	}
	return first, each(ctx, conn, func(rows *sql.Rows) error {
		var ref int
		var members sql.RawBytes
		if err := rows.Scan(&ref, &members); err != nil {
			return err
		}
		return eachMember(members, func(n int64) {
			if known, ok := first[n]; !ok || ref < known {
				first[n] = ref
			}
		})
	}, query, args...)
}

// read takes in all entries and records of a part.
func (c *recall) read(part fold.Part) error {
	if err := c.readPresent(part.Decisions); err != nil {
		return err
	}
	if err := c.references(part.Refs); err != nil {
		return err
	}
	if len(part.Decided) > 0 {
		if err := c.decided(part.Decided); err != nil {
			return err
		}
	}
	if !part.Since.IsZero() {
		if err := c.mentioned(wanted{since: part.Since}); err != nil {
			return err
		}
	}
	if !part.Recent.IsZero() {
		if err := c.recent(part.Recent); err != nil {
			return err
		}
	}
	if len(part.Words) > 0 {
		if err := c.mentioned(wanted{words: part.Words}); err != nil {
			return err
		}
	}
	if len(part.Saying) > 0 {
		numbers, err := c.from.sayingAll(part.Saying, -1)
		if err != nil {
			return err
		}
		if err := c.namedIn(numbers); err != nil {
			return err
		}
	}
	if len(part.Linked) > 0 {
		if err := c.linked(part.Linked); err != nil {
			return err
		}
	}
	for _, who := range part.By {
		sent, err := c.from.sentBy(who)
		if err != nil {
			return err
		}
		if err := c.fill(sent); err != nil {
			return err
		}
		if err := c.namedDeep(c.mentions(sent)); err != nil {
			return err
		}
	}
	for _, name := range part.Alike {
		for _, kind := range nameable {
			names, err := c.from.alike(kind, name)
			if err != nil {
				return err
			}
			c.AddAlike(kind, name, names)
		}
	}
	if part.Names {
		for _, kind := range nameable {
			names, err := c.from.names(kind)
			if err != nil {
				return err
			}
			c.AddNames(kind, names)
		}
	}
	if part.Back != "" {
		if err := c.from.entries([]entryID{{fold.EntryBack, part.Back}}, c.add); err != nil {
			return err
		}
	}
	if part.Before != "" {
		if err := c.before(part.Before); err != nil {
			return err
		}
	}
	if len(part.Said) > 0 {
		if _, err := c.records(wanted{said: part.Said}); err != nil {
			return err
		}
	}
	if part.Newest > 0 {
		if _, err := c.records(wanted{newest: part.Newest}); err != nil {
			return err
		}
	}
	return c.complete(part)
}

// decided adds the decisions that say some texts: those of the records that do, or
// all that stand where the texts are not worth looking up.
func (c *recall) decided(texts []string) error {
	if !searchable(texts) {
		return c.readPresent(true)
	}
	numbers, err := c.from.sayingAll(texts, mostDecided+1)
	if err != nil {
		return err
	}
	if len(numbers) > mostDecided {
		return c.readPresent(true)
	}
	return c.namedIn(numbers)
}

// namedIn adds what some records name, without its history.
func (c *recall) namedIn(numbers []int64) error {
	if len(numbers) == 0 {
		return nil
	}
	ids, err := c.records(wanted{numbers: numbers})
	if err != nil {
		return err
	}
	return c.named(c.mentions(ids))
}

// linked adds what refers to some things, with its history.
func (c *recall) linked(refs []string) error {
	ids, err := c.from.linked(refs)
	if err != nil || len(ids) == 0 {
		return err
	}
	for _, id := range ids {
		c.deep[id] = true
		delete(c.brief, id.key)
	}
	return c.from.entries(ids, c.add)
}

// mostDecided is how many records are read to find decisions in them. To read all
// decisions is faster than to read more.
const mostDecided = 500

// nameable are the kinds of entries that have a name.
var nameable = []fold.EntryKind{fold.EntryItem, fold.EntryBlocker, fold.EntryQuestion, fold.EntryDecision}

// readPresent takes in what is in every part, once, and the decisions that
// stand.
func (c *recall) readPresent(decisions bool) error {
	if c.deep != nil && !decisions {
		return nil
	}
	if c.deep == nil {
		c.deep = make(map[entryID]bool)
	}
	return c.from.present(decisions, c.add)
}

func (c *recall) add(kind fold.EntryKind, key string, data []byte) error {
	return damage(c.Add(kind, key, data))
}

// complete takes in what the entries name, and the records of all of it.
func (c *recall) complete(part fold.Part) error {
	if err := c.fill(c.Records()); err != nil {
		return err
	}
	deep := func(kind fold.EntryKind, key string) bool { return part.Histories || c.deep[entryID{kind, key}] }
	if err := c.named(append(c.Names(c.brief), c.Versions(deep)...)); err != nil {
		return err
	}
	c.CiteHistories(deep)
	if err := c.fill(c.Records()); err != nil {
		return err
	}
	return c.replies(deep)
}

// named adds everything that references may mean.
func (c *recall) named(refs []string) error {
	var ids []entryID
	for _, ref := range refs {
		kinds, key := fold.KindsOf(ref)
		for _, kind := range kinds {
			if !c.Has(kind, key) {
				ids = append(ids, entryID{kind, key})
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return c.from.entries(ids, c.add)
}

// references adds what a person may mean: entries of those names, the records
// whose ids begin so, and what those are about.
func (c *recall) references(refs []string) error {
	if len(refs) == 0 {
		return nil
	}
	found := slices.Clone(refs)
	for _, ref := range refs {
		_, name := handoff.SplitRef(ref)
		if len(name) < fold.MinPrefix || len(name) > handoff.IDLength || strings.Trim(name, handoff.IDAlphabet) != "" {
			continue
		}
		ids, err := c.records(wanted{prefix: name})
		if err != nil {
			return err
		}
		found = append(found, ids...)
	}
	return c.namedDeep(found)
}

// namedDeep adds everything that references may mean, with its history.
func (c *recall) namedDeep(refs []string) error {
	if err := c.named(refs); err != nil {
		return err
	}
	for _, ref := range append(refs, c.Rounds()...) {
		kinds, key := fold.KindsOf(ref)
		for _, kind := range kinds {
			c.deep[entryID{kind, key}] = true
			delete(c.brief, key)
		}
	}
	return c.named(c.Rounds())
}

// mentioned adds the entries of whose history some records may be a part.
func (c *recall) mentioned(want wanted) error {
	ids, err := c.records(want)
	if err != nil {
		return err
	}
	refs := c.mentions(ids)
	// What a record is about may be a record that is about something: the ack of
	// an escalation is part of the story of the blocker.
	var found, unread []string
	for _, ref := range refs {
		switch _, known := c.positions[ref]; {
		case known:
			found = append(found, ref)
		case handoff.ValidID(ref):
			unread = append(unread, ref)
		}
	}
	if err := c.fill(unread); err != nil {
		return err
	}
	for _, id := range unread {
		if _, known := c.positions[id]; known {
			found = append(found, id)
		}
	}
	return c.namedDeep(append(refs, c.mentions(found)...))
}

// mentions are the records themselves and what they name.
func (c *recall) mentions(ids []string) []string {
	refs := slices.Clone(ids)
	for _, id := range ids {
		refs = append(refs, fold.Mentions(c.Cite(id))...)
	}
	return refs
}

// replies adds the records that are about handoffs.
func (c *recall) replies(deep func(fold.EntryKind, string) bool) error {
	ids := slices.DeleteFunc(c.Handoffs(), func(id string) bool { return !deep(fold.EntryHandoff, id) })
	if len(ids) == 0 {
		return nil
	}
	_, err := c.records(wanted{about: ids})
	return err
}

// fill reads records by their ids.
func (c *recall) fill(ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := c.records(wanted{ids: ids})
	return err
}

// records reads records and returns their ids.
func (c *recall) records(want wanted) (ids []string, err error) {
	err = c.from.records(want, func(r *handoff.Record, position int) {
		c.positions[r.ID] = position
		ids = append(ids, r.ID)
		c.Fill(r)
	})
	return ids, err
}
