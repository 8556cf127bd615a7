package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"
)

// mktree returns a tree with one object under many names, whatever the object
// is.
func (s *site) mktree(mode, object string, names ...string) string {
	s.t.Helper()
	hash, err := hex.DecodeString(object)
	if err != nil {
		s.t.Fatal(err)
	}
	var entries bytes.Buffer
	for _, name := range names {
		fmt.Fprintf(&entries, "%s %s\x00%s", mode, name, hash)
	}
	cmd := s.command("git", "hash-object", "-t", "tree", "-w", "--literally", "--stdin")
	cmd.Stdin = &entries
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// numbers returns the numbers from 1 to n with so many digits.
func numbers(n, digits int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("%0*d", digits, i+1))
	}
	return names
}

// hostileTrees are trees that whoever may push can put in the place of the
// records of a branch.
func (s *site) hostileTrees() map[string]string {
	s.t.Helper()
	blob := s.git("hash-object", "-w", "staged")
	day := s.mktree("100644", blob, "100000Z-handoff-ana-00000000.yaml")
	month := s.mktree("40000", day, numbers(31, 2)...)
	wide, hollow := day, s.mktree("100644", "")
	for range 12 {
		wide, hollow = s.mktree("40000", wide, numbers(10, 2)...), s.mktree("40000", hollow, numbers(10, 2)...)
	}
	deep := day
	for range 40 {
		deep = s.mktree("40000", deep, "d")
	}
	object := s.mktree("100644", day, "100000Z-handoff-ana-00000000.yaml", "100000Z-ack-ana-00000001.yaml")
	return map[string]string{
		"days":   s.mktree("40000", s.mktree("40000", month, numbers(12, 2)...), numbers(9999, 4)...),
		"wide":   wide,
		"hollow": hollow,
		"deep":   deep,
		"object": s.mktree("40000", s.mktree("40000", s.mktree("40000", object, "20"), "11"), "2026"),
	}
}

// TestHostileTreesHideNothing has a branch that is made to be endless, or not
// what it says: the records of the others are read as if it were not there, with
// the index and without, and more can be written.
func TestHostileTreesHideNothing(t *testing.T) {
	good := newSite(t)
	good.mustDeclare()
	blocked, _ := good.try("handoff", "query", "blocked")
	for name, tree := range good.hostileTrees() {
		t.Run(name, func(t *testing.T) {
			s := good.copy(t)
			s.t = t
			commit := s.git("commit-tree", "-m", name, s.mktree("40000", tree, ".handoffs"))
			s.git("update-ref", "refs/remotes/origin/hostile", commit)
			for _, index := range []string{"new", "there", "impossible"} {
				if out, status := s.try("handoff", "query", "blocked"); status != 0 || out != blocked {
					t.Errorf("index %s: status %d\n%s", index, status, out)
				}
				if index == "there" {
					if err := os.RemoveAll(s.path(".git/handoff")); err != nil {
						t.Fatal(err)
					}
					s.write(".git/handoff", "")
				}
			}
			if err := os.Remove(s.path(".git/handoff")); err != nil {
				t.Fatal(err)
			}
			s.mustDeclare()
			for _, args := range [][]string{{"check"}, {"check", "--pr", "--base", "main", "--head", "refs/remotes/origin/hostile"}, {"verify"}} {
				out, status := s.try("handoff", args...)
				endless := name == "days" || name == "wide" || name == "hollow"
				if (status == 1) != (endless && len(args) > 1) {
					t.Errorf("%s: status %d\n%.500s", strings.Join(args, " "), status, out)
				}
				if endless && args[0] == "verify" && (status != 3 || !strings.Contains(out, "cannot be read")) {
					t.Errorf("verify does not name it: status %d\n%.500s", status, out)
				}
			}
		})
	}
}
