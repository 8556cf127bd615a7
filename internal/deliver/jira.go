package deliver

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
)

// jira speaks the REST API of Jira Cloud, version 3 (developer.atlassian.com). A message
// is a comment on the ticket that it is about, in the Atlassian Document Format, whose
// text nodes are never parsed; a comment has at most 32767 characters. Its first link
// becomes a remote link of the ticket, which Jira makes or updates by its globalId, of
// at most 255 characters. A comment takes no key, so it is found again by its marker,
// its last line.
type jira struct {
	*server
	c Config
}

// newJira opens a project: Host is that of the site ("acme.atlassian.net"), Project the
// prefix of its tickets, User the address of mail of whom the Token, of the API, is.
// Without a User the Token is one of OAuth, and Host the URL of its API.
func newJira(c Config, o Outside) (Target, error) {
	if !ticketPrefix().MatchString(c.Project) {
		return nil, c.wrong("project: %q is no prefix of tickets, such as PAY", c.Project)
	}
	s, _, err := forgeServer(c, o, "", "")
	if err != nil {
		return nil, err
	}
	if c.User != "" {
		s.authorization = func(token string) string {
			if token == masked {
				return "Basic " + masked
			}
			return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.User+":"+token))
		}
	}
	s.said = jiraWords
	return &jira{s, c}, nil
}

var (
	ticketPrefix = text.Pattern(`^[A-Z][A-Z0-9_]{1,20}$`)
	jiraReceipt  = text.Pattern(`^([A-Z][A-Z0-9_]{1,20})-([1-9][0-9]{0,8})#([1-9][0-9]{0,17})$`)
	jiraAccount  = text.Pattern(`^[A-Za-z0-9:-]{5,128}$`)
)

// jiraWords are the messages of an answer that refuses.
func jiraWords(body []byte) string {
	var answer struct {
		ErrorMessages []string
		Errors        map[string]string
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	for _, said := range answer.Errors {
		answer.ErrorMessages = append(answer.ErrorMessages, said)
	}
	return strings.Join(answer.ErrorMessages, "; ")
}

func (t *jira) Can() Abilities { return Abilities{Once: ByListing, Edit: true, Reply: true} }

// ticketOf is the first ticket of a project that references name: PAY-12, or the
// address of a page that ends with it.
func ticketOf(refs []Ref, prefix, host string) string {
	for _, ref := range refs {
		id := ref.ID
		if u, err := url.Parse(id); err == nil && u.Host != "" {
			if !strings.EqualFold(u.Host, host) {
				continue
			}
			id = ""
			for part := range strings.SplitSeq(u.Path, "/") {
				if isTicket(part, prefix) {
					id = part
				}
			}
		}
		if isTicket(id, prefix) {
			return id
		}
	}
	return ""
}

// isTicket reports whether a name is of a ticket with that prefix.
func isTicket(id, prefix string) bool {
	number, ok := strings.CutPrefix(id, prefix+"-")
	_, known := threadOf(false, number)
	return ok && known
}

// calls are the requests that deliver a message: the comment, and the remote link.
func (t *jira) calls(m Message) (ticket string, calls []call, err error) {
	if err := t.c.unable(m, t.Can()); err != nil {
		return "", nil, err
	}
	body := map[string]any{"body": jiraDocument(m)}
	if r := cmp.Or(m.Replaces, m.Thread); r != nil {
		parts := jiraReceipt().FindStringSubmatch(r.ID)
		if parts == nil || parts[1] != t.c.Project {
			return "", nil, t.nowhere(strconv.Quote(r.ID) + " is no receipt of Jira, of a ticket of " + t.c.Project)
		}
		ticket = parts[1] + "-" + parts[2]
		if m.Replaces != nil {
			path := jiraIssue(ticket) + "/comment/" + parts[3]
			return ticket, []call{{method: http.MethodPut, path: path, body: body, again: true}}, nil
		}
	} else if ticket = ticketOf(m.About, t.c.Project, t.base.Host); ticket == "" {
		return "", nil, t.nowhere("it names no ticket of " + t.c.Project)
	}
	calls = []call{{method: http.MethodPost, path: jiraIssue(ticket) + "/comment", body: body}}
	if links := webLinks(m); len(links) > 0 {
		calls = append(calls, jiraRemoteLink(ticket, links[0]))
	}
	return ticket, calls, nil
}

func jiraIssue(ticket string) string { return "/rest/api/3/issue/" + ticket }

// jiraRemoteLink makes a link, or updates the one of the same globalId.
func jiraRemoteLink(ticket string, l Link) call {
	id := "handoff=" + l.URL
	if len(id) > 255 {
		sum := sha256.Sum256([]byte(l.URL))
		id = "handoff=" + hex.EncodeToString(sum[:])
	}
	body := map[string]any{"globalId": id, "object": map[string]any{"url": l.URL, "title": shorten(cmp.Or(l.Text, l.URL), 255)}}
	return call{method: http.MethodPost, path: jiraIssue(ticket) + "/remotelink", body: body, again: true}
}

func (t *jira) nowhere(why string) error {
	return &NotSentError{Target: t.target, Fault: FaultPlace, Why: why}
}

func (t *jira) Plan(m Message) ([]Request, error) {
	_, calls, err := t.calls(m)
	return listRequests(t.server, calls), err
}

// listRequests writes calls down.
func listRequests(s *server, calls []call) []Request {
	var plan []Request
	for _, c := range calls {
		plan = append(plan, s.request(c))
	}
	return plan
}

// jiraComment is a comment as Jira tells of it.
type jiraComment struct {
	ID     string
	Author struct {
		AccountID string `json:"accountId"`
	}
	Body adf
}

func (t *jira) Send(ctx context.Context, m Message) (Receipt, error) {
	ticket, calls, err := t.calls(m)
	if err != nil {
		return Receipt{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, sendWait)
	defer cancel()
	var made jiraComment
	err = t.do(ctx, calls[0], &made)
	if err == nil && !jiraReceipt().MatchString(ticket+"#"+made.ID) {
		err = t.silent()
	}
	if uncertain := new(UncertainError); errors.As(err, &uncertain) && m.Replaces == nil && ctx.Err() == nil {
		if r, found, _ := t.Find(ctx, m); found {
			return r, nil
		}
	}
	if err != nil {
		return Receipt{}, err
	}
	return t.complete(ctx, ticket, made.ID, calls[1:]), nil
}

// complete says what was delivered, and links the ticket.
func (t *jira) complete(ctx context.Context, ticket, comment string, calls []call) Receipt {
	r := Receipt{ID: ticket + "#" + comment, URL: t.base.String() + "/browse/" + ticket + "?focusedCommentId=" + url.QueryEscape(comment)}
	for _, c := range calls {
		if err := t.do(ctx, c, nil); err != nil {
			r.Notes = append(r.Notes, ticket+" has no link to it: "+err.Error())
		}
	}
	return r
}

// Find lists the comments of the ticket, the latest first.
func (t *jira) Find(ctx context.Context, m Message) (Receipt, bool, error) {
	ticket, calls, err := t.calls(m)
	if err != nil || m.Replaces != nil {
		return Receipt{}, false, err
	}
	ctx, cancel := context.WithTimeout(ctx, sendWait)
	defer cancel()
	var me struct {
		AccountID string `json:"accountId"`
	}
	if err := t.do(ctx, call{method: http.MethodGet, path: "/rest/api/3/myself"}, &me); err != nil {
		return Receipt{}, false, err
	}
	for start := 0; start < mostPages*100; {
		query := url.Values{"startAt": {strconv.Itoa(start)}, "maxResults": {"100"}, "orderBy": {"-created"}}
		var page struct {
			Total    int
			Comments []jiraComment
		}
		if err := t.do(ctx, call{method: http.MethodGet, path: jiraIssue(ticket) + "/comment", query: query}, &page); err != nil {
			return Receipt{}, false, err
		}
		for _, c := range page.Comments {
			if c.Author.AccountID == me.AccountID && c.Body.endsWith(jiraMarker(m.Key)) {
				return t.complete(ctx, ticket, c.ID, calls[1:]), true, nil
			}
		}
		if start += len(page.Comments); len(page.Comments) == 0 || start >= page.Total {
			return Receipt{}, false, nil
		}
	}
	return Receipt{}, false, ErrCannotFind
}
