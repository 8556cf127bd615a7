package config

import (
	"net/url"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// plainLink is a link that means nothing else in a terminal or in Markdown, and
// leads to a host without a user in front of it.
var plainLink = text.Pattern(`^https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9:/._~%?=&#+,;-]*)?$`)

// Link is where a reference leads: what the configuration says of its type, with
// the id escaped, else the id where that is a link itself. It is "" where nothing
// is known, and for what is no plain http or https link.
func (c *Config) Link(ref handoff.Ref) string {
	link := ref.ID
	if !strings.Contains(link, "://") {
		template := c.Refs[ref.Type]
		if !displayLink(template) {
			return ""
		}
		link = strings.ReplaceAll(template, "{id}", url.PathEscape(strings.TrimLeft(ref.ID, "#!")))
	}
	if !plainLink().MatchString(link) {
		return ""
	}
	return link
}
