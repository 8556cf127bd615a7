package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// The completion of `git handoff` is git's own, which calls a function of the
// shell for a command that it does not know.

// completeGitInBash is for the completion that comes with git. It has the words
// of the line in words, git's own options before the command. They stay in the
// command that is asked.
const completeGitInBash = `
# Called by git's completion for "git handoff".
_git_handoff()
{
    local at=${__git_cmd_idx:-1} out directive
    COMPREPLY=()
    words=("${words[*]:0:at+1}" "${words[@]:at+1:cword-at}")
    cword=$((cword - at))
    if [[ $(type -t compopt) == builtin ]]; then
        compopt +o nospace
    fi
    __handoff_get_completion_results
    __handoff_process_completion_results
}
`

// completeGitInZsh is for the completion of git that comes with zsh, which takes
// git's options away, and for the one that comes with git, which leaves all words
// as they are.
const completeGitInZsh = `
# Called by zsh's completion of git for "git handoff".
_git-handoff()
{
    words[1]=handoff
    if (( ${+opt_args[-C]} )); then
        words=(handoff -C "$opt_args[-C]" "${(@)words[2,-1]}")
        (( CURRENT += 2 ))
    fi
    _handoff
}

# Called by git's completion, which is one for bash.
_git_handoff()
{
    emulate -L zsh
    setopt local_options ${_comp_options[@]}
    local at=${words[(i)handoff]}
    words=("${(@)words[at,-1]}")
    (( CURRENT = cword + 2 - at ))
    _git-handoff && _ret=0
}

if [ "$funcstack[1]" = "_git-handoff" ]; then
    _git-handoff
fi
`

// shells are those that there is a script for: how to load it, and what is added to it
// for `git handoff`.
var shells = []struct{ name, long, example, more string }{
	{"bash", `It needs the package bash-completion. The completion that comes with git
completes git handoff as well, once the script is loaded.`, `  source <(handoff completion bash)   # in this session
  handoff completion bash > /etc/bash_completion.d/handoff`, completeGitInBash},
	{"zsh", `It needs compinit, as in "autoload -U compinit; compinit" in .zshrc. A link
to the file, named _git-handoff, completes git handoff without being loaded.`, `  source <(handoff completion zsh)   # in this session
  handoff completion zsh > "${fpath[1]}/_handoff"
  ln -s _handoff "${fpath[1]}/_git-handoff"`, completeGitInZsh},
	{"fish", "", `  handoff completion fish | source   # in this session
  handoff completion fish > ~/.config/fish/completions/handoff.fish`, ""},
	{"powershell", "", "  handoff completion powershell | Out-String | Invoke-Expression", ""},
}

// setCompletion fits cobra's completion to this program: its words, and scripts that
// complete `git handoff` as well.
func setCompletion(root *cobra.Command) {
	root.SetCompletionCommandGroupID(groupSetup)
	root.InitDefaultCompletionCmd()
	completion, _, err := root.Find([]string{"completion"})
	if err != nil {
		panic(err) // cobra has just added it
	}
	completion.Short = "Print the script with which your shell completes handoff"
	completion.Long = completion.Short + `: commands,
flags, and what the records know: ids, names, people, topics and terms.`
	completion.Example = "  handoff completion bash --help"
	completion.Args, completion.RunE = oneOf("bash", "zsh", "fish", "powershell"), func(*cobra.Command, []string) error { return nil }
	for _, shell := range shells {
		cmd, _, err := root.Find([]string{"completion", shell.name})
		if err != nil {
			panic(err)
		}
		print := cmd.RunE
		cmd.Short = "Print the script for " + shell.name
		cmd.Long, cmd.Example = strings.TrimSpace(cmd.Short+".\n\n"+shell.long), shell.example
		if f := cmd.Flags().Lookup("no-descriptions"); f != nil {
			f.Usage = "complete names without a word on each"
		}
		if shell.more == "" {
			continue
		}
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if err := print(cmd, args); err != nil {
				return err
			}
			_, err := fmt.Fprint(cmd.Root().OutOrStdout(), shell.more)
			return err
		}
	}
}
