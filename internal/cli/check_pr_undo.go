package cli

import (
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
)

// undo is the command that gives a commit of the pull request back the records
// that it edits or takes away, as the revert of a merge takes those that the
// merge brought. The rest of what the commit does stays.
func (c *prCheck) undo(commit string, changes []store.PathChange) string {
	var records []string
	for _, file := range changes {
		if _, ok := handoff.ParseFileName(c.inside(file.Path)); ok && c.isOurs(file.Path) && file.Status != store.PathAdded {
			records = append(records, file.Path)
		}
	}
	what := handoff.ShellArgument(c.dir + "/[0-9]*") // the days, all at once
	if len(records) == 1 {
		what = handoff.ShellArgument(records[0])
	}
	short := commit[:12]
	back := "git checkout " + handoff.ShellArgument(short+"^") + " -- " + what
	if commit == c.last {
		return back + " && git commit --amend --no-edit --allow-empty brings back what the commit took"
	}
	return back + " && git commit --fixup " + short + " && GIT_SEQUENCE_EDITOR=true git rebase -i --autosquash " + handoff.ShellArgument(short+"^") + " brings back what the commit took"
}
