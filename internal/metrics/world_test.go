package metrics

import (
	"fmt"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"pgregory.net/rapid"
)

// day is when the stories of the tests begin.
var day = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

var people = []string{"ana", "ben", "cleo", "lee"}

func office(t testing.TB, zone string, start, end int) calendar.Calendar {
	t.Helper()
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return calendar.Calendar{Location: location, Start: start, End: end, Days: [7]bool{time.Monday: true, time.Tuesday: true, time.Wednesday: true, time.Thursday: true, time.Friday: true}}
}

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
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

func verdict(subject, outcome string) *handoff.Ack {
	return &handoff.Ack{Subject: pad(subject), Outcome: outcome}
}

func decided(topic, what, supersedes string) *handoff.DecisionRecord {
	return &handoff.DecisionRecord{Topic: topic, DecisionFields: handoff.DecisionFields{Decision: what, Rationale: "it is cheap", Supersedes: supersedes}}
}

func amending(id string, h *handoff.Handoff) *handoff.Handoff {
	h.Amends = pad(id)
	return h
}

func rollup(h *handoff.Handoff) *handoff.Handoff {
	h.Rollup = &handoff.Rollup{Level: "team", Scope: "payments"}
	return h
}

// drawRecords draws what a few people write about a few names: most of it refers
// to something earlier, some to what is not there.
func drawRecords(t *rapid.T) []*handoff.Record {
	slugs := []string{"api", "web", "tls", "db"}
	pick := func(from []string) string { return rapid.SampledFrom(from).Draw(t, "one") }
	some := func(from []string) []string { return from[:rapid.IntRange(0, len(from)).Draw(t, "some")] }
	var records []*handoff.Record
	earlier := func() string { return fmt.Sprintf("%08d", max(0, len(records)-rapid.IntRange(0, 4).Draw(t, "back"))) }
	body := func() handoff.Body {
		switch rapid.IntRange(0, 11).Draw(t, "kind") {
		default:
			h := items(work(pick(slugs), handoff.StatusReady, some(people)...), work(pick(slugs), handoff.StatusBlocked, some(people)...))
			h.To = some(people)
			h.Blockers = handoff.List[handoff.Blocker]{{ID: pick(slugs), Resolver: pick(people), Blocks: some(slugs)}}
			h.Items[0].Severity = pick([]string{"", handoff.SeverityCritical})
			if rapid.Bool().Draw(t, "amends") {
				h.Amends = earlier()
			}
			if rapid.Bool().Draw(t, "shares") {
				queries := rapid.IntRange(0, 9).Draw(t, "queries")
				h.Meta = &handoff.Meta{Queries: &queries, FirstTryErrors: &queries}
			}
			if rapid.IntRange(0, 3).Draw(t, "rollup") == 0 {
				return rollup(h)
			}
			return h
		case 3, 4, 5:
			outcome := pick([]string{handoff.OutcomeAccepted, handoff.OutcomeAcceptedWithGaps, handoff.OutcomeDeclined, handoff.OutcomeChangesRequested, handoff.OutcomeSeen})
			return &handoff.Ack{Subject: earlier(), Outcome: outcome, Take: some(slugs)}
		case 6:
			return &handoff.Question{About: pick([]string{earlier(), "item:" + pick(slugs), pick(slugs)}), Ask: pick(slugs), To: pick(people)}
		case 7:
			return &handoff.Resolution{Blocker: pick(slugs), Outcome: pick(fold.Resolutions), Source: pick([]string{"git", "chat"})}
		case 8:
			return &handoff.Gap{Subject: pick([]string{earlier(), pick(slugs)}), Impact: "stall"}
		case 9:
			return &handoff.Withdrawal{Subject: earlier()}
		case 10:
			return &handoff.Assignment{Item: pick(slugs), To: pick(people), Via: earlier()}
		case 11:
			return &handoff.Answer{Question: earlier(), Source: "chat"}
		}
	}
	for range rapid.IntRange(0, 40).Draw(t, "records") {
		at := day.Add(time.Duration(len(records)*60+rapid.IntRange(-300, 300).Draw(t, "off")) * time.Minute)
		records = append(records, handoff.New(fmt.Sprintf("%08d", len(records)), at, pick(people), body()))
	}
	return records
}

// quarter is n records of a team that works: everybody hands two items on,
// mostly acked, with a blocker now and then.
func quarter(n int) []*handoff.Record {
	var records []*handoff.Record
	add := func(by string, body handoff.Body) {
		id := fmt.Sprintf("%08d", len(records))
		records = append(records, handoff.New(id, day.Add(time.Duration(len(records))*10*time.Minute), by, body))
	}
	for turn := 0; len(records) < n; turn++ {
		sender, receiver := people[turn%len(people)], people[(turn+1)%len(people)]
		h := items(work(fmt.Sprintf("api-%d", turn/20), handoff.StatusReady, receiver), work(fmt.Sprintf("web-%d-%s", turn/20, sender), handoff.StatusReady, sender))
		blocker := fmt.Sprintf("tls-%d", turn)
		h.Blockers = handoff.List[handoff.Blocker]{{ID: blocker, Blocks: []string{h.Items[0].ID}}}
		add(sender, h)
		add(receiver, &handoff.Ack{Subject: records[len(records)-1].ID, Outcome: handoff.OutcomeAccepted, Take: []string{h.Items[0].ID}})
		add(receiver, &handoff.Resolution{Blocker: blocker, Outcome: "resolved"})
	}
	return records[:n]
}
