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
// is known, and for what is no plain http or https link; a session leads to https alone,
// for a transcript holds more than its author has looked at.
func (c *Config) Link(ref handoff.Ref) string {
	link := ref.ID
	if !strings.Contains(link, "://") {
		template := c.Refs[ref.Type]
		if !displayLink(template) {
			return ""
		}
		link = strings.ReplaceAll(template, "{id}", url.PathEscape(strings.TrimLeft(ref.ID, "#!")))
	}
	if !plainLink().MatchString(link) || ref.Type == "session" && !strings.HasPrefix(link, "https:") {
		return ""
	}
	return link
}

// named matches what a text may name that has a page elsewhere: a ticket, or a pull
// request by its number.
var named = text.Pattern(`\b[A-Z][A-Z0-9]{1,9}-[0-9]+\b|#[0-9]+\b|\bPR [0-9]+\b`)

// LinkNames makes links of the tickets and pull requests that a text names and the
// configuration knows pages for. plain and link make of the pieces what stands in
// the output.
func (c *Config) LinkNames(s string, plain func(string) string, link func(name, link string) string) string {
	var b strings.Builder
	end := 0
	for _, at := range named().FindAllStringIndex(s, -1) {
		name := s[at[0]:at[1]]
		b.WriteString(plain(s[end:at[0]]))
		end = at[1]
		ref := handoff.Ref{Type: "pr", ID: strings.TrimPrefix(name, "PR ")}
		if strings.Contains(name, "-") {
			ref = handoff.Ref{Type: "ticket", ID: name}
		}
		to := c.Link(ref)
		if ref.Type == "ticket" && len(text.Tickets(name)) == 0 {
			to = "" // a standard
		}
		if to == "" {
			b.WriteString(plain(name))
		} else {
			b.WriteString(link(name, to))
		}
	}
	return b.String() + plain(s[end:])
}
