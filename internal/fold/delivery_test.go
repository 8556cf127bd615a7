package fold

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// to is a part of a delivery to the chat.
func to(subject, state, key string) *handoff.Route {
	return &handoff.Route{Subject: subject, To: "chat", Via: "slack", State: state, Key: key, Told: []string{"sarah"}, URL: "url-" + key, Receipt: "id-" + key, Digest: "digest-" + key}
}

// ending is to for the outcome of a try.
func ending(sending string, r *handoff.Route) *handoff.Route {
	r.Ends = pad(sending)
	return r
}

func TestFoldDelivery(t *testing.T) {
	decision := func(d *handoff.DecisionRecord, status string) *handoff.DecisionRecord {
		d.Status = status
		return d
	}
	for _, test := range []struct {
		name     string
		steps    []step
		of       func(*State) *Delivered
		want     []string
		problems int
	}{
		{
			"of a blocker: sent, then edited",
			[]step{
				{"h1", "ana", blocked("tls"), 0},
				{"r1", "ana", to("blk:tls", handoff.RouteSending, "k1"), 0},
				{"r2", "ana", ending("r1", to("blk:tls", handoff.RouteSent, "k1")), 0},
				{"s1", "sarah", &handoff.Resolution{Blocker: "tls", Outcome: "resolved"}, 0},
				{"r3", "ben", to("blk:tls", handoff.RouteSending, "k2"), 0},
				{"r4", "ben", ending("r3", to("blk:tls", handoff.RouteSent, "k2")), 0},
			},
			func(s *State) *Delivered { return &s.Blockers["tls"].Delivered },
			[]string{"chat via slack at 2m, url-k1 id-k1, last digest-k2 by r4, told sarah"}, 0,
		}, {
			"nobody knows how it ended",
			[]step{{"h1", "ana", blocked("tls"), 0}, {"r1", "ana", to("tls", handoff.RouteSending, "k1"), 0}},
			func(s *State) *Delivered { return &s.Blockers["tls"].Delivered },
			[]string{"chat via slack, trying r1"}, 0,
		}, {
			"one has failed, another one tries",
			[]step{
				{"h1", "ana", blocked("tls"), 0},
				{"r1", "ana", to("tls", handoff.RouteSending, "k1"), 0},
				{"r2", "ben", to("tls", handoff.RouteSending, "k1"), 0},
				{"r3", "ana", ending("r1", to("tls", handoff.RouteFailed, "k1")), 0},
			},
			func(s *State) *Delivered { return &s.Blockers["tls"].Delivered },
			[]string{"chat via slack, trying r2"}, 0,
		}, {
			"what has arrived has for everybody who tried that key",
			[]step{
				{"h1", "ana", blocked("tls"), 0},
				{"r1", "ana", to("tls", handoff.RouteSending, "k1"), 0},
				{"r2", "ben", to("tls", handoff.RouteSending, "k1"), 0},
				{"r3", "ben", to("tls", handoff.RouteSending, "k2"), 0},
				{"r4", "ana", ending("r1", to("tls", handoff.RouteSent, "k1")), 0},
			},
			func(s *State) *Delivered { return &s.Blockers["tls"].Delivered },
			[]string{"chat via slack at 4m, url-k1 id-k1, last digest-k1 by r4, told sarah, trying r3"}, 0,
		}, {
			"of a handoff, whichever version is named",
			[]step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"r1", "ana", to(pad("h1"), handoff.RouteSent, "k1"), 0},
				{"h2", "ana", amending("h1", items(work("api", "ready", "ben"))), 0},
				{"r2", "ana", to(pad("h1"), handoff.RouteSending, "k2"), 0},
			},
			func(s *State) *Delivered { return &s.Handoffs[pad("h2")].Delivered },
			[]string{"chat via slack at 1m, url-k1 id-k1, last digest-k1 by r1, told sarah, trying r2"}, 0,
		}, {
			"of a version that was replaced nothing is left",
			[]step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"r1", "ana", to(pad("h1"), handoff.RouteSent, "k1"), 0},
				{"h2", "ana", amending("h1", items(work("api", "ready", "ben"))), 0},
			},
			func(s *State) *Delivered { return &s.Handoffs[pad("h1")].Delivered }, nil, 0,
		}, {
			"of a question",
			[]step{
				{"q1", "ana", &handoff.Question{Ask: "Which zone?", To: "ben"}, 0},
				{"r1", "ana", to("q:"+pad("q1"), handoff.RouteSent, "k1"), 0},
			},
			func(s *State) *Delivered { return &s.Questions[pad("q1")].Delivered },
			[]string{"chat via slack at 1m, url-k1 id-k1, last digest-k1 by r1, told sarah"}, 0,
		}, {
			"of a decision goes on with the topic",
			[]step{
				{"d1", "ana", decision(decided("tz", "UTC", ""), DecisionProposed), 0},
				{"r1", "ana", to("dec:tz", handoff.RouteSent, "k1"), 0},
				{"d2", "ana", decided("tz", "Local time", "tz"), 0},
			},
			func(s *State) *Delivered { return &s.Decisions["tz"].Delivered },
			[]string{"chat via slack at 1m, url-k1 id-k1, last digest-k1 by r1, told sarah"}, 0,
		}, {
			"of what nobody knows, and of what is not delivered",
			[]step{
				{"h1", "ana", items(work("api", "ready", "ben")), 0},
				{"r1", "ana", to("blk:tls", handoff.RouteSent, "k1"), 0},
				{"r2", "ana", to("item:api", handoff.RouteSent, "k1"), 0},
			},
			func(s *State) *Delivered { return &s.Handoffs[pad("h1")].Delivered }, nil, 2,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := Of(story(test.steps...), "")
			if got := describeDeliveries(test.of(s)); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if len(s.Problems) != test.problems {
				t.Errorf("%d problems: %v", len(s.Problems), s.Problems)
			}
			if b := s.Blockers["tls"]; b != nil && (len(b.Routes) > 0 || slices.Contains(b.History, pad("r1"))) {
				t.Error("a delivery is no part of the work")
			}
		})
	}
}

func describeDeliveries(d *Delivered) []string {
	var lines []string
	for _, one := range d.Deliveries {
		line := one.To + " via " + one.Via
		if one.Sent != nil {
			line += fmt.Sprintf(" at %gm, %s %s, last %s by %s, told %s", one.First.Sub(day).Minutes(), one.URL, one.Receipt, one.Digest(), one.Sent.ID, strings.Join(one.Told, " "))
		}
		for _, r := range one.Sending {
			line += ", trying " + r.ID
		}
		lines = append(lines, strings.ReplaceAll(line, "000000", ""))
	}
	return lines
}
