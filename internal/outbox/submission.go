package outbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/sorting"
)

// A handoff that is written into an issue of the form goes through these states, each
// of which our comments on it tell, in a mark that nobody sees:
//
//   - refused: something is wrong with the text, or somebody else has saved it. There is
//     one such comment, which is edited when the text was;
//   - published: a record says the same. The issue is now the place to talk about it;
//   - late: the text was edited afterwards, which changes nothing. That is said once.
//
// A mark holds what the text and the title were, so that nothing is judged or said
// twice. Whether it is published the records say, and no comment.

// FormLabel is the label of the issues that are looked at.
const FormLabel = "handoff"

// The kinds of our comments on a submission.
const (
	markRefused   = "refused"
	markForeign   = "foreign" // likewise, for it was saved by somebody else
	markPublished = "published"
	markLate      = "late"
)

// Submission is a handoff that somebody has written into an issue.
type Submission struct {
	deliver.Post
	Via       string          // the service
	By        string          // handle of the author; "" where Passed says why
	Passed    string          // why it is passed over, as of a comment
	Published *handoff.Record // nil where it is not

	marks []mark
}

// mark is what a comment of ours says of a submission.
type mark struct {
	kind     string
	revision revision
	comment  string // its receipt
}

// revision is a text and its title, in short.
type revision struct{ body, title string }

func revisionOf(body, title string) revision {
	short := func(s string) string {
		sum := sha256.Sum256([]byte(strings.ReplaceAll(s, "\r\n", "\n")))
		return hex.EncodeToString(sum[:8])
	}
	return revision{short(body), short(title)}
}

// key is the mark of a kind, as the key of a message.
func (r revision) key(kind string) string { return "form-" + kind + "-" + r.body + "-" + r.title }

// markOf reads a mark, nil for any other comment.
func markOf(p deliver.Post) *mark {
	parts := strings.Split(p.Key(), "-")
	if len(parts) != 4 || parts[0] != "form" {
		return nil
	}
	return &mark{parts[1], revision{parts[2], parts[3]}, p.ID}
}

// marked is the last mark of some kinds, nil without one.
func (s *Submission) marked(kinds ...string) *mark {
	for _, m := range slices.Backward(s.marks) {
		if slices.Contains(kinds, m.kind) {
			return &m
		}
	}
	return nil
}

// Submissions are the issues of the form that changed in the last two weeks, the oldest
// first. isForm tells those by their text that have the label for another reason. notes
// say what was not looked at.
func (b *Box) Submissions(ctx context.Context, place *Place, reader deliver.Reader, isForm func(body string) bool) (list []*Submission, notes []string, err error) {
	issues, more, err := reader.Issues(ctx, FormLabel, b.Clock().Add(-heardTime))
	if err != nil {
		return nil, nil, err
	}
	if more {
		notes = append(notes, fmt.Sprintf("more forms changed on %s in two weeks than are looked at: only the newest were", place.Name))
	}
	part := fold.Part{}
	for _, issue := range issues {
		if strings.HasPrefix(issue.ID, "pulls/") || !isForm(issue.Body) {
			continue
		}
		s := &Submission{Post: issue, Via: place.Service}
		s.By, s.Passed = b.author(issue, place)
		list, part.Said = append(list, s), append(part.Said, issue.URL)
	}
	if err := b.Need(part); err != nil {
		return nil, nil, err
	}
	for _, s := range list {
		if s.Passed != "" {
			continue
		}
		s.Published = b.published(s)
		comments, _, err := reader.Comments(ctx, s.Post, time.Time{})
		if err != nil {
			return nil, nil, err
		}
		for _, c := range comments {
			if m := markOf(c); m != nil {
				s.marks = append(s.marks, *m)
			}
		}
	}
	sorting.By(list, func(x, y *Submission) int { return x.At.Compare(y.At) })
	return list, notes, nil
}

// published is the handoff that a submission has become, nil without one. What strangers
// have pushed counts for nothing.
func (b *Box) published(s *Submission) *handoff.Record {
	for _, r := range b.State.Known() {
		if r.Said != nil && r.Said.URL == s.URL && r.Kind == handoff.KindHandoff && r.By == s.By && !r.Source.Foreign {
			return r
		}
	}
	return nil
}

// Due is what a submission takes now.
type Due string

// What a submission may take.
const (
	DueNothing Due = ""
	DueVerdict Due = "verdict" // nobody has judged this text
	DueLink    Due = "link"    // it is published, and nobody has said so
	DueLate    Due = "late"    // it was edited after that, and nobody has said what that means
)

// Due says what a submission takes now.
func (s *Submission) Due() Due {
	now, published := revisionOf(s.Body, s.Title), s.marked(markPublished)
	switch judged := s.marked(markRefused, markForeign); {
	case s.Passed != "":
	case s.Published != nil && published == nil:
		return DueLink
	case s.Published != nil && published.revision.body != now.body && s.marked(markLate) == nil:
		return DueLate
	case s.Published == nil && (judged == nil || judged.revision.body != now.body):
		return DueVerdict
	}
	return DueNothing
}

// Event is what started the job that this runs in, where that is about an issue: who has
// saved its text just now.
type Event struct {
	URL, Body string
	By        string // the account
	Opened    bool   // it is new
	Edited    bool   // its text or its title was edited
}

// SavedBy is who saved the text of a submission last, as far as that can be known:
// "" where it cannot. The text is taken in as it was then. It is false for an issue that
// is closed.
//
// A forge that tells of no editors starts jobs. That of a new issue proves its text. That
// of an edit was started by one of the text or of the title: it proves the text where
// the title is the one that was judged before.
func (s *Submission) SavedBy(ctx context.Context, reader deliver.Reader, event Event) (account string, open bool, err error) {
	saved, err := reader.Saved(ctx, s.Post)
	if err != nil || saved.Closed {
		return "", false, err
	}
	s.Body = saved.Body
	if saved.By != "" || event.URL != s.URL || event.Body != s.Body {
		return saved.By, true, nil
	}
	judged := s.marked(markRefused, markForeign)
	sameTitle := judged != nil && judged.revision.title == revisionOf(s.Body, s.Title).title
	if event.Opened || event.Edited && sameTitle {
		return event.By, true, nil
	}
	return "", true, nil
}

// answer comments on a submission. What was refused before is said anew in its place.
func (b *Box) answer(ctx context.Context, place *Place, s *Submission, kind string, m deliver.Message) error {
	m.Key, m.Kind = revisionOf(s.Body, s.Title).key(kind), deliver.KindReply
	m.Thread = &deliver.Receipt{ID: s.Thread}
	if before := s.marked(markRefused, markForeign); before != nil && (kind == markRefused || kind == markForeign) {
		m.Thread, m.Replaces = nil, &deliver.Receipt{ID: before.comment}
	}
	_, err := place.Send(ctx, m)
	return err
}

// author is whom an answer to a submission is for.
func (s *Submission) author() deliver.Person { return deliver.Person{Name: s.By, Account: s.Account} }

// Refuse says what is wrong with a submission, and what is worth a look.
func (b *Box) Refuse(ctx context.Context, place *Place, s *Submission, problems, warnings []string) error {
	return b.answer(ctx, place, s, markRefused, deliver.Message{
		To:    []deliver.Person{s.author()},
		Text:  []string{"Nothing is published yet. Edit the text of this issue, and it is looked at again."},
		Lists: lists(deliver.List{Title: "What is missing", Lines: problems}, deliver.List{Title: "Worth a look", Lines: warnings}),
	})
}

// RefuseForeign says that somebody else has saved the text of a submission.
func (b *Box) RefuseForeign(ctx context.Context, place *Place, s *Submission, by string) error {
	return b.answer(ctx, place, s, markForeign, deliver.Message{
		To:   []deliver.Person{s.author()},
		Text: []string{fmt.Sprintf("Nothing is published: this is a handoff by %s, and %s has edited it. It is looked at again when %s edits the text.", s.By, by, s.By)},
	})
}

// Link says under which name a submission is published, to whom it is for, and what of
// it is worth a look.
func (b *Box) Link(ctx context.Context, place *Place, s *Submission, warnings []string) error {
	if err := b.Need(fold.Part{Refs: []string{s.Published.ID}}); err != nil {
		return err
	}
	t, err := b.ThingOf(s.Published.ID)
	if err != nil {
		return err
	}
	m := deliver.Message{To: b.message(t, place).To, Text: []string{
		fmt.Sprintf("Published as the handoff %s by %s. %s", s.Published.ID, s.By, b.ways(s.Published)),
		"What is edited here from now on changes nothing.",
	}, Lists: lists(deliver.List{Title: "Worth a look", Lines: warnings})}
	return b.answer(ctx, place, s, markPublished, m)
}

// ways says when the author of a handoff is back, and how to answer it here.
func (b *Box) ways(r *handoff.Record) string {
	h := r.Body.(*handoff.Handoff)
	back := ""
	if !h.ReturnsAt.IsZero() {
		zone := h.ReturnsAt.Location()
		if of := b.TeamConfig.People[r.By].TZ.Location; of != nil {
			zone = of
		}
		back = r.By + " is back " + h.ReturnsAt.In(zone).Format("Mon 2 Jan 15:04 MST") + ". "
	}
	return back + "Comment " + commandWord + " ack to take it over, " + commandWord + " ask with a question, or " + commandWord + " decline with a reason."
}

// SayLate says that an edit after publication changes nothing.
func (b *Box) SayLate(ctx context.Context, place *Place, s *Submission) error {
	return b.answer(ctx, place, s, markLate, deliver.Message{
		To: []deliver.Person{s.author()},
		Text: []string{fmt.Sprintf("This was edited after it was published, which changes nothing: %s says what it said before. "+
			"Submit the form anew for what is new.", s.Published.ID)},
	})
}
