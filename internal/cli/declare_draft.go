package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"

	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
)

// draft is a handoff that is being written.
type draft struct {
	id      string // of the record to come; "" until it is checked
	handoff *handoff.Handoff
	ext     map[string]any
	doc     *handoff.Document // the text it was read from, nil if there is none
	path    string            // how the user names that text
	changed bool              // the flags changed what the text says

	resolutions []handoff.Resolution // of carried blockers, published in the same commit
	work        *store.Facts         // nil where nobody asked git
	noticed     handoff.Meta         // about the writing

	sealed   []*handoff.Sealed // as it was last checked: the handoff, then what goes with it
	unrouted []string          // what of it goes to nobody, and why
}

// refusedHint is the way out of what the rules have against the draft.
func (d *draft) refusedHint(findings []handoff.Finding) string {
	unbounded := slices.ContainsFunc(findings, func(f handoff.Finding) bool { return f.Code == "HO910" })
	if d.handoff != nil && d.handoff.Rollup != nil && unbounded {
		return "a record cannot hold as much: draw one for each team, with --team, or each pod, with --pod"
	}
	if d.path != "" {
		return "correct " + d.path + " and try again"
	}
	return "correct the flags, or add --editor to go on in your editor"
}

// newDraft lays the flags over the base that they name.
func (ws *workspace) newDraft(ctx context.Context, g *globals, o declareOptions) (*draft, error) {
	d, err := ws.baseDraft(ctx, g, o)
	if err != nil {
		return nil, err
	}
	return d, ws.layFlags(d, o)
}

// layFlags lays the flags over a draft.
func (ws *workspace) layFlags(d *draft, o declareOptions) error {
	if d.doc != nil && d.handoff == nil {
		return nil // nothing to lay flags over: the findings say why
	}
	if o.amend != "" {
		amended, err := ws.ownHandoff(o.amend)
		if err != nil {
			return err
		}
		d.handoff.Amends = amended.Record.ID
		d.changed = true
	}
	if !o.flagged() {
		return nil
	}
	d.changed = true
	return ws.applyFlags(d.handoff, o)
}

// complete refuses a handoff made of flags that lack something.
func (d *draft) complete(o declareOptions) error {
	if d.doc != nil || !o.flagged() {
		return nil
	}
	return missingFlags(d.handoff)
}

func (ws *workspace) baseDraft(ctx context.Context, g *globals, o declareOptions) (*draft, error) {
	switch {
	case o.file != "":
		data, name, err := readInput(ctx, g, o.file)
		if err != nil {
			return nil, err
		}
		return ws.readDraft(data, name), nil
	case o.resume && !g.Interactive:
		return ws.waitingDraft()
	case o.from != "":
		return ws.draftFrom(ctx, o.from)
	case o.carry:
		return &draft{handoff: ws.carried()}, nil
	case o.amend != "":
		earlier, err := ws.ownHandoff(o.amend)
		if err != nil {
			return nil, err
		}
		return &draft{handoff: startFrom(earlier.Handoff)}, nil
	}
	return &draft{handoff: new(handoff.Handoff)}, nil
}

// readDraft parses what a person wrote.
func (ws *workspace) readDraft(data []byte, name string) *draft {
	written, doc := form.ParseDraft(data)
	doc.ReadReturns(ws.when)
	d := &draft{doc: doc, path: name}
	if written != nil {
		d.handoff, d.ext, d.resolutions = written.Handoff, written.Ext, written.Resolutions
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
	full := from(g.Dir, name)
	info, err := os.Stat(full)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, "", usagef("", "%s: no such file", name)
	case err != nil:
		return nil, "", err
	case info.IsDir():
		return nil, "", usagef("", "%s: is a directory", name)
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

var templateName = handoff.Pattern(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// draftFrom starts from a template in HEAD, or else from an earlier handoff.
func (ws *workspace) draftFrom(ctx context.Context, name string) (*draft, error) {
	if templateName().MatchString(name) && !ws.head.Unborn {
		file := path.Join(ws.dir, "templates", name+".yaml")
		data, err := ws.ReadFile(ctx, ws.head.Hash, file, handoff.MaxSize)
		if err == nil {
			return ws.readDraft(data, file), nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	target, err := ws.resolve(name)
	var unknown *handoff.UnknownError
	if errors.As(err, &unknown) {
		return nil, usagef("commit "+path.Join(ws.dir, "templates", "NAME.yaml")+" to have a template", "--from %s: neither a template in HEAD nor a handoff", name)
	}
	if err != nil {
		return nil, err
	}
	h, ok := ws.state.Handoffs[target.Name]
	if !ok {
		return nil, usagef("name a handoff, or a file under "+ws.dir+"/templates", "%s is not a handoff", name)
	}
	return &draft{handoff: startFrom(h.Handoff)}, nil
}

// startFrom copies what a person wrote, without what the program captured.
func startFrom(h *handoff.Handoff) *handoff.Handoff {
	c := *h
	c.Amends, c.Anchor, c.Meta, c.Waivers, c.Shift = "", nil, nil, nil, nil
	c.Team, c.Pod, c.Zone = "", "", ""
	c.Items = slices.Clone(h.Items)
	for i := range c.Items {
		c.Items[i].Next = slices.Clone(h.Items[i].Next)
	}
	c.Blockers = slices.Clone(h.Blockers)
	return &c
}

// carried is what the user holds, as a draft.
func (ws *workspace) carried() *handoff.Handoff {
	custody := ws.state.Holds(ws.me)
	h := &handoff.Handoff{Items: []handoff.Item{}, Blockers: []handoff.Blocker{}}
	for _, item := range custody.Items {
		it := item.Item
		it.Reopened, it.Source = "", ""
		it.Next = slices.Clone(it.Next)
		h.Items = append(h.Items, it)
	}
	for _, b := range custody.Blockers {
		h.Blockers = append(h.Blockers, b.Blocker)
	}
	for _, q := range custody.Questions {
		if ws.state.Handoffs[q.Record] != nil { // one with a record of its own needs no carrying
			h.Questions = append(h.Questions, handoff.OpenQuestion{
				ID: q.Key, Ask: q.Ask, To: q.To, Context: q.Context, Blocks: q.Blocks,
				NeededBy: handoff.Time{Time: q.NeededBy}, DefaultIfSilent: q.Default,
			})
		}
	}
	if last := ws.state.Latest(ws.me); last != nil {
		h.To = slices.Clone(last.To)
	}
	return h
}

// waitingDraft is the draft that a form left behind, to be published as it is.
func (ws *workspace) waitingDraft() (*draft, error) {
	drafts := form.Drafts{Dir: ws.Dir()}
	data, err := drafts.Load()
	if err != nil {
		return nil, err
	}
	if data == nil {
		return nil, errNoDraft
	}
	return ws.readDraft(data, drafts.Path()), nil
}

// ownHandoff resolves the reference of --amend.
func (ws *workspace) ownHandoff(ref string) (*handoff.HandoffState, error) {
	target, err := ws.resolve(ref)
	if err != nil {
		return nil, err
	}
	h, ok := ws.state.Handoffs[target.Name]
	if !ok {
		return nil, usagef("", "%s is not a handoff", ref)
	}
	if h.Record.By != ws.me {
		return nil, usagef("ask "+h.Record.By+", or ack it with --outcome changes_requested", "%s is by %s, not by you (%s)", ref, h.Record.By, ws.me)
	}
	return h, nil
}
