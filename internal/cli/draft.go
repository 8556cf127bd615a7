package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
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
		return readDraft(data, name), nil
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
func readDraft(data []byte, name string) *draft {
	written, doc := form.ParseDraft(data)
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
			return readDraft(data, file), nil
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

// resolved makes the records that close carried blockers.
func (ws *workspace) resolved(g *globals, d *draft) []*handoff.Record {
	var records []*handoff.Record
	for _, r := range d.resolutions {
		records = append(records, ws.newRecord(g, &r))
	}
	return records
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
	return readDraft(data, drafts.Path()), nil
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

// checkDraft runs the rules and the fold on a draft.
func (ws *workspace) checkDraft(g *globals, d *draft, o declareOptions) []handoff.Finding {
	part := handoff.Part{All: len(d.resolutions) > 0}
	if d.handoff != nil {
		part.Refs = handoff.Mentions(ws.draftRecord(g, d))
	}
	return ws.checkOn(part, func() []handoff.Finding { return ws.checkDraftNow(g, d, o) })
}

// checkDraftNow runs the rules. Findings carry positions in the text that the
// draft was read from, also when flags changed the draft.
func (ws *workspace) checkDraftNow(g *globals, d *draft, o declareOptions) []handoff.Finding {
	ctx := ws.ruleContext()
	ctx.Draft, ctx.LetThrough = true, o.allowSecrets
	closing := ws.resolved(g, d)
	if len(closing) > 0 {
		ctx.State = handoff.Fold(slices.Concat(ws.state.Order(), closing), ws.config.AckPolicy)
	}
	var findings []handoff.Finding
	switch {
	case d.handoff == nil || d.doc != nil && !d.changed:
		findings = rules.Check(d.doc, ctx)
	default:
		h := *d.handoff
		h.Anchor = ws.anchor(d.work)
		findings = rules.CheckRecord(handoff.New("", ws.author.When, ws.me, &h), ctx)
		if d.doc != nil {
			findings = append(findings, d.doc.Findings...)
		}
	}
	if d.handoff != nil && !handoff.HasErrors(findings) {
		findings = append(findings, ws.misplaced(append(closing, ws.draftRecord(g, d)))...)
	}
	for i := range findings {
		f := &findings[i]
		f.Path = d.path
		if d.doc != nil && f.Line == 0 {
			f.Line, f.Col = d.doc.Locate(f.Field)
		}
	}
	handoff.SortFindings(findings)
	return findings
}

// draftRecord is the draft as a record, with the same id every time.
func (ws *workspace) draftRecord(g *globals, d *draft) *handoff.Record {
	if d.id == "" {
		d.id = ws.newID(g)
	}
	r := handoff.New(d.id, ws.author.When, ws.me, d.handoff)
	r.Ext = d.ext
	return r
}

// missingFlags names everything that a handoff written with flags still lacks.
func missingFlags(h *handoff.Handoff) error {
	var missing, none []string
	for _, f := range []struct {
		flag, list string
		absent     bool
	}{
		{"--summary", "", h.Summary == ""},
		{"--to", "", len(h.To) == 0},
		{"--returns", "", h.ReturnsAt.IsZero()},
		{"--shipped", "shipped", h.Shipped == nil},
		{"--item", "items", h.Items == nil},
		{"--blocker", "blockers", h.Blockers == nil},
		{"--decision", "decisions", h.Decisions == nil},
	} {
		if f.absent {
			missing = append(missing, f.flag)
			if f.list != "" {
				none = append(none, f.list)
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	hint := "handoff declare --help shows an example"
	if len(none) > 0 {
		hint = "where there is nothing to say, say so: --none " + strings.Join(none, ",")
	}
	return usagef(hint, "missing: %s", strings.Join(missing, " "))
}

// applyFlags lays the flags over a handoff.
func (ws *workspace) applyFlags(h *handoff.Handoff, o declareOptions) error {
	if o.summary != "" {
		h.Summary = o.summary
	}
	if len(o.to) > 0 {
		h.To = plainHandles(o.to)
	}
	if len(o.cc) > 0 {
		h.CC = plainHandles(o.cc)
	}
	if o.returns != "" {
		t, err := ws.when(o.returns)
		if err != nil {
			return timeProblem("--returns", o.returns, err)
		}
		h.ReturnsAt = handoff.Time{Time: t}
	}
	steps := []func(*handoff.Handoff, declareOptions) error{
		applyNone, ws.applyItems, applyShipped, applyDropped, applyBlockers, applyDecisions,
		applyItemDetails, applyGive, applyWaivers,
	}
	for _, step := range steps {
		if err := step(h, o); err != nil {
			return err
		}
	}
	return nil
}

// plainHandles drops the @ that people write before a handle.
func plainHandles(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strings.TrimPrefix(strings.TrimSpace(s), "@")
	}
	return out
}

// parts splits the value of a flag at semicolons into at most n parts; the last
// one keeps further semicolons. Missing parts are empty.
func parts(value string, n int) []string {
	out := make([]string, n)
	for i, part := range strings.SplitN(value, ";", n) {
		out[i] = strings.TrimSpace(part)
	}
	return out
}

func applyNone(h *handoff.Handoff, o declareOptions) error {
	for _, list := range o.none {
		full := false
		switch list {
		case "shipped":
			full, h.Shipped = len(h.Shipped)+len(o.shipped) > 0, []handoff.Shipped{}
		case "items":
			full, h.Items = len(h.Items)+len(o.items) > 0, []handoff.Item{}
		case "blockers":
			full, h.Blockers = len(h.Blockers)+len(o.blockers) > 0, []handoff.Blocker{}
		case "decisions":
			full, h.Decisions = len(h.Decisions)+len(o.decisions) > 0, []handoff.Decision{}
		default:
			return usagef("", "--none %s: say shipped, items, blockers or decisions", list)
		}
		if full {
			return usagef("", "--none %s: there are some", list)
		}
	}
	return nil
}

func (ws *workspace) applyItems(h *handoff.Handoff, o declareOptions) error {
	for _, value := range o.items {
		p := parts(value, 4)
		id, status, state, next := p[0], p[1], p[2], p[3]
		if !handoff.ValidSlug(id) {
			return usagef("as in 'refund-flow;in_review;PR #1842 is open;Get a second approval'", "--item %q: %q is not a name for an item", value, id)
		}
		item := findItem(h, id)
		if item == nil {
			h.Items = append(h.Items, handoff.Item{ID: id, Owner: ws.me})
			item = &h.Items[len(h.Items)-1]
			if known, ok := ws.state.Items[id]; ok && known.Live() {
				item.Owner = known.Owner
			}
		}
		if status != "" {
			item.Status = status
		}
		if state != "" {
			item.State = state
		}
		if next != "" {
			item.Next = []handoff.Next{{Do: next, Owner: ws.me}}
		}
	}
	return nil
}

func findItem(h *handoff.Handoff, id string) *handoff.Item {
	for i := range h.Items {
		if h.Items[i].ID == id {
			return &h.Items[i]
		}
	}
	return nil
}

func applyShipped(h *handoff.Handoff, o declareOptions) error {
	for _, value := range o.shipped {
		s := handoff.Shipped{What: strings.TrimSpace(value)}
		if id, what, ok := strings.Cut(value, ";"); ok && handoff.ValidSlug(strings.TrimSpace(id)) {
			s = handoff.Shipped{ID: strings.TrimSpace(id), What: strings.TrimSpace(what)}
			h.Items = deleteItem(h.Items, s.ID)
		}
		h.Shipped = append(h.Shipped, s)
	}
	return nil
}

func applyDropped(h *handoff.Handoff, o declareOptions) error {
	for _, value := range o.dropped {
		p := parts(value, 2)
		h.Items = deleteItem(h.Items, p[0])
		h.Dropped = append(h.Dropped, handoff.Reasoned{ID: p[0], Why: p[1]})
	}
	return nil
}

func deleteItem(items handoff.List[handoff.Item], id string) handoff.List[handoff.Item] {
	return slices.DeleteFunc(items, func(i handoff.Item) bool { return i.ID == id })
}

func applyBlockers(h *handoff.Handoff, o declareOptions) error {
	for _, value := range o.blockers {
		p := parts(value, 4)
		b := handoff.Blocker{Needs: p[0], Because: p[1], Resolver: strings.TrimPrefix(p[2], "@"), ID: handoff.Slug(p[0])}
		if b.ID == "" {
			return usagef("as in 'Decide the session timeout;login and refund disagree;sarah;refund-flow'", "--blocker %q: the first part says what is needed", value)
		}
		for item := range strings.SplitSeq(p[3], ",") {
			if item = strings.TrimSpace(item); item != "" {
				b.Blocks = append(b.Blocks, item)
			}
		}
		h.Blockers = append(h.Blockers, b)
		for _, id := range b.Blocks {
			if item := findItem(h, id); item != nil && !slices.Contains(item.BlockedBy, b.ID) {
				item.BlockedBy = append(slices.Clone(item.BlockedBy), b.ID)
			}
		}
	}
	return nil
}

func applyDecisions(h *handoff.Handoff, o declareOptions) error {
	for _, value := range o.decisions {
		fields, topic, err := parseDecision(value, "")
		if err != nil {
			return err
		}
		h.Decisions = append(h.Decisions, handoff.Decision{ID: topic, DecisionFields: fields})
	}
	return nil
}

// parseDecision reads "what -- why". Where no topic is given it is named after
// the what, which not every script allows: a slug is of Latin letters.
func parseDecision(value, topic string) (handoff.DecisionFields, string, error) {
	what, why, ok := strings.Cut(value, " -- ")
	fields := handoff.DecisionFields{Decision: strings.TrimSpace(what), Rationale: strings.TrimSpace(why)}
	if !ok || fields.Decision == "" || fields.Rationale == "" {
		return fields, "", usagef("as in 'Sessions last 15 minutes -- the audit asks for it'", "decision %q: write what was decided, --, and why", value)
	}
	if topic = cmp.Or(topic, handoff.Slug(fields.Decision)); topic == "" {
		return fields, "", usagef("handoff decide 'what -- why' --topic SLUG names it", "decision %q: no name can be made of what was decided", value)
	}
	return fields, topic, nil
}

// applyItemDetails applies the flags that add one thing to one item.
func applyItemDetails(h *handoff.Handoff, o declareOptions) error {
	for _, flag := range []struct {
		name   string
		values []string
		add    func(*handoff.Item, string) error
	}{
		{"--intent", o.intents, func(i *handoff.Item, s string) error { i.Intent = s; return nil }},
		{"--accept", o.accepts, func(i *handoff.Item, s string) error {
			i.Accept = append(slices.Clone(i.Accept), handoff.Criterion{Check: s})
			return nil
		}},
		{"--ref", o.refs, addRef},
	} {
		for _, value := range flag.values {
			p := parts(value, 2)
			item := findItem(h, p[0])
			if item == nil {
				return usagef("", "%s %q: no item %q in this handoff", flag.name, value, p[0])
			}
			if err := flag.add(item, p[1]); err != nil {
				return err
			}
		}
	}
	return nil
}

func addRef(item *handoff.Item, value string) error {
	kind, id, ok := strings.Cut(value, ":")
	if !ok || id == "" {
		return usagef("as in 'refund-flow;pr:1842'", "--ref %q: say the type and the id", value)
	}
	item.Refs = append(slices.Clone(item.Refs), handoff.Ref{Type: kind, ID: id})
	return nil
}

// applyGive makes the receiver the owner of an item's next steps.
func applyGive(h *handoff.Handoff, o declareOptions) error {
	for _, value := range o.give {
		id, who, _ := strings.Cut(value, "=")
		who = strings.TrimPrefix(who, "@")
		if who == "" {
			if len(h.To) != 1 {
				return usagef("say "+id+"=WHO", "--give %s: to whom? the handoff has %s", value, plural(len(h.To), "receiver"))
			}
			who = h.To[0]
		}
		given := false
		for i := range h.Items {
			if id != "all" && h.Items[i].ID != id {
				continue
			}
			given = true
			for n := range h.Items[i].Next {
				h.Items[i].Next[n].Owner = who
			}
		}
		if !given {
			return usagef("", "--give %s: no item %q in this handoff", value, id)
		}
	}
	return nil
}

func applyWaivers(h *handoff.Handoff, o declareOptions) error {
	for _, value := range o.waive {
		p := parts(value, 2)
		h.Waivers = append(h.Waivers, handoff.Waiver{Rule: p[0], Why: p[1]})
	}
	return nil
}
