package store

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// look is what [Repo.LookAtRecords] remembers of a time when it found nothing
// wrong. As long as the tips are the same, and the packs are there, only objects
// that lie in files of their own need another look.
type look struct {
	Dir   string   `json:"dir"`
	Tips  []string `json:"tips"`  // commits, in the order of the refs
	Packs []string `json:"packs"` // paths without the ending, sorted
	Loose []string `json:"loose"` // the blobs of records that no pack had
}

func (r *Repo) lookPath() string { return filepath.Join(r.common, "handoff", "looked") }

// tipsOf returns the commits of refs.
func tipsOf(refs []Ref) []string {
	tips := make([]string, len(refs))
	for i, ref := range refs {
		tips[i] = ref.Hash
	}
	return tips
}

// unchangedSinceLook reports whether all that an earlier look saw is as it was. What
// cannot be read of the memory is looked at again.
func (r *Repo) unchangedSinceLook(refs []Ref, dir string) bool {
	data, err := ReadPlain(r.lookPath())
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
	objects, err := r.loadObjects()
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(l.Loose, func(hash string) bool {
		_, err := objects.blob(plumbing.NewHash(hash), handoff.MaxSize)
		return err != nil && !isError[*TooLargeError](err) && !isMissing(err)
	})
}

// rememberLook notes where the blobs of records are, in which nothing was wrong.
// Where nothing can be written, or something else is in the place, nothing is
// remembered.
func (r *Repo) rememberLook(ctx context.Context, refs []Ref, dir string, blobs []string) error {
	hashes, err := hashesOf(blobs)
	if err != nil {
		return err
	}
	order, err := r.inPackOrder(ctx, newBlockCache(maxCachedBase), hashes)
	if err != nil {
		return err
	}
	l := look{Dir: dir, Tips: tipsOf(refs)}
	for _, w := range order {
		if w.pack == "" {
			l.Loose = append(l.Loose, blobs[w.pos])
		} else if len(l.Packs) == 0 || l.Packs[len(l.Packs)-1] != w.pack {
			l.Packs = append(l.Packs, w.pack) // in their order
		}
	}
	data, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if CheckPlain(r.lookPath()) == nil {
		_ = r.writeState(r.lookPath(), append(data, '\n'))
	}
	return nil
}
