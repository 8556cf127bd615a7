package git

import (
	"bytes"
	"context"
	"fmt"
	"strings"
)

// CommitsSince returns the hashes of the commits that refs reach now and that
// others, or the same ones earlier, did not reach.
func (r *Repo) CommitsSince(ctx context.Context, before, now []Ref) (map[string]bool, error) {
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
	out, err := RunCommand(ctx, r.Git.Command(ctx, "false", "--no-replace-objects", "rev-list", "--ignore-missing", "--stdin"), "rev-list", &args)
	if err != nil {
		return nil, err
	}
	for hash := range strings.FieldsSeq(string(out)) {
		commits[hash] = true
	}
	return commits, nil
}
