package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// modules are those of go.mod: their versions, and which of them are indirect.
func modules(t *testing.T) (versions map[string]string, indirect map[string]bool) {
	t.Helper()
	data, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	versions, indirect = make(map[string]string), make(map[string]bool)
	for _, m := range regexp.MustCompile(`(?m)^(?:require )?\s*(\S+) (v\S+)( // indirect)?$`).FindAllStringSubmatch(string(data), -1) {
		versions[m[1]], indirect[m[1]] = m[2], m[3] != ""
	}
	return versions, indirect
}

// The page on dependencies lists each module of go.mod with its licence, and no other.
func TestDependenciesAreListed(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../.github/docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	direct, rest, ok := strings.Cut(string(page), "\n## Indirect\n")
	if !ok {
		t.Fatal("the page has no part on indirect dependencies")
	}
	versions, indirect := modules(t)
	row := regexp.MustCompile("(?m)^\\| `(\\S+)` \\| ([^|]+) \\|")
	listed := make(map[string]string)
	for part, isIndirect := range map[string]bool{direct: false, rest: true} {
		for _, m := range row.FindAllStringSubmatch(part, -1) {
			switch _, known := versions[m[1]]; {
			case !known:
				t.Errorf("%s is listed and not in go.mod", m[1])
			case listed[m[1]] != "":
				t.Errorf("%s is listed twice", m[1])
			case indirect[m[1]] != isIndirect:
				t.Errorf("%s: indirect in go.mod: %v; in the part on indirect ones: %v", m[1], indirect[m[1]], isIndirect)
			}
			listed[m[1]] = m[2]
		}
	}
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, path := range slices.Sorted(maps.Keys(versions)) {
		if listed[path] == "" {
			t.Errorf("%s is in go.mod and not listed", path)
			continue
		}
		licences := licencesIn(t, filepath.Join(strings.TrimSpace(string(out)), inCache(path)+"@"+inCache(versions[path])))
		if licences == nil {
			continue // nothing here is built with it
		}
		if read++; strings.Join(licences, ", ") != listed[path] {
			t.Errorf("%s: its files say %q, the page %q", path, licences, listed[path])
		}
	}
	if read < len(versions)/2 {
		t.Errorf("only %d of %d modules are here", read, len(versions))
	}
}

// inCache is a module path or version as the module cache has it.
func inCache(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsUpper(r) {
			b.WriteByte('!')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// licencesIn are the SPDX identifiers of the licences of a module, sorted; nil where the
// directory is not there.
func licencesIn(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	name := regexp.MustCompile(`^(?i:licen[cs]e|copying)`)
	found := make(map[string]bool)
	for _, e := range entries {
		if !name.MatchString(e.Name()) || e.IsDir() {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(string(data)), " ")
		for id, words := range map[string]string{
			"Apache-2.0": `Apache License,? Version 2\.0`, "MPL-2.0": `Mozilla Public License,? [Vv]ersion 2\.0`,
			"MIT": `Permission is hereby granted, free of charge`, "ISC": `Permission to use, copy, modify,? and(?:/or)? distribute this software for any purpose`,
		} {
			found[id] = found[id] || regexp.MustCompile(words).MatchString(text)
		}
		for _, bsd := range strings.Split(text, "Redistribution and use in source and binary forms")[1:] {
			if regexp.MustCompile(`(?i)neither the names? of|may not be used to endorse|the names? of .{0,60} may not be`).MatchString(bsd) {
				found["BSD-3-Clause"] = true
			} else {
				found["BSD-2-Clause"] = true
			}
		}
	}
	maps.DeleteFunc(found, func(_ string, is bool) bool { return !is })
	ids := slices.Sorted(maps.Keys(found))
	if len(ids) == 0 {
		return []string{"no licence that is known"}
	}
	return ids
}
