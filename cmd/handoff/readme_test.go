package main

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/cli"
)

var update = flag.Bool("update", false, "write the transcript of the demo into the README")

// varying matches what differs from one run of the demo to the next: where the
// scratch repository is, and hashes that depend on the version of the program.
var varying = regexp.MustCompile(`/\S*handoff-demo-[^/\s]*|main, commit [0-9a-f]{7}`)

func settled(text string) string {
	return varying.ReplaceAllStringFunc(text, func(s string) string {
		if strings.HasPrefix(s, "main") {
			return "main, commit 0123abc"
		}
		return "/tmp/handoff-demo"
	})
}

// The transcript in the README is what the demo prints.
func TestReadmeShowsTheDemo(t *testing.T) {
	var out, errOut bytes.Buffer
	t.Setenv("TMPDIR", t.TempDir())
	env := cli.Env{In: strings.NewReader(""), Out: &out, Err: &errOut, Dir: t.TempDir(), Now: moment, Environ: os.Environ()}
	if status := cli.Main([]string{"demo"}, env); status != 0 {
		t.Fatalf("status %d\n%s", status, errOut.String())
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	const open, end = "```console\n", "```\n"
	before, rest, ok := strings.Cut(string(readme), open)
	shown, after, found := strings.Cut(rest, end)
	if !ok || !found {
		t.Fatal("the README has no transcript")
	}
	demo := settled(out.String())
	if *update {
		if err := os.WriteFile("../../README.md", []byte(before+open+demo+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if shown != demo {
		t.Errorf("the README shows something else (go test ./cmd/handoff -run Readme -update rewrites it):\n%s", demo)
	}
}
