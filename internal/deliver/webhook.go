package deliver

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/text"
)

// webhook sends a message as data to an address that the user names, signed as
// Standard Webhooks has it (standardwebhooks.com, version 1): the header webhook-id is
// the key of the message, so that a receiver who keeps those takes none twice;
// webhook-signature is "v1," and, in base64, the HMAC-SHA256 of webhook-id, "." ,
// webhook-timestamp, "." and the body. Any answer of 2xx says that it was taken.
type webhook struct {
	hook
	blind
}

// newWebhook opens an address: Webhook is it, Token the secret of the signature, which
// may be written as whsec_ and base64.
func newWebhook(c Config, o Outside) (Target, error) {
	if c.Token == nil {
		return nil, c.wrong("token: the secret of the signature is missing")
	}
	h, err := newHook(c, o)
	return &webhook{hook: h}, err
}

// Can says that the receiver knows of replies and edits: they are data.
func (*webhook) Can() Abilities { return Abilities{Once: Never, Edit: true, Reply: true} }

func (t *webhook) Plan(m Message) ([]Request, error) {
	if err := t.c.unable(m, t.Can()); err != nil {
		return nil, err
	}
	plan := t.plan(t.call(m))
	plan[0].Header = append(plan[0].Header, "webhook-id: "+m.Key, "webhook-signature: v1,"+masked, "webhook-timestamp: "+t.timestamp())
	return plan, nil
}

func (t *webhook) Send(ctx context.Context, m Message) (Receipt, error) {
	if err := t.c.unable(m, t.Can()); err != nil {
		return Receipt{}, err
	}
	s, err := t.server(ctx)
	if err != nil {
		return Receipt{}, err
	}
	s.sign = func(h http.Header, body []byte, secret Secret) {
		at := t.timestamp()
		h["Webhook-Id"], h["Webhook-Timestamp"] = []string{m.Key}, []string{at}
		h["Webhook-Signature"] = []string{signature(secret, m.Key, at, body)}
	}
	if err := s.do(ctx, t.call(m), nil); err != nil {
		return Receipt{}, err
	}
	return Receipt{ID: m.Key}, nil
}

func (t *webhook) timestamp() string { return strconv.FormatInt(t.outside.Now().Unix(), 10) }

// signature signs a body.
func signature(secret Secret, id, at string, body []byte) string {
	key := []byte(secret.reveal())
	if encoded, ok := strings.CutPrefix(secret.reveal(), "whsec_"); ok {
		if decoded, err := base64.StdEncoding.DecodeString(encoded); err == nil {
			key = decoded
		}
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + at + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// call is the request. What is not there is left out, so that a receiver need not tell
// null from empty; texts have no control characters.
func (t *webhook) call(m Message) call {
	data := map[string]any{"key": m.Key, "kind": m.Kind, "title": text.OneLine(m.Title)}
	put := func(name string, list []any) {
		if len(list) > 0 {
			data[name] = list
		}
	}
	put("to", listOf(m.To, func(p Person) any {
		return map[string]any{"name": text.OneLine(p.Name), "account": text.OneLine(p.Account)}
	}))
	put("text", listOf(m.Text, func(s string) any { return text.Neutralise(s) }))
	put("facts", listOf(m.Facts, func(f Fact) any {
		return map[string]any{"name": text.OneLine(f.Name), "value": text.OneLine(f.Value)}
	}))
	put("lists", listOf(m.Lists, func(l List) any {
		return map[string]any{"title": text.OneLine(l.Title), "lines": listOf(l.Lines, func(s string) any { return text.OneLine(s) })}
	}))
	put("links", listOf(webLinks(m), func(l Link) any { return map[string]any{"text": l.Text, "url": l.URL} }))
	put("about", listOf(m.About, func(r Ref) any {
		return map[string]any{"type": text.OneLine(r.Type), "id": text.OneLine(r.ID)}
	}))
	for name, r := range map[string]*Receipt{"thread": m.Thread, "replaces": m.Replaces} {
		if r != nil {
			data[name] = text.OneLine(r.ID)
		}
	}
	if m.Done {
		data["done"] = true
	}
	body := map[string]any{"type": "handoff." + string(m.Kind), "timestamp": t.outside.Now().UTC().Format(time.RFC3339), "data": data}
	return call{method: http.MethodPost, body: body}
}

func listOf[T any](list []T, each func(T) any) []any {
	var out []any
	for _, one := range list {
		out = append(out, each(one))
	}
	return out
}
