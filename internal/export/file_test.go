package export

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file that came up while the export was written stays as it is.
func TestFileThatCameUpMeanwhile(t *testing.T) {
	f, err := beginFile(filepath.Join(t.TempDir(), "raced"), "k3f9q2m7", false)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(f.path, []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.keep(); err == nil || !strings.Contains(err.Error(), "there is such a file") {
		t.Errorf("%v", err)
	}
	f.drop()
	if got, err := os.ReadFile(f.path); err != nil || string(got) != "theirs" {
		t.Errorf("%q, %v", got, err)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(f.path), ".handoff-export-*")); err != nil || len(left) > 0 {
		t.Errorf("left: %q, %v", left, err)
	}
}
