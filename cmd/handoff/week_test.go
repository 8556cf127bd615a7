//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/cli"
)

// week is a repository in which five people hand over from Monday to Friday, with
// the same ids in every run. They write in more than one script.
type week struct {
	*repository
	ids int
}

// turn is what somebody does in that week. Files are those of
// testdata/screens/week.
type turn struct {
	who  string
	at   string // as "Mon 18:00", on their clock
	args []string
}

// The clocks of the week, which begins on 16 November 2026.
var clocks = map[string]string{
	"ana": "Asia/Singapore", "kenji": "Asia/Tokyo", "ben": "Europe/London", "james": "Europe/London", "sarah": "Europe/London",
}

var turns = []turn{
	{"ana", "Mon 17:50", []string{"declare", "-f", "mon-ana.yaml"}},
	{"ben", "Mon 10:20", []string{"ack", "@ana"}},
	{"ben", "Mon 17:10", []string{"declare", "-f", "mon-ben.yaml"}},
	{"ana", "Tue 09:20", []string{"ack", "@ben"}},
	{"ana", "Tue 17:45", []string{"declare", "-f", "tue-ana.yaml"}},
	{"ben", "Tue 10:05", []string{"ack", "@ana", "--outcome", "accepted_with_gaps", "--gap", "refund-flow;missing_info;no test refunds a voucher in part"}},
	{"kenji", "Wed 17:55", []string{"declare", "-f", "wed-kenji.yaml"}},
	{"ben", "Wed 09:40", []string{"ack", "@kenji"}},
	{"ben", "Thu 17:15", []string{"declare", "-f", "thu-ben.yaml"}},
	{"ana", "Fri 09:30", []string{"ack", "@ben", "--outcome", "declined", "--reason", "capacity", "--note", "payouts to Japan 🇯🇵 stand still, and I am alone today"}},
	{"kenji", "Fri 16:40", []string{"ask", "折り返しは Android でも確認しますか (on Android as well)?", "--context", "login.css is one file for both", "--about", "item:login-wrap", "--to", "ben"}},
	{"ana", "Fri 17:05", []string{"declare", "-f", "fri-ana.yaml"}},
	{"sarah", "Fri 09:12", []string{"resolve", "session-policy", "--decision", "Sessions end after 15 minutes on web and app -- the audit asks for it, and drafts of forms are saved"}},
}

// newWeek plays the week.
func newWeek(t *testing.T) *week {
	t.Helper()
	w := &week{repository: newRepository(t)}
	files, err := filepath.Abs("testdata/screens/week")
	if err != nil {
		t.Fatal(err)
	}
	w.as("ana", "Mon 09:00")
	config, err := os.ReadFile(filepath.Join(files, "config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(w.dir, ".handoffs"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.dir, ".handoffs/config.yaml"), config, 0o644); err != nil {
		t.Fatal(err)
	}
	w.run("git", "add", ".handoffs")
	w.run("git", "commit", "-q", "-m", "Who works when")
	for _, turn := range turns {
		args := slices.Clone(turn.args)
		if i := slices.Index(args, "-f"); i >= 0 {
			args[i+1] = filepath.Join(files, args[i+1])
		}
		w.do(w.as(turn.who, turn.at), args)
	}
	return w
}

// as sets who acts and when, and returns the time on their clock.
func (w *week) as(who, at string) time.Time {
	w.t.Helper()
	zone, err := time.LoadLocation(clocks[who])
	if err != nil {
		w.t.Fatal(err)
	}
	day, clock, _ := strings.Cut(at, " ")
	date := 16 + slices.Index([]string{"Mon", "Tue", "Wed", "Thu", "Fri"}, day)
	moment, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-"+strconv.Itoa(date)+" "+clock, zone)
	if err != nil {
		w.t.Fatal(err)
	}
	w.clock(moment)
	w.author(who)
	return moment
}

// do runs the program, with ids that come one after the other.
func (w *week) do(now time.Time, args []string) {
	w.t.Helper()
	w.repository.do(now, func() string {
		w.ids++
		return "week" + string("abcdefgh"[w.ids/10]) + strconv.Itoa(w.ids%10) + "0k"
	}, args)
}

// do runs the program in this process, which must succeed, with ids of its own.
func (r *repository) do(now time.Time, newID func() string, args []string) {
	r.t.Helper()
	var out bytes.Buffer
	status := cli.Main(args, cli.Env{
		In: strings.NewReader(""), Out: &out, Err: &out, Dir: r.dir, Environ: r.env,
		Now: func() time.Time { return now }, NewID: newID,
	})
	if status != cli.StatusDone {
		r.t.Fatalf("handoff %q: status %d\n%s", args, status, &out)
	}
}
