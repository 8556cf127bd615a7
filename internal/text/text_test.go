package text

import "testing"

func TestShellArgument(t *testing.T) {
	for name, want := range map[string]string{
		"origin":          "origin",
		"git@host:a/b":    "git@host:a/b",
		"":                "''",
		"a b":             "'a b'",
		"$(touch x)":      "'$(touch x)'",
		"it's":            `'it'\''s'`,
		"-x":              "-- -x",
		"-c 'y'":          `-- '-c '\''y'\'''`,
		"a\nb":            "'a b'",
		"\x1b[31m":        `'\x1b[31m'`,
		"https://h/%20+,": "https://h/%20+,",
	} {
		if got := ShellArgument(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

func TestShellWord(t *testing.T) {
	for text, want := range map[string]string{"plain": "plain", "": "''", "-x": "-x", "two\nlines": "'two\nlines'", "it's": `'it'\''s'`, "\x1b[31m": `'\x1b[31m'`} {
		if got := ShellWord(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
