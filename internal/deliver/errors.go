package deliver

import (
	"time"

	"github.com/handoff-cli/handoff/internal/text"
)

// Fault says why something was not delivered, or not answered.
type Fault string

// The faults of targets.
const (
	FaultCredentials Fault = "credentials" // missing, refused, or without the right
	FaultBusy        Fault = "busy"        // not now: trying again helps
	FaultUnreachable Fault = "unreachable" // no connection, or no answer to a question: trying again may help
	FaultNotFound    Fault = "not_found"   // no such project, channel, ticket, message
	FaultRedirect    Fault = "redirect"    // it is somewhere else, where nothing is sent to
	FaultRefused     Fault = "refused"     // the server does not take this
	FaultPlace       Fault = "place"       // the message names nothing that it could go to
	FaultConfig      Fault = "config"      // what the user's configuration says of the target
	FaultAnswer      Fault = "answer"      // a question was answered with what nobody understands
)

// NotSentError says that nothing was delivered, or that a question had no answer.
// What was asked for may be asked for again.
type NotSentError struct {
	Target     string // its name in the configuration
	Fault      Fault
	Why        string        // one line, without secrets; hostile where the server is
	RetryAfter time.Duration // with FaultBusy, zero where the server does not say

	code string // the server's own word for it, or ""
	err  error
}

func (e *NotSentError) Error() string { return text.OneLine(e.Target + ": " + e.Why) }

// Unwrap returns what happened to the connection, if that is why.
func (e *NotSentError) Unwrap() error { return e.err }

// UncertainError says that something may have been delivered: its request went
// out, and no answer came that tells. It is never sent again unasked, but where
// Abilities.Once says ByKey, or it was an edit.
type UncertainError struct {
	Target string
	Why    string // one line, without secrets

	err error
}

func (e *UncertainError) Error() string {
	return text.OneLine(e.Target + ": may have been sent: " + e.Why)
}

// Unwrap returns what happened to the connection, if that is why.
func (e *UncertainError) Unwrap() error { return e.err }
