package audit

import (
	"context"
	"fmt"
	"path"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/handoff-cli/handoff/internal/text"
)

// judgedCommit is a commit, by its position in the history, and what it changed.
type judgedCommit struct {
	pos int32
	*revisionChanges
}

// judgeCommits looks at what each new commit changed, parents first.
func (a *audit) judgeCommits(ctx context.Context) error {
	return a.eachChange(ctx, a.history, a.opts.Progress, func(pos int32, changes *revisionChanges) error {
		if changes.err != nil {
			a.found(a.history.At(pos), KindUnreadable, "HO903", "", "what it changed cannot be read: "+changes.err.Error())
			return nil
		}
		if a.merged[pos] && !changes.config.IsZero() {
			a.mainConfigs[changes.config] = true
		}
		switch c := (judgedCommit{pos, changes}); len(changes.parents) {
		case 0:
			return nil
		case 1:
			return a.judgeCommit(ctx, c, changes.parents[0])
		default:
			return a.judgeMerge(ctx, c)
		}
	})
}

// judgeCommit judges a commit with one parent or none.
func (a *audit) judgeCommit(ctx context.Context, commit judgedCommit, changes []odb.TreeChange) error {
	rev := a.history.At(commit.pos)
	moved := a.moves(changes)
	doubts := len(a.mark.Doubts)
	for _, c := range changes {
		if c.Path == path.Join(a.opts.Dir, configName) {
			if err := a.judgeConfig(rev, c); err != nil {
				return err
			}
		}
		name, isRecord := store.ParseRecordName(a.opts.Dir, c.Path)
		if !isRecord {
			continue
		}
		switch {
		case moved[c.Path] != "" && c.New.IsNone():
			a.touch(c)
			a.found(rev, KindRenamed, "HO902", c.Path, "renamed to "+moved[c.Path])
		case moved[c.Path] != "": // said with the old name
		case c.Old.IsNone():
			if err := a.judgeAddition(ctx, commit, name, c); err != nil {
				return err
			}
		default:
			a.judgeAlteration(rev, c)
		}
	}
	return a.judgeSquash(rev, changes, a.mark.Doubts[doubts:])
}

// moves pairs the paths of records that a commit renamed: one is gone and
// another has its content, or its id. Both paths are keys.
func (a *audit) moves(changes []odb.TreeChange) map[string]string {
	gone := map[string]string{} // content or id → path
	for _, c := range changes {
		if !c.New.IsNone() {
			continue
		}
		if name, ok := store.ParseRecordName(a.opts.Dir, c.Path); ok {
			gone[c.Old.Hash.String()], gone[name.ID] = c.Path, c.Path
		}
	}
	if len(gone) == 0 {
		return nil
	}
	moved := map[string]string{}
	for _, c := range changes {
		if !c.Old.IsNone() {
			continue
		}
		from := gone[c.New.Hash.String()]
		if name, ok := store.ParseRecordName(a.opts.Dir, c.Path); ok && from == "" {
			from = gone[name.ID]
		}
		if from != "" {
			moved[from], moved[c.Path] = c.Path, from
		}
	}
	return moved
}

// touch notes that a record is not what it was at first.
func (a *audit) touch(c odb.TreeChange) {
	a.changed = true
	if _, known := a.mark.Touched[c.Path]; !known {
		a.mark.Touched[c.Path] = c.Old.String()
	}
}

// judgeAlteration judges a record that a commit changed or removed.
func (a *audit) judgeAlteration(rev *git.Revision, c odb.TreeChange) {
	first, before := a.mark.Touched[c.Path]
	a.touch(c)
	kind, message := KindEdited, "edited: a record is never changed"
	switch {
	case c.New.IsNone():
		kind, message = KindDeleted, "deleted: a record is never removed"
	case before && c.New.String() == first:
		kind, message = KindRestored, "has its first content again, after it was changed"
	case c.Old.Hash == c.New.Hash:
		kind, message = KindMode, fmt.Sprintf("mode %06o became %06o", uint32(c.Old.Mode), uint32(c.New.Mode))
	}
	a.found(rev, kind, "HO902", c.Path, message)
	if kind == KindDeleted {
		a.mark.Findings[len(a.mark.Findings)-1].Fix = bringsBack(rev.Hash.String()+"^", c.Path)
	}
}

// bringsBack is the command that brings a file back into the work tree as a
// commit has it.
func bringsBack(commit, path string) string {
	return "git checkout " + text.ShellArgument(commit) + " -- " + text.ShellArgument(path) + " brings it back, to be committed"
}

// judgeAddition judges a record that a commit added.
func (a *audit) judgeAddition(ctx context.Context, commit judgedCommit, name handoff.FileName, c odb.TreeChange) error {
	rev := a.history.At(commit.pos)
	if first, gone := a.mark.Touched[c.Path]; gone {
		kind, message := KindEdited, "came back with other content after it was removed"
		if c.New.String() == first {
			kind, message = KindRestored, "has its first content again, after it was removed"
		}
		a.changed = true
		a.found(rev, kind, "HO902", c.Path, message)
		return nil
	}
	a.mark.Records++
	if err := a.noteAddition(ctx, commit.pos, c); err != nil {
		return err
	}
	if n := len(a.added); a.mark.looksAt(name.Kind) && (n == 0 || a.added[n-1].pos != commit.pos) {
		a.added = append(a.added, commit)
	}
	if name.Kind == handoff.KindAck {
		a.acks = append(a.acks, a.names.intern(name))
	}
	roster, err := a.configOf(commit.config)
	if err != nil {
		return err
	}
	late := a.judgeDate(rev, name, roster)
	forged, byRoster, err := a.judgeAuthor(ctx, commit, name.By, roster)
	if err != nil {
		return err
	}
	if late != "" {
		a.doubt(rev, c, KindBackdated, "HO905", handoff.LevelWarning, late)
	}
	if forged != "" {
		level := handoff.LevelWarning
		if name.Kind.IsVerdict() {
			level = handoff.LevelError
		}
		a.doubt(rev, c, KindIdentity, "HO904", level, forged).ByRoster = byRoster
	}
	if late == "" && forged == "" && !rev.Mainline {
		a.seen = append(a.seen, c.New.Hash)
	}
	return nil
}

// judgeDate compares the time of a record with that of its commit, and returns
// what is wrong with it, "" for nothing.
func (a *audit) judgeDate(rev *git.Revision, name handoff.FileName, c *config.Config) string {
	apart := name.At.Sub(time.Unix(rev.When, 0))
	switch limit := c.Timing.Backdate.Wall(); {
	case apart.Abs() > limit:
		return fmt.Sprintf("dated %s, committed at %s", name.At.Format(time.RFC3339), rev.Date())
	case name.At.After(a.opts.Now.Add(c.Timing.ClockSkew.Wall())):
		return fmt.Sprintf("says %s, which lies in the future", name.At.Format(time.RFC3339))
	}
	return ""
}

// whoseCommit is an author under one configuration.
type whoseCommit struct {
	config plumbing.Hash // of its blob; zero for none
	author git.Author
}

// mayWrite reports whether the author of a commit may write as by, under the
// configuration of a blob or the one that stands for it.
func (a *audit) mayWrite(ctx context.Context, by string, who whoseCommit, c *config.Config) (bool, error) {
	if c.WritesAs(a.writer(who, c), by) {
		return true, nil
	}
	// Seldom is anybody here who did not forge: only now is git asked for the
	// address that .mailmap gives.
	mapped, known := a.mailmap[who.author]
	if !known {
		var err error
		if mapped, err = a.Mailmapped(ctx, who.author); err != nil {
			return false, err
		}
		a.mailmap[who.author] = mapped
	}
	return mapped != who.author && c.WritesAs(c.Writer(mapped.Name, mapped.Email), by), nil
}

// writer returns whose handle an author has.
func (a *audit) writer(who whoseCommit, c *config.Config) config.Writer {
	w, known := a.writers[who]
	if !known {
		w = c.Writer(who.author.Name, who.author.Email)
		a.writers[who] = w
	}
	return w
}

// judgeAuthor compares who a record says it is by with the author of its
// commit, under the roster of that commit, and returns what is wrong, "" for
// nothing. byRoster is set when it is only by a roster that the mainline does
// not have that the author is who they say.
func (a *audit) judgeAuthor(ctx context.Context, commit judgedCommit, by string, c *config.Config) (wrong string, byRoster bool, err error) {
	who := whoseCommit{commit.config, a.history.Authors[a.history.At(commit.pos).Author]}
	ok, err := a.mayWrite(ctx, by, who, c)
	if err != nil {
		return "", false, err
	}
	if !ok {
		w := a.writer(who, c)
		whose := "is " + w.Handle
		if !w.Known {
			whose = "is not in the roster"
			if len(c.People) == 0 {
				whose = "would be " + w.Handle
			}
		}
		return "by " + by + ", but the author of the commit " + whose, false, nil
	}
	if main := a.opts.Config; !a.mainConfigs[commit.config] && len(main.People[by].Emails) > 0 {
		ok, err = a.mayWrite(ctx, by, whoseCommit{author: who.author}, main)
		if err == nil && !ok {
			return "by " + by + ", but the address of the commit's author is theirs only in the configuration of this branch", true, nil
		}
	}
	return "", false, err
}

// configOf returns the configuration that a blob holds, or the one that stands
// for it when there is none, or none that can be read.
func (a *audit) configOf(blob plumbing.Hash) (*config.Config, error) {
	if blob.IsZero() {
		return a.opts.Config, nil
	}
	c, err := a.readConfigBlob(blob)
	if c == nil {
		return a.opts.Config, err
	}
	return c, err
}

// readConfigBlob parses a configuration; nil is one that cannot be read.
func (a *audit) readConfigBlob(blob plumbing.Hash) (*config.Config, error) {
	if c, ok := a.configs[blob]; ok {
		return c, nil
	}
	data, err := a.Read(blob.String(), handoff.MaxSize)
	if err != nil && !odb.IsUnreadable(err) {
		return nil, err
	}
	c, findings := config.Parse(data)
	if handoff.HasErrors(findings) {
		c = nil
	}
	a.configs[blob] = c
	return c, nil
}

// judgeConfig notes a change of the configuration, which says who counts, and
// what. That a team begins to have one is no change; that it has one again after
// it was removed is.
func (a *audit) judgeConfig(rev *git.Revision, c odb.TreeChange) error {
	a.mark.noteStep(c)
	if c.Old.IsNone() && !a.mark.Unconfigured || c.Old.Hash == c.New.Hash {
		return nil
	}
	before, after := config.Default(), config.Default()
	var err error
	if !c.Old.IsNone() {
		if before, err = a.readConfigBlob(c.Old.Hash); err != nil {
			return err
		}
	}
	if !c.New.IsNone() {
		if after, err = a.readConfigBlob(c.New.Hash); err != nil {
			return err
		}
	}
	a.mark.Unconfigured = a.mark.Unconfigured || c.New.IsNone()
	sections := []string{"unreadable"}
	if before != nil && after != nil {
		sections = config.Changes(before, after)
	}
	if len(sections) > 0 {
		a.mark.Configs = append(a.mark.Configs, ConfigChange{
			Path: c.Path, Sections: sections, Commit: rev.Hash.String(),
			Author: a.history.Authors[rev.Author].String(), At: rev.Date(),
		})
	}
	return nil
}

// judgeMerge judges a commit with several parents. Every parent has records
// that the others lack, so additions are nothing; but what any parent had must
// be there unchanged.
func (a *audit) judgeMerge(ctx context.Context, commit judgedCommit) error {
	parents := commit.parents
	differs := map[string]int{} // from how many parents a path differs
	for _, changes := range parents {
		for _, c := range changes {
			differs[c.Path]++
		}
	}
	judged := map[string]bool{}
	for i, changes := range parents {
		for _, c := range changes {
			if _, isRecord := store.ParseRecordName(a.opts.Dir, c.Path); isRecord && !c.Old.IsNone() && !judged[c.Path] {
				judged[c.Path] = true
				a.judgeMerged(a.history.At(commit.pos), i, c, differs[c.Path] == len(parents))
			}
		}
	}
	if err := a.judgeMergedConfig(commit, differs); err != nil {
		return err
	}
	var own []odb.TreeChange // the merge's own work, taken from no parent
	for _, c := range parents[0] {
		if differs[c.Path] == len(parents) && !judged[c.Path] {
			own = append(own, c)
		}
	}
	return a.judgeCommit(ctx, commit, own)
}

// judgeMergedConfig looks whether a merge that takes the configuration of one
// parent drops what another one had made of it: what led to the one that is taken
// was said of the commits that did it, this was not.
func (a *audit) judgeMergedConfig(commit judgedCommit, differs map[string]int) error {
	name, said := path.Join(a.opts.Dir, configName), false
	for _, changes := range commit.parents {
		for _, c := range changes {
			if c.Path != name || c.Old.IsNone() {
				continue
			}
			if !said && differs[name] < len(commit.parents) && !a.mark.ledTo(c.Old.Hash.String(), c.New.Hash.String()) {
				said = true
				if err := a.judgeConfig(a.history.At(commit.pos), c); err != nil {
					return err
				}
			}
			a.mark.noteStep(c)
		}
	}
	return nil
}

// judgeMerged judges a record that a merge does not have as its nth parent had
// it. When the other side has changed the record, that has been reported with
// the commit that did it.
func (a *audit) judgeMerged(rev *git.Revision, n int, c odb.TreeChange, fromNone bool) {
	_, reported := a.mark.Touched[c.Path]
	if reported && !fromNone {
		return
	}
	a.touch(c)
	message := "replaced by a merge: one side had other content"
	if c.New.IsNone() {
		message = "dropped by a merge: one side had it"
	}
	a.found(rev, KindReplaced, "HO902", c.Path, message)
	a.mark.Findings[len(a.mark.Findings)-1].Fix = bringsBack(fmt.Sprintf("%s^%d", rev.Hash, n+1), c.Path)
}
