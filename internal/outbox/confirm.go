package outbox

import (
	"context"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Confirm reads what a record was made of again, and says why that does not bear the
// record out, "" where it does. A comment is there, unedited, by the author of the record,
// and says this of something that was delivered there; a form was saved last by them, and
// says the same, as submitted finds out. What was recorded beside it, whom it asks, goes
// with it. The error is a *deliver.NotSentError, or one of the repository.
func (b *Box) Confirm(ctx context.Context, place *Place, reader deliver.Reader, id, blob string, submitted func(body string, r *handoff.Record) bool) (why string, err error) {
	if err := b.Need(fold.Part{Refs: []string{id}}); err != nil {
		return "", err
	}
	r := b.State.Records[id]
	if r == nil || r.Source.Blob != blob || r.Said == nil {
		return "another record of that id counts", nil
	}
	if err := b.Need(fold.Part{Said: []string{r.Said.URL}}); err != nil {
		return "", err
	}
	if route, ok := r.Body.(*handoff.Route); ok {
		if r = b.recordedWith(r, route); r == nil {
			return saysElse, nil
		}
	}
	for _, other := range b.State.Known() {
		if other.Said != nil && other.Said.URL == r.Said.URL && other.Kind == r.Kind && other.ID != r.ID {
			return "another record was made of it before", nil
		}
		if other.ID == r.ID {
			break
		}
	}
	post, there, err := reader.Read(ctx, r.Said.URL)
	if err != nil || !there {
		return "it is not there", err
	}
	by, passed := b.author(post, place)
	switch {
	case passed != "":
		return "it is " + passed, nil
	case by != r.By:
		return "it is by " + by, nil
	case post.ID == post.Thread:
		return b.confirmSubmitted(ctx, reader, post, r, submitted)
	}
	h := &Heard{Post: post, things: b.thingsAt(place, post)}
	said := false
	if h.Command, said = ParseCommand(post.Body); !said || h.More || !b.means(h, r) {
		return saysElse, nil
	}
	return "", nil
}

// saysElse is why a record is not borne out by what is there.
const saysElse = "it says something else"

// confirmSubmitted is Confirm for a form.
func (b *Box) confirmSubmitted(ctx context.Context, reader deliver.Reader, post deliver.Post, r *handoff.Record, submitted func(body string, r *handoff.Record) bool) (why string, err error) {
	saved, err := reader.Saved(ctx, post)
	switch {
	case err != nil:
		return "", err
	case saved.By == "":
		return "nobody tells who has edited it", nil
	case !strings.EqualFold(saved.By, post.Account):
		return "somebody else has edited it", nil
	case !submitted(saved.Body, r):
		return saysElse, nil
	}
	return "", nil
}

// recordedWith is the record that a route was made with: of a question, or of a handoff
// that has what the route is about.
func (b *Box) recordedWith(r *handoff.Record, route *handoff.Route) *handoff.Record {
	typ, name := handoff.SplitRef(route.Subject)
	for _, other := range b.State.Known() {
		if other.Said == nil || *other.Said != *r.Said || other.By != r.By {
			continue
		}
		switch body := other.Body.(type) {
		case *handoff.Question:
			if name == other.ID {
				return other
			}
		case *handoff.Handoff:
			asks := slices.ContainsFunc(body.Questions, func(q handoff.OpenQuestion) bool { return q.ID == name })
			if typ == handoff.RefBlocker && body.Blocker(name) != nil || typ == handoff.RefQuestion && asks {
				return other
			}
		}
	}
	return nil
}

// means reports whether a comment says what a record does.
func (b *Box) means(h *Heard, r *handoff.Record) bool {
	verb, about, says := b.spoken(r)
	if verb == "" || verb != h.Verb {
		return false
	}
	for _, s := range b.subjectsOf(h) {
		if s.ref != about {
			continue
		}
		word, rest := firstWord(h.Text)
		return says == h.Text || s.isCalled(word) && says == rest || verb == "ask" && strings.HasPrefix(word, "@") && says == rest
	}
	return false
}

// spoken is the command that a record could have been made of, "" for none.
func (b *Box) spoken(r *handoff.Record) (verb, about, says string) {
	switch body := r.Body.(type) {
	case *handoff.Ack:
		about = body.Subject
		if h := b.State.Handoffs[about]; h != nil {
			about = b.newest(h).Record.ID
		}
		switch body.Outcome {
		case handoff.OutcomeAccepted:
			return "ack", about, body.Note
		case handoff.OutcomeDeclined:
			return "decline", about, body.Note
		}
	case *handoff.Answer:
		return "answer", body.Question, body.Text
	case *handoff.Resolution:
		if body.Outcome == "resolved" && body.Decision == "" {
			return "resolve", fold.Target{Type: fold.TargetBlocker, Name: body.Blocker}.Ref(), body.How
		}
	case *handoff.Question:
		return "ask", body.About, body.Ask
	}
	return "", "", ""
}
