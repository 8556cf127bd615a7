package cli

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/handoff-cli/handoff/examples"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/plainfile"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// The values of --agents.
const (
	agentsWrite  = "write"
	agentsRemove = "remove"
)

// The lines between which init writes, as they begin. What is outside of them is
// somebody else's, and stays byte for byte.
const (
	blockBegin = "<!-- handoff: begin"
	blockEnd   = "<!-- handoff: end -->"
)

// blockChange is what becomes of a file that has a block of ours.
type blockChange struct {
	path    string // from the top of the work tree, with slashes
	was, is []byte // nil for no file
	foreign bool   // it is there without a block, and stays
}

// What a change does.
const (
	didCreate = "create"
	didChange = "change"
	didRemove = "remove"
)

// did says what the change is; "" for none.
func (c blockChange) did() string {
	switch {
	case c.was == nil && c.is == nil || bytes.Equal(c.was, c.is):
		return ""
	case c.was == nil:
		return didCreate
	case c.is == nil:
		return didRemove
	}
	return didChange
}

// agentChanges are what --agents does, found out before anything is written.
func (o initOptions) agentChanges(ws *workspace.Workspace) ([]blockChange, error) {
	switch {
	case o.agents == "":
		return nil, nil
	case o.agents != agentsWrite && o.agents != agentsRemove:
		return nil, workspace.Usagef("", "--agents=%s: say --agents, or --agents=%s to take away what that wrote", o.agents, agentsRemove)
	case ws.Worktree() == "":
		return nil, workspace.Usagef("", "--agents: there is no work tree to write to")
	}
	var changes []blockChange
	for _, f := range examples.Agents() {
		was, err := readBelow(ws.Worktree(), f.Path)
		if err != nil {
			return nil, err
		}
		if bytes.IndexByte(was, 0) >= 0 {
			return nil, &workspace.NoError{Message: f.Path + ": not a text in UTF-8, and left alone"}
		}
		change, err := changeBlock(f, was, o.agents == agentsRemove)
		if err != nil {
			return nil, err
		}
		changes = append(changes, change)
	}
	return changes, nil
}

// changeBlock lays our block into a file, or takes it away. A file of ours may have a
// head before the block, without which it would not be read; such a file is not joined by
// a block where somebody else wrote it.
func changeBlock(f examples.File, was []byte, remove bool) (blockChange, error) {
	c := blockChange{path: f.Path, was: was, is: was}
	at := bytes.Index(f.Data, []byte(blockBegin))
	head, block := f.Data[:at], bytes.TrimSuffix(f.Data[at:], []byte("\n"))
	if newline := eolOf(was); newline != "\n" {
		head, block = bytes.ReplaceAll(head, []byte("\n"), []byte(newline)), bytes.ReplaceAll(block, []byte("\n"), []byte(newline))
	}
	begin, end, err := findBlock(f.Path, was)
	switch {
	case err != nil:
		return c, err
	case begin >= 0 && remove:
		if c.is = withoutBlock(was, begin, end); len(c.is) == 0 || len(head) > 0 && bytes.Equal(c.is, head) {
			c.is = nil
		}
	case begin >= 0:
		c.is = bytes.Join([][]byte{was[:begin], block, was[end:]}, nil)
	case remove:
	case was == nil:
		c.is = f.Data
	case len(head) > 0:
		c.foreign = true
	default:
		c.is = withBlock(was, block)
	}
	return c, nil
}

// findBlock returns where our block begins, -1 for nowhere, and where its last line ends,
// without what ends that line.
func findBlock(name string, data []byte) (begin, end int, err error) {
	begin, end = -1, -1
	offset, broken := 0, false
	for line := range bytes.Lines(data) {
		text := bytes.TrimRight(line, "\r\n")
		switch {
		case bytes.HasPrefix(text, []byte(blockBegin)):
			broken = broken || begin >= 0
			begin = offset
		case bytes.Equal(text, []byte(blockEnd)):
			broken = broken || begin < 0 || end >= 0
			end = offset + len(text)
		}
		offset += len(line)
	}
	if broken || (begin < 0) != (end < 0) {
		return -1, -1, &workspace.NoError{
			Message: name + ": the lines between which handoff writes are not one pair, first " + blockBegin + "…, then " + blockEnd,
			Hint:    "make them one pair, or remove them and what handoff wrote between",
		}
	}
	return begin, end, nil
}

// withBlock is a text with a block behind it and an empty line between. Where its last
// line does not end, that of the block does not either: so it is known what to take away.
func withBlock(text, block []byte) []byte {
	newline := []byte(eolOf(text))
	switch {
	case len(text) == 0:
		return append(bytes.Clone(block), newline...)
	case bytes.HasSuffix(text, []byte("\n")):
		return bytes.Join([][]byte{text, newline, block, newline}, nil)
	}
	return bytes.Join([][]byte{text, newline, newline, block}, nil)
}

// withoutBlock is the text again.
func withoutBlock(data []byte, begin, end int) []byte {
	newline := []byte(eolOf(data))
	before, after := data[:begin], data[end:]
	rest, ended := bytes.CutPrefix(after, newline)
	if cut, ok := bytes.CutSuffix(before, newline); ok && bytes.HasSuffix(cut, []byte("\n")) {
		if before = cut; !ended {
			before = bytes.TrimSuffix(before, newline)
		}
	}
	return bytes.Join([][]byte{before, rest}, nil)
}

// eolOf is what ends the lines of a text, as its first one says.
func eolOf(text []byte) string {
	if i := bytes.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// readBelow reads a file of the work tree, nil for none. Nothing is read through a
// symbolic link, which may lead anywhere.
func readBelow(top, name string) ([]byte, error) {
	dir, err := git.OpenDir(top, path.Dir(name), false, nil)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	info, err := dir.Lstat(path.Base(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &git.BlockedPathError{Path: name, Why: "not a file in the work tree"}
	}
	data, err := plainfile.Read(filepath.Join(top, filepath.FromSlash(name)))
	if data == nil && err == nil {
		data = []byte{} // it is there, and empty
	}
	return data, err
}

// carryOut writes the file or removes it, with the directories that hold nothing else.
func (c blockChange) carryOut(top string) error {
	if c.did() == "" {
		return nil
	}
	dir, err := git.OpenDir(top, path.Dir(c.path), c.is != nil, new([]string))
	if err != nil {
		return err
	}
	defer dir.Close()
	base := path.Base(c.path)
	if c.is != nil {
		mode := fs.FileMode(0o666)
		var keep func(*os.File) error
		if info, err := dir.Lstat(base); err == nil {
			mode = info.Mode().Perm()
			keep = func(f *os.File) error { return f.Chmod(mode) }
		}
		return plainfile.ReplaceIn(dir, base, mode, c.is, keep)
	}
	if err := dir.Remove(base); err != nil {
		return err
	}
	for parent := path.Dir(c.path); parent != "."; parent = path.Dir(parent) {
		if os.Remove(filepath.Join(top, filepath.FromSlash(parent))) != nil {
			break // others have something there
		}
	}
	return nil
}

// setUpAgents does what --agents asks for, to the work tree, uncommitted, for it is
// reviewed like any code. What was done is added to doc.
func setUpAgents(g *globals, ws *workspace.Workspace, changes []blockChange, doc *initDocument) error {
	any := false
	for _, c := range changes {
		did := c.did()
		if err := c.carryOut(ws.Worktree()); err != nil {
			return err
		}
		switch {
		case c.foreign:
			g.note("%s is there already, and handoff did not write it", c.path)
		case did == didCreate:
			doc.Created = append(doc.Created, c.path)
		case did == didChange:
			doc.Changed = append(doc.Changed, c.path)
		case did == didRemove:
			doc.Removed = append(doc.Removed, c.path)
		case c.is != nil:
			g.note("%s is there already", c.path)
		}
		any = any || did != ""
	}
	if any {
		g.note("review and commit what agents read")
	}
	return nil
}

// runRemoveAgents takes away what --agents wrote, and does nothing else.
func runRemoveAgents(g *globals, ws *workspace.Workspace, o initOptions) error {
	if len(o.people)+len(o.teams) > 0 || o.hook || o.ci != "" || o.readers != "" || o.forms != "" || o.comments || o.branch != "" || o.push {
		return workspace.Usagef("", "--agents=%s goes alone, or with --dry-run", agentsRemove)
	}
	changes, err := o.agentChanges(ws)
	if err != nil {
		return err
	}
	if o.dryRun {
		noteChanges(g, changes)
		g.note("nothing was written")
		return nil
	}
	doc := initDocument{}
	err = setUpAgents(g, ws, changes, &doc)
	if err == nil && len(doc.Changed)+len(doc.Removed) == 0 {
		g.note("nothing of --agents is here")
	}
	return errors.Join(err, doc.print(g))
}

// noteChanges says what would be done.
func noteChanges(g *globals, changes []blockChange) {
	for _, c := range changes {
		if did := c.did(); did != "" {
			g.note("would %s %s", did, c.path)
		}
	}
}
