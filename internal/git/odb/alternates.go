package odb

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/plainfile"
)

// objectDirs returns dir and every directory that it borrows objects from,
// each once: extra and the lines of objects/info/alternates, and in turn
// theirs. A directory that does not exist is left out, as git does. Only dir
// itself must exist.
func objectDirs(dir string, extra []string) ([]string, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, err
	}
	var dirs []string
	var seen []fs.FileInfo
	for queue := append([]string{dir}, extra...); len(queue) > 0; queue = queue[1:] {
		info, err := os.Stat(queue[0])
		again := func(other fs.FileInfo) bool { return os.SameFile(other, info) }
		if err != nil || !info.IsDir() || slices.ContainsFunc(seen, again) {
			continue
		}
		seen = append(seen, info)
		dirs = append(dirs, queue[0])
		more, err := readAlternates(queue[0])
		if err != nil {
			return nil, err
		}
		queue = append(queue, more...)
	}
	return dirs, nil
}

// readAlternates returns the directories that info/alternates in the object
// directory dir names, gitrepository-layout(5): one a line, relative to dir,
// quoted as a C string if it begins with a quote, comments beginning with #.
func readAlternates(dir string) ([]string, error) {
	path := filepath.Join(dir, "info", "alternates")
	text, err := os.ReadFile(path)
	if plainfile.IsAbsent(path, err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var dirs []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		// What only looks quoted is taken as it is.
		if quoted, err := strconv.Unquote(line); err == nil && line[0] == '"' {
			line = quoted
		}
		dirs = append(dirs, plainfile.AbsoluteFrom(dir, line))
	}
	return dirs, nil
}
