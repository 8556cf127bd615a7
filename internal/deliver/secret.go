package deliver

import "context"

// Secret is a text that is shown to nobody: a token, a password, the address of a
// webhook. It prints as ***, however it is printed.
type Secret struct {
	// A function, so that nothing that walks through values comes to the text.
	value func() string
}

// NewSecret keeps a text. An empty one is no secret, and none is there.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{func() string { return value }}
}

// IsZero reports whether there is none.
func (s Secret) IsZero() bool { return s.value == nil }

func (s Secret) String() string { return masked }

// GoString keeps %#v from printing more than String does.
func (s Secret) GoString() string { return masked }

// MarshalText keeps encoders from writing more than String does.
func (s Secret) MarshalText() ([]byte, error) { return []byte(masked), nil }

// masked stands where a secret would.
const masked = "***"

func (s Secret) reveal() string {
	if s.value == nil {
		return ""
	}
	return s.value()
}

// Source tells a secret when it is needed: it may ask a program. Its error stands in
// a *NotSentError of FaultCredentials, word for word.
type Source func(context.Context) (Secret, error)
