package examples

import (
	"bytes"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/yaml"
)

// TestActionIsTheOneThatInitWrites keeps the two copies of the action alike:
// one is used from this repository, the other is written into others.
func TestActionIsTheOneThatInitWrites(t *testing.T) {
	ours, err := os.ReadFile("../.github/actions/handoff-check/action.yml")
	if err != nil {
		t.Fatal(err)
	}
	if files := CI("github", Version, ""); !bytes.Equal(files[1].Data, ours) {
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
	cron := regexp.MustCompile(`cron:? "([0-9,]+) `)
	pinned := regexp.MustCompile(`^(?:\./\S+|[\w.-]+/[\w.-]+@[0-9a-f]{40})$`)
	for _, service := range CIServices {
		files := CI(service, "v1.2.3", "")
		if len(files) == 0 {
			t.Errorf("%s: no files", service)
		}
		for _, f := range slices.Concat(files, CI(service, "v1.2.3", "members")) {
			var doc map[string]any
			if err := yaml.Unmarshal(f.Data, &doc); err != nil {
				t.Errorf("%s: %v", f.Path, err)
			}
			text := string(f.Data)
			code := withoutComments(withoutPages(text))
			for _, bad := range []string{"pull_request_target", "secrets.", "github.event.", "READERS", "github.head_ref", Version, "@latest"} {
				if strings.Contains(code, bad) {
					t.Errorf("%s: holds %q", f.Path, bad)
				}
			}
			// Reminders alone write, and run on nobody's pull request.
			if !strings.Contains(f.Path, "reminders") && strings.Contains(code, "write") || strings.Contains(f.Path, "reminders") && strings.Contains(code, "pull_request:") {
				t.Errorf("%s: writes, or runs on what others send", f.Path)
			}
			for _, m := range cron.FindAllStringSubmatch(text, -1) {
				if slices.Contains(strings.Split(m[1], ","), "0") {
					t.Errorf("%s: runs at the full hour", f.Path)
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
	if CI("travis", Version, "") != nil {
		t.Error("files for a service that is not known")
	}
}

// TestPipelinesToCopy checks those that init does not write: they install the same release,
// and block nobody before somebody says so.
func TestPipelinesToCopy(t *testing.T) {
	for _, name := range []string{"Jenkinsfile", "bitbucket-pipelines.yml"} {
		data, err := os.ReadFile("ci/" + name)
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := yaml.Unmarshal(data, &doc); err != nil && path.Ext(name) == ".yml" {
			t.Errorf("%s: %v", name, err)
		}
		code := withoutComments(string(data))
		if !strings.Contains(code, Version) || !strings.Contains(code, "check --pr") {
			t.Errorf("%s does not install %s, or does not check", name, Version)
		}
		for _, bad := range []string{"withCredentials", "credentials(", "@latest", "check --pr --require"} {
			if strings.Contains(code, bad) {
				t.Errorf("%s holds %q", name, bad)
			}
		}
	}
}

// withoutPages cuts off the job that publishes the report on the pages of GitHub, with
// what it alone may do. It is there for who has asked for it.
func withoutPages(text string) string {
	return strings.NewReplacer("      pages: write\n", "", "      id-token: write\n", "").Replace(text)
}

// TestPagesAreAskedFor publishes the report on pages only where somebody has said who
// can read them.
func TestPagesAreAskedFor(t *testing.T) {
	for _, service := range CIServices {
		for _, readers := range append(PageReaders, "") {
			var all strings.Builder
			for _, f := range CI(service, Version, readers) {
				all.Write(f.Data)
			}
			var doc map[string]any
			if err := yaml.Unmarshal(CI(service, Version, readers)[len(CI(service, Version, readers))-1].Data, &doc); err != nil {
				t.Fatal(err)
			}
			jobs, ok := doc["jobs"].(map[string]any)
			if !ok {
				jobs = doc // of GitLab
			}
			_, publishes := jobs["pages"]
			if want := readers != "" && HasPages(service); publishes != want || strings.Contains(all.String(), "pages: write") && !want {
				t.Errorf("%s for %q: publishes %t", service, readers, publishes)
			}
			if publishes && !strings.Contains(all.String(), "READABLE_BY: "+readers+"\n") {
				t.Errorf("%s for %q: does not say so", service, readers)
			}
		}
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
