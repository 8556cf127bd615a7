package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// layFlags lays the flags over a draft.
func layFlags(ws *workspace.Workspace, d *workspace.Draft, o declareOptions) error {
	if d.Doc != nil && d.Handoff == nil {
		return nil // nothing to lay flags over: the findings say why
	}
	if o.amend != "" {
		amended, err := ws.OwnHandoff(o.amend)
		if err != nil {
			return err
		}
		d.Handoff.Amends = amended.Record.ID
		d.Changed = true
	}
	if !o.flagged() {
		return nil
	}
	d.Changed = true
	if err := applyFlags(ws, d.Handoff, o); err != nil {
		return err
	}
	return applyResolved(d, o)
}

// baseDraft is what the flags are laid over.
func baseDraft(ctx context.Context, g *globals, ws *workspace.Workspace, o declareOptions) (*workspace.Draft, error) {
	switch {
	case o.file != "":
		data, name, err := readInput(ctx, g, o.file)
		if err != nil {
			return nil, err
		}
		return fileDraft(ws, data, name, o)
	case o.resume && !g.Interactive:
		return waitingDraft(ws)
	case o.from != "":
		return draftFrom(ctx, ws, o.from)
	case o.carry:
		return carried(ws, o)
	case o.amend != "":
		earlier, err := ws.OwnHandoff(o.amend)
		if err != nil {
			return nil, err
		}
		return ws.Rewrite(earlier.Handoff)
	}
	return &workspace.Draft{Handoff: new(handoff.Handoff)}, nil
}

// carried is what the user holds, below what the handoff says that is amended, if one is.
func carried(ws *workspace.Workspace, o declareOptions) (*workspace.Draft, error) {
	if o.amend == "" {
		return ws.Carried()
	}
	earlier, err := ws.OwnHandoff(o.amend)
	if err != nil {
		return nil, err
	}
	return ws.RewriteCarried(earlier.Handoff)
}

// fileDraft is the draft that a file holds. With --carry, what it leaves out is what is
// carried.
func fileDraft(ws *workspace.Workspace, data []byte, name string, o declareOptions) (*workspace.Draft, error) {
	how := ws.Reading()
	if !o.carry {
		return readDraft(data, name, how), nil
	}
	held, err := carried(ws, o)
	if err != nil {
		return nil, err
	}
	how.Carried = held.Handoff
	d := readDraft(data, name, how)
	d.Freed = held.Freed
	return d, nil
}

// readDraft parses what a person wrote.
func readDraft(data []byte, name string, how handoff.Reading) *workspace.Draft {
	written, doc := form.ParseDraft(data, how)
	d := &workspace.Draft{Doc: doc, Path: name}
	if written != nil {
		d.Handoff, d.Ext, d.Resolutions = written.Handoff, written.Ext, written.Resolutions
	}
	return d
}

// readInput reads a file, or standard input for "-", up to one byte over the
// limit, so that a huge file is refused by its size without being read.
func readInput(ctx context.Context, g *globals, name string) (data []byte, shown string, err error) {
	if name == "-" {
		data, err := untilStopped(ctx, func() ([]byte, error) { return io.ReadAll(io.LimitReader(g.In, handoff.MaxSize+1)) })
		return data, "standard input", err
	}
	full := workspace.From(g.Dir, name)
	info, err := os.Stat(full)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, "", workspace.Usagef("", "%s: no such file", name)
	case err != nil:
		return nil, "", err
	case info.IsDir():
		return nil, "", workspace.Usagef("", "%s: is a directory", name)
	}
	data, err = untilStopped(ctx, func() ([]byte, error) {
		f, err := os.Open(full)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return io.ReadAll(io.LimitReader(f, handoff.MaxSize+1))
	})
	return data, name, err
}

// untilStopped returns what read does, or that a signal has come: somebody who
// waits at a terminal or a pipe that says nothing can leave with Ctrl-C. What
// then still reads ends with the process.
func untilStopped[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := read()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}

var templateName = text.Pattern(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// draftFrom starts from a template in HEAD, or else from an earlier handoff.
func draftFrom(ctx context.Context, ws *workspace.Workspace, name string) (*workspace.Draft, error) {
	if templateName().MatchString(name) && !ws.HEAD.Unborn {
		file := path.Join(ws.RecordDir, "templates", name+".yaml")
		data, err := ws.ReadFile(ctx, ws.HEAD.Hash, file, handoff.MaxSize)
		if err == nil {
			return readDraft(data, file, ws.Reading()), nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	target, err := ws.Resolve(name)
	if _, unknown := errors.AsType[*handoff.UnknownError](err); unknown {
		return nil, workspace.Usagef("commit "+path.Join(ws.RecordDir, "templates", "NAME.yaml")+" to have a template", "--from %s: neither a template in HEAD nor a handoff", name)
	}
	if err != nil {
		return nil, err
	}
	h, ok := ws.State.Handoffs[target.Name]
	if !ok {
		return nil, workspace.Usagef("name a handoff, or a file under "+ws.RecordDir+"/templates", "%s is not a handoff", name)
	}
	return ws.StartFrom(h.Handoff)
}

// waitingDraft is the draft that a form left behind, to be published as it is.
func waitingDraft(ws *workspace.Workspace) (*workspace.Draft, error) {
	drafts := form.Drafts{Dir: ws.Dir()}
	data, err := loadDraft(&drafts)
	if err != nil {
		return nil, err
	}
	d := readDraft(data, drafts.Path(), ws.Reading())
	if d.Handoff != nil {
		d.Freed, err = ws.DropResolved(d.Handoff)
		d.Changed = len(d.Freed) > 0
	}
	return d, err
}
