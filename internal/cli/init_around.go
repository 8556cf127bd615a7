package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/examples"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/plainfile"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// ciFiles are the files of a CI service, none for [form.NoCI] or "".
func (o initOptions) ciFiles(ws *workspace.Workspace) ([]examples.File, error) {
	service, readers := o.ci, o.readers
	if service == "" || service == form.NoCI {
		if o.comments {
			return nil, workspace.Usagef("handoff init --ci github --comments", "--comments: say with --ci which service records them")
		}
		if readers != "" {
			return nil, workspace.Usagef("add --ci github or --ci gitlab", "--pages-readable-by %s: no service is to publish anything", readers)
		}
		return nil, nil
	}
	files := examples.CI(service, releaseVersion(), readers)
	switch {
	case files != nil && readers != "" && !examples.HasPages(service):
		return nil, workspace.Usagef("leave out --pages-readable-by: the report is an artifact of the run", "--pages-readable-by %s: %s has no pages", readers, service)
	case readers != "" && !slices.Contains(examples.PageReaders, readers):
		return nil, workspace.Usagef("everyone says that the whole world may read who does what here; members that the forge keeps others out, as its settings have to say",
			"--pages-readable-by %s: say everyone or members; the pages of a private repository may be public", readers)
	case files == nil:
		return nil, workspace.Usagef("", "--ci %s: say %s or %s", service, strings.Join(examples.CIServices, ", "), form.NoCI)
	case ws.Worktree() == "":
		return nil, workspace.Usagef("", "--ci: there is no work tree to write to")
	}
	if o.comments {
		files = append(files, examples.Comments(service, releaseVersion())...)
	}
	return files, nil
}

// forgeOf is the forge for which the form of issues is written, "" for none.
func forgeOf(ws *workspace.Workspace, said string) (string, error) {
	if said == "" {
		return "", nil
	}
	forge := said
	if said == formsHere {
		forge = likelyService(ws)
	}
	_, known := examples.Form(forge, examples.Team{})
	switch {
	case said == formsHere && !known:
		return "", workspace.Usagef("say it: --forms=github, --forms=gitlab or --forms=gitea", "--forms: the remote does not tell which forge it is on")
	case !known:
		return "", workspace.Usagef("", "--forms=%s: say %s", said, strings.Join(examples.Forges, ", "))
	case ws.Worktree() == "":
		return "", workspace.Usagef("", "--forms: there is no work tree to write to")
	}
	return forge, nil
}

// aroundFiles are the files that init writes outside of the records' directory.
func (s *setup) aroundFiles() ([]examples.File, error) {
	files, err := s.o.ciFiles(s.ws)
	if s.example != nil {
		files = append([]examples.File{*s.example}, files...)
	}
	if err != nil || s.o.forms == "" {
		return files, err
	}
	agreed, err := s.agreed()
	if err != nil {
		return nil, err
	}
	form, _ := examples.Form(s.o.forms, teamOf(s.ws, agreed))
	return append(files, form), nil
}

// setUpAround does what init does outside of the records' directory: the hook,
// and files of a CI service or a forge. Those go to the work tree, uncommitted, for
// they are reviewed like any code. It returns the files that it created.
func setUpAround(ctx context.Context, g *globals, ws *workspace.Workspace, o initOptions, files []examples.File) ([]string, error) {
	var created []string
	for _, f := range files {
		isNew, err := createFile(ws, f)
		switch {
		case err != nil:
			return created, err
		case isNew:
			created = append(created, f.Path)
		default:
			g.note("%s is there already", f.Path)
		}
	}
	var services []string
	for _, service := range []string{o.ci, o.forms} {
		if service != "" && service != form.NoCI && !slices.Contains(services, service) {
			services = append(services, service)
		}
	}
	if len(created) > 0 && len(services) > 0 {
		g.note("review and commit what was created for %s", text.And(services))
	}
	if o.forms != "" && len(created) > 0 {
		g.note("%s gives what is submitted the label handoff, which has to exist there; handoff sync --from publishes it, as the job of --ci %s --comments does", o.forms, o.forms)
	}
	if o.hook {
		return created, addReminder(ctx, g, ws)
	}
	return created, nil
}

// robot is the address of the job that reminds, in the files of every service.
const robot = "robot@handoff.invalid"

// robotIsMissing reports whether that job will not be one of the people.
func robotIsMissing(o initOptions, c *config.Config) bool {
	_, is := c.Handle("", robot)
	return o.ci != "" && o.ci != form.NoCI && len(c.People) > 0 && !is
}

// addReminder installs the hook. One that is somebody else's is no reason to
// give up on the rest.
func addReminder(ctx context.Context, g *globals, ws *workspace.Workspace) error {
	hook, err := findHook(ctx, g)
	if err != nil {
		return err
	}
	if hook.shared != "" && !hook.script.Installed && hook.script.LeftAlone == "" {
		g.note("%s: %s; handoff hook install asks about it", g.shown(hook.script.Path), hook.reach())
		return nil
	}
	_, err = hook.installScript(ctx, false)
	if _, foreign := errors.AsType[*guard.ForeignError](err); foreign {
		g.note("%v; handoff hook install shows what to add to it", err)
		return nil
	}
	if err == nil {
		g.note("a push reminds you when a handoff is due: %s", g.shownPath(hook))
	}
	return err
}

// createFile writes a file that is not there yet, as a whole. It is made in the git
// directory, so that a kill leaves no part of one in the work tree, and what came in its
// place meanwhile stays. No symbolic link leads it out of the work tree.
func createFile(ws *workspace.Workspace, f examples.File) (bool, error) {
	name := filepath.Join(ws.Worktree(), filepath.FromSlash(f.Path))
	if exists(name) {
		return false, nil
	}
	root, err := os.OpenRoot(ws.Worktree())
	if err != nil {
		return false, err
	}
	defer root.Close()
	own := filepath.Join(ws.Dir(), "handoff")
	if err := errors.Join(root.MkdirAll(filepath.Dir(filepath.FromSlash(f.Path)), 0o777), ws.MakeDir(own)); err != nil {
		return false, err
	}
	whole := filepath.Join(own, ".tmp-"+plainfile.NewToken()[:12])
	if err := plainfile.Replace(whole, 0o666, f.Data, nil); err != nil {
		return false, err
	}
	linked := os.Link(whole, name)
	if err := os.Remove(whole); err != nil || linked == nil || errors.Is(linked, fs.ErrExist) {
		return linked == nil, err
	}
	// The file system has no links, or the work tree lies on another one.
	return true, plainfile.Replace(name, 0o666, f.Data, nil)
}

// exists reports whether anything is in a place, or could be: what cannot be looked at
// is not taken for nothing.
func exists(name string) bool {
	_, err := os.Lstat(name)
	return !errors.Is(err, fs.ErrNotExist)
}

// released matches the version of a release, which go install can find.
var released = text.Pattern(`^v[0-9]+\.[0-9]+\.[0-9]+$`)

// releaseVersion is the version of this program, or of the release that the
// examples name when this is no release.
func releaseVersion() string {
	version := "v" + strings.TrimPrefix(programVersion(), "v")
	if released().MatchString(version) && version != "v0.0.0" {
		return version
	}
	return examples.Version
}
