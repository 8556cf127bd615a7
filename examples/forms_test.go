package examples_test

import (
	"bytes"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/examples"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/yaml"
)

// issueForm is what GitHub documents of an issue form, in
// docs.github.com/communities/using-templates-to-encourage-useful-issues-and-pull-requests:
// syntax-for-issue-forms has the keys at the top, syntax-for-githubs-form-schema those of
// an element. Gitea reads them as well, and takes nothing but texts for the attributes.
type issueForm struct {
	Name        string             `yaml:"name"`
	Description string             `yaml:"description"`
	Title       string             `yaml:"title"`
	Labels      []string           `yaml:"labels"`
	Assignees   []string           `yaml:"assignees"`
	Projects    []string           `yaml:"projects"`
	Type        string             `yaml:"type"`
	Body        []issueFormElement `yaml:"body"`
}

type issueFormElement struct {
	Type        string            `yaml:"type"`
	ID          string            `yaml:"id"`
	Attributes  map[string]string `yaml:"attributes"`
	Validations map[string]bool   `yaml:"validations"`
}

// attributes are those that an element of a type may have, the one that it must have
// first.
var attributes = map[string][]string{
	"markdown": {"value"},
	"input":    {"label", "description", "placeholder", "value"},
	"textarea": {"label", "description", "placeholder", "value", "render"},
}

// TestIssueForm holds the form against the syntax of GitHub and against what reads what
// is submitted.
func TestIssueForm(t *testing.T) {
	file, _ := examples.Form("github", examples.Team{Other: "ben"})
	doc := readIssueForm(t, file.Path, file.Data)
	if !slices.Equal(doc.Labels, []string{"handoff"}) {
		t.Errorf("%+v", doc)
	}
	var labels []string
	for _, e := range doc.Body {
		if e.Type != "markdown" {
			labels = append(labels, e.Attributes["label"])
		}
	}
	if !reflect.DeepEqual(labels, form.IssueLabels()) {
		t.Errorf("the form asks for %q\nwhat reads it knows %q", labels, form.IssueLabels())
	}
	gitea, _ := examples.Form("gitea", examples.Team{Other: "ben"})
	if string(gitea.Data) != string(file.Data) || gitea.Path == file.Path {
		t.Errorf("%s is another form", gitea.Path)
	}
	if _, ok := examples.Form("sourceforge", examples.Team{}); ok {
		t.Error("there is a form for a forge that is not known")
	}
}

// TestIssueFormsHere holds the forms of this project's own issues against the syntax, and
// what stands beside them against its links.
func TestIssueFormsHere(t *testing.T) {
	const dir = "../.github/ISSUE_TEMPLATE/"
	for _, name := range []string{"bug.yml", "feature.yml"} {
		data, err := os.ReadFile(dir + name)
		if err != nil {
			t.Fatal(err)
		}
		readIssueForm(t, name, data)
	}
	data, err := os.ReadFile(dir + "config.yml")
	if err != nil {
		t.Fatal(err)
	}
	var beside struct {
		Blank bool                `yaml:"blank_issues_enabled"`
		Links []map[string]string `yaml:"contact_links"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&beside); err != nil {
		t.Fatal(err)
	}
	for _, link := range beside.Links {
		if len(link) != 3 || link["name"] == "" || link["about"] == "" || !strings.HasPrefix(link["url"], "https://github.com/handoff-cli/handoff/") {
			t.Errorf("%v", link)
		}
	}
}

// readIssueForm reads a form, and holds it against the syntax.
func readIssueForm(t *testing.T, name string, data []byte) (doc issueForm) {
	t.Helper()
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&doc); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if doc.Name == "" || doc.Description == "" || len(doc.Labels) == 0 {
		t.Errorf("%s: %+v", name, doc)
	}
	ids := make(map[string]bool)
	for _, e := range doc.Body {
		may := attributes[e.Type]
		if may == nil || e.Attributes[may[0]] == "" {
			t.Errorf("%s: %+v", name, e)
			continue
		}
		for key, value := range e.Attributes {
			if !slices.Contains(may, key) || strings.TrimSpace(value) == "" {
				t.Errorf("%s: %s: %s", name, e.ID, key)
			}
		}
		for key := range e.Validations {
			if key != "required" || e.Type == "markdown" {
				t.Errorf("%s: %s: %s", name, e.ID, key)
			}
		}
		if e.Type != "markdown" && (!issueFormID.MatchString(e.ID) || ids[e.ID]) {
			t.Errorf("%s: id %q", name, e.ID)
		}
		ids[e.ID] = true
	}
	return doc
}

var issueFormID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// TestDescriptionTemplate holds the template of GitLab against what reads it: the
// headings of the form, and help that is not read.
func TestDescriptionTemplate(t *testing.T) {
	file, _ := examples.Form("gitlab", examples.Team{Other: "ben"})
	var labels []string
	for line := range strings.Lines(string(file.Data)) {
		if label, ok := strings.CutPrefix(line, "### "); ok {
			labels = append(labels, strings.TrimSpace(label))
		}
	}
	if !reflect.DeepEqual(labels, form.IssueLabels()) {
		t.Errorf("%q", labels)
	}
	// What GitLab keeps of it: it carries out the last line, and takes it away.
	body, command, _ := strings.Cut(string(file.Data), "\n/label")
	if command != " ~handoff\n" || !form.IsIssue(body) {
		t.Errorf("it ends with %q", command)
	}
	summary := "The refund flow lacks one approval"
	i := form.ReadIssue(strings.Replace(body, "### Summary\n", "### Summary\n\n"+summary+"\n", 1), handoff.Reading{})
	if h := i.Draft.Handoff; h == nil || h.Summary != summary || h.To != nil || len(h.Items) > 0 || h.Questions != nil {
		t.Errorf("%+v", h)
	}
}
