package cli

import (
	"fmt"

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

// completeGit has the scripts for bash and zsh complete `git handoff` as well.
func completeGit(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	if cmd, _, err := root.Find([]string{"completion"}); err == nil {
		cmd.Args, cmd.RunE = oneOf("bash", "zsh", "fish", "powershell"), func(*cobra.Command, []string) error { return nil }
	}
	extend := func(shell, script, long string) {
		cmd, _, err := root.Find([]string{"completion", shell})
		if err != nil {
			panic(err) // cobra has just added it
		}
		print := cmd.RunE
		cmd.Long += long
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if err := print(cmd, args); err != nil {
				return err
			}
			_, err := fmt.Fprint(cmd.Root().OutOrStdout(), script)
			return err
		}
	}
	extend("bash", completeGitInBash, `
The completion that comes with git completes git handoff as well, once the script
is loaded.
`)
	extend("zsh", completeGitInZsh, `
For git handoff as well, without loading it in every session:

	ln -s _handoff "${fpath[1]}/_git-handoff"
`)
}
