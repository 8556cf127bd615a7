package deliver

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
)

// linear speaks the GraphQL API of Linear (linear.app/developers, and the types of npm's
// @linear/sdk). A message is a comment, in Markdown, on the issue that it is about;
// its first link becomes an attachment, of which Linear keeps one for each url. The
// server takes the id of a comment, a UUID, so a message has one that is made of its
// key, and none is made twice. How long a comment may be is not written down.
type linear struct {
	*server
	c         Config
	workspace string
	team      string
}

// newLinear opens the issues of a team: Project is the workspace, as in the addresses of
// its pages, and the prefix of the team's issues: "acme/PAY". Token is a key of the API
// or one of OAuth.
func newLinear(c Config, o Outside) (Target, error) {
	workspace, team, ok := strings.Cut(c.Project, "/")
	if !ok || !linearName().MatchString(workspace) || !ticketPrefix().MatchString(team) {
		return nil, c.wrong("project: %q is not workspace/PREFIX, such as acme/PAY", c.Project)
	}
	s, _, err := forgeServer(c, o, "https://api.linear.app", "")
	if err != nil {
		return nil, err
	}
	s.authorization = func(token string) string {
		if strings.HasPrefix(token, "lin_api_") {
			return token
		}
		return "Bearer " + token
	}
	s.said, s.refuses = linearWords, linearRefuses
	return &linear{s, c, workspace, team}, nil
}

var (
	linearName    = text.Pattern(`^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,60}[A-Za-z0-9])?$`)
	linearReceipt = text.Pattern(`^([A-Z][A-Z0-9_]{1,20}-[1-9][0-9]{0,8})#([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$`)
)

func (t *linear) Can() Abilities { return Abilities{Once: ByKey, Edit: true, Reply: true} }

// commentID is the UUID of the comment that a message becomes: of version 4, as Linear
// wants it, with the digest of its key for what is random otherwise.
func commentID(key string) string {
	sum := sha256.Sum256([]byte("handoff " + key))
	sum[6], sum[8] = sum[6]&0x0f|0x40, sum[8]&0x3f|0x80
	id := hex.EncodeToString(sum[:16])
	return strings.Join([]string{id[:8], id[8:12], id[12:16], id[16:20], id[20:]}, "-")
}

func graphQL(query string, variables map[string]any) call {
	return call{method: http.MethodPost, path: "/graphql", body: map[string]any{"query": query, "variables": variables}}
}

const (
	linearCreate = `mutation($input: CommentCreateInput!) { commentCreate(input: $input) { success comment { id url } } }`
	linearUpdate = `mutation($id: String!, $input: CommentUpdateInput!) { commentUpdate(id: $id, input: $input) { success comment { id url } } }`
	linearAttach = `mutation($input: AttachmentCreateInput!) { attachmentCreate(input: $input) { success } }`
	linearFind   = `query($id: ID!) { comments(filter: {id: {eq: $id}}) { nodes { id url } } }`
)

// linearComment is a comment as Linear tells of it.
type linearComment struct {
	ID  string
	URL string
}

// calls are the requests that deliver a message: the comment, and the attachment.
func (t *linear) calls(m Message) (issue string, calls []call, err error) {
	if err := t.c.unable(m, t.Can()); err != nil {
		return "", nil, err
	}
	body := text.JoinNonEmpty("\n\n", bold(m.Title, ""), markdown(m, linearLimit, "", t.mention))
	input := map[string]any{"body": body}
	parts := []string{"", "", ""}
	if r := cmp.Or(m.Replaces, m.Thread); r != nil {
		if parts = linearReceipt().FindStringSubmatch(r.ID); parts == nil || !isTicket(parts[1], t.team) {
			return "", nil, t.nowhere(strconv.Quote(r.ID) + " is no receipt of Linear, of an issue of " + t.team)
		}
	}
	if m.Replaces != nil {
		c := graphQL(linearUpdate, map[string]any{"id": parts[2], "input": input})
		c.again = true
		return parts[1], []call{c}, nil
	}
	if issue = cmp.Or(parts[1], ticketOf(m.About, t.team, "linear.app")); issue == "" {
		return "", nil, t.nowhere("it names no issue of " + t.team)
	}
	input["id"], input["issueId"] = commentID(m.Key), issue
	if parts[2] != "" {
		input["parentId"] = parts[2]
	}
	calls = []call{graphQL(linearCreate, map[string]any{"input": input})}
	if links := webLinks(m); len(links) > 0 {
		attachment := map[string]any{"issueId": issue, "url": links[0].URL, "title": cmp.Or(links[0].Text, links[0].URL)}
		c := graphQL(linearAttach, map[string]any{"input": attachment})
		c.again = true
		calls = append(calls, c)
	}
	return issue, calls, nil
}

// linearLimit is what we send at most.
const linearLimit = 60000

func (t *linear) nowhere(why string) error {
	return &NotSentError{Target: t.target, Fault: FaultPlace, Why: why}
}

// mention: a person is told by the address of their page ("Working with the GraphQL
// API").
func (t *linear) mention(account string) string {
	if !linearName().MatchString(account) {
		return ""
	}
	return "https://linear.app/" + t.workspace + "/profiles/" + account
}

func (t *linear) Plan(m Message) ([]Request, error) {
	_, calls, err := t.calls(m)
	return listRequests(t.server, calls), err
}

// Send makes the comment. One that may be there already, since it was not answered or
// since the id is taken, is looked for by its id.
func (t *linear) Send(ctx context.Context, m Message) (Receipt, error) {
	issue, calls, err := t.calls(m)
	if err != nil {
		return Receipt{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, sendWait)
	defer cancel()
	var made struct {
		Data struct {
			CommentCreate, CommentUpdate struct{ Comment linearComment }
		}
	}
	err = t.do(ctx, calls[0], &made)
	c := made.Data.CommentCreate.Comment
	if m.Replaces != nil {
		c = made.Data.CommentUpdate.Comment
	}
	if err == nil && !linearReceipt().MatchString(issue+"#"+c.ID) {
		err = t.silent()
	}
	if err != nil && m.Replaces == nil && ctx.Err() == nil {
		if r, found, _ := t.Find(ctx, m); found {
			return r, nil
		}
	}
	if err != nil {
		return Receipt{}, err
	}
	return t.complete(ctx, issue, c, calls[1:]), nil
}

// complete says what was delivered, and attaches the link.
func (t *linear) complete(ctx context.Context, issue string, c linearComment, calls []call) Receipt {
	r := Receipt{ID: issue + "#" + c.ID}
	if isWebURL(c.URL) {
		r.URL = c.URL
	}
	for _, attach := range calls {
		if err := t.do(ctx, attach, nil); err != nil {
			r.Notes = append(r.Notes, issue+" has no link to it: "+err.Error())
		}
	}
	return r
}

func (t *linear) Find(ctx context.Context, m Message) (Receipt, bool, error) {
	issue, calls, err := t.calls(m)
	if err != nil || m.Replaces != nil {
		return Receipt{}, false, err
	}
	var answer struct {
		Data struct {
			Comments struct{ Nodes []linearComment }
		}
	}
	find := graphQL(linearFind, map[string]any{"id": commentID(m.Key)})
	find.reads = true
	if err := t.do(ctx, find, &answer); err != nil {
		return Receipt{}, false, err
	}
	for _, c := range answer.Data.Comments.Nodes {
		if c.ID == commentID(m.Key) {
			return t.complete(ctx, issue, c, calls[1:]), true, nil
		}
	}
	return Receipt{}, false, nil
}

// linearErrors are what a GraphQL server refuses with, whatever the status.
type linearErrors struct {
	Errors []struct {
		Message    string
		Extensions struct {
			Code            string
			UserPresentable string `json:"userPresentableMessage"`
		}
	}
}

func linearWords(body []byte) string {
	if f := linearRefuses(body); f != nil {
		return f.why
	}
	return ""
}

func linearRefuses(body []byte) *failure {
	var answer linearErrors
	if json.Unmarshal(body, &answer) != nil || len(answer.Errors) == 0 {
		return nil // what it is otherwise, whoever reads it says
	}
	first := answer.Errors[0]
	f := &failure{fault: FaultRefused, code: first.Extensions.Code, why: cmp.Or(first.Extensions.UserPresentable, first.Message)}
	switch code := first.Extensions.Code; {
	case slices.Contains([]string{"AUTHENTICATION_ERROR", "FORBIDDEN"}, code):
		f.fault = FaultCredentials
	case code == "RATELIMITED":
		f.fault = FaultBusy
	case code == "INTERNAL_SERVER_ERROR":
		f.fault, f.maybe = FaultUnreachable, true
	}
	return f
}
