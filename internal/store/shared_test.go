//go:build !windows

package store

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

func TestSharedRepository(t *testing.T) {
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	r := newRepo(t, "--shared=group")
	r.append(change("k3f9q2m7"))
	names := []string{".git/index", ".git/refs/heads/main", ".git/logs/HEAD"}
	if r.hasReftable() {
		names = []string{".git/index", ".git/reftable/tables.list"}
	}
	for _, name := range names {
		info, err := os.Stat(r.path(name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode()&0o060 != 0o060 {
			t.Errorf("%s: mode %v, want it writable by the group", name, info.Mode())
		}
	}
	if problems := strings.TrimSpace(r.git("fsck", "--strict")); strings.Contains(problems, "error") {
		t.Error(problems)
	}
}
