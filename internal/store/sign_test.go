package store

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/gittest"
)

func TestSignWithSSH(t *testing.T) {
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Skip("no ssh-keygen")
	}
	r := gittest.Seeded(t)
	key := r.Path(".git/key")
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
	public := r.Read(".git/key.pub")
	r.Write(".git/allowed", "ana@example.com "+public)
	for _, setting := range []string{"gpg.format=ssh", "commit.gpgSign=true", "user.signingKey=" + key, "gpg.ssh.allowedSignersFile=" + r.Path(".git/allowed")} {
		name, value, _ := strings.Cut(setting, "=")
		r.Git("config", name, value)
	}
	commit := mustAppend(r, change("k3f9q2m7"))
	r.Git("verify-commit", commit.Hash)
	mustBeSound(r)

	r.Git("config", "user.signingKey", r.Path(".git/none"))
	refuses(r, change("m7k3f9q2"), new(*git.SignError))
}

func startAgent(t *testing.T, key string) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "ssh") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := dir + "/agent"
	agent := exec.Command("ssh-agent", "-D", "-a", socket)
	out, err := agent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := agent.Start(); err != nil {
		t.Skip("no ssh-agent")
	}
	t.Cleanup(func() { agent.Process.Kill(); agent.Wait() })
	if _, err := out.Read(make([]byte, 1)); err != nil { // it listens when it says where
		t.Fatal(err)
	}
	add := exec.Command("ssh-add", "-q", key)
	add.Env = append(os.Environ(), "SSH_AUTH_SOCK="+socket)
	if out, err := add.CombinedOutput(); err != nil {
		t.Fatalf("ssh-add: %v\n%s", err, out)
	}
	return socket
}

func TestSignWithAKeyOfAnSSHAgent(t *testing.T) {
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Skip("no ssh-keygen")
	}
	r := gittest.Seeded(t)
	key := r.Path(".git/key")
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
	r.Env = append(r.Env, "SSH_AUTH_SOCK="+startAgent(t, key))
	public := strings.TrimSpace(r.Read(".git/key.pub"))
	r.Write(".git/allowed", "ana@example.com "+public+"\n")
	r.Git("config", "gpg.ssh.allowedSignersFile", r.Path(".git/allowed"))
	r.Git("config", "gpg.format", "ssh")
	r.Git("config", "commit.gpgSign", "true")
	refuses(r, change("aaaaaaaa"), new(*git.SignError)) // no key is named

	r.Git("config", "user.signingKey", "key::"+public)
	r.Git("verify-commit", mustAppend(r, change("bbbbbbbb")).Hash)
	r.Git("config", "--unset", "user.signingKey")
	r.Git("config", "gpg.ssh.defaultKeyCommand", "cat "+key+".pub")
	r.Git("verify-commit", mustAppend(r, change("cccccccc")).Hash)
	mustBeSound(r)
	if left, _ := os.ReadDir(r.Path(".git/handoff")); len(left) != 1 {
		t.Errorf("left over: %v", left)
	}
}

func TestSignWithGPG(t *testing.T) {
	if _, err := exec.LookPath("gpg"); err != nil {
		t.Skip("no gpg")
	}
	r := gittest.Seeded(t)
	home, err := os.MkdirTemp("/tmp", "gpg") // the path of an agent's socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	r.Env = append(r.Env, "GNUPGHOME="+home)
	run := func(name string, args ...string) {
		cmd := exec.Command(name, args...)
		cmd.Env = r.Env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	run("gpg", "--batch", "--passphrase", "", "--quick-generate-key", "Ana <ana@example.com>", "ed25519", "sign")
	t.Cleanup(func() { run("gpgconf", "--kill", "all") })
	r.Git("config", "commit.gpgSign", "true")
	commit := mustAppend(r, change("k3f9q2m7"))
	r.Git("verify-commit", commit.Hash)
	mustBeSound(r)

	r.Git("config", "gpg.program", "false")
	refuses(r, change("m7k3f9q2"), new(*git.SignError))
	r.Git("config", "gpg.program", "no-such-program")
	refuses(r, change("m7k3f9q2"), new(*git.SignError))
}
