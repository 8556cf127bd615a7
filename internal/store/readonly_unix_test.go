//go:build unix

package store

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/handoff-cli/handoff/internal/git/gittest"
)

func TestRecoverInAReadOnlyRepository(t *testing.T) {
	if asNobody(t) {
		return
	}
	r := gittest.Seeded(t)
	killedAfter(r, "branch")
	if err := os.Chmod(r.Path(".git/handoff/append"), 0o444); err != nil {
		t.Fatal(err)
	}
	if err := mustOpen(r).Recover(context.Background()); err != nil {
		t.Errorf("error %v, want none: reading needs no write access", err)
	}
}

// asNobody runs the test that calls it once more as a user without rights, if it
// runs as root, who may write everywhere. It reports whether it did so; the
// caller is done then.
func asNobody(t *testing.T) bool {
	t.Helper()
	if os.Geteuid() != 0 {
		return false
	}
	dir, err := os.MkdirTemp("", "handoff-nobody-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "test")
	copyProgram(t, binary)
	const nobody = 65534
	cmd := exec.Command(binary, "-test.run=^"+t.Name()+"$", "-test.count=1", "-test.v")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "TMPDIR="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("as nobody: %v\n%s", err, out)
	}
	return true
}

// copyProgram copies the running test to where everybody may start it.
func copyProgram(t *testing.T, to string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	from, err := os.Open(self)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	program, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(program, from); err != nil {
		t.Fatal(err)
	}
	if err := program.Close(); err != nil {
		t.Fatal(err)
	}
}
