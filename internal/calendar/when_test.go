package calendar

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// Friday afternoon in London.
func friday(t *testing.T) Reference {
	calendar := office(t, "Europe/London", 9*60, 17*60+30)
	return Reference{Now: instant(t, "2026-11-20T17:25:40.5Z"), Location: calendar.Location, Calendar: &calendar}
}

func TestParseTime(t *testing.T) {
	plain := friday(t)
	nobody, back, until, late, morning := plain, plain, plain, plain, plain
	nobody.Calendar = nil
	back.Back = true
	until.Back, until.End = true, true
	late.Now = instant(t, "2026-11-20T18:10:00Z")
	morning.Now = instant(t, "2026-11-20T06:00:00Z")
	spring := Reference{Now: instant(t, "2026-03-07T12:00:00-05:00"), Location: zone(t, "America/New_York")}
	autumn := Reference{Now: instant(t, "2026-10-31T12:00:00-04:00"), Location: zone(t, "America/New_York")}
	autumnBack := autumn
	autumnBack.Back = true
	autumnUntil := autumnBack
	autumnUntil.End = true
	singapore := back
	singapore.Location = zone(t, "Asia/Singapore")
	singaporeUntil := singapore
	singaporeUntil.End = true

	tests := []struct {
		name string
		ref  Reference
		in   string
		want string
	}{
		{"RFC 3339", plain, "2026-11-23T09:00:00+08:00", "2026-11-23T01:00:00Z"},
		{"RFC 3339 UTC", spring, "2026-11-23T09:00:00Z", "2026-11-23T04:00:00-05:00"},
		{"date and time", plain, "2026-11-23 10:15", "2026-11-23T10:15:00Z"},
		{"date, one digit", plain, "2026-11-23 7:05", "2026-11-23T07:05:00Z"},
		{"date with a shift", plain, "2026-11-23", "2026-11-23T09:00:00Z"},
		{"date without a shift", plain, "2026-11-22", "2026-11-22T09:00:00Z"},
		{"date without hours", nobody, "2026-11-23", "2026-11-23T09:00:00Z"},
		{"date back", back, "2026-11-18", "2026-11-18T00:00:00Z"},
		{"now", plain, "now", "2026-11-20T17:25:40Z"},
		{"minutes", plain, "30m", "2026-11-20T17:55:40Z"},
		{"hours", plain, "2h", "2026-11-20T19:25:40Z"},
		{"days", plain, "2d", "2026-11-22T17:25:40Z"},
		{"days back", back, "2d", "2026-11-18T17:25:40Z"},
		{"weeks", plain, "2w", "2026-12-04T17:25:40Z"},
		{"weeks back", back, "2W", "2026-11-06T17:25:40Z"},
		{"a week back over the change", autumnBack, "1w", "2026-10-24T12:00:00-04:00"},
		{"hours and minutes back", back, "1h30m", "2026-11-20T15:55:40Z"},
		{"RFC 3339 in lower case", plain, "2026-11-23t09:00:00z", "2026-11-23T09:00:00Z"},
		{"RFC 3339 without seconds", plain, "2026-11-23T09:00+08:00", "2026-11-23T01:00:00Z"},
		{"RFC 3339 without an offset", autumn, "2026-11-20T09:30:15", "2026-11-20T09:30:15-05:00"},
		{"RFC 3339 without either", autumn, "2026-11-20t09:30", "2026-11-20T09:30:00-05:00"},
		{"RFC 3339, skipped", spring, "2026-03-08T02:30", "2026-03-08T03:30:00-04:00"},
		{"today back", singapore, "today", "2026-11-21T00:00:00+08:00"},
		{"until now", until, "now", "2026-11-20T17:25:40Z"},
		{"until a while ago", until, "90m", "2026-11-20T15:55:40Z"},
		{"until today", until, "today", "2026-11-21T00:00:00Z"},
		{"until today, there", singaporeUntil, "today", "2026-11-22T00:00:00+08:00"},
		{"until a weekday", until, "friday", "2026-11-14T00:00:00Z"},
		{"until a time of a weekday", until, "fri 09:00", "2026-11-20T09:00:00Z"},
		{"until a date", until, "2026-11-18", "2026-11-19T00:00:00Z"},
		{"until a date of the change", autumnUntil, "2026-11-01", "2026-11-02T00:00:00-05:00"},
		{"until a time of a date", until, "2026-11-18 10:00", "2026-11-18T10:00:00Z"},
		{"minutes back", back, "90m", "2026-11-20T15:55:40Z"},
		{"a day over the change", spring, "1d", "2026-03-08T12:00:00-04:00"},
		{"24 hours over the change", spring, "24h", "2026-03-08T13:00:00-04:00"},
		{"skipped", spring, "2026-03-08 02:30", "2026-03-08T03:30:00-04:00"},
		{"twice", autumn, "2026-11-01 01:30", "2026-11-01T01:30:00-04:00"},
		{"tomorrow", plain, "tomorrow 9am", "2026-11-21T09:00:00Z"},
		{"tomorrow alone", spring, "tomorrow", "2026-03-08T09:00:00-04:00"},
		{"today", plain, "today 23:00", "2026-11-20T23:00:00Z"},
		{"today, over", plain, "today 9:30pm", "2026-11-20T21:30:00Z"},
		{"yesterday back", autumnBack, "yesterday", "2026-10-30T00:00:00-04:00"},
		{"noon", plain, "tomorrow 12pm", "2026-11-21T12:00:00Z"},
		{"midnight", plain, "tomorrow 12am", "2026-11-21T00:00:00Z"},
		{"weekday", plain, "mon 09:00", "2026-11-23T09:00:00Z"},
		{"weekday, long", plain, "Monday  10:00", "2026-11-23T10:00:00Z"},
		{"this weekday, still to come", plain, "fri 18:00", "2026-11-20T18:00:00Z"},
		{"this weekday, over", plain, "fri 17:00", "2026-11-27T17:00:00Z"},
		{"this weekday alone, begun", plain, "fri", "2026-11-27T09:00:00Z"},
		{"this weekday alone, to come", morning, "fri", "2026-11-20T09:00:00Z"},
		{"weekday back", back, "mon", "2026-11-16T00:00:00Z"},
		{"this weekday back", back, "fri", "2026-11-13T00:00:00Z"},
		{"this weekday back, long", back, "friday", "2026-11-13T00:00:00Z"},
		{"the weekday after, back", back, "Saturday", "2026-11-14T00:00:00Z"},
		{"the weekday before, back", back, "thursday", "2026-11-19T00:00:00Z"},
		{"this weekday back, over", back, "fri 09:00", "2026-11-20T09:00:00Z"},
		{"this weekday back, to come", back, "fri 18:00", "2026-11-13T18:00:00Z"},
		{"eod", plain, "EOD", "2026-11-20T17:30:00Z"},
		{"eod before the shift", morning, "eod", "2026-11-20T17:30:00Z"},
		{"next shift", plain, "next-shift", "2026-11-23T09:00:00Z"},
		{"next shift today", morning, "next-shift", "2026-11-20T09:00:00Z"},
		{"spaces around", plain, "  now ", "2026-11-20T17:25:40Z"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			at, err := ParseTime(test.in, test.ref)
			if err != nil {
				t.Fatal(err)
			}
			if got := at.Format(time.RFC3339Nano); got != test.want {
				t.Errorf("%q is %s, want %s", test.in, got, test.want)
			}
		})
	}

	refused := []struct {
		ref    Reference
		in     string
		reason string
	}{
		{plain, "", "write one of"},
		{plain, "soon", "write one of"},
		{plain, "2026-13-01", "write one of"},
		{plain, "2026-02-30", "write one of"},
		{plain, "2026-11-23 25:00", "write one of"},
		{plain, "2026-11-23 09:60", "write one of"},
		{plain, "2026-11-23T25:00", "write one of"},
		{plain, "2y", "write one of"},
		{plain, "w", "write one of"},
		{plain, "99999999999w", "write one of"},
		{plain, "²d", "write one of"},
		{back, "soon", "write one of: 2d"},
		{plain, "tomorrow 13pm", "write one of"},
		{plain, "tomorrow 0am", "write one of"},
		{plain, "tomorrow 9", "write one of"},
		{plain, "tomorrow 9am please", "write one of"},
		{plain, "next monday", "write one of"},
		{plain, "-2h", "write one of"},
		{plain, "now 09:00", "write one of"},
		{plain, "09:00", "write one of"},
		{plain, "mo", "write one of"},
		{nobody, "eod", "working hours"},
		{nobody, "next-shift", "working hours"},
		{late, "eod", "no more hours today"},
	}
	for _, test := range refused {
		at, err := ParseTime(test.in, test.ref)
		var timeErr *TimeError
		if !errors.As(err, &timeErr) || !strings.Contains(err.Error(), test.reason) || timeErr.Text != test.in {
			t.Errorf("%q is %s, %v; want an error with %q", test.in, at, err, test.reason)
		}
	}
}

// Each form that the error lists is one that is read.
func TestTimeForms(t *testing.T) {
	for _, form := range TimeForms {
		if _, err := ParseTime(form, friday(t)); err != nil {
			t.Error(err)
		}
	}
	for _, form := range PastForms {
		past := friday(t)
		past.Back = true
		if at, err := ParseTime(form, past); err != nil {
			t.Errorf("%s: %s, %v", form, at, err)
		}
	}
}
