package calendar

import (
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"
)

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

var workWeek = [7]bool{false, true, true, true, true, true, false}

// office is a calendar of Monday to Friday.
func office(t interface{ Fatal(...any) }, name string, start, end int) Calendar {
	return Calendar{Location: zone(t, name), Start: start, End: end, Days: workWeek}
}

func instant(t interface{ Fatal(...any) }, text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestWorkedOverAWeekend(t *testing.T) {
	london := zone(t, "Europe/London")
	c := office(t, "Europe/London", 9*60, 17*60+30)
	from := time.Date(2026, 11, 20, 17, 25, 0, 0, london)
	to := time.Date(2026, 11, 23, 9, 6, 0, 0, london)
	if got := c.Worked(from, to); got != 11*time.Minute {
		t.Errorf("worked %s, want 11m", got)
	}
	if got := (Interval{from, to}).Length(); got != 3821*time.Minute {
		t.Errorf("%s on the wall, want 3821m", got)
	}
}

func TestShiftAcrossSummerTime(t *testing.T) {
	c := Calendar{Location: zone(t, "America/New_York"), Start: 9 * 60, End: 17 * 60, Days: [7]bool{true, true, true, true, true, true, true}}
	before, ok1 := c.NextShift(instant(t, "2026-03-07T00:00:00-05:00"))
	after, ok2 := c.NextShift(before.To)
	if !ok1 || !ok2 {
		t.Fatal("no shift")
	}
	if got, want := before.From.UTC().Format("15:04"), "14:00"; got != want {
		t.Errorf("the shift before begins at %s UTC, want %s", got, want)
	}
	if got, want := after.From.UTC().Format("15:04"), "13:00"; got != want {
		t.Errorf("the shift after begins at %s UTC, want %s", got, want)
	}
	night := Calendar{Location: c.Location, Start: 22 * 60, End: 6 * 60, Days: c.Days}
	for day, want := range map[string]time.Duration{"2026-03-07": 7 * time.Hour, "2026-10-31": 9 * time.Hour, "2026-07-01": 8 * time.Hour} {
		s, ok := night.NextShift(instant(t, day+"T12:00:00-04:00"))
		if !ok || s.Length() != want {
			t.Errorf("the night shift of %s lasts %s, want %s", day, s.Length(), want)
		}
	}
}

func TestShifts(t *testing.T) {
	day := office(t, "Asia/Singapore", 9*60, 18*60)
	night := office(t, "Asia/Singapore", 22*60, 6*60)
	away := day
	away.Away = []Interval{{instant(t, "2026-12-21T00:00:00+08:00"), instant(t, "2027-01-05T00:00:00+08:00")}}
	cut := day
	cut.Away = []Interval{{instant(t, "2026-11-20T12:00:00+08:00"), instant(t, "2026-11-20T13:00:00+08:00")}}
	long := night
	long.Away = []Interval{{instant(t, "2027-01-01T00:00:00+08:00"), instant(t, "2190-01-01T02:00:00+08:00")}}

	type search func(Calendar, time.Time) (Interval, bool)
	tests := []struct {
		name     string
		calendar Calendar
		search   search
		at, want string // want is the beginning and the end, or ""
	}{
		{"in a shift", day, Calendar.Shift, "2026-11-20T10:00:00+08:00", "2026-11-20T09:00 2026-11-20T18:00"},
		{"at its beginning", day, Calendar.Shift, "2026-11-20T09:00:00+08:00", "2026-11-20T09:00 2026-11-20T18:00"},
		{"at its end", day, Calendar.Shift, "2026-11-20T18:00:00+08:00", ""},
		{"on a Saturday", day, Calendar.Shift, "2026-11-21T10:00:00+08:00", ""},
		{"Saturday, Friday's night", night, Calendar.Shift, "2026-11-21T05:00:00+08:00", "2026-11-20T22:00 2026-11-21T06:00"},
		{"Monday, no night before it", night, Calendar.Shift, "2026-11-23T05:00:00+08:00", ""},
		{"away", away, Calendar.Shift, "2026-12-22T10:00:00+08:00", ""},
		{"before lunch", cut, Calendar.Shift, "2026-11-20T10:00:00+08:00", "2026-11-20T09:00 2026-11-20T12:00"},
		{"lunch", cut, Calendar.Shift, "2026-11-20T12:30:00+08:00", ""},
		{"no days", Calendar{}, Calendar.Shift, "2026-11-20T10:00:00+08:00", ""},

		{"next, over a weekend", day, Calendar.NextShift, "2026-11-20T09:00:01+08:00", "2026-11-23T09:00 2026-11-23T18:00"},
		{"next, now", day, Calendar.NextShift, "2026-11-20T09:00:00+08:00", "2026-11-20T09:00 2026-11-20T18:00"},
		{"next, over an absence", away, Calendar.NextShift, "2026-12-18T10:00:00+08:00", "2027-01-05T09:00 2027-01-05T18:00"},
		{"next, after lunch", cut, Calendar.NextShift, "2026-11-20T10:00:00+08:00", "2026-11-20T13:00 2026-11-20T18:00"},
		{"next, over a long absence that cuts a night", long, Calendar.NextShift, "2027-01-02T10:00:00+08:00", "2190-01-01T02:00 2190-01-01T06:00"},
		{"next, no days", Calendar{}, Calendar.NextShift, "2026-11-20T10:00:00+08:00", ""},

		{"last, over a weekend", day, Calendar.LastShift, "2026-11-23T17:59:59+08:00", "2026-11-20T09:00 2026-11-20T18:00"},
		{"last, now", day, Calendar.LastShift, "2026-11-23T18:00:00+08:00", "2026-11-23T09:00 2026-11-23T18:00"},
		{"last, over an absence", away, Calendar.LastShift, "2027-01-05T10:00:00+08:00", "2026-12-18T09:00 2026-12-18T18:00"},
		{"last, before lunch", cut, Calendar.LastShift, "2026-11-20T15:00:00+08:00", "2026-11-20T09:00 2026-11-20T12:00"},
		{"last, over a long absence that cuts a night", long, Calendar.LastShift, "2190-01-01T05:00:00+08:00", "2026-12-31T22:00 2027-01-01T00:00"},
		{"last, no days", Calendar{}, Calendar.LastShift, "2026-11-20T10:00:00+08:00", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			if s, ok := test.search(test.calendar, instant(t, test.at)); ok {
				got = s.From.In(day.Location).Format("2006-01-02T15:04") + " " + s.To.In(day.Location).Format("2006-01-02T15:04")
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// What an absence leaves of a night shift is found from both sides.
func TestRestOfACutNight(t *testing.T) {
	c := office(t, "UTC", 22*60, 6*60)
	c.Away = []Interval{{instant(t, "2026-11-02T00:00:00Z"), instant(t, "2026-11-20T02:00:00Z")}}
	want := Interval{instant(t, "2026-11-20T02:00:00Z"), instant(t, "2026-11-20T06:00:00Z")}
	if got, ok := c.NextShift(instant(t, "2026-11-05T12:00:00Z")); !ok || !got.From.Equal(want.From) || !got.To.Equal(want.To) {
		t.Errorf("next is %v", got)
	}
	if got, ok := c.LastShift(instant(t, "2026-11-20T12:00:00Z")); !ok || !got.From.Equal(want.From) || !got.To.Equal(want.To) {
		t.Errorf("last is %v", got)
	}
}

func TestLocalTime(t *testing.T) {
	tests := []struct{ name, zone, wall, want string }{
		{"plain", "Europe/Berlin", "2026-11-20T09:00:00Z", "2026-11-20T09:00:00+01:00"},
		{"skipped, west", "America/New_York", "2026-03-08T02:30:00Z", "2026-03-08T03:30:00-04:00"},
		{"skipped, east", "Europe/Berlin", "2026-03-29T02:30:00Z", "2026-03-29T03:30:00+02:00"},
		{"skipped midnight", "America/Santiago", "2026-09-06T00:00:00Z", "2026-09-06T01:00:00-03:00"},
		{"twice, west", "America/New_York", "2026-11-01T01:30:00Z", "2026-11-01T01:30:00-04:00"},
		{"twice, east", "Europe/Berlin", "2026-10-25T02:30:00Z", "2026-10-25T02:30:00+02:00"},
		{"twice, half an hour", "Australia/Lord_Howe", "2026-04-05T01:45:00Z", "2026-04-05T01:45:00+11:00"},
		{"the hour after", "Europe/Berlin", "2026-10-25T03:00:00Z", "2026-10-25T03:00:00+01:00"},
		{"the evening after", "Europe/Berlin", "2026-10-25T20:00:00Z", "2026-10-25T20:00:00+01:00"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := localTime(instant(t, test.wall), zone(t, test.zone))
			if got.Format(time.RFC3339) != test.want {
				t.Errorf("got %s, want %s", got.Format(time.RFC3339), test.want)
			}
		})
	}
}

func TestDayThatTheZoneSkipped(t *testing.T) {
	c := office(t, "Pacific/Apia", 9*60, 17*60) // had no Friday 2011-12-30
	from, to := instant(t, "2011-12-29T00:00:00-10:00"), instant(t, "2012-01-01T00:00:00+14:00")
	if got := c.Worked(from, to); got != 8*time.Hour {
		t.Errorf("worked %s, want the 8h of Thursday", got)
	}
}

func TestShiftThatTheChangeSwallowed(t *testing.T) {
	everyDay := [7]bool{true, true, true, true, true, true, true}
	c := Calendar{Location: zone(t, "America/New_York"), Start: 2*60 + 50, End: 3*60 + 20, Days: everyDay}
	next, ok := c.NextShift(instant(t, "2026-03-07T12:00:00-05:00"))
	if want := instant(t, "2026-03-09T02:50:00-04:00"); !ok || !next.From.Equal(want) {
		t.Errorf("the next shift begins at %s, want %s", next.From, want)
	}
	if due, ok := c.Due(instant(t, "2026-03-07T12:00:00-05:00"), time.Hour); !ok || !due.Equal(instant(t, "2026-03-10T03:20:00-04:00")) {
		t.Errorf("an hour of work is done at %s", due)
	}
}

func TestShiftsDoNotOverlapAfterTheChange(t *testing.T) {
	everyDay := [7]bool{true, true, true, true, true, true, true}
	c := Calendar{Location: zone(t, "America/New_York"), Start: 3 * 60, End: 2*60 + 30, Days: everyDay}
	saturday, ok := c.Shift(instant(t, "2026-03-07T12:00:00-05:00"))
	if want := instant(t, "2026-03-08T03:00:00-04:00"); !ok || !saturday.To.Equal(want) {
		t.Errorf("the shift ends at %s, want %s", saturday.To, want)
	}
}

var zoneNames = []string{
	"UTC", "Europe/London", "America/New_York", "Asia/Singapore", "Asia/Kolkata",
	"Australia/Lord_Howe", "America/Santiago", "Pacific/Apia", "Africa/Casablanca",
}

// drawCalendar draws any calendar, with absences around the drawn times.
func drawCalendar(t *rapid.T) Calendar {
	c := Calendar{
		Location: zone(t, rapid.SampledFrom(zoneNames).Draw(t, "zone")),
		Start:    rapid.IntRange(0, 24*60-1).Draw(t, "start"),
		End:      rapid.IntRange(0, 24*60).Draw(t, "end"),
	}
	for i := range c.Days {
		c.Days[i] = rapid.Bool().Draw(t, "day")
	}
	for range rapid.IntRange(0, 3).Draw(t, "absences") {
		from := drawTime(t)
		c.Away = append(c.Away, Interval{from, from.Add(time.Duration(rapid.IntRange(0, 60*24*40).Draw(t, "minutes away")) * time.Minute)})
	}
	return c
}

func drawTime(t *rapid.T) time.Time {
	year := time.Date(2011, 11, 1, 0, 0, 0, 0, time.UTC)
	return year.Add(time.Duration(rapid.IntRange(0, 60*24*400).Draw(t, "minute")) * time.Minute)
}

// The time worked adds up, never runs backwards and never beats the wall.
func TestWorkedProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		times := []time.Time{drawTime(t), drawTime(t), drawTime(t)}
		slices.SortFunc(times, time.Time.Compare)
		a, b, all := c.Worked(times[0], times[1]), c.Worked(times[1], times[2]), c.Worked(times[0], times[2])
		if a+b != all {
			t.Fatalf("%s and %s are not %s", a, b, all)
		}
		if all < a || all < b {
			t.Fatalf("%s in the whole is less than %s or %s in its parts", all, a, b)
		}
		if wall := times[2].Sub(times[0]); all > wall {
			t.Fatalf("worked %s in %s", all, wall)
		}
		if back := c.Worked(times[2], times[0]); times[2].After(times[0]) && back != 0 {
			t.Fatalf("worked %s backwards", back)
		}
	})
}

// Somebody works exactly in the minutes that lie in a shift, and walking from
// shift to shift meets each of them.
func TestShiftsAgreeWithWorked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		from := drawTime(t)
		in, ok := c.Shift(from)
		if worked := c.Worked(from, from.Add(time.Minute)); ok != (worked > 0) {
			t.Fatalf("at %s in a shift: %v, worked %s", from, ok, worked)
		}
		if ok {
			from = in.To
		}
		next, ok := c.NextShift(from)
		if !ok {
			return
		}
		if worked := c.Worked(from, next.From); worked != 0 {
			t.Fatalf("worked %s before the next shift at %s", worked, next.From)
		}
		if worked := c.Worked(next.From, next.To); worked != next.Length() {
			t.Fatalf("worked %s in a shift of %s", worked, next.Length())
		}
		if last, ok := c.LastShift(next.To); !ok || last != next {
			t.Fatalf("the last shift before %s is %v, want %v", next.To, last, next)
		}
	})
}

// What is due after some work is due exactly when that work has been done.
func TestDueAgreesWithWorked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, from := drawCalendar(t), drawTime(t)
		work := time.Duration(rapid.IntRange(1, 300).Draw(t, "minutes")) * time.Minute
		due, ok := c.Due(from, work)
		if !ok {
			if c.Days != [7]bool{} {
				t.Fatal("never due, although there are days of work")
			}
			return
		}
		if got := c.Worked(from, due); got != work {
			t.Fatalf("worked %s until it is due, want %s", got, work)
		}
		if got := c.Worked(from, due.Add(-time.Second)); got != work-time.Second {
			t.Fatalf("worked %s a second before, want %s", got, work-time.Second)
		}
	})
}

func TestLimitDue(t *testing.T) {
	london := office(t, "Europe/London", 9*60, 17*60+30)
	singapore := office(t, "Asia/Singapore", 9*60, 18*60)
	from := instant(t, "2026-11-20T17:25:00Z") // a Friday
	tests := []struct {
		name  string
		limit Limit
		to    []Calendar
		want  string
	}{
		{"none", Limit{}, []Calendar{london}, ""},
		{"their clock", Limit{time.Hour, false}, []Calendar{london}, "2026-11-23T09:55:00Z"},
		{"the last of them", Limit{time.Hour, false}, []Calendar{singapore, london}, "2026-11-23T09:55:00Z"},
		{"the wall", Limit{time.Hour, true}, []Calendar{london}, "2026-11-20T18:25:00Z"},
		{"no hours known", Limit{time.Hour, false}, nil, "2026-11-20T18:25:00Z"},
		{"nobody works", Limit{time.Hour, false}, []Calendar{{}}, "2026-11-20T18:25:00Z"},
	}
	for _, test := range tests {
		got := ""
		if due, ok := test.limit.Due(from, test.to); ok {
			got = due.UTC().Format(time.RFC3339)
		}
		if got != test.want {
			t.Errorf("%s: due %s, want %s", test.name, got, test.want)
		}
	}
}

func BenchmarkWorkedTenYears(b *testing.B) {
	c := office(b, "Europe/London", 9*60, 17*60+30)
	from, to := instant(b, "2016-01-01T00:00:00Z"), instant(b, "2026-01-01T00:00:00Z")
	for b.Loop() {
		c.Worked(from, to)
	}
}

// Due is the inverse of Worked: at the moment that it returns, just that much
// has been worked.
func TestDue(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	c := Calendar{Location: london, Start: 9 * 60, End: 17*60 + 30, Days: [7]bool{false, true, true, true, true, true, false}}
	friday := time.Date(2026, 11, 20, 17, 25, 0, 0, london)
	due, ok := c.Due(friday, 11*time.Minute)
	if want := time.Date(2026, 11, 23, 9, 6, 0, 0, london); !ok || !due.Equal(want) {
		t.Errorf("due %v, want %v", due, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		from := friday.Add(time.Duration(rapid.Int64Range(-1e6, 1e6).Draw(t, "from")) * time.Second)
		work := time.Duration(rapid.Int64Range(1, 1e6).Draw(t, "work")) * time.Second
		due, ok := c.Due(from, work)
		if !ok || c.Worked(from, due) != work {
			t.Fatalf("due %v after %v: worked %v", due, work, c.Worked(from, due))
		}
	})
	if _, ok := (Calendar{Location: london}).Due(friday, time.Minute); ok {
		t.Error("due without a working day")
	}
}
