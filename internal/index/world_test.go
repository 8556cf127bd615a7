package index_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/board"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/inbox"
	"github.com/handoff-cli/handoff/internal/index"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/store"
	"pgregory.net/rapid"
)

// world is a repository whose branches hold whatever a test puts there.
type world struct {
	t        failer
	dir      string
	repo     *store.Repo
	branches map[string]map[string][]byte // branch → path → content
	exec     map[string]bool              // "branch path" of files that may be executed
	commits  map[string]string            // branch → committer and time of its commit
	lost     []byte                       // the content of a file whose object is lost after the next write
	harmed   map[string]int               // branch → the way in which it is hostile
	policy   fold.AckPolicy
}

// failer is a test, of package testing or of rapid.
type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// day is the first day of the records.
var day = time.Date(2026, 11, 16, 22, 0, 0, 0, time.UTC)

// newWorld is an empty one, whose objects stay loose, so that they can be lost.
func newWorld(t failer, dir string) *world {
	return newWorldWith(t, dir, 100_000)
}

// newWorldWith is newWorld for writes of which those with so many objects are
// packed.
func newWorldWith(t failer, dir string, unpackLimit int) *world {
	w := &world{t: t, dir: dir, branches: make(map[string]map[string][]byte), exec: make(map[string]bool), commits: make(map[string]string), harmed: make(map[string]int)}
	w.git(nil, "init", "-q", "-b", "main", ".")
	config, err := os.OpenFile(filepath.Join(dir, ".git", "config"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer config.Close()
	// pull is what somebody wants to have pulled.
	if _, err := fmt.Fprintf(config, "[fastimport]\n\tunpackLimit = %d\n[branch \"pull\"]\n\tremote = origin\n\tmerge = refs/pull/1/head\n", unpackLimit); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) git(in []byte, args ...string) {
	w.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Stdin = w.dir, bytes.NewReader(in)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// write makes the branches what they are to be, each a commit without parents,
// and deletes the others.
func (w *world) write(others ...string) {
	w.t.Helper()
	var in bytes.Buffer
	for _, branch := range slices.Sorted(maps.Keys(w.branches)) {
		fmt.Fprintf(&in, "reset refs/heads/%s\n\ncommit refs/heads/%s\ncommitter %s +0000\ndata 0\ndeleteall\n", branch, branch, cmp.Or(w.commits[branch], "A <a@b.c> 1790000000"))
		for _, name := range slices.Sorted(maps.Keys(w.branches[branch])) {
			data := w.branches[branch][name]
			mode := "100644"
			if w.exec[branch+" "+name] {
				mode = "100755"
			}
			fmt.Fprintf(&in, "M %s inline %s\ndata %d\n%s\n", mode, name, len(data), data)
		}
	}
	w.git(in.Bytes(), "fast-import", "--quiet", "--force")
	for _, branch := range others {
		w.git(nil, "update-ref", "-d", "refs/heads/"+branch)
	}
	for branch, way := range w.harmed {
		w.harm(branch, way)
	}
	if w.lost != nil {
		w.loseObject(w.lost)
		w.lost = nil
	}
	var err error
	if w.repo, err = store.Open(context.Background(), w.dir, os.Environ()); err != nil {
		w.t.Fatal(err)
	}
}

// put adds a record to a branch.
func (w *world) put(branch string, r *handoff.Record) {
	data, err := handoff.Format(r)
	if err != nil {
		w.t.Fatal(err)
	}
	if w.branches[branch] == nil {
		w.branches[branch] = make(map[string][]byte)
	}
	w.branches[branch][path.Join(".handoffs", r.Name())] = data
}

func (w *world) options() index.Options {
	refs, err := w.repo.Refs(context.Background(), git.Scope{Mine: []string{"a@b.c"}})
	if err != nil {
		w.t.Fatal(err)
	}
	return index.Options{Refs: refs, Dir: ".handoffs", Policy: w.policy, Text: query.Said}
}

func (w *world) open() *index.Index {
	w.t.Helper()
	ix, err := index.Open(context.Background(), w.repo, w.options())
	if err != nil {
		w.t.Fatal(err)
	}
	return ix
}

// openInMemory returns an index as it is where no file can be.
func (w *world) openInMemory() *index.Index {
	w.t.Helper()
	ix, err := index.OpenInMemory(context.Background(), w.repo, w.options())
	if err != nil {
		w.t.Fatal(err)
	}
	return ix
}

// folded is the state as Load and Fold know it: what the index must know.
func (w *world) folded() *fold.State {
	w.t.Helper()
	o := w.options()
	set, err := index.Load(context.Background(), w.repo, o.Refs, o.Dir)
	if err != nil {
		w.t.Fatal(err)
	}
	return fold.Of(set.Records, w.policy)
}

func (w *world) file() string { return filepath.Join(w.repo.CommonDir(), "handoff", "index.db") }

// questions are asked of every world.
var questions = [][]string{
	{"blocked"}, {"waiting-on", "ben"}, {"waiting-on", "lee"}, {"escalated"}, {"overdue"}, {"is:escalated"}, {"next", "team"}, {"holds"}, {"questions"}, {"unacked"}, {"unclaimed"},
	{"at-risk"}, {"stale"}, {"watch"}, {"items"}, {"decisions"}, {"decisions", "api"}, {"decisions", "web"},
	{"whois", "api"}, {"whois", "nobody"}, {"whois", "17"}, {"why", "api"}, {"why", "tls"}, {"why", "17"}, {"why", "item:db"},
	{"whois", "#1742"}, {"whois", "ap"}, {"why", "1742"}, {"why", "item:1742"},
	{"status", "1742"}, {"status", "item:api"}, {"whois", "item:web"}, {"history", "tls"}, {"owns", "web"}, {"owns", "ben"}, {"acks", "api"}, {"acks", "tls"}, {"reviews", "1742"}, {"slas", "tls"},
	{"handoffs", "since:2026-11-18"}, {"declared"}, {"awaits", "ben"},
	{"shipped"}, {"shipped", "since:2026-11-17"}, {"changed"}, {"changed", "since:2026-11-18"},
	{"is:blocked"}, {"is:open", "by:ana"}, {"is:closed"}, {"owner:ben", "-is:open"}, {"item:api"}, {"kind:ack"},
	{"is:shipped"}, {"is:dropped"}, {"is:watch"}, {"is:expired"}, {"kind:gap"}, {"kind:escalation"}, {"is:escalation", "is:open"}, {"kind:ack,answer", "release"}, {"contracts"},
	{"release"}, {"release", "-cache"}, {"re"}, {"cache", "release", "is:item"}, {"nothing-says-this"}, {"blocked", "cache"}, {"items", "-release"},
	{"blocked", "since:2026-11-18"}, {"items", "until:2026-11-17"}, {"holds", "lee", "team:qa"},
	{"shipped", "by:ben"}, {"shipped", "by:nobody"}, {"shipped", "by:ben", "until:2026-11-17"}, {"shipped", "since:2026-11-30"}, {"decisions", "since:2026-11-18"}, {"decisions", "since:2026-11-30"},
	{"decisions", "decider:nobody"}, {"holds", "nobody"}, {"waiting-on", "nobody"}, {"blocked", "item:api"}, {"blocked", "item:nobody"}, {"next", "team", "item:web"}, {"items", "ref:1742", "is:ready"},
	{"kind:ack", "since:2026-11-18"}, {"is:closed", "since:2026-11-18"}, {"-is:open", "since:2026-11-18", "by:ben"}, {"blocked", "since:2026-11-30", "by:ana"}, {"handoffs", "since:2026-11-30"}, {"gaps", "since:2026-11-18"},
	{"status", "apii"}, {"owns", "wbe"}, {"history", "tsl"}, {"why", "ap"}, {"status", "nothing-like-it"}, {"decisions", "ap"}, {"decisions", "the flag"},
}

// compare asks everything of the index, with its file and without, and of
// memory.
func (w *world) compare(ix *index.Index) {
	w.t.Helper()
	want := w.folded()
	ctx := context.Background()
	inMemory := w.openInMemory()
	defer inMemory.Close()
	for _, words := range questions {
		// What earlier questions recalled must not help, nor be in the way.
		fresh := w.open()
		w.compareAnswer(words, want, fresh, true)
		fresh.Close()
		w.compareAnswer(words, want, inMemory, false)
	}
	whole, err := ix.State(ctx)
	if err != nil {
		w.t.Fatalf("%v", err)
	}
	if a, b := asJSON(whole.Problems), asJSON(want.Problems); a != b {
		w.t.Fatalf("problems\nindex  %s\nmemory %s", a, b)
	}
	w.compareLog(want)
	w.compareInboxes(want)
	w.compareBoards(want)
	w.compareFindings(want)
	w.compareEntries(want, w.open())
	w.compareEntries(want, w.openInMemory())
	w.compareSaid(want, w.open())
	w.comparePieces(ix, want)
}

// compareAnswer asks one question of an index.
func (w *world) compareAnswer(words []string, want *fold.State, ix *index.Index, file bool) {
	w.t.Helper()
	now := day.Add(5 * 24 * time.Hour)
	q, err := query.Parse(words, query.ParseEnv{Me: "ana", Now: now})
	if err != nil {
		w.t.Fatalf("%v: %v", words, err)
	}
	recall := func(p fold.Part) (*fold.View, error) { return ix.View(context.Background(), p) }
	got, err := query.Ask(q, recall, query.Env{Now: now})
	if err != nil || ix.FromFile() != file {
		w.t.Fatalf("%v: from the file %t: %v", words, ix.FromFile(), err)
	}
	if a, b := asJSON(got), asJSON(query.Run(q, want.View, query.Env{Now: now})); a != b {
		w.t.Fatalf("%v\nindex with its file %t %s\nmemory %s", words, file, a, b)
	}
}

// compareInboxes looks into the inboxes of everybody, at several times.
func (w *world) compareInboxes(want *fold.State) {
	w.t.Helper()
	for _, who := range want.Authors() {
		for _, days := range []time.Duration{1, 3, 30} {
			now := day.Add(days * 24 * time.Hour)
			since := inbox.Since(who, want.View, now)
			ix := w.open()
			got, err := ix.View(context.Background(), inbox.StatePart(who, since))
			if err != nil {
				w.t.Fatal(err)
			}
			a, b := asJSON(inbox.Of(who, since, got, query.Env{Now: now})), asJSON(inbox.Of(who, since, want.View, query.Env{Now: now}))
			ix.Close()
			in := make(map[string]inbox.Part) // no event is in two parts
			for _, row := range inbox.Of(who, since, got, query.Env{Now: now}) {
				event := string(row.RowType()) + row.Key() + row.Cited().Record
				if part, ok := in[event]; ok && part != row.Part {
					w.t.Fatalf("inbox of %s, day %d: %s is in the parts %s and %s", who, days, event, part, row.Part)
				}
				in[event] = row.Part
			}
			if a != b {
				w.t.Fatalf("inbox of %s, day %d\nindex  %s\nmemory %s", who, days, a, b)
			}
		}
	}
}

// compareBoards draws the board of everybody and of one person, at several times.
func (w *world) compareBoards(want *fold.State) {
	w.t.Helper()
	for _, only := range [][]string{nil, {"ben"}} {
		for _, days := range []time.Duration{1, 30} {
			env := query.Env{Now: day.Add(days * 24 * time.Hour)}
			ix := w.open()
			got, err := board.Of(func(p fold.Part) (*fold.View, error) { return ix.View(context.Background(), p) }, env, only)
			ix.Close()
			all, allErr := board.Of(func(fold.Part) (*fold.View, error) { return want.View, nil }, env, only)
			if err != nil || allErr != nil {
				w.t.Fatal(err, allErr)
			}
			if a, b := asJSON(got), asJSON(all); a != b {
				w.t.Fatalf("board of %v, day %d\nindex  %s\nmemory %s", only, days, a, b)
			}
		}
	}
}

// compareLog lists records.
func (w *world) compareLog(want *fold.State) {
	w.t.Helper()
	since := day.Add(2 * 24 * time.Hour)
	inMemory := w.openInMemory()
	defer inMemory.Close()
	for i, q := range []query.Query{
		{Limit: 1}, {Limit: 3}, {Limit: 10_000}, {Since: since}, {Since: since, Limit: 2}, {Until: since, Limit: 2},
		{Since: since, Terms: []query.Term{{Qualifier: query.InItem, Value: "api"}}},
		{Since: since, Terms: []query.Term{{Qualifier: query.To, Value: "ben"}}},
		{Since: since, Terms: []query.Term{{Qualifier: query.Owner, Value: "ben"}}},
		{}, // which reads everything
	} {
		fresh := w.open()
		for _, ix := range []*index.Index{fresh, inMemory} {
			s, err := ix.View(context.Background(), query.LogPart(q))
			if err != nil {
				w.t.Fatal(err)
			}
			if a, b := describeAll(query.Log(q, s, query.Env{Now: day})), describeAll(query.Log(q, want.View, query.Env{Now: day})); a != b {
				w.t.Fatalf("log %d\nindex  %s\nmemory %s", i, a, b)
			}
		}
		fresh.Close()
	}
}

// compareFindings checks new records about everything on the part of the state
// that they name, with the names of everything: that is all a finding takes.
func (w *world) compareFindings(want *fold.State) {
	w.t.Helper()
	refs := []string{"nothing-of-that-name"}
	at := day.Add(40 * 24 * time.Hour)
	for i, r := range want.Order() {
		at = r.At.Add(20 * time.Second) // so that some is not long ago
		if i%8 == 0 {
			refs = append(refs, r.ID)
		}
	}
	for _, slug := range slugs {
		refs = append(refs, slug, "blk:"+slug, "q:"+slug)
	}
	ix := w.open()
	defer ix.Close()
	for _, ref := range refs {
		_, name := handoff.SplitRef(ref)
		for _, body := range []handoff.Body{
			&handoff.Ack{Subject: ref, Outcome: handoff.OutcomeAccepted}, &handoff.Ack{Subject: ref, Outcome: handoff.OutcomeAccepted, Take: []string{"api"}},
			&handoff.Answer{Question: ref, Text: "After 15 minutes"}, &handoff.Resolution{Blocker: name, Outcome: "resolved", How: "The flag is set for all"},
			&handoff.DecisionRecord{Topic: name, DecisionFields: handoff.DecisionFields{Decision: "Sessions last 15 minutes", Rationale: "The audit asks for it", Supersedes: name}},
			&handoff.DecisionRecord{Topic: "decided-anew", DecisionFields: handoff.DecisionFields{Decision: says[0], Rationale: "The audit asks for it", Items: []string{name}}},
			&handoff.Escalation{Subject: ref, Reason: "stalled", To: "lee", Ask: "Decide today", Level: 1},
			&handoff.Assignment{Item: name, To: "ben", From: "ana"}, &handoff.Withdrawal{Subject: ref, Why: "It was sent twice"},
			&handoff.Handoff{Amends: ref, Summary: says[0], Items: handoff.List[handoff.Item]{{ID: "api", Status: "ready", State: "a cache is cold"}}},
			&handoff.Gap{Subject: ref, Class: "stale", Impact: "delay", Recovery: "Asked in the chat"}, &handoff.Question{Ask: "Which flag?", To: "ben", About: ref},
		} {
			record := handoff.New("zzzzzzzz", at, "ana", body)
			needed := rules.Part(record)
			needed.Names = true
			part, err := ix.View(context.Background(), needed)
			if err != nil {
				w.t.Fatal(err)
			}
			got, all := w.check(record, part), w.check(record, want.View)
			if a, b := asJSON(got), asJSON(all); a != b {
				w.t.Fatalf("%s about %s\nindex  %s\nmemory %s", record.Kind, ref, a, b)
			}
			problems, err := ix.Problems(context.Background(), []*handoff.Record{record})
			if err != nil {
				w.t.Fatal(err)
			}
			if all := fold.ProblemsOf(want, []*handoff.Record{record}, w.policy); !slices.Equal(problems, all) {
				w.t.Fatalf("problems of %s about %s\nindex  %v\nmemory %v", record.Kind, ref, problems, all)
			}
		}
	}
}

func (w *world) check(record *handoff.Record, s *fold.View) []handoff.Finding {
	return rules.CheckSealed(handoff.Seal(record), rules.Context{State: s, By: record.By, At: record.At.Time, Now: record.At.Time})
}

// comparePieces puts everything together that comes in pieces.
func (w *world) comparePieces(ix *index.Index, want *fold.State) {
	w.t.Helper()
	ctx := context.Background()
	var records []*handoff.Record
	for {
		some, err := ix.Records(ctx, len(records))
		if err != nil {
			w.t.Fatal(err)
		}
		if len(some) == 0 {
			break
		}
		records = append(records, some...)
	}
	if a, b := describeAll(records), describeAll(want.Order()); a != b {
		w.t.Fatalf("records\nindex  %s\nmemory %s", a, b)
	}
	for _, kind := range query.Kinds {
		keys, err := ix.Keys(ctx, kind)
		if err != nil || !slices.Equal(keys, want.Keys(kind)) {
			w.t.Fatalf("kind %d: keys %q, memory has %q: %v", kind, keys, want.Keys(kind), err)
		}
		var rows []row.Row
		for some := range slices.Chunk(keys, 2) {
			s, err := ix.Entries(ctx, kind, some)
			if err != nil {
				w.t.Fatal(err)
			}
			rows = append(rows, query.States(query.Query{}, s, query.Env{Now: day}, kind, some)...)
		}
		if a, b := asJSON(rows), asJSON(query.States(query.Query{}, want.View, query.Env{Now: day}, kind, keys)); a != b {
			w.t.Fatalf("kind %d\nindex  %s\nmemory %s", kind, a, b)
		}
	}
	if !ix.FromFile() {
		w.t.Fatal("not from the file")
	}
}

func describeAll(records []*handoff.Record) string {
	var text string
	for _, r := range records {
		text += asJSON(r) + asJSON(r.Source) + "\n"
	}
	return text
}

// compareEntries looks every entry up by its name.
func (w *world) compareEntries(want *fold.State, ix *index.Index) {
	w.t.Helper()
	var refs []string
	for _, r := range want.Order() {
		refs = append(refs, r.ID)
	}
	for _, slug := range slugs {
		refs = append(refs, slug, "blk:"+slug)
	}
	defer ix.Close()
	for _, ref := range append(refs, "@", "@ben", "000", "q:api") {
		got, err := ix.View(context.Background(), fold.Part{Refs: []string{ref}})
		if err != nil {
			w.t.Fatalf("%s: %v", ref, err)
		}
		a, b := describe(got, ref), describe(want.View, ref)
		if a != b {
			w.t.Fatalf("%s\nindex  %s\nmemory %s", ref, a, b)
		}
	}
}

// compareSaid looks records up by where they were said.
func (w *world) compareSaid(want *fold.State, ix *index.Index) {
	w.t.Helper()
	defer ix.Close()
	for n := range 20 {
		got, err := ix.View(context.Background(), fold.Part{Said: []string{saidURL(n)}})
		if err != nil {
			w.t.Fatal(err)
		}
		if a, b := asJSON(got.SaidAt(saidURL(n))), asJSON(want.SaidAt(saidURL(n))); a != b {
			w.t.Fatalf("said at %s\nindex  %s\nmemory %s", saidURL(n), a, b)
		}
	}
}

// describe is what a reference means, with every record of its story.
func describe(s *fold.View, ref string) string {
	target, err := s.Resolve(ref, "ana")
	if err != nil {
		return err.Error()
	}
	var entry any
	var history []string
	switch target.Type {
	case fold.TargetItem:
		entry, history = s.Items[target.Name], s.Items[target.Name].History
	case fold.TargetBlocker:
		b := *s.Blockers[target.Name]
		entry, history = b, b.History
	case fold.TargetQuestion:
		entry, history = s.Questions[target.Name], s.Questions[target.Name].History
	case fold.TargetDecision:
		entry = append(s.Decisions[target.Name].Earlier(), s.Decisions[target.Name])
	case fold.TargetRecord:
		history = []string{target.Name}
		if h := s.Handoffs[target.Name]; h != nil {
			entry = []any{h.State, h.First, h.Questions, h.Taken, h.Acks, h.SupersededBy, h.Summary}
		}
	}
	text := asJSON(target) + asJSON(entry)
	for _, id := range history {
		text += asJSON(s.Records[id]) + asJSON(s.Records[id].Source)
	}
	return text
}

func asJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

var (
	people = []string{"ana", "ben", "cleo", "lee"}
	slugs  = []string{"api", "web", "tls", "db"}
	says   = []string{"the release waits", "a cache is cold", "release the cache", "nothing new"}
)

// drawRecord is a record that knows of some others.
func drawRecord(t *rapid.T, n int, ids []string) *handoff.Record {
	pick := func(list []string) string { return rapid.SampledFrom(list).Draw(t, "pick") }
	some := func(list []string) []string { return list[:rapid.IntRange(0, len(list)).Draw(t, "some")] }
	one := func(n int) bool { return rapid.IntRange(0, n-1).Draw(t, "rarely") == 0 }
	earlier := "00000000"
	if len(ids) > 0 {
		earlier = ids[len(ids)-1-rapid.IntRange(0, min(3, len(ids)-1)).Draw(t, "earlier")]
	}
	at := day.Add(time.Duration(n) * 2 * time.Hour)
	if one(8) {
		at = at.Add(-time.Duration(rapid.IntRange(0, 60).Draw(t, "late")) * time.Hour)
	}
	if one(4) && n > 0 { // at nearly the same moment as the one before
		at = day.Add(time.Duration(n-1)*2*time.Hour + time.Duration(1+n%3)*handoff.Precision)
	}
	by := pick(people)
	var body handoff.Body
	switch rapid.IntRange(0, 11).Draw(t, "kind") {
	default:
		body = drawHandoff(t, by, earlier, pick, some, one)
	case 5, 6, 7:
		ack := &handoff.Ack{Subject: earlier, Outcome: pick([]string{"accepted", "accepted", "declined", "changes_requested", "seen"}), Take: some(slugs), Note: pick(says)}
		if one(4) {
			ack.Gaps = []handoff.GapNote{{Item: pick(slugs), Class: "stale", Note: pick(says)}}
		}
		body = ack
	case 8:
		body = &handoff.Resolution{Blocker: pick(slugs), Outcome: "resolved", How: pick(says)}
	case 9:
		body = &handoff.Question{About: pick(append(slugs, earlier)), Ask: pick(says), To: pick(people)}
	case 10:
		body = &handoff.DecisionRecord{Topic: pick(slugs), DecisionFields: drawDecision(pick, some)}
	case 11:
		body = pickBody(t, pick(slugs), earlier, pick)
	}
	r := handoff.New(fmt.Sprintf("%08d", n), at, by, body)
	if n%5 == 3 { // some of them twice
		r.Said = &handoff.Said{URL: saidURL(n % 20), Via: "github"}
	}
	return r
}

func saidURL(n int) string { return fmt.Sprintf("https://forge.example.com/acme/shop/issues/%d", n) }

func pickBody(t *rapid.T, slug, earlier string, pick func([]string) string) handoff.Body {
	return rapid.SampledFrom([]handoff.Body{
		&handoff.Escalation{Subject: pick([]string{"blk:" + slug, "item:" + slug, "q:" + slug, earlier}), To: pick(people), Level: 1, Ask: pick(says)},
		&handoff.Assignment{Item: slug, To: pick(people)},
		&handoff.Withdrawal{Subject: earlier},
		&handoff.Answer{Question: earlier, Text: pick(says)},
		&handoff.Route{Subject: "blk:" + slug, To: pick(people)},
		&handoff.Route{
			Subject: pick([]string{"blk:" + slug, "q:" + slug, "dec:" + slug, earlier}), To: "chat", Via: "slack", Told: []string{pick(people)},
			State: pick([]string{handoff.RouteSending, handoff.RouteSent, handoff.RouteFailed}), Key: pick([]string{"key-1", "key-2"}), Ends: earlier,
		},
		&handoff.Route{
			Subject: pick([]string{"blk:" + slug, "q:" + slug, earlier}), To: "chat", Via: "slack", Told: []string{pick(people)}, Deadline: handoff.Time{Time: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)},
			State: pick([]string{handoff.RouteSending, handoff.RouteSent, handoff.RouteFailed}), Key: "key-3", Ends: earlier,
		},
		&handoff.Gap{Subject: earlier, Recovery: pick(says)},
	}).Draw(t, "body")
}

func drawDecision(pick func([]string) string, some func([]string) []string) handoff.DecisionFields {
	return handoff.DecisionFields{
		Decision: pick(says), Rationale: pick(says), Items: some(slugs), Answers: pick([]string{"", "blk:tls", "blk:db"}),
		Supersedes: pick([]string{"", "api", "web"}), Status: pick([]string{"", "proposed", "reversed", "rejected"}),
	}
}

func drawHandoff(t *rapid.T, by, earlier string, pick func([]string) string, some func([]string) []string, one func(int) bool) *handoff.Handoff {
	h := &handoff.Handoff{To: some(append([]string{"team:qa"}, people...)), CC: some(people), Summary: pick(says), Team: pick([]string{"", "", "qa", "payments"})}
	for range rapid.IntRange(0, 3).Draw(t, "items") {
		it := handoff.Item{ID: pick(slugs), Status: pick([]string{"ready", "blocked", "in_review"}), Owner: pick(people), State: pick(says), Intent: pick([]string{"", "faster refunds"})}
		for _, who := range some(people) {
			it.Next = append(it.Next, handoff.Next{Do: pick(says), Owner: who})
		}
		if one(6) {
			it.Refs = []handoff.Ref{{Type: "pr", ID: pick([]string{"#17", "#1742"})}}
		}
		if one(4) {
			it.BlockedBy, it.Reopened = []string{pick(slugs)}, "again"
		}
		if one(6) {
			it.Continues = pick(slugs)
		}
		h.Items = append(h.Items, it)
	}
	if one(2) {
		h.Blockers = handoff.List[handoff.Blocker]{{ID: pick(slugs), Needs: pick(says), Resolver: pick(people), Blocks: some(slugs)}}
		h.Shipped = handoff.List[handoff.Shipped]{{ID: pick(append(slugs, "")), What: pick(says)}}
	}
	if one(3) {
		h.Decisions = handoff.List[handoff.Decision]{{ID: pick(slugs), DecisionFields: drawDecision(pick, some)}}
		h.Questions = []handoff.OpenQuestion{{ID: pick(slugs), Ask: pick(says), To: pick(people)}}
		h.Dropped = []handoff.Reasoned{{ID: pick(slugs), Why: pick(says)}}
	}
	if one(3) {
		h.Amends = earlier
	}
	if one(8) {
		h.Rollup = &handoff.Rollup{Level: "team", Scope: pick([]string{"qa", ""}), Sources: []handoff.RollupSource{{ID: earlier}}}
	}
	if one(4) {
		h.Ended = []handoff.Ended{{What: pick(says), Why: pick(says)}}
	}
	if one(3) {
		h.Watch = []handoff.Watch{{What: pick(says)}}
	}
	return h
}
