package guard

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// scripts are hooks that people have.
var scripts = map[string]string{
	"posix":           "#!/bin/sh\necho theirs\n",
	"bash with -e":    "#!/usr/bin/env -S bash -eu\ncat >/dev/null\nexit 0\n",
	"no line end":     "#!/bin/sh\necho theirs",
	"first line only": "#!/bin/sh\n",
	"bare first line": "#!/bin/sh",
	"reads stdin":     "#!/bin/bash\nwhile read -r a b c d; do echo \"$c\"; done\n",
	"crlf below":      "#!/bin/sh\n:\r\n",
	"our mark quoted": "#!/bin/sh\necho '" + blockEnd + "'\n",
}

func TestRemoveUndoesInsert(t *testing.T) {
	for name, script := range scripts {
		for _, form := range []Form{{}, {Strict: true}, {Shared: true}, {Strict: true, Shared: true}} {
			once := Insert([]byte(script), form)
			if got, ok := Remove(once); !ok || string(got) != script {
				t.Errorf("%s %v: %q, want %q", name, form, got, script)
			}
			if twice := Insert(once, form); !bytes.Equal(twice, once) {
				t.Errorf("%s %v: installed twice differs from once:\n%s", name, form, twice)
			}
			if got, ok := installedForm(once); !ok || got != form {
				t.Errorf("%s: form %v, want %v", name, got, form)
			}
			first, _, _ := strings.Cut(script, "\n")
			if !bytes.HasPrefix(once, []byte(first+"\n"+blockBegin)) {
				t.Errorf("%s: the block is not behind the first line:\n%s", name, once)
			}
		}
	}
}

func FuzzRemoveUndoesInsert(f *testing.F) {
	for _, script := range scripts {
		f.Add([]byte(script))
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		if _, has := Remove(script); has {
			t.Skip()
		}
		got, ok := Remove(Insert(script, Form{Shared: true}))
		if !ok || !bytes.Equal(got, script) {
			t.Errorf("%q became %q", script, got)
		}
	})
}

func TestIsShell(t *testing.T) {
	for line, want := range map[string]bool{
		"#!/bin/sh": true, "#!/bin/sh -e": true, "#! /usr/bin/env bash": true, "#!/usr/bin/env -S zsh -f": true,
		"#!/opt/ksh": true, "#!C:/Git/bin/sh.exe": true,
		"#!/usr/bin/env python3": false, "#!/usr/bin/perl": false, "#!/bin/sh\r": false, "#!": false, "#!/usr/bin/env": false,
		"echo": false, "": false, "\x7fELF": false, "#!/bin/fish": false, "#!/usr/bin/node": false,
	} {
		if got := isShell([]byte(line + "\necho\n")); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

// TestBlockRuns runs the scripts with and without the program: its arguments
// arrive, the rest of the hook still has its stdin, and its failure counts only
// when strict.
func TestBlockRuns(t *testing.T) {
	bin := t.TempDir()
	program := "#!/bin/sh\necho \"ran $*\"\necho \"stdin $(cat)\"\nexit 3\n"
	if err := os.WriteFile(filepath.Join(bin, "handoff"), []byte(program), 0o755); err != nil {
		t.Fatal(err)
	}
	const theirs = "#!/bin/sh -eu\necho \"theirs $(cat)\"\n"
	tests := []struct {
		name, script, path, want string
		status                   int
	}{
		{"own", string(Script(false)), bin, "ran hook run pre-push -- origin /a b\nstdin refs\n", 0},
		{"own, strict", string(Script(true)), bin, "ran hook run pre-push --strict -- origin /a b\nstdin refs\n", 3},
		{"own, without the program", string(Script(true)), "", "", 0},
		{"shared", string(Insert([]byte(theirs), Form{Shared: true})), bin,
			"ran hook run pre-push --no-stdin -- origin /a b\nstdin \ntheirs refs\n", 0},
		{"shared, strict", string(Insert([]byte(theirs), Form{Shared: true, Strict: true})), bin,
			"ran hook run pre-push --strict --no-stdin -- origin /a b\nstdin \n", 3},
		{"shared, without the program", string(Insert([]byte(theirs), Form{Shared: true, Strict: true})), "", "theirs refs\n", 0},
		{"configured", "#!/bin/sh\n" + ConfigHook(false)[0][1] + ` "$@"`, bin, "ran hook run pre-push -- origin /a b\nstdin refs\n", 0},
		{"configured, strict", "#!/bin/sh\n" + ConfigHook(true)[0][1] + ` "$@"`, bin, "ran hook run pre-push --strict -- origin /a b\nstdin refs\n", 3},
		{"configured, without the program", "#!/bin/sh\n" + ConfigHook(true)[0][1] + ` "$@"`, "", "", 0},
	}
	for _, test := range tests {
		hook := filepath.Join(t.TempDir(), hookName)
		if err := os.WriteFile(hook, []byte(test.script), 0o755); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(hook, "origin", "/a b")
		cmd.Env = []string{"PATH=" + test.path + ":/usr/bin:/bin"}
		cmd.Stdin = strings.NewReader("refs")
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		if string(out) != test.want || cmd.ProcessState.ExitCode() != test.status {
			t.Errorf("%s: status %d, %q, want %d, %q", test.name, cmd.ProcessState.ExitCode(), out, test.status, test.want)
		}
	}
}

// hookIn writes a hook into a new directory of hooks.
func hookIn(t *testing.T, script string, mode os.FileMode) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "hooks")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if script != "" {
		if err := os.WriteFile(filepath.Join(dir, hookName), []byte(script), mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func find(t *testing.T, dir, top string) *Hook {
	t.Helper()
	h, err := FindHook(dir, top)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestInstallAndUninstall leaves every hook as it was: bytes, mode, or nothing.
func TestInstallAndUninstall(t *testing.T) {
	all := map[string]string{"none": ""}
	for name, script := range scripts {
		all[name] = script
	}
	for name, script := range all {
		t.Run(name, func(t *testing.T) {
			dir := hookIn(t, script, 0o750)
			before := listing(t, dir)
			for i, strict := range []bool{false, false, true, false} {
				changed, err := find(t, dir, "").Install(strict)
				if err != nil || changed != (i != 1) {
					t.Fatalf("install %d: changed %v, %v", i, changed, err)
				}
				if h := find(t, dir, ""); !h.Installed || h.Form.Strict != strict || h.Form.Shared != (script != "") {
					t.Fatalf("install %d: %+v", i, h)
				}
			}
			if changed, err := find(t, dir, "").Uninstall(); err != nil || !changed {
				t.Fatalf("uninstall: %v, %v", changed, err)
			}
			if after := listing(t, dir); after != before {
				t.Errorf("after:\n%s\nbefore:\n%s", after, before)
			}
			if changed, err := find(t, dir, "").Uninstall(); err != nil || changed {
				t.Errorf("uninstall again: %v, %v", changed, err)
			}
		})
	}
}

// TestUninstallKeepsWhatWasAdded keeps lines that somebody wrote into a hook of
// ours.
func TestUninstallKeepsWhatWasAdded(t *testing.T) {
	dir := hookIn(t, string(Script(false))+"echo theirs\n", 0o755)
	if _, err := find(t, dir, "").Uninstall(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, hookName))
	if err != nil || string(data) != "#!/bin/sh\necho theirs\n" {
		t.Errorf("%q, %v", data, err)
	}
}

// listing is every file of a directory with its mode and content.
func listing(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %s %q\n", entry.Name(), info.Mode(), data)
	}
	return b.String()
}

func TestForeignHooksAreLeftAlone(t *testing.T) {
	tests := []struct {
		name, script string
		mode         os.FileMode
		topFile      string
		why, into    string
	}{
		{"another language", "#!/usr/bin/env python3\n", 0o755, "", "not a shell script", ""},
		{"a program", "\x7fELF", 0o755, "", "not a shell script", ""},
		{"switched off", "#!/bin/sh\n", 0o644, "", "not executable", ""},
		{"lefthook's", "#!/bin/sh\ncall_lefthook run pre-push\n", 0o755, "", "lefthook writes it", "lefthook.yml"},
		{"lefthook's to come", "", 0o755, "lefthook.yml", "lefthook writes it", "lefthook.yml"},
		{"pre-commit's", "#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n", 0o755, "", "pre-commit writes it", ".pre-commit-config.yaml, under repos"},
	}
	for _, test := range tests {
		dir, top := hookIn(t, test.script, test.mode), t.TempDir()
		if test.topFile != "" {
			if err := os.WriteFile(filepath.Join(top, test.topFile), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		before := listing(t, dir)
		_, err := find(t, dir, top).Install(false)
		var foreign *ForeignError
		if !errors.As(err, &foreign) || !strings.Contains(foreign.Why, test.why) || foreign.Into != test.into || !strings.Contains(foreign.Snippet, "handoff hook run pre-push") {
			t.Errorf("%s: %#v", test.name, err)
		}
		if after := listing(t, dir); after != before {
			t.Errorf("%s: changed to %s", test.name, after)
		}
	}
}

func TestLinkedHookIsLeftAlone(t *testing.T) {
	dir := hookIn(t, "", 0)
	if err := os.Symlink("../tracked", filepath.Join(dir, hookName)); err != nil {
		t.Fatal(err)
	}
	if h := find(t, dir, ""); h.LeftAlone != "it is not a plain file" {
		t.Errorf("%+v", h)
	}
}

func TestHuskyIsFound(t *testing.T) {
	top := t.TempDir()
	for _, dir := range []string{".husky", ".husky/_"} {
		if h := find(t, filepath.Join(top, dir), top); h.Manager != Husky || h.LeftAlone == "" || h.Installed {
			t.Errorf("%s: %+v", dir, h)
		}
	}
	if err := os.MkdirAll(filepath.Join(top, ".husky"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := find(t, filepath.Join(top, ".husky", "_"), top).Install(false)
	var foreign *ForeignError
	if !errors.As(err, &foreign) {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(top, foreign.Into), []byte(foreign.Snippet), 0o644); err != nil {
		t.Fatal(err)
	}
	if h := find(t, filepath.Join(top, ".husky", "_"), top); !h.Installed {
		t.Errorf("the snippet is not found: %+v", h)
	}
}
