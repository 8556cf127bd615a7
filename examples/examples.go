// Package examples holds files that show how handoffs look in a repository.
// The tests of this project check every one of them, and handoff demo plays two.
package examples

import (
	"bytes"
	"embed"
	"strings"
)

// TwoSites is the handoff of a two-site team as a person writes it: two items,
// a decision, and a blocker that a product owner must decide.
//
//go:embed two-sites/today.yaml
var TwoSites []byte

// Demo is what ana types at the end of her day in handoff demo: the shortest form that a
// file may have.
//
//go:embed demo/today.yaml
var Demo []byte

//go:embed ci/action.yml ci/git*.yml
var ci embed.FS

// File is a file to be written, with its place: from the top of the repository, or for
// those of [Setup] from the directory of records.
type File struct {
	Path string
	Data []byte
}

//go:embed setup
var setup embed.FS

// Team is what the files of [Setup] say of a team.
type Team struct {
	Dir       string // of the records
	Branch    string // of the records, "" for the one that is checked out
	Me, Other string // handles: who sets it up, and somebody to hand over to
}

// Refused is the example that is refused, among the files of [Setup].
const Refused = "templates/refused.txt"

// Setup are the files that explain handoffs to a team: a README, and under templates a
// form, an example that is good, and one that is refused.
func Setup(t Team) []File {
	branch, log := "", "git log -- "+t.Dir
	if t.Branch != "" {
		branch, log = ", on the branch `"+t.Branch+"`", "git log "+t.Branch+" -- "+t.Dir
	}
	fill := t.fill("{branch}", branch, "{log}", log)
	var files []File
	for _, place := range [][2]string{
		{"README.md", "README.md"}, {"day.yaml", "templates/day.yaml"}, {"good.yaml", "templates/good.yaml"}, {"refused.txt", Refused},
	} {
		files = append(files, File{place[1], []byte(fill.Replace(string(embedded(setup, "setup/"+place[0]))))})
	}
	return files
}

// fill says in a text what a team is called.
func (t Team) fill(more ...string) *strings.Replacer {
	return strings.NewReplacer(append(more, "{dir}", t.Dir, "{me}", t.Me, "{other}", t.Other)...)
}

//go:embed forms
var forms embed.FS

// Forges are those that Form knows.
var Forges = []string{"github", "gitlab", "gitea"}

// Form is the file with which a forge asks for a handoff in an issue: a form, or on
// GitLab, which has none, a template of the description. Gitea and Forgejo read forms as
// GitHub has them. It is false for a forge that is not in Forges.
func Form(forge string, t Team) (File, bool) {
	place, ok := map[string][2]string{
		"github": {"handoff.yml", ".github/ISSUE_TEMPLATE/handoff.yml"},
		"gitea":  {"handoff.yml", ".gitea/ISSUE_TEMPLATE/handoff.yaml"},
		"gitlab": {"Handoff.md", ".gitlab/issue_templates/Handoff.md"},
	}[forge]
	if !ok {
		return File{}, false
	}
	return File{place[1], []byte(t.fill().Replace(string(embedded(forms, "forms/"+place[0]))))}, true
}

//go:embed agents
var agents embed.FS

// Agents are the files that tell coding agents when to read the records, when to note
// something down and how to draft a handoff: a block for the file that they all read, and
// a skill.
func Agents() []File {
	return []File{{"AGENTS.md", embedded(agents, "agents/block.md")}, {".agents/skills/handoff/SKILL.md", embedded(agents, "agents/skill.md")}}
}

func embedded(files embed.FS, name string) []byte {
	data, err := files.ReadFile(name)
	if err != nil {
		panic(err) // it is embedded
	}
	return data
}

// CIServices are the services that CI knows.
var CIServices = []string{"github", "gitlab", "gitea"}

// Version is the release that the files install.
const Version = "v0.1.0"

// PageReaders are who can be said to read the pages of a forge.
var PageReaders = []string{"everyone", "members"}

// HasPages reports whether a service publishes pages that CI makes.
func HasPages(service string) bool { return service == "github" || service == "gitlab" }

// CI returns the files with which a service checks pull requests, the first of them the
// check itself, reminds of deadlines and draws the report, set to install a release of
// handoff; nil for a service that is not in CIServices. The report is an artifact; with
// readers, one of PageReaders, it is published as well on the pages of a service that has
// some.
func CI(service, version, readers string) []File {
	places := map[string][][2]string{
		"github": {
			{"github.yml", ".github/workflows/handoff.yml"}, {"action.yml", ".github/actions/handoff-check/action.yml"},
			{"github-reminders.yml", ".github/workflows/handoff-reminders.yml"}, {"github-report.yml", ".github/workflows/handoff-report.yml"},
		},
		"gitlab": {
			{"gitlab.yml", ".gitlab/ci/handoff.yml"}, {"gitlab-reminders.yml", ".gitlab/ci/handoff-reminders.yml"}, {"gitlab-report.yml", ".gitlab/ci/handoff-report.yml"},
		},
		"gitea": {
			{"gitea.yml", ".gitea/workflows/handoff.yml"}, {"gitea-reminders.yml", ".gitea/workflows/handoff-reminders.yml"}, {"gitea-report.yml", ".gitea/workflows/handoff-report.yml"},
		},
	}
	files := ciFiles(places[service], version)
	if readers != "" && HasPages(service) {
		pages := bytes.ReplaceAll(embedded(ci, "ci/"+service+"-pages.yml"), []byte("READERS"), []byte(readers))
		last := &files[len(files)-1] // the report, with a job more at the end
		last.Data = append(last.Data, pages...)
	}
	return files
}

// Comments returns the files with which a service records what people say in comments,
// likewise.
func Comments(service, version string) []File {
	places := map[string][][2]string{
		"github": {{"github-comments.yml", ".github/workflows/handoff-comments.yml"}},
		"gitlab": {{"gitlab-comments.yml", ".gitlab/ci/handoff-comments.yml"}},
		"gitea":  {{"gitea-comments.yml", ".gitea/workflows/handoff-comments.yml"}},
	}
	return ciFiles(places[service], version)
}

// ciFiles are files, with the places of each, set to install a release of handoff.
func ciFiles(places [][2]string, version string) []File {
	var files []File
	for _, place := range places {
		data := embedded(ci, "ci/"+place[0])
		files = append(files, File{Path: place[1], Data: bytes.ReplaceAll(data, []byte(Version), []byte(version))})
	}
	return files
}
