package git

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/handoff-cli/handoff/internal/git/odb"
)

// mailmapFile is where git looks for a mailmap of itself: in the work tree, or
// in HEAD where there is none.
const mailmapFile = ".mailmap"

// Canonical is [Repo.Mailmapped] for somebody who acts. Few repositories have a
// mailmap, and every command asks who it acts for: git is started only where
// there is one.
func (r *Repo) Canonical(ctx context.Context, who Ident) (Ident, error) {
	has, err := r.HasMailmap()
	if err != nil || !has {
		return who, err
	}
	mapped, err := r.Mailmapped(ctx, Author{who.Name, who.Email})
	return Ident{Name: mapped.Name, Email: mapped.Email, When: who.When}, err
}

// HasMailmap reports whether git might read a mailmap from anywhere.
func (r *Repo) HasMailmap() (bool, error) {
	c, err := r.LoadConfig()
	if err != nil {
		return false, err
	}
	if c.Get("mailmap.file") != "" || c.Get("mailmap.blob") != "" {
		return true, nil
	}
	if r.worktree == "" {
		head, err := r.Head()
		if err != nil || head.Unborn {
			return false, err
		}
		return r.HasPath(head.Hash, mailmapFile)
	}
	_, err = os.Lstat(filepath.Join(r.worktree, mailmapFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Mailmapped returns an author as .mailmap spells them.
func (r *Repo) Mailmapped(ctx context.Context, who Author) (Author, error) {
	if who.Email == "" {
		return who, nil
	}
	out, err := r.Git.Output(ctx, "check-mailmap", who.String())
	if odb.IsError[*Error](err) {
		return who, nil // a name that git would not write stays as it is
	}
	if err != nil {
		return who, err
	}
	text := strings.TrimSuffix(string(out), "\n")
	begin := strings.LastIndexByte(text, '<')
	if begin < 0 {
		return who, errors.New("git check-mailmap: no address")
	}
	return Author{strings.TrimSpace(text[:begin]), strings.TrimSuffix(text[begin+1:], ">")}, nil
}
