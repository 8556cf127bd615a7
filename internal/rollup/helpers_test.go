package rollup

import (
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
	"pgregory.net/rapid"
)

var day = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// step is a record of a story. Its id is padded to a whole one, its time is a
// minute after the step before, plus skew.
type step struct {
	id, by string
	body   handoff.Body
	skew   time.Duration
}

func story(steps ...step) []*handoff.Record {
	var records []*handoff.Record
	for i, s := range steps {
		records = append(records, handoff.New(pad(s.id), day.Add(time.Duration(i)*time.Minute+s.skew), s.by, s.body))
	}
	return records
}

func pad(id string) string { return (id + "00000000")[:handoff.IDLength] }

// work is an item whose next steps are for the given people.
func work(id, status string, next ...string) handoff.Item {
	item := handoff.Item{ID: id, Status: status, Owner: "ana", State: "the state of " + id}
	for _, who := range next {
		item.Next = append(item.Next, handoff.Next{Do: "go on with " + id, Owner: who})
	}
	return item
}

func items(list ...handoff.Item) *handoff.Handoff {
	return &handoff.Handoff{To: handoff.List[string]{"ben"}, Items: list}
}

func accepted(subject string, take ...string) *handoff.Ack {
	return &handoff.Ack{Subject: pad(subject), Outcome: handoff.OutcomeAccepted, Take: take}
}

func blocked(id string, blocks ...string) *handoff.Handoff {
	return &handoff.Handoff{Blockers: handoff.List[handoff.Blocker]{{ID: id, Needs: "a reply", Resolver: "sarah", Blocks: blocks}}}
}

var people = []string{"ana", "ben", "cleo", "lee"}

// drawHistory draws handoffs of a few items and blockers, and acks that take some.
func drawHistory(t *rapid.T) []*handoff.Record {
	pick := func(from ...string) string { return rapid.SampledFrom(from).Draw(t, "one") }
	var records []*handoff.Record
	var handoffs []string
	for i := range rapid.IntRange(1, 15).Draw(t, "records") {
		id := pad(string(rune('a'+i)) + "rec")
		var body handoff.Body
		if len(handoffs) > 0 && rapid.Bool().Draw(t, "ack") {
			body = &handoff.Ack{Subject: pick(handoffs...), Outcome: handoff.OutcomeAccepted, Take: []string{pick("api", "web", "db")}}
		} else {
			body = drawHandoff(pick)
			handoffs = append(handoffs, id)
		}
		records = append(records, handoff.New(id, day.Add(time.Duration(i-20)*time.Minute), pick(people...), body))
	}
	return records
}

func drawHandoff(pick func(...string) string) *handoff.Handoff {
	h := &handoff.Handoff{To: []string{pick(people...)}}
	for _, slug := range []string{"api", "web", "db"} {
		switch pick("listed", "shipped", "dropped", "nothing") {
		case "listed":
			h.Items = append(h.Items, work(slug, pick(handoff.StatusReady, handoff.StatusBlocked), pick(people...)))
		case "shipped":
			h.Shipped = append(h.Shipped, handoff.Shipped{ID: slug, What: "it is out"})
		case "dropped":
			h.Dropped = append(h.Dropped, handoff.Reasoned{ID: slug, Why: "nobody needs it"})
		}
	}
	for _, slug := range []string{"tls", "key"} {
		if pick("blocked", "free") == "blocked" {
			h.Blockers = append(h.Blockers, handoff.Blocker{ID: slug, Needs: "a reply", Resolver: "sarah", Blocks: []string{pick("api", "web", "db")}})
		}
	}
	return h
}
