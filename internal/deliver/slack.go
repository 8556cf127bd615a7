package deliver

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
)

// slackMessage writes a message as Slack has it (docs.slack.dev, "Formatting message
// text" and "Rich text block"). The elements of a rich text are never parsed: no
// <!channel> in them, no *bold*, no address that becomes a link. What stands beside
// it, for notifications, is escaped as the documentation asks. A header has at most
// 150 characters. What Slack allows for a rich text is not written down; for other
// texts it is 12000 characters.
func slackMessage(m Message) map[string]any {
	blocks := []any{}
	if title := oneLine(m.Title); title != "" {
		blocks = append(blocks, map[string]any{"type": "header", "text": map[string]any{
			"type": "plain_text", "text": shorten(title, 150), "emoji": false}})
	}
	elements := []any{}
	section := func(parts ...any) {
		elements = append(elements, map[string]any{"type": "rich_text_section", "elements": parts})
	}
	if len(m.To) > 0 {
		section(slackPeople(m.To)...)
	}
	content, cut := parts(m, 10000)
	for _, p := range content {
		switch {
		case p.fact != nil:
			section(slackText(p.fact.Name+": ", true), slackText(p.fact.Value+"\n", false))
		case p.title == "" && len(p.lines) == 1:
			section(slackText(p.lines[0]+"\n", false))
		default:
			section(slackText(p.title, true))
			items := []any{}
			for _, line := range p.lines {
				items = append(items, map[string]any{"type": "rich_text_section", "elements": []any{slackText(line, false)}})
			}
			elements = append(elements, map[string]any{"type": "rich_text_list", "style": "bullet", "elements": items})
		}
	}
	if cut {
		section(slackText("…", false))
	}
	for _, l := range webLinks(m) {
		section(map[string]any{"type": "link", "url": l.URL, "text": cmp.Or(l.Text, l.URL)})
	}
	if len(elements) == 0 {
		section(slackText(" ", false)) // Slack takes no block of nothing
	}
	blocks = append(blocks, map[string]any{"type": "rich_text", "block_id": slackMarker(m.Key), "elements": elements})
	fallback := text.JoinNonEmpty(" ", text.OneLine(m.Title), strings.Join(m.Text[:min(1, len(m.Text))], ""))
	return map[string]any{"text": slackEscape(shorten(text.OneLine(fallback), 300)), "blocks": blocks}
}

// slackMarker is the id of the block by which a message is found again: a block may
// have one of 255 characters, and nobody sees it.
func slackMarker(key string) string { return "handoff:" + key }

func slackText(s string, bold bool) any {
	if s == "" {
		s = " " // Slack takes no empty text
	}
	element := map[string]any{"type": "text", "text": s}
	if bold {
		element["style"] = map[string]any{"bold": true}
	}
	return element
}

// slackPeople tells those who have an account, and names the others.
func slackPeople(people []Person) []any {
	elements := []any{slackText("For ", false)}
	for i, p := range people {
		if i > 0 {
			elements = append(elements, slackText(", ", false))
		}
		if slackUser().MatchString(p.Account) {
			elements = append(elements, map[string]any{"type": "user", "user_id": p.Account})
		} else {
			elements = append(elements, slackText(oneLine(p.Name), false))
		}
	}
	return append(elements, slackText("\n", false))
}

var (
	slackUser    = text.Pattern(`^[UW][A-Z0-9]{2,20}$`)
	slackChannel = text.Pattern(`^[CGD][A-Z0-9]{2,20}$`)
	slackTime    = text.Pattern(`^[0-9]{9,12}\.[0-9]{6}$`)
)

// slackEscape escapes the three characters that Slack's markup begins with. Names that
// begin with @ or # are no mentions where link_names is not asked for.
func slackEscape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// newSlack opens a channel of Slack. With a Token, of a bot that has chat:write, and
// Channel, its id, a message can be changed and answered in its thread; with
// channels:history (groups:history for a private channel) what was sent is found
// again. With a Webhook it can be sent.
func newSlack(c Config, o Outside) (Target, error) {
	switch {
	case c.Token != nil && c.Webhook != nil:
		return nil, c.wrong("token, webhook: it takes one of them")
	case c.Token == nil:
		h, err := newHook(c, o)
		return &slackHook{hook: h}, err
	case !slackChannel().MatchString(c.Channel):
		return nil, c.wrong("channel: %q is not the id of a channel: it stands at the end of About in Slack, as C012AB3CD", c.Channel)
	}
	if c.Host == "" {
		c.Host = "https://slack.com/api"
	}
	base, err := c.base()
	if err != nil {
		return nil, err
	}
	s := newServer(c, o, base)
	s.refuses = slackRefuses
	return &slack{server: s, c: c}, nil
}

// slackHook is an incoming webhook (docs.slack.dev, "Sending messages using incoming
// webhooks"). It answers ok, and tells nothing of what it made.
type slackHook struct {
	hook
	blind
}

func (*slackHook) Can() Abilities { return Abilities{Once: Never} }

func (t *slackHook) call(m Message) call { return call{method: http.MethodPost, body: slackMessage(m)} }

func (t *slackHook) Plan(m Message) ([]Request, error) {
	if err := t.c.unable(m, t.Can()); err != nil {
		return nil, err
	}
	return t.plan(t.call(m)), nil
}

func (t *slackHook) Send(ctx context.Context, m Message) (Receipt, error) {
	if err := t.c.unable(m, t.Can()); err != nil {
		return Receipt{}, err
	}
	return Receipt{}, t.post(ctx, t.call(m), nil)
}

// slack speaks the Web API of Slack (docs.slack.dev/reference/methods). The API takes
// no key for a message, so it is found again by the id of its block.
type slack struct {
	*server
	c Config
}

func (t *slack) Can() Abilities { return Abilities{Once: ByListing, Edit: true, Reply: true} }

// slackMethod is a call of a method that writes: those take JSON.
func slackMethod(name string, body map[string]any) call {
	return call{method: http.MethodPost, path: "/" + name, body: body}
}

// slackQuestion is a call of a method that reads: those take forms.
func slackQuestion(name string, form url.Values) call {
	return call{method: http.MethodPost, path: "/" + name, form: form, reads: true}
}

// call is the request that delivers a message.
func (t *slack) call(m Message) (call, error) {
	if err := t.c.unable(m, t.Can()); err != nil {
		return call{}, err
	}
	r := cmp.Or(m.Replaces, m.Thread)
	if r != nil && !slackTime().MatchString(r.ID) {
		return call{}, &NotSentError{Target: t.target, Fault: FaultPlace, Why: strconv.Quote(r.ID) + " is no receipt of Slack"}
	}
	body := slackMessage(m)
	body["channel"] = t.c.Channel
	body["parse"] = "none" // what chat.update takes for granted is another way
	if m.Replaces != nil {
		body["ts"] = r.ID
		c := slackMethod("chat.update", body)
		c.again = true
		return c, nil
	}
	body["unfurl_links"], body["unfurl_media"] = false, false
	if m.Thread != nil {
		body["thread_ts"] = r.ID
	}
	return slackMethod("chat.postMessage", body), nil
}

func (t *slack) Plan(m Message) ([]Request, error) {
	c, err := t.call(m)
	if err != nil {
		return nil, err
	}
	return []Request{t.request(c), t.request(t.permalink("<ts>"))}, nil
}

func (t *slack) Send(ctx context.Context, m Message) (Receipt, error) {
	c, err := t.call(m)
	if err != nil {
		return Receipt{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, sendWait)
	defer cancel()
	var made struct{ TS string }
	err = t.do(ctx, c, &made)
	if err == nil && !slackTime().MatchString(made.TS) {
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
	return t.receipt(ctx, made.TS), nil
}

func (t *slack) permalink(ts string) call {
	return slackQuestion("chat.getPermalink", url.Values{"channel": {t.c.Channel}, "message_ts": {ts}})
}

// receipt asks for the address of a message. One without is delivered all the same.
func (t *slack) receipt(ctx context.Context, ts string) Receipt {
	var link struct{ Permalink string }
	if t.do(ctx, t.permalink(ts), &link) != nil || !isWebURL(link.Permalink) {
		return Receipt{ID: ts}
	}
	return Receipt{ID: ts, URL: link.Permalink}
}

// Find lists the channel, or the thread.
func (t *slack) Find(ctx context.Context, m Message) (Receipt, bool, error) {
	if c, err := t.call(m); err != nil || c.again {
		return Receipt{}, false, err
	}
	ctx, cancel := context.WithTimeout(ctx, sendWait)
	defer cancel()
	var me struct {
		UserID string `json:"user_id"`
		BotID  string `json:"bot_id"`
	}
	if err := t.do(ctx, slackQuestion("auth.test", url.Values{}), &me); err != nil {
		return Receipt{}, false, err
	}
	method, form := "conversations.history", url.Values{"channel": {t.c.Channel}, "limit": {"200"}}
	if m.Thread != nil {
		method = "conversations.replies"
		form.Set("ts", m.Thread.ID)
	}
	if !m.At.IsZero() {
		form.Set("oldest", strconv.FormatInt(m.At.Add(-clockSlack).Unix(), 10))
	}
	for range mostPages {
		var page struct {
			Messages []slackPost
			Metadata struct {
				Cursor string `json:"next_cursor"`
			} `json:"response_metadata"`
		}
		err := t.do(ctx, slackQuestion(method, form), &page)
		if refused, ok := errors.AsType[*NotSentError](err); ok && refused.code == "missing_scope" {
			return Receipt{}, false, ErrCannotFind
		}
		if err != nil {
			return Receipt{}, false, err
		}
		for _, p := range page.Messages {
			mine := p.User != "" && p.User == me.UserID || p.BotID != "" && p.BotID == me.BotID
			if mine && p.has(m.Key) && slackTime().MatchString(p.TS) {
				return t.receipt(ctx, p.TS), true, nil
			}
		}
		if page.Metadata.Cursor == "" {
			return Receipt{}, false, nil
		}
		form.Set("cursor", page.Metadata.Cursor)
	}
	return Receipt{}, false, ErrCannotFind
}

// slackPost is a message as Slack lists it.
type slackPost struct {
	TS     string
	User   string
	BotID  string `json:"bot_id"`
	Blocks []struct {
		ID string `json:"block_id"`
	}
}

func (p slackPost) has(key string) bool {
	for _, b := range p.Blocks {
		if b.ID == slackMarker(key) {
			return true
		}
	}
	return false
}

// slackRefuses reads the error of an answer: Slack refuses with status 200.
func slackRefuses(body []byte) *failure {
	var answer struct {
		OK    bool
		Error string
	}
	if json.Unmarshal(body, &answer) != nil || !answer.OK && answer.Error == "" {
		return &failure{fault: FaultAnswer, why: "what is not the JSON of its documentation", maybe: true}
	}
	if answer.OK {
		return nil
	}
	f := &failure{fault: FaultRefused, code: answer.Error, why: answer.Error}
	is := func(codes ...string) bool { return slices.Contains(codes, answer.Error) }
	switch {
	case is("not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "missing_scope", "no_permission", "access_denied", "not_in_channel"):
		f.fault = FaultCredentials
	case is("channel_not_found", "message_not_found", "thread_not_found", "is_archived"):
		f.fault = FaultNotFound
	case is("ratelimited", "rate_limited"):
		f.fault = FaultBusy
	case is("fatal_error", "internal_error", "request_timeout", "service_unavailable"):
		f.fault, f.maybe = FaultUnreachable, true
	}
	return f
}
