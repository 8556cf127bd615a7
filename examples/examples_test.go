package examples

import (
	"bytes"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestActionIsTheOneThatInitWrites keeps the two copies of the action alike:
// one is used from this repository, the other is written into others.
func TestActionIsTheOneThatInitWrites(t *testing.T) {
	ours, err := os.ReadFile("../.github/actions/handoff-check/action.yml")
	if err != nil {
		t.Fatal(err)
	}
	if files := CI("github", Version); !bytes.Equal(files[1].Data, ours) {
		t.Error("examples/ci/action.yml and .github/actions/handoff-check/action.yml differ")
	}
}

// TestCommentsFiles checks what no linter knows: everything pinned, nothing of the event
// in a script, and no right but those that are needed.
func TestCommentsFiles(t *testing.T) {
	uses := regexp.MustCompile(`uses: (\S+)`)
	pinned := regexp.MustCompile(`^[\w.-]+/[\w.-]+@[0-9a-f]{40}$`)
	for _, service := range CIServices {
		files := Comments(service, "v1.2.3")
		if len(files) != 1 {
			t.Fatalf("%s: %d files", service, len(files))
		}
		text := withoutComments(string(files[0].Data))
		var doc map[string]any
		if err := yaml.Unmarshal(files[0].Data, &doc); err != nil {
			t.Errorf("%s: %v", service, err)
		}
		for _, bad := range []string{"pull_request_target", "secrets.", "write-all", Version, "@latest"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s: holds %q", service, bad)
			}
		}
		for line := range strings.Lines(text) {
			// The condition of a job is no shell, and env is quoted by the runner.
			if strings.Contains(line, "github.event") && !strings.HasPrefix(line, "    if: ") {
				t.Errorf("%s: something of the event is in %q", service, line)
			}
			if key, _, _ := strings.Cut(strings.TrimSpace(line), ": "); strings.Contains(line, "${{") && key != strings.ToUpper(key) {
				t.Errorf("%s: an expression is in %q", service, line)
			}
		}
		for _, m := range uses.FindAllStringSubmatch(text, -1) {
			if !pinned.MatchString(m[1]) {
				t.Errorf("%s: %s is not pinned", service, m[1])
			}
		}
		if !strings.Contains(text, "v1.2.3") || !strings.Contains(text, "sync --from "+service) {
			t.Errorf("%s: the version or the command is not there\n%s", service, text)
		}
	}
}

// TestCIFiles checks what no linter knows: no secret, no event that gives a fork
// rights, everything pinned, nothing of the event in a script.
func TestCIFiles(t *testing.T) {
	uses := regexp.MustCompile(`uses: (\S+)`)
	pinned := regexp.MustCompile(`^(?:\./\S+|[\w.-]+/[\w.-]+@[0-9a-f]{40})$`)
	for _, service := range CIServices {
		files := CI(service, "v1.2.3")
		if len(files) == 0 {
			t.Errorf("%s: no files", service)
		}
		for _, f := range files {
			var doc map[string]any
			if err := yaml.Unmarshal(f.Data, &doc); err != nil {
				t.Errorf("%s: %v", f.Path, err)
			}
			text := string(f.Data)
			for _, bad := range []string{"pull_request_target", "secrets.", "github.event", "github.head_ref", "write", Version, "@latest"} {
				if strings.Contains(withoutComments(text), bad) {
					t.Errorf("%s: holds %q", f.Path, bad)
				}
			}
			for _, m := range uses.FindAllStringSubmatch(text, -1) {
				if !pinned.MatchString(m[1]) {
					t.Errorf("%s: %s is not pinned", f.Path, m[1])
				}
			}
			if path.Base(f.Path) != "action.yml" && !strings.Contains(text, "v1.2.3") {
				t.Errorf("%s: the version is not set", f.Path)
			}
		}
	}
	if CI("travis", Version) != nil {
		t.Error("files for a service that is not known")
	}
}

// withoutComments cuts comments off, as far as these files have them.
func withoutComments(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		code, _, _ := strings.Cut(line, "#")
		b.WriteString(code + "\n")
	}
	return b.String()
}
