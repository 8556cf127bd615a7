package handoff

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

// noon is when the records of these tests were written.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// someWork is an item with everything that has to be said of it.
func someWork(id string) Item {
	return Item{ID: id, Status: StatusReady, Owner: "ana", State: "as planned", Next: List[Next]{{Do: "go on", Owner: "ben"}}}
}

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

func TestParseCanonicalEscapes(t *testing.T) {
	for text, read := range map[string]bool{
		"plain": true, `a "quoted" \ word`: true, "two\nlines": true, "日本 é": true, " edges ": true, "": true,
		"# no comment": true, "a: b": true, "\ttab": false, "nul\x00": false, "\u2028": false,
		"😀 👩‍💻 \\U0001F600": true, "\U000e0041": false,
	} {
		data, err := Format(New("k3f9q2m7", noon, "ana", &Answer{Question: "q", Text: text}))
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
	h := &Handoff{To: List[string]{"ben"}, Items: []Item{someWork("api")}}
	h.Items[0].Progress, h.Shipped, h.Blockers = &n, List[Shipped]{}, List[Blocker]{{ID: "tls", Blocks: []string{"api"}}}
	h.Shift = &Shift{Name: "a", Start: Time{noon}, End: Time{noon}}
	for _, body := range []Body{h, &Gap{Subject: "api", Anticipated: true}, &Escalation{Subject: "api", Level: 2}} {
		data, err := Format(New("k3f9q2m7", noon, "ana", body))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	said := New("k3f9q2m7", noon, "ana", &Answer{Question: "q:tls", Text: "By Friday"})
	said.Said = &Said{URL: "https://github.com/acme/shop/issues/7#issuecomment-1", Via: "github"}
	data, err := Format(said)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	if read := ParseCanonical(data); read == nil || !reflect.DeepEqual(read.Said, said.Said) {
		f.Errorf("%+v is read of\n%s", read, data)
	}
	f.Fuzz(func(t *testing.T, data []byte) { sameAsParse(t, data) })
}

func BenchmarkParseCanonical(b *testing.B) {
	data, err := Format(New("k3f9q2m7", noon, "ana", &Handoff{To: List[string]{"ben"}, Items: []Item{someWork("api"), someWork("web")}}))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if ParseCanonical(data) == nil {
			b.Fatal("not canonical")
		}
	}
}
