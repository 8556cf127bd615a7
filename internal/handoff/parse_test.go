package handoff

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/text"
	"pgregory.net/rapid"
)

// codes lists the codes of findings in their order.
func codes(findings []Finding) string {
	var list []string
	for _, f := range findings {
		list = append(list, f.Code)
	}
	return strings.Join(list, " ")
}

func TestParseRefusesBeforeDecoding(t *testing.T) {
	tests := []struct {
		name, in, codes string
		line            int
	}{
		{"empty", "", "HO101", 1},
		{"blank", " \n\n", "HO101", 1},
		{"only comments", "# nothing\n", "HO101", 1},
		{"list at the top", "- a\n- b\n", "HO101", 1},
		{"scalar at the top", "hello\n", "HO101", 1},
		{"two documents", "summary: a\n---\nsummary: b\n", "HO910", 2},
		{"duplicate key", "summary: a\nto: [b]\nsummary: c\n", "HO910", 3},
		{"alias", "summary: &a x\nnotes: *a\n", "HO910 HO910", 1},
		{"merge key", "summary: a\n<<: {b: c}\n", "HO910", 2},
		{"explicit tag", "summary: !!binary aGk=\n", "HO910", 1},
		{"unknown anchor", "summary: *a\n", "HO101", 1},
		{"deep", "a: " + strings.Repeat("[", 20000) + strings.Repeat("]", 20000), "HO910", 1},
		{"rather deep", "a: " + strings.Repeat("[", 13) + strings.Repeat("]", 13), "HO910", 1},
		{"many nodes", "a: [" + strings.Repeat("1,", 6000) + "1]\n", "HO910", 1},
		{"large", strings.Repeat("# filler\n", 40000), "HO910", 1},
		{"tab indentation", "items:\n\t- id: a\n", "HO101", 2},
		{"handle with @", "items: []\nresolver: @sarah\n", "HO101", 2},
		{"colon in a value", "summary: a\nstate: deployed: yes\n", "HO101", 2},
		{"comment eats text", "summary: a\nstate: In review - PR #1842 open\n", "HO911", 2},
		{"a comment is fine", "summary: a # why\n", "", 0},
		{"escape", "summary: \"\\x1b[31m\"\n", "HO907", 1},
		{"raw escape", "summary: a\nnotes: \x1b[31m\n", "HO907", 2},
		{"bidi", "summary: a\u202eb\n", "HO907", 1},
		{"invalid UTF-8", "summary: a\nnotes: \xff\n", "HO907", 2},
		{"lone carriage return", "summary: a\rb\n", "HO907", 1},
		{"CRLF line ends", "summary: a\r\nnotes: b\r\n", "", 0},
		{"byte order mark", "\ufeffsummary: a\n", "", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := Parse([]byte(test.in), KindHandoff)
			if got := codes(d.Findings); got != test.codes {
				t.Fatalf("codes %q, want %q: %+v", got, test.codes, d.Findings)
			}
			if test.codes == "" {
				return
			}
			if got := d.Findings[0].Line; got != test.line {
				t.Errorf("line %d, want %d: %+v", got, test.line, d.Findings[0])
			}
			for _, f := range d.Findings {
				if strings.Contains(f.Message, "handoff.") || strings.Contains(f.Message, "yaml.") {
					t.Errorf("a Go type is shown: %q", f.Message)
				}
			}
		})
	}
}

// Decoding 8,000 duplicate keys takes yaml.v3 seconds and gigabytes; refusing
// them on the tree must not.
func TestParseDuplicateKeysIsCheap(t *testing.T) {
	data := []byte(strings.Repeat("a: 1\n", 8000))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	d := Parse(data, KindHandoff)
	runtime.ReadMemStats(&after)
	if got := codes(d.Findings); !strings.HasPrefix(got, "HO910") {
		t.Fatalf("codes %q", got)
	}
	if spent := after.TotalAlloc - before.TotalAlloc; spent > 50<<20 {
		t.Errorf("%d MB allocated", spent>>20)
	}
}

func TestParseLeavesOutWhatDoesNotFit(t *testing.T) {
	d := Parse([]byte("summary: [a]\nreturns_at: tomorrow\nto: [ben]\nitems: {}\nx-ours: {a: 1}\n"), KindHandoff)
	h := d.Record.Body.(*Handoff)
	if h.Summary != "" || !h.ReturnsAt.IsZero() || len(h.To) != 1 || h.Items != nil {
		t.Errorf("decoded %+v", h)
	}
	if _, ok := d.Record.Ext["x-ours"]; !ok {
		t.Error("the extension is lost")
	}
}

func TestLocate(t *testing.T) {
	d := Parse([]byte("summary: a\nitems:\n  - id: x\n    next:\n      - do: a\n      - do: b\n"), KindHandoff)
	tests := []struct {
		field string
		line  int
	}{
		{"summary", 1}, {"items", 2}, {"items[0]", 3}, {"items[0].next[1].do", 6},
		{"items[0].next[1].owner", 6}, {"items[0].state", 3}, {"shipped", 1}, {"items[4].id", 2},
	}
	for _, test := range tests {
		if line, _ := d.Locate(test.field); line != test.line {
			t.Errorf("%s in line %d, want %d", test.field, line, test.line)
		}
	}
}

func TestAbsentIsNotEmpty(t *testing.T) {
	for in, want := range map[string]string{
		"blockers: []\n": "blockers: []\n",
		"summary: a\n":   "",
	} {
		d := Parse([]byte(in), KindHandoff)
		out, err := Format(d.Record)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(out), "blockers"); got != (want != "") {
			t.Errorf("%q became\n%s", in, out)
		}
	}
}

func TestFormatQuotesEveryString(t *testing.T) {
	at := time.Date(2026, 11, 20, 18, 2, 11, 0, time.FixedZone("", 8*3600))
	r := New("12345678", at, "on", &Handoff{To: List[string]{"no"}, Summary: "1e3", Shipped: List[Shipped]{}})
	out, err := Format(r)
	if err != nil {
		t.Fatal(err)
	}
	want := "# yaml-language-server: $schema=" + SchemaURL + `
schema: "handoff/v1"
kind: "handoff"
id: "12345678"
at: "2026-11-20T18:02:11+08:00"
by: "on"
to:
  - "no"
summary: "1e3"
shipped: []
`
	if string(out) != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
	if got, want := r.Name(), "2026/11/20/100211Z-handoff-on-12345678.yaml"; got != want {
		t.Errorf("name %s, want %s", got, want)
	}
}

// Whatever text a record holds, reading back what was written gives the same
// record and the same bytes.
func TestFormatParseStable(t *testing.T) {
	text := rapid.StringMatching(`[ -~äß世😀\n]{0,40}`)
	rapid.Check(t, func(t *rapid.T) {
		progress := rapid.IntRange(0, 100).Draw(t, "progress")
		r := New("k3f9q2m7", time.Unix(rapid.Int64Range(0, 1<<32).Draw(t, "at"), 0).UTC(), "ana", &Handoff{
			To: List[string]{"ben"}, Summary: text.Draw(t, "summary"), Notes: text.Draw(t, "notes"),
			Items: List[Item]{{ID: "a-b", State: text.Draw(t, "state"), Progress: &progress,
				Next: []Next{{Do: text.Draw(t, "do"), Owner: "ben"}}, DoNot: []string{text.Draw(t, "do_not")}}},
			Blockers: List[Blocker]{},
		})
		first, err := Format(r)
		if err != nil {
			t.Fatal(err)
		}
		d := Parse(first, "")
		if len(d.Findings) > 0 {
			t.Fatalf("%+v in\n%s", d.Findings, first)
		}
		second, err := Format(d.Record)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Fatalf("first\n%s\nsecond\n%s", first, second)
		}
		if got := d.Record.Body.(*Handoff).Items[0].State; got != r.Body.(*Handoff).Items[0].State {
			t.Fatalf("state %q became %q", r.Body.(*Handoff).Items[0].State, got)
		}
	})
}

func FuzzParse(f *testing.F) {
	seeds, _ := filepath.Glob("../../examples/*/.handoffs/*/*/*/*.yaml")
	for _, path := range seeds {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("summary: a\nitems: [{id: b, next: [{do: c}]}]\nx-a: {b: [1, 2.5, true, null]}\n"))
	f.Add([]byte("summary: \"😀 \\\\U0001F600\"\nx-\\U0001F600: {\"\\\\U0001F600\": 😀}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d := Parse(data, KindHandoff)
		for _, finding := range d.Findings {
			if finding.Line < 1 || finding.Code == "" || !text.Clean(finding.Message) {
				t.Errorf("finding %+v", finding)
			}
		}
		if d.Record == nil || len(d.Findings) > 0 {
			return
		}
		first, err := Format(d.Record)
		if err != nil {
			t.Fatal(err)
		}
		again := Parse(first, "")
		if len(again.Findings) > 0 {
			t.Fatalf("%+v in\n%s", again.Findings, first)
		}
		second, err := Format(again.Record)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Fatalf("first\n%s\nsecond\n%s", first, second)
		}
	})
}

func FuzzNeutralise(f *testing.F) {
	f.Add("plain")
	f.Add("\x1b[31m\u202e\xff")
	f.Fuzz(func(t *testing.T, s string) {
		out := text.Neutralise(s)
		if !text.Clean(out) {
			t.Errorf("%q became %q", s, out)
		}
		if text.Clean(s) && out != s {
			t.Errorf("%q was changed to %q", s, out)
		}
	})
}

// A record may say when it was written more exactly than to the second. What it
// says is kept, in one form, by whoever reads it; its name has the whole second.
func TestTimesKeepTheirFractions(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-20T18:02:11+08:00":            "2026-11-20T18:02:11+08:00",
		"2026-11-20T18:02:11.345+08:00":        "2026-11-20T18:02:11.345+08:00",
		"2026-11-20T18:02:11.500+08:00":        "2026-11-20T18:02:11.5+08:00",
		"2026-11-20T18:02:11.000000+08:00":     "2026-11-20T18:02:11+08:00",
		"2026-11-20T18:02:11.123456789+08:00":  "2026-11-20T18:02:11.123456789+08:00",
		"2026-11-20T18:02:11.1234567899+08:00": "2026-11-20T18:02:11.123456789+08:00",
		"2026-11-20T23:59:59.999Z":             "2026-11-20T23:59:59.999Z",
	} {
		written, err := Format(New("k3f9q2m7", noon, "ana", &Gap{Subject: "api"}))
		if err != nil {
			t.Fatal(err)
		}
		record := sameAsParse(t, bytes.Replace(written, []byte(noon.Format(time.RFC3339)), []byte(text), 1))
		if record == nil {
			t.Fatalf("%s: not read", text)
		}
		if got := record.At.String(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
		if name := record.At.UTC().Format("2006/01/02/150405Z") + "-gap-ana-k3f9q2m7.yaml"; record.Name() != name {
			t.Errorf("%s: named %s, want %s", text, record.Name(), name)
		}
		again, err := DecodeRecord(EncodeRecord(record))
		if err != nil || !again.At.Equal(record.At.Time) || again.At.String() != want {
			t.Errorf("%s: %s in the compact form, %v", text, again.At, err)
		}
	}
}
