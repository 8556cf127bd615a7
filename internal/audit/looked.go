package audit

import (
	"context"
	"encoding/json"
	"os"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/plainfile"
	"github.com/handoff-cli/handoff/internal/store"
)

// look is what [LookAtRecords] remembers of a time when it found nothing
// wrong. As long as the tips are the same, and the packs are there, only objects
// that lie in files of their own need another look.
type look struct {
	Dir   string   `json:"dir"`
	Tips  []string `json:"tips"`  // commits, in the order of the refs
	Packs []string `json:"packs"` // paths without the ending, sorted
	Loose []string `json:"loose"` // the blobs of records that no pack had
}

func lookPath(r *store.Repo) string { return memoryPath(r, "looked") }

// tipsOf returns the commits of refs.
func tipsOf(refs []git.Ref) []string {
	tips := make([]string, len(refs))
	for i, ref := range refs {
		tips[i] = ref.Hash
	}
	return tips
}

// unchangedSinceLook reports whether all that an earlier look saw is as it was. What
// cannot be read of the memory is looked at again.
func unchangedSinceLook(r *store.Repo, refs []git.Ref, dir string) bool {
	data, err := plainfile.Read(lookPath(r))
	if err != nil {
		return false
	}
	var l look
	if json.Unmarshal(data, &l) != nil || l.Dir != dir || !slices.Equal(l.Tips, tipsOf(refs)) {
		return false
	}
	for _, pack := range l.Packs {
		for _, ending := range []string{".pack", ".idx"} {
			if info, err := os.Stat(pack + ending); err != nil || !info.Mode().IsRegular() {
				return false
			}
		}
	}
	objects, err := r.LoadObjects()
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(l.Loose, func(hash string) bool {
		_, err := objects.Blob(plumbing.NewHash(hash), handoff.MaxSize)
		return err != nil && !odb.IsError[*odb.TooLargeError](err) && !odb.IsMissing(err)
	})
}

// rememberLook notes where the blobs of records are, in which nothing was wrong.
// Where nothing can be written, or something else is in the place, nothing is
// remembered.
func rememberLook(ctx context.Context, r *store.Repo, refs []git.Ref, dir string, blobs []string) error {
	objects, err := r.LoadObjects()
	if err != nil {
		return err
	}
	order, err := objects.InPackOrder(ctx, odb.NewBlockCache(odb.MaxCachedBase), blobs)
	if err != nil {
		return err
	}
	l := look{Dir: dir, Tips: tipsOf(refs)}
	for _, w := range order {
		if w.Pack == "" {
			l.Loose = append(l.Loose, blobs[w.Pos])
		} else if len(l.Packs) == 0 || l.Packs[len(l.Packs)-1] != w.Pack {
			l.Packs = append(l.Packs, w.Pack) // in their order
		}
	}
	data, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if plainfile.Check(lookPath(r)) == nil {
		_ = r.WriteState(lookPath(r), append(data, '\n'))
	}
	return nil
}

// KindUnreadable is the kind of a finding about what cannot be read.
const KindUnreadable Kind = "unreadable"

// LookAtRecords reports what cannot be read of the records that refs hold. With
// all of it the content of every record is looked at, else that of loose objects,
// and of others that there is a sound pack. What was in order is remembered.
func LookAtRecords(ctx context.Context, r *store.Repo, refs []git.Ref, dir string, all bool) ([]Finding, error) {
	if !all && unchangedSinceLook(r, refs, dir) {
		return nil, nil
	}
	files, faults, err := r.Records(ctx, refs, dir)
	if err != nil {
		return nil, err
	}
	findings := make([]Finding, 0, len(faults))
	add := func(path, message, ref string, lasting bool) {
		f := handoff.Finding{Code: "HO903", Level: handoff.LevelError, Path: path, Message: message, Fix: r.WayOut(git.Ref{Name: ref}, lasting)}
		if name, ok := store.ParseRecordName(dir, path); ok {
			f.Record = name.ID
		}
		findings = append(findings, Finding{Kind: KindUnreadable, Finding: f})
	}
	for _, f := range faults {
		add(f.Ref.Name, "what it holds cannot be read, or not all of it: "+f.Err.Error(), f.Ref.Name, f.Lasting())
	}
	var records []store.File
	var blobs []string
	for _, f := range files {
		if _, isRecord := store.ParseRecordName(dir, f.Path); isRecord && f.Mode == uint32(odb.PlainMode) {
			records, blobs = append(records, f), append(blobs, f.Blob)
		}
	}
	unread, err := unreadBlobs(ctx, r, blobs, all)
	for i, err := range unread {
		if err != nil {
			add(records[i].Path, "cannot be read: "+err.Error(), records[i].Ref, store.Lasting(err))
		}
	}
	if err != nil || len(findings) > 0 {
		return findings, err
	}
	return findings, rememberLook(ctx, r, refs, dir, blobs)
}

// unreadBlobs returns for each of some blobs why it cannot be read, nil where it
// can, or where it is too large and so no record.
func unreadBlobs(ctx context.Context, r *store.Repo, blobs []string, all bool) ([]error, error) {
	unread := make([]error, len(blobs))
	note := func(i int, _ []byte, err error) error {
		if !odb.IsError[*odb.TooLargeError](err) {
			unread[i] = err
		}
		return nil
	}
	if all {
		err := r.ReadAll(ctx, blobs, handoff.MaxSize, note)
		if odb.IsMissing(err) {
			err = nil // nobody has looked for them yet
		}
		return unread, err
	}
	objects, err := r.LoadObjects()
	if err != nil {
		return nil, err
	}
	order, err := objects.InPackOrder(ctx, odb.NewBlockCache(odb.MaxCachedBase), blobs)
	if err != nil {
		return nil, err
	}
	sound := make(map[string]error)
	for _, w := range order {
		if w.Pack == "" {
			data, err := objects.Blob(w.Hash, handoff.MaxSize)
			if !odb.IsMissing(err) {
				_ = note(w.Pos, data, err)
			}
			continue
		}
		if _, looked := sound[w.Pack]; !looked {
			sound[w.Pack] = objects.CheckPresent(w.Hash)
		}
		unread[w.Pos] = sound[w.Pack]
	}
	return unread, context.Cause(ctx)
}
