package report

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
	"golang.org/x/net/html"
)

// A page is a tree of elements, and nothing else can be put into it: there is no way to
// write markup. Text is neutralised and escaped when it is written, whatever it says;
// the names of elements and attributes are those below; and where a link leads is a
// [link], which only the functions of links make.

// tag is an element. None of them holds text that a browser would not parse as text,
// as a script does; the one style sheet of a page is put in by its own function.
type tag string

const (
	tagA       tag = "a"
	tagArticle tag = "article"
	tagBody    tag = "body"
	tagCaption tag = "caption"
	tagCode    tag = "code"
	tagDD      tag = "dd"
	tagDetails tag = "details"
	tagDiv     tag = "div"
	tagDL      tag = "dl"
	tagDT      tag = "dt"
	tagFooter  tag = "footer"
	tagG       tag = "g"
	tagH1      tag = "h1"
	tagH2      tag = "h2"
	tagH3      tag = "h3"
	tagH4      tag = "h4"
	tagHead    tag = "head"
	tagHeader  tag = "header"
	tagHTML    tag = "html"
	tagLI      tag = "li"
	tagMain    tag = "main"
	tagMeta    tag = "meta"
	tagNav     tag = "nav"
	tagOL      tag = "ol"
	tagP       tag = "p"
	tagRect    tag = "rect"
	tagSection tag = "section"
	tagSpan    tag = "span"
	tagStrong  tag = "strong"
	tagSummary tag = "summary"
	tagSVG     tag = "svg"
	tagText    tag = "text"
	tagTable   tag = "table"
	tagTBody   tag = "tbody"
	tagTD      tag = "td"
	tagTH      tag = "th"
	tagTHead   tag = "thead"
	tagTime    tag = "time"
	tagTitle   tag = "title"
	tagTR      tag = "tr"
	tagUL      tag = "ul"
)

// part is what an element is made of.
type part interface{ addTo(*html.Node) }

// element is an element with what is in it.
type element struct{ node *html.Node }

func (e element) addTo(parent *html.Node) { parent.AppendChild(e.node) }

// el makes an element.
func el(t tag, parts ...part) element {
	e := element{&html.Node{Type: html.ElementNode, Data: string(t)}}
	return e.with(parts...)
}

// with adds to an element.
func (e element) with(parts ...part) element {
	for _, p := range parts {
		if p != nil {
			p.addTo(e.node)
		}
	}
	return e
}

// say is a text of one line, neutralised.
type say string

func (s say) addTo(parent *html.Node) {
	if s != "" {
		parent.AppendChild(&html.Node{Type: html.TextNode, Data: text.OneLine(string(s))})
	}
}

// several are parts one after the other.
type several []part

func (s several) addTo(parent *html.Node) {
	element{parent}.with(s...)
}

// attribute is an attribute of an element. Its value is escaped as text is.
type attribute struct{ name, value string }

func (a attribute) addTo(parent *html.Node) {
	parent.Attr = append(parent.Attr, html.Attribute{Key: a.name, Val: text.OneLine(a.value)})
}

func class(name string) attribute       { return attribute{"class", name} }
func named(id string) attribute         { return attribute{"id", id} }
func labelledBy(id string) attribute    { return attribute{"aria-labelledby", id} }
func size(name string, n int) attribute { return attribute{name, strconv.Itoa(n)} }

// link is where an anchor leads: a place of the page, or a page elsewhere. The zero link
// leads nowhere.
type link struct{ to string }

// inPage is a link to what has an id in the page.
func inPage(id string) link { return link{"#" + id} }

// outside is a link to an https page, and to nowhere for anything else.
func outside(address string) link {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || !text.Clean(address) || strings.ContainsAny(address, " \t\r\n\\") {
		return link{}
	}
	return link{address}
}

// anchor is a link with what is shown of it, which alone stays where it leads nowhere.
func anchor(to link, parts ...part) part {
	if to == (link{}) {
		return several(parts)
	}
	return el(tagA, attribute{"href", to.to}).with(parts...)
}

// styleSheet puts the style sheet in, which is written as it is: no part of it may come
// from anywhere but this package.
func (e element) styleSheet(css string) {
	style := &html.Node{Type: html.ElementNode, Data: "style"}
	style.AppendChild(&html.Node{Type: html.TextNode, Data: css})
	e.node.AppendChild(style)
}
