package cli

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/handoff-cli/handoff/examples"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Completion works while somebody types: it says nothing, asks nothing, writes
// nothing but the index, and where something is wrong it offers nothing. What it
// offers goes into a shell, so only words of harmless characters are offered.

// offer is a word that may stand at the cursor.
type offer struct{ word, about string }

// offers lists words. Those that do not begin as what was typed are dropped
// later.
type offers func(*cursor) []offer

// completed are the arguments that are not free text, by the command. Other
// commands have subcommands, or take nothing that can be listed.
var completed = map[string]offers{
	"handoff show":     (*cursor).things,
	"handoff ack":      (*cursor).waiting,
	"handoff answer":   (*cursor).questions,
	"handoff resolve":  (*cursor).blockers,
	"handoff assign":   (*cursor).items,
	"handoff escalate": (*cursor).unsettled,
	"handoff gap":      (*cursor).things,
	"handoff withdraw": (*cursor).own,
	"handoff query":    (*cursor).question,
	"handoff log":      (*cursor).decided,
	"handoff schema":   (*cursor).kinds,
}

// completedFlags are the values that are not free text, by the flag. A flag
// means the same with every command, but for those of completedHere, and where
// its value is not a single word: that is not completed.
var completedFlags = map[string]offers{
	"as":          (*cursor).handles,
	"decided-by":  (*cursor).handles,
	"approved-by": (*cursor).handles,
	"by":          (*cursor).people,
	"to":          (*cursor).people,
	"cc":          (*cursor).people,
	"owner":       (*cursor).people,
	"team":        (*cursor).teams,
	"pod":         (*cursor).pods,
	"item":        (*cursor).items,
	"take":        (*cursor).items,
	"give":        (*cursor).items,
	"blocks":      (*cursor).items,
	"kind":        (*cursor).kinds,
	"supersedes":  (*cursor).decisions,
	"answers":     (*cursor).unsettled,
	"about":       (*cursor).things,
	"via":         (*cursor).things,
	"amend":       (*cursor).own,
	"since":       (*cursor).times,
	"until":       (*cursor).times,
	"none":        fixed("shipped", "items", "blockers", "decisions"),
	"format":      fixed("text", "json", string(guard.FormatGitHub), string(guard.FormatGitLab), string(guard.FormatSARIF), string(guard.FormatJUnit)),
	"color":       fixed("auto", "always", "never"),
}

// completedHere are flags that take less with one command than elsewhere.
var completedHere = map[string]offers{
	"handoff ask --to":          (*cursor).handles,
	"handoff assign --to":       (*cursor).handles,
	"handoff escalate --to":     (*cursor).handles,
	"handoff ack --outcome":     choices(handoff.KindAck, "outcome"),
	"handoff ack --reason":      choices(handoff.KindAck, "reason"),
	"handoff ack --exception":   choices(handoff.KindAck, "exception"),
	"handoff answer --source":   choices(handoff.KindAnswer, "source"),
	"handoff decide --door":     choices(handoff.KindDecision, "door"),
	"handoff decide --source":   choices(handoff.KindDecision, "source"),
	"handoff decide --status":   choices(handoff.KindDecision, "status"),
	"handoff escalate --reason": choices(handoff.KindEscalation, "reason"),
	"handoff gap --class":       choices(handoff.KindGap, "class"),
	"handoff gap --impact":      choices(handoff.KindGap, "impact"),
	"handoff resolve --outcome": choices(handoff.KindResolution, "outcome"),
	"handoff resolve --source":  choices(handoff.KindResolution, "source"),
	"handoff export --format":   fixed(formatNDJSON, formatCSV, formatSQLite),
	"handoff init --ci":         fixed(examples.CIServices...),
}

// completeAll tells every command below root what may stand where. File names
// are offered only where a file is meant.
func (g *globals) completeAll(root *cobra.Command) {
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	for _, cmd := range append(subcommands(root), root) {
		if list, ok := completed[cmd.CommandPath()]; ok {
			cmd.ValidArgsFunction = g.complete(list, false)
		}
		for _, flags := range []*pflag.FlagSet{cmd.LocalNonPersistentFlags(), cmd.PersistentFlags()} {
			flags.VisitAll(func(f *pflag.Flag) { g.completeFlag(cmd, f) })
		}
	}
	if check, _, err := root.Find([]string{"check"}); err == nil {
		check.ValidArgsFunction = files
	}
}

func (g *globals) completeFlag(cmd *cobra.Command, f *pflag.Flag) {
	list, isList := f.Value.(*listFlag)
	complete := completedHere[cmd.CommandPath()+" --"+f.Name]
	if complete == nil {
		complete = completedFlags[f.Name]
	}
	var err error
	switch {
	case f.Name == "file" || f.Name == "output":
		err = cmd.RegisterFlagCompletionFunc(f.Name, files)
	case f.Name == "directory":
		err = cmd.MarkPersistentFlagDirname(f.Name)
	case f.Name == "all-repos":
		err = cmd.MarkFlagDirname(f.Name)
	case complete != nil && (!isList || list.split):
		err = cmd.RegisterFlagCompletionFunc(f.Name, g.complete(complete, isList))
	}
	if err != nil {
		panic(err) // the flag is there: it was just visited
	}
}

// subcommands are all commands below root.
func subcommands(root *cobra.Command) []*cobra.Command {
	var list []*cobra.Command
	for _, cmd := range root.Commands() {
		list = append(append(list, cmd), subcommands(cmd)...)
	}
	return list
}

// files leaves it to the shell to offer files.
func files(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

// complete makes a list of words into what cobra calls. Where several values are
// joined by commas, the last one is completed.
func (g *globals) complete(list offers, commas bool) cobra.CompletionFunc {
	return func(cmd *cobra.Command, words []string, typed string) ([]string, cobra.ShellCompDirective) {
		g.quiet, g.Interactive = true, false
		if err := g.prepare(); err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		c := &cursor{ctx: cmd.Context(), g: g, cmd: cmd, words: words, typed: typed}
		before := ""
		if i := strings.LastIndexByte(typed, ','); commas && i >= 0 {
			before, c.typed = typed[:i+1], typed[i+1:]
		}
		return shellWords(before, c.typed, list(c))
	}
}

// shellWords are the words that begin as typed and are safe in a shell, with
// what they are. No space follows where all of them want more.
func shellWords(before, typed string, list []offer) ([]string, cobra.ShellCompDirective) {
	directive := cobra.ShellCompDirectiveNoFileComp
	var words []string
	seen := make(map[string]bool)
	open := true
	for _, o := range list {
		if !strings.HasPrefix(o.word, typed) || !harmless(before+o.word) || seen[o.word] {
			continue
		}
		seen[o.word] = true
		word := before + o.word
		// The script for bash escapes a comma before it compares a word with what
		// was typed, but only where the words are explained.
		if about := plainText(o.about); about != "" && !strings.Contains(word, ",") {
			word += "\t" + about
		}
		words = append(words, word)
		open = open && strings.HasSuffix(o.word, ":")
	}
	if open && len(words) > 0 {
		directive |= cobra.ShellCompDirectiveNoSpace
	}
	return words, directive
}

// harmless reports whether no shell takes a word for anything but itself.
func harmless(word string) bool {
	return word != "" && word[0] != '-' && !strings.ContainsFunc(word, func(r rune) bool {
		isWord := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !isWord && !strings.ContainsRune("@:.,_/+-", r)
	})
}

// plainText is a text as a menu of a shell may show it: letters, digits and the
// usual marks, in one line that is cut where menus are.
func plainText(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(".,:/_+-", r) {
			return r
		}
		switch r {
		case ';':
			return ','
		case '\'':
			return '’'
		}
		return ' '
	}, text)
	return truncate(strings.Join(strings.Fields(text), " "), 60)
}

// cursor is where something is completed, and what was typed before it.
type cursor struct {
	ctx   context.Context
	g     *globals
	cmd   *cobra.Command
	words []string // before the cursor, without flags
	typed string   // at the cursor
	ws    *workspace
}

// open opens the repository without touching it: not even what an interrupted
// command left is put right. Outside of one, or where it cannot be read, there
// is an empty workspace.
func (c *cursor) open() *workspace {
	if c.ws != nil {
		return c.ws
	}
	c.ws = &workspace{config: config.Default()}
	c.ws.hold(handoff.Fold(nil, ""))
	repo, err := store.Open(c.ctx, c.g.Dir, c.g.Environ)
	if err != nil {
		return c.ws
	}
	ws, err := c.g.workspaceOf(repo)
	if err == nil {
		err = ws.enter(c.ctx, c.g.as)
	}
	if err == nil {
		err = ws.load(c.ctx, handoff.Part{})
	}
	if err == nil {
		c.ws = ws
	}
	return c.ws
}

// state is what is known of a part beside the present.
func (c *cursor) state(part handoff.Part) *handoff.State {
	ws := c.open()
	if err := ws.need(part); err != nil {
		ws.hold(handoff.Fold(nil, ""))
	}
	return ws.state
}

// fixed offers words that are always the same.
func fixed(words ...string) offers {
	return func(*cursor) []offer { return plain(words) }
}

// choices offers what the schema lets a field of a record say.
func choices(kind handoff.Kind, field string) offers {
	return func(*cursor) []offer { return plain(rules.Choices(kind, field)) }
}

func plain(words []string) []offer {
	list := make([]offer, len(words))
	for i, word := range words {
		list[i].word = word
	}
	return list
}

// under puts a prefix in front of words.
func under(prefix string, list []offer) []offer {
	for i := range list {
		list[i].word = prefix + list[i].word
	}
	return list
}

// handles are the people of the roster, and those who have written a record.
func (c *cursor) handles() []offer {
	people := c.open().config.People
	var list []offer
	for _, handle := range slices.Sorted(maps.Keys(people)) {
		list = append(list, offer{handle, joinNonEmpty(", ", people[handle].Name, people[handle].Team)})
	}
	teams := c.open().state.Teams
	for _, handle := range slices.Sorted(maps.Keys(teams)) {
		list = append(list, offer{handle, teams[handle]})
	}
	return list
}

// myself is who asks, in a question.
var myself = offer{"me", "you"}

// people are handles and the addresses of groups.
func (c *cursor) people() []offer {
	list := append(c.handles(), offer{"team", "the team of the sender, or of who asks"})
	list = append(list, under("team:", c.teams())...)
	for _, team := range slices.Sorted(maps.Keys(c.open().config.Teams)) {
		list = append(list, offer{"lead:" + team, c.open().config.Teams[team].Lead})
	}
	return append(list, under("shift:", plain(c.open().config.Zones))...)
}

// teams are those of the configuration, and those that handoffs name.
func (c *cursor) teams() []offer {
	configured := c.open().config.Teams
	var list []offer
	for _, name := range slices.Sorted(maps.Keys(configured)) {
		list = append(list, offer{name, configured[name].Zone})
	}
	named := slices.Sorted(maps.Values(c.open().state.Teams))
	return append(list, plain(slices.DeleteFunc(named, func(name string) bool { return name == "" }))...)
}

func (c *cursor) pods() []offer { return plain(slices.Sorted(maps.Keys(c.open().config.Pods))) }

func (c *cursor) kinds() []offer { return plain(kindNames()) }

func (c *cursor) times() []offer {
	return plain([]string{"today", "yesterday", "1h", "8h", "1d", "2d", "1w", "2w"})
}

// items are the live ones.
func (c *cursor) items() []offer {
	items := c.open().state.Items
	var list []offer
	for _, id := range slices.Sorted(maps.Keys(items)) {
		if it := items[id]; it.Live() {
			list = append(list, offer{id, joinNonEmpty(", ", it.Status, it.Holder, cmp.Or(it.Title, it.State))})
		}
	}
	return list
}

// blockers are the open ones.
func (c *cursor) blockers() []offer {
	blockers := c.open().state.Blockers
	var list []offer
	for _, id := range slices.Sorted(maps.Keys(blockers)) {
		if b := blockers[id]; b.Open() {
			list = append(list, offer{id, joinNonEmpty(", ", b.Resolver, b.Needs)})
		}
	}
	return list
}

// questions are those that are not closed.
func (c *cursor) questions() []offer {
	questions := c.open().state.Questions
	var list []offer
	for _, key := range slices.Sorted(maps.Keys(questions)) {
		if q := questions[key]; q.Open() || q.State == handoff.QuestionAnswered {
			list = append(list, offer{key, joinNonEmpty(", ", q.To, q.Ask)})
		}
	}
	return list
}

// decisions are the topics on which something stands or is proposed.
func (c *cursor) decisions() []offer {
	decisions := c.state(handoff.Part{Decisions: true}).Decisions
	var list []offer
	for _, id := range slices.Sorted(maps.Keys(decisions)) {
		if d := decisions[id]; d.State == handoff.DecisionAccepted || d.State == handoff.DecisionProposed {
			list = append(list, offer{id, d.Decision.Decision})
		}
	}
	return list
}

// handoffs are the current ones for which keep holds, by id.
func (c *cursor) handoffs(keep func(*handoff.HandoffState) bool) []offer {
	var list []offer
	for _, h := range c.open().state.Current() {
		if keep(h) {
			list = append(list, offer{h.Record.ID, joinNonEmpty(", ", h.Record.By, h.Summary)})
		}
	}
	return list
}

// unsettled are open blockers and questions, and handoffs without a verdict.
func (c *cursor) unsettled() []offer {
	return slices.Concat(c.named(refOffers{handoff.RefBlocker, c.blockers()}, refOffers{handoff.RefQuestion, c.questions()}),
		c.handoffs(func(h *handoff.HandoffState) bool { return h.State == handoff.HandoffPublished }))
}

// own is what the user may take back or replace.
func (c *cursor) own() []offer {
	me := c.open().me
	list := c.handoffs(func(h *handoff.HandoffState) bool { return h.Record.By == me })
	for _, o := range c.questions() {
		if c.open().state.Questions[o.word].By == me {
			list = append(list, o)
		}
	}
	return append(list, c.records()...)
}

// waiting is what waits for the user: the inbox.
func (c *cursor) waiting() []offer {
	ws := c.open()
	if ws.me == "" {
		return c.records()
	}
	var list []offer
	inbox := query.Run(query.Query{Topic: query.WaitingOn, Arg: ws.me, Me: ws.me}, ws.state, ws.queryEnv())
	for _, row := range inbox.Rows {
		switch row := row.(type) {
		case *query.HandoffRow:
			list = append(list, offer{row.ID, joinNonEmpty(", ", row.By, row.Summary)}, offer{"@" + row.By, "the latest handoff by " + row.By})
		case *query.ItemRow: // an offer is acked, not the item
			list = append(list, offer{row.Source.Record, joinNonEmpty(", ", row.Source.By, row.ID)})
		case *query.BlockerRow:
			list = append(list, offer{row.ID, row.Needs})
		}
	}
	return append(list, c.records()...)
}

// things is everything that is present, and any record that begins as typed. Of
// decisions more and more stand: without a beginning there would be too many.
func (c *cursor) things() []offer {
	groups := []refOffers{{handoff.RefItem, c.items()}, {handoff.RefBlocker, c.blockers()}, {handoff.RefQuestion, c.questions()}}
	if c.typed != "" {
		groups = append(groups, refOffers{handoff.RefDecision, c.decisions()})
	}
	list := c.named(groups...)
	current := c.handoffs(func(*handoff.HandoffState) bool { return true })
	for _, o := range current {
		by := c.open().state.Records[o.word].By
		list = append(list, offer{"@" + by, "the latest handoff by " + by})
	}
	return slices.Concat(list, current, c.records())
}

// refOffers are things of one type.
type refOffers struct {
	typ  handoff.RefType
	list []offer
}

// named offers things by their name, with their type where two have the same
// name or the type was typed.
func (c *cursor) named(groups ...refOffers) []offer {
	count := make(map[string]int)
	for _, group := range groups {
		for _, o := range group.list {
			count[o.word]++
		}
	}
	var list []offer
	for _, group := range groups {
		prefix := string(group.typ) + ":"
		for _, o := range group.list {
			if count[o.word] > 1 || strings.HasPrefix(c.typed, prefix) {
				o.word = prefix + o.word
			}
			list = append(list, o)
		}
	}
	return list
}

// records are those whose id begins as typed. Without a beginning there would
// be too many.
func (c *cursor) records() []offer {
	if len(c.typed) < handoff.MinPrefix || len(c.typed) > handoff.IDLength || strings.Trim(c.typed, handoff.IDAlphabet) != "" {
		return nil
	}
	records := c.state(handoff.Part{Refs: []string{c.typed}}).Records
	var list []offer
	for _, id := range slices.Sorted(maps.Keys(records)) {
		if strings.HasPrefix(id, c.typed) {
			r := records[id]
			list = append(list, offer{id, joinNonEmpty(", ", string(r.Kind), r.By, says(r))})
		}
	}
	return list
}

// decided are the subjects of the decision log.
func (c *cursor) decided() []offer {
	if decisions, err := c.cmd.Flags().GetBool("decisions"); err != nil || !decisions || len(c.words) > 0 {
		return nil
	}
	return append(c.decisions(), c.items()...)
}

// question offers a topic with its argument, and terms.
func (c *cursor) question() []offer {
	if name, _, isTerm := strings.Cut(c.typed, ":"); isTerm {
		return c.term(query.Qualifier(strings.ToLower(name)))
	}
	var list []offer
	switch len(c.words) {
	case 0:
		for _, t := range query.Topics() {
			list = append(list, offer{string(t.Name), t.Help})
		}
	case 1:
		list = c.argument(query.Topic(strings.ToLower(c.words[0])))
	}
	for _, q := range query.Qualifiers() {
		list = append(list, offer{string(q.Name) + ":", q.Help})
	}
	return list
}

// argument offers what a topic may be about.
func (c *cursor) argument(topic query.Topic) []offer {
	switch topic {
	case query.WaitingOn, query.NextSteps, query.Holds:
		return append(c.people(), myself)
	case query.Whois:
		return append(c.items(), c.areas("")...)
	case query.Why:
		return c.named(refOffers{handoff.RefItem, c.items()}, refOffers{handoff.RefBlocker, c.blockers()})
	case query.Decisions:
		return append(c.decisions(), c.items()...)
	}
	return nil
}

func (c *cursor) areas(prefix string) []offer {
	var list []offer
	for _, a := range c.open().config.Authorities {
		list = append(list, offer{prefix + a.Area, a.Primary})
	}
	return list
}

// term offers the values of a term. Several may be joined by commas.
func (c *cursor) term(name query.Qualifier) []offer {
	before := string(name) + ":"
	if i := strings.LastIndexByte(c.typed, ','); i >= 0 && name != query.HasRef {
		before = c.typed[:i+1]
	}
	for _, q := range query.Qualifiers() {
		if q.Name == name && len(q.Values) > 0 {
			return under(before, plain(q.Values))
		}
	}
	switch name {
	case query.By, query.To, query.Owner, query.Holder:
		return under(before, append(c.people(), myself))
	case query.Resolver:
		return under(before, append(append(c.people(), myself), c.areas("area:")...))
	case query.Team:
		return under(before, c.teams())
	case query.InItem:
		return under(before, c.items())
	case query.HasRef:
		return under(before, c.refs())
	case query.Since, query.Until:
		return under(before, c.times())
	}
	return nil
}

// refs are what live items refer to.
func (c *cursor) refs() []offer {
	items := c.open().state.Items
	var list []offer
	for _, id := range slices.Sorted(maps.Keys(items)) {
		if items[id].Live() {
			for _, ref := range items[id].Refs {
				list = append(list, offer{ref.ID, joinNonEmpty(" of ", ref.Type, id)})
			}
		}
	}
	return list
}
