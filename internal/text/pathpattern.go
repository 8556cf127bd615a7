package text

import (
	"path"
	"strings"
)

// PathPattern is a pattern for paths as gitignore(5) has them, without the "!"
// that turns one around: without a slash it is a name anywhere, with one before
// its end it begins at the top; * stays within a name, ** does not; a slash at
// the end asks for a directory.
type PathPattern string

// Covers reports whether the pattern fits file, a path with slashes, or a
// directory above it. A broken pattern covers nothing.
func (p PathPattern) Covers(file string) bool {
	for end := range len(file) {
		if file[end] == '/' && p.Matches(file[:end], true) {
			return true
		}
	}
	return p.Matches(file, false)
}

// Matches reports whether the pattern fits the path itself.
func (p PathPattern) Matches(name string, isDir bool) bool {
	pattern, wantsDir := strings.CutSuffix(string(p), "/")
	if wantsDir && !isDir {
		return false
	}
	if !strings.Contains(pattern, "/") {
		pattern = "**/" + pattern
	}
	return matchParts(strings.Split(strings.TrimPrefix(pattern, "/"), "/"), strings.Split(name, "/"))
}

func matchParts(pattern, parts []string) bool {
	if len(pattern) == 0 || len(parts) == 0 {
		return len(pattern) == len(parts)
	}
	if pattern[0] == "**" {
		if len(pattern) == 1 {
			return true
		}
		for i := range parts {
			if matchParts(pattern[1:], parts[i:]) {
				return true
			}
		}
		return false
	}
	ok, err := path.Match(pattern[0], parts[0])
	return ok && err == nil && matchParts(pattern[1:], parts[1:])
}
