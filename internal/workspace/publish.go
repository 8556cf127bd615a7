package workspace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/handoff-cli/handoff/internal/story"
	"github.com/handoff-cli/handoff/internal/text"
)

// NewID draws an id that no known record has.
func (ws *Workspace) NewID() string {
	for {
		id := ws.DrawID()
		known, err := ws.Recall(fold.Part{Refs: []string{id}})
		if err != nil || known.Records[id] == nil {
			return id // a repository that cannot be read cannot be written either
		}
	}
}

// NewRecord returns a record by the user, now. The time is the author date of
// the commit to come, so that GIT_AUTHOR_DATE is honoured as git does.
func (ws *Workspace) NewRecord(body handoff.Body) *handoff.Record {
	return ws.saying(handoff.New(ws.NewID(), ws.Author.When, ws.Me, body))[0]
}

// saying notes on records where their author has said them, and what has prepared them.
func (ws *Workspace) saying(records ...*handoff.Record) []*handoff.Record {
	for _, r := range records {
		r.Agent, r.Said = ws.Agent, ws.Elsewhere
	}
	return records
}

// Judge checks records against the rules and then, as the rules say it better,
// against the fold: what it could not use where it stands must not be published.
func (ws *Workspace) Judge(sealed []*handoff.Sealed) []handoff.Finding {
	return ws.checkOn(rules.Part(handoff.Records(sealed)...), func() []handoff.Finding {
		c := ws.RuleContext()
		var findings []handoff.Finding
		for _, s := range sealed {
			findings = append(findings, rules.CheckSealed(s, c)...)
		}
		return ws.placed(sealed, findings)
	})
}

// checkOn checks on the part of the state that it takes, and what is wrong once
// more with the names of everything, so that a finding can say which one was
// probably meant.
func (ws *Workspace) checkOn(part fold.Part, check func() []handoff.Finding) []handoff.Finding {
	err := ws.Need(part)
	findings := check()
	if err != nil || handoff.HasErrors(findings) {
		if err = ws.Need(fold.Part{Names: true}); err == nil {
			findings = check()
		}
	}
	return findings
}

// placed adds to what the rules found the problems that records would have on
// top of all others. Those that are wrong in themselves are not folded.
func (ws *Workspace) placed(sealed []*handoff.Sealed, findings []handoff.Finding) []handoff.Finding {
	if handoff.HasErrors(findings) {
		return findings
	}
	problems, err := ws.problems(handoff.Records(sealed))
	if err != nil {
		return append(findings, notFolded(err))
	}
	for _, p := range problems {
		findings = append(findings, handoff.Finding{Code: p.Code, Level: handoff.LevelError, Record: p.Record, Message: p.Message, Fix: cmp.Or(p.Fix, "handoff show tells how it stands now")})
	}
	return findings
}

// ChangeOf is the commit of records as they were judged, the first of which names
// it.
func (ws *Workspace) ChangeOf(sealed []*handoff.Sealed, detachOK bool) store.Change {
	change := store.Change{
		Message: commitMessage(handoff.Records(sealed), ws.TeamConfig.Commit),
		Author:  ws.Author, Committer: ws.Committer, Branch: ws.Branch(), DetachOK: detachOK,
	}
	for _, s := range sealed {
		change.Files = append(change.Files, store.NewFile{Path: path.Join(ws.RecordDir, s.Record.Name()), Data: s.Data})
	}
	return change
}

// Commit appends a change to the branch of records and, where that is asked for
// or the branch is new everywhere, pushes it.
func (ws *Workspace) Commit(ctx context.Context, change store.Change, push bool) (commit git.Commit, pushed bool, err error) {
	if push {
		if err := MustBeOnBranch(ws.CanPush(change.Branch)); err != nil {
			return commit, false, err
		}
	}
	begun := false
	if change.Branch != "" {
		if begun, err = ws.Begin(ctx, change.Branch); err != nil {
			return commit, false, fmt.Errorf("branch %s: its first commit looks at the remote first: %w", change.Branch, err)
		}
	}
	if ws.TeamConfig.Commit.Hooks {
		if change.Message, err = ws.RunHooks(ctx, change); err != nil {
			return commit, false, err
		}
	}
	commit, err = ws.Append(ctx, change)
	if _, failed := AfterCommit(err); failed != nil || !push && !begun {
		return commit, false, err
	}
	commit, pushErr := ws.PushCommit(ctx, change.Branch, commit)
	_, failed := AfterCommit(pushErr)
	return commit, failed == nil, errors.Join(err, pushErr)
}

// Unfinished marks the error of something that was done after a commit.
func Unfinished(err error) error {
	if err == nil {
		return nil
	}
	return &store.UnfinishedError{Err: err}
}

// AfterCommit parts an error into what only followed a commit that stands, as
// warnings, and the rest.
func AfterCommit(err error) (warnings []handoff.Finding, rest error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			more, failed := AfterCommit(err)
			warnings, rest = append(warnings, more...), errors.Join(rest, failed)
		}
		return warnings, rest
	}
	if late := new(store.UnfinishedError); errors.As(err, &late) {
		return []handoff.Finding{{Level: handoff.LevelWarning, Message: late.Error(), Fix: "the next handoff command repairs what it can"}}, nil
	}
	return nil, err
}

// Branch is the branch that records go to: "" for the one that is checked out.
func (ws *Workspace) Branch() string {
	if b := ws.TeamConfig.Store.Branch; b != config.BranchCurrent {
		return b
	}
	return ""
}

// commitMessage is made of counts and handles only: free text in a subject has
// effects elsewhere ("fixes #12", "[skip ci]").
func commitMessage(records []*handoff.Record, c config.Commit) string {
	var b strings.Builder
	b.WriteString(subject(records[0], c.Subject))
	if c.SkipCI {
		b.WriteString(" [skip ci]")
	}
	b.WriteString("\n\n")
	for _, r := range records {
		fmt.Fprintf(&b, "Handoff-Id: %s\nHandoff-Kind: %s\n", r.ID, r.Kind)
	}
	if agent := records[0].Agent; agent != nil {
		fmt.Fprintf(&b, "Assisted-by: %s\n", text.JoinNonEmpty(":", agent.Name, agent.Model))
	}
	return b.String()
}

// HoldsRecords reports whether a commit has a message that commitMessage made.
func HoldsRecords(c git.CommitInfo) bool { return strings.Contains(c.Message, "\nHandoff-Id: ") }

// subject fills in the form that the configuration gives to subjects.
func subject(r *handoff.Record, form string) string {
	if form == "" {
		return fmt.Sprintf("%s: %s", r.Kind, story.Headline(r))
	}
	to, counts := "", ""
	switch body := r.Body.(type) {
	case *handoff.Handoff:
		to, counts = strings.Join(body.To, ", "), story.HandoffCounts(body)
	case *handoff.Ack:
		counts = text.Count(len(body.Take), "item")
	case *handoff.Question:
		to = body.To
	case *handoff.Escalation:
		to = body.To
	case *handoff.Assignment:
		to = body.To
	case *handoff.Route:
		to = body.To
	}
	filled := strings.NewReplacer("{kind}", string(r.Kind), "{by}", r.By, "{to}", to, "{counts}", counts).Replace(form)
	return strings.Join(strings.Fields(filled), " ")
}

// ShortRef is a ref as people say it: main, origin/main, HEAD.
func ShortRef(ref string) string {
	for _, prefix := range []string{"refs/heads/", "refs/remotes/"} {
		if short, ok := strings.CutPrefix(ref, prefix); ok {
			return short
		}
	}
	return ref
}

// notFolded says that records cannot be seen among all others.
func notFolded(err error) handoff.Finding {
	return handoff.Finding{Code: "HO320", Level: handoff.LevelError, Message: err.Error()}
}

// unpushedError says that records are committed here and did not reach the
// remote.
type unpushedError struct {
	commit string
	err    error
}

func (e *unpushedError) Error() string {
	return fmt.Sprintf("committed here as %s, but not pushed: %v", e.commit[:7], e.err)
}
func (e *unpushedError) Unwrap() error { return e.err }

// Unpushed is an error that came after a commit, and before it was pushed.
func Unpushed(commit git.Commit, err error) error { return &unpushedError{commit.Hash, err} }

// Committed reports whether the records are in a commit, pushed or not.
func Committed(err error) bool {
	_, unpushed := errors.AsType[*unpushedError](err)
	return err == nil || unpushed
}

// MustBeOnBranch says what a detached HEAD means to those who push.
func MustBeOnBranch(err error) error {
	if _, detached := errors.AsType[*git.DetachedError](err); detached {
		return Usagef("git switch BRANCH first", "%v, so there is no branch to push", err)
	}
	return err
}

// PushCommit pushes the branch that got a commit and returns where the commit is
// afterwards: it was made anew if others had pushed first.
func (ws *Workspace) PushCommit(ctx context.Context, branch string, commit git.Commit) (git.Commit, error) {
	pushed, err := ws.Push(ctx, branch, ws.RecordDir)
	if _, err := AfterCommit(err); err != nil {
		return commit, Unpushed(commit, err)
	}
	ws.Note("%s", PushedWords(pushed))
	found, findErr := ws.Find(ctx, commit)
	if findErr == nil {
		commit = found
	}
	return commit, errors.Join(err, Unfinished(findErr))
}

// PushedWords is what a push did.
func PushedWords(p store.Pushed) string {
	s := "pushed to " + p.Remote + "/" + ShortRef(p.Ref)
	if p.Sent > 0 {
		s = "pushed " + text.Count(p.Sent, "commit") + " to " + p.Remote + "/" + ShortRef(p.Ref)
	}
	if p.Carried > 0 {
		s += fmt.Sprintf(", %d of them more than records", p.Carried)
	}
	if p.Replayed > 0 {
		s += fmt.Sprintf("; %s put on top of what others had pushed", text.Count(p.Replayed, "commit"))
	}
	return s
}
