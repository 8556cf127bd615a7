package plainfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestReplaceFile replaces a file, and leaves it and its directory as they were
// when that fails.
func TestReplaceFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state")
	if err := Replace(path, 0o600, []byte("old"), nil); err != nil {
		t.Fatal(err)
	}
	if err := Replace(path, 0o600, []byte("new"), func(file *os.File) error { return file.Chmod(0o640) }); err != nil {
		t.Fatal(err)
	}
	full := errors.New("full")
	err := Replace(path, 0o600, []byte("newer"), func(*os.File) error { return full })
	if !errors.Is(err, full) || !strings.Contains(err.Error(), path+":") {
		t.Errorf("error %v, want one that names %s", err, path)
	}
	if err := Replace(filepath.Join(dir, "none", "state"), 0o600, nil, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v without a directory", err)
	}
	entries, _ := os.ReadDir(dir)
	data, _ := os.ReadFile(path)
	if len(entries) != 1 || string(data) != "new" {
		t.Errorf("%v with %q", entries, data)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v", info, err)
	}
}

// TestReplaceFileNamesWhatItCannotReplace: the temporary name means nothing to
// the user.
func TestReplaceFileNamesWhatItCannotReplace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	if err := os.MkdirAll(filepath.Join(path, "below"), 0o777); err != nil {
		t.Fatal(err)
	}
	err := Replace(path, 0o600, []byte("new"), nil)
	if err == nil || !strings.Contains(err.Error(), path+":") || strings.Contains(err.Error(), ".tmp-") {
		t.Errorf("error %v, want one that names %s", err, path)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("left over: %v", entries)
	}
}
