package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/examples"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/text"
)

// track is work that two people, one at each site, hand to each other morning and
// evening.
type track struct {
	people           [2]string // in Warsaw, in Denver
	id, title, why   string
	unit, done, next string // "targets", "read from the cache", "Move"
	total, pace      int    // of units, a shift
	waits            [2]int // in these shifts it waits for somebody, first and last
}

var tracks = [...]track{
	{[2]string{"adam", "hugo"}, "remote-cache", "Remote cache for every target", "A clean build takes 40 minutes because runners share nothing", "targets", "read from the cache", "Move", 84, 18, [2]int{}},
	{[2]string{"bea", "iris"}, "flaky-suite", "No flaky test blocks a merge", "Every ninth merge waits for a test that fails at random", "flaky tests", "are fixed", "Fix", 41, 4, [2]int{}},
	{[2]string{"celina", "jon"}, "runner-images", "Runners on the new base image", "The old image gets no security updates after December", "images", "boot on the new base", "Rebuild", 24, 5, [2]int{}},
	{[2]string{"daria", "kate"}, "signing-keys", "One signing key a product", "The audit found one key that signs all nine products", "products", "sign with their own key", "Switch", 9, 2, [2]int{2, 4}},
	{[2]string{"emil", "liam"}, "linker", "The fast linker in debug builds", "Linking takes half of each debug build", "binaries", "link in under 4 seconds", "Convert", 37, 9, [2]int{}},
	{[2]string{"gosia", "mona"}, "symbol-upload", "Symbols of every release are kept", "Two crashes of last month could not be read", "release jobs", "upload their symbols", "Change", 16, 2, [2]int{5, weekShifts}},
	{[2]string{"lena", "max"}, "lint-report", "Lint comments on the changed lines", "Reviewers read 2,000 lines of log to find one warning", "checks", "comment on the line", "Port", 30, 3, [2]int{}},
}

// cleanup is what comes after a track.
var cleanup = track{title: "Nothing of the old way is left", why: "Whoever comes next finds two ways, and takes the old one", unit: "places", done: "are cleared", next: "Clear", total: 45, pace: 7}

// weekShifts are those of a week, to Friday evening in Warsaw, which has the even ones.
// Denver has the odd ones.
const weekShifts = 9

// more is what a handoff of the week says beside the state of its item.
var more = []struct {
	track, shift int
	text         string
}{
	{1, 0, "questions: [{id: arm-runners, ask: \"Does the suite run on the arm runners as well?\", to: max, context: 2 of the failures were on arm64}]\n"},
	{3, 2, "blockers: [{id: key-owner, needs: Decide who holds the key of the installer, because: \"Two products ship it, each wants its own\", resolver: kate, blocks: signing-keys, type: decision}]\n"},
	{5, 5, "blockers: [{id: symbol-storage, needs: Grant the release jobs 400 GB in the symbol store, because: Uploads of the 6 largest jobs are cut off at 50 GB, resolver: jon, blocks: symbol-upload}]\n"},
	{0, 3, "decisions: Cached objects live for 14 days -- After that fewer than 1% of them are read again\n"},
	{1, 4, "decisions: A test that failed at random twice in a week runs apart -- Merges wait for it in 1 of 9 cases\n"},
	{2, 6, "decisions: Images are pinned by digest -- A tag moved under 3 running jobs last month\n"},
	{2, 7, "questions: [{id: old-python, ask: \"Which of the images still need Python 3.9?\", to: celina, context: 4 of 24 install it}]\n"},
}

// week is a week of the team as it is played.
type week struct {
	d      *demo
	team   *config.Config
	friday time.Time          // when it is over
	tracks [len(tracks)]track // as they stand
	done   [len(tracks)]int   // units of each
	acted  int                // how often somebody did something
	count  func(acted int)    // shows that; nil where nobody watches
}

// playWeek has fifteen people hand over for the week that ended last Friday, each through
// their command, and shows what their records answer then.
func playWeek(ctx context.Context, d *demo) error {
	_, roster, _ := examples.Start("fifteen")
	team, _ := config.Parse(roster) // a test checks it
	w := &week{d: d, team: team, tracks: tracks, count: d.g.counter("commands of fifteen people")}
	w.friday = last(time.Friday, 17, team.People["lena"].TZ.Location, d.g.Now())
	lena := w.actor("lena")
	write := func() error {
		file := filepath.Join(d.dir, ".handoffs", "config.yaml")
		if err := os.Mkdir(filepath.Dir(file), 0o777); err != nil {
			return err
		}
		return os.WriteFile(file, roster, 0o666)
	}
	if err := d.setUp(ctx, lena, w.on("lena", 0, 8, 0), write, lena); err != nil {
		return err
	}
	for shift := range weekShifts {
		if err := w.shift(ctx, shift); err != nil {
			return err
		}
	}
	d.g.progressLine.wipe()
	_, offset := w.friday.Zone()
	title := text.Count(d.ids, "record") + " of fifteen people in Warsaw and Denver, to " + w.friday.Format("Mon 2 Jan 15:04")
	if err := d.show(ctx, w.friday, []scene{{title, lena, 0, offset / 3600, [][]string{
		{"board"}, {"stats", "--since", "7d"}, {"report", "--since", "7d", "-o", "../report.html"},
	}}}); err != nil {
		return err
	}
	d.g.printer.line("")
	d.g.printer.section("The page is " + filepath.Join(filepath.Dir(d.dir), "report.html") + ", and you are lena here")
	d.try("handoff board --person kate", "handoff query what is blocked", "handoff log --decisions")
	return nil
}

func (w *week) actor(handle string) *actor {
	p := w.team.People[handle]
	return &actor{p.Name, p.Emails[0]}
}

// on is a time of the week on somebody's clock.
func (w *week) on(handle string, day, hour, minute int) time.Time {
	return time.Date(w.friday.Year(), w.friday.Month(), w.friday.Day()-4+day, hour, minute, 0, 0, w.team.People[handle].TZ.Location)
}

// act has somebody do something.
func (w *week) act(ctx context.Context, handle string, at time.Time, in string, args ...string) error {
	w.acted++
	if w.count != nil {
		w.count(w.acted)
	}
	_, err := w.d.run(ctx, w.actor(handle), at, args, in)
	return err
}

// shift has each of a site take what the other site has left, and hand over what they
// have made of it.
func (w *week) shift(ctx context.Context, shift int) error {
	day, site := shift/2, shift%2
	for i, t := range w.tracks {
		if shift == 0 || shift == weekShifts-1 && i > 4 {
			continue // there is nothing yet, or it is not read yet
		}
		args := []string{"ack", "@" + t.people[1-site]}
		minute := 30 + i*9
		switch {
		case shift == 6 && i == len(tracks)-1: // two meetings first
			minute += 200
		case shift == 3 && i == 1:
			args = append(args, "--outcome", "accepted_with_gaps", "--gap", t.id+";missing_info;which runner the last failure was on")
		}
		if err := w.act(ctx, t.people[site], w.on(t.people[site], day, 9-site, minute), "", args...); err != nil {
			return err
		}
	}
	var err error
	switch shift {
	case 3:
		err = w.act(ctx, "max", w.on("max", day, 9, 40), "", "answer", "q:arm-runners", "Only at night, from branch main")
	case 5:
		err = w.act(ctx, "kate", w.on("kate", day, 10, 5), "", "resolve", "key-owner", "--decision", "The installer signs with the key of the platform team -- both products trust it already")
	}
	for i, t := range w.tracks {
		if err != nil || shift == weekShifts-1 && i > 4 {
			break
		}
		args := []string{"declare", "--carry", "-f", "-", "--to", t.people[1-site]}
		if w.done[i] == t.total { // it was in review
			args = append(args, "--shipped", t.id+";"+t.title)
			next := cleanup
			next.people, next.id = t.people, t.id+"-cleanup"
			w.tracks[i], w.done[i] = next, 0
		} else {
			args = append(args, "--none", "shipped")
		}
		err = w.act(ctx, t.people[site], w.on(t.people[site], day, 16, i*3), w.handoff(i, shift), args...)
	}
	return err
}

// handoff is what one of a track types at the end of a shift.
func (w *week) handoff(i, shift int) string {
	t, status := &w.tracks[i], "in_progress"
	waits := shift > 0 && t.waits[0] <= shift && shift <= t.waits[1]
	if !waits {
		w.done[i] = min(w.done[i]+t.pace+(shift*3+i)%3-1, t.total)
	}
	back := shift/2 + 1
	if back == 5 {
		back += 2
	}
	upTo := min(w.done[i]+t.pace, t.total)
	switch {
	case waits:
		status = "blocked"
	case w.done[i] == t.total:
		status = "in_review"
	}
	typed := fmt.Sprintf(`returns_at: %s
summary: "%[2]s: %[3]d of %[4]d %[5]s %[6]s"
items: [{id: %[7]s, title: %[2]s, status: %[8]s, state: "%[3]d of %[4]d %[5]s %[6]s", next: "%[9]s %[5]s up to %[10]d of %[4]d", intent: "%[11]s", accept: "All %[4]d %[5]s %[6]s"}]
`, w.on(t.people[shift%2], back, 9, 0).Format(time.RFC3339), t.title, w.done[i], t.total, t.unit, t.done, t.id, status, t.next, upTo, t.why)
	for _, m := range more {
		if m.track == i && m.shift == shift {
			typed += m.text
		}
	}
	for _, list := range []string{"blockers", "decisions"} {
		if !strings.Contains(typed, list+":") && !(waits && list == "blockers") { // else --carry says it once more
			typed += list + ": none\n"
		}
	}
	return typed
}
