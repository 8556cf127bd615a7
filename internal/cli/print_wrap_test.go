package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"
)

// TestWrapKeepsWords breaks lines where a reader would: not in a word, nor in a
// character that is made of several.
func TestWrapKeepsWords(t *testing.T) {
	for _, c := range []struct {
		line string
		room int
		want string
	}{
		{"Ask james for the second approval", 16, "Ask james for|the second|approval"},
		{"see payments-refund-flow", 12, "see|payments-|refund-flow"},
		{"digest 0123456789abcdef", 10, "digest|0123456789|abcdef"},
		{"返金メールの日本語訳は完了、残り。", 12, "返金メールの|日本語訳は完|了、残り。"}, // a comma begins no line
		{"法務にフォントの件を", 13, "法務に|フォントの件|を"},
		{"한국어 문장은 띄어쓰기가 있다", 14, "한국어 문장은|띄어쓰기가|있다"},
		{"see 三井住友銀行 now", 10, "see 三井住|友銀行 now"},
		{"👩‍💻👩‍💻👩‍💻", 4, "👩‍💻👩‍💻|👩‍💻"},
		{"e\u0301e\u0301e\u0301e\u0301", 2, "e\u0301e\u0301|e\u0301e\u0301"},
		{"", 10, ""},
	} {
		if got := strings.Join(wrapWords(c.line, c.room), "|"); got != c.want {
			t.Errorf("%q in %d columns: %q, want %q", c.line, c.room, got, c.want)
		}
	}
}

// TestTruncate cuts between words, and never in a character.
func TestTruncate(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"Map full-width digits", 21, "Map full-width digits"},
		{"Map full-width digits", 20, "Map full-width…"},
		{"Map full-width digits", 15, "Map full-width…"},
		{"Map full-width digits", 14, "Map…"},
		{"payments-refund-flow", 10, "payments-…"},
		{"日本への支払い", 8, "日本へ…"},
		{"日本への支払い", 2, "…"},
		{"a👩‍💻b", 3, "a…"},
		{"a", 0, "…"},
	} {
		if got := truncate(c.text, c.width); got != c.want {
			t.Errorf("%q in %d columns: %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

// TestBreakLine breaks any line: nothing is lost but white space between the parts,
// no part is too wide unless it is one character, and none begins or ends in one.
func TestBreakLine(t *testing.T) {
	pieces := []string{"a", "handoff", " ", "  ", "日", "本", "、", "「", "👩‍💻", "🇯🇵", "é", "e\u0301", "ｶﾞ", "/", "-", "…", "ก็", "❤️", "한글"}
	rapid.Check(t, func(t *rapid.T) {
		line := strings.TrimSpace(strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 40).Draw(t, "line"), ""))
		room := rapid.IntRange(1, 30).Draw(t, "room")
		ends := map[int]bool{0: true}
		for g := uniseg.NewGraphemes(line); g.Next(); {
			_, to := g.Positions()
			ends[to] = true
		}
		at := 0
		for _, part := range breakLine(line, room, room) {
			text := line[part.from:part.to]
			if strings.TrimSpace(line[at:part.from]) != "" {
				t.Fatalf("%q is lost", line[at:part.from])
			}
			if uniseg.StringWidth(text) > room && uniseg.GraphemeClusterCount(text) > 1 {
				t.Fatalf("%q is wider than %d", text, room)
			}
			if !ends[part.from] || !ends[part.to] {
				t.Fatalf("%q begins or ends in a character", text)
			}
			at = part.to
		}
		if at != len(line) {
			t.Fatalf("%q is lost", line[at:])
		}
		if cut := truncate(line, room); uniseg.StringWidth(cut) > room {
			t.Fatalf("%q is wider than %d", cut, room)
		}
	})
}

// TestWhen says times on the reader's clock, with the writer's beside it where they
// differ.
func TestWhen(t *testing.T) {
	london, singapore := time.FixedZone("", 0), time.FixedZone("", 8*3600)
	p := printer{now: time.Date(2026, 11, 20, 9, 30, 0, 0, london)}
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{time.Date(2026, 11, 20, 13, 5, 0, 0, london), "today 13:05"},
		{time.Date(2026, 11, 23, 9, 0, 0, 0, singapore), "Mon 23 Nov 01:00 (09:00 +08:00)"},
		{time.Date(2026, 11, 23, 7, 0, 0, 0, singapore), "Sun 22 Nov 23:00 (Mon 07:00 +08:00)"},
		{time.Date(2027, 1, 4, 9, 0, 0, 0, london), "Mon 4 Jan 2027 09:00"},
		{time.Time{}, ""},
	} {
		if got := p.when(c.at); got != c.want {
			t.Errorf("%v: %q, want %q", c.at, got, c.want)
		}
	}
	p.now = p.now.In(singapore)
	if got := p.when(time.Date(2026, 11, 20, 13, 5, 0, 0, time.UTC)); got != "today 21:05 (13:05 UTC)" {
		t.Errorf("in UTC: %q", got)
	}
}

// TestProgressIsWiped: whatever is printed, nothing is left of how far work is.
func TestProgressIsWiped(t *testing.T) {
	var terminal bytes.Buffer
	g := newGlobals(Env{Out: &terminal, Err: &terminal, Interactive: true, Width: 80})
	g.openOut()
	total, commits := g.progress("repositories"), g.progress("commits")
	commits(512, 4000)
	total(1, 3)
	g.say("warning: one is not here")
	commits(1024, 4000)
	g.printer.line("an answer")
	g.counter("records")(2048)
	g.progressLine.wipe()
	want := "\r512 of 4000 commits\x1b[K\r1 of 3 repositories\x1b[K\r\x1b[Kwarning: one is not here\n" +
		"\r1024 of 4000 commits\x1b[K\r\x1b[Kan answer\n\r2048 records\x1b[K\r\x1b[K"
	if got := terminal.String(); got != want {
		t.Errorf("the terminal got %q, want %q", got, want)
	}
	g.Environ = []string{"TERM=dumb"}
	if g.counter("records") != nil || g.progress("commits") != nil {
		t.Error("a terminal without sequences shows progress")
	}
}
