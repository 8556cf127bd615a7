package config

import (
	"fmt"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// Deliver says where things go by default: names of targets. What a target is, a
// host, a channel, a token, stands in the configuration of whoever sends, see [User]:
// whoever can push could write it here.
type Deliver struct {
	Blockers  string `yaml:"blockers,omitempty"`
	Questions string `yaml:"questions,omitempty"`
	Decisions string `yaml:"decisions,omitempty"`
	Handoffs  string `yaml:"handoffs,omitempty"`
}

// IsZero reports whether nothing goes anywhere.
func (d Deliver) IsZero() bool { return d == Deliver{} }

// placeOfTargets says where it belongs what a target is.
const placeOfTargets = "write the name of a target here; its host, channel and token go into your own configuration (`handoff help config`)"

func (c *checker) checkDeliver() {
	for _, row := range []struct{ key, name string }{
		{"blockers", c.Deliver.Blockers}, {"questions", c.Deliver.Questions}, {"decisions", c.Deliver.Decisions}, {"handoffs", c.Deliver.Handoffs},
	} {
		if row.name != "" && !handoff.ValidSlug(row.name) {
			c.fail("HO101", "deliver."+row.key, fmt.Sprintf("%q is not the name of a target", text.OneLine(row.name)), placeOfTargets)
		}
	}
}
