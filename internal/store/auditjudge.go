package store

import (
	"context"
	"fmt"
	"path"
	"reflect"
	"slices"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	teamconfig "github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// judgedCommit is a commit, by its place in the history, and what it changed.
type judgedCommit struct {
	place int32
	*revisionChanges
}

// judgeCommits looks at what each new commit changed, parents first.
func (a *audit) judgeCommits(ctx context.Context) error {
	return a.eachChange(ctx, a.blocks, a.history, a.opts.Dir, a.opts.Progress, func(place int32, changes *revisionChanges) error {
		if changes.err != nil {
			a.found(a.history.at(place), AuditUnreadable, "HO903", handoff.LevelError, "", "what it changed cannot be read: "+changes.err.Error())
			return nil
		}
		switch c := (judgedCommit{place, changes}); len(changes.parents) {
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
func (a *audit) judgeCommit(ctx context.Context, commit judgedCommit, changes []treeChange) error {
	rev := a.history.at(commit.place)
	moved := a.moves(changes)
	for _, c := range changes {
		if c.path == path.Join(a.opts.Dir, configName) {
			if err := a.judgeConfig(rev, c); err != nil {
				return err
			}
		}
		name, isRecord := parseRecordName(a.opts.Dir, c.path)
		if !isRecord {
			continue
		}
		switch {
		case moved[c.path] != "" && c.new.isNone():
			a.touch(c)
			a.found(rev, AuditRenamed, "HO902", handoff.LevelError, c.path, "renamed to "+moved[c.path])
		case moved[c.path] != "": // said with the old name
		case c.old.isNone():
			if err := a.judgeAddition(ctx, commit, name, c); err != nil {
				return err
			}
		default:
			a.judgeAlteration(rev, c)
		}
	}
	return nil
}

// moves pairs the paths of records that a commit renamed: one is gone and
// another has its content, or its id. Both paths are keys.
func (a *audit) moves(changes []treeChange) map[string]string {
	gone := map[string]string{} // content or id → path
	for _, c := range changes {
		if !c.new.isNone() {
			continue
		}
		if name, ok := parseRecordName(a.opts.Dir, c.path); ok {
			gone[c.old.hash.String()], gone[name.ID] = c.path, c.path
		}
	}
	if len(gone) == 0 {
		return nil
	}
	moved := map[string]string{}
	for _, c := range changes {
		if !c.old.isNone() {
			continue
		}
		from := gone[c.new.hash.String()]
		if name, ok := parseRecordName(a.opts.Dir, c.path); ok && from == "" {
			from = gone[name.ID]
		}
		if from != "" {
			moved[from], moved[c.path] = c.path, from
		}
	}
	return moved
}

// touch notes that a record is not what it was at first.
func (a *audit) touch(c treeChange) {
	a.changed = true
	if _, known := a.mark.Touched[c.path]; !known {
		a.mark.Touched[c.path] = c.old.String()
	}
}

// String writes the state of a file as a mark holds it.
func (s fileState) String() string { return fmt.Sprintf("%06o %s", uint32(s.mode), s.hash) }

// judgeAlteration judges a record that a commit changed or removed.
func (a *audit) judgeAlteration(rev *revision, c treeChange) {
	first, before := a.mark.Touched[c.path]
	a.touch(c)
	kind, message := AuditEdited, "edited: a record is never changed"
	switch {
	case c.new.isNone():
		kind, message = AuditDeleted, "deleted: a record is never removed"
	case before && c.new.String() == first:
		kind, message = AuditRestored, "has its first content again, after it was changed"
	case c.old.hash == c.new.hash:
		kind, message = AuditMode, fmt.Sprintf("mode %06o became %06o", uint32(c.old.mode), uint32(c.new.mode))
	}
	a.found(rev, kind, "HO902", handoff.LevelError, c.path, message)
}

// judgeAddition judges a record that a commit added.
func (a *audit) judgeAddition(ctx context.Context, commit judgedCommit, name handoff.FileName, c treeChange) error {
	rev := a.history.at(commit.place)
	if first, gone := a.mark.Touched[c.path]; gone {
		kind, message := AuditEdited, "came back with other content after it was removed"
		if c.new.String() == first {
			kind, message = AuditRestored, "has its first content again, after it was removed"
		}
		a.changed = true
		a.found(rev, kind, "HO902", handoff.LevelError, c.path, message)
		return nil
	}
	a.mark.Records++
	if n := len(a.added); a.opts.Signed && (n == 0 || a.added[n-1].place != commit.place) {
		a.added = append(a.added, commit)
	}
	if name.Kind == handoff.KindAck {
		a.acks = append(a.acks, a.names.intern(name))
	}
	roster, err := a.configOf(commit.config)
	if err != nil {
		return err
	}
	a.judgeDate(rev, name, c.path, roster)
	return a.judgeAuthor(ctx, rev, name, c.path, whoseCommit{commit.config, a.history.authors[rev.author]}, roster)
}

// judgeDate compares the time of a record with that of its commit.
func (a *audit) judgeDate(rev *revision, name handoff.FileName, path string, c *teamconfig.Config) {
	apart := name.At.Sub(time.Unix(rev.when, 0))
	switch limit := c.Timing.Backdate.Wall(); {
	case apart.Abs() > limit:
		a.found(rev, AuditBackdated, "HO905", handoff.LevelWarning, path,
			fmt.Sprintf("says %s, and was committed at %s", name.At.Format(time.RFC3339), rev.date()))
	case name.At.After(a.opts.Now.Add(c.Timing.ClockSkew.Wall())):
		a.found(rev, AuditBackdated, "HO905", handoff.LevelWarning, path,
			fmt.Sprintf("says %s, which lies in the future", name.At.Format(time.RFC3339)))
	}
}

// whoseCommit is an author under one configuration.
type whoseCommit struct {
	config plumbing.Hash
	author author
}

// handleAnswer is whose handle an author has. certain is false for one that was
// made of the address, because the roster does not have it.
type handleAnswer struct {
	handle  string
	certain bool
}

// judgeAuthor compares who a record says it is by with the author of its
// commit, under the roster of that commit.
func (a *audit) judgeAuthor(ctx context.Context, rev *revision, name handoff.FileName, path string, who whoseCommit, c *teamconfig.Config) error {
	answer, known := a.handles[who]
	if !known {
		answer = whoIs(c, who.author)
		a.handles[who] = answer
	}
	if answer.claims(name.By, c) {
		return nil
	}
	// Seldom is anybody here who did not forge: only now is git asked for the
	// address that .mailmap gives.
	mapped, known := a.mailmap[who.author]
	if !known {
		var err error
		if mapped, err = a.mailmapped(ctx, who.author); err != nil {
			return err
		}
		a.mailmap[who.author] = mapped
	}
	if mapped != who.author && whoIs(c, mapped).claims(name.By, c) {
		return nil
	}
	whose := "is " + answer.handle
	if !answer.certain {
		whose = "is not in the roster"
		if len(c.People) == 0 {
			whose = "would be " + answer.handle
		}
	}
	a.found(rev, AuditIdentity, "HO904", handoff.LevelWarning, path, "by "+name.By+", but the author of the commit "+whose)
	return nil
}

// whoIs returns the handle of an author.
func whoIs(c *teamconfig.Config, who author) handleAnswer {
	if handle, ok := c.Handle(who.name, who.email); ok {
		return handleAnswer{handle, true}
	}
	return handleAnswer{teamconfig.HandleFrom(who.email), false}
}

// claims reports whether the author may write as by. An address that only
// resembles somebody's is not theirs when the roster has their addresses.
func (h handleAnswer) claims(by string, c *teamconfig.Config) bool {
	return h.handle == by && (h.certain || len(c.People[by].Emails) == 0)
}

// configOf returns the configuration that a blob holds, or the one that stands
// for it when there is none, or none that can be read.
func (a *audit) configOf(blob plumbing.Hash) (*teamconfig.Config, error) {
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
func (a *audit) readConfigBlob(blob plumbing.Hash) (*teamconfig.Config, error) {
	if c, ok := a.configs[blob]; ok {
		return c, nil
	}
	data, err := a.Read(blob.String(), handoff.MaxSize)
	if err != nil && !isUnreadable(err) {
		return nil, err
	}
	c, findings := teamconfig.Parse(data)
	if handoff.HasErrors(findings) {
		c = nil
	}
	a.configs[blob] = c
	return c, nil
}

// judgeConfig notes a change of the sections of the configuration on which
// trust depends. That a team begins to have one is no change.
func (a *audit) judgeConfig(rev *revision, c treeChange) error {
	if c.old.isNone() || c.old.hash == c.new.hash {
		return nil
	}
	before, err := a.readConfigBlob(c.old.hash)
	if err != nil {
		return err
	}
	after := teamconfig.Default()
	if !c.new.isNone() {
		if after, err = a.readConfigBlob(c.new.hash); err != nil {
			return err
		}
	}
	if sections := changedSections(before, after); len(sections) > 0 {
		a.mark.Configs = append(a.mark.Configs, ConfigChange{
			Path: c.path, Sections: sections, Commit: rev.hash.String(),
			Author: a.history.authors[rev.author].String(), At: rev.date(),
		})
	}
	return nil
}

// changedSections names the sections in which two configurations differ.
func changedSections(before, after *teamconfig.Config) []string {
	if before == nil || after == nil {
		return []string{"unreadable"}
	}
	var names []string
	for _, section := range []struct {
		name          string
		before, after any
	}{
		{"people", before.People, after.People},
		{"authority", before.Authorities, after.Authorities},
		{"rules", before.Rules, after.Rules},
	} {
		if !reflect.DeepEqual(section.before, section.after) {
			names = append(names, section.name)
		}
	}
	return names
}

// judgeMerge judges a commit with several parents. Every parent has records
// that the others lack, so additions are nothing; but what any parent had must
// be there unchanged.
func (a *audit) judgeMerge(ctx context.Context, commit judgedCommit) error {
	parents := commit.parents
	differs := map[string]int{} // from how many parents a path differs
	for _, changes := range parents {
		for _, c := range changes {
			differs[c.path]++
		}
	}
	judged := map[string]bool{}
	for _, c := range slices.Concat(parents...) {
		if _, isRecord := parseRecordName(a.opts.Dir, c.path); isRecord && !c.old.isNone() && !judged[c.path] {
			judged[c.path] = true
			a.judgeMerged(a.history.at(commit.place), c, differs[c.path] == len(parents))
		}
	}
	var own []treeChange // the merge's own work, taken from no parent
	for _, c := range parents[0] {
		if differs[c.path] == len(parents) && !judged[c.path] {
			own = append(own, c)
		}
	}
	return a.judgeCommit(ctx, commit, own)
}

// judgeMerged judges a record that a merge does not have as one of the parents
// had it. When the other side has changed the record, that has been reported
// with the commit that did it.
func (a *audit) judgeMerged(rev *revision, c treeChange, fromNone bool) {
	_, reported := a.mark.Touched[c.path]
	if reported && !fromNone {
		return
	}
	a.touch(c)
	message := "replaced by a merge: one side had other content"
	if c.new.isNone() {
		message = "dropped by a merge: one side had it"
	}
	a.found(rev, AuditReplaced, "HO902", handoff.LevelError, c.path, message)
}
