package text

import (
	"path"
	"strings"
)

// MistakenFor reports whether a path is own, or lies below it, for Windows or macOS
// but not for git. Those know no case, pass over characters that do not show, and
// have short names and other spellings for a file. Both paths have slashes.
func MistakenFor(file, own string) bool {
	if file == own || strings.HasPrefix(file, own+"/") {
		return false
	}
	names := strings.FieldsFunc(file, func(r rune) bool { return r == '/' || r == '\\' })
	owns := strings.Split(own, "/")
	if len(names) < len(owns) {
		return false
	}
	for i, name := range owns {
		if !isSameFile(names[i], name) {
			return false
		}
	}
	return true
}

// isSameFile reports whether name is own to some file system: what git asks of
// names that might be .git.
func isSameFile(name, own string) bool {
	name, _, _ = strings.Cut(name, ":") // NTFS: the content of a file under another name
	name = strings.Map(func(r rune) rune {
		if ignoredByHFS(r) {
			return -1
		}
		return r
	}, name)
	name = strings.TrimRight(name, ". ") // Windows
	return strings.EqualFold(name, own) || isShortName(name, own)
}

// ignoredByHFS reports whether the older file system of macOS passes over r.
func ignoredByHFS(r rune) bool {
	return '\u200c' <= r && r <= '\u200f' || '\u202a' <= r && r <= '\u202e' || '\u206a' <= r && r <= '\u206f' || r == '\ufeff'
}

// isShortName reports whether name is the 8.3 name that Windows gives own: HANDOF~1
// for .handoffs, CONFIG~1.YAM for config.yaml.
func isShortName(name, own string) bool {
	own = strings.TrimLeft(own, ".")
	ext := path.Ext(own)
	stem := strings.TrimSuffix(own, ext)
	begin, rest, ok := strings.Cut(name, "~")
	return ok && rest != "" && '1' <= rest[0] && rest[0] <= '9' &&
		strings.EqualFold(begin, stem[:min(6, len(stem))]) && strings.EqualFold(rest[1:], ext[:min(4, len(ext))])
}
