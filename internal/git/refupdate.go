package git

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/git/odb"
)

// gitMove is a reference that git update-ref moves. Nothing is locked before
// commit, as git would lock the references of everybody: a program that signs
// may wait for a person.
type gitMove struct {
	refs      *gitRefs
	marker    *Marker
	base      string
	chain     []string // base, through symbolic references, to the one that moves
	tip, hash string   // from, to
}

func (g *gitMove) Prepare(hash string) error {
	g.hash = hash
	return nil
}

// Commit waits for whoever has the references locked, as for a lock file.
func (g *gitMove) Commit(ctx context.Context, entry LogEntry) error {
	return g.refs.untilFree(ctx, func() error { return g.tryCommit(ctx, entry) })
}

// tryCommit moves the reference, unless it has moved or something is locked.
func (g *gitMove) tryCommit(ctx context.Context, entry LogEntry) (err error) {
	if err := g.announce(); err != nil {
		return err
	}
	update, err := g.refs.startUpdate(ctx, g.marker, entry)
	if err != nil {
		return err
	}
	defer func() { err = g.outcome(err, update.stop()) }()
	err = update.ask("start", "start", fmt.Sprintf("update %s %s %s", g.base, g.hash, cmp.Or(g.tip, NoHash)))
	if err == nil {
		err = update.ask("prepare", "prepare")
	}
	if err != nil {
		return err
	}
	// From here to the end nobody else can write a reference. Where HEAD leads
	// is not part of what git compares.
	if err := g.noteLocks(); err != nil {
		return err
	}
	if moved, err := g.moved(); err != nil || moved {
		return cmp.Or(err, ErrMoved)
	}
	return update.ask("commit", "commit")
}

// moved reports whether the reference is not what it was.
func (g *gitMove) moved() (bool, error) {
	chain, tip, err := g.refs.ResolveRef(g.base)
	return tip != g.tip || !slices.Equal(chain, g.chain), err
}

// outcome says what a transaction came to, in which err was seen here, and at
// the end of git stopped: it may have been killed between what it did and its
// answer.
func (g *gitMove) outcome(err, stopped error) error {
	if err == nil {
		return nil // what git does after its answer is tidying up
	}
	failed, refused := errors.AsType[*Error](stopped)
	if byItself := refused && failed.Status == gitDied || errors.Is(err, ErrMoved); !byItself {
		err = cmp.Or(RemoveStackLocks(g.marker), err) // it was killed
	}
	chain, tip, readErr := g.refs.ResolveRef(g.base)
	switch {
	case readErr != nil:
		return readErr
	case tip == g.hash && slices.Equal(chain, g.chain):
		return nil
	case tip != g.tip || !slices.Equal(chain, g.chain):
		return ErrMoved
	case refused && saysAny(failed.Stderr, "cannot lock references"):
		return &BusyError{Path: g.locks()[0].Path}
	}
	return cmp.Or(stopped, err)
}

// gitDied is the status of a git that ends itself with a message.
const gitDied = 128

func (g *gitMove) Finish(LogEntry) error {
	locks := g.locks()
	return odb.Together(len(locks), func(i int) error { return odb.SyncDir(filepath.Dir(locks[i].Path)) })
}

func (g *gitMove) Release() error { return nil }

// refUpdate is a running git update-ref.
type refUpdate struct {
	*exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr bytes.Buffer
	ctx    context.Context
}

// startUpdate starts git update-ref. It outlives nobody: when its input ends
// before "commit", it takes everything back. A signal that ends all of our
// process group does not reach it, so that it can.
func (r *gitRefs) startUpdate(ctx context.Context, m *Marker, entry LogEntry) (*refUpdate, error) {
	u := &refUpdate{ctx: ctx}
	settings, err := r.withoutConfigHooks()
	if err != nil {
		return nil, err
	}
	// Git's own wait is short, as ours ends with ctx. What is reported is on disk.
	args := append(settings, "-c", "reftable.lockTimeout=100", "-c", "core.fsync=reference", "update-ref", "-m", entry.oneLine(), "--stdin")
	u.Cmd = r.Git.Command(context.WithoutCancel(ctx), "false", args...)
	u.Env = append(u.Env, "GIT_COMMITTER_NAME="+entry.Who.Name, "GIT_COMMITTER_EMAIL="+entry.Who.Email,
		"GIT_COMMITTER_DATE="+gitDate(entry.Who.When, true))
	u.Stderr = &u.stderr
	shareLock(u.Cmd, m.File) // nobody tidies up while it lives
	ownSession(u.Cmd)
	in, err := u.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := u.StdoutPipe()
	if err != nil {
		return nil, err
	}
	u.in, u.out = in, bufio.NewReader(out)
	return u, u.Start()
}

// withoutConfigHooks returns options under which git runs no hook that the
// configuration names, as it runs none in a file.
func (r *Repo) withoutConfigHooks() ([]string, error) {
	c, err := r.LoadConfig()
	if err != nil {
		return nil, err
	}
	var options []string
	for name := range c.subsections("hook", "event") {
		options = append(options, "-c", "hook."+name+".enabled=false")
	}
	return options, nil
}

// ask gives commands and waits for the answer to the command called name.
func (u *refUpdate) ask(name string, commands ...string) error {
	if _, err := io.WriteString(u.in, strings.Join(commands, "\n")+"\n"); err != nil {
		return err
	}
	answer, err := u.out.ReadString('\n')
	if err == nil && answer != name+": ok\n" {
		err = fmt.Errorf("git update-ref: %q", answer)
	}
	return err
}

// stop ends the input and waits for the end. That git has taken back what was
// not committed is no error.
func (u *refUpdate) stop() error {
	closeErr := u.in.Close()
	_, readErr := io.Copy(io.Discard, u.out)
	waitErr := u.Wait() // before it, stderr may not be all there
	return errors.Join(commandError(u.ctx, "update-ref", u.stderr.String(), waitErr), closeErr, readErr)
}
