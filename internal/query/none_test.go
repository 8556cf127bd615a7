package query

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"pgregory.net/rapid"
)

// keysOfNone are the keys that a handoff must have to say none, and those
// without which it says none of less.
var keysOfNone = map[Topic]struct{ all, less []string }{
	Blocked:   {[]string{"blockers"}, nil},
	WaitingOn: {[]string{"blockers", "items", "questions"}, []string{"blockers", "items"}},
	Awaits:    {[]string{"blockers", "items", "questions"}, []string{"blockers", "items"}},
	NextSteps: {[]string{"items"}, nil},
	Holds:     {[]string{"items"}, nil},
	Decisions: {[]string{"decisions"}, nil},
	Questions: {[]string{"questions"}, nil},
	Unclaimed: {[]string{"items"}, nil},
	AtRisk:    {[]string{"items", "blockers"}, nil},
	Stale:     {[]string{"items"}, nil},
	Watched:   {[]string{"watch", "standing"}, nil},
	Shipped:   {[]string{"shipped"}, nil},
	Changed:   {[]string{"items", "blockers", "decisions", "questions"}, []string{"items", "blockers", "decisions"}},
	Items:     {[]string{"items"}, nil},
	Search:    {[]string{"items", "blockers", "decisions", "questions"}, []string{"items", "blockers", "decisions"}},
}

// keysOfTerm are the keys that a term asks for. A search for them rests on
// nothing else.
var keysOfTerm = map[string][]string{
	"is:shipped": {"shipped"}, "is:dropped": {"dropped"}, "is:question": {"questions"}, "is:watch": {"watch", "standing"},
	"is:blocked": {"items", "blockers"}, "is:proposed": {"decisions"}, "is:reopened": {"blockers"},
}

// drawSilent draws a handoff that leaves out, empties or fills each of its
// lists.
func drawSilent(t *rapid.T, id string, at handoff.Time, by string, before []string) *handoff.Record {
	h := &handoff.Handoff{To: handoff.List[string]{"ben"}, Summary: "what is left of the day", ReturnsAt: handoff.Time{Time: at.Add(16 * time.Hour)}}
	name := rapid.SampledFrom([]string{"api", "web", "db"})
	fill := func(key string, empty, full func()) {
		switch rapid.IntRange(0, 5).Draw(t, key) {
		case 0, 1:
			empty()
		case 2:
			full()
		}
	}
	fill("shipped", func() { h.Shipped = handoff.List[handoff.Shipped]{} }, func() {
		h.Shipped = handoff.List[handoff.Shipped]{{ID: name.Draw(t, "shipped item"), What: "it is done"}}
	})
	fill("items", func() { h.Items = handoff.List[handoff.Item]{} }, func() {
		owner := rapid.SampledFrom([]string{"ana", "ben", "team"}).Draw(t, "owner")
		h.Items = handoff.List[handoff.Item]{{ID: name.Draw(t, "item"), Status: "ready", Owner: by, State: "it is begun", Next: []handoff.Next{{Do: "go on", Owner: owner}}}}
	})
	fill("blockers", func() { h.Blockers = handoff.List[handoff.Blocker]{} }, func() {
		h.Blockers = handoff.List[handoff.Blocker]{{ID: "key", Needs: "a key", Because: "without", Resolver: "cara", Blocks: []string{name.Draw(t, "blocked item")}}}
	})
	fill("decisions", func() { h.Decisions = handoff.List[handoff.Decision]{} }, func() {
		h.Decisions = handoff.List[handoff.Decision]{{ID: "bus", DecisionFields: handoff.DecisionFields{Decision: "no bus", Rationale: "one writer"}}}
	})
	fill("questions", func() { h.Questions = handoff.List[handoff.OpenQuestion]{} }, func() {
		h.Questions = handoff.List[handoff.OpenQuestion]{{ID: "when", Ask: "when?", To: "cara"}}
	})
	fill("dropped", func() { h.Dropped = handoff.List[handoff.Reasoned]{} }, func() {
		h.Dropped = handoff.List[handoff.Reasoned]{{ID: name.Draw(t, "dropped item"), Why: "not needed"}}
	})
	fill("watch", func() { h.Watch = handoff.List[handoff.Watch]{} }, func() { h.Watch = handoff.List[handoff.Watch]{{What: "the queue"}} })
	fill("standing", func() { h.Standing = handoff.List[handoff.Standing]{} }, func() {
		h.Standing = handoff.List[handoff.Standing]{{What: "a freeze", Until: handoff.Time{Time: at.Add(time.Hour)}}}
	})
	if len(before) > 0 && rapid.IntRange(0, 4).Draw(t, "amends") == 0 {
		h.Amends = rapid.SampledFrom(before).Draw(t, "amended")
	}
	return handoff.New(id, at.Time, by, h)
}

// drawSilentHistory draws handoffs, and words on them, as they are read from
// files or from the compact form of the index.
func drawSilentHistory(t *rapid.T) (records []*handoff.Record, texts map[string][]byte) {
	texts = make(map[string][]byte)
	sent := make(map[string][]string)
	for i := range rapid.IntRange(1, 6).Draw(t, "handoffs") {
		by := rapid.SampledFrom([]string{"ana", "ben", "cara"}).Draw(t, "by")
		when := handoff.Time{Time: at("18 08:00").Add(time.Duration(i) * 5 * time.Hour)}
		drawn := []*handoff.Record{drawSilent(t, fmt.Sprintf("hand000%d", i), when, by, sent[by])}
		sent[by] = append(sent[by], drawn[0].ID)
		switch reply := when.Add(time.Hour); rapid.IntRange(0, 5).Draw(t, "reply") {
		case 0:
			drawn = append(drawn, handoff.New(fmt.Sprintf("went000%d", i), reply, by, &handoff.Withdrawal{Subject: drawn[0].ID, Why: "too early"}))
		case 1:
			drawn = append(drawn, handoff.New(fmt.Sprintf("seen000%d", i), reply, "ben", &handoff.Ack{Subject: drawn[0].ID, Outcome: handoff.OutcomeAccepted}))
		case 2:
			drawn = append(drawn, handoff.New(fmt.Sprintf("gone000%d", i), reply, "ben", &handoff.Resolution{Blocker: "blk:key", Outcome: "resolved", How: "it came"}))
		}
		for _, r := range drawn {
			text, err := handoff.Format(r)
			if err != nil {
				t.Fatal(err)
			}
			read := handoff.Parse(text, "").Record
			if rapid.Bool().Draw(t, "from the index") {
				if read, err = handoff.DecodeRecord(handoff.EncodeRecord(read)); err != nil {
					t.Fatal(err)
				}
			}
			records, texts[r.ID] = append(records, read), text
		}
	}
	return records, texts
}

var citesHandoffs = regexp.MustCompile(`; (?:that is how )?(\d+)(?: of (\d+))? (?:current )?handoffs? (?:says? so|stands?)`)

// Whoever is told that there is none is told how many handoffs say so: those,
// and only those, that have every key on which it rests.
func TestNoneIsSaidByThoseThatSayIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records, texts := drawSilentHistory(t)
		s := fold.Of(records, fold.PolicyPerItem).View
		q := Query{Topic: Topic(rapid.SampledFrom(append(topicNames(), string(Search))).Draw(t, "topic")), Me: "ana"}
		if q.Topic == WaitingOn {
			q.Arg = "team"
		}
		rests := keysOfNone[q.Topic]
		if q.Topic == Search || rapid.IntRange(0, 3).Draw(t, "narrowed") == 0 {
			text := rapid.SampledFrom([]string{"is:shipped", "is:dropped", "is:question", "is:watch", "is:blocked", "is:proposed", "is:reopened", "kind:gap"}).Draw(t, "term")
			name, value, _ := bytes.Cut([]byte(text), []byte(":"))
			q.Terms = []Term{term(Qualifier(name), string(value))}
			if q.Topic == Search {
				rests.all, rests.less = nil, nil
			}
			rests.all = append(slices.Clone(rests.all), keysOfTerm[text]...)
			if rests.less != nil {
				rests.less = append(slices.Clone(rests.less), keysOfTerm[text]...)
			}
		}
		a := Run(q, s, Env{Now: now})
		if len(a.Rows) > 0 {
			return
		}
		checkNone(t, a, rests.all, rests.less, texts)
	})
}

// checkNone compares what an answer says with the texts of the records.
func checkNone(t *rapid.T, a Answer, all, less []string, texts map[string][]byte) {
	has := func(id string, keys []string) bool {
		return !slices.ContainsFunc(keys, func(key string) bool { return !bytes.Contains(texts[id], []byte("\n"+key+":")) })
	}
	for _, silent := range a.Silent {
		if has(silent.Record, all) || slices.ContainsFunc(silent.Keys, func(key string) bool { return has(silent.Record, []string{key}) }) {
			t.Fatalf("%s has what it is said to lack: %v\n%s", silent.Record, silent.Keys, texts[silent.Record])
		}
	}
	if !a.Answered {
		if a.none.sayers > 0 {
			t.Fatalf("%q, and %d say so", a.Say, a.none.sayers)
		}
		return
	}
	if a.none.fixed {
		return
	}
	found := citesHandoffs.FindStringSubmatch(a.Say)
	if found == nil {
		t.Fatalf("%q cites nobody", a.Say)
	}
	cited, _ := strconv.Atoi(found[1])
	counting := cited
	if found[2] != "" {
		counting, _ = strconv.Atoi(found[2])
	}
	lackless := 0
	for _, silent := range a.Silent {
		if less == nil || !has(silent.Record, less) {
			lackless++
		}
	}
	full := counting - len(a.Silent)
	if cited != full && (full > 0 || less == nil || cited != counting-lackless) {
		t.Fatalf("%q cites %d, and %d of %d lack a key: %+v", a.Say, cited, len(a.Silent), counting, a.Silent)
	}
	said := 0 // by any handoff at all
	for id := range texts {
		if id[:4] == "hand" && (has(id, all) || full == 0 && has(id, less)) {
			said++
		}
	}
	if cited == 0 || cited > said {
		t.Fatalf("%q cites %d, and %d have the keys", a.Say, cited, said)
	}
}
