package index

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/handoff-cli/handoff/internal/fold"
)

// The number of the format stands for the tables and for the compact form of
// records and entries. Whoever changes one of them makes format one more and
// puts the new sum here.
func TestFormatStandsForTheLayout(t *testing.T) {
	const want = "273c4fec83f4cf06"
	sum := sha256.Sum256([]byte(layout + fold.Layout()))
	if got := hex.EncodeToString(sum[:8]); format != 6 || got != want {
		t.Errorf("format %d has the sum %s, want 6 and %s", format, got, want)
	}
}
