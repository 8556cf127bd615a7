package index

import (
	"context"
	"errors"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

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
func Load(ctx context.Context, repo *store.Repo, refs []store.Ref, dir string) (*Set, error) {
	files, err := repo.Records(ctx, refs, dir)
	if err != nil {
		return nil, err
	}
	set := &Set{Files: files, Refs: refs}
	for _, ref := range refs {
		if ref.Err != nil {
			set.Problems = append(set.Problems, handoff.Problem{Path: ref.Name, Code: "HO903", Message: "the ref cannot be read: " + ref.Err.Error()})
		}
	}
	results := make([]result, len(files))
	if err := parallel(ctx, len(files), func(i int) error {
		var err error
		results[i], err = readFile(repo, dir, files[i])
		return err
	}); err != nil {
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
	return set, nil
}

// parallel calls f for 0 to n-1 on all processors and returns the first error.
func parallel(ctx context.Context, n int, f func(i int) error) error {
	const worthAThread = 64
	var (
		next    atomic.Int64
		workers sync.WaitGroup
		once    sync.Once
		failed  error
	)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for range min(runtime.GOMAXPROCS(0), 1+n/worthAThread) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := f(i); err != nil {
					once.Do(func() { failed = err })
					cancel()
				}
			}
		})
	}
	workers.Wait()
	if failed != nil {
		return failed
	}
	return context.Cause(ctx)
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

func readFile(repo *store.Repo, dir string, f store.File) (result, error) {
	name := strings.TrimPrefix(f.Path, dir+"/")
	problem := func(code, message string) (result, error) {
		return result{problem: &handoff.Problem{Path: f.Path, Code: code, Message: message}}, nil
	}
	switch {
	case peopleFiles().MatchString(name):
		return result{}, nil
	case f.Mode != plainFile:
		return problem("HO903", fmt.Sprintf("mode %06o: a record is a plain file, 100644", f.Mode))
	case !recordName().MatchString(name):
		return problem("HO903", "not the name of a record")
	}
	data, err := repo.Read(f.Blob, handoff.MaxSize)
	var large *store.TooLargeError
	switch {
	case errors.As(err, &large):
		return problem("HO910", fmt.Sprintf("%d bytes, at most %d are read", large.Size, large.Max))
	case err != nil:
		return result{}, err
	}
	r, refused := parseRecord(data)
	switch {
	case refused != nil:
		return problem(refused.Code, refused.Message)
	case path.Join(dir, r.Name()) != f.Path:
		return problem("HO903", "the name says something else than id, kind, author and time")
	}
	r.Source = handoff.Source{Path: f.Path, Ref: f.Ref, Commit: f.Commit, Blob: f.Blob, Digest: digest(data)}
	return result{record: r}, nil
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
