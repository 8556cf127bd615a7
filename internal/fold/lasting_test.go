package fold

import (
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// watching is a handoff that asks to watch some things and stands by none.
func watching(whats ...string) *handoff.Handoff {
	h := items(work("api", "ready", "ben"))
	for _, what := range whats {
		h.Watch = append(h.Watch, handoff.Watch{What: what})
	}
	return h
}

func TestFoldWatched(t *testing.T) {
	ended := watching()
	ended.Ended = []handoff.Ended{{What: "THE  queue", Why: "it is off"}}
	frozen := items()
	frozen.Standing = []handoff.Standing{{What: "freeze", Until: handoff.Time{Time: day.Add(90 * time.Minute)}}}
	runFoldCases(t, []foldCase{
		{
			name: "left out, it stays until it is ended, in whatever case it is written",
			steps: []step{
				{"h1", "ana", watching("the queue", "the disk"), 0},
				{"h2", "ana", watching(), time.Hour},
				{"h3", "ana", ended, 2 * time.Hour},
			},
			want: []string{"watched the disk by ana, declared in h1, theirs since h1"},
		}, {
			name: "past its time it goes with the next handoff that leaves it out",
			steps: []step{
				{"h1", "ana", frozen, 0},
				{"h2", "ana", watching(), time.Hour},
				{"h3", "ana", watching("the disk"), 2 * time.Hour},
			},
			want: []string{"watched the disk by ana, declared in h3, theirs since h3"},
		}, {
			name: "goes to the first who accepts, with all that the handoff lists and no more",
			steps: []step{
				{"h1", "ana", watching("the queue"), 0},
				{"h2", "ana", watching("the disk"), 0},
				{"a1", "ben", accepted("h2", "api"), 0},
				{"a2", "cleo", accepted("h2"), 0},
			},
			want: []string{
				"watched the queue by ana, declared in h1, theirs since h1",
				"watched the disk by ben, declared in h2, theirs since a1",
			},
		}, {
			name: "an amendment takes nothing back, and may add",
			steps: []step{
				{"h1", "ana", watching("the disk"), 0},
				{"a1", "ben", accepted("h1", "api"), 0},
				{"h2", "ana", amending("h1", watching("the disk", "the queue")), 0},
			},
			want: []string{
				"watched the queue by ana, declared in h2, theirs since h2",
				"watched the disk by ben, declared in h1, theirs since a1",
			},
		},
	})
}

// continuing is work that goes on from other work.
func continuing(id, from string, owners ...string) handoff.Item {
	item := work(id, "ready", owners...)
	item.Continues = from
	return item
}

func TestFoldContinues(t *testing.T) {
	runFoldCases(t, []foldCase{
		{
			name: "renamed and renamed again, with all the history",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ana")), 0},
				{"h2", "ana", items(continuing("web", "api", "ana")), 0},
				{"h3", "ana", items(continuing("db", "web", "ana")), 0},
			},
			want: []string{
				"item api ready x1: ana since h1, continued by h2, was [], became [web]: [h1 h2]",
				"item db ready x3: ana since h3, was [api web], became []: [h1 h2 h3]",
				"item web ready x2: ana since h2, continued by h3, was [api], became [db]: [h1 h2 h3]",
			},
		}, {
			name: "split in two, and the rest keeps the name",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ana")), 0},
				{"h2", "ana", items(continuing("web", "api", "ana"), work("api", "ready", "ana"), continuing("db", "api", "ana")), 0},
			},
			want: []string{
				"item api ready x2: ana since h1, was [], became [web db]: [h1 h2]",
				"item db ready x2: ana since h2, was [api], became []: [h1 h2]",
				"item web ready x2: ana since h2, was [api], became []: [h1 h2]",
			},
		}, {
			name: "only by its holder, and not from nothing or itself",
			steps: []step{
				{"h1", "ana", items(work("api", "ready", "ana")), 0},
				{"h2", "ben", items(continuing("web", "api", "ben"), continuing("db", "tls", "ben"), continuing("tls", "tls", "ben")), 0},
			},
			want: []string{"item api ready x1: ana since h1"},
			problems: []string{
				"h2 HO320 api is held by ana since h1",
				`h2 HO320 db continues "tls", which is no item that is known`,
				"h2 HO320 tls continues itself",
			},
		},
	})
}
