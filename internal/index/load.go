package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
)

// Set is the union of the records that some refs reach.
type Set struct {
	Records  []*handoff.Record // one for each id, in the order of their paths
	Problems []handoff.Problem // files that are no records, in the order of their paths
	Files    []store.File      // everything below the directory, what people edit included
	Refs     []store.Ref       // where it was read
}

// Load reads the records below dir from the trees of refs. A file that is no
// record becomes a problem; an error means that the repository cannot be read.
// A *[store.MissingError] comes with the records that are there.
func Load(ctx context.Context, repo *store.Repo, refs []store.Ref, dir string) (*Set, error) {
	return load(ctx, repo, refs, dir, handoff.ParseCanonical)
}

// canonical reads a record that is in its canonical form, and returns nil for
// any other.
type canonical func(data []byte) *handoff.Record

func load(ctx context.Context, repo *store.Repo, refs []store.Ref, dir string, parse canonical) (*Set, error) {
	files, treesErr := repo.Records(ctx, refs, dir)
	if treesErr != nil && !isMissing(treesErr) {
		return nil, treesErr
	}
	set := &Set{Files: files, Refs: refs}
	for _, ref := range refs {
		if ref.Err != nil {
			set.Problems = append(set.Problems, handoff.Problem{Path: ref.Name, Code: "HO903", Message: "the ref cannot be read: " + ref.Err.Error()})
		}
	}
	results, err := readFiles(ctx, repo, dir, files, parse)
	if err != nil && !isMissing(err) {
		return nil, err
	}
	for _, r := range results {
		switch {
		case r.problem != nil:
			set.Problems = append(set.Problems, *r.problem)
		case r.record != nil:
			set.Records = append(set.Records, r.record)
		}
	}
	set.onePerID()
	return set, cmp.Or(err, treesErr)
}

// isMissing reports whether all that is wrong is that a partial clone has left
// something with its remote.
func isMissing(err error) bool {
	var missing *store.MissingError
	return errors.As(err, &missing)
}

// plainFile is the mode of a record, as trees hold it.
const plainFile = 0o100644

// recordName matches the path of a record below the records' directory.
var recordName = handoff.Pattern(`^\d{4}/\d{2}/\d{2}/\d{6}Z-[a-z]+-[a-z0-9._-]+-[0-9a-z]{8}\.yaml$`)

// peopleFiles are what people keep beside the records.
var peopleFiles = handoff.Pattern(`^(?:config\.yaml|README\.md|\.gitattributes|templates/.+)$`)

// result is what one file came to. Both are nil for a file that people keep
// beside the records.
type result struct {
	record  *handoff.Record
	problem *handoff.Problem
}

// readFiles returns what each of some files came to.
func readFiles(ctx context.Context, repo *store.Repo, dir string, files []store.File, parse canonical) ([]result, error) {
	results := make([]result, len(files))
	var blobs []string
	var places []int // in files
	for i, f := range files {
		name := strings.TrimPrefix(f.Path, dir+"/")
		_, isRecord := handoff.ParseFileName(name)
		switch {
		case !isRecord && peopleFiles().MatchString(name):
		case f.Mode != plainFile:
			results[i] = refused(f, "HO903", fmt.Sprintf("mode %06o: a record is a plain file, 100644", f.Mode))
		case !isRecord && !recordName().MatchString(name):
			results[i] = refused(f, "HO903", "not the name of a record")
		default:
			blobs, places = append(blobs, f.Blob), append(places, i)
		}
	}
	return results, repo.ReadAll(ctx, blobs, handoff.MaxSize, func(i int, data []byte, err error) error {
		i = places[i]
		results[i], err = readRecord(dir, files[i], data, err, parse)
		return err
	})
}

func refused(f store.File, code, message string) result {
	return result{problem: &handoff.Problem{Path: f.Path, Code: code, Message: message}}
}

// readRecord says what a file came to that could be read, or not.
func readRecord(dir string, f store.File, data []byte, err error, parse canonical) (result, error) {
	var large *store.TooLargeError
	var other *store.KindError
	switch {
	case errors.As(err, &large):
		return refused(f, "HO910", fmt.Sprintf("%d bytes, at most %d are read", large.Size, large.Max)), nil
	case errors.As(err, &other):
		return refused(f, "HO903", fmt.Sprintf("a %s that is called a file", other.Kind)), nil
	case err != nil:
		return result{}, fmt.Errorf("%s in %s: %w", f.Path, cmp.Or(f.Ref, "a branch"), err)
	}
	r, problem := parseRecord(data, parse)
	switch {
	case problem != nil:
		return refused(f, problem.Code, problem.Message), nil
	case dir+"/"+r.Name() != f.Path:
		return refused(f, "HO903", "the name says something else than id, kind, author and time"), nil
	}
	r.Source = handoff.Source{Path: f.Path, Ref: f.Ref, Commit: f.Commit, Blob: f.Blob, Digest: digest(data)}
	return result{record: r}, nil
}

// parseRecord reads a record that can be folded, or says why there is none.
func parseRecord(data []byte, parse canonical) (*handoff.Record, *handoff.Problem) {
	r := parse(data)
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

// onePerID keeps one of several records with the same id: the one from the ref
// that comes first, as refs come in the order in which they count.
func (s *Set) onePerID() {
	rank := make(map[string]int, len(s.Refs))
	for i, ref := range s.Refs {
		if _, ok := rank[ref.Name]; !ok {
			rank[ref.Name] = i
		}
	}
	kept := make(map[string]*handoff.Record, len(s.Records))
	for _, r := range s.Records {
		if k, ok := kept[r.ID]; !ok || rank[r.Source.Ref] < rank[k.Source.Ref] {
			kept[r.ID] = r
		}
	}
	s.Records = slices.DeleteFunc(s.Records, func(r *handoff.Record) bool {
		k := kept[r.ID]
		if k != r && k.Source.Digest != r.Source.Digest {
			s.Problems = append(s.Problems, handoff.Problem{Record: r.ID, Path: r.Source.Path, Code: "HO903",
				Message: fmt.Sprintf("id %s stands for other content in %s, which counts", r.ID, k.Source.Path)})
		}
		return k != r
	})
}
