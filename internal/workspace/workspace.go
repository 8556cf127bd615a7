// Package workspace is what a command knows of the repository that it works in: who
// works there, what the team has configured, and the part of the state that is asked
// for. It judges what is about to be published, publishes it, and reads many
// repositories at once.
//
// It prints nothing and knows no flags: whoever opens a [Workspace] says in its
// [Options] where words go, and every command, report or agent can use it.
package workspace

import (
	"cmp"
	"context"
	"errors"
	"path"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/handoff-cli/handoff/internal/audit"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/index"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/sorting"
	"github.com/handoff-cli/handoff/internal/store"
)

// DefaultDir is where records live unless the git config handoff.dir names
// another directory.
const DefaultDir = ".handoffs"

// Workspace is what a command knows of the repository: who works here, the
// team's configuration and, once loaded, the state that the records add up to.
type Workspace struct {
	*store.Repo
	Options
	RecordDir    string // of the records, from the top of the repository
	HEAD         git.Head
	TeamConfig   *config.Config
	HasConfig    bool   // HEAD has a configuration, be it right or wrong
	Me           string // handle of the user, "" while only reading without an identity
	Author       git.Ident
	Committer    git.Ident
	MappedAuthor git.Ident // the author as .mailmap spells them
	Moment       time.Time

	Lost  bool       // something could not be read: records may be missing
	Set   *index.Set // every file that the refs hold; nil but for those who need it
	State *fold.View // of what they add up to, the part that was asked for; nil until Load

	ConfigFindings []handoff.Finding // what is wrong with the configuration

	RulesGit rules.Git                                          // answers the rules about a record that is to be published
	Index    *index.Index                                       // of the state
	Recall   query.Recall                                       // knows more of the state
	Whole    func() (*fold.State, error)                        // knows all of it
	problems func([]*handoff.Record) ([]handoff.Problem, error) // that records would have if they were published
	heard    func() map[string]bool                             // blobs of what was said elsewhere, and is proven
	unproven func() *audit.RecordIDs                            // the ids of the verdicts that nobody here saw given

	committers func() (map[string]config.Person, error) // who has committed to HEAD, by handle
	meant      map[string]string                        // whom the user means by a handle that they typed
}

// Options is how a workspace is opened. What is said goes to people.
type Options struct {
	Start     string         // where the repository is looked for
	Named     bool           // that is the repository, and nothing around it
	Environ   []string       // of the git that is asked
	As        string         // who works there, "" for who git says
	Agent     *handoff.Agent // what prepares what they write, nil for nothing that says so
	Elsewhere *handoff.Said  // where they have said what is written, nil for here
	Dated     bool           // somebody has said when the records are written

	Clock  func() time.Time
	DrawID func() string

	Tell    func(format string, args ...any)        // what is done on the way
	Note    func(format string, args ...any)        // what readers have to know
	Warn    func(format string, args ...any)        // what goes wrong without being an error
	Count   func(what string) func(done int)        // shows how many have been done; may return nil
	CountOf func(what string) func(done, total int) // likewise, out of how many
}

// Open finds the repository and reads the configuration. The user's
// identity is looked up, but its absence is an error only for those who write.
func Open(ctx context.Context, o Options) (*Workspace, error) {
	ws, err := Find(ctx, o)
	if err != nil {
		return nil, err
	}
	return ws, ws.enter(ctx)
}

// OpenAsItIs is [Open] without touching the repository: not even what an
// interrupted command left is put right.
func OpenAsItIs(ctx context.Context, o Options) (*Workspace, error) {
	repo, err := RepositoryOf(ctx, o)
	if err != nil {
		return nil, err
	}
	ws, err := workspaceOf(repo, o)
	if err != nil {
		return nil, err
	}
	return ws, ws.enter(ctx)
}

// RepositoryOf opens the repository, with the clock of the workspace.
func RepositoryOf(ctx context.Context, o Options) (*store.Repo, error) {
	open := store.Open
	if o.Named {
		open = store.OpenNamed
	}
	repo, err := open(ctx, o.Start, o.Environ)
	if err == nil {
		repo.Now = o.Clock
	}
	return repo, err
}

// Find finds the repository, and reads nothing of what it holds.
func Find(ctx context.Context, o Options) (*Workspace, error) {
	repo, err := RepositoryOf(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := repo.Recover(ctx); ctx.Err() != nil {
		return nil, context.Cause(ctx)
	} else if err != nil { // reading goes on; those who write get the error themselves
		o.Warn("warning: what a killed command has left is not repaired: %v", err)
	}
	ws, err := workspaceOf(repo, o)
	if err == nil {
		ws.unproven = sync.OnceValue(func() *audit.RecordIDs { return ws.findUnproven(ctx) })
	}
	return ws, err
}

// workspaceOf is the workspace of a repository, before anything is known of it.
func workspaceOf(repo *store.Repo, o Options) (*Workspace, error) {
	dir, err := RecordsDir(repo)
	if err != nil {
		return nil, err
	}
	ws := &Workspace{Repo: repo, Options: o, RecordDir: dir, Moment: o.Clock()}
	ws.heard = sync.OnceValue(func() map[string]bool { return audit.ProvenSaid(repo) })
	ws.HEAD, err = repo.Head()
	return ws, err
}

// RecordsDir is where the records of a repository are. The top of the work tree
// is no place for them: what is written there is not read again.
func RecordsDir(repo *store.Repo) (string, error) {
	values, err := repo.Config("handoff.dir")
	if err != nil || len(values) == 0 || values[len(values)-1] == "" {
		return DefaultDir, err
	}
	value := values[len(values)-1]
	dir := path.Clean(value)
	if dir == "." || !filepath.IsLocal(filepath.FromSlash(dir)) {
		return "", Usagef("git config handoff.dir NAME, or git config --unset-all handoff.dir", "handoff.dir %s: not a directory inside the repository", value)
	}
	return dir, nil
}

// enter reads the configuration and finds out who works there.
func (ws *Workspace) enter(ctx context.Context) error {
	ws.committers = sync.OnceValues(func() (map[string]config.Person, error) { return ws.findCommitters(ctx) })
	if err := ws.readConfig(ctx); err != nil {
		return err
	}
	if err := ws.Identify(ctx); err != nil {
		return err
	}
	ws.Tell("in %s as %s", ws.RepositoryDir(), cmp.Or(ws.Me, "nobody: git knows no identity"))
	return nil
}

// Identify finds the user's handle: the roster's for the git identity, else one
// made of the email's local part. The address is the one that .mailmap gives;
// where the roster has only the other one, it is that.
func (ws *Workspace) Identify(ctx context.Context) error {
	var err error
	if ws.Me, err = ws.actor(); err != nil {
		return err
	}
	author, committer, err := ws.Identity(ctx)
	var none *git.NoIdentityError
	switch {
	case errors.As(err, &none):
		return nil
	case err != nil:
		return err
	}
	ws.Author, ws.Committer = author, committer
	if ws.MappedAuthor, err = ws.Canonical(ctx, author); err != nil {
		return err
	}
	for _, who := range []git.Ident{ws.MappedAuthor, author} {
		if handle, ok := ws.TeamConfig.Handle(who.Name, who.Email); ok && ws.Me == "" {
			ws.Me = handle
		}
	}
	if ws.Me == "" {
		ws.Me = config.HandleFrom(ws.MappedAuthor.Email)
	}
	return nil
}

// actor is who acts as the user says, "" where they do not.
func (ws *Workspace) actor() (string, error) {
	handle, err := ws.Person(ws.As)
	if err == nil && handle != "" && !handoff.ValidHandle(handle) {
		err = Usagef("a handle is lower-case letters, digits, dots, dashes", "--as %s: not a handle", ws.As)
	}
	return handle, err
}

// mustBeOfRoster refuses who writes and is not in the roster: nobody could tell
// afterwards who it was.
func (ws *Workspace) mustBeOfRoster() error {
	people := ws.TeamConfig.Handles()
	if len(people) == 0 || slices.Contains(people, ws.Me) {
		return nil
	}
	hint, who := "add "+ws.Author.Email+" to `people` in "+ws.ConfigFile()+" by review", ws.Me+" <"+ws.Author.Email+">"
	if ws.As != "" {
		hint, who = "add them to `people` in "+ws.ConfigFile()+" by review", "--as "+ws.As
	}
	if near := ws.TeamConfig.Nearest(ws.Me); near != "" {
		hint = "did you mean --as " + near + "? Otherwise " + hint
	}
	return Usagef(hint, "%s: nobody in the roster", who)
}

// Emails are the addresses of the user's commits.
func (ws *Workspace) Emails() []string {
	return append(slices.Clone(ws.TeamConfig.People[ws.Me].Emails), ws.Author.Email, ws.MappedAuthor.Email)
}

// MustWrite refuses to go on without an identity, and with a configuration that
// is wrong.
func (ws *Workspace) MustWrite(ctx context.Context) error {
	if err := ws.MustBeKnown(ctx); err != nil {
		return err
	}
	return ws.ConfigError()
}

// MustBeKnown refuses to go on without an identity.
func (ws *Workspace) MustBeKnown(ctx context.Context) error {
	if ws.Author.Email != "" {
		return nil
	}
	_, _, err := ws.Identity(ctx)
	return err
}

// BeginWriting makes ready for writing: it refuses without an identity, and loads a part
// of the state.
func (ws *Workspace) BeginWriting(ctx context.Context, part fold.Part) error {
	if err := ws.MustWrite(ctx); err != nil {
		return err
	}
	if err := ws.mustBeOfRoster(); err != nil {
		return err
	}
	ws.RulesGit = ws.evidence(ctx)
	part.Since = ws.Author.When // for nextTime
	if err := ws.Load(ctx, part); err != nil {
		return err
	}
	ws.Author.When = ws.nextTime(ws.Author.When, ws.Dated)
	return nil
}

// nextTime is when the user writes who would write at a time: a [handoff.Precision]
// after the last record of theirs, if that is later. Records of one moment have no
// order but that of their random ids: an ack could come after the resolution that
// the next command wrote. Where the time was given, as for what is brought in from
// elsewhere, records after it do not matter; nor do those from a clock that was so
// wrong that nobody could follow them.
func (ws *Workspace) nextTime(at time.Time, given bool) time.Time {
	at = at.Truncate(handoff.Precision)
	limit := ws.Moment.Add(ws.TeamConfig.Timing.ClockSkew.Wall())
	var own []time.Time
	for _, r := range ws.State.Known() {
		if r.By == ws.Me && !r.At.Before(at) {
			own = append(own, r.At.Time)
		}
	}
	sorting.By(own, time.Time.Compare)
	for _, last := range own {
		next := last.Add(handoff.Precision)
		if given && last.After(at) || !given && next.After(limit) {
			break
		}
		at = next
	}
	return at
}

// Since is how long something is ago, zero for what lies ahead by no more than
// clocks may differ.
func (ws *Workspace) Since(at time.Time) time.Duration {
	ago := ws.Moment.Sub(at)
	if ago < 0 && -ago <= ws.TeamConfig.Timing.ClockSkew.Wall() {
		return 0
	}
	return ago
}
