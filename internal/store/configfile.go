package store

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// This file reads configuration where git is not installed. go-git's reader
// refuses files that git accepts (refspecs and values that it does not know, a
// byte order mark) and follows no include.

// maxIncludes is how deep files may include each other, as in git.
const maxIncludes = 10

// configReader gathers configuration files in the order of git-config(1).
type configReader struct {
	config config
	place  place // zero while only the user's files are read
	env    environ
	depth  int
}

// readConfig reads all that applies to a repository.
func readConfig(p place, env environ) (config, error) {
	r := &configReader{config: config{}, place: p, env: env}
	files := append(userConfigFiles(env), filepath.Join(p.common, "config"))
	for _, file := range files {
		if err := r.file(file); err != nil {
			return nil, err
		}
	}
	if r.config.isTrue("extensions.worktreeconfig") {
		if err := r.file(filepath.Join(p.dir, "config.worktree")); err != nil {
			return nil, err
		}
	}
	return r.config, r.environment()
}

// readUserConfig reads what does not come from the repository.
func readUserConfig(env environ) (config, error) {
	r := &configReader{config: config{}, env: env}
	for _, file := range userConfigFiles(env) {
		if err := r.file(file); err != nil {
			return nil, err
		}
	}
	return r.config, r.environment()
}

// userConfigFiles returns the files of the system and of the user.
func userConfigFiles(env environ) []string {
	var files []string
	if !env.isTrue("GIT_CONFIG_NOSYSTEM") {
		files = append(files, cmp.Or(env.get("GIT_CONFIG_SYSTEM"), "/etc/gitconfig"))
	}
	if global, ok := env.lookup("GIT_CONFIG_GLOBAL"); ok {
		return append(files, global)
	}
	home := env.home()
	if xdg := env.get("XDG_CONFIG_HOME"); xdg != "" {
		files = append(files, filepath.Join(xdg, "git", "config"))
	} else if home != "" {
		files = append(files, filepath.Join(home, ".config", "git", "config"))
	}
	if home != "" {
		files = append(files, filepath.Join(home, ".gitconfig"))
	}
	return files
}

// environment adds what GIT_CONFIG_COUNT announces.
func (r *configReader) environment() error {
	count, _ := strconv.Atoi(r.env.get("GIT_CONFIG_COUNT"))
	for i := range count {
		key, ok := r.env.lookup(fmt.Sprintf("GIT_CONFIG_KEY_%d", i))
		value, hasValue := r.env.lookup(fmt.Sprintf("GIT_CONFIG_VALUE_%d", i))
		if !ok || !hasValue {
			return fmt.Errorf("GIT_CONFIG_COUNT: entry %d is missing", i)
		}
		r.config.add(canonicalKey(key), value)
	}
	return nil
}

// add appends a value.
func (c config) add(key, value string) { c[key] = append(c[key], value) }

// file reads one file and those that it includes. A file that does not exist
// says nothing.
func (r *configReader) file(name string) error {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) || isNotDirectory(err) {
		return nil
	}
	if err != nil {
		return err
	}
	r.depth++
	defer func() { r.depth-- }()
	if r.depth > maxIncludes {
		return fmt.Errorf("%s: included more than %d files deep", name, maxIncludes)
	}
	return parseConfig(name, data, func(key, value string) error {
		r.config.add(key, value)
		if r.includes(name, key) {
			return r.file(absoluteFrom(filepath.Dir(name), expandHome(value, r.env)))
		}
		return nil
	})
}

// includes reports whether key, in the file name, includes the file that its
// value names. Conditions other than gitdir and onbranch do not hold.
func (r *configReader) includes(name, key string) bool {
	if key == "include.path" {
		return true
	}
	condition, ok := strings.CutPrefix(key, "includeif.")
	condition, isPath := strings.CutSuffix(condition, ".path")
	if !ok || !isPath || r.place.dir == "" {
		return false
	}
	kind, pattern, _ := strings.Cut(condition, ":")
	switch kind {
	case "gitdir":
		return matchDir(r.dirPattern(name, pattern), filepath.ToSlash(r.place.dir))
	case "gitdir/i":
		return matchDir(strings.ToLower(r.dirPattern(name, pattern)), strings.ToLower(filepath.ToSlash(r.place.dir)))
	case "onbranch":
		line, err := readLine(filepath.Join(r.place.dir, "HEAD"))
		branch, ok := strings.CutPrefix(line, "ref: refs/heads/")
		if strings.HasSuffix(pattern, "/") {
			pattern += "**"
		}
		return err == nil && ok && matchDir(pattern, branch)
	}
	return false
}

// dirPattern completes the pattern of a gitdir condition (git-config(1),
// "Conditional includes").
func (r *configReader) dirPattern(name, pattern string) string {
	pattern = filepath.ToSlash(expandHome(pattern, r.env))
	if rest, ok := strings.CutPrefix(pattern, "./"); ok {
		pattern = filepath.ToSlash(filepath.Dir(name)) + "/" + rest
	} else if !filepath.IsAbs(filepath.FromSlash(pattern)) {
		pattern = "**/" + pattern
	}
	if strings.HasSuffix(pattern, "/") {
		pattern += "**"
	}
	return pattern
}

// matchDir matches a path with a pattern in which "**" stands for any number of
// directories.
func matchDir(pattern, name string) bool {
	return matchParts(strings.Split(pattern, "/"), strings.Split(name, "/"))
}

func matchParts(pattern, name []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			for i := range len(name) + 1 {
				if matchParts(pattern[1:], name[i:]) {
					return true
				}
			}
			return false
		}
		if len(name) == 0 {
			return false
		}
		if ok, err := path.Match(pattern[0], name[0]); !ok || err != nil {
			return false
		}
		pattern, name = pattern[1:], name[1:]
	}
	return len(name) == 0
}

// parseConfig calls add for each variable of a configuration file, with the key
// in canonical form. A variable without a value has the value "true".
func parseConfig(name string, data []byte, add func(key, value string) error) error {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	p := &configParser{rest: strings.ReplaceAll(string(data), "\r\n", "\n"), line: 1}
	section := ""
	for p.skipSpace(); p.rest != ""; p.skipSpace() {
		if p.rest[0] == '[' {
			var ok bool
			if section, ok = p.section(); !ok {
				return fmt.Errorf("%s: line %d: bad section", name, p.line)
			}
			continue
		}
		key, value, ok := p.variable()
		if !ok || section == "" {
			return fmt.Errorf("%s: line %d: bad variable", name, p.line)
		}
		if err := add(section+"."+strings.ToLower(key), value); err != nil {
			return err
		}
	}
	return nil
}

// configParser is at some place in a configuration file.
type configParser struct {
	rest string
	line int
}

// next takes one character, 0 at the end.
func (p *configParser) next() byte {
	if p.rest == "" {
		return 0
	}
	c := p.rest[0]
	p.rest = p.rest[1:]
	if c == '\n' {
		p.line++
	}
	return c
}

// skipSpace takes white space, line ends and comments.
func (p *configParser) skipSpace() {
	for p.rest != "" {
		switch p.rest[0] {
		case ' ', '\t', '\n', '\r':
			p.next()
		case '#', ';':
			p.skipLine()
		default:
			return
		}
	}
}

// skipLine takes all up to the end of the line.
func (p *configParser) skipLine() {
	end := strings.IndexByte(p.rest, '\n')
	if end < 0 {
		end = len(p.rest)
	}
	p.rest = p.rest[end:]
}

// section takes "[name]", "[name "sub"]" or "[name.sub]".
func (p *configParser) section() (string, bool) {
	p.next()
	var name strings.Builder
	for {
		switch c := p.next(); {
		case c == ']':
			return name.String(), name.Len() > 0
		case c == ' ' || c == '\t':
			sub, ok := p.subsection()
			return name.String() + "." + sub, ok
		case isKeyChar(c) || c == '.':
			name.WriteString(strings.ToLower(string(c)))
		default:
			return "", false
		}
	}
}

// subsection takes the quoted part of a section and the bracket.
func (p *configParser) subsection() (string, bool) {
	p.rest = strings.TrimLeft(p.rest, " \t")
	if p.next() != '"' {
		return "", false
	}
	var sub strings.Builder
	for {
		switch c := p.next(); c {
		case '"':
			return sub.String(), p.next() == ']'
		case 0, '\n':
			return "", false
		case '\\':
			c = p.next()
			fallthrough
		default:
			sub.WriteByte(c)
		}
	}
}

// variable takes "key", or "key = value" with its continuation lines.
func (p *configParser) variable() (key, value string, ok bool) {
	end := 0
	for end < len(p.rest) && isKeyChar(p.rest[end]) {
		end++
	}
	key, p.rest = p.rest[:end], strings.TrimLeft(p.rest[end:], " \t")
	if key == "" {
		return "", "", false
	}
	if p.rest == "" || strings.IndexByte("\n#;", p.rest[0]) >= 0 {
		return key, "true", true
	}
	if p.next() != '=' {
		return "", "", false
	}
	value, ok = p.value()
	return key, value, ok
}

// value takes a value: quotes may enclose any part, white space outside them is
// dropped at both ends, and a backslash goes before a special character or a
// line end that does not count.
func (p *configParser) value() (string, bool) {
	var value strings.Builder
	p.rest = strings.TrimLeft(p.rest, " \t")
	quoted, kept := false, 0 // bytes that are not white space to be dropped
	for {
		c := p.next()
		switch {
		case c == 0 || c == '\n':
			return value.String()[:kept], !quoted
		case c == '"':
			quoted = !quoted
			kept = value.Len()
			continue
		case !quoted && (c == '#' || c == ';'):
			p.skipLine()
			continue
		case c == '\\':
			escaped := p.next()
			if escaped == '\n' {
				continue
			}
			at := strings.IndexByte(`ntb"\`, escaped)
			if at < 0 {
				return "", false
			}
			value.WriteByte("\n\t\b\"\\"[at])
			kept = value.Len()
			continue
		}
		value.WriteByte(c)
		if quoted || c != ' ' && c != '\t' {
			kept = value.Len()
		}
	}
}

// isKeyChar reports whether c may be part of a section or variable name.
func isKeyChar(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-'
}
