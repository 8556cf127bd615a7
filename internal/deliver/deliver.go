// Package deliver brings what stands in records to the tools that people look at:
// issues and comments, messages of a chat, mail.
//
// A [Target] is one such place, opened from a [Config] that only the user's own
// configuration fills. It is handed a [Message], which says what is to be told as
// data, and gives back a [Receipt]. It knows no repository and keeps nothing: who
// sends writes down, before [Target.Send], that a message is being sent, and
// afterwards its receipt.
//
// # Once
//
// A program can be killed between the first byte of a request and the moment at
// which it writes down that it was answered. What can be known afterwards depends
// on the target, which says so in [Abilities]:
//
//   - [ByKey]: the server takes the key of a message, and what it has already it does
//     not make again. Send may be repeated.
//   - [ByListing]: a message bears its key as a marker, and [Target.Find] looks for it
//     among what the server lists.
//   - [Never]: nobody can tell. Whoever asks for it again may get it twice.
//
// Send itself never repeats a request that may have been carried out, unless that
// request may be repeated. What it answers tells three cases apart: a receipt; a
// [NotSentError], nothing happened there; an [UncertainError], it may have been sent.
//
// # What is written by others
//
// The words of a message come from records, and whoever can push can write those.
// Each target writes them so that they stand there as they were typed: they mention
// nobody, link to nothing, close nothing and format nothing. What a target itself
// adds are the mentions in Message.To and the links in Message.Links.
//
// A receipt that comes back from a record is such a text as well: its id is taken
// apart strictly, and leads to no other project or channel than the configured one.
//
// Tokens and the addresses of webhooks are [Secret]s. They go to the host of their
// target, in no redirect, and stand in no error.
package deliver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handoff-cli/handoff/internal/text"
)

// Target is a place that messages are delivered to.
type Target interface {
	// Can says what this target is able to do, as far as its configuration tells.
	Can() Abilities

	// Plan returns the requests of Send, in order, for people to read: secrets are
	// masked, and what only an answer tells stands in angle brackets, as <id>. It asks
	// nobody, for no token either. Its errors are those of Send that need no network.
	Plan(Message) ([]Request, error)

	// Send delivers a message. It takes at most some two minutes; a context ends it
	// earlier. The error is a *NotSentError or an *UncertainError. A receipt may come
	// with notes on what else could not be done.
	Send(context.Context, Message) (Receipt, error)

	// Find looks for what an earlier Send of the same message left there, whose end
	// nobody saw, and completes what that Send did not come to, such as the link from
	// a ticket. false says that it is not there: that it can be sent. The error is
	// ErrCannotFind where the target cannot look, else a *NotSentError. A target that
	// delivers by key says false, and so does any of an edit: Send does no harm there.
	Find(context.Context, Message) (Receipt, bool, error)
}

// Reviewer is a target that knows how the review of a pull request stands.
type Reviewer interface {
	// Web is the host that the pages of the forge are on, in lower case and without a
	// port: github.com.
	Web() string

	// Review asks about a pull request of the configured project. Of anything else it
	// says false, and asks nobody. The error is a *NotSentError.
	Review(context.Context, Ref) (Review, bool, error)
}

// Review is how the review of a pull request stands.
type Review struct {
	State     string   // draft, open, merged or closed
	Approvals int      // how many approve of it now
	Of        int      // how many approvals it needs where the forge says so, else how many people review it
	WaitingOn []string // accounts that were asked and have not said yes or no, and groups as team:qa; sorted
}

// Abilities are what a target can do.
type Abilities struct {
	Once  Once
	Edit  bool // Message.Replaces is understood
	Reply bool // Message.Thread is understood
}

// Once says how a target keeps a message from being delivered twice.
type Once string

// The ways to deliver once.
const (
	ByKey     Once = "key"
	ByListing Once = "listing"
	Never     Once = "never"
)

// Kind says what a message is about.
type Kind string

// The kinds of messages. A forge makes an issue of a blocker and of a handoff, and of
// a question that names no issue or pull request; a decision is a comment on what it
// names. Anything else is a reply or an edit.
const (
	KindBlocker  Kind = "blocker"
	KindQuestion Kind = "question"
	KindDecision Kind = "decision"
	KindHandoff  Kind = "handoff"
	KindReply    Kind = "reply"
)

// Message is what is delivered. All of its texts may be hostile.
type Message struct {
	Key   string    // of this delivery, see CheckKey
	At    time.Time // when it was first tried, or zero: Find looks at what is no older
	Kind  Kind
	Title string   // one line
	To    []Person // who is mentioned, or named where they have no account
	Text  []string // paragraphs
	Facts []Fact
	Lists []List
	Links []Link
	About []Ref // what it is about, the most important first

	Thread   *Receipt // what this answers: it is sent as a reply there
	Replaces *Receipt // what this is a new version of: that is edited
	Done     bool     // with Replaces: what it is about is over, an issue is closed
}

// Person is somebody whom a message is for.
type Person struct {
	Name    string // as people read it
	Account string // as the target knows them: a login, U012AB3CD, users/123, an address of mail; "" for none
}

// Fact is a short statement: "needed by", "Tue 2 Jun 18:00 CEST".
type Fact struct{ Name, Value string }

// List is a heading with lines below it.
type List struct {
	Title string
	Lines []string
}

// Link leads somewhere that the sender of the message vouches for. Its URL begins
// with http:// or https://; any other is shown as text.
type Link struct{ Text, URL string }

// Ref is something outside of the records, as they name it.
type Ref struct {
	Type string // pr, ticket, …
	ID   string // "#12", "PAY-12", a URL
}

// Receipt says what was delivered.
type Receipt struct {
	URL   string   // where people see it, or "" where the target tells none
	ID    string   // of the target: one word, which Thread and Replaces take
	Notes []string // what could not be done beside it, for the user
}

// Request is a request as it would be sent, without its secrets.
type Request struct {
	Method string // POST, or SMTP for mail
	URL    string
	Header []string // lines "Name: value", sorted
	Body   string   // indented JSON, or a mail
}

// ErrCannotFind says that a target has no way to tell whether something was sent.
var ErrCannotFind = errors.New("there is no way to look whether it was sent")

// CheckKey says what is wrong with a key. One is random, or a digest, of 16 to 64
// letters a to z, digits and hyphens, and stays the same however often a delivery is
// tried.
func CheckKey(key string) error {
	if !keyPattern().MatchString(key) {
		return fmt.Errorf("%q: a key has 16 to 64 letters a to z, digits and hyphens", key)
	}
	return nil
}

var keyPattern = text.Pattern(`^[a-z0-9][a-z0-9-]{15,63}$`)
