package workspace

import (
	"context"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/metrics"
	"github.com/handoff-cli/handoff/internal/text"
)

// Work lists the commits by people whom the records know, with the items that
// they touch: whose name, ticket, pull request or branch the message names, to
// which a reference points, on whose branch they are, whose files they change.
// Commits that hold records touch none: what those say is known from themselves.
// A merge that touches none is no work.
func (ws *Workspace) Work(ctx context.Context, state *fold.State, since time.Time) ([]metrics.Commit, error) {
	tips, err := ws.branchTips()
	if err != nil || len(tips) == 0 {
		return nil, err
	}
	touched := newTouches(state)
	onBranch, err := ws.commitsOn(ctx, since, tips, touched)
	if err != nil {
		return nil, err
	}
	changing, err := ws.commitsChanging(ctx, since, tips, touched.files)
	if err != nil {
		return nil, err
	}
	var commits []metrics.Commit
	handles := make(map[[2]string]string) // by name and address: looking one up goes through the roster
	err = ws.workSince(ctx, since, tips, func(c workCommit) {
		author := [2]string{c.author.Name, c.author.Email}
		if handles[author] == "" {
			handle, ok := ws.TeamConfig.Handle(c.author.Name, c.author.Email)
			if !ok {
				handle = config.HandleFrom(c.author.Email)
			}
			handles[author] = handle
		}
		did := metrics.Commit{By: handles[author], At: c.author.When}
		if !HoldsRecords(git.CommitInfo{Message: c.message}) {
			did.Items = append(touched.by(c), onBranch[c.hash]...)
			did.Items = append(did.Items, changing[c.hash]...)
		}
		if len(did.Items) > 0 || !c.merge {
			commits = append(commits, did)
		}
	})
	return commits, err
}

// workCommit is a commit that may be work.
type workCommit struct {
	hash    string
	author  git.Ident // as .mailmap spells it
	merge   bool
	message string
}

// tip is a branch, here or on a remote, and where it stands.
type tip struct{ ref, name, hash string }

// branchTips lists the branches that are at a commit. The others are passed over;
// git itself would give up.
func (ws *Workspace) branchTips() ([]tip, error) {
	refs, err := ws.ListRefs("refs/heads/", "refs/remotes/")
	var tips []tip
	for _, ref := range refs {
		if ref.Err == nil && ws.HasCommit(ref.Hash) {
			tips = append(tips, tip{ref.Name, strings.TrimPrefix(strings.TrimPrefix(ref.Name, "refs/heads/"), "refs/remotes/"), ref.Hash})
		}
	}
	return tips, err
}

// logOf runs git log over what stdin names and returns what it prints, split at
// zero bytes.
func (ws *Workspace) logOf(ctx context.Context, since time.Time, stdin string, args ...string) ([]string, error) {
	args = append([]string{"log", "-z", "--no-show-signature", "--stdin"}, args...)
	if !since.IsZero() {
		args = append(args, "--since="+since.Format(time.RFC3339))
	}
	out, err := git.RunCommand(ctx, ws.Git.Command(ctx, "false", args...), args[0], strings.NewReader(stdin))
	return strings.Split(string(out), "\x00"), err
}

func allOf(tips []tip) string {
	var all strings.Builder
	for _, t := range tips {
		all.WriteString(t.ref + "\n")
	}
	return all.String()
}

// workSince visits the commits that any branch reaches and that were committed
// after a time.
func (ws *Workspace) workSince(ctx context.Context, since time.Time, tips []tip, visit func(workCommit)) error {
	const fields = 6
	out, err := ws.logOf(ctx, since, allOf(tips), "--use-mailmap", "--encoding=UTF-8", "--format=%H%x00%aN%x00%aE%x00%aI%x00%P%x00%B")
	if err != nil {
		return err
	}
	for ; len(out) >= fields; out = out[fields:] {
		when, err := time.Parse(time.RFC3339, out[3])
		if err != nil {
			continue
		}
		visit(workCommit{
			hash: out[0], author: git.Ident{Name: out[1], Email: out[2], When: when},
			merge: strings.Contains(out[4], " "), message: out[5],
		})
	}
	return nil
}

// commitsOn finds the commits that are on the branch of an item and on no branch
// of everybody's, and the items of each.
func (ws *Workspace) commitsOn(ctx context.Context, since time.Time, tips []tip, touched *touches) (map[string][]string, error) {
	var asked strings.Builder
	itemsOf := make(map[string][]string) // by ref
	for _, t := range tips {
		if fold.IsTrunk(path.Base(t.name)) {
			asked.WriteString("^" + t.ref + "\n")
		} else if items := touched.onBranch(t.name); len(items) > 0 {
			itemsOf[t.ref] = items
			asked.WriteString(t.ref + "\n")
		}
	}
	if len(itemsOf) == 0 {
		return nil, nil
	}
	out, err := ws.logOf(ctx, since, asked.String(), "--source", "--no-merges", "--format=%H%x00%S")
	if err != nil {
		return nil, err
	}
	found := make(map[string][]string)
	for ; len(out) >= 2; out = out[2:] {
		found[out[0]] = itemsOf[out[1]]
	}
	return found, nil
}

// commitsChanging finds the commits that change files, or files below a directory,
// and the items of each.
func (ws *Workspace) commitsChanging(ctx context.Context, since time.Time, tips []tip, files map[string][]string) (map[string][]string, error) {
	if len(files) == 0 {
		return nil, nil
	}
	asked := allOf(tips) + "--\n"
	for file := range files {
		asked += ":(top,literal)" + file + "\n"
	}
	const begins = "\x01" // no path of a reference does
	out, err := ws.logOf(ctx, since, asked, "--no-merges", "--no-renames", "--name-only", "--format="+begins+"%H")
	if err != nil {
		return nil, err
	}
	found := make(map[string][]string)
	commit := ""
	for _, part := range out {
		part = strings.TrimPrefix(part, "\n")
		if hash, ok := strings.CutPrefix(part, begins); ok {
			commit = hash
			continue
		}
		for name := part; name != "" && name != "."; name = path.Dir(name) {
			found[commit] = append(found[commit], files[name]...)
		}
	}
	return found, nil
}

// touches is what tells that a commit is about an item.
type touches struct {
	items    map[string]*fold.Item
	names    map[string][]string // of pull requests and tickets, as nameOf writes them → items
	branches map[string][]string // short name → items; those of everybody are none
	commits  map[string][]commitRef
	files    map[string][]string // path → items
}

// commitRef is the beginning of a hash to which an item refers.
type commitRef struct{ hash, item string }

// shortHash is how much of a hash a reference must give.
const shortHash = 7

func newTouches(state *fold.State) *touches {
	t := &touches{
		items: state.Items, names: make(map[string][]string), branches: make(map[string][]string),
		commits: make(map[string][]commitRef), files: make(map[string][]string),
	}
	for id, item := range state.Items {
		for _, ref := range item.Refs {
			switch ref.Type {
			case "branch":
				if !fold.IsTrunk(ref.ID) {
					t.branches[ref.ID] = append(t.branches[ref.ID], id)
				}
			case "pr", "ticket":
				name := nameOf(ref.ID)
				t.names[name] = append(t.names[name], id)
			case "commit":
				if hash := strings.ToLower(ref.ID); len(hash) >= shortHash {
					t.commits[hash[:shortHash]] = append(t.commits[hash[:shortHash]], commitRef{hash, id})
				}
			case "file":
				file := path.Clean(fileAnchor().ReplaceAllString(ref.ID, ""))
				if fs.ValidPath(file) && file != "." && !strings.ContainsAny(file, "\n\x00") {
					t.files[file] = append(t.files[file], id)
				}
			}
		}
	}
	return t
}

var (
	// fileAnchor matches the place in a file behind its name.
	fileAnchor = text.Pattern(`[:#].*$`)
	// lastNumber matches the number of a pull request in whatever names it.
	lastNumber = text.Pattern(`(?:^|[#!/])([0-9]+)/?$`)
	// numbered matches pull requests and tickets that a message names by number.
	numbered = text.Pattern(`(?i)(?:[#!]|\b(?:pr|pull request|merge request)[ -]|/(?:pull|merge_requests)/)([0-9]+)\b`)
	// ticketed matches tickets that have letters before the number.
	ticketed = text.Pattern(`(?i)\b[a-z][a-z0-9]+-[0-9]+\b`)
)

// nameOf writes a pull request or ticket in one way: "#1842", "pay-311".
func nameOf(id string) string {
	if m := lastNumber().FindStringSubmatch(id); m != nil {
		return "#" + m[1]
	}
	return strings.ToLower(id)
}

// by returns the items that a commit names or that refer to it.
func (t *touches) by(c workCommit) []string {
	var items []string
	for _, ref := range t.commits[c.hash[:shortHash]] {
		if strings.HasPrefix(c.hash, ref.hash) {
			items = append(items, ref.item)
		}
	}
	subject, rest, _ := strings.Cut(c.message, "\n")
	items = append(items, t.slugs(subject, "")...)
	items = append(items, t.slugs(rest, "-")...) // of a text, only what can be no word
	for _, m := range numbered().FindAllStringSubmatch(c.message, -1) {
		items = append(items, t.names["#"+m[1]]...)
	}
	items = append(items, t.tickets(c.message)...)
	if c.merge {
		for _, word := range strings.Fields(subject) {
			items = append(items, t.onBranch(strings.Trim(word, `'"`))...)
		}
	}
	return items
}

// slugs returns the items that a text names, of those whose names hold a mark.
func (t *touches) slugs(s, mark string) []string {
	var items []string
	for _, word := range strings.FieldsFunc(strings.ToLower(s), notInSlug) {
		if t.items[word] != nil && strings.Contains(word, mark) {
			items = append(items, word)
		}
	}
	return items
}

func (t *touches) tickets(s string) []string {
	var items []string
	for _, ticket := range ticketed().FindAllString(s, -1) {
		items = append(items, t.names[strings.ToLower(ticket)]...)
	}
	return items
}

// onBranch returns the items whose branch has such a name: one that they refer
// to, that names their ticket, or that ends in their own name.
func (t *touches) onBranch(name string) []string {
	var items []string
	for rest, more := name, true; more; _, rest, more = strings.Cut(rest, "/") {
		items = append(items, t.branches[rest]...)
	}
	items = append(items, t.tickets(name)...)
	for rest, more := path.Base(name), true; more; _, rest, more = strings.Cut(rest, "-") {
		if t.items[rest] != nil {
			items = append(items, rest)
		}
	}
	return items
}

func notInSlug(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
}
