package handoff

import (
	"strings"
	"time"
)

// FileName is what the name of a record file says without opening it.
type FileName struct {
	At   time.Time // UTC
	Kind Kind
	By   string
	ID   string
}

// ParseFileName reads a name that [Record.Name] made, a path below the records'
// directory. The kind may be one of a later version. It is written by hand
// because a walk through history asks for every record there ever was.
func ParseFileName(name string) (FileName, bool) {
	const stamp = "2006/01/02/150405Z"
	name, ok := strings.CutSuffix(name, ".yaml")
	if !ok || len(name) <= len(stamp) || name[len(stamp)] != '-' {
		return FileName{}, false
	}
	at, err := time.Parse(stamp, name[:len(stamp)])
	kind, rest, _ := strings.Cut(name[len(stamp)+1:], "-")
	end := len(rest) - IDLength - 1
	if err != nil || end < 1 || rest[end] != '-' || kind == "" || strings.Trim(kind, lowerCase) != "" {
		return FileName{}, false
	}
	n := FileName{At: at, Kind: Kind(kind), By: rest[:end], ID: rest[end+1:]}
	return n, ValidHandle(n.By) && ValidID(n.ID)
}

const lowerCase = "abcdefghijklmnopqrstuvwxyz"
