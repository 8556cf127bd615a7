package deliver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/text"
)

// tracker is what a forge has of its own: how each request is written.
type tracker interface {
	createIssue(title, body string) call
	createComment(on thread, body string) call
	editIssue(n int, title, body string, done bool) call
	editComment(c comment, body string) call
	// issues and comments list what was made or changed at or after since, or more, zero
	// for everything, by pages from 1.
	issues(since time.Time, page int) call
	comments(on thread, since time.Time, page int) call
	// me asks whose token it is.
	me() call
	// isMachine reports whether a post is by the account of a forge's own jobs.
	isMachine(p post) bool
	// link says that an issue is blocked by another one, of a number and an id, each a
	// text in angle brackets where it is not known yet. Making it twice makes one.
	link(blocked thread, number, id any) call
	// linked lists by what an issue is blocked.
	linked(blocked thread) call
	// place is what a reference names in the configured project.
	place(Ref) (thread, bool)
	// mention writes an account so that it is told, "" where it is no account.
	mention(account string) string
	// page is where people see a comment whose address the forge does not tell, or "".
	page(c comment) string
}

// forge delivers to a forge. A message on something is a comment there; one on
// nothing is an issue, which blocks the issues that it is about.
type forge struct {
	*server
	tracker
	project    string
	web        string // the host that its pages are on
	limit      int    // characters of a body
	titleLimit int    // characters of a title
}

// Web is the host of the pages, see [Reviewer].
func (f *forge) Web() string {
	host, _, _ := strings.Cut(f.web, ":")
	return strings.ToLower(host)
}

// thread is an issue, or a pull request with its conversation.
type thread struct {
	pull   bool
	number int
}

func (t thread) String() string {
	if t.pull {
		return "pulls/" + strconv.Itoa(t.number)
	}
	return "issues/" + strconv.Itoa(t.number)
}

// comment is a comment on a thread; the thread itself with id 0.
type comment struct {
	thread
	id int64
}

func (c comment) String() string {
	if c.id == 0 {
		return c.thread.String()
	}
	return c.thread.String() + "#" + strconv.FormatInt(c.id, 10)
}

var receiptPattern = text.Pattern(`^(issues|pulls)/([1-9][0-9]{0,8})(?:#([1-9][0-9]{0,17}))?$`)

// commentOf reads the id of a receipt.
func (f *forge) commentOf(r *Receipt) (comment, error) {
	parts := receiptPattern().FindStringSubmatch(r.ID)
	if parts == nil {
		return comment{}, f.nowhere("%q is no receipt of a forge", r.ID)
	}
	number, _ := strconv.Atoi(parts[2])             // the pattern has digits that fit
	id, _ := strconv.ParseInt("0"+parts[3], 10, 64) // and none stand for no comment
	return comment{thread{parts[1] == "pulls", number}, id}, nil
}

// post is an issue or a comment as a forge tells of it: GitHub and Gitea in the first
// words, GitLab in the second.
type post struct {
	ID          int64
	Number      int
	IID         int
	HTMLURL     string `json:"html_url"`
	WebURL      string `json:"web_url"`
	Body        string
	Description string
	User        account
	Author      account
}

// account is who wrote a post, or whose a token is.
type account struct {
	Login    string
	Username string
	Type     string // of GitHub: User or Bot
}

func (a account) name() string { return cmp.Or(a.Login, a.Username) }

func (p post) number() int  { return cmp.Or(p.Number, p.IID) }
func (p post) by() account  { return account{cmp.Or(p.User.name(), p.Author.name()), "", p.User.Type} }
func (p post) body() string { return cmp.Or(p.Body, p.Description) }

func (p post) url() string {
	if u := cmp.Or(p.HTMLURL, p.WebURL); isWebURL(u) {
		return u
	}
	return ""
}

func (f *forge) Can() Abilities { return Abilities{Once: ByListing, Edit: true, Reply: true} }

// destination is where a message goes: what it edits, or else the thread on which it
// is a comment, or else, with neither, a new issue.
type destination struct {
	edit *comment
	on   *thread
}

func (f *forge) destination(m Message) (destination, error) {
	if err := CheckKey(m.Key); err != nil {
		return destination{}, f.nowhere("%v", err)
	}
	if r := cmp.Or(m.Replaces, m.Thread); r != nil {
		c, err := f.commentOf(r)
		if m.Replaces != nil {
			return destination{edit: &c}, err
		}
		return destination{on: &c.thread}, err
	}
	if m.Kind == KindBlocker || m.Kind == KindHandoff {
		return destination{}, nil
	}
	if t, ok := f.firstOf(m.About); ok {
		return destination{on: &t}, nil
	}
	if m.Kind == KindQuestion {
		return destination{}, nil
	}
	return destination{}, f.nowhere("it names no issue or pull request of %s", f.project)
}

// firstOf is the first pull request of the project that references name, or else the
// first issue.
func (f *forge) firstOf(refs []Ref) (thread, bool) {
	var first *thread
	for _, ref := range refs {
		t, ok := f.place(ref)
		if ok && t.pull {
			return t, true
		}
		if ok && first == nil {
			first = &t
		}
	}
	if first == nil {
		return thread{}, false
	}
	return *first, true
}

// mostLinks is how many issues one blocker is linked with.
const mostLinks = 10

// blocked are the issues of the project that a blocker is about.
func (f *forge) blocked(m Message) []thread {
	if m.Kind != KindBlocker {
		return nil
	}
	var blocked []thread
	seen := make(map[thread]bool)
	for _, ref := range m.About {
		t, ok := f.place(ref)
		if ok && !t.pull && !seen[t] && len(blocked) < mostLinks {
			blocked = append(blocked, t)
			seen[t] = true
		}
	}
	return blocked
}

// nowhere says that a message can go nowhere.
func (f *forge) nowhere(format string, args ...any) error {
	return &NotSentError{Target: f.target, Fault: FaultPlace, Why: fmt.Sprintf(format, args...)}
}

// first is the request that delivers a message.
func (f *forge) first(m Message, d destination) call {
	body, title := markdown(m, f.limit, marker(m.Key), f.mention), cmp.Or(plainTitle(m.Title, f.titleLimit), "handoff")
	switch {
	case d.edit != nil && d.edit.id != 0:
		return f.editComment(*d.edit, body)
	case d.edit != nil:
		return f.editIssue(d.edit.number, title, body, m.Done)
	case d.on != nil:
		return f.createComment(*d.on, body)
	}
	return f.createIssue(title, body)
}

func (f *forge) Plan(m Message) ([]Request, error) {
	d, err := f.destination(m)
	if err != nil {
		return nil, err
	}
	plan := []Request{f.request(f.first(m, d))}
	if d == (destination{}) {
		for _, blocked := range f.blocked(m) {
			plan = append(plan, f.request(f.link(blocked, "<number>", "<id>")))
		}
	}
	return plan, nil
}

func (f *forge) Send(ctx context.Context, m Message) (Receipt, error) {
	d, err := f.destination(m)
	if err != nil {
		return Receipt{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, sendWait)
	defer cancel()
	var made post
	err = f.do(ctx, f.first(m, d), &made)
	if err == nil && (made.ID == 0 || d == (destination{}) && made.number() == 0) {
		err = f.silent()
	}
	if uncertain := new(UncertainError); errors.As(err, &uncertain) && d.edit == nil && ctx.Err() == nil {
		// What was made although no answer came is listed.
		if r, found, _ := f.Find(ctx, m); found {
			return r, nil
		}
	}
	if err != nil {
		return Receipt{}, err
	}
	return f.complete(ctx, m, d, made), nil
}

// complete says what was delivered, and links an issue that was made.
func (f *forge) complete(ctx context.Context, m Message, d destination, made post) Receipt {
	r := Receipt{URL: made.url()}
	switch {
	case d.edit != nil:
		r.ID, r.URL = d.edit.String(), cmp.Or(r.URL, f.page(*d.edit))
	case d.on != nil:
		on := comment{*d.on, made.ID}
		r.ID, r.URL = on.String(), cmp.Or(r.URL, f.page(on))
	default:
		r.ID = thread{number: made.number()}.String()
		for _, blocked := range f.blocked(m) {
			if err := f.linkTo(ctx, blocked, made); err != nil {
				r.Notes = append(r.Notes, fmt.Sprintf("#%d is not marked as blocked by it: %v", blocked.number, err))
			}
		}
	}
	return r
}

// linkTo says that an issue is blocked by one of ours. A forge refuses what is so
// already, each in its own way.
func (f *forge) linkTo(ctx context.Context, blocked thread, by post) error {
	err := f.do(ctx, f.link(blocked, by.number(), by.ID), nil)
	if err == nil {
		return nil
	}
	var linked []post
	if f.do(ctx, f.linked(blocked), &linked) == nil {
		for _, p := range linked {
			if p.ID == by.ID {
				return nil
			}
		}
	}
	return err
}

// mostPages is how many pages of a list are looked at.
const mostPages = 20

// clockSlack is how far the clock of a forge may be behind ours.
const clockSlack = time.Hour

func (f *forge) Find(ctx context.Context, m Message) (Receipt, bool, error) {
	d, err := f.destination(m)
	if err != nil || d.edit != nil { // an edit may be made again
		return Receipt{}, false, err
	}
	ctx, cancel := context.WithTimeout(ctx, sendWait)
	defer cancel()
	mine, err := f.mine(ctx)
	if err != nil {
		return Receipt{}, false, err
	}
	var since time.Time
	if !m.At.IsZero() {
		since = m.At.Add(-clockSlack)
	}
	before := int64(0) // the first of the page before: a list may have but one
	for page := 1; page <= mostPages; page++ {
		list := f.issues(since, page)
		if d.on != nil {
			list = f.comments(*d.on, since, page)
		}
		var posts []post
		if err := f.do(ctx, list, &posts); err != nil {
			return Receipt{}, false, err
		}
		if len(posts) == 0 || posts[0].ID == before {
			return Receipt{}, false, nil
		}
		before = posts[0].ID
		for _, p := range posts {
			if hasMarker(p.body(), m.Key) && mine(p) {
				return f.complete(ctx, m, d, p), true, nil
			}
		}
	}
	return Receipt{}, false, ErrCannotFind // there is more than is looked at
}

// perPage is how many posts are asked for at once, the most that GitHub and GitLab
// give. Gitea gives fewer.
const perPage = "100"

// mine returns what tells a post of this token from one of a stranger, who can read
// markers and write them.
func (f *forge) mine(ctx context.Context) (func(post) bool, error) {
	var me account
	err := f.do(ctx, f.me(), &me)
	if refused, ok := errors.AsType[*NotSentError](err); ok && refused.Fault == FaultCredentials {
		return f.isMachine, nil // the token of a job may not ask who it is
	}
	return func(p post) bool { return p.by().name() == me.name() }, err
}

// forgeServer is a forge on a host, and the host that its pages are on. Host is as
// people type it, and its API at path below it; or it is the URL of an API.
func forgeServer(c Config, o Outside, own, path string) (s *server, web string, err error) {
	if c.Token == nil {
		return nil, "", c.wrong("token: it is missing")
	}
	if c.Host == "" {
		c.Host = own
	}
	if c.Host != "" && !strings.Contains(c.Host, "://") {
		c.Host += path
	}
	base, err := c.base()
	if err != nil {
		return nil, "", err
	}
	return newServer(c, o, base), base.Host, nil
}
