package deliver

import (
	"cmp"
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
)

// adf is a node of the Atlassian Document Format (developer.atlassian.com, "Atlassian
// Document Format"; its JSON schema is npm's @atlaskit/adf-schema). What a text node
// says is shown as it is.
type adf struct {
	Type    string         `json:"type"`
	Version int            `json:"version,omitempty"`
	Text    string         `json:"text,omitempty"`
	Attrs   map[string]any `json:"attrs,omitempty"`
	Marks   []adf          `json:"marks,omitempty"`
	Content []adf          `json:"content,omitempty"`
}

func adfText(s string, marks ...adf) adf { return adf{Type: "text", Text: s, Marks: marks} }

func adfParagraph(content ...adf) adf { return adf{Type: "paragraph", Content: content} }

var adfBold = adf{Type: "strong"}

// jiraMarker is the last line of a comment of ours.
func jiraMarker(key string) string { return "handoff " + key }

// jiraDocument writes a message.
func jiraDocument(m Message) adf {
	doc := adf{Type: "doc", Version: 1}
	add := func(nodes ...adf) { doc.Content = append(doc.Content, nodes...) }
	if title := oneLine(m.Title); title != "" {
		add(adfParagraph(adfText(title, adfBold)))
	}
	if len(m.To) > 0 {
		add(adfParagraph(adfPeople(m.To)...))
	}
	content, cut := parts(m, 24000)
	for _, p := range content {
		switch {
		case p.fact != nil:
			add(adfParagraph(adfText(p.fact.Name+": ", adfBold), adfText(p.fact.Value)))
		case p.title == "":
			for _, paragraph := range p.lines {
				if lines := adfLines(paragraph); lines != nil {
					add(adfParagraph(lines...))
				}
			}
		default:
			add(adfParagraph(adfText(p.title, adfBold)))
			list := adf{Type: "bulletList"}
			for _, line := range p.lines {
				item := adfParagraph(adfText(line))
				list.Content = append(list.Content, adf{Type: "listItem", Content: []adf{item}})
			}
			if list.Content != nil {
				add(list)
			}
		}
	}
	if cut {
		add(adfParagraph(adfText("…")))
	}
	for _, l := range webLinks(m) {
		link := adf{Type: "link", Attrs: map[string]any{"href": l.URL}}
		add(adfParagraph(adfText(cmp.Or(l.Text, l.URL), link)))
	}
	add(adfParagraph(adfText(jiraMarker(m.Key), adf{Type: "code"})))
	return doc
}

// adfLines are the lines of a text. A text node is never empty.
func adfLines(s string) []adf {
	var nodes []adf
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if nodes != nil {
			nodes = append(nodes, adf{Type: "hardBreak"})
		}
		nodes = append(nodes, adfText(line))
	}
	return nodes
}

// adfPeople tells those who have an account, and names the others.
func adfPeople(people []Person) []adf {
	nodes := []adf{adfText("For ")}
	for i, p := range people {
		if i > 0 {
			nodes = append(nodes, adfText(", "))
		}
		name := cmp.Or(text.OneLine(p.Name), "you")
		if jiraAccount().MatchString(p.Account) {
			nodes = append(nodes, adf{Type: "mention", Attrs: map[string]any{"id": p.Account, "text": "@" + name}})
		} else {
			nodes = append(nodes, adfText(name))
		}
	}
	return nodes
}

// endsWith reports whether the last paragraph of a document says a text and nothing
// else.
func (d adf) endsWith(s string) bool {
	if len(d.Content) == 0 {
		return false
	}
	last := d.Content[len(d.Content)-1]
	return len(last.Content) == 1 && last.Content[0].Text == s
}
