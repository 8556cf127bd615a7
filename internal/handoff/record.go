package handoff

import (
	"reflect"
	"strings"
	"time"
)

// Schema is the version of the record format that this package writes.
const Schema = "handoff/v1"

// Kind says what a record does, and which [Body] it has.
type Kind string

// The kinds of records.
const (
	KindHandoff    Kind = "handoff"
	KindAck        Kind = "ack"
	KindQuestion   Kind = "question"
	KindAnswer     Kind = "answer"
	KindResolution Kind = "resolution"
	KindDecision   Kind = "decision"
	KindEscalation Kind = "escalation"
	KindAssignment Kind = "assignment"
	KindRoute      Kind = "route"
	KindWithdrawal Kind = "withdrawal"
	KindGap        Kind = "gap"
)

// Kinds lists every kind, in the order in which the documentation does.
var Kinds = []Kind{
	KindHandoff, KindAck, KindQuestion, KindAnswer, KindResolution, KindDecision,
	KindEscalation, KindAssignment, KindRoute, KindWithdrawal, KindGap,
}

// IsVerdict reports whether records of a kind speak for the person they are by
// in a way that binds others: they take work over, answer a question, close a
// blocker. Nobody may write one in somebody else's name.
func (k Kind) IsVerdict() bool {
	return k == KindAck || k == KindAnswer || k == KindResolution
}

// Record is one file under .handoffs/.
type Record struct {
	Schema string
	Kind   Kind
	ID     string // see ValidID
	At     Time   // when it was written, with the author's offset
	By     string // handle of the author
	Agent  *Agent // what prepared it for them, nil for nothing that said so
	Said   *Said  // where they said it, nil for a record of their own
	Body   Body   // never nil in a record that Parse accepted

	// Ext holds the top-level keys that begin with "x-", as decoded from YAML.
	Ext map[string]any

	// Source says where the record was read; it is not part of the file.
	Source Source
}

// Source is where the bytes of a record were found.
type Source struct {
	Path   string // in the repository, with forward slashes
	Ref    string // full name of the ref from which it was read
	Commit string // hex hash of the commit that ref pointed to: `git show Commit:Path` prints the record
	Blob   string // hex hash of the file's content as git stores it
	Digest string // lower-case hex SHA-256 of the file's bytes

	Foreign  bool   // no branch of the team has it: Ref may hold what strangers wrote
	Disputed bool   // another file has the same id and other content, and does not count
	Unproven bool   // a verdict that came with a squash merge, and that nobody here saw given
	OnWordOf string // the service on whose word alone its author has said it, "" where that is proven or they committed it
}

// OnlyOn is the short name of the branch that the record was read from, where no
// branch of the team has it, else "".
func (s Source) OnlyOn() string {
	if !s.Foreign {
		return ""
	}
	return strings.TrimPrefix(strings.TrimPrefix(s.Ref, "refs/heads/"), "refs/remotes/")
}

// Doubts are the reasons not to take the record for what its author said, as
// whatever prints it has to say them: "only on fork/pr", "contents disagree",
// "unverified (squash merge)", "on the word of github, not proven".
func (s Source) Doubts() []string {
	var doubts []string
	if branch := s.OnlyOn(); branch != "" {
		doubts = append(doubts, "only on "+branch)
	}
	if s.Disputed {
		doubts = append(doubts, "contents disagree")
	}
	if s.Unproven {
		doubts = append(doubts, NotProven)
	}
	if s.OnWordOf != "" {
		doubts = append(doubts, WordOf(s.OnWordOf))
	}
	return doubts
}

// NotProven is the doubt about a verdict that only a squash merge has: its one
// author is not who gave it.
const NotProven = "unverified (squash merge)"

// Body is the part of a record that depends on its kind: a pointer to one of
// the body types of this package.
type Body interface {
	kind() Kind
}

// bodies are the types of the bodies.
var bodies = map[Kind]reflect.Type{
	KindHandoff: reflect.TypeFor[Handoff](), KindAck: reflect.TypeFor[Ack](),
	KindQuestion: reflect.TypeFor[Question](), KindAnswer: reflect.TypeFor[Answer](),
	KindResolution: reflect.TypeFor[Resolution](), KindDecision: reflect.TypeFor[DecisionRecord](),
	KindEscalation: reflect.TypeFor[Escalation](), KindAssignment: reflect.TypeFor[Assignment](),
	KindRoute: reflect.TypeFor[Route](), KindWithdrawal: reflect.TypeFor[Withdrawal](), KindGap: reflect.TypeFor[Gap](),
}

// newBody returns an empty body for kind, or nil for an unknown kind.
func newBody(kind Kind) Body {
	if t, known := bodies[kind]; known {
		return reflect.New(t).Interface().(Body)
	}
	return nil
}

// Precision is how exactly a record that is made says when it was written. One
// that was written elsewhere may say it more exactly.
const Precision = time.Millisecond

// New returns a record of body's kind. at is cut to the [Precision].
func New(id string, at time.Time, by string, body Body) *Record {
	return &Record{
		Schema: Schema, Kind: body.kind(), ID: id,
		At: Time{at.Truncate(Precision)}, By: by, Body: body,
	}
}

// Name is the file name of the record below .handoffs/, with its day folder:
// 2026/11/20/100211Z-handoff-ana-k3f9q2m7.yaml, with the whole seconds of its
// time. The record must have a valid id, kind, time and author.
func (r *Record) Name() string {
	at := r.At.UTC()
	return at.Format("2006/01/02/150405Z-") + string(r.Kind) + "-" + strings.ToLower(r.By) + "-" + r.ID + ".yaml"
}

// Time is an instant with the offset in which its author wrote it. Its text is
// RFC 3339, with as many digits of a second as it has and none for a whole one.
// The zero Time is "absent".
type Time struct{ time.Time }

// String is the RFC 3339 form, or "" for the zero Time.
func (t Time) String() string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

// List is a list in which absent and empty differ: nil says nothing, an empty
// list says "none".
type List[T any] []T

// IsZero reports whether the list is absent. It makes the YAML encoder write
// `[]` for an empty list and nothing for an absent one.
func (l List[T]) IsZero() bool { return l == nil }

// SubjectOf is what a record says that it is about, "" when its kind has no
// such field.
func SubjectOf(body Body) string {
	switch body := body.(type) {
	case *Ack:
		return body.Subject
	case *Escalation:
		return body.Subject
	case *Route:
		return body.Subject
	case *Withdrawal:
		return body.Subject
	case *Gap:
		return body.Subject
	}
	return ""
}

// AddresseesOf are the handles and addresses to which a body is addressed, nil
// when its kind has no such field.
func AddresseesOf(body Body) []string {
	switch body := body.(type) {
	case *Handoff:
		return body.To
	case *Question:
		return []string{body.To}
	case *Escalation:
		return []string{body.To}
	case *Assignment:
		return []string{body.To}
	case *Route:
		if body.Delivers() {
			return body.Told
		}
		return []string{body.To}
	}
	return nil
}
