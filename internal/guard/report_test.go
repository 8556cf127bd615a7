package guard

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// hostile is text that tries to be a command of a runner.
var hostile = []string{
	"::add-mask::secret",
	" ::error::x",
	"\u00a0::error::x",
	"x\r::error::x",
	"x\r\n\t::stop-commands::tok",
	"##[error]x",
	"a ##[add-path]/tmp",
	"##vso[task.setvariable variable=x]y",
	"%0A::error::x",
	"%0D%0A::error::x",
	":::error::x",
	"#####[error]x",
	"::set-env name=PATH,x=::/tmp",
	"\u2028::error::x",
	"\x1b[2K::error::x",
	"title=x,file=y::z",
	"]]>&<script>",
	"| a | b |\n|---|---|",
	"@ana [x](http://evil) `code` **b** <img src=x>",
}

// command is a line that a runner obeys.
type command struct {
	name, data string
	properties map[string]string
}

var registered = []string{"error", "warning", "notice", "debug", "add-mask", "add-path", "set-env", "set-output", "group",
	"endgroup", "echo", "save-state", "stop-commands", "add-matcher", "remove-matcher", "internal-set-repo-path"}

// parseLog reads a log as the runner of GitHub does (ActionCommand.cs): lines
// end at CR, LF or both; a line that begins with "::" behind any white space is
// a command of the second form, one with "##[" anywhere is of the first.
func parseLog(log string) (commands []command) {
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(log), "\n") {
		if c, ok := parseV2(line); ok {
			commands = append(commands, c)
		} else if c, ok := parseV1(line); ok {
			commands = append(commands, c)
		}
	}
	return commands
}

func parseV2(line string) (command, bool) {
	line = strings.TrimFunc(line, unicode.IsSpace)
	rest, ok := strings.CutPrefix(line, "::")
	if !ok {
		return command{}, false
	}
	info, data, ok := strings.Cut(rest, "::")
	unescape := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
	c := parseInfo(info, ",", unescape)
	c.data = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%").Replace(data)
	return c, ok && slices.Contains(registered, strings.ToLower(c.name))
}

func parseV1(line string) (command, bool) {
	_, rest, ok := strings.Cut(line, "##[")
	if !ok {
		return command{}, false
	}
	info, data, ok := strings.Cut(rest, "]")
	c := parseInfo(info, ";", strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3B", ";", "%5D", "]"))
	c.data = data
	return c, ok && slices.Contains(registered, strings.ToLower(c.name))
}

func parseInfo(info, separator string, unescape *strings.Replacer) command {
	c := command{properties: map[string]string{}}
	name, list, _ := strings.Cut(info, " ")
	c.name = name
	for pair := range strings.SplitSeq(list, separator) {
		if key, value, ok := strings.Cut(strings.TrimSpace(pair), "="); ok {
			c.properties[key] = unescape.Replace(value)
		}
	}
	return c
}

// TestRunnerParser makes sure that the parser of this test sees commands.
func TestRunnerParser(t *testing.T) {
	log := "x\n::error file=a%2Cb,line=3::m%0An\r ::add-mask::x\nfoo ##[group]bar\n::nothing::\n"
	got := fmt.Sprintf("%q", parseLog(log))
	want := `[{"error" "m\nn" map["file":"a,b" "line":"3"]} {"add-mask" "x" map[]} {"group" "bar" map[]}]`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// hostileReport has the text in every field that may come from a repository.
func hostileReport() Report {
	r := Report{Dir: ".handoffs", Summary: strings.Join(hostile, "\n"), Version: hostile[0]}
	for i, text := range hostile {
		level := handoff.LevelError
		if i%2 == 1 {
			level = handoff.LevelWarning
		}
		r.Findings = append(r.Findings, handoff.Finding{Code: "HO9" + text, Level: level, Record: text,
			Path: text, Field: text, Line: i, Col: i, Message: text, Fix: text})
	}
	return r
}

// TestAnnotationsAreOurs replays a log through the rules of the runner: it
// obeys one annotation for each finding and nothing else, and shows the text.
func TestAnnotationsAreOurs(t *testing.T) {
	r := hostileReport()
	var log bytes.Buffer
	if ok, err := r.Write(&log, FormatGitHub); !ok || err != nil {
		t.Fatal(ok, err)
	}
	commands := parseLog(log.String())
	if len(commands) != len(hostile) {
		t.Fatalf("%d commands, want %d:\n%s", len(commands), len(hostile), log.String())
	}
	for i, c := range commands {
		f := r.Findings[i]
		if want := string(f.Level); c.name != want {
			t.Errorf("command %s, want %s", c.name, want)
		}
		if got, want := c.data, inLog(f.Message+"; "+f.Fix); got != want {
			t.Errorf("shows %q, want %q", got, want)
		}
		if got, want := c.properties["file"], inLog(f.Path); got != want {
			t.Errorf("at %q, want %q", got, want)
		}
		for key := range c.properties {
			if !slices.Contains([]string{"title", "file", "line", "col"}, key) {
				t.Errorf("property %q of %q", key, f.Message)
			}
		}
	}
}

// TestNoFormatHoldsCommands replays every other output.
func TestNoFormatHoldsCommands(t *testing.T) {
	for _, format := range []Format{FormatGitLab, FormatSARIF, FormatJUnit} {
		var log bytes.Buffer
		if ok, err := hostileReport().Write(&log, format); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if got := parseLog(log.String()); len(got) > 0 {
			t.Errorf("%s: %q", format, got)
		}
	}
	var summary bytes.Buffer
	if err := hostileReport().WriteStepSummary(&summary); err != nil {
		t.Fatal(err)
	}
	if got := parseLog(summary.String()); len(got) > 0 {
		t.Errorf("summary: %q", got)
	}
	if ok, _ := (Report{}).Write(&summary, "text"); ok {
		t.Error("text is no format of this package")
	}
}

// TestStepSummaryIsPlain finds no markup of a record's in the summary.
func TestStepSummaryIsPlain(t *testing.T) {
	var b bytes.Buffer
	if err := hostileReport().WriteStepSummary(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if want := 6 + len(hostile); len(lines) != want {
		t.Errorf("%d lines, want %d", len(lines), want)
	}
	for _, line := range lines[6:] {
		if n := strings.Count(line, "|"); n != 5 {
			t.Errorf("%d bars in %q", n, line)
		}
		if bad := regexp.MustCompile("[<>@`*\\[\\]]|://").FindString(line); bad != "" {
			t.Errorf("%q in %q", bad, line)
		}
	}
}

func TestGitLabReport(t *testing.T) {
	var b bytes.Buffer
	r := Report{Dir: ".handoffs", Findings: []handoff.Finding{
		{Code: "HO902", Level: handoff.LevelError, Path: ".handoffs/a.yaml", Line: 3, Message: "edited"},
		{Code: CodeUncovered, Level: handoff.LevelWarning, Message: "none"},
		{Code: CodeUncovered, Level: handoff.LevelWarning, Message: "none"},
	}}
	if _, err := r.Write(&b, FormatGitLab); err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	prints := map[any]bool{}
	for _, issue := range got {
		prints[issue["fingerprint"]] = true
	}
	if len(got) != 3 || len(prints) != 3 || got[0]["severity"] != "major" || got[1]["severity"] != "minor" {
		t.Errorf("%s", b.String())
	}
	if where := fmt.Sprint(got[0]["location"], got[1]["location"]); where != "map[lines:map[begin:3] path:.handoffs/a.yaml] map[lines:map[begin:1] path:.handoffs]" {
		t.Error(where)
	}
	var empty bytes.Buffer
	if _, err := (Report{}).Write(&empty, FormatGitLab); err != nil || empty.String() != "[]\n" {
		t.Errorf("%q, %v", empty.String(), err)
	}
}

func TestSARIF(t *testing.T) {
	var b bytes.Buffer
	if _, err := hostileReport().Write(&b, FormatSARIF); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	results := log.Runs[0].Results
	if len(results) != len(hostile) {
		t.Fatalf("%d results", len(results))
	}
	for _, result := range results {
		at := result.Locations[0].Physical
		if at.Region.StartLine < 1 || at.Artifact.URI == "" || strings.ContainsAny(at.Artifact.URI, " \n\"<>") {
			t.Errorf("%+v", at)
		}
	}
}

func TestJUnit(t *testing.T) {
	for _, test := range []struct {
		report          Report
		tests, failures int
	}{
		{hostileReport(), len(hostile), (len(hostile) + 1) / 2},
		{Report{Summary: "fine"}, 1, 0},
	} {
		var b bytes.Buffer
		if _, err := test.report.Write(&b, FormatJUnit); err != nil {
			t.Fatal(err)
		}
		var got junitSuites
		if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
		if s := got.Suite; s.Tests != test.tests || s.Failures != test.failures || len(s.Cases) != test.tests {
			t.Errorf("%+v", s)
		}
	}
}

func TestBreakCommands(t *testing.T) {
	for in, want := range map[string]string{
		"a::b, std::vector, 12:30":   "a::b, std::vector, 12:30",
		"::error::x":                 ": :error::x",
		"a ::b":                      "a : :b",
		":::":                        ": : :",
		"é::b":                       "é: :b",
		"x\n\u3000::error::":         "x\n\u3000: :error::",
		"##[x], ##vso[y], #[z], # [": "## [x], ##vso [y], #[z], # [",
		"###[x]":                     "### [x]",
	} {
		if got := breakCommands(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// FuzzBreaker breaks every command, however the text is cut into writes, and
// keeps the value of a JSON string.
func FuzzBreaker(f *testing.F) {
	for i, text := range hostile {
		f.Add(text, i)
	}
	f.Fuzz(func(t *testing.T, text string, cut int) {
		var b bytes.Buffer
		w := &Breaker{W: &b}
		cut = max(0, cut) % (len(text) + 1)
		w.Write([]byte(text[:cut]))
		w.Write([]byte(text[cut:]))
		if got := parseLog(b.String()); len(got) > 0 {
			t.Errorf("%q became %q: %q", text, b.String(), got)
		}
		if whole := breakCommands(text); whole != b.String() {
			t.Errorf("in pieces %q, whole %q", b.String(), whole)
		}
		var doc bytes.Buffer
		if err := json.NewEncoder(&Breaker{W: &doc, JSON: true}).Encode(text); err != nil {
			t.Fatal(err)
		}
		var back string
		if err := json.Unmarshal(doc.Bytes(), &back); err != nil || utf8.ValidString(text) && back != text {
			t.Errorf("%q came back as %q: %v", text, back, err)
		}
		if got := parseLog(doc.String()); len(got) > 0 {
			t.Errorf("JSON %s: %q", doc.String(), got)
		}
	})
}
