package handoff

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// sameAsParse requires that what ParseCanonical reads is what Parse reads,
// without anything wrong.
func sameAsParse(t interface {
	Helper()
	Fatalf(string, ...any)
}, data []byte) *Record {
	t.Helper()
	fast := ParseCanonical(data)
	if fast == nil {
		return nil
	}
	doc := Parse(data, "")
	if len(doc.Findings) > 0 || !reflect.DeepEqual(fast, doc.Record) {
		t.Fatalf("canonical %+v\n%+v\nparsed %+v\nfindings %v\n%s", fast, fast.Body, doc.Record, doc.Findings, data)
	}
	return fast
}

func TestParseCanonicalReadsWhatFormatWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, r := range drawHistory(t) {
			data, err := Format(r)
			if err != nil {
				t.Fatal(err)
			}
			if sameAsParse(t, data) == nil {
				t.Fatalf("not read:\n%s", data)
			}
		}
	})
}

func TestParseCanonicalEscapes(t *testing.T) {
	for text, read := range map[string]bool{
		"plain": true, `a "quoted" \ word`: true, "two\nlines": true, "日本 é": true, " edges ": true, "": true,
		"# no comment": true, "a: b": true, "\ttab": false, "nul\x00": false, "\u2028": false,
		"😀 👩‍💻 \\U0001F600": true, "\U000e0041": false,
	} {
		data, err := Format(New("k3f9q2m7", day, "ana", &Answer{Question: "q", Text: text}))
		if err != nil {
			t.Fatal(err)
		}
		if got := sameAsParse(t, data) != nil; got != read {
			t.Errorf("%q: read %t\n%s", text, got, data)
		}
	}
}

func FuzzParseCanonical(f *testing.F) {
	examples, err := filepath.Glob("../../examples/*/.handoffs/*/*/*/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range examples {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	n := 3
	h := items(work("api", StatusReady, "ben"))
	h.Items[0].Progress, h.Shipped, h.Blockers = &n, List[Shipped]{}, List[Blocker]{{ID: "tls", Blocks: []string{"api"}}}
	h.Shift = &Shift{Name: "a", Start: Time{day}, End: Time{day}}
	for _, body := range []Body{h, &Gap{Subject: "api", Anticipated: true}, &Escalation{Subject: "api", Level: 2}} {
		data, err := Format(New("k3f9q2m7", day, "ana", body))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) { sameAsParse(t, data) })
}

func BenchmarkParseCanonical(b *testing.B) {
	data, err := Format(New("k3f9q2m7", day, "ana", items(work("api", StatusReady, "ben"), work("web", StatusReady, "ben"))))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if ParseCanonical(data) == nil {
			b.Fatal("not canonical")
		}
	}
}
