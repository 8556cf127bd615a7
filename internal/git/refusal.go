package git

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// The phrases by which servers and their hooks say why they refuse. They differ
// from one kind and version of server to the next, so they only choose the hint:
// whether a push has met another one is seen from the branch.
var (
	protectedPhrases = []string{"protected", "pull request", "merge request"}
	quotaPhrases     = []string{"quota", "no space left", "disk full", "storage limit", "size limit", "too large", "exceeds maximum", "maximum allowed size"}
	forbiddenPhrases = []string{"permission to ", "denied to ", "not allowed to ", "write access"}
	forbiddenToPush  = []string{"permission", "not permitted", "not authorized", "unauthorized", "access denied", "read only", "read-only"}
)

// How git says that a reference is held, or was moved, by somebody else: there,
// of a push, and wherever references move. Who holds one may not have moved it
// yet.
var (
	pushRacePhrases = []string{"fetch first", "non-fast-forward", "stale info", "failed to update ref"}
	racePhrases     = []string{
		"incorrect old value", "reference already exists", "lock ref", "failed to lock", "unable to lock", "lock failure", "lock_failure",
		".lock': file exists",
	}
)

// refusal types what git push --porcelain has answered with status 1; out is
// what it wrote, failed what its messages say. race reports that it may be
// nothing but another push at the same moment. Without a refusal, by the remote
// or by a hook on the way there, it returns nil.
func refusal(out string, failed *RemoteError) (refused *RemoteError, race bool) {
	// The hook of this clone writes to the same output, before there is a report.
	byHook, report, reported := strings.Cut("\n"+out, "\nTo ")
	why := refusedUpdate(report)
	switch {
	case why != "" && failed.Fault != RemoteUnreachable:
	case why == "" && !reported && strings.Contains(failed.stderr, "error: failed to push some refs to "):
		return &RemoteError{Remote: failed.Remote, Fault: RemoteHook, Why: "the pre-push hook of this clone declined",
			Said: bounded(append(linesOf(byHook), linesByHook(failed.stderr)...))}, false
	default:
		return nil, false
	}
	refused = &RemoteError{Remote: failed.Remote, Fault: RemoteRejected, Why: why, Said: failed.Said}
	reason := strings.ToLower(why)
	race = saysAny(reason, pushRacePhrases...) || saysAny(reason, racePhrases...)
	words := reason + "\n" + strings.ToLower(strings.Join(failed.Said, "\n"))
	switch {
	case saysAny(words, protectedPhrases...):
		refused.Fault = RemoteProtected
	case saysAny(words, quotaPhrases...):
		refused.Fault = RemoteQuota
	case saysAny(words, forbiddenPhrases...), saysAny(words, forbiddenToPush...):
		refused.Fault = RemoteForbidden
	case race:
		refused.Fault = RemoteMoving
	case saysAny(words, "declined"):
		refused.Fault = RemoteHook
	}
	return refused, race
}

// refusedUpdate returns what git push --porcelain says of a reference that was
// not updated: the third field of the line with the flag "!", which is
// "[remote rejected] (REASON)", without what is around the reason.
func refusedUpdate(report string) string {
	for line := range strings.Lines(report) {
		fields := strings.SplitN(strings.TrimSpace(line), "\t", 3)
		if len(fields) < 3 || fields[0] != "!" {
			continue
		}
		if _, reason, ok := strings.Cut(fields[2], "] ("); ok {
			return cutLine(strings.TrimSuffix(reason, ")"))
		}
		return cutLine(fields[2])
	}
	return ""
}

// The bounds of what is kept of the words of hooks and servers.
const (
	maxSaid     = 20
	maxSaidLine = 240 // bytes
)

// progressLine matches what git on the other side reports of its work.
var progressLine = regexp.MustCompile(`^remote: (\w+ \w+: +\d+|Total \d+ \()`)

// linesByServer returns what git's messages hold of the server and its hooks.
func linesByServer(stderr string) []string {
	return slices.DeleteFunc(linesOf(stderr), func(line string) bool {
		return !strings.HasPrefix(line, "remote: ") || progressLine.MatchString(line)
	})
}

// linesByHook returns what messages hold besides those of git about its push.
func linesByHook(stderr string) []string {
	return slices.DeleteFunc(linesOf(stderr), func(line string) bool {
		return strings.HasPrefix(line, "error: failed to push some refs to ") || strings.HasPrefix(line, "hint: ")
	})
}

// linesOf returns the lines of an output that say something. Git ends a line
// that it shows on a terminal with spaces or an escape sequence, to clear what
// stood there.
func linesOf(output string) []string {
	var lines []string
	for line := range strings.FieldsFuncSeq(output, func(c rune) bool { return c == '\n' || c == '\r' }) {
		line = strings.TrimRight(strings.TrimSuffix(line, "\x1b[K"), " \t")
		if line != "" && line != "remote:" {
			lines = append(lines, line)
		}
	}
	return lines
}

// bounded returns the first lines, and in place of others how many they are.
func bounded(lines []string) []string {
	if more := len(lines) - maxSaid; more > 0 {
		lines = append(lines[:maxSaid-1:maxSaid-1], fmt.Sprintf("… and %d more lines", more+1))
	}
	short := make([]string, len(lines))
	for i, line := range lines {
		short[i] = cutLine(line)
	}
	return short
}

// cutLine returns the beginning of a line that is too long.
func cutLine(line string) string {
	if len(line) <= maxSaidLine {
		return line
	}
	end := maxSaidLine
	for !utf8.RuneStart(line[end]) {
		end--
	}
	return line[:end] + "…"
}
