package deliver

import (
	"testing"

	"github.com/handoff-cli/handoff/internal/deliver/delivertest"
)

// The published descriptions against which servers of the tests are held.
var (
	githubContract  = delivertest.GitHub
	forgejoContract = delivertest.Forgejo
)

func TestContractsLoad(t *testing.T) {
	for _, load := range []func() (delivertest.Contract, error){githubContract, forgejoContract} {
		if _, err := load(); err != nil {
			t.Error(err)
		}
	}
}
