package audit

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/plainfile"
	"github.com/handoff-cli/handoff/internal/store"
)

// A record that was said in a comment is committed by a machine, and whoever can push
// could write the same. It is its author's own where the machine has signed the commit
// with a key that the team's configuration names, or where somebody here has read the
// comment again. Both is remembered, for those who show records.

// Said is a record that its author has said elsewhere, as a commit added it.
type Said struct {
	Finding          // the note, where nothing proves it
	Blob    string   `json:"blob"`
	URL     string   `json:"url"`
	Via     string   `json:"via"`
	Verdict string   `json:"verdict"`        // the letter of %G? in git-log(1)
	Keys    []string `json:"keys,omitempty"` // the fingerprints of what signed the commit
}

// addition is a record that a commit added, until it is read.
type addition struct {
	pos  int32
	path string
	blob plumbing.Hash
}

// mostAdditions is how many are read at once.
const mostAdditions = 4096

// noteAddition has a record looked at.
func (a *audit) noteAddition(ctx context.Context, pos int32, c odb.TreeChange) error {
	if !a.listens {
		return nil
	}
	if a.additions = append(a.additions, addition{pos, c.Path, c.New.Hash}); len(a.additions) < mostAdditions {
		return nil
	}
	return a.findSaid(ctx)
}

// findSaid looks which of the records that were added were said elsewhere.
func (a *audit) findSaid(ctx context.Context) error {
	all, err := a.LoadObjects()
	if err != nil {
		return err
	}
	said, agents := make([]*handoff.Said, len(a.additions)), make([]string, len(a.additions))
	err = all.InChunks(ctx, a.blocks, auditProcessors(), len(said), auditChunk, func(o *odb.Objects) func(begin, end int) error {
		return func(begin, end int) error {
			for i := begin; i < end; i++ {
				data, err := o.Blob(a.additions[i].blob, handoff.MaxSize)
				if err := unlessUnreadable(err); err != nil {
					return err
				}
				said[i], agents[i] = saidIn(data)
			}
			return nil
		}
	})
	if err != nil {
		return err
	}
	for i, where := range said {
		if where != nil {
			rev, added := a.history.At(a.additions[i].pos), a.additions[i]
			note := a.finding(rev, KindSaid, "HO904", LevelNote, added.path, handoff.WordOf(where.Via)+": said at "+where.URL)
			a.mark.Said = append(a.mark.Said, Said{Finding: note, Blob: added.blob.String(), URL: where.URL, Via: where.Via})
		}
	}
	for _, name := range agents {
		if name != "" {
			a.mark.Agents[name]++
		}
	}
	a.additions = a.additions[:0]
	return nil
}

// saidIn is where a record was said, nil for one of its author's own, and which agent
// prepared it, "" for none.
func saidIn(data []byte) (said *handoff.Said, agent string) {
	if !bytes.Contains(data, []byte("said")) && !bytes.Contains(data, []byte("agent")) { // the key, or a word
		return nil, ""
	}
	r := handoff.ParseCanonical(data)
	if r == nil {
		r = handoff.Parse(data, "").Record
	}
	if r == nil {
		return nil, ""
	}
	return r.Said, r.AgentName()
}

// judgeSaid asks git who signed the commits that added what was said elsewhere. Which
// keys count, the configuration says; whether git knows whose they are does not matter.
func (a *audit) judgeSaid(ctx context.Context) error {
	if err := a.findSaid(ctx); err != nil {
		return err
	}
	var hashes bytes.Buffer
	var asked []*Said
	for i := range a.mark.Said {
		if s := &a.mark.Said[i]; !s.Gone && (s.Verdict == "" || s.Verdict == "E") {
			asked = append(asked, s)
			fmt.Fprintln(&hashes, s.Commit)
		}
	}
	if len(asked) == 0 {
		return nil
	}
	cmd := a.Git.Command(ctx, "false", "--no-replace-objects", "-c", "gpg.ssh.allowedSignersFile="+os.DevNull,
		"log", "--no-show-signature", "--no-walk=unsorted", "--stdin", "--format=%H%x00%G?%x00%GF%x00%GP")
	out, err := git.RunCommand(ctx, cmd, "log", &hashes)
	if err != nil {
		return err
	}
	answers := make(map[string][]string)
	for line := range strings.Lines(string(out)) {
		parts := strings.Split(strings.TrimSuffix(line, "\n"), "\x00")
		if len(parts) != 4 {
			return fmt.Errorf("git log: %q is no answer about a signature", line)
		}
		answers[parts[0]] = parts[1:]
	}
	for _, s := range asked {
		answer := answers[s.Commit]
		if answer == nil {
			return fmt.Errorf("git log: no answer about the signature of %s", s.Commit)
		}
		if s.Verdict = answer[0]; s.Verdict == "G" || s.Verdict == "U" {
			s.Keys = slices.DeleteFunc(answer[1:], func(key string) bool { return key == "" })
		}
	}
	return nil
}

// proven are the blobs of what was said elsewhere and is its author's own: by the keys
// that the configuration names now, or read again.
func (a *audit) proven() map[string]bool {
	blobs := maps.Clone(a.heard)
	for _, s := range a.mark.Said {
		if !s.Gone && slices.ContainsFunc(s.Keys, a.opts.named) {
			blobs[s.Blob] = true
		}
	}
	return blobs
}

// named reports whether the configuration names a key by its fingerprint.
func (o Options) named(key string) bool {
	return o.Config != nil && slices.ContainsFunc(o.Config.Verify.Keys, func(known string) bool { return strings.EqualFold(known, key) })
}

// unheard are those of which nothing says that their authors have said them, each once.
func (m *auditMark) unheard(proven map[string]bool) []Said {
	var list []Said
	met := maps.Clone(proven)
	for _, s := range m.Said {
		if !s.Gone && !met[s.Blob] {
			met[s.Blob] = true
			list = append(list, s)
		}
	}
	return list
}

// saidPath is where it is remembered what was said elsewhere and is proven, a line of a
// blob and a word for each: key, or read.
func saidPath(r *store.Repo) string { return memoryPath(r, "said") }

// mostSaid is the size of the longest such list that is kept, in bytes.
const mostSaid = 64 << 20

// loadSaid reads the list. What is damaged says nothing: it is found again.
func loadSaid(r *store.Repo) map[string]string {
	list := make(map[string]string)
	file, err := plainfile.Open(saidPath(r), os.O_RDONLY, 0)
	if err != nil {
		return list // what is in the way, doctor names
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, mostSaid+1))
	if err != nil || len(data) > mostSaid {
		return list
	}
	for line := range strings.Lines(string(data)) {
		if blob, how, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " "); ok {
			list[blob] = how
		}
	}
	return list
}

// ProvenSaid are the blobs of records that were said elsewhere, and of which somebody
// has found out here that their authors have said them.
func ProvenSaid(r *store.Repo) map[string]bool {
	proven := make(map[string]bool)
	for blob := range loadSaid(r) {
		proven[blob] = true
	}
	return proven
}

// The words of the list.
const (
	saidByKey = "key"
	saidRead  = "read"
)

// NoteRead remembers that somebody has read again what the records say of these blobs.
func NoteRead(r *store.Repo, blobs []string) error {
	list := loadSaid(r)
	for _, blob := range blobs {
		list[blob] = saidRead
	}
	return writeSaid(r, list)
}

// loadHeard reads which blobs were read again.
func (a *audit) loadHeard() {
	a.heard = make(map[string]bool)
	for blob, how := range loadSaid(a.Repo) {
		if how == saidRead {
			a.heard[blob] = true
		}
	}
}

// rememberSaid writes what is proven, where that is new. Where it cannot be written it is
// found anew the next time.
func (a *audit) rememberSaid() {
	list := make(map[string]string)
	for blob := range a.proven() {
		list[blob] = saidByKey
		if a.heard[blob] {
			list[blob] = saidRead
		}
	}
	if !maps.Equal(list, loadSaid(a.Repo)) {
		_ = writeSaid(a.Repo, list)
	}
}

func writeSaid(r *store.Repo, list map[string]string) error {
	if err := plainfile.Check(saidPath(r)); err != nil {
		return err
	}
	var data bytes.Buffer
	for _, blob := range slices.Sorted(maps.Keys(list)) {
		fmt.Fprintf(&data, "%s %s\n", blob, list[blob])
	}
	return r.WriteState(saidPath(r), data.Bytes())
}
