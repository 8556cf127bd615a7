package plainfile

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/windows"
)

// TestRenameWaitsForReaders has a file open that is replaced: as long as it is, the
// system refuses that.
func TestRenameWaitsForReaders(t *testing.T) {
	dir := t.TempDir()
	old, fresh := filepath.Join(dir, "old"), filepath.Join(dir, "new")
	for _, name := range []string{old, fresh} {
		if err := os.WriteFile(name, []byte(filepath.Base(name)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	reader, err := os.Open(old)
	if err != nil {
		t.Fatal(err)
	}
	if err := Rename(fresh, old); !errors.Is(err, windows.ERROR_SHARING_VIOLATION) && !errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		t.Errorf("while it is read: %v", err)
	}
	time.AfterFunc(5*time.Millisecond, func() { reader.Close() })
	if err := Rename(fresh, old); err != nil {
		t.Errorf("once it is not: %v", err)
	}
	if data, err := os.ReadFile(old); err != nil || string(data) != "new" {
		t.Errorf("%q, %v", data, err)
	}
}
