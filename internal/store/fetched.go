package store

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/plainfile"
)

// fetchedPath is where it stands when we fetched everything last, and from where: a
// time, a space and the name of a remote. We leave FETCH_HEAD to the user.
func (r *Repo) fetchedPath() string { return filepath.Join(r.CommonDir(), "handoff", "fetched") }

// NoteFetch notes that everything of a remote was fetched just now.
func (r *Repo) NoteFetch(remote string) error {
	return r.WriteState(r.fetchedPath(), []byte(r.Now().Format(time.RFC3339)+" "+remote+"\n"))
}

// LastFetch returns when the upstream of a branch was last fetched, as far as anything
// here tells: our own note, FETCH_HEAD of any work tree, and the reflogs of the
// remote-tracking branch and of the remote's HEAD, which a clone begins. A push brings
// nothing here and does not count. It is the zero time where nothing tells, which does
// not say that it never was.
//
// Where references are in files no git is run.
func (r *Repo) LastFetch(ctx context.Context, up git.Upstream) (time.Time, error) {
	last, err := r.notedFetch(up.Remote)
	if err != nil {
		return last, err
	}
	later := func(at time.Time) {
		if at.After(last) {
			last = at
		}
	}
	at, err := r.fetchHead(up.Remote)
	if err != nil {
		return last, err
	}
	later(at)
	for _, ref := range []string{up.Tracking, "refs/remotes/" + up.Remote + "/HEAD"} {
		if at, err = r.loggedFetch(ctx, ref); err != nil {
			return last, err
		}
		later(at)
	}
	return last, nil
}

// notedFetch is what NoteFetch noted of a remote.
func (r *Repo) notedFetch(remote string) (time.Time, error) {
	data, err := plainfile.Read(r.fetchedPath())
	if err != nil {
		return time.Time{}, plainfile.UnlessMissing(err)
	}
	when, of, _ := strings.Cut(strings.TrimSuffix(string(data), "\n"), " ")
	at, err := time.Parse(time.RFC3339, when)
	if err != nil || of != remote {
		return time.Time{}, nil // it says nothing of this remote
	}
	return at, nil
}

// fetchHead is when git last wrote FETCH_HEAD for a remote. Each work tree has its own;
// a fetch that fails leaves it empty.
func (r *Repo) fetchHead(remote string) (last time.Time, err error) {
	remotes, err := r.Remotes()
	if err != nil {
		return last, err
	}
	paths, err := filepath.Glob(filepath.Join(escapeGlob(r.CommonDir()), "worktrees", "*", "FETCH_HEAD"))
	if err != nil {
		return last, err
	}
	for _, path := range append(paths, filepath.Join(r.CommonDir(), "FETCH_HEAD")) {
		info, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return last, err
		}
		if info.Size() == 0 || !info.ModTime().After(last) {
			continue
		}
		if len(remotes) > 1 {
			if of, err := r.fetchedFrom(path, remote); err != nil || !of {
				continue // what cannot be read tells nothing
			}
		}
		last = info.ModTime()
	}
	return last, nil
}

// escapeGlob makes a path one that a pattern takes for itself.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// longestTail is how much is read of a file that tells of fetches.
const longestTail = 16 << 10

// fetchedFrom reports whether a FETCH_HEAD names the URL of a remote, as git writes it
// there: without a password, a slash at its end or ".git".
func (r *Repo) fetchedFrom(path, remote string) (bool, error) {
	c, err := r.LoadConfig()
	if err != nil {
		return false, err
	}
	data, err := tail(path)
	if err != nil {
		return false, err
	}
	url := withoutUser(c.Get("remote." + remote + ".url"))
	url = strings.TrimSuffix(strings.TrimRight(url, "/"), ".git")
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasSuffix(line, " of "+url) || strings.HasSuffix(line, "\t"+url) {
			return true, nil
		}
	}
	return false, nil
}

// withoutUser is a URL without who logs in there.
func withoutUser(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url
	}
	host, path, _ := strings.Cut(rest, "/")
	return scheme + "://" + host[strings.LastIndexByte(host, '@')+1:] + "/" + path
}

// tail returns the end of a file.
func tail(path string) ([]byte, error) {
	f, err := plainfile.Open(path, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	data := make([]byte, min(info.Size(), longestTail))
	n, err := f.ReadAt(data, info.Size()-int64(len(data)))
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return data[:n], err
}

// loggedFetch is when the reflog of a ref says that something was fetched into it last,
// the zero time where it does not.
func (r *Repo) loggedFetch(ctx context.Context, ref string) (time.Time, error) {
	c, err := r.LoadConfig()
	if err != nil {
		return time.Time{}, err
	}
	if c.HasReftable() {
		return r.askedFetch(ctx, ref)
	}
	data, err := tail(r.LogPath(ref))
	if err != nil {
		return time.Time{}, plainfile.UnlessMissing(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		// OLD NEW NAME <EMAIL> SECONDS ZONE\tMESSAGE
		head, message, _ := strings.Cut(lines[i], "\t")
		_, when, _ := strings.Cut(head, "> ")
		seconds, _, _ := strings.Cut(when, " ")
		if at, ok := fetchOf(seconds, message); ok {
			return at, nil
		}
	}
	return time.Time{}, nil
}

// askedFetch is loggedFetch where only git reads reflogs.
func (r *Repo) askedFetch(ctx context.Context, ref string) (time.Time, error) {
	if _, tip, err := r.ResolveRef(ref); err != nil || tip == "" {
		return time.Time{}, err
	}
	lines, err := r.Git.Lines(ctx, "log", "--walk-reflogs", "--no-show-signature", "--max-count=20", "--date=unix", "--format=%gd%x00%gs", "--end-of-options", ref)
	if err != nil {
		return time.Time{}, err
	}
	last := time.Time{}
	for fields := range lines {
		if len(fields) != 2 {
			continue
		}
		_, at, _ := strings.Cut(fields[0], "@{")
		if at, ok := fetchOf(strings.TrimSuffix(at, "}"), fields[1]); ok && last.IsZero() {
			last = at
		}
	}
	return last, nil
}

// fetchOf is the time of an entry in a reflog, if it tells of anything but a push.
func fetchOf(seconds, message string) (time.Time, bool) {
	n, err := strconv.ParseInt(seconds, 10, 64)
	return time.Unix(n, 0), err == nil && !strings.HasPrefix(message, "update by push")
}
