package config

import (
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// office is a resolver in London with a cover who may be away too, an alternate
// in New York and a ladder that ends in Sydney.
const office = `format: 1
people:
  ana: {tz: Asia/Singapore, hours: 09:00-18:00}
  sarah: {team: product, tz: Europe/London, hours: 09:00-17:00, away: [{from: 2026-12-21, to: 2027-01-04, cover: carl}, {from: 2026-10-19, to: 2026-10-23}]}
  carl: {team: product, tz: Europe/London, hours: 09:00-17:00, away: [{from: 2026-12-28, to: 2026-12-31, cover: dan}]}
  dan: {team: product, tz: Europe/London, hours: 09:00-17:00, away: [{from: 2026-12-31, to: 2026-12-31, cover: carl}]}
  ines: {team: product, tz: America/New_York, hours: 09:00-17:00}
  lea: {team: product, tz: Australia/Sydney, hours: 09:00-17:00}
  max: {team: product}
teams: {product: {lead: lea}}
authority: [{area: session-policy, primary: sarah, alternates: [ana, ines]}]
escalation: {default: [alternate, team:lead, max]}
sla: {blocker_ack: 4h, blocker_resolve: 2d, answer: 8h}
`

// utc is a time as "11-20 10:00", with the year in which it is.
func utc(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestBlockerAsks(t *testing.T) {
	const none = ""
	blocker := func(change func(*fold.Blocker)) *fold.Blocker {
		b := &fold.Blocker{Blocker: handoff.Blocker{ID: "policy", Resolver: "sarah"}, State: fold.BlockerRouted, DeclaredBy: "ana", Opened: utc(t, "2026-11-20 10:00")}
		if change != nil {
			change(b)
		}
		return b
	}
	opened := func(at string) func(*fold.Blocker) {
		return func(b *fold.Blocker) { b.Opened = utc(t, at) }
	}
	raised := func(to, deadline string, state string) func(*fold.Blocker) {
		return func(b *fold.Blocker) {
			e := &handoff.Escalation{To: to}
			if deadline != "" {
				e.Deadline = handoff.Time{Time: utc(t, deadline)}
			}
			b.State = state
			b.Escalations = []*fold.Escalation{{By: "ana", To: to, Record: handoff.New("e0000001", utc(t, "2026-11-20 15:00"), "ana", e)}}
		}
	}
	acked := func(by string) func(*fold.Blocker) {
		return func(b *fold.Blocker) {
			b.State = fold.BlockerAcknowledged
			b.Acknowledged = handoff.New("a0000001", b.Opened.Add(time.Hour), by, &handoff.Ack{Outcome: handoff.OutcomeAccepted})
		}
	}
	tests := []struct {
		name   string
		change func(*fold.Blocker)
		now    string // UTC
		want   Routing
		due    string // UTC
	}{
		{"at work", nil, "2026-11-20 11:00", Routing{"sarah", BecausePrimary, ""}, "2026-11-20 14:00"},
		{"past its time, still at work", nil, "2026-11-20 16:00", Routing{"sarah", BecausePrimary, ""}, "2026-11-20 14:00"},
		{"gone home, and New York works", nil, "2026-11-20 19:00", Routing{"ines", BecauseAlternate, ""}, "2026-11-20 18:00"},
		{"back in time", opened("2026-11-23 02:00"), "2026-11-23 06:00", Routing{"sarah", BecausePrimary, ""}, "2026-11-23 13:00"},
		{"nobody works, and who has no hours may", nil, "2026-11-21 12:00", Routing{"max", BecauseLadder, ""}, "2026-11-20 14:00"},
		{"her night is the day of the team lead", func(b *fold.Blocker) { b.Opened = utc(t, "2026-11-22 22:00"); b.Resolver = "carl" }, "2026-11-22 23:00", Routing{"lea", BecauseLadder, ""}, "2026-11-23 02:00"},

		{"away, with a cover", opened("2026-12-21 10:00"), "2026-12-22 10:00", Routing{"carl", BecauseCover, "covers for sarah"}, "2026-12-21 14:00"},
		{"the cover is away too, with a cover", opened("2026-12-29 10:00"), "2026-12-29 10:30", Routing{"dan", BecauseCover, "covers for sarah"}, "2026-12-29 14:00"},
		{"covers in a circle, and the alternate works", opened("2026-12-31 14:00"), "2026-12-31 15:00", Routing{"ines", BecauseAlternate, ""}, "2026-12-31 18:00"},
		{"away without a cover", opened("2026-10-20 13:00"), "2026-10-20 14:00", Routing{"ines", BecauseAlternate, ""}, "2026-10-20 17:00"},
		{"back from absence", opened("2026-12-22 10:00"), "2027-01-05 10:00", Routing{"sarah", BecausePrimary, ""}, "2027-01-05 13:00"},

		{"needed before she works again", func(b *fold.Blocker) { b.NeededBy.Time = utc(t, "2026-11-20 22:00") }, "2026-11-20 19:00", Routing{"ines", BecauseAlternate, ""}, "2026-11-20 18:00"},
		{"needed after she works again", func(b *fold.Blocker) { b.NeededBy.Time = utc(t, "2026-11-23 10:00") }, "2026-11-20 19:00", Routing{"sarah", BecausePrimary, ""}, "2026-11-20 14:00"},
		{"needed before the SLA ends", func(b *fold.Blocker) { b.NeededBy.Time = utc(t, "2026-11-20 12:00") }, "2026-11-20 11:00", Routing{"sarah", BecausePrimary, ""}, "2026-11-20 12:00"},
		{"critical runs on the wall", func(b *fold.Blocker) {
			b.Opened = utc(t, "2026-11-20 16:00")
			b.Severity = handoff.SeverityCritical
		}, "2026-11-20 16:30", Routing{"sarah", BecausePrimary, ""}, "2026-11-20 20:00"},

		// The clocks of London go back on 25 October, those of New York on 1 November.
		{"four hours apart between the changes", opened("2026-10-27 10:00"), "2026-10-27 17:30", Routing{"ines", BecauseAlternate, ""}, "2026-10-27 17:00"},
		{"five hours apart after them", opened("2026-11-03 10:00"), "2026-11-03 17:30", Routing{"ines", BecauseAlternate, ""}, "2026-11-03 18:00"},

		{"raised", raised("ines", none, fold.BlockerEscalated), "2026-11-20 15:30", Routing{"ines", BecauseEscalated, ""}, "2026-11-20 19:00"},
		{"raised with a deadline", raised("ines", "2026-11-20 17:00", fold.BlockerEscalated), "2026-11-20 15:30", Routing{"ines", BecauseEscalated, ""}, "2026-11-20 17:00"},
		{"raised to somebody whose day is over: who is above them", raised("ines", none, fold.BlockerEscalated), "2026-11-22 22:30", Routing{"lea", BecauseLadder, ""}, "2026-11-23 02:00"},
		{"raised to the lead of a team", raised("lead:product", none, fold.BlockerEscalated), "2026-11-22 22:30", Routing{"lea", BecauseEscalated, ""}, "2026-11-23 02:00"},
		{"raised, and the resolver acknowledged it since", func(b *fold.Blocker) { raised("ines", none, "")(b); acked("sarah")(b) }, "2026-11-20 15:30", Routing{"sarah", BecauseTaken, ""}, "2026-11-24 10:00"},
		{"taken up", func(b *fold.Blocker) {
			raised("ines", none, fold.BlockerEscalated)(b)
			b.Escalations[0].TakenUp = handoff.New("a0000001", utc(t, "2026-11-20 16:00"), "ines", &handoff.Ack{})
		}, "2026-11-20 22:30", Routing{"ines", BecauseTaken, ""}, "2026-11-23 22:00"},
		{"declined", func(b *fold.Blocker) {
			raised("ines", none, fold.BlockerRouted)(b)
			b.Escalations[0].Declined = handoff.New("a0000001", utc(t, "2026-11-20 15:10"), "ines", &handoff.Ack{})
		}, "2026-11-20 15:30", Routing{"sarah", BecausePrimary, ""}, "2026-11-20 14:00"},

		{"acknowledged: nights do not move it", acked("sarah"), "2026-11-20 19:00", Routing{"sarah", BecauseTaken, ""}, "2026-11-24 10:00"},
		{"acknowledged by somebody who is away now", func(b *fold.Blocker) { b.Opened = utc(t, "2026-12-18 10:00"); acked("sarah")(b) }, "2026-12-22 10:00", Routing{"carl", BecauseCover, "covers for sarah"}, "2026-12-22 10:00"},

		{"an area", func(b *fold.Blocker) { b.Resolver = "area:session-policy" }, "2026-11-20 19:00", Routing{"ines", BecauseAlternate, ""}, "2026-11-20 18:00"},
		{"nobody decides", func(b *fold.Blocker) { b.Resolver = "area:none" }, "2026-11-20 11:00", Routing{"max", BecauseLadder, "nobody decides in area:none"}, "2026-11-20 14:00"},
		{"a stranger", func(b *fold.Blocker) { b.Resolver = "zoe" }, "2026-11-21 12:00", Routing{"zoe", BecausePrimary, ""}, "2026-11-20 14:00"},
	}
	c := parse(t, office)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := c.BlockerAsks(blocker(test.change), utc(t, test.now))
			if due := got.Due.UTC().Format("2006-01-02 15:04"); got.Routing != test.want || due != test.due {
				t.Errorf("got %+v due %s, want %+v due %s", got.Routing, due, test.want, test.due)
			}
		})
	}

	// Without a roster it is the resolver, with an SLA or without.
	got := Default().BlockerAsks(blocker(nil), utc(t, "2026-11-21 12:00"))
	if want := (Asked{Routing: Routing{"sarah", BecausePrimary, ""}}); got != want {
		t.Errorf("without a configuration: got %+v, want %+v", got, want)
	}
}

// Without an SLA and a fixed time only an absence moves a blocker.
func TestBlockerAsksWithoutHurry(t *testing.T) {
	c := parse(t, office)
	c.SLA = SLA{}
	b := &fold.Blocker{Blocker: handoff.Blocker{Resolver: "sarah"}, DeclaredBy: "ana"}
	for now, want := range map[string]Routing{
		"2026-11-21 03:00": {"sarah", BecausePrimary, ""},
		"2026-12-22 03:00": {"carl", BecauseCover, "covers for sarah"},
		"2026-12-29 03:00": {"dan", BecauseCover, "covers for sarah"},
		"2026-12-31 03:00": {"ines", BecauseAlternate, ""},
		"2026-10-20 03:00": {"ines", BecauseAlternate, ""}, // ana, who needs it, is asked by nobody
	} {
		if got := c.BlockerAsks(b, utc(t, now)); got.Routing != want || !got.Due.IsZero() {
			t.Errorf("%s: got %+v, want %+v", now, got, want)
		}
	}
	c.Authorities, c.Escalation = nil, nil
	if got := c.BlockerAsks(b, utc(t, "2026-10-20 03:00")); got.Routing != (Routing{"sarah", BecausePrimary, NoteNobody}) {
		t.Errorf("away, and nobody stands in: got %+v", got)
	}
}

func TestQuestionAsks(t *testing.T) {
	c := parse(t, office)
	q := &fold.Question{Key: "q1", To: "sarah", By: "ana", At: utc(t, "2026-12-22 10:00"), State: fold.QuestionOpen}
	got := c.QuestionAsks(q, utc(t, "2026-12-22 11:00"))
	if want := (Routing{"carl", BecauseCover, "covers for sarah"}); got.Routing != want || !got.Due.Equal(utc(t, "2026-12-23 10:00")) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	q.Escalations = []*fold.Escalation{{By: "ana", To: "ines", Record: handoff.New("e0000001", utc(t, "2026-12-22 14:00"), "ana", &handoff.Escalation{To: "ines"})}}
	if got := c.QuestionAsks(q, utc(t, "2026-12-22 15:00")); got.To != "ines" || got.Because != BecauseEscalated || !got.Due.Equal(utc(t, "2026-12-22 22:00")) {
		t.Errorf("raised: got %+v", got)
	}
}

func TestEscalationAsks(t *testing.T) {
	c := parse(t, office)
	e := &fold.Escalation{By: "ana", To: "sarah", Record: handoff.New("e0000001", utc(t, "2026-10-20 09:00"), "ana", &handoff.Escalation{To: "sarah"})}
	got := c.EscalationAsks(e, handoff.Blocker{}, calendar.Duration{}, utc(t, "2026-10-20 09:30"))
	if want := (Asked{Routing: Routing{"ines", BecauseAlternate, ""}}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	got = c.EscalationAsks(e, handoff.Blocker{}, calendar.Duration{Clock: time.Hour}, utc(t, "2026-10-20 14:00"))
	if got.To != "ines" || !got.Due.Equal(utc(t, "2026-10-20 14:00")) {
		t.Errorf("within an hour: got %+v", got)
	}
}
