package deliver

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"github.com/handoff-cli/handoff/internal/text"
)

// teams sends to a webhook of Workflows in Microsoft Teams (learn.microsoft.com, "Post
// a workflow when a webhook request is received in Microsoft Teams", and "Format cards
// in Microsoft Teams"): a message that holds an adaptive card, of at most 28 KB. It
// answers with 202 that a workflow will run, and nothing else. The text of a TextBlock
// is Markdown; the runs of a RichTextBlock are not, so the words of others stand in
// those, and only mentions in the other.
type teams struct {
	hook
	blind
}

// newTeams opens a channel by its Webhook.
func newTeams(c Config, o Outside) (Target, error) {
	h, err := newHook(c, o)
	return &teams{hook: h}, err
}

func (*teams) Can() Abilities { return Abilities{Once: Never} }

func (t *teams) call(m Message) call { return call{method: http.MethodPost, body: teamsMessage(m)} }

func (t *teams) Plan(m Message) ([]Request, error) {
	if err := t.c.unable(m, t.Can()); err != nil {
		return nil, err
	}
	return t.plan(t.call(m)), nil
}

func (t *teams) Send(ctx context.Context, m Message) (Receipt, error) {
	if err := t.c.unable(m, t.Can()); err != nil {
		return Receipt{}, err
	}
	return Receipt{}, t.post(ctx, t.call(m), nil)
}

func teamsMessage(m Message) map[string]any {
	body, entities := []any{}, []any{}
	block := func(runs ...any) { body = append(body, map[string]any{"type": "RichTextBlock", "inlines": runs}) }
	run := func(s string, more ...string) any {
		r := map[string]any{"type": "TextRun", "text": s}
		for _, style := range more {
			r[style] = "Bolder"
		}
		return r
	}
	if title := oneLine(m.Title); title != "" {
		block(run(title, "weight"))
	}
	if len(m.To) > 0 {
		block(run("For " + names(m.To)))
	}
	if mentions, who := teamsMentions(m.To); mentions != "" {
		body = append(body, map[string]any{"type": "TextBlock", "text": mentions, "wrap": true})
		entities = who
	}
	content, cut := parts(m, 16000)
	for _, p := range content {
		if p.fact != nil {
			block(run(p.fact.Name+": ", "weight"), run(p.fact.Value))
			continue
		}
		bullet := ""
		if p.title != "" {
			block(run(p.title, "weight"))
			bullet = "• "
		}
		for _, line := range p.lines {
			for one := range strings.SplitSeq(line, "\n") {
				if strings.TrimSpace(one) != "" {
					block(run(bullet + one))
				}
			}
		}
	}
	if cut {
		block(run("…"))
	}
	card := map[string]any{"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
		"body": body, "msteams": map[string]any{"entities": entities, "width": "Full"}}
	actions := []any{}
	for _, l := range webLinks(m) {
		actions = append(actions, map[string]any{"type": "Action.OpenUrl", "title": cmp.Or(l.Text, l.URL), "url": l.URL})
	}
	if len(actions) > 0 {
		card["actions"] = actions
	}
	return map[string]any{"type": "message", "attachments": []any{map[string]any{
		"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil, "content": card}}}
}

// teamsMentions are the mentions of a text and what they stand for. The name in one is
// Markdown as well, so it keeps its letters alone.
func teamsMentions(people []Person) (mentions string, entities []any) {
	var texts []string
	for _, p := range people {
		if !teamsUser().MatchString(p.Account) {
			continue
		}
		name := strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || r == ' ' {
				return r
			}
			return -1
		}, p.Name)
		mention := fmt.Sprintf("<at>%s</at>", cmp.Or(strings.TrimSpace(name), "you"))
		texts = append(texts, mention)
		entities = append(entities, map[string]any{"type": "mention", "text": mention,
			"mentioned": map[string]any{"id": p.Account, "name": cmp.Or(strings.TrimSpace(name), "you")}})
	}
	return strings.Join(texts, " "), entities
}

// teamsUser is the object id of a person in Entra, or their user principal name.
var teamsUser = text.Pattern(`^(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[A-Za-z0-9._%+'-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,})$`)
