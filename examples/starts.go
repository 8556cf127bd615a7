package examples

import (
	"embed"
	"strings"
)

//go:embed two-sites/.handoffs/config.yaml fifteen/.handoffs/config.yaml follow-the-sun/.handoffs/config.yaml support/.handoffs/config.yaml
var starts embed.FS

// Starts are the names of the teams whose configuration [Start] knows.
var Starts = []string{"two-sites", "fifteen", "follow-the-sun", "support"}

// Start is the configuration of a team to start from, with people and hours to be
// replaced, and what sort of team that is, in one line; ok is false for a name that is
// not in [Starts].
func Start(name string) (about string, config []byte, ok bool) {
	config, err := starts.ReadFile(name + "/.handoffs/config.yaml")
	if err != nil {
		return "", nil, false
	}
	about, _, _ = strings.Cut(strings.TrimPrefix(string(config), "# "), "\n")
	return strings.TrimSuffix(about, "."), config, true
}
