package git

import (
	"context"
	"os"
	"strings"

	"github.com/handoff-cli/handoff/internal/plainfile"
)

// maxMailmap is how many bytes of a .mailmap are read.
const maxMailmap = 1 << 20

// mailmap says which addresses belong to one person (gitmailmap(5)).
type mailmap struct {
	proper map[[2]string]string // name and address of a commit, in lower case → the address to show; "" for any name
}

// readMailmap reads the .mailmap in the tree of a commit, "" for none, and the
// file that the user's configuration names. One that cannot be read says nothing:
// then an address is nobody's but its own.
func (r *Repo) readMailmap(commit, file string) *mailmap {
	m := &mailmap{proper: make(map[[2]string]string)}
	if commit != "" {
		if data, err := r.ReadFile(context.Background(), commit, ".mailmap", maxMailmap); err == nil {
			m.add(string(data))
		}
	}
	if file != "" {
		if data, err := os.ReadFile(plainfile.AbsoluteFrom(r.worktree, ExpandHome(file, r.Env))); err == nil && len(data) <= maxMailmap {
			m.add(string(data))
		}
	}
	return m
}

// add takes in lines of the form "Proper Name <proper> Commit Name <commit>". Both
// names may be missing; a line with one address says nothing about addresses.
func (m *mailmap) add(text string) {
	for line := range strings.Lines(text) {
		_, rest, ok := strings.Cut(line, "<")
		proper, rest, ends := strings.Cut(rest, ">")
		name, rest, more := strings.Cut(rest, "<")
		email, _, closed := strings.Cut(rest, ">")
		if ok && ends && more && closed && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			m.proper[mailmapKey(name, email)] = strings.TrimSpace(proper)
		}
	}
}

// email returns the address of somebody as it is to be shown.
func (m *mailmap) email(name, email string) string {
	for _, name := range []string{name, ""} {
		if proper, ok := m.proper[mailmapKey(name, email)]; ok {
			return proper
		}
	}
	return email
}

func mailmapKey(name, email string) [2]string {
	return [2]string{strings.ToLower(strings.TrimSpace(name)), strings.ToLower(strings.TrimSpace(email))}
}
