package audit

import (
	"context"
	"errors"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/handoff-cli/handoff/internal/text"
)

// Options says what an audit looks at.
type Options struct {
	Dir    string    // of the records
	Refs   []git.Ref // the tips whose history is audited
	Main   []git.Ref // those that review leads to, audited as well; see [git.Repo.Mainline]
	Now    time.Time
	Signed bool // every record must be in a commit that its author has signed
	Acks   bool // every ack must, or a service must vouch for it

	// Config is the configuration of the default branch. It stands for that of
	// commits that have none, as those of a branch that holds nothing but
	// records, and what another branch says against it is not believed.
	Config *config.Config

	// Progress, unless nil, is told now and then how many of the commits have
	// been looked at. It may be called from several goroutines.
	Progress func(done, total int)
}

// Kind says what happened to a record.
type Kind string

// The kinds of findings of an audit.
const (
	KindEdited     Kind = "edited"
	KindDeleted    Kind = "deleted"
	KindRenamed    Kind = "renamed"
	KindMode       Kind = "mode"       // the mode of the file was changed
	KindReplaced   Kind = "replaced"   // by a merge that took neither side, or dropped one
	KindRestored   Kind = "restored"   // has the first content again
	KindIdentity   Kind = "identity"   // `by` is not the author of the commit
	KindBackdated  Kind = "backdated"  // `at` is not the time of the commit
	KindUnsigned   Kind = "unsigned"   // no good signature
	KindSigner     Kind = "signer"     // signed by somebody else
	KindDuplicated Kind = "duplicated" // one id, two records
	KindDigest     Kind = "digest"     // an ack was given to other bytes
	KindRewritten  Kind = "rewritten"  // commits of the mainline that were verified are gone
	KindLost       Kind = "lost"       // no ref has a record any more
	KindSaid       Kind = "said"       // a record that its author has said elsewhere, on the word of a service: a note
	KindUnproven   Kind = "unproven"   // a verdict in a squash merge, which nobody here saw before: a note
)

// LevelNote is the level of what an audit notes, and does not count.
const LevelNote handoff.Level = "note"

// Finding is something that an audit found, and in which commit.
type Finding struct {
	handoff.Finding
	Kind   Kind     `json:"kind"`
	Commit string   `json:"commit,omitempty"` // 40 hex digits
	Author string   `json:"author,omitempty"` // of the commit: "Name <email>"
	At     string   `json:"at,omitempty"`     // the author date, RFC 3339 in UTC
	Lost   []string `json:"lost,omitempty"`   // ids of the records that went with history that was rewritten

	// Gone says that the commit is no longer part of history. Such findings are
	// reported only while they tell of the mainline, with Main.
	Gone bool `json:"gone,omitempty"`
	Main bool `json:"main,omitempty"`
}

// ConfigChange is a commit that changed who counts, or what counts. That is
// how a team works; an audit reports it because its other findings depend on it.
type ConfigChange struct {
	Path     string   `json:"path"`
	Sections []string `json:"sections"` // as [config.Changes] names them; or "unreadable"
	Commit   string   `json:"commit"`
	Author   string   `json:"author"`
	At       string   `json:"at"`
	Gone     bool     `json:"gone,omitempty"` // the commit is no longer part of history; never in a report
}

// Report is the result of an audit.
type Report struct {
	Commits  int // audited so far, by this audit and those before
	Records  int // of them added
	New      int // commits that this audit was the first to look at
	Findings []Finding
	Notes    []Finding // what is no finding and should be known
	Configs  []ConfigChange
	Said     []Said // of those, what its author has said elsewhere
	Acks     AckProof
	Agents   map[string]int // that prepared records, by name, and how many
	Unseen   []string       // what an audit could not look at here, one sentence each
}

// Run looks at every commit that changed something below a directory of
// records and reports what a record, written once and never changed, must not
// have seen: see [Kind]. Merges are compared with all their parents.
// Replace refs and grafts have no effect.
//
// What was audited is remembered in the git directory, so that the next audit
// looks at new commits only and notices when the old ones are gone. Where the
// git directory cannot be written nothing is remembered.
func Run(ctx context.Context, r *store.Repo, o Options) (Report, error) {
	// Nearly all that is alive in a long history has no pointers: collecting
	// more often costs little, and saves a quarter of the memory.
	defer debug.SetGCPercent(debug.SetGCPercent(auditGCPercent))
	a := newAudit(r, auditPath(r), o)
	if err := a.begin(); err != nil {
		return Report{}, err
	}
	a.listens = true
	a.loadHeard()
	tracking, err := a.ListRefs("refs/remotes/")
	if err != nil {
		return Report{}, err
	}
	a.setRemotes(tracking)
	if !a.mark.covers(a.tips, a.main, a.remotes) {
		if err := a.run(ctx, a.walk, a.judgeCommits, a.judgeSaid, a.judgeSignatures, a.endCommits, a.forgetGone, a.resolveDoubts,
			a.judgeUnion, a.judgeLost, a.judgeMainline, a.remember); err != nil {
			return Report{}, err
		}
	}
	if len(a.mark.Agents) > 0 && !a.mark.looksAt(handoff.KindAck) {
		return a.lookAtAcks(ctx)
	}
	a.rememberSaid()
	return a.report(), nil
}

// newAudit prepares an audit whose mark is at a path.
func newAudit(r *store.Repo, path string, o Options) *audit {
	return &audit{
		Repo: r, opts: o, path: path, blocks: odb.NewBlockCache(odb.MaxWalkedBase),
		configs: map[plumbing.Hash]*config.Config{}, mainConfigs: map[plumbing.Hash]bool{},
		writers: map[whoseCommit]config.Writer{}, mailmap: map[git.Author]git.Author{},
		names: newRecordNames(o.Dir),
	}
}

// run takes the steps of an audit.
func (a *audit) run(ctx context.Context, steps ...func(context.Context) error) error {
	for _, step := range steps {
		if err := step(ctx); err != nil {
			if missing, ok := errors.AsType[*odb.MissingError](err); ok {
				missing.WayOut = "git fetch --refetch --no-filter " + text.ShellArgument(missing.Remote) + " fetches all of history, which this looks at"
			}
			return err
		}
	}
	return nil
}

// setRemotes notes the commits of remote-tracking branches.
func (a *audit) setRemotes(tracking []git.Ref) {
	for _, ref := range tracking {
		a.remotes = append(a.remotes, ref.Hash)
	}
	slices.Sort(a.remotes)
	a.remotes = slices.Compact(a.remotes)
}

// auditGCPercent is by how much the memory may grow before it is collected.
const auditGCPercent = 50

// audit is one run.
type audit struct {
	*store.Repo
	opts      Options
	path      string                   // of the mark
	refs      []git.Ref                // that are audited: the mainline first
	tips      map[string]plumbing.Hash // by name; of several at one commit only one is here
	main      map[string]plumbing.Hash // the mainline, by name
	remotes   []string                 // the commits of remote-tracking branches, sorted
	mark      *auditMark               // what is known, and what this run adds
	fresh     bool                     // there was no mark to go on from
	forgetful bool                     // there is one that cannot be read, and is left alone
	before    int                      // how many commits the mark had
	verified  *auditMark               // the mark of an audit of all refs, for one of the mainline; may be nil
	unseen    []string
	blocks    *odb.BlockCache

	history     *git.History                     // the commits that are new; until endCommits
	merged      []bool                           // by position: whether the mainline reaches a commit
	configs     map[plumbing.Hash]*config.Config // by blob; nil for one that cannot be read
	mainConfigs map[plumbing.Hash]bool           // the blobs of those that the mainline has or had
	writers     map[whoseCommit]config.Writer
	mailmap     map[git.Author]git.Author // how .mailmap spells those that were looked up

	listens   bool // for what was said elsewhere
	additions []addition
	heard     map[string]bool // blobs of what was read again

	added   []judgedCommit // that added records of which the signature counts
	names   *recordNames
	acks    []recordName    // that were added
	seen    []plumbing.Hash // records of which some commit off the mainline says who wrote them, and when
	doubts  int             // how many doubts earlier audits have left
	changed bool            // a record that was there before is not what it was
	missing bool            // some tip of then is not part of new history; after endCommits
	all     *git.History    // all of history; once it was needed
	union   *recordUnion    // of all tips; after judgeUnion
}

// begin reads the mark.
func (a *audit) begin() error {
	a.setTips()
	edge, err := a.ShallowEdge()
	if err != nil {
		return err
	}
	if len(edge) > 0 {
		a.unseen = append(a.unseen, "this is a shallow clone: what lies before its "+text.Count(len(edge), "oldest commit")+" is not here; git fetch --unshallow brings it")
	}
	a.mark, err = loadMark(a.path, a.opts.Dir, sortedHashes(edge), a.opts.Signed)
	if err != nil {
		// What was verified before is there and out of reach: not a first time.
		a.forgetful = true
		a.unseen = append(a.unseen, "what earlier verifications remember cannot be read, so history that was rewritten since is not noticed: "+err.Error())
	}
	if a.mark == nil {
		a.fresh = !a.forgetful
		a.mark = newAuditMark(a.opts.Dir, sortedHashes(edge), a.opts.Signed)
	}
	if (a.opts.Acks || len(a.mark.Agents) > 0) && !a.mark.looksAt(handoff.KindAck) {
		a.mark.beginAnew(a.mark.Shallow, false)
		a.mark.Acks = true
	}
	a.before, a.doubts = a.mark.Commits, len(a.mark.Doubts)
	for _, blob := range a.mark.MainConfigs {
		a.mainConfigs[plumbing.NewHash(blob)] = true
	}
	return nil
}

// walk gathers the commits that are new.
func (a *audit) walk(ctx context.Context) (err error) {
	if a.history, err = a.WalkHistory(ctx, a.blocks, a.tipHashes(), a.mark.has); err != nil {
		return err
	}
	main := slices.Collect(maps.Values(a.main))
	a.history.MarkMainline(main)
	a.merged = a.history.ReachedFrom(main)
	return nil
}

// setTips notes the refs that are audited, the mainline first.
func (a *audit) setTips() {
	a.tips, a.main = map[string]plumbing.Hash{}, map[string]plumbing.Hash{}
	for _, ref := range a.opts.Main {
		a.main[ref.Name] = plumbing.NewHash(ref.Hash)
	}
	a.refs, a.unseen = git.Distinct(slices.Concat(a.opts.Main, a.opts.Refs)), nil
	for _, ref := range a.refs {
		if ref.Err != nil {
			a.unseen = append(a.unseen, ref.Name+" cannot be read: "+ref.Err.Error())
			continue
		}
		a.tips[ref.Name] = plumbing.NewHash(ref.Hash)
	}
}

// tipHashes are the commits of the refs, in their order.
func (a *audit) tipHashes() []plumbing.Hash {
	tips := make([]plumbing.Hash, 0, len(a.refs))
	for _, ref := range a.refs {
		if ref.Err == nil {
			tips = append(tips, plumbing.NewHash(ref.Hash))
		}
	}
	return tips
}

// report puts together what earlier runs and this one found.
func (a *audit) report() Report {
	proven := a.proven()
	report := Report{
		Commits: a.mark.Commits, Records: a.mark.Records,
		New: a.mark.Commits - a.before, Findings: a.mark.findings(a.opts, proven), Notes: a.mark.notes(),
		Configs: a.mark.configs(), Said: a.mark.unheard(proven), Unseen: a.unseen,
		Acks: a.ackProof(proven), Agents: a.mark.Agents,
	}
	for _, s := range report.Said {
		report.Notes = append(report.Notes, s.Finding)
	}
	for _, lost := range a.mark.Lost {
		report.Findings = append(report.Findings, a.lostFinding(lost))
	}
	if a.fresh {
		report.Unseen = append(report.Unseen, "this is the first verification in this clone: history that was rewritten before cannot be noticed")
	}
	return report
}

// found notes an error in what a commit did to a record.
func (a *audit) found(rev *git.Revision, kind Kind, code, path, message string) {
	a.mark.Findings = append(a.mark.Findings, a.finding(rev, kind, code, handoff.LevelError, path, message))
}

// finding is what a commit, nil for none, did to a record.
func (a *audit) finding(rev *git.Revision, kind Kind, code string, level handoff.Level, path, message string) Finding {
	f := Finding{Kind: kind, Finding: handoff.Finding{Code: code, Level: level, Path: path, Message: message}}
	if name, ok := store.ParseRecordName(a.opts.Dir, path); ok {
		f.Record = name.ID
	}
	if rev != nil {
		f.Commit, f.Author, f.At = rev.Hash.String(), a.history.Authors[rev.Author].String(), rev.Date()
	}
	return f
}
