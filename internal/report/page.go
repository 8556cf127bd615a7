// Package report is the page of a team: what needs somebody now, what is live, what was
// decided, and whether handing over works. It is one file, made of records alone, without
// a script and without anything that is loaded from elsewhere: the same records and the
// same time give the same bytes, whoever asks and wherever. It also serves that page, on
// this machine only.
package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/handoff-cli/handoff/internal/board"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/metrics"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/row"
	"golang.org/x/net/html"
)

// Page is what a page says.
type Page struct {
	Repository string    `json:"repository"` // as its forge calls it: "acme/payments"; "" where no forge is known
	AsOf       time.Time `json:"as_of"`
	Since      time.Time `json:"since"` // from when on what is over is looked at
	Zone       string    `json:"zone"`  // of all times that are shown
	Team       string    `json:"team"`  // whose page it is, "" for everybody's
	Person     string    `json:"person"`

	Board     *board.Board          `json:"board"`
	Next      []*row.Item           `json:"next"` // of a person: their next steps, the first one first
	Blockers  []*row.Blocker        `json:"blockers"`
	Questions []*row.Question       `json:"questions"`
	Decisions []query.DecisionStory `json:"decisions"`
	Contracts []*row.Contract       `json:"contracts"`
	Stats     *metrics.Stats        `json:"stats"`
	Handoffs  []*row.Handoff        `json:"handoffs"`   // of the last week, and those that nobody has answered
	Delivered []Delivered           `json:"deliveries"` // what is in doubt first

	empty     bool // there are no records
	older     int  // handoffs of the week that are left out
	deadlines map[string]time.Time
	config    *config.Config
	state     *fold.View
	records   Records
	location  *time.Location  // that of Zone
	ids       map[string]bool // of what is on the page
}

// Delivered is how the delivery of something to a target stands.
type Delivered struct {
	Ref     string     `json:"ref"`
	Kind    string     `json:"kind"` // handoff, blocker, question, decision
	Target  string     `json:"target"`
	Told    []string   `json:"told"` // handles
	At      *time.Time `json:"at"`   // null where nothing has arrived
	URL     string     `json:"url"`
	InDoubt bool       `json:"in_doubt"`
}

// Records is where files of records can be read: the address of one, "" where nobody
// knows.
type Records func(row.Source) string

// HTML is the page as a file.
func (p *Page) HTML() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("<!DOCTYPE html>\n")
	if err := html.Render(&b, p.document().node); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// policy lets a browser load nothing and run nothing, and use the one style sheet of
// the page.
var policy = "default-src 'none'; style-src 'sha256-" + hashOf(style) + "'; base-uri 'none'; form-action 'none'"

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// document is the whole of it.
func (p *Page) document() element {
	p.place()
	head := el(tagHead,
		el(tagMeta, attribute{"charset", "utf-8"}),
		el(tagMeta, attribute{"http-equiv", "Content-Security-Policy"}, attribute{"content", policy}),
		el(tagMeta, attribute{"name", "viewport"}, attribute{"content", "width=device-width, initial-scale=1"}),
		el(tagMeta, attribute{"name", "color-scheme"}, attribute{"content", "light dark"}),
		el(tagMeta, attribute{"name", "referrer"}, attribute{"content", "no-referrer"}),
		el(tagMeta, attribute{"name", "robots"}, attribute{"content", "noindex"}),
		el(tagTitle, say(p.title())),
	)
	head.styleSheet(style)
	sections := p.sections()
	main := el(tagMain, named("main"))
	for _, s := range sections {
		main.with(s.element())
	}
	return el(tagHTML, attribute{"lang", "en"}, head, el(tagBody,
		anchor(inPage("main"), say("Skip to what needs somebody now")).(element).with(class("skip")),
		p.header(sections), main, p.footer(),
	))
}

// section is a part of the page under a heading.
type section struct {
	id, title string
	count     string // beside the title, "" for none
	what      several
}

func (s section) element() element {
	return el(tagSection, labelledBy(s.id), el(tagH2, named(s.id), say(s.title), count(s.count)), s.what)
}

// count is how many there are, beside a title.
func count(n string) part {
	if n == "" {
		return several(nil)
	}
	return several{say(" "), el(tagSpan, class("n"), say(n))}
}

// sections are those of the page, in order.
func (p *Page) sections() []section {
	return []section{
		p.now(), p.live(), p.blocked(), p.questions(), p.decided(), p.boundaries(), p.handoffs(), p.deliveries(),
	}
}

// title is what the page is called.
func (p *Page) title() string {
	title := "Handoffs"
	switch {
	case p.Person != "":
		title += " for " + p.Person
	case p.Team != "":
		title += " of " + p.Team
	}
	if p.Repository != "" {
		title += " in " + p.Repository
	}
	return title
}

// header says whose page it is and of when, how things stand in numbers, and where what
// is.
func (p *Page) header(sections []section) element {
	sum := p.Board.Sum()
	live := 0
	for _, h := range p.Board.Held {
		live += len(h.Items)
	}
	figures := el(tagDL, class("figures"),
		figure("overdue", sum.Overdue, "now", sum.Overdue > 0), figure("to do", sum.Asked, "now", false), figure("came back", sum.Back, "now", false),
		figure("blockers", len(p.Blockers), "blocked", false), figure("questions", len(p.Questions), "questions", false),
		figure("live items", live, "live", false),
	)
	nav := el(tagUL)
	for _, s := range sections {
		nav.with(el(tagLI, anchor(inPage(s.id), say(s.title))))
	}
	return el(tagHeader,
		el(tagH1, say(p.title())),
		el(tagP, class("of"), say("As of "), p.full(p.AsOf), say(". All times are in "+p.Zone+".")),
		figures, el(tagNav, attribute{"aria-label", "Sections"}, nav),
	)
}

// figure is a number of the header, which leads to what it counts.
func figure(what string, n int, id string, alarms bool) element {
	number := el(tagDD, anchor(inPage(id), say(number(n))))
	if alarms {
		number.with(class("red"))
	}
	return el(tagDiv, el(tagDT, say(what)), number)
}

// footer says where all of it comes from.
func (p *Page) footer() element {
	return el(tagFooter, el(tagP,
		say("Made of the records in this repository and of nothing else. What it says is cited: a name leads to what is known of it here, an id to the record that says so. "),
		code("handoff query"), say(" and "), code("handoff show"), say(" tell more."),
	))
}

func code(s string) element { return el(tagCode, say(s)) }

// nothing says that there is nothing, and why that is known.
func nothing(says string, more ...part) part {
	return el(tagP, class("none"), say(says)).with(more...)
}
