package handoff

import (
	"time"
)

// FileName is what the name of a record file says without opening it.
type FileName struct {
	At   time.Time // UTC
	Kind Kind
	By   string
	ID   string
}

var fileNamePattern = Pattern(`^(\d{4}/\d{2}/\d{2}/\d{6}Z)-([a-z]+)-([a-z0-9][a-z0-9._-]*)-([0-9a-z]{8})\.yaml$`)

// ParseFileName reads a name that [Record.Name] made, a path below the records'
// directory.
func ParseFileName(name string) (FileName, bool) {
	m := fileNamePattern().FindStringSubmatch(name)
	if m == nil {
		return FileName{}, false
	}
	at, err := time.Parse("2006/01/02/150405Z", m[1])
	if err != nil || !ValidHandle(m[3]) || !ValidID(m[4]) {
		return FileName{}, false
	}
	return FileName{At: at, Kind: Kind(m[2]), By: m[3], ID: m[4]}, true
}
