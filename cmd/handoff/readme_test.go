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
)

var update = flag.Bool("update", false, "write what commands print into the documents, and the golden screens anew")

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
	// placeheld finds names that the reader fills in, and the ids of the demo.
	placeheld = regexp.MustCompile(`NAME|KIND|Name|^name[A-Z]|^dem\d+$`)
	// ofAnyRepository finds what git and the program make in every repository.
	ofAnyRepository = regexp.MustCompile(`^\.git/|^refs/|\.lock$`)
)

// named returns the files and folders of the project, by every end of their path,
// and the words of the code and of the linters.
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
		case name == ".golangci.yml":
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
