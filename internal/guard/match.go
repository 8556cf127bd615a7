package guard

import (
	"path"
	"strings"
)

// MatchPath reports whether a pattern covers a file, by the rules of .gitignore
// that people know: without a slash it is the name of a file or directory
// anywhere, with one it begins at the top; * stays within a name, ** does not;
// a directory covers all that is in it. A broken pattern covers nothing.
func MatchPath(pattern, file string) bool {
	pattern = strings.TrimSuffix(pattern, "/")
	if !strings.Contains(pattern, "/") {
		pattern = "**/" + pattern
	}
	return matchParts(strings.Split(strings.TrimPrefix(pattern, "/"), "/"), strings.Split(file, "/"))
}

func matchParts(pattern, parts []string) bool {
	if len(pattern) == 0 {
		return true // a directory of the file, or the file
	}
	if pattern[0] == "**" {
		for i := range parts {
			if matchParts(pattern[1:], parts[i:]) {
				return true
			}
		}
		return false
	}
	if len(parts) == 0 {
		return false
	}
	ok, err := path.Match(pattern[0], parts[0])
	return ok && err == nil && matchParts(pattern[1:], parts[1:])
}

// matchName reports whether a name fits a pattern in which * stands for any
// characters and every other character for itself, in either case.
func matchName(pattern, name string) bool {
	pattern, name = strings.ToLower(pattern), strings.ToLower(name)
	pieces := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(name, pieces[0])
	if !ok || len(pieces) == 1 {
		return ok && rest == ""
	}
	last := len(pieces) - 1
	for _, piece := range pieces[1:last] {
		at := strings.Index(rest, piece)
		if at < 0 {
			return false
		}
		rest = rest[at+len(piece):]
	}
	return strings.HasSuffix(rest, pieces[last])
}
