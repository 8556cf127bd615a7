package config

// Writer is who a git identity belongs to.
type Writer struct {
	Handle string
	Known  bool // the roster has the identity; else the handle was made of the address
}

// Writer returns whose handle a git identity has: the roster's, else one made of
// the local part of the address.
func (c *Config) Writer(name, email string) Writer {
	if handle, ok := c.Handle(name, email); ok {
		return Writer{handle, true}
	}
	return Writer{HandleFrom(email), false}
}

// WritesAs reports whether a writer may write under a handle. An address that
// only resembles somebody's is not theirs when the roster has their addresses.
func (c *Config) WritesAs(w Writer, handle string) bool {
	return w.Handle == handle && (w.Known || len(c.People[handle].Emails) == 0)
}
