package outbox

import (
	"strings"
	"testing"
)

func TestParseCommand(t *testing.T) {
	for body, want := range map[string]string{
		"/handoff ack":                                                    "ack",
		"/handoff ack \t all clear ":                                      "ack: all clear",
		"/handoff\tAnswer\tFifteen minutes\r\nas before":                  "answer: Fifteen minutes\nas before",
		"Thanks!\n\n/handoff resolve\nThe flag is on.\n\nSince Monday.\n": "resolve: The flag is on.\n\nSince Monday.",
		"/handoff":                         "",
		"/handoff ack\n/handoff answer no": "ack, and more",
		"/handoff answer see:\n```\n/handoff ack\n```\nso": "answer: see:\n```\n/handoff ack\n```\nso",

		"":                                    "none",
		" /handoff ack":                       "none",
		"please /handoff ack":                 "none",
		"/handoffs ack":                       "none",
		"/Handoff ack":                        "none",
		"> /handoff ack":                      "none",
		"```\n/handoff ack\n```":              "none",
		"~~~ sh\n/handoff ack\n~~~":           "none",
		"````\n```\n/handoff ack\n````\nend":  "none",
		"```\n/handoff ack":                   "none",
		"```\n~~~\n/handoff ack\n```":         "none",
		"<!--\n/handoff ack\n-->":             "none",
		"<!-- a --> b <!--\n/handoff ack":     "none",
		"<pre>\n/handoff ack\n</pre>":         "none",
		"<PRE class=x>\n/handoff ack":         "none",
		"a <!-- b\n--> c <pre>\n/handoff ack": "none",

		"> /handoff ack\n\n/handoff answer yes":   "answer: yes",
		"```\ncode\n```\n/handoff ack":            "ack",
		"<!-- a -->\n/handoff ack":                "ack",
		"<!--\na\n--> b\n/handoff ack":            "ack",
		"<pre>a</pre> <!-- b -->\n/handoff ack":   "ack",
		"see `<pre>` and ``<!--``\n/handoff ack":  "ack",
		"``` not a fence ``` \n```\n/handoff ack": "none",
	} {
		c, found := ParseCommand(body)
		got := "none"
		if found {
			got = c.Verb
			if c.Text != "" {
				got += ": " + c.Text
			}
			if c.More {
				got += ", and more"
			}
		}
		if got != want {
			t.Errorf("%q is %q, want %q", body, got, want)
		}
	}
	if c, found := ParseCommand(strings.Repeat("<!--\n", 200_000) + "/handoff ack"); found {
		t.Errorf("%+v", c)
	}
}
