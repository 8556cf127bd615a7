package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Unreadable says what of a ref cannot be read. What is beside it can.
type Unreadable struct {
	Ref Ref
	Err error
}

// Lasting reports whether it is so for ever, as long as the ref stays where it
// is: an object says it. What is lost or cannot be opened may come back.
func (u Unreadable) Lasting() bool { return Lasting(u.Err) }

// Lasting reports whether an error of reading comes from the content of an
// object, which never changes.
func Lasting(err error) bool {
	return isUnreadable(err) || errors.Is(err, errTree) || errors.Is(err, errCommit) || errors.Is(err, errPaths)
}

// IsDamage reports whether an error says that an object is lost or damaged, and
// not only left with the remote of a partial clone.
func IsDamage(err error) bool {
	return isError[*DamagedError](err) || errors.Is(err, plumbing.ErrObjectNotFound) && !isMissing(err)
}

var (
	errCommit = errors.New("malformed commit")
	errPaths  = fmt.Errorf("the same directory lies at more than %d places", maxTreePaths)
)

// eachError calls use with the errors that were joined to one.
func eachError(err error, use func(error)) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			use(err)
		}
	} else if err != nil {
		use(err)
	}
}

// unreadable are the errors of a ref, but for what a partial clone has left with
// its remote, which is added to missing.
func unreadable(ref Ref, err error, missing *[]error) []Unreadable {
	var list []Unreadable
	eachError(err, func(err error) {
		if isMissing(err) {
			*missing = append(*missing, err)
		} else {
			list = append(list, Unreadable{ref, err})
		}
	})
	return list
}

// WayOut says how to get rid of what is wrong with a ref, or with something in
// its tree. What is not lasting is damage here, which a remote may help with.
func (r *Repo) WayOut(ref Ref, lasting bool) string {
	remote, short := r.trackedBy(ref.Name)
	name := handoff.ShellArgument(ref.Name)
	switch {
	case lasting && (ref.Rank < rankBranch || remote == "" && strings.HasPrefix(ref.Name, "refs/heads/")):
		way := "correct it in a commit on " + short
		if ref.Rank >= rankBranch {
			way += ", or delete the branch: git branch -D " + handoff.ShellArgument(short)
		}
		return way
	case remote != "":
		fetch := "git fetch "
		if !lasting {
			fetch += "--refetch "
		}
		return fmt.Sprintf("git update-ref -d %s forgets it, %s%s brings what the remote has now", name, fetch, handoff.ShellArgument(remote))
	case strings.HasPrefix(ref.Name, "refs/remotes/"):
		return fmt.Sprintf("git update-ref -d %s forgets it", name)
	}
	return "git fsck says what is lost; git fetch --refetch brings it from a remote that has it"
}

// trackedBy returns the remote whose branch a ref is, "" for none, and the short
// name of the ref.
func (r *Repo) trackedBy(ref string) (remote, short string) {
	short = strings.TrimPrefix(strings.TrimPrefix(ref, "refs/heads/"), "refs/remotes/")
	c, err := r.loadConfig()
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

// AuditUnreadable is the kind of a finding about what cannot be read.
const AuditUnreadable AuditKind = "unreadable"

// LookAtRecords reports what cannot be read of the records that refs hold. With
// all of it the content of every record is looked at, else that of loose objects,
// and of others that there is a sound pack. What was in order is remembered.
func (r *Repo) LookAtRecords(ctx context.Context, refs []Ref, dir string, all bool) ([]AuditFinding, error) {
	if !all && r.unchangedSinceLook(refs, dir) {
		return nil, nil
	}
	files, faults, err := r.Records(ctx, refs, dir)
	if err != nil {
		return nil, err
	}
	findings := make([]AuditFinding, 0, len(faults))
	add := func(path, message, ref string, lasting bool) {
		f := handoff.Finding{Code: "HO903", Level: handoff.LevelError, Path: path, Message: message, Fix: r.WayOut(Ref{Name: ref}, lasting)}
		if name, ok := parseRecordName(dir, path); ok {
			f.Record = name.ID
		}
		findings = append(findings, AuditFinding{Kind: AuditUnreadable, Finding: f})
	}
	for _, f := range faults {
		add(f.Ref.Name, "what it holds cannot be read, or not all of it: "+f.Err.Error(), f.Ref.Name, f.Lasting())
	}
	var records []File
	var blobs []string
	for _, f := range files {
		if _, isRecord := parseRecordName(dir, f.Path); isRecord && f.Mode == uint32(plainMode) {
			records, blobs = append(records, f), append(blobs, f.Blob)
		}
	}
	unread, err := r.unreadBlobs(ctx, blobs, all)
	for i, err := range unread {
		if err != nil {
			add(records[i].Path, "cannot be read: "+err.Error(), records[i].Ref, Lasting(err))
		}
	}
	if err != nil || len(findings) > 0 {
		return findings, err
	}
	return findings, r.rememberLook(ctx, refs, dir, blobs)
}

// unreadBlobs returns for each of some blobs why it cannot be read, nil where it
// can, or where it is too large and so no record.
func (r *Repo) unreadBlobs(ctx context.Context, blobs []string, all bool) ([]error, error) {
	unread := make([]error, len(blobs))
	note := func(i int, _ []byte, err error) error {
		if !isError[*TooLargeError](err) {
			unread[i] = err
		}
		return nil
	}
	if all {
		err := r.ReadAll(ctx, blobs, handoff.MaxSize, note)
		if isMissing(err) {
			err = nil // nobody has looked for them yet
		}
		return unread, err
	}
	hashes, err := hashesOf(blobs)
	if err != nil {
		return nil, err
	}
	order, err := r.inPackOrder(ctx, newBlockCache(maxCachedBase), hashes)
	if err != nil {
		return nil, err
	}
	objects, err := r.loadObjects()
	if err != nil {
		return nil, err
	}
	sound := make(map[string]error)
	for _, w := range order {
		h := hashes[w.pos]
		if w.pack == "" {
			data, err := objects.blob(h, handoff.MaxSize)
			if !isMissing(err) {
				_ = note(w.pos, data, err)
			}
			continue
		}
		if _, looked := sound[w.pack]; !looked {
			sound[w.pack] = objects.checkPresent(h)
		}
		unread[w.pos] = sound[w.pack]
	}
	return unread, context.Cause(ctx)
}
