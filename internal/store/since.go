package store

import (
	"bytes"
	"context"
	"fmt"
	"strings"
)

// Branches returns all branches, local and remote-tracking, sorted by name.
func (r *Repo) Branches() ([]Ref, error) { return r.ListRefs("refs/heads/", "refs/remotes/") }

// CommitsSince returns the hashes of the commits that branches reach now and did
// not when they were as in before, an answer of [Repo.Branches].
func (r *Repo) CommitsSince(ctx context.Context, before []Ref) (map[string]bool, error) {
	now, err := r.Branches()
	if err != nil {
		return nil, err
	}
	had := make(map[string]bool, len(before))
	for _, ref := range before {
		had[ref.Hash] = true
	}
	var args bytes.Buffer
	for _, ref := range now {
		if ref.Err == nil && !had[ref.Hash] {
			fmt.Fprintln(&args, ref.Hash)
		}
	}
	commits := make(map[string]bool)
	if args.Len() == 0 {
		return commits, nil
	}
	for hash := range had {
		if hash != "" {
			fmt.Fprintln(&args, "^"+hash)
		}
	}
	out, err := runCommand(ctx, r.git.command(ctx, "false", "--no-replace-objects", "rev-list", "--ignore-missing", "--stdin"), "rev-list", &args)
	if err != nil {
		return nil, err
	}
	for hash := range strings.FieldsSeq(string(out)) {
		commits[hash] = true
	}
	return commits, nil
}
