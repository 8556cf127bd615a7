package audit

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/store"
)

// judgeSignatures asks git about the signatures of the commits that added
// records. Which keys are trusted is the user's business (gpg.ssh.allowedSignersFile,
// the keyring), never the repository's.
func (a *audit) judgeSignatures(ctx context.Context) error {
	if len(a.added) == 0 {
		return nil
	}
	var hashes bytes.Buffer
	for _, commit := range a.added {
		fmt.Fprintln(&hashes, a.history.At(commit.pos).Hash)
	}
	cmd := a.Git.Command(ctx, "false", "--no-replace-objects", "log", "--no-show-signature", "--no-walk=unsorted", "--stdin", "--format=%G?%x00%GS")
	out, err := git.RunCommand(ctx, cmd, "log", &hashes)
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(lines) != len(a.added) {
		return fmt.Errorf("git log: %d answers about %d signatures", len(lines), len(a.added))
	}
	for i, commit := range a.added {
		verdict, signer, _ := strings.Cut(lines[i], "\x00")
		if err := a.judgeSignature(commit, verdict, signer); err != nil {
			return err
		}
	}
	return nil
}

// signatureFaults are the letters of %G? in git-log(1) for what is no good
// signature.
var signatureFaults = map[string]string{
	"N": "not signed",
	"B": "the signature does not fit the commit",
	"U": "signed with a key that nobody here vouches for",
	"X": "the signature has expired",
	"Y": "signed with a key that has expired",
	"R": "signed with a key that was revoked",
	"E": "the signature cannot be checked: the key is not here",
}

// judgeSignature judges the signature of one commit.
func (a *audit) judgeSignature(commit judgedCommit, verdict, signer string) error {
	rev := a.history.At(commit.pos)
	fault, isFault := signatureFaults[verdict]
	kind := KindUnsigned
	if !isFault {
		roster, err := a.configOf(commit.config)
		if err != nil || signs(roster, signer, a.history.Authors[rev.Author]) {
			return err
		}
		kind, fault = KindSigner, "signed by "+signer+", who is not the author of the commit"
	}
	for _, c := range commit.parents[0] {
		if _, ok := store.ParseRecordName(a.opts.Dir, c.Path); ok {
			a.found(rev, kind, "HO904", c.Path, fault)
		}
	}
	return nil
}

// signs reports whether signer, "NAME <EMAIL>" of a PGP key or the principal of
// an SSH key, is an author.
func signs(c *config.Config, signer string, who git.Author) bool {
	name, email := "", signer
	if begin, end := strings.LastIndexByte(signer, '<'), strings.LastIndexByte(signer, '>'); begin >= 0 && end > begin {
		name, email = strings.TrimSpace(signer[:begin]), signer[begin+1:end]
	}
	if strings.EqualFold(email, who.Email) {
		return true
	}
	mine, known := c.Handle(name, email)
	theirs, knownToo := c.Handle(who.Name, who.Email)
	return known && knownToo && mine == theirs
}
