package form

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/handoff"
)

func TestDraftsKeepTheLastFive(t *testing.T) {
	d := &Drafts{Dir: t.TempDir()}
	for i := range 7 {
		if err := d.Save([]byte(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
		if err := d.SetAside(); err != nil {
			t.Fatal(err)
		}
	}
	for n := 1; n <= KeptDrafts; n++ {
		if data, err := d.aside(n); err != nil || string(data) != fmt.Sprint(7-n) {
			t.Errorf("%d: %q, %v", n, data, err)
		}
	}
	if data, err := d.aside(KeptDrafts + 1); data != nil || err != nil {
		t.Errorf("a sixth is kept: %q, %v", data, err)
	}
	info, err := os.Stat(d.asidePath(1))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestRestoreExchanges(t *testing.T) {
	d := &Drafts{Dir: t.TempDir()}
	if found, err := d.Restore(1); found || err != nil {
		t.Fatalf("%t, %v", found, err)
	}
	for _, text := range []string{"old", "new"} {
		if err := d.Save([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if text == "old" {
			if err := d.SetAside(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if found, err := d.Restore(1); !found || err != nil {
		t.Fatalf("%t, %v", found, err)
	}
	current, _ := d.Load()
	aside, _ := d.aside(1)
	if string(current) != "old" || string(aside) != "new" {
		t.Errorf("draft %q, set aside %q", current, aside)
	}
}

// TestTwoForms lets two forms in one work tree save in turn.
func TestTwoForms(t *testing.T) {
	dir := t.TempDir()
	one, two := &Drafts{Dir: dir}, &Drafts{Dir: dir}
	for _, save := range []struct {
		d    *Drafts
		text string
	}{{one, "one"}, {two, "two"}, {two, "two and more"}} {
		if err := save.d.Save([]byte(save.text)); err != nil {
			t.Fatal(err)
		}
	}
	current, _ := one.Load()
	aside, _ := one.aside(1)
	if string(current) != "two and more" || string(aside) != "one" {
		t.Errorf("draft %q, set aside %q", current, aside)
	}
}

func TestEmojiCanBeReadInTheDraft(t *testing.T) {
	d := &Draft{Handoff: new(handoff.Handoff)}
	d.Handoff.Summary = "部 🎉 \\U0001F389 and a tag \U000e0041"
	text, err := d.Format()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "部 🎉 \\\\U0001F389 and a tag \\U000E0041") {
		t.Errorf("%s", text)
	}
	if again, _ := ParseDraft(text, handoff.Reading{}); again == nil || again.Handoff.Summary != d.Handoff.Summary {
		t.Errorf("read back as %+v", again)
	}
}

// TestText checks that the editor's text reads as the draft, says what is
// required, and leaves open what nobody answered.
func TestText(t *testing.T) {
	d := &Draft{Handoff: new(handoff.Handoff)}
	d.Handoff.Items = carried().Items
	d.Handoff.Blockers = []handoff.Blocker{}
	text, err := d.Text(carried())
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"# required: one sentence, at most 140 characters", "  # carried over: say what is so now", "shipped:", "blockers: []"} {
		if !strings.Contains(string(text), line+"\n") {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
	again, doc := ParseDraft(text, handoff.Reading{})
	if again == nil || len(again.Handoff.Items) != 2 || again.Handoff.Shipped != nil || again.Handoff.Blockers == nil {
		t.Errorf("read back as %+v, %v", again, doc.Findings)
	}
}

func TestAnnotate(t *testing.T) {
	text := "summary: \"a\"\nitems:\n  - id: \"x\"\n    state: \"wip\"\n"
	findings := []handoff.Finding{{Code: "HO203", Level: handoff.LevelError, Line: 4, Message: "says\nnothing", Fix: "say what is so"}}
	once := annotate([]byte(text), findings)
	want := "summary: \"a\"\nitems:\n  - id: \"x\"\n    #! error HO203: says nothing\n    #!   say what is so\n    state: \"wip\"\n"
	if string(once) != want {
		t.Errorf("got\n%s\nwant\n%s", once, want)
	}
	if again := annotate(once, nil); string(again) != text {
		t.Errorf("the findings stay:\n%s", again)
	}
}
