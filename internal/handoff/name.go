package handoff

import (
	"fmt"
	"strings"
)

// The alphabet and length of a record id: lower-case Crockford base32, so that
// an id can be read aloud and typed (no i, l, o, u).
const (
	IDAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"
	IDLength   = 8
)

// ValidID reports whether s is a whole record id.
func ValidID(s string) bool {
	return len(s) == IDLength && strings.Trim(s, IDAlphabet) == ""
}

// ValidSlug reports whether s can name an item, blocker, question or decision:
// ^[a-z0-9][a-z0-9-]{1,63}$.
func ValidSlug(s string) bool {
	return len(s) >= 2 && len(s) <= 64 && s[0] != '-' && consistsOf(s, "-")
}

// ValidHandle reports whether s can name a person: ^[a-z0-9][a-z0-9._-]{0,38}$,
// and not a device of Windows, as a handle is part of a file name.
func ValidHandle(s string) bool {
	if len(s) == 0 || len(s) > 39 || strings.ContainsRune("._-", rune(s[0])) || !consistsOf(s, "._-") {
		return false
	}
	base, _, _ := strings.Cut(s, ".")
	return !isDevice(base)
}

// isDevice reports whether Windows takes a file of this name for a device,
// whatever its extension.
func isDevice(name string) bool {
	switch name {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(name) == 4 && (name[:3] == "com" || name[:3] == "lpt") && name[3] >= '0' && name[3] <= '9'
}

// consistsOf reports whether s is made of lower-case ASCII letters, digits and
// the characters of extra.
func consistsOf(s, extra string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune(extra, r)
	}) < 0
}

// IsScope reports whether s addresses a group: "team", "team:x", "shift:x" or
// "lead:x", where x is made as a handle is.
func IsScope(s string) bool {
	kind, name, named := strings.Cut(s, ":")
	switch kind {
	case "team":
		return !named || ValidHandle(name)
	case "shift", "lead":
		return ValidHandle(name)
	}
	return false
}

// Slug turns free text into a slug: letters and digits of ASCII, lower-case,
// joined by "-", at most 40 characters. It returns "" if nothing usable is
// left.
func Slug(text string) string {
	pieces := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	slug := strings.Join(pieces, "-")
	if len(slug) > 40 {
		slug = slug[:40]
		if i := strings.LastIndexByte(slug, '-'); i > 0 {
			slug = slug[:i]
		}
	}
	slug = strings.Trim(slug, "-")
	if !ValidSlug(slug) {
		return ""
	}
	return slug
}

// A RefType is the prefix that makes a reference to an entity unambiguous.
type RefType string

// The prefixes of references. A reference without one may mean any of them, or
// a record.
const (
	RefAny      RefType = ""
	RefItem     RefType = "item"
	RefBlocker  RefType = "blk"
	RefQuestion RefType = "q"
	RefDecision RefType = "dec"
)

// SplitRef splits a reference such as "blk:session-timeout" into its prefix and
// its name. A reference without a known prefix is all name.
func SplitRef(ref string) (RefType, string) {
	prefix, name, found := strings.Cut(ref, ":")
	if found {
		switch t := RefType(prefix); t {
		case RefItem, RefBlocker, RefQuestion, RefDecision:
			return t, name
		}
	}
	return RefAny, ref
}

// AmbiguousError says that a name fits several things.
type AmbiguousError struct {
	Name    string
	Matches []string // full references, sorted
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%q is ambiguous: it fits %s", e.Name, strings.Join(e.Matches, ", "))
}

// UnknownError says that no record speaks of a name.
type UnknownError struct {
	Name  string
	Meant string // the reference that it is probably a slip of, "" for none
}

func (e *UnknownError) Error() string {
	switch who, isLatest := strings.CutPrefix(e.Name, "@"); {
	case isLatest && who == "":
		return fmt.Sprintf("%q: you have not published a handoff", e.Name)
	case isLatest:
		return fmt.Sprintf("%q: %s has not published a handoff", e.Name, who)
	}
	return fmt.Sprintf("%q: no record speaks of it", e.Name)
}
