package main

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/handoff-cli/handoff/internal/cli"
)

var update = flag.Bool("update", false, "write the transcript of the demo into the README, and the golden screens anew")

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

// What the page for those who change the program names is there: where its links
// lead, its files, and the words of the code.
func TestContributingNamesWhatIsThere(t *testing.T) {
	page, err := os.ReadFile("../../.github/CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range linked.FindAllStringSubmatch(string(page), -1) {
		target, _, _ := strings.Cut(link[1], "#")
		if _, err := os.Stat(filepath.Join("../../.github", target)); err != nil && !strings.Contains(target, "://") {
			t.Errorf("a link leads nowhere: %v", err)
		}
	}
	files, words := named(t)
	for _, span := range spans.FindAllStringSubmatch(string(page), -1) {
		switch name := strings.TrimSuffix(span[1], "/"); {
		case placeheld.MatchString(name) || ofAnyRepository.MatchString(name):
		case fileName.MatchString(name):
			if !files[name] {
				t.Errorf("no file is called %s", name)
			}
		case word.MatchString(name):
			if _, last, ok := strings.Cut(name, "."); ok {
				name = last
			}
			if !words[name] && !files[name] {
				t.Errorf("nothing in the code is called %s", name)
			}
		}
	}
}

var (
	linked   = regexp.MustCompile(`\]\(([^)]+)\)`)
	spans    = regexp.MustCompile("`([^`\n]+)`")
	fileName = regexp.MustCompile(`^\S+/\S+$|\.(go|txtar|yml|md)$`)
	word     = regexp.MustCompile(`^[A-Za-z]\w*(\.[A-Z]\w*)?$`)
	// placeheld finds names that the reader fills in.
	placeheld = regexp.MustCompile(`NAME|KIND|Name|^name[A-Z]`)
	// ofAnyRepository finds what git and the program make in every repository.
	ofAnyRepository = regexp.MustCompile(`^\.git/|^refs/|\.lock$`)
)

// named returns the files and folders of the project, by every end of their path,
// and the words of the code, of the linters and of the demo.
func named(t *testing.T) (files, words map[string]bool) {
	files, words = make(map[string]bool), make(map[string]bool)
	err := fs.WalkDir(os.DirFS("../.."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name == ".git" && d.IsDir() {
			return fs.SkipDir
		}
		for end := name; end != ""; {
			files[end] = true
			_, end, _ = strings.Cut(end, "/")
		}
		switch {
		case name == "README.md", name == ".golangci.yml":
		case path.Ext(name) != ".go", path.Base(name) == "readme_test.go":
			return nil
		}
		data, err := os.ReadFile(filepath.Join("../..", name))
		for _, w := range bytes.FieldsFunc(data, func(c rune) bool { return c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c) }) {
			words[string(w)] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files, words
}
