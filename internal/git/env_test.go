package git

import (
	"slices"
	"testing"
)

func TestEnvironment(t *testing.T) {
	env := Environ{"A=1", "B=2", "A=3"}
	if env.Get("A") != "3" || env.Get("C") != "" {
		t.Errorf("A = %q, C = %q", env.Get("A"), env.Get("C"))
	}
	if got, want := env.with("B=4"), (Environ{"A=1", "B=2", "A=3", "B=4"}); !slices.Equal(got, want) || env.Get("B") != "2" {
		t.Errorf("with: %v, want %v", got, want)
	}
}
