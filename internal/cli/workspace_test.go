package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// undated takes git's dates out of the environment: the clock alone says when.
func (w *world) undated() {
	w.env.Environ = slices.DeleteFunc(w.env.Environ, func(s string) bool { return strings.Contains(s, "_DATE=") })
}

// decides lets somebody decide at a time, and returns when the record and its
// commit say that it was.
func (w *world) decides(topic string) (at, author time.Time) {
	w.t.Helper()
	out, _ := w.run(0, "decide", "Rule "+topic+" holds for all payments -- the audit of this year asks for it", "--topic", topic, "--json", "--jq", ".id")
	text, _ := w.run(0, "show", strings.TrimSpace(out), "--json", "--jq", ".record.at")
	for _, date := range []struct {
		text string
		into *time.Time
	}{{text, &at}, {w.git("log", "-1", "--format=%aI"), &author}} {
		var err error
		if *date.into, err = time.Parse(time.RFC3339, strings.TrimSpace(date.text)); err != nil {
			w.t.Fatal(err)
		}
	}
	return at, author
}

// TestWhenTheNextRecordIsWritten looks at the time of a record after others of
// the same author.
func TestWhenTheNextRecordIsWritten(t *testing.T) {
	now := time.Date(2026, 11, 20, 18, 2, 11, 345_678_900, time.UTC)
	milli := now.Truncate(time.Millisecond)
	for name, tt := range map[string]struct {
		before []time.Time // clocks under which ana has written
		given  string      // GIT_AUTHOR_DATE
		want   time.Time
	}{
		"the first":                            {nil, "", milli},
		"a second ago":                         {[]time.Time{now.Add(-time.Second)}, "", milli},
		"at this moment":                       {[]time.Time{now}, "", milli.Add(time.Millisecond)},
		"three times at this moment":           {[]time.Time{now, now, now}, "", milli.Add(3 * time.Millisecond)},
		"later in this second":                 {[]time.Time{now.Add(600 * time.Millisecond)}, "", milli.Add(601 * time.Millisecond)},
		"by a clock that is ahead":             {[]time.Time{now.Add(2 * time.Minute)}, "", milli.Add(2*time.Minute + time.Millisecond)},
		"by a clock that is wrong":             {[]time.Time{now.Add(2 * time.Hour)}, "", milli},
		"by a clock ahead and by one wrong":    {[]time.Time{now.Add(time.Minute), now.Add(2 * time.Hour)}, "", milli.Add(time.Minute + time.Millisecond)},
		"given":                                {[]time.Time{now}, "2026-11-20T17:00:00Z", now.Truncate(time.Hour).Add(-time.Hour)},
		"given, and taken":                     {[]time.Time{now.Truncate(time.Second)}, "2026-11-20T18:02:11Z", now.Truncate(time.Second).Add(time.Millisecond)},
		"given, and free before another of it": {[]time.Time{now}, "2026-11-20T18:02:11Z", now.Truncate(time.Second)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.undated()
			for i, clock := range tt.before {
				w.now = clock
				w.decides(fmt.Sprint("before-", i))
			}
			w.now = now
			if tt.given != "" {
				w.env.Environ = append(w.env.Environ, "GIT_AUTHOR_DATE="+tt.given)
			}
			at, author := w.decides("last")
			if !at.Equal(tt.want) {
				t.Errorf("the record is of %s, want %s", at, tt.want)
			}
			if want := tt.want.Truncate(time.Second); !author.Equal(want) {
				t.Errorf("the commit is of %s, want %s", author, want)
			}
		})
	}
}

// TestAgesOfRecordsAhead: what a clock a little ahead has written is of now, and
// only what no clock of the team can have written is ahead.
func TestAgesOfRecordsAhead(t *testing.T) {
	w := newWorld(t)
	w.undated()
	now := w.now
	for i, ahead := range []time.Duration{0, 4 * time.Minute, 2 * time.Hour} {
		w.now = now.Add(ahead)
		w.decides(fmt.Sprint("rule-", i))
	}
	w.now = now
	out, _ := w.run(0, "log")
	var ages []string
	for line := range strings.Lines(out) {
		ages = append(ages, strings.Split(line, "\t")[1])
	}
	if want := []string{"2h ahead", "now", "now"}; !slices.Equal(ages, want) {
		t.Errorf("the ages are %q, want %q", ages, want)
	}
	w.env.Width = 80
	if out, _ := w.run(0, "log"); strings.Count(out, "12:02 (2 hours ahead of this clock)") != 1 || strings.Count(out, "ahead") != 1 {
		t.Errorf("on a terminal the log says\n%s", out)
	}
	if out, _ := w.run(0, "show", "dec:rule-1"); !strings.Contains(out, "just now") {
		t.Errorf("show says\n%s", out)
	}
}

// TestAsOfASecond sees everything of that second.
func TestAsOfASecond(t *testing.T) {
	w := newWorld(t)
	w.undated()
	now := w.now
	for i, later := range []time.Duration{300 * time.Millisecond, 900 * time.Millisecond, time.Second} {
		w.now = now.Add(later)
		w.decides(fmt.Sprint("rule-", i))
	}
	out, _ := w.run(0, "log", "--as-of", now.Format(time.RFC3339), "--json", "--jq", "[.results[].says[:6]] | join(\" \")")
	if want := "rule-1 rule-0\n"; out != want {
		t.Errorf("as of the second there are %q, want %q", out, want)
	}
}
