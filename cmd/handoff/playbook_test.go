//go:build unix

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// playbook is the text for whoever leads a team that tries this out.
func playbook(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../examples/playbook/README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// rows are the cells of the rows below the heading of a table, which begins as told.
func rows(t *testing.T, page, heading string) (all [][]string) {
	t.Helper()
	_, table, found := strings.Cut(page, "\n"+heading)
	table, _, _ = strings.Cut(table, "\n\n")
	for line := range strings.Lines(table) {
		if cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|"); strings.HasPrefix(line, "| ") {
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			all = append(all, cells)
		}
	}
	if !found || len(all) < 5 {
		t.Fatalf("there is no table that begins with %s", heading)
	}
	return all
}

// entries are those of which the playbook speaks, each with the flag that is given its
// text in place of %.
var entries = map[string]string{
	"summary":                     "--summary=%",
	"state":                       "--item=refund-flow;in_review;%;Get the second approval on PR #1842 and merge it",
	"next step":                   "--item=refund-flow;in_review;PR #1842 has 1 of 2 approvals, all 214 tests pass;%",
	"why it is done":              "--intent=refund-flow;%",
	"how to tell that it is done": "--accept=refund-flow;%",
	"what is needed":              "--blocker=%;The audit asks for 15 minutes, support expects lost forms;sarah;session-limit",
	"who removes it":              "--blocker=Decide how long sessions last, 15 or 30 minutes;The audit asks for 15 minutes, support for 30;%;session-limit",
	"decision, and why":           "--decision=%",
	"question":                    "--question=%;sarah",
}

// The program says of each entry that the playbook advises against what that says of it,
// and has nothing to say of the others.
func TestPlaybookEntries(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.run("handoff", "init", "--person=ana", "--person=ben", "--person=sarah", "--team=payments;;ana,ben")
	seen, page := make(map[string]bool), playbook(t)
	_, refuses, _ := strings.Cut(page, "What is missing refuses it (")
	refuses, _, _ = strings.Cut(refuses, ")")
	for _, row := range rows(t, page, "| entry |") {
		entry, bad, good, rule := row[0], row[1], row[2], row[3]
		flag, known := entries[entry]
		if !known {
			t.Errorf("nothing is known of %q", entry)
			continue
		}
		seen[entry] = true
		if said := judged(r, strings.ReplaceAll(flag, "%", good)); strings.Contains(said, " HO") {
			t.Errorf("%s: of the good %q it is said:\n%s", entry, good, said)
		}
		of := strings.ReplaceAll(flag, "%", bad)
		if bad == "*(left out)*" {
			of = strings.SplitAfter(flag, "=")[0]
		}
		level := "warning"
		if strings.Contains(refuses, rule) {
			level = "error"
		}
		if said := judged(r, of); !strings.Contains("\n"+said, "\n"+level+" "+rule+": ") {
			t.Errorf("%s: of %q there is no %s %s:\n%s", entry, bad, level, rule, said)
		}
	}
	if len(seen) != len(entries) {
		t.Errorf("the playbook speaks of %d of %d entries", len(seen), len(entries))
	}
}

// judged is what the program says of a handoff that is good but for one flag, whose
// value is left out where it is empty.
func judged(r *repository, flag string) string {
	args := []string{"declare", "--dry-run", "--to=ben", "--returns=mon 09:00", "--none=shipped"}
	for _, other := range []string{
		"--summary=Refunds lack one approval, the session limit a decision",
		"--item=refund-flow;in_review;PR #1842 has 1 of 2 approvals, all 214 tests pass;Get the second approval on PR #1842 and merge it",
		"--intent=refund-flow;Customers wait up to nine days because the old job skips partial refunds",
		"--accept=refund-flow;PR #1842 is merged and order 7781 shows as paid",
		"--blocker=Decide how long sessions last, 15 or 30 minutes;The audit asks for 15 minutes, support for 30;sarah;session-limit",
		"--decision=Refunds are keyed by payment id -- a retry after a lost response must never pay twice",
		"--question=Does the audit of March count mobile sessions as well?;sarah",
	} {
		if name, _, _ := strings.Cut(other, "="); !strings.HasPrefix(flag, name+"=") {
			args = append(args, other)
		}
	}
	args = append(args, "--item=session-limit;blocked;Both limits are built behind the flag session_limit;Set session_limit to what sarah decides",
		"--intent=session-limit;Web and app log people out at different times")
	if !strings.HasSuffix(flag, "=") {
		args = append(args, flag)
	}
	status, said := r.try(args...)
	if status != 0 && status != 3 {
		r.t.Errorf("%q: status %d", args, status)
	}
	return said
}

// try runs handoff, and returns its status and what it printed.
func (r *repository) try(args ...string) (status int, said string) {
	r.t.Helper()
	cmd := r.command("handoff", args...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		r.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// The commands of the playbook print what it shows, and those to look with exist.
func TestPlaybookCommands(t *testing.T) {
	t.Parallel()
	page := playbook(t)
	r := newRepository(t)
	for _, block := range regexp.MustCompile("(?s)```console\n(.*?)```").FindAllStringSubmatch(page, -1) {
		var want, got strings.Builder
		for line := range strings.Lines(block[1]) {
			if command, is := strings.CutPrefix(strings.TrimSpace(line), "$ "); is {
				got.WriteString(r.run("sh", "-c", command))
			} else {
				want.WriteString(line)
			}
		}
		if got.String() != want.String() {
			t.Errorf("the playbook shows\n%s, and the commands print\n%s", want.String(), got.String())
		}
	}
	r.run("handoff", "declare", "-f", ".handoffs/templates/good.yaml")
	looks := regexp.MustCompile("(?m)(?:`|^    )handoff ((?:query|board|check|stats|inbox)[^`\n]*)").FindAllStringSubmatch(page, -1)
	if len(looks) < 12 {
		t.Errorf("%d commands to look with are found", len(looks))
	}
	for _, look := range looks {
		// No record covers some of the questions yet, which is 3.
		if status, said := r.try(strings.Fields(look[1])...); status != 0 && status != 3 {
			t.Errorf("handoff %s: status %d, %s", look[1], status, said)
		}
	}
	for _, link := range linked.FindAllStringSubmatch(page, -1) {
		if _, err := os.Stat(filepath.Join("../../examples/playbook", link[1])); err != nil {
			t.Errorf("a link leads nowhere: %v", err)
		}
	}
}

// TestFirstTeam goes from an empty repository to a team with its hook, its check of pull
// requests and its report, as the page of the examples says. The editor is a program that
// puts two people in place of two of the example's; what a form would ask, flags say.
func TestFirstTeam(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../examples/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "## From an empty repository to a team")
	var blocks [][]string
	for paragraph := range strings.SplitSeq(section, "\n\n") {
		if lines := strings.Split(paragraph, "\n    "); strings.HasPrefix(paragraph, "    ") {
			lines[0] = strings.TrimSpace(lines[0])
			blocks = append(blocks, lines)
		}
	}
	if len(blocks) != 3 {
		t.Fatalf("the page has %d blocks of commands", len(blocks))
	}

	mei := newRepository(t)
	olu := &repository{t: t, dir: filepath.Join(t.TempDir(), "clone"), env: mei.env}
	olu.become("olu")
	mei.become("mei")
	remote := mei.withRemote()
	mei.run("git", "push", "-q", "-u", "origin", "main")
	mei.env = append(mei.env, "EDITOR=sed -i.bak -e s/ana/mei/g -e s/ben/olu/g")
	for _, line := range blocks[0] {
		mei.run("sh", "-c", strings.ReplaceAll(line, `"${EDITOR:-vi}"`, "$EDITOR"))
		if strings.Contains(line, "EDITOR") {
			mei.run("rm", ".handoffs/config.yaml.bak")
		}
	}
	mei.run("git", "clone", "-q", remote, olu.dir)
	for _, line := range blocks[1] {
		olu.run("sh", "-c", line)
	}
	if status := olu.run("handoff", "hook", "status"); !strings.Contains(status, "installed") || strings.Contains(status, "not installed") {
		t.Errorf("olu has no reminder: %s", status)
	}
	olu.run("git", "switch", "-q", "-c", "refund-flow")
	olu.run("sh", "-c", "echo 'package refund' >refund.go && git add refund.go && git commit -q -m 'Pay partial sums back'")
	olu.run("git", "push", "-q", "-u", "origin", "refund-flow")
	said := make(map[string]string)
	for _, line := range blocks[2] {
		command, _, _ := strings.Cut(line, "#")
		command = strings.TrimSpace(command)
		if command == "handoff declare --push" {
			line = command + ` --to mei --returns "mon 09:00" --summary "Partial refunds are written, two of five cases lack a test" ` +
				`--item "refund-flow;in_progress;refund() pays partial sums back, 3 of 5 cases have a test;Write the two missing cases in refund_test.go" ` +
				`--intent "refund-flow;Customers wait up to nine days for partial refunds" --accept "refund-flow;5 of 5 cases pass" --none shipped,blockers,decisions`
		}
		said[command] = olu.run("sh", "-c", line)
	}
	for command, want := range map[string]string{
		"handoff declare --push": "olu → mei: offers refund-flow", "handoff check --pr": "covered by ", "handoff board": "refund-flow",
		"handoff report -o handoffs.html": "handoffs.html: ",
	} {
		if !strings.Contains(said[command], want) {
			t.Errorf("%s says %s", command, said[command])
		}
	}
	if left := mei.run("git", "status", "--porcelain"); left != "" {
		t.Errorf("it leaves %s", left)
	}
	mei.run("git", "fetch", "-q")
	if waits := mei.run("handoff", "inbox"); !strings.Contains(waits, "olu hands over to you") {
		t.Errorf("mei does not see it:\n%s", waits)
	}
}
