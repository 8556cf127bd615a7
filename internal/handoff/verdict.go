package handoff

// IsVerdict reports whether records of a kind speak for the person they are by
// in a way that binds others: they take work over, answer a question, close a
// blocker. Nobody may write one in somebody else's name.
func (k Kind) IsVerdict() bool {
	return k == KindAck || k == KindAnswer || k == KindResolution
}
