package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/check"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/index"
	"github.com/handoff-cli/handoff/internal/plainfile"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type doctorOptions struct{ fix bool }

func newDoctorCmd(g *globals) *cobra.Command {
	var o doctorOptions
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Find out what is wrong in this clone; --fix repairs what is local",
		Long: `Find out what is wrong in this clone: what a killed command has left, records
that the index has lost, locks that nobody holds, damaged drafts and indexes,
references that cannot be read and how they come back, attributes by which git
would change records, a configuration that is not used, foreign files among the
records, a hook that git does not run, a clock that differs.

Nothing is written without --fix, and with it nothing but local state: no
commit, no reference, and of your files .handoffs/.gitattributes alone, which it
adds a line to. The status is 3 when something is left to do.`,
		Example: `  handoff doctor
  handoff doctor --fix
  handoff doctor redact k3f9q2m7`,
		GroupID: groupSetup,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDoctor(cmd.Context(), g, o) },
	}
	cmd.Flags().BoolVar(&o.fix, "fix", false, "repair local state")
	cmd.AddCommand(newRedactCmd(g))
	return cmd
}

// problem is one thing that is wrong, as --json prints it.
type problem struct {
	Path    string `json:"path"`
	Message string `json:"message"`
	WayOut  string `json:"fix"`     // what the user can do
	Fixable bool   `json:"fixable"` // with --fix
	Fixed   bool   `json:"fixed"`

	repair func(context.Context) error
}

// doctorDocument is what --json prints.
type doctorDocument struct {
	OK       bool      `json:"ok"` // nothing is left to do
	Problems []problem `json:"problems"`
}

func runDoctor(ctx context.Context, g *globals, o doctorOptions) error {
	d, err := newDoctor(ctx, g)
	if err != nil {
		return err
	}
	for _, look := range []func(context.Context) error{
		d.lookAtGitDir, d.lookAtConfig, d.lookAtIdentity, d.lookAtForeignFiles, d.lookAtRecords, d.lookAtDraft, d.lookAtRecordIndex, d.lookAtHook, d.lookAtClock,
	} {
		err := look(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil { // one thing that cannot be looked at must not hide the others
			_, hint := explain(err)
			d.found(problem{Message: err.Error(), WayOut: hint})
		}
	}
	doc := doctorDocument{Problems: text.NonNil(d.problems)}
	left := 0
	for i := range doc.Problems {
		p := &doc.Problems[i]
		p.Fixable = p.repair != nil
		if o.fix && p.Fixable {
			if err := p.repair(ctx); err != nil {
				return fmt.Errorf("%s: %w", p.Path, err)
			}
			p.Fixed = true
		}
		if !p.Fixed {
			left++
		}
	}
	doc.OK = left == 0
	if err := d.print(doc); err != nil {
		return err
	}
	if left > 0 {
		return &workspace.NoError{Message: text.Count(left, "problem")}
	}
	g.note("nothing is wrong")
	return nil
}

// doctor looks at a clone without the trust of other commands: each part may be
// the one that is broken.
type doctor struct {
	g        *globals
	repo     *store.Repo
	dir      string // of the records
	head     git.Head
	hasHead  bool
	problems []problem
}

func newDoctor(ctx context.Context, g *globals) (*doctor, error) {
	repo, err := workspace.RepositoryOf(ctx, g.opening())
	if err != nil {
		return nil, err
	}
	dir, err := workspace.RecordsDir(repo)
	if err != nil {
		return nil, err
	}
	head, err := repo.Head()
	return &doctor{g: g, repo: repo, dir: dir, head: head, hasHead: err == nil && !head.Unborn}, nil
}

func (d *doctor) found(p problem) { d.problems = append(d.problems, p) }

func (d *doctor) lookAtGitDir(ctx context.Context) error {
	faults, err := d.repo.Diagnose(ctx, d.dir)
	for _, f := range faults {
		d.found(problem{Path: d.g.shown(f.Path), Message: f.Message, WayOut: f.WayOut, repair: f.Repair})
	}
	return err
}

// lookAtConfig checks the configuration that is used and the one that is about
// to be committed.
func (d *doctor) lookAtConfig(ctx context.Context) error {
	ws := &workspace.Workspace{Repo: d.repo, RecordDir: d.dir, HEAD: d.head}
	if d.hasHead {
		_, findings, err := ws.ConfigAt(ctx, d.head.Hash)
		if err != nil {
			d.found(problem{Path: ws.ConfigFile(), Message: "HEAD: " + err.Error()})
		}
		d.foundInConfig(ws.ConfigFile()+" in HEAD", findings)
	}
	if d.repo.Worktree() == "" {
		return nil
	}
	file := filepath.Join(d.repo.Worktree(), filepath.FromSlash(ws.ConfigFile()))
	data, err := plainfile.Read(file)
	var other *plainfile.NotFileError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.As(err, &other):
		d.found(problem{Path: d.g.shown(file), Message: other.What + " is where the configuration belongs", WayOut: "make it a plain file"})
		return nil
	case err != nil:
		return err
	}
	_, findings := config.Parse(data)
	d.foundInConfig(d.g.shown(file), findings)
	if !d.hasHead {
		return nil
	}
	if differs, err := ws.ConfigDiffers(ctx, file); err == nil && differs {
		d.found(problem{Path: d.g.shown(file), Message: workspace.ConfigNotCommitted, WayOut: "commit it"})
	}
	return nil
}

func (d *doctor) foundInConfig(name string, findings []handoff.Finding) {
	for _, f := range findings {
		d.found(problem{Path: fmt.Sprintf("%s:%d:%d", name, f.Line, f.Col), Message: f.Message, WayOut: f.Fix})
	}
}

func (d *doctor) lookAtIdentity(ctx context.Context) error {
	_, _, err := d.repo.Identity(ctx)
	var none *git.NoIdentityError
	if !errors.As(err, &none) {
		return err
	}
	_, hint := explain(none)
	d.found(problem{Message: none.Error(), WayOut: hint})
	return nil
}

// lookAtForeignFiles names what lies among the records in HEAD and is neither
// one nor a file that people keep there.
func (d *doctor) lookAtForeignFiles(ctx context.Context) error {
	if !d.hasHead {
		return nil
	}
	set, err := index.Load(ctx, d.repo, []git.Ref{{Name: d.head.Ref, Hash: d.head.Hash}}, d.dir)
	if err != nil {
		return err
	}
	foreign := slices.DeleteFunc(set.Problems, func(p handoff.Problem) bool { return p.Lost || p.Path == p.Ref }) // which lookAtRecords says
	if len(foreign) == 0 {
		return nil
	}
	first := foreign[0]
	message := fmt.Sprintf("%s in HEAD that %s no record, such as this one: %s", text.Count(len(foreign), "file"), isOrAre(len(foreign)), first.Message)
	way := "handoff check lists them"
	if len(set.Records) == 0 {
		way = "if the directory is somebody else's, choose another one in every clone: git config handoff.dir NAME"
	}
	d.found(problem{Path: first.Path, Message: message, WayOut: way})
	return nil
}

// maxRecordProblems is how many branches and records with problems doctor names.
const maxRecordProblems = 20

// lookAtRecords names what cannot be read of the refs that usually count, and what
// is wrong with records on others than HEAD.
func (d *doctor) lookAtRecords(ctx context.Context) error {
	refs, err := d.repo.Refs(ctx, git.Scope{})
	if err != nil {
		return err
	}
	set, err := index.Load(ctx, d.repo, refs, d.dir)
	if missing := new(odb.MissingError); errors.As(err, &missing) {
		d.found(problem{Message: err.Error(), WayOut: workspace.FetchesMissing})
	} else if err != nil {
		return err
	}
	if set == nil {
		return nil
	}
	inHead := make(map[string]bool)
	for _, ref := range refs {
		inHead[ref.Name] = ref.Hash == d.head.Hash
	}
	type group struct {
		ref  string
		lost string // its path: each loss is told for itself
	}
	first, more := []handoff.Problem{}, make(map[group]int)
	for _, p := range set.Problems {
		if inHead[p.Ref] && p.Path != p.Ref && !p.Lost && p.Record == "" || p.Fix == "" {
			continue // others have named it
		}
		of := group{ref: p.Ref}
		if p.Lost {
			of.lost = p.Path
		}
		if more[of]++; more[of] == 1 {
			first = append(first, p)
		}
	}
	for i, p := range first {
		if i == maxRecordProblems {
			d.found(problem{Message: fmt.Sprintf("%d more branches and records have problems", len(first)-i), WayOut: "handoff check lists them"})
			break
		}
		message := check.SaysOf(p)
		if n := more[group{ref: p.Ref}] - 1; n > 0 && !p.Lost {
			message += fmt.Sprintf(", and %d more such files there; handoff check lists them", n)
		}
		d.found(problem{Path: p.Path, Message: message, WayOut: p.Fix})
	}
	return nil
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// lookAtDraft reads the draft that waits.
func (d *doctor) lookAtDraft(context.Context) error {
	drafts := &form.Drafts{Dir: d.repo.Dir()}
	data, err := drafts.Load()
	if elsewhere := new(plainfile.NotFileError); errors.Is(err, fs.ErrPermission) || errors.As(err, &elsewhere) {
		return nil // somebody else's, or reported with the rest of the git directory
	}
	if err != nil || data == nil {
		return err
	}
	if draft, _ := form.ParseDraft(data, handoff.Reading{}); draft == nil {
		d.found(problem{Path: d.g.shown(drafts.Path()), Message: "the draft that waits cannot be read; --fix sets it aside, it is not removed",
			repair: func(context.Context) error { return drafts.SetAside() }})
	}
	return nil
}

// lookAtRecordIndex looks at the beginning of the index of records, which is
// built anew when it is gone.
func (d *doctor) lookAtRecordIndex(context.Context) error {
	file := filepath.Join(d.repo.CommonDir(), "handoff", "index.db")
	f, err := plainfile.Open(file, os.O_RDONLY, 0)
	if elsewhere := new(plainfile.NotFileError); errors.Is(err, fs.ErrNotExist) || errors.As(err, &elsewhere) {
		return nil // reported with the rest of the git directory
	}
	if err != nil {
		return err
	}
	defer f.Close()
	magic := []byte("SQLite format 3\x00")
	begin := make([]byte, len(magic))
	if _, err := io.ReadFull(f, begin); err != nil || !bytes.Equal(begin, magic) {
		d.found(problem{Path: d.g.shown(file), Message: "the index of records is damaged; it is built anew when it is gone",
			repair: func(context.Context) error { return os.Remove(file) }})
	}
	return nil
}

// lookAtHook sees whether git can run the hook that is installed, and whether
// the hook finds the program.
func (d *doctor) lookAtHook(ctx context.Context) error {
	hook, err := findHook(ctx, d.g)
	if err != nil {
		return err
	}
	d.lookAtConfigHooks(hook)
	if !hook.script.Installed && !hook.config {
		return nil
	}
	if info, err := os.Stat(hook.script.Path); err == nil && hook.script.Installed && runtime.GOOS != "windows" && info.Mode()&0o111 == 0 {
		d.found(problem{Path: d.g.shown(hook.script.Path), Message: "the hook may not be executed, so git passes over it", WayOut: "chmod +x " + text.ShellArgument(hook.script.Path)})
	}
	if !d.g.onPath("handoff") {
		d.found(problem{Path: d.g.shown(hook.script.Path), Message: "handoff is not on the PATH, so the hook does nothing", WayOut: "add its directory to the PATH"})
	}
	return nil
}

// onPath reports whether a program is on the PATH.
func (e Env) onPath(program string) bool {
	for _, dir := range filepath.SplitList(e.Getenv("PATH")) {
		for _, name := range []string{program, program + ".exe"} {
			if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.Mode().IsRegular() {
				return true
			}
		}
	}
	return false
}

// lookAtClock compares the clock with the commits that are here. Nobody's
// commits lie in the future but those of a clock that is wrong.
func (d *doctor) lookAtClock(ctx context.Context) error {
	refs, err := d.repo.Refs(ctx, git.Scope{})
	if err != nil {
		return err
	}
	allowed := config.Default().Timing.ClockSkew.Wall()
	var newest git.CommitInfo
	for _, ref := range refs {
		if ref.Err != nil {
			continue
		}
		c, err := d.repo.ReadCommit(ref.Hash)
		if err != nil {
			continue // lookAtRecords has said it
		}
		if c.Committer.When.After(newest.Committer.When) {
			newest = c
		}
	}
	if ahead := newest.Committer.When.Sub(d.g.Now()); ahead > allowed {
		d.found(problem{Message: fmt.Sprintf("commit %s by %s lies %s in the future: its clock or this one is wrong",
			newest.Hash[:7], newest.Committer.Name, strings.TrimSuffix(ahead.Round(time.Minute).String(), "0s")),
			WayOut: "compare this clock with another one"})
	}
	return nil
}

func (d *doctor) print(doc doctorDocument) error {
	return d.g.printer.print(doc, func() {
		for _, p := range doc.Problems {
			state := ""
			if p.Fixed {
				state = "repaired"
			}
			d.g.printer.line("%s", text.JoinNonEmpty(": ", state, text.OneLine(p.Path), text.OneLine(p.Message)))
			switch {
			case p.Fixable && !p.Fixed:
				d.g.printer.line("    handoff doctor --fix repairs it")
			case p.WayOut != "":
				d.g.printer.line("    %s", text.OneLine(p.WayOut))
			}
		}
	})
}
