package row

// The flags of rows that are not states of the model. The qualifier is: asks for them.
const (
	IsOpen      = "open"   // live, or waiting for somebody
	IsClosed    = "closed" // no longer
	IsOffered   = "offered"
	IsUnclaimed = "unclaimed"
	IsStale     = "stale"
	IsAtRisk    = "at-risk"
	IsReopened  = "reopened"
	IsUnacked   = "unacked"
	IsPartial   = "partial"
	IsLate      = "late"
	IsOverdue   = "overdue"
	IsLimbo     = "limbo"
	IsDrifted   = "drifted"
	IsExpired   = "expired"
	IsExpected  = "expected" // to hand over today
	IsDeclared  = "declared" // has handed over today
	IsMissing   = "missing"  // has not handed over, or has not acked
	IsGiven     = "given"    // an ack, whatever it says
	IsAcked     = "acked"    // by a verdict, and not only a receipt
	IsMerged    = "merged"
	IsApproved  = "approved" // by all who have to
)

// The states of [Person].
const (
	PersonAway    = "away"
	PersonOff     = "off"
	PersonHere    = "here"
	PersonUnknown = "unknown"
)
