package export

import "testing"

func TestTextCell(t *testing.T) {
	for text, want := range map[string]string{
		"":                 "",
		"plain":            "plain",
		"a = b":            "a = b",
		"=1+1":             "'=1+1",
		"+1":               "'+1",
		"-1":               "'-1",
		"@sum":             "'@sum",
		"  =1":             "'  =1",
		"\n=1":             "'\n=1",
		"\u3000\u00a0=1":   "'\u3000\u00a0=1",
		"\tx":              "'\tx",
		"\r=1":             `'\x0d=1`,
		"＝1":               "'＝1",
		"＋1":               "'＋1",
		"－1":               "'－1",
		"＠x":               "'＠x",
		"a\x1b[31m\u202eb": `a\x1b[31m\u202eb`,
		"\x00=1":           `\x00=1`,
		"\xff":             `\xff`,
		"'=1":              "'=1",
	} {
		if got := textCell(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
