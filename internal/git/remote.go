package git

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/text"
)

// netWait is how long a remote may give no sign of life.
const netWait = 30 * time.Second

// RemoteFault says why a remote did not do what was asked.
type RemoteFault string

// The faults of remotes.
const (
	RemoteUnreachable RemoteFault = "unreachable" // trying again may help
	RemoteMoving      RemoteFault = "moving"      // others pushed each time: trying again helps
	RemoteCredentials RemoteFault = "credentials" // missing, or refused
	RemoteForbidden   RemoteFault = "forbidden"   // the account may not do this there
	RemoteProtected   RemoteFault = "protected"   // the branch takes no pushes, or not these
	RemoteQuota       RemoteFault = "quota"       // no room there
	RemoteHook        RemoteFault = "hook"        // a hook of the server or of this clone declined
	RemoteRejected    RemoteFault = "rejected"    // another rule of the server
	RemoteFailed      RemoteFault = "failed"      // anything else
)

// RemoteError says that a remote did not do what was asked. Nothing is lost:
// what was committed here stays.
type RemoteError struct {
	Remote string
	Fault  RemoteFault
	Why    string   // one line, from git or the server
	Said   []string // lines of hooks and of the server, a bounded number and as they came: hostile

	stderr string // all of git's messages
}

func (e *RemoteError) Error() string { return text.OneLine(e.Remote) + ": " + e.Why }

// NoRemoteError says that there is no remote to push a branch to, or that there
// are several and nothing says which.
type NoRemoteError struct{ Branch string }

func (e *NoRemoteError) Error() string { return e.Branch + ": no remote to push to" }

// Upstream is where a branch is pushed to.
type Upstream struct {
	Local    string // "refs/heads/main"
	Remote   string // "origin"
	Ref      string // of the remote: "refs/heads/main"
	Tracking string // what is known of it here: "refs/remotes/origin/main"
}

// UpstreamOf finds where git would push a branch: branch.NAME.pushRemote,
// remote.pushDefault, branch.NAME.remote, else origin or the only remote; to the
// branch of the same name there, unless push.default is "upstream".
func (r *Repo) UpstreamOf(local string) (Upstream, error) {
	c, err := r.LoadConfig()
	if err != nil {
		return Upstream{}, err
	}
	name := strings.TrimPrefix(local, "refs/heads/")
	if name == local {
		return Upstream{}, &NoRemoteError{Branch: local}
	}
	remotes, err := r.Remotes()
	if err != nil {
		return Upstream{}, err
	}
	remote := cmp.Or(c.Get("branch."+name+".pushremote"), c.Get("remote.pushdefault"), c.Get("branch."+name+".remote"))
	if remote == "" || remote == "." {
		remote = likelyRemote(remotes)
	}
	up := Upstream{Local: local, Remote: remote, Ref: local, Tracking: "refs/remotes/" + remote + "/" + name}
	if merge := c.Get("branch." + name + ".merge"); merge != "" && remote == c.Get("branch."+name+".remote") &&
		(c.Get("push.default") == "upstream" || c.Get("push.default") == "tracking") {
		up.Ref, up.Tracking = merge, "refs/remotes/"+remote+"/"+strings.TrimPrefix(merge, "refs/heads/")
	}
	if remote == "" || plumbing.ReferenceName(up.Tracking).Validate() != nil || strings.HasPrefix(remote, "-") {
		return Upstream{}, &NoRemoteError{Branch: name}
	}
	return up, nil
}

// likelyRemote returns the only remote, or origin among several, else "".
func likelyRemote(remotes []string) string {
	for _, name := range remotes {
		if name == "origin" || len(remotes) == 1 {
			return name
		}
	}
	return ""
}

// network runs a git command that talks to a remote: with the user's hooks,
// credentials, proxies and ssh, and with nobody to ask. A remote that says
// nothing for r.NetWait is given up.
func (r *Repo) network(ctx context.Context, remote string, args ...string) (stdout string, err error) {
	return r.NetworkInput(ctx, remote, nil, args...)
}

// NetworkInput is network for a command that reads its standard input.
func (r *Repo) NetworkInput(ctx context.Context, remote string, stdin io.Reader, args ...string) (stdout string, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silent := &RemoteError{Remote: remote, Fault: RemoteUnreachable, Why: fmt.Sprintf("no answer for %s", r.NetWait)}
	watchdog := time.AfterFunc(r.NetWait, func() { cancel(silent) })
	defer watchdog.Stop()

	var out, messages bytes.Buffer
	cmd := exec.CommandContext(ctx, r.Git.Path, append([]string{"-c", "core.fsmonitor=false"}, args...)...)
	cmd.Dir, cmd.Env, cmd.Stdin = r.Git.Dir, r.networkEnv(), stdin
	alive := func() { watchdog.Reset(r.NetWait) }
	cmd.Stdout, cmd.Stderr = &aliveWriter{w: &out, alive: alive}, &aliveWriter{w: &messages, alive: alive}
	err = runApart(ctx, cmd)
	err = commandError(ctx, args[0], messages.String(), err)
	if failed, ok := errors.AsType[*Error](err); ok {
		if cancelledSoon(ctx) { // ssh was ended, and git says that it hung up
			return out.String(), context.Cause(ctx)
		}
		err = remoteFault(remote, failed.Stderr, failed)
	}
	// What came with it are packs that an open database has not listed.
	if objects, loadErr := r.LoadObjects(); loadErr == nil {
		objects.Close()
	}
	return out.String(), err
}

// networkEnv is the caller's environment in which nothing asks: a question
// would wait for ever where nobody looks.
func (r *Repo) networkEnv() Environ {
	env := r.Env.with("LC_ALL=C", "LANGUAGE=", "GIT_TERMINAL_PROMPT=0")
	c, err := r.LoadConfig()
	if err == nil && env.Get("GIT_SSH_COMMAND") == "" && env.Get("GIT_SSH") == "" && c.Get("core.sshcommand") == "" {
		env = env.with("GIT_SSH_COMMAND=ssh -o BatchMode=yes")
	}
	return env
}

// aliveWriter passes on what is written and calls alive.
type aliveWriter struct {
	w     io.Writer
	alive func()
}

func (a *aliveWriter) Write(p []byte) (int, error) {
	a.alive()
	return a.w.Write(p)
}

// The phrases by which git, curl and ssh say what is wrong, in the C locale.
var (
	credentialPhrases = []string{
		"authentication failed", "could not read username", "could not read password", "terminal prompts disabled",
		"permission denied", "invalid username or password", "host key verification failed", "returned error: 401", "returned error: 403",
	}
	networkPhrases = []string{
		"could not resolve", "connection refused", "connection timed out", "connection reset", "connection closed", "network is unreachable",
		"no route to host", "operation timed out", "failed to connect", "hung up unexpectedly", "early eof", "returned error: 5", "temporary failure",
	}
)

// remoteFault types what git said about a remote. Its status is 128 for all of
// it.
func remoteFault(remote, said string, cause error) error {
	lower := strings.ToLower(said)
	fault := RemoteFailed
	switch {
	case saysAny(lower, racePhrases...) && !strings.Contains(lower, "; cannot create "): // one that is in the way of another stays there
		fault = RemoteMoving
	case saysAny(lower, forbiddenPhrases...):
		fault = RemoteForbidden
	case saysAny(lower, credentialPhrases...):
		fault = RemoteCredentials
	case saysAny(lower, networkPhrases...):
		fault = RemoteUnreachable
	}
	return &RemoteError{Remote: remote, Fault: fault, Why: cutLine(cmp.Or(errorLine(said), cause.Error())), Said: bounded(linesByServer(said)), stderr: said}
}

// errorLine returns the first line of git's messages that is one of an error.
func errorLine(said string) string {
	for line := range strings.SplitSeq(strings.ReplaceAll(said, "\r", "\n"), "\n") {
		for _, prefix := range []string{"fatal: ", "error: ", "ERROR: ", "remote: error: ", "remote: fatal: "} {
			if text, ok := strings.CutPrefix(line, prefix); ok {
				return text
			}
		}
	}
	return ""
}

// FetchBranch brings the branch of the remote here and returns its tip, "" when
// the remote has no such branch.
func (r *Repo) FetchBranch(ctx context.Context, up Upstream) (string, error) {
	err := r.FetchRefs(ctx, up.Remote, "--no-tags", "--end-of-options", up.Remote, "+"+up.Ref+":"+up.Tracking)
	if failed, ok := errors.AsType[*RemoteError](err); ok && strings.Contains(failed.Why, "couldn't find remote ref") {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	_, tip, err := r.ResolveRef(up.Tracking)
	return tip, err
}

// FetchRefs runs a fetch that moves remote-tracking branches. Another one in
// this clone may hold or move them at the same moment: then this one begins
// again, as it does when they moved and git failed with words of its own.
func (r *Repo) FetchRefs(ctx context.Context, remote string, args ...string) error {
	for try := 1; ; try++ {
		before, err := r.ListRefs("refs/remotes/")
		if err != nil {
			return err
		}
		_, err = r.network(ctx, remote, append([]string{"fetch", "--progress", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance"}, args...)...)
		failed, ok := errors.AsType[*RemoteError](err)
		if !ok || try == MaxTries || failed.Fault != RemoteMoving && failed.Fault != RemoteFailed {
			return err
		}
		after, listErr := r.ListRefs("refs/remotes/")
		if listErr != nil || failed.Fault == RemoteFailed && slices.EqualFunc(before, after, func(a, b Ref) bool { return a.Name == b.Name && a.Hash == b.Hash }) {
			return err
		}
		if err := r.StepAside(ctx, try); err != nil {
			return err
		}
	}
}

// StepAside waits for a moment, a longer one with each try: those who met here
// must not meet again.
func (r *Repo) StepAside(ctx context.Context, try int) error {
	return wait(ctx, time.Duration(try)*50*time.Millisecond+rand.N(50*time.Millisecond))
}

// PushBranch pushes a branch as it is now. refused is why the remote, or a hook
// on the way, did not take it, nil for none; race that another push at the same
// moment may be all there is to it. err is anything else that went wrong.
func (r *Repo) PushBranch(ctx context.Context, up Upstream) (refused *RemoteError, race bool, err error) {
	out, err := r.network(ctx, up.Remote, "push", "--porcelain", "--progress", "--no-follow-tags", "--recurse-submodules=no",
		"--end-of-options", up.Remote, up.Local+":"+up.Ref)
	if failed, ok := errors.AsType[*RemoteError](err); ok {
		if refused, race = refusal(out, failed); refused != nil {
			return refused, race, nil
		}
	}
	return nil, false, err
}

// UpstreamOfBranch finds where a branch is pushed to, "" for the one that is
// checked out.
func (r *Repo) UpstreamOfBranch(branch string) (Upstream, error) {
	if branch != "" {
		return r.UpstreamOf("refs/heads/" + branch)
	}
	head, err := r.Head()
	if err != nil {
		return Upstream{}, err
	}
	if head.Detached {
		return Upstream{}, &DetachedError{Hash: head.Hash}
	}
	return r.UpstreamOf(head.Ref)
}

// CanPush returns the error with which [store.Repo.Push] would refuse to begin.
func (r *Repo) CanPush(branch string) error {
	_, err := r.UpstreamOfBranch(branch)
	return err
}

// Ahead reports whether the local branch has commits that tip does not reach.
func (r *Repo) Ahead(ctx context.Context, up Upstream, tip string) (bool, error) {
	_, local, err := r.ResolveRef(up.Local)
	if err != nil || local == "" || tip == "" {
		return local != "", err
	}
	base, err := r.MergeBase(ctx, tip, local)
	return base != local, err
}

// trackedBy returns the remote whose branch a ref is, "" for none, and the short
// name of the ref.
func (r *Repo) trackedBy(ref string) (remote, short string) {
	short = strings.TrimPrefix(strings.TrimPrefix(ref, "refs/heads/"), "refs/remotes/")
	c, err := r.LoadConfig()
	if err != nil || !strings.HasPrefix(ref, "refs/remotes/") {
		return "", short
	}
	for _, spec := range fetchRefspecs(c) {
		if _, ok := spec.fetches(ref); ok && (remote == "" || spec.remote < remote) {
			remote = spec.remote
		}
	}
	return remote, short
}

// WayOut says how to get rid of what is wrong with a ref, or with something in
// its tree. What is not lasting is damage here, which a remote may help with.
func (r *Repo) WayOut(ref Ref, lasting bool) string {
	remote, short := r.trackedBy(ref.Name)
	name := text.ShellArgument(ref.Name)
	switch {
	case lasting && (ref.Rank < rankBranch || remote == "" && strings.HasPrefix(ref.Name, "refs/heads/")):
		way := "correct it in a commit on " + short
		if ref.Rank >= rankBranch {
			way += ", or delete the branch: git branch -D " + text.ShellArgument(short)
		}
		return way
	case remote != "":
		fetch := "git fetch "
		if !lasting {
			fetch += "--refetch "
		}
		return fmt.Sprintf("git update-ref -d %s forgets it, %s%s brings what the remote has now", name, fetch, text.ShellArgument(remote))
	case strings.HasPrefix(ref.Name, "refs/remotes/"):
		return fmt.Sprintf("git update-ref -d %s forgets it", name)
	}
	return "git fsck says what is lost; git fetch --refetch brings it from a remote that has it"
}

// Promisor returns the remote with which a partial clone has left objects, ""
// when this is none.
func (r *Repo) Promisor() string {
	c, err := r.LoadConfig()
	if err != nil {
		return "" // there are other errors then
	}
	if remote := c.Get("extensions.partialclone"); remote != "" {
		return remote
	}
	var promisors []string
	for name := range c.subsections("remote", "promisor") {
		if c.IsTrue("remote." + name + ".promisor") {
			promisors = append(promisors, name)
		}
	}
	slices.Sort(promisors)
	if slices.Contains(promisors, "origin") {
		return "origin"
	}
	return cmp.Or(promisors...)
}
