//go:build unix

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// given is a handoff in which ana gives a critical item to ben.
const given = `
summary: "The login audit goes to ben, who knows the endpoints"
to: ["ben"]
returns_at: "RETURNS"
shipped: []
decisions: []
items:
  - id: "login-audit"
    status: "blocked"
    severity: "critical"
    owner: "ana"
    state: "The audit log is missing for 3 of 7 endpoints"
    intent: "The auditors need to see every login by the end of March"
    next: [{do: "Add the audit log to /logout", owner: "ben"}]
    accept: [{check: "All 7 endpoints write the log"}]
    if_then: [{if: "the audit is moved", then: "tell sarah"}]
    do_not: ["Do not log passwords"]
    blocked_by: ["session-policy"]
blockers:
  - id: "session-policy"
    needs: "Decide how long a session lasts"
    because: "login and refund use 15 and 60 minutes"
    resolver: "sarah"
    blocks: ["login-audit"]
questions:
  - id: "which-limit"
    ask: "Which of the limits does the contract name?"
    to: "sarah"
    context: "The contract was signed in March"
`

// inTheMorning is a repository with a handoff that waits, as one of its readers
// sees it.
func inTheMorning(t *testing.T, who string) *repository {
	t.Helper()
	r := newRepository(t)
	file := filepath.Join(t.TempDir(), "given.yaml")
	text := strings.ReplaceAll(given, "RETURNS", moment().Add(12*time.Hour).Format(time.RFC3339))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r.run("handoff", "declare", "-f", file)
	r.become(who)
	return r
}

// become has the commands to come be those of somebody else than ana.
func (r *repository) become(who string) {
	r.env = slices.Clone(r.env)
	for i := range r.env {
		r.env[i] = strings.ReplaceAll(r.env[i], "=ana", "="+who)
	}
}

func (x *terminal) published() {
	x.t.Helper()
	if status := x.status(); status != 0 {
		x.t.Fatalf("status %d; the screen is:\n%s", status, x.screen)
	}
	x.sane()
}

// TestAckForm reads a critical item back, and gets it wrong first.
func TestAckForm(t *testing.T) {
	t.Parallel()
	r := inTheMorning(t, "ben")
	x := r.start(80, 24, "handoff", "ack")
	x.see(append(tellsAll, "ana hands over", "[x] login-audit")...)
	x.key("Your answer", enter)
	x.key("You take", enter)
	x.see("What did you understand, in your own words? (required)", "What will you do first? (required)")
	x.write("the log")
	x.key("Read back: login-audit", enter)
	x.ready("┃ What will you do first?")
	x.write("Ask sarah about the timeout")
	x.key("Read back: login-audit", enter)
	x.ready("┃ What did you understand")
	x.see("What did you understand, in your own words? ") // and what is wrong with it, above
	x.until("the problem", func(screen string) bool { return strings.Count(screen, "What did you understand") == 2 })
	if strings.Contains(x.screen.String(), "readback[") {
		t.Errorf("it speaks of the file:\n%s", x.screen)
	}
	x.send("\x15Four endpoints write the log, logout is one of those that do not")
	x.until("the problem, cured", func(screen string) bool { return strings.Count(screen, "What did you understand") == 1 })
	x.key("Read back: login-audit", ctrlS)
	x.published()
	if record := r.run("handoff", "show", "item:login-audit"); !strings.Contains(record, "ben") {
		t.Errorf("ben did not take it:\n%s", record)
	}
}

// TestAckFormOfAnAssignment reads a critical item back that was assigned.
func TestAckFormOfAnAssignment(t *testing.T) {
	t.Parallel()
	r := inTheMorning(t, "cleo")
	r.run("handoff", "assign", "login-audit", "--as", "ana", "--to", "cleo")
	x := r.start(80, 24, "handoff", "ack")
	x.see("[x] login-audit", "done when: All 7 endpoints write the log")
	x.key("Your answer", ctrlS)
	x.ready("Read back: login-audit")
	x.write("Four endpoints write the log, logout is one of those that do not")
	x.key("Read back: login-audit", enter)
	x.write("Ask sarah about the timeout")
	x.key("Read back: login-audit", enter)
	x.published()
	if record := r.run("git", "show", "HEAD"); !strings.Contains(record, "understood: \"Four endpoints") {
		t.Errorf("no read-back:\n%s", record)
	}
}

// TestAckFormAsksForChanges goes the other way, and back once.
func TestAckFormAsksForChanges(t *testing.T) {
	t.Parallel()
	r := inTheMorning(t, "ben")
	x := r.start(80, 24, "handoff", "ack")
	x.key("Your answer", right)
	x.see("accepted with gaps")
	x.key("Your answer", right)
	x.see("changes requested")
	x.key("Your answer", ctrlS)
	x.key("Why?", escape)
	x.see("changes requested")
	x.key("Your answer", ctrlS)
	x.key("Why?", enter)
	x.ready("┃ What should the sender know?")
	x.write("Which endpoints?")
	x.key("Why?", tab)
	x.published()
	if record := r.run("git", "show", "HEAD"); !strings.Contains(record, "changes_requested") || !strings.Contains(record, "missing_context") {
		t.Errorf("no such ack:\n%s", record)
	}
}

// tellsAll is what one must know to take what ana gives: what is not to be done, the next
// steps, when it is done, and what it waits for.
var tellsAll = []string{
	"do not: Do not log passwords", "next, ben: Add the audit log to /logout", "done when: All 7 endpoints write the log",
	"if the audit is moved: tell sarah", "blocked by session-policy: Decide how long a session lasts",
}

// TestAckFormTellsAll shows what one must know to take it, line by line as on a screen, and
// first the blockers that the reader can remove.
func TestAckFormTellsAll(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	file := filepath.Join(t.TempDir(), "given.yaml")
	text := strings.NewReplacer("RETURNS", moment().Add(12*time.Hour).Format(time.RFC3339), `["ben"]`, `["ben", "sarah"]`).Replace(given)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r.run("handoff", "declare", "-f", file)
	r.become("sarah")
	const removable = "waits for you"
	x := r.start(80, 60, "handoff", "ack")
	x.see(removable+": Decide how long a session lasts", "handoff resolve session-policy removes it; it blocks login-audit")
	x.send(ctrlC)
	x.status()
	r.env = append(r.env, "GIT_AUTHOR_NAME=ben", "GIT_AUTHOR_EMAIL=ben@example.com", "GIT_COMMITTER_NAME=ben", "GIT_COMMITTER_EMAIL=ben@example.com")
	x = r.start(80, 60, "handoff", "ack", "--accessible")
	x.see(tellsAll...)
	if strings.Contains(x.screen.String(), removable) {
		t.Errorf("ben can remove nothing:\n%s", x.screen)
	}
	x.send(ctrlC)
	x.status()
}

// TestAckFormAsksBeforeSeen says that seen takes nothing, and publishes it only then.
// What was ticked before is ticked afterwards.
func TestAckFormAsksBeforeSeen(t *testing.T) {
	t.Parallel()
	r := inTheMorning(t, "ben")
	before := r.head()
	x := r.start(80, 24, "handoff", "ack")
	x.key("Your answer", left)
	x.key("← seen →", ctrlS)
	x.see("Publish that you have seen it, and nothing more?", "login-audit stays with ana")
	x.key("Publish that?", down)
	x.key("> no, back to the other answers", enter)
	x.see("Your answer", "[x] login-audit")
	if r.head() != before {
		t.Fatal("it was published")
	}
	x.key("Your answer", ctrlS)
	x.key("Publish that?", enter)
	x.published()
	if record := r.run("git", "show", "HEAD"); !strings.Contains(record, `outcome: "seen"`) {
		t.Errorf("no such ack:\n%s", record)
	}

	r = inTheMorning(t, "ben")
	x = r.start(80, 60, "handoff", "ack", "--accessible")
	for _, exchange := range [][2]string{{"number [1]:", "seen"}, {"numbers to tick [1]:", ""}, {"Publish that you have seen it, and nothing more?", ""}} {
		x.see(exchange[0])
		x.send(exchange[1] + "\n")
	}
	x.published()
}

// TestLongAnswer writes several lines, with enter, and goes on in the editor.
func TestLongAnswer(t *testing.T) {
	t.Parallel()
	r := inTheMorning(t, "sarah")
	editor := filepath.Join(t.TempDir(), "editor")
	if err := os.WriteFile(editor, []byte("#!/bin/sh\ncp \"$1\" "+editor+".saw\necho 'It was signed in March.' >>\"$1\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	r.env = append(r.env, "HANDOFF_EDITOR="+editor)
	x := r.start(80, 24, "handoff", "answer", "which-limit")
	x.ready("Your answer (required)")
	x.write("The shorter one, 15 minutes.")
	x.key("enter new line", enter)
	x.send(enter) // a paragraph
	x.write("The contract names it.")
	x.key("^o editor", ctrlO)
	x.see("It was signed in March.")
	if saw, err := os.ReadFile(editor + ".saw"); err != nil || string(saw) != "The shorter one, 15 minutes.\n\nThe contract names it.\n" {
		t.Errorf("the editor was given %q, %v", saw, err)
	}
	x.key("tab next", tab)
	x.key("Does that settle it?", enter)
	x.published()
	answer := r.run("handoff", "show", "q:which-limit")
	for _, part := range []string{"15 minutes.", "The contract names it.", "It was signed in March."} {
		if !strings.Contains(answer, part) {
			t.Errorf("%q is not in the answer:\n%s", part, answer)
		}
	}
}

func TestResolveForm(t *testing.T) {
	t.Parallel()
	r := inTheMorning(t, "sarah")
	x := r.start(80, 24, "handoff", "resolve", "session-policy")
	x.key("Resolve session-policy", enter)
	x.write("Sessions last 15 minutes on web and app")
	x.key("Resolve session-policy", enter)
	x.write("Sessions last 15 minutes -- the audit asks for at most 15")
	x.key("Resolve session-policy", enter)
	x.published()
	if record := r.run("handoff", "query", "decisions"); !strings.Contains(record, "Sessions last 15 minutes") {
		t.Errorf("no decision:\n%s", record)
	}
}

func TestAnswerForm(t *testing.T) {
	t.Parallel()
	r := inTheMorning(t, "sarah")
	x := r.start(80, 24, "handoff", "answer", "which-limit", "--accessible")
	x.see("ana asks: Which of the limits does the contract name?", "Your answer")
	x.send("The shorter one, 15 minutes\n\n\n")
	x.published()
	if record := r.run("handoff", "log", "--json"); !strings.Contains(record, `"answer"`) {
		t.Errorf("no answer:\n%s", record)
	}
}

// TestShortFormStopped types something, stops, and runs what is printed then.
func TestShortFormStopped(t *testing.T) {
	for _, form := range []struct {
		who, want string
		args      []string
		typing    func(*terminal)
	}{
		{"ben", "handoff ack ", []string{"ack"}, func(x *terminal) {
			x.key("Your answer", right)
			x.key("accepted with gaps", right)
			x.key("changes requested", ctrlS)
			x.key("Why?", enter)
			x.write("Which of ana's endpoints?")
		}},
		{"sarah", "handoff resolve blk:session-policy ", []string{"resolve", "session-policy"}, func(x *terminal) {
			x.key("Resolve session-policy", enter)
			x.write("Sessions last 15 minutes")
		}},
		{"sarah", "handoff answer q:which-limit ", []string{"answer", "which-limit"}, func(x *terminal) {
			x.ready("Your answer")
			x.write("The shorter one")
		}},
	} {
		t.Run(form.args[0], func(t *testing.T) {
			t.Parallel()
			r := inTheMorning(t, form.who)
			x := r.start(160, 24, "handoff", form.args...)
			form.typing(x)
			x.send(ctrlC)
			if status := x.status(); status != 130 {
				t.Errorf("status %d; the screen is:\n%s", status, x.screen)
			}
			x.sane()
			x.see("what you typed: " + form.want)
			_, command, _ := strings.Cut(x.screen.String(), "what you typed: ")
			command, _, _ = strings.Cut(command, "\n")
			before := r.head()
			r.run("sh", "-c", command)
			if r.head() == before {
				t.Errorf("%s wrote nothing", command)
			}
		})
	}
}

// What is printed after a form is gone stays in the window: no secret is in it.
func TestShortFormStoppedWithASecret(t *testing.T) {
	t.Parallel()
	r := inTheMorning(t, "sarah")
	x := r.start(160, 24, "handoff", "answer", "which-limit")
	x.ready("Your answer")
	x.write("The shorter one, " + fakeSecrets()[0])
	x.send(ctrlC)
	x.status()
	x.see("what you typed: handoff answer q:which-limit ")
	_, said, _ := strings.Cut(x.screen.String(), "what you typed: ")
	if strings.Contains(said, value(fakeSecrets()[0])) || !strings.Contains(said, "ghp_…") {
		t.Errorf("it says %s", said)
	}
}

// Who stops before they have typed anything is told nothing.
func TestShortFormStoppedAtOnce(t *testing.T) {
	t.Parallel()
	r := inTheMorning(t, "ben")
	x := r.start(80, 24, "handoff", "ack")
	x.key("Your answer", ctrlC)
	x.status()
	x.see("handoff: stopped")
	if strings.Contains(x.screen.String(), "what you typed") {
		t.Errorf("the screen is:\n%s", x.screen)
	}
}

// TestBare runs the program without a command on a terminal: for somebody for
// whom something waits, who holds something, and who has nothing to do with it.
func TestBare(t *testing.T) {
	t.Parallel()
	r := inTheMorning(t, "ben")
	x := r.start(80, 60, "handoff", "-q")
	x.see("Waits for you", "ana hands over to you", "  login-audit ", "  do: handoff ack ")
	x.status()
	if strings.Contains(x.screen.String(), "You hold") {
		t.Errorf("ben holds something:\n%s", x.screen)
	}
	r.run("handoff", "ack", "@ana", "--readback", "login-audit;Four of seven endpoints lack the log of logins;I ask sarah about the timeout")
	x = r.start(80, 60, "handoff", "--no-pager")
	x.see("You hold", "  login-audit ", "nothing waits for you; handoff declare hands over what you hold")
	x = r.start(80, 60, "handoff", "--as", "zoe")
	x.see("nothing waits for you, and you hold nothing")
	if inbox := r.run("handoff", "--as", "zoe"); inbox != r.run("handoff", "inbox", "--as", "zoe") {
		t.Errorf("in a pipe it is another inbox:\n%s", inbox)
	}
}
