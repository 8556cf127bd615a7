// Package examples holds files that show how handoffs look in a repository.
// The tests of this project check every one of them, and handoff demo runs on
// one.
package examples

import (
	"bytes"
	"embed"
)

// TwoSites is the handoff of a two-site team as a person writes it: two items,
// a decision, and a blocker that a product owner must decide.
//
//go:embed two-sites/today.yaml
var TwoSites []byte

//go:embed ci
var ci embed.FS

// CIFile is a file of a CI service, with its place in a repository.
type CIFile struct {
	Path string
	Data []byte
}

// CIServices are the services that CI knows.
var CIServices = []string{"github", "gitlab", "gitea"}

// Version is the release that the files install.
const Version = "v0.1.0"

// CI returns the files with which a service checks pull requests, set to install
// a release of handoff; nil for a service that is not in CIServices.
func CI(service, version string) []CIFile {
	places := map[string][][2]string{
		"github": {{"github.yml", ".github/workflows/handoff.yml"}, {"action.yml", ".github/actions/handoff-check/action.yml"}},
		"gitlab": {{"gitlab.yml", ".gitlab/ci/handoff.yml"}},
		"gitea":  {{"gitea.yml", ".gitea/workflows/handoff.yml"}},
	}
	var files []CIFile
	for _, place := range places[service] {
		data, err := ci.ReadFile("ci/" + place[0])
		if err != nil {
			panic(err) // it is embedded
		}
		files = append(files, CIFile{Path: place[1], Data: bytes.ReplaceAll(data, []byte(Version), []byte(version))})
	}
	return files
}
