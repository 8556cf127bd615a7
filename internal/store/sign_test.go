package store

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestSignWithSSH(t *testing.T) {
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Skip("no ssh-keygen")
	}
	r := seeded(t)
	key := r.path(".git/key")
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
	public := r.read(".git/key.pub")
	r.write(".git/allowed", "ana@example.com "+public)
	for _, setting := range []string{"gpg.format=ssh", "commit.gpgSign=true", "user.signingKey=" + key, "gpg.ssh.allowedSignersFile=" + r.path(".git/allowed")} {
		name, value, _ := strings.Cut(setting, "=")
		r.git("config", name, value)
	}
	commit := r.append(change("k3f9q2m7"))
	r.git("verify-commit", commit.Hash)
	r.mustBeSound()

	r.git("config", "user.signingKey", r.path(".git/none"))
	r.refuses(change("m7k3f9q2"), new(*SignError))
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
	r := seeded(t)
	key := r.path(".git/key")
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
	r.env = append(r.env, "SSH_AUTH_SOCK="+startAgent(t, key))
	public := strings.TrimSpace(r.read(".git/key.pub"))
	r.write(".git/allowed", "ana@example.com "+public+"\n")
	r.git("config", "gpg.ssh.allowedSignersFile", r.path(".git/allowed"))
	r.git("config", "gpg.format", "ssh")
	r.git("config", "commit.gpgSign", "true")
	r.refuses(change("aaaaaaaa"), new(*SignError)) // no key is named

	r.git("config", "user.signingKey", "key::"+public)
	r.git("verify-commit", r.append(change("bbbbbbbb")).Hash)
	r.git("config", "--unset", "user.signingKey")
	r.git("config", "gpg.ssh.defaultKeyCommand", "cat "+key+".pub")
	r.git("verify-commit", r.append(change("cccccccc")).Hash)
	r.mustBeSound()
	if left, _ := os.ReadDir(r.path(".git/handoff")); len(left) != 1 {
		t.Errorf("left over: %v", left)
	}
}

func TestSignWithGPG(t *testing.T) {
	if _, err := exec.LookPath("gpg"); err != nil {
		t.Skip("no gpg")
	}
	r := seeded(t)
	home, err := os.MkdirTemp("/tmp", "gpg") // the path of an agent's socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	r.env = append(r.env, "GNUPGHOME="+home)
	run := func(name string, args ...string) {
		cmd := exec.Command(name, args...)
		cmd.Env = r.env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	run("gpg", "--batch", "--passphrase", "", "--quick-generate-key", "Ana <ana@example.com>", "ed25519", "sign")
	t.Cleanup(func() { run("gpgconf", "--kill", "all") })
	r.git("config", "commit.gpgSign", "true")
	commit := r.append(change("k3f9q2m7"))
	r.git("verify-commit", commit.Hash)
	r.mustBeSound()

	r.git("config", "gpg.program", "false")
	r.refuses(change("m7k3f9q2"), new(*SignError))
	r.git("config", "gpg.program", "no-such-program")
	r.refuses(change("m7k3f9q2"), new(*SignError))
}
