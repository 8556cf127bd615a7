package outbox

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/row"
	"github.com/handoff-cli/handoff/internal/sorting"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// Heard is a comment that says something to this program, on what was delivered.
type Heard struct {
	deliver.Post
	Command
	Via    string   // the service
	By     string   // handle of the author; "" where Passed says why
	Passed string   // why it is passed over, "" where it is not: one of the constants below
	things []*Thing // that were delivered there

	Recorded bool // there is a record of it, and nobody has told its author so
}

// Why a comment is passed over.
const (
	PassedStranger = "by people whom the roster does not name"
	PassedEdited   = "edited"
	PassedMachine  = "by programs"
	PassedOwn      = "by the account that reads them"
	PassedNowhere  = "at no https address"
)

// heardTime is how far back comments are read.
const heardTime = 14 * 24 * time.Hour

// HeardPart is what has to be known to tell what comments are about.
func HeardPart(now time.Time) fold.Part { return Part(now) }

// Reader opens a target that can be read. The error is a *NoTargetError, a
// *deliver.NotSentError or a usage error.
func (b *Box) Reader(name string) (*Place, deliver.Reader, error) {
	place, err := b.Place(name)
	if err != nil {
		return nil, nil, err
	}
	reader, ok := place.Target.(deliver.Reader)
	if !ok {
		return nil, nil, workspace.Usagef("comments are read on github, gitlab, gitea and forgejo", "--from %s: nothing can be read at a target of type %s", name, place.Service)
	}
	return place, reader, nil
}

// Listen reads the comments of the last two weeks on what was delivered to a place, and
// returns those that say something which nobody has answered yet, the oldest first. notes
// say what was not looked at.
func (b *Box) Listen(ctx context.Context, place *Place, reader deliver.Reader) (heard []*Heard, notes []string, err error) {
	since := b.Clock().Add(-heardTime)
	issues, more, err := reader.Issues(ctx, "", since)
	if err != nil {
		return nil, nil, err
	}
	if more {
		notes = append(notes, fmt.Sprintf("more changed on %s in two weeks than is looked at: only the newest was", place.Name))
	}
	for _, issue := range issues {
		things := b.thingsAt(place, issue)
		if len(things) == 0 {
			continue
		}
		comments, more, err := reader.Comments(ctx, issue, since)
		if err != nil {
			return nil, nil, err
		}
		if more {
			notes = append(notes, fmt.Sprintf("there are more comments on %s than are looked at: only the newest were", cmp.Or(issue.URL, issue.ID)))
		}
		heard = append(heard, unanswered(comments, things)...)
	}
	sorting.By(heard, func(x, y *Heard) int { return x.At.Compare(y.At) })
	if err := b.Need(saidAt(heard)); err != nil {
		return nil, nil, err
	}
	for _, h := range heard {
		h.Via, h.Recorded = place.Service, h.URL != "" && b.State.SaidAt(h.URL) != nil
		h.By, h.Passed = b.author(h.Post, place)
	}
	heard = slices.DeleteFunc(heard, func(h *Heard) bool { return h.Recorded && h.Passed != "" })
	return heard, notes, nil
}

// thingsAt are the things that were delivered to where a post is, and the handoff that
// was submitted there.
func (b *Box) thingsAt(place *Place, at deliver.Post) []*Thing {
	return slices.DeleteFunc(b.things(), func(t *Thing) bool {
		d := t.Delivery(place.Service, place.Name)
		submitted := t.Kind == deliver.KindHandoff && b.saidOn(t, at.URL)
		return (d == nil || !at.IsOn(d.Receipt)) && !submitted
	})
}

// saidOn reports whether a thing was first said in the issue of an address, or in a comment
// on that.
func (b *Box) saidOn(t *Thing, url string) bool {
	began := b.State.Records[t.began]
	return began != nil && began.Said != nil && pageOf(began.Said.URL) == pageOf(url)
}

// pageOf is the address of the issue that a comment is on, or of an issue itself.
func pageOf(url string) string {
	page, _, _ := strings.Cut(url, "#")
	return page
}

// unanswered are the comments with a command that have no answer of ours.
func unanswered(comments []deliver.Post, things []*Thing) []*Heard {
	var heard []*Heard
	for _, c := range comments {
		command, says := ParseCommand(c.Body)
		answered := slices.ContainsFunc(comments, func(other deliver.Post) bool { return other.Bears(replyKey(c)) })
		if says && !answered {
			heard = append(heard, &Heard{Post: c, Command: command, things: things})
		}
	}
	return heard
}

// saidAt is what has to be known to tell which comments were recorded.
func saidAt(heard []*Heard) fold.Part {
	part := fold.Part{}
	for _, h := range heard {
		part.Said = append(part.Said, h.URL)
	}
	return part
}

// author is who wrote a post, or why it does not count.
func (b *Box) author(p deliver.Post, place *Place) (handle, passed string) {
	handle, known := b.TeamConfig.ByAccount(place.Service, p.Account)
	switch {
	case p.Machine:
		return "", PassedMachine
	case p.Mine:
		return "", PassedOwn
	case !known:
		return "", PassedStranger
	case p.Edited:
		return "", PassedEdited
	case p.URL == "":
		return "", PassedNowhere
	}
	return handle, ""
}

// Said is where it was said, for a record of it.
func (h *Heard) Said() handoff.Said { return handoff.Said{URL: h.URL, Via: h.Via} }

// RefuseComment says at a comment why it was not recorded.
func (b *Box) RefuseComment(ctx context.Context, place *Place, h *Heard, words string) error {
	return b.reply(ctx, place, h, append(paragraphs(strings.Split(words, "\n")...), "This comment is not read again; a new one is.")...)
}

// SayRecorded says at comments what they have become, of those that were recorded in the
// name of whoever wrote them. It is for when others have the records.
func (b *Box) SayRecorded(ctx context.Context, place *Place, heard []*Heard) error {
	if err := b.loadAnew(ctx, saidAt(heard)); err != nil {
		return err
	}
	var errs []error
	for _, h := range heard {
		r := b.State.SaidAt(h.URL)
		if r == nil || r.By != h.By {
			continue
		}
		if err := b.reply(ctx, place, h, recordedWords(r)); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", h.URL, err))
		}
	}
	return errors.Join(errs...)
}

// recordedWords say what a comment has become.
func recordedWords(r *handoff.Record) string {
	says := ""
	switch body := r.Body.(type) {
	case *handoff.Ack:
		if says = ": " + row.Spoken(body.Outcome) + " " + body.Subject; len(body.Take) > 0 {
			says += ", and takes " + text.And(body.Take)
		}
	case *handoff.Answer:
		says = ", to " + body.Question
	case *handoff.Resolution:
		says = ": " + fold.Target{Type: fold.TargetBlocker, Name: body.Blocker}.Ref() + " is " + row.Spoken(body.Outcome)
	case *handoff.Question:
		says = ", for " + body.To
	}
	return fmt.Sprintf("Recorded as the %s %s by %s%s.", r.Kind, r.ID, r.By, says)
}

// reply answers a comment, once: whoever listens afterwards finds the answer. The error
// is a *deliver.NotSentError or a *deliver.UncertainError.
func (b *Box) reply(ctx context.Context, place *Place, h *Heard, paragraphs ...string) error {
	_, err := place.Send(ctx, deliver.Message{
		Key: replyKey(h.Post), Kind: deliver.KindReply, Thread: &deliver.Receipt{ID: h.Thread},
		To: []deliver.Person{{Name: h.By, Account: h.Account}}, Text: paragraphs,
	})
	return err
}

// replyKey is the key of the answer to a comment.
func replyKey(to deliver.Post) string {
	sum := sha256.Sum256([]byte("reply " + to.ID))
	return hex.EncodeToString(sum[:])[:32]
}

// subject is something that a comment may be about.
type subject struct {
	ref, name string
	kind      deliver.Kind
	open      bool
	direct    bool // it was delivered there itself, not with its handoff
	asks      []string
}

// subjects are what a comment may be about: what was delivered or submitted there, what a
// handoff holds that was, and what was asked there.
func (b *Box) subjectsOf(h *Heard) []subject {
	var list []subject
	add := func(s subject) {
		at := slices.IndexFunc(list, func(other subject) bool { return other.ref == s.ref })
		if at < 0 {
			list = append(list, s)
			return
		}
		list[at].direct = list[at].direct || s.direct
	}
	for _, t := range h.things {
		add(subject{t.Ref(), t.Subject.Name, t.Kind, t.waits, true, t.asks})
		of := b.State.Handoffs[t.Subject.Name]
		if of == nil || t.Kind != deliver.KindHandoff {
			continue
		}
		for _, one := range of.Blockers {
			known := b.State.Blockers[one.ID]
			add(subject{fold.Target{Type: fold.TargetBlocker, Name: one.ID}.Ref(), one.ID, deliver.KindBlocker, known != nil && known.Open(), false, []string{one.Resolver}})
		}
		for _, one := range of.Handoff.Questions {
			known := b.State.Questions[one.ID]
			add(subject{fold.Target{Type: fold.TargetQuestion, Name: one.ID}.Ref(), one.ID, deliver.KindQuestion, known != nil && known.Open(), false, []string{one.To}})
		}
	}
	for _, t := range b.things() {
		if t.Kind == deliver.KindQuestion && b.saidOn(t, h.URL) {
			add(subject{t.Ref(), t.Subject.Name, t.Kind, t.waits, false, t.asks})
		}
	}
	return list
}

// verbs are what can be said, with what each can be said of.
var verbs = map[string][]deliver.Kind{
	"ack": {deliver.KindHandoff, deliver.KindBlocker, deliver.KindQuestion}, "decline": {deliver.KindHandoff, deliver.KindBlocker, deliver.KindQuestion},
	"answer": {deliver.KindQuestion}, "resolve": {deliver.KindBlocker}, "ask": {deliver.KindHandoff, deliver.KindQuestion},
}

// wordy are the verbs that say nothing without a text.
var wordy = []string{"answer", "resolve", "decline", "ask"}

// Verbs are the words of commands, in the order in which they are listed.
func Verbs() []string { return []string{"ack", "answer", "resolve", "decline", "ask"} }

// Meaning is what a comment is about, and what it says of that, without the name of
// what it is about. The error is a usage error, in words for the author.
func (b *Box) Meaning(h *Heard) (ref, says string, err error) {
	kinds, known := verbs[h.Verb]
	switch {
	case !known:
		return "", "", workspace.Usagef("", "write %s %s, with a text behind it", commandWord, strings.Join(Verbs(), ", "+commandWord+" "))
	case h.More:
		return "", "", workspace.Usagef("", "a comment says one thing: write another comment for the other")
	}
	defer func() {
		if (err == nil && says == "" || h.Text == "") && slices.Contains(wordy, h.Verb) {
			err = workspace.Usagef("", "the text is missing: write %s %s, and what you have to say behind it", commandWord, h.Verb)
		}
	}()
	all := b.subjectsOf(h)
	fits := slices.DeleteFunc(slices.Clone(all), func(s subject) bool { return !slices.Contains(kinds, s.kind) })
	word, rest := firstWord(h.Text)
	if typ, _ := handoff.SplitRef(word); typ != handoff.RefAny || looksNamed(word) || len(fits) > 1 {
		for _, s := range fits {
			if s.isCalled(word) {
				return s.ref, rest, nil
			}
		}
		if typ != handoff.RefAny {
			return "", "", workspace.Usagef("", "%s is not here: %s", word, here(h.Verb, all, fits))
		}
	}
	if one := only(fits, h.By); one != nil {
		return one.ref, h.Text, nil
	}
	return "", "", workspace.Usagef("", "%s", here(h.Verb, all, fits))
}

// only is the one of several that somebody means where they name none: what was delivered
// there itself, and waits, or what waits for them.
func only(fits []subject, by string) *subject {
	for _, keep := range []func(subject) bool{
		func(subject) bool { return true }, func(s subject) bool { return s.direct }, func(s subject) bool { return s.direct && s.open },
		func(s subject) bool { return s.open && slices.Contains(s.asks, by) }, func(s subject) bool { return s.open },
	} {
		kept := slices.DeleteFunc(slices.Clone(fits), func(s subject) bool { return !keep(s) })
		if len(kept) == 1 {
			return &kept[0]
		}
	}
	return nil
}

// here says what is here, to who has named nothing that is.
func here(verb string, all, fits []subject) string {
	if len(fits) == 0 {
		return fmt.Sprintf("nothing here can be said %s %s of, only %s is here", commandWord, verb, text.And(names(all)))
	}
	var lines []string
	for _, s := range fits {
		lines = append(lines, fmt.Sprintf("%s %s %s …", commandWord, verb, s.ref))
	}
	if len(lines) == 1 {
		return "write " + lines[0]
	}
	return "several are here, name one: " + strings.Join(lines, ", ")
}

func names(list []subject) []string {
	var refs []string
	for _, s := range list {
		refs = append(refs, s.ref)
	}
	return refs
}

// isCalled reports whether a word names the subject: as records do, by its name alone,
// or by the beginning of an id.
func (s subject) isCalled(word string) bool {
	return word == s.ref || word == s.name || handoff.ValidID(s.name) && len(word) >= fold.MinPrefix && strings.HasPrefix(s.name, word)
}

// firstWord takes the first word of a text off, without a colon or a comma behind it.
func firstWord(says string) (word, rest string) {
	word = says
	if at := strings.IndexFunc(says, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' }); at >= 0 {
		word, rest = says[:at], says[at:]
	}
	return strings.TrimRight(word, ":,"), strings.TrimSpace(rest)
}

// looksNamed reports whether a word may be meant for a name: with something in it that
// words have not.
func looksNamed(word string) bool { return strings.ContainsAny(word, "0123456789-") }
