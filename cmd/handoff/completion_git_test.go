//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// gitCompletion is the file with git's completion for bash, where a package of
// git puts it.
func gitCompletion(t *testing.T) string {
	t.Helper()
	for _, name := range []string{
		"/usr/share/bash-completion/completions/git", "/etc/bash_completion.d/git",
		"/opt/homebrew/etc/bash_completion.d/git-completion.bash", "/usr/local/etc/bash_completion.d/git-completion.bash",
		"/Library/Developer/CommandLineTools/usr/share/git-core/git-completion.bash",
	} {
		if _, err := os.Stat(name); err == nil {
			return name
		}
	}
	t.Skip("no completion of git for bash")
	return ""
}

// TestGitHandoffCompletes presses the tab key behind "git handoff" in a shell of
// each kind that completes git.
func TestGitHandoffCompletes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		shell string
		args  []string
		setUp func(t *testing.T) string
	}{
		{"bash", []string{"--noprofile", "--norc", "-i"}, func(t *testing.T) string {
			return "source " + gitCompletion(t) + "; source <(handoff completion bash)"
		}},
		{"zsh", []string{"-f", "-i"}, func(*testing.T) string {
			return "PROMPT='ready>'; autoload -U compinit; compinit -D -u; source <(handoff completion zsh)"
		}},
		{"zsh", []string{"-f", "-i"}, func(t *testing.T) string {
			dir := t.TempDir()
			return "PROMPT='ready>'; handoff completion zsh >" + dir + "/_handoff; ln -s _handoff " + dir + "/_git-handoff; " +
				"fpath=(" + dir + " $fpath); autoload -U compinit; compinit -D -u"
		}},
	} {
		t.Run(test.shell, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(test.shell); err != nil {
				t.Skip("no " + test.shell)
			}
			setUp := test.setUp(t)
			r := inTheEvening(t)
			sub := filepath.Join(r.dir, "sub")
			if err := os.Mkdir(sub, 0o755); err != nil {
				t.Fatal(err)
			}
			r.env = append(r.env, "PS1=ready>")
			inSub := *r
			inSub.dir = sub
			x := inSub.start(160, 40, test.shell, test.args...)
			x.prompt()
			x.send(" printf '\\033[2J'; " + setUp + "; echo set '' up\n")
			x.see("set  up")
			x.prompt()
			for _, line := range [][2]string{
				{"git handoff sho\t", "git handoff show "},
				{"refu\t", "git handoff show refund-flow "},
				{"\x15git -C .. handoff show logi\t", "git -C .. handoff show login-audit "},
				{"\x15git -C .. handoff query --owner=an\t", "git -C .. handoff query --owner=ana "},
				{"\x15git -C .. handoff query owner:an\t", "git -C .. handoff query owner:ana "},
				{"\x15handoff sho\t", "ready>handoff show "},
			} {
				x.send(line[0])
				x.see(strings.TrimRight(line[1], " ") + "\n")
			}
		})
	}
}
