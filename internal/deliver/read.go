package deliver

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/sorting"
	"github.com/handoff-cli/handoff/internal/text"
)

// Reader is a target whose issues and comments can be read. What it gives is written by
// others, and hostile. Its errors are *NotSentErrors.
type Reader interface {
	Target
	// Issues are the issues and pull requests of the project that changed at or after a
	// time, those that changed last first: with a label only those that bear it. more
	// says that there are more than are looked at.
	Issues(ctx context.Context, label string, since time.Time) (list []Post, more bool, err error)
	// Comments are those on a post of Issues or Read that were made at or after a time,
	// the oldest first. Of more than are looked at it is the newest.
	Comments(ctx context.Context, on Post, since time.Time) (list []Post, more bool, err error)
	// Read reads an issue or a comment by the address of its page. It is false for what
	// is not there, or is not of the project.
	Read(ctx context.Context, page string) (Post, bool, error)
	// Saved reads the text of an issue anew, and who saved it last.
	Saved(ctx context.Context, issue Post) (Saved, error)
}

// Post is an issue, a pull request or a comment, as a forge tells of it.
type Post struct {
	ID      string    // as that of a receipt: issues/12, pulls/45#9001
	Thread  string    // of a comment what it is on, else the ID
	URL     string    // of its page, "" where that is not https
	At      time.Time // when it was made
	Account string    // of its author
	Machine bool      // a program has written it, or somebody through one
	Mine    bool      // it is by the account of the token
	Edited  bool      // of a comment: it is not what it was at first
	Title   string    // "" for a comment
	Body    string
	Labels  []string

	comments int // on it
	at       comment
	shared   bool // issues and pull requests have numbers out of one row
}

// IsOn reports whether a post is at, or on, the issue or the pull request where a receipt
// says that something was delivered.
func (p Post) IsOn(receipt string) bool {
	c, ok := parseReceipt(receipt)
	return ok && c.number == p.at.number && (p.shared || c.pull == p.at.pull)
}

// Bears reports whether this target has made the post as a message of a key.
func (p Post) Bears(key string) bool { return p.Mine && hasMarker(p.Body, key) }

// forgeReader is what a forge has of its own for those who read.
type forgeReader interface {
	// lists are the lists of what changed at or after a time, the last changed first.
	lists(label string, since time.Time) []listing
	// readPost asks for a post.
	readPost(c comment) call
	// newest is the page of the list of so many comments where the newest are, and the
	// step to the page of those before; 0 where all are in one.
	newest(count, size int) (page, step int)
	// saved reads the text of an issue, and who saved it last.
	saved(ctx context.Context, f *forge, number int) (Saved, error)
	// oneRow reports whether issues and pull requests have numbers out of one row.
	oneRow() bool
	// address is what a page of the project is about, on whatever host.
	address(page *url.URL) (comment, bool)
}

// listing is a list of issues, or of pull requests where a forge has one of those.
type listing struct {
	pulls bool
	page  func(n int) call // from 1
}

// The bounds of what is read of a list.
const (
	fullPage     = 100 // posts at once, the most that GitHub and GitLab give
	mostRequests = 60  // for the comments on one post
	mostHalves   = 12  // of a time, where all that came since does not fit into an answer
)

func (f *forge) Issues(ctx context.Context, label string, since time.Time) (list []Post, more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, sendWait)
	defer cancel()
	if err := f.knowMine(ctx); err != nil {
		return nil, false, err
	}
	for _, l := range f.lists(label, since) {
		before := int64(0) // the first of the page before: a list may have but one
		for n := 1; ; n++ {
			var posts []post
			if err := f.do(ctx, l.page(n), &posts); err != nil {
				return nil, false, err
			}
			if len(posts) == 0 || posts[0].ID == before {
				break
			}
			if n > mostPages {
				more = true
				break
			}
			before = posts[0].ID
			for _, p := range posts {
				list = append(list, f.tell(p, comment{thread: thread{l.pulls || isSomething(p.PullRequest), p.number()}}))
			}
		}
	}
	return list, more, nil
}

func (f *forge) Comments(ctx context.Context, on Post, since time.Time) (list []Post, more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, sendWait)
	defer cancel()
	t, err := f.commentOf(&Receipt{ID: on.Thread})
	if err != nil {
		return nil, false, err
	}
	if err := f.knowMine(ctx); err != nil {
		return nil, false, err
	}
	posts, more, err := f.newestComments(ctx, t.thread, on.comments, since)
	for _, p := range posts {
		list = append(list, f.tell(p, comment{t.thread, p.ID}))
	}
	return list, more, err
}

// newestComments reads the comments on a thread, the newest page first. Pages that do
// not fit into an answer are asked for in smaller ones.
func (f *forge) newestComments(ctx context.Context, on thread, count int, since time.Time) (list []post, more bool, err error) {
	size := fullPage
	page, step := f.newest(count, size)
	if step == 0 {
		return f.commentsSince(ctx, on, since)
	}
	for range mostRequests {
		var posts []post
		err := f.do(ctx, f.comments(on, time.Time{}, page, size), &posts)
		if isTooLarge(err) && size > 1 {
			size /= 10
			if page *= 10; step > 0 {
				page -= 9
			}
			continue
		}
		if err != nil {
			return nil, false, err
		}
		sortByTime(posts)
		fresh := posts
		for len(fresh) > 0 && fresh[0].CreatedAt.Before(since) {
			fresh = fresh[1:]
		}
		list = append(fresh, list...)
		page += step
		if len(fresh) < len(posts) || page < 1 || step > 0 && len(posts) < size {
			return list, false, nil
		}
	}
	return list, true, nil
}

// commentsSince reads comments of which all since a time are in one answer: where they
// do not fit, those of the newer half of the time.
func (f *forge) commentsSince(ctx context.Context, on thread, since time.Time) (list []post, more bool, err error) {
	for range mostHalves {
		err = f.do(ctx, f.comments(on, since, 1, fullPage), &list)
		if !isTooLarge(err) {
			break
		}
		since, more = since.Add(f.now().Sub(since)/2), true
	}
	sortByTime(list)
	for len(list) > 0 && list[0].CreatedAt.Before(since) { // it has changed since
		list = list[1:]
	}
	return list, more, err
}

func (f *forge) Read(ctx context.Context, page string) (Post, bool, error) {
	u, err := url.Parse(page)
	if err != nil {
		return Post{}, false, nil
	}
	c, ok := f.address(u)
	if !ok {
		return Post{}, false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, sendWait)
	defer cancel()
	if err := f.knowMine(ctx); err != nil {
		return Post{}, false, err
	}
	var p post
	if err := f.do(ctx, f.readPost(c), &p); err != nil {
		if gone, ok := errors.AsType[*NotSentError](err); ok && gone.Fault == FaultNotFound {
			err = nil
		}
		return Post{}, false, err
	}
	told := f.tell(p, c)
	return told, told.URL == page, nil
}

// knowMine asks, once, whose token it is.
func (f *forge) knowMine(ctx context.Context) error {
	if f.isMine != nil {
		return nil
	}
	mine, err := f.mine(ctx)
	if err == nil {
		f.isMine = mine
	}
	return err
}

// tell says in our words what a forge tells of a post.
func (f *forge) tell(p post, c comment) Post {
	by := p.by()
	told := Post{
		ID: c.String(), Thread: c.thread.String(), URL: p.url(), At: p.CreatedAt, Account: by.name(), Mine: f.isMine(p),
		Machine: by.Type == "Bot" || f.isMachine(p) || p.System || isSomething(p.App) || botName().MatchString(by.name()),
		Title:   p.Title, Body: p.body(), Labels: p.labels(), comments: p.Comments,
		at: c, shared: f.oneRow(),
	}
	if c.id != 0 {
		told.Edited = p.UpdatedAt.Sub(p.CreatedAt).Abs() >= time.Second // GitLab has thousandths, which differ at first
	}
	if page := f.page(c); told.URL == "" && strings.HasPrefix(page, "https://") {
		told.URL = page
	}
	if !strings.HasPrefix(told.URL, "https://") {
		told.URL = ""
	}
	return told
}

// labels are the names of labels: GitHub and Gitea describe each, GitLab names them.
func (p post) labels() []string {
	var names []string
	if json.Unmarshal(p.Labels, &names) == nil {
		return names
	}
	var described []struct{ Name string }
	if json.Unmarshal(p.Labels, &described) != nil {
		return nil
	}
	names = nil
	for _, d := range described {
		names = append(names, d.Name)
	}
	return names
}

func isSomething(value json.RawMessage) bool {
	return len(value) > 0 && !bytes.Equal(value, []byte("null")) && !bytes.Equal(value, []byte("false"))
}

func isTooLarge(err error) bool {
	refused, ok := errors.AsType[*NotSentError](err)
	return ok && refused.code == tooLarge
}

var (
	botName        = text.Pattern(`\[bot\]$|^(?:project|group)_[0-9]+_bot`) // of apps on GitHub, of tokens on GitLab
	githubFragment = text.Pattern(`^issuecomment-([1-9][0-9]{0,17})$`)
	gitlabFragment = text.Pattern(`^note_([1-9][0-9]{0,17})$`)
)

// commentAt is the comment, or with no fragment the thread itself, that the page of a
// thread is at.
func commentAt(pattern *regexp.Regexp, on thread, fragment string) (comment, bool) {
	if fragment == "" {
		return comment{thread: on}, true
	}
	parts := pattern.FindStringSubmatch(fragment)
	if parts == nil {
		return comment{}, false
	}
	id, err := strconv.ParseInt(parts[1], 10, 64)
	return comment{on, id}, err == nil
}

// sortByTime puts the oldest first.
func sortByTime(posts []post) {
	sorting.By(posts, func(a, b post) int { return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID)) })
}
