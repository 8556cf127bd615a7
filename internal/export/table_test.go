package export

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// What COPY reads in a field, it takes for the text that was meant.
func TestCopied(t *testing.T) {
	for text, want := range map[string]string{
		"plain":        "plain",
		`\N`:           `\\N`,
		"a\tb\nc\r":    `a\tb\nc\r`,
		"\n\\.\n":      `\n\\.\n`,
		"\x1b[31m\x7f": `\x1b[31m\x7f`,
		"\u202e\u0085": `\xe2\x80\xae\xc2\x85`,
		"::error::x":   `:\x3aerror:\x3ax`,
		"##[error]":    `#\x23[error]`,
		":::":          `:\x3a\x3a`,
		"日本 👩‍💻":       "日本 👩‍💻",
	} {
		if got := string(appendCopied(nil, text)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestArrayLiteral(t *testing.T) {
	for want, list := range map[string][]string{
		"{}":                        nil,
		`{""}`:                      {""},
		`{"a","NULL","b,c","{}"}`:   {"a", "NULL", "b,c", "{}"},
		`{"\"quoted\"","back\\sl"}`: {`"quoted"`, `back\sl`},
	} {
		if got := arrayLiteral(list); got != want {
			t.Errorf("%q: %s, want %s", list, got, want)
		}
	}
}

// NUL goes, in JSON only where it is one: behind a backslash that is escaped there are
// six characters.
func TestStorable(t *testing.T) {
	if got := storableText("a\x00b\xffc"); got != "a\ufffdb\ufffdc" {
		t.Errorf("%q", got)
	}
	for _, text := range []string{"a\x00b", `\u0000`, "\\\x00", `\\u0000` + "\x00", "\x00", "plain", `"`, `\`} {
		data, err := json.Marshal([]string{text})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		if err := json.Unmarshal(storableJSON(data), &got); err != nil {
			t.Errorf("%q: %v", text, err)
		} else if want := strings.ReplaceAll(text, "\x00", "\ufffd"); got[0] != want {
			t.Errorf("%q: %q, want %q", text, got[0], want)
		}
	}
	for at, want := range map[time.Time]any{
		{}: nil,
		time.Date(1, 1, 1, 0, 0, 0, 0, time.FixedZone("", 3600)):            nil,
		time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -2*3600)):   nil,
		time.Date(2026, 11, 20, 18, 2, 11, 0, time.FixedZone("", 8*3600)):   "2026-11-20T10:02:11Z",
		time.Date(2026, 11, 20, 10, 2, 11, 123456789, time.UTC):             "2026-11-20T10:02:11.123456Z",
		time.Date(2026, 11, 20, 10, 2, 11, 100, time.FixedZone("", 0*3600)): "2026-11-20T10:02:11Z",
	} {
		if got := storableTime(at); got != want {
			t.Errorf("%s: %v, want %v", at, got, want)
		}
	}
}

// A part of a key stays one, however long it is and whatever is in it.
func TestStorableKey(t *testing.T) {
	long := strings.Repeat("ü", 5000)
	seen := make(map[string]string)
	for _, s := range []string{"", "payments", "a\x00", "a\ufffd", "a\xff", long, long + "x", strings.Repeat("x", longestKey), strings.Repeat("x", longestKey+1)} {
		key := storableKey(s)
		if len(key) > longestKey || key != storableText(key) {
			t.Errorf("%.20q: %q", s, key)
		}
		if other, ok := seen[key]; ok {
			t.Errorf("%.20q and %.20q are one", s, other)
		}
		seen[key] = s
	}
	if storableKey("payments") != "payments" {
		t.Error("a key that is one was changed")
	}
}

// Every column has a type in both engines, every table its rows, and a key of columns
// that are there.
func TestTablesAreWhole(t *testing.T) {
	for i, table := range warehouse() {
		keys := 0
		for _, c := range table.columns {
			if c.name == "" || c.postgres == "" || c.duckdb == "" {
				t.Errorf("%s: %+v", table.name, c)
			}
			if c.key {
				keys++
			}
		}
		if keys != len(table.key) || table.columns[0].name != repoColumn || table.comment == "" {
			t.Errorf("%s: key %v", table.name, table.key)
		}
		if (rows[table.name] == nil) != (i == 0) {
			t.Errorf("%s: rows %t", table.name, rows[table.name] != nil)
		}
	}
}
