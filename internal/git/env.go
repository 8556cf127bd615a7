package git

import (
	"cmp"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Environ is a process environment, "KEY=VALUE" each. As in execve, a later
// entry of the same name wins.
type Environ []string

// lookup returns the value of key and whether it is set at all.
func (e Environ) lookup(key string) (string, bool) {
	for i := len(e) - 1; i >= 0; i-- {
		name, value, _ := strings.Cut(e[i], "=")
		if name == key || runtime.GOOS == "windows" && strings.EqualFold(name, key) {
			return value, true
		}
	}
	return "", false
}

// Get returns the value of key, "" when it is not set.
func (e Environ) Get(key string) string {
	value, _ := e.lookup(key)
	return value
}

// with returns a copy of e in which the given entries win.
func (e Environ) with(entries ...string) Environ {
	return append(e[:len(e):len(e)], entries...)
}

// IsTrue reports whether key is set to what git takes for true.
func (e Environ) IsTrue(key string) bool {
	return parseBool(e.Get(key))
}

// FindProgram returns the absolute path of the program called name, or "" when
// there is none. A name with a separator must be absolute. Entries of PATH that
// are empty or relative are skipped: they name the current directory, whose
// content may have come with the repository.
func (e Environ) FindProgram(name string) string {
	if strings.ContainsAny(name, `/\`) {
		if filepath.IsAbs(name) {
			return e.executable(name)
		}
		return ""
	}
	for _, dir := range filepath.SplitList(e.Get("PATH")) {
		if !filepath.IsAbs(dir) {
			continue
		}
		if path := e.executable(filepath.Join(dir, name)); path != "" {
			return path
		}
	}
	return ""
}

// executable returns path, with the extension that Windows would add, when a
// regular file that may be executed is there, else "".
func (e Environ) executable(path string) string {
	if runtime.GOOS != "windows" {
		info, err := os.Stat(path)
		if err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path
		}
		return ""
	}
	extensions := cmp.Or(e.Get("PATHEXT"), ".com;.exe;.bat;.cmd")
	for _, ext := range append([]string{""}, strings.Split(strings.ToLower(extensions), ";")...) {
		if ext == "" && filepath.Ext(path) == "" {
			continue
		}
		if info, err := os.Stat(path + ext); err == nil && info.Mode().IsRegular() {
			return path + ext
		}
	}
	return ""
}

// Home returns the user's home directory, "" when the environment names none.
func (e Environ) Home() string {
	if home := e.Get("HOME"); home != "" || runtime.GOOS != "windows" {
		return home
	}
	return e.Get("USERPROFILE")
}

// ExpandHome replaces "~/" at the beginning of a path from the configuration.
func ExpandHome(path string, env Environ) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok && env.Home() != "" {
		return filepath.Join(env.Home(), rest)
	}
	return path
}
