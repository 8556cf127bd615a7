package main

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/cli"
	"github.com/rogpeppe/go-internal/testscript"
)

// shortForms are contractions and what they stand for.
var shortForms = [][2]string{
	{"what's", "what is"}, {"who's", "who is"}, {"when's", "when is"}, {"where's", "where is"}, {"how's", "how is"}, {"hasn't", "has not"}, {"didn't", "did not"},
	{"isn't", "is not"}, {"haven't", "have not"}, {"doesn't", "does not"}, {"don't", "do not"},
}

// spellings are a question as people may type it: as it stands, with a question
// mark and without, in capitals, contracted and not.
func spellings(question string) []string {
	plain := strings.TrimRight(question, "? ")
	all := []string{plain, plain + "?", plain + " ?", strings.ToUpper(plain), strings.ToUpper(plain) + "?", strings.ToUpper(plain[:1]) + plain[1:] + "?"}
	for _, form := range shortForms {
		for i, short := range form {
			if pattern := regexp.MustCompile(`(?i)\b` + short + `\b`); pattern.MatchString(plain) {
				other := pattern.ReplaceAllLiteralString(plain, form[1-i])
				all = append(all, other, strings.ToUpper(other)+"?", strings.ReplaceAll(other, "'", ""), strings.ReplaceAll(other, "'", "’"))
			}
		}
	}
	slices.Sort(all)
	all = slices.DeleteFunc(slices.Compact(all), func(s string) bool { return s == question })
	return append([]string{question}, all...)
}

// cmdAsked puts the questions of a file to the program, as they are and in capitals,
// or with -plain only as they are: asked [-plain] FILE. A line is a question, "=>", and a
// pattern of the first line of the answer; "2" or "3" before the pattern is the
// status of one that is refused, or not on record. Lines that begin with "#" are
// comments.
func cmdAsked(ts *testscript.TestScript, neg bool, args []string) {
	plain := len(args) == 2 && args[0] == "-plain"
	if plain {
		args = args[1:]
	}
	if neg || len(args) != 1 {
		ts.Fatalf("usage: asked [-plain] FILE")
	}
	asked, wrong := 0, 0
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
		all := []string{question}
		if !plain {
			all = append(all, strings.ToUpper(strings.TrimRight(question, "? "))+"?")
		}
		for _, spelling := range all {
			out, talk, got := answerTo(ts, spelling)
			if got != 0 {
				out = talk[strings.LastIndex("\n"+talk, "\nhandoff: "):] // what it was understood as stands before
			}
			if first, _, _ := strings.Cut(out, "\n"); got != status || !pattern.MatchString(first) {
				ts.Logf("%q:\n  got  %d %s\n  want %d %s", spelling, got, first, status, want)
				wrong++
				break
			}
			asked++
		}
	}
	if asked == 0 || wrong > 0 {
		ts.Fatalf("%d questions were answered wrongly; %d were asked", wrong, asked)
	}
}

// answerTo is the answer to a question, what is said about it, and the status. The
// program answers in this process: one for each spelling takes the machine longer than
// all answers.
func answerTo(ts *testscript.TestScript, question string) (answer, talk string, status int) {
	now, err := time.Parse(time.RFC3339, ts.Getenv(clockVariable))
	ts.Check(err)
	environ := os.Environ()
	for _, name := range []string{"HOME", "TZ", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_GLOBAL", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"} {
		environ = append(environ, name+"="+ts.Getenv(name))
	}
	var out, errOut bytes.Buffer
	status = cli.Main([]string{"query", "-v", question}, cli.Env{
		In: strings.NewReader(""), Out: &out, Err: &errOut, Dir: ts.MkAbs("."), Environ: environ,
		Now: func() time.Time { return now },
	})
	return out.String(), errOut.String(), status
}
