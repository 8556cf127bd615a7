package store

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/plainfile"
)

// attributesName is how git calls the files in which people say how it treats
// others (gitattributes(5)).
const attributesName = ".gitattributes"

// AttributesLine switches off, for the records below the directory that it is
// said in, everything by which git changes bytes between a commit and the work
// tree.
const AttributesLine = "*.yaml -text -filter -ident -working-tree-encoding linguist-generated"

// Attributes is the file of attributes of a directory of records.
const Attributes = "# Git must not change a byte here: records are compared as they were written.\n" +
	"* -filter -ident -working-tree-encoding\n" + AttributesLine + "\n"

// AttributesError says that git would change the bytes of a record on its way
// between a commit and the work tree. What the user commits later would then be
// something else.
type AttributesError struct {
	Path      string // the record, from the top of the repository
	Attribute string // "filter=lfs"
	File      string // where Line has to be to count: from the top of the repository, or absolute
	Line      string
	Committed bool // the work tree has the line, the commit has not
}

func (e *AttributesError) Error() string {
	return e.Path + ": git would change its bytes (" + e.Attribute + ")"
}

// WayOut says what the user can do.
func (e *AttributesError) WayOut() string {
	switch {
	case e.Committed:
		return "commit " + e.File + ", so that other clones have it"
	case filepath.IsAbs(e.File):
		return "add to " + e.File + ", which wins over all others, the line: " + e.Line
	}
	return "add to " + e.File + " as its last line, and commit: " + e.Line + "; handoff doctor --fix adds it"
}

// checkAttributes returns an *AttributesError when git would change the bytes of
// files below dir, as the attributes in the work tree or in the tree root say.
// The files are those of a change on top of it. Git is asked only where some
// file might say so.
func (r *Repo) checkAttributes(ctx context.Context, root plumbing.Hash, files []NewFile, checkedOut bool) error {
	var records []string
	for _, file := range files {
		if strings.HasSuffix(file.Path, ".yaml") {
			records = append(records, file.Path)
		}
	}
	if len(records) == 0 {
		return nil
	}
	committed, err := r.attributesIn(root, records)
	if err != nil {
		return err
	}
	there := committed
	if checkedOut {
		if there, err = r.attributesHere(records); err != nil {
			return err
		}
	}
	for _, file := range files { // those of the change itself will count as well
		if path.Base(file.Path) == attributesName {
			committed[file.Path], there[file.Path] = file.Data, file.Data
		}
	}
	err = r.askAttributes(ctx, there, records)
	if err != nil || maps.EqualFunc(there, committed, bytes.Equal) {
		return err
	}
	err = r.askAttributes(ctx, committed, records)
	if wrong, ok := errors.AsType[*AttributesError](err); ok {
		wrong.Committed = true
	}
	return err
}

// attributesIn reads the files of attributes in a tree that count for paths.
func (r *Repo) attributesIn(root plumbing.Hash, paths []string) (map[string][]byte, error) {
	files := map[string][]byte{}
	objects, err := r.LoadObjects()
	if err != nil || root.IsZero() {
		return files, err
	}
	for _, name := range attributePaths(paths) {
		entry, ok, err := objects.TreeEntryAt(root, name)
		if err != nil {
			return nil, err
		}
		if !ok || !odb.IsFileMode(entry.Mode) {
			continue
		}
		data, err := objects.Blob(entry.Hash, maxAttributes)
		if odb.IsError[*odb.MissingError](err) {
			continue // in a partial clone: what was never needed here says nothing of this work tree
		}
		if err != nil {
			return nil, err
		}
		files[name] = data
	}
	return files, nil
}

// maxAttributes is the size of a file of attributes that git reads (since 2.38.3).
const maxAttributes = 100 << 20

// attributesHere reads those in the work tree.
func (r *Repo) attributesHere(paths []string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, name := range attributePaths(paths) {
		full := filepath.Join(r.Worktree(), filepath.FromSlash(name))
		if info, err := os.Lstat(full); err != nil || !info.Mode().IsRegular() {
			if err == nil || plainfile.IsAbsent(full, err) || git.IsNotDirectory(err) {
				continue // git follows no symbolic link here
			}
			return nil, err
		}
		data, err := plainfile.Read(full)
		if err != nil {
			return nil, err
		}
		files[name] = data
	}
	return files, nil
}

// attributePaths returns where attributes for paths may be said, the topmost
// first.
func attributePaths(paths []string) []string {
	names := []string{attributesName}
	for _, name := range paths {
		for _, dir := range git.ParentsOf(name) {
			names = append(names, dir+"/"+attributesName)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// byteAttributes are the attributes by which git changes bytes, but for macros.
var byteAttributes = []string{"text", "crlf", "eol", "filter", "ident", "working-tree-encoding"}

// mayChange reports whether a file of attributes switches any of them on, or
// names something that could be a macro which does.
func mayChange(data []byte) bool {
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if strings.HasPrefix(line, "[attr]") || line[0] == '"' {
			return true
		}
		for _, word := range strings.Fields(line)[1:] {
			name, _, _ := strings.Cut(word, "=")
			if word[0] != '-' && word[0] != '!' && slices.Contains(byteAttributes, name) {
				return true
			}
		}
	}
	return false
}

// settles reports whether nothing that is said further up counts for the records
// in the directory of a file of attributes.
func settles(data []byte) bool {
	last := ""
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			last = line
		}
	}
	words := strings.Fields(last)
	if len(words) == 0 || words[0] != "*.yaml" && words[0] != "*" {
		return false
	}
	off := []string{"-text", "-filter", "-ident", "-working-tree-encoding"}
	return !slices.ContainsFunc(off, func(word string) bool { return !slices.Contains(words, word) })
}

// askAttributes asks git what it would do with paths under some files of
// attributes, where any of those, of the repository's own, of the user's or of
// the system's could say that it changes bytes.
func (r *Repo) askAttributes(ctx context.Context, files map[string][]byte, paths []string) error {
	config, err := r.LoadConfig()
	if err != nil {
		return err
	}
	info := filepath.Join(r.CommonDir(), "info", "attributes")
	own, err := os.ReadFile(info)
	if err != nil && !plainfile.IsAbsent(info, err) {
		return err
	}
	settled := settledBy(files)
	doubt := mayChange(own)
	for name, data := range files {
		doubt = doubt || name > settled && mayChange(data)
	}
	if settled == "" && !doubt {
		doubt = r.hasOuterAttributes(config)
	}
	if !doubt {
		return nil
	}
	said, err := r.attributesOf(ctx, config, files, paths)
	if err != nil {
		return err
	}
	for _, name := range paths {
		attribute := changesBytes(said[name])
		if attribute == "" {
			continue
		}
		wrong := &AttributesError{Path: name, Attribute: attribute, File: aboveDays(name) + "/" + attributesName, Line: AttributesLine}
		if settled != "" || mayChange(own) {
			wrong.File, wrong.Line = info, aboveDays(name)+"/**/"+AttributesLine
		}
		return wrong
	}
	return nil
}

// settledBy returns the last of the files that lets nothing count that is said
// further up, "" when none does.
func settledBy(files map[string][]byte) string {
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(files))) {
		if settles(files[name]) {
			return name
		}
	}
	return ""
}

// aboveDays returns the directory that holds a file, or the folders of years,
// months and days that it is in.
func aboveDays(name string) string {
	dir := path.Dir(name)
	for strings.Trim(path.Base(dir), "0123456789") == "" {
		dir = path.Dir(dir)
	}
	return dir
}

// hasOuterAttributes reports whether the user or the system has attributes for
// all repositories that switch something on.
func (r *Repo) hasOuterAttributes(c git.Config) bool {
	files := []string{r.userAttributes(c)}
	if !r.Env.IsTrue("GIT_ATTR_NOSYSTEM") {
		files = append(files, "/etc/gitattributes", filepath.Join(filepath.Dir(filepath.Dir(r.Git.Path)), "etc", "gitattributes"))
	}
	for _, name := range files {
		data, err := plainfile.Read(name)
		if mayChange(data) || err != nil && !errors.Is(err, fs.ErrNotExist) {
			return true // git knows what to make of it
		}
	}
	return false
}

// userAttributes returns where the user's attributes for all repositories are.
func (r *Repo) userAttributes(c git.Config) string {
	if set := git.ExpandHome(c.Get("core.attributesfile"), r.Env); set != "" {
		return plainfile.AbsoluteFrom(cmp.Or(r.Worktree(), r.Dir()), set)
	}
	if xdg := r.Env.Get("XDG_CONFIG_HOME"); xdg != "" {
		return filepath.Join(xdg, "git", "attributes")
	}
	if home := r.Env.Home(); home != "" {
		return filepath.Join(home, ".config", "git", "attributes")
	}
	return ""
}

// attributesOf asks git. It gets a work tree of its own, of nothing but the files
// of attributes: git's ways to name a tree for them are younger than the gits
// that are in use.
func (r *Repo) attributesOf(ctx context.Context, c git.Config, files map[string][]byte, paths []string) (map[string]map[string]string, error) {
	if err := r.MakeDir(filepath.Join(r.Dir(), "handoff")); err != nil {
		return nil, err
	}
	top, err := os.MkdirTemp(filepath.Join(r.Dir(), "handoff"), "attributes-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(top) }()
	for name, data := range files {
		full := filepath.Join(top, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			return nil, err
		}
		if err := os.WriteFile(full, data, 0o600); err != nil {
			return nil, err
		}
	}
	args := slices.Concat([]string{"-c", "core.attributesFile=" + r.userAttributes(c), "check-attr", "-z"}, byteAttributes, []string{"--"}, paths)
	cmd := r.Git.Command(ctx, "false", args...)
	cmd.Dir = top
	cmd.Env = append(cmd.Env, "GIT_DIR="+r.Dir(), "GIT_WORK_TREE="+top, "GIT_INDEX_FILE="+filepath.Join(top, "none"))
	// An empty value would name a tree: git knows no such thing as none.
	cmd.Env = slices.DeleteFunc(cmd.Env, func(entry string) bool { return strings.HasPrefix(entry, "GIT_ATTR_SOURCE=") })
	out, err := git.RunCommand(ctx, cmd, "check-attr", nil)
	if err != nil {
		return nil, err
	}
	said := map[string]map[string]string{}
	for triple := range slices.Chunk(strings.Split(string(out), "\x00"), 3) {
		if len(triple) < 3 {
			break
		}
		if said[triple[0]] == nil {
			said[triple[0]] = map[string]string{}
		}
		said[triple[0]][triple[1]] = triple[2]
	}
	return said, nil
}

// changesBytes returns by what git would change the bytes of a file with these
// attributes in a checkout or a commit, "" when it would not. Line ends that
// only a machine's own configuration makes (core.autocrlf, core.eol) are left
// to it: they come back as they were, as records have no others.
func changesBytes(said map[string]string) string {
	if v := said["filter"]; v != "unspecified" && v != "unset" && v != "set" {
		return "filter=" + v
	}
	if said["ident"] == "set" {
		return "ident"
	}
	if v := said["working-tree-encoding"]; v != "unspecified" && v != "unset" && !strings.EqualFold(v, "UTF-8") {
		return "working-tree-encoding=" + v
	}
	text := said["text"]
	if text == "unspecified" {
		text = said["crlf"] // as it was called before
	}
	if text != "unset" && text != "input" && said["eol"] == "crlf" {
		return "eol=crlf"
	}
	return ""
}

// CheckAttributes returns an *AttributesError when git would change the bytes of
// records below dir, on the branch that is checked out or as HEAD has them.
func (r *Repo) CheckAttributes(ctx context.Context, dir string) error {
	head, err := r.Head()
	if err != nil {
		return err
	}
	var root plumbing.Hash
	if !head.Unborn {
		if _, root, err = r.TreeOf(head.Hash); err != nil {
			return err
		}
	}
	there, err := r.HasIndex()
	if err != nil {
		return err
	}
	sample := NewFile{Path: dir + "/2026/01/01/000000Z-handoff-a-00000000.yaml"}
	return r.checkAttributes(ctx, root, []NewFile{sample}, there && r.Worktree() != "")
}

// WriteAttributes adds to the work tree's file of attributes for the records
// below dir the line that switches everything off by which git changes bytes.
// The user commits it.
func (r *Repo) WriteAttributes(dir string) error {
	root, err := git.OpenDir(r.Worktree(), dir, true, new([]string))
	if err != nil {
		return err
	}
	defer root.Close()
	data := []byte(Attributes)
	info, err := root.Lstat(attributesName)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return &git.BlockedPathError{Path: dir + "/" + attributesName, Why: "not a plain file"}
	default:
		old, err := root.ReadFile(attributesName)
		if err != nil {
			return err
		}
		if len(old) > 0 && !bytes.HasSuffix(old, []byte("\n")) {
			old = append(old, '\n')
		}
		data = append(old, data...)
	}
	return plainfile.ReplaceIn(root, attributesName, 0o666, data, nil)
}
