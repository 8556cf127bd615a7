package store

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestIdentityIsGits(t *testing.T) {
	for name, set := range map[string][]string{
		"configuration": nil,
		"environment":   {"GIT_AUTHOR_NAME=Ben", "GIT_AUTHOR_EMAIL=ben@example.com", "GIT_COMMITTER_NAME=Cai", "GIT_COMMITTER_EMAIL=cai@example.com"},
		"dates":         {"GIT_AUTHOR_DATE=1700000000 +0130", "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z"},
		"zone":          {"TZ=America/New_York", "GIT_AUTHOR_DATE=@1700000000 -0500"},
		"dirty name":    {"GIT_AUTHOR_NAME= .Ben <x>, Jr. "},
	} {
		t.Run(name, func(t *testing.T) {
			r := seeded(t)
			r.env = append(r.env, set...)
			author, committer := r.git("var", "GIT_AUTHOR_IDENT"), r.git("var", "GIT_COMMITTER_IDENT")
			bothWays(t, r, func(t *testing.T, r *testRepo) {
				a, c, err := r.open().Identity(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				if !sameIdent(a.String(), author, set) || !sameIdent(c.String(), committer, set) {
					t.Errorf("%s, %s, want %s, %s", a, c, author, committer)
				}
			})
		})
	}
}

// sameIdent compares two identities, without the time when that is now.
func sameIdent(got, want string, set []string) bool {
	if !strings.Contains(strings.Join(set, " "), "DATE") {
		got, want = got[:strings.Index(got, ">")], want[:strings.Index(want, ">")]
	}
	return got == want
}

func TestIdentityFollowsIncludes(t *testing.T) {
	r := seeded(t)
	r.git("config", "--unset", "user.email")
	r.git("config", "includeIf.gitdir:"+r.dir+"/.path", "work.config")
	r.write(".git/work.config", "[user]\n\temail = work@example.com\n[author]\n\tname = Author\n")
	bothWays(t, r, func(t *testing.T, r *testRepo) {
		author, committer, err := r.open().Identity(context.Background())
		if err != nil || author.Email != "work@example.com" || author.Name != "Author" || committer.Name != "Ana" {
			t.Errorf("%v, %v, %v", author, committer, err)
		}
	})
}

func TestNoIdentity(t *testing.T) {
	r := seeded(t)
	r.git("config", "--unset", "user.email")
	r.git("config", "user.useConfigOnly", "true")
	bothWays(t, r, func(t *testing.T, r *testRepo) {
		var none *NoIdentityError
		if _, _, err := r.open().Identity(context.Background()); !errors.As(err, &none) || !strings.Contains(none.Hint, "git config --global user.email") {
			t.Errorf("error %v, want *NoIdentityError with git's hint", err)
		}
	})
}

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

// startAgent runs an SSH agent that has the key until the test ends, and returns
// its socket.
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

func TestEnvironment(t *testing.T) {
	env := environ{"A=1", "B=2", "A=3"}
	if env.get("A") != "3" || env.get("C") != "" {
		t.Errorf("A = %q, C = %q", env.get("A"), env.get("C"))
	}
	if got, want := env.with("B=4"), (environ{"A=1", "B=2", "A=3", "B=4"}); !slices.Equal(got, want) || env.get("B") != "2" {
		t.Errorf("with: %v, want %v", got, want)
	}
}
