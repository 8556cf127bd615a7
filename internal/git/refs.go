package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/plainfile"
)

// Head is what HEAD says.
type Head struct {
	Ref      string // "refs/heads/main"; "HEAD" when detached
	Hash     string // the commit, 40 hex digits; "" when unborn
	Detached bool
	Unborn   bool // the branch has no commit yet
}

// Ref is a tip that records are read from.
type Ref struct {
	Name string // full name, "HEAD" when detached, or the revision as it was asked for
	Hash string // the commit, 40 hex digits; "" when Err is set
	Err  error  // why this one tip cannot be read; the others can

	Rank    int   // of several contents under one id, that of the lowest rank counts
	Foreign bool  // it may hold what strangers wrote
	Only    *User // of a foreign one that nobody asked for, the records that this user committed are read; nil for all
}

// NoHash is how git writes "no commit" in a reflog.
var NoHash = plumbing.ZeroHash.String()

// Head resolves HEAD. A branch is unborn only when it has no file, no packed
// entry and no reflog; a reference that cannot be read is a *DamagedError, as
// taking it for unborn would start a second history.
func (r *Repo) Head() (Head, error) {
	chain, hash, err := r.ResolveRef("HEAD")
	if err != nil {
		return Head{}, err
	}
	head := Head{Ref: chain[len(chain)-1], Hash: hash, Detached: len(chain) == 1, Unborn: hash == ""}
	if head.Unborn {
		return head, r.CheckUnborn(head.Ref)
	}
	return head, nil
}

// CheckUnborn returns a *DamagedError when ref, which has no value, once had
// one.
func (r *Repo) CheckUnborn(ref string) error {
	if entries, err := r.References.Logged(ref); err != nil || entries == 0 {
		return err
	}
	return &odb.DamagedError{Path: r.References.Where(ref), Err: errors.New("missing, though its reflog has entries")}
}

// CheckNameFree returns an error when ref, which does not exist, cannot be made
// because another reference has a part of its name, or goes on from it.
func (r *Repo) CheckNameFree(ref string) error {
	taken := map[string]bool{}
	for _, parent := range ParentsOf(ref) {
		taken[parent] = true
	}
	others, err := r.ListRefs("refs/heads/")
	for _, other := range others {
		if taken[other.Name] || strings.HasPrefix(other.Name, ref+"/") {
			return fmt.Errorf("%s: cannot be made while %s exists", ref, other.Name)
		}
	}
	return err
}

// ResolveRef follows name through symbolic references. The chain is the names on
// the way, the first is name and the last is the one that holds, or would hold,
// the hash. The hash is "" when that one does not exist.
func (r *Repo) ResolveRef(name string) (chain []string, hash string, err error) {
	const longest = 5 // as in git
	for range longest {
		chain = append(chain, name)
		value, err := r.References.Read(name)
		if err != nil {
			return nil, "", err
		}
		target, symbolic := strings.CutPrefix(value, "ref:")
		if !symbolic {
			return chain, value, nil
		}
		name = strings.TrimSpace(target)
		if err := plumbing.ReferenceName(name).Validate(); err != nil {
			return nil, "", &odb.DamagedError{Path: r.References.Where(chain[len(chain)-1]), Err: errors.New("points at no valid name")}
		}
	}
	return nil, "", &odb.DamagedError{Path: r.References.Where(chain[0]), Err: errors.New("symbolic references in a circle")}
}

// Read reads one reference. A loose file wins over the packed entry, and is
// looked for first because git packs a reference before it removes the file.
func (r fileRefs) Read(name string) (string, error) {
	path := r.RefPath(name)
	if target, err := os.Readlink(path); err == nil && strings.HasPrefix(target, "refs/") {
		return "ref: " + target, nil // as old versions of git wrote HEAD
	}
	data, err := os.ReadFile(path)
	if err == nil {
		return parseRef(path, data)
	}
	// A directory is in the way when only the packed entry exists and other
	// references once had this one's name as their first part.
	if info, statErr := os.Stat(path); !plainfile.IsAbsent(path, err) && (statErr != nil || !info.IsDir()) && !IsNotDirectory(err) {
		return "", err
	}
	if name == "HEAD" {
		return "", &odb.DamagedError{Path: path, Err: errors.New("missing")}
	}
	if !strings.HasPrefix(name, "refs/") {
		return "", nil // CHERRY_PICK_HEAD and its like are never packed
	}
	return r.packedRef(name)
}

// parseRef reads the content of a loose reference.
func parseRef(path string, data []byte) (string, error) {
	text := strings.TrimRight(string(data), " \t\r\n")
	switch {
	case text == "":
		return "", &odb.DamagedError{Path: path, Err: errors.New("empty")}
	case strings.HasPrefix(text, "ref:"):
		return text, nil
	case len(text) >= 40 && plumbing.IsHash(text[:40]) && (len(text) == 40 || text[40] == ' ' || text[40] == '\t' || text[40] == '\n'):
		return text[:40], nil
	}
	return "", &odb.DamagedError{Path: path, Err: errors.New("not a reference")}
}

// RefPath returns where the loose file of a reference is: in the directory of
// this work tree for HEAD and its like, else in the common one.
func (r *Repo) RefPath(name string) string {
	return filepath.Join(r.refDir(name), filepath.FromSlash(name))
}

// LogPath returns where the reflog of a reference is.
func (r *Repo) LogPath(name string) string {
	return filepath.Join(r.refDir(name), "logs", filepath.FromSlash(name))
}

// refDir returns the git directory that holds a reference (git-worktree(1),
// "refs").
func (r *Repo) refDir(name string) string {
	own := !strings.HasPrefix(name, "refs/")
	for _, prefix := range []string{"refs/bisect/", "refs/worktree/", "refs/rewritten/"} {
		own = own || strings.HasPrefix(name, prefix)
	}
	if own {
		return r.dir
	}
	return r.common
}

// packedRef returns the hash of a packed reference, "" when there is none.
func (r fileRefs) packedRef(name string) (string, error) {
	found := ""
	err := r.eachPacked(func(packed []byte, hash string) bool {
		if string(packed) == name {
			found = hash
		}
		return found == ""
	})
	return found, err
}

// eachPacked calls visit for the entries of packed-refs in their order until it
// returns false. name is valid during the call only.
func (r fileRefs) eachPacked(visit func(name []byte, hash string) bool) error {
	path := filepath.Join(r.common, "packed-refs")
	file, err := os.Open(path)
	if plainfile.IsAbsent(path, err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	last := ""
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := lines.Bytes()
		if len(line) == 0 || line[0] == '#' || line[0] == '^' {
			continue // a header, or the commit that the tag above it names
		}
		hash, name, ok := bytes.Cut(line, []byte(" "))
		if last == "" || string(hash) != last {
			last = string(hash) // neighbours are often at one commit
			ok = ok && plumbing.IsHash(last)
		}
		if !ok {
			return &odb.DamagedError{Path: path, Err: errors.New("a line is not a reference")}
		}
		if !visit(name, last) {
			return nil
		}
	}
	return lines.Err()
}

// isBranch reports whether a reference is the branch of that name, here or on a
// remote.
func isBranch(ref, branch string) bool {
	_, onRemote, _ := strings.Cut(strings.TrimPrefix(ref, "refs/remotes/"), "/")
	return ref == "refs/heads/"+branch || strings.HasPrefix(ref, "refs/remotes/") && onRemote == branch
}

// Distinct drops every tip whose commit an earlier one has, in place.
func Distinct(refs []Ref) []Ref {
	seen := make(map[string]bool, len(refs))
	return slices.DeleteFunc(refs, func(ref Ref) bool {
		if ref.Err != nil {
			return false
		}
		again := seen[ref.Hash]
		seen[ref.Hash] = true
		return again
	})
}

// ListRefs returns the local and remote-tracking branches below full prefixes
// such as "refs/remotes/", sorted by name. One that cannot be read has Err set.
// Symbolic ones are left out: what they point at is listed itself.
func (r *Repo) ListRefs(prefixes ...string) ([]Ref, error) { return r.References.List(prefixes) }

// List reads the loose files and packed-refs.
func (r fileRefs) List(prefixes []string) ([]Ref, error) {
	// Loose files come before packed-refs: the other way round a reference that
	// is being packed would be missed.
	found := map[string]Ref{}
	for _, prefix := range prefixes {
		if err := r.looseRefs(prefix, found); err != nil {
			return nil, err
		}
	}
	refs := make([]Ref, 0, len(found))
	for _, ref := range found {
		if ref.Hash != "" || ref.Err != nil {
			refs = append(refs, ref)
		}
	}
	err := r.eachPacked(func(name []byte, hash string) bool {
		for _, prefix := range prefixes {
			if !bytes.HasPrefix(name, []byte(prefix)) {
				continue
			}
			if _, loose := found[string(name)]; !loose {
				refs = append(refs, Ref{Name: string(name), Hash: hash})
			}
			break
		}
		return true
	})
	if byName := func(a, b Ref) int { return strings.Compare(a.Name, b.Name) }; !slices.IsSortedFunc(refs, byName) {
		slices.SortStableFunc(refs, byName)
	}
	// Of a name that packed-refs has twice the first line counts.
	return slices.CompactFunc(refs, func(a, b Ref) bool { return a.Name == b.Name }), err
}

// looseRefs adds the loose references below prefix to found, symbolic ones
// without a hash.
func (r fileRefs) looseRefs(prefix string, found map[string]Ref) error {
	root := r.RefPath(prefix)
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // never there, or removed while we look
		}
		if err != nil || entry.IsDir() || strings.HasSuffix(path, ".lock") {
			return err
		}
		below, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name := prefix + filepath.ToSlash(below)
		if mode := entry.Type(); mode&^fs.ModeSymlink != 0 { // a named pipe would be waited for
			found[name] = Ref{Name: name, Err: &odb.DamagedError{Path: path, Err: errors.New("not a file")}}
			return nil
		}
		value, err := r.Read(name)
		switch {
		case err != nil:
			found[name] = Ref{Name: name, Err: err}
		case plumbing.IsHash(value):
			found[name] = Ref{Name: name, Hash: value}
		case value != "":
			found[name] = Ref{Name: name}
		}
		return nil
	})
}

// namedRefs resolves revisions to commits.
func (r *Repo) namedRefs(ctx context.Context, revs []string) []Ref {
	refs := make([]Ref, len(revs))
	for i, rev := range revs {
		hash, err := r.Revision(ctx, rev)
		refs[i] = Ref{Name: rev, Hash: hash, Err: err}
	}
	return refs
}

// Revision returns the commit that a revision names, in all notations of git. Of
// a name that a branch and a tag have, the branch is meant: that is where records
// are. Git would take the tag, which refs/tags/NAME names here.
func (r *Repo) Revision(ctx context.Context, rev string) (string, error) {
	rev = r.branchFirst(rev)
	out, err := r.Git.Output(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if err != nil {
		return "", fmt.Errorf("%s: no such revision: %w", rev, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// branchFirst returns a revision with the full name of its branch, here or of a
// remote, where a tag has that name as well.
func (r *Repo) branchFirst(rev string) string {
	name := rev
	for _, suffix := range []string{"~", "^", ":", "@{"} { // git-rev-parse(1)
		name, _, _ = strings.Cut(name, suffix)
	}
	if name == "" || plumbing.IsHash(name) || plumbing.ReferenceName("refs/heads/"+name).Validate() != nil {
		return rev
	}
	exists := func(full string) bool {
		_, hash, err := r.ResolveRef(full)
		return err != nil || hash != "" // one that cannot be read is reported by who resolves it
	}
	if !exists("refs/tags/" + name) {
		return rev
	}
	for _, prefix := range []string{"refs/heads/", "refs/remotes/"} {
		if exists(prefix + name) {
			return prefix + rev
		}
	}
	return rev
}

// ReadLine returns the content of a small file without the line end, "" when it
// is not there.
func ReadLine(path string) (string, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > maxLine {
		return "", &odb.DamagedError{Path: path, Err: errors.New("too large")}
	}
	data, err := plainfile.Read(path)
	if plainfile.IsAbsent(path, err) || IsNotDirectory(err) {
		return "", nil
	}
	return strings.TrimSpace(string(data)), err
}

// maxLine is the size of the largest file that is read as a line, in bytes.
const maxLine = 64 << 10

// ParentsOf returns the directories that hold path, the topmost first.
func ParentsOf(path string) []string {
	var parents []string
	for i := range path {
		if path[i] == '/' {
			parents = append(parents, path[:i])
		}
	}
	return parents
}

// DetachedError says that HEAD is on no branch and the caller did not allow a
// commit there.
type DetachedError struct{ Hash string }

func (e *DetachedError) Error() string { return "HEAD is detached at " + e.Hash }
