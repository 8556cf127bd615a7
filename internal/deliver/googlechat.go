package deliver

import (
	"cmp"
	"context"
	"html"
	"net/http"
	"net/url"
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
)

// googleChat sends to the webhook of a space of Google Chat (developers.google.com,
// "spaces.messages.create" and "Build a Google Chat app as a webhook"). A message has
// at most 32000 bytes, text and cards together. The server takes a key, requestId:
// "Specifying an existing request ID returns the message created with that ID instead
// of creating a new message". A webhook cannot change what it sent, but answers in its
// thread, which it names by a threadKey. What it is answered holds the name of the
// message and no address.
type googleChat struct{ hook }

// newGoogleChat opens a space by its Webhook.
func newGoogleChat(c Config, o Outside) (Target, error) {
	h, err := newHook(c, o)
	return &googleChat{h}, err
}

func (*googleChat) Can() Abilities { return Abilities{Once: ByKey, Reply: true} }

func (t *googleChat) Plan(m Message) ([]Request, error) {
	c, err := t.call(m)
	if err != nil {
		return nil, err
	}
	return t.plan(c), nil
}

func (t *googleChat) Send(ctx context.Context, m Message) (Receipt, error) {
	c, err := t.call(m)
	if err != nil {
		return Receipt{}, err
	}
	if err := t.post(ctx, c, nil); err != nil {
		return Receipt{}, err
	}
	return Receipt{ID: threadKey(m)}, nil
}

// Find need not look: what is there already is not made again.
func (t *googleChat) Find(_ context.Context, m Message) (Receipt, bool, error) {
	_, err := t.call(m)
	return Receipt{}, false, err
}

// threadKey names the thread that a message begins or answers in.
func threadKey(m Message) string {
	if m.Thread != nil {
		return m.Thread.ID
	}
	return m.Key
}

func (t *googleChat) call(m Message) (call, error) {
	if err := t.c.unable(m, t.Can()); err != nil {
		return call{}, err
	}
	if err := CheckKey(threadKey(m)); err != nil {
		return call{}, &NotSentError{Target: t.c.Name, Fault: FaultPlace, Why: "no receipt of Google Chat: " + err.Error()}
	}
	query := url.Values{"requestId": {m.Key}, "messageReplyOption": {"REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"}}
	body := googleChatMessage(m)
	body["thread"] = map[string]any{"threadKey": threadKey(m)}
	return call{method: http.MethodPost, query: query, body: body, again: true}, nil
}

// googleChatMessage writes a message. Its text holds mentions alone, which a card
// cannot have: the text has a markup without a way to escape it. A card has one of
// HTML, which is escaped.
func googleChatMessage(m Message) map[string]any {
	var widgets []any
	paragraph := func(markup string) {
		widgets = append(widgets, map[string]any{"textParagraph": map[string]any{"text": markup}})
	}
	if title := oneLine(m.Title); title != "" {
		paragraph("<b>" + htmlText(title) + "</b>")
	}
	if len(m.To) > 0 {
		paragraph("For " + htmlText(names(m.To)))
	}
	content, cut := parts(m, 20000)
	for _, p := range content {
		switch {
		case p.fact != nil:
			paragraph("<b>" + htmlText(p.fact.Name) + ":</b> " + htmlText(p.fact.Value))
		case p.title == "" && len(p.lines) == 1:
			paragraph(htmlText(p.lines[0]))
		default:
			lines := []string{"<b>" + htmlText(p.title) + "</b>"}
			for _, line := range p.lines {
				lines = append(lines, "• "+htmlText(line))
			}
			paragraph(strings.Join(lines, "<br>"))
		}
	}
	if cut {
		paragraph("…")
	}
	var buttons []any
	for _, l := range webLinks(m) {
		buttons = append(buttons, map[string]any{"text": cmp.Or(l.Text, l.URL), "onClick": map[string]any{"openLink": map[string]any{"url": l.URL}}})
	}
	if buttons != nil {
		widgets = append(widgets, map[string]any{"buttonList": map[string]any{"buttons": buttons}})
	}
	message := map[string]any{"cardsV2": []any{map[string]any{"cardId": m.Key, "card": map[string]any{
		"sections": []any{map[string]any{"widgets": widgets}}}}}}
	var mentions []string
	for _, p := range m.To {
		if googleUser().MatchString(p.Account) {
			mentions = append(mentions, "<"+p.Account+">")
		}
	}
	if mentions != nil {
		message["text"] = strings.Join(mentions, " ")
	}
	return message
}

// googleUser is a person; users/all would be everybody.
var googleUser = text.Pattern(`^users/[0-9]{1,30}$`)

// htmlText writes words of others into HTML, line by line.
func htmlText(s string) string {
	return strings.ReplaceAll(html.EscapeString(text.Neutralise(s)), "\n", "<br>")
}
