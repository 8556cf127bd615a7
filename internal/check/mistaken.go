package check

import (
	"path"
	"strings"

	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/index"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// mistaken finds a path of a tree that Windows or macOS take for the records'
// directory, or for a file that people keep in it, though git does not. There the
// one is checked out over the other, and the next commit -a makes a mix of both.
func mistaken(ws *workspace.Workspace, file string) (f handoff.Finding, is bool) {
	own := ws.RecordDir
	if !text.MistakenFor(file, own) {
		if !isOurs(ws, file) || index.MistakenFor(Inside(ws, file)) == "" {
			return f, false
		}
		own = path.Join(own, index.MistakenFor(Inside(ws, file)))
	}
	return handoff.Finding{Code: "HO903", Level: handoff.LevelError, Path: file,
		Message: "Windows and macOS take it for " + own + ", and git does not", Fix: "give it another name, or remove it: git rm -r --cached " + text.ShellArgument(file)}, true
}

// checkBeside reports what HEAD has beside the records' directory and some systems
// take for it.
func checkBeside(ws *workspace.Workspace, found *Result) error {
	if ws.HEAD.Unborn {
		return nil
	}
	objects, root, err := ws.TreeOf(ws.HEAD.Hash)
	if err != nil {
		return err
	}
	return beside(objects, odb.TreeFile{Hash: root}, strings.Split(ws.RecordDir, "/"), func(file string) {
		if f, is := mistaken(ws, file); is {
			found.Findings = append(found.Findings, f)
		}
	})
}

// beside calls visit with each path below a tree that has these names, or others
// that may be mistaken for them.
func beside(objects *odb.Objects, tree odb.TreeFile, names []string, visit func(file string)) error {
	for e, err := range objects.Entries(tree.Path, tree.Hash) {
		if err != nil {
			return err
		}
		name := string(e.Name)
		if name != names[0] && !text.MistakenFor(name, names[0]) {
			continue
		}
		at := odb.TreeFile{Path: odb.JoinTreePath(tree.Path, name), Mode: e.Mode, Hash: e.Hash}
		if len(names) == 1 {
			visit(at.Path)
		} else if e.IsDir() {
			if err := beside(objects, at, names[1:], visit); err != nil {
				return err
			}
		}
	}
	return nil
}
