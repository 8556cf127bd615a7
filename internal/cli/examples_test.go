package cli

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// told finds what an example says of a command: between backquotes, in a line that is
// indented as code, or as a job runs it.
var told = regexp.MustCompile("(?m)(?:`|^ *(?:- |run: )?|\\$ |[\\w)]/|[;&|] ?)handoff\"? ([a-z][^`\\n#]*)")

// links finds where the links of a page lead.
var links = regexp.MustCompile(`\]\(([^):#]+)(?:#[^)]*)?\)`)

// The commands and flags of the examples exist, those of their pages, of the README and of
// the pages for those who work on this, and links lead somewhere. What stands in blocks of
// commands is run as well, by TestDocuments of the program.
func TestPagesNameWhatThereIs(t *testing.T) {
	root := newRootCmd(new(globals))
	const dir = "../.."
	seen := make(map[string]int)
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		top, rest, _ := strings.Cut(name, "/")
		switch in := path.Base(path.Dir(name)); {
		case err != nil:
			return err
		case entry.IsDir() && top != "." && top != "examples" && top != ".github":
			return fs.SkipDir
		case entry.IsDir() || rest == "" && name != "README.md" || rest == "CONTRIBUTING.md" || !strings.HasSuffix(name, ".md") && in != "ci" && in != "ISSUE_TEMPLATE":
			return nil // CONTRIBUTING.md, which shows what a command could be, has tests of its own
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		for _, m := range told.FindAllStringSubmatch(string(data), -1) {
			if strings.HasSuffix(strings.Fields(m[1])[0], ":") {
				continue // it is what a command prints
			}
			seen[path.Dir(name)]++
			if problem := unknownIn(root, m[1]); problem != "" {
				t.Errorf("%s: handoff %s: %s", name, m[1], problem)
			}
		}
		for _, m := range links.FindAllStringSubmatch(string(data), -1) {
			if _, err := os.Stat(filepath.Join(dir, path.Dir(name), m[1])); err != nil && path.Ext(name) == ".md" {
				t.Errorf("%s: a link leads nowhere: %v", name, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		".", ".github", ".github/docs", ".github/ISSUE_TEMPLATE",
		"examples/ci", "examples/playbook", "examples/setup", "examples/two-sites", "examples/fifteen", "examples/follow-the-sun", "examples/support",
	} {
		if seen[name] < 3 {
			t.Errorf("%d commands are found in %s", seen[name], name)
		}
	}
}

// unknownIn says which word of a command line, after the name of the program, is no
// command and no flag of it, "" for none.
func unknownIn(root *cobra.Command, line string) string {
	words := strings.Fields(line)
	cmd, _, err := root.Find([]string{strings.TrimRight(words[0], ",.")})
	if err != nil || cmd == root {
		return "no command"
	}
	for _, sub := range cmd.Commands() {
		if len(words) > 1 && sub.Name() == words[1] {
			cmd = sub
		}
	}
	cmd.InitDefaultHelpFlag()
	for _, word := range words {
		name, isLong := strings.CutPrefix(strings.Trim(word, `",.)`), "--")
		name, _, _ = strings.Cut(name, "=")
		if isLong && name != "" && cmd.Flags().Lookup(name) == nil && cmd.InheritedFlags().Lookup(name) == nil {
			return "no flag " + word
		}
	}
	return ""
}
