package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/handoff-cli/handoff/internal/text"
)

// Set is the union of the records that some refs reach.
type Set struct {
	Records  []*handoff.Record // one for each id, in the order of their paths
	Problems []handoff.Problem // files that are no records, in the order of their paths
	Files    []store.File      // everything below the directory, what people edit included
	Refs     []git.Ref         // where it was read
}

// Lost reports whether something could not be read that may be the next time.
func (s *Set) Lost() bool {
	return slices.ContainsFunc(s.Problems, func(p handoff.Problem) bool { return p.Lost })
}

// Load reads the records below dir from the trees of refs. A file that is no
// record becomes a problem; an error means that the repository cannot be read.
// A *[odb.MissingError] comes with the records that are there.
func Load(ctx context.Context, repo *store.Repo, refs []git.Ref, dir string) (*Set, error) {
	files, faults, treesErr := repo.Records(ctx, refs, dir)
	if treesErr != nil && !isMissing(treesErr) {
		return nil, treesErr
	}
	set := &Set{Files: files, Refs: refs}
	byName := make(map[string]git.Ref, len(refs))
	for _, ref := range refs {
		byName[ref.Name] = ref
		if ref.Err != nil {
			set.Problems = append(set.Problems, handoff.Problem{Path: ref.Name, Ref: ref.Name, Code: "HO903", Message: "the ref cannot be read: " + ref.Err.Error()})
		}
	}
	for _, f := range faults {
		set.Problems = append(set.Problems, handoff.Problem{Path: f.Ref.Name, Ref: f.Ref.Name, Code: "HO903",
			Message: "what it holds cannot be read, or not all of it: " + f.Err.Error(), Fix: repo.WayOut(f.Ref, f.Lasting()), Lost: !f.Lasting()})
	}
	results, err := readFiles(ctx, repo, dir, files)
	if err != nil && !isMissing(err) {
		return nil, err
	}
	for i, r := range results {
		switch {
		case r.problem != nil:
			r.problem.Ref, r.problem.Lost = files[i].Ref, r.passing
			r.problem.Fix = repo.WayOut(byName[files[i].Ref], !r.passing)
			set.Problems = append(set.Problems, *r.problem)
		case r.record != nil:
			r.record.Source.OnWordOf = r.record.OnWordOf(nil)
			set.Records = append(set.Records, r.record)
		}
	}
	electErr := set.onePerID(ctx, repo, dir)
	return set, cmp.Or(electErr, err, treesErr)
}

// isMissing reports whether all that is wrong is that a partial clone has left
// something with its remote.
func isMissing(err error) bool {
	var missing *odb.MissingError
	return errors.As(err, &missing)
}

// plainFile is the mode of a record, as trees hold it.
const plainFile = 0o100644

// recordName matches the path of a record below the records' directory.
var recordName = text.Pattern(`^\d{4}/\d{2}/\d{2}/\d{6}Z-[a-z]+-[a-z0-9._-]+-[0-9a-z]{8}\.yaml$`)

// peopleFiles are what people keep beside the records.
var peopleFiles = text.Pattern(`^(?:config\.yaml|README\.md|\.gitattributes|templates/.+)$`)

// MistakenFor returns the file or directory that people keep beside the records and
// that Windows or macOS take a name for, though git does not, "" for none. The name
// is that below the records' directory.
func MistakenFor(name string) string {
	for _, own := range []string{"config.yaml", "README.md", ".gitattributes", "templates"} {
		if text.MistakenFor(name, own) {
			return own
		}
	}
	return ""
}

// notRecord says what is wrong with a name.
func notRecord(name string) string {
	if own := MistakenFor(name); own != "" {
		return "Windows and macOS take it for " + own + ", and git does not"
	}
	return "not the name of a record"
}

// result is what one file came to. Both are nil for a file that people keep
// beside the records.
type result struct {
	record  *handoff.Record
	problem *handoff.Problem
	passing bool // the problem may be gone the next time, though the file stays as it is
}

// readFiles returns what each of some files came to.
func readFiles(ctx context.Context, repo *store.Repo, dir string, files []store.File) ([]result, error) {
	results := make([]result, len(files))
	var blobs []string
	var positions []int // in files
	for i, f := range files {
		name := strings.TrimPrefix(f.Path, dir+"/")
		_, isRecord := handoff.ParseFileName(name)
		switch {
		case !isRecord && peopleFiles().MatchString(name):
		case f.Mode&0o170000 == 0o040000:
			results[i] = refused(f, "HO903", "a directory that lies too deep, or at too many places: what is in it is not read")
		case f.Mode != plainFile:
			results[i] = refused(f, "HO903", fmt.Sprintf("mode %06o: a record is a plain file, 100644", f.Mode))
		case !isRecord && !recordName().MatchString(name):
			results[i] = refused(f, "HO903", notRecord(name))
		default:
			blobs, positions = append(blobs, f.Blob), append(positions, i)
		}
	}
	return results, repo.ReadAll(ctx, blobs, handoff.MaxSize, func(i int, data []byte, err error) error {
		i = positions[i]
		results[i] = readRecord(dir, files[i], data, err)
		return nil
	})
}

func refused(f store.File, code, message string) result {
	return result{problem: &handoff.Problem{Path: f.Path, Code: code, Message: message}}
}

// readRecord says what a file came to that could be read, or not.
func readRecord(dir string, f store.File, data []byte, err error) result {
	var large *odb.TooLargeError
	var other *odb.KindError
	switch {
	case errors.As(err, &large):
		return refused(f, "HO910", fmt.Sprintf("%d bytes, at most %d are read", large.Size, large.Max))
	case errors.As(err, &other):
		return refused(f, "HO903", fmt.Sprintf("a %s that is called a file", other.Kind))
	case err != nil:
		lost := refused(f, "HO903", fmt.Sprintf("cannot be read: object %s: %v", f.Blob, err))
		lost.passing = !store.Lasting(err)
		return lost
	}
	r, problem := parseRecord(data)
	switch {
	case problem != nil:
		return refused(f, problem.Code, problem.Message)
	case dir+"/"+r.Name() != f.Path:
		return refused(f, "HO903", "the name disagrees with id, kind, author or time")
	}
	r.Source = handoff.Source{Path: f.Path, Ref: f.Ref, Commit: f.Commit, Blob: f.Blob, Digest: digest(data)}
	return result{record: r}
}

// parseRecord reads a record that can be folded, or says why there is none.
func parseRecord(data []byte) (*handoff.Record, *handoff.Problem) {
	r := handoff.ParseCanonical(data)
	if r == nil {
		doc := handoff.Parse(data, "")
		switch {
		case handoff.HasErrors(doc.Findings) && doc.Record == nil:
			return nil, &handoff.Problem{Code: doc.Findings[0].Code, Message: doc.Findings[0].Message}
		case doc.Record == nil:
			return nil, &handoff.Problem{Code: "HO101", Message: "of a kind or a schema that this version does not know: a newer program wrote it"}
		}
		r = doc.Record
	}
	if !handoff.ValidID(r.ID) || !handoff.ValidHandle(r.By) || r.At.IsZero() {
		return nil, &handoff.Problem{Code: "HO101", Message: "no valid id, author or time"}
	}
	return r, nil
}

// onePerID keeps one of several records with the same id, the one that counts,
// and marks it when the others have another content.
func (s *Set) onePerID(ctx context.Context, repo *store.Repo, dir string) error {
	position := make(map[string]int, len(s.Refs))
	for i, ref := range s.Refs {
		if _, ok := position[ref.Name]; !ok {
			position[ref.Name] = i
		}
	}
	first := make(map[string]*handoff.Record, len(s.Records))
	candidates := make(map[string][]candidate)
	for _, r := range s.Records {
		ref := position[r.Source.Ref]
		r.Source.Foreign = s.Refs[ref].Foreign
		switch one, ok := first[r.ID]; {
		case !ok:
			first[r.ID] = r
		case candidates[r.ID] == nil:
			candidates[r.ID] = []candidate{{one, position[one.Source.Ref]}, {r, ref}}
		default:
			candidates[r.ID] = append(candidates[r.ID], candidate{r, ref})
		}
	}
	if len(candidates) == 0 {
		return nil
	}
	elected, err := elect(ctx, repo, s.Refs, dir, candidates)
	if err != nil {
		return err
	}
	s.Records = slices.DeleteFunc(s.Records, func(r *handoff.Record) bool {
		k, contested := elected[r.ID]
		if !contested || k == r {
			r.Source.Disputed = contested
			return false
		}
		s.Problems = append(s.Problems, handoff.Problem{Record: r.ID, Path: r.Source.Path, Ref: r.Source.Ref, Code: "HO903",
			Message: fmt.Sprintf("contents disagree: id %s stands for other content in %s, which counts", r.ID, k.Source.Path),
			Fix:     fmt.Sprintf("git show %s:%s and git show %s:%s show both", k.Source.Commit, k.Source.Path, r.Source.Commit, r.Source.Path)})
		return true
	})
	return nil
}
