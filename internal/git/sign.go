package git

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/handoff-cli/handoff/internal/git/odb"
)

// SignError says that a commit was to be signed and was not. Nothing is
// written then: an unsigned commit would not be what the user asked for.
type SignError struct {
	Program string
	Why     string // what the program said, or why it was not run
}

func (e *SignError) Error() string { return "signing with " + e.Program + ": " + e.Why }

// EncodeCommit writes a commit as git does, signed if the user's configuration
// says so. What is signed is the commit without its signature.
func (r *Repo) EncodeCommit(ctx context.Context, o *odb.Objects, c *object.Commit) (odb.RawObject, error) {
	c.PGPSignature = ""
	unsigned, err := o.Encode(c)
	if err != nil {
		return odb.RawObject{}, err
	}
	c.PGPSignature, err = r.sign(ctx, unsigned.Data, c.Committer)
	if err != nil || c.PGPSignature == "" {
		return unsigned, err
	}
	return o.Encode(c)
}

// sign returns the signature of a commit as git would make it (commit.gpgSign,
// gpg.format, user.signingKey), "" when commits are not signed.
func (r *Repo) sign(ctx context.Context, commit []byte, committer object.Signature) (string, error) {
	c, err := r.LoadConfig()
	if err != nil || !c.IsTrue("commit.gpgsign") {
		return "", err
	}
	key := c.Get("user.signingkey")
	switch format := c.Get("gpg.format"); format {
	case "", "openpgp":
		program := cmp.Or(c.Get("gpg.openpgp.program"), c.Get("gpg.program"), "gpg")
		return r.signGPG(ctx, program, cmp.Or(key, committer.String()), commit)
	case "x509":
		program := cmp.Or(c.Get("gpg.x509.program"), "gpgsm")
		return r.signGPG(ctx, program, cmp.Or(key, committer.String()), commit)
	case "ssh":
		return r.signSSH(ctx, cmp.Or(c.Get("gpg.ssh.program"), "ssh-keygen"), key, commit)
	default:
		return "", &SignError{Program: "gpg.format " + format, Why: "not a format that git knows"}
	}
}

// signGPG makes a detached signature with gpg or a program with its interface.
// The status line is the only sign of success that these programs share.
func (r *Repo) signGPG(ctx context.Context, program, key string, payload []byte) (string, error) {
	stdout, stderr, err := r.runSigner(ctx, program, payload, "--status-fd=2", "-bsau", key)
	if err != nil {
		return "", err
	}
	if !strings.Contains("\n"+stderr, "\n[GNUPG:] SIG_CREATED ") {
		return "", &SignError{Program: program, Why: cmp.Or(strings.TrimSpace(stderr), "no signature was created")}
	}
	return stdout, nil
}

// signSSH makes an SSH signature in the namespace "git". key is the path of a
// key file, or a public key whose private half an agent has; without one
// gpg.ssh.defaultKeyCommand names it.
func (r *Repo) signSSH(ctx context.Context, program, key string, payload []byte) (string, error) {
	if key == "" {
		var err error
		if key, err = r.defaultSSHKey(ctx); err != nil {
			return "", err
		}
	}
	args := []string{"-Y", "sign", "-n", "git"}
	literal, isLiteral := strings.CutPrefix(key, "key::")
	if isLiteral || strings.HasPrefix(key, "ssh-") {
		file, err := r.tempFile(literal + "\n")
		if err != nil {
			return "", err
		}
		defer os.Remove(file)
		args = append(args, "-U", "-f", file)
	} else {
		args = append(args, "-f", ExpandHome(key, r.Env))
	}
	stdout, stderr, err := r.runSigner(ctx, program, payload, args...)
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(stdout, "-----BEGIN SSH SIGNATURE-----") {
		return "", &SignError{Program: program, Why: cmp.Or(strings.TrimSpace(stderr), "no signature was created")}
	}
	return stdout, nil
}

// defaultSSHKey runs gpg.ssh.defaultKeyCommand, whose first line of output is a
// key.
func (r *Repo) defaultSSHKey(ctx context.Context) (string, error) {
	c, err := r.LoadConfig()
	if err != nil {
		return "", err
	}
	command := strings.Fields(c.Get("gpg.ssh.defaultkeycommand"))
	if len(command) == 0 {
		return "", &SignError{Program: "ssh", Why: "user.signingKey is not set"}
	}
	stdout, _, err := r.runSigner(ctx, command[0], nil, command[1:]...)
	line, _, _ := strings.Cut(stdout, "\n")
	return line, err
}

// runSigner runs a program with the caller's environment, so that agents and
// terminals are found.
func (r *Repo) runSigner(ctx context.Context, program string, stdin []byte, args ...string) (stdout, stderr string, err error) {
	path := r.Env.FindProgram(ExpandHome(program, r.Env))
	if path == "" {
		return "", "", &SignError{Program: program, Why: "program not found"}
	}
	var out, messages bytes.Buffer
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir, cmd.Env = r.Git.Dir, r.Env
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &out, &messages
	cmd.WaitDelay = time.Second // an agent that it has started may hold its output open
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", "", context.Cause(ctx)
		}
		return "", "", &SignError{Program: program, Why: cmp.Or(strings.TrimSpace(messages.String()), err.Error())}
	}
	return out.String(), messages.String(), nil
}

// tempFile writes a file that only the user can read to our part of the git
// directory and returns its path.
func (r *Repo) tempFile(content string) (string, error) {
	dir := filepath.Join(r.dir, "handoff")
	if err := r.MakeDir(dir); err != nil {
		return "", err
	}
	file, err := os.CreateTemp(dir, "key-*")
	if err != nil {
		return "", err
	}
	_, err = file.WriteString(content)
	if err := errors.Join(err, file.Close()); err != nil {
		os.Remove(file.Name())
		return "", err
	}
	return file.Name(), nil
}
