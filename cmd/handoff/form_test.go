//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// How many keys an ordinary day may take beside the typed text, the question whether
// to push among them: where nothing is given to the receiver, and where two items are.
const (
	keptKeys  = 11
	givenKeys = 14
)

// TestOrdinaryDay hands over two carried items and a carried blocker, with one line
// changed each item, and one decision. It takes the plainest way: enter, on every
// screen.
func TestOrdinaryDay(t *testing.T) {
	t.Parallel()
	for _, day := range []struct {
		name   string
		give   []string // keys
		most   int
		offers string
	}{
		{"nothing is given", nil, keptKeys, "offers nothing; keeps login-audit, refund-flow"},
		{"two items are given", []string{space, down, space}, givenKeys, "ana → ben: offers"},
	} {
		t.Run(day.name, func(t *testing.T) {
			t.Parallel()
			r := inTheEvening(t)
			remote := r.withRemote()
			x := r.start(80, 24, "handoff", "declare")
			x.key("What do you hand over?", enter)
			x.ready("Item 1 of 2: login-audit")
			x.write("The log is missing for 1 of 7 endpoints")
			x.key("Item 1 of 2", enter)
			x.ready("Item 2 of 2: refund-flow")
			x.write("PR #1842 has 2 of 2 approvals, the freeze ends at 09:00")
			x.key("Item 2 of 2", enter)
			x.key("What blocks?", enter)
			x.key("Shipped", enter)
			x.ready("enter done · tab done")
			x.write("Sessions last 15 minutes -- the audit asks for at most 15")
			x.key("enter new line", enter)
			x.key("enter done", enter)
			x.ready("Hand over")
			x.write("Refunds are approved, the audit lacks one endpoint")
			x.key("Summary", enter)
			x.ready("┃ Back at")
			x.write("tomorrow 09:00")
			x.key("Back at", enter)
			x.ready("space ticks")
			for _, key := range day.give {
				x.key("The receiver does the next step of", key)
			}
			x.key("The receiver does the next step of", enter)
			x.see("Ready to publish", "publish, and push it to origin: ben sees it")
			x.key("Preview", enter)
			x.published()
			t.Logf("%d keys", x.keys)
			if x.keys > day.most {
				t.Errorf("%d keys, at most %d", x.keys, day.most)
			}
			for _, refusal := range []string{"Not ready", "warning", "required; enter", "nothing is typed here"} {
				if x.screen.said(refusal) {
					t.Errorf("it said %q", refusal)
				}
			}
			x.see(day.offers, "pushed to origin/main")
			if tip := r.run("git", "--git-dir", remote, "rev-parse", "main"); tip != r.head() {
				t.Errorf("%s was not pushed: %s", r.head(), tip)
			}
			record := r.run("handoff", "show", "@", "--json")
			for _, text := range []string{"missing for 1 of 7", "2 of 2 approvals", "Sessions last 15 minutes", "the audit asks", "session-policy", "Refunds are approved", `"started_at":"`} {
				if !strings.Contains(record, text) {
					t.Errorf("%q is not in the handoff:\n%s", text, record)
				}
			}
			if strings.Contains(record, "first_try_errors") {
				t.Errorf("nobody agreed to share how often it was refused:\n%s", record)
			}
			if r.draft() != "" {
				t.Error("the draft is still there")
			}
		})
	}
}

// TestChangedBlocker is the same day with a new line for the blocker as well.
func TestChangedBlocker(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	x := r.start(80, 24, "handoff", "declare")
	x.key("What do you hand over?", enter)
	for _, item := range []string{"Item 1 of 2", "Item 2 of 2"} {
		x.ready(item)
		x.write("A new state of " + item + " since 14:00")
		x.key(item, enter)
	}
	x.key("What blocks?", up)
	x.key("←→ choose", right)
	x.see("changed")
	x.key("What blocks?", ctrlS)
	x.key("Blocker: session-policy", enter)
	x.ready("┃ Because")
	x.write("login and refund use 15 and 90 minutes")
	x.key("Blocker: session-policy", ctrlS)
	x.key("Shipped", enter)
	x.ready("enter done · tab done")
	x.write("Sessions last 15 minutes -- the audit asks for at most 15")
	x.key("tab done", tab)
	x.ready("Hand over")
	x.write("Refunds are approved, the audit lacks one endpoint")
	x.key("Hand over", enter)
	x.ready("┃ Back at")
	x.write("tomorrow 09:00")
	x.key("Hand over", ctrlS)
	x.see("Ready to publish")
	x.key("Preview", enter)
	if status := x.status(); status != 0 {
		t.Fatalf("status %d; the screen is:\n%s", status, x.screen)
	}
	t.Logf("%d keys", x.keys)
	if x.keys > givenKeys {
		t.Errorf("%d keys, at most %d", x.keys, givenKeys)
	}
	if record := r.run("handoff", "show", "@", "--json"); !strings.Contains(record, "90 minutes") {
		t.Errorf("the blocker did not change:\n%s", record)
	}
}

// TestNothingTypedIsLost stops a form in the middle of a word, in every way.
func TestNothingTypedIsLost(t *testing.T) {
	const typed = "The log is miss"
	for _, stop := range []struct {
		name   string
		by     func(*terminal)
		status int
		saved  bool // wait until the draft is on the disk before
	}{
		{"ctrl-c", func(x *terminal) { x.send(ctrlC) }, 130, false},
		{"SIGTERM", func(x *terminal) { _ = x.cmd.Process.Signal(syscall.SIGTERM) }, 143, false},
		{"SIGHUP", func(x *terminal) { _ = x.cmd.Process.Signal(syscall.SIGHUP) }, 129, false},
		{"SIGINT", func(x *terminal) { _ = x.cmd.Process.Signal(syscall.SIGINT) }, 130, false},
		{"SIGKILL", func(x *terminal) { _ = x.cmd.Process.Kill() }, -1, true},
		{"closed terminal", func(x *terminal) { x.slave.Close(); x.master.Close() }, 129, false},
	} {
		t.Run(stop.name, func(t *testing.T) {
			t.Parallel()
			r := inTheEvening(t)
			before := r.head()
			x := r.start(80, 24, "handoff", "declare")
			x.key("What do you hand over?", enter)
			x.ready("Item 1 of 2")
			x.write(typed)
			if stop.saved {
				x.saved(r, typed)
			}
			stop.by(x)
			if status := x.status(); status != stop.status {
				t.Errorf("status %d, want %d; the screen is:\n%s", status, stop.status, x.screen)
			}
			if stop.name != "closed terminal" && stop.name != "SIGKILL" {
				x.sane()
				x.see("your draft is kept: handoff declare --resume")
			}
			if r.head() != before {
				t.Error("something was published")
			}
			if !strings.Contains(r.draft(), typed) {
				t.Fatalf("the text is not in the draft:\n%s", r.draft())
			}
			again := r.start(80, 24, "handoff", "declare", "--resume")
			again.key("What blocks?", escape)
			again.key("Item 2 of 2", escape)
			again.see(typed)
		})
	}
}

// TestDraftWaits begins a second handoff while a draft waits.
func TestDraftWaits(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	x := r.start(80, 24, "handoff", "declare")
	x.key("What do you hand over?", enter)
	x.ready("Item 1 of 2")
	x.write("The log is complete")
	x.key("Item 1 of 2", ctrlC)
	if status := x.status(); status != 130 {
		t.Fatalf("status %d", status)
	}
	x = r.start(80, 24, "handoff", "declare")
	x.key("A draft waits", enter)
	x.ready("What blocks?")
	x.send(ctrlC)
	x.status()
	x = r.start(80, 24, "handoff", "declare")
	x.key("A draft waits", down)
	x.key("A draft waits", enter)
	x.key("What do you hand over?", ctrlC)
	x.status()
	if r.draft() != "" {
		t.Errorf("the draft was not set aside:\n%s", r.draft())
	}
	r.run("handoff", "draft", "restore")
	if !strings.Contains(r.run("handoff", "draft", "show"), "The log is complete") {
		t.Error("the draft did not come back")
	}
}

// TestDamagedDraft offers to repair a draft, and never drops it in silence.
func TestDamagedDraft(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	path := strings.TrimSpace(r.run("handoff", "draft", "path"))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("summary: \"typed\n\titems:"), 0o600); err != nil {
		t.Fatal(err)
	}
	x := r.start(80, 24, "handoff", "declare")
	x.see("it is damaged", "open it in the editor")
	x.key("damaged", down)
	x.key("damaged", enter)
	x.key("What do you hand over?", ctrlC)
	x.status()
	r.run("handoff", "draft", "restore")
	if !strings.Contains(r.draft(), "typed") {
		t.Error("the damaged draft is gone")
	}
}

// TestRefusedThenFixed publishes nothing that the rules refuse, and leads to
// what they refuse.
func TestRefusedThenFixed(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	before := r.head()
	r.run("git", "config", "handoff.shareQueries", "true") // and other counts about the writing
	x := r.start(80, 24, "handoff", "declare")
	x.key("What do you hand over?", ctrlS)
	x.ready("Item 1 of 2")
	x.write("wip")
	x.key("Item 1 of 2", ctrlS)
	x.key("Item 2 of 2", ctrlS)
	x.key("What blocks?", ctrlS)
	x.key("What came of it?", ctrlS)
	x.ready("Hand over")
	x.write("The audit lacks one endpoint")
	x.key("Hand over", enter)
	x.ready("┃ Back at")
	x.write("soon")
	x.key("Hand over", ctrlS)
	x.see("write one of: mon 09:00", "2026-11-23 09:00", "┃ Back at") // longer than the window is wide
	x.send("\x15tomorrow 09:00")                                      // ctrl+u first
	x.see("tomorrow 09:00")
	x.key("Hand over", ctrlS)
	x.see("Not ready", "fix login-audit, State: says nothing (HO203)")
	x.key("Preview", enter)
	x.ready("┃ State")
	x.see("State: says nothing")
	if r.head() != before {
		t.Fatal("it was published")
	}
	x.send("\x15The log is missing for 1 of 7 endpoints") // ctrl+u first
	x.gone("says nothing")
	x.key("State", ctrlS)
	x.see("Ready to publish")
	x.key("Preview", enter)
	if status := x.status(); status != 0 {
		t.Fatalf("status %d; the screen is:\n%s", status, x.screen)
	}
	if record := r.run("handoff", "show", "@", "--json"); !strings.Contains(record, `"first_try_errors":1`) {
		t.Errorf("the error of the first try is not noted:\n%s", record)
	}
}

// TestCommitCannotBeMade hands over an item whose branch has work that nobody else can
// see, and keeps the draft when git is in the middle of a merge.
func TestCommitCannotBeMade(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	r.run("handoff", "declare", "--amend", "@", "--ref", "refund-flow;branch:main")
	if err := os.WriteFile(filepath.Join(r.dir, "refund.go"), []byte("package refund\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.run("git", "add", "refund.go")
	x := r.start(100, 40, "handoff", "declare")
	quickDay(x)
	x.see("warning refund-flow, Known issues: only you see 1 changed file of branch")
	lock := filepath.Join(r.dir, ".git", "MERGE_HEAD")
	if err := os.WriteFile(lock, []byte(r.head()), 0o644); err != nil {
		t.Fatal(err)
	}
	x.key("Preview", enter)
	if status := x.status(); status != 1 {
		t.Errorf("status %d, want 1", status)
	}
	x.see("your draft is kept: handoff declare --resume")
	x.sane()
	if !strings.Contains(r.draft(), "The audit lacks one endpoint") {
		t.Errorf("the draft is lost:\n%s", r.draft())
	}
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	x = r.start(80, 24, "handoff", "declare", "--resume")
	x.key("Ready to publish", enter)
	if status := x.status(); status != 0 {
		t.Errorf("status %d; the screen is:\n%s", status, x.screen)
	}
	if r.draft() != "" {
		t.Error("the draft is still there")
	}
}

// quickDay goes to the preview with a summary and nothing new.
func quickDay(x *terminal) {
	x.t.Helper()
	quickDayTo(x, func() { x.key("Hand over", ctrlS) })
	x.see("Ready to publish")
}

// quickDayTo goes as far as what is asked when a handoff is closed, and ends it.
func quickDayTo(x *terminal, end func()) {
	x.t.Helper()
	for _, title := range []string{"What do you hand over?", "Item 1 of 2", "Item 2 of 2", "What blocks?", "What came of it?"} {
		x.key(title, ctrlS)
	}
	x.ready("Hand over")
	x.write("The audit lacks one endpoint")
	x.key("Hand over", enter)
	x.ready("┃ Back at")
	x.write("tomorrow 09:00")
	end()
}

// TestPasteAndResize pastes what terminals paste, and makes the window small and
// large again.
func TestPasteAndResize(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	x := r.start(80, 24, "handoff", "declare")
	x.key("What do you hand over?", ctrlS)
	x.ready("Item 1 of 2")
	x.write("审计日志 lacks /logout 🎉")
	x.key("Item 1 of 2", ctrlS)
	x.key("Item 2 of 2", ctrlS)
	x.key("What blocks?", ctrlS)
	x.key("What came of it?", tab)
	x.ready("┃ Shipped, in your words")
	var lines []string
	for i := range 300 {
		lines = append(lines, "Shipped part "+string(rune('a'+i%26))+strings.Repeat("x", i/26)+" of 部 🎉")
	}
	x.send("\x1b[200~" + strings.Join(lines, "\r\n") + "\x1b[201~")
	x.see(lines[299])
	x.size(40, 10)
	x.until("a narrow screen", func(screen string) bool {
		return strings.Contains(screen, "What came of it?") && !strings.Contains(screen, "Decided\n\n\n\n")
	})
	x.send("!")
	x.see(lines[299] + "!")
	x.size(80, 24)
	x.ready("What came of it?")
	x.send("?")
	x.see(lines[299] + "!?")
	x.saved(r, lines[299]+"!?")
	x.key("What came of it?", ctrlC)
	if status := x.status(); status != 130 {
		t.Errorf("status %d", status)
	}
	draft := r.draft()
	for _, text := range append(lines, "审计日志 lacks /logout 🎉") {
		if !strings.Contains(draft, text) {
			t.Fatalf("%q is lost:\n%.2000s", text, draft)
		}
	}
	if got := strings.Count(draft, "what:"); got != 300 {
		t.Errorf("%d lines, want 300", got)
	}
}

// TestEditor takes the editor road: with findings above the lines, with an
// editor that fails, and given up.
func TestEditor(t *testing.T) {
	editor := func(t *testing.T, r *repository, script string) {
		path := filepath.Join(t.TempDir(), "editor")
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
		r.env = append(r.env, "HANDOFF_EDITOR="+path)
	}
	t.Run("right at the second try", func(t *testing.T) {
		r := inTheEvening(t)
		editor(t, r, `if grep -q '^ *#! error' "$1"; then cp "$1" "$1.second"
sed -i 's|^summary: .*|summary: "The audit lacks one endpoint"|; s|^shipped:$|shipped: []|; s|^decisions:$|decisions: []|' "$1"
else cp "$1" "$1.first"
sed -i 's|^returns_at: .*|returns_at: "2099-11-21T09:00:00+08:00"|' "$1"; fi`)
		x := r.start(80, 24, "handoff", "declare", "--carry", "--editor")
		if status := x.status(); status != 0 {
			t.Fatalf("status %d; the screen is:\n%s", status, x.screen)
		}
		first, _ := os.ReadFile(filepath.Join(r.dir, ".git/handoff/draft.yaml.first"))
		for _, text := range []string{"# required: one sentence", "  # carried over", "session-policy"} {
			if !strings.Contains(string(first), text) {
				t.Errorf("%q is not in the editor:\n%s", text, first)
			}
		}
		second, _ := os.ReadFile(filepath.Join(r.dir, ".git/handoff/draft.yaml.second"))
		if !strings.Contains(string(second), "#! error HO102") {
			t.Errorf("the findings are not above their lines:\n%s", second)
		}
	})
	t.Run("unchanged", func(t *testing.T) {
		r := inTheEvening(t)
		before := r.head()
		editor(t, r, "exit 0")
		x := r.start(80, 24, "handoff", "declare", "--carry", "--editor")
		if status := x.status(); status != 130 {
			t.Errorf("status %d, want 130", status)
		}
		if r.head() != before {
			t.Error("something was published")
		}
	})
	t.Run("not the one of the repository", func(t *testing.T) {
		r := inTheEvening(t)
		dir := t.TempDir()
		theirs, mine := filepath.Join(dir, "theirs"), filepath.Join(dir, "mine")
		r.run("git", "config", "core.editor", "touch "+theirs+"; true")
		r.env = append(r.env, "VISUAL=touch "+mine+"; true")
		x := r.start(80, 24, "handoff", "declare", "--carry", "--editor")
		if status := x.status(); status != 130 {
			t.Errorf("status %d, want 130; the screen is:\n%s", status, x.screen)
		}
		if _, err := os.Stat(mine); err != nil {
			t.Errorf("the user's editor was not run: %v", err)
		}
		if _, err := os.Stat(theirs); err == nil {
			t.Error("the repository's configuration ran a program")
		}
	})
	t.Run("fails in the middle of a form", func(t *testing.T) {
		r := inTheEvening(t)
		editor(t, r, "exit 1")
		x := r.start(80, 24, "handoff", "declare")
		x.key("What do you hand over?", enter)
		x.ready("Item 1 of 2")
		x.write("The log is complete")
		x.key("Item 1 of 2", ctrlO)
		if status := x.status(); status != 1 {
			t.Errorf("status %d, want 1; the screen is:\n%s", status, x.screen)
		}
		x.sane()
		x.see("your draft is kept")
		if !strings.Contains(r.draft(), "The log is complete") {
			t.Errorf("the draft is lost:\n%s", r.draft())
		}
	})
	t.Run("and back to the form", func(t *testing.T) {
		r := inTheEvening(t)
		editor(t, r, `sed -i 's|is complete"|is complete since 14:00"|' "$1"`)
		x := r.start(80, 24, "handoff", "declare")
		x.key("What do you hand over?", enter)
		x.ready("Item 1 of 2")
		x.write("The log is complete")
		x.key("Item 1 of 2", ctrlO)
		x.see("Preview", "The log is complete since 14:00", "Not ready")
		x.key("Preview", ctrlC)
		if status := x.status(); status != 130 {
			t.Errorf("status %d, want 130", status)
		}
		x.sane()
	})
}

// ordinaryLines are the questions of an ordinary day, line by line, with answers.
var ordinaryLines = [][2]string{
	{"numbers to tick [1 2]:", ""}, {"Anything else?", ""},
	{"number [4]:", "in progress"}, {"State [The audit log is missing", "The log is missing for 1 of 7 endpoints"}, {"Next step [", ""},
	{"number [3]:", ""}, {"State [PR #1842", ""}, {"Next step [Get", ""},
	{"number [1]:", "resolved"}, {"Another blocker:", ""}, {"What removed it? (required):", "Sarah decided on 15 minutes"},
	{"numbers to tick:", ""}, {"Shipped, in your words (", ""}, {"Decided (", "Sessions last 15 minutes -- the audit asks for at most 15"}, {"asks for at most 15\n>", ""},
	{"Summary (required):", "The audit lacks one endpoint"}, {"Back at (required):", "soon-ish"}, {"soon-ish", "tomorrow 09:00"}, {"To [ben]:", ""},
	{"The receiver does the next step of", ""}, {"Ready to publish", "publish"},
}

// TestPrompter answers the same questions line by line. The end of the input, at the last
// question as at the first, publishes nothing.
func TestPrompter(t *testing.T) {
	for name, day := range map[string]struct {
		args    []string
		set     string
		answers [][2]string
		end     string // in place of the last answer
	}{
		"to the end":                {[]string{"declare", "--accessible"}, "", ordinaryLines, ""},
		"input ends at the preview": {[]string{"declare"}, "ACCESSIBLE=1", ordinaryLines, "publish\x04\x04"}, // the first ends the line, the second the input
		"input ends at once":        {[]string{"declare"}, "TERM=dumb", ordinaryLines[:1], "\x04"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := inTheEvening(t)
			before := r.head()
			r.env = append(r.env, day.set)
			x := r.start(100, 60, "handoff", day.args...)
			for i, exchange := range day.answers {
				if x.see(exchange[0]); i == len(day.answers)-1 && day.end != "" {
					x.send(day.end)
				} else {
					x.send(exchange[1] + "\n")
				}
			}
			status := x.status()
			if x.screen.queries > 0 || len(x.screen.modes) > 0 {
				t.Errorf("%d questions to the terminal, modes %v", x.screen.queries, x.screen.modes)
			}
			switch {
			case day.end == "":
				if record := r.run("handoff", "show", "@", "--json"); status != 0 || !strings.Contains(record, "1 of 7 endpoints") {
					t.Errorf("status %d; the handoff is not what was typed:\n%s", status, record)
				}
			case status != 130 || r.head() != before:
				t.Errorf("status %d; the screen is:\n%s", status, x.screen)
			case len(day.answers) > 1 && !strings.Contains(r.draft(), "The audit lacks one endpoint"):
				t.Errorf("the draft is lost:\n%s", r.draft())
			}
		})
	}
}

// TestLeavesTheTerminalAlone runs what must not wait for a terminal on one that
// never answers.
func TestLeavesTheTerminalAlone(t *testing.T) {
	r := inTheEvening(t)
	for _, args := range [][]string{{"version"}, {"help"}, {"check"}, {"hook", "run", "pre-push"}} {
		x := r.start(80, 24, "handoff", args...)
		begun := time.Now()
		x.status()
		took := time.Since(begun)
		t.Logf("%s: %v", args[0], took)
		if took > 300*time.Millisecond && !testing.Short() {
			t.Errorf("%s took %v", args[0], took)
		}
		x.sane()
		if x.screen.queries > 0 || len(x.screen.modes) > 0 {
			t.Errorf("%s: %d questions to the terminal, modes %v", args[0], x.screen.queries, x.screen.modes)
		}
	}
}

// TestGitHandoff starts the form through git, as somebody else, from a
// subdirectory and from a linked work tree.
func TestGitHandoff(t *testing.T) {
	r := inTheEvening(t)
	sub := filepath.Join(r.dir, "sub")
	if err := os.Mkdir(sub, 0o755); err != nil {
		t.Fatal(err)
	}
	linked := filepath.Join(t.TempDir(), "linked")
	r.run("git", "worktree", "add", "-q", "-b", "side", linked)
	for name, place := range map[string]struct{ dir, draft string }{
		"top":              {r.dir, ".git/handoff"},
		"subdirectory":     {sub, ".git/handoff"},
		"linked work tree": {linked, ".git/worktrees/linked/handoff"},
	} {
		t.Run(name, func(t *testing.T) {
			at := &repository{t: t, dir: place.dir, env: append([]string(nil), r.env...)}
			x := at.start(80, 24, "git", "handoff", "declare", "--fresh")
			x.key("What do you hand over?", enter)
			x.ready("Item 1 of 2")
			x.write("The log is complete")
			x.key("Item 1 of 2", ctrlC)
			if status := x.status(); status != 130 {
				t.Errorf("status %d", status)
			}
			x.sane()
			data, err := os.ReadFile(filepath.Join(r.dir, place.draft, "draft.yaml"))
			if err != nil || !strings.Contains(string(data), "The log is complete") {
				t.Errorf("the draft is not there: %v\n%s", err, data)
			}
		})
	}
	t.Run("another identity", func(t *testing.T) {
		env := append([]string(nil), r.env...)
		for i := range env {
			if strings.HasPrefix(env[i], "GIT_AUTHOR_EMAIL=") || strings.HasPrefix(env[i], "GIT_COMMITTER_EMAIL=") {
				env[i] = "UNUSED="
			}
		}
		as := &repository{t: t, dir: linked, env: env}
		x := as.start(80, 24, "git", "-c", "user.email=zoe@example.com", "handoff", "declare", "--fresh")
		x.key("What do you hand over?", ctrlC)
		x.status()
		if strings.Contains(x.screen.String(), "login-audit") {
			t.Error("zoe was offered what ana holds")
		}
	})
}
