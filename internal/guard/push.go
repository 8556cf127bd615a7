package guard

import (
	"bufio"
	"io"
	"strings"
)

// Update is a branch that a push writes: one line that git gives to a pre-push
// hook (githooks(5)).
type Update struct {
	Local             string // the commit to push
	RemoteRef, Remote string // what the remote has, by hash; "" when it is new there
}

// maxUpdates is how many branches a day's work is pushed to. A push of more is
// a mirror or a migration, and its commits are not looked at.
const maxUpdates = 64

// ParsePush reads what git tells a pre-push hook. Deletions, tags and notes are
// left out, for they move nobody's work, and so is every push of more branches
// than a person's day has.
//
// Input that git would not write, or that cannot be read, is no push: a hook
// that reminds must not be the reason why a push fails.
func ParsePush(r io.Reader) []Update {
	var updates []Update
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) != 4 || noCommit(f[1]) || !isBranch(f[2]) {
			continue
		}
		if len(updates) == maxUpdates {
			return nil
		}
		u := Update{Local: f[1], RemoteRef: f[2], Remote: f[3]}
		if noCommit(u.Remote) {
			u.Remote = ""
		}
		updates = append(updates, u)
	}
	return updates
}

// noCommit reports whether a hash is git's for "nothing": zeros, 40 or 64.
func noCommit(hash string) bool { return strings.Trim(hash, "0") == "" }

// isBranch reports whether commits pushed to a ref are work: branches, and the
// refs/for/ of review servers.
func isBranch(ref string) bool {
	return !strings.HasPrefix(ref, "refs/tags/") && !strings.HasPrefix(ref, "refs/notes/")
}
