package examples_test

import (
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
	decoder := yaml.NewDecoder(strings.NewReader(string(file.Data)))
	decoder.KnownFields(true)
	var doc issueForm
	if err := decoder.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	if doc.Name == "" || doc.Description == "" || !slices.Equal(doc.Labels, []string{"handoff"}) {
		t.Errorf("%+v", doc)
	}
	var labels []string
	ids := make(map[string]bool)
	for _, e := range doc.Body {
		may := attributes[e.Type]
		if may == nil || e.Attributes[may[0]] == "" {
			t.Errorf("%+v", e)
			continue
		}
		for name, value := range e.Attributes {
			if !slices.Contains(may, name) || strings.TrimSpace(value) == "" {
				t.Errorf("%s: %s", e.ID, name)
			}
		}
		for name := range e.Validations {
			if name != "required" || e.Type == "markdown" {
				t.Errorf("%s: %s", e.ID, name)
			}
		}
		if e.Type == "markdown" {
			continue
		}
		if !regexp.MustCompile(`^[A-Za-z0-9_-]+$`).MatchString(e.ID) || ids[e.ID] {
			t.Errorf("id %q", e.ID)
		}
		ids[e.ID] = true
		labels = append(labels, e.Attributes["label"])
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
