package outbox

import (
	"context"
	"strings"

	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Confirm reads the comment again that a record was made of, and says why it does not
// bear the record out, "" where it does: it is there, unedited, by the author of the
// record, and says this of something that was delivered there. The error is a
// *deliver.NotSentError, or one of the repository.
func (b *Box) Confirm(ctx context.Context, place *Place, reader deliver.Reader, id, blob string) (why string, err error) {
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
	h := &Heard{Post: post, things: b.thingsAt(place, post)}
	said := false
	h.Command, said = ParseCommand(post.Body)
	switch {
	case passed != "":
		return "it is " + passed, nil
	case by != r.By:
		return "it is by " + by, nil
	case !said || h.More || !b.means(h, r):
		return "it says something else", nil
	}
	return "", nil
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
