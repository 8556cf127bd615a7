package form

import (
	"errors"
	"io"
	"os"
	"testing"
)

// A key that comes when the terminal is let go of is for whoever reads next: a reader
// that has been left behind gets none.
func TestInputGone(t *testing.T) {
	t.Parallel()
	file, keys, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	defer keys.Close()
	in := &input{File: file}
	key := make([]byte, 1)
	if _, err := keys.WriteString("ab"); err != nil {
		t.Fatal(err)
	}
	if n, err := in.Read(key); n != 1 || err != nil || key[0] != 'a' {
		t.Fatalf("read %d bytes, %q: %v", n, key, err)
	}
	in.gone.Store(true)
	if n, err := in.Read(key); n != 0 || !errors.Is(err, io.EOF) {
		t.Fatalf("read %d bytes of a terminal that is let go of: %v", n, err)
	}
	if n, err := file.Read(key); n != 1 || err != nil || key[0] != 'b' {
		t.Fatalf("the key is lost: %d bytes, %q: %v", n, key, err)
	}
}
