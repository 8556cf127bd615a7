package store

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// Unproven returns the ids of the verdicts that a squash merge brought to the
// mainline and of which nobody here saw who gave them, as [Repo.Audit] notes
// them. It looks at the mainline of o alone, and remembers what it has seen: a
// mainline that stays where it is costs one look at a small part of a file.
func (r *Repo) Unproven(ctx context.Context, o AuditOptions) (map[string]bool, error) {
	o.Refs, o.Signed = nil, false
	path := filepath.Join(r.common, "handoff", "squashed")
	a := r.newAudit(path, o)
	a.setTips()
	head, err := readMarkHead(path)
	if err != nil {
		return nil, err
	}
	if head != nil && head.Dir == o.Dir && head.Version == auditVersion {
		remotes, notes := head.Remotes, head.notes()
		if len(notes) > 0 { // any branch may prove them
			if err := a.setBranches(); err != nil {
				return nil, err
			}
			remotes = a.remotes
		}
		if head.covers(a.tips, a.main, remotes) {
			return recordsOf(notes), nil // as nearly always
		}
	}
	if err := a.begin(); err != nil {
		return nil, err
	}
	if len(a.mark.notes()) > 0 && a.remotes == nil {
		if err := a.setBranches(); err != nil {
			return nil, err
		}
	}
	if !a.mark.covers(a.tips, a.main, a.remotes) {
		if a.verified, err = a.loadMark(a.auditPath(), o.Dir, a.mark.Shallow, false); err != nil {
			return nil, err
		}
		if err := a.run(ctx, a.walk, a.judgeCommits, a.endCommits, a.forgetGone, a.settleDoubts, a.rememberMainline); err != nil {
			return nil, err
		}
	}
	return recordsOf(a.mark.notes()), nil
}

// setBranches has the commits of all branches looked at.
func (a *audit) setBranches() error {
	branches, err := a.ListRefs("refs/heads/", "refs/remotes/")
	a.setRemotes(branches)
	return err
}

// recordsOf returns the ids of the records that findings are about.
func recordsOf(findings []AuditFinding) map[string]bool {
	ids := make(map[string]bool, len(findings))
	for _, f := range findings {
		ids[f.Record] = true
	}
	return ids
}

// fewCommits are so few that looking at them again costs less than to remember
// them.
const fewCommits = 200

// rememberMainline is remember for what is worth it.
func (a *audit) rememberMainline(ctx context.Context) error {
	if a.mark.Commits-a.before < fewCommits && a.before > 0 && len(a.mark.Doubts) == a.doubts && len(a.mark.notes()) == 0 {
		return nil
	}
	a.mark.Findings, a.mark.Configs, a.mark.Touched, a.mark.Steps = nil, nil, nil, nil // Audit has them
	a.mark.Doubts = slices.DeleteFunc(a.mark.Doubts, func(d doubt) bool { return d.Kind != AuditIdentity || d.Level != handoff.LevelError })
	for i := range a.mark.Doubts { // who asks wants the ids alone
		a.mark.Doubts[i].Message, a.mark.Doubts[i].Fix, a.mark.Doubts[i].Author = "", "", ""
	}
	return a.remember(ctx)
}

// readMarkHead reads the first line of a mark, without what follows. It is nil
// for a mark that is not there or is damaged, and where there is no file.
func readMarkHead(path string) (*auditMark, error) {
	file, err := OpenPlain(path, os.O_RDONLY, 0)
	if isAbsent(path, err) || isError[*NotFileError](err) {
		return nil, nil // what is in the way, doctor names
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	line, err := bufio.NewReader(file).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	head := new(auditMark)
	if json.Unmarshal(line, head) != nil {
		return nil, nil
	}
	return head, nil
}
