package outbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// Options are how things are delivered.
type Options struct {
	Again    bool // what is in doubt is sent once more
	Arrived  bool // what is in doubt has arrived: nothing is sent
	Push     bool // push what is written down
	First    bool // push it before anything is sent, whatever the target
	DetachOK bool // write even when HEAD is on no branch
}

// Result is what became of a delivery.
type Result struct {
	Did   string // sent, edited, replied, reminded, found, "" for nothing
	URL   string // where it is, "" where the target does not tell
	Notes []string
}

// What a delivery did.
const (
	DidSend   = "sent"
	DidEdit   = "edited"
	DidReply  = "replied"
	DidRemind = "reminded" // of a deadline that has passed
	DidFind   = "found"    // an earlier try had arrived
	DidNote   = "recorded" // the user says that it has
)

// DoubtError says that something may have been sent.
type DoubtError struct {
	Ref, Target string
	By          string    // who tried
	At          time.Time // when
	Err         error     // what happened to the connection, or who stopped it; nil where nobody knows. It is no cause to look for: that something is in doubt counts more
	Looks       bool      // the next try finds out by itself
	Reminder    bool      // it is one, of a deadline of Ref
}

func (e *DoubtError) Error() string {
	s := fmt.Sprintf("%s → %s: may have been sent by %s at %s", e.Ref, e.Target, e.By, e.At.Format("2006-01-02 15:04Z07:00"))
	if uncertain := new(deliver.UncertainError); errors.As(e.Err, &uncertain) {
		return s + ": " + uncertain.Why
	}
	return s
}

// UnpushedError says that nothing was sent, because nobody else would have known.
type UnpushedError struct {
	Ref, Target string
	Err         error // of the push
}

func (e *UnpushedError) Error() string {
	return fmt.Sprintf("%s → %s: nothing was sent, as it could not be pushed that it is being sent: %v", e.Ref, e.Target, e.Err)
}

// Unwrap returns why it could not be pushed.
func (e *UnpushedError) Unwrap() error { return e.Err }

// TakenError says that somebody else sends the same, or has sent it.
type TakenError struct {
	Ref, Target, By string
	Record          string // id of the one that says so
	Sent            bool
}

func (e *TakenError) Error() string {
	does := "is sending it"
	if e.Sent {
		does = "has sent it"
	}
	return fmt.Sprintf("%s → %s: %s %s (%s), so nothing was sent from here", e.Ref, e.Target, e.By, does, e.Record)
}

// UnrecordedError says that something was sent, and that this could not be written
// down.
type UnrecordedError struct {
	Ref, Target string
	Err         error
	Looks       bool // the next try finds out by itself
}

func (e *UnrecordedError) Error() string {
	return fmt.Sprintf("%s → %s: it was sent, and that could not be written down: %v", e.Ref, e.Target, e.Err)
}

// Unwrap returns why it could not be written down.
func (e *UnrecordedError) Unwrap() error { return e.Err }

// atWork is how long a try of somebody else, elsewhere, may still be under way.
const atWork = 5 * time.Minute

// placeholderKey stands for the key of a message that nobody sends.
var placeholderKey = strings.Repeat("0", 32)

// compose is the message of a delivery as its step sends it.
func (b *Box) compose(d *Delivery, key string) deliver.Message {
	m := b.message(d.Thing, d.Place)
	if d.overdue != nil {
		m = b.reminder(d, m)
	}
	m.Key = key
	if try := d.try(); try != nil {
		m.At = try.At.Time
	}
	if k := d.known(); k != nil && k.Receipt != "" && d.overdue == nil {
		there := &deliver.Receipt{URL: k.URL, ID: k.Receipt}
		switch d.next() {
		case StepEdit:
			m.Replaces = there
		case StepReply:
			m.Thread, m.Kind = there, deliver.KindReply
		}
	}
	return m
}

// Plan is the requests that a delivery takes, with their secrets masked.
func (b *Box) Plan(d *Delivery) ([]deliver.Request, error) {
	key := d.key()
	if try := d.try(); try != nil {
		key = try.Body.(*handoff.Route).Key
	}
	return d.Place.Plan(b.compose(d, key))
}

// key is what the target knows a new try by. Every clone that knows the same records
// has the same, so that a target which knows keys takes one of them.
func (d *Delivery) key() string {
	after, what := "", d.digest()
	if k := d.known(); k != nil && k.Sent != nil {
		after = k.Sent.ID
	}
	if d.overdue != nil { // whatever the thing says by now
		what = "due " + d.overdue.At.UTC().Format(time.RFC3339Nano)
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{d.began, d.Ref(), d.Place.Service, d.Place.Name, after, what}, "\n")))
	return hex.EncodeToString(sum[:16])
}

// Deliver takes a delivery as far as it goes. See the package for the two records that
// it writes, and the errors above for how it can end.
func (b *Box) Deliver(ctx context.Context, d *Delivery, o Options) (Result, error) {
	step := d.Step()
	if o.Arrived && step != StepSettle {
		return Result{}, workspace.Usagef("leave --arrived out", "%s → %s: no try is in doubt", d.Ref(), d.Place.Name)
	}
	if step != StepSettle {
		return b.step(ctx, d, o)
	}
	r, settled, err := b.settle(ctx, d, o)
	switch {
	case err != nil:
		return r, err
	case !settled:
		return b.send(ctx, d, d.try(), false, o)
	}
	if err := b.reload(ctx, d); err != nil {
		return r, err
	}
	more, err := b.step(ctx, d, o) // it may have changed since
	if more.Did != "" {
		r = more
	}
	return r, err
}

// step sends what is to be sent, if anything is.
func (b *Box) step(ctx context.Context, d *Delivery, o Options) (Result, error) {
	switch d.Step() {
	case StepNone, StepStale:
		return Result{}, nil
	}
	if try := d.try(); try != nil {
		return b.send(ctx, d, try, false, o) // an edit, which is made again
	}
	if _, err := b.Plan(d); err != nil {
		return Result{}, err // before anything is written
	}
	try, err := b.begin(ctx, d, o)
	if err != nil {
		return Result{}, err
	}
	return b.send(ctx, d, try, true, o)
}

// settle finds out what became of a try that was interrupted. It is settled when it
// has arrived; otherwise it is to be sent again.
func (b *Box) settle(ctx context.Context, d *Delivery, o Options) (r Result, settled bool, err error) {
	try := d.try()
	tried := try.Body.(*handoff.Route)
	doubt := &DoubtError{Ref: d.Ref(), Target: d.Place.Name, By: try.By, At: try.At.In(b.Location()), Reminder: d.overdue != nil}
	// Jobs on a schedule are one person in many clones.
	if (try.By != b.Me || o.First) && b.Since(try.At.Time) < atWork && !o.Again && !o.Arrived {
		return Result{}, false, &TakenError{d.Ref(), d.Place.Name, try.By, try.ID, false}
	}
	if o.Arrived {
		err := b.end(ctx, d, try, handoff.Route{State: handoff.RouteSent, Digest: tried.Digest, Note: "recorded by hand"}, o)
		return Result{Did: DidNote}, err == nil, err
	}
	var receipt deliver.Receipt
	var found bool
	switch d.Place.Can().Once {
	case deliver.ByKey:
		return Result{}, false, nil
	case deliver.ByListing:
		receipt, found, err = d.Place.Find(ctx, b.compose(d, tried.Key))
	default:
		err = deliver.ErrCannotFind
	}
	switch {
	case errors.Is(err, deliver.ErrCannotFind) && !o.Again:
		return Result{}, false, doubt
	case errors.Is(err, deliver.ErrCannotFind):
		return Result{}, false, nil
	case err != nil || !found:
		return Result{}, false, err
	}
	err = b.end(ctx, d, try, sentRoute(receipt, tried.Digest), o)
	return Result{DidFind, receipt.URL, receipt.Notes}, err == nil, err
}

func sentRoute(r deliver.Receipt, digest string) handoff.Route {
	return handoff.Route{State: handoff.RouteSent, URL: r.URL, Receipt: r.ID, Digest: digest}
}

// begin writes down that something is being sent, where others have to know it before
// the first byte also there.
func (b *Box) begin(ctx context.Context, d *Delivery, o Options) (*handoff.Record, error) {
	push, err := b.mustPush(ctx, d, o)
	if err != nil {
		return nil, err
	}
	route := d.route()
	route.State, route.Key, route.Told, route.Digest = handoff.RouteSending, d.key(), b.Told(d), d.digest()
	try := b.newRecord(&route)
	commit, err := b.write(ctx, push, o, try)
	if errors.As(err, new(*unpushed)) {
		err = &UnpushedError{d.Ref(), d.Place.Name, err}
		return nil, errors.Join(err, b.fail(ctx, d, try, "it could not be pushed", false, o))
	}
	if err != nil {
		return nil, err
	}
	before := d.known().IDs()
	if err := b.reload(ctx, d); err != nil {
		return nil, err
	}
	other, err := b.earlier(ctx, d, try, before, commit)
	if err == nil && other == nil {
		return try, nil
	}
	if other != nil {
		err = &TakenError{d.Ref(), d.Place.Name, other.By, other.ID, other.Body.(*handoff.Route).State == handoff.RouteSent}
	}
	return nil, errors.Join(err, b.fail(ctx, d, try, "somebody else was faster", push, o))
}

// earlier is what somebody else did in between, and before our try: of two tries, each
// of which has the other one in the end, the commit of the second has both.
func (b *Box) earlier(ctx context.Context, d *Delivery, try *handoff.Record, before []string, commit git.Commit) (*handoff.Record, error) {
	known := d.known()
	if known == nil || commit.Parent == "" {
		return nil, nil
	}
	for _, r := range known.Records() {
		if r.ID == try.ID || slices.Contains(before, r.ID) {
			continue
		}
		_, err := b.ReadFile(ctx, commit.Parent, r.Source.Path, handoff.MaxSize)
		switch {
		case err == nil:
			return r, nil
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	return nil, nil
}

// send sends what was begun, and writes down what became of it. A try that is not
// fresh may have arrived before: that it cannot be sent now says nothing of that.
func (b *Box) send(ctx context.Context, d *Delivery, try *handoff.Record, fresh bool, o Options) (Result, error) {
	next, can := d.next(), d.Place.Can()
	tried := try.Body.(*handoff.Route)
	digest := d.digest()
	if !fresh && can.Once == deliver.ByKey && next != StepEdit {
		digest = tried.Digest // what is there under this key may be what was sent then
	}
	receipt, err := d.Place.Send(ctx, b.compose(d, tried.Key))
	if uncertain := new(deliver.UncertainError); errors.As(err, &uncertain) {
		looks := can.Once != deliver.Never || next == StepEdit
		return Result{}, &DoubtError{d.Ref(), d.Place.Name, try.By, try.At.In(b.Location()), err, looks, d.overdue != nil}
	}
	if err != nil {
		if fresh {
			push, pushErr := b.pushes(o, o.First || can.Once == deliver.Never)
			err = errors.Join(err, pushErr, b.fail(ctx, d, try, "", push, o))
		}
		return Result{}, err
	}
	r := Result{map[Step]string{StepSend: DidSend, StepEdit: DidEdit, StepReply: DidReply}[next], receipt.URL, receipt.Notes}
	if d.overdue != nil {
		r.Did = DidRemind
	}
	return r, b.end(ctx, d, try, sentRoute(receipt, digest), o)
}

// route is what all records of a delivery say.
func (d *Delivery) route() handoff.Route {
	r := handoff.Route{Subject: d.Ref(), To: d.Place.Name, Because: d.because, Via: d.Place.Service}
	if d.overdue != nil {
		r.Deadline = handoff.Time{Time: d.overdue.At}
	}
	return r
}

// end writes down how a try ended that has arrived.
func (b *Box) end(ctx context.Context, d *Delivery, try *handoff.Record, sent handoff.Route, o Options) error {
	tried := try.Body.(*handoff.Route)
	route := d.route()
	route.State, route.URL, route.Receipt, route.Digest, route.Note = sent.State, sent.URL, sent.Receipt, sent.Digest, sent.Note
	route.Key, route.Ends, route.Told = tried.Key, try.ID, tried.Told
	push, err := b.pushes(o, o.First || d.Place.Can().Once == deliver.Never)
	if err == nil {
		// What was sent is sent, whoever stops the program now.
		_, err = b.write(context.WithoutCancel(ctx), push, o, b.newRecord(&route))
	}
	if late := new(unpushed); errors.As(err, &late) {
		return late // it is written down here
	}
	if err != nil {
		return &UnrecordedError{d.Ref(), d.Place.Name, err, d.Place.Can().Once != deliver.Never || d.next() == StepEdit}
	}
	return nil
}

// fail writes down that a try has not arrived.
func (b *Box) fail(ctx context.Context, d *Delivery, try *handoff.Record, note string, push bool, o Options) error {
	route := d.route()
	route.State, route.Key, route.Ends, route.Note = handoff.RouteFailed, try.Body.(*handoff.Route).Key, try.ID, note
	_, err := b.write(context.WithoutCancel(ctx), push, o, b.newRecord(&route))
	return err
}
