package guard

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/handoff-cli/handoff/internal/plainfile"
)

// hookName is the hook that reminds.
const hookName = "pre-push"

// Hook is the pre-push hook that git runs in a repository.
type Hook struct {
	Path      string  // of the script, there or not
	Manager   Manager // who writes the script, if a program does
	Installed bool    // it calls the reminder
	Form      Form    // how; of a managed hook, Strict alone is known
	LeftAlone string  // why the script is not to be edited, "" when it may be

	script []byte // nil when there is no file
	mode   fs.FileMode
	legacy string // path of a script with our block that pre-commit moved aside
}

// ForeignError says that a hook belongs to somebody else and was left alone.
type ForeignError struct {
	Path    string
	Why     string
	Snippet string // what the user can put there by hand
	Into    string // the file for the snippet, "" when any place will do
}

func (e *ForeignError) Error() string { return e.Path + ": left alone, " + e.Why }

// FindHook looks at the hook in the directory from which git runs hooks. top is
// the work tree, "" for none: the configuration of hook managers is there.
func FindHook(hooksDir, top string) (*Hook, error) {
	h := &Hook{Path: filepath.Join(hooksDir, hookName), mode: 0o777}
	info, err := os.Lstat(h.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		h.LeftAlone = "it is not a plain file"
	default:
		h.mode = info.Mode().Perm()
		if h.script, err = os.ReadFile(h.Path); err != nil {
			return nil, err
		}
	}
	h.Manager = findManager(hooksDir, top, h.script)
	h.Form, h.Installed = installedForm(h.script)
	h.findLegacy()
	switch {
	case h.LeftAlone != "" || h.script == nil && h.Manager == "":
	case h.Manager != "":
		h.LeftAlone = string(h.Manager) + " writes it"
		if !h.Installed {
			h.Installed, h.Form.Strict = h.Manager.calls(hooksDir, top)
		}
	case !isShell(h.script):
		h.LeftAlone = "it is not a shell script"
	case h.mode&0o111 == 0 && runtime.GOOS != "windows":
		h.LeftAlone = "it is not executable, so git does not run it"
	}
	return h, nil
}

// findLegacy looks for our block in the script that pre-commit found in its
// place, moved aside and goes on to run.
func (h *Hook) findLegacy() {
	path := h.Path + ".legacy"
	script, err := os.ReadFile(path)
	if err != nil || h.Manager != PreCommit {
		return
	}
	if form, ok := installedForm(script); ok {
		h.legacy, h.Form, h.Installed = path, form, true
	}
}

// Install makes the hook call the reminder and reports whether that changed
// anything. A hook that is somebody else's is a *ForeignError.
func (h *Hook) Install(strict bool) (changed bool, err error) {
	if h.Installed && h.Form.Strict == strict {
		return false, nil
	}
	if h.LeftAlone != "" {
		return false, h.foreign(strict)
	}
	script := Script(strict)
	if h.script != nil && !onlyOurs(h.script) {
		script = Insert(h.script, Form{Strict: strict, Shared: true})
	}
	if err := os.MkdirAll(filepath.Dir(h.Path), 0o777); err != nil {
		return false, err
	}
	return true, replaceFile(h.Path, script, h.mode)
}

func (h *Hook) foreign(strict bool) error {
	e := &ForeignError{Path: h.Path, Why: h.LeftAlone, Snippet: Form{Strict: strict, Shared: true}.Block()}
	if h.Manager != "" {
		e.Snippet, e.Into = h.Manager.snippet(strict)
	}
	return e
}

// Uninstall takes the reminder out again, whoever moved the script meanwhile,
// and reports whether it was there. A hook of a manager, which has it from a
// file of the user's, is a *ForeignError.
func (h *Hook) Uninstall() (changed bool, err error) {
	switch {
	case h.legacy != "":
		return true, takeOut(h.legacy)
	case !h.Installed:
		return false, nil
	case h.LeftAlone != "":
		return false, h.foreign(h.Form.Strict)
	}
	return true, takeOut(h.Path)
}

// takeOut removes the block from a script, and the script when it was ours.
func takeOut(path string) error {
	script, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if onlyOurs(script) {
		return os.Remove(path)
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	script, _ = Remove(script)
	return replaceFile(path, script, info.Mode().Perm())
}

// replaceFile puts a script in place as a whole: git may run it meanwhile.
// A mode of 0777 is subject to the umask, as for a new file.
func replaceFile(path string, script []byte, mode fs.FileMode) error {
	return plainfile.Replace(path, mode, script, func(file *os.File) error {
		if mode == 0o777 {
			return nil
		}
		return file.Chmod(mode)
	})
}

// Manager is a program that writes the hooks of a repository.
type Manager string

// The managers whose hooks are left alone.
const (
	Husky     Manager = "husky"
	Lefthook  Manager = "lefthook"
	PreCommit Manager = "pre-commit"
)

// findManager returns who writes the hooks, "" for nobody.
func findManager(hooksDir, top string, script []byte) Manager {
	switch {
	case filepath.Base(hooksDir) == ".husky", filepath.Base(filepath.Dir(hooksDir)) == ".husky":
		return Husky
	case bytes.Contains(script, []byte("https://pre-commit.com")):
		return PreCommit
	case bytes.Contains(script, []byte("lefthook")), len(lefthookFiles(top)) > 0:
		return Lefthook
	}
	return ""
}

// lefthookFiles returns the configuration files of lefthook that exist.
func lefthookFiles(top string) []string {
	if top == "" {
		return nil
	}
	var found []string
	for _, name := range []string{"lefthook", ".lefthook", ".config/lefthook"} {
		for _, ext := range []string{".yml", ".yaml", ".toml", ".json", ".jsonc"} {
			path := filepath.Join(top, filepath.FromSlash(name+ext))
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				found = append(found, path)
			}
		}
	}
	return found
}

// calls reports whether the user has told the manager to run the reminder, and
// to stop a push.
func (m Manager) calls(hooksDir, top string) (called, strict bool) {
	var files []string
	switch m {
	case Husky:
		files = []string{filepath.Join(hooksDir, hookName), filepath.Join(filepath.Dir(hooksDir), hookName)}
	case Lefthook:
		files = lefthookFiles(top)
	case PreCommit:
		files = []string{filepath.Join(top, ".pre-commit-config.yaml")}
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			continue // as good as a file without it
		}
		if _, call, found := bytes.Cut(data, []byte("handoff hook run "+hookName)); found {
			line, _, _ := bytes.Cut(call, []byte("\n"))
			return true, bytes.Contains(line, []byte("--strict"))
		}
	}
	return false, false
}

// snippet returns what makes the manager run the reminder, and the file for it.
func (m Manager) snippet(strict bool) (text, into string) {
	run := shellCommand(strict)
	switch m {
	case Husky:
		return Form{Strict: strict, Shared: true}.Block(), ".husky/" + hookName
	case Lefthook:
		return strings.Join([]string{
			hookName + ":",
			"  jobs:",
			"    - name: handoff",
			"      use_stdin: true",
			"      run: " + strings.Replace(run, callEnd, " -- {0}", 1),
		}, "\n"), "lefthook.yml"
	}
	return strings.Join([]string{
		"- repo: local",
		"  hooks:",
		"    - id: handoff",
		"      name: handoff",
		"      language: system",
		"      entry: sh -c '" + strings.Replace(run, callEnd, ` --no-stdin -- "$PRE_COMMIT_REMOTE_NAME"`, 1) + "'",
		"      stages: [push]", // as versions before 3.2 call it, and all later ones know
		"      always_run: true",
		"      pass_filenames: false",
		"      verbose: true",
	}, "\n"), ".pre-commit-config.yaml, under repos"
}

// callEnd is how [shellCommand] hands on the arguments of the hook.
const callEnd = ` -- "$@"`

// shellCommand is the call of the reminder as one line of shell, with which
// nothing happens when the program is missing.
func shellCommand(strict bool) string {
	if strict {
		return "command -v handoff >/dev/null 2>&1 || exit 0; handoff hook run " + hookName + " --strict" + callEnd
	}
	return "command -v handoff >/dev/null 2>&1 || exit 0; handoff hook run " + hookName + callEnd + " || true"
}

// ConfigSection is the section of git's configuration in which [ConfigHook]
// sets its keys.
const ConfigSection = "hook.handoff"

// ConfigHook returns the settings with which git 2.54 and later run the
// reminder without a script, in the order to set them: an event without a
// command would end every push. Git appends the arguments of the hook to the
// command, so the command is one word list that takes them.
func ConfigHook(strict bool) [][2]string {
	return [][2]string{
		{ConfigSection + ".command", "sh -c '" + shellCommand(strict) + "' handoff"},
		{ConfigSection + ".event", hookName},
	}
}

// CallsReminder reports whether a command in git's configuration calls the
// reminder, and whether it stops a push.
func CallsReminder(command string) (called, strict bool) {
	_, call, called := strings.Cut(command, "handoff hook run "+hookName)
	return called, called && strings.Contains(call, "--strict")
}
