package cli

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
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/index"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/store"
)

// defaultDir is where records live unless the git config handoff.dir names
// another directory.
const defaultDir = ".handoffs"

// workspace is what a command knows of the repository: who works here, the
// team's configuration and, once loaded, the state that the records add up to.
type workspace struct {
	*store.Repo
	opening
	dir       string // of the records, from the top of the repository
	head      git.Head
	config    *config.Config
	hasConfig bool   // HEAD has a configuration, be it right or wrong
	me        string // handle of the user, "" while only reading without an identity
	author    git.Ident
	committer git.Ident
	canonical git.Ident // the author as .mailmap spells them
	now       time.Time

	set   *index.Set    // every file that the refs hold; nil but for those who need it
	state *handoff.View // of what they add up to, the part that was asked for; nil until load

	configFindings []handoff.Finding // what is wrong with the configuration

	git      rules.Git                                          // answers the rules about a record that is to be published
	index    *index.Index                                       // of the state
	recall   query.Recall                                       // knows more of the state
	whole    func() (*handoff.State, error)                     // knows all of it
	problems func([]*handoff.Record) ([]handoff.Problem, error) // that records would have if they were published
	unproven func() audit.RecordIDs                             // the ids of the verdicts that nobody here saw given
}

// opening is how a workspace is opened. What is said goes to people.
type opening struct {
	start   string   // where the repository is looked for
	named   bool     // that is the repository, and nothing around it
	environ []string // of the git that is asked
	as      string   // who works there, "" for who git says
	dated   bool     // somebody has said when the records are written

	clock  func() time.Time
	drawID func() string

	tell  func(format string, args ...any)        // what is done on the way
	note  func(format string, args ...any)        // what readers have to know
	warn  func(format string, args ...any)        // what goes wrong without being an error
	count func(what string) func(done int)        // shows how many have been done; may return nil
	share func(what string) func(done, total int) // likewise, out of how many
}

// openWorkspace finds the repository and reads the configuration. The user's
// identity is looked up, but its absence is an error only for those who write.
func openWorkspace(ctx context.Context, o opening) (*workspace, error) {
	ws, err := findWorkspace(ctx, o)
	if err != nil {
		return nil, err
	}
	return ws, ws.enter(ctx)
}

// openAsItIs is openWorkspace without touching the repository: not even what an
// interrupted command left is put right.
func openAsItIs(ctx context.Context, o opening) (*workspace, error) {
	repo, err := repositoryOf(ctx, o)
	if err != nil {
		return nil, err
	}
	ws, err := workspaceOf(repo, o)
	if err != nil {
		return nil, err
	}
	return ws, ws.enter(ctx)
}

// repositoryOf opens the repository, with the clock of the workspace.
func repositoryOf(ctx context.Context, o opening) (*store.Repo, error) {
	open := store.Open
	if o.named {
		open = store.OpenNamed
	}
	repo, err := open(ctx, o.start, o.environ)
	if err == nil {
		repo.Now = o.clock
	}
	return repo, err
}

// findWorkspace finds the repository, and reads nothing of what it holds.
func findWorkspace(ctx context.Context, o opening) (*workspace, error) {
	repo, err := repositoryOf(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := repo.Recover(ctx); ctx.Err() != nil {
		return nil, context.Cause(ctx)
	} else if err != nil { // reading goes on; those who write get the error themselves
		o.warn("warning: what a killed command has left is not repaired: %v", err)
	}
	ws, err := workspaceOf(repo, o)
	if err == nil {
		ws.unproven = sync.OnceValue(func() audit.RecordIDs { return ws.findUnproven(ctx) })
	}
	return ws, err
}

// workspaceOf is the workspace of a repository, before anything is known of it.
func workspaceOf(repo *store.Repo, o opening) (*workspace, error) {
	dir, err := recordsDir(repo)
	if err != nil {
		return nil, err
	}
	ws := &workspace{Repo: repo, opening: o, dir: dir, now: o.clock()}
	ws.head, err = repo.Head()
	return ws, err
}

// recordsDir is where the records of a repository are. The top of the work tree
// is no place for them: what is written there is not read again.
func recordsDir(repo *store.Repo) (string, error) {
	values, err := repo.Config("handoff.dir")
	if err != nil || len(values) == 0 || values[len(values)-1] == "" {
		return defaultDir, err
	}
	value := values[len(values)-1]
	dir := path.Clean(value)
	if dir == "." || !filepath.IsLocal(filepath.FromSlash(dir)) {
		return "", usagef("git config handoff.dir NAME, or git config --unset-all handoff.dir", "handoff.dir %s: not a directory inside the repository", value)
	}
	return dir, nil
}

// enter reads the configuration and finds out who works there.
func (ws *workspace) enter(ctx context.Context) error {
	if err := ws.readConfig(ctx); err != nil {
		return err
	}
	if err := ws.identify(ctx); err != nil {
		return err
	}
	ws.tell("in %s as %s", cmp.Or(ws.Worktree(), ws.Dir()), cmp.Or(ws.me, "nobody: git knows no identity"))
	return nil
}

// identify finds the user's handle: the roster's for the git identity, else one
// made of the email's local part. The address is the one that .mailmap gives;
// where the roster has only the other one, it is that.
func (ws *workspace) identify(ctx context.Context) error {
	author, committer, err := ws.Identity(ctx)
	var none *git.NoIdentityError
	switch {
	case errors.As(err, &none):
		ws.me = ws.as
		return nil
	case err != nil:
		return err
	}
	ws.author, ws.committer = author, committer
	if ws.canonical, err = ws.Canonical(ctx, author); err != nil {
		return err
	}
	ws.me = ws.as
	for _, who := range []git.Ident{ws.canonical, author} {
		if handle, ok := ws.config.Handle(who.Name, who.Email); ok && ws.me == "" {
			ws.me = handle
		}
	}
	if ws.me == "" {
		ws.me = config.HandleFrom(ws.canonical.Email)
	}
	return nil
}

// emails are the addresses of the user's commits.
func (ws *workspace) emails() []string {
	return append(slices.Clone(ws.config.People[ws.me].Emails), ws.author.Email, ws.canonical.Email)
}

// mustWrite refuses to go on without an identity, and with a configuration that
// is wrong.
func (ws *workspace) mustWrite(ctx context.Context) error {
	if err := ws.mustBeKnown(ctx); err != nil {
		return err
	}
	return ws.configError()
}

// mustBeKnown refuses to go on without an identity.
func (ws *workspace) mustBeKnown(ctx context.Context) error {
	if ws.author.Email != "" {
		return nil
	}
	_, _, err := ws.Identity(ctx)
	return err
}

// begin makes ready for writing: it refuses without an identity, and loads a part
// of the state.
func (ws *workspace) begin(ctx context.Context, part handoff.Part) error {
	if err := ws.mustWrite(ctx); err != nil {
		return err
	}
	ws.git = ws.evidence(ctx)
	part.Since = ws.author.When // for nextTime
	if err := ws.load(ctx, part); err != nil {
		return err
	}
	ws.author.When = ws.nextTime(ws.author.When, ws.dated)
	return nil
}

// nextTime is when the user writes who would write at a time: a [handoff.Precision]
// after the last record of theirs, if that is later. Records of one moment have no
// order but that of their random ids: an ack could come after the resolution that
// the next command wrote. Where the time was given, as for what is brought in from
// elsewhere, records after it do not matter; nor do those from a clock that was so
// wrong that nobody could follow them.
func (ws *workspace) nextTime(at time.Time, given bool) time.Time {
	at = at.Truncate(handoff.Precision)
	limit := ws.now.Add(ws.config.Timing.ClockSkew.Wall())
	var own []time.Time
	for _, r := range ws.state.Known() {
		if r.By == ws.me && !r.At.Before(at) {
			own = append(own, r.At.Time)
		}
	}
	slices.SortFunc(own, time.Time.Compare)
	for _, last := range own {
		next := last.Add(handoff.Precision)
		if given && last.After(at) || !given && next.After(limit) {
			break
		}
		at = next
	}
	return at
}

// since is how long something is ago, zero for what lies ahead by no more than
// clocks may differ.
func (ws *workspace) since(at time.Time) time.Duration {
	ago := ws.now.Sub(at)
	if ago < 0 && -ago <= ws.config.Timing.ClockSkew.Wall() {
		return 0
	}
	return ago
}

// loadAll reads every file that the refs which count hold.
func (ws *workspace) loadAll(ctx context.Context) error {
	refs, err := ws.refs(ctx)
	if err != nil {
		return err
	}
	return ws.loadRefs(ctx, refs)
}
