package deliver

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/text"
)

// hook is a webhook: an address that takes messages, and whose knowledge is the right
// to send them.
type hook struct {
	c       Config
	outside Outside
	wait    func(context.Context, time.Duration) error
}

func newHook(c Config, o Outside) (hook, error) {
	if c.Webhook == nil {
		return hook{}, c.wrong("webhook: it is missing")
	}
	return hook{c, o, wait}, nil
}

// server speaks with the host of the webhook.
func (h hook) server(ctx context.Context) (*server, error) {
	address, err := h.c.Webhook(ctx)
	if err != nil {
		return nil, &NotSentError{Target: h.c.Name, Fault: FaultCredentials, Why: err.Error(), err: err}
	}
	u, err := url.Parse(address.reveal())
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return nil, h.c.wrong("webhook: it is no address of https://host/path")
	}
	if err := encrypted(u); err != nil {
		return nil, h.c.wrong("webhook: %v", err)
	}
	s := newServer(h.c, h.outside, u)
	s.hidden, s.authorization, s.said, s.wait = address, nil, plainWords, h.wait
	return s, nil
}

// plainWords are those of a server that refuses in plain text, or in JSON.
func plainWords(body []byte) string {
	if said := messageOf(body); said != "" {
		return said
	}
	return string(body)
}

// plan writes down what a webhook is sent. Its address is not asked for.
func (h hook) plan(c call) []Request {
	s := newServer(h.c, h.outside, &url.URL{})
	s.authorization = nil
	r := s.request(c)
	r.URL = masked + r.URL
	return []Request{r}
}

// post sends one call to the webhook.
func (h hook) post(ctx context.Context, c call, answer any) error {
	s, err := h.server(ctx)
	if err != nil {
		return err
	}
	return s.do(ctx, c, answer)
}

// blind is a target that cannot look at what it sent.
type blind struct{}

func (blind) Find(context.Context, Message) (Receipt, bool, error) {
	return Receipt{}, false, ErrCannotFind
}

// unable says that a target cannot do what a message asks for.
func (c Config) unable(m Message, can Abilities) error {
	err := CheckKey(m.Key)
	switch {
	case err != nil:
		return &NotSentError{Target: c.Name, Fault: FaultPlace, Why: err.Error()}
	case m.Replaces != nil && !can.Edit:
		return &NotSentError{Target: c.Name, Fault: FaultPlace, Why: "what it was sent it cannot change"}
	case m.Thread != nil && m.Replaces == nil && !can.Reply:
		return &NotSentError{Target: c.Name, Fault: FaultPlace, Why: "it knows no replies"}
	}
	return nil
}

// names are how people are called, in one text.
func names(people []Person) string {
	var names []string
	for _, p := range people {
		if name := oneLine(p.Name); name != "" {
			names = append(names, name)
		}
	}
	return text.And(names)
}

// part is a piece of a message for a chat that has no room for everything.
type part struct {
	title string   // of a list
	lines []string // of a list, or one paragraph
	fact  *Fact
}

// parts are the paragraphs, facts and lists of a message in as many bytes as fit into
// limit, and whether something was left out. Their texts have no control characters.
func parts(m Message, limit int) (fitting []part, cut bool) {
	all := everyPart(m)
	for _, p := range all {
		room := p
		room.lines = nil
		limit -= p.size()
		for _, line := range p.lines {
			if limit -= len(line) + perLine; limit >= 0 {
				room.lines = append(room.lines, line)
			}
		}
		if limit >= 0 || room.lines != nil {
			fitting = append(fitting, room)
		}
		if limit < 0 {
			return fitting, true
		}
	}
	return fitting, false
}

// everyPart is what a message says, without what is empty.
func everyPart(m Message) []part {
	var all []part
	for _, paragraph := range m.Text {
		if paragraph = strings.TrimSpace(text.Neutralise(strings.ReplaceAll(paragraph, "\r\n", "\n"))); paragraph != "" {
			all = append(all, part{lines: []string{paragraph}})
		}
	}
	for _, f := range m.Facts {
		if fact := (Fact{oneLine(f.Name), oneLine(f.Value)}); fact.Name != "" && fact.Value != "" {
			all = append(all, part{fact: &fact})
		}
	}
	for _, l := range m.Lists {
		p := part{title: oneLine(l.Title)}
		for _, line := range l.Lines {
			if line = oneLine(line); line != "" {
				p.lines = append(p.lines, line)
			}
		}
		if p.title != "" && p.lines != nil {
			all = append(all, p)
		}
	}
	return all
}

// oneLine writes words of others in a line, without white space around them.
func oneLine(s string) string { return strings.Join(strings.Fields(text.OneLine(s)), " ") }

// perLine is what the markup of a line costs at most, in bytes.
const perLine = 200

// size is what a part costs beside its lines.
func (p part) size() int {
	if p.fact != nil {
		return len(p.fact.Name) + len(p.fact.Value) + perLine
	}
	return len(p.title) + perLine
}

// webLinks are the links of a message that lead to pages.
func webLinks(m Message) []Link {
	var links []Link
	for _, l := range m.Links {
		if isWebURL(l.URL) {
			links = append(links, Link{oneLine(l.Text), l.URL})
		}
	}
	return links
}
