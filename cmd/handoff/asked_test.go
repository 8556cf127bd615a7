package main

import (
	"errors"
	"os/exec"
	"regexp"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// shortForms are contractions and what they stand for.
var shortForms = [][2]string{
	{"what's", "what is"}, {"who's", "who is"}, {"when's", "when is"}, {"where's", "where is"}, {"how's", "how is"}, {"hasn't", "has not"}, {"didn't", "did not"},
	{"isn't", "is not"}, {"haven't", "have not"}, {"doesn't", "does not"}, {"don't", "do not"},
}

// spellings are a question as people may type it: with a question mark and
// without, in capitals, contracted and not.
func spellings(question string) []string {
	plain := strings.TrimRight(question, "? ")
	all := []string{plain, plain + "?", plain + " ?", strings.ToUpper(plain), strings.ToUpper(plain[:1]) + plain[1:] + "?"}
	for _, form := range shortForms {
		for i, short := range form {
			if pattern := regexp.MustCompile(`\b` + short + `\b`); pattern.MatchString(plain) {
				other := pattern.ReplaceAllLiteralString(plain, form[1-i])
				all = append(all, other, strings.ToUpper(other)+"?", strings.ReplaceAll(other, "'", ""), strings.ReplaceAll(other, "'", "’"))
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// cmdAsked puts the questions of a file to the program, in all their spellings, or
// with -plain as they are: asked [-plain] FILE. A line is a question, "=>", and a
// pattern of the first line of the answer; "2" or "3" before the pattern is the
// status of one that is refused, or not on record. Lines that begin with "#" are
// comments.
func cmdAsked(ts *testscript.TestScript, neg bool, args []string) {
	spell := spellings
	if len(args) == 2 && args[0] == "-plain" {
		spell, args = func(question string) []string { return []string{question} }, args[1:]
	}
	if neg || len(args) != 1 {
		ts.Fatalf("usage: asked [-plain] FILE")
	}
	asked := 0
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		question, want, ok := strings.Cut(strings.TrimSpace(line), " => ")
		if strings.HasPrefix(line, "#") || !ok {
			continue
		}
		status := 0
		if number, rest, found := strings.Cut(want, " "); found && (number == "2" || number == "3") {
			status, want = int(number[0]-'0'), rest
		}
		pattern, err := regexp.Compile(want)
		ts.Check(err)
		for _, spelling := range spell(question) {
			first, got := answerTo(ts, spelling)
			if got != status || !pattern.MatchString(first) {
				ts.Logf("%q:\n  got  %d %s\n  want %d %s", spelling, got, first, status, want)
				asked = -1
				break
			}
			if asked >= 0 {
				asked++
			}
		}
	}
	if asked <= 0 {
		ts.Fatalf("some questions were answered wrongly, or none was asked")
	}
}

// answerTo is the first line of the answer to a question, or of the error, and the
// status.
func answerTo(ts *testscript.TestScript, question string) (line string, status int) {
	err := ts.Exec("handoff", "query", question)
	out := ts.ReadFile("stdout")
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		status = exit.ExitCode()
		out = ts.ReadFile("stderr")
	} else {
		ts.Check(err)
	}
	first, _, _ := strings.Cut(out, "\n")
	return first, status
}
